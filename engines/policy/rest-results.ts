import type { Day, Minute } from '#engines/values/time.ts'
import type { RestRule } from './rest-pack.ts'

/** What rest rules are evaluated against and what comes of it. */

interface DutyFilter {
  readonly post_kinds: readonly number[] | null
  readonly exposures: readonly number[] | null
}

/** A figure about a person's duty, in the words of the fatigue engine (`engines/fatigue/measures.ts` says what each means). */
export type FatigueFigure = { readonly on: DutyFilter | null } & (
  | { readonly kind: 'run_days' | 'run_mean'; readonly ended_by_min: number }
  | { readonly kind: 'minutes' | 'shifts'; readonly window_min: number; readonly peak_min?: number }
  | { readonly kind: 'shortest_rest'; readonly window_min: number }
  | {
      readonly kind: 'nights'
      readonly window_min: number
      readonly peak_min?: number
      readonly night: { readonly from_min: number; readonly to_min: number; readonly at_least_min: number }
    }
  | { readonly kind: 'duty_days' | 'days_off'; readonly days: number }
  | { readonly kind: 'since_rest'; readonly of_min: number }
)

export interface FatigueSpans {
  readonly people: number
  readonly span_offset: Int32Array
  readonly span_start_minute: Int32Array
  readonly span_end_minute: Int32Array
  readonly span_post_kind: Uint8Array
  readonly span_exposure: Uint8Array
}

/** Gives the figures of all people as of a moment, a block for each of `ahead_days`; handed in, since engines do not import one another (`fatigueOf` fits). */
export type FatigueFunction = (
  spans: FatigueSpans,
  figures: readonly FatigueFigure[],
  question: { readonly as_of: Minute; readonly ahead_days?: number | readonly number[] },
) => Float64Array

/**
 * How a rule stands for a person. `applies`: now. `soon`: within the rule's days of warning, going on as now. `missing_fact`,
 * `needs_decision`: what is named could still make it apply. `not_covered`: it does not speak of this person.
 */
export const REST_STATES = ['clear', 'soon', 'applies', 'missing_fact', 'needs_decision', 'not_covered'] as const
export type RestState = (typeof REST_STATES)[number]

/** One person × one rule. */
export interface RestResult {
  readonly person: number
  readonly rule: string
  readonly state: RestState
  /** With `soon`: after so many more days as now. */
  readonly soon_days: number | null
  /** Of a rest that applies or comes soon: how long, in hundredths of a day; `null` where the rule grants none or leaves it open. */
  readonly length_day_hundredths: number | null
  /** The first fact that stands in the way. */
  readonly missing: string | null
  /** All of them: each could still change the answer. */
  readonly missing_facts: readonly string[]
  readonly decision_point: string | null
  /** Of a rest that stays due until it is taken: the first day at whose end it was due and since which no such rest was taken. */
  readonly due_since: Day | null
}

/** The cell of person row `p` and rule `r` is `p * rules.length + r`. */
export interface RestColumns {
  readonly people: number
  readonly rules: readonly string[]
  /** Position in `REST_STATES`. */
  readonly state: Uint8Array
  /** 0 where it does not come soon. */
  readonly soon_days: Uint8Array
  /** Position in `program.reasons`, −1 for none: the fact that is missing or the decision that is needed. */
  readonly reason: Int16Array
  /** All of them, as bits over the rule's own list of reasons. */
  readonly reasons: Int32Array
  /** The day since which an untaken rest has been due; `NOT_DUE_BEFORE` where the rule does not wait for its rest or nothing is due. */
  readonly due_since: Int32Array
}

export const NOT_DUE_BEFORE = -2_147_483_648

/** What stands in the way of an answer. */
export type RestReason =
  | { readonly kind: 'missing'; readonly fact: string }
  | { readonly kind: 'decision'; readonly point: string }

export interface RestWindow {
  /** The last day looked at, to its end. */
  readonly on: Day
  /** Nothing published after this day is used. */
  readonly known: Day
}

export interface CompiledRestRule {
  readonly rule: RestRule
  /** In hundredths of a day; `null` where there is none or it is not settled (then `length_reason` says why). */
  readonly length_day_hundredths: number | null
  readonly length_reason: RestReason | null
}
