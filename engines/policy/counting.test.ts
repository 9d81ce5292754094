import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayOf, MINUTES_PER_DAY } from '#engines/values/time.ts'
import { compileStack, resultAt } from './compile.ts'
import { explain } from './explain.ts'
import { batchOf, type PersonFacts } from './facts.ts'
import { loadPacks } from './load.ts'
import { missingFacts } from './missing-facts.ts'
import { formatMistake } from './pack.ts'

/** Steps that say "at least", rates by the half-day, counting by the night, and every missing fact of a result. */

const HEAD = `pack: { id: a-2020, version: "1", title: { zh: 例, en: example }, level: city, area: "3306", published: 2020-01-01 }
sources: { notice: { title: 通知, issued_by: [某局], published: 2020-01-01, grade: A } }
clauses: { "1": { title: { zh: 补助, en: pay }, summary: { zh: 例, en: example }, source: notice, offices: [某局] } }
findings: { injured: { title: { zh: 受伤, en: injured } } }
parameters:
  half-day-rate: { title: { zh: 每半天, en: half-day }, unit: yuan_per_half_day, values: [{ from: 2020-01-01, value: 60 yuan, source: notice }] }
  night-rate: { title: { zh: 每夜, en: night }, unit: yuan_per_day, values: [{ from: 2020-01-01, value: 80 yuan, source: notice }] }
  whole-day: { title: { zh: 整天门槛, en: whole day }, unit: minutes, values: [{ from: 2020-01-01, value: 6 hours, source: notice }] }
entitlements:
  pay:
    title: { zh: 补助, en: pay }
    clause: "1"
    source: notice
    from: 2020-01-01
    rounding: { to: fen, mode: half_up }
`
const HEAD_WITHOUT_ROUNDING = HEAD.replace(/ {4}rounding.*\n/, '')
const HALF = `    gives: money_per_day
    who: [{ outcome: entitled, basis: notice }]
    rate: half-day-rate
    count: { assign: civil_day, mixed: highest, steps: [{ at_least: whole-day, counts: 1 day }, { at_least: 3 hours, counts: 0.5 days }] }
`
const NIGHT = `    gives: money_per_day
    who: [{ outcome: entitled, basis: notice }]
    rate: night-rate
    only: { between: { from: '22:00', to: '06:00' } }
    count: { assign: night, mixed: highest, steps: [{ at_least: 3 hours, counts: 1 day }] }
`

function load(text: string) {
  return loadPacks([{ path: 'policies/a-2020/pack.yaml', text }], () => '0')
}

const FIRST = dayOf('2020-02-03')

function programOf(text: string, days = 7) {
  const loaded = load(HEAD + text)
  if (!loaded.ok) throw new Error(loaded.mistakes.map((one) => formatMistake(one, 'en')).join('\n'))
  const stack = loaded.stacks.get('a-2020')
  const compiled = stack && compileStack(stack, { from: FIRST, on: FIRST + days - 1, known: FIRST + days })
  if (!compiled?.ok) throw new Error('no program')
  return compiled.program
}

/** Duty as [minutes after the first midnight, minutes]. */
function person(duty: readonly (readonly [number, number])[], more: Partial<PersonFacts> = {}): PersonFacts {
  const spans = duty.map(([start, minutes], index) => ({
    start_minute: FIRST * MINUTES_PER_DAY + start,
    end_minute: FIRST * MINUTES_PER_DAY + start + minutes,
    post_kind: 'checkpoint' as const,
    exposure: 'none' as const,
    unit_kind: null,
    area: '330603',
    ref: `s${index}`,
  }))
  return {
    person: 1,
    employment: 'police',
    established: 'yes',
    party: 'none',
    area: '330603',
    findings: {},
    spans,
    ...more,
  }
}

function resultOf(text: string, facts: PersonFacts, days = 7) {
  const program = programOf(text, days)
  const batch = batchOf([facts])
  return resultAt(program, program.evaluate(batch), batch, 0, 0)
}

const texts = (text: string, facts: PersonFacts, language: 'zh' | 'en' = 'zh') =>
  JSON.stringify(explain(programOf(text), facts, 'pay', language).lines)

describe('steps', () => {
  it('at_least counts the bound itself, by a figure or by a parameter', () => {
    const of = (minutes: number) => resultOf(HALF, person([[480, minutes]])).quantity
    expect([179, 180, 359, 360].map(of)).toEqual([0, 50, 50, 100])
  })

  it('say “满” and “不满” in the explanation', () => {
    expect(texts(HALF, person([[480, 200]]))).toContain('满 3小时，不满 6小时，计 0.5 天')
    expect(texts(HALF, person([[480, 200]]), 'en')).toContain('3 h or more, less than 6 h')
  })

  it('take exactly one bound', () => {
    const both = load(HEAD + HALF.replace('at_least: 3 hours', 'over: 3 hours, at_least: 3 hours'))
    expect(both.ok ? '' : formatMistake(both.mistakes[0] ?? fail(), 'zh')).toContain('也只写一个')
    const rising = load(HEAD + HALF.replace('at_least: whole-day', 'over: 2 hours'))
    expect(rising.ok ? '' : formatMistake(rising.mistakes[0] ?? fail(), 'zh')).toContain('没有从高到低')
  })
})

function fail(): never {
  throw new Error('no mistake')
}

describe('a rate by the half-day', () => {
  it('is paid once for half a day and twice for a whole one', () => {
    expect(resultOf(HALF, person([[480, 200]])).amount_fen).toBe(6_000)
    expect(resultOf(HALF, person([[480, 400]])).amount_fen).toBe(12_000)
    expect(texts(HALF, person([[480, 400]]))).toContain('60.00 元/半天')
  })

  it('is refused where days are not counted', () => {
    const hourly = load(`${HEAD}    gives: money_per_hour
    who: [{ outcome: entitled, basis: notice }]
    rate: half-day-rate
    hours: { assign: civil_day, mixed: highest, step: 1 hour, mode: down }
`)
    expect(hourly.ok ? '' : formatMistake(hourly.mistakes[0] ?? fail(), 'zh')).toContain('yuan_per_hour')
  })
})

