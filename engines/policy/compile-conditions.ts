import { type Answer, liesIn, NO, UNKNOWN, YES } from './areas.ts'
import type { ResolvedCalendar } from './calendar.ts'
import { compileMore } from './compile-more.ts'
import { FINDING, NOT_RECORDED } from './facts.ts'
import type { Mark } from './marks.ts'
import type { OperationFacts } from './operation.ts'
import type { Category, CategoryCase, CategoryVersion, Condition, Stack } from './pack.ts'
import { daysIn, holdsOn, type ResolvedParameter, type Window } from './parameters.ts'
import type { Names, Situation } from './situations.ts'
import {
  DAY_KINDS,
  EMPLOYMENTS,
  ESTABLISHMENTS,
  EXPOSURES,
  PARTY_STATUSES,
  POST_KINDS,
  UNIT_KINDS,
  wordsOf,
} from './vocabulary.ts'

export type Test = (situation: Situation) => Answer

/** A category on some days: its cases in order, each with its compiled test. */
export interface CompiledVersion {
  readonly version: CategoryVersion
  readonly cases: readonly { readonly test: Test; readonly value: number; readonly written: CategoryCase }[]
}

export interface CompiledCategory {
  readonly category: Category
  readonly values: readonly string[]
  /** Position in `versions` for each day of the window, −1 where none holds. */
  readonly version_on: Int16Array
  readonly versions: readonly CompiledVersion[]
  /** Position of the value, or −1 when a fact is missing (then `situation.missing` names it). */
  valueOf(situation: Situation): number
}

/** What conditions are compiled against; remembers which facts they ask for. */
export interface ConditionScope {
  readonly stack: Stack
  readonly window: Window
  readonly names: Names
  readonly calendar: ResolvedCalendar
  readonly categories: Map<string, CompiledCategory>
  readonly parameters: Map<string, ResolvedParameter>
  readonly asked: AskedFacts
  /** `null`: nothing is recorded of the operation. */
  readonly operation: OperationFacts | null
}

export interface AskedFacts {
  employment: boolean
  established: boolean
  party: boolean
  post_kind: boolean
  exposure: boolean
  unit_kind: boolean
  day_kind: boolean
  findings: string[]
  area_prefixes: string[]
  marks: Mark[]
}

type WordFact = 'employment' | 'established' | 'party' | 'post_kind' | 'exposure' | 'unit_kind'

const FACT_WORDS: Readonly<Record<WordFact, readonly string[]>> = {
  employment: wordsOf(EMPLOYMENTS),
  established: wordsOf(ESTABLISHMENTS),
  party: wordsOf(PARTY_STATUSES),
  post_kind: wordsOf(POST_KINDS),
  exposure: wordsOf(EXPOSURES),
  unit_kind: wordsOf(UNIT_KINDS),
}
const DAY_WORDS: readonly string[] = wordsOf(DAY_KINDS)

/** Turns a condition into a closure that answers yes, no, or that a fact is missing, and names the first one. */
export function compileCondition(scope: ConditionScope, condition: Condition): Test {
  switch (condition.kind) {
    case 'all':
      return allOf(condition.of.map((part) => compileCondition(scope, part)))
    case 'any':
      return anyOf(condition.of.map((part) => compileCondition(scope, part)))
    case 'not': {
      const test = compileCondition(scope, condition.of)
      return (situation) => {
        const answer = test(situation)
        return answer === UNKNOWN ? UNKNOWN : answer === YES ? NO : YES
      }
    }
    case 'day_kind':
      return dayKindTest(scope, condition.words)
    case 'area':
      return areaTest(scope, condition.of, condition.prefixes)
    case 'finding':
      return findingTest(scope, condition.finding, condition.is)
    case 'category':
      return categoryTest(scope, condition.category, condition.values)
    case 'response_level':
    case 'family':
    case 'count':
    case 'children':
    case 'home_unit_kind':
    case 'window':
    case 'served':
      return compileMore(scope, condition)
    default:
      return wordTest(scope, condition.kind, condition.words)
  }
}

/** No as soon as one part is no; missing only when the missing fact could still decide. */
function allOf(tests: readonly Test[]): Test {
  return (situation) => {
    let answer: Answer = YES
    for (const test of tests) {
      const one = test(situation)
      if (one === NO) return NO
      if (one === UNKNOWN) answer = UNKNOWN
    }
    return answer
  }
}

function anyOf(tests: readonly Test[]): Test {
  return (situation) => {
    let answer: Answer = NO
    for (const test of tests) {
      const one = test(situation)
      if (one === YES) return YES
      if (one === UNKNOWN) answer = UNKNOWN
    }
    return answer
  }
}

