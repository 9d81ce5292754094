import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayOf, MINUTES_PER_DAY } from '#engines/values/time.ts'
import { assumeFigure } from './compare-change.ts'
import { FundCosts, joinCourses } from './compare-funds.ts'
import { joinComparisons } from './compare-join.ts'
import { Comparing, type Comparison } from './compare-stacks.ts'
import { type CompiledProgram, compileStack } from './compile.ts'
import { batchOf, type PersonFacts } from './facts.ts'
import { loadPacks } from './load.ts'
import type { Stack } from './pack.ts'
import { sameRules } from './same-rules.ts'

const folder = join(import.meta.dirname, '../../policies')
const files = readdirSync(folder, { recursive: true })
  .map(String)
  .filter((path) => path.endsWith('.yaml'))
  .map((path) => ({ path: `policies/${path}`, text: readFileSync(join(folder, path), 'utf8') }))
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const FROM = dayOf('2020-02-03')
const ON = dayOf('2020-02-16')

function stackNamed(id: string): Stack {
  const loaded = loadPacks(files, sha256)
  const stack = loaded.ok ? loaded.stacks.get(id) : undefined
  if (!stack) throw new Error(`${id} does not load`)
  return stack
}

function programOf(stack: Stack): CompiledProgram {
  const compiled = compileStack(stack, { from: FROM, on: ON, known: ON })
  if (!compiled.ok) throw new Error(compiled.problems[0]?.message.en)
  return compiled.program
}

const county = stackNamed('shaoxing-keqiao-example-2020')
const city = stackNamed('shaoxing-2020')

function assumed(parameter: string, value: number, from = FROM): Stack {
  const result = assumeFigure(county, { parameter, value, from }, sha256)
  if (!result.ok) throw new Error(result.unknown)
  return result.stack
}

const people = fc.array(
  fc.record({
    employment: fc.constantFrom('medical', 'volunteer', 'civil_servant', null),
    area: fc.constantFrom('330603', '330602004', null),
    spans: fc.array(
      fc.record({
        day: fc.nat(13),
        hours: fc.integer({ min: 1, max: 20 }),
        post: fc.constantFrom('fever_clinic', 'checkpoint', 'general_ward'),
        exposure: fc.constantFrom('direct', 'none', 'unknown'),
      }),
      { maxLength: 8 },
    ),
  }),
  { minLength: 1, maxLength: 8 },
)

function batchFrom(made: typeof people extends fc.Arbitrary<infer Value> ? Value : never) {
  return batchOf(
    made.map(({ employment, area, spans }, index): PersonFacts => {
      const byDay = new Map(spans.map((span) => [span.day, span]))
      return {
        person: index + 1,
        employment,
        established: 'no',
        party: 'none',
        area,
        findings: {},
        spans: [...byDay.values()].map(({ day, hours, post, exposure }) => ({
          start_minute: (FROM + day) * MINUTES_PER_DAY,
          end_minute: (FROM + day) * MINUTES_PER_DAY + hours * 60,
          post_kind: post,
          exposure,
          unit_kind: 'hospital',
          area: '330603',
          ref: `d${day}`,
        })),
      }
    }),
  )
}

function compare(before: Stack, after: Stack, batch: ReturnType<typeof batchFrom>): Comparison {
  const comparing = new Comparing(programOf(before), programOf(after))
  comparing.add(batch)
  return comparing.result()
}

