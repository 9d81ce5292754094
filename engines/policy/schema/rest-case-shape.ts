import { REST_STATES } from '../rest-results.ts'
import { code, date, dayOrRun, measure } from './measures.ts'
import { byCode, list, object, oneOrMore, optional, type Shape, text, word } from './shape.ts'

const restExpectation = object({
  state: optional(word(REST_STATES), null, 'how the rule stands at the end of the last day'),
  length: optional(measure, null, 'how long the rest is'),
  soon_in: optional(measure, null, 'after so many more days as now'),
  missing: optional(oneOrMore(text(80)), null, 'all facts that are missing'),
  due_since: optional(date, null, 'of a rest that holds until it is taken: since when it has been due'),
  breaches: optional(
    list(dayOrRun),
    null,
    'the days on which duty went against the rule, from the first day of the example on',
  ),
  decision_point: optional(code, null, 'what it waits for'),
})

/** What must come of the rest rules in an example. */
export const restExpectations = byCode(restExpectation)

type ReadBy<Of> = Of extends Shape<infer Value> ? Value : never
export type WrittenRestExpectation = ReadBy<typeof restExpectation>
export type WrittenRestExpectations = ReadBy<typeof restExpectations>
