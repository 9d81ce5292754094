import { dayOf, weekdayOf } from '../values/time.ts'
import { buildAutomaton, type Machine } from './automaton.ts'
import { choose, chooseDays, daysBetween, isCapable, optionsOf, rulesByPerson, weekends, weightOf } from './choices.ts'
import { compileCover } from './compile-cover.ts'
import { fairTallies } from './fairness.ts'
import {
  clockWindow,
  gaps,
  maxRun,
  minRun,
  restAfterRun,
  rotation,
  unwantedPattern,
  wantedPattern,
  weekendCount,
  wholeWeekend,
} from './machines.ts'
import { minimise } from './minimise.ts'
import { type Coupling, FORBIDDEN, HARD_PRICE, type Model, type RowRules, type Tally, type Window } from './model.ts'
import type { Person, Price, RosterProblem, Rule } from './problem.ts'

/** What compiling needs about the problem as a whole. */
export interface Setting {
  readonly problem: RosterProblem
  readonly numberOf: ReadonlyMap<Rule, number>
  readonly options: number
  readonly optionOf: ReadonlyMap<string | null, number>
  readonly kindOf: Int32Array
  readonly everyDay: Uint8Array
  readonly isWeekend: (kind: number) => boolean
}

/**
 * Compiles a checked problem (see `mistakes.ts`).
 *
 * @param relaxed people whose own rules cannot all be kept: their hard rules cost `HARD_PRICE` a unit instead
 */
export function compile(problem: RosterProblem, relaxed: ReadonlySet<string> = new Set()): Model {
  const setting = settingOf(problem)
  const people = problem.people.length
  const cells = new Int32Array(people * problem.days * setting.options)
  const profiles = new Map<string, { machines: Machine[]; people: number[] }>()
  const isRelaxed = Uint8Array.from(problem.people, (person) => (relaxed.has(person.id) ? 1 : 0))
  const rulesOf = rulesByPerson(problem)
  const words = new Map(problem.rules.map((rule) => [rule, wordsOf(rule)]))
  for (const [index, person] of problem.people.entries()) {
    fillCells(setting, person, cells, index, isRelaxed[index] === 1)
    const own = rulesOf[index] ?? []
    const key = `${isRelaxed[index]}|${own.map((rule) => words.get(rule)).join('')}`
    const profile = profiles.get(key) ?? { machines: machinesOf(setting, own, isRelaxed[index] === 1), people: [] }
    profile.people.push(index)
    profiles.set(key, profile)
  }
  const rows: RowRules[] = new Array(people)
  const fair = fairTallies(problem, rulesOf)
  for (const { machines, people: members } of profiles.values()) {
    const histories = members.map((index) => historyOf(setting, problem.people[index]))
    const built = buildAutomaton(machines, setting.options, setting.kindOf, histories)
    const { automaton, stateOf } = minimise(built.automaton)
    for (const [at, index] of members.entries()) {
      const own = rulesOf[index] ?? []
      const tallies = [...talliesOf(setting, own, isRelaxed[index] === 1), ...(fair[index] ?? [])]
      const windows = windowsOf(setting, own, historyOf(setting, problem.people[index]), isRelaxed[index] === 1)
      rows[index] = {
        automaton,
        start: stateOf[built.starts[at] ?? 0] ?? 0,
        tallies,
        windows,
        ...groupsOf(setting.options, automaton.classOf, tallies, windows.length > 0),
      }
    }
  }
  return {
    people,
    days: problem.days,
    options: setting.options,
    cells,
    rows,
    items: compileCover(problem),
    couplings: couplingsOf(setting, rulesOf),
    weekendOf: weekends(problem),
    relaxed: isRelaxed,
  }
}

export function settingOf(problem: RosterProblem): Setting {
  const needsWeekday = problem.rules.some((rule) => rule.kind === 'pattern' && rule.starts_on_weekday !== undefined)
  const numbers = weekends(problem)
  const first = weekdayOf(dayOf(problem.first_day))
  const weekend = new Set(problem.weekend ?? [5, 6])
  const kindOf = new Int32Array(problem.days)
  for (let day = 0; day < problem.days; day++) {
    const isLater = day > 0 && numbers[day] !== -1 && numbers[day] === numbers[day - 1]
    const weekday = needsWeekday ? (first + day) % 7 : numbers[day] === -1 ? 0 : 1
    kindOf[day] = weekday * 2 + (isLater ? 1 : 0)
  }
  return {
    problem,
    numberOf: new Map(problem.rules.map((rule, index) => [rule, index])),
    options: problem.shifts.length + 1,
    optionOf: optionsOf(problem),
    kindOf,
    everyDay: new Uint8Array(problem.days).fill(1),
    isWeekend: (kind) => (needsWeekday ? weekend.has(kind >> 1) : kind >> 1 === 1),
  }
}

