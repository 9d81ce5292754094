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
  const index = new Map<string, number>()
  const tuples: number[][] = []
  const intern = (tuple: number[]): number => {
    const key = tuple.join(',')
    const known = index.get(key)
    if (known !== undefined) return known
    if (tuples.length >= STATES_MAX) throw new TooManyStates()
    index.set(key, tuples.length)
    tuples.push(tuple)
    return tuples.length - 1
  }
  const starts = histories.map((history) => intern(machines.map((machine) => machine.start(history))))
  const next: number[] = []
  const cost: number[] = []
  const emits: number[] = []
  for (let state = 0; state < tuples.length; state++) {
    const tuple = tuples[state] ?? []
    for (let kind = 0; kind < kinds; kind++) {
      for (let group = 0; group < classes; group++) {
        const step = stepAll(machines, tuple, symbols[group] ?? [], kind)
        next.push(step === undefined ? -1 : intern(step.tuple))
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
    next: Int32Array.from(next),
    cost: Int32Array.from(cost),
    emits: Uint8Array.from(emits),
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

function stepAll(
  machines: readonly Machine[],
  tuple: readonly number[],
  symbols: readonly number[],
  kind: number,
): { tuple: number[]; cost: number; emits: number } | undefined {
  const after: number[] = []
  let cost = 0
  let emits = 0
  for (const [index, machine] of machines.entries()) {
    const step = machine.step(tuple[index] ?? 0, symbols[index] ?? 0, kind)
    if (step.cost === Number.POSITIVE_INFINITY) return undefined
    cost += step.cost
    emits |= step.emits ?? 0
    after.push(step.next)
  }
  return { tuple: after, cost, emits }
}
