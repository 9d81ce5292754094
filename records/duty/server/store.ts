import { sql } from 'kysely'
import type { Tx } from '#platform/db/database.ts'

export function listPosts(tx: Tx, operationId: number, unitId: number) {
  return tx
    .selectFrom('posts')
    .select([
      'post_id',
      'unit_id',
      'name',
      'kind',
      'exposure',
      'away_division_code',
      'longest_stay_minutes',
      'opened_on',
      'closed_on',
    ])
    .where('operation_id', '=', operationId)
    .where('unit_id', '=', unitId)
    .orderBy('post_id')
    .execute()
}

export function findPost(tx: Tx, postId: number) {
  return tx.selectFrom('posts').selectAll().where('post_id', '=', postId).executeTakeFirst()
}

export interface DayCount {
  readonly duty_date: string
  readonly planned_count: number
  readonly span_count: number
  readonly open_count: number
  readonly minutes: number
  readonly confirmed: boolean
  readonly open_objection_count: number
}

/** One row per day of the period, also where there is nothing. */
export async function listDayCounts(
  tx: Tx,
  place: { operation_id: number; unit_id: number },
  period: { from: string; to: string },
): Promise<DayCount[]> {
  const { operation_id, unit_id } = place
  const { from, to } = period
  const { rows } = await sql<DayCount>`
    with shift as (
      select planned.starts_on, standing.span_id is null and absence.span_id is null as is_open
      from planned_shifts planned
      left join lateral (
        select span_id
        from duty_current
        where unit_id = planned.unit_id and starts_on between planned.starts_on - 1 and planned.starts_on + 1
          and person_id = planned.person_id and starts_at < planned.ends_at and ends_at > planned.starts_at
        limit 1
      ) standing on true
      left join lateral (
        select span_id
        from duty_absences
        where unit_id = planned.unit_id and duty_date = planned.starts_on and person_id = planned.person_id
          and span_id = planned.shift_id
        limit 1
      ) absence on true
      where planned.unit_id = ${unit_id} and planned.operation_id = ${operation_id} and planned.withdrawn_at is null
        and planned.starts_on between ${from} and ${to}
    ), planned as (
      select starts_on, count(*)::int as count, count(*) filter (where is_open)::int as open_count
      from shift
      group by starts_on
    ), standing as (
      select starts_on, count(*)::int as count, (sum(extract(epoch from ends_at - starts_at)) / 60)::int as minutes
      from duty_current
      where unit_id = ${unit_id} and operation_id = ${operation_id} and starts_on between ${from} and ${to}
      group by starts_on
    ), confirmed as (
      select distinct duty_date
      from duty_confirmations
      where unit_id = ${unit_id} and operation_id = ${operation_id} and duty_date between ${from} and ${to}
    ), objected as (
      select duty_date, count(*)::int as count
      from duty_objections
      left join duty_objection_answers using (person_id, objection_id)
      where duty_objections.unit_id = ${unit_id} and operation_id = ${operation_id}
        and duty_date between ${from} and ${to} and answered_at is null
      group by duty_date
    )
    select day::date as duty_date, coalesce(planned.count, 0) as planned_count, coalesce(standing.count, 0) as span_count,
      coalesce(planned.open_count, 0) as open_count, coalesce(standing.minutes, 0) as minutes,
      confirmed.duty_date is not null and coalesce(planned.open_count, 0) = 0 as confirmed,
      coalesce(objected.count, 0) as open_objection_count
    from generate_series(${from}::date, ${to}::date, interval '1 day') as day
    left join planned on planned.starts_on = day::date
    left join standing on standing.starts_on = day::date
    left join confirmed on confirmed.duty_date = day::date
    left join objected on objected.duty_date = day::date
    order by day`.execute(tx)
  return rows
}

export function listPlannedOfDay(tx: Tx, unitId: number, operationId: number, date: string) {
  return tx
    .selectFrom('planned_shifts')
    .innerJoin('posts', 'posts.post_id', 'planned_shifts.post_id')
    .leftJoin('people', 'people.person_id', 'planned_shifts.person_id')
    .select([
      'planned_shifts.person_id',
      'people.name as person_name',
      'planned_shifts.shift_id',
      'planned_shifts.post_id',
      'posts.name as post_name',
      'planned_shifts.starts_at',
      'planned_shifts.ends_at',
    ])
    .where('planned_shifts.unit_id', '=', unitId)
    .where('planned_shifts.operation_id', '=', operationId)
    .where('planned_shifts.starts_on', '=', date)
    .where('planned_shifts.withdrawn_at', 'is', null)
    .orderBy('planned_shifts.starts_at')
    .orderBy('planned_shifts.person_id')
    .limit(1000)
    .execute()
}

