import type { RowRules, Tally } from './model.ts'
import type { RowBounds } from './row-bounds.ts'

/** Partial rows of one search: cost, running sums and where they came from, in growing typed arrays. */
export class LabelStore {
  count = 0
  overflowed = false
  cost = new Float64Array(1 << 14)
  parent = new Int32Array(1 << 14)
  option = new Int32Array(1 << 14)
  link = new Int32Array(1 << 14)
  #sums = new Int32Array(1 << 16)
  #rank = new Float64Array(1 << 14)
  #heads: Int32Array[] = [new Int32Array(0), new Int32Array(0)]
  #sizes = new Int32Array(0)
  #tallies: readonly Tally[] = []
  #weights: Int32Array[] = []
  #bounds: RowBounds | undefined
  #stride = 0
  #beam = 0
  #ceiling = 0
  #scratch = new Int32Array(16)

  begin(rules: RowRules, bounds: RowBounds, beam: number, ceiling: number): void {
    const { states } = rules.automaton
    if (this.#sizes.length < states) {
      this.#heads = [new Int32Array(states), new Int32Array(states)]
      this.#sizes = new Int32Array(states)
    }
    this.#tallies = rules.tallies
    this.#stride = rules.tallies.length
    if (this.#scratch.length < this.#stride) this.#scratch = new Int32Array(this.#stride)
    this.#weights = rules.tallies.map((tally) =>
      Int32Array.from(rules.groupOption, (option) => tally.weights[option] ?? 0),
    )
    if (this.#sums.length < this.cost.length * this.#stride) {
      this.#sums = widen(new Int32Array(this.cost.length * this.#stride), this.#sums)
    }
    this.#bounds = bounds
    this.#beam = beam
    this.#ceiling = ceiling
    this.overflowed = false
    this.count = 1
    this.cost[0] = 0
    this.parent[0] = -1
    this.link[0] = -1
    this.#sums.fill(0, 0, this.#stride)
    ;(this.#heads[0] as Int32Array)[rules.start] = 0
  }

  /** Makes room for the labels after `day - 1` days. */
  openDay(day: number): void {
    const bounds = this.#bounds as RowBounds
    const heads = this.#heads[day & 1] as Int32Array
    for (let at = bounds.reachStart[day] as number; at < (bounds.reachStart[day + 1] as number); at++) {
      const state = bounds.reach[at] as number
      heads[state] = -1
      this.#sizes[state] = 0
    }
  }

  /** Keeps fewer labels a state from now on. */
  narrow(beam: number): void {
    this.#beam = beam
  }

  headOf(day: number, state: number): number {
    return (this.#heads[day & 1] as Int32Array)[state] as number
  }

  /** Adds the row `parent` + `option` on `day`, unless it cannot come in under the ceiling or another is as good. */
  add(parent: number, day: number, group: number, option: number, next: number, cost: number, emits: number): void {
    const bounds = this.#bounds as RowBounds
    const tallies = this.#tallies
    const stride = this.#stride
    const from = parent * stride
    const sums = this.#scratch
    let rank = cost + bounds.toCome(day + 1, next)
    for (let at = 0; at < stride; at++) {
      const tally = tallies[at] as Tally
      let value = this.#sums[from + at] as number
      if (tally.mask[day] === 1) {
        value +=
          tally.weekendBit >= 0 ? (emits >> tally.weekendBit) & 1 : ((this.#weights[at] as Int32Array)[group] as number)
      }
      if (value > tally.max && tally.overPrice === Number.POSITIVE_INFINITY) return
      if (value + bounds.mostToCome(at, day + 1) < tally.min && tally.underPrice === Number.POSITIVE_INFINITY) return
      rank += (bounds.multipliers[at] as number) * value
      sums[at] = value
    }
    if (rank >= this.#ceiling) return
    if (this.#isDominated(day + 1, next, cost)) return
    this.#insert(parent, day + 1, option, next, cost, rank)
  }

  #isDominated(day: number, state: number, cost: number): boolean {
    const heads = this.#heads[day & 1] as Int32Array
    const stride = this.#stride
    const sums = this.#scratch
    let before = -1
    for (let label = heads[state] as number; label >= 0; label = this.link[label] as number) {
      const other = this.cost[label] as number
      if (other <= cost) {
        if (other + this.#disadvantage(label * stride, this.#sums, 0, sums, day) <= cost) return true
      }
      if (cost <= other && cost + this.#disadvantage(0, sums, label * stride, this.#sums, day) <= other) {
        const after = this.link[label] as number
        if (before < 0) heads[state] = after
        else this.link[before] = after
        this.#sizes[state]! -= 1
        continue
      }
      before = label
    }
    return false
  }

  /** The most that the sums of A may cost A more than B's cost B in whatever follows. */
  #disadvantage(a: number, sumsA: Int32Array, b: number, sumsB: Int32Array, day: number): number {
    const bounds = this.#bounds as RowBounds
    let cost = 0
    for (let at = 0; at < this.#stride; at++) {
      const more = (sumsA[a + at] as number) - (sumsB[b + at] as number)
      if (more === 0) continue
      const tally = this.#tallies[at] as Tally
      const value = sumsA[a + at] as number
      if (more > 0) {
        if (tally.overPrice > 0 && value + bounds.mostToCome(at, day) > tally.max) cost += tally.overPrice * more
      } else if (tally.underPrice > 0 && value < tally.min) cost -= tally.underPrice * more
    }
    return cost
  }

  #insert(parent: number, day: number, option: number, state: number, cost: number, rank: number): void {
    const heads = this.#heads[day & 1] as Int32Array
    let label = this.count
    if ((this.#sizes[state] as number) >= this.#beam) {
      this.overflowed = true
      const worst = this.#worst(heads[state] as number)
      if ((this.#rank[worst] as number) <= rank) return
      label = worst
    } else {
      this.count++
      this.#sizes[state]! += 1
      if (this.count > this.cost.length) this.#grow()
      this.link[label] = heads[state] as number
      heads[state] = label
    }
    this.cost[label] = cost
    this.parent[label] = parent
    this.option[label] = option
    this.#rank[label] = rank
    const to = label * this.#stride
    for (let at = 0; at < this.#stride; at++) this.#sums[to + at] = this.#scratch[at] as number
  }

  #worst(head: number): number {
    let worst = head
    for (let label = head; label >= 0; label = this.link[label] as number) {
      if ((this.#rank[label] as number) > (this.#rank[worst] as number)) worst = label
    }
    return worst
  }

  /** Adds what the sums of a finished row cost. */
  close(label: number): void {
    const from = label * this.#stride
    for (let at = 0; at < this.#stride; at++) {
      this.cost[label]! += tallyCost(this.#tallies[at] as Tally, this.#sums[from + at] as number)
    }
  }

  #grow(): void {
    const size = this.cost.length * 2
    this.cost = widen(new Float64Array(size), this.cost)
    this.parent = widen(new Int32Array(size), this.parent)
    this.option = widen(new Int32Array(size), this.option)
    this.link = widen(new Int32Array(size), this.link)
    this.#rank = widen(new Float64Array(size), this.#rank)
    const wanted = Math.max(size * this.#stride, this.#sums.length)
    if (wanted > this.#sums.length) this.#sums = widen(new Int32Array(wanted), this.#sums)
  }
}

function widen<T extends Float64Array | Int32Array>(wide: T, narrow: T): T {
  wide.set(narrow)
  return wide
}

/** What a finished sum costs; Infinity when a hard limit is broken. */
export function tallyCost(tally: Tally, value: number): number {
  if (value > tally.max) return tally.overPrice * (value - tally.max)
  return value < tally.min ? tally.underPrice * (tally.min - value) : 0
}
