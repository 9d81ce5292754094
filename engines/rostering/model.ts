/**
 * The compiled problem: people, days and options as numbers, every rule either a property of one row (cells, automaton,
 * tallies, windows), a cover item over people, or a coupling between rows. Option 0 is a day off, option k the shift k-1.
 *
 * Costs are whole units. `FORBIDDEN` marks what a legal row may not hold. A hard rule that no row of a person can keep is
 * recompiled for that person with `HARD_PRICE` a unit, so that there is always an answer.
 */
export const FORBIDDEN = 1e9
export const HARD_PRICE = 1e6

export interface Model {
  readonly people: number
  readonly days: number
  /** Shift count + 1. */
  readonly options: number
  /** [(person * days + day) * options + option] → what the cell itself costs. */
  readonly cells: Int32Array
  readonly rows: readonly RowRules[]
  readonly items: CoverItems
  readonly couplings: readonly Coupling[]
  /** Working days of a weekend block: weekend number of a day, or -1. */
  readonly weekendOf: Int32Array
  /** People who broke rules of their own however they are rostered: their hard rules were priced. */
  readonly relaxed: Uint8Array
}

/** What binds one person's row besides its cells. */
export interface RowRules {
  readonly automaton: Automaton
  readonly start: number
  readonly tallies: readonly Tally[]
  readonly windows: readonly Window[]
  /** Options that are the same to automaton and tallies form a group: group of each option. */
  readonly groupOf: Int32Array
  /** The automaton's class of each group. */
  readonly groupClass: Int32Array
  /** One option of each group, for its weights. */
  readonly groupOption: Int32Array
}

/**
 * Run lengths, successions, patterns and rotations as one finite automaton over option classes.
 * `next[(kind * states + state) * classes + class]` is the state after that day, or -1 when forbidden.
 */
export interface Automaton {
  readonly states: number
  readonly classes: number
  readonly kinds: number
  readonly classOf: Int32Array
  readonly kindOf: Int32Array
  readonly next: Int32Array
  readonly cost: Int32Array
  /** Bit j: this day begins a counted weekend of weekend measure j. */
  readonly emits: Uint8Array
}

/** A sum over a row between `min` and `max`; outside, each unit costs (Infinity = never). */
export interface Tally {
  readonly rule: number
  /** Per option; ignored when `weekendBit` ≥ 0. */
  readonly weights: Int32Array
  readonly weekendBit: number
  /** 1 on the days that count. */
  readonly mask: Uint8Array
  readonly min: number
  readonly max: number
  readonly underPrice: number
  readonly overPrice: number
}

/** Sums over every stretch of `length` days; checked along the row itself. */
export interface Window {
  readonly rule: number
  readonly weights: Int32Array
  readonly length: number
  readonly min: number
  readonly max: number
  readonly price: number
  /** Weights of the days before day 0, last entry = the day before; shorter than `length`. */
  readonly before: Int32Array
}

/**
 * Cover: item i wants `required[i]` people; each missing one costs `under[i]`, each too many `over[i]`. A line with a hard
 * minimum and a softer target becomes two items, so that every convex cost is a sum of items.
 */
export interface CoverItems {
  readonly count: number
  readonly required: Int32Array
  readonly under: Float64Array
  readonly over: Float64Array
  /** Line of the problem, and the day. */
  readonly line: Int32Array
  readonly day: Int32Array
  /** Items of cell (day, option): `ofCell[startOfCell[c] … startOfCell[c + 1] - 1]`, c = day * options + option. */
  readonly startOfCell: Int32Array
  readonly ofCell: Int32Array
  /** Skill group of an item (-1: everybody) and, per group, whether a person belongs: [group * people + person]. */
  readonly group: Int32Array
  readonly members: Uint8Array
}

/** Rows that look at each other, day by day. */
export interface Coupling {
  readonly kind: 'apart' | 'together'
  readonly rule: number
  readonly people: Int32Array
  /** Per option: whether it counts for `apart`. */
  readonly counts: Uint8Array
  readonly price: number
}
