import { type CompiledProgram, resultAt } from './compile.ts'
import { explain } from './explain.ts'
import { batchOf, type PersonFacts } from './facts.ts'
import { missingFacts } from './missing-facts.ts'
import type { EntitlementResult, Explanation } from './results.ts'
import type { CountFact, MoneyFact, UnitKind } from './vocabulary.ts'

/** What is known of one unit: the beneficiary of entitlements with `for: unit`. What is left out was not recorded. */
export interface UnitFacts {
  readonly unit: number
  readonly kind: UnitKind | null
  /** Division code of where it lies. */
  readonly area: string | null
  readonly findings: Readonly<Record<string, boolean>>
  readonly counts?: Readonly<Partial<Record<CountFact, number>>>
  /** In whole fen. */
  readonly money?: Readonly<Partial<Record<MoneyFact, number>>>
  readonly events?: PersonFacts['events']
  readonly uses?: PersonFacts['uses']
  readonly refs?: PersonFacts['refs']
}

/** A unit as a row of facts: nobody's employment, no duty, and decisions about the unit. */
export function unitRow({ unit, kind, area, findings, counts, money, events, uses, refs }: UnitFacts): PersonFacts {
  return {
    person: unit,
    employment: null,
    established: 'unknown',
    party: 'unknown',
    area,
    findings,
    spans: [],
    is_unit: true,
    ...(kind === null ? {} : { home_unit_kind: kind }),
    ...(counts ? { counts } : {}),
    ...(money ? { money } : {}),
    ...(events ? { events } : {}),
    ...(uses ? { uses } : {}),
    ...(refs ? { refs } : {}),
  }
}

/** The same program with units as its people, so that results and explanations are made by the same code. */
export function unitProgram(program: CompiledProgram): CompiledProgram {
  return {
    ...program,
    entitlements: program.unit_entitlements,
    running: program.unit_running,
    evaluate: program.evaluateUnits,
  }
}

/**
 * Every unit × every entitlement with `for: unit`; `person` of a result is the unit.
 *
 * @example evaluateUnits(program, [{ unit: 7, kind: 'hospital', area: '330603', findings: {}, money: { performance_pay_total: 10_000_000 } }])
 */
export function evaluateUnits(program: CompiledProgram, units: readonly UnitFacts[]): readonly EntitlementResult[] {
  const view = unitProgram(program)
  const batch = batchOf(units.map(unitRow))
  const columns = view.evaluate(batch)
  return units.flatMap((_, row) => view.entitlements.map((_one, index) => resultAt(view, columns, batch, row, index)))
}

/** As `explain`, of one unit. */
export function explainUnit(
  program: CompiledProgram,
  unit: UnitFacts,
  entitlement: string,
  language: 'zh' | 'en',
): Explanation {
  return explain(unitProgram(program), unitRow(unit), entitlement, language)
}

/** As `missingFacts`, of one unit. */
export function missingFactsOfUnit(program: CompiledProgram, unit: UnitFacts, entitlement: string): readonly string[] {
  return missingFacts(unitProgram(program), unitRow(unit), entitlement)
}
