import { batchOf, type PersonFacts } from './facts.ts'
import { formatHundredths } from './format-amount.ts'
import type { Place, Stack } from './pack.ts'
import { compileRest } from './rest-compile.ts'
import { evaluateRest, restResultAt } from './rest-evaluate.ts'
import type { FatigueFunction, RestResult, RestWindow } from './rest-results.ts'
import type { WrittenRestExpectation, WrittenRestExpectations } from './schema/rest-case-shape.ts'

/** An expectation about a rest rule that was not met. */
export interface RestMiss {
  readonly place: Place
  readonly rule: string
  readonly wanted: string
  readonly got: string
}

/** Runs what an example says about rest. Without a fatigue function nothing can be said, and every expectation is a miss. */
export function missesOfRest(
  stack: Stack,
  window: RestWindow,
  person: PersonFacts,
  wanted: WrittenRestExpectations,
  fatigue: FatigueFunction | undefined,
): readonly RestMiss[] {
  if (!fatigue)
    return wanted.map(({ code, place }) => ({ place, rule: code, wanted: 'figures', got: 'none handed in' }))
  const program = compileRest(stack, window)
  const batch = batchOf([person])
  const columns = evaluateRest(program, batch, fatigue)
  return wanted.flatMap(({ code, place, value }) => {
    const position = columns.rules.indexOf(code)
    if (position < 0) return [{ place, rule: code, wanted: 'a result', got: 'no such rest rule in force' }]
    return compare(value, restResultAt(program, columns, batch, 0, position)).map((miss) => ({
      place,
      rule: code,
      ...miss,
    }))
  })
}

function compare(
  wanted: WrittenRestExpectation,
  got: RestResult,
): readonly { readonly wanted: string; readonly got: string }[] {
  const misses: { wanted: string; got: string }[] = []
  const check = (expected: string | null, actual: string) => {
    if (expected !== null && expected !== actual) misses.push({ wanted: expected, got: actual })
  }
  const days = (hundredths: number | null) =>
    hundredths === null ? 'no length' : `${formatHundredths(hundredths)} days`
  check(wanted.state, got.state)
  check(wanted.length && days(wanted.length.amount), days(got.length_day_hundredths))
  check(wanted.soon_in && days(wanted.soon_in.amount), days(got.soon_days === null ? null : got.soon_days * 100))
  check(wanted.missing, got.missing ?? 'nothing missing')
  check(wanted.decision_point, got.decision_point ?? 'no decision point')
  return misses
}
