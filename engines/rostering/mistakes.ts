import { parseDay } from '../values/time.ts'
import { cyclesOf } from './pattern-cycles.ts'
import type { CoverLine, PeopleChoice, Person, RosterProblem, Rule, ShiftChoice } from './problem.ts'
import type { ShapeFault } from './schema/shape.ts'

/** Something in the problem that makes no sense. `where` is a path such as `people[3].wishes[0].day`. */
export interface Mistake {
  readonly code:
    | ShapeFault
    | 'text.cut_short'
    | 'text.no_json'
    | 'people.none'
    | 'shifts.none'
    | 'days.none'
    | 'first_day.invalid'
    | 'id.duplicate'
    | 'id.unknown'
    | 'day.outside'
    | 'number.invalid'
    | 'limits.contradictory'
    | 'successions.cyclic'
    | 'shift.too_long'
    | 'too_large'
  readonly where: string
  readonly value: string
}

const DAYS_MAX = 1000
const PEOPLE_MAX = 20_000
const SHIFTS_MAX = 500
const WISHES_MAX = 500_000
/** People × rules, and people × days × shifts: what a machine's memory bears. */
const PAIRS_MAX = 50_000_000
const CELLS_MAX = 100_000_000
const CLOCK_WINDOW_MAX = 2880
/** A mistake repeated a million times is told so often. */
const MISTAKES_MAX = 200

/**
 * Everything that is wrong with a problem's own words; an empty list means that it can be compiled. Demands that cannot be
 * met are no mistakes: they are left uncovered and explained.
 */
export function findMistakes(problem: RosterProblem): readonly Mistake[] {
  const mistakes: Mistake[] = []
  const tell: Tell = (code, where, value) => {
    if (mistakes.length < MISTAKES_MAX) mistakes.push({ code, where, value: String(value) })
  }
  if (problem.people.length === 0) tell('people.none', 'people', 0)
  if (!Number.isInteger(problem.days) || problem.days < 1) tell('days.none', 'days', problem.days)
  if (parseDay(problem.first_day) === undefined) tell('first_day.invalid', 'first_day', problem.first_day)
  if (problem.shifts.length === 0) tell('shifts.none', 'shifts', 0)
  tellTooLarge(problem, tell)
  tellDuplicates('shifts', problem.shifts, tell)
  tellDuplicates('people', problem.people, tell)
  tellDuplicates('rules', problem.rules, tell)
  const known: Known = {
    days: problem.days,
    shifts: new Set(problem.shifts.map((shift) => shift.id)),
    people: new Set(problem.people.map((person) => person.id)),
  }
  checkShifts(problem, known, tell)
  for (const [at, person] of problem.people.entries()) checkPerson(`people[${at}]`, person, known, tell)
  for (const [at, line] of problem.cover.entries()) checkCover(`cover[${at}]`, line, known, tell)
  for (const [at, rule] of problem.rules.entries()) checkRule(`rules[${at}]`, rule, known, tell)
  for (const cycle of cyclesOf(problem)) tell('successions.cyclic', 'rules', cycle.join(' → '))
  checkPublished(problem, known, tell)
  return mistakes
}

function tellTooLarge(problem: RosterProblem, tell: Tell): void {
  const { days, people, shifts, rules } = problem
  const wishes = people.reduce((sum, person) => sum + (person.wishes?.length ?? 0), 0)
  const pairs = rules.reduce((sum, { people: choice }) => sum + mostChosen(choice, people.length), 0)
  const sizes: readonly (readonly [string, number, number])[] = [
    ['days', days, DAYS_MAX],
    ['people', people.length, PEOPLE_MAX],
    ['shifts', shifts.length, SHIFTS_MAX],
    ['people[].wishes', wishes, WISHES_MAX],
    ['people × rules', pairs, PAIRS_MAX],
    ['people × days × shifts', people.length * days * (shifts.length + 1), CELLS_MAX],
  ]
  for (const [what, size, most] of sizes) if (size > most) tell('too_large', what, `${size} > ${most}`)
}

/** How many people a choice may mean at most, without looking at each of them. */
function mostChosen(choice: PeopleChoice | undefined, people: number): number {
  return typeof choice === 'object' && choice.tags === undefined ? Math.min(choice.ids?.length ?? 0, people) : people
}

type Tell = (code: Mistake['code'], where: string, value: string | number) => void

interface Known {
  readonly days: number
  readonly shifts: ReadonlySet<string>
  readonly people: ReadonlySet<string>
}

function tellDuplicates(where: string, things: readonly { id: string }[], tell: Tell): void {
  const seen = new Set<string>()
  for (const [at, { id }] of things.entries()) {
    if (seen.has(id)) tell('id.duplicate', `${where}[${at}].id`, id)
    seen.add(id)
  }
}

function checkShifts(problem: RosterProblem, known: Known, tell: Tell): void {
  for (const [at, shift] of problem.shifts.entries()) {
    const where = `shifts[${at}]`
    if (!isWithin(shift.start_minute, 0, 1439)) tell('number.invalid', `${where}.start_minute`, shift.start_minute)
    if (!isWithin(shift.minutes, 1, 1e9)) tell('number.invalid', `${where}.minutes`, shift.minutes)
    else if (shift.minutes > 1440) tell('shift.too_long', `${where}.minutes`, shift.minutes)
    for (const id of shift.not_next_day ?? [])
      if (!known.shifts.has(id)) tell('id.unknown', `${where}.not_next_day`, id)
  }
}

