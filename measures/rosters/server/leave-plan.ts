import { sql } from 'kysely'
import type { z } from 'zod'
import { valueOn } from '#engines/policy/parameters.ts'
import type { RestProgram } from '#engines/policy/rest-compile.ts'
import { dayOf, formatDay } from '#engines/values/time.ts'
import { civilDate } from '#platform/calendar/zone.ts'
import type { Tx } from '#platform/db/database.ts'
import type { OperationFacts } from '#records/operations/server/reads.ts'
import type { readLeavePlan } from '../leave-contract.ts'
import { type PlannedShift, planLeave } from '../leave-plan.ts'
import { RosterNeeds } from '../roster-contract.ts'
import { readAccounts } from './leave.ts'
import { listOrders, openOrders } from './orders-store.ts'
import { programAt, restDaysOf } from './roster-inputs.ts'

const PEOPLE_MAX = 200
const STANDARD_DAY_MIN = 480

interface Asked {
  readonly operation: OperationFacts
  readonly unit_id: number
  readonly from_on: string
  readonly days: number
  readonly now: Date
}

/** A figure of the pack on its day; undefined where neither a document nor a decision sets one. */
export function figureOf(program: RestProgram | undefined, code: string): number | undefined {
  const parameter = program?.stack.parameters.get(code)
  const value = program && parameter && valueOn(parameter, program.on, program.known)
  return value?.value ?? undefined
}

/** The fewest people for each shift that a roster of the unit or below names, by post and time of day. */
async function readMinimums(tx: Tx, unitId: number): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ needs: unknown }>`
    select needs from rosters
    where closed_on is null and unit_id in (select unit_id from unit_ancestors where ancestor_id = ${unitId})`.execute(
    tx,
  )
  const minimums = new Map<string, number>()
  for (const { needs } of rows) {
    const read = RosterNeeds.safeParse(needs)
    for (const { post_id, start_minute, minutes, minimum } of read.success ? read.data.shifts : [])
      minimums.set(`${post_id} ${start_minute} ${minutes}`, minimum)
  }
  return minimums
}

async function readShifts(tx: Tx, asked: Asked): Promise<readonly PlannedShift[]> {
  const minimums = await readMinimums(tx, asked.unit_id)
  const { rows } = await sql<{ person_id: number; starts_on: string; key: string; post_name: string }>`
    select planned.person_id, planned.starts_on::text as starts_on, posts.name as post_name,
      concat_ws(' ', planned.post_id,
        extract(epoch from (planned.starts_at at time zone ${asked.operation.time_zone})::time)::int / 60,
        extract(epoch from planned.ends_at - planned.starts_at)::int / 60) as key
    from planned_shifts planned
    join posts using (post_id)
    where planned.operation_id = ${asked.operation.operation_id}
      and planned.withdrawn_at is null
      and planned.starts_on between ${asked.from_on}::date and ${asked.from_on}::date + ${asked.days - 1}::int
      and planned.unit_id in (select unit_id from unit_ancestors where ancestor_id = ${asked.unit_id})`.execute(tx)
  return rows.map(({ person_id, starts_on, key, post_name }) => ({
    person_id,
    on_date: starts_on,
    key,
    shift_name: post_name,
    minimum: minimums.get(key) ?? null,
  }))
}

/** Days on which nobody is proposed leave: rests by order, and leave that stands in the account already. */
async function readTaken(tx: Tx, asked: Asked): Promise<ReadonlySet<string>> {
  const { operation, unit_id, now } = asked
  const taken = new Set<string>()
  const orders = openOrders(await listOrders(tx, { operation_id: operation.operation_id, unit_id }), now)
  for (const { person_id, standing } of orders) {
    const [from, to] = [standing.starts_at, standing.ends_at].map((at) => dayOf(civilDate(operation.time_zone, at)))
    for (let day = from ?? 0; day <= (to ?? -1); day++) taken.add(`${person_id} ${formatDay(day)}`)
  }
  const entries = await tx
    .selectFrom('leave_entries')
    .select(['person_id', 'on_date'])
    .where('operation_id', '=', operation.operation_id)
    .where('kind', 'in', ['planned', 'taken'])
    .where('on_date', '>=', asked.from_on)
    .execute()
  for (const { person_id, on_date } of entries) taken.add(`${person_id} ${on_date}`)
  return taken
}

/** A proposal only: nothing is written until somebody plans the days. */
export async function proposeLeave(tx: Tx, asked: Asked): Promise<z.input<typeof readLeavePlan.output>> {
  const { operation, unit_id, from_on, days, now } = asked
  const program = await programAt(tx, { operation, unit_id, from_on, days, now })
  const today = civilDate(operation.time_zone, now)
  const { accounts } = await readAccounts(tx, operation.operation_id, unit_id, PEOPLE_MAX, {
    today,
    lastDayOf: () => null,
  })
  const rest = new Set(restDaysOf(program, from_on, days))
  const first = dayOf(from_on)
  const plan = planLeave(
    accounts.map(({ person_id, owed_minutes, planned_minutes }) => ({
      person_id,
      open_minutes: Math.max(0, owed_minutes - planned_minutes),
    })),
    {
      days: Array.from({ length: days }, (_, day) => ({
        on_date: formatDay(first + day),
        is_working_day: !rest.has(day),
      })),
      shifts: await readShifts(tx, asked),
      taken: await readTaken(tx, asked),
      day_minutes: figureOf(program, 'standard-day') ?? STANDARD_DAY_MIN,
    },
  )
  const of = new Map(accounts.map((account) => [account.person_id, account]))
  const named = (person_id: number) => ({
    person_id,
    name: of.get(person_id)?.name ?? '—',
    unit_id: of.get(person_id)?.unit_id ?? unit_id,
  })
  return {
    proposed: plan.proposed
      .map((one) => ({ ...one, ...named(one.person_id) }))
      .sort((left, right) => (left.on_date < right.on_date ? -1 : left.on_date > right.on_date ? 1 : 0)),
    left: plan.left.map(({ person_id, minutes }) => ({ ...named(person_id), minutes })),
  }
}
