import { dayOf, weekdayOf } from '../values/time.ts'
import { choose, daysBetween, weekends, weightOf } from './choices.ts'
import { clockDaysBack, clockMinutes } from './machines.ts'
import type { Person, Price, RosterProblem, Rule, ShiftChoice, ShiftType, Violation } from './problem.ts'
import { loadOf } from './score.ts'

type Row = readonly (string | null)[]

/** What one person's row breaks of one rule about rows. */
export function rowViolations(problem: RosterProblem, rule: Rule, person: Person, row: Row): Violation[] {
  const found = unitsOf(problem, rule, person, row)
  return found.flatMap(({ units, ...at }) => {
    const cost = priced(rule.price, units)
    return cost === 0 ? [] : { rule: rule.id, hard: rule.price === 'hard', cost, person: person.id, ...at }
  })
}

const priced = (price: Price, units: number): number => (price === 'hard' ? units : units * price)

interface Found {
  readonly day?: number
  readonly units: number
  readonly actual?: number
  readonly limit?: number
}

function unitsOf(problem: RosterProblem, rule: Rule, person: Person, row: Row): Found[] {
  const history = person.history ?? []
  switch (rule.kind) {
    case 'tally':
      return tallyUnits(problem, rule, row)
    case 'window':
      return windowUnits(problem, rule, [...history, ...row], history.length)
    case 'run':
      return runUnits(membership(problem, rule.shifts, [...history, ...row]), rule, history.length)
    case 'rest_after_run':
      return restAfterRunUnits(problem, rule, [...history, ...row], history.length)
    case 'clock_window':
      return clockUnits(problem, rule, [...history, ...row], history.length)
    case 'succession':
      if (rule.first === 'off' || rule.then === 'off')
        return offUnits(problem, rule, [...history, ...row], history.length)
      return gapUnits(problem, rule, [...history, ...row], history.length)
    case 'rest':
      return gapUnits(problem, rule, [...history, ...row], history.length)
    case 'pattern':
      return patternUnits(problem, rule, [...history, ...row], history.length)
    case 'whole_weekend':
      return wholeWeekendUnits(problem, row)
    case 'rotation':
      return rotationUnits(membership(problem, rule.shifts, [...history, ...row]), rule, history.length)
    default:
      return []
  }
}

function membership(problem: RosterProblem, choice: ShiftChoice, row: Row): boolean[] {
  const isIn = choose(problem, choice)
  const at = new Map(problem.shifts.map((shift, index) => [shift.id, index + 1]))
  return row.map((cell) => isIn[cell === null ? 0 : (at.get(cell) ?? 0)] === true)
}

function tallyUnits(problem: RosterProblem, rule: Extract<Rule, { kind: 'tally' }>, row: Row): Found[] {
  const actual = loadOf(problem, rule, row)
  if (rule.max !== undefined && actual > rule.max) return [{ units: actual - rule.max, actual, limit: rule.max }]
  if (rule.min !== undefined && actual < rule.min) return [{ units: rule.min - actual, actual, limit: rule.min }]
  return []
}

function windowUnits(
  problem: RosterProblem,
  rule: Extract<Rule, { kind: 'window' }>,
  row: Row,
  before: number,
): Found[] {
  const isIn = membership(problem, rule.shifts, row)
  const weights = row.map((cell, at) => {
    const shift = problem.shifts.find((each) => each.id === cell)
    return isIn[at] && shift !== undefined ? weightOf(shift, rule.of) : 0
  })
  const found: Found[] = []
  for (let end = before; end < row.length; end++) {
    const first = end - rule.length_days + 1
    const actual = weights.slice(Math.max(0, first), end + 1).reduce((sum, weight) => sum + weight, 0)
    const day = end - before
    if (rule.max !== undefined && actual > rule.max)
      found.push({ day, units: actual - rule.max, actual, limit: rule.max })
    if (rule.min !== undefined && first >= 0 && actual < rule.min) {
      found.push({ day, units: rule.min - actual, actual, limit: rule.min })
    }
  }
  return found
}

function runUnits(isIn: readonly boolean[], rule: { min?: number; max?: number }, before: number): Found[] {
  const found: Found[] = []
  for (let first = 0; first < isIn.length; first++) {
    if (!isIn[first] || isIn[first - 1]) continue
    let end = first
    while (isIn[end + 1]) end++
    const actual = end - first + 1
    if (rule.max !== undefined && actual > rule.max) {
      const units = Math.min(actual - rule.max, end - Math.max(before, first) + 1)
      if (end >= before) found.push({ day: Math.max(0, first - before), units, actual, limit: rule.max })
    }
    const isOpen = first === 0 || end === isIn.length - 1 || end + 1 < before
    if (rule.min !== undefined && !isOpen && actual < rule.min) {
      found.push({ day: Math.max(0, first - before), units: rule.min - actual, actual, limit: rule.min })
    }
  }
  return found
}

