import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile } from './compile.ts'
import { InstanceError, readCurtoisQu, writeCsv } from './curtois-qu.ts'
import { findMistakes } from './mistakes.ts'
import { HARD_PRICE } from './model.ts'
import { MoveScorer } from './moves.ts'
import { NeighbourhoodSearch } from './neighbourhood.ts'
import type { RosterProblem } from './problem.ts'
import { Random } from './random.ts'
import { scoreRoster } from './score.ts'
import { prepare, Solver, toRoster } from './solve.ts'
import { RosterState } from './state.ts'
import { smallWard } from './test-problems.ts'

/** Every hard rule priced, so that any roster whatever has a finite cost. */
const inShifts = (problem: RosterProblem): RosterProblem => ({
  ...problem,
  rules: problem.rules.map((rule) =>
    rule.id === 'minutes' && rule.kind === 'tally' ? { ...rule, of: 'shifts', min: 3, max: 11 } : rule,
  ),
})
const priced = (problem: RosterProblem) => compile(problem, new Set(problem.people.map((person) => person.id)))

function randomRows(problem: RosterProblem, seed: number): Int32Array {
  const random = new Random(seed)
  const rows = new Int32Array(problem.people.length * problem.days)
  for (const [index, person] of problem.people.entries()) {
    for (let day = 0; day < problem.days; day++) {
      const option = random.below(problem.shifts.length + 1)
      const shift = problem.shifts[option - 1]
      const isAble = (shift?.skills ?? []).every((skill) => person.skills?.includes(skill))
      rows[index * problem.days + day] = isAble ? option : 0
    }
  }
  return rows
}

describe('the compiled model', () => {
  it('costs any roster what the judge of the plain rules says', () => {
    const problem = inShifts(smallWard())
    const state = new RosterState(priced(problem))
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const rows = randomRows(problem, seed)
        state.load(rows)
        const { score } = scoreRoster(problem, toRoster(problem, rows))
        expect(state.total % HARD_PRICE).toBeCloseTo(score.total, 6)
      }),
      { numRuns: 200 },
    )
  })

  it('keeps its totals right while rows are taken out and put back', () => {
    const problem = smallWard()
    const search = new NeighbourhoodSearch(compile(problem), 5)
    for (let step = 0; step < 60; step++) search.step()
    expect(search.state.total).toBeCloseTo(new RosterState(search.state.model, search.state.rows).total, 6)
    const { score } = scoreRoster(problem, toRoster(problem, search.best))
    expect(score.total + HARD_PRICE * score.hard).toBeCloseTo(search.bestCost, 6)
  })
})

describe('a simple move', () => {
  it('changes the total by exactly its score', () => {
    const plain = inShifts(smallWard())
    const problem = {
      ...plain,
      rules: plain.rules.filter(({ kind }) => !['window', 'apart', 'together'].includes(kind)),
    }
    const state = new RosterState(priced(problem), randomRows(problem, 3))
    const moves = new MoveScorer(state)
    const random = new Random(9)
    for (let tried = 0; tried < 300; tried++) {
      const person = random.below(problem.people.length)
      const day = random.below(problem.days)
      const option = random.below(problem.shifts.length + 1)
      const delta = moves.score(person, day, option)
      if (delta === Number.POSITIVE_INFINITY) continue
      const before = state.total
      moves.apply(person, day, option)
      expect(state.total - before).toBeCloseTo(delta, 5)
      expect(new RosterState(state.model, state.rows).total).toBeCloseTo(state.total, 5)
    }
  })
})

describe('a solve', () => {
  it('gives the same roster for the same seed and iterations, and another for another seed', () => {
    const run = (seed: number) => {
      const solver = new Solver(compile(smallWard()), { seed, role: 'search' })
      while (solver.iterations < 100) solver.step()
      return Array.from(solver.best)
    }
    expect(run(1)).toEqual(run(1))
    expect(run(1)).not.toEqual(run(2))
  })

  it('never breaks a hard rule of rows, and covers the hard minimum when that can be done', () => {
    const problem = smallWard(10, 14)
    const prepared = prepare(problem)
    if (!prepared.ok) throw new Error('the ward is well formed')
    const solver = new Solver(prepared.model, { seed: 1, role: 'search' })
    while (solver.iterations < 400) solver.step()
    expect(scoreRoster(problem, toRoster(problem, solver.best)).violations.filter(({ hard }) => hard)).toEqual([])
  })

  it('goes on from a saved state with nothing lost', () => {
    const model = compile(smallWard())
    const first = new Solver(model, { seed: 4, role: 'search' })
    while (first.iterations < 60) first.step()
    const memory = JSON.parse(JSON.stringify(first.save()))
    const second = new Solver(model, { seed: 4, role: 'search', memory })
    expect(second.bestCost).toBe(first.bestCost)
    while (second.iterations < 60) second.step()
    expect(second.bestCost).toBeLessThanOrEqual(first.bestCost)
  })

  it('names a person whose own rules leave no row, and still rosters the others', () => {
    const problem = smallWard(6, 7)
    const people = problem.people.map((person, index) =>
      index === 0 ? { ...person, days_off: [0, 1, 2, 3, 4, 5, 6] } : person,
    )
    const prepared = prepare({ ...problem, people })
    expect(prepared.ok && prepared.impossible).toEqual(['p0'])
  })

  it('keeps pinned cells and days that are over', () => {
    const ward = smallWard(6, 14)
    const cells = Object.fromEntries(ward.people.map(({ id }) => [id, new Array(14).fill(null)]))
    const [first, ...others] = ward.people
    if (first === undefined) throw new Error('the ward has people')
    const problem: RosterProblem = {
      ...ward,
      rules: ward.rules.filter(({ id }) => id !== 'minutes'),
      people: [{ ...first, days_off: [], pinned: [{ day: 6, shift: 'L' }] }, ...others],
      published: { cells, price_per_change: 1, frozen_before_day: 3 },
    }
    const solver = new Solver(compile(problem), { seed: 1, role: 'search' })
    while (solver.iterations < 60) solver.step()
    const roster = toRoster(problem, solver.best)
    expect(roster.p0?.[6]).toBe('L')
    for (const row of Object.values(roster)) expect(row.slice(0, 3)).toEqual([null, null, null])
  })
})

