import { formatYuan } from '#engines/values/money.ts'
import { formatDay } from '#engines/values/time.ts'
import { clauseOf } from './check-stack.ts'
import { type Language, sourceText } from './citations.ts'
import type { CompiledProgram } from './compile.ts'
import { explain } from './explain.ts'
import { missingText } from './explain-rules.ts'
import type { PersonFacts } from './facts.ts'
import { formatAmount } from './format-amount.ts'
import { missingFacts } from './missing-facts.ts'
import { clauseKey, type DecisionPoint, type Entitlement, type Stack } from './pack.ts'
import type { EntitlementResult, ExplanationLine, ParameterCitation } from './results.ts'

/**
 * One person's entitlement as plain JSON for machines and people: what `tongpao policy run` prints. Dates are text, money is whole
 * fen with the yuan beside it; steps carry their numbers, so that they can be added again.
 */
export interface Answer {
  readonly entitlement: string
  readonly title: string
  readonly gives: Entitlement['gives']
  readonly state: EntitlementResult['state']
  readonly amount_fen: number | null
  readonly amount_yuan: string | null
  readonly quantity: number | null
  readonly quantity_unit: EntitlementResult['quantity_unit']
  readonly period: { readonly from: string; readonly to: string }
  readonly clause: AnswerClause
  readonly paid_by: string | null
  readonly open_days: number
  /** What a person must decide or supply before the rest can be settled; `null` when nothing is open. */
  readonly needs: Need | null
}

/** The same with everything that it rests on. */
export interface ExplainedAnswer extends Answer {
  readonly parameters: readonly AnswerParameter[]
  readonly facts_used: FactsUsed
  readonly steps: readonly AnswerStep[]
}

export interface AnswerClause {
  /** As `pack#number`. */
  readonly key: string
  readonly title: string
  readonly source: string
  readonly article: string | null
}

export type Need =
  | {
      readonly kind: 'decision'
      readonly decision_point: string
      readonly question: string
      readonly word: string
      readonly decided_by: readonly string[]
      readonly scope: DecisionPoint['scope']
      readonly basis: string
      readonly range: string
    }
  | {
      readonly kind: 'fact'
      readonly fact: string
      readonly text: string
      /** All that are missing, the first of them as `fact`. */
      readonly facts: readonly { readonly fact: string; readonly text: string }[]
    }

export interface AnswerParameter {
  readonly parameter: string
  /** In the parameter's own whole unit: fen, minutes, or hundredths. */
  readonly value: number
  readonly shown: string
  readonly from: string
  readonly to: string | null
  readonly known: string
  readonly source: string
  readonly source_title: string
  readonly source_number: string | null
  readonly grade: ParameterCitation['grade']
  readonly unverified: boolean
  readonly example: boolean
  /** `pack file:line`. */
  readonly written_at: string
}

export interface FactsUsed {
  /** The facts about the person that a rule of the pack asks for, as they are in the file. */
  readonly person: Readonly<Record<string, string | boolean | null>>
  /** Duty records by id. */
  readonly duty: readonly string[]
  readonly decisions: readonly string[]
}

export interface AnswerStep {
  readonly kind: ExplanationLine['kind']
  readonly text: string
  readonly day?: string
  readonly amount_fen?: number
  readonly minutes?: number
  readonly day_hundredths?: number
  readonly rate_hundredth_fen?: number
  readonly clause?: string
  readonly refs?: readonly string[]
  readonly steps?: readonly AnswerStep[]
}

/** One result of a person in words and figures, without the way to it. */
export function answerOf(
  program: CompiledProgram,
  person: PersonFacts,
  result: EntitlementResult,
  language: Language,
): Answer {
  const entitlement = program.stack.entitlements.get(result.entitlement)
  if (!entitlement) throw new RangeError(`the program has no entitlement ${result.entitlement}`)
  const { amount_fen } = result
  return {
    entitlement: result.entitlement,
    title: entitlement.title[language],
    gives: entitlement.gives,
    state: result.state,
    amount_fen,
    amount_yuan: amount_fen === null ? null : formatYuan(amount_fen),
    quantity: result.quantity,
    quantity_unit: result.quantity_unit,
    period: { from: formatDay(result.from), to: formatDay(result.to) },
    clause: clauseText(program.stack, entitlement, language),
    paid_by: entitlement.paid_by?.[language] ?? null,
    open_days: result.open_days,
    needs: needOf(program, person, result, language),
  }
}

function clauseText(stack: Stack, entitlement: Entitlement, language: Language): AnswerClause {
  return {
    key: clauseKey(entitlement.pack, entitlement.clause),
    title: clauseOf(stack, entitlement)?.title[language] ?? '',
    source: sourceText(stack.sources.get(entitlement.source), null, language),
    article: entitlement.article,
  }
}

