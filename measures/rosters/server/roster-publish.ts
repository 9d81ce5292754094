import type { Roster } from '#engines/rostering/problem.ts'
import { scoreRoster } from '#engines/rostering/score.ts'
import { dayOf, formatDay, MINUTES_PER_DAY } from '#engines/values/time.ts'
import { instantOf, localMinute } from '#platform/calendar/zone.ts'
import type { Tx } from '#platform/db/database.ts'
import { Refusal, refuse } from '#platform/http/problem.ts'
import { changePlan } from '#records/duty/server/reads.ts'
import { findOperation, type OperationFacts } from '#records/operations/server/reads.ts'
import { rosterProblems } from '../roster-contract.ts'
import { codeOf } from '../roster-problem.ts'
import { findRestAgainst } from './reads.ts'
import { audit, type Commanding, lockDraft, type OfDraft } from './roster-drafts.ts'
import { type DraftRow, findDraft, findSolve, isRunning, latestVersion } from './roster-store.ts'

interface PlannedRow {
  readonly person_id: number
  readonly shift_id: string
  readonly post_id: number
  readonly starts_at: Date
  readonly ends_at: Date
}

export interface NewShift {
  readonly person_id: number
  readonly post_id: number
  readonly starts_at: string
  readonly ends_at: string
}

export interface PlanDifference {
  readonly shifts: readonly NewShift[]
  readonly withdraw: readonly { readonly person_id: number; readonly shift_id: string }[]
  readonly people: ReadonlyMap<number, { added: number; removed: number }>
}

/**
 * What has to change in the plan so that it says what the roster says, from `now` on. Shifts that have begun, and shifts that are no kind
 * of this roster, stay.
 */
export function planDifference(
  draft: Pick<DraftRow, 'from_on' | 'days' | 'needs'>,
  operation: Pick<OperationFacts, 'time_zone'>,
  cells: Roster,
  planned: readonly PlannedRow[],
  now: Date,
): PlanDifference {
  const first = dayOf(draft.from_on)
  const shifts: NewShift[] = []
  const withdraw: { person_id: number; shift_id: string }[] = []
  const people = new Map<number, { added: number; removed: number }>()
  const tally = (id: number, what: 'added' | 'removed') => {
    const counts = people.get(id) ?? { added: 0, removed: 0 }
    counts[what]++
    people.set(id, counts)
  }
  const byPerson = Map.groupBy(planned, ({ person_id }) => person_id)
  for (const [id, row] of Object.entries(cells)) {
    const person_id = Number(id)
    const standing = (byPerson.get(person_id) ?? []).flatMap((shift) => {
      const from = localMinute(operation.time_zone, shift.starts_at)
      const to = localMinute(operation.time_zone, shift.ends_at)
      const code = codeOf(draft.needs.shifts, { post_id: shift.post_id, from, to })
      return code === undefined ? [] : [{ ...shift, code, day: Math.floor(from / MINUTES_PER_DAY) - first }]
    })
    for (let day = 0; day < draft.days; day++) {
      const here = standing.filter((shift) => shift.day === day)
      const code = row[day] ?? null
      const kept = here.find((shift) => shift.code === code)
      for (const shift of here) {
        if (shift === kept || shift.starts_at <= now) continue
        withdraw.push({ person_id, shift_id: shift.shift_id })
        tally(person_id, 'removed')
      }
      const need = draft.needs.shifts.find((one) => one.code === code)
      if (need === undefined || kept !== undefined) continue
      const begins = (first + day) * MINUTES_PER_DAY + need.start_minute
      const starts_at = instantOf(operation.time_zone, begins)
      if (starts_at <= now) continue
      const ends_at = instantOf(operation.time_zone, begins + need.minutes)
      const times = { starts_at: starts_at.toISOString(), ends_at: ends_at.toISOString() }
      shifts.push({ person_id, post_id: need.post_id, ...times })
      tally(person_id, 'added')
    }
  }
  return { shifts, withdraw, people }
}

