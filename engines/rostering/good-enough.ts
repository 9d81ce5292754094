import { HARD_PRICE } from './model.ts'

/**
 * A gain smaller than this part of the cost is not worth waiting for when many units wait. Measured on 150 units of 40 people: a fiftieth
 * in as many steps as people took 2.25 CPU s a unit for a mean penalty of 1191, a twentieth in half of that 0.98 s for 1430, a tenth 0.83 s for 1558.
 */
const GAIN_MIN = 0.1
/** A gain may let this many steps of search wait for it, for each person; where a hard need is still open, so many times as long. */
const STEPS_PER_PERSON = 0.5
const OPEN_TIMES = 8

/**
 * When a roster is good enough, for many units at once: it breaks nothing, and lately hardly a gain came. Counted in steps of search, so
 * that no machine's speed moves it. With a hard need open the search goes on for longer, since people may simply be too few.
 *
 * @example
 * const enough = new GoodEnough(40)
 * while (!enough.isReached(solver.bestCost, solver.iterations)) solver.step()
 */
export class GoodEnough {
  readonly #patience: number
  #cost = Number.POSITIVE_INFINITY
  #since = 0

  constructor(people: number) {
    this.#patience = Math.max(20, people * STEPS_PER_PERSON)
  }

  isReached(cost: number, iterations: number): boolean {
    const open = Math.floor(cost / HARD_PRICE)
    const before = Math.floor(this.#cost / HARD_PRICE)
    if (open < before || cost < this.#cost * (1 - GAIN_MIN)) {
      this.#cost = cost
      this.#since = iterations
    }
    return iterations - this.#since >= this.#patience * (open > 0 ? OPEN_TIMES : 1)
  }
}