/** Standing spans with the words of the entry that they stand on. */
function spansWithNames(tx: Tx) {
  return tx
    .selectFrom('duty_current')
    .innerJoin('duty_entries', (join) =>
      join
        .onRef('duty_entries.person_id', '=', 'duty_current.person_id')
        .onRef('duty_entries.span_id', '=', 'duty_current.span_id')
        .onRef('duty_entries.entry_id', '=', 'duty_current.entry_id'),
    )
    .innerJoin('posts', 'posts.post_id', 'duty_current.post_id')
    .innerJoin('units', 'units.unit_id', 'duty_current.unit_id')
    .leftJoin('people', 'people.person_id', 'duty_current.person_id')
    .leftJoin('user_names', 'user_names.user_id', 'duty_current.said_by_user_id')
    .select([
      'duty_current.person_id',
      'people.name as person_name',
      'duty_current.span_id',
      'duty_current.entry_id',
      'duty_current.post_id',
      'posts.name as post_name',
      'duty_current.unit_id',
      'units.name as unit_name',
      'duty_current.starts_at',
      'duty_current.ends_at',
      'duty_current.starts_on',
      'duty_entries.act',
      'duty_entries.reason',
      'user_names.display_name as confirmed_by',
    ])
}

export function listSpansOfDay(tx: Tx, unitId: number, operationId: number, date: string) {
  return spansWithNames(tx)
    .where('duty_current.unit_id', '=', unitId)
    .where('duty_current.operation_id', '=', operationId)
    .where('duty_current.starts_on', '=', date)
    .orderBy('duty_current.starts_at')
    .orderBy('duty_current.person_id')
    .limit(1000)
    .execute()
}

export type SpanRow = Awaited<ReturnType<typeof listSpansOfDay>>[number]

export function findSpan(tx: Tx, personId: number, spanId: string): Promise<SpanRow | undefined> {
  return spansWithNames(tx)
    .where('duty_current.person_id', '=', personId)
    .where('duty_current.span_id', '=', spanId)
    .executeTakeFirst()
}

/** Spans whose people did not come, as confirmations of the day said. */
export async function listAbsencesOfDay(tx: Tx, unitId: number, date: string): Promise<ReadonlySet<string>> {
  const rows = await tx
    .selectFrom('duty_absences')
    .select('span_id')
    .distinct()
    .where('unit_id', '=', unitId)
    .where('duty_date', '=', date)
    .execute()
  return new Set(rows.map(({ span_id }) => span_id))
}

export function listConfirmationsOfDay(tx: Tx, unitId: number, operationId: number, date: string) {
  return tx
    .selectFrom('duty_confirmations')
    .leftJoin('user_names', 'user_names.user_id', 'duty_confirmations.said_by_user_id')
    .select(['user_names.display_name', 'said_at', 'span_count', 'absent_count'])
    .where('unit_id', '=', unitId)
    .where('operation_id', '=', operationId)
    .where('duty_date', '=', date)
    .orderBy('said_at')
    .limit(50)
    .execute()
}

/** Everything said about one person's duty in a period, oldest first, whether it stands or not. */
export async function listEntriesOfPerson(
  tx: Tx,
  person: { operation_id: number; person_id: number },
  period: { from: string; to: string },
) {
  return tx
    .selectFrom('duty_entries')
    .innerJoin('posts', 'posts.post_id', 'duty_entries.post_id')
    .innerJoin('units', 'units.unit_id', 'duty_entries.unit_id')
    .leftJoin('people', 'people.person_id', 'duty_entries.person_id')
    .leftJoin('user_names', 'user_names.user_id', 'duty_entries.said_by_user_id')
    .select([
      'duty_entries.person_id',
      'people.name as person_name',
      'duty_entries.span_id',
      'duty_entries.entry_id',
      'duty_entries.act',
      'duty_entries.post_id',
      'posts.name as post_name',
      'duty_entries.unit_id',
      'units.name as unit_name',
      'duty_entries.starts_at',
      'duty_entries.ends_at',
      'duty_entries.starts_on',
      'duty_entries.said_at',
      'duty_entries.reason',
      'user_names.display_name as said_by',
    ])
    .where('duty_entries.operation_id', '=', person.operation_id)
    .where('duty_entries.person_id', '=', person.person_id)
    .where('duty_entries.starts_on', '>=', period.from)
    .where('duty_entries.starts_on', '<=', period.to)
    .orderBy('duty_entries.entry_id')
    .limit(2000)
    .execute()
}

