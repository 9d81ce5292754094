import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayOf, MINUTES_PER_DAY } from '#engines/values/time.ts'
import { type CompiledProgram, compileStack, resultAt } from './compile.ts'
import { dayAmount } from './day-amount.ts'
import { explain } from './explain.ts'
import { batchOf, type Decision, type PersonFacts, type SpanFacts } from './facts.ts'
import { loadPacks } from './load.ts'
import type { Stack } from './pack.ts'
import type { EntitlementResult, ExplanationLine } from './results.ts'
import { evaluateOne } from './test-pack.ts'
import {
  EMPLOYMENTS,
  ESTABLISHMENTS,
  EXPOSURES,
  PARTY_STATUSES,
  POST_KINDS,
  UNIT_KINDS,
  wordsOf,
} from './vocabulary.ts'
import { whatDiffers } from './what-differs.ts'

const folder = join(import.meta.dirname, '../../policies')
const files = readdirSync(folder, { recursive: true })
  .map(String)
  .filter((path) => path.endsWith('.yaml'))
  .map((path) => ({ path: `policies/${path}`, text: readFileSync(join(folder, path), 'utf8') }))
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** A pack that uses what the Shaoxing stack does not: caps, days by start, longest rate, rounding to yuan, a factor of 1.5. */
const everything = {
  path: 'policies/everything-2020/pack.yaml',
  text: `
pack: { id: everything-2020, version: '1', title: { zh: 试验, en: trial }, level: county, area: '330603', extends: shaoxing-2020, published: 2020-02-01 }
sources:
  trial: { title: 试验文件, issued_by: [试验], published: 2020-02-01, grade: U }
clauses:
  '1': { title: { zh: 试, en: trial }, summary: { zh: 试, en: trial }, source: trial, offices: [试验] }
parameters:
  low: { title: { zh: 低, en: low }, unit: yuan_per_day, values: [{ from: 2020-01-01, value: 33.33 yuan, source: trial }] }
  high: { title: { zh: 高, en: high }, unit: yuan_per_day, values: [{ from: 2020-01-01, to: 2020-02-10, value: 77.77 yuan, source: trial }, { from: 2020-02-11, value: 88.88 yuan, source: trial }] }
  half-more: { title: { zh: 一倍半, en: half more }, unit: times, values: [{ from: 2020-01-01, value: 1.5 times, source: trial }] }
  once-low: { title: { zh: 一次低, en: once low }, unit: yuan_once, values: [{ from: 2020-01-01, value: 500 yuan, source: trial }] }
  once-high: { title: { zh: 一次高, en: once high }, unit: yuan_once, open: { to: [county], decision: how-much } }
findings:
  hurt: { title: { zh: 受伤, en: hurt } }
categories:
  danger:
    title: { zh: 危险, en: danger }
    values: { high: { zh: 高, en: high }, low: { zh: 低, en: low } }
    versions:
      - source: trial
        table:
          - { when: { exposure: direct, day_kind: [working_day, rest_day, statutory_holiday] }, is: high }
          - { when: { exposure: [indirect, none], day_kind: statutory_holiday }, is: high }
          - { when: { exposure: [indirect, none], day_kind: [working_day, rest_day] }, is: low }
decision_points:
  how-much: { clause: '1', question: { zh: 多少, en: how much }, word: 适当, decided_by: [试验], scope: person, basis: trial, amount: { unit: yuan_once, at_most: 1000 yuan } }
entitlements:
  trial-once:
    title: { zh: 试验一次性, en: trial once }
    clause: '1'
    source: trial
    from: 2020-01-20
    gives: money_once
    who:
      - { when: { finding: { hurt: yes } }, outcome: entitled, basis: trial }
      - { outcome: not_covered, reason: { zh: 未受伤, en: not hurt } }
    amount: { by: danger, values: { high: once-high, low: once-low } }
  trial-money:
    title: { zh: 试验补助, en: trial money }
    clause: '1'
    source: trial
    from: 2020-01-20
    gives: money_per_day
    who: [{ outcome: entitled, basis: trial }]
    rate: { if: { exposure: [direct, unknown] }, take: { max: [low, high] }, else: low }
    count:
      assign: start_day
      steps: [{ over: 8 hours, counts: 1 day }, { over: 2 hours, counts: 0.25 days }]
      mixed: longest
    rounding: { to: jiao, mode: half_up }
    limits: [{ per: month, days: 3 days }, { per: period, amount: 500 yuan }]
exceptions:
  holiday:
    changes: trial-money
    title: { zh: 节日, en: holiday }
    clause: '1'
    source: trial
    from: 2020-01-20
    when: { day_kind: statutory_holiday }
    effect: { multiply: half-more }
`,
}

