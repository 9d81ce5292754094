import type { z } from 'zod'
import type { Actor } from '#platform/access/actor.ts'
import { recordAudit } from '#platform/audit/record.ts'
import { type Context, jobContext } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import { Refusal, refuse } from '#platform/http/problem.ts'
import { raise, settle } from '#platform/worklist/items.ts'
import { changePlan } from '#records/duty/server/reads.ts'
import { findOperation, type OperationFacts } from '#records/operations/server/reads.ts'
import { offerProblems, type Taker, WHY_NOT, type WhyNot } from '../offer-contract.ts'
import { followInDrafts } from './draft-cells.ts'
import { findRestAgainst } from './reads.ts'
import { engineWords } from './takers-engine.ts'
import { findShift, findTakers, type ShiftRow } from './takers-read.ts'

/** A shift goes from one person to another: opened, asked, taken. */

export const DROP_OUT_ITEM = 'rosters.drop_out'
const TAKERS_SHOWN = 30

export interface Handing {
  readonly actor: Actor
  readonly database: Database
  readonly now: Date
}

/**
 * One unit's plan on behalf of a person who may not change it by themselves: named, narrow, and only after it was checked that the shift is
 * theirs or that they were asked.
 */
export function unitContext(actor: Actor, unitId: number): Context {
  const scope = { everywhere: false, units: new Set([unitId]) }
  return {
    ...jobContext('rosters', scope),
    user_id: actor.user_id,
    ...(actor.person_id === undefined ? {} : { person_id: actor.person_id }),
  }
}

export interface OfferRow {
  readonly unit_id: number
  readonly offer_id: string
  readonly operation_id: number
  readonly kind: string
  readonly person_id: number
  readonly shift_id: string
  readonly ended_at: Date | null
}

export function findOffer(tx: Tx, unitId: number, offerId: string): Promise<OfferRow | undefined> {
  return tx
    .selectFrom('shift_offers')
    .select(['unit_id', 'offer_id', 'operation_id', 'kind', 'person_id', 'shift_id', 'ended_at'])
    .where('unit_id', '=', unitId)
    .where('offer_id', '=', offerId)
    .executeTakeFirst()
}

interface Opening {
  readonly offer_id: string
  readonly kind: 'drop_out' | 'offer' | 'swap'
  readonly person_id: number
  readonly shift_id: string
}

/** Opens the search; one that is open already for the shift is gone on with. */
export async function openFor(
  tx: Tx,
  { actor, now }: Handing,
  opening: Opening,
): Promise<{ offer_id: string; shift: ShiftRow } | Refusal> {
  const shift = await findShift(tx, opening.person_id, opening.shift_id)
  if (!shift) return refuse(offerProblems.unknown_shift)
  if (shift.starts_at <= now && opening.kind !== 'drop_out') return refuse(offerProblems.begun)
  if (shift.ends_at <= now) return refuse(offerProblems.begun)
  const { unit_id, operation_id } = shift
  const open = await tx
    .selectFrom('shift_offers')
    .select('offer_id')
    .where('person_id', '=', opening.person_id)
    .where('shift_id', '=', opening.shift_id)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  if (open) {
    // A drop-out is more than an offer or a wish to swap: it takes their place.
    await tx
      .updateTable('shift_offers')
      .set({ kind: opening.kind })
      .where('unit_id', '=', unit_id)
      .where('offer_id', '=', open.offer_id)
      .execute()
  } else {
    await tx
      .insertInto('shift_offers')
      .values({ ...opening, unit_id, operation_id, by_user_id: actor.user_id, opened_at: now })
      .execute()
  }
  const offer_id = open?.offer_id ?? opening.offer_id
  if (opening.kind === 'drop_out') await raiseDropOut(tx, shift, offer_id, now)
  await recordAudit(tx, {
    action: `rosters.${opening.kind}`,
    subject_kind: 'shift',
    subject_id: opening.shift_id,
    unit_id,
    operation_id,
    facts: { person_id: opening.person_id, offer_id },
  })
  return { offer_id, shift }
}

export function raiseDropOut(tx: Tx, shift: ShiftRow, offerId: string, now: Date): Promise<void> {
  return raise(tx, {
    operation_id: shift.operation_id,
    unit_id: shift.unit_id,
    role: 'unit_manager',
    kind: DROP_OUT_ITEM,
    subject_kind: 'shift_offer',
    subject_id: offerId,
    clause: '3',
    facts: { starts_at: shift.starts_at },
    raised_at: now,
    due_at: shift.starts_at,
  })
}

