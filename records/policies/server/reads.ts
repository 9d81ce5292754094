import type { CompiledProgram } from '#engines/policy/compile.ts'
import { missingText } from '#engines/policy/explain-rules.ts'
import type { Entitlement } from '#engines/policy/pack.ts'
import type { QuantityUnit } from '#engines/policy/results.ts'
import type { Label } from '#engines/policy/vocabulary.ts'
import type { Tx } from '#platform/db/database.ts'
import type { PackNames } from '#records/facts/server/reads.ts'
import { findOperation } from '#records/operations/server/reads.ts'
import { type EvaluationRow, findCurrentEvaluation, findEvaluation } from './evaluations.ts'
import { stacksFor } from './packs.ts'
import { parametersOf } from './present-pack.ts'
import { openEvaluation } from './regenerate.ts'
import { quantityUnitOf } from './write-results.ts'

/** Answers about evaluations that other rooms need. */

export type { RoomState } from './clause-board.ts'
export type { EvaluationRow } from './evaluations.ts'
export {
  agrees,
  explainTraced,
  hide,
  openEvaluation,
  type PinnedEvaluation,
  type TracedPerson,
  traceFacts,
} from './regenerate.ts'

/** The evaluation asked for, or the current one. */
export function chooseEvaluation(
  tx: Tx,
  operationId: number,
  evaluationId: number | undefined,
): Promise<EvaluationRow | undefined> {
  return evaluationId === undefined
    ? findCurrentEvaluation(tx, operationId)
    : findEvaluation(tx, operationId, evaluationId)
}

/** What an entitlement is, for the head of a column. */
export interface EntitlementHead {
  readonly entitlement: string
  readonly title: Label
  readonly clause: string
  readonly gives: Entitlement['gives']
  readonly quantity_unit: QuantityUnit
  /** A figure that it reads in some county has grade C or U. */
  readonly unverified: boolean
  /** A figure that it reads in some county is an example. */
  readonly example: boolean
}

/**
 * The entitlements of an evaluation. Those of a clause that carries a higher layer's entitlement stand under that clause, since
 * this is where a clerk of the city looks for them.
 */
export async function entitlementHeads(
  tx: Tx,
  evaluationId: number,
  of: Beneficiary = 'people',
): Promise<readonly EntitlementHead[]> {
  const evaluation = await openEvaluation(tx, evaluationId)
  return headsOf(evaluation ? [...evaluation.programs.values()] : [], of)
}

/** Whose entitlements: those of people, or those of units themselves. */
export type Beneficiary = 'people' | 'units'

export function headsOf(programs: readonly CompiledProgram[], of: Beneficiary = 'people'): readonly EntitlementHead[] {
  const heads = new Map<string, EntitlementHead>()
  for (const { stack, entitlements, unit_entitlements } of programs) {
    for (const entitlement of of === 'people' ? entitlements : unit_entitlements) {
      const known = heads.get(entitlement.code)
      const figures = figuresOf(entitlement, stack)
      heads.set(entitlement.code, {
        entitlement: entitlement.code,
        title: entitlement.title,
        clause: clauseFor(entitlement, stack),
        gives: entitlement.gives,
        quantity_unit: quantityUnitOf(entitlement.gives),
        unverified: (known?.unverified ?? false) || figures.some(({ grade }) => grade === 'C' || grade === 'U'),
        example: (known?.example ?? false) || figures.some(({ example }) => example),
      })
    }
  }
  return [...heads.values()]
}

function figuresOf(entitlement: Entitlement, stack: CompiledProgram['stack']) {
  return [...parametersOf(entitlement, stack)].flatMap((code) => stack.parameters.get(code)?.values ?? [])
}

function clauseFor(entitlement: Entitlement, stack: CompiledProgram['stack']): string {
  const carrier = [...stack.clauses.values()].findLast(({ carries }) => carries.includes(entitlement.code))
  return carrier?.number ?? entitlement.clause
}

/** How missing facts are called, by an evaluation's own packs. */
export async function missingWords(tx: Tx, evaluationId: number): Promise<(name: string) => Label> {
  const evaluation = await openEvaluation(tx, evaluationId)
  const [program] = evaluation ? [...evaluation.programs.values()] : []
  return (name) =>
    program ? { zh: missingText(program, name, 'zh'), en: missingText(program, name, 'en') } : { zh: name, en: name }
}

/** The question of each decision point of an evaluation's packs. */
export async function decisionQuestions(tx: Tx, evaluationId: number): Promise<ReadonlyMap<string, Label>> {
  const evaluation = await openEvaluation(tx, evaluationId)
  const questions = new Map<string, Label>()
  for (const { decision_points } of evaluation?.programs.values() ?? []) {
    for (const { code, question } of decision_points) questions.set(code, question)
  }
  return questions
}

export { allMissing, allMissingOfUnit } from './all-missing.ts'
export { stacksFor } from './packs.ts'
export { type RestPart, restProgramsOf, walkRest } from './rest-walk.ts'
export { explainTracedUnit, type TracedUnit, traceUnits } from './unit-results.ts'

/** What the packs in force anywhere in an operation call events, findings and rights that are used up. */
export async function namesInForce(tx: Tx, operationId: number): Promise<PackNames> {
  const names = { events: new Map<string, Label>(), findings: new Map<string, Label>(), uses: new Map<string, Label>() }
  const operation = await findOperation(tx, operationId)
  if (!operation) return names
  for (const { stack } of (await stacksFor(tx, operation)).values()) {
    for (const [code, { title }] of stack.events) names.events.set(code, title)
    for (const [code, { title }] of stack.findings) names.findings.set(code, title)
    for (const { code, title, uses } of stack.entitlements.values()) if (uses !== null) names.uses.set(code, title)
  }
  return names
}
