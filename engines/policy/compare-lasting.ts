import type { Fen } from '#engines/values/money.ts'
import type { Day } from '#engines/values/time.ts'

/** Until when a sum lasts, over days whose cost is known. */
export interface Lasting {
  /** What is left at the end of the days; negative: what is short. `null` where no total is known. */
  readonly left_fen: Fen | null
  /** The first day whose cost is no longer covered; `null` when all are, or no total is known. */
  readonly exhausted_on: Day | null
  /**
   * Not computed from duty but drawn on: the day the rest would run out at the mean daily cost of the last seven days. `null` when
   * it runs out before, no total is known, those days cost nothing, or it would last more than a year.
   */
  readonly projected_on: Day | null
}

const PROJECTION_DAYS = 7
/** A line drawn on from one week says nothing about the year after next. */
const PROJECTED_MAX_DAYS = 366

/**
 * @param costs what falls on each day from `from` on, in fen
 * @example lastingOf([100, 100, 100], from, 250).exhausted_on // from + 2: the third day is not covered
 */
export function lastingOf(costs: ArrayLike<number>, from: Day, total: Fen | null): Lasting {
  if (total === null) return { left_fen: null, exhausted_on: null, projected_on: null }
  const days = Array.from(costs)
  let spent = 0
  let exhausted: Day | null = null
  for (const [day, cost] of days.entries()) {
    spent += cost
    if (exhausted === null && spent > total) exhausted = from + day
  }
  const left = total - spent
  const last = days.slice(-PROJECTION_DAYS)
  const mean = last.reduce((sum, cost) => sum + cost, 0) / Math.max(1, last.length)
  const ahead = left < 0 || mean === 0 ? Number.POSITIVE_INFINITY : Math.floor(left / mean) + 1
  return {
    left_fen: left,
    exhausted_on: exhausted,
    projected_on: ahead > PROJECTED_MAX_DAYS ? null : from + days.length - 1 + ahead,
  }
}
