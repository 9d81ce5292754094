import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayOf, MINUTES_PER_DAY } from '#engines/values/time.ts'
import { NO, UNKNOWN, YES } from './areas.ts'
import { ask } from './ask.ts'
import { compileStack } from './compile.ts'
import { explain } from './explain.ts'
import type { PersonFacts, SpanFacts } from './facts.ts'
import { loadPacks } from './load.ts'
import { type Condition, formatMistake, type Stack } from './pack.ts'
import { evaluateOne, testPack } from './test-pack.ts'

/** Thresholds in days of duty: from the n-th day on, and only for whoever has so many in all. */

const HEAD = `pack: { id: a-2020, version: "1", title: { zh: 例, en: example }, level: city, area: "3306", published: 2020-01-01 }
sources: { notice: { title: 通知, issued_by: [某局], published: 2020-01-01, grade: A } }
clauses: { "1": { title: { zh: 补助, en: pay }, summary: { zh: 例, en: example }, source: notice, offices: [某局] } }
terms: { defence: { kind: step, title: { zh: 答辩, en: defence } } }
parameters:
  rate: { title: { zh: 每天, en: a day }, unit: yuan_per_day, values: [{ from: 2020-01-01, value: 100 yuan, source: notice }] }
  enough: { title: { zh: 满几天, en: enough }, unit: days, values: [{ from: 2020-01-01, value: 7 days, source: notice }] }
waivers:
  no-defence:
    title: { zh: 免答辩, en: no defence }
    clause: "1"
    source: notice
    from: 2020-01-01
    step: defence
    effect: waived
    who:
      - { when: { served: { posts: [sampling], at_least: enough } }, outcome: entitled, basis: notice }
      - { outcome: not_covered, reason: { zh: 采样不满 7 天, en: less than 7 days of sampling } }
`
const pay = (served: string) => `entitlements:
  pay:
    title: { zh: 补助, en: pay }
    clause: "1"
    source: notice
    from: 2020-01-01
    gives: money_per_day
    rounding: { to: fen, mode: half_up }
    who:
      - { when: { served: ${served} }, outcome: entitled, basis: notice }
      - { outcome: not_covered, reason: { zh: 天数不够, en: too few days } }
    rate: rate
    count: { assign: civil_day, mixed: highest, steps: [{ over: 0 minutes, counts: 1 day }] }
`

const FIRST = dayOf('2020-02-03')

function stackOf(text: string): Stack {
  const loaded = loadPacks([{ path: 'policies/a-2020/pack.yaml', text: HEAD + text }], () => '0')
  if (!loaded.ok) throw new Error(loaded.mistakes.map((one) => formatMistake(one, 'en')).join('\n'))
  const stack = loaded.stacks.get('a-2020')
  if (!stack) throw new Error('no stack')
  return stack
}

function programOf(text: string, days = 30) {
  const compiled = compileStack(stackOf(text), { from: FIRST, on: FIRST + days - 1, known: FIRST + 60 })
  if (!compiled.ok) throw new Error('no program')
  return compiled.program
}

function spansOn(days: readonly number[], post_kind: SpanFacts['post_kind'] = 'sampling'): readonly SpanFacts[] {
  return days.map((day) => {
    const start_minute = (FIRST + day) * MINUTES_PER_DAY + 480
    const rest = { exposure: 'none', unit_kind: null, area: '330603', ref: `s${day}` } as const
    return { start_minute, end_minute: start_minute + 480, post_kind, ...rest }
  })
}

function person(days: readonly number[]): PersonFacts {
  const who = { employment: 'police', established: 'yes', party: 'none', area: '330603' } as const
  return { person: 1, ...who, findings: {}, spans: spansOn(days) }
}

const first = (count: number) => Array.from({ length: count }, (_, day) => day)

