import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayOf, MINUTES_PER_DAY } from '#engines/values/time.ts'
import { compileStack, resultAt } from './compile.ts'
import { evaluateBatch, settleRow } from './evaluate.ts'
import { explain } from './explain.ts'
import { batchOf, type Decision, type PersonFacts } from './facts.ts'
import { loadPacks } from './load.ts'
import { missingFacts } from './missing-facts.ts'
import { formatMistake } from './pack.ts'
import { STATES } from './results.ts'
import { Sources } from './sources.ts'
import { stateOf, Tally } from './tally.ts'

/** A day on which no step of the counting is reached gives nothing, whatever is decided or recorded later: it asks for nothing. */

const HEAD = `pack: { id: a-2020, version: "1", title: { zh: 例, en: example }, level: city, area: "3306", published: 2020-01-01 }
sources: { notice: { title: 通知, issued_by: [某局], published: 2020-01-01, grade: A } }
clauses: { "1": { title: { zh: 补助, en: pay }, summary: { zh: 例, en: example }, source: notice, offices: [某局] } }
findings: { injured: { title: { zh: 受伤, en: injured } } }
calendar: [{ source: notice, covers: { from: 2020-01-01, to: 2020-12-31 }, statutory_holiday: [2020-01-01] }]
parameters:
  open-rate: { title: { zh: 每天, en: a day }, unit: yuan_per_day, clause: "1", open: { to: [county], decision: how-much } }
  known-rate: { title: { zh: 每天, en: a day }, unit: yuan_per_day, values: [{ from: 2020-01-01, value: 100 yuan, source: notice }] }
  open-cap: { title: { zh: 封顶, en: cap }, unit: yuan, clause: "1", open: { to: [county], decision: which-cap } }
  hour-rate: { title: { zh: 每小时, en: an hour }, unit: yuan_per_hour, clause: "1", open: { to: [county], decision: how-much-an-hour } }
decision_points:
  how-much: { clause: "1", question: { zh: 每天多少, en: how much }, word: 适当, decided_by: [某局], scope: area, basis: notice, amount: { unit: yuan_per_day, at_least: 10 yuan, at_most: 200 yuan } }
  how-much-an-hour: { clause: "1", question: { zh: 每小时多少, en: how much }, word: 适当, decided_by: [某局], scope: area, basis: notice, amount: { unit: yuan_per_hour, at_least: 1 yuan, at_most: 50 yuan } }
  which-cap: { clause: "1", question: { zh: 封顶多少, en: cap }, word: 适当, decided_by: [某局], scope: area, basis: notice, amount: { unit: yuan, at_least: 10 yuan, at_most: 900 yuan } }
  whether: { clause: "1", question: { zh: 发不发, en: whether }, word: 可, decided_by: [某局], scope: area, basis: notice, choices: { pay: { title: { zh: 发, en: pay }, outcome: entitled }, refuse: { title: { zh: 不发, en: no }, outcome: not_covered } } }
entitlements:
  pay:
    title: { zh: 补助, en: pay }
    clause: "1"
    source: notice
    from: 2020-01-01
`
const STEPS = 'steps: [{ at_least: 6 hours, counts: 1 day }, { over: 3 hours, counts: 0.5 days }]'
const ENTITLED = '[{ outcome: entitled, basis: notice }]'
const BY_DAY = `    gives: money_per_day
    rounding: { to: fen, mode: half_up }
    who: ${ENTITLED}
    rate: open-rate
    count: { assign: civil_day, mixed: highest, ${STEPS} }
`
const UNDECIDED_WHO = BY_DAY.replace('open-rate', 'known-rate').replace(
  ENTITLED,
  '[{ outcome: undecided, decision: whether, basis: notice }]',
)
const MISSING_WHO = BY_DAY.replace('open-rate', 'known-rate').replace(
  ENTITLED,
  '[{ when: { finding: { injured: yes } }, outcome: not_covered, reason: { zh: 受伤, en: injured } }, { outcome: entitled, basis: notice }]',
)
const MIXED = BY_DAY.replace(
  'rate: open-rate',
  'rate: { if: { post_kind: checkpoint }, take: known-rate, else: open-rate }',
)
const CAPPED = `${BY_DAY.replace('open-rate', 'known-rate')}    limits: [{ per: month, amount: open-cap }]\n`
const EVENINGS = `${BY_DAY}    only: { between: { from: '18:00', to: '06:00' } }\n`
const BY_HOUR = `    gives: money_per_hour
    rounding: { to: fen, mode: half_up }
    who: ${ENTITLED}
    rate: hour-rate
    hours: { assign: civil_day, mixed: highest, step: 1 hour, mode: down }
    only: { working_day: { over: 8 hours } }
`
const LEAVE = `    gives: minutes
    who: [{ outcome: undecided, decision: whether, basis: notice }]
    earn: [{ working_day: { over: 8 hours }, rest_day: all, statutory_holiday: all, basis: notice }]
`
const PACKS = { BY_DAY, UNDECIDED_WHO, MISSING_WHO, MIXED, CAPPED, EVENINGS, BY_HOUR, LEAVE }