describe('comparing two packs over the same facts', () => {
  it('gains less losses are the difference of the totals, in every row and over all rows', () => {
    fc.assert(
      fc.property(people, fc.integer({ min: 0, max: 60_000 }), (made, rate) => {
        const result = compare(county, assumed('meal-allowance-rate', rate, FROM + 3), batchFrom(made))
        for (const row of [result.total, ...result.by_entitlement, ...result.by_fund, ...result.by_area]) {
          expect(row.gains_fen - row.losses_fen).toBe(row.difference_fen)
          expect(row.after_fen - row.before_fen).toBe(row.difference_fen)
        }
        for (const rows of [result.by_entitlement, result.by_fund, result.by_area]) {
          expect(rows.reduce((sum, row) => sum + row.difference_fen, 0)).toBe(result.total.difference_fen)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('a pack compared with itself changes nothing', () => {
    fc.assert(
      fc.property(people, (made) => {
        const result = compare(county, county, batchFrom(made))
        expect(result.people_changed).toBe(0)
        expect(result.total.gains_fen + result.total.losses_fen).toBe(0)
        expect(result.by_entitlement.flatMap(({ states }) => states)).toEqual([])
      }),
      { numRuns: 20 },
    )
  })

  it('the other way round, gains are losses', () => {
    fc.assert(
      fc.property(people, (made) => {
        const batch = batchFrom(made)
        const there = compare(city, county, batch)
        const back = compare(county, city, batch)
        expect(back.total.gains_fen).toBe(there.total.losses_fen)
        expect(back.total.losses_fen).toBe(there.total.gains_fen)
        expect(back.total.people_gaining).toBe(there.total.people_losing)
        expect(back.people_changed).toBe(there.people_changed)
      }),
      { numRuns: 20 },
    )
  })

  it('shows an open amount that the county settles as a change of state, not as a rise from zero', () => {
    const volunteer = [{ employment: 'volunteer' as const, area: '330603', spans: [] }]
    const spans = [{ day: 0, hours: 8, post: 'checkpoint' as const, exposure: 'none' as const }]
    const result = compare(
      city,
      county,
      batchFrom([{ ...volunteer[0], employment: 'volunteer', area: '330603', spans }]),
    )
    const meals = result.by_entitlement.find(({ entitlement }) => entitlement === 'meal-allowance')
    expect(meals?.states).toEqual([{ before: 'needs_decision', after: 'settled', people: 1 }])
    expect(meals?.open_days_before).toBe(1)
  })

  it('refuses programs of different days, and a figure that no pack has', () => {
    const other = compileStack(county, { from: FROM, on: ON + 1, known: ON })
    if (!other.ok) throw new Error('does not compile')
    expect(() => new Comparing(programOf(county), other.program)).toThrow(RangeError)
    expect(assumeFigure(county, { parameter: 'nothing', value: 1, from: FROM }, sha256)).toEqual({
      ok: false,
      unknown: 'nothing',
    })
  })
})

describe('what funds pay day by day', () => {
  it('adds up to what the people are owed, whatever the caps', () => {
    fc.assert(
      fc.property(people, (made) => {
        const batch = batchFrom(made)
        const program = programOf(county)
        const costs = new FundCosts(program)
        costs.add(batch)
        const comparison = compare(county, county, batch)
        const cost = costs.result().reduce((sum, { cost_fen }) => sum + cost_fen, 0)
        expect(cost).toBe(comparison.total.before_fen)
        for (const { by_day_fen, cost_fen } of costs.result())
          expect(by_day_fen.reduce((sum, day) => sum + day, 0)).toBe(cost_fen)
      }),
      { numRuns: 30 },
    )
  })

  it('compared in two parts and joined, everything is as if compared at once', () => {
    fc.assert(
      fc.property(people, people, (some, others) => {
        const [left, right] = [batchFrom(some), batchFrom(others)]
        const both = new Comparing(programOf(county), programOf(city))
        const whole = new FundCosts(programOf(county))
        for (const batch of [left, right]) {
          both.add(batch)
          whole.add(batch)
        }
        const joined = joinComparisons([compare(county, city, left), compare(county, city, right)])
        const sorted = ({ by_area, by_entitlement, by_fund, ...rest }: Comparison) => ({
          ...rest,
          by_area: [...by_area].sort((one, other) => (one.area ?? '').localeCompare(other.area ?? '')),
          by_fund: by_fund.filter(({ before_fen, after_fen }) => before_fen !== 0 || after_fen !== 0),
          by_entitlement: by_entitlement.map(({ states, ...row }) => ({
            ...row,
            states: states.map(({ before, after, people: moved }) => `${before} ${after} ${moved}`).sort(),
          })),
        })
        expect(sorted(joined)).toEqual(sorted(both.result()))
        const courses = [left, right].map((batch) => {
          const costs = new FundCosts(programOf(county))
          costs.add(batch)
          return costs.result()
        })
        for (const course of whole.result()) {
          const parts = courses.flatMap((part) => part.filter(({ fund }) => fund === course.fund))
          expect(joinCourses(parts, FROM)).toEqual(course)
        }
      }),
      { numRuns: 20 },
    )
  })
})

describe('what two packs settle alike', () => {
  /** Both ways of comparing: everything by both programs, and what is the same settled once. */
  function bothWays(before: CompiledProgram, after: CompiledProgram, batch: ReturnType<typeof batchFrom>) {
    const same = sameRules(before, after)
    const [old, made] = [new FundCosts(before), new FundCosts(after)]
    const all = new Comparing(old.followed(), made.followed())
    const costs = new FundCosts(before)
    const rest = new FundCosts(after, { entitlements: same, costs })
    const once = new Comparing(costs.followed(), rest.followed(), same)
    all.add(batch)
    once.add(batch)
    return {
      whole: { comparison: all.result(), before: old.result(), after: made.result() },
      shared: { comparison: once.result(), before: costs.result(), after: rest.result() },
    }
  }

  const changes = fc.oneof(
    fc.record({
      parameter: fc.constantFrom(...county.parameters.keys()),
      value: fc.constantFrom(0, 100, 30_000),
      from: fc.constantFrom(FROM, FROM + 3),
    }),
    fc.constant('city' as const),
  )

  it('settled once comes to the same, for people and funds, whatever is changed and wherever people belong', () => {
    fc.assert(
      fc.property(people, changes, (made, change) => {
        const after = change === 'city' ? city : assumed(change.parameter, change.value, change.from)
        const { whole, shared } = bothWays(programOf(county), programOf(after), batchFrom(made))
        expect(shared).toEqual(whole)
      }),
      { numRuns: 60 },
    )
  })

  it('is everything but what the changed figure touches', () => {
    const before = programOf(county)
    const same = sameRules(before, programOf(assumed('meal-allowance-rate', 9_900)))
    expect(same).not.toContain('meal-allowance')
    expect(same.size).toBeGreaterThan(0)
    expect(sameRules(before, programOf(county)).size).toBe(county.entitlements.size)
  })

  it('is nothing where other days are looked at', () => {
    const other = compileStack(county, { from: FROM, on: ON, known: ON + 1 })
    if (!other.ok) throw new Error('does not compile')
    expect(sameRules(programOf(county), other.program).size).toBe(0)
  })
})
