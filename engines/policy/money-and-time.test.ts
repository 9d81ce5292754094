import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayOf, MINUTES_PER_DAY } from '#engines/values/time.ts'
import { type CompiledProgram, compileStack, resultAt } from './compile.ts'
import { partAmount } from './day-amount.ts'
import { explain } from './explain.ts'
import { batchOf, type PersonFacts, type SpanFacts } from './facts.ts'
import { loadPacks } from './load.ts'
import type { OperationFacts } from './operation.ts'
import { formatMistake, type Stack } from './pack.ts'
import type { EntitlementResult, ExplanationLine } from './results.ts'
import { minutesInside } from './sources.ts'
import { evaluateOne, testPack } from './test-pack.ts'
import { evaluateUnits, explainUnit } from './units.ts'
import { EMPLOYMENTS, EXPOSURES, POST_KINDS, wordsOf } from './vocabulary.ts'
import { whatDiffers } from './what-differs.ts'

const folder = join(import.meta.dirname, 'testing')
const files = readdirSync(folder, { recursive: true })
  .map(String)
  .filter((path) => path.endsWith('.yaml'))
  .map((path) => ({ path: `testing/${path}`, text: readFileSync(join(folder, path), 'utf8') }))
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

function load(sources: readonly { path: string; text: string }[]): ReadonlyMap<string, Stack> {
  const loaded = loadPacks(sources, sha256)
  if (!loaded.ok) throw new Error(loaded.mistakes.map((mistake) => formatMistake(mistake, 'en')).join('\n'))
  return loaded.stacks
}

const stacks = load(files)
const FROM = dayOf('2031-06-01')
const ON = dayOf('2031-07-31')
const operation: OperationFacts = {
  starts: FROM,
  ends: dayOf('2031-07-10'),
  levels: [
    { area: '9901', level: 'level_3', from: FROM, to: null },
    { area: '990101', level: 'level_1', from: dayOf('2031-06-10'), to: dayOf('2031-06-25') },
  ],
}

function programOf(id: string, known = ON): CompiledProgram {
  const stack = stacks.get(id)
  const compiled = stack && compileStack(stack, { from: FROM, on: ON, known, operation })
  if (!compiled?.ok) throw new Error(`no program for ${id}`)
  return compiled.program
}

const programs = ['flood-city-2031', 'flood-county-2031'].map((id) => programOf(id))

const spanFacts = fc.record({
  gap: fc.integer({ min: 0, max: 2_000 }),
  length: fc.integer({ min: 1, max: 2_400 }),
  post_kind: fc.constantFrom(...wordsOf(POST_KINDS)),
  exposure: fc.constantFrom(...wordsOf(EXPOSURES)),
  unit_kind: fc.constantFrom('hospital', 'village'),
  area: fc.constantFrom('990101', '990102', null),
})

/** Somebody with duty, family and events, each of which may not have been recorded. */
const anyPerson: fc.Arbitrary<PersonFacts> = fc
  .record({
    employment: fc.constantFrom(...wordsOf(EMPLOYMENTS)),
    area: fc.constantFrom('990101', '990102', null),
    more: fc.record(
      {
        family: fc.record({ spouse_on_front_line: fc.boolean(), single_parent: fc.boolean() }, { requiredKeys: [] }),
        counts: fc.record({ dependants: fc.integer({ min: 0, max: 4 }) }),
        children: fc.array(fc.integer({ min: FROM - 2_300, max: FROM + 20 }), { maxLength: 3 }),
        events: fc.array(
          fc.record({
            kind: fc.constantFrom('rescue', 'breach'),
            day: fc.integer({ min: FROM - 2, max: ON + 2 }),
            count: fc.integer({ min: 1, max: 3 }),
            ref: fc.constantFrom('e-1', 'e-2'),
          }),
          { maxLength: 4 },
        ),
        uses: fc.constantFrom([], [{ entitlement: 'rest-trip', day: FROM + 45, ref: 'u-1' }]),
      },
      { requiredKeys: [] },
    ),
    begin: fc.integer({ min: -2_000, max: 60_000 }),
    spans: fc.array(spanFacts, { maxLength: 14 }),
  })
  .map(({ begin, spans, more, ...facts }) => {
    let at = FROM * MINUTES_PER_DAY + begin
    const placed = spans.map(({ gap, length, unit_kind, ...span }, index): SpanFacts => {
      const start_minute = at + (gap < 500 ? 0 : gap)
      at = start_minute + length
      const kind = unit_kind === 'hospital' ? 'hospital' : 'village'
      return { ...span, unit_kind: kind, start_minute, end_minute: at, ref: `span-${index}` }
    })
    return { person: 1, established: 'no', party: 'none', findings: {}, ...facts, ...more, spans: placed }
  })

