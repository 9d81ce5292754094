import { type Day, dayOfMinute, formatDay } from '#engines/values/time.ts'
import type { FactBatch } from './facts.ts'
import type { ServedCondition, WindowCondition } from './pack-time.ts'
import { daysIn, type Window } from './parameters.ts'
import { EXPOSURES, POST_KINDS, wordsOf } from './vocabulary.ts'

/**
 * A fact of a person (or unit) as one number for each day of the window. People with the same key share the numbers, and so
 * the situation; NaN on a day means that the fact is not recorded.
 */
export interface Mark {
  /** Tells marks apart; also the name of the missing fact, up to a space. */
  readonly id: string
  keyOf(batch: FactBatch, row: number): number | string
  valuesOf(key: number | string): Float64Array
}

export function missingNameOf({ id }: Mark): string {
  return id.split(' ')[0] ?? id
}

const UNKNOWN = 'unknown'

function constantMark(id: string, window: Window, keyOf: Mark['keyOf']): Mark {
  const days = daysIn(window)
  return {
    id,
    keyOf,
    valuesOf: (key) => new Float64Array(days).fill(typeof key === 'number' ? key : Number.NaN),
  }
}

/** 1 yes, 2 no. */
export function familyMark(fact: string, window: Window): Mark {
  return constantMark(`family:${fact}`, window, ({ family }, row) => family?.get(fact)?.[row] || UNKNOWN)
}

export function numberMark(fact: string, window: Window): Mark {
  return constantMark(`number:${fact}`, window, ({ numbers }, row) => {
    const number = numbers?.get(fact)?.[row] ?? Number.NaN
    return Number.isNaN(number) ? UNKNOWN : number
  })
}

const NOT_RECORDED = 255

export function homeUnitMark(window: Window): Mark {
  return constantMark('home_unit_kind', window, ({ home_unit_kind }, row) => {
    const kind = home_unit_kind?.[row] ?? NOT_RECORDED
    return kind === NOT_RECORDED ? UNKNOWN : kind
  })
}

/** The same day so many years later; 29 February becomes 1 March in a common year. */
function birthdayAfter(born: Day, years: number): Day {
  const [year = 0, month = 1, day = 1] = formatDay(born).split('-').map(Number)
  return Math.round(Date.UTC(year + years, month - 1, day) / 86_400_000)
}

/** How many of the children born on these days are younger than so many years on a day. */
function childrenUnder(born: readonly Day[], under_years: number, day: Day): number {
  return born.filter((one) => one <= day && day < birthdayAfter(one, under_years)).length
}

/**
 * How many children are younger than so many years on each day; a child not yet born does not count. The key holds the days on
 * which the number changes within the window, so that people with children of any age share it.
 */
export function childrenMark(under_years: number, window: Window): Mark {
  const days = daysIn(window)
  return {
    id: `children under ${under_years}`,
    keyOf({ children }, row) {
      const born = children?.[row]
      if (!born) return UNKNOWN
      const turns = born.flatMap((one) => [one, birthdayAfter(one, under_years)])
      const inside = turns.filter((day) => day > window.from && day <= window.to)
      return [window.from, ...new Set(inside.sort((left, right) => left - right))]
        .map((day) => `${day - window.from}:${childrenUnder(born, under_years, day)}`)
        .join(' ')
    },
    valuesOf(key) {
      const values = new Float64Array(days).fill(Number.NaN)
      if (key === UNKNOWN) return values
      for (const part of String(key).split(' ')) {
        const [from = 0, count = 0] = part.split(':').map(Number)
        values.fill(count, from)
      }
      return values
    },
  }
}

const POST_WORDS: readonly string[] = wordsOf(POST_KINDS)
const EXPOSURE_WORDS: readonly string[] = wordsOf(EXPOSURES)

type Fits = (batch: FactBatch, span: number) => boolean

function fitting(posts: readonly string[], exposures: readonly string[]): Fits {
  const wantedPosts = new Set(posts.map((post) => POST_WORDS.indexOf(post)))
  const wantedExposures = new Set(exposures.map((exposure) => EXPOSURE_WORDS.indexOf(exposure)))
  return ({ span_post_kind, span_exposure }, span) =>
    (wantedPosts.size === 0 || wantedPosts.has(span_post_kind[span] ?? NOT_RECORDED)) &&
    (wantedExposures.size === 0 || wantedExposures.has(span_exposure[span] ?? NOT_RECORDED))
}

/** The days on which a person stood on fitting posts, ascending; also days outside of the window that the batch holds. */
function daysServed(batch: FactBatch, row: number, fits: Fits): readonly Day[] {
  const days = new Set<Day>()
  const end = batch.span_offset[row + 1] ?? 0
  for (let span = batch.span_offset[row] ?? 0; span < end; span++) {
    if (!fits(batch, span)) continue
    const last = dayOfMinute((batch.span_end_minute[span] ?? 0) - 1)
    for (let day = dayOfMinute(batch.span_start_minute[span] ?? 0); day <= last; day++) days.add(day)
  }
  return [...days].sort((left, right) => left - right)
}

/**
 * 1 on the days by which the person has stood on fitting posts on so many different days (counted `in_all`: on all days, if there are so
 * many up to the end of the window), else 0; `at_least_on` holds the number for each day. The key names the days on which it changes.
 */
export function servedMark(
  { posts, exposures, at_least_days, counted }: ServedCondition,
  at_least_on: Float64Array,
  window: Window,
): Mark {
  const fits = fitting(posts, exposures)
  const days = daysIn(window)
  const written = 'literal' in at_least_days ? at_least_days.literal : at_least_days.parameter
  return {
    id: `served ${written} ${posts.join('+')} ${exposures.join('+')} ${counted}`,
    keyOf(batch, row) {
      const served = daysServed(batch, row, fits)
      const changes: number[] = []
      let position = 0
      for (let day = 0; day < days; day++) {
        const until = counted === 'in_all' ? window.to : window.from + day
        while ((served[position] ?? Number.POSITIVE_INFINITY) <= until) position += 1
        const holds = position >= (at_least_on[day] ?? Number.NaN)
        if (holds !== (changes.length % 2 === 1)) changes.push(day)
      }
      return changes.join(' ')
    },
    valuesOf(key) {
      const values = new Float64Array(days)
      const changes = String(key) === '' ? [] : String(key).split(' ').map(Number)
      changes.forEach((day, index) => {
        values.fill(index % 2 === 0 ? 1 : 0, day)
      })
      return values
    },
  }
}

/** Days since the anchor for each day of the window; −∞ where there is none, so that a window has not begun. */
export function anchorMark({ starts, posts }: WindowCondition, window: Window): Mark {
  const fits = fitting(posts, [])
  const days = daysIn(window)
  return {
    id: `${starts} ${posts.join('+')}`,
    keyOf(batch, row) {
      const served = daysServed(batch, row, fits).filter((day) => day <= window.to)
      return (starts === 'first_duty_day' ? served.at(0) : served.at(-1)) ?? 'none'
    },
    valuesOf: (key) =>
      Float64Array.from({ length: days }, (_, index) =>
        typeof key === 'number' ? window.from + index - key : Number.NEGATIVE_INFINITY,
      ),
  }
}
