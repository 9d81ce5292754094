import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dayOf } from '#engines/values/time.ts'
import { compileStack } from './compile.ts'
import { misfitOf } from './decisions.ts'
import { explain } from './explain.ts'
import type { PersonFacts } from './facts.ts'
import { loadPacks } from './load.ts'
import { evaluateOne } from './test-pack.ts'

const hash = (text: string) => `${text.length}`
const city = readFileSync(join(import.meta.dirname, 'testing/flood-city-2031/pack.yaml'), 'utf8')
const county = readFileSync(join(import.meta.dirname, 'testing/flood-county-2031/pack.yaml'), 'utf8')

function load(cityText: string, countyText = county) {
  return loadPacks(
    [
      { path: 'flood-city-2031/pack.yaml', text: cityText },
      { path: 'flood-county-2031/pack.yaml', text: countyText },
    ],
    hash,
  )
}

/** The mistakes of the city's pack after a change of its text, as `code value`. */
function after(from: string, to: string): readonly string[] {
  expect(city).toContain(from)
  const loaded = load(city.replace(from, to))
  if (loaded.ok) return []
  const all = loaded.mistakes
  for (const { place, wrong, right } of all) {
    expect(place.line).toBeGreaterThan(1)
    expect(`${wrong.zh}${wrong.en}${right.zh}${right.en}`).not.toMatch(/undefined|null/)
  }
  return all.map(({ code, value }) => `${code} ${value}`)
}

describe('a pack with a mistake in money and time is refused with the value and the remedy', () => {
  it.each([
    ['a rate by the day where hours are paid', 'rate: overtime-rate', 'rate: duty-rate', 'rate.unit duty-rate'],
    [
      'no word on incomplete months',
      'incomplete: { undecided: part-month }',
      'incomplete: maybe',
      'month.incomplete maybe',
    ],
    [
      'a decision about months that gives days',
      'unit: percent, at_most: 100 %',
      'unit: days',
      'month.decision part-month',
    ],
    [
      'a decision in words that should set a parameter',
      'decision: unit-share-decided }',
      'decision: care-in-words }',
      'parameter.decision unit-share',
    ],
    ['half an hour too many', 'step: 30 minutes', 'step: 30 yuan', 'hours.step 30 yuan'],
    ['no time between', 'from: 22:00, to: 06:00', 'from: 22:00, to: 22:00', 'only.between from = to'],
    [
      'each rate for its own minutes, but only beyond a threshold of the whole day',
      'mixed: highest, step: 30 minutes',
      'mixed: each, step: 30 minutes',
      'hours.each mixed: each',
    ],
    ['a time that no clock shows', 'from: 22:00, to: 06:00', 'from: 25:00, to: 06:00', 'shape.kind 25:00'],
    [
      'half days in a window',
      'after: 1 day, lasts: 30 days',
      'after: 0.5 days, lasts: 30 days',
      'measure.whole_days 0.5 days',
    ],
    [
      'posts of an operation',
      '{ starts: operation_end, after',
      '{ starts: operation_end, posts: checkpoint, after',
      'window.posts operation_end',
    ],
    [
      'a family word that is not known',
      'spouse_on_front_line: yes } }',
      'spouse_at_front: yes } }',
      'shape.unknown_key spouse_at_front',
    ],
    [
      'an event that nobody defined',
      'events: [rescue, breach]',
      'events: [rescues, breach]',
      'reference.unknown rescues',
    ],
    [
      'a post asked on days without duty',
      'count: { dependants: { at_least: help-dependants } }, served',
      'post_kind: checkpoint, served',
      'days.fact post_kind',
    ],
    [
      'a person asked of a unit',
      'finding: { key-duty: yes } }',
      'finding: { key-duty: yes }, employment: police }',
      'days.fact employment',
    ],
    [
      'duty of a unit',
      'for: unit\n    gives: money_once',
      'for: unit\n    gives: money_per_event\n    events: rescue',
      'days.gives money_per_event',
    ],
    ['uses of money', 'uses: 1', 'uses: 1 day', 'uses.form 1 day'],
    ['goods without a unit', '    unit_name: { zh: 件, en: pieces }\n', '', 'entitlement.incomplete in_kind'],
    [
      'two that cannot both be given, and no word which',
      '    gives_way_to: duty-allowance\n',
      '',
      'entitlement.conflict meal-instead, duty-allowance',
    ],
    [
      'one that gives way to itself',
      'gives_way_to: duty-allowance',
      'gives_way_to: [duty-allowance, meal-instead]',
      'entitlement.cycle meal-instead, duty-allowance, meal-instead',
    ],
    ['two factors, and no word how', '    multiplies_with: patrol\n', '', 'exception.conflict patrol, level-one'],
  ])('%s', (_name, from, to, mistake) => {
    expect(after(from, to)).toContain(mistake)
  })

  it('people without establishment left out by way of a category', () => {
    const categories = `categories:
  staff:
    title: { zh: 人员, en: staff }
    values: { own: { zh: 在编, en: established }, other: { zh: 其他, en: other } }
    versions: [{ source: city-rules, cases: [{ when: { established: yes }, is: own }, { is: other }] }]
`
    const who =
      'who:\n      - { when: { category: { staff: other } }, outcome: not_covered, reason: { zh: 无, en: none } }\n      - { outcome: entitled, basis: city-rules }\n    rate: night-rate'
    const text = city.replace('who: [{ outcome: entitled, basis: city-rules }]\n    rate: night-rate', who)
    const loaded = load(text.replace('events:\n  rescue', `${categories}events:\n  rescue`))
    expect(loaded.ok ? [] : loaded.mistakes.map(({ code }) => code)).toEqual(['who.without_establishment'])
  })
})