function stacksOf(sources: readonly { path: string; text: string }[]): ReadonlyMap<string, Stack> {
  const loaded = loadPacks(sources, sha256)
  if (!loaded.ok) throw new Error(loaded.mistakes.map(({ wrong, place }) => `${place.line} ${wrong.en}`).join('\n'))
  return loaded.stacks
}

const stacks = stacksOf([...files, everything])
const FROM = dayOf('2020-01-20')
const ON = dayOf('2020-03-20')

function programOf(id: string, known = ON, decisions: readonly Decision[] = []): CompiledProgram {
  const stack = stacks.get(id)
  const compiled = stack && compileStack(stack, { from: FROM, on: ON, known, decisions })
  if (!compiled?.ok) throw new Error(`no program for ${id}`)
  return compiled.program
}

const programs = ['shaoxing-2020', 'shaoxing-keqiao-example-2020', 'everything-2020'].map((id) => programOf(id))

const spanFacts = fc.record({
  gap: fc.integer({ min: 0, max: 2_000 }),
  length: fc.integer({ min: 1, max: 2_400 }),
  post_kind: fc.constantFrom(...wordsOf(POST_KINDS)),
  exposure: fc.constantFrom(...wordsOf(EXPOSURES)),
  unit_kind: fc.constantFrom(...wordsOf(UNIT_KINDS)),
  area: fc.constantFrom('330603', '420102', '330681'),
})

/** One person with spans that do not overlap; some touch, some reach out of the window. */
const anyPerson: fc.Arbitrary<PersonFacts> = fc
  .record({
    employment: fc.constantFrom(...wordsOf(EMPLOYMENTS)),
    established: fc.constantFrom(...wordsOf(ESTABLISHMENTS)),
    party: fc.constantFrom(...wordsOf(PARTY_STATUSES)),
    area: fc.constantFrom('330603', '330602', null),
    findings: fc.constantFrom<Record<string, boolean>>({}, { hurt: true }, { hurt: false }),
    begin: fc.integer({ min: -2_000, max: 70_000 }),
    spans: fc.array(spanFacts, { maxLength: 12 }),
  })
  .map(({ begin, spans, ...facts }) => {
    let at = FROM * MINUTES_PER_DAY + begin
    const placed = spans.map(({ gap, length, ...span }, index): SpanFacts => {
      const start_minute = at + (gap < 500 ? 0 : gap)
      at = start_minute + length
      return { ...span, start_minute, end_minute: at, ref: `span-${index}` }
    })
    return { person: 1, ...facts, spans: placed }
  })

function results(program: CompiledProgram, person: PersonFacts): readonly EntitlementResult[] {
  return [...evaluateOne(program, person).values()]
}

