import { sql } from 'kysely'
import type { z } from 'zod'
import { type EntitlementResult, STATES, type State } from '#engines/policy/results.ts'
import { formatYuan } from '#engines/values/money.ts'
import { jobContext } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import { Refusal, refuse } from '#platform/http/problem.ts'
import {
  agrees,
  allMissingOfUnit,
  type EntitlementHead,
  entitlementHeads,
  explainTracedUnit,
  headsOf,
  openEvaluation,
  traceUnits,
} from '#records/policies/server/reads.ts'
import { benefitProblems, type ExplanationView, type listUnitAmounts, type Result, type Total } from '../contract.ts'
import { presentLine } from './explanations.ts'
import { evaluationFor, type Wording, wordingOf } from './statements.ts'

/** Amounts whose beneficiary is a unit and not a person: a one-off increase of performance pay, an allotment. */

interface SumRow {
  readonly unit_id: number
  readonly entitlement: string
  readonly state: string
  readonly unit_count: number
  readonly quantity: number
  readonly amount_fen: number | null
  readonly open_days: number
}

/** Sums over the units at or below each of some units. */
export async function readUnitSums(
  tx: Tx,
  evaluationId: number,
  unitIds: readonly number[],
): Promise<readonly SumRow[]> {
  if (unitIds.length === 0) return []
  const { rows } = await sql<SumRow>`
    select below.ancestor_id as unit_id, entitlement, state, count(*)::int as unit_count, sum(quantity)::bigint as quantity,
      sum(amount_fen)::bigint as amount_fen, sum(open_days)::bigint as open_days
    from unit_ancestors below
    join unit_results using (unit_id)
    where below.ancestor_id = any (${[...unitIds]}::int[]) and evaluation_id = ${evaluationId}
    group by below.ancestor_id, entitlement, state`.execute(tx)
  return rows
}

/** As of people, with units counted. */
export function unitTotalsOf(rows: readonly SumRow[], heads: readonly EntitlementHead[]): z.output<typeof Total>[] {
  return heads.map(({ entitlement, gives }) => {
    const own = rows.filter((row) => row.entitlement === entitlement)
    const units = (state: State) => own.find((row) => row.state === state)?.unit_count ?? 0
    return {
      entitlement,
      people_settled: units('settled'),
      people_waiting_decision: units('needs_decision'),
      people_missing_fact: units('missing_fact'),
      people_not_covered: units('not_covered'),
      quantity: own.reduce((sum, row) => sum + row.quantity, 0),
      amount_fen: gives.startsWith('money') ? own.reduce((sum, row) => sum + (row.amount_fen ?? 0), 0) : null,
      open_days: own.reduce((sum, row) => sum + row.open_days, 0),
    }
  })
}

export interface UnitResults {
  readonly unit_id: number
  readonly name: string
  readonly kind: string
  readonly county_unit_id: number | null
  readonly county_name: string | null
  readonly results: z.output<typeof Result>[]
}

export interface UnitFilter {
  readonly unit_id: number
  readonly entitlement?: string | undefined
  readonly state?: State | undefined
  readonly after?: string | undefined
  readonly limit: number
}

/** Units at or below one to which any amount of their own applies, or waits, with what they come to; by county, then id. */
export async function listUnitResults(
  tx: Tx,
  evaluationId: number,
  { unit_id, entitlement, state, after, limit }: UnitFilter,
  wording: Wording,
): Promise<readonly UnitResults[]> {
  const { rows: units } = await sql<Omit<UnitResults, 'results'>>`
    select units.unit_id, units.name, units.kind, county.unit_id as county_unit_id, county.name as county_name
    from evaluation_units input
    join units on units.unit_id = input.unit_id
    left join units county on county.unit_id = input.county_unit_id
    where input.evaluation_id = ${evaluationId}
      and input.unit_id > ${Number(after ?? '0') || 0}
      and input.unit_id in (select unit_id from unit_ancestors where ancestor_id = ${unit_id})
      and exists (
        select from unit_results result
        where result.evaluation_id = ${evaluationId}
          and result.unit_id = input.unit_id
          and ${entitlement === undefined ? sql`true` : sql`result.entitlement = ${entitlement}`}
          and ${state === undefined ? sql`result.state <> 'not_covered'` : sql`result.state = ${state}`}
      )
    order by units.unit_id
    limit ${limit + 1}`.execute(tx)
  const results = await readResults(
    tx,
    evaluationId,
    units.map((unit) => unit.unit_id),
    wording,
  )
  return units.map((unit) => ({ ...unit, results: results.get(unit.unit_id) ?? [] }))
}