describe('rules of conflict', () => {
  const patrolToo = `
  county-level-one:
    changes: duty-allowance
    title: { zh: 县定一级响应标准, en: county rate under level 1 }
    clause: '1'
    source: county-rules
    from: 2031-06-01
    when: { post_kind: community_patrol }
    effect: { rate: city-like-rate }
`
  const cityRate = `
  city-rate-for-patrols:
    changes: duty-allowance
    title: { zh: 巡查岗位按市定标准, en: city rate for patrols }
    clause: '1'
    source: city-rules
    from: 2031-06-01
    when: { post_kind: community_patrol }
    effect: { rate: duty-rate }
`
  const person: PersonFacts = {
    person: 1,
    employment: 'police',
    established: 'no',
    party: 'none',
    area: '990101',
    findings: {},
    spans: [
      {
        start_minute: dayOf('2031-06-11') * 1440 + 480,
        end_minute: dayOf('2031-06-11') * 1440 + 960,
        post_kind: 'community_patrol',
        exposure: 'none',
        unit_kind: null,
        area: '990101',
        ref: 'd-1',
      },
    ],
  }

  it('two rules of one layer are not told apart by layers, and are refused with both names', () => {
    const loaded = load(city, county + patrolToo)
    expect(loaded.ok ? [] : loaded.mistakes.map(({ code, value }) => `${code} ${value}`)).toEqual([
      'exception.conflict county-level-one, county-rate-for-patrols',
    ])
  })

  it.each([
    ['lower_wins', 15_000, '让位于“巡查岗位按县定标准”：下级规定优先'],
    ['higher_wins', 12_500, '让位于“巡查岗位按市定标准”：上级规定优先'],
    ['later_wins', 15_000, '让位于“巡查岗位按县定标准”：后公布的优先'],
  ])('%s decides between layers, and the explanation says so', (rule, amount_fen, words) => {
    const text = city
      .replace('conflict: lower_wins', `conflict: ${rule}`)
      .replace('exceptions:\n', `exceptions:${cityRate}`)
    const loaded = load(text)
    const stack = loaded.ok ? loaded.stacks.get('flood-county-2031') : undefined
    const on = dayOf('2031-06-30')
    const operation = {
      starts: dayOf('2031-06-01'),
      ends: null,
      levels: [{ area: '9901', level: 'level_3', from: dayOf('2031-06-01'), to: null }],
    } as const
    const compiled = stack && compileStack(stack, { from: dayOf('2031-06-01'), on, known: on, operation })
    if (!compiled?.ok) throw new Error(JSON.stringify(loaded))
    expect(evaluateOne(compiled.program, person).get('duty-allowance')).toMatchObject({ amount_fen })
    expect(JSON.stringify(explain(compiled.program, person, 'duty-allowance', 'zh').lines)).toContain(words)
  })

  it('a decision stays within what the layers leave open', () => {
    const loaded = load(city.replace('amount: { unit: percent, at_most: 20 % }', 'amount: { unit: percent }'))
    const stack = loaded.ok ? loaded.stacks.get('flood-city-2031') : undefined
    const decision = {
      point: 'unit-share-decided',
      about: { kind: 'unit', unit: 1 },
      decided: { kind: 'amount', amount: 2_001 },
      from: 0,
      to: null,
      decided_on: 0,
      ref: 'd-1',
    } as const
    expect(stack && misfitOf(stack, decision)?.code).toBe('decision.out_of_range')
  })
})

describe('a figure that several layers set', () => {
  const set = `
sets:
  capped-rate: { values: [{ from: 2031-06-01, value: 30 yuan, source: county-rules }] }
`
  it.each([
    ['lower_wins', '30.00 元/天', '下级规定优先'],
    ['higher_wins', '20.00 元/天', '上级规定优先'],
  ])('%s: the explanation names the figure that gave way, and why', (rule, holds, words) => {
    const parameter = `  capped-rate: { title: { zh: 两级都定的标准, en: both }, unit: yuan_per_day, open: { to: county, conflict: ${rule} }, values: [{ from: 2031-06-01, value: 20 yuan, source: city-rules }] }\n`
    const text = city
      .replace('parameters:\n', `parameters:\n${parameter}`)
      .replace(
        '    rate: duty-rate\n    count: { assign: civil_day, steps: [{ over: 0 minutes',
        '    rate: capped-rate\n    count: { assign: civil_day, steps: [{ over: 0 minutes',
      )
      .replace('    gives_way_to: duty-allowance\n    not_with: duty-allowance\n', '')
    const loaded = load(text, county + set)
    const stack = loaded.ok ? loaded.stacks.get('flood-county-2031') : undefined
    const on = dayOf('2031-06-30')
    const compiled = stack && compileStack(stack, { from: dayOf('2031-06-01'), on, known: on })
    if (!compiled?.ok) throw new Error(JSON.stringify(loaded))
    const start_minute = dayOf('2031-06-11') * 1440 + 480
    const post = { post_kind: 'checkpoint', exposure: 'none', unit_kind: null, area: '990101', ref: 'd-1' } as const
    const facts: PersonFacts = {
      person: 1,
      employment: 'police',
      established: 'no',
      party: 'none',
      area: '990101',
      findings: {},
      spans: [{ start_minute, end_minute: start_minute + 480, ...post }],
    }
    const told = JSON.stringify(explain(compiled.program, facts, 'meal-instead', 'zh').lines)
    expect(told).toContain(`两级都定的标准 ${holds}`)
    expect(told).toContain('让位：')
    expect(told).toContain(words)
  })
})