function needOf(
  program: CompiledProgram,
  person: PersonFacts,
  result: EntitlementResult,
  language: Language,
): Need | null {
  if (result.state === 'missing_fact' && result.missing !== null) {
    const facts = missingFacts(program, person, result.entitlement).map((fact) => ({
      fact,
      text: missingText(program, fact, language),
    }))
    return { kind: 'fact', fact: result.missing, text: missingText(program, result.missing, language), facts }
  }
  if (result.state !== 'needs_decision' || result.decision_point === null) return null
  const point = program.stack.decision_points.get(result.decision_point)
  if (!point) return null
  return {
    kind: 'decision',
    decision_point: point.code,
    question: point.question[language],
    word: point.word,
    decided_by: point.decided_by,
    scope: point.scope,
    basis: sourceText(program.stack.sources.get(point.basis), null, language),
    range: rangeText(point, language),
  }
}

/** What a decision may say: the choices, or the bounds of the amount. */
export function rangeText({ range }: DecisionPoint, language: Language): string {
  if (range.kind === 'free') return language === 'zh' ? '不限' : 'free'
  if (range.kind === 'choices')
    return [...range.choices]
      .map(([code, { title }]) => `${code} ${title[language]}`)
      .join(language === 'zh' ? '；' : '; ')
  const { unit, at_least, at_most } = range
  const least = at_least === null ? '' : formatAmount(unit, at_least)[language]
  const most = at_most === null ? '' : formatAmount(unit, at_most)[language]
  if (least === '' && most === '') return language === 'zh' ? `填数额（${unit}）` : `an amount (${unit})`
  if (language === 'zh') return [least && `不低于 ${least}`, most && `不高于 ${most}`].filter(Boolean).join('，')
  return [least && `at least ${least}`, most && `at most ${most}`].filter(Boolean).join(', ')
}

/**
 * The whole answer: figures with the versions of every parameter, the facts that were used, and steps that add up to the amount.
 *
 * @example explainedAnswer(program, nurse, 'work-subsidy', 'zh').steps.filter(({ kind }) => kind === 'day').length // one a day
 */
export function explainedAnswer(
  program: CompiledProgram,
  person: PersonFacts,
  entitlement: string,
  language: Language,
): ExplainedAnswer {
  const explanation = explain(program, person, entitlement, language)
  const lines = [...everyLine(explanation.lines)]
  const refsOf = (kind: ExplanationLine['kind']) => [
    ...new Set(lines.flatMap((line) => (line.kind === kind ? (line.refs ?? []) : []))),
  ]
  return {
    ...answerOf(program, person, explanation.result, language),
    parameters: parametersOf(program, lines, language),
    facts_used: { person: personFactsUsed(program, person), duty: refsOf('span'), decisions: refsOf('decision') },
    steps: explanation.lines.map(stepOf),
  }
}

function* everyLine(lines: readonly ExplanationLine[]): Generator<ExplanationLine> {
  for (const line of lines) {
    yield line
    if (line.lines) yield* everyLine(line.lines)
  }
}

function parametersOf(
  program: CompiledProgram,
  lines: readonly ExplanationLine[],
  language: Language,
): readonly AnswerParameter[] {
  const versions = new Map<string, AnswerParameter>()
  for (const cited of lines.flatMap((line) => line.parameters ?? [])) {
    const key = `${cited.parameter} ${cited.pack} ${cited.file}:${cited.line} ${cited.from} ${cited.known}`
    if (versions.has(key)) continue
    const parameter = program.stack.parameters.get(cited.parameter)
    versions.set(key, {
      parameter: cited.parameter,
      value: cited.value,
      shown: parameter ? formatAmount(parameter.unit, cited.value)[language] : String(cited.value),
      from: formatDay(cited.from),
      to: cited.to === null ? null : formatDay(cited.to),
      known: formatDay(cited.known),
      source: cited.source,
      source_title: cited.source_title,
      source_number: cited.source_number,
      grade: cited.grade,
      unverified: cited.unverified,
      example: cited.example,
      written_at: `${cited.pack} ${cited.file}:${cited.line}`,
    })
  }
  return [...versions.values()]
}

function personFactsUsed(program: CompiledProgram, person: PersonFacts): FactsUsed['person'] {
  const { asked } = program.scope
  const used: Record<string, string | boolean | null> = {}
  if (asked.employment) used.employment = person.employment
  if (asked.established) used.established = person.established
  if (asked.party) used.party = person.party
  if (asked.area_prefixes.length > 0 || program.decision_points.some(({ scope }) => scope === 'area'))
    used.area = person.area
  for (const finding of asked.findings) used[`finding:${finding}`] = person.findings[finding] ?? null
  return used
}

function stepOf({ kind, text, day, lines, parameters: _, ...numbers }: ExplanationLine): AnswerStep {
  return {
    kind,
    text,
    ...(day === undefined ? {} : { day: formatDay(day) }),
    ...numbers,
    ...(lines === undefined || lines.length === 0 ? {} : { steps: lines.map(stepOf) }),
  }
}
