import { groupsOf } from './compile.ts'
import {
  type Automaton,
  type Coupling,
  type CoverItems,
  FORBIDDEN,
  type Model,
  type RowRules,
  type Tally,
} from './model.ts'
import type { RosterState } from './state.ts'

/** Some people on some days of a roster; all else stands as it is. */
export interface PartChoice {
  /** In rising order; whole couplings or none of them. */
  readonly people: readonly number[]
  readonly from: number
  /** The day after the last free one. */
  readonly to: number
}

/** A model of the part alone. A roster of it costs exactly what the whole does, less what stands outside. */
export interface Part extends PartChoice {
  readonly model: Model
  /** The part's rows in the present roster. */
  readonly rows: Int32Array
}

/**
 * Cuts a part out of a roster as a problem of its own: automata start in the state that the days before leave, sums keep
 * what the other days have not used, cover asks for what the others leave open. Days after the part belong to it with their cells
 * fixed, until whatever was free before makes no difference to the rules any more.
 */
export function cutPart(state: RosterState, choice: PartChoice): Part {
  const { model } = state
  const { people, from } = choice
  const starts = Int32Array.from(people, (person) => stateBefore(model, person, state.rows, from))
  const end = endOf(model, state.rows, choice)
  const days = end - from
  const automata = new Map<Automaton, Automaton>()
  const items = cutItems(state, choice, days)
  const part: Model = {
    people: people.length,
    days,
    options: model.options,
    cells: cutCells(model, state.rows, choice, days),
    rows: people.map((person, place) => {
      const rules = model.rows[person] as RowRules
      const automaton = automata.get(rules.automaton) ?? cutAutomaton(rules.automaton, from, end)
      automata.set(rules.automaton, automaton)
      return cutRules(model, person, state.rows, { from, end }, automaton, starts[place] as number)
    }),
    items,
    couplings: cutCouplings(model, people),
    weekendOf: model.weekendOf.subarray(from, end),
    relaxed: Uint8Array.from(people, (person) => model.relaxed[person] as number),
  }
  const rows = new Int32Array(people.length * days)
  for (const [place, person] of people.entries()) {
    rows.set(state.rows.subarray(person * model.days + from, person * model.days + end), place * days)
  }
  return { ...choice, model: part, rows }
}

const transitionOf = (automaton: Automaton, state: number, day: number, option: number): number =>
  ((automaton.kindOf[day] as number) * automaton.states + state) * automaton.classes +
  (automaton.classOf[option] as number)

function stateBefore(model: Model, person: number, rows: Int32Array, until: number): number {
  const { automaton, start } = model.rows[person] as RowRules
  let state = start
  for (let day = 0; day < until; day++) {
    const option = rows[person * model.days + day] as number
    state = automaton.next[transitionOf(automaton, state, day, option)] as number
    if (state < 0)
      throw new RangeError(`person ${person} breaks a hard rule on day ${day}: parts are cut from legal rows`)
  }
  return state
}

/** The first day on which every situation that the free days may leave has come to the same. */
function endOf(model: Model, rows: Int32Array, { people, to }: PartChoice): number {
  let end = to
  for (const person of people) {
    const { automaton, windows } = model.rows[person] as RowRules
    let states = new Set(Array.from({ length: automaton.states }, (_, state) => state))
    let day = to
    for (; day < model.days && states.size > 1; day++) {
      const option = rows[person * model.days + day] as number
      const after = new Set<number>()
      for (const state of states) {
        const next = automaton.next[transitionOf(automaton, state, day, option)] as number
        if (next >= 0) after.add(next)
      }
      states = after
    }
    for (const window of windows) day = Math.max(day, to + window.length - 1)
    end = Math.max(end, Math.min(model.days, day))
  }
  return end
}

function cutAutomaton(automaton: Automaton, from: number, end: number): Automaton {
  return { ...automaton, kindOf: automaton.kindOf.slice(from, end) }
}

function cutRules(
  model: Model,
  person: number,
  rows: Int32Array,
  { from, end }: { from: number; end: number },
  automaton: Automaton,
  start: number,
): RowRules {
  const rules = model.rows[person] as RowRules
  const outside = sumsOutside(model, person, rows, from, end)
  const tallies = rules.tallies
    .map((tally, at) => ({
      ...tally,
      mask: tally.mask.subarray(from, end),
      min: tally.min - (outside[at] as number),
      max: tally.max - (outside[at] as number),
    }))
    .filter((tally) => canMatter(tally, model.weekendOf, from, end))
  const windows = rules.windows.map((window) => {
    const weights = Array.from(
      { length: from },
      (_, day) => window.weights[rows[person * model.days + day] as number] ?? 0,
    )
    const before = window.length > 1 ? [...window.before, ...weights].slice(1 - window.length) : []
    return { ...window, before: Int32Array.from(before) }
  })
  return {
    automaton,
    start,
    tallies,
    windows,
    ...groupsOf(model.options, automaton.classOf, tallies, windows.length > 0),
  }
}

