import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fatigueOf } from '#engines/fatigue/fatigue.ts'
import { dayOf, formatDay, MINUTES_PER_DAY } from '#engines/values/time.ts'
import { batchOf, type PersonFacts } from './facts.ts'
import { loadPacks } from './load.ts'
import { formatMistake, type Stack } from './pack.ts'
import { breachesIn, restByDay } from './rest-breaches.ts'
import { compileRest } from './rest-compile.ts'
import { evaluateRest, restResultAt } from './rest-evaluate.ts'
import { explainRest } from './rest-explain.ts'

/** Rests that hold until they are taken, windows that end with the shift, rules bounded by the area of their layer, every missing fact. */

const CITY = `pack: { id: city-2020, version: "1", title: { zh: 某市, en: a city }, level: city, area: "3306", published: 2020-02-01 }
sources: { notice: { title: 通知, issued_by: [某局], published: 2020-02-01, grade: A } }
clauses: { "3": { title: { zh: 轮休, en: rest }, summary: { zh: 例, en: example }, source: notice, offices: [某局] } }
findings: { ill: { title: { zh: 带病, en: ill } }, pregnant: { title: { zh: 孕期, en: pregnant } } }
decision_points:
  how-many: { clause: "3", question: { zh: 几天, en: how many }, word: 适当, decided_by: [某局], scope: area, basis: notice, amount: { unit: days } }
parameters:
  longest-run: { title: { zh: 最长连续天数, en: longest run }, unit: days, open: { to: [county], decision: how-many } }
`
const COUNTY = `pack: { id: county-2020, version: "1", title: { zh: 某县, en: a county }, level: county, area: "330603", extends: city-2020, published: 2020-02-01 }
sources: { own: { title: 县里的, issued_by: [某局], published: 2020-02-01, grade: A } }
clauses: { "3": { title: { zh: 轮休, en: rest }, summary: { zh: 例, en: example }, source: own, offices: [某局] } }
`
const rule = (source: string, when: string, outcome = 'limit: yes') => `
    title: { zh: 规则, en: rule }
    clause: "3"
    source: ${source}
    from: 2020-01-01
    when: ${when}
    outcome: { ${outcome} }
`
const cityRule = (when: string, outcome?: string) => `${CITY}rest_rules:\n  r:${rule('notice', when, outcome)}`

function stacksOf(...texts: readonly string[]): ReadonlyMap<string, Stack> {
  const loaded = loadPacks(
    texts.map((text, position) => ({ path: `policies/${/id: (\S+),/.exec(text)?.[1] ?? position}/pack.yaml`, text })),
    (text) => String(text.length),
  )
  if (!loaded.ok) throw new Error(loaded.mistakes.map((one) => formatMistake(one, 'en')).join('\n'))
  return loaded.stacks
}

function stackOf(id: string, ...texts: readonly string[]): Stack {
  const stack = stacksOf(...texts).get(id)
  if (!stack) throw new Error(`no ${id}`)
  return stack
}

const FIRST = dayOf('2020-02-03')

