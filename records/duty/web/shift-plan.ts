import { dayOf, formatDay, weekdayOf } from '#engines/values/time.ts'
import { clockOf, timesOf } from './day-draft.ts'

/** A shift that is about to be planned. */
export interface Candidate {
  readonly person_id: number
  readonly post_id: number
  readonly starts_on: string
  readonly starts_at: string
  readonly ends_at: string
}

/** Anything that already takes a person's time. */
export interface Engaged {
  readonly person_id: number
  readonly starts_at: string
  readonly ends_at: string
}

/** On which days of a period shifts fall. `weekdays` counts Monday as 0. */
export type Pattern =
  | { readonly kind: 'once' | 'daily' }
  | { readonly kind: 'weekdays'; readonly weekdays: readonly number[] }
  | { readonly kind: 'cycle'; readonly on_days: number; readonly off_days: number; readonly stagger: boolean }

/** The Monday of the week in which a day lies. */
export function weekOf(date: string): string {
  const day = dayOf(date)
  return formatDay(day - weekdayOf(day))
}

export function daysFrom(date: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => formatDay(dayOf(date) + index))
}

export function dayCount(first: string, last: string): number {
  return dayOf(last) - dayOf(first) + 1
}

/**
 * The days on which one person has a shift.
 *
 * @param place the person's place among those planned together: with `stagger` each begins a day after the one before
 * @example patternDays({ kind: 'cycle', on_days: 1, off_days: 2, stagger: true }, '2020-02-24', '2020-02-29', 1) // 25th, 28th
 */
export function patternDays(pattern: Pattern, first: string, last: string, place: number): readonly string[] {
  if (pattern.kind === 'once') return [first]
  const days = daysFrom(first, Math.max(0, dayCount(first, last)))
  switch (pattern.kind) {
    case 'daily':
      return days
    case 'weekdays':
      return days.filter((date) => pattern.weekdays.includes(weekdayOf(dayOf(date))))
    case 'cycle': {
      const length = pattern.on_days + pattern.off_days
      const late = pattern.stagger ? place % length : 0
      return days.filter((_date, index) => (index - late + length) % length < pattern.on_days)
    }
  }
}

export interface Shape {
  readonly people: readonly number[]
  readonly post_id: number
  /** `20:00` to `08:00` ends on the next day. */
  readonly from: string
  readonly to: string
  readonly first: string
  readonly last: string
  readonly pattern: Pattern
}

export function shiftsOf(shape: Shape, timeZone: string): readonly Candidate[] {
  const { people, post_id, from, to, first, last, pattern } = shape
  return people.flatMap((person_id, place) =>
    patternDays(pattern, first, last, place).map((starts_on) => ({
      person_id,
      post_id,
      starts_on,
      ...timesOf(timeZone, starts_on, from, to),
    })),
  )
}

/** The same shifts so many days later, at the same time of day, at posts that are open then. */
export function movedShifts(
  shifts: readonly Candidate[],
  by: number,
  timeZone: string,
  isOpen: (postId: number, date: string) => boolean,
): readonly Candidate[] {
  return shifts.flatMap(({ person_id, post_id, starts_on, starts_at, ends_at }) => {
    const date = formatDay(dayOf(starts_on) + by)
    if (!isOpen(post_id, date)) return []
    const times = timesOf(timeZone, date, clockOf(timeZone, starts_at), clockOf(timeZone, ends_at))
    return [{ person_id, post_id, starts_on: date, ...times }]
  })
}

function overlap(one: Engaged, other: Engaged): boolean {
  return Date.parse(one.starts_at) < Date.parse(other.ends_at) && Date.parse(other.starts_at) < Date.parse(one.ends_at)
}

/** Parts what can be planned from what overlaps something that stands or comes before it in the list. */
export function sortOut(
  candidates: readonly Candidate[],
  engaged: readonly Engaged[],
): { readonly fits: readonly Candidate[]; readonly clashes: readonly Candidate[] } {
  const taken = new Map<number, Engaged[]>()
  for (const one of engaged) taken.set(one.person_id, [...(taken.get(one.person_id) ?? []), one])
  const fits: Candidate[] = []
  const clashes: Candidate[] = []
  for (const candidate of candidates) {
    const others = taken.get(candidate.person_id) ?? []
    if (others.some((other) => overlap(candidate, other))) clashes.push(candidate)
    else {
      fits.push(candidate)
      taken.set(candidate.person_id, [...others, candidate])
    }
  }
  return { fits, clashes }
}
