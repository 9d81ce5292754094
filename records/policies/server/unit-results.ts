import { sql } from 'kysely'
import { z } from 'zod'
import { type CompiledProgram, resultAt } from '#engines/policy/compile.ts'
import { batchOf } from '#engines/policy/facts.ts'
import type { EntitlementResult, Explanation } from '#engines/policy/results.ts'
import { type UnitFacts as EngineUnit, explainUnit, unitProgram, unitRow } from '#engines/policy/units.ts'
import { UNIT_KINDS, wordsOf } from '#engines/policy/vocabulary.ts'
import type { Tx } from '#platform/db/database.ts'
import type { PinnedEvaluation } from './regenerate.ts'

/** Amounts whose beneficiary is a unit: worked out after the people, because they may rest on sums of their duty. */

export interface EvaluatedUnit {
  readonly facts: EngineUnit
  readonly county_unit_id: number | null
  readonly results: readonly UnitResult[]
}

export interface UnitResult extends EntitlementResult {
  readonly clause: string
}

interface Programs {
  readonly program: CompiledProgram
  /** The same without any decision, where there are some. */
  readonly undecided: CompiledProgram | undefined
}

/** Units that share a program, worked out together. */
export function evaluateUnitsOf(
  { program, undecided }: Programs,
  units: readonly (EngineUnit & { readonly county_unit_id: number | null })[],
): readonly EvaluatedUnit[] {
  const view = unitProgram(program)
  if (units.length === 0 || view.entitlements.length === 0) return []
  const batch = batchOf(units.map(unitRow))
  const columns = view.evaluate(batch)
  const before = undecided && unitProgram(undecided).evaluate(batch)
  return units.map(({ county_unit_id, ...facts }, row) => ({
    facts,
    county_unit_id,
    results: view.entitlements.map(({ clause }, position) => {
      const result = resultAt(view, columns, batch, row, position)
      const point = before?.decision_point[row * view.entitlements.length + position] ?? -1
      // The point that a decision settled is named, one way or the other.
      const decision_point = result.decision_point ?? program.decision_points[point]?.code ?? null
      return { ...result, decision_point, clause }
    }),
  }))
}

/** What is kept of units, with the facts that it was worked out from. */
export async function insertUnits(tx: Tx, evaluationId: number, units: readonly EvaluatedUnit[]): Promise<void> {
  const inputs = units.map(({ facts: { unit: unit_id, ...facts }, county_unit_id }) => ({
    unit_id,
    county_unit_id,
    facts,
  }))
  await sql`
    insert into evaluation_units (evaluation_id, unit_id, county_unit_id, facts)
    select ${evaluationId}::int, unit_id, county_unit_id, facts
    from jsonb_to_recordset(${JSON.stringify(inputs)}::jsonb) as input (unit_id int, county_unit_id int, facts jsonb)
  `.execute(tx)
  const results = units.flatMap(({ county_unit_id, results: own }) =>
    own.map(({ person, from: _from, to: _to, ...result }) => ({ ...result, unit_id: person, county_unit_id })),
  )
  await sql`
    insert into unit_results
      (evaluation_id, unit_id, entitlement, county_unit_id, clause, state, quantity, quantity_unit, amount_fen, open_days,
       decision_point, missing)
    select ${evaluationId}::int, unit_id, entitlement, county_unit_id, clause, state, quantity, quantity_unit, amount_fen,
      open_days, decision_point, missing
    from jsonb_to_recordset(${JSON.stringify(results)}::jsonb)
      as result (unit_id int, entitlement text, county_unit_id int, clause text, state text, quantity int, quantity_unit text,
        amount_fen bigint, open_days int, decision_point text, missing text)`.execute(tx)
}

// Again ------------------------------------------------------------------------------------------------------------------

const Refs = z.record(z.string(), z.array(z.string()))
const PinnedUnit = z.object({
  kind: z.enum(wordsOf(UNIT_KINDS)).nullable(),
  area: z.string().nullable(),
  findings: z.record(z.string(), z.boolean()),
  counts: z.partialRecord(
    z.enum(['dependants', 'headcount', 'front_line_people', 'duty_days', 'people_on_duty']),
    z.number(),
  ),
  money: z.partialRecord(z.enum(['performance_pay_total', 'monthly_base_pay']), z.number()).optional(),
  events: z.array(z.object({ kind: z.string(), day: z.number(), count: z.number(), ref: z.string() })).optional(),
  uses: z.array(z.object({ entitlement: z.string(), day: z.number(), ref: z.string() })).optional(),
  refs: Refs.optional(),
})

export interface TracedUnit {
  readonly facts: EngineUnit
  readonly program: CompiledProgram
  readonly county_unit_id: number | null
}

/** The facts of some units as the evaluation saw them. */
export async function traceUnits(
  tx: Tx,
  evaluation: PinnedEvaluation,
  unitIds: readonly number[],
): Promise<ReadonlyMap<number, TracedUnit>> {
  if (unitIds.length === 0) return new Map()
  const rows = await tx
    .selectFrom('evaluation_units')
    .select(['unit_id', 'county_unit_id', 'facts'])
    .where('evaluation_id', '=', evaluation.evaluation_id)
    .where('unit_id', 'in', [...unitIds])
    .execute()
  return new Map(
    rows.map(({ unit_id, county_unit_id, facts }) => {
      const program = evaluation.programs.get(county_unit_id ?? 0) ?? evaluation.programs.get(evaluation.area_unit_id)
      if (!program) throw new Error(`evaluation ${evaluation.evaluation_id} has no program for unit ${unit_id}`)
      const { money, events, uses, refs, ...known } = PinnedUnit.parse(facts)
      const more = {
        ...(money ? { money } : {}),
        ...(events ? { events } : {}),
        ...(uses ? { uses } : {}),
        ...(refs ? { refs } : {}),
      }
      return [unit_id, { facts: { unit: unit_id, ...known, ...more }, program, county_unit_id }]
    }),
  )
}

export function explainTracedUnit(
  { program, facts }: TracedUnit,
  entitlement: string,
  language: 'zh' | 'en',
): Explanation {
  return explainUnit(program, facts, entitlement, language)
}
