import type { z } from 'zod'
import type { Actor } from '#platform/access/actor.ts'
import { recordAudit } from '#platform/audit/record.ts'
import type { Tx } from '#platform/db/database.ts'
import { type Refusal, refuse } from '#platform/http/problem.ts'
import { raise, settle } from '#platform/worklist/items.ts'
import { type answerObjection, dutyProblems, type raiseObjection } from '../contract.ts'
import { findObjection, findSpan } from './store.ts'

type Objection = z.output<typeof raiseObjection.input.body>

/** A person says that a span is wrong, or missing. It becomes a worklist item of the unit; nothing is changed by it. */
export async function object(tx: Tx, personId: number, body: Objection): Promise<{ objection_id: string } | Refusal> {
  if (body.span_id !== null) {
    const span = await findSpan(tx, personId, body.span_id)
    if (!span || span.unit_id !== body.unit_id) return refuse(dutyProblems.unknown_span)
  }
  const { objection_id, operation_id, unit_id, duty_date } = body
  if (await findObjection(tx, personId, objection_id)) return { objection_id }
  await tx
    .insertInto('duty_objections')
    .values({ person_id: personId, ...body, raised_at: new Date(body.raised_at) })
    .execute()
  await raise(tx, {
    operation_id,
    unit_id,
    role: 'unit_manager',
    kind: 'duty.objection',
    subject_kind: 'objection',
    subject_id: `${personId}/${objection_id}`,
    clause: null,
    facts: { person_id: personId, duty_date, span_id: body.span_id },
    raised_at: new Date(body.raised_at),
    due_at: null,
  })
  await recordAudit(tx, {
    action: 'duty.object',
    subject_kind: 'objection',
    subject_id: objection_id,
    unit_id,
    operation_id,
    facts: { person_id: personId, duty_date },
  })
  return { objection_id }
}

export async function answer(
  tx: Tx,
  actor: Actor,
  place: { operation_id: number; person_id: number; objection_id: string },
  body: z.output<typeof answerObjection.input.body>,
): Promise<{ answered: true } | Refusal> {
  const { operation_id, person_id, objection_id } = place
  if (person_id === actor.person_id) return refuse(dutyProblems.own_objection)
  const objection = await findObjection(tx, person_id, objection_id)
  if (!objection || objection.unit_id !== body.unit_id) return refuse(dutyProblems.unknown_objection)
  if (objection.answered_at !== null) return refuse(dutyProblems.objection_answered)
  await tx
    .insertInto('duty_objection_answers')
    .values({ person_id, objection_id, answered_by_user_id: actor.user_id, ...body })
    .execute()
  await settle(tx, {
    operation_id,
    kind: 'duty.objection',
    subject_kind: 'objection',
    subject_id: `${person_id}/${objection_id}`,
    outcome: { outcome: body.outcome },
  })
  await recordAudit(tx, {
    action: 'duty.answer_objection',
    subject_kind: 'objection',
    subject_id: objection_id,
    unit_id: body.unit_id,
    operation_id,
    facts: { person_id, outcome: body.outcome },
  })
  return { answered: true }
}
