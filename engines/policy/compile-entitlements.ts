import { type Answer, NO, UNKNOWN, YES } from './areas.ts'
import {
  type CompiledCategory,
  type ConditionScope,
  compileCategory,
  compileCondition,
  type Test,
} from './compile-conditions.ts'
import { markPosition, resolvedParameter } from './compile-more.ts'
import { type DecisionBook, WORDS_AGAINST } from './decisions.ts'
import { missingNameOf, numberMark } from './marks.ts'
import type { Entitlement, Exception, Expression, Quantity, Unit, WhoCase } from './pack.ts'
import { daysIn, holdsOn, type ResolvedParameter } from './parameters.ts'
import { standing } from './resolve-exceptions.ts'
import { COVERED, MISSING, NOT_COVERED, type Situation, UNDECIDED } from './situations.ts'

/** Rates are held in hundredths of a fen, so that a factor such as 1.5 keeps them whole. */
export const RATE_SCALE = 100

export interface EntitlementScope extends ConditionScope {
  readonly book: DecisionBook
}

export interface CompiledWho {
  readonly test: Test
  readonly written: WhoCase
  readonly decision: number
}

export interface CompiledException {
  readonly exception: Exception
  readonly active: Uint8Array
  readonly test: Test
  /** Positions of the exceptions that go over this one. */
  readonly under: readonly number[]
  /** Positions of the multipliers of which only the highest holds. */
  readonly highest_with: readonly number[]
  readonly rate: Rule | null
  readonly factor: DatedNumber | null
  readonly decision: number
}

/** A number for a situation; NaN after it has written into the situation why there is none. */
export type Rule = (situation: Situation) => number

export interface CompiledEntitlement {
  readonly entitlement: Entitlement
  readonly active: Uint8Array
  readonly who: readonly CompiledWho[]
  readonly exceptions: readonly CompiledException[]
  /** Yuan per day in fen × `RATE_SCALE`, or the one-off amount in fen; 0 for rights and minutes. Sets `situation.status`. */
  settle(situation: Situation): number
}

/** A literal or a parameter as one number for each day; where there is none, `refuse` says why. */
export interface DatedNumber {
  readonly literal: number | null
  readonly resolved: ResolvedParameter | null
  numberFor(situation: Situation): number
}

/** The parameter's number on the situation's day, else the recorded decision that sets it, else NaN and the reason. */
function parameterRule(scope: EntitlementScope, code: string): Rule {
  const { numbers, values, parameter } = resolvedParameter(scope, code)
  const point = decisionPosition(scope, parameter.open?.decision ?? null)
  const missing = scope.names.position(`parameter:${code}`)
  const times = inDays(parameter.unit)
  return (situation) => {
    const { day } = situation
    const number = numbers[day] ?? Number.NaN
    if (!Number.isNaN(number)) return number * times
    if (values[day]) {
      situation.status = NOT_COVERED
      return Number.NaN
    }
    if (point < 0) {
      situation.status = MISSING
      situation.missing = missing
      return Number.NaN
    }
    const decided = situation.timelines[point]?.[day] ?? Number.NaN
    if (!Number.isNaN(decided)) return decided * times
    situation.status = UNDECIDED
    situation.decision = point
    return Number.NaN
  }
}

/** A rate by the half-day is twice as much by the day, in which days are counted. */
export function inDays(unit: Unit): number {
  return unit === 'yuan_per_half_day' ? 2 : 1
}

export function decisionPosition(scope: EntitlementScope, code: string | null): number {
  return code === null ? -1 : scope.book.points.findIndex((point) => point.code === code)
}

export function compileQuantity(scope: EntitlementScope, quantity: Quantity): DatedNumber {
  if ('literal' in quantity) {
    const { literal } = quantity
    return { literal, resolved: null, numberFor: () => literal }
  }
  const numberFor = parameterRule(scope, quantity.parameter)
  return { literal: null, resolved: resolvedParameter(scope, quantity.parameter), numberFor }
}

