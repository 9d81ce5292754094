import { sql } from 'kysely'
import type { z } from 'zod'
import { dayOf } from '#engines/values/time.ts'
import { recordAudit } from '#platform/audit/record.ts'
import type { Context } from '#platform/db/context.ts'
import type { Tx } from '#platform/db/database.ts'
import { Refusal, refuse } from '#platform/http/problem.ts'
import { findOperation } from '#records/operations/server/reads.ts'
import {
  type answerOffer,
  type listSwaps,
  type offerOwnShift,
  offerProblems,
  type readOwnRoster,
  type sayUnavailable,
} from '../offer-contract.ts'
import {
  addAsk,
  close,
  findOffer,
  type Handing,
  handOver,
  openFor,
  openShift,
  refuseTaker,
  tell,
  unitContext,
} from './offers.ts'
import { findShift, findTakers, type ShiftRow } from './takers-read.ts'

/** What a person does with their own shifts. Everything happens in the narrow context of their unit, after it was checked what is theirs. */

const SHIFTS_MAX = 100
const NOTICE_DAYS = 14
const SWAP_DAYS = 14
/** So many of the nearest are put to the rules of the roster. */
const SWAPS_JUDGED = 24

export interface Self extends Handing {
  readonly person_id: number
  /** The request's own transactions: a repeated command is answered once. */
  readonly transact: <T>(work: (tx: Tx) => Promise<T>, context?: Context) => Promise<T>
}

/** Where a person works: their own unit, or the one they are lent to. */
export function unitOf(self: Self): Promise<number | undefined> {
  return self.database.read(unitContext(self.actor, 0), async (tx) => {
    const row = await tx
      .selectFrom('people')
      .select(['home_unit_id', 'seconded_unit_id'])
      .where('person_id', '=', self.person_id)
      .executeTakeFirst()
    return row && (row.seconded_unit_id ?? row.home_unit_id)
  })
}

function listShifts(tx: Tx, { person_id, now }: Self, operationId: number) {
  return tx
    .selectFrom('planned_shifts')
    .innerJoin('posts', 'posts.post_id', 'planned_shifts.post_id')
    .innerJoin('units', 'units.unit_id', 'planned_shifts.unit_id')
    .leftJoin('shift_offers', (join) =>
      join
        .onRef('shift_offers.person_id', '=', 'planned_shifts.person_id')
        .onRef('shift_offers.shift_id', '=', 'planned_shifts.shift_id')
        .on('shift_offers.ended_at', 'is', null),
    )
    .select([
      'planned_shifts.shift_id',
      'posts.name as post_name',
      'units.name as unit_name',
      'planned_shifts.starts_at',
      'planned_shifts.ends_at',
      'shift_offers.offer_id',
      'shift_offers.kind',
    ])
    .where('planned_shifts.person_id', '=', person_id)
    .where('planned_shifts.operation_id', '=', operationId)
    .where('planned_shifts.withdrawn_at', 'is', null)
    .where('planned_shifts.ends_at', '>', now)
    .orderBy('planned_shifts.starts_at')
    .limit(SHIFTS_MAX)
    .execute()
}

interface WaitingRow {
  readonly offer_id: string
  readonly unit_id: number
  readonly kind: 'drop_out' | 'offer' | 'swap'
  readonly from_name: string
  readonly from_id: number
  readonly shift_id: string
  readonly post_name: string
  readonly starts_at: Date
  readonly ends_at: Date
  readonly return_shift_id: string | null
  readonly is_asked: boolean
}

