import type { Roster, RosterProblem } from '#engines/rostering/problem.ts'
import { scoreRoster } from '#engines/rostering/score.ts'
import { dayOf, MINUTES_PER_DAY } from '#engines/values/time.ts'
import { civilDate, localMinute } from '#platform/calendar/zone.ts'
import type { Tx } from '#platform/db/database.ts'
import type { OperationFacts } from '#records/operations/server/reads.ts'
import { codeOf } from '../roster-problem.ts'
import { addVersion, type DraftRow, findDraft, latestVersion } from './roster-store.ts'
import type { ShiftRow } from './takers-read.ts'

/** What happens to a shift in the plan after it was published. */
export interface CellMove {
  readonly shift: ShiftRow
  /** Who no longer has it; left out when it lay open. */
  readonly from?: number
  /** Who has it now; left out when nobody has. */
  readonly to?: number
  /** The day is closed to `from` by leave, or open to `to` again. */
  readonly leave?: 'planned' | 'cancelled'
}

const DRAFTS_MAX = 20

/**
 * Drafts that are worked on hold what is true: else publishing one again would undo what happened, and a solver would plan somebody on
 * their day of leave. Both the latest roster and what counts as published follow.
 */
export async function followInDrafts(tx: Tx, operation: OperationFacts, move: CellMove, now: Date): Promise<void> {
  const { shift } = move
  const date = civilDate(operation.time_zone, shift.starts_at)
  const drafts = await tx
    .selectFrom('roster_drafts')
    .select('draft_id')
    .where('unit_id', '=', shift.unit_id)
    .where('operation_id', '=', shift.operation_id)
    .where('from_on', '<=', date)
    .orderBy('draft_id', 'desc')
    .limit(DRAFTS_MAX)
    .execute()
  for (const { draft_id } of drafts) {
    const which = { operation_id: shift.operation_id, unit_id: shift.unit_id, draft_id }
    const draft = await findDraft(tx, which)
    const cell = draft && cellOf(draft, operation, shift)
    if (!draft || !cell) continue
    const problem = followInProblem(draft, cell, move)
    await tx
      .updateTable('roster_drafts')
      .set({ problem: JSON.stringify(problem), notes: JSON.stringify(followInNotes(draft, cell.day, move)) })
      .where('unit_id', '=', which.unit_id)
      .where('draft_id', '=', draft_id)
      .execute()
    const latest = await latestVersion(tx, which)
    const cells = latest && moveCell(latest.cells, cell, move)
    if (!latest || !cells) continue
    const { score } = scoreRoster(problem, cells)
    const row = { unit_id: which.unit_id, draft_id, version: latest.version + 1, cells, pinned: latest.pinned, score }
    await addVersion(tx, { ...row, origin: 'changed', by_user_id: tx.context.user_id ?? null, made_at: now })
  }
}

interface Cell {
  readonly day: number
  readonly code: string
}

/** Where a shift stands in a draft; undefined when it lies outside or is no kind of this roster. */
export function cellOf(
  draft: Pick<DraftRow, 'from_on' | 'days' | 'needs'>,
  { time_zone }: Pick<OperationFacts, 'time_zone'>,
  shift: ShiftRow,
): Cell | undefined {
  const from = localMinute(time_zone, shift.starts_at)
  const to = localMinute(time_zone, shift.ends_at)
  const code = codeOf(draft.needs.shifts, { post_id: shift.post_id, from, to })
  const day = Math.floor(from / MINUTES_PER_DAY) - dayOf(draft.from_on)
  return code === undefined || day < 0 || day >= draft.days ? undefined : { day, code }
}

/** Undefined where the roster says something else already. */
function moveCell(cells: Roster, { day, code }: Cell, { from, to }: CellMove): Roster | undefined {
  const giving = from === undefined ? undefined : cells[String(from)]
  if (from !== undefined && giving?.[day] !== code) return undefined
  const taking = to === undefined ? undefined : cells[String(to)]
  if (from === undefined && (taking === undefined || taking[day] !== null)) return undefined
  const put = (row: readonly (string | null)[], cell: string | null) => row.map((old, at) => (at === day ? cell : old))
  return {
    ...cells,
    ...(giving === undefined ? {} : { [String(from)]: put(giving, null) }),
    ...(taking === undefined ? {} : { [String(to)]: put(taking, code) }),
  }
}

function followInProblem({ problem }: DraftRow, cell: Cell, move: CellMove): RosterProblem {
  const { published } = problem
  const cells = published && moveCell(published.cells, cell, move)
  const closed = move.leave === 'planned' ? String(move.from) : undefined
  const opened = move.leave === 'cancelled' ? String(move.to) : undefined
  const people = problem.people.map((person) => {
    const others = (person.days_off ?? []).filter((day) => day !== cell.day)
    if (person.id === closed) return { ...person, days_off: [...others, cell.day] }
    return person.id === opened ? { ...person, days_off: others } : person
  })
  return { ...problem, people, ...(published && cells ? { published: { ...published, cells } } : {}) }
}

function followInNotes({ built }: DraftRow, day: number, { leave, from, to }: CellMove): DraftRow['built'] {
  if (leave === undefined) return built
  const person_id = leave === 'planned' ? from : to
  if (person_id === undefined) return built
  const notes = built.notes.filter((note) => note.person_id !== person_id || note.day !== day || note.kind !== 'leave')
  return { ...built, notes: leave === 'planned' ? [...notes, { person_id, day, kind: 'leave' }] : notes }
}
