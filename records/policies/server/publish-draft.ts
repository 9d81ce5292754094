import type { Actor } from '#platform/access/actor.ts'
import { recordAudit } from '#platform/audit/record.ts'
import { zonedText } from '#platform/calendar/zone.ts'
import type { Tx } from '#platform/db/database.ts'
import { httpProblems, Refusal, refuse } from '#platform/http/problem.ts'
import type { Jobs } from '#platform/jobs/jobs.ts'
import { findOperation, type OperationFacts } from '#records/operations/server/reads.ts'
import { draftProblems } from '../contract-drafts.ts'
import { findOpenDraft } from './drafts.ts'
import { type Draft, namesOfUsers, SIGNATURES_MIN, type Standing } from './drafts-store.ts'
import { EVALUATION_JOB, evaluationInput } from './evaluation-job.ts'
import { publishPack, putInForce } from './packs.ts'
import { listLayersInForce } from './packs-store.ts'

/** The two who signed first, in the order in which the database keeps them. */
async function signersOf(tx: Tx, { signatures }: Standing): Promise<readonly [number, number] | Refusal> {
  const against = signatures.find(({ agreed }) => !agreed)
  if (against) {
    const nameOf = await namesOfUsers(tx, [against.signed_by_user_id])
    return refuse(draftProblems.sent_back, { who: nameOf(against.signed_by_user_id), reason: against.reason })
  }
  const [first, second] = signatures.map(({ signed_by_user_id }) => signed_by_user_id)
  if (first === undefined || second === undefined)
    return refuse(draftProblems.signatures_missing, { count: signatures.length, wanted: SIGNATURES_MIN })
  return first < second ? [first, second] : [second, first]
}

/** A version is published over the one that the draft began with, later than that, and not ahead of time. */
async function refuseTiming(
  tx: Tx,
  operation: OperationFacts,
  draft: Draft,
  pack: { readonly code: string; readonly known_from: Date },
  now: Date,
): Promise<Refusal | undefined> {
  if (pack.known_from.getTime() > now.getTime()) return refuse(draftProblems.known_later)
  const layers = await listLayersInForce(tx, draft.operation_id, undefined)
  const standing = layers.find(({ area_unit_id, code }) => area_unit_id === draft.area_unit_id && code === pack.code)
  if ((standing?.pack_hash ?? null) !== draft.base_hash) return refuse(draftProblems.base_moved)
  if (!standing || standing.known_from < pack.known_from) return undefined
  const since = zonedText(operation.time_zone, standing.known_from).slice(0, 16).replace('T', ' ')
  return refuse(draftProblems.known_earlier, { since })
}

/**
 * Publishes a revision with its two signatures, puts it in force at its place and asks for the evaluation that is now due. All
 * or nothing.
 */
export async function publish(
  tx: Tx,
  actor: Actor,
  jobs: Jobs,
  order: { readonly draft_id: number; readonly revision: number; readonly known_from: Date },
  now: Date,
): Promise<{ pack_hash: string; job_id: string } | Refusal> {
  const open = await findOpenDraft(tx, order.draft_id, order.revision)
  if (open instanceof Refusal) return open
  const { draft, newest, standing } = open
  if (!standing.request) return refuse(draftProblems.not_put_forward)
  const signers = await signersOf(tx, standing)
  if (signers instanceof Refusal) return signers
  const operation = await findOperation(tx, draft.operation_id)
  if (!operation) return refuse(httpProblems.not_found)
  const pack = await publishPack(tx, newest.files, now)
  if (pack instanceof Refusal) return pack
  const { known_from } = order
  const mistimed = await refuseTiming(tx, operation, draft, { code: pack.id, known_from }, now)
  if (mistimed) return mistimed
  const { draft_id, area_unit_id, operation_id } = draft
  await tx
    .insertInto('pack_publications')
    .values({
      draft_id,
      area_unit_id,
      operation_id,
      revision: newest.revision,
      pack_hash: pack.hash,
      known_from,
      first_signer_user_id: signers[0],
      second_signer_user_id: signers[1],
      published_by_user_id: actor.user_id,
      published_at: now,
    })
    .execute()
  const body = { area_unit_id, pack_hash: pack.hash, known_from: known_from.toISOString() }
  const put = await putInForce(tx, operation_id, body, now)
  if (put instanceof Refusal) return put
  await recordAudit(tx, {
    action: 'policies.draft_publish',
    subject_kind: 'pack_draft',
    subject_id: draft_id,
    unit_id: area_unit_id,
    operation_id,
    facts: { revision: newest.revision, pack_hash: pack.hash, signed_by: signers },
  })
  return askEvaluation(tx, actor, jobs, operation, pack.hash, now)
}

async function askEvaluation(
  tx: Tx,
  actor: Actor,
  jobs: Jobs,
  operation: OperationFacts,
  packHash: string,
  now: Date,
): Promise<{ pack_hash: string; job_id: string } | Refusal> {
  const input = await evaluationInput(tx, operation.operation_id, { on_date: null, known_at: null }, now)
  if (input instanceof Refusal) return input
  const job_id = await jobs.ask(tx, actor, {
    kind: EVALUATION_JOB,
    unit_id: operation.area_unit_id,
    operation_id: operation.operation_id,
    input: { ...input, waits: true },
  })
  return { pack_hash: packHash, job_id }
}
