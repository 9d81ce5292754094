import { describe, expect, test } from 'vitest'
import { compile } from './compile.ts'
import { createSolver } from './create-solver.ts'
import { mergeRows } from './merge.ts'
import { FORBIDDEN } from './model.ts'
import { NeighbourhoodSearch } from './neighbourhood.ts'
import { cutPart } from './part-model.ts'
import { Random } from './random.ts'
import { scoreRoster } from './score.ts'
import { toRoster } from './solve.ts'
import { constructRows } from './start-rows.ts'
import { RosterState } from './state.ts'
import { smallWard } from './test-problems.ts'
import { WholeRows } from './whole-rows.ts'

describe('a large roster is solved by parts', () => {
  const problem = smallWard(8, 56)
  const model = compile(problem)

  test('what is gained in a part of people and weeks is gained in the whole, to the unit', () => {
    const random = new Random(1)
    const state = constructRows(model, random)
    for (const from of [0, 17, 42]) {
      const part = cutPart(state, { people: [0, 1, 2, 3, 6], from, to: from + 14 })
      const search = new NeighbourhoodSearch(part.model, 3, memoryOf(part.rows))
      const before = search.bestCost
      for (let at = 0; at < 60; at++) search.step()
      const whole = state.total
      for (const [place, person] of part.people.entries()) {
        const row = state.rows.slice(person * model.days, (person + 1) * model.days)
        row.set(search.best.subarray(place * part.model.days, (place + 1) * part.model.days), from)
        state.remove(person)
        state.put(person, row)
      }
      expect(search.bestCost).toBeLessThan(before)
      expect(whole - state.total).toBeCloseTo(before - search.bestCost, 3)
    }
  })

  test('whole rows are refitted legally, and each refit leaves the roster as cheap or cheaper', () => {
    const random = new Random(3)
    const state = constructRows(model, random)
    const wholeRows = new WholeRows(model, random)
    for (const together of [1, 2]) {
      const before = state.total
      let last = before
      wholeRows.begin(model.people)
      for (let goesOn = true; goesOn; ) {
        goesOn = wholeRows.step(state, together)
        expect(state.total).toBeLessThanOrEqual(last + 1e-6)
        last = state.total
      }
      expect(wholeRows.gain).toBeCloseTo(before - state.total, 3)
      for (const cost of state.rowCosts) expect(cost).toBeLessThan(FORBIDDEN)
      expect(new RosterState(model, state.rows).total).toBeCloseTo(state.total, 3)
      if (together === 1) expect(state.total).toBeLessThan(before)
    }
  })

  test('no hard rule is broken, and the cost is what the judge of rosters says', () => {
    const solver = createSolver(model, { seed: 1, role: 'search' })
    const first = solver.bestCost
    while (solver.iterations < 3000) solver.step()
    expect(solver.bestCost).toBeLessThan(first)
    const { score } = scoreRoster(problem, toRoster(problem, solver.best))
    const isCoverHard = score.by_rule.filter(({ rule, hard }) => hard > 0 && rule !== 'cover')
    expect(isCoverHard).toEqual([])
    expect(solver.bestCost).toBeCloseTo(score.total + 1e6 * score.hard, 3)
  })

  test('the same seed and iterations give the same rows; a saved solve goes on from its best', () => {
    const [one, two] = [1, 2].map(() => createSolver(model, { seed: 5, role: 'search' }))
    if (one === undefined || two === undefined) throw new Error('no solver')
    for (const solver of [one, two]) while (solver.iterations < 1000) solver.step()
    expect(one.best).toEqual(two.best)
    const again = createSolver(model, { seed: 5, role: 'search', memory: JSON.parse(JSON.stringify(one.save())) })
    expect(again.bestCost).toBeCloseTo(one.bestCost, 3)
    expect(again.best).toEqual(one.best)
  })

  test('gains of two threads in different weeks are brought together, and no mixture is illegal', () => {
    const base = constructRows(model, new Random(2))
    const rows = [0, 28].map((from, index) => {
      const state = new RosterState(model, base.rows)
      const part = cutPart(state, { people: [0, 1, 2, 3, 4, 5, 6, 7], from, to: from + 21 })
      const search = new NeighbourhoodSearch(part.model, 4 + index, memoryOf(part.rows))
      for (let at = 0; at < 100; at++) search.step()
      const better = base.rows.slice()
      for (const [place, person] of part.people.entries()) {
        const source = place * part.model.days
        better.set(search.best.subarray(source, source + part.model.days), person * model.days + from)
      }
      return better
    })
    const [mine, theirs] = rows
    if (mine === undefined || theirs === undefined) throw new Error('no rows')
    const merged = new RosterState(model, mergeRows(model, base.rows, mine, theirs))
    for (const cost of merged.rowCosts) expect(cost).toBeLessThan(FORBIDDEN)
    expect(merged.total).toBeLessThan(new RosterState(model, theirs).total)
  })
})

function memoryOf(rows: Int32Array) {
  const kept = Array.from(rows)
  return { random: [1, 2, 3, 4], rows: kept, best_rows: kept, iterations: 0, temperature: 1 }
}
