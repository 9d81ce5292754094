import type { Minute } from '#engines/values/time.ts'

/**
 * What can be asked about the burden that duty puts on a person. Everything is counted from unions of spans, never from single
 * records, so that splitting a span, touching spans or a repeated record change nothing.
 *
 * Columns of duty have the same shape as those of the policy engine (`FactBatch`); the two engines do not import one another.
 */
export interface DutyColumns {
  readonly people: number
  /** Row `i` owns the spans `span_offset[i] … span_offset[i + 1] - 1`, in any order (sorted by start is faster). */
  readonly span_offset: Int32Array
  readonly span_start_minute: Int32Array
  /** Not included. */
  readonly span_end_minute: Int32Array
  /** Position of the word in the vocabulary; only compared with the positions in `DutyFilter`. */
  readonly span_post_kind: Uint8Array
  readonly span_exposure: Uint8Array
}

/** Which duty counts: positions of words; `null` for all. Both must fit. */
export interface DutyFilter {
  readonly post_kinds: readonly number[] | null
  readonly exposures: readonly number[] | null
}

/** Minutes of the day; a night that passes midnight ends before it begins. Duty of `at_least_min` inside makes it a night. */
export interface NightTerms {
  readonly from_min: number
  readonly to_min: number
  readonly at_least_min: number
}

interface OnDuty {
  /** `null`: every span. */
  readonly on: DutyFilter | null
}

/**
 * One figure about a person as of a moment.
 *
 * - `run_days`: days in a row, from the day on which the first shift after a full rest began to the day on which the last one
 *   began; 0 once the person has rested for `ended_by_min` (24 h unless a rule says otherwise).
 * - `run_mean`: minutes of duty a day over that run, not rounded.
 * - `minutes`, `shifts`, `nights`: in the last `window_min`. A shift ends at a pause of `SHIFT_PAUSE_MIN`; it counts where it began. With
 *   `peak_min` the window need not end at the moment asked about: the fullest of those that ended with duty in the last `peak_min`, or now.
 * - `duty_days`, `days_off`: of the last `days` civil days, those with and those without any duty.
 * - `since_rest`: minutes since the last unbroken rest of `of_min` ended; 0 while such a rest goes on. Before the first record nothing
 *   is known, so that the first record counts as its end.
 * - `shortest_rest`: the shortest rest before a shift that began in the last `window_min`; NaN where there were no two shifts.
 */
export type FatigueMeasure = OnDuty &
  (
    | { readonly kind: 'run_days' | 'run_mean'; readonly ended_by_min: number }
    | { readonly kind: 'minutes' | 'shifts'; readonly window_min: number; readonly peak_min?: number }
    | { readonly kind: 'shortest_rest'; readonly window_min: number }
    | { readonly kind: 'nights'; readonly window_min: number; readonly peak_min?: number; readonly night: NightTerms }
    | { readonly kind: 'duty_days' | 'days_off'; readonly days: number }
    | { readonly kind: 'since_rest'; readonly of_min: number }
  )

/** A pause this long ends a shift; a shorter one is a break in it. */
export const SHIFT_PAUSE_MIN = 60

/** As of a moment: duty before it counts, duty after it does not. Day counts end with the day of the last minute before it. */
export interface FatigueQuestion {
  readonly as_of: Minute
  /**
   * Duty is continued for so many days as it was on the last duty day; 0 to look only at what was. Several are answered in one go,
   * a block of figures for each, one after the other.
   */
  readonly ahead_days?: number | readonly number[]
}
