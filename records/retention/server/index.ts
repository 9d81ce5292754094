import type { Actor } from '#platform/access/actor.ts'
import type { Tx } from '#platform/db/database.ts'
import { httpProblems, type Refusal, refuse } from '#platform/http/problem.ts'
import type { Routes } from '#platform/http/routes.ts'
import type { Platform } from '#platform/platform.ts'
import { findOperation } from '#records/operations/server/reads.ts'
import { healthRetention, PEOPLE_MAX, type RetentionClass, volunteerRetention } from '../contract.ts'
import { decide, propose, type Retaining } from './commands.ts'
import { listDue } from './due.ts'
import { termsOf } from './terms.ts'

export function mountRetention(routes: Routes, platform: Platform): void {
  const { vault } = platform
  const within = withOperation(platform)
  const health = 'health_flags'
  routes.bind(healthRetention.list, ({ input, actor, read }) =>
    read((tx) => within(tx, input.params.operation_id, health, actor, (retaining) => view(tx, retaining))),
  )
  routes.bind(healthRetention.propose, ({ input, actor, transact }) =>
    transact((tx) => within(tx, input.params.operation_id, health, actor, (one) => propose(tx, one, input.body))),
  )
  routes.bind(healthRetention.decide, ({ input, actor, transact }) =>
    transact((tx) => within(tx, input.params.operation_id, health, actor, (one) => decide(tx, vault, one, input.body))),
  )
  const volunteers = 'volunteer_identifiers'
  routes.bind(volunteerRetention.list, ({ input, actor, read }) =>
    read((tx) => within(tx, input.params.operation_id, volunteers, actor, (retaining) => view(tx, retaining))),
  )
  routes.bind(volunteerRetention.propose, ({ input, actor, transact }) =>
    transact((tx) => within(tx, input.params.operation_id, volunteers, actor, (one) => propose(tx, one, input.body))),
  )
  routes.bind(volunteerRetention.decide, ({ input, actor, transact }) =>
    transact((tx) =>
      within(tx, input.params.operation_id, volunteers, actor, (one) => decide(tx, vault, one, input.body)),
    ),
  )
}

function withOperation({ clock }: Platform) {
  return async <T>(
    tx: Tx,
    operationId: number,
    name: RetentionClass,
    actor: Actor,
    work: (retaining: Retaining) => Promise<T>,
  ): Promise<T | Refusal> => {
    const operation = await findOperation(tx, operationId)
    return operation ? work({ operation, name, actor, now: clock.now() }) : refuse(httpProblems.not_found)
  }
}

async function view(tx: Tx, { operation, name, now }: Retaining) {
  const terms = await termsOf(tx, operation, name, now)
  const names = await tx
    .selectFrom('units')
    .select(['unit_id', 'name'])
    .where('unit_id', 'in', [0, ...terms.map(({ area_unit_id }) => area_unit_id)])
    .execute()
  const nameOf = new Map(names.map((unit) => [unit.unit_id, unit.name]))
  const due = await listDue(tx, operation, name, terms, { now, limit: PEOPLE_MAX + 1 })
  return {
    terms: terms.map(({ pack_hash: _hash, ...term }) => ({ ...term, area_name: nameOf.get(term.area_unit_id) ?? '' })),
    ended_on: operation.ended_on,
    due: due.slice(0, PEOPLE_MAX).map(({ person_id, unit_id, unit_name, due_on, ...row }) => ({
      person_id,
      name: row.name,
      unit_id,
      unit_name,
      due_on,
      proposal:
        row.proposal_id === null || row.proposed_by_user_id === null || row.proposed_at === null
          ? null
          : {
              proposal_id: Number(row.proposal_id),
              reason: row.proposal_reason ?? '',
              proposed_by: { user_id: row.proposed_by_user_id, display_name: row.proposer_name ?? '' },
              proposed_at: row.proposed_at,
            },
    })),
    more: due.length > PEOPLE_MAX,
  }
}
