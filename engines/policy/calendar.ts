import { type Day, weekdayOf } from '#engines/values/time.ts'
import type { CalendarEntry } from './pack-time.ts'
import { daysIn, type Window } from './parameters.ts'
import { DAY_KINDS, type DayKind, wordsOf } from './vocabulary.ts'

/** Position in `wordsOf(DAY_KINDS)`; no published schedule covers the day. */
export const UNPUBLISHED = 255

const KIND_WORDS = wordsOf(DAY_KINDS)
const SATURDAY = 5

export interface ResolvedCalendar {
  /** Position in `wordsOf(DAY_KINDS)` for each day of the window, or `UNPUBLISHED`. */
  readonly kinds: Uint8Array
  readonly entries: readonly (CalendarEntry | undefined)[]
}

/**
 * What kind of day each day of the window is, as known: the schedule published last decides. The Spring Festival of 2020
 * was lengthened on 27 January, so that 31 January is a working day as known before and a rest day as known after.
 */
export function resolveCalendar(entries: readonly CalendarEntry[], window: Window): ResolvedCalendar {
  const length = daysIn(window)
  const kinds = new Uint8Array(length).fill(UNPUBLISHED)
  const chosen: (CalendarEntry | undefined)[] = []
  const known = entries.filter((entry) => entry.known <= window.known).sort((left, right) => left.known - right.known)
  for (let index = 0; index < length; index++) {
    const day = window.from + index
    const entry = known.findLast((candidate) => kindIn(candidate, day) !== undefined)
    const kind = entry && kindIn(entry, day)
    if (kind !== undefined) kinds[index] = KIND_WORDS.indexOf(kind)
    chosen.push(entry)
  }
  return { kinds, entries: chosen }
}

/** What one schedule says of a day; a schedule that does not cover the day says nothing unless it lists it. */
function kindIn(entry: CalendarEntry, day: Day): DayKind | undefined {
  const listed = entry.days.get(day)
  if (listed !== undefined) return listed
  if (!entry.covers || day < entry.covers.from || day > entry.covers.to) return undefined
  return weekdayOf(day) >= SATURDAY ? 'rest_day' : 'working_day'
}

export function dayKindAt(position: number): DayKind | undefined {
  return KIND_WORDS[position]
}
