import { dayOf, formatDay } from '#engines/values/time.ts'

const PACE_DAYS = 7
const DAYS_AHEAD_MAX = 366

export type Lasting =
  | { readonly kind: 'until'; readonly day: string }
  | { readonly kind: 'projected'; readonly day: string }
  | { readonly kind: 'beyond' }

/**
 * The last day that a sum covers: within the days worked out, or drawn on at the mean of their last seven.
 *
 * @param days what falls on each day from `from` on, in fen
 * @example lastsUntil([100, 100, 100], '2020-02-01', 250) // { kind: 'until', day: '2020-02-02' }
 */
export function lastsUntil(days: readonly number[], from: string, total_fen: number): Lasting {
  let spent = 0
  for (const [index, fen] of days.entries()) {
    spent += fen
    if (spent > total_fen) return { kind: 'until', day: formatDay(dayOf(from) + index - 1) }
  }
  const last = days.slice(-PACE_DAYS)
  const pace = last.reduce((sum, fen) => sum + fen, 0) / Math.max(1, last.length)
  const ahead = pace > 0 ? Math.floor((total_fen - spent) / pace) : Number.POSITIVE_INFINITY
  if (ahead > DAYS_AHEAD_MAX) return { kind: 'beyond' }
  return { kind: 'projected', day: formatDay(dayOf(from) + days.length - 1 + ahead) }
}
