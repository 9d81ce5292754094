import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { lookAtRest } from '#measures/rosters/server/look.ts'
import { order } from '#measures/rosters/server/orders.ts'
import { findSubstitutes } from '#measures/rosters/server/substitutes.ts'
import { jobContext } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import { Refusal } from '#platform/http/problem.ts'
import { findOperation } from '#records/operations/server/reads.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

/**
 * What the demo city shows of rest: everybody is looked at once, and the checkpoint officer with the longest run is ordered to rest from this
 * evening by the head of the unit, with a colleague who covers. The others wait for whoever tries the product.
 */
export async function restInDemo(
  database: Database,
  operationId: number,
  now: Date,
  passwordHash: string,
): Promise<void> {
  const write = <T>(work: (tx: Tx) => Promise<T>) => database.transact(jobContext('demo'), work)
  const operation = await write((tx) => findOperation(tx, operationId))
  if (!operation) return
  await lookAtRest(database, operation, now)
  await write(async (tx) => {
    const chosen = await findOverworked(tx, operationId)
    if (!chosen) return
    await giveAccount(tx, chosen, passwordHash)
    const starts_at = new Date(now.getTime() + 12 * HOUR_MS)
    const ends_at = new Date(starts_at.getTime() + 3 * DAY_MS)
    const times = { starts_at, ends_at, now }
    const [substitute] = await findSubstitutes(tx, { operationId, personId: chosen.person_id, ...times })
    const actor = {
      user_id: chosen.head_user_id,
      person_id: undefined,
      display_name: '',
      language: 'zh' as const,
      assignments: [],
    }
    const ordered = await order(
      tx,
      actor,
      operationId,
      {
        order_id: randomUUID(),
        unit_id: chosen.home_unit_id,
        person_id: chosen.person_id,
        basis: 'rule',
        rule: chosen.rule,
        starts_at: starts_at.toISOString(),
        ends_at: ends_at.toISOString(),
        substitute_person_id: substitute?.person_id ?? null,
        report_id: null,
        reason: `连续值守 ${chosen.run_days} 天`,
      },
      now,
    )
    if (ordered instanceof Refusal) throw new Error('the demo’s order to rest was refused')
  })
}

interface Overworked {
  readonly person_id: number
  readonly name: string
  readonly home_unit_id: number
  readonly rule: string
  readonly run_days: number
  readonly head_user_id: number
}

/** The checkpoint officer with the longest run, and an account that leads their unit. */
async function findOverworked(tx: Tx, operationId: number): Promise<Overworked | undefined> {
  const { rows } = await sql<Overworked>`
    select standing.person_id, people.name, standing.home_unit_id, standing.rule, standing.run_days, head.user_id as head_user_id
    from rest_standings standing
    join people using (person_id)
    join units on units.unit_id = standing.home_unit_id and units.kind = 'checkpoint'
    join role_assignments head on head.unit_id = standing.home_unit_id and head.role = 'unit_manager'
    where standing.operation_id = ${operationId} and standing.state = 'applies' and standing.outcome = 'must_rest'
    order by standing.run_days desc, standing.person_id, head.user_id
    limit 1`.execute(tx)
  return rows[0]
}

async function giveAccount(tx: Tx, chosen: Overworked, passwordHash: string): Promise<void> {
  const { user_id } = await tx
    .insertInto('users')
    .values({ login: 'officer', display_name: chosen.name, person_id: chosen.person_id, password_hash: passwordHash })
    .returning('user_id')
    .executeTakeFirstOrThrow()
  await tx.insertInto('role_assignments').values({ user_id, role: 'worker', unit_id: chosen.home_unit_id }).execute()
}