describe('laws of the policy engine', () => {
  it('the order of the records does not matter', () => {
    fc.assert(
      fc.property(anyPerson, fc.infiniteStream(fc.nat()), (person, order) => {
        const keys = new Map(person.spans.map((span) => [span, order.next().value ?? 0]))
        const shuffled = [...person.spans].sort((left, right) => (keys.get(left) ?? 0) - (keys.get(right) ?? 0))
        for (const program of programs) {
          expect(results(program, { ...person, spans: shuffled })).toEqual(results(program, person))
        }
      }),
      { numRuns: 60 },
    )
  })

  it('splitting a span at any minute changes nothing', () => {
    fc.assert(
      fc.property(anyPerson, fc.nat(), fc.nat(), (person, which, where) => {
        const span = person.spans[which % Math.max(1, person.spans.length)]
        if (!span || span.end_minute - span.start_minute < 2) return
        const cut = span.start_minute + 1 + (where % (span.end_minute - span.start_minute - 1))
        const spans = person.spans.flatMap((one) =>
          one === span
            ? [
                { ...one, end_minute: cut },
                { ...one, start_minute: cut, ref: `${one.ref}-b` },
              ]
            : [one],
        )
        for (const program of programs) expect(results(program, { ...person, spans })).toEqual(results(program, person))
      }),
      { numRuns: 60 },
    )
  })

  it('a person comes out alike alone and in a batch', () => {
    fc.assert(
      fc.property(fc.array(anyPerson, { minLength: 1, maxLength: 6 }), (people) => {
        for (const program of programs) {
          const batch = batchOf(people)
          const columns = program.evaluate(batch)
          people.forEach((person, row) => {
            const together = program.entitlements.map((_, index) => resultAt(program, columns, batch, row, index))
            expect(together).toEqual(results(program, person))
          })
        }
      }),
      { numRuns: 30 },
    )
  })

  it('an empty layer below changes nothing but the hash', () => {
    const empty = {
      path: 'policies/empty-2020/pack.yaml',
      text: "pack: { id: empty-2020, version: '1', title: { zh: 空, en: empty }, level: county, area: '330681', extends: shaoxing-2020, published: 2020-02-03 }\n",
    }
    const stack = stacksOf([...files, empty]).get('empty-2020')
    const compiled = stack && compileStack(stack, { from: FROM, on: ON, known: ON })
    if (!compiled?.ok) throw new Error('no program')
    const above = programOf('shaoxing-2020')
    expect(compiled.program.hash).not.toBe(above.hash)
    fc.assert(
      fc.property(anyPerson, (person) => {
        expect(results(compiled.program, person)).toEqual(results(above, person))
      }),
      { numRuns: 60 },
    )
  })

  it('every amount re-adds from its own explanation, to the fen, in both languages', () => {
    fc.assert(
      fc.property(anyPerson, fc.constantFrom<'zh' | 'en'>('zh', 'en'), (person, language) => {
        for (const program of programs) {
          for (const result of results(program, person)) {
            const explanation = explain(program, person, result.entitlement, language)
            expect(explanation.result).toEqual(result)
            const days = explanation.lines.filter((line) => line.kind === 'day')
            const sum = (pick: (line: ExplanationLine) => number | undefined) =>
              days.reduce((total, line) => total + (pick(line) ?? 0), 0)
            if (result.amount_fen !== null) expect(sum((line) => line.amount_fen)).toBe(result.amount_fen)
            if (result.quantity_unit === 'minutes' && result.quantity !== null) {
              expect(sum((line) => line.minutes)).toBe(result.quantity)
            }
            if (result.quantity_unit === 'day_hundredths' && result.quantity !== null) {
              expect(sum((line) => line.day_hundredths)).toBe(result.quantity)
            }
          }
        }
      }),
      { numRuns: 60 },
    )
  })

  it("a day's money is its own rate × its own share, rounded as the pack says", () => {
    const [program] = programs
    if (!program) throw new Error('no program')
    fc.assert(
      fc.property(anyPerson, (person) => {
        for (const line of explain(program, person, 'work-subsidy', 'zh').lines) {
          if (line.rate_hundredth_fen === undefined) continue
          const again = dayAmount(line.rate_hundredth_fen, line.day_hundredths ?? 0, { to: 'fen', mode: 'half_up' })
          expect(line.amount_fen).toBe(again)
          const minutes = (line.lines ?? []).filter(({ kind }) => kind === 'span').map((span) => span.minutes ?? 0)
          expect(line.minutes).toBeLessThanOrEqual(minutes.reduce((total, one) => total + one, 0))
        }
      }),
      { numRuns: 60 },
    )
  })

  it('differences over versions add up to the difference of the ends', () => {
    const known = ['2020-01-26', '2020-02-03', '2020-02-22', '2020-03-11'].map((day) =>
      programOf('shaoxing-keqiao-example-2020', dayOf(day)),
    )
    fc.assert(
      fc.property(anyPerson, (person) => {
        const versions = known.map((program) => results(program, person))
        const total = (parts: readonly { amount_fen: number; quantity: number }[]) => [
          parts.reduce((sum, part) => sum + part.amount_fen, 0),
          parts.reduce((sum, part) => sum + part.quantity, 0),
        ]
        const steps = versions.slice(1).flatMap((after, index) => whatDiffers(versions[index] ?? [], after))
        expect(total(steps)).toEqual(total(whatDiffers(versions[0] ?? [], versions.at(-1) ?? [])))
      }),
      { numRuns: 60 },
    )
  })
})

