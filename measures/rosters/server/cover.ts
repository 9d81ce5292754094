import { sql } from 'kysely'
import type { z } from 'zod'
import type { Actor } from '#platform/access/actor.ts'
import { recordAudit } from '#platform/audit/record.ts'
import { type Context, jobContext } from '#platform/db/context.ts'
import type { Tx } from '#platform/db/database.ts'
import { httpProblems, Refusal, refuse } from '#platform/http/problem.ts'
import { raise, settle } from '#platform/worklist/items.ts'
import { changePlan } from '#records/duty/server/reads.ts'
import { findOperation } from '#records/operations/server/reads.ts'
import type { OwnCoverAsk } from '../contract.ts'
import { restProblems } from '../rest-problems.ts'
import { foldOrder } from '../rules.ts'
import { listOrders } from './orders-store.ts'
import { findRestAgainst } from './reads.ts'

/** Whoever is to stand in for somebody who rests is asked; when they agree, the shifts inside the rest change hands. */

export const COVER_ITEM = 'rosters.cover'

export interface CoverAsk {
  readonly unit_id: number
  readonly ask_id: string
  readonly operation_id: number
  readonly resting_person_id: number
  readonly order_id: string
  readonly person_id: number
}

interface Resting {
  readonly person_id: number
  readonly order_id: string
  readonly operation_id: number
  readonly unit_id: number
}

/** Asks somebody; a question that was still open is put to the new person instead. The unit is told what it waits for. */
export async function askToCover(
  tx: Tx,
  actor: Pick<Actor, 'user_id'>,
  resting: Resting,
  personId: number | null,
  now: Date,
): Promise<void> {
  const { unit_id, operation_id, order_id } = resting
  await tx
    .updateTable('cover_asks')
    .set({ answer: 'declined', answered_at: now })
    .where('unit_id', '=', unit_id)
    .where('order_id', '=', order_id)
    .where('answer', 'is', null)
    .execute()
  if (personId !== null) {
    const asked = { unit_id, operation_id, order_id, resting_person_id: resting.person_id, person_id: personId }
    await tx
      .insertInto('cover_asks')
      .values({ ...asked, by_user_id: actor.user_id, asked_at: now })
      .execute()
  }
  await tellUnit(tx, resting, personId === null ? 'nobody' : 'asked', now)
}

/** One item for each order until somebody has agreed to cover it. */
async function tellUnit(tx: Tx, resting: Resting, state: 'nobody' | 'asked' | 'declined', now: Date): Promise<void> {
  await raise(tx, {
    operation_id: resting.operation_id,
    unit_id: resting.unit_id,
    role: 'unit_manager',
    kind: COVER_ITEM,
    subject_kind: 'rest_order',
    subject_id: resting.order_id,
    clause: '3',
    facts: { person_id: resting.person_id, state },
    raised_at: now,
    due_at: null,
  })
}

export async function settleCover(tx: Tx, { operation_id, order_id }: Resting, why: string): Promise<void> {
  const subject = { operation_id, kind: COVER_ITEM, subject_kind: 'rest_order', subject_id: order_id }
  await settle(tx, { ...subject, outcome: { [why]: true } })
}

export interface CoverState {
  readonly person_id: number
  readonly state: 'asked' | 'accepted' | 'declined'
  readonly shifts_count: number | null
  readonly recorded_by: string | null
}

/** Who was asked last for each order, and what they said. */
export async function coverStates(tx: Tx, orderIds: readonly string[]): Promise<ReadonlyMap<string, CoverState>> {
  if (orderIds.length === 0) return new Map()
  const rows = await tx
    .selectFrom('cover_asks')
    .leftJoin('user_names', 'user_names.user_id', 'cover_asks.recorded_by_user_id')
    .select(['order_id', 'cover_asks.person_id', 'answer', 'shifts_count', 'user_names.display_name as recorded_by'])
    .where('order_id', 'in', [...orderIds])
    .orderBy('asked_at')
    .execute()
  return new Map(
    rows.map(({ order_id, person_id, answer, shifts_count, recorded_by }) => [
      order_id,
      {
        person_id,
        shifts_count,
        recorded_by,
        state: answer === 'accepted' || answer === 'declined' ? answer : 'asked',
      },
    ]),
  )
}