export function compileExpression(scope: EntitlementScope, expression: Expression): Rule {
  switch (expression.kind) {
    case 'parameter':
      return parameterRule(scope, expression.code)
    case 'min':
      return folded(scope, expression.of, Math.min)
    case 'max':
      return folded(scope, expression.of, Math.max)
    case 'sum':
      return folded(scope, expression.of, (left, right) => left + right)
    case 'if': {
      const test = compileCondition(scope, expression.when)
      const take = compileExpression(scope, expression.take)
      const otherwise = compileExpression(scope, expression.otherwise)
      return (situation) => {
        const answer = test(situation)
        if (answer === UNKNOWN) {
          situation.status = MISSING
          return Number.NaN
        }
        return answer === YES ? take(situation) : otherwise(situation)
      }
    }
    case 'by':
      return compileBy(scope, expression)
    case 'per': {
      const inner = folded(scope, expression.of, Math.max)
      const number = factRule(scope, expression.fact)
      return (situation) => number(situation) * inner(situation)
    }
    case 'share': {
      const inner = folded(scope, expression.of, Math.max)
      const percent = parameterRule(scope, expression.percent)
      return (situation) => shareOf(percent(situation), inner(situation))
    }
    case 'fact':
      return factRule(scope, expression.fact)
  }
}

/** A share in hundredths of a percent of an amount, half up. */
export function shareOf(percent: number, amount: number): number {
  return Math.floor((2 * percent * amount + 10_000) / 20_000)
}

/** A recorded number of people, or sum of money. */
function factRule(scope: EntitlementScope, fact: string): Rule {
  const mark = numberMark(fact, scope.window)
  const position = markPosition(scope, mark)
  const missing = scope.names.position(missingNameOf(mark))
  return (situation) => {
    const value = situation.marks[position]?.[situation.day] ?? Number.NaN
    if (Number.isNaN(value)) {
      situation.status = MISSING
      situation.missing = missing
    }
    return value
  }
}

function folded(
  scope: EntitlementScope,
  parts: readonly Expression[],
  join: (left: number, right: number) => number,
): Rule {
  const [first, ...others] = parts.map((part) => compileExpression(scope, part))
  if (!first) throw new RangeError('min, max and sum need at least one part')
  return (situation) => {
    let number = first(situation)
    for (const other of others) {
      // A part without a number leaves the whole without one; its own reason stands in the situation.
      if (Number.isNaN(number)) return number
      number = join(number, other(situation))
    }
    return number
  }
}

function compileBy(scope: EntitlementScope, expression: Expression & { kind: 'by' }): Rule {
  const category: CompiledCategory = compileCategory(scope, expression.category)
  const rules = category.values.map((value) => {
    const written = expression.values.get(value)
    return written ? compileExpression(scope, written) : null
  })
  return (situation) => {
    const value = category.valueOf(situation)
    if (value < 0) {
      situation.status = MISSING
      return Number.NaN
    }
    const rule = rules[value]
    if (rule) return rule(situation)
    situation.status = NOT_COVERED
    return Number.NaN
  }
}

/** Compiles one entitlement with the exceptions that go over it. */
export function compileEntitlement(
  scope: EntitlementScope,
  entitlement: Entitlement,
  exceptions: readonly Exception[],
  others: ReadonlyMap<string, CompiledEntitlement> = new Map(),
): CompiledEntitlement {
  const active = activeOn(scope, entitlement)
  const who = entitlement.who.map((written) => {
    const test: Test = written.when === null ? () => YES : compileCondition(scope, written.when)
    return { test, written, decision: decisionPosition(scope, written.decision) }
  })
  const amount = compileAmount(scope, entitlement)
  const compiled = compileExceptions(scope, entitlement, exceptions)
  const applying = new Uint8Array(compiled.length)
  return {
    entitlement,
    active,
    who,
    exceptions: compiled,
    settle(situation) {
      situation.status = active[situation.day] === 1 ? COVERED : NOT_COVERED
      if (situation.status !== COVERED) return 0
      settleWho(scope, who, situation)
      if (situation.status !== COVERED) return 0
      for (const other of entitlement.gives_way_to) {
        giveWay(others.get(other), situation)
        if (situation.status !== COVERED) return 0
      }
      if (compiled.length === 0) return settleAmount(amount, situation)
      if (!findExceptions(compiled, applying, situation)) return 0
      return settleWithExceptions(scope.book, compiled, applying, amount, situation)
    },
  }
}

