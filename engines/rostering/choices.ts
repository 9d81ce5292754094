import { dayOf, weekdayOf } from '../values/time.ts'
import type {
  DayChoice,
  Measure,
  PeopleChoice,
  Person,
  RosterProblem,
  Rule,
  ShiftChoice,
  ShiftType,
} from './problem.ts'

/** Option numbers: 0 = a day off, k = `problem.shifts[k - 1]`. */
export function optionsOf(problem: RosterProblem): ReadonlyMap<string | null, number> {
  const index = new Map<string | null, number>([[null, 0]])
  for (const [at, shift] of problem.shifts.entries()) index.set(shift.id, at + 1)
  return index
}

/** Whether each option belongs to the choice. */
export function choose(problem: RosterProblem, choice: ShiftChoice): boolean[] {
  return [choice === 'off', ...problem.shifts.map((shift) => isChosen(shift, choice))]
}

function isChosen(shift: ShiftType, choice: ShiftChoice): boolean {
  if (choice === 'work') return true
  if (choice === 'off') return false
  return (
    choice.ids?.includes(shift.id) === true ||
    (shift.post !== undefined && choice.posts?.includes(shift.post) === true) ||
    shift.tags?.some((tag) => choice.tags?.includes(tag)) === true
  )
}

export function choosePerson(person: Person, choice: PeopleChoice | undefined): boolean {
  if (choice === undefined || choice === 'all') return true
  return choice.ids?.includes(person.id) === true || person.tags?.some((tag) => choice.tags?.includes(tag)) === true
}

/** The rules of each person, in the problem's order; takes time by pairs that belong together, not by people × rules. */
export function rulesByPerson(problem: RosterProblem): Rule[][] {
  const own: Rule[][] = problem.people.map(() => [])
  const placeOf = new Map(problem.people.map(({ id }, place) => [id, place]))
  for (const rule of problem.rules) {
    const choice = rule.people
    if (typeof choice === 'object' && choice.tags === undefined) {
      for (const id of new Set(choice.ids)) own[placeOf.get(id) ?? -1]?.push(rule)
    } else {
      for (const [place, person] of problem.people.entries()) if (choosePerson(person, choice)) own[place]?.push(rule)
    }
  }
  return own
}

/** 1 on each day of the choice. */
export function chooseDays(problem: RosterProblem, choice: DayChoice | undefined): Uint8Array {
  const mask = new Uint8Array(problem.days)
  const first = weekdayOf(dayOf(problem.first_day))
  const holidays = new Set(problem.holidays ?? [])
  for (let day = 0; day < problem.days; day++) {
    const fits =
      (choice?.from === undefined || day >= choice.from) &&
      (choice?.to === undefined || day <= choice.to) &&
      (choice?.days === undefined || choice.days.includes(day)) &&
      (choice?.weekdays === undefined || choice.weekdays.includes((first + day) % 7)) &&
      (choice?.holiday === undefined || choice.holiday === holidays.has(day))
    mask[day] = fits ? 1 : 0
  }
  return mask
}

export function countedMinutes(shift: ShiftType): number {
  return shift.counted_minutes ?? shift.minutes
}

/** What one such shift adds to the measure (weekends are counted by weekend, not by shift). */
export function weightOf(shift: ShiftType, measure: Measure): number {
  if (measure === 'minutes') return countedMinutes(shift)
  if (measure === 'exposure') return Math.floor(((shift.exposure_tier ?? 0) * shift.minutes) / 60)
  return 1
}

/** Number of the weekend that a day belongs to, or -1. A weekend cut by day 0 or the last day counts as one. */
export function weekends(problem: RosterProblem): Int32Array {
  const weekend = new Set(problem.weekend ?? [5, 6])
  const first = weekdayOf(dayOf(problem.first_day))
  const numbers = new Int32Array(problem.days).fill(-1)
  let current = -1
  for (let day = 0; day < problem.days; day++) {
    if (!weekend.has((first + day) % 7)) continue
    if (day === 0 || numbers[day - 1] === -1) current++
    numbers[day] = current
  }
  return numbers
}

/** Free days needed between `first` and `then` so that at least `minutes` pass from end to start. */
export function daysBetween(first: ShiftType, then: ShiftType, minutes: number): number {
  const ends = first.start_minute + first.minutes + minutes
  return Math.max(0, Math.ceil((ends - then.start_minute) / 1440) - 1)
}

/** What of a person's own nature forbids an option, if anything: a missing skill or a standing unavailability. */
export function isCapable(person: Person, shift: ShiftType): boolean {
  const skills = person.skills ?? []
  return (shift.skills ?? []).every((skill) => skills.includes(skill))
}
