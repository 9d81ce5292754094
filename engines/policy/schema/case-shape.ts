import { formatDay } from '#engines/values/time.ts'
import type { Mistakes } from '../mistakes.ts'
import type { Place } from '../pack.ts'
import { STATES } from '../results.ts'
import { EMPLOYMENTS, ESTABLISHMENTS, PARTY_STATUSES, wordsOf } from '../vocabulary.ts'
import { morePersonFields, operationShape, unitShape } from './case-more.ts'
import { checkShape } from './check-shape.ts'
import { areaPrefix, code, date, measure, yesNo } from './measures.ts'
import { restExpectations } from './rest-case-shape.ts'
import {
  byCode,
  type JsonSchema,
  list,
  object,
  oneOrMore,
  optional,
  required,
  type Shape,
  text,
  turned,
  word,
} from './shape.ts'
import { spanShape } from './span-shape.ts'

/** The examples beside a pack: a situation and what must come of it. `test-pack.ts` runs them. */

const personShape = object({
  employment: optional(word(wordsOf(EMPLOYMENTS)), null, 'footing'),
  established: optional(word(wordsOf(ESTABLISHMENTS)), 'unknown', 'established post'),
  party: optional(word(wordsOf(PARTY_STATUSES)), 'unknown', 'party status'),
  area: optional(areaPrefix, null, 'where the person belongs'),
  findings: optional(byCode(yesNo), [], 'closed facts'),
  ...morePersonFields,
})

const decisionShape = object({
  point: required(code, 'the decision point'),
  about: optional(areaPrefix, null, 'an area; left out: the person of the case'),
  of_unit: optional(yesNo, false, 'about the unit of the case, instead of the person'),
  choice: optional(code, null, 'the choice made'),
  words: optional(text(200), null, 'the decision in words; it gives the right'),
  amount: optional(measure, null, 'the amount set'),
  from: required(date, 'first day for which it holds'),
  to: optional(date, null, 'last day for which it holds'),
  decided_on: required(date, 'the day of the decision'),
})

const expectationShape = object({
  state: optional(word(STATES), null, 'how it stands'),
  amount: optional(measure, null, 'money settled'),
  days: optional(measure, null, 'days settled'),
  minutes: optional(measure, null, 'minutes settled'),
  items: optional(measure, null, 'items of goods, times or uses settled'),
  open_days: optional(measure, null, 'days that wait'),
  decision_point: optional(code, null, 'what it waits for'),
  missing: optional(oneOrMore(text(80)), null, 'all facts that are missing'),
})

const writtenCase = object({
  name: required(text(200), 'what the example shows'),
  from: required(date, 'first day evaluated'),
  on: required(date, 'last day evaluated'),
  known: optional(date, null, 'as known at; left out: the last day evaluated'),
  person: optional(personShape, null, 'the person; left out in an example about a unit'),
  unit: optional(unitShape, null, 'the unit, for entitlements with for: unit'),
  operation: optional(operationShape, null, 'start, end and levels of the operation'),
  spans: optional(list(spanShape), [], 'the duty'),
  decisions: optional(list(decisionShape), [], 'decisions recorded'),
  expect: optional(byCode(expectationShape), [], 'what must come of it'),
  expect_rest: optional(restExpectations, [], 'how the rest rules stand at the end of the last day'),
})

type ReadCase = ReadBy<typeof writtenCase>

/** Days in the wrong order are slips of whoever writes an example: it would show nothing. */
const caseShape = turned(writtenCase, (written: ReadCase, place, mistakes) => {
  const { from, on, operation, decisions } = written
  const before = mistakes.list.length
  refuseOrder(from, on, 'on', place, mistakes)
  refuseOrder(operation?.starts ?? null, operation?.ends ?? null, 'operation', operation?.place ?? place, mistakes)
  for (const decision of decisions) refuseOrder(decision.from, decision.to, 'decisions', decision.place, mistakes)
  return mistakes.list.length === before ? written : undefined
})

function refuseOrder(first: number | null, last: number | null, of: string, place: Place, mistakes: Mistakes): void {
  if (first === null || last === null || first <= last) return
  mistakes.add(
    'dates.order',
    place,
    `${formatDay(first)} … ${formatDay(last)}`,
    { zh: `${of}：最后一天早于第一天`, en: `${of}: the last day lies before the first` },
    { zh: `最后一天不早于 ${formatDay(first)}`, en: `the last day is not before ${formatDay(first)}` },
  )
}

export const caseFileShape = object({
  cases: optional(list(caseShape), [], 'examples of what a person gets'),
  checks: optional(list(checkShape), [], 'examples of quotas, deadlines, duties, waivers, tables, funds and leave'),
})

type ReadBy<Of> = Of extends Shape<infer Value> ? Value : never
export type WrittenCase = ReadBy<typeof caseFileShape>['cases'][number]
export type WrittenExpectation = ReadBy<typeof expectationShape>

export function caseSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: '政策包的例子 examples of a policy pack',
    ...caseFileShape.schema(),
  }
}