/** What each tally's sum owes to the days before `from` and from `end` on. */
function sumsOutside(model: Model, person: number, rows: Int32Array, from: number, end: number): Float64Array {
  const { automaton, start, tallies } = model.rows[person] as RowRules
  const sums = new Float64Array(tallies.length)
  let state = start
  for (let day = 0; day < model.days; day++) {
    const option = rows[person * model.days + day] as number
    const transition = transitionOf(automaton, state, day, option)
    state = automaton.next[transition] as number
    if (day >= from && day < end) continue
    for (let at = 0; at < tallies.length; at++) {
      const tally = tallies[at] as Tally
      if (tally.mask[day] !== 1) continue
      sums[at]! +=
        tally.weekendBit >= 0
          ? ((automaton.emits[transition] as number) >> tally.weekendBit) & 1
          : (tally.weights[option] as number)
    }
  }
  return sums
}

/** Limits that nothing within the part can reach are left out: the row search is the faster for it. */
function canMatter(tally: Tally, weekendOf: Int32Array, from: number, end: number): boolean {
  if (tally.min > 0 || tally.max < 0) return true
  let most = 0
  if (tally.weekendBit >= 0) {
    for (let day = from; day < end; day++) {
      const isNew = day === from || weekendOf[day] !== weekendOf[day - 1]
      if ((weekendOf[day] as number) >= 0 && isNew) most++
    }
  } else {
    let heaviest = 0
    for (const weight of tally.weights) if (weight > heaviest) heaviest = weight
    for (const counts of tally.mask) most += counts * heaviest
  }
  return most > tally.max
}

function cutCells(model: Model, rows: Int32Array, { people, from, to }: PartChoice, days: number): Int32Array {
  const { options } = model
  const cells = new Int32Array(people.length * days * options)
  for (const [place, person] of people.entries()) {
    const source = (person * model.days + from) * options
    cells.set(model.cells.subarray(source, source + days * options), place * days * options)
    for (let day = to - from; day < days; day++) {
      const kept = rows[person * model.days + from + day] as number
      const cell = (place * days + day) * options
      for (let option = 0; option < options; option++) if (option !== kept) cells[cell + option] = FORBIDDEN
    }
  }
  return cells
}

/** Items of the free days, asking for what people outside leave open. */
function cutItems(state: RosterState, { people, from, to }: PartChoice, days: number): CoverItems {
  const { model } = state
  const { items, options } = model
  const placeOf = new Int32Array(items.count).fill(-1)
  const kept: number[] = []
  for (let item = 0; item < items.count; item++) {
    const day = items.day[item] as number
    if (day < from || day >= to) continue
    placeOf[item] = kept.length
    kept.push(item)
  }
  const required = Int32Array.from(kept, (item) => (items.required[item] as number) - (state.counts[item] as number))
  const startOfCell = new Int32Array(days * options + 1)
  const ofCell: number[] = []
  for (let cell = 0; cell < days * options; cell++) {
    const source = from * options + cell
    for (let at = items.startOfCell[source] as number; at < (items.startOfCell[source + 1] as number); at++) {
      const place = placeOf[items.ofCell[at] as number] as number
      if (place >= 0) ofCell.push(place)
    }
    startOfCell[cell + 1] = ofCell.length
  }
  for (const person of people) {
    for (let day = from; day < to; day++) {
      const cell = (day - from) * options + (state.rows[person * model.days + day] as number)
      for (let at = startOfCell[cell] as number; at < (startOfCell[cell + 1] as number); at++) {
        const place = ofCell[at] as number
        if (state.counted(kept[place] as number, person)) required[place]! += 1
      }
    }
  }
  const groups = items.members.length / model.people
  const members = new Uint8Array(groups * people.length)
  for (let group = 0; group < groups; group++) {
    for (const [place, person] of people.entries()) {
      members[group * people.length + place] = items.members[group * model.people + person] as number
    }
  }
  return {
    count: kept.length,
    required,
    under: Float64Array.from(kept, (item) => items.under[item] as number),
    over: Float64Array.from(kept, (item) => items.over[item] as number),
    line: Int32Array.from(kept, (item) => items.line[item] as number),
    day: Int32Array.from(kept, (item) => (items.day[item] as number) - from),
    startOfCell,
    ofCell: Int32Array.from(ofCell),
    group: Int32Array.from(kept, (item) => items.group[item] as number),
    members,
  }
}

function cutCouplings(model: Model, people: readonly number[]): Coupling[] {
  if (model.couplings.length === 0) return []
  const placeOf = new Map(people.map((person, place) => [person, place]))
  return model.couplings.flatMap((coupling): Coupling[] => {
    const places = Array.from(coupling.people).flatMap((person) => placeOf.get(person) ?? [])
    return places.length === 0 ? [] : [{ ...coupling, people: Int32Array.from(places) }]
  })
}