/** Where the other entitlement reaches this situation, this one does not; where that is open, so is this one. */
function giveWay(other: CompiledEntitlement | undefined, situation: Situation): void {
  if (!other) return
  other.settle(situation)
  if (situation.status === COVERED) situation.status = NOT_COVERED
  else if (situation.status === NOT_COVERED) situation.status = COVERED
}

function compileAmount(scope: EntitlementScope, entitlement: Entitlement): Rule {
  if (entitlement.gives === 'money_per_day') {
    const rate = compileExpression(scope, entitlement.rate)
    return (situation) => rate(situation) * RATE_SCALE
  }
  if (entitlement.gives === 'money_per_hour' || entitlement.gives === 'money_per_month') {
    const rate = compileExpression(scope, entitlement.rate)
    return (situation) => rate(situation) * RATE_SCALE
  }
  if (entitlement.gives === 'money_once' || entitlement.gives === 'money_per_event')
    return compileExpression(scope, entitlement.amount)
  if (entitlement.gives === 'in_kind') {
    const quantity = compileQuantity(scope, entitlement.quantity)
    return (situation) => quantity.numberFor(situation)
  }
  return () => 0
}

function activeOn(scope: EntitlementScope, dated: Parameters<typeof holdsOn>[0]): Uint8Array {
  const { window } = scope
  return Uint8Array.from({ length: daysIn(window) }, (_, index) =>
    holdsOn(dated, window.from + index, window.known) ? 1 : 0,
  )
}

/** First match wins. An undecided case looks for the recorded decision. */
function settleWho(scope: EntitlementScope, who: readonly CompiledWho[], situation: Situation): void {
  for (const { test, written, decision } of who) {
    const answer = test(situation)
    if (answer === NO) continue
    if (answer === UNKNOWN) situation.status = MISSING
    else if (written.outcome === 'not_covered') situation.status = NOT_COVERED
    else if (written.outcome === 'undecided') settleDecision(scope.book, decision, situation)
    return
  }
}

/** What a recorded choice makes of a situation; without one it waits. */
export function settleDecision(book: DecisionBook, point: number, situation: Situation): void {
  const decided = situation.timelines[point]?.[situation.day] ?? Number.NaN
  if (Number.isNaN(decided)) {
    situation.status = UNDECIDED
    situation.decision = point
    return
  }
  const range = book.points[point]?.range
  if (range?.kind === 'free' && decided === WORDS_AGAINST) situation.status = NOT_COVERED
  if (range?.kind !== 'choices') return
  const choice = [...range.choices.values()][decided]
  if (choice?.outcome === 'not_covered') situation.status = NOT_COVERED
}

function settleAmount(amount: Rule, situation: Situation): number {
  const number = amount(situation)
  return Number.isNaN(number) ? 0 : number
}

