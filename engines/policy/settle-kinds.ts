import { dayAmount, partAmount } from './day-amount.ts'
import type { Running } from './segments.ts'
import { OVER_NOTHING, type Settling } from './settle-days.ts'
import { LIMIT_OF, leaveOpen, limited, numberOn, openDay } from './settle-limits.ts'
import { gatherMonthDay } from './settle-months.ts'
import { COVERED } from './situations.ts'
import type { Tally } from './tally.ts'

/** What one covered day comes to, by what the entitlement gives. */
export function settleDay(
  running: Running,
  settling: Settling,
  tally: Tally,
  day: number,
  first: number,
  end: number,
  total: number,
  rate: number,
  situation: number,
): void {
  if (settling.limits.length > 0) {
    tally.enterMonth(running.month_on[day] ?? 0)
    tally.enterDay(day)
  }
  const minutes = settling.only === null ? total : beyond(settling, total, day, situation)
  if (Number.isNaN(minutes)) {
    leaveOpen(settling, tally, day, first, end, situation)
    return
  }
  const { gives, every } = settling
  if (gives === 'money_per_day') settleMoney(settling, tally, day, first, end, minutes, rate, situation)
  else if (gives === 'money_per_hour') settleHours(settling, tally, day, first, end, minutes, rate, situation)
  else if (gives === 'minutes') settleMinutes(settling, tally, day, first, end, minutes, rate, situation)
  else if (settling.monthly) gatherMonthDay(tally, day, rate, situation)
  else if (gives === 'money_per_event') settleTimes(settling, tally, day, first, end, total, rate, situation)
  else if (gives === 'in_kind' && every === 'event') settleItems(tally, day, first, end, rate * total, situation)
  else if (gives === 'in_kind' && (every === 'day' || every === 'night'))
    settleItems(tally, day, first, end, rate, situation)
  else settleOnce(settling, tally, day, first, end, rate, situation)
}

/** Minutes of the day beyond the threshold of its kind of day; NaN where the threshold has no figure yet. */
function beyond(settling: Settling, total: number, day: number, situation: number): number {
  const over = settling.only?.over_on[day] ?? OVER_NOTHING
  if (over === OVER_NOTHING) return total
  return Math.max(0, total - numberOn(settling, over.dated, over.on, day, situation))
}

function settleMoney(
  settling: Settling,
  tally: Tally,
  day: number,
  first: number,
  end: number,
  minutes: number,
  rate: number,
  situation: number,
): void {
  let counted = 0
  for (const { over, over_on, at_least, counts_hundredths } of settling.steps) {
    const threshold = numberOn(settling, over, over_on, day, situation)
    if (Number.isNaN(threshold)) {
      leaveOpen(settling, tally, day, first, end, situation)
      return
    }
    if (minutes > threshold || (at_least && minutes === threshold)) {
      counted = counts_hundredths
      break
    }
  }
  const hasLimits = settling.limits.length > 0
  const hundredths = hasLimits ? limited(settling, tally, 'days', counted, day, situation) : counted
  const rounded = dayAmount(rate, hundredths, settling.rounding)
  const amount = hasLimits ? limited(settling, tally, 'amount', rounded, day, situation) : rounded
  if (Number.isNaN(hundredths) || Number.isNaN(amount)) {
    leaveOpen(settling, tally, day, first, end, situation)
    return
  }
  if (hasLimits) {
    tally.use(LIMIT_OF.days, hundredths)
    tally.use(LIMIT_OF.amount, amount)
  }
  tally.quantity += hundredths
  tally.amount_fen += amount
  tally.settled_days += 1
  tally.trace?.push({
    day,
    first,
    end,
    status: COVERED,
    detail: -1,
    minutes,
    day_hundredths: hundredths,
    counted_hundredths: counted,
    rate_scaled: rate,
    situation,
    rounded_fen: rounded,
    amount_fen: amount,
    earned_minutes: 0,
    quantity: hundredths,
  })
}