describe('the policy engine', () => {
  const nurse = (spans: readonly SpanFacts[]): PersonFacts => {
    return { person: 1, employment: 'medical', established: 'no', party: 'none', area: '330603', findings: {}, spans }
  }
  const span = (start: string, hours: number, ref: string): SpanFacts => {
    const start_minute = dayOf(start) * MINUTES_PER_DAY + 480
    const post = { post_kind: 'fever_clinic', exposure: 'direct', unit_kind: 'hospital', area: '330603' } as const
    return { start_minute, end_minute: start_minute + hours * 60, ...post, ref }
  }

  it('counts nothing from records that contradict one another, and says so', () => {
    const person = nurse([span('2020-02-03', 8, 'a'), span('2020-02-03', 4, 'b')])
    const result = evaluateOne(programOf('shaoxing-2020'), person).get('work-subsidy')
    expect(result).toMatchObject({ state: 'missing_fact', missing: 'spans_overlap', amount_fen: null })
    expect(
      explain(programOf('shaoxing-2020'), person, 'work-subsidy', 'zh')
        .lines.map(({ text }) => text)
        .join(),
    ).toContain('重叠')
  })

  it('refuses a year whose holidays have not been published', () => {
    const stack = stacks.get('national-2020')
    const days = { from: dayOf('2021-01-01'), on: dayOf('2021-01-31'), known: dayOf('2021-01-31') }
    const compiled = stack && compileStack(stack, days)
    expect(compiled?.ok === false && compiled.problems.map(({ code }) => code)).toEqual(['calendar.unpublished'])
  })

  it('refuses a decision that its point does not allow', () => {
    const stack = stacks.get('shaoxing-2020')
    const decision: Decision = {
      point: 'accident-insurance',
      about: { kind: 'operation' },
      decided: { kind: 'choice', choice: 'maybe' },
      from: FROM,
      to: null,
      decided_on: FROM,
      ref: 'd-1',
    }
    const compiled = stack && compileStack(stack, { from: FROM, on: ON, known: ON, decisions: [decision] })
    expect(compiled?.ok === false && compiled.problems.map(({ code }) => code)).toEqual(['decision.unknown_choice'])
  })

  it('shows figures of grade U as unverified and examples as examples', () => {
    const text = JSON.stringify(
      explain(programOf('shaoxing-keqiao-example-2020'), nurse([span('2020-02-03', 8, 'a')]), 'meal-allowance', 'zh'),
    )
    expect(text).toContain('未核实')
    expect(text).toContain('示例，不是事实')
  })

  it('a later document that gives less is listed as a difference that somebody must decide', () => {
    const person = nurse([{ ...span('2020-03-12', 8, 'a'), post_kind: 'quarantine_site', exposure: 'none' }])
    const before = results(programOf('shaoxing-2020', dayOf('2020-03-10')), person)
    const after = results(programOf('shaoxing-2020', dayOf('2020-03-11')), person)
    expect(whatDiffers(before, after)).toMatchObject([
      {
        entitlement: 'work-subsidy',
        amount_fen: -20000,
        before: 'settled',
        after: 'needs_decision',
        needs_decision: true,
      },
    ])
  })

  it('a one-off amount waits for its figure or its fact, and is given once', () => {
    const decision: Decision = {
      point: 'how-much',
      about: { kind: 'person', person: 1 },
      decided: { kind: 'amount', amount: 80_000 },
      from: FROM,
      to: null,
      decided_on: dayOf('2020-02-20'),
      ref: 'd-2',
    }
    const spans = [span('2020-02-03', 8, 'a'), span('2020-02-04', 8, 'b')]
    const hurt = { ...nurse(spans), findings: { hurt: true } }
    const once = (program: CompiledProgram, person: PersonFacts) => evaluateOne(program, person).get('trial-once')
    const open = programOf('everything-2020')
    expect(once(open, nurse(spans))).toMatchObject({ state: 'missing_fact', missing: 'finding:hurt', amount_fen: null })
    expect(once(open, hurt)).toMatchObject({ state: 'needs_decision', decision_point: 'how-much', amount_fen: null })
    expect(once(open, { ...hurt, findings: { hurt: false } })).toMatchObject({ state: 'not_covered' })
    const decided = programOf('everything-2020', ON, [decision])
    expect(once(decided, hurt)).toMatchObject({ state: 'settled', amount_fen: 80_000, quantity: 1 })
    expect(once(decided, { ...hurt, person: 2 })).toMatchObject({ state: 'needs_decision' })
    const before = programOf('everything-2020', dayOf('2020-02-19'), [decision])
    expect(once(before, hurt)).toMatchObject({ state: 'needs_decision' })
    expect(JSON.stringify(explain(decided, hurt, 'trial-once', 'zh'))).toContain('800.00 元')
  })
})
