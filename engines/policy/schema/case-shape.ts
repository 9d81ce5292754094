import { MINUTES_PER_DAY, parseDay } from '#engines/values/time.ts'
import { STATES } from '../results.ts'
import {
  EMPLOYMENTS,
  ESTABLISHMENTS,
  EXPOSURES,
  PARTY_STATUSES,
  POST_KINDS,
  UNIT_KINDS,
  wordsOf,
} from '../vocabulary.ts'
import { morePersonFields, operationShape, unitShape } from './case-more.ts'
import { checkShape } from './check-shape.ts'
import { areaPrefix, code, date, measure, yesNo } from './measures.ts'
import { restExpectations } from './rest-case-shape.ts'
import {
  byCode,
  describe,
  type JsonSchema,
  list,
  object,
  oneOrMore,
  optional,
  required,
  type Shape,
  text,
  word,
} from './shape.ts'

/** The examples beside a pack: a situation and what must come of it. `test-pack.ts` runs them. */

const MOMENT = /^(\d{4}-\d{2}-\d{2}) (\d{2}):(\d{2})$/

/** `2020-02-03 20:00` as local minutes; `24:00` is the end of the day. */
const moment: Shape<number> = {
  read(value, mistakes) {
    const parts = value.kind === 'text' ? MOMENT.exec(value.text) : null
    const day = parseDay(parts?.[1] ?? '')
    const minutes = Number(parts?.[2]) * 60 + Number(parts?.[3])
    if (day !== undefined && Number(parts?.[3]) < 60 && minutes <= MINUTES_PER_DAY)
      return day * MINUTES_PER_DAY + minutes
    return mistakes.add(
      'date.moment',
      value.place,
      describe(value),
      { zh: '不是时刻', en: 'this is no moment' },
      { zh: '写成“2020-02-03 20:00”', en: 'write it as 2020-02-03 20:00' },
    )
  },
  schema: () => ({ type: 'string', pattern: MOMENT.source }),
}

const personShape = object({
  employment: optional(word(wordsOf(EMPLOYMENTS)), null, 'footing'),
  established: optional(word(wordsOf(ESTABLISHMENTS)), 'unknown', 'established post'),
  party: optional(word(wordsOf(PARTY_STATUSES)), 'unknown', 'party status'),
  area: optional(areaPrefix, null, 'where the person belongs'),
  findings: optional(byCode(yesNo), [], 'closed facts'),
  ...morePersonFields,
})

const spanShape = object({
  from: required(moment, 'begin'),
  to: required(moment, 'end, not included'),
  repeat: optional(measure, null, 'the same on so many days in a row, the first included'),
  post_kind: optional(word(wordsOf(POST_KINDS)), null, 'post'),
  exposure: optional(word(wordsOf(EXPOSURES)), 'unknown', 'contact with patients'),
  unit_kind: optional(word(wordsOf(UNIT_KINDS)), null, 'unit'),
  area: optional(areaPrefix, null, 'where the duty was done'),
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

export const caseFileShape = object({
  cases: optional(
    list(
      object({
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
      }),
    ),
    [],
    'examples of what a person gets',
  ),
  checks: optional(list(checkShape), [], 'examples of quotas, deadlines, duties, waivers, tables and funds'),
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
