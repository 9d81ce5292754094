import type { LinearAnswer, LinearProgram, LinearSolver } from './linear.ts'
import { FORBIDDEN, type Model } from './model.ts'
import { RowPool } from './row-pool.ts'
import { RowSearch } from './row-search.ts'

const ROWS_PER_PRICING = 4

/**
 * Column generation over whole rows: a linear master chooses a mixture of rows for each person, and `RowSearch` prices new
 * ones against the master's duals (Dantzig and Wolfe 1960; for rosters Jaumard, Semet and Vovor 1998). Duals are smoothed
 * towards those of the best bound (Wentges 1997), which roughly halves the rounds.
 *
 * Gives a lower bound that holds whatever the duals are: the sum of the cheapest rows plus what cover pays.
 */
export class ColumnGeneration {
  readonly pool: RowPool
  /** Best proven lower bound (couplings count as 0, so it stays valid with them). */
  bound = Number.NEGATIVE_INFINITY
  /** Master optimum of the last solve. */
  objective = Number.POSITIVE_INFINITY
  isDone = false
  rounds = 0
  answer: LinearAnswer | undefined
  readonly rows: RowSearch
  readonly #model: Model
  readonly program: LinearProgram
  readonly #firstRowColumn: number
  readonly #prices: Float64Array
  readonly #free: Int32Array
  readonly #centre: Float64Array
  #inProgram = 0
  /** People whose row is decided (diving). */
  readonly fixedTo: Int32Array

  constructor(model: Model, solver: LinearSolver) {
    this.#model = model
    this.pool = new RowPool(model)
    this.rows = new RowSearch(model)
    const { people, items, days, options } = model
    const bounds = new Float64Array(people + items.count)
    for (let person = 0; person < people; person++) bounds[person] = 1
    for (let item = 0; item < items.count; item++) bounds[people + item] = items.required[item] as number
    this.program = solver.create({ lower: bounds, upper: bounds.slice() })
    this.#firstRowColumn = people + 2 * items.count
    this.#addSlacks()
    this.#prices = new Float64Array(days * options)
    this.#free = new Int32Array(days).fill(-1)
    this.#centre = new Float64Array(items.count)
    this.fixedTo = new Int32Array(people).fill(-1)
  }

