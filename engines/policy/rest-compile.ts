import { type Day, MINUTES_PER_DAY } from '#engines/values/time.ts'
import { type Answer, liesIn, NO, UNKNOWN, YES } from './areas.ts'
import { cutStack } from './cut-stack.ts'
import { type FactBatch, FINDING, NOT_RECORDED } from './facts.ts'
import type { Condition, Quantity, Stack } from './pack.ts'
import { holdsOn, valueOn } from './parameters.ts'
import { fatigueFigure, holds, inBoundUnit } from './rest-figures.ts'
import type { RestCondition, RestMeasureCondition, RestOutcome, RestRule } from './rest-pack.ts'
import type { CompiledRestRule, FatigueFigure, RestReason, RestWindow } from './rest-results.ts'
import { EMPLOYMENTS, ESTABLISHMENTS, PARTY_STATUSES, wordsOf } from './vocabulary.ts'

/** What a test looks at: one row of a batch and that row's figures. What keeps it from an answer is left in `reason` and `reasons`. */
export interface RestSituation {
  batch: FactBatch
  row: number
  /** Figures of this row begin at `at`, those of the moment asked about at `block`. */
  figures: Float64Array
  at: number
  block: number
  /** The first in the rule's own list, −1 for none; all of them as bits, the last bit standing for all after it. */
  reason: number
  reasons: number
}

export type RestTest = (situation: RestSituation) => Answer

/** The rest rules of a stack in force on a day, ready to be asked about people. */
export interface RestProgram extends RestWindow {
  readonly hash: string
  readonly stack: Stack
  readonly rules: readonly TestedRestRule[]
  readonly figures: readonly FatigueFigure[]
  /** Grows while people of other places are evaluated, for whom something else may stand in the way. */
  readonly reasons: RestReason[]
  /** Position of the reason "where the person belongs is not recorded". */
  readonly place_reason: number
  /** What stands in the layers above only: for people who do not belong to the area of a layer below. */
  cut(kept: number): RestProgram
  /** The rules that hold until the rest is taken, as they stood at the end of an earlier day. */
  earlier(on: Day): RestProgram
}

export interface TestedRestRule extends CompiledRestRule {
  readonly who: RestTest
  readonly when: RestTest
  /** Positions in the program's reasons of all that may stand in its way; grows as they do. */
  readonly reasons: number[]
  /** Position of the figure "time since a rest of this length", −1 for a rule that does not wait for its rest. */
  readonly rest_figure: number
}

interface Compiling extends RestWindow {
  readonly stack: Stack
  readonly figures: FatigueFigure[]
  readonly positions: Map<string, number>
  readonly reasons: RestReason[]
  /** Of the rule that is being compiled. */
  own: number[]
}

/** As many reasons of one rule are told apart; the last stands for all that follow. */
export const REASON_BITS = 31

/**
 * Compiles the rest rules of a stack that are in force on a day, as known at another. Bounds that a parameter leaves open are not
 * guessed: a rule that hangs on one answers "needs a decision" or "missing", and names it.
 *
 * @example
 * const program = compileRest(stack, { on: dayOf('2020-02-20'), known: dayOf('2020-02-20') })
 * evaluateRest(program, batchOf(people), fatigueOf)
 */
export function compileRest(stack: Stack, { on, known }: RestWindow): RestProgram {
  return compileRules(stack, { on, known }, () => true)
}

function compileRules(stack: Stack, { on, known }: RestWindow, wanted: (rule: RestRule) => boolean): RestProgram {
  const compiling: Compiling = { stack, on, known, figures: [], positions: new Map(), reasons: [], own: [] }
  const rules = [...stack.rest_rules.values()]
    .filter((rule) => holdsOn(rule, on, known) && wanted(rule))
    .map((rule) => compileRule(compiling, rule))
  const place_reason = compiling.reasons.push({ kind: 'missing', fact: 'belongs_to' }) - 1
  const cuts = new Map<number, RestProgram>()
  const days = new Map<Day, RestProgram>()
  const program: RestProgram = {
    hash: stack.hash,
    stack,
    on,
    known,
    rules,
    figures: compiling.figures,
    reasons: compiling.reasons,
    place_reason,
    cut(kept) {
      if (kept === stack.layers.length) return program
      return remembered(cuts, kept, () => compileRules(cutStack(stack, kept), { on, known }, wanted))
    },
    earlier: (day) => remembered(days, day, () => compileRules(stack, { on: day, known }, holdsUntilTaken)),
  }
  return program
}

function remembered<Key, Value>(values: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = values.get(key)
  if (found !== undefined) return found
  const made = make()
  values.set(key, made)
  return made
}

