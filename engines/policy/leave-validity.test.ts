import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayOf, formatDay, MINUTES_PER_DAY } from '#engines/values/time.ts'
import { compileStack } from './compile.ts'
import { explain } from './explain.ts'
import type { Decision, PersonFacts } from './facts.ts'
import { validityOf } from './leave-validity.ts'
import { loadPacks } from './load.ts'
import { formatMistake, type Stack } from './pack.ts'
import { testPack } from './test-pack.ts'

/** How long leave stays valid is said by the pack, cited and explained; what then becomes of the rest too. */

const packOf = (
  valid: string,
) => `pack: { id: a-2020, version: "1", title: { zh: 例, en: example }, level: city, area: "3306", published: 2020-01-01 }
sources:
  notice: { title: 通知, number: 例〔2020〕1号, issued_by: [某局], published: 2020-01-01, grade: A }
  later: { title: 补充通知, issued_by: [某局], published: 2020-06-01, grade: C }
clauses: { "1": { title: { zh: 补休, en: leave }, summary: { zh: 例, en: example }, source: notice, offices: [某局] } }
calendar: [{ source: notice, covers: { from: 2020-01-01, to: 2021-12-31 }, statutory_holiday: [2020-01-01] }]
parameters:
  valid-months: { title: { zh: 补休有效月数, en: months }, unit: count, values: [{ from: 2020-01-01, value: 12, source: notice }, { from: 2020-01-01, value: 18, source: later }] }
  valid-days: { title: { zh: 补休有效天数, en: days }, unit: days, clause: "1", open: { to: [county], decision: how-long } }
  hour-pay: { title: { zh: 折发每小时, en: an hour }, unit: yuan_per_hour, values: [{ from: 2020-01-01, value: 25 yuan, source: notice }] }
decision_points:
  how-long: { clause: "1", question: { zh: 多久有效, en: how long }, word: 合理, decided_by: [某局], scope: area, basis: notice, amount: { unit: days } }
  rest-of-it: { clause: "1", question: { zh: 过期怎么办, en: the rest }, word: 可, decided_by: [某局], scope: area, basis: notice, choices: { pay: { title: { zh: 付, en: pay }, outcome: entitled }, drop: { title: { zh: 不付, en: drop }, outcome: not_covered } } }
entitlements:
  leave:
    title: { zh: 补休, en: leave }
    clause: "1"
    source: notice
    article: 第一条
    from: 2020-02-01
    gives: minutes
    who: [{ outcome: entitled, basis: notice }]
    earn: [{ working_day: { over: 8 hours }, rest_day: all, statutory_holiday: all, basis: notice }]
${valid === '' ? '' : `    valid: ${valid}\n`}`

function load(valid: string) {
  return loadPacks([{ path: 'policies/a-2020/pack.yaml', text: packOf(valid) }], () => '0')
}

function stackOf(valid: string): Stack {
  const loaded = load(valid)
  if (!loaded.ok) throw new Error(loaded.mistakes.map((one) => formatMistake(one, 'en')).join('\n'))
  const stack = loaded.stacks.get('a-2020')
  if (!stack) throw new Error('no stack')
  return stack
}

function validity(valid: string, earned: string, known = earned, decisions: readonly Decision[] = []) {
  const day = dayOf(earned)
  const ruling = validityOf(stackOf(valid), 'leave', { earned: day, day, known: dayOf(known), decisions })
  const { state, last_day, afterwards, hour_fen, decision_point } = ruling
  const last = last_day === null ? null : formatDay(last_day)
  return { state, last, afterwards, hour_fen, decision_point, text: ruling.lines.map(({ zh }) => zh).join('；') }
}

const MONTHS = '{ within: { months: valid-months }, afterwards: { paid_out: hour-pay } }'

