import type { Model } from './model.ts'
import { Random } from './random.ts'
import { type RowEffort, RowSearch } from './row-search.ts'
import { RosterState } from './state.ts'

const EFFORT: RowEffort = { beam: 40, rounds: 3 }
const START_EFFORT: RowEffort = { beam: 40, rounds: 6 }
/** For rows so long and rich that the exact search takes too long to begin with. */
const QUICK_EFFORT: RowEffort = { beam: 5, rounds: 6, isAnyEnough: true }
const LONG_ROW = 500_000

/** What a search needs to go on where it stopped. */
export interface SearchMemory {
  readonly random: readonly number[]
  readonly rows: readonly number[]
  readonly best_rows: readonly number[]
  readonly iterations: number
  readonly temperature: number
}

/**
 * Large neighbourhood search: some people are taken out of the roster (whole, or only for a window of days) and put back one
 * after the other, each in their cheapest legal row given the others (`RowSearch`); accepted by simulated annealing with reheats.
 * Each person's price for a cell carries a little noise at times, so that the refit order is not everything.
 */
export class NeighbourhoodSearch {
  readonly state: RosterState
  readonly rows: RowSearch
  readonly best: Int32Array
  bestCost: number
  iterations = 0
  readonly #random: Random
  readonly #prices: Float64Array
  readonly #fixed: Int32Array
  readonly #free: Int32Array
  readonly #deck: number[] = []
  #temperature = 0
  #hot = 0
  #sinceBest = 0

  /** @param memory a stopped search to go on with */
  constructor(model: Model, seed: number, memory?: SearchMemory) {
    this.#random = new Random(seed)
    this.state = new RosterState(model, memory === undefined ? undefined : Int32Array.from(memory.rows))
    this.rows = new RowSearch(model)
    this.#prices = new Float64Array(model.days * model.options)
    this.#fixed = new Int32Array(model.days)
    this.#free = new Int32Array(model.days).fill(-1)
    if (memory === undefined) this.#construct()
    this.best = this.state.rows.slice()
    this.bestCost = this.state.total
    this.#heat()
    if (memory !== undefined) this.#resume(memory)
  }

  #resume(memory: SearchMemory): void {
    const current = this.state.rows.slice()
    this.state.load(Int32Array.from(memory.best_rows))
    this.best.set(this.state.rows)
    this.bestCost = this.state.total
    this.state.load(current)
    this.#random.restore(memory.random)
    this.#temperature = memory.temperature
    this.iterations = memory.iterations
  }

  /** Each person in turn, in random order, takes the cheapest row given those before. */
  #construct(): void {
    const order = this.#random.shuffled(this.state.model.people)
    for (const person of order) this.state.remove(person)
    const { days, rows } = this.state.model
    for (const person of order) {
      const rules = rows[person]
      const size = rules === undefined ? 0 : days * rules.automaton.states * rules.groupClass.length
      this.#refit(person, this.#free, size > LONG_ROW ? QUICK_EFFORT : START_EFFORT, 0)
    }
  }

  /** Puts a person, now taken out, back in; answers whether a row was found. */
  #refit(person: number, fixed: Int32Array, effort: RowEffort, noise: number): boolean {
    const { state, rows } = this
    state.price(person, this.#prices)
    if (noise > 0)
      for (let cell = 0; cell < this.#prices.length; cell++) this.#prices[cell]! += this.#random.unit() * noise
    const now = this.#priceNow(person)
    const cost = rows.find(person, this.#prices, fixed, now + 1e-3, effort)
    if (!rows.found) {
      const from = person * state.model.days
      state.place(person, state.rows, state.rowCosts[person] as number, from)
      return false
    }
    // The row's own cost is what it was found for, less what cover and couplings had put on its cells.
    let own = cost
    const { days, options, cells } = state.model
    for (let day = 0; day < days; day++) {
      const cell = day * options + (rows.row[day] as number)
      own -= (this.#prices[cell] as number) - (cells[person * days * options + cell] as number)
    }
    // Prices are whole or a whole number of them to a unit (an hour is 60 minutes): 3600 parts hold them exactly.
    state.place(person, rows.row, Math.round(own * 3600) / 3600)
    return true
  }

  #heat(): void {
    this.#hot = Math.max(0.5, Math.min(30, this.bestCost / 400))
    this.#temperature = this.#hot
    this.#sinceBest = 0
  }

  /** Starts again from a roster that came from elsewhere, if it is better. */
  adopt(rows: Int32Array, cost: number): void {
    if (cost < this.bestCost) this.restart(rows, cost)
  }

  /** Starts again from a roster that came from elsewhere, be it worse: from now on it is the best. */
  restart(rows: Int32Array, cost: number): void {
    this.best.set(rows)
    this.bestCost = cost
    this.state.load(rows)
    this.#heat()
    this.#temperature = this.#hot / 4
  }

  /** One destroy and repair. */
  step(): void {
    const { state } = this
    const { people, days } = state.model
    this.iterations++
    const before = state.total
    const count = Math.min(people, 1 + this.#random.below(2))
    const chosen = this.#choose(count)
    const weeks = days <= 35 && this.#random.below(4) === 0 ? 99 : 1 + this.#random.below(3)
    const noise = this.#random.below(2) === 0 ? 0.01 : this.#temperature
    const length = Math.min(days, weeks * 7)
    const from = length >= days ? 0 : this.#random.below(days - length + 1)
    const kept = chosen.map((person) => state.rows.slice(person * days, (person + 1) * days))
    const costs = chosen.map((person) => state.rowCosts[person] as number)
    for (const person of chosen) state.remove(person)
    for (const person of chosen) {
      for (let day = 0; day < days; day++) {
        this.#fixed[day] = day >= from && day < from + length ? -1 : (state.rows[person * days + day] as number)
      }
      this.#refit(person, this.#fixed, EFFORT, noise)
    }
    this.#judge(before, chosen, kept, costs)
  }

  /** What the row that the person had would cost now. */
  #priceNow(person: number): number {
    const { state } = this
    const { days, options, cells } = state.model
    let now = state.rowCosts[person] as number
    for (let day = 0; day < days; day++) {
      const cell = day * options + (state.rows[person * days + day] as number)
      now += (this.#prices[cell] as number) - (cells[person * days * options + cell] as number)
    }
    return now
  }

  #choose(count: number): number[] {
    const chosen = new Set<number>()
    while (chosen.size < count) {
      if (this.#deck.length === 0) this.#deck.push(...this.#random.shuffled(this.state.model.people))
      chosen.add(this.#deck.pop() as number)
    }
    return [...chosen]
  }

  #judge(before: number, chosen: readonly number[], kept: readonly Int32Array[], costs: readonly number[]): void {
    const { state } = this
    const after = state.total
    const worse = after - before
    this.#sinceBest++
    if (worse > 0 && this.#random.unit() >= Math.exp(-worse / this.#temperature)) {
      for (const person of chosen) state.remove(person)
      for (const [at, person] of chosen.entries()) state.place(person, kept[at] ?? [], costs[at] ?? 0)
    } else {
      if (after < this.bestCost - 1e-6) {
        this.bestCost = after
        this.best.set(state.rows)
        this.#sinceBest = 0
      }
    }
    this.#temperature = Math.max(0.05, this.#temperature * 0.9995)
    if (this.#sinceBest > 4000) {
      state.load(this.best)
      this.#heat()
    }
  }

  save(): SearchMemory {
    return {
      random: this.#random.save(),
      rows: Array.from(this.state.rows),
      best_rows: Array.from(this.best),
      iterations: this.iterations,
      temperature: this.#temperature,
    }
  }
}
