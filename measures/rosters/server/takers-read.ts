import { sql } from 'kysely'
import { dayOf, MINUTES_PER_DAY } from '#engines/values/time.ts'
import { localMinute } from '#platform/calendar/zone.ts'
import { jobContext } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import type { OperationFacts } from '#records/operations/server/reads.ts'
import type { WhyNot } from '../offer-contract.ts'
import { RosterNeeds } from '../roster-contract.ts'
import { codeOf } from '../roster-problem.ts'
import { LEAVE_DAY_MINUTES_MIN } from '../rules.ts'
import { judgeTaker, rankTakers, type TakerFacts, type Wanted } from '../takers.ts'
import { listOrders, openOrders } from './orders-store.ts'
import { STANDARD_LIMITS } from './roster-needs.ts'
import type { EngineWord } from './takers-engine.ts'

/** Who can take a shift, from the records. */

export interface ShiftRow {
  readonly person_id: number
  readonly shift_id: string
  readonly operation_id: number
  readonly unit_id: number
  readonly post_id: number
  readonly post_name: string
  readonly starts_at: Date
  readonly ends_at: Date
}

/** A shift that stands in the plan; `also_open`: one that leave has taken out of it, too. */
export async function findShift(
  tx: Tx,
  personId: number,
  shiftId: string,
  { also_open = false } = {},
): Promise<ShiftRow | undefined> {
  return tx
    .selectFrom('planned_shifts')
    .innerJoin('posts', 'posts.post_id', 'planned_shifts.post_id')
    .select([
      'planned_shifts.person_id',
      'planned_shifts.shift_id',
      'planned_shifts.operation_id',
      'planned_shifts.unit_id',
      'planned_shifts.post_id',
      'posts.name as post_name',
      'planned_shifts.starts_at',
      'planned_shifts.ends_at',
    ])
    .where('planned_shifts.person_id', '=', personId)
    .where('planned_shifts.shift_id', '=', shiftId)
    .$if(!also_open, (query) => query.where('planned_shifts.withdrawn_at', 'is', null))
    .executeTakeFirst()
}

/** The limits of the roster that the shift belongs to; the unit's standard ones where it belongs to none. */
async function wantedOf(tx: Tx, operation: OperationFacts, shift: ShiftRow): Promise<Wanted> {
  const from = localMinute(operation.time_zone, shift.starts_at)
  const to = localMinute(operation.time_zone, shift.ends_at)
  const rosters = await tx
    .selectFrom('rosters')
    .select('needs')
    .where('unit_id', '=', shift.unit_id)
    .where('operation_id', '=', shift.operation_id)
    .where('closed_on', 'is', null)
    .execute()
  for (const row of rosters) {
    const needs = RosterNeeds.parse(row.needs)
    const code = codeOf(needs.shifts, { post_id: shift.post_id, from, to })
    const need = needs.shifts.find((one) => one.code === code)
    if (!need) continue
    const { rest_minutes, run_days_max } = needs.limits
    // A skill that only some of the shift must have keeps nobody else from it.
    const skill = need.skilled >= Math.max(need.on_working_days, 1) ? need.skill : null
    return { from, to, post_id: shift.post_id, skill, rest_minutes, run_days_max }
  }
  const { rest_minutes, run_days_max } = STANDARD_LIMITS
  return { from, to, post_id: shift.post_id, skill: null, rest_minutes, run_days_max }
}

interface Row {
  readonly person_id: number
  readonly post_id: number
  readonly starts_at: Date
  readonly ends_at: Date
}

/**
 * Spans of people around a shift, planned or done, at any unit: times only. Read under a job's own context, since nobody is to be asked for a
 * shift while they stand elsewhere; where that is, is not told.
 */
async function listAround(
  database: Database,
  personIds: readonly number[],
  shift: ShiftRow,
  without: readonly string[],
) {
  return database.read(jobContext('rosters'), async (tx) => {
    const { rows } = await sql<Row>`
      select person_id, post_id, starts_at, ends_at
      from planned_shifts planned
      where withdrawn_at is null and person_id = any (${[...personIds]}::int[])
        and not shift_id = any (${[...without]}::uuid[])
        and ends_at > ${shift.starts_at}::timestamptz - interval '14 days'
        and starts_at < ${shift.ends_at}::timestamptz + interval '7 days'
        and not exists (
          select from duty_current done
          where done.person_id = planned.person_id and done.starts_at < planned.ends_at and done.ends_at > planned.starts_at
        )
      union all
      select person_id, post_id, starts_at, ends_at
      from duty_current
      where person_id = any (${[...personIds]}::int[])
        and ends_at > ${shift.starts_at}::timestamptz - interval '14 days'
        and starts_at < ${shift.ends_at}::timestamptz + interval '7 days'`.execute(tx)
    return rows
  })
}

