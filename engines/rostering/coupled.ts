import { choose, choosePerson } from './choices.ts'
import type { Person, RosterProblem, Rule } from './problem.ts'

/** Rules about several people at once, with the people of each. */
export function coupledRules(problem: RosterProblem): { rule: Rule; people: readonly Person[] }[] {
  const rules = problem.rules.filter(({ kind }) => kind === 'apart' || kind === 'together')
  if (rules.length === 0) return []
  const byId = new Map(problem.people.map((person) => [person.id, person]))
  return rules.map((rule) => {
    const chosen = rule.people
    const isListed = typeof chosen === 'object' && chosen.tags === undefined
    const people = isListed
      ? (chosen.ids ?? []).flatMap((id) => byId.get(id) ?? [])
      : problem.people.filter((person) => choosePerson(person, chosen))
    return { rule, people }
  })
}

/** Units that a rule about several people finds in their cells of one day. */
export function coupledUnits(problem: RosterProblem, rule: Rule, cells: readonly (string | null)[]): number {
  if (rule.kind === 'apart') {
    const isIn = choose(problem, rule.shifts)
    const there = cells.filter((cell) => isIn[problem.shifts.findIndex(({ id }) => id === cell) + 1]).length
    return Math.max(0, there - 1)
  }
  const counts = new Map<string | null, number>()
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1)
  return cells.length - Math.max(0, ...counts.values())
}