/** Open offers that were put to this person, and those of the unit that are open to all. */
async function listWaiting(tx: Tx, self: Self, operationId: number, unitId: number): Promise<WaitingRow[]> {
  const { rows } = await sql<WaitingRow>`
    select offer.offer_id, offer.unit_id, case offer.kind when 'leave' then 'drop_out' else offer.kind end as kind, people.name as from_name, offer.person_id as from_id, offer.shift_id,
      posts.name as post_name, planned.starts_at, planned.ends_at, ask.return_shift_id, ask.person_id is not null as is_asked
    from shift_offers offer
    join planned_shifts planned on planned.person_id = offer.person_id and planned.shift_id = offer.shift_id
      and (planned.withdrawn_at is null or offer.kind = 'leave')
    join posts on posts.post_id = planned.post_id
    join people on people.person_id = offer.person_id
    left join shift_asks ask on ask.unit_id = offer.unit_id and ask.offer_id = offer.offer_id and ask.person_id = ${self.person_id}
    where offer.unit_id = ${unitId} and offer.operation_id = ${operationId} and offer.ended_at is null
      and offer.person_id <> ${self.person_id} and planned.ends_at > ${self.now}
      and ((ask.person_id is not null and ask.answer is null) or (offer.kind = 'offer' and ask.person_id is null))
    order by planned.starts_at
    limit 50`.execute(tx)
  return rows
}

export async function readOwnShifts(
  self: Self,
  operationId: number,
): Promise<z.input<typeof readOwnRoster.output> | Refusal> {
  const unitId = await unitOf(self)
  if (unitId === undefined) return refuse(offerProblems.no_person)
  return self.database.read(unitContext(self.actor, unitId), async (tx) => {
    const operation = await findOperation(tx, operationId)
    if (!operation) return refuse(offerProblems.unknown_shift)
    const shifts = await listShifts(tx, self, operationId)
    const waiting = await listWaiting(tx, self, operationId, unitId)
    const offered = []
    for (const row of waiting.filter(({ is_asked }) => !is_asked)) {
      const shift = await findShift(tx, row.from_id, row.shift_id)
      const looking = { ...self, operation }
      const [judged] = shift ? await findTakers(tx, looking, shift, { only: [self.person_id] }) : []
      offered.push({ ...row, why_not: [...(judged?.why_not ?? ['cannot' as const])] })
    }
    return {
      unit_id: unitId,
      shifts: shifts.map(({ offer_id, kind, ...shift }) => ({
        ...shift,
        offer: offer_id === null ? null : { offer_id, kind: kindOf(kind) },
      })),
      asked: waiting
        .filter(({ is_asked }) => is_asked)
        .map(({ return_shift_id, ...row }) => ({
          ...row,
          returned: shifts.find(({ shift_id }) => shift_id === return_shift_id) ?? null,
        })),
      offered,
      notices: await listNotices(tx, self, operationId),
      unavailable: await listUnavailable(tx, self, operationId),
    }
  })
}

function kindOf(kind: string | null): 'drop_out' | 'offer' | 'swap' {
  return kind === 'drop_out' || kind === 'swap' ? kind : 'offer'
}

async function listNotices(tx: Tx, { person_id, now }: Self, operationId: number) {
  const { rows } = await sql<z.input<typeof readOwnRoster.output>['notices'][number]>`
    select kind, facts, told_at
    from roster_notices
    where person_id = ${person_id} and operation_id = ${operationId}
      and told_at > ${now}::timestamptz - ${`${NOTICE_DAYS} days`}::interval
    order by told_at desc, notice_id desc
    limit 10`.execute(tx)
  return rows
}

async function listUnavailable(tx: Tx, { person_id, now }: Self, operationId: number) {
  const { rows } = await sql<z.input<typeof readOwnRoster.output>['unavailable'][number]>`
    select time_id, kind, from_on, to_on, words
    from unavailable_times
    where person_id = ${person_id} and operation_id = ${operationId} and withdrawn_at is null
      and to_on >= ${now}::timestamptz::date - 1
    order by from_on
    limit 50`.execute(tx)
  return rows
}

