import { isCapable } from './choices.ts'
import { compile } from './compile.ts'
import type { Conflict } from './conflict.ts'
import { FORBIDDEN } from './model.ts'
import type { Person, RosterProblem, Rule } from './problem.ts'
import { RowSearch } from './row-search.ts'

const EFFORT = { beam: 60, rounds: 20 }
/** A rule that makes everybody impossible is explained by the first few. */
const EXPLAINED_MAX = 10

/** Fixed cells against days off, skills and one another; people who can take no shift at all. */
export function peopleConflicts(problem: RosterProblem): Conflict[] {
  return problem.people.flatMap((person) => [...pinConflicts(problem, person), ...noShift(problem, person)])
}

function pinConflicts(problem: RosterProblem, person: Person): Conflict[] {
  const seen = new Map<number, string | null>()
  return (person.pinned ?? []).flatMap(({ day, shift }): Conflict[] => {
    const at = { kind: 'pin', hard: true, person: person.id, day } as const
    const earlier = seen.get(day)
    const isOther = earlier !== undefined && earlier !== shift
    seen.set(day, shift)
    if (isOther) return [{ ...at, against: 'other_pin' }]
    if (shift === null) return []
    const type = problem.shifts.find(({ id }) => id === shift)
    if (type !== undefined && !isCapable(person, type)) return [{ ...at, against: 'skill' }]
    if (person.days_off?.includes(day)) return [{ ...at, against: 'day_off' }]
    const isClosed = person.unavailable?.some((one) => one.shift === shift && (one.day ?? day) === day)
    return isClosed === true ? [{ ...at, against: 'unavailable' }] : []
  })
}

function noShift(problem: RosterProblem, person: Person): Conflict[] {
  const never = new Set(person.unavailable?.filter(({ day }) => day === undefined).map(({ shift }) => shift))
  const could = problem.shifts.some((shift) => isCapable(person, shift) && !never.has(shift.id))
  const isAway = new Set(person.days_off).size >= problem.days
  return could && !isAway ? [] : [{ kind: 'no_shift', hard: false, person: person.id }]
}

/**
 * Which of a person's own hard rules stand in each other's way, for people who have no row at all (`Prepared.impossible`): each rule
 * (or `pinned`, `days_off`, `unavailable`) without which a row would exist.
 */
export function contradictions(problem: RosterProblem, impossible: readonly string[]): Conflict[] {
  return impossible.slice(0, EXPLAINED_MAX).flatMap((id): Conflict[] => {
    const person = problem.people.find((one) => one.id === id)
    if (person === undefined) return []
    const { wishes: _, ...own } = person
    const alone = hardOnly({ ...problem, people: [own] })
    const hard = alone.rules.map((rule) => rule.id)
    const without = (rules: readonly Rule[], changed: Person) => hasRow({ ...alone, rules, people: [changed] })
    const rules = hard.filter((rule) =>
      without(
        alone.rules.filter((one) => one.id !== rule),
        own,
      ),
    )
    const { pinned, days_off, unavailable, ...free } = own
    const closed = { ...(pinned && { pinned }), ...(days_off && { days_off }), ...(unavailable && { unavailable }) }
    const givings = Object.keys(closed).filter((key) => {
      const kept = Object.fromEntries(Object.entries(closed).filter(([name]) => name !== key))
      return without(alone.rules, { ...free, ...kept })
    })
    return [{ kind: 'person', hard: true, person: id, rules: [...rules, ...givings] }]
  })
}

/** Only what must hold: what is wished, priced or needed is left out. */
export function hardOnly(problem: RosterProblem): RosterProblem {
  const { published: _, ...rest } = problem
  return {
    ...rest,
    cover: [],
    rules: problem.rules.filter((rule) => rule.price === 'hard' && rule.kind !== 'apart' && rule.kind !== 'together'),
    people: problem.people.map(({ wishes: __, ...person }) => person),
  }
}

function hasRow(problem: RosterProblem): boolean {
  const model = compile(problem)
  const search = new RowSearch(model)
  const prices = Float64Array.from(model.cells)
  search.find(0, prices, new Int32Array(problem.days).fill(-1), FORBIDDEN, EFFORT)
  return search.found
}