interface Shift {
  readonly person_id: number
  readonly shift_id: string
  readonly post_id: number
  readonly post_name: string
  readonly starts_at: Date
  readonly ends_at: Date
}

/** Shifts that are planned inside a rest and have not begun. */
async function shiftsInside(tx: Tx, ask: CoverAsk, now: Date): Promise<readonly Shift[]> {
  const [order] = await listOrders(tx, { person_id: ask.resting_person_id, order_id: ask.order_id })
  if (!order) return []
  const { starts_at, ends_at } = foldOrder(order.events, now)
  const { rows } = await sql<Shift>`
    select planned.person_id, planned.shift_id, planned.post_id, posts.name as post_name, planned.starts_at, planned.ends_at
    from planned_shifts planned
    join posts using (post_id)
    where planned.person_id = ${ask.resting_person_id}
      and planned.unit_id = ${ask.unit_id}
      and planned.withdrawn_at is null
      and planned.starts_at < ${ends_at} and planned.ends_at > ${starts_at}
      and planned.starts_at > ${now}
    order by planned.starts_at`.execute(tx)
  return rows
}

/**
 * The unit's plan and the order on behalf of somebody who was asked: they may not see or change either by themselves. Opened only after it
 * was checked that the question is theirs.
 */
export function coverContext(actor: Actor, unitIds: readonly number[]): Context {
  return {
    ...jobContext('rest', { everywhere: false, units: new Set(unitIds) }),
    user_id: actor.user_id,
    ...(actor.person_id === undefined ? {} : { person_id: actor.person_id }),
  }
}

export function findOwnAsk(tx: Tx, personId: number, askId: string) {
  return tx
    .selectFrom('cover_asks')
    .innerJoin('people', 'people.person_id', 'cover_asks.person_id')
    .select(['cover_asks.unit_id', 'ask_id', 'operation_id', 'resting_person_id', 'order_id', 'cover_asks.person_id'])
    .select(['answer', 'people.home_unit_id'])
    .where('cover_asks.person_id', '=', personId)
    .where('ask_id', '=', askId)
    .executeTakeFirst()
}

/** The open question about a rest, for whoever writes down what was answered by word of mouth. */
export function findAskOf(tx: Tx, personId: number, orderId: string) {
  return tx
    .selectFrom('cover_asks')
    .leftJoin('people', 'people.person_id', 'cover_asks.person_id')
    .select(['cover_asks.unit_id', 'ask_id', 'operation_id', 'resting_person_id', 'order_id', 'cover_asks.person_id'])
    .select('people.home_unit_id')
    .where('resting_person_id', '=', personId)
    .where('order_id', '=', orderId)
    .where('answer', 'is', null)
    .executeTakeFirst()
}

/** The units whose questions to a person are open. */
export async function unitsThatAsk(tx: Tx, operationId: number, personId: number): Promise<readonly number[]> {
  const rows = await tx
    .selectFrom('cover_asks')
    .select('unit_id')
    .distinct()
    .where('operation_id', '=', operationId)
    .where('person_id', '=', personId)
    .where('answer', 'is', null)
    .execute()
  return rows.map(({ unit_id }) => unit_id)
}

