import { conflictText } from '#engines/rostering/conflict-text.ts'
import { findConflicts } from '#engines/rostering/conflicts.ts'
import type { RosterProblem } from '#engines/rostering/problem.ts'
import type { Colleague, Conflict, ShiftNeed } from './roster-contract.ts'

const CONFLICTS_MAX = 60

/** Demands that no roster can meet, in words, hard ones first; before anybody computes a roster. */
export function listConflicts(
  problem: RosterProblem,
  people: readonly Colleague[],
  shifts: readonly ShiftNeed[],
): Conflict[] {
  const persons = new Map(people.map(({ person_id, name }) => [String(person_id), name]))
  const kinds = new Map(shifts.map(({ code, name }) => [code, name]))
  const names = { person: (id: string) => persons.get(id) ?? '—', shift: (id: string) => kinds.get(id) ?? id }
  return findConflicts(problem, [])
    .toSorted((left, right) => Number(right.hard) - Number(left.hard))
    .slice(0, CONFLICTS_MAX)
    .map((conflict) => ({
      hard: conflict.hard,
      day: 'day' in conflict ? conflict.day : null,
      text: conflictText(problem, conflict, names),
    }))
}
