import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Actor } from '#platform/access/actor.ts'
import type { Tx } from '#platform/db/database.ts'
import { Refusal } from '#platform/http/problem.ts'
import { settle } from '#platform/worklist/items.ts'
import { changePlan } from '#records/duty/server/reads.ts'
import type { OperationFacts } from '#records/operations/server/reads.ts'
import { LEAVE_DAY_MINUTES_MIN } from '../rules.ts'
import { followInDrafts } from './draft-cells.ts'
import { DROP_OUT_ITEM, raiseDropOut } from './offers.ts'
import { findRestAgainst } from './reads.ts'
import type { ShiftRow } from './takers-read.ts'

interface LeaveDay {
  readonly actor: Pick<Actor, 'user_id'>
  readonly operation: OperationFacts
  readonly person_id: number
  readonly on_date: string
  readonly now: Date
}

/** Leave that is planned for a day and was not cancelled. */
async function plannedMinutes(tx: Tx, { operation, person_id, on_date }: LeaveDay): Promise<number> {
  const { rows } = await sql<{ minutes: number }>`
    select coalesce(sum(case kind when 'planned' then minutes else -minutes end), 0)::int as minutes
    from leave_entries
    where operation_id = ${operation.operation_id} and person_id = ${person_id} and on_date = ${on_date}
      and kind in ('planned', 'unplanned')`.execute(tx)
  return rows[0]?.minutes ?? 0
}

/**
 * Brings the plan in line with the leave of a day: shifts that have not begun are taken out and look for somebody, or, when the leave was
 * cancelled, come back unless somebody has taken them. Answers how many, or why the plan could not be changed.
 */
export async function followLeave(
  tx: Tx,
  day: LeaveDay,
): Promise<{ withdrawn_count: number; restored_count: number } | Refusal> {
  if ((await plannedMinutes(tx, day)) >= LEAVE_DAY_MINUTES_MIN) {
    const taken = await takeOut(tx, day)
    return taken instanceof Refusal ? taken : { withdrawn_count: taken, restored_count: 0 }
  }
  const restored = await bringBack(tx, day)
  return restored instanceof Refusal ? restored : { withdrawn_count: 0, restored_count: restored }
}

async function takeOut(tx: Tx, { actor, operation, person_id, on_date, now }: LeaveDay): Promise<number | Refusal> {
  const { rows } = await sql<ShiftRow>`
    select planned.person_id, planned.shift_id, planned.operation_id, planned.unit_id, planned.post_id, posts.name as post_name,
      planned.starts_at, planned.ends_at
    from planned_shifts planned
    join posts using (post_id)
    where planned.person_id = ${person_id} and planned.operation_id = ${operation.operation_id} and planned.withdrawn_at is null
      and planned.starts_on = ${on_date} and planned.starts_at > ${now}
    order by planned.starts_at`.execute(tx)
  for (const shift of rows) {
    const { unit_id, shift_id, operation_id } = shift
    const done = await changePlan(tx, operation, unit_id, { withdraw: [{ person_id, shift_id }], shifts: [] }, now)
    if (done instanceof Refusal) return done
    // A search that ran for another reason goes on as this one.
    const open = await tx
      .updateTable('shift_offers')
      .set({ kind: 'leave' })
      .where('person_id', '=', person_id)
      .where('shift_id', '=', shift_id)
      .where('ended_at', 'is', null)
      .returning('offer_id')
      .executeTakeFirst()
    const offer_id = open?.offer_id ?? randomUUID()
    if (!open) {
      const offer = { unit_id, offer_id, operation_id, kind: 'leave', person_id, shift_id }
      await tx
        .insertInto('shift_offers')
        .values({ ...offer, by_user_id: actor.user_id, opened_at: now })
        .execute()
    }
    await raiseDropOut(tx, shift, offer_id, now)
    await followInDrafts(tx, operation, { shift, from: person_id, leave: 'planned' }, now)
  }
  return rows.length
}

async function bringBack(tx: Tx, { operation, person_id, on_date, now }: LeaveDay): Promise<number | Refusal> {
  const { rows } = await sql<ShiftRow & { readonly offer_id: string }>`
    select planned.person_id, planned.shift_id, planned.operation_id, planned.unit_id, planned.post_id, posts.name as post_name,
      planned.starts_at, planned.ends_at, offer.offer_id
    from shift_offers offer
    join planned_shifts planned on planned.person_id = offer.person_id and planned.shift_id = offer.shift_id
    join posts using (post_id)
    where offer.person_id = ${person_id} and offer.operation_id = ${operation.operation_id} and offer.kind = 'leave'
      and offer.ended_at is null and planned.starts_on = ${on_date} and planned.starts_at > ${now}`.execute(tx)
  for (const { offer_id, ...shift } of rows) {
    const { unit_id, post_id, starts_at, ends_at } = shift
    const again = { person_id, post_id, starts_at: starts_at.toISOString(), ends_at: ends_at.toISOString() }
    const changes = { withdraw: [], shifts: [again] }
    const done = await changePlan(tx, operation, unit_id, changes, now, (inner, duties) =>
      findRestAgainst(inner, duties, now),
    )
    if (done instanceof Refusal) return done
    await tx
      .updateTable('shift_offers')
      .set({ ended_at: now, outcome: 'withdrawn' })
      .where('unit_id', '=', unit_id)
      .where('offer_id', '=', offer_id)
      .execute()
    const subject = { kind: DROP_OUT_ITEM, subject_kind: 'shift_offer', subject_id: offer_id }
    await settle(tx, { operation_id: operation.operation_id, ...subject, outcome: { withdrawn: true } })
    await followInDrafts(tx, operation, { shift, to: person_id, leave: 'cancelled' }, now)
  }
  return rows.length
}
