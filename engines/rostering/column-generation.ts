import type { LinearAnswer, LinearProgram, LinearSolver } from './linear.ts'
import { FORBIDDEN, type Model } from './model.ts'
import type { Random } from './random.ts'
import type { RowPool } from './row-pool.ts'
import type { RowSearch } from './row-search.ts'

const ROWS_PER_PRICING = 4
/** Choices of whole rows that gain do so within some hundred simplex iterations; the others could take any number of them. */
const WHOLE_ITERATIONS = 2000
/** Price of a person without a row: dearer than whatever a row may cost. */
const ROWLESS_PRICE = 1e5
const ROWLESS_PRICE_RELAXED = 1e8

/** Some of the people, maybe on some of the days only; all that stands beside it counts at each cover item as `counts` says. */
export interface Part {
  readonly people: readonly number[]
  readonly counts: Int32Array
  readonly stretch?: Stretch
}

/** Days `from` … `to - 1` are free; on all others the cells of `rows`, [person * days + day], stand. */
export interface Stretch {
  readonly from: number
  readonly to: number
  readonly rows: Int32Array
}

/** What all masters of a solve have in common. */
export interface Workshop {
  readonly model: Model
  readonly solver: LinearSolver
  readonly pool: RowPool
  readonly rows: RowSearch
}

/**
 * Column generation over whole rows: a linear master chooses a mixture of rows for each person, and `RowSearch` prices new
 * ones against the master's duals (Dantzig and Wolfe 1960; for rosters Jaumard, Semet and Vovor 1998). Duals are smoothed
 * towards those of the best bound (Wentges 1997), which roughly halves the rounds.
 *
 * Gives a lower bound that holds whatever the duals are: the sum of the cheapest rows plus what cover pays.
 */
export class ColumnGeneration {
  /** Best proven lower bound (couplings count as 0, so it stays valid with them). */
  bound = Number.NEGATIVE_INFINITY
  /** Master optimum of the last solve. */
  objective = Number.POSITIVE_INFINITY
  isDone = false
  answer: LinearAnswer | undefined
  readonly people: readonly number[]
  readonly #shop: Workshop
  readonly #stretch: Stretch | undefined
  /** Cover items that the part can change, and the place of each in the master (-1: beyond it). */
  readonly #items: Int32Array
  readonly #placeOfItem: Int32Array
  readonly #residual: Int32Array
  readonly #program: LinearProgram
  readonly #place: Int32Array
  /** Row of the pool of each column after the slacks, and back. */
  readonly #rowOf: number[] = []
  readonly #columnOf = new Map<number, number>()
  #pending: number[] = []
  readonly #prices: Float64Array
  readonly #fixed: Int32Array
  /** Nobody is decided: the bound holds for the whole part. */
  #isWhole = true
  /** Best bound since the last decision. */
  #promise = Number.NEGATIVE_INFINITY
  readonly #centre: Float64Array
  readonly #decided: Int32Array
  #wasBent = true

