import { REST_STATES } from '../rest-results.ts'
import { code, measure } from './measures.ts'
import { byCode, object, optional, type Shape, text, word } from './shape.ts'

const restExpectation = object({
  state: optional(word(REST_STATES), null, 'how the rule stands at the end of the last day'),
  length: optional(measure, null, 'how long the rest is'),
  soon_in: optional(measure, null, 'after so many more days as now'),
  missing: optional(text(80), null, 'the fact that is missing'),
  decision_point: optional(code, null, 'what it waits for'),
})

/** What must come of the rest rules in an example. */
export const restExpectations = byCode(restExpectation)

type ReadBy<Of> = Of extends Shape<infer Value> ? Value : never
export type WrittenRestExpectation = ReadBy<typeof restExpectation>
export type WrittenRestExpectations = ReadBy<typeof restExpectations>
