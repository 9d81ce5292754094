import { describe, expect, it } from 'vitest'
import { dayOf, MINUTES_PER_DAY } from '#engines/values/time.ts'
import { FundCosts } from './compare-funds.ts'
import { type CompiledProgram, compileStack, resultAt } from './compile.ts'
import { explain } from './explain.ts'
import { batchOf, type PersonFacts } from './facts.ts'
import { loadPacks } from './load.ts'

/** A made-up city that pays its own people by the day, and everybody who comes to help by the hour. */
const city = (
  more = '',
) => `pack: { id: spill-city, version: '1', title: { zh: 滨海市, en: spill-city }, level: city, area: '990500', published: 2031-06-01 }
sources:
  paper: { title: 文件, issued_by: [某局], published: 2031-06-01, grade: A }
clauses:
  '1': { title: { zh: 补助, en: subsidy }, summary: { zh: 补助, en: subsidy }, source: paper, offices: [某局] }
events:
  arrival: { title: { zh: 赶来支援, en: arrival } }
calendar:
  - source: paper
    covers: { from: 2031-01-01, to: 2031-12-31 }
parameters:
  day-rate: { title: { zh: 按日, en: daily }, unit: yuan_per_day, clause: '1', values: [{ from: 2031-06-01, value: 40 yuan, source: paper }] }
  hour-rate: { title: { zh: 按时, en: hourly }, unit: yuan_per_hour, clause: '1', values: [{ from: 2031-06-01, value: 45 yuan, source: paper }] }
  travel-amount: { title: { zh: 交通, en: travel }, unit: yuan_once, clause: '1', values: [{ from: 2031-06-01, value: 500 yuan, source: paper }] }
  twice: { title: { zh: 加倍, en: double }, unit: times, clause: '1', values: [{ from: 2031-06-01, value: 2 times, source: paper }] }
entitlements:
  own-days:
    title: { zh: 本市值守, en: own days }
    clause: '1'
    source: paper
    from: 2031-06-01
    gives: money_per_day
    who: [{ outcome: entitled, basis: paper }]
    rate: day-rate
    count: { assign: civil_day, mixed: highest, steps: [{ over: 0 minutes, counts: 1 day }] }
    rounding: { to: fen, mode: half_up }
  rescue-hours:
    title: { zh: 处置补助, en: rescue hours }
    clause: '1'
    source: paper
    from: 2031-06-01
    also_for: incoming
    gives: money_per_hour
    who: [{ outcome: entitled, basis: paper }]
    rate: hour-rate
    hours: { assign: civil_day, mixed: highest, step: 30 minutes, mode: down }
    rounding: { to: fen, mode: half_up }
    limits: [{ per: day, amount: 500 yuan }]
    gives_way_to: own-days
  travel:
    title: { zh: 支援交通, en: travel }
    clause: '1'
    source: paper
    from: 2031-06-01
    also_for: incoming
    gives: money_per_event
    events: arrival
    who: [{ outcome: entitled, basis: paper }]
    amount: travel-amount
${more}exceptions:
  rest-days:
    changes: rescue-hours
    title: { zh: 休息日加倍, en: double on rest days }
    clause: '1'
    source: paper
    from: 2031-06-01
    when: { day_kind: rest_day }
    effect: { multiply: twice }
`

function compiled(): CompiledProgram {
  const loaded = loadPacks([{ path: 'spill-city/pack.yaml', text: city() }], (text) => text)
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes, null, 1))
  const stack = loaded.stacks.get('spill-city')
  if (!stack) throw new Error('no stack')
  const days = { from: dayOf('2031-06-01'), on: dayOf('2031-06-30'), known: dayOf('2031-06-30') }
  const program = compileStack(stack, days)
  if (!program.ok) throw new Error(JSON.stringify(program.problems))
  return program.program
}

/** Eight hours on Friday 6 June and four on Saturday, and an arrival on the 5th. */
function person(number: number, area: string | null, works_in: string | null): PersonFacts {
  const span = (day: string, hours: number) => {
    const start_minute = dayOf(day) * MINUTES_PER_DAY + 480
    const place = { post_kind: 'disinfection', exposure: 'none', unit_kind: null, area: works_in } as const
    return { start_minute, end_minute: start_minute + hours * 60, ...place, ref: `span-${number}-${day}` }
  }
  return {
    person: number,
    employment: 'public_institution',
    established: 'yes',
    party: 'none',
    area,
    findings: {},
    events: [{ kind: 'arrival', day: dayOf('2031-06-05'), count: 1, ref: `arrival-${number}` }],
    spans: [span('2031-06-06', 8), span('2031-06-07', 4)],
  }
}

