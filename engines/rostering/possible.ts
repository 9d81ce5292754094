import { FORBIDDEN, type Model } from './model.ts'
import { Random } from './random.ts'
import { RowSearch } from './row-search.ts'

/** Little random prices make cheapest rows differ by single days, so that sums come to lie between their limits. */
const NOISE = 1
const NOISE_SEED = 11

/**
 * People for whom no row was found that keeps their own hard rules. With long horizons that is no proof: whoever is named
 * has their rules priced, which also allows every legal row.
 */
export function findImpossible(model: Model): number[] {
  const { days, options, cells } = model
  const search = new RowSearch(model)
  const random = new Random(NOISE_SEED)
  const fixed = new Int32Array(days).fill(-1)
  const noise = Float64Array.from({ length: days * options }, () => random.unit() * NOISE)
  const prices = new Float64Array(days * options)
  const impossible: number[] = []
  for (let person = 0; person < model.people; person++) {
    const from = person * days * options
    for (let cell = 0; cell < prices.length; cell++) {
      const own = cells[from + cell] as number
      // Wishes are of no matter here.
      prices[cell] = own >= FORBIDDEN ? FORBIDDEN : (noise[cell] as number)
    }
    search.find(person, prices, fixed, FORBIDDEN, { beam: 5, rounds: 30, isAnyEnough: true })
    if (!search.found) search.find(person, prices, fixed, FORBIDDEN, { beam: 60, rounds: 20 })
    if (!search.found) impossible.push(person)
  }
  return impossible
}
