import type { Conflict } from './conflict.ts'
import { dayConflicts } from './conflict-days.ts'
import { contradictions, peopleConflicts } from './conflict-people.ts'
import { periodConflicts } from './conflict-period.ts'
import type { RosterProblem } from './problem.ts'

/**
 * What no roster can satisfy, named before solving; the solver covers the rest as well as can be. Everything that is told is proven
 * (people, skills, days and each person's own rules), but not everything that cannot be met is found.
 *
 * @param impossible people without any row, as `prepare` found them
 * @example findConflicts(problem, [])[0] // { kind: 'need', hard: true, day: 2, shifts: ['N'], skill: 'X', needed: 4, available: 3, … }
 */
export function findConflicts(problem: RosterProblem, impossible: readonly string[]): Conflict[] {
  return [
    ...peopleConflicts(problem),
    ...contradictions(problem, impossible),
    ...dayConflicts(problem),
    ...(impossible.length === 0 ? periodConflicts(problem) : []),
  ]
}
