import { sql } from 'kysely'
import { dayKindAt, resolveCalendar, UNPUBLISHED } from '#engines/policy/calendar.ts'
import type { RestProgram } from '#engines/policy/rest-compile.ts'
import { dayOf, formatDay, MINUTES_PER_DAY, weekdayOf } from '#engines/values/time.ts'
import { instantOf, localMinute } from '#platform/calendar/zone.ts'
import type { Tx } from '#platform/db/database.ts'
import { listPosts } from '#records/duty/server/reads.ts'
import type { OperationFacts } from '#records/operations/server/reads.ts'
import { restProgramsOf } from '#records/policies/server/reads.ts'
import type { Colleague, RosterNeeds } from '../roster-contract.ts'
import { type PackRules, rulesOfPack } from '../roster-limits.ts'
import { type Busy, HISTORY_DAYS, type PersonInputs, type ProblemInputs, type Standing } from '../roster-problem.ts'
import { LEAVE_DAY_MINUTES_MIN } from '../rules.ts'
import { listOrders, openOrders } from './orders-store.ts'

/** Reads what the problem of a period is built from. */

export interface Period {
  readonly operation: OperationFacts
  readonly unit_id: number
  readonly from_on: string
  readonly days: number
  readonly now: Date
}

interface Frame extends Period {
  readonly starts_at: Date
  readonly ends_at: Date
  readonly history_from: Date
}

function frameOf(period: Period): Frame {
  const { time_zone } = period.operation
  const first = dayOf(period.from_on)
  return {
    ...period,
    starts_at: instantOf(time_zone, first * MINUTES_PER_DAY),
    ends_at: instantOf(time_zone, (first + period.days) * MINUTES_PER_DAY),
    history_from: instantOf(time_zone, (first - HISTORY_DAYS) * MINUTES_PER_DAY),
  }
}

/** People of the reader's scope in the order of their names. */
export async function listColleagues(tx: Tx, personIds: readonly number[]): Promise<Colleague[]> {
  if (personIds.length === 0) return []
  const { rows } = await sql<Colleague>`
    select people.person_id, people.name, people.title,
      coalesce((select array_agg(skill order by skill) from skills where skills.person_id = people.person_id), '{}') as skills
    from people
    where person_id = any (${[...personIds]}::int[])
    order by name_sort, person_id`.execute(tx)
  return rows
}

interface Engagement {
  readonly person_id: number
  readonly post_id: number
  readonly starts_at: Date
  readonly ends_at: Date
}

/** The plan of the period here, and what was done (or, where nobody has confirmed yet, planned) in the weeks before. */
async function listHere(tx: Tx, frame: Frame, personIds: readonly number[]) {
  const { rows } = await sql<Engagement & { readonly is_before: boolean }>`
    select person_id, post_id, starts_at, ends_at, false as is_before
    from planned_shifts
    where unit_id = ${frame.unit_id} and operation_id = ${frame.operation.operation_id} and withdrawn_at is null
      and person_id = any (${[...personIds]}::int[])
      and starts_at >= ${frame.starts_at} and starts_at < ${frame.ends_at}
    union all
    select person_id, post_id, starts_at, ends_at, true
    from duty_current
    where unit_id = ${frame.unit_id} and person_id = any (${[...personIds]}::int[])
      and starts_at >= ${frame.history_from} and starts_at < ${frame.starts_at}
    union all
    select person_id, post_id, starts_at, ends_at, true
    from planned_shifts planned
    where unit_id = ${frame.unit_id} and operation_id = ${frame.operation.operation_id} and withdrawn_at is null
      and person_id = any (${[...personIds]}::int[])
      and starts_at >= ${frame.history_from} and starts_at < ${frame.starts_at}
      and not exists (
        select from duty_current done
        where done.person_id = planned.person_id and done.starts_at < planned.ends_at and done.ends_at > planned.starts_at
      )
    order by starts_at`.execute(tx)
  return rows
}

type EngagedTime = Pick<Engagement, 'person_id' | 'starts_at' | 'ends_at'>

/**
 * When the same people are planned at other units or for other operations: times only. Read under a job's own context, since another
 * unit's plan is not the reader's to see, but nobody is to be planned twice.
 */
export async function listEngagedElsewhere(
  tx: Tx,
  period: Period,
  personIds: readonly number[],
): Promise<readonly EngagedTime[]> {
  const frame = frameOf(period)
  const { rows } = await sql<EngagedTime>`
    select person_id, starts_at, ends_at
    from planned_shifts
    where withdrawn_at is null and person_id = any (${[...personIds]}::int[])
      and (unit_id <> ${frame.unit_id} or operation_id <> ${frame.operation.operation_id})
      and starts_at < ${frame.ends_at}::timestamptz + interval '1 day'
      and ends_at > ${frame.starts_at}::timestamptz - interval '1 day'`.execute(tx)
  return rows
}

interface DatedWord {
  readonly person_id: number
  readonly kind: 'cannot' | 'rather_not' | 'leave'
  readonly from_on: string
  readonly to_on: string
}

