import { sql } from 'kysely'
import type { z } from 'zod'
import { STATES, type State } from '#engines/policy/results.ts'
import type { Label } from '#engines/policy/vocabulary.ts'
import type { Tx } from '#platform/db/database.ts'
import { type Refusal, refuse } from '#platform/http/problem.ts'
import type { OperationFacts } from '#records/operations/server/reads.ts'
import { type listDifferences, type listMissingFacts, policyProblems } from '../contract.ts'
import { listDifferenceRows, listUnitDifferences, sumDifferences } from './differences.ts'
import { findCurrentEvaluation, findEvaluation } from './evaluations.ts'
import { entitlementHeads, missingWords } from './reads.ts'

type Query = z.output<typeof listDifferences.input.query>

function stateOf(text: string | null): State | null {
  return STATES.find((state) => state === text) ?? null
}

/** The place where a page ends: `person|entitlement`. */
function parseAfter(text: string | undefined) {
  const match = text === undefined ? null : /^(\d{1,10})\|([a-z0-9_-]{1,64})$/.exec(text)
  return match?.[1] && match[2] ? { person_id: Number(match[1]), entitlement: match[2] } : undefined
}

export async function presentDifferences(
  tx: Tx,
  operation: OperationFacts,
  evaluationId: number,
  query: Query,
): Promise<z.input<typeof listDifferences.output> | Refusal> {
  const after = await findEvaluation(tx, operation.operation_id, evaluationId)
  const before = await findEvaluation(tx, operation.operation_id, query.against)
  if (!after || !before) return refuse(policyProblems.unknown_evaluation)
  const { limit, entitlement, direction } = query
  const from = parseAfter(query.after)
  const rows = await listDifferenceRows(tx, query.against, evaluationId, {
    limit,
    ...(entitlement === undefined ? {} : { entitlement }),
    ...(direction === undefined ? {} : { direction }),
    ...(from === undefined ? {} : { after: from }),
  })
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const heads = [...(await entitlementHeads(tx, evaluationId)), ...(await entitlementHeads(tx, evaluationId, 'units'))]
  const titles = new Map(heads.map((head) => [head.entitlement, head.title]))
  const titleOf = (entitlement: string) => titles.get(entitlement) ?? { zh: entitlement, en: entitlement }
  const ofUnits = await listUnitDifferences(tx, query.against, evaluationId)
  const people = await tx
    .selectFrom('people')
    .select(['person_id', 'name'])
    .where('person_id', 'in', [0, ...page.map(({ person_id }) => person_id)])
    .execute()
  const units = await tx
    .selectFrom('units')
    .select(['unit_id', 'name'])
    .where('unit_id', 'in', [0, ...page.map(({ home_unit_id }) => home_unit_id)])
    .execute()
  const personNames = new Map(people.map(({ person_id, name }) => [person_id, name]))
  const unitNames = new Map(units.map(({ unit_id, name }) => [unit_id, name]))
  return {
    against: before,
    ...(await sumDifferences(tx, query.against, evaluationId)),
    differences: page.map(({ home_unit_id, state_before, state_after, ...row }) => ({
      ...row,
      state_before: stateOf(state_before),
      state_after: stateOf(state_after),
      person_name: personNames.get(row.person_id) ?? '',
      home_unit_name: unitNames.get(home_unit_id) ?? '',
      title: titleOf(row.entitlement),
    })),
    units: ofUnits.map(({ state_before, state_after, ...row }) => ({
      ...row,
      state_before: stateOf(state_before),
      state_after: stateOf(state_after),
      title: titleOf(row.entitlement),
    })),
    next: rows.length > limit && last ? `${last.person_id}|${last.entitlement}` : null,
  }
}

export async function presentMissing(
  tx: Tx,
  operation: OperationFacts,
  query: z.output<typeof listMissingFacts.input.query>,
): Promise<z.input<typeof listMissingFacts.output>> {
  const evaluation = await findCurrentEvaluation(tx, operation.operation_id)
  if (!evaluation) return { missing: [], next: null }
  const offset = Number(query.after ?? '0') || 0
  const { rows } = await sql<{
    missing: string
    unit_id: number
    unit_name: string
    people_count: number
    of_unit: boolean
    open_days: number
  }>`
    select missing, unit_id, units.name as unit_name, max(people_count)::int as people_count, bool_or(of_unit) as of_unit,
      max(open_days)::int as open_days
    from (
      select missing, home_unit_id as unit_id, people_count, false as of_unit, open_days
      from entitlement_totals
      where evaluation_id = ${evaluation.evaluation_id} and missing <> ''
      union all
      select missing, unit_id, 0, true, 0
      from unit_results
      where evaluation_id = ${evaluation.evaluation_id} and missing is not null
    ) waiting
    join units using (unit_id)
    group by missing, unit_id, units.name
    order by people_count desc, unit_id, missing
    offset ${offset}
    limit ${query.limit + 1}`.execute(tx)
  const words: (name: string) => Label = await missingWords(tx, evaluation.evaluation_id)
  return {
    missing: rows.slice(0, query.limit).map((row) => ({ ...row, text: words(row.missing) })),
    next: rows.length > query.limit ? String(offset + query.limit) : null,
  }
}
