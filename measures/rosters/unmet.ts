import { chooseDays } from '#engines/rostering/choices.ts'
import type { CoverLine, Person, Roster, RosterProblem } from '#engines/rostering/problem.ts'
import { dayOf, formatDay } from '#engines/values/time.ts'
import type { Unmet } from './ask-contract.ts'

/**
 * The needs that a roster does not meet, hard ones first, then by day. Counted only: why, and the ways out, are explained on the unit's board.
 *
 * @example unmetNeeds(problem, roster)[0] // { day_on: '2020-03-05', shifts: ['N'], skill: null, needed: 3, actual: 2, hard: true }
 */
export function unmetNeeds(problem: RosterProblem, roster: Roster): Unmet[] {
  const first = dayOf(problem.first_day)
  return problem.cover
    .flatMap((line) => {
      const able = problem.people.filter((person) => counts(line, person))
      return Array.from(chooseDays(problem, line.days)).flatMap((speaks, day): Unmet[] => {
        if (speaks === 0) return []
        const actual = able.filter(({ id }) => line.shifts.includes(roster[id]?.[day] ?? '')).length
        if (actual >= line.required) return []
        const least = line.minimum ?? 0
        const hard = actual < least
        const needed = hard ? least : line.required
        const { shifts, skill } = line
        return [{ day_on: formatDay(first + day), shifts: [...shifts], skill: skill ?? null, needed, actual, hard }]
      })
    })
    .sort((left, right) => Number(right.hard) - Number(left.hard) || left.day_on.localeCompare(right.day_on))
}

function counts({ skill }: CoverLine, person: Person): boolean {
  return skill === undefined || (person.skills ?? []).includes(skill)
}
