import { z } from 'zod'
import type { Label } from '#engines/policy/vocabulary.ts'
import type { Actor } from '#platform/access/actor.ts'
import { recordAudit } from '#platform/audit/record.ts'
import type { Tx } from '#platform/db/database.ts'
import { type Refusal, refuse } from '#platform/http/problem.ts'
import { settle } from '#platform/worklist/items.ts'
import type { OperationFacts } from '#records/operations/server/reads.ts'
import { type decideLess, LESS_OUTCOMES, lessProblems, type listLess } from '../contract-less.ts'
import { listDifferenceRows } from './differences.ts'
import { namesOfUsers } from './drafts-store.ts'
import { entitlementHeads } from './reads.ts'
import { LESS_ITEM } from './worklist.ts'

const Facts = z.object({
  entitlement: z.string(),
  people_count: z.int(),
  difference_fen: z.coerce.number(),
  difference_quantity: z.coerce.number(),
  evaluation_id: z.int(),
  against: z.int(),
})

const Outcome = z.enum(LESS_OUTCOMES)

/** Whether the person is among those whose figure fell. */
async function concerns(
  tx: Tx,
  personId: number | undefined,
  { against, evaluation_id, entitlement }: z.output<typeof Facts>,
) {
  if (personId === undefined) return false
  const [own] = await listDifferenceRows(tx, against, evaluation_id, {
    entitlement,
    direction: 'less',
    after: { person_id: personId - 1, entitlement: '~' },
    limit: 1,
  })
  return own?.person_id === personId
}

/** Records what was decided about a sum that fell and settles its item. Paying follows it; the software takes nothing back. */
export async function settleLess(
  tx: Tx,
  actor: Actor,
  operation: OperationFacts,
  body: z.output<typeof decideLess.input.body>,
  at: Date,
): Promise<{ decision_id: number } | Refusal> {
  const item = await tx
    .selectFrom('worklist_items')
    .select(['unit_id', 'subject_id', 'facts'])
    .where('item_id', '=', body.item_id)
    .where('operation_id', '=', operation.operation_id)
    .where('kind', '=', LESS_ITEM)
    .where('settled_at', 'is', null)
    .executeTakeFirst()
  if (!item) return refuse(lessProblems.no_less_item)
  const facts = Facts.parse(item.facts)
  if (await concerns(tx, actor.person_id, facts)) return refuse(lessProblems.own_difference)
  const { against, ...figures } = facts
  const { decision_id } = await tx
    .insertInto('difference_decisions')
    .values({
      ...figures,
      against_id: against,
      operation_id: operation.operation_id,
      unit_id: item.unit_id,
      outcome: body.outcome,
      reason: body.reason,
      decided_by_user_id: actor.user_id,
      decided_at: at,
    })
    .returning('decision_id')
    .executeTakeFirstOrThrow()
  const settled = await settle(tx, {
    operation_id: operation.operation_id,
    kind: LESS_ITEM,
    subject_kind: 'difference',
    subject_id: item.subject_id,
    outcome: { decision_id, outcome: body.outcome },
  })
  if (settled === 0) return refuse(lessProblems.no_less_item)
  await recordAudit(tx, {
    action: 'policies.decide_less',
    subject_kind: 'difference_decision',
    subject_id: decision_id,
    unit_id: item.unit_id,
    operation_id: operation.operation_id,
    facts: { ...facts, outcome: body.outcome },
  })
  return { decision_id }
}

async function wordsFor(tx: Tx, evaluationIds: readonly number[]) {
  const titles = new Map<string, Label>()
  for (const id of new Set(evaluationIds)) {
    for (const whose of ['people', 'units'] as const)
      for (const { entitlement, title } of await entitlementHeads(tx, id, whose)) titles.set(entitlement, title)
  }
  return (entitlement: string) => titles.get(entitlement) ?? { zh: entitlement, en: entitlement }
}

export async function presentLess(
  tx: Tx,
  operation: OperationFacts,
  query: { readonly after?: string | undefined; readonly limit: number },
): Promise<z.input<typeof listLess.output>> {
  const waiting = await tx
    .selectFrom('worklist_items')
    .select(['item_id', 'unit_id', 'facts', 'raised_at'])
    .where('operation_id', '=', operation.operation_id)
    .where('kind', '=', LESS_ITEM)
    .where('settled_at', 'is', null)
    .orderBy('item_id', 'desc')
    .limit(500)
    .execute()
  let stored = tx
    .selectFrom('difference_decisions')
    .selectAll()
    .where('operation_id', '=', operation.operation_id)
    .orderBy('decision_id', 'desc')
    .limit(query.limit + 1)
  if (query.after !== undefined) stored = stored.where('decision_id', '<', Number(query.after) || 0)
  const decided = await stored.execute()
  const page = decided.slice(0, query.limit)
  const open = waiting.map((item) => ({ ...item, ...Facts.parse(item.facts) }))
  const titleOf = await wordsFor(
    tx,
    [...open, ...page].map(({ evaluation_id }) => evaluation_id),
  )
  const nameOf = await namesOfUsers(
    tx,
    page.map(({ decided_by_user_id }) => decided_by_user_id),
  )
  const units = await tx
    .selectFrom('units')
    .select(['unit_id', 'name'])
    .where('unit_id', 'in', [0, ...[...open, ...page].map(({ unit_id }) => unit_id)])
    .execute()
  const unitNames = new Map(units.map(({ unit_id, name }) => [unit_id, name]))
  const words = (row: { entitlement: string; unit_id: number }) => ({
    title: titleOf(row.entitlement),
    unit_name: unitNames.get(row.unit_id) ?? '',
  })
  const last = page.at(-1)
  return {
    open: open.map(({ facts: _, against, ...row }) => ({ ...row, ...words(row), against_id: against })),
    decided: page.map(({ decided_by_user_id, outcome, ...row }) => ({
      ...row,
      ...words(row),
      outcome: Outcome.parse(outcome),
      decided_by: nameOf(decided_by_user_id),
    })),
    next: decided.length > query.limit && last ? String(last.decision_id) : null,
  }
}
