import type { Actor } from '#platform/access/actor.ts'
import type { Vault } from '#platform/access/vault.ts'
import { recordAudit } from '#platform/audit/record.ts'
import type { Tx } from '#platform/db/database.ts'
import { type Refusal, refuse } from '#platform/http/problem.ts'
import type { OperationFacts } from '#records/operations/server/reads.ts'
import { type RetentionClass, retentionProblems } from '../contract.ts'
import { listDue } from './due.ts'
import { termsOf } from './terms.ts'

/** Proposing and deciding. Two rows by two people stand between a term that is over and facts that are gone. */

export interface Retaining {
  readonly operation: OperationFacts
  readonly name: RetentionClass
  readonly actor: Actor
  readonly now: Date
}

export async function propose(
  tx: Tx,
  { operation, name, actor, now }: Retaining,
  { person_ids, reason }: { readonly person_ids: readonly number[]; readonly reason: string },
): Promise<{ proposed_count: number } | Refusal> {
  const distinct = [...new Set(person_ids)]
  const terms = await termsOf(tx, operation, name, now)
  const due = await listDue(tx, operation, name, terms, { now, limit: distinct.length, person_ids: distinct })
  const open = due.filter(({ proposal_id }) => proposal_id === null)
  if (open.length < distinct.length) return refuse(retentionProblems.not_due, { count: distinct.length - open.length })
  await tx
    .insertInto('erasure_proposals')
    .values(
      open.map(({ person_id, unit_id, due_on, term_days, pack_hash }) => ({
        person_id,
        class: name,
        unit_id,
        operation_id: operation.operation_id,
        due_on,
        term_days,
        pack_hash,
        reason,
        proposed_by_user_id: actor.user_id,
      })),
    )
    .execute()
  for (const { person_id, unit_id, due_on } of open)
    await recordAudit(tx, {
      action: 'retention.proposed',
      subject_kind: 'person',
      subject_id: person_id,
      unit_id,
      operation_id: operation.operation_id,
      facts: { class: name, due_on },
    })
  return { proposed_count: open.length }
}

export interface Deciding {
  readonly proposals: readonly { readonly person_id: number; readonly proposal_id: number }[]
  readonly outcome: 'erased' | 'kept'
  readonly reason: string
}

/** Decides all or none. Erasing is part of the same transaction: there is no decision without its deed. */
export async function decide(
  tx: Tx,
  vault: Vault,
  { operation, name, actor }: Retaining,
  { proposals, outcome, reason }: Deciding,
): Promise<{ decided_count: number } | Refusal> {
  for (const { person_id, proposal_id } of proposals) {
    const proposal = await findOpenProposal(tx, { operation, name }, person_id, proposal_id)
    if (!proposal) return refuse(retentionProblems.unknown_proposal)
    if (
      proposal.proposed_by_user_id === actor.user_id ||
      person_id === actor.person_id ||
      (await isSamePerson(tx, proposal, actor))
    )
      return refuse(retentionProblems.second_person)
    const { unit_id, due_on, term_days, pack_hash, proposed_by_user_id } = proposal
    await tx
      .insertInto('erasures')
      .values({
        person_id,
        proposal_id,
        class: name,
        unit_id,
        operation_id: operation.operation_id,
        due_on,
        term_days,
        pack_hash,
        outcome,
        reason,
        proposed_by_user_id,
        decided_by_user_id: actor.user_id,
      })
      .execute()
    if (outcome === 'erased') await erase(tx, vault, name, person_id)
    await recordAudit(tx, {
      action: outcome === 'erased' ? 'retention.erased' : 'retention.kept',
      subject_kind: 'person',
      subject_id: person_id,
      unit_id,
      operation_id: operation.operation_id,
      facts: { class: name, due_on, term_days, pack_hash, proposed_by_user_id },
    })
  }
  return { decided_count: proposals.length }
}

function findOpenProposal(
  tx: Tx,
  { operation, name }: Pick<Retaining, 'operation' | 'name'>,
  personId: number,
  proposalId: number,
) {
  return tx
    .selectFrom('erasure_proposals')
    .leftJoin('erasures', (join) =>
      join
        .onRef('erasures.person_id', '=', 'erasure_proposals.person_id')
        .onRef('erasures.proposal_id', '=', 'erasure_proposals.proposal_id'),
    )
    .selectAll('erasure_proposals')
    .where('erasure_proposals.person_id', '=', personId)
    .where('erasure_proposals.proposal_id', '=', proposalId)
    .where('erasure_proposals.operation_id', '=', operation.operation_id)
    .where('erasure_proposals.class', '=', name)
    .where('erasures.erasure_id', 'is', null)
    .executeTakeFirst()
}

/** One person with two accounts is one person. */
async function isSamePerson(
  tx: Tx,
  proposal: { readonly proposed_by_user_id: number },
  actor: Actor,
): Promise<boolean> {
  if (actor.person_id === undefined) return false
  const proposer = await tx
    .selectFrom('user_names')
    .select('person_id')
    .where('user_id', '=', proposal.proposed_by_user_id)
    .executeTakeFirst()
  return proposer?.person_id === actor.person_id
}

async function erase(tx: Tx, vault: Vault, name: RetentionClass, personId: number): Promise<void> {
  if (name === 'health_flags') {
    await tx.deleteFrom('protected_conditions').where('person_id', '=', personId).execute()
    return vault.eraseSubject(personId, tx)
  }
  await tx
    .updateTable('people')
    .set({ id_number: null, id_number_hash: null, phone: null, phone_hash: null })
    .where('person_id', '=', personId)
    .execute()
}
