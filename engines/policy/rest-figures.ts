import { MINUTES_PER_DAY } from '#engines/values/time.ts'
import type { Bound, RestMeasureCondition } from './rest-pack.ts'
import type { FatigueFigure } from './rest-results.ts'
import { EXPOSURES, POST_KINDS, wordsOf } from './vocabulary.ts'

/** The figure that a condition asks for, as the fatigue engine names it. */
export function fatigueFigure(condition: RestMeasureCondition): FatigueFigure {
  const { figure, window_min, rest_min, night } = condition
  const on = condition.on && {
    post_kinds: positions(condition.on.post_kinds, wordsOf(POST_KINDS)),
    exposures: positions(condition.on.exposures, wordsOf(EXPOSURES)),
  }
  const window = window_min ?? MINUTES_PER_DAY
  // An upper bound is passed at the end of a shift, wherever in the day that is; the window must not wait for midnight.
  const isUpper = condition.bounds.every(({ bound }) => bound === 'at_least' || bound === 'more_than')
  const peak = isUpper ? { peak_min: MINUTES_PER_DAY } : {}
  const rest = rest_min ?? MINUTES_PER_DAY
  switch (figure) {
    case 'days_in_a_row':
      return { kind: 'run_days', ended_by_min: rest, on }
    case 'mean_a_day':
      return { kind: 'run_mean', ended_by_min: rest, on }
    case 'hours':
      return { kind: 'minutes', window_min: window, ...peak, on }
    case 'shifts':
      return { kind: 'shifts', window_min: window, ...peak, on }
    case 'nights':
      return {
        kind: 'nights',
        window_min: window,
        ...peak,
        night: night ?? { from_min: 1320, to_min: 360, at_least_min: 180 },
        on,
      }
    case 'duty_days':
      return { kind: 'duty_days', days: window / MINUTES_PER_DAY, on }
    case 'days_off':
      return { kind: 'days_off', days: window / MINUTES_PER_DAY, on }
    case 'time_since_rest':
      return { kind: 'since_rest', of_min: rest, on }
    case 'rest_between_shifts':
      return { kind: 'shortest_rest', window_min: window, on }
  }
}

function positions(asked: readonly string[] | null, words: readonly string[]): readonly number[] | null {
  return asked?.map((word) => words.indexOf(word)) ?? null
}

/** The figure in the unit in which bounds are held: hundredths of a day, minutes, or a count. */
export function inBoundUnit(condition: RestMeasureCondition, value: number): number {
  const inDays = ['days_in_a_row', 'duty_days', 'days_off'].includes(condition.figure)
  return inDays ? value * 100 : value
}

/** Nothing is compared with a figure that does not exist (NaN): no shift before, no shortest rest. */
export function holds(bound: Bound, value: number, limit: number): boolean {
  switch (bound) {
    case 'at_least':
      return value >= limit
    case 'more_than':
      return value > limit
    case 'at_most':
      return value <= limit
    case 'less_than':
      return value < limit
  }
}