const priceOf = (price: Price, isRelaxed: boolean): number =>
  price === 'hard' ? (isRelaxed ? HARD_PRICE : Number.POSITIVE_INFINITY) : price

/**
 * What a rule says about sequences of days, whoever it is for: people whose rules read the same share one automaton, also
 * when each of them has rules of their own (as in the public instance format).
 */
function wordsOf(rule: Rule): string {
  if (rule.kind === 'apart' || rule.kind === 'together' || rule.kind === 'window') return ''
  if (rule.kind === 'tally' || rule.kind === 'fairness') {
    return rule.of === 'weekends' ? `weekends ${JSON.stringify(rule.shifts)};` : ''
  }
  return `${JSON.stringify({ ...rule, id: '', source: '', people: 'all' })};`
}

function historyOf(setting: Setting, person: Person | undefined): number[] {
  return (person?.history ?? []).map((cell) => setting.optionOf.get(cell) ?? 0)
}

function machinesOf(setting: Setting, own: readonly Rule[], isRelaxed: boolean): Machine[] {
  const { problem, options } = setting
  const machines: Machine[] = []
  const gapsByPrice = new Map<number, Int32Array>()
  const gapTable = (price: number) => {
    const table = gapsByPrice.get(price) ?? new Int32Array(options * options)
    gapsByPrice.set(price, table)
    return table
  }
  addStatedGaps(setting, gapTable(isRelaxed ? HARD_PRICE : Number.POSITIVE_INFINITY))
  const weekendRules = weekendRulesOf(own)
  for (const rule of own) {
    const price = priceOf(rule.price, isRelaxed)
    if (isGap(rule)) addGaps(setting, rule, gapTable(price))
    else machines.push(...machinesOfRule(setting, rule, price))
    const bit = weekendRules.indexOf(rule)
    if (bit >= 0 && 'shifts' in rule) machines.push(weekendCount(choose(problem, rule.shifts), bit, setting.isWeekend))
  }
  for (const [price, table] of gapsByPrice) if (table.some((gap) => gap > 0)) machines.push(gaps(table, options, price))
  return machines
}

export function machinesOfRule(setting: Setting, rule: Rule, price: number): Machine[] {
  const { problem } = setting
  switch (rule.kind) {
    case 'run': {
      const isIn = choose(problem, rule.shifts)
      const machines: Machine[] = []
      if (rule.max !== undefined) machines.push(maxRun(isIn, rule.max, price))
      if (rule.min !== undefined && rule.min > 1) machines.push(minRun(isIn, rule.min, price))
      return machines
    }
    case 'succession':
      // One with a day off in it is a pattern of two days; the others are gaps between shifts.
      return [unwantedPattern([choose(problem, rule.first), choose(problem, rule.then)], undefined, price)]
    case 'clock_window': {
      const isIn = choose(problem, rule.shifts)
      const spans = problem.shifts.map(({ start_minute, minutes }, at) =>
        isIn[at + 1] ? ([start_minute, start_minute + minutes] as const) : undefined,
      )
      return [clockWindow([undefined, ...spans], rule.length_minutes, rule.minutes_max, price)]
    }
    case 'rest_after_run':
      return [restAfterRun(choose(problem, rule.shifts), rule.after, rule.days_off, price)]
    case 'rotation':
      return [rotation(choose(problem, rule.shifts), rule.after_days, rule.off_days, price)]
    case 'whole_weekend':
      return [wholeWeekend(setting.isWeekend, price)]
    case 'pattern': {
      const steps = rule.days.map((choice) => choose(problem, choice))
      return [(rule.wanted ? wantedPattern : unwantedPattern)(steps, rule.starts_on_weekday, price)]
    }
    default:
      return []
  }
}

/** Rules over two shifts with free days between them, which one table of gaps holds. */
export function isGap(rule: Rule): boolean {
  return rule.kind === 'rest' || (rule.kind === 'succession' && rule.first !== 'off' && rule.then !== 'off')
}

