import { type Edges, edgesOf } from './edges.ts'
import { tallyCost } from './labels.ts'
import { FORBIDDEN, type Model, type RowRules, type Tally } from './model.ts'
import { windowCost } from './row-cost.ts'

/** How far above its bound a row is sought when any row will do: the length of the steps. */
const ANY_REACH = 20
const ANY_PART = 0.05

/**
 * What must still come, at least, from a day and state on: the tallies are priced by multipliers (Lagrangian relaxation),
 * the rest is an exact backward pass over the reachable automaton states. Multipliers are improved by subgradient steps
 * and remembered per person, since prices change little from one call to the next.
 */
export class RowBounds {
  /** Reachable states after d days: `reach[reachStart[d] … reachStart[d + 1] - 1]`. */
  readonly reachStart: Int32Array
  reach = new Int32Array(1 << 12)
  /** Cheapest option of each group, [day * groups + group]. */
  groupCost = new Float64Array(0)
  groupBest = new Int32Array(0)
  multipliers: Float64Array = new Float64Array(0)
  bound = Number.NEGATIVE_INFINITY
  /** The cheapest row met while improving. */
  readonly row: Int32Array
  readonly #model: Model
  readonly #remembered: (Float64Array | undefined)[]
  readonly #path: Int32Array
  #rules: RowRules
  #seen = new Int32Array(0)
  #stamp = 0
  #tables: [Float64Array, Float64Array] = [new Float64Array(0), new Float64Array(0)]
  #table: Float64Array = new Float64Array(0)
  #priced = new Float64Array(0)
  #most = new Float64Array(0)
  #sums = new Float64Array(0)
  #openPrice = new Float64Array(0)
  #openClass = new Int32Array(0)
  #edges: Edges
  #labelPrice = new Float64Array(0)
  #classPrice = new Float64Array(0)

  constructor(model: Model) {
    this.#model = model
    const first = model.rows[0]
    if (first === undefined) throw new RangeError('a model without people has no rows')
    this.#rules = first
    this.#edges = edgesOf(first.automaton)
    this.reachStart = new Int32Array(model.days + 2)
    this.row = new Int32Array(model.days)
    this.#path = new Int32Array(model.days)
    this.#remembered = new Array(model.people)
  }