function results(program: CompiledProgram, person: PersonFacts): readonly EntitlementResult[] {
  return [...evaluateOne(program, person).values()]
}

function sum(lines: readonly ExplanationLine[], pick: (line: ExplanationLine) => number | undefined): number {
  return lines
    .filter(({ kind }) => kind === 'day' || kind === 'month')
    .reduce((total, line) => total + (pick(line) ?? 0), 0)
}

describe('the made-up flood notices', () => {
  it.each([...stacks.values()])('$id gives what its examples say', (stack) => {
    const cases = files.filter(({ path }) => path.startsWith(`testing/${stack.id}/cases/`))
    const tested = testPack(stack, cases)
    expect(tested.mistakes.map((mistake) => formatMistake(mistake, 'en'))).toEqual([])
    expect(tested.misses).toEqual([])
    expect(tested.cases).toBeGreaterThan(0)
  })
})

describe('laws of money and time', () => {
  it('the order of spans, events and children does not matter', () => {
    fc.assert(
      fc.property(anyPerson, fc.nat(), (person, turn) => {
        const turned = <Item>(items: readonly Item[]) =>
          items
            .map((_, index) => items[(index + turn) % items.length])
            .flatMap((item) => (item === undefined ? [] : [item]))
        const other = {
          ...person,
          spans: turned(person.spans).reverse(),
          ...(person.events ? { events: turned(person.events) } : {}),
          ...(person.children ? { children: turned(person.children) } : {}),
        }
        for (const program of programs) expect(results(program, other)).toEqual(results(program, person))
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
                { ...one, start_minute: cut, ref: 'b' },
              ]
            : [one],
        )
        for (const program of programs) expect(results(program, { ...person, spans })).toEqual(results(program, person))
      }),
      { numRuns: 80 },
    )
  })

  it('a person comes out alike alone and in a batch with others of whom other things are recorded', () => {
    fc.assert(
      fc.property(fc.array(anyPerson, { minLength: 2, maxLength: 5 }), (people) => {
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
      path: 'testing/empty-2031/pack.yaml',
      text: "pack: { id: empty-2031, version: '1', title: { zh: 空, en: empty }, level: county, area: '990102', extends: flood-city-2031, published: 2031-06-03 }\n",
    }
    const stack = load([...files, empty]).get('empty-2031')
    const compiled = stack && compileStack(stack, { from: FROM, on: ON, known: ON, operation })
    if (!compiled?.ok) throw new Error('no program')
    const above = programOf('flood-city-2031')
    expect(compiled.program.hash).not.toBe(above.hash)
    fc.assert(
      fc.property(anyPerson, (person) => {
        expect(results(compiled.program, person)).toEqual(results(above, person))
      }),
      { numRuns: 40 },
    )
  })

  it('every figure re-adds from its own explanation, in both languages', () => {
    fc.assert(
      fc.property(anyPerson, fc.constantFrom<'zh' | 'en'>('zh', 'en'), (person, language) => {
        for (const program of programs) {
          for (const result of results(program, person)) {
            const { lines, result: told } = explain(program, person, result.entitlement, language)
            expect(told).toEqual(result)
            expect(lines.every(({ text }) => !/undefined|NaN|null/.test(text))).toBe(true)
            if (result.quantity === null) continue
            if (result.amount_fen !== null) expect(sum(lines, ({ amount_fen }) => amount_fen)).toBe(result.amount_fen)
            const unit = result.quantity_unit
            if (unit === 'minutes') expect(sum(lines, ({ minutes }) => minutes)).toBe(result.quantity)
            if (unit === 'day_hundredths') expect(sum(lines, (line) => line.day_hundredths)).toBe(result.quantity)
            if (unit === 'items') expect(sum(lines, ({ quantity }) => quantity)).toBe(result.quantity)
          }
        }
      }),
      { numRuns: 60 },
    )
  })

  it("an hour's money is its own rate × its own minutes, rounded as the pack says", () => {
    fc.assert(
      fc.property(anyPerson, (person) => {
        for (const program of programs) {
          for (const line of explain(program, person, 'night-pay', 'zh').lines) {
            if (line.rate_hundredth_fen === undefined) continue
            const again = partAmount(line.rate_hundredth_fen, line.minutes ?? 0, 60, { to: 'jiao', mode: 'half_up' })
            expect(line.amount_fen).toBe(again)
          }
        }
      }),
      { numRuns: 60 },
    )
  })

  it('differences over versions add up to the difference of the ends, whatever is given', () => {
    const known = ['2031-06-02', '2031-06-10', '2031-07-31'].map((day) => programOf('flood-county-2031', dayOf(day)))
    fc.assert(
      fc.property(anyPerson, (person) => {
        const versions = known.map((program) => results(program, person))
        const total = (parts: readonly { amount_fen: number; quantity: number }[]) =>
          parts.reduce(([fen = 0, count = 0], part) => [fen + part.amount_fen, count + part.quantity], [0, 0])
        const steps = versions.slice(1).flatMap((after, index) => whatDiffers(versions[index] ?? [], after))
        expect(total(steps)).toEqual(total(whatDiffers(versions[0] ?? [], versions.at(-1) ?? [])))
      }),
      { numRuns: 40 },
    )
  })

  it('minutes between two times of day are those that a clock would count', () => {
    fc.assert(
      fc.property(
        fc.nat(1439),
        fc.nat(1439),
        fc.integer({ min: -3_000, max: 30_000_000 }),
        fc.integer({ min: 0, max: 3_000 }),
        (from_minute, to_minute, start, minutes) => {
          if (from_minute === to_minute) return
          let counted = 0
          for (let minute = start; minute < start + minutes; minute++) {
            const clock = ((minute % 1440) + 1440) % 1440
            const inside =
              from_minute < to_minute
                ? clock >= from_minute && clock < to_minute
                : clock >= from_minute || clock < to_minute
            if (inside) counted += 1
          }
          expect(minutesInside({ from_minute, to_minute }, start, minutes)).toBe(counted)
        },
      ),
    )
  })
})

