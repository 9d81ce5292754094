import { tallyCost } from './labels.ts'
import { FORBIDDEN, type Model, type Tally } from './model.ts'
import type { RosterState } from './state.ts'

/**
 * Simple moves, scored by what they change: one cell of one person becomes another option. The automaton is walked from the
 * changed day until it is back in the state it had (a few days), tallies and cover change by one entry each.
 *
 * Windows and couplings are not scored here: `canScore` says whether the model has any.
 */
export class MoveScorer {
  readonly #state: RosterState
  readonly #model: Model
  /** [person * (days + 1) + day] → automaton state before that day. */
  readonly #states: Int32Array
  /** [person * stride + tally] → sum. */
  readonly #sums: Int32Array
  readonly #stride: number
  readonly #change: Int32Array

  constructor(state: RosterState) {
    this.#state = state
    this.#model = state.model
    const { people, days, rows } = state.model
    this.#states = new Int32Array(people * (days + 1))
    this.#stride = Math.max(0, ...rows.map((row) => row.tallies.length))
    this.#sums = new Int32Array(people * this.#stride)
    this.#change = new Int32Array(this.#stride)
    for (let person = 0; person < people; person++) this.#follow(person)
  }

  get canScore(): boolean {
    return this.#model.couplings.length === 0 && this.#model.rows.every((row) => row.windows.length === 0)
  }

  #follow(person: number): void {
    const { days } = this.#model
    const rules = this.#rules(person)
    const { automaton, tallies } = rules
    let state = rules.start
    this.#sums.fill(0, person * this.#stride, (person + 1) * this.#stride)
    for (let day = 0; day < days; day++) {
      this.#states[person * (days + 1) + day] = state
      const option = this.#state.rows[person * days + day] as number
      const transition =
        ((automaton.kindOf[day] as number) * automaton.states + state) * automaton.classes +
        (automaton.classOf[option] as number)
      for (let at = 0; at < tallies.length; at++) {
        this.#sums[person * this.#stride + at]! += gain(
          tallies[at] as Tally,
          day,
          option,
          automaton.emits[transition] as number,
        )
      }
      state = automaton.next[transition] as number
      if (state < 0)
        throw new RangeError(`person ${person} breaks a hard rule on day ${day}: moves start from legal rows`)
    }
    this.#states[person * (days + 1) + days] = state
  }

  #rules(person: number): Model['rows'][number] {
    return this.#model.rows[person] as Model['rows'][number]
  }

  /** What the total changes by; Infinity when the row would not be legal. */
  score(person: number, day: number, option: number): number {
    const { days, options, cells } = this.#model
    const before = this.#state.rows[person * days + day] as number
    if (before === option) return 0
    const cell = (person * days + day) * options
    const own = cells[cell + option] as number
    if (own >= FORBIDDEN) return Number.POSITIVE_INFINITY
    const row = this.#walk(person, day, option)
    if (row === Number.POSITIVE_INFINITY) return row
    const base = day * options
    return (
      own -
      (cells[cell + before] as number) +
      row +
      this.#cover(person, base + before, base + option, -1) +
      this.#cover(person, base + option, base + before, 1)
    )
  }

  /** The change by automaton and tallies. */
  #walk(person: number, day: number, option: number): number {
    const { days } = this.#model
    const { automaton, tallies } = this.#rules(person)
    const { states, classes, kindOf, classOf, next, cost, emits } = automaton
    const stride = this.#stride
    const from = person * (days + 1)
    let was = this.#states[from + day] as number
    let is = was
    let sum = 0
    for (let at = 0; at < tallies.length; at++) this.#change[at] = 0
    for (let at = day; at < days; at++) {
      const old = this.#state.rows[person * days + at] as number
      const now = at === day ? option : old
      const kind = kindOf[at] as number
      const before = (kind * states + was) * classes + (classOf[old] as number)
      const after = (kind * states + is) * classes + (classOf[now] as number)
      is = next[after] as number
      if (is < 0) return Number.POSITIVE_INFINITY
      was = this.#states[from + at + 1] as number
      sum += (cost[after] as number) - (cost[before] as number)
      if (at === day || emits[before] !== emits[after]) {
        for (let each = 0; each < tallies.length; each++) {
          const tally = tallies[each] as Tally
          this.#change[each]! +=
            gain(tally, at, now, emits[after] as number) - gain(tally, at, old, emits[before] as number)
        }
      }
      if (is === was) break
    }
    for (let at = 0; at < tallies.length; at++) {
      const change = this.#change[at] as number
      if (change === 0) continue
      const tally = tallies[at] as Tally
      const value = this.#sums[person * stride + at] as number
      sum += tallyCost(tally, value + change) - tallyCost(tally, value)
    }
    return sum
  }

  /** Items that both cells count for do not change. */
  #cover(person: number, cell: number, other: number, sign: 1 | -1): number {
    const { items } = this.#model
    let sum = 0
    for (let at = items.startOfCell[cell] as number; at < (items.startOfCell[cell + 1] as number); at++) {
      const item = items.ofCell[at] as number
      if ((items.group[item] as number) >= 0 && !this.#state.counted(item, person)) continue
      if (this.#countsFor(other, item)) continue
      const count = this.#state.counts[item] as number
      const missing = (items.required[item] as number) - count
      if (sign === 1) sum += missing > 0 ? -(items.under[item] as number) : (items.over[item] as number)
      else sum += missing >= 0 ? (items.under[item] as number) : -(items.over[item] as number)
    }
    return sum
  }

  #countsFor(cell: number, item: number): boolean {
    const { startOfCell, ofCell } = this.#model.items
    const end = startOfCell[cell + 1] as number
    for (let at = startOfCell[cell] as number; at < end; at++) if (ofCell[at] === item) return true
    return false
  }

  /** Makes the move. */
  apply(person: number, day: number, option: number): void {
    const { days, options, cells } = this.#model
    const before = this.#state.rows[person * days + day] as number
    const own =
      (cells[(person * days + day) * options + option] as number) -
      (cells[(person * days + day) * options + before] as number)
    const cost = (this.#state.rowCosts[person] as number) + own + this.#walk(person, day, option)
    this.#state.remove(person)
    const row = this.#state.rows.slice(person * days, (person + 1) * days)
    row[day] = option
    this.#state.place(person, row, cost)
    this.#follow(person)
  }
}

function gain(tally: Tally, day: number, option: number, emits: number): number {
  if (tally.mask[day] !== 1) return 0
  return tally.weekendBit >= 0 ? (emits >> tally.weekendBit) & 1 : (tally.weights[option] as number)
}
