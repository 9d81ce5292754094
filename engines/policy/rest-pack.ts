import type { Day } from '#engines/values/time.ts'
import type { Condition, Level, Place, Quantity } from './pack.ts'
import type { Exposure, Label, PostKind } from './vocabulary.ts'

/** What rest rules look like once read and checked. They are compiled by `rest-compile.ts` and evaluated by `rest-evaluate.ts`. */

/** Which duty a figure looks at; `null` for all of it. */
export interface RestFilter {
  readonly post_kinds: readonly PostKind[] | null
  readonly exposures: readonly Exposure[] | null
}

export const REST_FIGURES = [
  'days_in_a_row',
  'mean_a_day',
  'hours',
  'shifts',
  'nights',
  'duty_days',
  'days_off',
  'time_since_rest',
  'rest_between_shifts',
] as const
export type RestFigure = (typeof REST_FIGURES)[number]

/** Strict (`more_than`, `less_than`) and not strict (`at_least`, `at_most`). */
export const BOUNDS = ['at_least', 'more_than', 'at_most', 'less_than'] as const
export type Bound = (typeof BOUNDS)[number]

export interface RestBound {
  readonly bound: Bound
  /** In the figure's own unit: hundredths of a day, minutes, or a count. */
  readonly of: Quantity
}

/** One figure about a person's duty and the bounds it must meet. Windows and rests are in minutes. */
export interface RestMeasureCondition {
  readonly kind: 'figure'
  readonly figure: RestFigure
  readonly bounds: readonly RestBound[]
  readonly window_min: number | null
  readonly rest_min: number | null
  readonly night: { readonly from_min: number; readonly to_min: number; readonly at_least_min: number } | null
  readonly on: RestFilter | null
  readonly place: Place
}

export type RestCondition =
  | { readonly kind: 'all'; readonly of: readonly RestCondition[] }
  | { readonly kind: 'any'; readonly of: readonly RestCondition[] }
  | { readonly kind: 'not'; readonly of: RestCondition }
  | { readonly kind: 'person'; readonly condition: Condition; readonly place: Place }
  | RestMeasureCondition

/** What a rest that is ordered may not be counted as. */
export const SET_OFFS = {
  annual_leave: { zh: '年休假', en: 'annual leave' },
  compensatory_leave: { zh: '补休', en: 'compensatory leave' },
  sick_leave: { zh: '病假', en: 'sick leave' },
  personal_leave: { zh: '事假', en: 'personal leave' },
  weekly_rest: { zh: '周休息日', en: 'weekly rest days' },
} as const satisfies Record<string, Label>
export type SetOff = keyof typeof SET_OFFS

/** What comes with a rest or a change of post. */
export const REST_AFTERS = {
  medical_observation: { zh: '医学观察', en: 'medical observation' },
  health_check: { zh: '健康检查', en: 'health check' },
} as const satisfies Record<string, Label>
export type RestAfter = keyof typeof REST_AFTERS

/**
 * `must_rest`: the rest has to be ordered, for a length. `should_rotate`: to be taken off the duty the rule looks at. `limit`: nobody
 * should be planned beyond it, and whoever is stands in breach.
 */
export type RestOutcome =
  | {
      readonly kind: 'must_rest'
      readonly length: Quantity
      /** Once it is due it stays due until an unbroken rest of the length was taken, whatever the figures say by then. */
      readonly until_taken: boolean
      readonly not_set_off_against: readonly SetOff[]
      readonly with: RestAfter | null
    }
  | { readonly kind: 'should_rotate'; readonly length: Quantity | null; readonly with: RestAfter | null }
  | { readonly kind: 'limit' }

export interface RestRule {
  readonly code: string
  readonly title: Label
  /** Number of a clause of this pack, or `null` where the rule fills a decision point that a clause above leaves open. */
  readonly clause: string | null
  /** The decision point of this or a higher layer that the rule answers: with the rule, nobody is asked any more. */
  readonly settles: string | null
  readonly source: string
  readonly article: string | null
  readonly from: Day
  readonly to: Day | null
  readonly known: Day
  /** Whom it speaks of; `null` for everybody. */
  readonly who: Condition | null
  readonly when: RestCondition
  /** So many days before it would come to it, going on as now, people are told. */
  readonly warn_days: number
  readonly outcome: RestOutcome
  /** True for rules that are no facts and only show how a pack works. */
  readonly example: boolean
  readonly pack: string
  readonly level: Level
  readonly place: Place
}