/** Open questions to a person, each with the shifts it is about. */
export async function listOwnAsks(
  tx: Tx,
  operationId: number,
  personId: number,
  now: Date,
): Promise<z.input<typeof OwnCoverAsk>[]> {
  const asks = await tx
    .selectFrom('cover_asks')
    .leftJoin('people', 'people.person_id', 'cover_asks.resting_person_id')
    .leftJoin('units', 'units.unit_id', 'cover_asks.unit_id')
    .select(['cover_asks.unit_id', 'ask_id', 'operation_id', 'resting_person_id', 'order_id', 'cover_asks.person_id'])
    .select(['people.name', 'units.name as unit_name'])
    .where('operation_id', '=', operationId)
    .where('cover_asks.person_id', '=', personId)
    .where('answer', 'is', null)
    .execute()
  const shown = []
  for (const ask of asks) {
    const shifts = await shiftsInside(tx, ask, now)
    const { ask_id, name, unit_name } = ask
    shown.push({
      ask_id,
      name: name ?? '—',
      unit_name: unit_name ?? '—',
      shifts: shifts.map(({ post_name, starts_at, ends_at }) => ({ post_name, starts_at, ends_at })),
    })
  }
  return shown
}

/** Yes plans the shifts that whoever covers can take, or says why not one can be; no tells the unit, which asks somebody else. */
export async function answerAsk(
  tx: Tx,
  ask: CoverAsk,
  answer: 'accepted' | 'declined',
  now: Date,
  recordedBy?: number,
): Promise<{ shifts_count: number } | Refusal> {
  const resting = { ...ask, person_id: ask.resting_person_id }
  const shifts = answer === 'accepted' ? await shiftsInside(tx, ask, now) : []
  const taken = await takeShifts(tx, ask, shifts, now)
  if (taken instanceof Refusal) return taken
  const { numUpdatedRows } = await tx
    .updateTable('cover_asks')
    .set({
      answer,
      answered_at: now,
      shifts_count: answer === 'accepted' ? taken.length : null,
      recorded_by_user_id: recordedBy ?? null,
    })
    .where('unit_id', '=', ask.unit_id)
    .where('ask_id', '=', ask.ask_id)
    .where('answer', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return refuse(restProblems.answered)
  if (answer === 'declined') await tellUnit(tx, resting, 'declined', now)
  else if (taken.length < shifts.length) await tellUnit(tx, resting, 'nobody', now)
  else await settleCover(tx, resting, 'covered')
  const { order_id, unit_id, operation_id, person_id } = ask
  const facts = { person_id, shifts_count: taken.length, by_word_of_mouth: recordedBy !== undefined }
  const subject = { subject_kind: 'rest_order', subject_id: order_id, unit_id, operation_id, facts }
  await recordAudit(tx, { action: `rosters.cover_${answer}`, ...subject })
  return { shifts_count: taken.length }
}

/**
 * Plans the shifts for whoever said yes: all of them, or else each that they can take; what is left stays with whoever rests and keeps the
 * unit looking for somebody. Refused when not one can be taken. A refused plan has written nothing.
 */
async function takeShifts(
  tx: Tx,
  ask: CoverAsk,
  shifts: readonly Shift[],
  now: Date,
): Promise<readonly Shift[] | Refusal> {
  if (shifts.length === 0) return shifts
  const operation = await findOperation(tx, ask.operation_id)
  if (!operation) return refuse(httpProblems.not_found)
  const change = (withdraw: readonly Shift[], plan: readonly Shift[]) => {
    const changes = {
      withdraw: withdraw.map(({ person_id, shift_id }) => ({ person_id, shift_id })),
      shifts: plan.map(({ post_id, starts_at, ends_at }) => ({
        person_id: ask.person_id,
        post_id,
        starts_at: starts_at.toISOString(),
        ends_at: ends_at.toISOString(),
      })),
    }
    return changePlan(tx, operation, ask.unit_id, changes, now, (inner, duties) => findRestAgainst(inner, duties, now))
  }
  const taken: Shift[] = []
  const refusal = await change([], shifts)
  if (!(refusal instanceof Refusal)) taken.push(...shifts)
  else for (const shift of shifts) if (!((await change([], [shift])) instanceof Refusal)) taken.push(shift)
  if (taken.length === 0 && refusal instanceof Refusal) return refusal
  const given = await change(taken, [])
  return given instanceof Refusal ? given : taken
}