/** Successions that shifts state themselves, and shifts that reach into the next days. */
function addStatedGaps({ problem, options, optionOf }: Setting, table: Int32Array): void {
  for (const [at, first] of problem.shifts.entries()) {
    for (const [to, then] of problem.shifts.entries()) {
      const cell = (at + 1) * options + to + 1
      table[cell] = Math.max(table[cell] ?? 0, daysBetween(first, then, 0))
    }
    for (const id of first.not_next_day ?? []) {
      const cell = (at + 1) * options + (optionOf.get(id) ?? 0)
      table[cell] = Math.max(table[cell] ?? 0, 1)
    }
  }
}

export function addGaps({ problem, options }: Setting, rule: Rule, table: Int32Array): void {
  if (rule.kind !== 'rest' && rule.kind !== 'succession') return
  const after = choose(problem, rule.kind === 'rest' ? (rule.after ?? 'work') : rule.first)
  const then = choose(problem, rule.kind === 'rest' ? (rule.before ?? 'work') : rule.then)
  for (const [at, first] of problem.shifts.entries()) {
    for (const [to, next] of problem.shifts.entries()) {
      if (!after[at + 1] || !then[to + 1]) continue
      const cell = (at + 1) * options + to + 1
      const days = rule.kind === 'rest' ? daysBetween(first, next, rule.minutes_min) : 1
      table[cell] = Math.max(table[cell] ?? 0, days)
    }
  }
}

/** Of a person's rules those that count weekends; their order gives the bits that the automaton emits. */
export function weekendRulesOf(own: readonly Rule[]): readonly Rule[] {
  return own.filter((rule) => (rule.kind === 'tally' || rule.kind === 'fairness') && rule.of === 'weekends')
}

function talliesOf(setting: Setting, own: readonly Rule[], isRelaxed: boolean): Tally[] {
  const { problem, numberOf, everyDay } = setting
  const weekendRules = weekendRulesOf(own)
  const tallies: Tally[] = []
  for (const rule of own) {
    if (rule.kind !== 'tally') continue
    const isIn = choose(problem, rule.shifts)
    // A minute is a small unit: sixty of them weigh as much as one broken rule of another kind.
    const price = priceOf(rule.price, isRelaxed) / (rule.price === 'hard' && rule.of === 'minutes' ? 60 : 1)
    tallies.push({
      rule: numberOf.get(rule) ?? -1,
      weights: Int32Array.from([
        0,
        ...problem.shifts.map((shift, at) => (isIn[at + 1] ? weightOf(shift, rule.of) : 0)),
      ]),
      weekendBit: weekendRules.indexOf(rule),
      mask: rule.days === undefined ? everyDay : chooseDays(problem, rule.days),
      min: rule.min ?? Number.NEGATIVE_INFINITY,
      max: rule.max ?? Number.POSITIVE_INFINITY,
      underPrice: rule.min === undefined ? 0 : price,
      overPrice: rule.max === undefined ? 0 : price,
    })
  }
  return tallies.filter((tally) => canMatter(problem, tally))
}

/** A cap that no row can reach (28 shifts in 28 days) is left out. */
function canMatter(problem: RosterProblem, tally: Tally): boolean {
  const heaviest = Math.max(0, ...tally.weights)
  const days = tally.mask.reduce((sum, counts) => sum + counts, 0)
  return tally.min > 0 || (tally.weekendBit >= 0 ? problem.days : days * heaviest) > tally.max
}

function windowsOf(setting: Setting, own: readonly Rule[], history: readonly number[], isRelaxed: boolean): Window[] {
  const { problem, numberOf } = setting
  return own.flatMap((rule) => {
    if (rule.kind !== 'window') return []
    const isIn = choose(problem, rule.shifts)
    const weights = Int32Array.from([
      0,
      ...problem.shifts.map((shift, at) => (isIn[at + 1] ? weightOf(shift, rule.of) : 0)),
    ])
    const before = history.slice(1 - rule.length_days)
    return {
      rule: numberOf.get(rule) ?? -1,
      weights,
      length: rule.length_days,
      min: rule.min ?? Number.NEGATIVE_INFINITY,
      max: rule.max ?? Number.POSITIVE_INFINITY,
      price: priceOf(rule.price, isRelaxed),
      before: Int32Array.from(rule.length_days > 1 ? before : [], (option) => weights[option] ?? 0),
    }
  })
}