export async function offerOwn(
  self: Self,
  body: z.output<typeof offerOwnShift.input.body>,
): Promise<{ offer_id: string } | Refusal> {
  const unitId = await unitOf(self)
  if (unitId === undefined) return refuse(offerProblems.no_person)
  return self.transact(
    async (tx) => {
      const { offer_id, kind, shift_id, swap } = body
      const opened = await openFor(tx, self, { offer_id, kind, shift_id, person_id: self.person_id })
      if (opened instanceof Refusal) return opened
      if (kind !== 'swap' || swap === null) return { offer_id: opened.offer_id }
      const other = await findShift(tx, swap.person_id, swap.shift_id)
      const offer = await findOffer(tx, opened.shift.unit_id, opened.offer_id)
      if (!other || !offer || other.unit_id !== unitId) return refuse(offerProblems.unknown_shift)
      const refused = await refuseSwap(tx, self, opened.shift, other)
      if (refused) return refused
      await addAsk(tx, self, offer, { person_id: swap.person_id, return_shift_id: swap.shift_id })
      return { offer_id: opened.offer_id }
    },
    unitContext(self.actor, unitId),
  )
}

/** Both sides must be able to take what they would get, without what they give. */
async function refuseSwap(
  tx: Tx,
  handing: Handing,
  mine: ShiftRow,
  theirs: ShiftRow,
  quick = false,
): Promise<Refusal | undefined> {
  return (
    (await refuseTaker(tx, handing, mine, theirs.person_id, { returned: theirs, quick })) ??
    (await refuseTaker(tx, handing, theirs, mine.person_id, { returned: mine, quick }))
  )
}

export async function answer(
  self: Self,
  offerId: string,
  body: z.output<typeof answerOffer.input.body>,
): Promise<{ state: 'replaced' | 'declined' } | Refusal> {
  const unitId = await unitOf(self)
  if (unitId === undefined || unitId !== body.unit_id) return refuse(offerProblems.unknown_offer)
  return self.transact(
    async (tx) => {
      const found = await openShift(tx, unitId, offerId, self.now)
      if (found instanceof Refusal) return found
      const { offer, shift } = found
      const asked = await tx
        .selectFrom('shift_asks')
        .select(['return_shift_id', 'answer'])
        .where('unit_id', '=', unitId)
        .where('offer_id', '=', offerId)
        .where('person_id', '=', self.person_id)
        .executeTakeFirst()
      // Without being asked, one may only take what is open to all.
      if (!asked && offer.kind !== 'offer') return refuse(offerProblems.unknown_offer)
      if (body.answer === 'declined') return decline(tx, self, offer)
      if (!asked) await addAsk(tx, self, offer, { person_id: self.person_id, return_shift_id: null })
      const returnId = asked?.return_shift_id ?? null
      const returned = returnId === null ? undefined : await findShift(tx, self.person_id, returnId)
      if (returnId !== null && !returned) return refuse(offerProblems.unknown_shift)
      const refused = returned
        ? await refuseSwap(tx, self, shift, returned)
        : await refuseTaker(tx, self, shift, self.person_id)
      if (refused) return refused
      return (await handOver(tx, self, found, self.person_id, returned)) ?? { state: 'replaced' }
    },
    unitContext(self.actor, unitId),
  )
}

async function decline(
  tx: Tx,
  self: Self,
  offer: { unit_id: number; offer_id: string; operation_id: number; person_id: number; kind: string },
) {
  await tx
    .updateTable('shift_asks')
    .set({ answer: 'declined', answered_at: self.now, answered_by_user_id: self.actor.user_id })
    .where('unit_id', '=', offer.unit_id)
    .where('offer_id', '=', offer.offer_id)
    .where('person_id', '=', self.person_id)
    .execute()
  if (offer.kind === 'swap') {
    await close(tx, self, offer)
    await tell(tx, offer, offer.person_id, 'declined', {}, self.now)
  }
  return { state: 'declined' as const }
}