function checkPerson(where: string, person: Person, known: Known, tell: Tell): void {
  for (const [at, day] of (person.days_off ?? []).entries()) checkDay(`${where}.days_off[${at}]`, day, known, tell)
  for (const [at, cell] of (person.unavailable ?? []).entries()) {
    if (cell.day !== undefined) checkDay(`${where}.unavailable[${at}].day`, cell.day, known, tell)
    checkShift(`${where}.unavailable[${at}].shift`, cell.shift, known, tell)
  }
  for (const [at, wish] of (person.wishes ?? []).entries()) {
    checkDay(`${where}.wishes[${at}].day`, wish.day, known, tell)
    checkChoice(`${where}.wishes[${at}].shifts`, wish.shifts, known, tell)
    checkPrice(`${where}.wishes[${at}].price`, wish.price, tell)
  }
  for (const [at, pin] of (person.pinned ?? []).entries()) {
    checkDay(`${where}.pinned[${at}].day`, pin.day, known, tell)
    if (pin.shift !== null) checkShift(`${where}.pinned[${at}].shift`, pin.shift, known, tell)
  }
  for (const [at, cell] of (person.history ?? []).entries()) {
    if (cell !== null) checkShift(`${where}.history[${at}]`, cell, known, tell)
  }
}

function checkCover(where: string, line: CoverLine, known: Known, tell: Tell): void {
  for (const id of line.shifts) checkShift(`${where}.shifts`, id, known, tell)
  for (const [at, day] of (line.days?.days ?? []).entries()) checkDay(`${where}.days.days[${at}]`, day, known, tell)
  if (!isWithin(line.required, 0, 1e6)) tell('number.invalid', `${where}.required`, line.required)
  checkPrice(`${where}.under_price`, line.under_price, tell)
  checkPrice(`${where}.over_price`, line.over_price ?? 0, tell)
  const minimum = line.minimum ?? 0
  const most = line.maximum_wanted ?? line.required
  if (minimum > line.required) tell('limits.contradictory', `${where}.minimum`, `${minimum} > ${line.required}`)
  if (most < line.required) tell('limits.contradictory', `${where}.maximum_wanted`, `${most} < ${line.required}`)
}

function checkRule(where: string, rule: Rule, known: Known, tell: Tell): void {
  if (rule.price !== 'hard') checkPrice(`${where}.price`, rule.price, tell)
  if (typeof rule.people === 'object') {
    for (const id of rule.people.ids ?? []) if (!known.people.has(id)) tell('id.unknown', `${where}.people`, id)
  }
  for (const [name, choice] of choicesOf(rule)) checkChoice(`${where}.${name}`, choice, known, tell)
  const min = 'min' in rule ? rule.min : undefined
  const max = 'max' in rule ? rule.max : undefined
  if (min !== undefined && max !== undefined && min > max) tell('limits.contradictory', where, `${min} > ${max}`)
  for (const [name, value] of Object.entries(lengthsOf(rule))) {
    if (!isWithin(value, 1, DAYS_MAX)) tell('number.invalid', `${where}.${name}`, value)
  }
  if (rule.kind === 'pattern' && rule.days.length > 14) tell('too_large', `${where}.days`, rule.days.length)
  if (rule.kind === 'clock_window') {
    if (!isWithin(rule.length_minutes, 1, CLOCK_WINDOW_MAX))
      tell('number.invalid', `${where}.length_minutes`, rule.length_minutes)
    if (!isWithin(rule.minutes_max, 0, rule.length_minutes))
      tell('number.invalid', `${where}.minutes_max`, rule.minutes_max)
  }
}

/** Each choice of shifts in a rule, by the name of its key. */
function choicesOf(rule: Rule): readonly (readonly [string, ShiftChoice])[] {
  if (rule.kind === 'pattern') return rule.days.map((choice, at) => [`days[${at}]`, choice])
  if (rule.kind === 'succession') {
    return [
      ['first', rule.first],
      ['then', rule.then],
    ]
  }
  if (rule.kind === 'rest') {
    return [
      ['after', rule.after ?? 'work'],
      ['before', rule.before ?? 'work'],
    ]
  }
  return 'shifts' in rule ? [['shifts', rule.shifts]] : []
}

function lengthsOf(rule: Rule): Readonly<Record<string, number>> {
  if (rule.kind === 'window') return { length_days: rule.length_days }
  if (rule.kind === 'rest_after_run') return { after: rule.after, days_off: rule.days_off }
  if (rule.kind === 'rotation') return { after_days: rule.after_days, off_days: rule.off_days }
  if (rule.kind === 'pattern') return { days: rule.days.length }
  return {}
}

function checkPublished(problem: RosterProblem, known: Known, tell: Tell): void {
  for (const [id, row] of Object.entries(problem.published?.cells ?? {})) {
    const where = `published.cells.${id}`
    if (!known.people.has(id)) tell('id.unknown', where, id)
    if (row.length !== problem.days) tell('day.outside', where, row.length)
    for (const cell of row) if (cell !== null) checkShift(where, cell, known, tell)
  }
}

function checkDay(where: string, day: number, known: Known, tell: Tell): void {
  if (!isWithin(day, 0, known.days - 1)) tell('day.outside', where, day)
}

function checkShift(where: string, id: string, known: Known, tell: Tell): void {
  if (!known.shifts.has(id)) tell('id.unknown', where, id)
}

function checkChoice(where: string, choice: ShiftChoice, known: Known, tell: Tell): void {
  if (typeof choice === 'object') for (const id of choice.ids ?? []) checkShift(where, id, known, tell)
}

function checkPrice(where: string, price: number, tell: Tell): void {
  if (!(price >= 0 && price <= 1e6)) tell('number.invalid', where, price)
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most
}