/** What people said of themselves, and days on which compensatory leave of half a day or more is planned. */
async function listWords(tx: Tx, frame: Frame, personIds: readonly number[]): Promise<readonly DatedWord[]> {
  const last = formatDay(dayOf(frame.from_on) + frame.days - 1)
  const { rows } = await sql<DatedWord>`
    select person_id, kind, from_on, to_on
    from unavailable_times
    where withdrawn_at is null and person_id = any (${[...personIds]}::int[])
      and from_on <= ${last}::date and to_on >= ${frame.from_on}::date
    union all
    select person_id, 'leave', on_date, on_date
    from leave_entries
    where kind in ('planned', 'unplanned') and person_id = any (${[...personIds]}::int[])
      and on_date between ${frame.from_on}::date and ${last}::date
    group by person_id, on_date
    having sum(case kind when 'planned' then minutes else -minutes end) >= ${LEAVE_DAY_MINUTES_MIN}`.execute(tx)
  return rows
}

async function listCouples(tx: Tx, personIds: readonly number[]): Promise<(readonly [number, number])[]> {
  const { rows } = await sql<{ person_id: number; other_person_id: number }>`
    select distinct least(person_id, other_person_id) as person_id, greatest(person_id, other_person_id) as other_person_id
    from family_ties
    where tie = 'spouse' and person_id = any (${[...personIds]}::int[]) and other_person_id = any (${[...personIds]}::int[])`.execute(
    tx,
  )
  return rows.map(({ person_id, other_person_id }) => [person_id, other_person_id] as const)
}

/** The rest rules and the calendar of the area that the unit lies in; undefined without packs. */
export async function programAt(tx: Tx, period: Period): Promise<RestProgram | undefined> {
  const programs = await restProgramsOf(tx, period.operation, { on_date: period.from_on, known_at: period.now })
  if (programs.size === 0) return undefined
  const above = await tx
    .selectFrom('unit_ancestors')
    .select('ancestor_id')
    .where('unit_id', '=', period.unit_id)
    .orderBy('distance')
    .execute()
  const area = above.find(({ ancestor_id }) => programs.has(ancestor_id))
  return area ? programs.get(area.ancestor_id) : undefined
}

/** Rest days by the official calendar; where no schedule is published, Saturdays and Sundays. */
export function restDaysOf(program: RestProgram | undefined, from_on: string, days: number): number[] {
  const from = dayOf(from_on)
  const window = { from, to: from + days - 1, known: program?.known ?? from }
  const kinds = program ? resolveCalendar(program.stack.calendar, window).kinds : new Uint8Array(days).fill(UNPUBLISHED)
  return Array.from({ length: days }, (_, day) => day).filter((day) => {
    const kind = dayKindAt(kinds[day] ?? UNPUBLISHED)
    return kind === undefined ? weekdayOf(from + day) >= 5 : kind !== 'working_day'
  })
}

export interface ReadInputs {
  readonly inputs: Omit<ProblemInputs, 'pinned' | 'cells' | 'frozen_before_day'>
  readonly pack: PackRules
}

/** Everything but the roster itself. `elsewhere` was read before, under a context of its own. */
export async function readInputs(
  tx: Tx,
  period: Period,
  needs: RosterNeeds,
  elsewhere: readonly EngagedTime[],
): Promise<ReadInputs> {
  const frame = frameOf(period)
  const { time_zone, operation_id } = period.operation
  const colleagues = await listColleagues(tx, needs.person_ids)
  const ids = colleagues.map(({ person_id }) => person_id)
  const here = Map.groupBy(await listHere(tx, frame, ids), ({ person_id }) => person_id)
  const words = Map.groupBy(await listWords(tx, frame, ids), ({ person_id }) => person_id)
  const away = Map.groupBy(elsewhere, ({ person_id }) => person_id)
  const orders = Map.groupBy(
    openOrders(await listOrders(tx, { operation_id }), period.now).filter(({ person_id }) => ids.includes(person_id)),
    ({ person_id }) => person_id,
  )
  const program = await programAt(tx, period)
  const minutes = ({ starts_at, ends_at }: { starts_at: Date; ends_at: Date }) => ({
    from: localMinute(time_zone, starts_at),
    to: localMinute(time_zone, ends_at),
  })
  const people = colleagues.map(({ person_id, skills }): PersonInputs => {
    const rows = here.get(person_id) ?? []
    const standing = (isBefore: boolean): Standing[] =>
      rows.filter((row) => row.is_before === isBefore).map((row) => ({ ...minutes(row), post_id: row.post_id }))
    const busy: Busy[] = [
      ...(away.get(person_id) ?? []).map((row) => ({ ...minutes(row), kind: 'elsewhere' as const })),
      ...(orders.get(person_id) ?? []).map((row) => ({ ...minutes(row.standing), kind: 'rest_order' as const })),
      ...(words.get(person_id) ?? []).map(({ kind, from_on, to_on }) => ({
        kind,
        from: dayOf(from_on) * MINUTES_PER_DAY,
        to: (dayOf(to_on) + 1) * MINUTES_PER_DAY,
      })),
    ]
    return { person_id, skills, busy, planned: standing(false), before: standing(true) }
  })
  const pack = program ? rulesOfPack(program) : { rules: [], sources: [] }
  return {
    pack,
    inputs: {
      from_on: period.from_on,
      days: period.days,
      needs,
      posts: await listPosts(tx, operation_id, period.unit_id),
      people,
      couples: await listCouples(tx, ids),
      rest_days: restDaysOf(program, period.from_on, period.days),
      pack_rules: pack.rules,
    },
  }
}