  constructor(shop: Workshop, part: Part) {
    this.#shop = shop
    this.people = part.people
    const { items, days, options, people } = shop.model
    this.#place = new Int32Array(people).fill(-1)
    for (const [place, person] of part.people.entries()) this.#place[person] = place
    this.#stretch = part.stretch
    this.#placeOfItem = new Int32Array(items.count).fill(-1)
    this.#items = this.#reachedItems()
    this.#residual = this.#items.map((item) => (items.required[item] as number) - (part.counts[item] as number))
    const bounds = new Float64Array(part.people.length + this.#items.length).fill(1, 0, part.people.length)
    bounds.set(this.#residual, part.people.length)
    this.#program = shop.solver.create({ lower: bounds, upper: bounds.slice() })
    this.#addSlacks()
    this.#prices = new Float64Array(days * options)
    this.#fixed = new Int32Array(days).fill(-1)
    this.#centre = new Float64Array(this.#items.length)
    this.#decided = new Int32Array(people).fill(-1)
  }

  #reachedItems(): Int32Array {
    const { items, days, options } = this.#shop.model
    const { from, to } = this.#stretch ?? { from: 0, to: days }
    const reached: number[] = []
    for (let at = items.startOfCell[from * options] as number; at < (items.startOfCell[to * options] as number); at++) {
      const item = items.ofCell[at] as number
      if (this.#placeOfItem[item] !== -1) continue
      this.#placeOfItem[item] = reached.length
      reached.push(item)
    }
    return Int32Array.from(reached)
  }

  /** Calls `visit` with the place of each cover item that the row counts for within the part. */
  #visitItems(row: number, visit: (place: number) => void): void {
    const { from, to } = this.#stretch ?? { from: 0, to: this.#shop.model.days }
    this.#shop.pool.items(row, (item) => visit(this.#placeOfItem[item] as number), from, to)
  }

  #addSlacks(): void {
    const { items, relaxed } = this.#shop.model
    const first = this.people.length
    const rowless = relaxed.includes(1) ? ROWLESS_PRICE_RELAXED : ROWLESS_PRICE
    const cost: number[] = this.people.map(() => rowless)
    const rows = this.people.map((_, place) => place)
    const values: number[] = this.people.map(() => 1)
    for (const [place, item] of this.#items.entries()) {
      cost.push(items.under[item] as number, items.over[item] as number)
      rows.push(first + place, first + place)
      values.push(1, -1)
    }
    const starts = Array.from({ length: cost.length + 1 }, (_, at) => at)
    this.#program.addColumns({ cost, upper: cost.map(() => Number.POSITIVE_INFINITY), starts, rows, values })
  }

