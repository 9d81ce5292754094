import { LabelStore } from './labels.ts'
import { FORBIDDEN, type Model, type RowRules } from './model.ts'
import { RowBounds } from './row-bounds.ts'

/** Windows are no part of the bound, so that little is pruned: so many labels a day are kept in all. */
const WINDOW_LABELS = 3000

/** What a search may use. */
export interface RowEffort {
  /** Labels kept per state and day; 0: only rows met while the bound is improved. */
  readonly beam: number
  /** Improvements of the multipliers. */
  readonly rounds: number
  /** Any legal row will do: the first that is found is taken. */
  readonly isAnyEnough?: boolean
}

/**
 * The cheapest legal row of one person, given what each cell costs: dynamic programming over (day, automaton state) with
 * the tallies' running sums as resources. Labels are pruned by dominance and by a Lagrangian bound on what must still come
 * (`RowBounds`). Exact unless a beam overflowed or window rules took part (`isExact`).
 *
 * One instance serves one model and is not reentrant; all arrays are reused.
 */
export class RowSearch {
  /** The best row found by the last call, one option a day. */
  readonly row: Int32Array
  /** Whether the last answer is proven: no cheaper row exists below the ceiling. */
  isExact = true
  /** Whether a row below the ceiling was found by the last call. */
  found = false
  /** Lower bound on any row's cost, from the multipliers. */
  bound = Number.NEGATIVE_INFINITY
  /** Labels made since the search was created: a measure of work that does not depend on the machine. */
  work = 0
  readonly #model: Model
  readonly #bounds: RowBounds
  readonly #labels: LabelStore
  #rules: RowRules
  #person = 0
  #finals: number[] = []

  constructor(model: Model) {
    this.#model = model
    this.row = new Int32Array(model.days)
    this.#bounds = new RowBounds(model)
    this.#labels = new LabelStore()
    const first = model.rows[0]
    if (first === undefined) throw new RangeError('a model without people has no rows')
    this.#rules = first
  }

  /**
   * @param costs [day * options + option]: the whole price of the cell, `FORBIDDEN` or more = not allowed
   * @param fixed the only option allowed on a day, or -1
   * @param ceiling only rows cheaper than this are looked for
   * @returns the cost of the best row, or `ceiling` when there is none
   */
  find(person: number, costs: Float64Array, fixed: Int32Array, ceiling: number, effort: RowEffort): number {
    const rules = this.#model.rows[person]
    if (rules === undefined) throw new RangeError(`no person ${person}`)
    this.#rules = rules
    this.#person = person
    this.found = false
    this.#finals = []
    this.isExact = rules.windows.length === 0
    const bounds = this.#bounds
    if (!bounds.prepare(person, rules, costs, fixed)) {
      this.bound = Number.POSITIVE_INFINITY
      return ceiling
    }
    // Any row at all is asked for: the first that is met will do.
    const isAny = ceiling >= FORBIDDEN
    let best = bounds.improve(ceiling, isAny ? 1 : effort.rounds)
    if (isAny && best === ceiling) best = bounds.improve(ceiling, effort.rounds)
    this.bound = bounds.bound
    if (best < ceiling) {
      this.row.set(bounds.row)
      this.found = true
    }
    if (this.bound >= best - 1e-7 || (this.found && effort.isAnyEnough === true)) return best
    if ((this.found && isAny) || effort.beam === 0) return best
    // A search under a tight ceiling is cheap; most rows come in close above their bound.
    for (let slack = effort.isAnyEnough === true ? Number.POSITIVE_INFINITY : 4; ; slack *= 5) {
      const isLast = this.bound + slack >= best || slack > 3000
      const limit = isLast ? best : this.bound + slack
      const cost = this.#search(limit, isLast ? effort.beam * 2 : effort.beam)
      if (cost < limit) {
        this.found = true
        this.#trace(this.#finals[0] ?? 0, this.row)
        return cost
      }
      if (isLast) return best
    }
  }