function stated(program: CompiledProgram, people: readonly PersonFacts[]) {
  const batch = batchOf(people)
  const columns = program.evaluate(batch)
  return people.map((_, row) =>
    program.entitlements.map((_one, position) => {
      const { state, amount_fen, missing } = resultAt(program, columns, batch, row, position)
      return [state, amount_fen, missing]
    }),
  )
}

const LOCAL = [
  ['settled', 8_000, null],
  ['not_covered', null, null],
  ['settled', 50_000, null],
]
const HELPING = [
  ['not_covered', null, null],
  ['settled', 72_000, null],
  ['settled', 50_000, null],
]

describe('what a city gives to people who come to help', () => {
  it('reaches people of another place for their duty in the area, and nobody else for duty elsewhere', () => {
    const people = [
      person(1, '990501', '990501'),
      person(2, '320102', '990501'),
      person(3, '320102', '320102'),
      person(4, '320102', null),
    ]
    const [local, helping, away, nowhere] = stated(compiled(), people)
    expect(local).toEqual(LOCAL)
    expect(helping).toEqual(HELPING)
    expect(away?.[1]).toEqual(['not_covered', null, null])
    expect(nowhere?.[1]).toEqual(['missing_fact', null, 'works_in'])
  })

  it('is said in the explanation, which comes to the same', () => {
    const told = explain(compiled(), person(2, '320102', '990501'), 'rescue-hours', 'zh')
    expect(told.result.amount_fen).toBe(72_000)
    const text = told.lines.map((line) => line.text).join('\n')
    expect(text).toContain('所属地区 320102 不在“滨海市”的地区 990500 内；这一项前来支援的人也有')
    expect(text).not.toContain('只按上级的规定算')
  })

  it('is paid by the fund that pays it', () => {
    const costs = new FundCosts(compiled())
    costs.add(batchOf([person(2, '320102', '990501')]))
    expect(costs.result().reduce((sum, { cost_fen }) => sum + cost_fen, 0)).toBe(122_000)
  })

  it('is refused for units, and where no duty or event ties a person to the area', () => {
    const wrong = (keys: string) => `  wrong:
    title: { zh: 错, en: wrong }
    clause: '1'
    source: paper
    from: 2031-06-01
    also_for: incoming
    gives: money_once
    ${keys}
    who: [{ outcome: entitled, basis: paper }]
    amount: travel-amount
`
    for (const keys of ['days: all', 'for: unit']) {
      const loaded = loadPacks([{ path: 'spill-city/pack.yaml', text: city(wrong(keys)) }], (text) => text)
      expect(loaded.ok ? [] : loaded.mistakes.map(({ code }) => code)).toEqual(['also_for.tie'])
    }
  })
})

describe('a notice that asks for no contact with patients', () => {
  it('is not told that nobody knows of any', () => {
    const helping = person(2, '320102', '990501')
    const spans = helping.spans.map((span) => ({ ...span, exposure: 'unknown' as const }))
    const told = JSON.stringify(explain(compiled(), { ...helping, spans }, 'rescue-hours', 'zh').lines)
    expect(told).toContain('消毒消杀')
    expect(told).not.toContain('接触情况')
  })
})

describe('the arithmetic that is shown', () => {
  it('does not call the capped amount the product of an hourly rate', () => {
    const [shown] = explain(
      compiled(),
      { ...person(2, '320102', '990501'), spans: longSaturday() },
      'rescue-hours',
      'zh',
    ).lines.filter(({ kind }) => kind === 'day')
    expect(shown?.text).toContain('90.00 元/小时 × 8小时 = 720.00 元，封顶后 500.00 元')
  })
})

function longSaturday() {
  const start_minute = dayOf('2031-06-07') * MINUTES_PER_DAY + 480
  const place = { post_kind: 'disinfection', exposure: 'none', unit_kind: null, area: '990501' } as const
  return [{ start_minute, end_minute: start_minute + 480, ...place, ref: 'long' }]
}