function restAfterRunUnits(
  problem: RosterProblem,
  rule: Extract<Rule, { kind: 'rest_after_run' }>,
  row: Row,
  before: number,
): Found[] {
  const isIn = membership(problem, rule.shifts, row)
  const found: Found[] = []
  let run = 0
  for (const [day, member] of isIn.entries()) {
    run = member ? run + 1 : 0
    if (run < rule.after || isIn[day + 1]) continue
    let free = 0
    while (free < rule.days_off && day + free + 1 < row.length && row[day + free + 1] === null) free++
    const returns = day + free + 1
    if (free < rule.days_off && returns < row.length && returns >= before) {
      found.push({ day: returns - before, units: rule.days_off - free, actual: free, limit: rule.days_off })
    }
  }
  return found
}

function gapUnits(
  problem: RosterProblem,
  rule: Extract<Rule, { kind: 'rest' | 'succession' }>,
  row: Row,
  before: number,
): Found[] {
  const shiftOf = new Map(problem.shifts.map((shift) => [shift.id, shift]))
  const isFirst = membership(problem, rule.kind === 'rest' ? (rule.after ?? 'work') : rule.first, row)
  const isThen = membership(problem, rule.kind === 'rest' ? (rule.before ?? 'work') : rule.then, row)
  const found: Found[] = []
  let last = -1
  for (const [day, cell] of row.entries()) {
    const shift = cell === null ? undefined : shiftOf.get(cell)
    if (shift === undefined) continue
    const previous: ShiftType | undefined = last < 0 ? undefined : shiftOf.get(row[last] ?? '')
    if (previous !== undefined && isFirst[last] && isThen[day] && day >= before) {
      const needed = rule.kind === 'rest' ? daysBetween(previous, shift, rule.minutes_min) : 1
      if (day - last - 1 < needed) found.push({ day: day - before, units: 1 })
    }
    last = day
  }
  return found
}

/** A succession with a day off on either side. */
function offUnits(
  problem: RosterProblem,
  rule: Extract<Rule, { kind: 'succession' }>,
  row: Row,
  before: number,
): Found[] {
  const isFirst = membership(problem, rule.first, row)
  const isThen = membership(problem, rule.then, row)
  return row.flatMap((_, day) =>
    day >= Math.max(1, before) && isFirst[day - 1] && isThen[day] ? { day: day - before, units: 1 } : [],
  )
}

function clockUnits(
  problem: RosterProblem,
  rule: Extract<Rule, { kind: 'clock_window' }>,
  row: Row,
  before: number,
): Found[] {
  const isIn = membership(problem, rule.shifts, row)
  const spans = row.map((cell, at) => {
    const shift = problem.shifts.find((each) => each.id === cell)
    if (!isIn[at] || shift === undefined) return undefined
    return [shift.start_minute, shift.start_minute + shift.minutes] as const
  })
  const back = clockDaysBack(rule.length_minutes)
  return row.flatMap((_, at) => {
    const actual = clockMinutes(spans[at], (day) => spans[at - day], back, rule.length_minutes)
    if (at < before || actual <= rule.minutes_max) return []
    return { day: at - before, units: actual - rule.minutes_max, actual, limit: rule.minutes_max }
  })
}

function patternUnits(
  problem: RosterProblem,
  rule: Extract<Rule, { kind: 'pattern' }>,
  whole: Row,
  historyDays: number,
): Found[] {
  // A pattern tied to a weekday is looked for inside the horizon only.
  const before = rule.starts_on_weekday === undefined ? historyDays : 0
  const row = rule.starts_on_weekday === undefined ? whole : whole.slice(historyDays)
  const weekday = weekdayOf(dayOf(problem.first_day))
  const steps = rule.days.map((choice) => membership(problem, choice, row))
  const found: Found[] = []
  for (let day = 0; day < row.length; day++) {
    if (rule.starts_on_weekday !== undefined && (weekday + day - before) % 7 !== rule.starts_on_weekday) continue
    if (rule.wanted) {
      if (!steps[0]?.[day] || steps[0]?.[day - 1] || steps.length < 2) continue
      for (let at = 1; at < steps.length && day + at < row.length; at++) {
        if (!steps[at]?.[day + at] && day + at >= before) found.push({ day: day + at - before, units: 1 })
      }
      day += steps.length - 1
    } else if (day + steps.length - 1 >= before && steps.every((isIn, at) => isIn[day + at])) {
      found.push({ day: day - before, units: 1 })
    }
  }
  return found
}

function wholeWeekendUnits(problem: RosterProblem, row: Row): Found[] {
  const numbers = weekends(problem)
  return row.flatMap((cell, day) => {
    const isSame = day > 0 && numbers[day] !== -1 && numbers[day] === numbers[day - 1]
    return isSame && (cell === null) !== (row[day - 1] === null) ? { day, units: 1 } : []
  })
}

function rotationUnits(
  isIn: readonly boolean[],
  rule: { after_days: number; off_days: number },
  before: number,
): Found[] {
  const found: Found[] = []
  let began = -1
  let last = -1
  for (const [day, member] of isIn.entries()) {
    if (!member) continue
    if (began < 0 || day - last - 1 >= rule.off_days) began = day
    else if (day - began >= rule.after_days && day >= before) found.push({ day: day - before, units: 1 })
    last = day
  }
  return found
}