/** Candidates for an open offer, with what they have answered so far. */
export async function takersOf(
  tx: Tx,
  { database, now }: Handing,
  offer: Pick<OfferRow, 'unit_id' | 'offer_id'>,
  shift: ShiftRow,
): Promise<z.input<typeof Taker>[]> {
  const operation = await operationOf(tx, shift)
  const asks = await tx
    .selectFrom('shift_asks')
    .select(['person_id', 'answer'])
    .where('unit_id', '=', offer.unit_id)
    .where('offer_id', '=', offer.offer_id)
    .execute()
  const words = await engineWords(tx, operation, shift)
  const takers = await findTakers(tx, { database, operation, now }, shift, { words })
  return takers.slice(0, TAKERS_SHOWN).map((taker) => {
    const ask = asks.find(({ person_id }) => person_id === taker.person_id)
    return {
      ...taker,
      why_not: [...taker.why_not],
      fairness: [...taker.fairness],
      rules: [...taker.rules],
      answer: ask === undefined ? null : ask.answer === 'declined' ? 'declined' : 'asked',
    }
  })
}

async function operationOf(tx: Tx, { operation_id }: { operation_id: number }): Promise<OperationFacts> {
  const operation = await findOperation(tx, operation_id)
  if (!operation) throw new Error(`a shift of operation ${operation_id}, which does not exist`)
  return operation
}

/** What of an offer must still be true when somebody asks or answers. */
export async function openShift(
  tx: Tx,
  unitId: number,
  offerId: string,
  now: Date,
): Promise<{ offer: OfferRow; shift: ShiftRow } | Refusal> {
  const offer = await findOffer(tx, unitId, offerId)
  if (!offer) return refuse(offerProblems.unknown_offer)
  const how = { also_open: offer.kind === 'leave' }
  const shift = offer.ended_at === null ? await findShift(tx, offer.person_id, offer.shift_id, how) : undefined
  if (!shift) return refuse(offerProblems.ended)
  return shift.ends_at <= now ? refuse(offerProblems.begun) : { offer, shift }
}

interface Taking {
  /** What they give in return. */
  readonly returned?: ShiftRow
  /** The quick look for lists: what the records say, without the rules of the roster. */
  readonly quick?: boolean
  /** Somebody has said why rules of the roster are passed over. */
  readonly despite?: boolean
}

/** Whether a person may take a shift, maybe giving one of their own in return. */
export async function refuseTaker(
  tx: Tx,
  { database, now }: Handing,
  shift: ShiftRow,
  personId: number,
  { returned, quick = false, despite = false }: Taking = {},
): Promise<Refusal | undefined> {
  const operation = await operationOf(tx, shift)
  const without = returned === undefined ? [] : [returned.shift_id]
  const words = quick || despite ? {} : { words: await engineWords(tx, operation, shift, returned) }
  const narrowing = { only: [personId], without, ...words }
  const [judged] = await findTakers(tx, { database, operation, now }, shift, narrowing)
  if (!judged) return refuse(offerProblems.unknown_person)
  const [first] = judged.why_not
  return first === undefined ? undefined : refuse(offerProblems.cannot_take, { name: judged.name, why: whyText(first) })
}

function whyText(why: WhyNot): string {
  return WHY_NOT[why].zh
}

/** The manager asks a colleague; agreed by word of mouth, the shift is theirs at once. */
export async function ask(
  tx: Tx,
  handing: Handing,
  which: { readonly unit_id: number; readonly offer_id: string },
  body: { readonly person_id: number; readonly agreed: boolean; readonly despite: string | null },
): Promise<{ state: 'asked' | 'replaced' } | Refusal> {
  const found = await openShift(tx, which.unit_id, which.offer_id, handing.now)
  if (found instanceof Refusal) return found
  const { person_id, despite } = body
  const refused = await refuseTaker(tx, handing, found.shift, person_id, { despite: despite !== null })
  if (refused) return refused
  if (despite !== null) await auditDespite(tx, found, person_id, despite)
  await addAsk(tx, handing, found.offer, { person_id: body.person_id, return_shift_id: null })
  if (!body.agreed) return { state: 'asked' }
  const handed = await handOver(tx, handing, found, body.person_id)
  return handed ?? { state: 'replaced' }
}

/** Whoever passes over a rule of the roster is on record with the reason. */
async function auditDespite(
  tx: Tx,
  { offer, shift }: { readonly offer: OfferRow; readonly shift: ShiftRow },
  personId: number,
  reason: string,
): Promise<void> {
  const { unit_id, operation_id, offer_id } = offer
  const facts = { person_id: personId, reason, starts_at: shift.starts_at }
  const subject = { subject_kind: 'shift_offer', subject_id: offer_id, unit_id, operation_id }
  await recordAudit(tx, { action: 'rosters.ask_despite_rules', ...subject, facts })
}

export async function addAsk(
  tx: Tx,
  { actor, now }: Handing,
  offer: OfferRow,
  asked: { readonly person_id: number; readonly return_shift_id: string | null },
): Promise<void> {
  const { unit_id, offer_id } = offer
  await tx
    .insertInto('shift_asks')
    .values({ unit_id, offer_id, ...asked, by_user_id: actor.user_id, asked_at: now })
    .onConflict((conflict) =>
      conflict.columns(['unit_id', 'offer_id', 'person_id']).doUpdateSet({
        answer: null,
        answered_at: null,
        answered_by_user_id: null,
        asked_at: now,
        return_shift_id: asked.return_shift_id,
      }),
    )
    .execute()
}

