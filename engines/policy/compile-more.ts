import { type Answer, NO, UNKNOWN, YES } from './areas.ts'
import type { ConditionScope, Test } from './compile-conditions.ts'
import { FINDING } from './facts.ts'
import {
  anchorMark,
  childrenMark,
  familyMark,
  homeUnitMark,
  type Mark,
  missingNameOf,
  numberMark,
  servedMark,
} from './marks.ts'
import { isTooCoarse, levelAt } from './operation.ts'
import type { Condition, Quantity } from './pack.ts'
import type { ServedCondition, WindowCondition } from './pack-time.ts'
import { daysIn, type ResolvedParameter, resolveParameter } from './parameters.ts'
import { type ResponseLevel, UNIT_KINDS, wordsOf } from './vocabulary.ts'

/** Conditions over marks (a number for each day) and over the operation itself, as closures. */

export type MoreCondition = Extract<
  Condition,
  { kind: 'response_level' | 'family' | 'count' | 'children' | 'home_unit_kind' | 'window' | 'served' }
>

/** Registers a mark once and gives its position in `situation.marks`. */
export function markPosition(scope: ConditionScope, mark: Mark): number {
  const { marks } = scope.asked
  const found = marks.findIndex(({ id }) => id === mark.id)
  if (found >= 0) return found
  marks.push(mark)
  return marks.length - 1
}

export function compileMore(scope: ConditionScope, condition: MoreCondition): Test {
  const { window } = scope
  switch (condition.kind) {
    case 'response_level':
      return levelTest(scope, condition.of, condition.words)
    case 'family': {
      const wanted = condition.is ? FINDING.yes : FINDING.no
      return markTest(scope, familyMark(condition.fact, window), (value) => value === wanted)
    }
    case 'count': {
      const least = thresholdOf(scope, condition.at_least)
      const most = condition.at_most && thresholdOf(scope, condition.at_most)
      const fits = (value: number, day: number) => value >= at(least, day) && (most === null || value <= at(most, day))
      return markTest(scope, numberMark(condition.fact, window), fits, most ? [least, most] : [least])
    }
    case 'children': {
      const least = thresholdOf(scope, condition.at_least)
      const mark = childrenMark(condition.under_years, window)
      return markTest(scope, mark, (value, day) => value >= at(least, day), [least])
    }
    case 'home_unit_kind': {
      const kinds: readonly string[] = wordsOf(UNIT_KINDS)
      const wanted = new Set(condition.words.map((word) => kinds.indexOf(word)))
      return markTest(scope, homeUnitMark(window), (value) => wanted.has(value))
    }
    case 'served': {
      const least = daysThreshold(scope, condition)
      return markTest(scope, servedMark(condition, least.on, window), (value) => value === 1, [least])
    }
    case 'window':
      return windowTest(scope, condition)
  }
}

/** A number that a condition compares with, for each day; NaN where its parameter has none. */
interface Threshold {
  readonly on: Float64Array
  /** Named as missing where there is none. */
  readonly missing: number
}

function thresholdOf(scope: ConditionScope, quantity: Quantity): Threshold {
  if ('literal' in quantity) return { on: new Float64Array(daysIn(scope.window)).fill(quantity.literal), missing: -1 }
  const { numbers } = resolvedParameter(scope, quantity.parameter)
  return { on: numbers, missing: scope.names.position(`parameter:${quantity.parameter}`) }
}

/** Days of service: a literal in whole days, a parameter in hundredths of a day. */
export function daysThreshold(scope: ConditionScope, { at_least_days }: ServedCondition): Threshold {
  const { on, missing } = thresholdOf(scope, at_least_days)
  return { on: 'literal' in at_least_days ? on : on.map((hundredths) => hundredths / 100), missing }
}

function at({ on }: Threshold, day: number): number {
  return on[day] ?? Number.NaN
}

export function resolvedParameter(
  scope: Pick<ConditionScope, 'parameters' | 'stack' | 'window'>,
  code: string,
): ResolvedParameter {
  const done = scope.parameters.get(code)
  if (done) return done
  const parameter = scope.stack.parameters.get(code)
  if (!parameter) throw new RangeError(`no parameter ${code}: the stack was not checked`)
  const resolved = resolveParameter(parameter, scope.window)
  scope.parameters.set(code, resolved)
  return resolved
}

function markTest(
  scope: ConditionScope,
  mark: Mark,
  fits: (value: number, day: number) => boolean,
  thresholds: readonly Threshold[] = [],
): Test {
  const position = markPosition(scope, mark)
  const missing = scope.names.position(missingNameOf(mark))
  return (situation) => {
    const { day } = situation
    for (const threshold of thresholds) {
      if (!Number.isNaN(at(threshold, day))) continue
      situation.missing = threshold.missing
      return UNKNOWN
    }
    const value = situation.marks[position]?.[day] ?? Number.NaN
    if (!Number.isNaN(value)) return fits(value, day) ? YES : NO
    situation.missing = missing
    return UNKNOWN
  }
}

function windowTest(scope: ConditionScope, condition: WindowCondition): Test {
  const { after_days, lasts_days, starts } = condition
  const inside = (since: number) => since >= after_days && (lasts_days === null || since < after_days + lasts_days)
  if (starts === 'first_duty_day' || starts === 'last_duty_day')
    return markTest(scope, anchorMark(condition, scope.window), inside)
  const { operation, window } = scope
  if (!operation) return missingTest(scope, 'operation')
  const anchor = starts === 'operation_start' ? operation.starts : operation.ends
  if (anchor === null) return starts === 'operation_start' ? missingTest(scope, 'operation') : () => NO
  return ({ day }) => (inside(window.from + day - anchor) ? YES : NO)
}

function missingTest(scope: ConditionScope, name: string): Test {
  const missing = scope.names.position(name)
  return (situation) => {
    situation.missing = missing
    return UNKNOWN
  }
}

/** The level is looked up once for each area class and day. */
function levelTest(scope: ConditionScope, of: 'works_in' | 'belongs_to', words: readonly ResponseLevel[]): Test {
  const { operation, window } = scope
  if (!operation) return missingTest(scope, 'response_level')
  const { levels } = operation
  const asked = scope.asked.area_prefixes
  for (const { area } of levels) if (area !== '0' && !asked.includes(area)) asked.push(area)
  const missingArea = scope.names.position(of)
  const missingLevel = scope.names.position('response_level')
  const wanted = new Set<string>(words)
  const known = new Map<number, Answer>()
  return (situation) => {
    const area = situation[of]
    const day = window.from + situation.day
    const key = area * 4_096 + situation.day
    let answer = known.get(key)
    if (answer === undefined) {
      const level = levelAt(levels, area, day)
      answer = level === undefined || isTooCoarse(levels, area, day) ? UNKNOWN : wanted.has(level) ? YES : NO
      known.set(key, answer)
    }
    if (answer === UNKNOWN) situation.missing = area === 0 ? missingArea : missingLevel
    return answer
  }
}

/** `一级响应` for an explanation, as recorded at a place on a day. */
export function levelWord(scope: ConditionScope, area: number, day: number): ResponseLevel | undefined {
  return scope.operation ? levelAt(scope.operation.levels, area, scope.window.from + day) : undefined
}