  /** The least that days `day`… cost from `state`, multipliers included. */
  toCome(day: number, state: number): number {
    return (this.#table[day * (this.#rules.automaton.states + 1) + 1 + state] as number) - this.#offset
  }

  #offset = 0
  /** What each mark of a step costs on a day, by the multipliers of weekends. */
  readonly #markPrice = new Float64Array(256)

  /** The most that tally `at` can still gain from `day` on. */
  mostToCome(at: number, day: number): number {
    return this.#most[at * (this.#model.days + 1) + day] as number
  }

  /** Takes in the prices; false when no row is possible. */
  prepare(person: number, rules: RowRules, costs: Float64Array, fixed: Int32Array): boolean {
    this.#rules = rules
    this.#pickCheapest(costs, fixed)
    this.#allocate()
    let known = this.#remembered[person]
    if (known === undefined || known.length !== rules.tallies.length) {
      known = new Float64Array(rules.tallies.length)
      this.#remembered[person] = known
    }
    this.multipliers = known
    this.#weighMost()
    return this.#explore()
  }

  #allocate(): void {
    const { days } = this.#model
    const { automaton, tallies, groupClass } = this.#rules
    const cells = (days + 1) * (automaton.states + 1)
    if (this.#tables[0].length < cells) this.#tables = [new Float64Array(cells), new Float64Array(cells)]
    if (this.#seen.length < automaton.states) this.#seen = new Int32Array(automaton.states)
    if (this.#most.length < tallies.length * (days + 1)) this.#most = new Float64Array(tallies.length * (days + 1))
    if (this.#sums.length < tallies.length) this.#sums = new Float64Array(tallies.length)
    if (this.#priced.length < days * groupClass.length) this.#priced = new Float64Array(days * groupClass.length)
    this.#edges = edgesOf(automaton)
    const labels = this.#edges.labelClass.length
    if (this.#labelPrice.length < labels) this.#labelPrice = new Float64Array(labels)
    if (this.#classPrice.length < automaton.classes) this.#classPrice = new Float64Array(automaton.classes)
    if (this.#openPrice.length < groupClass.length) {
      this.#openPrice = new Float64Array(groupClass.length)
      this.#openClass = new Int32Array(groupClass.length)
    }
  }

  #pickCheapest(costs: Float64Array, fixed: Int32Array): void {
    const { days, options } = this.#model
    const { groupOf, groupClass } = this.#rules
    const groups = groupClass.length
    if (this.groupCost.length < days * groups) {
      this.groupCost = new Float64Array(days * groups)
      this.groupBest = new Int32Array(days * groups)
    }
    this.groupCost.fill(FORBIDDEN, 0, days * groups)
    for (let day = 0; day < days; day++) {
      const only = fixed[day] as number
      const last = only >= 0 ? only + 1 : options
      for (let option = Math.max(only, 0); option < last; option++) {
        const cell = day * groups + (groupOf[option] as number)
        const cost = costs[day * options + option] as number
        if (cost < (this.groupCost[cell] as number)) {
          this.groupCost[cell] = cost
          this.groupBest[cell] = option
        }
      }
    }
  }

  #weighMost(): void {
    const { days } = this.#model
    const { tallies, groupOption, automaton } = this.#rules
    const groups = groupOption.length
    for (const [at, tally] of tallies.entries()) {
      const base = at * (days + 1)
      this.#most[base + days] = 0
      for (let day = days - 1; day >= 0; day--) {
        let most = 0
        if (tally.mask[day] === 1) {
          if (tally.weekendBit >= 0) most = (automaton.kindOf[day] as number) > 0 || automaton.kinds > 4 ? 1 : 0
          else {
            for (let group = 0; group < groups; group++) {
              const weight = tally.weights[groupOption[group] as number] as number
              if (weight > most && (this.groupCost[day * groups + group] as number) < FORBIDDEN) most = weight
            }
          }
        }
        this.#most[base + day] = (this.#most[base + day + 1] as number) + most
      }
    }
  }

  /** Lists the states that can be reached after each day. */
  #explore(): boolean {
    const { days } = this.#model
    const { automaton, groupClass, start } = this.#rules
    const groups = groupClass.length
    this.reach[0] = start
    this.reachStart[0] = 0
    this.reachStart[1] = 1
    let end = 1
    for (let day = 0; day < days; day++) {
      const stamp = ++this.#stamp
      for (let at = this.reachStart[day] as number; at < (this.reachStart[day + 1] as number); at++) {
        const base =
          ((automaton.kindOf[day] as number) * automaton.states + (this.reach[at] as number)) * automaton.classes
        for (let group = 0; group < groups; group++) {
          if ((this.groupCost[day * groups + group] as number) >= FORBIDDEN) continue
          const next = automaton.next[base + (groupClass[group] as number)] as number
          if (next < 0 || this.#seen[next] === stamp) continue
          this.#seen[next] = stamp
          if (end === this.reach.length) this.#widenReach()
          this.reach[end++] = next
        }
      }
      this.reachStart[day + 2] = end
      if (end === this.reachStart[day + 1]) return false
    }
    return true
  }

  #widenReach(): void {
    const wide = new Int32Array(this.reach.length * 2)
    wide.set(this.reach)
    this.reach = wide
  }

  /**
   * Improves the multipliers for some rounds and keeps the tables of the best.
   * @returns the cost of the cheapest legal row met on the way, or `ceiling`
   */
  improve(ceiling: number, rounds: number): number {
    let best = ceiling
    this.bound = Number.NEGATIVE_INFINITY
    const current = this.multipliers.slice()
    for (let round = 0; round <= rounds; round++) {
      const table = this.#tables[0] === this.#table ? this.#tables[1] : this.#tables[0]
      const bound = this.#pass(table, current)
      if (bound === Number.POSITIVE_INFINITY) {
        this.bound = bound
        return best
      }
      const isBetter = bound > this.bound
      if (isBetter) {
        this.bound = bound
        this.#table = table
        this.multipliers.set(current)
        this.#offset = this.#constant(current)
      }
      const cost = this.#follow(table, current)
      if (cost < best) {
        best = cost
        this.row.set(this.#path)
      }
      if (this.bound >= best - 1e-7 || round === rounds) break
      if (!this.#step(current, best >= FORBIDDEN ? bound + ANY_REACH + ANY_PART * Math.abs(bound) : best, bound, round))
        break
    }
    return best
  }

  #constant(multipliers: Float64Array): number {
    let sum = 0
    for (const [at, tally] of this.#rules.tallies.entries()) {
      const multiplier = multipliers[at] as number
      if (multiplier !== 0) sum += multiplier * (multiplier > 0 ? tally.max : tally.min)
    }
    return sum
  }

  /**
   * One backward pass; answers the bound for the whole row. Before the states of each day the table has an infinite cell: the
   * place that a forbidden step (-1) leads to, so that the innermost loop asks nothing.
   */
  #pass(table: Float64Array, multipliers: Float64Array): number {
    const { days } = this.#model
    const { automaton, start } = this.#rules
    const stride = automaton.states + 1
    this.#priceGroups(multipliers)
    const { reach, reachStart } = this
    for (let at = reachStart[days] as number; at < (reachStart[days + 1] as number); at++) {
      table[days * stride + 1 + (reach[at] as number)] = 0
    }
    table[days * stride] = Number.POSITIVE_INFINITY
    for (let day = days - 1; day >= 0; day--) {
      table[day * stride] = Number.POSITIVE_INFINITY
      this.#priceMarks(day, multipliers)
      const open = this.#listOpen(day)
      if (open * 2 > automaton.classes) this.#sweepAll(table, day, open)
      else this.#sweepOpen(table, day, open)
    }
    return (table[start + 1] as number) - this.#constant(multipliers)
  }

  /** What may be worked on the day is the same from every state: listed once, the cheapest of each class. */
  #listOpen(day: number): number {
    const { groupClass } = this.#rules
    const groups = groupClass.length
    let open = 0
    for (let group = 0; group < groups; group++) {
      const price = this.#priced[day * groups + group] as number
      if (price >= FORBIDDEN / 2) continue
      this.#openPrice[open] = price
      this.#openClass[open++] = groupClass[group] as number
    }
    return open
  }

  /** A day on which little is open: of each state only those steps. */
  #sweepOpen(table: Float64Array, day: number, open: number): void {
    const { states, classes, next, cost, emits, kindOf } = this.#rules.automaton
    const { reach } = this
    const openPrice = this.#openPrice
    const openClass = this.#openClass
    const markPrice = this.#markPrice
    const here = day * (states + 1) + 1
    const after = here + states + 1
    const first = (kindOf[day] as number) * states
    const until = this.reachStart[day + 1] as number
    for (let at = this.reachStart[day] as number; at < until; at++) {
      const state = reach[at] as number
      const base = (first + state) * classes
      let best = Number.POSITIVE_INFINITY
      for (let group = 0; group < open; group++) {
        const transition = base + (openClass[group] as number)
        const sum =
          (openPrice[group] as number) +
          (cost[transition] as number) +
          (markPrice[emits[transition] as number] as number) +
          (table[after + (next[transition] as number)] as number)
        if (sum < best) best = sum
      }
      table[here + state] = best
    }
  }

  /** A day on which most is open: all steps of each state, prices added up once a label. */
  #sweepAll(table: Float64Array, day: number, open: number): void {
    const { states, kindOf } = this.#rules.automaton
    const { start, to, label } = this.#edges
    const { reach } = this
    const price = this.#labelPrice
    this.#priceLabels(open)
    const here = day * (states + 1) + 1
    const after = here + states + 1
    const first = (kindOf[day] as number) * states
    const until = this.reachStart[day + 1] as number
    for (let at = this.reachStart[day] as number; at < until; at++) {
      const state = reach[at] as number
      const last = start[first + state + 1] as number
      let best = Number.POSITIVE_INFINITY
      for (let edge = start[first + state] as number; edge < last; edge++) {
        const sum = (price[label[edge] as number] as number) + (table[after + (to[edge] as number)] as number)
        if (sum < best) best = sum
      }
      table[here + state] = best
    }
  }

  #priceLabels(open: number): void {
    const { labelClass, labelCost, labelMarks } = this.#edges
    const classPrice = this.#classPrice
    classPrice.fill(Number.POSITIVE_INFINITY)
    for (let at = 0; at < open; at++) {
      const group = this.#openClass[at] as number
      classPrice[group] = Math.min(classPrice[group] as number, this.#openPrice[at] as number)
    }
    for (let label = 0; label < labelClass.length; label++) {
      this.#labelPrice[label] =
        (classPrice[labelClass[label] as number] as number) +
        (labelCost[label] as number) +
        (this.#markPrice[labelMarks[label] as number] as number)
    }
  }

  #priceMarks(day: number, multipliers: Float64Array): void {
    let bits = 0
    for (const { weekendBit } of this.#rules.tallies) bits = Math.max(bits, weekendBit + 1)
    for (let mark = 0; mark < 1 << bits; mark++) this.#markPrice[mark] = this.#emitted(mark, day, multipliers)
  }

  #emitted(emits: number, day: number, multipliers: Float64Array): number {
    let sum = 0
    const { tallies } = this.#rules
    for (let at = 0; at < tallies.length; at++) {
      const tally = tallies[at] as Tally
      if (tally.weekendBit >= 0 && ((emits >> tally.weekendBit) & 1) === 1 && tally.mask[day] === 1) {
        sum += multipliers[at] as number
      }
    }
    return sum
  }

  #priceGroups(multipliers: Float64Array): void {
    const { days } = this.#model
    const { tallies, groupOption } = this.#rules
    const groups = groupOption.length
    const priced = this.#priced
    for (let cell = 0; cell < days * groups; cell++) priced[cell] = this.groupCost[cell] as number
    for (let at = 0; at < tallies.length; at++) {
      const multiplier = multipliers[at] as number
      const tally = tallies[at] as Tally
      if (multiplier === 0 || tally.weekendBit >= 0) continue
      for (let group = 0; group < groups; group++) {
        const price = multiplier * (tally.weights[groupOption[group] as number] as number)
        if (price === 0) continue
        for (let day = 0; day < days; day++) if (tally.mask[day] === 1) priced[day * groups + group]! += price
      }
    }
  }

