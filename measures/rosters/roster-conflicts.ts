import { chooseDays } from '#engines/rostering/choices.ts'
import type { CoverLine, Person, RosterProblem } from '#engines/rostering/problem.ts'
import type { Conflict } from './roster-contract.ts'

const CONFLICTS_MAX = 60

/**
 * Demands that cannot be met whatever the roster, found before anybody computes: too few people who can come, have the skill, and are not
 * closed for that shift. On each day the shifts are also looked at together, since one person works one of them.
 *
 * @example two people, one of them on leave on day 3, a night that needs two → { day: 3, shifts: ['N'], needed: 2, available: 1 }
 */
export function findConflicts(problem: RosterProblem): Conflict[] {
  const conflicts: Conflict[] = []
  const masks = problem.cover.map((line) => chooseDays(problem, line.days))
  const closed = problem.people.map(closedCells)
  for (let day = 0; day < problem.days; day++) {
    const lines = problem.cover.filter((_, at) => masks[at]?.[day] === 1 && problem.cover[at] !== undefined)
    for (const line of lines) {
      const available = problem.people.filter((person, at) => canTake(person, closed[at], line, day)).length
      if (available < line.required) conflicts.push(conflictOf(line, day, available))
    }
    const whole = lines.filter(({ skill, required }) => skill === undefined && required > 0)
    const needed = whole.reduce((sum, { required }) => sum + required, 0)
    const available = problem.people.filter((person, at) =>
      whole.some((line) => canTake(person, closed[at], line, day)),
    ).length
    if (available < needed && whole.length > 1) {
      const shifts = whole.flatMap((line) => line.shifts)
      conflicts.push({ day, shifts, needed, available, skill: null, person_id: null, text: dayText(needed, available) })
    }
    if (conflicts.length >= CONFLICTS_MAX) return conflicts.slice(0, CONFLICTS_MAX)
  }
  return conflicts
}

function closedCells(person: Person): ReadonlySet<string> {
  return new Set([
    ...(person.days_off ?? []).map((day) => `${day}`),
    ...(person.unavailable ?? []).map(({ day, shift }) => `${day ?? '*'}/${shift}`),
    ...(person.pinned ?? []).filter(({ shift }) => shift === null).map(({ day }) => `${day}`),
  ])
}

function canTake(person: Person, closed: ReadonlySet<string> | undefined, line: CoverLine, day: number): boolean {
  if (line.skill !== undefined && person.skills?.includes(line.skill) !== true) return false
  if (closed?.has(`${day}`)) return false
  return line.shifts.some((shift) => closed?.has(`${day}/${shift}`) !== true && closed?.has(`*/${shift}`) !== true)
}

function conflictOf({ shifts, skill, required }: CoverLine, day: number, available: number): Conflict {
  const zh = skill
    ? `会“${skill}”的需要 ${required} 人，能来的只有 ${available} 人`
    : `需要 ${required} 人，能来的只有 ${available} 人`
  const en = skill
    ? `needs ${required} with skill ${skill}; ${available} can come`
    : `needs ${required}; ${available} can come`
  return {
    day,
    shifts: [...shifts],
    needed: required,
    available,
    skill: skill ?? null,
    person_id: null,
    text: { zh, en },
  }
}

function dayText(needed: number, available: number) {
  return {
    zh: `这一天各班共需 ${needed} 人，能来的只有 ${available} 人`,
    en: `the day's shifts need ${needed} people together; ${available} can come`,
  }
}