function settleMinutes(
  settling: Settling,
  tally: Tally,
  day: number,
  first: number,
  end: number,
  minutes: number,
  over: number,
  situation: number,
): void {
  const raw = Math.max(0, minutes - over)
  const earned = settling.limits.length > 0 ? limited(settling, tally, 'minutes', raw, day, situation) : raw
  if (Number.isNaN(earned)) {
    leaveOpen(settling, tally, day, first, end, situation)
    return
  }
  if (settling.limits.length > 0) tally.use(LIMIT_OF.minutes, earned)
  tally.quantity += earned
  tally.settled_days += 1
  tally.trace?.push({
    ...openDay(day, first, end, COVERED, -1, situation),
    minutes,
    earned_minutes: earned,
    quantity: earned,
  })
}

/** Hours are rounded to the pack's step first, then money to its coin. */
function settleHours(
  settling: Settling,
  tally: Tally,
  day: number,
  first: number,
  end: number,
  minutes: number,
  rate: number,
  situation: number,
): void {
  const { step_minutes, mode } = settling.hours
  const steps = { down: Math.floor, up: Math.ceil, half_up: Math.round }[mode](minutes / step_minutes)
  const counted = steps * step_minutes
  const hasLimits = settling.limits.length > 0
  const paid = hasLimits ? limited(settling, tally, 'minutes', counted, day, situation) : counted
  const rounded = partAmount(rate, paid, MINUTES_PER_HOUR, settling.rounding)
  const amount = hasLimits ? limited(settling, tally, 'amount', rounded, day, situation) : rounded
  if (Number.isNaN(paid) || Number.isNaN(amount)) {
    leaveOpen(settling, tally, day, first, end, situation)
    return
  }
  if (hasLimits) {
    tally.use(LIMIT_OF.minutes, paid)
    tally.use(LIMIT_OF.amount, amount)
  }
  tally.quantity += paid
  tally.amount_fen += amount
  tally.settled_days += 1
  tally.trace?.push({
    ...openDay(day, first, end, COVERED, -1, situation),
    minutes,
    rate_scaled: rate,
    rounded_fen: rounded,
    amount_fen: amount,
    earned_minutes: counted,
    quantity: paid,
  })
}

const MINUTES_PER_HOUR = 60

/** Events of one day: so many times the amount. */
function settleTimes(
  settling: Settling,
  tally: Tally,
  day: number,
  first: number,
  end: number,
  times: number,
  each_fen: number,
  situation: number,
): void {
  const whole = times * each_fen
  const hasLimits = settling.limits.length > 0
  const amount_fen = hasLimits ? limited(settling, tally, 'amount', whole, day, situation) : whole
  if (Number.isNaN(amount_fen)) {
    leaveOpen(settling, tally, day, first, end, situation)
    return
  }
  if (hasLimits) tally.use(LIMIT_OF.amount, amount_fen)
  tally.quantity += times
  tally.amount_fen += amount_fen
  tally.settled_days += 1
  tally.trace?.push({
    ...openDay(day, first, end, COVERED, -1, situation),
    rate_scaled: each_fen,
    rounded_fen: whole,
    amount_fen,
    quantity: times,
  })
}

function settleItems(tally: Tally, day: number, first: number, end: number, items: number, situation: number): void {
  tally.quantity += items
  tally.settled_days += 1
  tally.trace?.push({ ...openDay(day, first, end, COVERED, -1, situation), quantity: items })
}

/** A right, or an amount or goods given once, is settled by the first day that gives it. */
function settleOnce(
  settling: Settling,
  tally: Tally,
  day: number,
  first: number,
  end: number,
  given: number,
  situation: number,
): void {
  tally.settled_days += 1
  if (tally.quantity > 0) return
  tally.quantity = settling.gives === 'in_kind' ? given : 1
  tally.amount_fen = settling.gives === 'money_once' ? given : 0
  const { amount_fen, quantity } = tally
  tally.trace?.push({ ...openDay(day, first, end, COVERED, -1, situation), amount_fen, quantity })
}
