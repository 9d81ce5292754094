import { ColumnGeneration, type Workshop } from './column-generation.ts'
import { FORBIDDEN } from './model.ts'
import type { Random } from './random.ts'
import { RosterState } from './state.ts'

/** Rows a person that the small master begins with. */
const ROWS_KEPT = 80
const ROUNDS = 30
const BEAM = 20
const SMOOTHING = 0.5
const NODES = 60
/** New rows before whole numbers are asked for: how often each person is priced at duals moved by how much. */
const ENRICHINGS = 4
const ENRICH_SPREAD = 4
const SIZE_START = 6
const SIZE_LEAST = 4
const SIZE_MOST = 30

/**
 * Betters a roster by exact means on a part of it: some people are freed, all others stand; a small column generation for
 * the freed ones either proves that they cannot do better or finds the rows of which an integer programme picks the best.
 * How many are freed follows from how often that succeeds within its limits.
 */
export class Mender {
  readonly state: RosterState
  /** How many tries in a row have found nothing better. */
  idle = 0
  /** People freed by the next try. */
  size = SIZE_START
  readonly #shop: Workshop
  readonly #root: ColumnGeneration
  readonly #random: Random

  /** @param root a master of everybody that was solved: its duals rank the rows to begin with */
  constructor(shop: Workshop, root: ColumnGeneration, random: Random) {
    this.#shop = shop
    this.#root = root
    this.#random = random
    this.state = new RosterState(shop.model)
  }

  load(rows: Int32Array): void {
    this.state.load(rows)
    this.idle = 0
  }

  /** One try; answers whether the roster has become better. */
  step(seconds: number): boolean {
    const { state } = this
    const { people } = state.model
    const size = Math.min(people, Math.max(SIZE_LEAST, Math.floor(this.size)))
    const chosen = this.#choose(size)
    const before = state.total
    const start = chosen.map((person) => this.#rowOf(person))
    for (const person of chosen) state.remove(person)
    const others = state.total - chosen.reduce((sum, person) => sum + (state.rowCosts[person] as number), 0)
    // What the freed people may cost together, cover included; the others' own rows are in both figures.
    const constant = others - state.coverCost
    const master = new ColumnGeneration(this.#shop, { people: chosen, counts: state.counts.slice() })
    const rows = this.#improve(master, chosen, start, before - constant, seconds)
    master.dispose()
    for (const [place, person] of chosen.entries()) this.#place(person, rows[place] ?? start[place] ?? 0)
    if (state.total > before - 1e-6) {
      for (const person of chosen) state.remove(person)
      for (const [place, person] of chosen.entries()) this.#place(person, start[place] ?? 0)
      this.idle++
      return false
    }
    this.idle = 0
    return true
  }

  #improve(
    master: ColumnGeneration,
    chosen: readonly number[],
    start: readonly number[],
    cost: number,
    seconds: number,
  ): readonly number[] {
    for (const person of chosen) for (const row of this.#root.promising(person, ROWS_KEPT)) master.include(row)
    for (const row of start) master.include(row)
    const target = cost - 1 + 1e-6
    for (let round = 0; round < ROUNDS && !master.isDone; round++) {
      if (!master.round(SMOOTHING, BEAM, seconds)) return start
      if (master.bound > target) {
        this.#resize(0.25)
        return start
      }
    }
    if (master.objective > target) {
      this.#resize(master.isDone ? 0.25 : -0.25)
      return start
    }
    const integral = master.integral()
    if (integral !== undefined) return integral
    master.enrich(this.#random, ENRICHINGS, ENRICH_SPREAD, BEAM)
    const answer = master.whole(NODES, seconds, start)
    this.#resize(answer?.isProven === true ? 0.25 : -0.5)
    return answer?.rows ?? start
  }

  #resize(by: number): void {
    this.size = Math.max(SIZE_LEAST, Math.min(SIZE_MOST, this.size + by))
  }

  /** The number in the pool of the row that a person has. */
  #rowOf(person: number): number {
    const { days } = this.state.model
    return this.#shop.pool.add(person, this.state.rows, person * days, this.state.rowCosts[person] as number)
  }

  #place(person: number, row: number): void {
    const { pool } = this.#shop
    const cells = new Int32Array(this.state.model.days)
    pool.copy(row, cells, 0)
    this.state.place(person, cells, pool.cost[row] as number)
  }

  #choose(count: number): number[] {
    const { people } = this.state.model
    const chosen = new Set<number>()
    while (chosen.size < count) chosen.add(this.#random.below(people))
    return [...chosen].sort((a, b) => a - b)
  }

  /** Whether every row is legal, so that it may stand in a master. */
  get isLegal(): boolean {
    return this.state.rowCosts.every((cost) => cost < FORBIDDEN)
  }
}