describe('counting by the night', () => {
  const nights = (duty: readonly (readonly [number, number])[], days = 7) =>
    resultOf(NIGHT, person(duty), days).quantity

  it('a night is one, whether the shift began before or after midnight', () => {
    expect(nights([[1_260, 600]])).toBe(100)
    expect(nights([[1_440, 240]])).toBe(100)
    // 22:00–00:30 and 03:00–04:00 of the same night: three and a half hours.
    expect(
      nights([
        [1_320, 150],
        [1_620, 60],
      ]),
    ).toBe(100)
    // 04:00–06:00 of one night and 22:00–23:00 of the next: two nights, none of them long enough.
    expect(
      nights([
        [240, 120],
        [1_320, 60],
      ]),
    ).toBe(0)
  })

  it('the morning after the last day belongs to the last night, the first morning to the night before', () => {
    expect(nights([[1_410, 240]], 1)).toBe(100)
    expect(nights([[0, 300]], 1)).toBeNull()
  })

  it('five nights in a row are five, named by the evening', () => {
    const duty = [0, 1, 2, 3, 4].map((night) => [night * 1_440 + 1_320, 480] as const)
    expect(nights(duty)).toBe(500)
    expect(texts(NIGHT, person(duty))).toContain('当夜累计 8小时')
  })

  it('does not depend on where a shift is split (law)', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 8_000 }),
        fc.integer({ min: 2, max: 2_000 }),
        fc.nat(),
        (start, minutes, cut) => {
          const at = 1 + (cut % (minutes - 1))
          const split = [
            [start, at],
            [start + at, minutes - at],
          ] as const
          expect(nights(split)).toBe(nights([[start, minutes]]))
        },
      ),
      { numRuns: 100 },
    )
  })

  it('goods are given by the night too', () => {
    const beds = `    gives: in_kind
    item: { zh: 床位, en: bed }
    unit_name: { zh: 个, en: beds }
    quantity: 1 items
    every: night
    only: { between: { from: '22:00', to: '06:00' } }
    who: [{ outcome: entitled, basis: notice }]
`
    const text = HEAD_WITHOUT_ROUNDING + beds
    const loaded = loadPacks([{ path: 'policies/a-2020/pack.yaml', text }], () => '0')
    const stack = loaded.ok ? loaded.stacks.get('a-2020') : undefined
    const compiled = stack && compileStack(stack, { from: FIRST, on: FIRST + 6, known: FIRST + 7 })
    if (!compiled?.ok) throw new Error('no program')
    // An evening, the small hours of the same night, and a day: one night.
    const batch = batchOf([
      person([
        [1_320, 60],
        [1_560, 60],
        [2_100, 60],
      ]),
    ])
    const result = resultAt(compiled.program, compiled.program.evaluate(batch), batch, 0, 0)
    expect(result).toMatchObject({ state: 'settled', quantity: 1 })
    const without = loadPacks(
      [{ path: 'policies/a-2020/pack.yaml', text: text.replace(/ {4}only.*\n/, '') }],
      () => '0',
    )
    expect(without.ok ? '' : formatMistake(without.mistakes[0] ?? fail(), 'zh')).toContain('没有写几点到几点算夜里')
  })

  it('wants to know which hours are the night', () => {
    const without = load(HEAD + NIGHT.replace(/ {4}only.*\n/, ''))
    expect(without.ok ? '' : formatMistake(without.mistakes[0] ?? fail(), 'zh')).toContain('没有写几点到几点算夜里')
  })
})

describe('missing facts of a result', () => {
  const asking = HALF.replace(
    '[{ outcome: entitled, basis: notice }]',
    `[{ when: { count: { dependants: { at_least: 2 } } }, outcome: not_covered, reason: { zh: 无, en: no } }, { when: { finding: { injured: yes } }, outcome: not_covered, reason: { zh: 无, en: no } }, { when: { family: { elder_care: yes } }, outcome: not_covered, reason: { zh: 无, en: no } }, { outcome: entitled, basis: notice }]`,
  )

  it('are all named at once', () => {
    const program = programOf(asking)
    const facts = (more: Partial<PersonFacts>) => missingFacts(program, person([[480, 400]], more), 'pay')
    expect(facts({})).toEqual(['number:dependants', 'finding:injured', 'family:elder_care'])
    expect(facts({ counts: { dependants: 3 } })).toEqual([])
    expect(facts({ counts: { dependants: 1 }, findings: { injured: false } })).toEqual(['family:elder_care'])
  })

  it('leave out a fact that no answer makes matter', () => {
    const named = HALF.replace(
      '[{ outcome: entitled, basis: notice }]',
      `[{ when: { post_kind: production }, outcome: not_covered, reason: { zh: 无, en: no } }, { when: { established: no }, outcome: entitled, basis: notice }, { when: { finding: { injured: yes } }, outcome: entitled, basis: notice }, { outcome: entitled, basis: notice }]`,
    )
    const [span] = person([[480, 400]]).spans
    const spans = [{ ...(span ?? fail()), post_kind: null }]
    const facts: PersonFacts = { ...person([]), established: 'unknown', spans }
    expect(missingFacts(programOf(named), facts, 'pay')).toEqual(['post_kind'])
  })

  it('stand in one line of the explanation', () => {
    expect(texts(asking, person([[480, 400]]))).toMatch(/一共缺少：[^"]*、受伤、[^"]*/)
  })
})