  /** Follows the cheapest way through the table; fills `#path` and `#sums`, answers its true cost. */
  #follow(table: Float64Array, multipliers: Float64Array): number {
    const { days } = this.#model
    const { automaton, groupClass, groupOption, tallies, start } = this.#rules
    const { states, classes } = automaton
    const groups = groupClass.length
    let state = start
    let cost = 0
    this.#sums.fill(0)
    for (let day = 0; day < days; day++) {
      const base = ((automaton.kindOf[day] as number) * states + state) * classes
      let best = Number.POSITIVE_INFINITY
      let chosen = -1
      for (let group = 0; group < groups; group++) {
        const price = this.#priced[day * groups + group] as number
        const transition = base + (groupClass[group] as number)
        const to = automaton.next[transition] as number
        if (price >= FORBIDDEN / 2 || to < 0) continue
        const emitted =
          automaton.emits[transition] === 0 ? 0 : this.#emitted(automaton.emits[transition] as number, day, multipliers)
        const sum =
          price +
          (automaton.cost[transition] as number) +
          (table[(day + 1) * (states + 1) + 1 + to] as number) +
          emitted
        if (sum < best) {
          best = sum
          chosen = group
        }
      }
      if (chosen < 0) return Number.POSITIVE_INFINITY
      const transition = base + (groupClass[chosen] as number)
      cost += (this.groupCost[day * groups + chosen] as number) + (automaton.cost[transition] as number)
      this.#path[day] = this.groupBest[day * groups + chosen] as number
      for (let at = 0; at < tallies.length; at++) {
        const tally = tallies[at] as Tally
        if (tally.mask[day] !== 1) continue
        this.#sums[at]! +=
          tally.weekendBit >= 0
            ? ((automaton.emits[transition] as number) >> tally.weekendBit) & 1
            : (tally.weights[groupOption[chosen] as number] as number)
      }
      state = automaton.next[transition] as number
    }
    for (let at = 0; at < tallies.length; at++) cost += tallyCost(tallies[at] as Tally, this.#sums[at] as number)
    // The bound knows nothing of windows; a row that is met on the way is charged for them.
    for (const window of this.#rules.windows) cost += windowCost(window, this.#path, 0, days)
    return cost
  }

  /** A subgradient step towards `target`; false when there is nothing to improve. */
  #step(multipliers: Float64Array, target: number, bound: number, round: number): boolean {
    const { tallies } = this.#rules
    let length = 0
    const ascent = this.#sums
    for (let at = 0; at < tallies.length; at++) {
      const tally = tallies[at] as Tally
      const value = this.#sums[at] as number
      const multiplier = multipliers[at] as number
      const limit =
        multiplier > 0
          ? tally.max
          : multiplier < 0
            ? tally.min
            : value > tally.max
              ? tally.max
              : Math.max(value, tally.min)
      ascent[at] = value - limit
      length += (ascent[at] as number) ** 2 / scaleOf(tally) ** 2
    }
    if (length < 1e-12) return false
    const pace = ((round < 4 ? 1 : 0.5) * Math.max(target - bound, 1e-3)) / length
    for (let at = 0; at < tallies.length; at++) {
      const tally = tallies[at] as Tally
      const before = multipliers[at] as number
      let after = before + (pace * (ascent[at] as number)) / scaleOf(tally) ** 2
      if (before * after < 0) after = 0
      multipliers[at] = Math.max(-tally.underPrice, Math.min(tally.overPrice, after))
    }
    return true
  }
}

/** Sums of minutes and of weekends differ by hundreds: steps are taken in units of the heaviest day. */
function scaleOf(tally: Tally): number {
  if (tally.weekendBit >= 0) return 1
  let most = 1
  for (const weight of tally.weights) if (weight > most) most = weight
  return most
}