describe('a threshold in days of duty', () => {
  it('so far: from the tenth day of duty on', () => {
    const program = programOf(pay('{ at_least: 10 days }'))
    const given = (days: number) => evaluateOne(program, person(first(days))).get('pay')?.quantity ?? null
    expect([9, 10, 12].map(given)).toEqual([null, 100, 300])
  })

  it('in all: only for whoever has so many days, and then from the first of them', () => {
    const program = programOf(pay('{ at_least: enough, counted: in_all }'))
    const given = (days: number) => evaluateOne(program, person(first(days))).get('pay')
    expect([given(6)?.state, given(7)?.state]).toEqual(['not_covered', 'settled'])
    expect([7, 9].map((days) => given(days)?.quantity)).toEqual([700, 900])
    const lines = JSON.stringify(explain(program, person(first(7)), 'pay', 'zh').lines)
    expect(lines).toContain('一共值守满 7 天：是')
  })

  it('in all: the days up to the last one looked at count, and later records add to it', () => {
    const early = programOf(pay('{ at_least: 7 days, counted: in_all }'), 5)
    const late = programOf(pay('{ at_least: 7 days, counted: in_all }'), 8)
    expect(evaluateOne(early, person(first(8))).get('pay')?.state).toBe('not_covered')
    expect(evaluateOne(late, person(first(8))).get('pay')?.quantity).toBe(800)
  })

  it('in all gives all days or none; so far gives what is left of them after the others (law)', () => {
    const so_far = programOf(pay('{ at_least: 5 days }'))
    const in_all = programOf(pay('{ at_least: 5 days, counted: in_all }'))
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 29 })), (days) => {
        const given = (program: typeof so_far) => evaluateOne(program, person(days)).get('pay')?.quantity ?? 0
        expect(given(in_all)).toBe(days.length >= 5 ? days.length * 100 : 0)
        expect(given(so_far)).toBe(Math.max(0, days.length - 4) * 100)
      }),
      { numRuns: 100 },
    )
  })
})

describe('a waiver by days of duty', () => {
  const condition: Condition = {
    kind: 'served',
    posts: ['sampling'],
    exposures: [],
    at_least_days: { literal: 7 },
    counted: 'so_far',
  }
  const stack = stackOf('')
  const day = FIRST + 20
  const answer = (duty: readonly SpanFacts[]) => ask(stack, condition, { duty }, day, day)

  it('is asked of the records and needs no finding', () => {
    expect(answer(spansOn(first(7))).answer).toBe(YES)
    expect(answer(spansOn(first(6))).answer).toBe(NO)
    expect(answer(spansOn(first(7))).facts[0]?.text.zh).toBe('在标本采集值守 7 天')
    expect(ask(stack, condition, {}, day, day)).toMatchObject({ answer: UNKNOWN, missing: 'duty' })
  })

  it('does not take duty on a post that nobody recorded for duty elsewhere', () => {
    const unknown = spansOn([10, 11], null)
    expect(answer([...spansOn(first(5)), ...unknown])).toMatchObject({ answer: UNKNOWN, missing: 'post_kind' })
    expect(answer([...spansOn(first(4)), ...unknown]).answer).toBe(NO)
  })

  it('counts up to the day asked about', () => {
    const later = ask(stack, condition, { duty: spansOn(first(7)) }, FIRST + 5, day)
    expect(later.answer).toBe(NO)
    const all: Condition = { ...condition, counted: 'in_all' }
    expect(ask(stack, all, { duty: spansOn(first(7)) }, FIRST + 5, day).answer).toBe(YES)
  })

  it('is shown by an example with its duty', () => {
    const check = (repeat: number, expected: string) => `  - name: x
    on: 2020-03-10
    privilege: no-defence
    about: { duty: [{ from: 2020-02-03 08:00, to: 2020-02-03 12:00, repeat: ${repeat} days, post_kind: sampling }] }
    expect: { state: ${expected} }
`
    const text = `checks:\n${check(7, 'applies')}${check(6, 'not_covered')}`
    const { misses, mistakes, cases } = testPack(stack, [{ path: 'cases/a.yaml', text }])
    expect([misses, mistakes, cases]).toEqual([[], [], 2])
  })
})