export function holdsUntilTaken({ outcome }: RestRule): boolean {
  return outcome.kind === 'must_rest' && outcome.until_taken
}

function compileRule(compiling: Compiling, rule: RestRule): TestedRestRule {
  compiling.own = []
  const length = lengthOf(compiling, rule.outcome)
  const who = rule.who ? personTest(compiling, rule.who) : everybody
  const when = compileTest(compiling, rule.when)
  const days = length.length_day_hundredths
  const of_min = holdsUntilTaken(rule) && days !== null ? Math.round((days * MINUTES_PER_DAY) / 100) : 0
  const rest_figure = of_min > 0 ? figurePosition(compiling, { kind: 'since_rest', of_min, on: null }) : -1
  return { rule, ...length, who, when, reasons: compiling.own, rest_figure }
}

const everybody: RestTest = () => YES

/** Answers a question with `NO`, `YES` or `UNKNOWN`; TypeScript would widen the literals otherwise. */
function answer(yes: boolean): Answer {
  return yes ? YES : NO
}

/** The number of a reason in the list of the rule that is being compiled. */
function reasonNumber(compiling: Compiling, reason: RestReason): number {
  return numberIn(compiling.reasons, compiling.own, reason)
}

/** The number of a reason in a rule's own list; put into both lists where it is not there yet. */
export function numberIn(reasons: RestReason[], own: number[], reason: RestReason): number {
  const key = JSON.stringify(reason)
  const found = reasons.findIndex((one) => JSON.stringify(one) === key)
  const position = found >= 0 ? found : reasons.push(reason) - 1
  const known = own.indexOf(position)
  return known >= 0 ? known : own.push(position) - 1
}

function figurePosition(compiling: Compiling, figure: FatigueFigure): number {
  const key = JSON.stringify(figure)
  const position = compiling.positions.get(key) ?? compiling.figures.push(figure) - 1
  compiling.positions.set(key, position)
  return position
}

/** A literal or the parameter's number on the day; else why there is none; `null` twice where the pack says there is none. */
export function quantityOn(
  { stack, on, known }: RestWindow & { readonly stack: Stack },
  quantity: Quantity,
): { readonly number: number | null; readonly reason: RestReason | null } {
  if ('literal' in quantity) return { number: quantity.literal, reason: null }
  const parameter = stack.parameters.get(quantity.parameter)
  if (!parameter) throw new RangeError(`no parameter ${quantity.parameter}: the stack was not checked`)
  const value = valueOn(parameter, on, known)
  if (value) return { number: value.value, reason: null }
  const point = parameter.open?.decision ?? null
  if (point !== null) return { number: null, reason: { kind: 'decision', point } }
  return { number: null, reason: { kind: 'missing', fact: `parameter:${quantity.parameter}` } }
}

function lengthOf(compiling: Compiling, outcome: RestOutcome) {
  const length = outcome.kind === 'limit' ? null : outcome.length
  if (length === null) return { length_day_hundredths: null, length_reason: null }
  const { number, reason } = quantityOn(compiling, length)
  return { length_day_hundredths: number, length_reason: reason }
}

function compileTest(compiling: Compiling, condition: RestCondition): RestTest {
  switch (condition.kind) {
    case 'all':
      return joined(
        condition.of.map((part) => compileTest(compiling, part)),
        NO,
      )
    case 'any':
      return joined(
        condition.of.map((part) => compileTest(compiling, part)),
        YES,
      )
    case 'not':
      return opposite(compileTest(compiling, condition.of))
    case 'person':
      return personTest(compiling, condition.condition)
    case 'figure':
      return figureTest(compiling, condition)
  }
}

/** `deciding` settles it at once: a no among `all`, a yes among `any`. What is missing counts only where nothing decides. */
function joined(tests: readonly RestTest[], deciding: Answer): RestTest {
  return (situation) => {
    let result: Answer = deciding === YES ? NO : YES
    for (const test of tests) {
      const one = test(situation)
      if (one === deciding) return one
      if (one === UNKNOWN) result = UNKNOWN
    }
    return result
  }
}

function opposite(test: RestTest): RestTest {
  return (situation) => {
    const one = test(situation)
    return one === UNKNOWN ? UNKNOWN : answer(one === NO)
  }
}

function unknown(situation: RestSituation, reason: number): Answer {
  if (situation.reason < 0) situation.reason = reason
  situation.reasons |= 1 << Math.min(reason, REASON_BITS - 1)
  return UNKNOWN
}