describe('bad input', () => {
  const codes = (problem: RosterProblem) => findMistakes(problem).map(({ code, where }) => `${code} ${where}`)
  it('is named with its place', () => {
    const ward = smallWard(4, 7)
    expect(codes(ward)).toEqual([])
    expect(codes({ ...ward, people: [], rules: [], cover: [] })).toEqual(['people.none people'])
    expect(codes({ ...ward, shifts: [...ward.shifts, { id: 'X', start_minute: 0, minutes: 3000 }] })).toEqual([
      'shift.too_long shifts[3].minutes',
    ])
    expect(
      codes({ ...ward, rules: [{ kind: 'run', id: 'r', shifts: 'work', min: 5, max: 3, price: 'hard' }] }),
    ).toEqual(['limits.contradictory rules[0]'])
    expect(codes({ ...ward, cover: [{ shifts: ['Z'], required: 1, under_price: 1 }] })).toEqual([
      'id.unknown cover[0].shifts',
    ])
  })
})

describe('the public instance format', () => {
  const instance = [
    'SECTION_HORIZON\n7\n\nSECTION_SHIFTS\nE,480,\nL,480,E\n',
    'SECTION_STAFF\nA,E=7|L=7,2400,960,5,2,2,1\nB,E=7|L=0,2400,960,5,2,2,1\n',
    'SECTION_DAYS_OFF\nA,0\n\nSECTION_SHIFT_ON_REQUESTS\nA,2,E,2\n\nSECTION_SHIFT_OFF_REQUESTS\nB,3,E,1\n',
    'SECTION_COVER\n0,E,1,100,1\n1,L,1,100,1\n',
  ].join('\n')

  it('is read whole, solved lawfully and written as one row a person', () => {
    const problem = readCurtoisQu(instance)
    const solver = new Solver(compile(problem), { seed: 1, role: 'search' })
    while (solver.iterations < 60) solver.step()
    const roster = toRoster(problem, solver.best)
    expect(scoreRoster(problem, roster).score).toMatchObject({ hard: 0, total: solver.bestCost })
    expect(
      writeCsv(problem, roster)
        .trimEnd()
        .split('\n')
        .map((line) => line.split(',').length),
    ).toEqual([7, 7])
  })

  it('refuses what is cut short, unknown or contradictory, saying where', () => {
    const codeOf = (text: string) => {
      try {
        readCurtoisQu(text)
      } catch (error) {
        return error instanceof InstanceError ? `${error.code} ${error.line}` : 'other'
      }
      return 'read'
    }
    expect(codeOf(instance.slice(0, instance.indexOf('SECTION_COVER')))).toBe('cut_short 0')
    expect(codeOf(instance.slice(0, -6))).toBe('cut_short 23')
    expect(codeOf(instance.replace('A,0', 'Q,0'))).toMatch(/^employee /)
    expect(codeOf(instance.replace('2400,960', '960,2400'))).toMatch(/^contradiction /)
    expect(codeOf(instance.replace('A,2,E,2', 'A,9,E,2'))).toMatch(/^day /)
    expect(codeOf('')).toBe('cut_short 0')
  })
})

describe('the source', () => {
  it('knows no clock and no chance of its own', () => {
    for (const file of [
      'solve.ts',
      'neighbourhood.ts',
      'row-search.ts',
      'dive.ts',
      'column-generation.ts',
      'mend.ts',
    ]) {
      expect(readFileSync(new URL(file, import.meta.url), 'utf8')).not.toMatch(/Math\.random|Date\.now|performance/)
    }
  })
})