async function listPlanned(tx: Tx, draft: DraftRow): Promise<PlannedRow[]> {
  return tx
    .selectFrom('planned_shifts')
    .select(['person_id', 'shift_id', 'post_id', 'starts_at', 'ends_at'])
    .where('unit_id', '=', draft.unit_id)
    .where('operation_id', '=', draft.operation_id)
    .where('withdrawn_at', 'is', null)
    .where('starts_on', '>=', draft.from_on)
    .where('starts_on', '<=', formatDay(dayOf(draft.from_on) + draft.days - 1))
    .execute()
}

/** Publishes the version that the manager saw: the plan changes where it differs, and each person it concerns is told. */
export async function publish(
  { actor, read, transact, now }: Commanding,
  which: OfDraft,
  body: { readonly version: number; readonly reason: string | null },
): Promise<{ planned_count: number; withdrawn_count: number; told_count: number } | Refusal> {
  const found = await read(async (tx) => {
    const draft = await findDraft(tx, which)
    return draft && { draft, latest: await latestVersion(tx, which) }
  })
  if (!found) return refuse(rosterProblems.unknown_draft)
  const { draft, latest } = found
  if (!latest) return refuse(rosterProblems.no_version)
  if (latest.version !== body.version) return refuse(rosterProblems.changed_meanwhile, { version: latest.version })
  const codes = new Set(draft.needs.shifts.map(({ code }) => code))
  const gone = Object.values(latest.cells)
    .flat()
    .find((cell) => cell !== null && !codes.has(cell))
  if (gone) return refuse(rosterProblems.wrong_problem, { what: `班次 ${gone} 已不在设置里，请先按新设置更新` })
  const { score } = scoreRoster(draft.problem, latest.cells)
  if (score.hard > 0 && body.reason === null) return refuse(rosterProblems.hard_broken, { count: score.hard })
  return transact(async (tx) => {
    await lockDraft(tx, which)
    const operation = await findOperation(tx, which.operation_id)
    if (!operation) return refuse(rosterProblems.unknown_draft)
    if (isRunning(await findSolve(tx, which))) return refuse(rosterProblems.solving)
    const newest = await latestVersion(tx, which)
    if (newest?.version !== body.version) {
      return refuse(rosterProblems.changed_meanwhile, { version: newest?.version ?? 0 })
    }
    const difference = planDifference(draft, operation, latest.cells, await listPlanned(tx, draft), now)
    const changes = { shifts: [...difference.shifts], withdraw: [...difference.withdraw] }
    const done = await changePlan(tx, operation, which.unit_id, changes, now, (inner, duties) =>
      findRestAgainst(inner, duties, now),
    )
    if (done instanceof Refusal) return done
    await tell(tx, draft, difference.people, now)
    const told_count = difference.people.size
    await tx
      .insertInto('roster_publications')
      .values({
        unit_id: which.unit_id,
        draft_id: which.draft_id,
        version: body.version,
        ...done,
        told_count,
        reason: body.reason,
        by_user_id: actor.user_id,
        published_at: now,
      })
      .execute()
    // The plan is what everything compares with from now on.
    const published = { ...draft.problem.published, price_per_change: draft.problem.published?.price_per_change ?? 4 }
    await tx
      .updateTable('roster_drafts')
      .set({ problem: JSON.stringify({ ...draft.problem, published: { ...published, cells: latest.cells } }) })
      .where('unit_id', '=', which.unit_id)
      .where('draft_id', '=', which.draft_id)
      .execute()
    await audit(tx, 'rosters.publish', which, { version: body.version, hard: score.hard, ...done })
    return { ...done, told_count }
  })
}

async function tell(tx: Tx, draft: DraftRow, people: PlanDifference['people'], now: Date): Promise<void> {
  if (people.size === 0) return
  const to_on = formatDay(dayOf(draft.from_on) + draft.days - 1)
  await tx
    .insertInto('roster_notices')
    .values(
      [...people].map(([person_id, counts]) => ({
        person_id,
        unit_id: draft.unit_id,
        operation_id: draft.operation_id,
        kind: 'published',
        facts: JSON.stringify({ from_on: draft.from_on, to_on, ...counts }),
        told_at: now,
      })),
    )
    .execute()
}