/** What some units come to themselves. */
export async function readResults(
  tx: Tx,
  evaluationId: number,
  unitIds: readonly number[],
  wording: Wording,
): Promise<ReadonlyMap<number, z.output<typeof Result>[]>> {
  const rows = await tx
    .selectFrom('unit_results')
    .select(['unit_id', 'entitlement', 'state', 'quantity', 'amount_fen', 'open_days', 'decision_point', 'missing'])
    .where('evaluation_id', '=', evaluationId)
    .where('unit_id', 'in', [0, ...unitIds])
    .orderBy('entitlement')
    .execute()
  const results = new Map<number, z.output<typeof Result>[]>()
  for (const { unit_id, state, ...row } of rows) {
    const known = STATES.find((one) => one === state)
    if (!known) throw new Error(`a stored result has the state ${state}`)
    const list = results.get(unit_id) ?? []
    list.push({
      ...row,
      state: known,
      decision_question: row.decision_point === null ? null : (wording.questions.get(row.decision_point) ?? null),
      missing_text: row.missing === null ? null : wording.missing(row.missing),
    })
    results.set(unit_id, list)
  }
  return results
}

export async function presentUnitAmounts(
  tx: Tx,
  wanted: { readonly operation_id: number; readonly evaluation_id?: number | undefined },
  filter: UnitFilter,
): Promise<z.input<typeof listUnitAmounts.output> | Refusal> {
  const evaluation = await evaluationFor(tx, wanted.operation_id, wanted.evaluation_id)
  if (evaluation instanceof Refusal) return evaluation
  const { evaluation_id } = evaluation
  const found = await listUnitResults(tx, evaluation_id, filter, await wordingOf(tx, evaluation_id))
  const page = found.slice(0, filter.limit)
  const last = page.at(-1)
  return {
    evaluation,
    entitlements: [...(await entitlementHeads(tx, evaluation_id, 'units'))],
    units: [...page],
    next: found.length > filter.limit && last ? String(last.unit_id) : null,
  }
}

export interface UnitExplanationOrder {
  readonly operation_id: number
  readonly unit_id: number
  readonly entitlement: string
  readonly evaluation_id?: number | undefined
  readonly language: 'zh' | 'en'
}

/** Why a unit's amount is what it is, made again from its pinned facts and compared with what is stored. */
export async function explainUnitAmount(
  database: Database,
  read: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>,
  order: UnitExplanationOrder,
): Promise<z.input<typeof ExplanationView> | Refusal> {
  const { unit_id, entitlement, language } = order
  const stored = await read(async (tx) => {
    const evaluation = await evaluationFor(tx, order.operation_id, order.evaluation_id)
    if (evaluation instanceof Refusal) return evaluation
    const wording = await wordingOf(tx, evaluation.evaluation_id)
    const results = (await readResults(tx, evaluation.evaluation_id, [unit_id], wording)).get(unit_id)
    const result = results?.find((one) => one.entitlement === entitlement)
    return result ? { evaluation, result } : refuse(benefitProblems.unknown_entitlement, { entitlement })
  })
  if (stored instanceof Refusal) return stored
  const { evaluation, result } = stored
  return database.read(jobContext('explain'), async (tx) => {
    const pinned = await openEvaluation(tx, evaluation.evaluation_id)
    const traced = pinned && (await traceUnits(tx, pinned, [unit_id])).get(unit_id)
    const head =
      pinned && headsOf([...pinned.programs.values()], 'units').find((one) => one.entitlement === entitlement)
    if (!pinned || !traced || !head) return refuse(benefitProblems.unknown_entitlement, { entitlement })
    const explanation = explainTracedUnit(traced, entitlement, language)
    if (!agrees(explanation.result, result)) {
      return refuse(benefitProblems.not_the_same, { stored: figure(result), again: figure(explanation.result) })
    }
    return {
      language,
      title: explanation.title,
      entitlement: head,
      result: { ...result, missing_text: allMissingOfUnit(traced, entitlement) ?? result.missing_text },
      period: { from: pinned.from_on, to: pinned.on_date },
      evaluation,
      pack_hash: explanation.pack_hash,
      lines: explanation.lines.map(presentLine),
    }
  })
}

function figure({ amount_fen, quantity }: Pick<EntitlementResult, 'amount_fen' | 'quantity'>): string {
  return amount_fen === null ? String(quantity ?? '–') : formatYuan(amount_fen)
}