function wordTest(scope: ConditionScope, fact: WordFact, asked: readonly string[]): Test {
  scope.asked[fact] = true
  const words = FACT_WORDS[fact]
  const mask = asked.reduce((bits, word) => bits | (1 << words.indexOf(word)), 0)
  const unknown = words.indexOf('unknown')
  const asksUnknown = asked.includes('unknown')
  const missing = scope.names.position(fact)
  return (situation) => {
    const value = situation[fact]
    if (value === NOT_RECORDED || value === unknown) {
      if (asksUnknown) return YES
      situation.missing = missing
      return UNKNOWN
    }
    return mask & (1 << value) ? YES : NO
  }
}

function dayKindTest(scope: ConditionScope, asked: readonly string[]): Test {
  scope.asked.day_kind = true
  const wanted = new Set(asked.map((word) => DAY_WORDS.indexOf(word)))
  const answers = Uint8Array.from(scope.calendar.kinds, (kind) => (wanted.has(kind) ? YES : NO))
  return ({ day }) => (answers[day] === YES ? YES : NO)
}

function areaTest(scope: ConditionScope, of: 'works_in' | 'belongs_to', prefixes: readonly string[]): Test {
  const asked = scope.asked.area_prefixes
  asked.push(...prefixes.filter((prefix) => !asked.includes(prefix)))
  const missing = scope.names.position(of)
  return (situation) => {
    let answer: Answer = NO
    for (const prefix of prefixes) {
      const one = liesIn(situation[of], prefix)
      if (one === YES) return YES
      if (one === UNKNOWN) answer = UNKNOWN
    }
    if (answer === UNKNOWN) situation.missing = missing
    return answer
  }
}

function findingTest(scope: ConditionScope, finding: string, is: boolean): Test {
  const { findings } = scope.asked
  if (!findings.includes(finding)) findings.push(finding)
  const position = findings.indexOf(finding)
  const missing = scope.names.position(`finding:${finding}`)
  return (situation) => {
    const value = situation.findings[position]
    if (value === FINDING.yes) return is ? YES : NO
    if (value === FINDING.no) return is ? NO : YES
    situation.missing = missing
    return UNKNOWN
  }
}

function categoryTest(scope: ConditionScope, code: string, asked: readonly string[]): Test {
  const category = compileCategory(scope, code)
  const wanted = new Set(asked.map((value) => category.values.indexOf(value)))
  return (situation) => {
    const value = category.valueOf(situation)
    if (value < 0) return UNKNOWN
    return wanted.has(value) ? YES : NO
  }
}

export function compileCategory(scope: ConditionScope, code: string): CompiledCategory {
  const done = scope.categories.get(code)
  if (done) return done
  const category = scope.stack.categories.get(code)
  if (!category) throw new RangeError(`no category ${code}: the stack was not checked`)
  const values = [...category.values.keys()]
  const versions = category.versions.map((version) => compileVersion(scope, version, values))
  const version_on = versionOn(category, scope.window)
  const missing = scope.names.position(`category:${code}`)
  const compiled: CompiledCategory = {
    category,
    values,
    version_on,
    versions,
    valueOf(situation) {
      const version = versions[version_on[situation.day] ?? -1]
      if (!version) {
        situation.missing = missing
        return -1
      }
      for (const { test, value } of version.cases) {
        const answer = test(situation)
        if (answer === YES) return value
        if (answer === UNKNOWN) return -1
      }
      situation.missing = missing
      return -1
    },
  }
  scope.categories.set(code, compiled)
  return compiled
}

/** In a table the rows are put first that need no missing fact: exactly one row can be yes, so that order does not matter. */
function compileVersion(scope: ConditionScope, version: CategoryVersion, values: readonly string[]): CompiledVersion {
  const cases = version.cases.map((written) => {
    const test: Test = written.when === null ? () => YES : compileCondition(scope, written.when)
    return { test, value: values.indexOf(written.value), written }
  })
  if (version.form === 'cases') return { version, cases }
  const names = scope.names
  const tableTest = (own: Test): Test => {
    return (situation) => {
      const answer = own(situation)
      // Another row may still be a plain yes; only when none is does the missing fact count (see the last case).
      return answer === UNKNOWN ? NO : answer
    }
  }
  const rows = cases.map(({ test, value, written }) => ({ test: tableTest(test), value, written }))
  const [first] = cases
  const unknown: Test = (situation) => {
    situation.missing = names.position('category')
    for (const { test } of cases) if (test(situation) === UNKNOWN) return UNKNOWN
    return UNKNOWN
  }
  return { version, cases: first ? [...rows, { test: unknown, value: first.value, written: first.written }] : rows }
}

function versionOn(category: Category, window: Window): Int16Array {
  return Int16Array.from({ length: daysIn(window) }, (_, index) => {
    let chosen = -1
    category.versions.forEach((version, position) => {
      if (!holdsOn(version, window.from + index, window.known)) return
      const best = category.versions[chosen]
      if (!best || (version.known ?? Number.NEGATIVE_INFINITY) >= (best.known ?? Number.NEGATIVE_INFINITY))
        chosen = position
    })
    return chosen
  })
}
