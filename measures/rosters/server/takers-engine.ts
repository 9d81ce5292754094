import type { Roster } from '#engines/rostering/problem.ts'
import { civilDate } from '#platform/calendar/zone.ts'
import type { Tx } from '#platform/db/database.ts'
import type { OperationFacts } from '#records/operations/server/reads.ts'
import type { Taker } from '../offer-contract.ts'
import { cellOf } from './draft-cells.ts'
import { RecentSearches } from './recent-searches.ts'
import { type DraftRow, findDraft } from './roster-store.ts'
import type { ShiftRow } from './takers-read.ts'

/** What the rostering engine says of people and a shift, by the published roster that the shift belongs to. */

const searches = new RecentSearches()

export type EngineWord = Pick<Taker, 'penalty' | 'fairness' | 'rules'>

/**
 * By person: what the roster's penalty grows by and where their load stands beside the fair one, or which hard rules of the unit and of the
 * packs they would break. `returned` is a shift that one of them gives away for it. Empty where no published roster holds the shift. Everything else (other units, orders to rest, own words) is known
 * from the records, not from here.
 */
export async function engineWords(
  tx: Tx,
  operation: OperationFacts,
  shift: ShiftRow,
  returned?: ShiftRow,
): Promise<ReadonlyMap<number, EngineWord>> {
  const found = await findPublished(tx, operation, shift)
  if (!found) return new Map()
  const { draft, day, code, cells } = found
  const roster = returned === undefined ? cells : without(cells, draft, operation, returned)
  const absent = String(shift.person_id)
  const isKnown = draft.problem.people.some(({ id }) => id === absent)
  const gap = { day, shift: code, ...(isKnown ? { absent } : {}) }
  const { possible, refused } = searches.of(draft).find(roster, gap, draft.problem.people.length)
  const title = (rule: string) =>
    draft.built.sources.find((source) => source.rule === rule)?.title ?? { zh: rule, en: rule }
  const inMinutes = new Set(
    draft.problem.rules.flatMap((rule) => (rule.kind === 'fairness' && rule.of === 'minutes' ? rule.id : [])),
  )
  const words = new Map<number, EngineWord>()
  for (const { person, cost, fairness } of possible) {
    const loads = fairness.map(({ rule, load, fair }) => ({
      title: title(rule),
      load,
      fair,
      in_minutes: inMinutes.has(rule),
    }))
    words.set(Number(person), { penalty: cost, fairness: loads, rules: [] })
  }
  for (const { person, obstacles } of refused) {
    const rules = obstacles.flatMap((one) => (one.kind === 'rule' ? title(one.rule) : []))
    if (rules.length > 0) words.set(Number(person), { penalty: null, fairness: [], rules })
  }
  return words
}

interface Published {
  readonly draft: DraftRow
  readonly day: number
  readonly code: string
  readonly cells: Roster
}

/** The newest period that holds the shift and has a plan. */
async function findPublished(tx: Tx, operation: OperationFacts, shift: ShiftRow): Promise<Published | undefined> {
  const drafts = await tx
    .selectFrom('roster_drafts')
    .select('draft_id')
    .where('unit_id', '=', shift.unit_id)
    .where('operation_id', '=', shift.operation_id)
    .where('from_on', '<=', civilDate(operation.time_zone, shift.starts_at))
    .orderBy('draft_id', 'desc')
    .limit(5)
    .execute()
  for (const { draft_id } of drafts) {
    const draft = await findDraft(tx, { operation_id: shift.operation_id, unit_id: shift.unit_id, draft_id })
    const cell = draft && cellOf(draft, operation, shift)
    const cells = draft?.problem.published?.cells
    if (draft && cell && cells) return { draft, ...cell, cells }
  }
  return undefined
}

function without(cells: Roster, draft: DraftRow, operation: OperationFacts, returned: ShiftRow): Roster {
  const cell = cellOf(draft, operation, returned)
  const row = cells[String(returned.person_id)]
  if (!cell || !row) return cells
  return { ...cells, [String(returned.person_id)]: row.map((old, day) => (day === cell.day ? null : old)) }
}