function figureTest(compiling: Compiling, condition: RestMeasureCondition): RestTest {
  const position = figurePosition(compiling, fatigueFigure(condition))
  const bounds = condition.bounds.map(({ bound, of }) => {
    const { number, reason } = quantityOn(compiling, of)
    return { bound, number, reason: reason && reasonNumber(compiling, reason) }
  })
  return (situation) => {
    const value = inBoundUnit(condition, situation.figures[situation.at + position] ?? Number.NaN)
    let result: Answer = YES
    for (const { bound, number, reason } of bounds) {
      if (reason !== null) result = unknown(situation, reason)
      else if (number === null || !holds(bound, value, number)) return NO
    }
    return result
  }
}

const COLUMNS: Readonly<Record<'employment' | 'established' | 'party', readonly string[]>> = {
  employment: wordsOf(EMPLOYMENTS),
  established: wordsOf(ESTABLISHMENTS),
  party: wordsOf(PARTY_STATUSES),
}

function personTest(compiling: Compiling, condition: Condition): RestTest {
  switch (condition.kind) {
    case 'all':
      return joined(
        condition.of.map((part) => personTest(compiling, part)),
        NO,
      )
    case 'any':
      return joined(
        condition.of.map((part) => personTest(compiling, part)),
        YES,
      )
    case 'not':
      return opposite(personTest(compiling, condition.of))
    case 'finding':
      return findingTest(compiling, condition.finding, condition.is)
    case 'area':
      return areaTest(compiling, condition.prefixes)
    case 'employment':
    case 'established':
    case 'party':
      return wordTest(compiling, condition.kind, condition.words)
    default:
      throw new RangeError(`a rest rule cannot ask for ${condition.kind}: the pack was not checked`)
  }
}

function wordTest(compiling: Compiling, fact: keyof typeof COLUMNS, asked: readonly string[]): RestTest {
  const words = COLUMNS[fact]
  const wanted = new Set(asked.map((word) => words.indexOf(word)))
  const notKnown = words.indexOf('unknown')
  const missing = reasonNumber(compiling, { kind: 'missing', fact })
  return (situation) => {
    const value = situation.batch[fact][situation.row] ?? NOT_RECORDED
    if (wanted.has(value)) return YES
    if (value !== NOT_RECORDED && value !== notKnown) return NO
    return asked.includes('unknown') ? YES : unknown(situation, missing)
  }
}

function areaTest(compiling: Compiling, prefixes: readonly string[]): RestTest {
  const missing = reasonNumber(compiling, { kind: 'missing', fact: 'belongs_to' })
  return (situation) => {
    const area = situation.batch.area[situation.row] ?? 0
    const answers = prefixes.map((prefix) => liesIn(area, prefix))
    if (answers.includes(YES)) return YES
    return answers.includes(UNKNOWN) ? unknown(situation, missing) : NO
  }
}

function findingTest(compiling: Compiling, finding: string, is: boolean): RestTest {
  const missing = reasonNumber(compiling, { kind: 'missing', fact: `finding:${finding}` })
  return (situation) => {
    const value = situation.batch.findings.get(finding)?.[situation.row] ?? FINDING.unknown
    if (value === FINDING.unknown) return unknown(situation, missing)
    return answer((value === FINDING.yes) === is)
  }
}

/** A closed fact that a rule asks for; `positively` where having it can only bring the rule about. */
export interface FindingAsked {
  readonly finding: string
  readonly positively: boolean
}

/** Closed facts that a rule asks for; whoever shows its result to a unit says only that a protected condition is confirmed. */
export function findingsAsked(rule: RestRule): readonly FindingAsked[] {
  return findingsWithin(rule.when, true).concat(rule.who ? findingsIn(rule.who, true) : [])
}

function findingsWithin(condition: RestCondition, positively: boolean): FindingAsked[] {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.of.flatMap((part) => findingsWithin(part, positively))
    case 'not':
      return findingsWithin(condition.of, !positively)
    case 'person':
      return findingsIn(condition.condition, positively)
    case 'figure':
      return []
  }
}

function findingsIn(condition: Condition, positively: boolean): FindingAsked[] {
  if (condition.kind === 'finding') return [{ finding: condition.finding, positively: condition.is === positively }]
  if (condition.kind === 'not') return findingsIn(condition.of, !positively)
  return condition.kind === 'all' || condition.kind === 'any'
    ? condition.of.flatMap((part) => findingsIn(part, positively))
    : []
}

/** Whether rules of a stack answer a decision point on a day: then nobody is asked for it. */
export function isSettledByRule(stack: Stack, point: string, day: Day, known: Day): boolean {
  return [...stack.rest_rules.values()].some((rule) => rule.settles === point && holdsOn(rule, day, known))
}