function compileExceptions(
  scope: EntitlementScope,
  entitlement: Entitlement,
  exceptions: readonly Exception[],
): readonly CompiledException[] {
  return exceptions.map((exception) => {
    const { effect } = exception
    const rate = effect.kind === 'rate' ? compileExpression(scope, effect.rate) : null
    const where = (holds: (other: Exception) => boolean) =>
      exceptions.flatMap((other, position) => (other !== exception && holds(other) ? [position] : []))
    const under = where((other) => standing(scope.stack, entitlement, exception, other).kind === 'under')
    const highest_with = where((other) => standing(scope.stack, entitlement, exception, other).kind === 'highest')
    return {
      exception,
      active: activeOn(scope, exception),
      test: exception.when === null ? () => YES : compileCondition(scope, exception.when),
      under,
      highest_with,
      rate: rate && ((situation: Situation) => rate(situation) * RATE_SCALE),
      factor:
        effect.kind === 'multiply' ? compileQuantity(scope, { parameter: effect.by, place: exception.place }) : null,
      decision: effect.kind === 'undecided' ? decisionPosition(scope, effect.decision) : -1,
    }
  })
}

/** Applies, but another exception goes over it. */
export const GIVES_WAY = 3

/** Marks the exceptions that apply; false when that cannot be said because a fact is missing. */
export function findExceptions(
  exceptions: readonly CompiledException[],
  applying: Uint8Array,
  situation: Situation,
): boolean {
  for (const [position, { active, test }] of exceptions.entries()) {
    const answer: Answer = active[situation.day] === 1 ? test(situation) : NO
    applying[position] = answer
    if (answer === UNKNOWN) {
      situation.status = MISSING
      return false
    }
  }
  for (const [position, { under }] of exceptions.entries()) {
    const beaten = under.some((other) => applying[other] === YES || applying[other] === GIVES_WAY)
    if (applying[position] === YES && beaten) applying[position] = GIVES_WAY
  }
  return keepHighest(exceptions, applying, situation)
}

/** Of multipliers of which only the highest holds, the lower ones give way; the earlier of two equal ones holds. */
function keepHighest(exceptions: readonly CompiledException[], applying: Uint8Array, situation: Situation): boolean {
  const factors = exceptions.map(({ highest_with, factor }, position) =>
    highest_with.length > 0 && applying[position] === YES && factor ? factor.numberFor(situation) : Number.NaN,
  )
  if (situation.status !== COVERED) return false
  const holding = Uint8Array.from(applying)
  for (const [position, { highest_with }] of exceptions.entries()) {
    if (holding[position] !== YES) continue
    const own = factors[position] ?? Number.NaN
    const beaten = highest_with.some((other) => {
      const factor = factors[other] ?? Number.NaN
      return holding[other] === YES && (factor > own || (factor === own && other < position))
    })
    if (beaten) applying[position] = GIVES_WAY
  }
  return true
}

function settleWithExceptions(
  book: DecisionBook,
  exceptions: readonly CompiledException[],
  applying: Uint8Array,
  amount: Rule,
  situation: Situation,
): number {
  let rate = amount
  const factors: DatedNumber[] = []
  for (const [position, compiled] of exceptions.entries()) {
    if (applying[position] !== YES) continue
    const { effect } = compiled.exception
    if (effect.kind === 'not_covered') {
      situation.status = NOT_COVERED
      return 0
    }
    if (effect.kind === 'undecided') {
      settleDecision(book, compiled.decision, situation)
      if (situation.status !== COVERED) return 0
    }
    if (compiled.rate) rate = compiled.rate
    if (compiled.factor) factors.push(compiled.factor)
  }
  const number = rate(situation)
  if (Number.isNaN(number)) return 0
  return multiplied(
    number,
    factors.map((factor) => factor.numberFor(situation)),
  )
}

/** A rate times several factors in hundredths, rounded half up once to the hundredth of a fen; 0 where a factor is wanting. */
export function multiplied(rate: number, factors: readonly number[]): number {
  if (Number.isNaN(factors.reduce((total, factor) => total * factor, rate))) return 0
  // Several factors soon pass 2^53; this runs once for each situation and day, not for each person.
  const product = factors.reduce((total, factor) => total * BigInt(factor), BigInt(rate))
  const unit = BigInt(RATE_SCALE) ** BigInt(factors.length)
  return Number((2n * product + unit) / (2n * unit))
}
