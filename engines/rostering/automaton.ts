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
  const tuples: number[][] = []
  // Bucket of a tuple's hash → states; texts as keys took most of the time.
  const index = new Map<number, number[]>()
  const intern = (tuple: readonly number[]): number => {
    let hash = 0
    for (const part of tuple) hash = Math.imul(hash ^ part, 0x9e3779b1) ^ (hash >>> 15)
    const bucket = index.get(hash)
    const known = bucket?.find((state) => isSame(tuples[state] ?? [], tuple))
    if (known !== undefined) return known
    if (tuples.length >= STATES_MAX) throw new TooManyStates()
    if (bucket === undefined) index.set(hash, [tuples.length])
    else bucket.push(tuples.length)
    return tuples.push([...tuple]) - 1
  }
  const starts = histories.map((history) => intern(machines.map((machine) => machine.start(history))))
  const after: number[] = machines.map(() => 0)
  const next: number[] = []
  const cost: number[] = []
  const emits: number[] = []
  for (let state = 0; state < tuples.length; state++) {
    const tuple = tuples[state] ?? []
    for (let kind = 0; kind < kinds; kind++) {
      for (let group = 0; group < classes; group++) {
        const step = stepAll(machines, tuple, symbols[group] ?? [], kind, after)
        next.push(step === undefined ? -1 : intern(after))
        cost.push(step?.cost ?? 0)
        emits.push(step?.emits ?? 0)
      }
    }
  }
  const automaton: Automaton = {
    states: tuples.length,
    classes,
    kinds,
    classOf,
    kindOf,
    next: new Int32Array(next.length),
    cost: new Int32Array(next.length),
    emits: new Uint8Array(next.length),
  }
  // Explored state by state, laid out kind by kind: what the search of a day reads lies together.
  for (let from = 0, state = 0; state < tuples.length; state++) {
    for (let kind = 0; kind < kinds; kind++) {
      const to = (kind * tuples.length + state) * classes
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

/** Steps every machine; the state after it goes into `after`. Undefined when one of them forbids it. */
function stepAll(
  machines: readonly Machine[],
  tuple: readonly number[],
  symbols: readonly number[],
  kind: number,
  after: number[],
): { cost: number; emits: number } | undefined {
  let cost = 0
  let emits = 0
  for (let index = 0; index < machines.length; index++) {
    const step = (machines[index] as Machine).step(tuple[index] ?? 0, symbols[index] ?? 0, kind)
    if (step.cost === Number.POSITIVE_INFINITY) return undefined
    cost += step.cost
    emits |= step.emits ?? 0
    after[index] = step.next
  }
  return { cost, emits }
}

function isSame(one: readonly number[], other: readonly number[]): boolean {
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false
  return true
}
