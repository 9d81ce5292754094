import type { DatedNumber } from './compile-entitlements.ts'
import type { Settling } from './settle-days.ts'
import { UNDECIDED } from './situations.ts'
import type { DayTrace, Tally } from './tally.ts'

export const LIMIT_OF = { days: 0, amount: 1, minutes: 2 } as const

/** Cuts `wanted` down to what the caps leave. NaN when a cap's own figure is missing (then the situation says why). */
export function limited(
  settling: Settling,
  tally: Tally,
  of: keyof typeof LIMIT_OF,
  wanted: number,
  day: number,
  situation: number,
): number {
  // Of nothing no cap takes anything, so that its figure need not be known.
  let allowed = wanted
  if (wanted === 0) return 0
  for (const { limit, at_most, at_most_on } of settling.limits) {
    if (limit.of !== of) continue
    const cap = numberOn(settling, at_most, at_most_on, day, situation)
    if (Number.isNaN(cap)) return cap
    allowed = tally.left(limit.per, LIMIT_OF[of], cap, allowed)
  }
  return allowed
}

/** A threshold or cap; where the window holds none, the rule is run so that the situation says why. */
export function numberOn(
  settling: Settling,
  dated: DatedNumber,
  on: Float64Array,
  day: number,
  situation: number,
): number {
  const number = on[day] ?? Number.NaN
  return Number.isNaN(number) ? dated.numberFor(settling.situationOn(situation, day)) : number
}

export function openDay(
  day: number,
  first: number,
  end: number,
  status: number,
  detail: number,
  situation: number,
): DayTrace {
  const nothing = {
    minutes: 0,
    day_hundredths: 0,
    counted_hundredths: 0,
    rate_scaled: 0,
    rounded_fen: 0,
    amount_fen: 0,
  }
  return { day, first, end, status, detail, situation, ...nothing, earned_minutes: 0, quantity: 0 }
}

/** A threshold or cap whose own figure is missing or undecided leaves the day open. */
export function leaveOpen(
  settling: Settling,
  tally: Tally,
  day: number,
  first: number,
  end: number,
  situation: number,
): void {
  const { status, missing, decision } = settling.situationAfterRefusal()
  const detail = status === UNDECIDED ? decision : missing
  tally.open(status, detail)
  tally.trace?.push(openDay(day, first, end, status, detail, situation))
}