  #addSlacks(): void {
    const { people, items } = this.#model
    const cost: number[] = []
    const starts = [0]
    const rows: number[] = []
    const values: number[] = []
    const add = (price: number, row: number, value: number) => {
      cost.push(price)
      rows.push(row)
      values.push(value)
      starts.push(rows.length)
    }
    for (let person = 0; person < people; person++) add(1e5, person, 1)
    for (let item = 0; item < items.count; item++) {
      add(items.under[item] as number, people + item, 1)
      add(items.over[item] as number, people + item, -1)
    }
    this.program.addColumns({ cost, upper: cost.map(() => Number.POSITIVE_INFINITY), starts, rows, values })
  }

  /** The program's column of a row of the pool. */
  columnOf(row: number): number {
    return this.#firstRowColumn + row
  }

  /** Brings rows that are new in the pool into the master. */
  sync(): void {
    const { people } = this.#model
    const cost: number[] = []
    const starts = [0]
    const rows: number[] = []
    for (let row = this.#inProgram; row < this.pool.size; row++) {
      cost.push(this.pool.cost[row] as number)
      rows.push(this.pool.owner[row] as number)
      this.pool.items(row, (item) => rows.push(people + item))
      starts.push(rows.length)
    }
    this.program.addColumns({ cost, upper: cost.map(() => 1), starts, rows, values: rows.map(() => 1) })
    this.#inProgram = this.pool.size
  }

  /** Solves the master; false when the solver gave up. */
  master(seconds: number): boolean {
    this.sync()
    this.answer = this.program.solve(seconds)
    if (this.answer === undefined) return false
    this.objective = this.answer.objective
    return true
  }

  /**
   * One round: smooth the duals, price everybody who is not fixed, add what is found, solve the master.
   * @param smoothing weight of the best duals so far, 0…1
   */
  round(smoothing: number, beam: number, seconds: number): boolean {
    if (this.answer === undefined && !this.master(seconds)) return false
    const answer = this.answer
    if (answer === undefined) return false
    this.rounds++
    const { people, items } = this.#model
    const duals = new Float64Array(items.count)
    for (let item = 0; item < items.count; item++) {
      const now = answer.duals[people + item] as number
      const mixed = smoothing * (this.#centre[item] as number) + (1 - smoothing) * now
      duals[item] = Math.max(-(items.over[item] as number), Math.min(items.under[item] as number, mixed))
    }
    const found = this.#priceAll(duals, answer.duals, beam)
    if (found === 0 && smoothing === 0) {
      this.isDone = true
      return true
    }
    if (found === 0) return this.round(0, beam, seconds)
    return this.master(seconds)
  }

  #priceAll(duals: Float64Array, true_: Float64Array, beam: number): number {
    const { people, items } = this.#model
    let bound = 0
    let found = 0
    for (let item = 0; item < items.count; item++) bound += (duals[item] as number) * (items.required[item] as number)
    for (let person = 0; person < people; person++) {
      if ((this.fixedTo[person] as number) >= 0) {
        bound = Number.NEGATIVE_INFINITY
        continue
      }
      const { cheapest, added } = this.#pricePerson(person, duals, true_[person] as number, beam)
      bound += cheapest
      found += added
    }
    if (bound > this.bound) {
      this.bound = bound
      this.#centre.set(duals)
    }
    return found
  }

  /** Adds rows of negative reduced cost; answers a lower bound on the cheapest row at these duals. */
  #pricePerson(person: number, duals: Float64Array, sigma: number, beam: number): { cheapest: number; added: number } {
    this.#price(person, duals)
    const { rows } = this
    const ceiling = sigma - 1e-5
    const cost = rows.find(person, this.#prices, this.#free, ceiling, { beam, rounds: 12 })
    const cheapest = rows.isExact ? cost : rows.bound
    if (!rows.found) return { cheapest: Math.min(cheapest, sigma), added: 0 }
    let added = this.#take(person, duals, cost, rows.row)
    rows.others(ROWS_PER_PRICING, (other, row) => {
      added += this.#take(person, duals, other, row)
    })
    return { cheapest, added }
  }

  #price(person: number, duals: Float64Array): void {
    const { days, options, cells, items, people } = this.#model
    const base = person * days * options
    for (let cell = 0; cell < days * options; cell++) {
      let price = cells[base + cell] as number
      if (price < FORBIDDEN) {
        for (let at = items.startOfCell[cell] as number; at < (items.startOfCell[cell + 1] as number); at++) {
          const item = items.ofCell[at] as number
          const skill = items.group[item] as number
          if (skill < 0 || items.members[skill * people + person] === 1) price -= duals[item] as number
        }
      }
      this.#prices[cell] = price
    }
  }

  #take(person: number, duals: Float64Array, reduced: number, row: Int32Array): number {
    const number = this.pool.add(person, row, 0, 0)
    if (number < 0) return 0
    let own = reduced
    this.pool.items(number, (item) => {
      own += duals[item] as number
    })
    this.pool.cost[number] = Math.round(own * 3600) / 3600
    return 1
  }

  /** Decides a person's row for the time being (diving); -1 frees them again. */
  decide(person: number, row: number): void {
    const columns: number[] = []
    const upper: number[] = []
    const lower: number[] = []
    for (let each = 0; each < this.#inProgram; each++) {
      if (this.pool.owner[each] !== person) continue
      columns.push(this.columnOf(each))
      upper.push(row < 0 || each === row ? 1 : 0)
      lower.push(each === row ? 1 : 0)
    }
    this.program.setBounds(Int32Array.from(columns), Float64Array.from(lower), Float64Array.from(upper))
    this.fixedTo[person] = row
  }

  /** The weight that the master gives a row. */
  weight(row: number): number {
    return row < this.#inProgram ? (this.answer?.values[this.columnOf(row)] ?? 0) : 0
  }
}