describe('leave stays valid', () => {
  it('for so many months after the day on which it was earned, as known, with its source; then it is paid out', () => {
    const found = validity(MONTHS, '2020-02-29')
    expect(found).toMatchObject({ state: 'settled', last: '2021-02-28', afterwards: 'paid_out', hour_fen: 2_500 })
    expect(found.text).toContain('例〔2020〕1号')
    expect(found.text).toContain('没有休的折发，每小时 25.00 元')
    const later = validity(MONTHS, '2020-02-29', '2020-06-01')
    expect(later.last).toBe('2021-08-29')
    expect(later.text).toContain('未核实')
  })

  it('for days, or to the end of a year', () => {
    const expires = 'afterwards: expires }'
    expect(validity(`{ within: { days: 90 }, ${expires}`, '2020-03-01').last).toBe('2020-05-30')
    expect(validity(`{ until: year_end, ${expires}`, '2020-03-01')).toMatchObject({ last: '2020-12-31' })
    const next = validity(`{ until: next_year_end, ${expires}`, '2020-03-01')
    expect(next).toMatchObject({ last: '2021-12-31', afterwards: 'expires' })
    expect(next.text).toContain('不再有效')
  })

  it('as somebody decides, where the pack leaves it open', () => {
    const valid = '{ within: { days: valid-days }, afterwards: { undecided: rest-of-it } }'
    expect(validity(valid, '2020-03-01')).toMatchObject({ state: 'needs_decision', decision_point: 'how-long' })
    const decision: Decision = {
      point: 'how-long',
      about: { kind: 'operation' },
      decided: { kind: 'amount', amount: 3_000 },
      from: dayOf('2020-01-01'),
      to: null,
      decided_on: dayOf('2020-02-01'),
      ref: 'd-1',
    }
    const decided = validity(valid, '2020-03-01', '2020-03-01', [decision])
    expect(decided).toMatchObject({ state: 'settled', last: '2020-03-31', afterwards: 'decided' })
    expect(decided.decision_point).toBe('rest-of-it')
  })

  it('without end where no document speaks of it, and before the notice not at all', () => {
    expect(validity('', '2020-03-01')).toMatchObject({ state: 'unlimited', last: null, afterwards: null })
    expect(validity('', '2020-01-31')).toMatchObject({ state: 'not_in_force' })
  })

  it('is told day by day in the explanation, with the figure and where it stands', () => {
    const from = dayOf('2020-02-29')
    const compiled = compileStack(stackOf(MONTHS), { from, on: from, known: from })
    if (!compiled.ok) throw new Error('no program')
    const start_minute = from * MINUTES_PER_DAY + 480
    const rest = { post_kind: 'checkpoint', exposure: 'none', unit_kind: null, area: '330603', ref: 's1' } as const
    const who = { employment: 'police', established: 'yes', party: 'none', area: '330603', findings: {} } as const
    const person: PersonFacts = {
      person: 1,
      ...who,
      spans: [{ start_minute, end_minute: start_minute + 480, ...rest }],
    }
    const [line] = explain(compiled.program, person, 'leave', 'zh')
      .lines.flatMap(({ lines }) => lines ?? [])
      .filter(({ kind }) => kind === 'limit')
    expect(line?.text).toContain('可休至 2021-02-28')
    expect(line?.parameters?.map(({ parameter, line: at }) => `${parameter}:${at}`)).toEqual([
      'valid-months:8',
      'hour-pay:10',
    ])
  })

  it('is checked by examples', () => {
    const text = `checks:
  - { name: x, on: 2020-03-01, leave: leave, earned: 2020-02-10, expect: { state: settled, last_day: 2021-02-10, afterwards: paid_out } }
  - { name: y, on: 2020-03-01, leave: leave, expect: { last_day: 2021-02-28 } }
`
    const { misses, mistakes } = testPack(stackOf(MONTHS), [{ path: 'cases/a.yaml', text }])
    expect(mistakes).toEqual([])
    expect(misses.map(({ name, wanted, got }) => `${name} ${wanted.zh} ${got.zh}`)).toEqual([
      'y 有效至 2021-02-28 有效至 2021-03-01',
    ])
  })

  it('what is earned later is never valid for less long, and a figure in days is that many days (law)', () => {
    const span = fc.constantFrom('{ within: { months: 12 }', '{ within: { days: 45 }', '{ until: next_year_end')
    fc.assert(
      fc.property(span, fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 60 }), (kind, offset, more) => {
        const stack = stackOf(`${kind}, afterwards: expires }`)
        const last = (day: number) =>
          validityOf(stack, 'leave', { earned: day, day, known: day }).last_day ?? Number.NaN
        const day = dayOf('2020-02-01') + offset
        expect(last(day + more)).toBeGreaterThanOrEqual(last(day))
        expect(last(day)).toBeGreaterThan(day)
        if (kind.includes('days')) expect(last(day) - day).toBe(45)
      }),
      { numRuns: 40 },
    )
  })
})

describe('what is written wrong about it', () => {
  const mistake = (valid: string) => {
    const loaded = load(valid)
    return loaded.ok ? '' : loaded.mistakes.map((one) => formatMistake(one, 'zh')).join('\n')
  }

  it('is refused with its line and what would be right', () => {
    expect(mistake('{ within: { months: 12 } }')).toContain('缺少“afterwards”')
    expect(mistake('{ afterwards: expires }')).toContain('within 与 until 要写一个')
    expect(mistake('{ within: { months: 12 }, until: year_end, afterwards: expires }')).toContain(
      '也只能写一个'.slice(1),
    )
    expect(mistake('{ within: { hours: 12 }, afterwards: expires }')).toContain('不按小时')
    expect(mistake('{ within: { months: 12 }, afterwards: lapses }')).toContain('写 expires（不再有效）')
    expect(mistake('{ within: { months: 12 }, afterwards: { paid_out: valid-days } }')).toContain('yuan_per_hour')
  })
})
