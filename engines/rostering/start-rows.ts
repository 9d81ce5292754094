import { FORBIDDEN, type Model } from './model.ts'
import type { Random } from './random.ts'
import { RowSearch } from './row-search.ts'
import { RosterState } from './state.ts'

/**
 * Ways to a legal row, surer one after the other: how much cover and wishes count, how much chance does, and how hard rows are
 * sought. Random prices make cheapest rows differ by single days, so that sums come to lie between their limits.
 */
const WAYS = [
  { scale: 1, noise: 20, beam: 0, rounds: 40 },
  { scale: 0.1, noise: 10, beam: 0, rounds: 60 },
  { scale: 0, noise: 1, beam: 0, rounds: 60 },
  { scale: 0, noise: 1, beam: 5, rounds: 30 },
  { scale: 0, noise: 1, beam: 60, rounds: 20 },
]

/**
 * A roster to begin with where rows are so long that exact search over them takes too long: each person in turn, in random
 * order, takes a row that is cheap given those before. Legal wherever any row is found.
 */
export function constructRows(model: Model, random: Random): RosterState {
  const state = new RosterState(model)
  const { people, days, options } = model
  // One each, since a search remembers a person's multipliers, and those of other prices lead astray.
  const searches = WAYS.map((way) => ({ ...way, search: new RowSearch(model) }))
  const prices = new Float64Array(days * options)
  const noisy = new Float64Array(days * options)
  const free = new Int32Array(days).fill(-1)
  const order = random.shuffled(people)
  for (const person of order) state.remove(person)
  for (const person of order) {
    state.price(person, prices)
    let row: Int32Array | undefined
    for (const { scale, noise, beam, rounds, search } of searches) {
      for (let cell = 0; cell < noisy.length; cell++) {
        const price = prices[cell] as number
        noisy[cell] = price >= FORBIDDEN ? FORBIDDEN : price * scale + random.unit() * noise
      }
      search.find(person, noisy, free, FORBIDDEN, { beam, rounds, isAnyEnough: true })
      if (search.found) row = search.row
      if (row !== undefined) break
    }
    state.put(person, row ?? state.rows.slice(person * days, (person + 1) * days))
  }
  return state
}