/** Colleagues' shifts within two weeks that could be had for one of mine, both sides checked; nearest first. */
export async function listSwapsFor(
  self: Self,
  operationId: number,
  shiftId: string,
): Promise<z.input<typeof listSwaps.output> | Refusal> {
  const unitId = await unitOf(self)
  if (unitId === undefined) return refuse(offerProblems.no_person)
  return self.database.read(unitContext(self.actor, unitId), async (tx) => {
    const mine = await findShift(tx, self.person_id, shiftId)
    const operation = await findOperation(tx, operationId)
    if (!mine || !operation) return refuse(offerProblems.unknown_shift)
    const { rows } = await sql<ShiftRow & { readonly name: string }>`
      select planned.person_id, planned.shift_id, planned.operation_id, planned.unit_id, planned.post_id, posts.name as post_name,
        planned.starts_at, planned.ends_at, people.name
      from planned_shifts planned
      join posts using (post_id)
      join people on people.person_id = planned.person_id
      where planned.unit_id = ${unitId} and planned.operation_id = ${operationId} and planned.withdrawn_at is null
        and planned.person_id <> ${self.person_id} and planned.starts_at > ${self.now}
        and planned.starts_at < ${self.now}::timestamptz + ${`${SWAP_DAYS} days`}::interval
        and not (planned.starts_at = ${mine.starts_at} and planned.ends_at = ${mine.ends_at})
      order by abs(extract(epoch from planned.starts_at - ${mine.starts_at}::timestamptz)), planned.person_id
      limit 80`.execute(tx)
    const swaps = []
    let judged = 0
    for (const theirs of rows) {
      if (judged >= SWAPS_JUDGED) break
      if ((await refuseSwap(tx, self, mine, theirs, true)) !== undefined) continue
      judged++
      // The records allow it; the rules of the roster, which take longer to ask, must too: what is shown here can be had.
      if ((await refuseSwap(tx, self, mine, theirs)) === undefined) swaps.push(theirs)
    }
    return { swaps }
  })
}

export async function withdrawOwn(self: Self, offerId: string): Promise<{ withdrawn: true } | Refusal> {
  const unitId = await unitOf(self)
  if (unitId === undefined) return refuse(offerProblems.no_person)
  return self.transact(
    async (tx) => {
      const offer = await findOffer(tx, unitId, offerId)
      if (!offer || offer.person_id !== self.person_id) return refuse(offerProblems.unknown_offer)
      const closed = await close(tx, self, offer)
      return closed instanceof Refusal ? closed : { withdrawn: true }
    },
    unitContext(self.actor, unitId),
  )
}

const DAYS_MAX = 62

export async function addUnavailable(
  tx: Tx,
  self: Self,
  unitId: number,
  body: z.output<typeof sayUnavailable.input.body>,
): Promise<{ time_id: string } | Refusal> {
  const length = dayOf(body.to_on) - dayOf(body.from_on)
  if (length < 0 || length > DAYS_MAX) return refuse(offerProblems.dates)
  await tx
    .insertInto('unavailable_times')
    .values({ ...body, person_id: self.person_id, unit_id: unitId, said_at: self.now })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const subject = { subject_kind: 'unavailable_time', subject_id: body.time_id, unit_id: unitId }
  // The audit says that something was said, not what.
  await recordAudit(tx, { action: 'rosters.say_unavailable', ...subject, operation_id: body.operation_id })
  return { time_id: body.time_id }
}

export async function listCalendarShifts(
  tx: Tx,
  which: { person_id: number; operation_id: number; unit_id?: number },
  now: Date,
) {
  let query = tx
    .selectFrom('planned_shifts')
    .innerJoin('posts', 'posts.post_id', 'planned_shifts.post_id')
    .innerJoin('units', 'units.unit_id', 'planned_shifts.unit_id')
    .select([
      'planned_shifts.shift_id',
      'planned_shifts.starts_at',
      'planned_shifts.ends_at',
      'posts.name as post_name',
      'units.name as unit_name',
    ])
    .where('planned_shifts.person_id', '=', which.person_id)
    .where('planned_shifts.operation_id', '=', which.operation_id)
    .where('planned_shifts.withdrawn_at', 'is', null)
    .where('planned_shifts.ends_at', '>', now)
    .orderBy('planned_shifts.starts_at')
    .limit(400)
  if (which.unit_id !== undefined) query = query.where('planned_shifts.unit_id', '=', which.unit_id)
  return query.execute()
}
