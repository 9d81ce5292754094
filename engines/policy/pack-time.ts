import type { Day } from '#engines/values/time.ts'
import type { Place, Quantity } from './pack.ts'
import type { TimeSpan } from './pack-provisions.ts'
import type { Anchor, DayKind, Exposure, Grade, PostKind } from './vocabulary.ts'

/** The parts of a pack that speak of time: windows, service, and which part of a day or month counts. See `pack.ts`. */

/** True on the days from `after_days` after an anchor on, `lasts_days` long (`null`: without end). */
export interface WindowCondition {
  readonly kind: 'window'
  readonly starts: Anchor
  /** With a duty day as anchor: only duty on these posts; empty: on any. */
  readonly posts: readonly PostKind[]
  readonly after_days: number
  readonly lasts_days: number | null
  readonly place: Place
}

/** True when the person has stood on one of these posts (or with this exposure) on so many different days, as recorded. */
export interface ServedCondition {
  readonly kind: 'served'
  readonly posts: readonly PostKind[]
  readonly exposures: readonly Exposure[]
  /** A literal in whole days, or a parameter in days. */
  readonly at_least_days: Quantity
  /** `so_far`: up to the day looked at; `in_all`: on all days up to the last one evaluated. */
  readonly counted: 'so_far' | 'in_all'
}

/** Which part of a day's duty counts. */
export interface OnlyPart {
  readonly earning: Readonly<Record<DayKind, Earning>>
  /** Minutes of the day, start included; past midnight where the second is not later. `null`: round the clock. */
  readonly between: { readonly from_minute: number; readonly to_minute: number } | null
  readonly place: Place
}

/**
 * `civil_day`: minutes belong to the day on which they fall. `start_day`: to the day on which the unbroken stint began. `night`: to the day on
 * which the night began whose hours `only.between` names, so that a night is one whoever began it before or after midnight.
 */
export type Assignment = 'civil_day' | 'start_day' | 'night'

/** More than `over_minutes` on one day (or as many, where `at_least`) count `counts_hundredths` hundredths of a day; the first step that fits wins. */
export interface CountStep {
  readonly over_minutes: Quantity
  readonly at_least: boolean
  readonly counts_hundredths: number
  readonly place: Place
}

export interface DayCount {
  readonly assign: Assignment
  readonly steps: readonly CountStep[]
  /** Which rate a day has on which the person held several: the highest, or that of the most minutes. */
  readonly mixed: 'highest' | 'longest'
  readonly place: Place
}

/** Duty of a day is counted in steps of so many minutes. */
export interface HourCount {
  readonly assign: Assignment
  /** A day with several rates: the highest, that of most minutes, or each for its own minutes. */
  readonly mixed: 'highest' | 'longest' | 'each'
  readonly step_minutes: number
  readonly mode: Rounding['mode']
  readonly place: Place
}

/** When a month counts as whole, and what happens to one that does not. */
export interface MonthCount {
  /** Covered days from which the month is whole; `calendar`: all its days. */
  readonly full: Quantity | 'calendar'
  readonly incomplete:
    | { readonly kind: 'none' }
    | { readonly kind: 'full' }
    | { readonly kind: 'by_day'; readonly of: Quantity | 'calendar' }
    /** Each covered day gives so much: a parameter in yuan per day. */
    | { readonly kind: 'each_day'; readonly rate: string }
    | { readonly kind: 'undecided'; readonly decision: string }
  /** Which rate a month has in which several held: the highest, or that of most days. */
  readonly mixed: 'highest' | 'longest'
  readonly place: Place
}

/** One published schedule of days, or a later change of one. */
export interface CalendarEntry {
  readonly known: Day
  readonly source: string
  readonly grade: Grade
  /** The days for which this entry is a complete schedule (weekends rest, the rest work, unless listed); `null` for a change. */
  readonly covers: { readonly from: Day; readonly to: Day } | null
  readonly days: ReadonlyMap<Day, DayKind>
  readonly pack: string
  readonly place: Place
}

/** Which minutes of a kind of day earn leave. */
export type Earning =
  | { readonly kind: 'all' }
  | { readonly kind: 'none' }
  | { readonly kind: 'over'; readonly minutes: Quantity }

/** How long leave stays valid after the day on which it was earned, and what then becomes of the rest. */
export interface LeaveValidity {
  readonly lasts:
    | { readonly kind: 'within'; readonly span: TimeSpan }
    /** To the end of the year in which it was earned, or so many years later. */
    | { readonly kind: 'year_end'; readonly years: 0 | 1 }
  readonly afterwards:
    | { readonly kind: 'expires' }
    /** At so much an hour, where a parameter says so. */
    | { readonly kind: 'paid_out'; readonly rate: string | null }
    | { readonly kind: 'decided'; readonly decision: string }
  readonly place: Place
}

export interface Rounding {
  readonly to: 'fen' | 'jiao' | 'yuan'
  readonly mode: 'half_up' | 'down' | 'up'
}
