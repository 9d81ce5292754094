import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import { type Actor, scopeOf } from '#platform/access/actor.ts'
import { recordAudit } from '#platform/audit/record.ts'
import { civilDate } from '#platform/calendar/zone.ts'
import { actorUnit, type Context } from '#platform/db/context.ts'
import { databaseError, type Tx } from '#platform/db/database.ts'
import { queriesOf } from '#platform/db/prepared.ts'
import { Refusal, refuse } from '#platform/http/problem.ts'
import type { OperationFacts } from '#records/operations/server/reads.ts'
import { type correctSpan, dutyProblems, type Span, type withdrawSpan } from '../contract.ts'
import { checkLine, type LineRefusal, type StatedSpan } from '../rules.ts'
import { listOverlaps } from './confirmation-store.ts'
import { presentSpan } from './days.ts'
import { describeOverlap, lineErrors } from './line-errors.ts'
import { findPost, findSpan, type SpanRow } from './store.ts'

/** Corrections and withdrawals add an entry and rewrite what stands, in one transaction. What was said before stays. */

export interface Correcting {
  readonly actor: Actor
  readonly operation: OperationFacts
  readonly person_id: number
  readonly span_id: string
  readonly now: Date
}

/** A correction states duty for a unit, so it carries the pair of account and unit that row-level security asks for. */
export function correctingContext(context: Context, actor: Actor, unitId: number): Context {
  return { ...context, actor_units: [actorUnit(actor.user_id, unitId)] }
}

function refuseLine(refusal: LineRefusal): Refusal {
  return refuse(dutyProblems.lines, { count: 1 }, [lineErrors('body', refusal)])
}

async function findCorrectable(
  tx: Tx,
  correcting: Correcting,
  body: { unit_id: number; replaces_entry_id: number },
): Promise<SpanRow | Refusal> {
  const { actor, person_id, span_id } = correcting
  if (person_id === actor.person_id) return refuseLine({ reason: 'own_span' })
  const span = await findSpan(tx, person_id, span_id)
  if (!span || span.unit_id !== body.unit_id) return refuse(dutyProblems.unknown_span)
  if (span.entry_id !== body.replaces_entry_id) return refuse(dutyProblems.changed_meanwhile)
  return span
}

interface NewEntry extends StatedSpan {
  readonly act: 'corrected' | 'withdrawn'
  readonly reason: string
  readonly unit_id: number
}

async function addEntry(tx: Tx, { actor, operation, now }: Correcting, entry: NewEntry): Promise<number> {
  const current = await tx
    .selectFrom('duty_current')
    .select('home_unit_id')
    .where('person_id', '=', entry.person_id)
    .where('span_id', '=', entry.span_id)
    .executeTakeFirstOrThrow()
  const { entry_id } = await tx
    .insertInto('duty_entries')
    .values({
      ...entry,
      home_unit_id: current.home_unit_id,
      operation_id: operation.operation_id,
      said_by_user_id: actor.user_id,
      said_at: now,
    })
    .returning('entry_id')
    .executeTakeFirstOrThrow()
  await tx
    .deleteFrom('duty_current')
    .where('person_id', '=', entry.person_id)
    .where('span_id', '=', entry.span_id)
    .execute()
  if (entry.act === 'corrected') {
    const { act: _act, reason: _reason, ...standing } = entry
    await tx
      .insertInto('duty_current')
      .values({
        ...standing,
        entry_id,
        home_unit_id: current.home_unit_id,
        operation_id: operation.operation_id,
        said_by_user_id: actor.user_id,
      })
      .execute()
  }
  // What did not happen answers for its planned shift: the day does not stay open because of it.
  if (entry.act === 'withdrawn') {
    await tx
      .insertInto('duty_absences')
      .values({
        person_id: entry.person_id,
        span_id: entry.span_id,
        confirmation_id: randomUUID(),
        operation_id: operation.operation_id,
        unit_id: entry.unit_id,
        duty_date: entry.starts_on,
        said_by_user_id: actor.user_id,
      })
      .execute()
  }
  await recordAudit(tx, {
    action: entry.act === 'corrected' ? 'duty.correct' : 'duty.withdraw',
    subject_kind: 'span',
    subject_id: entry.span_id,
    unit_id: entry.unit_id,
    operation_id: operation.operation_id,
    facts: { person_id: entry.person_id, entry_id },
  })
  return entry_id
}

export async function correct(
  tx: Tx,
  correcting: Correcting,
  body: z.output<typeof correctSpan.input.body>,
): Promise<z.input<typeof Span> | Refusal> {
  const { actor, operation, person_id, span_id, now } = correcting
  const span = await findCorrectable(tx, correcting, body)
  if (span instanceof Refusal) return span
  const post = await findPost(tx, body.post_id)
  if (!post || post.unit_id !== body.unit_id || post.operation_id !== operation.operation_id)
    return refuse(dutyProblems.unknown_post)

  const starts_at = new Date(body.starts_at)
  const starts_on = civilDate(operation.time_zone, starts_at)
  const stated = { span_id, person_id, post_id: body.post_id, starts_at, ends_at: new Date(body.ends_at), starts_on }
  const wrong = checkLine(stated, { confirmer_person_id: actor.person_id, duty_date: starts_on, now })
  if (wrong) return refuseLine(wrong)
  const [overlap] = (await listOverlaps(queriesOf(tx), [stated])).get(span_id) ?? []
  if (overlap)
    return refuseLine({
      reason: 'overlap',
      other: describeOverlap(overlap, scopeOf(actor, 'duty.correct'), operation.time_zone),
    })
  try {
    await addEntry(tx, correcting, { ...stated, act: 'corrected', reason: body.reason, unit_id: body.unit_id })
  } catch (error) {
    // The other span belongs to a unit that this person may not see: they learn that there is one.
    if (databaseError(error)?.constraint === 'duty_current_overlap') {
      const other = {
        zh: '另一单位的值守（时间请与市指挥部核对）',
        en: 'duty at another unit (ask the command for the times)',
      }
      return refuseLine({ reason: 'overlap', other })
    }
    throw error
  }
  const corrected = await findSpan(tx, person_id, span_id)
  return corrected ? presentSpan(corrected) : refuse(dutyProblems.unknown_span)
}

export async function withdraw(
  tx: Tx,
  correcting: Correcting,
  body: z.output<typeof withdrawSpan.input.body>,
): Promise<{ withdrawn: true } | Refusal> {
  const span = await findCorrectable(tx, correcting, body)
  if (span instanceof Refusal) return span
  const { span_id, person_id, post_id, starts_at, ends_at, starts_on, unit_id } = span
  await addEntry(tx, correcting, {
    span_id,
    person_id,
    post_id,
    starts_at,
    ends_at,
    starts_on,
    unit_id,
    act: 'withdrawn',
    reason: body.reason,
  })
  return { withdrawn: true }
}