describe('what an explanation of money and time says', () => {
  const span = (start: string, post_kind: SpanFacts['post_kind']): SpanFacts => {
    const start_minute = dayOf(start) * MINUTES_PER_DAY + 480
    const post = { post_kind, exposure: 'none', unit_kind: null, area: '990101' } as const
    return { start_minute, end_minute: start_minute + 480, ...post, ref: 'duty-1' }
  }
  const person = (spans: readonly SpanFacts[]): PersonFacts => {
    return { person: 1, employment: 'police', established: 'no', party: 'none', area: '990101', findings: {}, spans }
  }
  const told = (facts: PersonFacts, entitlement: string, language: 'zh' | 'en' = 'zh') =>
    JSON.stringify(explain(programOf('flood-city-2031'), facts, entitlement, language).lines)

  it('names the level of the place, and the factors that are multiplied', () => {
    const text = told(person([span('2031-06-11', 'community_patrol')]), 'duty-allowance')
    expect(text).toContain('一级响应倍数 1.5 倍')
    expect(text).toContain('值守地当日：一级响应')
    expect(text).toContain('187.50 元')
  })

  it('says which factor gives way, and why', () => {
    expect(told(person([span('2031-06-24', 'community_patrol')]), 'duty-allowance')).toContain(
      '让位于“节日提高”：几个倍数只取最高',
    )
  })

  it('says beside what it is not given', () => {
    expect(told(person([span('2031-06-24', 'checkpoint')]), 'meal-instead')).toContain('与“值守补助”不重复享受')
  })

  it('explains a unit as a unit', () => {
    const unit = { unit: 7, kind: 'hospital', area: '990101', findings: { 'key-duty': true } } as const
    const program = programOf('flood-city-2031')
    expect(evaluateUnits(program, [unit])).toMatchObject([
      { entitlement: 'unit-increase', state: 'missing_fact', person: 7 },
    ])
    expect(JSON.stringify(explainUnit(program, unit, 'unit-increase', 'zh').lines)).toContain('核定绩效工资总量')
  })
})
