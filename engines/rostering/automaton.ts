import type { Automaton } from './model.ts'

/**
 * One rule over the sequence of days, as a small state machine. States are whole numbers; `step` answers the next state;
 * `cost` of a step is Infinity when it is forbidden.
 */
export interface Machine {
  start(history: readonly number[]): number
  /** What tells options apart for this machine. */
  symbol(option: number): number
  step(state: number, symbol: number, kind: number): Step
}

export interface Step {
  readonly next: number
  readonly cost: number
  /** For weekend measures: this day begins a counted weekend. */
  readonly emits?: number
}

/** Above this many states the product is given up and the caller must split the rules. */
export const STATES_MAX = 60_000

export class TooManyStates extends Error {
  constructor() {
    super(`the rules over sequences of days combine to more than ${STATES_MAX} situations`)
  }
}

/**
 * The product of machines, explored from the start states only.
 *
 * @param machines the rules, stepped side by side
 * @param options number of options (0 = off)
 * @param kindOf kind of each day (see `dayKinds`)
 * @param histories options worked straight before day 0, one list per person
 * @returns the automaton, and the start state of each history
 */
export function buildAutomaton(
  machines: readonly Machine[],
  options: number,
  kindOf: Int32Array,
  histories: readonly (readonly number[])[],
): { automaton: Automaton; starts: number[] } {
  const { classOf, symbols } = classify(machines, options)
  const classes = symbols.length
  const kinds = Math.max(...kindOf, 0) + 1
  const tables = machines.map((machine, at) => new StepTable(machine, kinds, symbols, at))
  const tuples = new Tuples(machines.length)
  const starts = histories.map((history) => {
    for (const [at, machine] of machines.entries())
      tuples.scratch[at] = tables[at]?.numberOf(machine.start(history)) ?? 0
    return tuples.intern()
  })
  const next: number[] = []
  const cost: number[] = []
  const emits: number[] = []
  for (let state = 0; state < tuples.count; state++) {
    for (let kind = 0; kind < kinds; kind++) {
      for (let group = 0; group < classes; group++) {
        let price = 0
        let marks = 0
        let isAllowed = true
        for (let at = 0; at < tables.length && isAllowed; at++) {
          const table = tables[at] as StepTable
          const step = table.find(tuples.part(state, at), kind, group)
          const follower = table.next[step] as number
          isAllowed = follower >= 0
          price += table.cost[step] as number
          marks |= table.emits[step] as number
          tuples.scratch[at] = follower
        }
        next.push(isAllowed ? tuples.intern() : -1)
        cost.push(isAllowed ? price : 0)
        emits.push(isAllowed ? marks : 0)
      }
    }
  }
  const states = tuples.count
  const automaton: Automaton = {
    states,
    classes,
    kinds,
    classOf,
    kindOf,
    next: new Int32Array(next.length),
    cost: new Int32Array(next.length),
    emits: new Uint8Array(next.length),
  }
  // Explored state by state, laid out kind by kind: what the search of a day reads lies together.
  for (let from = 0, state = 0; state < states; state++) {
    for (let kind = 0; kind < kinds; kind++) {
      const to = (kind * states + state) * classes
      for (let group = 0; group < classes; group++, from++) {
        automaton.next[to + group] = next[from] as number
        automaton.cost[to + group] = cost[from] as number
        automaton.emits[to + group] = emits[from] as number
      }
    }
  }
  return { automaton, starts }
}

function classify(machines: readonly Machine[], options: number): { classOf: Int32Array; symbols: number[][] } {
  const classOf = new Int32Array(options)
  const symbols: number[][] = []
  const index = new Map<string, number>()
  for (let option = 0; option < options; option++) {
    const symbol = machines.map((machine) => machine.symbol(option))
    const key = symbol.join(',')
    let found = index.get(key)
    if (found === undefined) {
      found = symbols.length
      index.set(key, found)
      symbols.push(symbol)
    }
    classOf[option] = found
  }
  return { classOf, symbols }
}