/** Duty as [day of the period, from hour, hours]. */
function person(duty: readonly (readonly [number, number, number])[], more: Partial<PersonFacts> = {}): PersonFacts {
  const spans = duty.map(([day, hour, hours], index) => ({
    start_minute: (FIRST + day) * MINUTES_PER_DAY + hour * 60,
    end_minute: (FIRST + day) * MINUTES_PER_DAY + (hour + hours) * 60,
    post_kind: 'checkpoint' as const,
    exposure: 'none' as const,
    unit_kind: null,
    area: null,
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

function resultOn(stack: Stack, day: number, facts: PersonFacts, code = 'r') {
  const program = compileRest(stack, { on: FIRST + day, known: FIRST + day })
  const batch = batchOf([facts])
  const position = program.rules.findIndex(({ rule: { code: one } }) => one === code)
  return restResultAt(program, evaluateRest(program, batch, fatigueOf), batch, 0, position)
}

const fiveDays = [0, 1, 2, 3, 4].map((day) => [day, 8, 8] as const)

describe('a rest that holds until it is taken', () => {
  const held = stackOf(
    'city-2020',
    cityRule('{ days_in_a_row: { at_least: 5 days } }', 'must_rest: { length: 3 days, holds: until_taken }'),
  )
  const plain = stackOf(
    'city-2020',
    cityRule('{ days_in_a_row: { at_least: 5 days } }', 'must_rest: { length: 3 days }'),
  )

  it('is not forgotten after a single day off, and says since when it is due', () => {
    expect(resultOn(plain, 6, person(fiveDays)).state).toBe('clear')
    expect(resultOn(held, 6, person(fiveDays))).toMatchObject({ state: 'applies', due_since: FIRST + 4 })
  })

  it('ends when an unbroken rest of the length was taken, and not by two shorter ones', () => {
    expect(resultOn(held, 7, person(fiveDays)).state).toBe('clear')
    const back = person([...fiveDays, [8, 8, 8]])
    expect(resultOn(held, 9, back).state).toBe('clear')
    const tooSoon = person([...fiveDays, [7, 8, 8]])
    expect(resultOn(held, 9, tooSoon).state).toBe('applies')
    const twice = person([...fiveDays, [6, 8, 8]])
    expect(resultOn(held, 8, twice)).toMatchObject({ state: 'applies', due_since: FIRST + 4 })
    expect(resultOn(held, 9, twice).state).toBe('clear')
  })

  it('explains that it was not taken', () => {
    const program = compileRest(held, { on: FIRST + 6, known: FIRST + 6 })
    const { lines } = explainRest(program, batchOf([person(fiveDays)]), 0, 'r', fatigueOf, {
      language: 'zh',
      closed_facts: 'named',
    })
    expect(lines.map(({ text }) => text).join('\n')).toContain('2020-02-07 起应休，3 天的休息还没有休满')
  })

  it('holds exactly on the days on which it was due before and no such rest has ended since (law)', () => {
    const days = fc.uniqueArray(fc.integer({ min: 0, max: 20 }), { maxLength: 18 })
    fc.assert(
      fc.property(days, (worked) => {
        const facts = person([...worked].sort((left, right) => left - right).map((day) => [day, 8, 8] as const))
        let due = false
        for (let day = 0; day <= 22; day++) {
          const rested = [1, 2, 3].every((back) => !worked.includes(day - back + 1)) && day >= 3
          due = resultOn(plain, day, facts).state === 'applies' || (due && !rested)
          // A day's duty ends at 16:00, so that 72 hours are over at 16:00 on the third day after it.
          expect([day, resultOn(held, day, facts).state === 'applies']).toEqual([day, due])
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('windows', () => {
  it('end with the shift, not at midnight: sixteen hours across midnight pass twelve in twenty-four', () => {
    const stack = stackOf('city-2020', cityRule('{ hours: { in: 24 hours, more_than: 12 hours } }'))
    const late = person([[0, 14, 16]])
    expect(resultOn(stack, 0, late).state).toBe('clear')
    expect(resultOn(stack, 1, late).state).toBe('applies')
    expect(resultOn(stack, 2, late).state).toBe('clear')
  })
})

describe('breaches', () => {
  const days = (stack: Stack, facts: PersonFacts) =>
    breachesIn(restByDay(stack, { from: FIRST, on: FIRST + 9, known: FIRST + 9 }), batchOf([facts]), fatigueOf).map(
      ({ from, to }) => `${formatDay(from).slice(5)}..${formatDay(to).slice(5)}`,
    )

  it('of a limit are the days with duty on which it was passed', () => {
    const stack = stackOf('city-2020', cityRule('{ hours: { in: 24 hours, more_than: 12 hours } }'))
    expect(
      days(
        stack,
        person([
          [0, 14, 16],
          [3, 8, 13],
          [4, 8, 13],
          [6, 8, 8],
        ]),
      ),
    ).toEqual(['02-04..02-04', '02-06..02-07'])
  })

  it('of a rest are the days on duty after it was due, until it was taken', () => {
    const outcome = 'must_rest: { length: 2 days, holds: until_taken }'
    const stack = stackOf('city-2020', cityRule('{ days_in_a_row: { at_least: 5 days } }', outcome))
    expect(days(stack, person([...fiveDays, [5, 8, 8], [7, 8, 8]]))).toEqual(['02-08..02-08', '02-10..02-10'])
    expect(days(stack, person([...fiveDays, [7, 8, 8]]))).toEqual([])
  })
})

describe('the area of a layer', () => {
  const texts = [
    `${CITY}rest_rules:\n  city-run:${rule('notice', '{ days_in_a_row: { at_least: longest-run } }')}`,
    `${COUNTY}sets: { longest-run: { values: [{ from: 2020-01-01, value: 4 days, source: own }] } }
rest_rules:\n  county-run:${rule('own', '{ days_in_a_row: { at_least: 3 days } }')}`,
  ]
  const stack = stackOf('county-2020', ...texts)
  const at = (area: string | null, code: string) => resultOn(stack, 4, person(fiveDays, { area }), code)

  it('bounds its rest rules and the bounds it sets: people of the next county wait for their own', () => {
    expect(at('330603', 'county-run').state).toBe('applies')
    expect(at('330604', 'county-run').state).toBe('not_covered')
    expect(at('330603', 'city-run').state).toBe('applies')
    expect(at('330604', 'city-run')).toMatchObject({ state: 'needs_decision', decision_point: 'how-many' })
    expect(at('330700', 'city-run').state).toBe('not_covered')
  })

  it('is asked for where it matters, and only there', () => {
    expect(at(null, 'county-run')).toMatchObject({ state: 'missing_fact', missing: 'belongs_to' })
    expect(resultOn(stack, 0, person([], { area: null }), 'county-run').state).toBe('clear')
  })

  it('does not depend on who stands beside whom in a batch', () => {
    const people = ['330604', '330603', null, '330604', '330700', '330603'].map((area) => person(fiveDays, { area }))
    const program = compileRest(stack, { on: FIRST + 4, known: FIRST + 4 })
    const batch = batchOf(people)
    const together = evaluateRest(program, batch, fatigueOf)
    people.forEach((one, row) => {
      for (const [
        position,
        {
          rule: { code },
        },
      ] of program.rules.entries())
        expect(restResultAt(program, together, batch, row, position)).toEqual(resultOn(stack, 4, one, code))
    })
  })

  it('is named in the explanation', () => {
    const program = compileRest(stack, { on: FIRST + 4, known: FIRST + 4 })
    const other = batchOf([person(fiveDays, { area: '330604' })])
    const text = (code: string) =>
      explainRest(program, other, 0, code, fatigueOf, { language: 'zh', closed_facts: 'named' })
        .lines.map((line) => line.text)
        .join('\n')
    expect(text('county-run')).toContain('所属地区 330604 不在“某县”的地区 330603 内')
    expect(text('city-run')).toContain('待决定：几天')
  })
})

describe('missing facts', () => {
  it('are all named, not the first only', () => {
    const any =
      '{ any: [{ days_in_a_row: { at_least: 9 days } }, { finding: { ill: yes } }, { finding: { pregnant: yes } }] }'
    const stack = stackOf('city-2020', cityRule(any))
    expect(resultOn(stack, 4, person(fiveDays))).toMatchObject({
      state: 'missing_fact',
      missing: 'finding:ill',
      missing_facts: ['finding:ill', 'finding:pregnant'],
    })
    expect(resultOn(stack, 4, person(fiveDays, { findings: { ill: false } })).missing_facts).toEqual([
      'finding:pregnant',
    ])
    expect(resultOn(stack, 4, person(fiveDays, { findings: { ill: true } })).missing_facts).toEqual([])
  })
})