// A Monday.
const FIRST = dayOf('2020-02-03')

function programOf(text: string, decisions: readonly Decision[] = []) {
  const loaded = loadPacks([{ path: 'policies/a-2020/pack.yaml', text: HEAD + text }], () => '0')
  if (!loaded.ok) throw new Error(loaded.mistakes.map((one) => formatMistake(one, 'en')).join('\n'))
  const stack = loaded.stacks.get('a-2020')
  const compiled = stack && compileStack(stack, { from: FIRST, on: FIRST + 6, known: FIRST + 30, decisions })
  if (!compiled?.ok) throw new Error('no program')
  return compiled.program
}

type Duty = readonly (readonly [day: number, start: number, minutes: number, post: 'checkpoint' | 'sampling'])[]

function person(duty: Duty): PersonFacts {
  const spans = duty.map(([day, start, minutes, post_kind], index) => {
    const start_minute = (FIRST + day) * MINUTES_PER_DAY + start
    const rest = { exposure: 'none' as const, unit_kind: null, area: '330603', ref: `s${index}` }
    return { start_minute, end_minute: start_minute + minutes, post_kind, ...rest }
  })
  const who = { employment: 'police', established: 'yes', party: 'none', area: '330603' } as const
  return { person: 1, ...who, findings: {}, spans }
}

const hours = (...lengths: readonly number[]): PersonFacts =>
  person(lengths.map((length, day) => [day, 480, length * 60, 'sampling']))

function resultOf(program: ReturnType<typeof programOf>, facts: PersonFacts) {
  const batch = batchOf([facts])
  return resultAt(program, program.evaluate(batch), batch, 0, 0)
}

