import { formatDay } from '#engines/values/time.ts'
import { batchOf, type PersonFacts } from './facts.ts'
import { Differences, daysText, factsText, plain, pointText, stateText } from './miss-texts.ts'
import type { Place, Stack } from './pack.ts'
import { breachesIn, restByDay } from './rest-breaches.ts'
import { compileRest } from './rest-compile.ts'
import { evaluateRest, restResultAt } from './rest-evaluate.ts'
import type { FatigueFunction, RestResult } from './rest-results.ts'
import type { WrittenRestExpectation, WrittenRestExpectations } from './schema/rest-case-shape.ts'
import type { Label } from './vocabulary.ts'

/** An expectation about a rest rule that was not met. */
export interface RestMiss {
  readonly place: Place
  readonly rule: string
  readonly wanted: Label
  readonly got: Label
}

interface CaseWindow {
  readonly from: number
  readonly on: number
  readonly known: number
}

/** Runs what an example says about rest. Without a fatigue function nothing can be said, and every expectation is a miss. */
export function missesOfRest(
  stack: Stack,
  window: CaseWindow,
  person: PersonFacts,
  wanted: WrittenRestExpectations,
  fatigue: FatigueFunction | undefined,
): readonly RestMiss[] {
  const nothing = { wanted: { zh: '算得出', en: 'figures' }, got: { zh: '没有疲劳数据', en: 'no figures' } }
  if (!fatigue) return wanted.map(({ code, place }) => ({ place, rule: code, ...nothing }))
  const program = compileRest(stack, window)
  const batch = batchOf([person])
  const columns = evaluateRest(program, batch, fatigue)
  const isAsked = wanted.some(({ value }) => value.breaches !== null)
  const breaches = isAsked ? breachesIn(restByDay(stack, window), batch, fatigue) : []
  return wanted.flatMap(({ code, place, value }) => {
    const position = columns.rules.indexOf(code)
    const none = {
      wanted: { zh: '有结果', en: 'a result' },
      got: { zh: '当天没有这条休息规则', en: 'no such rest rule in force' },
    }
    if (position < 0) return [{ place, rule: code, ...none }]
    const days = breaches.flatMap(({ rule, from, to }) =>
      rule === code ? Array.from({ length: to - from + 1 }, (_, index) => from + index) : [],
    )
    const result = restResultAt(program, columns, batch, 0, position)
    return compare(stack, value, result, days).map((miss) => ({ place, rule: code, ...miss }))
  })
}

function compare(stack: Stack, wanted: WrittenRestExpectation, got: RestResult, breaches: readonly number[]) {
  const differences = new Differences()
  const noLength = { zh: '没有长度', en: 'no length' }
  const notSoon = { zh: '不是将到', en: 'not soon' }
  differences.check(wanted.state && stateText(wanted.state), stateText(got.state))
  differences.check(wanted.length && daysText(wanted.length.amount), daysText(got.length_day_hundredths, noLength))
  const soon = got.soon_days === null ? null : got.soon_days * 100
  differences.check(wanted.soon_in && daysText(wanted.soon_in.amount), daysText(soon, notSoon))
  differences.check(wanted.missing && factsText(stack, wanted.missing), factsText(stack, got.missing_facts))
  differences.check(
    wanted.decision_point === null ? null : pointText(stack, wanted.decision_point),
    pointText(stack, got.decision_point),
  )
  const since = got.due_since === null ? { zh: '没有未休的', en: 'nothing due' } : plain(formatDay(got.due_since))
  differences.check(wanted.due_since === null ? null : plain(formatDay(wanted.due_since)), since)
  differences.check(wanted.breaches && daysList(wanted.breaches.flat()), daysList(breaches))
  return differences.list
}

function daysList(days: readonly number[]): Label {
  if (days.length === 0) return { zh: '没有违反', en: 'no breach' }
  return { zh: days.map(formatDay).join('、'), en: days.map(formatDay).join(', ') }
}
