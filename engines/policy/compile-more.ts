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
import type { Condition } from './pack.ts'
import type { WindowCondition } from './pack-time.ts'
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
      const { at_least, at_most } = condition
      const fits = (value: number) => value >= at_least && (at_most === null || value <= at_most)
      return markTest(scope, numberMark(condition.fact, window), fits)
    }
    case 'children':
      return markTest(scope, childrenMark(condition.under_years, window), (value) => value >= condition.at_least)
    case 'home_unit_kind': {
      const kinds: readonly string[] = wordsOf(UNIT_KINDS)
      const wanted = new Set(condition.words.map((word) => kinds.indexOf(word)))
      return markTest(scope, homeUnitMark(window), (value) => wanted.has(value))
    }
    case 'served':
      return markTest(scope, servedMark(condition, window), (value) => value === 1)
    case 'window':
      return windowTest(scope, condition)
  }
}

function markTest(scope: ConditionScope, mark: Mark, fits: (value: number) => boolean): Test {
  const position = markPosition(scope, mark)
  const missing = scope.names.position(missingNameOf(mark))
  return (situation) => {
    const value = situation.marks[position]?.[situation.day] ?? Number.NaN
    if (!Number.isNaN(value)) return fits(value) ? YES : NO
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
