import { tallyCost } from './labels.ts'
import { FORBIDDEN, type Model } from './model.ts'

/**
 * What one row costs by itself: cells, automaton, tallies and windows; Infinity when it breaks a hard rule, or holds a
 * forbidden cell.
 *
 * @param rows rows of all people, [person * days + day]
 */
export function rowCost(model: Model, person: number, rows: Int32Array, from = person * model.days): number {
  const rules = model.rows[person]
  if (rules === undefined) throw new RangeError(`no person ${person}`)
  const { automaton, tallies, windows } = rules
  const { days, options, cells } = model
  const sums = new Float64Array(tallies.length)
  let state = rules.start
  let cost = 0
  for (let day = 0; day < days; day++) {
    const option = rows[from + day] as number
    const own = cells[(person * days + day) * options + option] as number
    if (own >= FORBIDDEN) return Number.POSITIVE_INFINITY
    cost += own
    const transition =
      ((automaton.kindOf[day] as number) * automaton.states + state) * automaton.classes +
      (automaton.classOf[option] as number)
    state = automaton.next[transition] as number
    if (state < 0) return Number.POSITIVE_INFINITY
    cost += automaton.cost[transition] as number
    for (const [at, tally] of tallies.entries()) {
      if (tally.mask[day] !== 1) continue
      sums[at]! +=
        tally.weekendBit >= 0
          ? ((automaton.emits[transition] as number) >> tally.weekendBit) & 1
          : (tally.weights[option] as number)
    }
  }
  for (const [at, tally] of tallies.entries()) cost += tallyCost(tally, sums[at] as number)
  for (const window of windows) cost += windowCost(window, rows, from, days)
  return cost
}

/** What the stretches of a row cost in one window rule; `from` is where the row begins. */
export function windowCost(
  window: Model['rows'][number]['windows'][number],
  rows: Int32Array,
  from: number,
  days: number,
): number {
  const { before, weights, length } = window
  const at = (day: number) =>
    day >= 0 ? (weights[rows[from + day] as number] as number) : (before[before.length + day] ?? 0)
  let cost = 0
  for (let day = 0; day < days; day++) {
    const first = day - length + 1
    let sum = 0
    for (let each = Math.max(first, -before.length); each <= day; each++) sum += at(each)
    if (sum > window.max) cost += window.price * (sum - window.max)
    if (sum < window.min && first >= -before.length) cost += window.price * (window.min - sum)
  }
  return cost
}
