import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ColumnGeneration, type Part } from '#engines/rostering/column-generation.ts'
import { compile } from '#engines/rostering/compile.ts'
import { Mender } from '#engines/rostering/mend.ts'
import { FORBIDDEN } from '#engines/rostering/model.ts'
import { NeighbourhoodSearch } from '#engines/rostering/neighbourhood.ts'
import { Random } from '#engines/rostering/random.ts'
import { RowPool } from '#engines/rostering/row-pool.ts'
import { RowSearch } from '#engines/rostering/row-search.ts'
import { scoreRoster } from '#engines/rostering/score.ts'
import { Solver, toRoster } from '#engines/rostering/solve.ts'
import { RosterState } from '#engines/rostering/state.ts'
import { smallWard } from '#engines/rostering/test-problems.ts'
import { loadLinearSolver } from './highs.ts'

const solver = await loadLinearSolver()

/** Two people, a week, no rule that looks at several people's rows at once. */
const pair = () => {
  const ward = smallWard(2, 7)
  const rules = ward.rules.filter(({ id, kind }) => kind !== 'apart' && kind !== 'together' && id !== 'minutes')
  return compile({ ...ward, rules })
}

describe('a part of a roster', () => {
  it('has a bound that no legal choice for it, counted out one by one, comes in below', () => {
    const model = pair()
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 0, max: 4 }), (seed, from) => {
        const search = new NeighbourhoodSearch(model, seed)
        const { rows } = search.state
        const stretch = { from, to: from + 3, rows }
        const { least, beside } = cheapestChoice(search.state, stretch)
        const shop = { model, solver, pool: new RowPool(model), rows: new RowSearch(model) }
        const part: Part = { people: [0, 1], counts: countsBeside(search.state, stretch), stretch }
        const master = new ColumnGeneration(shop, part)
        for (let person = 0; person < 2; person++) {
          master.include(shop.pool.add(person, rows, person * model.days, search.state.rowCosts[person] as number))
        }
        for (let round = 0; round < 40 && !master.isDone; round++) master.round(0.5, 300, 10)
        expect(master.bound + beside).toBeLessThanOrEqual(least + 1e-6)
        master.dispose()
      }),
      { numRuns: 25 },
    )
  })

  it('is mended without making the roster dearer, unlawful or wrongly added up', () => {
    const problem = smallWard(10, 14)
    const model = compile(problem)
    const search = new NeighbourhoodSearch(model, 3)
    const shop = { model, solver, pool: new RowPool(model), rows: new RowSearch(model) }
    const mender = new Mender(shop, undefined, new Random(2))
    mender.load(search.best)
    const start = mender.state.total
    for (let tried = 0, before = start; tried < 40; tried++) {
      const isBetter = mender.step(10)
      const { total, rows } = mender.state
      expect(isBetter).toBe(total < before - 1e-6)
      expect(total).toBeLessThanOrEqual(before + 1e-6)
      expect(new RosterState(model, rows).total).toBeCloseTo(total, 4)
      before = total
    }
    expect(mender.state.total).toBeLessThan(start)
    const { violations } = scoreRoster(problem, toRoster(problem, mender.state.rows))
    expect(violations.filter(({ hard }) => hard)).toEqual([])
  })
})

interface Days {
  readonly from: number
  readonly to: number
}

/** How many stand at each cover item without the two people's cells of these days. */
function countsBeside(state: RosterState, { from, to }: Days): Int32Array {
  const { days, options, items } = state.model
  const counts = state.counts.slice()
  for (let cell = from * options; cell < to * options; cell++) {
    for (let person = 0; person < 2; person++) {
      if (state.rows[person * days + Math.floor(cell / options)] !== cell % options) continue
      for (const item of items.ofCell.subarray(items.startOfCell[cell], items.startOfCell[cell + 1])) {
        if (state.counted(item, person)) counts[item]! -= 1
      }
    }
  }
  return counts
}

/** The least total over all choices for these days, and what of it no such choice can change. */
function cheapestChoice(state: RosterState, { from, to }: Days): { least: number; beside: number } {
  const { model } = state
  const { days, options, items } = model
  const tried = new RosterState(model, state.rows)
  const rows = state.rows.slice()
  const length = to - from
  let least = Number.POSITIVE_INFINITY
  for (let code = 0; code < options ** (2 * length); code++) {
    let left = code
    for (let person = 0; person < 2; person++) {
      for (let day = from; day < to; day++) {
        rows[person * days + day] = left % options
        left = Math.floor(left / options)
      }
    }
    tried.load(rows)
    if (tried.rowCosts.every((cost) => cost < FORBIDDEN)) least = Math.min(least, tried.total)
  }
  const inside = new Set(items.ofCell.subarray(items.startOfCell[from * options], items.startOfCell[to * options]))
  let beside = 0
  for (let item = 0; item < items.count; item++) {
    if (!inside.has(item)) beside += state.itemCost(item, state.counts[item] as number)
  }
  return { least, beside }
}

describe('a solve that betters what a dive came to', () => {
  const model = compile(smallWard(10, 14))
  const good = new Solver(model, { seed: 5, role: 'search' })
  while (good.iterations < 3000) good.step()

  it('keeps what another thread has found meanwhile as its best, also when it is saved', () => {
    const solving = new Solver(model, { seed: 1, role: 'columns', linear: solver })
    let wasDiving = false
    for (let at = 0; at < 300 && !(wasDiving && solving.phase === 'search'); at++) {
      solving.step()
      wasDiving ||= solving.phase === 'dive'
    }
    solving.offer(good.best, good.bestCost)
    const { bestCost } = solving
    expect(bestCost).toBeLessThanOrEqual(good.bestCost)
    const saved = new RosterState(model, Int32Array.from(solving.save().search.best_rows))
    expect(saved.total).toBeCloseTo(bestCost, 6)
    for (let at = 0; at < 100; at++) solving.step()
    expect(solving.bestCost).toBeLessThanOrEqual(bestCost)
    expect(new RosterState(model, solving.best).total).toBeCloseTo(solving.bestCost, 6)
  })
})