/** One machine's steps, each asked for once; its states are numbered in the order in which they are met. */
class StepTable {
  /** By step (`find`): the number of the state after it, -1 when forbidden. */
  readonly next: number[] = []
  readonly cost: number[] = []
  readonly emits: number[] = []
  readonly #machine: Machine
  readonly #kinds: number
  readonly #symbols: readonly (readonly number[])[]
  readonly #at: number
  readonly #states: number[] = []
  readonly #numbers = new Map<number, number>()

  /** @param symbols what each class of options is to each machine; this one stands at `at` */
  constructor(machine: Machine, kinds: number, symbols: readonly (readonly number[])[], at: number) {
    this.#machine = machine
    this.#kinds = kinds
    this.#symbols = symbols
    this.#at = at
  }

  numberOf(state: number): number {
    const known = this.#numbers.get(state)
    if (known !== undefined) return known
    const number = this.#states.push(state) - 1
    this.#numbers.set(state, number)
    for (let kind = 0; kind < this.#kinds; kind++) for (const _ of this.#symbols) this.next.push(UNASKED)
    return number
  }

  /** Where the step from a state (by its number) with a class on a kind of day stands. */
  find(number: number, kind: number, group: number): number {
    const step = (number * this.#kinds + kind) * this.#symbols.length + group
    if (this.next[step] === UNASKED) {
      const symbol = this.#symbols[group]?.[this.#at] ?? 0
      const { next, cost, emits } = this.#machine.step(this.#states[number] ?? 0, symbol, kind)
      const isForbidden = cost === Number.POSITIVE_INFINITY
      this.next[step] = isForbidden ? -1 : this.numberOf(next)
      this.cost[step] = isForbidden ? 0 : cost
      this.emits[step] = emits ?? 0
    }
    return step
  }
}

const UNASKED = -2

/** Situations of all machines together, each once, side by side in one array. */
class Tuples {
  count = 0
  /** The one that `intern` takes in. */
  readonly scratch: Int32Array
  readonly #width: number
  #parts: Int32Array
  /** Open addressing: number + 1, 0 = empty. */
  #slots = new Int32Array(1 << 10)

  constructor(width: number) {
    this.#width = width
    this.scratch = new Int32Array(width)
    this.#parts = new Int32Array(width << 9)
  }

  part(number: number, at: number): number {
    return this.#parts[number * this.#width + at] as number
  }

  /** The number of the situation in `scratch`. */
  intern(): number {
    const slot = this.#slotOf(this.scratch, 0)
    const known = this.#slots[slot] as number
    if (known > 0) return known - 1
    if (this.count >= STATES_MAX) throw new TooManyStates()
    const number = this.count++
    this.#slots[slot] = number + 1
    this.#parts.set(this.scratch, number * this.#width)
    if (this.count * 2 >= this.#slots.length) this.#widen()
    return number
  }

  #slotOf(parts: Int32Array, from: number): number {
    let hash = 0
    for (let at = 0; at < this.#width; at++) {
      hash = Math.imul(hash ^ (parts[from + at] as number), 0x9e3779b1)
      hash ^= hash >>> 15
    }
    const mask = this.#slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const known = this.#slots[slot] as number
      if (known === 0 || this.#isSame(known - 1, parts, from)) return slot
    }
  }

  #isSame(number: number, parts: Int32Array, from: number): boolean {
    const own = number * this.#width
    for (let at = 0; at < this.#width; at++) if (this.#parts[own + at] !== parts[from + at]) return false
    return true
  }

  #widen(): void {
    this.#slots = new Int32Array(this.#slots.length * 2)
    const parts = new Int32Array(this.#parts.length * 2)
    parts.set(this.#parts)
    this.#parts = parts
    for (let number = 0; number < this.count; number++) {
      this.#slots[this.#slotOf(parts, number * this.#width)] = number + 1
    }
  }
}
