import { sql } from 'kysely'
import type { z } from 'zod'
import type { Tx } from '#platform/db/database.ts'
import type { ShiftPlan } from '../plan-contract.ts'

const PEOPLE_MAX = 1000

interface Place {
  readonly operation_id: number
  readonly unit_id: number
}

interface Period {
  readonly from: string
  readonly to: string
}

type Plan = z.input<typeof ShiftPlan>

async function listShifts(tx: Tx, { operation_id, unit_id }: Place, { from, to }: Period): Promise<Plan['shifts']> {
  const { rows } = await sql<Plan['shifts'][number]>`
    select planned.shift_id, planned.person_id, planned.post_id, posts.name as post_name, planned.starts_on,
      planned.starts_at, planned.ends_at,
      exists (
        select from duty_current standing
        where standing.unit_id = planned.unit_id
          and standing.starts_on between planned.starts_on - 1 and planned.starts_on + 1
          and standing.person_id = planned.person_id
          and standing.starts_at < planned.ends_at and standing.ends_at > planned.starts_at
      ) or exists (
        select from duty_absences absence
        where absence.unit_id = planned.unit_id and absence.duty_date = planned.starts_on
          and absence.person_id = planned.person_id and absence.span_id = planned.shift_id
      ) as settled
    from planned_shifts planned
    join posts using (post_id)
    where planned.unit_id = ${unit_id} and planned.operation_id = ${operation_id} and planned.withdrawn_at is null
      and planned.starts_on between ${from} and ${to}
    order by planned.starts_at, planned.person_id`.execute(tx)
  return rows
}

async function listPlannable(tx: Tx, unitId: number, planned: readonly number[]): Promise<Plan['people']> {
  return tx
    .selectFrom('people')
    .leftJoin('appointments', (join) =>
      join
        .onRef('appointments.person_id', '=', 'people.person_id')
        .on('appointments.is_main', '=', true)
        .on('appointments.to_on', 'is', null),
    )
    .select(['people.person_id', 'people.name', sql<string>`coalesce(appointments.title, '')`.as('title')])
    .where(({ eb, or }) =>
      or([
        eb('people.home_unit_id', '=', unitId),
        eb('people.seconded_unit_id', '=', unitId),
        ...(planned.length > 0 ? [eb('people.person_id', 'in', [...planned])] : []),
      ]),
    )
    .orderBy('people.name_sort')
    .orderBy('people.person_id')
    .limit(PEOPLE_MAX)
    .execute()
}

/** Planned or done at another unit, or here for another operation; row-level security leaves out what lies beyond the reader's scope. */
async function listElsewhere(
  tx: Tx,
  { operation_id, unit_id }: Place,
  personIds: readonly number[],
  { from, to }: Period,
): Promise<Plan['elsewhere']> {
  if (personIds.length === 0) return []
  const { rows } = await sql<Plan['elsewhere'][number]>`
    select engaged.person_id, units.name as unit_name, engaged.starts_on, engaged.starts_at, engaged.ends_at
    from (
      select person_id, operation_id, unit_id, starts_on, starts_at, ends_at
      from planned_shifts
      where withdrawn_at is null
      union
      select person_id, operation_id, unit_id, starts_on, starts_at, ends_at
      from duty_current
    ) engaged
    join units using (unit_id)
    where engaged.person_id = any (${[...personIds]}::int[])
      and (engaged.unit_id <> ${unit_id} or engaged.operation_id <> ${operation_id})
      and engaged.starts_on between ${from}::date - 1 and ${to}::date + 1
    order by engaged.starts_at`.execute(tx)
  return rows
}

/** The plan of a unit in a period. Names of people outside the reader's scope are not among the people. */
export async function readPlan(tx: Tx, place: Place, period: Period): Promise<Plan> {
  const shifts = await listShifts(tx, place, period)
  const people = await listPlannable(tx, place.unit_id, [...new Set(shifts.map(({ person_id }) => person_id))])
  const elsewhere = await listElsewhere(
    tx,
    place,
    people.map(({ person_id }) => person_id),
    period,
  )
  return { people, shifts, elsewhere }
}