  get #slacks(): number {
    return this.people.length + 2 * this.#items.length
  }

  /** Lets the master use a row of the pool; answers whether it is new to it. */
  include(row: number): boolean {
    if (this.#columnOf.has(row)) return false
    this.#columnOf.set(row, this.#rowOf.length)
    this.#rowOf.push(row)
    this.#pending.push(row)
    return true
  }

  /** The rows of the pool that promise most for a person at the last duals, best first. */
  promising(person: number, most: number): number[] {
    const { pool } = this.#shop
    const duals = this.answer?.duals.subarray(this.people.length)
    const known = pool.of[person] ?? []
    if (known.length <= most || duals === undefined) return known.slice(-most)
    const ranked = known.map((row) => ({ row, reduced: this.#reduced(row, duals) }))
    ranked.sort((a, b) => a.reduced - b.reduced || a.row - b.row)
    return ranked.slice(0, most).map(({ row }) => row)
  }

  /** What a row costs at duals of the items. */
  #reduced(row: number, duals: Float64Array): number {
    let cost = this.#shop.pool.cost[row] as number
    this.#visitItems(row, (place) => {
      cost -= duals[place] as number
    })
    return cost
  }

  #sync(): void {
    const { pool } = this.#shop
    const first = this.people.length
    const cost: number[] = []
    const starts = [0]
    const rows: number[] = []
    for (const row of this.#pending) {
      cost.push(pool.cost[row] as number)
      rows.push(this.#place[pool.owner[row] as number] as number)
      this.#visitItems(row, (place) => rows.push(first + place))
      starts.push(rows.length)
    }
    this.#program.addColumns({ cost, upper: cost.map(() => 1), starts, rows, values: rows.map(() => 1) })
    this.#pending = []
  }

  /** Solves the master; false when the solver gave up. */
  master(seconds: number): boolean {
    this.#sync()
    // New columns leave the last basis primal feasible, new bounds leave it dual feasible.
    this.answer = this.#program.solve(seconds, this.#wasBent ? 'dual' : 'primal')
    this.#wasBent = false
    if (this.answer === undefined) return false
    this.objective = this.answer.objective
    return true
  }

  /**
   * One round: smooth the duals, price everybody who is not decided, add what is found, solve the master.
   * @param smoothing weight of the best duals so far, 0…1
   */
  round(smoothing: number, beam: number, seconds: number): boolean {
    if (this.answer === undefined && !this.master(seconds)) return false
    const answer = this.answer
    if (answer === undefined) return false
    const { items } = this.#shop.model
    const first = this.people.length
    const duals = new Float64Array(this.#items.length)
    for (const [place, item] of this.#items.entries()) {
      const now = answer.duals[first + place] as number
      const mixed = smoothing * (this.#centre[place] as number) + (1 - smoothing) * now
      duals[place] = Math.max(-(items.over[item] as number), Math.min(items.under[item] as number, mixed))
    }
    const found = this.#priceAll(duals, answer.duals, beam)
    if (found > 0) return this.master(seconds)
    if (smoothing > 0) return this.round(0, beam, seconds)
    this.isDone = true
    return true
  }

  #priceAll(duals: Float64Array, true_: Float64Array, beam: number): number {
    let bound = 0
    let found = 0
    for (const [place, residual] of this.#residual.entries()) bound += (duals[place] as number) * residual
    for (const [place, person] of this.people.entries()) {
      const decided = this.#decided[person] as number
      if (decided >= 0) {
        bound += this.#reduced(decided, duals)
        continue
      }
      const { cheapest, added } = this.#pricePerson(person, duals, true_[place] as number, beam)
      bound += cheapest
      found += added
    }
    if (bound > this.#promise) {
      this.#promise = bound
      this.#centre.set(duals)
    }
    if (this.#isWhole) this.bound = Math.max(this.bound, bound)
    return found
  }

  /** Adds rows of negative reduced cost; answers a lower bound on the cheapest row at these duals. */
  #pricePerson(person: number, duals: Float64Array, sigma: number, beam: number): { cheapest: number; added: number } {
    this.#price(person, duals)
    const { rows } = this.#shop
    const ceiling = sigma - 1e-5
    const cost = rows.find(person, this.#prices, this.#fixed, ceiling, { beam, rounds: 12 })
    const cheapest = rows.isExact ? cost : rows.bound
    if (!rows.found) return { cheapest: Math.min(cheapest, sigma), added: 0 }
    let added = this.#take(person, duals, cost, rows.row)
    rows.others(ROWS_PER_PRICING, (other, row) => {
      added += this.#take(person, duals, other, row)
    })
    return { cheapest, added }
  }

  /**
   * Adds rows that are cheapest near the last duals, so that a whole choice has more to choose from.
   * @param spread how far duals are moved at random, in units of cost
   */
  enrich(random: Random, times: number, spread: number, beam: number): void {
    const answer = this.answer
    if (answer === undefined) return
    const { items } = this.#shop.model
    const first = this.people.length
    const duals = new Float64Array(this.#items.length)
    for (let time = 0; time < times; time++) {
      for (const [place, item] of this.#items.entries()) {
        const moved = (answer.duals[first + place] as number) + (random.unit() - 0.5) * 2 * spread
        duals[place] = Math.max(-(items.over[item] as number), Math.min(items.under[item] as number, moved))
      }
      for (const person of this.people) {
        if ((this.#decided[person] as number) < 0) this.#pricePerson(person, duals, FORBIDDEN, beam)
      }
    }
  }

  #price(person: number, duals: Float64Array): void {
    const { days, options, cells, items, people } = this.#shop.model
    const base = person * days * options
    for (let cell = 0; cell < days * options; cell++) {
      let price = cells[base + cell] as number
      if (price < FORBIDDEN) {
        for (let at = items.startOfCell[cell] as number; at < (items.startOfCell[cell + 1] as number); at++) {
          const item = items.ofCell[at] as number
          const place = this.#placeOfItem[item] as number
          const skill = items.group[item] as number
          if (place >= 0 && (skill < 0 || items.members[skill * people + person] === 1)) price -= duals[place] as number
        }
      }
      this.#prices[cell] = price
    }
    if (this.#stretch === undefined) return
    const { from, to, rows } = this.#stretch
    for (let day = 0; day < days; day++) {
      if (day < from || day >= to) this.#fixed[day] = rows[person * days + day] as number
    }
  }

  #take(person: number, duals: Float64Array, reduced: number, row: Int32Array): number {
    const { pool } = this.#shop
    const before = pool.size
    const number = pool.add(person, row, 0, 0)
    if (number === before) {
      let own = reduced
      this.#visitItems(number, (place) => {
        own += duals[place] as number
      })
      pool.cost[number] = Math.round(own * 3600) / 3600
    }
    return this.include(number) ? 1 : 0
  }

  /** Decides a person's row: no other is used or priced any more. */
  decide(person: number, row: number): void {
    this.#sync()
    const barred: number[] = []
    for (const each of this.#shop.pool.of[person] ?? []) {
      const column = this.#columnOf.get(each)
      if (column !== undefined && each !== row) barred.push(this.#slacks + column)
    }
    barred.sort((a, b) => a - b)
    const none = new Float64Array(barred.length)
    this.#program.setBounds(Int32Array.from(barred), none, none)
    this.#decided[person] = row
    this.#isWhole = false
    this.#promise = Number.NEGATIVE_INFINITY
    this.#wasBent = true
  }

  /** Calls `visit` with each row that the master uses and its weight. */
  weights(visit: (row: number, weight: number) => void): void {
    const values = this.answer?.values
    if (values === undefined) return
    const slacks = this.#slacks
    for (const [column, row] of this.#rowOf.entries()) {
      const weight = values[slacks + column] ?? 0
      if (weight > 1e-6) visit(row, weight)
    }
  }

  /** The rows of the last solve in the order of `people`, if it uses whole rows only. */
  integral(): readonly number[] | undefined {
    const rows = new Array<number>(this.people.length).fill(-1)
    this.weights((row, weight) => {
      if (weight > 1 - 1e-6) rows[this.#place[this.#shop.pool.owner[row] as number] as number] = row
    })
    return rows.includes(-1) ? undefined : rows
  }

  /**
   * The best whole choice among the master's rows, one a person (in the order of `people`), within so many branchings.
   * @param start a choice to begin with, rows that the master knows
   * @returns undefined when none was found
   */
  whole(
    nodes: number,
    seconds: number,
    start?: readonly number[],
  ): { rows: readonly number[]; objective: number; isProven: boolean } | undefined {
    this.#sync()
    const slacks = this.#slacks
    const integers = new Uint8Array(slacks + this.#rowOf.length).fill(1, slacks)
    const limits = {
      nodes,
      seconds,
      iterations: WHOLE_ITERATIONS,
      ...(start === undefined ? {} : { start: this.#assignment(start) }),
    }
    const answer = this.#program.solveInteger(integers, limits)
    if (answer === undefined) return undefined
    const rows = new Array<number>(this.people.length).fill(-1)
    for (const [column, row] of this.#rowOf.entries()) {
      if ((answer.values[slacks + column] as number) < 0.5) continue
      rows[this.#place[this.#shop.pool.owner[row] as number] as number] = row
    }
    if (rows.includes(-1)) return undefined
    return { rows, objective: answer.objective, isProven: answer.objective < answer.bound + 1 - 1e-6 }
  }

  #assignment(rows: readonly number[]): Float64Array {
    const values = new Float64Array(this.#slacks + this.#rowOf.length)
    const missing = this.#residual.slice()
    for (const row of rows) {
      values[this.#slacks + (this.#columnOf.get(row) ?? 0)] = 1
      this.#visitItems(row, (place) => {
        missing[place]! -= 1
      })
    }
    for (const [place, count] of missing.entries()) {
      values[this.people.length + 2 * place + (count > 0 ? 0 : 1)] = Math.abs(count)
    }
    return values
  }

  dispose(): void {
    this.#program.dispose()
  }
}
