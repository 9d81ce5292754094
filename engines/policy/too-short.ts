import type { ResolvedCalendar } from './calendar.ts'
import type { HourCount } from './pack-time.ts'
import type { CompiledEarning, CompiledOnly, CompiledStep } from './settle-days.ts'
import { DAY_KINDS, wordsOf } from './vocabulary.ts'

/** Days that are too short to count: they give nothing whatever the rate is, so that nothing is asked about them. */

/** Every minute of duty may give something, or nobody can say yet how many do not. */
export const ANY_MINUTE = -1

interface Counting {
  readonly days: number
  readonly calendar: ResolvedCalendar
  readonly steps: readonly CompiledStep[]
  readonly earnings: readonly CompiledEarning[]
  readonly only: CompiledOnly | null
  readonly hours: Pick<HourCount, 'step_minutes' | 'mode'> | null
  /** A number of an earning on each day, as thresholds of steps have theirs. */
  readonly overOn: (earning: CompiledEarning, kind: keyof CompiledEarning['over']) => Float64Array | null
}

/**
 * For each day: so many minutes of duty, or fewer, give nothing, whoever stood it and whatever is decided. A threshold without a
 * figure makes that unknown.
 *
 * @example with steps over 6 hours and over 3 hours: 180 on every day
 */
export function nothingUpTo(counting: Counting): Float64Array {
  const { days, steps, earnings, hours, only } = counting
  const before = (day: number): number => {
    if (steps.length > 0) return leastOfSteps(steps, day)
    if (hours !== null) return leastOfHours(hours)
    return earnings.length > 0 ? leastOfEarnings(counting, day) : ANY_MINUTE
  }
  return Float64Array.from({ length: days }, (_, day) => {
    const beyond = only?.over_on[day]
    const minutes = before(day) + (beyond ? (beyond.on[day] ?? Number.NaN) : 0)
    return Number.isNaN(minutes) ? ANY_MINUTE : Math.max(ANY_MINUTE, minutes)
  })
}

function leastOfSteps(steps: readonly CompiledStep[], day: number): number {
  return Math.min(...steps.map(({ over_on, at_least }) => (over_on[day] ?? Number.NaN) - (at_least ? 1 : 0)))
}

/** The most minutes that the rounding to whole steps makes none. */
function leastOfHours({ step_minutes, mode }: Pick<HourCount, 'step_minutes' | 'mode'>): number {
  if (mode === 'up') return 0
  return mode === 'down' ? step_minutes - 1 : Math.ceil(step_minutes / 2) - 1
}

function leastOfEarnings({ earnings, calendar, overOn }: Counting, day: number): number {
  const kind = wordsOf(DAY_KINDS)[calendar.kinds[day] ?? -1]
  if (kind === undefined) return ANY_MINUTE
  return Math.min(...earnings.map((one) => overOn(one, kind)?.[day] ?? Number.POSITIVE_INFINITY))
}