function fillCells(setting: Setting, person: Person, cells: Int32Array, index: number, isRelaxed: boolean): void {
  const { problem, options, optionOf } = setting
  const at = (day: number, option: number) => (index * problem.days + day) * options + option
  const forbid = (day: number, option: number) => {
    cells[at(day, option)] =
      isRelaxed && option !== 0 ? Math.min(FORBIDDEN, (cells[at(day, option)] ?? 0) + HARD_PRICE) : FORBIDDEN
  }
  addCellPrices(setting, person, index, cells)
  for (const [to, shift] of problem.shifts.entries()) {
    if (!isCapable(person, shift)) for (let day = 0; day < problem.days; day++) cells[at(day, to + 1)] = FORBIDDEN
  }
  for (const { day, shift } of person.unavailable ?? []) {
    const option = optionOf.get(shift) ?? 0
    if (day !== undefined) forbid(day, option)
    else for (let each = 0; each < problem.days; each++) forbid(each, option)
  }
  for (const day of person.days_off ?? []) for (let option = 1; option < options; option++) forbid(day, option)
  for (const { day, shift } of pinsOf(problem, person)) {
    const kept = optionOf.get(shift) ?? 0
    for (let option = 0; option < options; option++) if (option !== kept) cells[at(day, option)] = FORBIDDEN
    if ((cells[at(day, kept)] ?? 0) >= FORBIDDEN) cells[at(day, kept)] = HARD_PRICE
  }
}

/** Pins, and published days that are over. */
export function pinsOf(problem: RosterProblem, person: Person): { day: number; shift: string | null }[] {
  const published = problem.published
  const row = published?.cells[person.id]
  const frozen = row?.slice(0, published?.frozen_before_day ?? 0).map((shift, day) => ({ day, shift })) ?? []
  const pins = new Map(frozen.map((pin) => [pin.day, pin]))
  for (const pin of person.pinned ?? []) pins.set(pin.day, pin)
  return [...pins.values()]
}

function addCellPrices(setting: Setting, person: Person, index: number, cells: Int32Array): void {
  const { problem, options, optionOf } = setting
  for (const wish of person.wishes ?? []) {
    const isIn = choose(problem, wish.shifts)
    for (let option = 0; option < options; option++) {
      const cell = (index * problem.days + wish.day) * options + option
      if (isIn[option] !== wish.wanted) cells[cell] = (cells[cell] ?? 0) + wish.price
    }
  }
  const row = problem.published?.cells[person.id]
  if (row === undefined || problem.published === undefined) return
  for (const [day, shift] of row.entries()) {
    const kept = optionOf.get(shift) ?? 0
    for (let option = 0; option < options; option++) {
      const cell = (index * problem.days + day) * options + option
      if (option !== kept) cells[cell] = (cells[cell] ?? 0) + problem.published.price_per_change
    }
  }
}

/** Options with the same automaton class and the same weights are told apart by their cells only. */
export function groupsOf(
  options: number,
  classOf: Int32Array,
  tallies: readonly Tally[],
  isSingle: boolean,
): Pick<RowRules, 'groupOf' | 'groupClass' | 'groupOption'> {
  const index = new Map<string, number>()
  const groupOf = new Int32Array(options)
  const groupOption: number[] = []
  for (let option = 0; option < options; option++) {
    const weights = tallies.map((tally) => tally.weights[option] ?? 0)
    const key = isSingle ? String(option) : `${classOf[option]}|${weights.join(',')}|${option === 0}`
    let group = index.get(key)
    if (group === undefined) {
      group = groupOption.length
      index.set(key, group)
      groupOption.push(option)
    }
    groupOf[option] = group
  }
  return {
    groupOf,
    groupClass: Int32Array.from(groupOption, (option) => classOf[option] ?? 0),
    groupOption: Int32Array.from(groupOption),
  }
}

function couplingsOf({ problem }: Setting, rulesOf: readonly (readonly Rule[])[]): Coupling[] {
  const peopleOf = new Map<Rule, number[]>()
  for (const [person, own] of rulesOf.entries()) {
    for (const rule of own) {
      if (rule.kind !== 'apart' && rule.kind !== 'together') continue
      const people = peopleOf.get(rule)
      if (people === undefined) peopleOf.set(rule, [person])
      else people.push(person)
    }
  }
  return problem.rules.flatMap((rule, index): Coupling[] => {
    if (rule.kind !== 'apart' && rule.kind !== 'together') return []
    const isIn = rule.kind === 'apart' ? choose(problem, rule.shifts) : []
    return [
      {
        kind: rule.kind,
        rule: index,
        people: Int32Array.from(peopleOf.get(rule) ?? []),
        counts: Uint8Array.from({ length: problem.shifts.length + 1 }, (_, option) => (isIn[option] ? 1 : 0)),
        price: rule.price === 'hard' ? HARD_PRICE : rule.price,
      },
    ]
  })
}