  /** Further good rows of the last search, cheapest first; `visit` gets each row's cost and a row that is reused. */
  others(most: number, visit: (cost: number, row: Int32Array) => void): void {
    const row = new Int32Array(this.#model.days)
    for (const label of this.#finals.slice(0, most)) {
      this.#trace(label, row)
      visit(this.#labels.cost[label] ?? 0, row)
    }
  }

  #trace(label: number, row: Int32Array): void {
    const { parent, option } = this.#labels
    let at = label
    for (let day = this.#model.days - 1; day >= 0; day--) {
      row[day] = option[at] as number
      at = parent[at] as number
    }
  }

  #search(ceiling: number, beam: number): number {
    const { days } = this.#model
    const labels = this.#labels
    const bounds = this.#bounds
    const hasWindows = this.#rules.windows.length > 0
    labels.begin(this.#rules, bounds, beam, ceiling - 1e-7)
    for (let day = 0; day < days; day++) {
      labels.openDay(day + 1)
      if (hasWindows) {
        const states = (bounds.reachStart[day + 2] as number) - (bounds.reachStart[day + 1] as number)
        labels.narrow(Math.max(1, Math.min(beam, Math.floor(WINDOW_LABELS / states))))
      }
      for (let at = bounds.reachStart[day] as number; at < (bounds.reachStart[day + 1] as number); at++) {
        const state = bounds.reach[at] as number
        for (let label = labels.headOf(day, state); label >= 0; label = labels.link[label] as number) {
          this.#extend(label, state, day)
        }
      }
    }
    this.work += labels.count
    if (labels.overflowed) this.isExact = false
    return this.#collect(ceiling)
  }

  #extend(label: number, state: number, day: number): void {
    const { automaton, groupClass, windows } = this.#rules
    const bounds = this.#bounds
    const labels = this.#labels
    const groups = groupClass.length
    const base = ((automaton.kindOf[day] as number) * automaton.states + state) * automaton.classes
    const cost = labels.cost[label] as number
    for (let group = 0; group < groups; group++) {
      const price = bounds.groupCost[day * groups + group] as number
      if (price >= FORBIDDEN) continue
      const transition = base + (groupClass[group] as number)
      const next = automaton.next[transition] as number
      if (next < 0) continue
      let sum = cost + price + (automaton.cost[transition] as number)
      const option = bounds.groupBest[day * groups + group] as number
      if (windows.length > 0) {
        sum += this.#windowCost(label, day, option)
        if (sum === Number.POSITIVE_INFINITY) continue
      }
      labels.add(label, day, group, option, next, sum, automaton.emits[transition] as number)
    }
  }

  /** What the stretches that end on `day` cost, looking back along the label's own path. */
  #windowCost(label: number, day: number, option: number): number {
    const { parent, option: optionOf } = this.#labels
    let cost = 0
    for (const window of this.#rules.windows) {
      let sum = window.weights[option] as number
      let at = label
      let back = day - 1
      for (; back > day - window.length && back >= 0; back--) {
        sum += window.weights[optionOf[at] as number] as number
        at = parent[at] as number
      }
      const { before } = window
      for (; back > day - window.length && back >= -before.length; back--) sum += before[before.length + back] as number
      if (sum > window.max) cost += window.price * (sum - window.max)
      if (sum < window.min && day - window.length + 1 >= -before.length) cost += window.price * (window.min - sum)
    }
    return cost
  }

  #collect(ceiling: number): number {
    const { days } = this.#model
    const labels = this.#labels
    const bounds = this.#bounds
    this.#finals = []
    for (let at = bounds.reachStart[days] as number; at < (bounds.reachStart[days + 1] as number); at++) {
      const state = bounds.reach[at] as number
      for (let label = labels.headOf(days, state); label >= 0; label = labels.link[label] as number) {
        labels.close(label)
        if ((labels.cost[label] as number) < ceiling) this.#finals.push(label)
      }
    }
    this.#finals.sort((a, b) => (labels.cost[a] as number) - (labels.cost[b] as number) || a - b)
    const first = this.#finals[0]
    return first === undefined ? ceiling : (labels.cost[first] as number)
  }

  /** The person of the last call. */
  get person(): number {
    return this.#person
  }
}
