import { ColumnGeneration, type Workshop } from './column-generation.ts'
import { Dive } from './dive.ts'
import type { LinearSolver } from './linear.ts'
import { NeighbourhoodSearch } from './neighbourhood.ts'
import type { Part } from './part-model.ts'
import type { Random } from './random.ts'
import { RowPool } from './row-pool.ts'
import { RowSearch } from './row-search.ts'

/** A search ends after so many steps a person without a gain of this part of the cost; the first over a roster sooner. */
const FINE = { steps: 12, gain: 0.001 }
const COARSE = { steps: 3, gain: 0.01 }
const STEPS_AT_ONCE = 10
const TEMPERATURE = 1
const FLAT_ROUNDS = 10
const FLAT_PART = 0.0001
/** The bound comes nearer when the gap to it shrinks by this part in a round. */
const NEARER_PART = 0.02
const SMOOTHING = 0.5
const BEAM = 15

type Stage = 'search' | 'rounds' | 'dive' | 'polish' | 'over'

/** Betters one part of a roster: neighbourhood search, then, given a linear solver, columns, one dive and search again. */
export class PartSolver {
  stage: Stage = 'search'
  /** Of the part's own cost; -Infinity while unknown. */
  bound = Number.NEGATIVE_INFINITY
  readonly part: Part
  readonly costBefore: number
  readonly #search: NeighbourhoodSearch
  readonly #random: Random
  readonly #linear: LinearSolver | undefined
  readonly #seconds: number
  readonly #patience: { readonly steps: number; readonly gain: number }
  #left: number
  #costAtGain: number
  #shop: Workshop | undefined
  #root: ColumnGeneration | undefined
  #dive: Dive | undefined
  #flat = 0

  /** @param isCoarse much is still to be gained elsewhere */
  constructor(part: Part, random: Random, linear: LinearSolver | undefined, seconds: number, isCoarse: boolean) {
    this.#patience = isCoarse ? COARSE : FINE
    this.part = part
    this.#random = random
    this.#linear = linear
    this.#seconds = seconds
    const rows = Array.from(part.rows)
    this.#search = new NeighbourhoodSearch(part.model, random.next(), {
      random: [random.next(), random.next(), random.next(), random.next() | 1],
      rows,
      best_rows: rows,
      iterations: 0,
      temperature: TEMPERATURE,
    })
    this.costBefore = this.#search.bestCost
    this.#costAtGain = this.costBefore
    this.#left = this.#steps
  }

  get best(): Int32Array {
    return this.#search.best
  }

  get bestCost(): number {
    return this.#search.bestCost
  }

  get #steps(): number {
    return this.#patience.steps * this.part.people.length + 50
  }

  step(): void {
    if (this.stage === 'search' || this.stage === 'polish') this.#searchOn()
    else if (this.stage === 'rounds') this.#round()
    else if (this.stage === 'dive') this.#diveOn()
    if (this.#search.bestCost <= Math.ceil(this.bound - 1e-6) + 1e-6) this.#end()
  }

  #searchOn(): void {
    for (let at = 0; at < STEPS_AT_ONCE; at++) this.#search.step()
    this.#left -= STEPS_AT_ONCE
    if (this.#search.bestCost < this.#costAtGain - Math.max(0.5, this.#patience.gain * Math.abs(this.#costAtGain))) {
      this.#costAtGain = this.#search.bestCost
      this.#left = this.#steps
    }
    if (this.#left > 0) return
    if (this.stage === 'polish' || this.#linear === undefined) this.#end()
    else this.#begin(this.#linear)
  }

  #begin(solver: LinearSolver): void {
    const { model, people } = this.part
    const shop: Workshop = { model, solver, pool: new RowPool(model), rows: new RowSearch(model) }
    const places = people.map((_, place) => place)
    const root = new ColumnGeneration(shop, { people: places, counts: new Int32Array(model.items.count) })
    const { state } = this.#search
    state.load(this.#search.best)
    for (const place of places) {
      const cost = state.rowCosts[place] as number
      root.include(shop.pool.add(place, state.rows, place * model.days, cost))
    }
    this.#shop = shop
    this.#root = root
    this.stage = 'rounds'
  }

  #round(): void {
    const root = this.#root as ColumnGeneration
    const before = root.objective
    const gap = before - root.bound
    const isAlive = root.round(SMOOTHING, BEAM, this.#seconds)
    this.bound = Math.max(this.bound, root.bound)
    const hasGained = root.objective <= before - Math.max(0.05, FLAT_PART * Math.abs(before))
    // A good roster leaves the objective where it is for long, while the bound still comes nearer.
    const isNearer = root.objective - root.bound < gap * (1 - NEARER_PART)
    this.#flat = hasGained || isNearer ? 0 : this.#flat + 1
    if (!isAlive) this.#end()
    else if (root.isDone || this.#flat >= FLAT_ROUNDS) this.stage = 'dive'
  }

  #diveOn(): void {
    const shop = this.#shop as Workshop
    const root = this.#root as ColumnGeneration
    this.#dive ??= new Dive(shop, root, this.#random, { sure: 0.8, rounds: 6, beam: BEAM, noise: 0.1, rest: 0 })
    const { bestCost } = this.#search
    this.#dive.step(bestCost + 0.02 * Math.abs(bestCost), this.#seconds)
    if (!this.#dive.isOver) return
    const { result } = this.#dive
    if (result !== undefined) {
      const { days } = this.part.model
      const rows = this.#search.best.slice()
      for (const [place, row] of result.entries()) shop.pool.copy(row, rows, place * days)
      this.#search.state.load(rows)
      const { total } = this.#search.state
      if (total < bestCost) this.#search.adopt(rows, total)
      else this.#search.state.load(this.#search.best)
    }
    this.#left = this.#steps
    this.#costAtGain = this.#search.bestCost
    this.stage = 'polish'
    this.#release()
  }

  #end(): void {
    this.#release()
    this.stage = 'over'
  }

  #release(): void {
    this.#dive?.dispose()
    this.#root?.dispose()
    this.#dive = undefined
    this.#root = undefined
    this.#shop = undefined
  }
}
