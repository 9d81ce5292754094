import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { openFor } from '#measures/rosters/server/offers.ts'
import { propose, save } from '#measures/rosters/server/roster-needs.ts'
import { jobContext } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import { Refusal } from '#platform/http/problem.ts'
import { findOperation } from '#records/operations/server/reads.ts'

const WARD = 'isolation_ward'
const NIGHT_SKILL = '重症护理'
const HOUR_MS = 3_600_000

/**
 * What the demo city shows of rosters: the isolation ward of the manager's hospital with a month to be rostered, as the last weeks propose it,
 * its nights with somebody who knows intensive care; and one colleague who drops out of tonight's shift.
 */
export async function rostersInDemo(database: Database, operationId: number, now: Date): Promise<void> {
  await database.transact(jobContext('demo'), async (tx) => {
    const operation = await findOperation(tx, operationId)
    const ward = operation && (await findWard(tx, operationId))
    if (!operation || !ward) return
    const { unit_id, post_id, user_id } = ward
    const { needs } = await propose(tx, operation, unit_id, [post_id], now)
    if (needs.shifts.length === 0 || needs.person_ids.length === 0) return
    const shifts = needs.shifts.map((shift) =>
      shift.name.includes('夜') ? { ...shift, skill: NIGHT_SKILL, skilled: 1 } : shift,
    )
    const actor = { user_id, person_id: undefined, display_name: '', language: 'zh' as const, assignments: [] }
    const body = { roster_id: null, name: ward.name, needs: { ...needs, shifts } }
    const saved = await save(tx, actor, { operation_id: operationId, unit_id }, body)
    if (saved instanceof Refusal) throw new Error('the demo’s roster was refused')
    const tonight = await findTonight(tx, ward, now)
    if (tonight) await openFor(tx, { actor, database, now }, { ...tonight, offer_id: randomUUID(), kind: 'drop_out' })
  })
}

interface Ward {
  readonly unit_id: number
  readonly post_id: number
  readonly name: string
  readonly user_id: number
}

/** The ward at the hospital of the account `manager`. */
async function findWard(tx: Tx, operationId: number): Promise<Ward | undefined> {
  const { rows } = await sql<Ward>`
    select posts.unit_id, posts.post_id, posts.name, users.user_id
    from users
    join role_assignments using (user_id)
    join posts on posts.unit_id = role_assignments.unit_id
    where users.login = 'manager' and posts.operation_id = ${operationId} and posts.kind = ${WARD} and posts.closed_on is null
    limit 1`.execute(tx)
  return rows[0]
}

async function findTonight(tx: Tx, { post_id }: Ward, now: Date) {
  const { rows } = await sql<{ person_id: number; shift_id: string }>`
    select person_id, shift_id
    from planned_shifts
    where post_id = ${post_id} and withdrawn_at is null
      and starts_at between ${new Date(now.getTime() + 10 * HOUR_MS)} and ${new Date(now.getTime() + 24 * HOUR_MS)}
    order by starts_at, person_id
    limit 1`.execute(tx)
  return rows[0]
}
