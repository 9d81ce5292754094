import type { Day } from '#engines/values/time.ts'
import { type Conflict, LEVELS, type Parameter, type ParameterValue } from './pack.ts'

/** The days that a program is compiled for, and what is known. */
export interface Window {
  readonly from: Day
  readonly to: Day
  readonly known: Day
}

export function daysIn(window: Window): number {
  return window.to - window.from + 1
}

/** Whether something dated holds on a day, as far as is known. */
export function holdsOn(
  dated: { readonly from: Day | null; readonly to: Day | null; readonly known: Day | null },
  day: Day,
  known: Day,
): boolean {
  if (dated.known !== null && dated.known > known) return false
  return (dated.from === null || dated.from <= day) && (dated.to === null || day <= dated.to)
}

/**
 * The value of a parameter on a day, as known at another day. A lower layer goes over a higher one (it could set the
 * parameter only because that was left open) unless the opening says otherwise, a later known value over an earlier known one.
 *
 * @example valueOn(rate, dayOf('2020-02-10'), dayOf('2020-03-01'))?.value // 30000
 */
export function valueOn(parameter: Parameter, day: Day, known: Day): ParameterValue | undefined {
  let chosen: ParameterValue | undefined
  for (const value of parameter.values) {
    if (!holdsOn(value, day, known)) continue
    if (!chosen || goesOver(value, chosen, parameter.open?.conflict ?? 'lower_wins')) chosen = value
  }
  return chosen
}

function goesOver(value: ParameterValue, other: ParameterValue, conflict: Conflict): boolean {
  const depth = LEVELS.indexOf(value.level) - LEVELS.indexOf(other.level)
  if (conflict === 'later_wins' && value.known !== other.known) return value.known > other.known
  if (depth !== 0) return conflict === 'higher_wins' ? depth < 0 : depth > 0
  return value.known > other.known
}

/** A parameter resolved for every day of a window, so that nothing is searched while evaluating. */
export interface ResolvedParameter {
  readonly parameter: Parameter
  /** NaN where there is no value, or deliberately none. */
  readonly numbers: Float64Array
  readonly values: readonly (ParameterValue | undefined)[]
}

export function resolveParameter(parameter: Parameter, window: Window): ResolvedParameter {
  const values = Array.from({ length: daysIn(window) }, (_, index) =>
    valueOn(parameter, window.from + index, window.known),
  )
  const numbers = Float64Array.from(values, (value) => value?.value ?? Number.NaN)
  return { parameter, numbers, values }
}
