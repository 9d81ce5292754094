import { describe, expect, it } from 'vitest'
import { dayOf, MINUTES_PER_DAY } from '#engines/values/time.ts'
import { FundCosts } from './compare-funds.ts'
import { type CompiledProgram, compileStack, resultAt } from './compile.ts'
import { explain } from './explain.ts'
import { batchOf, type PersonFacts } from './facts.ts'
import { loadPacks } from './load.ts'

/** Two made-up layers: a city that leaves a rate open, a county that sets it and adds an entitlement of its own. */
const head = (id: string, level: string, area: string, more: string) =>
  `pack: { id: ${id}, version: '1', title: { zh: ${id}, en: ${id} }, level: ${level}, area: '${area}', published: 2031-06-01${more} }
sources:
  ${id}-paper: { title: ${id}, issued_by: [某局], published: 2031-06-01, grade: U }
clauses:
  '1': { title: { zh: 补助, en: subsidy }, summary: { zh: 补助, en: subsidy }, source: ${id}-paper, offices: [某局] }
`
const paid = (code: string, source: string, rate: string) => `  ${code}:
    title: { zh: ${code}, en: ${code} }
    clause: '1'
    source: ${source}
    from: 2031-06-01
    gives: money_per_day
    who: [{ outcome: entitled, basis: ${source} }]
    rate: ${rate}
    count: { assign: civil_day, mixed: highest, steps: [{ over: 0 minutes, counts: 1 day }] }
    rounding: { to: fen, mode: half_up }
`
const city = `${head('river-city', 'city', '990500', '')}parameters:
  rate:
    title: { zh: 标准, en: rate }
    unit: yuan_per_day
    clause: '1'
    open: { to: [county], decision: rate-decision }
decision_points:
  rate-decision:
    clause: '1'
    question: { zh: 标准多少, en: which rate }
    word: 适当
    decided_by: [县政府]
    scope: area
    basis: river-city-paper
    amount: { unit: yuan_per_day }
entitlements:
${paid('allowance', 'river-city-paper', 'rate')}`
const county = `${head('river-county', 'county', '990501', ', extends: river-city')}sets:
  rate: { values: [{ from: 2031-06-01, value: 40 yuan, source: river-county-paper }] }
parameters:
  own-rate: { title: { zh: 县标准, en: own rate }, unit: yuan_per_day, clause: '1', values: [{ from: 2031-06-01, value: 7 yuan, source: river-county-paper }] }
entitlements:
${paid('county-extra', 'river-county-paper', 'own-rate')}`

function compiled(): CompiledProgram {
  const files = [
    { path: 'river-city/pack.yaml', text: city },
    { path: 'river-county/pack.yaml', text: county },
  ]
  const loaded = loadPacks(files, (text) => text)
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes, null, 1))
  const stack = loaded.stacks.get('river-county')
  if (!stack) throw new Error('no stack')
  const days = { from: dayOf('2031-06-01'), on: dayOf('2031-06-30'), known: dayOf('2031-06-30') }
  const program = compileStack(stack, days)
  if (!program.ok) throw new Error(JSON.stringify(program.problems))
  return program.program
}

function person(number: number, area: string | null, works_in = area): PersonFacts {
  const start = dayOf('2031-06-03') * MINUTES_PER_DAY + 480
  return {
    person: number,
    employment: 'police',
    established: 'yes',
    party: 'none',
    area,
    findings: {},
    spans: [
      {
        start_minute: start,
        end_minute: start + 480,
        post_kind: 'checkpoint',
        exposure: 'none',
        unit_kind: null,
        area: works_in,
        ref: `span-${number}`,
      },
    ],
  }
}

function stated(program: CompiledProgram, people: readonly PersonFacts[]) {
  const batch = batchOf(people)
  const columns = program.evaluate(batch)
  return people.map((_, row) =>
    program.entitlements.map((_one, position) => {
      const { state, amount_fen, decision_point, missing } = resultAt(program, columns, batch, row, position)
      return [state, amount_fen, decision_point ?? missing]
    }),
  )
}

const INSIDE = [
  ['settled', 4000, null],
  ['settled', 700, null],
]
const NEXT_COUNTY = [
  ['needs_decision', null, 'rate-decision'],
  ['not_covered', null, null],
]
const OTHER_CITY = [
  ['not_covered', null, null],
  ['not_covered', null, null],
]
const NOWHERE = [
  ['missing_fact', null, 'belongs_to'],
  ['missing_fact', null, 'belongs_to'],
]

describe('a layer holds within its area', () => {
  it('settles people of a mixed batch each by the layers of their own place', () => {
    const people = [
      person(1, '990501'),
      person(2, '990502'),
      person(3, '990601'),
      person(4, null),
      person(5, '990501003', '990502'),
      person(6, '990502', '990501'),
    ]
    expect(stated(compiled(), people)).toEqual([INSIDE, NEXT_COUNTY, OTHER_CITY, NOWHERE, INSIDE, NEXT_COUNTY])
  })

  it('says why, with the same result as the evaluation', () => {
    const program = compiled()
    const told = explain(program, person(2, '990502'), 'allowance', 'zh')
    expect(told.result).toMatchObject({ state: 'needs_decision', decision_point: 'rate-decision' })
    expect(told.lines.map(({ text }) => text).join('\n')).toContain(
      '所属地区 990502 不在“river-county”的地区 990501 内，只按上级的规定算',
    )
    const extra = explain(program, person(2, '990502'), 'county-extra', 'zh')
    expect(extra.result.state).toBe('not_covered')
    expect(extra.lines.some(({ text }) => text.includes('990501'))).toBe(true)
    const nowhere = explain(program, person(4, null), 'allowance', 'zh')
    expect(nowhere.result).toMatchObject({ state: 'missing_fact', missing: 'belongs_to' })
    expect(nowhere.lines.some(({ text }) => text === '缺少事实：所属区划')).toBe(true)
  })

  it('lets funds pay only for those whom the layer reaches', () => {
    const costs = new FundCosts(compiled())
    costs.add(batchOf([person(1, '990501'), person(2, '990502'), person(3, '990501')]))
    expect(costs.result().reduce((sum, { cost_fen }) => sum + cost_fen, 0)).toBe(9400)
  })
})
