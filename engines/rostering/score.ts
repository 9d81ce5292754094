import {
  choose,
  chooseDays,
  countedMinutes,
  daysBetween,
  isCapable,
  rulesByPerson,
  weekends,
  weightOf,
} from './choices.ts'
import { pinsOf } from './compile.ts'
import { coupledRules, coupledUnits } from './coupled.ts'
import { fairLoads } from './fairness.ts'
import type { Person, Roster, RosterProblem, Rule, Score, Violation } from './problem.ts'
import { rowViolations } from './score-rows.ts'

/** A roster's score and everything that is broken in it. */
export interface Scored {
  readonly score: Score
  readonly violations: readonly Violation[]
}

/**
 * Scores a roster straight from the problem's words, rule by rule, without the compiled model: the judge of what the solver
 * says. Cells missing from the roster count as days off; an unknown shift throws `RangeError`.
 */
export function scoreRoster(problem: RosterProblem, roster: Roster): Scored {
  const violations: Violation[] = []
  const known = new Set(problem.shifts.map((shift) => shift.id))
  for (const row of Object.values(roster)) {
    for (const cell of row) if (cell !== null && !known.has(cell)) throw new RangeError(`unknown shift ${cell}`)
  }
  const rulesOf = rulesByPerson(problem)
  for (const [place, person] of problem.people.entries()) {
    const row = rowOf(problem, roster, person)
    violations.push(...personViolations(problem, person, row))
    for (const rule of rulesOf[place] ?? []) violations.push(...rowViolations(problem, rule, person, row))
  }
  for (const each of coverViolations(problem, roster)) violations.push(each)
  for (const rule of problem.rules) {
    if (rule.kind === 'fairness') violations.push(...fairnessViolations(problem, rule, roster))
  }
  for (const { rule, people } of coupledRules(problem))
    violations.push(...sharedViolations(problem, rule, people, roster))
  return { score: sum(violations), violations }
}

export function rowOf(problem: RosterProblem, roster: Roster, person: Person): (string | null)[] {
  const row = roster[person.id] ?? []
  return Array.from({ length: problem.days }, (_, day) => row[day] ?? null)
}

function sum(violations: readonly Violation[]): Score {
  const byRule = new Map<string, { hard: number; soft: number }>()
  for (const { rule, hard, cost } of violations) {
    const entry = byRule.get(rule) ?? { hard: 0, soft: 0 }
    if (hard) entry.hard += cost
    else entry.soft += cost
    byRule.set(rule, entry)
  }
  const rules = [...byRule].map(([rule, entry]) => ({ rule, ...entry }))
  return {
    hard: rules.reduce((total, { hard }) => total + hard, 0),
    total: rules.reduce((total, { soft }) => total + soft, 0),
    by_rule: rules,
  }
}

function personViolations(problem: RosterProblem, person: Person, row: readonly (string | null)[]): Violation[] {
  const violations: Violation[] = []
  const broken = (rule: string, day: number) => {
    const cell = row[day]
    violations.push({ rule, hard: true, cost: 1, person: person.id, day, ...(cell ? { shifts: [cell] } : {}) })
  }
  const shiftOf = new Map(problem.shifts.map((shift) => [shift.id, shift]))
  for (const [day, cell] of row.entries()) {
    const shift = cell === null ? undefined : shiftOf.get(cell)
    if (shift === undefined) continue
    if (!isCapable(person, shift)) broken('skills', day)
    const next = row[day + 1]
    if (next !== undefined && next !== null && shift.not_next_day?.includes(next)) broken('not_next_day', day)
    if (overlapsLater(problem, row, day)) broken('overlap', day)
  }
  for (const day of person.days_off ?? []) if ((row[day] ?? null) !== null) broken('days_off', day)
  for (const { day, shift } of person.unavailable ?? []) {
    for (const [at, cell] of row.entries()) {
      if (cell === shift && (day === undefined || day === at)) broken('unavailable', at)
    }
  }
  for (const { day, shift } of pinsOf(problem, person)) if ((row[day] ?? null) !== shift) broken('pinned', day)
  return [...violations, ...wishViolations(problem, person, row), ...changes(problem, person, row)]
}

function overlapsLater(problem: RosterProblem, row: readonly (string | null)[], day: number): boolean {
  const first = problem.shifts.find((shift) => shift.id === row[day])
  for (let later = day + 1; first !== undefined && later <= day + 3; later++) {
    const then = problem.shifts.find((shift) => shift.id === row[later])
    if (then !== undefined) return later - day - 1 < daysBetween(first, then, 0)
  }
  return false
}

