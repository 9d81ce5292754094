import { choose, chooseDays, choosePerson, isCapable, weekends, weightOf } from './choices.ts'
import { weekendRulesOf } from './compile.ts'
import type { Tally } from './model.ts'
import type { FairnessRule, RosterProblem, Rule } from './problem.ts'

/**
 * Fairness rules as one tally a person: the load that demand asks of the group (required people × weight) is shared by
 * `share`, raised or lowered so that past and new load together come level, and never below 0 (water filling).
 * So each row can be judged by itself.
 *
 * @param rulesOf the rules of each person
 * @returns per person, the tallies that fairness adds
 * @example two people, 10 nights asked, past loads 4 and 0 → targets 3 and 7
 */
export function fairTallies(problem: RosterProblem, rulesOf: readonly (readonly Rule[])[]): Tally[][] {
  const tallies: Tally[][] = problem.people.map(() => [])
  for (const [index, rule] of problem.rules.entries()) {
    if (rule.kind !== 'fairness') continue
    const targets = fairLoads(problem, rule)
    const isIn = choose(problem, rule.shifts)
    for (const [at, target] of targets) {
      tallies[at]?.push({
        rule: index,
        weights: Int32Array.from([
          0,
          ...problem.shifts.map((shift, to) => (isIn[to + 1] ? weightOf(shift, rule.of) : 0)),
        ]),
        weekendBit: weekendRulesOf(rulesOf[at] ?? []).indexOf(rule),
        mask: chooseDays(problem, rule.days),
        min: Math.floor(target - rule.tolerance),
        max: Math.ceil(target + rule.tolerance),
        underPrice: rule.price / (rule.unit ?? 1),
        overPrice: rule.price / (rule.unit ?? 1),
      })
    }
  }
  return tallies
}

/** Person index → fair load of the rule in its measure, for everybody in the group who can do such shifts. */
export function fairLoads(problem: RosterProblem, rule: FairnessRule): Map<number, number> {
  const isIn = choose(problem, rule.shifts)
  const chosen = problem.shifts.filter((_, at) => isIn[at + 1])
  const group = problem.people.flatMap((person, at) =>
    choosePerson(person, rule.people) && chosen.some((shift) => isCapable(person, shift)) ? at : [],
  )
  const shares = group.map((at) => Math.max(problem.people[at]?.share ?? 1, 0))
  const past = group.map((at) => problem.people[at]?.past_load?.[rule.id] ?? 0)
  const levels = fillWater(shares, past, demandedLoad(problem, rule) * groupPart(problem, rule, group))
  return new Map(group.map((at, place) => [at, levels[place] ?? 0]))
}

/** What part of those who can do the work belongs to the group. */
function groupPart(problem: RosterProblem, rule: FairnessRule, group: readonly number[]): number {
  const isIn = choose(problem, rule.shifts)
  const able = problem.people.filter((person) =>
    problem.shifts.some((shift, at) => isIn[at + 1] && isCapable(person, shift)),
  )
  return able.length === 0 ? 0 : group.length / able.length
}

function demandedLoad(problem: RosterProblem, rule: FairnessRule): number {
  const isIn = choose(problem, rule.shifts)
  const mask = chooseDays(problem, rule.days)
  const numbers = weekends(problem)
  let load = 0
  for (const line of problem.cover) {
    if (line.skill !== undefined) continue
    const shifts = problem.shifts.filter((shift, at) => isIn[at + 1] && line.shifts.includes(shift.id))
    if (shifts.length === 0) continue
    const mean = shifts.reduce((sum, shift) => sum + weightOf(shift, rule.of), 0) / shifts.length
    const days = chooseDays(problem, line.days)
    for (let day = 0; day < problem.days; day++) {
      const counts = days[day] === 1 && mask[day] === 1 && (rule.of !== 'weekends' || (numbers[day] ?? -1) >= 0)
      if (counts) load += line.required * (rule.of === 'weekends' ? 0.5 : mean)
    }
  }
  return load
}

/** New loads x ≥ 0 with sum `total` such that (past + x) / share is level wherever x > 0. */
function fillWater(shares: readonly number[], past: readonly number[], total: number): number[] {
  const parts = Float64Array.from(shares)
  const loads = Float64Array.from(past)
  let low = 0
  let high = 0
  for (let at = 0; at < parts.length; at++) {
    high = Math.max(high, ((loads[at] as number) + total) / Math.max(parts[at] as number, 1e-6))
  }
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2
    let sum = 0
    for (let at = 0; at < parts.length && sum <= total; at++) {
      sum += Math.max(0, middle * (parts[at] as number) - (loads[at] as number))
    }
    if (sum > total) high = middle
    else low = middle
  }
  return shares.map((share, place) => Math.max(0, low * share - (past[place] ?? 0)))
}