/**
 * The shift changes hands in the plan: withdrawn for one, planned for the other, in a swap both ways. Whoever it concerns is told, drafts that
 * hold the shift follow. Answers a refusal or nothing.
 */
export async function handOver(
  tx: Tx,
  { actor, now }: Handing,
  { offer, shift }: { readonly offer: OfferRow; readonly shift: ShiftRow },
  takerId: number,
  returned?: ShiftRow,
): Promise<Refusal | undefined> {
  const operation = await operationOf(tx, shift)
  const moved = [{ shift, to: takerId }, ...(returned === undefined ? [] : [{ shift: returned, to: offer.person_id }])]
  const done = await changePlan(
    tx,
    operation,
    offer.unit_id,
    {
      // What leave has opened is out of the plan already.
      withdraw: moved
        .slice(offer.kind === 'leave' ? 1 : 0)
        .map((one) => ({ person_id: one.shift.person_id, shift_id: one.shift.shift_id })),
      shifts: moved.map((one) => ({
        person_id: one.to,
        post_id: one.shift.post_id,
        starts_at: one.shift.starts_at.toISOString(),
        ends_at: one.shift.ends_at.toISOString(),
      })),
    },
    now,
    (inner, duties) => findRestAgainst(inner, duties, now),
  )
  if (done instanceof Refusal) return done
  const of = { unit_id: offer.unit_id, offer_id: offer.offer_id }
  await tx
    .updateTable('shift_asks')
    .set({ answer: 'accepted', answered_at: now, answered_by_user_id: actor.user_id })
    .where('unit_id', '=', of.unit_id)
    .where('offer_id', '=', of.offer_id)
    .where('person_id', '=', takerId)
    .execute()
  await tx
    .updateTable('shift_offers')
    .set({ ended_at: now, outcome: 'taken', taken_by_person_id: takerId })
    .where('unit_id', '=', of.unit_id)
    .where('offer_id', '=', of.offer_id)
    .execute()
  const facts = { starts_at: shift.starts_at, post: shift.post_name }
  await tell(tx, offer, offer.person_id, returned ? 'swapped' : 'replaced', facts, now)
  await tell(tx, offer, takerId, returned ? 'swapped' : 'taken', facts, now)
  for (const one of moved) {
    const from = offer.kind === 'leave' && one.shift === shift ? {} : { from: one.shift.person_id }
    await followInDrafts(tx, operation, { shift: one.shift, to: one.to, ...from }, now)
  }
  const { operation_id, unit_id } = offer
  const subject = { operation_id, kind: DROP_OUT_ITEM, subject_kind: 'shift_offer', subject_id: offer.offer_id }
  await settle(tx, { ...subject, outcome: { replaced: true } })
  await recordAudit(tx, {
    action: 'rosters.hand_over',
    subject_kind: 'shift',
    subject_id: shift.shift_id,
    unit_id,
    operation_id,
    facts: { from: offer.person_id, to: takerId, kind: offer.kind },
  })
  return undefined
}

export async function tell(
  tx: Tx,
  { unit_id, operation_id }: Pick<OfferRow, 'unit_id' | 'operation_id'>,
  personId: number,
  kind: 'replaced' | 'taken' | 'swapped' | 'declined',
  facts: Readonly<Record<string, unknown>>,
  now: Date,
): Promise<void> {
  await tx
    .insertInto('roster_notices')
    .values({ person_id: personId, unit_id, operation_id, kind, facts: JSON.stringify(facts), told_at: now })
    .execute()
}

export async function close(
  tx: Tx,
  { now }: Pick<Handing, 'now'>,
  which: { readonly unit_id: number; readonly offer_id: string },
): Promise<true | Refusal> {
  const offer = await findOffer(tx, which.unit_id, which.offer_id)
  if (!offer) return refuse(offerProblems.unknown_offer)
  if (offer.ended_at !== null) return refuse(offerProblems.ended)
  await tx
    .updateTable('shift_offers')
    .set({ ended_at: now, outcome: 'withdrawn' })
    .where('unit_id', '=', which.unit_id)
    .where('offer_id', '=', which.offer_id)
    .execute()
  const subject = { kind: DROP_OUT_ITEM, subject_kind: 'shift_offer', subject_id: offer.offer_id }
  await settle(tx, { operation_id: offer.operation_id, ...subject, outcome: { withdrawn: true } })
  const { operation_id, unit_id } = offer
  const shift = { subject_kind: 'shift', subject_id: offer.shift_id, unit_id, operation_id }
  await recordAudit(tx, { action: 'rosters.close_offer', ...shift })
  return true
}
