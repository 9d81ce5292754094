import { FORBIDDEN, type Model } from './model.ts'
import { RowSearch } from './row-search.ts'

const EFFORT = { beam: 0, rounds: 3 }
/** Where a price of a missing person begins, as a part of the most it can be. */
const DUAL_START = 0.6
const PACE_START = 1
/** What a round without a better bound makes of the pace, and where that ends. */
const SLOWER = 0.97
const PACE_LEAST = 0.01

/**
 * A lower bound for problems too large for a linear master: cover gets a price per item, everybody takes the row that is
 * cheapest at these prices, and the prices move towards what cover then lacks (Lagrangian relaxation with Polyak steps;
 * Held, Wolfe and Crowder 1974). Valid at any prices; couplings count as 0.
 */
export class Relaxation {
  bound = Number.NEGATIVE_INFINITY
  readonly #model: Model
  readonly #rows: RowSearch
  readonly #duals: Float64Array
  /** The rows that cover is counted from, [person * days + day]; -1 while none is known. */
  readonly #chosen: Int32Array
  readonly #prices: Float64Array
  readonly #free: Int32Array
  #pace = PACE_START

  constructor(model: Model) {
    const { items, days, options, people } = model
    this.#model = model
    this.#rows = new RowSearch(model)
    this.#duals = items.under.map((price) => price * DUAL_START)
    this.#chosen = new Int32Array(people * days).fill(-1)
    this.#prices = new Float64Array(days * options)
    this.#free = new Int32Array(days).fill(-1)
  }

  /** One round over everybody. @param target the cost of the best roster known */
  step(target: number): void {
    const { people, days, items } = this.#model
    let bound = 0
    for (let item = 0; item < items.count; item++) {
      bound += (this.#duals[item] as number) * (items.required[item] as number)
    }
    for (let person = 0; person < people; person++) {
      this.#price(person)
      this.#rows.find(person, this.#prices, this.#free, FORBIDDEN, EFFORT)
      bound += this.#rows.bound
      if (this.#rows.found) this.#chosen.set(this.#rows.row, person * days)
    }
    if (bound > this.bound) this.bound = bound
    else this.#pace = Math.max(PACE_LEAST, this.#pace * SLOWER)
    this.#move(target - bound)
  }

  #price(person: number): void {
    const { days, options, cells, items, people } = this.#model
    const base = person * days * options
    for (let cell = 0; cell < days * options; cell++) {
      let price = cells[base + cell] as number
      if (price < FORBIDDEN) {
        for (let at = items.startOfCell[cell] as number; at < (items.startOfCell[cell + 1] as number); at++) {
          const item = items.ofCell[at] as number
          const skill = items.group[item] as number
          if (skill < 0 || items.members[skill * people + person] === 1) price -= this.#duals[item] as number
        }
      }
      this.#prices[cell] = price
    }
  }

  /** A step along what cover lacks at the present prices. */
  #move(gap: number): void {
    const { items } = this.#model
    const lacking = this.#lacking()
    let length = 0
    for (let item = 0; item < items.count; item++) {
      const isStuck =
        (lacking[item] as number) > 0
          ? (this.#duals[item] as number) >= (items.under[item] as number)
          : (this.#duals[item] as number) <= -(items.over[item] as number)
      if (isStuck) lacking[item] = 0
      length += (lacking[item] as number) ** 2
    }
    if (length === 0) return
    const pace = (this.#pace * Math.max(gap, 1)) / length
    for (let item = 0; item < items.count; item++) {
      const moved = (this.#duals[item] as number) + pace * (lacking[item] as number)
      this.#duals[item] = Math.max(-(items.over[item] as number), Math.min(items.under[item] as number, moved))
    }
  }

  #lacking(): Float64Array {
    const { people, days, options, items } = this.#model
    const lacking = Float64Array.from(items.required)
    for (let person = 0; person < people; person++) {
      for (let day = 0; day < days; day++) {
        const option = this.#chosen[person * days + day] as number
        if (option < 0) continue
        const cell = day * options + option
        for (let at = items.startOfCell[cell] as number; at < (items.startOfCell[cell + 1] as number); at++) {
          const item = items.ofCell[at] as number
          const skill = items.group[item] as number
          if (skill < 0 || items.members[skill * people + person] === 1) lacking[item]! -= 1
        }
      }
    }
    return lacking
  }
}