interface WordRow {
  readonly person_id: number
  readonly kind: string
  readonly from_on: string
  readonly to_on: string
}

async function listWords(tx: Tx, personIds: readonly number[], day: Date): Promise<WordRow[]> {
  const { rows } = await sql<WordRow>`
    select person_id, kind, from_on, to_on
    from unavailable_times
    where withdrawn_at is null and person_id = any (${[...personIds]}::int[])
      and from_on <= ${day}::timestamptz::date + 2 and to_on >= ${day}::timestamptz::date - 2
    union all
    select person_id, 'leave', on_date, on_date
    from leave_entries
    where kind in ('planned', 'unplanned') and person_id = any (${[...personIds]}::int[])
      and on_date between ${day}::timestamptz::date - 2 and ${day}::timestamptz::date + 2
    group by person_id, on_date
    having sum(case kind when 'planned' then minutes else -minutes end) >= ${LEAVE_DAY_MINUTES_MIN}`.execute(tx)
  return rows
}

interface PersonRow {
  readonly person_id: number
  readonly name: string
  readonly title: string
  readonly skills: readonly string[]
}

async function listPeople(tx: Tx, unitId: number, only: readonly number[] | undefined): Promise<PersonRow[]> {
  const { rows } = await sql<PersonRow>`
    select person_id, name, title,
      coalesce((select array_agg(skill) from skills where skills.person_id = people.person_id), '{}') as skills
    from people
    where (home_unit_id = ${unitId} or seconded_unit_id = ${unitId})
      and (${only === undefined} or person_id = any (${[...(only ?? [])]}::int[]))
    order by name_sort, person_id
    limit 3000`.execute(tx)
  return rows
}

export interface Looking {
  readonly database: Database
  readonly operation: OperationFacts
  readonly now: Date
}

interface Narrowing {
  readonly only?: readonly number[]
  readonly without?: readonly string[]
  /** What the engine says, where it was asked. */
  readonly words?: ReadonlyMap<number, EngineWord>
}

const UNJUDGED: EngineWord = { penalty: null, fairness: [], rules: [] }

/**
 * The unit's people judged for a shift, most suitable first; `only` narrows to some. `without` are shifts that would be given away in return.
 */
export async function findTakers(
  tx: Tx,
  { database, operation, now }: Looking,
  shift: ShiftRow,
  { only, without = [], words }: Narrowing = {},
) {
  const { time_zone } = operation
  const engine = words ?? new Map<number, EngineWord>()
  const people = (await listPeople(tx, shift.unit_id, only)).filter(({ person_id }) => person_id !== shift.person_id)
  const ids = people.map(({ person_id }) => person_id)
  const wanted = await wantedOf(tx, operation, shift)
  const spans = Map.groupBy(await listAround(database, ids, shift, without), ({ person_id }) => person_id)
  const said = Map.groupBy(await listWords(tx, ids, shift.starts_at), ({ person_id }) => person_id)
  const orders = Map.groupBy(
    openOrders(await listOrders(tx, { operation_id: operation.operation_id }), now),
    ({ person_id }) => person_id,
  )
  const minutes = ({ starts_at, ends_at }: { starts_at: Date; ends_at: Date }) => ({
    from: localMinute(time_zone, starts_at),
    to: localMinute(time_zone, ends_at),
  })
  const dated = (id: number, kind: string) =>
    (said.get(id) ?? [])
      .filter((word) => word.kind === kind)
      .map(({ from_on, to_on }) => ({
        from: dayOf(from_on) * MINUTES_PER_DAY,
        to: (dayOf(to_on) + 1) * MINUTES_PER_DAY,
      }))
  const judged = people.map((person) => {
    const facts: TakerFacts = {
      ...person,
      spans: (spans.get(person.person_id) ?? []).map((row) => ({ ...minutes(row), post_id: row.post_id })),
      resting: (orders.get(person.person_id) ?? []).map(({ standing }) => minutes(standing)),
      cannot: dated(person.person_id, 'cannot'),
      leave: dated(person.person_id, 'leave'),
      rather_not: dated(person.person_id, 'rather_not'),
    }
    const word = engine.get(person.person_id) ?? UNJUDGED
    const known = judgeTaker(facts, wanted)
    const why_not: readonly WhyNot[] = word.rules.length > 0 ? [...known.why_not, 'rules'] : known.why_not
    return { person_id: person.person_id, name: person.name, title: person.title, ...known, ...word, why_not }
  })
  return rankTakers(judged)
}