describe('a day too short for any step', () => {
  it('asks for no decision about the rate', () => {
    const program = programOf(BY_DAY)
    expect(resultOf(program, hours(2))).toMatchObject({
      state: 'settled',
      amount_fen: 0,
      quantity: 0,
      open_days: 0,
      decision_point: null,
    })
    expect(resultOf(program, hours(3))).toMatchObject({ state: 'settled', open_days: 0 })
    expect(resultOf(program, hours(2, 8))).toMatchObject({ state: 'needs_decision', open_days: 1 })
  })

  it('asks neither whether the person is paid at all nor for a fact', () => {
    expect(resultOf(programOf(UNDECIDED_WHO), hours(2))).toMatchObject({ state: 'settled', open_days: 0 })
    const program = programOf(MISSING_WHO)
    expect(resultOf(program, hours(2))).toMatchObject({ state: 'settled', open_days: 0, missing: null })
    expect(missingFacts(program, hours(2), 'pay')).toEqual([])
  })

  it('counts all stretches of the day that may count', () => {
    const parts = (second: number) =>
      person([
        [0, 0, 120, 'checkpoint'],
        [0, 600, second, 'sampling'],
      ])
    expect(resultOf(programOf(MIXED), parts(60))).toMatchObject({ state: 'settled', open_days: 0 })
    expect(resultOf(programOf(MIXED), parts(61))).toMatchObject({ state: 'needs_decision', open_days: 1 })
  })

  it('does not wait for a cap either', () => {
    expect(resultOf(programOf(CAPPED), hours(2))).toMatchObject({ state: 'settled', amount_fen: 0, open_days: 0 })
    expect(resultOf(programOf(CAPPED), hours(8))).toMatchObject({ state: 'needs_decision', open_days: 1 })
  })

  it('has less than the first whole hour beyond the threshold, where hours are paid or leave is earned', () => {
    expect(resultOf(programOf(BY_HOUR), hours(8.5))).toMatchObject({ state: 'settled', amount_fen: 0, open_days: 0 })
    expect(resultOf(programOf(BY_HOUR), hours(9))).toMatchObject({ state: 'needs_decision', open_days: 1 })
    expect(resultOf(programOf(LEAVE), hours(8))).toMatchObject({ state: 'settled', quantity: 0, open_days: 0 })
    expect(resultOf(programOf(LEAVE), hours(8.5))).toMatchObject({ state: 'needs_decision', open_days: 1 })
  })

  it('is explained by what it does not reach, and not as open', () => {
    const [zh, en] = (['zh', 'en'] as const).map((language) =>
      JSON.stringify(explain(programOf(BY_DAY), hours(2), 'pay', language).lines),
    )
    expect(zh).toContain('不够计一次，怎样定都是 0')
    expect(zh).toContain('不超过 3小时，计 0 天')
    expect(zh).not.toContain('待定')
    expect(en).toContain('too short to count: nothing, whatever is decided')
    expect(en).not.toContain('open')
  })
})

const anyDuty: fc.Arbitrary<Duty> = fc
  .array(
    fc.tuple(
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 0, max: 1 }),
      fc.oneof(fc.integer({ min: 1, max: 660 }), fc.constantFrom(60, 120, 180, 181, 360, 480, 539, 540)),
      fc.constantFrom<'checkpoint' | 'sampling'>('checkpoint', 'sampling'),
    ),
    { maxLength: 8 },
  )
  .map((duty) => [
    ...new Map(
      duty.map(([day, half, minutes, post]) => [`${day}/${half}`, [day, half * 720, minutes, post] as const]),
    ).values(),
  ])

describe('laws of open days', () => {
  it.each(Object.entries(PACKS))('%s: all three ways of settling agree', (_, text) => {
    const program = programOf(text)
    const { running } = program
    fc.assert(
      fc.property(anyDuty, (duty) => {
        const facts = person(duty)
        const together = resultOf(program, facts)
        const batch = batchOf([facts])
        const plainly = evaluateBatch(running, batch, (_position, one, from, tally) => {
          settleRow(running, one, from, tally)
        })
        expect(resultAt(program, plainly, batch, 0, 0)).toEqual(together)
        const tally = new Tally()
        tally.trace = []
        const sources = new Sources(running, batch)
        sources.enter(0)
        const [settling] = running.settlings
        if (settling) settleRow(running, settling, sources, tally)
        expect(STATES[stateOf(tally)]).toBe(together.state)
        expect(tally.open_days).toBe(together.open_days)
        expect(tally.settled_days > 0 ? tally.quantity : null).toBe(together.quantity)
      }),
      { numRuns: 150 },
    )
  })

  it('a day on which the most that can be decided gives nothing is never open, every other undecided one is', () => {
    const decision: Decision = {
      point: 'how-much',
      about: { kind: 'area', area: '3306' },
      from: FIRST,
      to: null,
      decided_on: FIRST,
      decided: { kind: 'amount', amount: 20_000 },
      ref: 'd-1',
    }
    const [open, decided] = [programOf(BY_DAY), programOf(BY_DAY, [decision])]
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_440 }), (minutes) => {
        const facts = person([[0, 0, minutes, 'sampling']])
        const given = resultOf(decided, facts).amount_fen ?? 0
        expect(resultOf(open, facts).open_days).toBe(given > 0 ? 1 : 0)
      }),
      { numRuns: 200 },
    )
  })
})