export type EntryRow = Awaited<ReturnType<typeof listEntriesOfPerson>>[number]

export function listPlannedOfPerson(
  tx: Tx,
  person: { operation_id: number; person_id: number },
  period: { from: string; to: string },
) {
  return tx
    .selectFrom('planned_shifts')
    .innerJoin('posts', 'posts.post_id', 'planned_shifts.post_id')
    .innerJoin('units', 'units.unit_id', 'planned_shifts.unit_id')
    .select([
      'planned_shifts.shift_id',
      'planned_shifts.unit_id',
      'units.name as unit_name',
      'posts.name as post_name',
      'planned_shifts.starts_at',
      'planned_shifts.ends_at',
    ])
    .where('planned_shifts.person_id', '=', person.person_id)
    .where('planned_shifts.operation_id', '=', person.operation_id)
    .where('planned_shifts.starts_on', '>=', period.from)
    .where('planned_shifts.starts_on', '<=', period.to)
    .where('planned_shifts.withdrawn_at', 'is', null)
    .orderBy('planned_shifts.starts_at')
    .limit(400)
    .execute()
}

function objections(tx: Tx) {
  return tx
    .selectFrom('duty_objections')
    .leftJoin('duty_objection_answers as answers', (join) =>
      join
        .onRef('answers.person_id', '=', 'duty_objections.person_id')
        .onRef('answers.objection_id', '=', 'duty_objections.objection_id'),
    )
    .leftJoin('people', 'people.person_id', 'duty_objections.person_id')
    .select([
      'duty_objections.person_id',
      'people.name as person_name',
      'duty_objections.objection_id',
      'duty_objections.span_id',
      'duty_objections.unit_id',
      'duty_objections.duty_date',
      'duty_objections.words',
      'duty_objections.raised_at',
      'answers.outcome',
      'answers.reason as answer_reason',
      'answers.answered_at',
    ])
}

export function listObjectionsOfDay(tx: Tx, unitId: number, operationId: number, date: string) {
  return objections(tx)
    .where('duty_objections.unit_id', '=', unitId)
    .where('duty_objections.operation_id', '=', operationId)
    .where('duty_objections.duty_date', '=', date)
    .limit(200)
    .execute()
}

export type ObjectionRow = Awaited<ReturnType<typeof listObjectionsOfDay>>[number]

export function listObjectionsOfPerson(tx: Tx, operationId: number, personId: number): Promise<ObjectionRow[]> {
  return objections(tx)
    .where('duty_objections.person_id', '=', personId)
    .where('duty_objections.operation_id', '=', operationId)
    .orderBy('duty_objections.raised_at', 'desc')
    .limit(100)
    .execute()
}

/** A unit's objections: open ones first, then the answered ones; within each the latest first. */
export function listObjectionsOfUnit(tx: Tx, operationId: number, unitId: number, offset: number, limit: number) {
  return objections(tx)
    .where('duty_objections.unit_id', '=', unitId)
    .where('duty_objections.operation_id', '=', operationId)
    .orderBy(sql`answers.answered_at is not null`)
    .orderBy('duty_objections.raised_at', 'desc')
    .orderBy('duty_objections.objection_id')
    .offset(offset)
    .limit(limit + 1)
    .execute()
}

export function findObjection(tx: Tx, personId: number, objectionId: string): Promise<ObjectionRow | undefined> {
  return objections(tx)
    .where('duty_objections.person_id', '=', personId)
    .where('duty_objections.objection_id', '=', objectionId)
    .executeTakeFirst()
}