function wishViolations(problem: RosterProblem, person: Person, row: readonly (string | null)[]): Violation[] {
  return (person.wishes ?? []).flatMap((wish) => {
    const isIn = choose(problem, wish.shifts)
    const cell = row[wish.day] ?? null
    const got = isIn[cell === null ? 0 : problem.shifts.findIndex((shift) => shift.id === cell) + 1] === true
    if (got === wish.wanted || wish.price === 0) return []
    return { rule: 'wishes', hard: false, cost: wish.price, person: person.id, day: wish.day }
  })
}

function changes(problem: RosterProblem, person: Person, row: readonly (string | null)[]): Violation[] {
  const before = problem.published?.cells[person.id]
  const price = problem.published?.price_per_change ?? 0
  if (before === undefined || price === 0) return []
  return before.flatMap((cell, day) =>
    cell === (row[day] ?? null) ? [] : { rule: 'published', hard: false, cost: price, person: person.id, day },
  )
}

function coverViolations(problem: RosterProblem, roster: Roster): Violation[] {
  const violations: Violation[] = []
  for (const line of problem.cover) {
    const mask = chooseDays(problem, line.days)
    const able = problem.people.filter((person) => line.skill === undefined || person.skills?.includes(line.skill))
    for (let day = 0; day < problem.days; day++) {
      if (mask[day] !== 1) continue
      const actual = able.filter((person) => {
        const cell = roster[person.id]?.[day] ?? null
        return cell !== null && line.shifts.includes(cell)
      }).length
      const at = { rule: line.id ?? 'cover', day, shifts: line.shifts, actual }
      const missing = line.required - actual
      const most = line.maximum_wanted ?? line.required
      const below = (line.minimum ?? 0) - actual
      if (below > 0) violations.push({ ...at, hard: true, cost: below, limit: line.minimum ?? 0 })
      if (missing > 0) violations.push({ ...at, hard: false, cost: missing * line.under_price, limit: line.required })
      if (actual > most)
        violations.push({ ...at, hard: false, cost: (actual - most) * (line.over_price ?? 0), limit: most })
    }
  }
  return violations.filter((violation) => violation.cost > 0)
}

function sharedViolations(problem: RosterProblem, rule: Rule, people: readonly Person[], roster: Roster): Violation[] {
  const violations: Violation[] = []
  for (let day = 0; day < problem.days; day++) {
    const cells = people.map((person) => roster[person.id]?.[day] ?? null)
    const units = coupledUnits(problem, rule, cells)
    if (units === 0) continue
    const isHard = rule.price === 'hard'
    violations.push({ rule: rule.id, hard: isHard, cost: rule.price === 'hard' ? units : units * rule.price, day })
  }
  return violations.filter((violation) => violation.cost > 0)
}

function fairnessViolations(
  problem: RosterProblem,
  rule: Extract<Rule, { kind: 'fairness' }>,
  roster: Roster,
): Violation[] {
  const violations: Violation[] = []
  for (const [index, target] of fairLoads(problem, rule)) {
    const person = problem.people[index]
    if (person === undefined) continue
    const actual = loadOf(problem, rule, rowOf(problem, roster, person))
    const most = Math.ceil(target + rule.tolerance)
    const least = Math.floor(target - rule.tolerance)
    const off = Math.max(actual - most, least - actual, 0)
    const cost = (off * rule.price) / (rule.unit ?? 1)
    const limit = actual > most ? most : least
    if (cost > 0) violations.push({ rule: rule.id, hard: false, cost, person: person.id, actual, limit })
  }
  return violations
}

/** What a row amounts to in a rule's measure. */
export function loadOf(
  problem: RosterProblem,
  rule: Extract<Rule, { kind: 'fairness' | 'tally' }>,
  row: readonly (string | null)[],
): number {
  const isIn = choose(problem, rule.shifts)
  const mask = chooseDays(problem, rule.days)
  const numbers = weekends(problem)
  const counted = new Set<number>()
  let load = 0
  for (const [day, cell] of row.entries()) {
    const at = cell === null ? 0 : problem.shifts.findIndex((shift) => shift.id === cell) + 1
    const shift = problem.shifts[at - 1]
    const weekend = numbers[day] ?? -1
    if (rule.of === 'weekends') {
      if (isIn[at] && weekend >= 0 && !counted.has(weekend)) {
        counted.add(weekend)
        load += mask[day] === 1 ? 1 : 0
      }
    } else if (isIn[at] && mask[day] === 1 && shift !== undefined) {
      load += rule.of === 'minutes' ? countedMinutes(shift) : weightOf(shift, rule.of)
    }
  }
  return load
}
