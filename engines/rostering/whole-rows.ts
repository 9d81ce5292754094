import { FORBIDDEN, type Model } from './model.ts'
import type { Random } from './random.ts'
import { type RowEffort, RowSearch } from './row-search.ts'
import type { RosterState } from './state.ts'

const EFFORT: RowEffort = { beam: 4, rounds: 12 }

/**
 * Refits whole rows, a person or two at a time, everybody in turn. What weeks cannot see who are bettered one after the other: a shift
 * that nobody needs in one of them takes from its person the minutes, nights or weekends that another one lacks.
 */
export class WholeRows {
  /** What the last round over everybody has gained. */
  gain = 0
  readonly #rows: RowSearch
  readonly #random: Random
  readonly #prices: Float64Array
  readonly #free: Int32Array
  #deck: number[] = []

  constructor(model: Model, random: Random) {
    this.#rows = new RowSearch(model)
    this.#random = random
    this.#prices = new Float64Array(model.days * model.options)
    this.#free = new Int32Array(model.days).fill(-1)
  }

  /** Everybody's turn comes again. */
  begin(people: number): void {
    this.#deck = Array.from(this.#random.shuffled(people))
    this.gain = 0
  }

  /** Refits the next people; answers false when everybody has had their turn. */
  step(state: RosterState, together: number): boolean {
    const chosen = this.#deck.splice(0, together).filter((person) => (state.rowCosts[person] as number) < FORBIDDEN)
    const { days } = state.model
    const before = state.total
    const kept = chosen.map((person) => state.rows.slice(person * days, (person + 1) * days))
    for (const person of chosen) state.remove(person)
    for (const [at, person] of chosen.entries())
      state.put(person, this.#refit(state, person) ?? (kept[at] as Int32Array))
    if (state.total > before + 1e-6) {
      for (const person of chosen) state.remove(person)
      for (const [at, person] of chosen.entries()) state.put(person, kept[at] as Int32Array)
    }
    this.gain += before - state.total
    return this.#deck.length > 0
  }

  #refit(state: RosterState, person: number): Int32Array | undefined {
    const { days, options, cells } = state.model
    state.price(person, this.#prices)
    let now = state.rowCosts[person] as number
    for (let day = 0; day < days; day++) {
      const cell = day * options + (state.rows[person * days + day] as number)
      now += (this.#prices[cell] as number) - (cells[person * days * options + cell] as number)
    }
    // A little chance, or the same cheapest row comes again and again.
    for (let cell = 0; cell < this.#prices.length; cell++) this.#prices[cell]! += this.#random.unit() * 0.01
    this.#rows.find(person, this.#prices, this.#free, now + 0.5, EFFORT)
    return this.#rows.found ? this.#rows.row : undefined
  }
}
