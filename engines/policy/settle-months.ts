import { RATE_SCALE } from './compile-entitlements.ts'
import { partAmount } from './day-amount.ts'
import type { MonthCount } from './pack-time.ts'
import type { Running } from './segments.ts'
import type { CompiledMonth, Settling } from './settle-days.ts'
import { numberOn } from './settle-limits.ts'
import { COVERED, MISSING, UNDECIDED } from './situations.ts'
import type { MonthRate, MonthTrace, Tally } from './tally.ts'

/** Months: covered days are gathered, and what a month gives is settled when it ends. */

const HUNDRED = 100
const PERCENT_WHOLE = 10_000

/** `2020 × 12 + 2` → 29. */
export function daysInMonth(month: number): number {
  const year = Math.floor((month - 1) / 12)
  return new Date(Date.UTC(year, month - year * 12, 0)).getUTCDate()
}

/** Called for every day in order; settles the month before when another begins. */
export function enterMonth(running: Running, settling: Settling, tally: Tally, day: number): void {
  const month = running.month_on[day] ?? 0
  if (month === tally.gathered) return
  finishMonths(running, settling, tally)
  tally.gathered = month
}

export function gatherMonthDay(tally: Tally, day: number, rate: number, situation: number): void {
  const known = tally.rates.get(rate)
  if (known) {
    known.days += 1
    known.day = day
    known.situation = situation
  } else tally.rates.set(rate, { days: 1, day, situation })
}

/** Settles the month that has been gathered, if any. */
export function finishMonths(running: Running, settling: Settling, tally: Tally): void {
  const chosen = chooseRate(settling.month?.count.mixed ?? 'highest', tally.rates)
  if (chosen) settleMonth(running, settling, tally, chosen)
  tally.leaveMonth()
}

interface Chosen extends MonthRate {
  readonly rate: number
  readonly all_days: number
  readonly last_day: number
}

function chooseRate(mixed: MonthCount['mixed'], rates: ReadonlyMap<number, MonthRate>): Chosen | undefined {
  let chosen: (MonthRate & { readonly rate: number }) | undefined
  let all_days = 0
  let last_day = -1
  for (const [rate, held] of rates) {
    all_days += held.days
    last_day = Math.max(last_day, held.day)
    const more = chosen && mixed === 'longest' && held.days !== chosen.days ? held.days > chosen.days : null
    if (!chosen || (more ?? rate > chosen.rate)) chosen = { ...held, rate }
  }
  return chosen && { ...chosen, all_days, last_day }
}

/** A part of the month's rate, an amount that was decided, or why there is none. */
type Outcome =
  | { readonly kind: 'part'; readonly part: number; readonly whole: number }
  | { readonly kind: 'amount'; readonly amount_fen: number }
  | { readonly kind: 'open'; readonly status: number; readonly detail: number }

const WHOLE: Outcome = { kind: 'part', part: 1, whole: 1 }
const NOTHING: Outcome = { kind: 'part', part: 0, whole: 1 }

function settleMonth(running: Running, settling: Settling, tally: Tally, chosen: Chosen): void {
  const { month } = settling
  const trace = { month: tally.gathered, days: chosen.all_days, open_days: tally.gathered_open, day: chosen.day }
  const base = { ...trace, situation: chosen.situation, rate_scaled: chosen.rate }
  if (!month) {
    // Goods once a month: any covered day gives them.
    tally.quantity += chosen.rate
    tally.settled_days += chosen.all_days
    const nothing = { full_days: 1, detail: -1, part: 1, whole: 1, amount_fen: 0, rate_scaled: 0 }
    tally.months?.push({ ...base, ...nothing, status: COVERED, quantity: chosen.rate })
    return
  }
  const full_days = daysOf(settling, month.full, month.count.full === 'calendar', tally.gathered, chosen)
  const outcome = Number.isNaN(full_days)
    ? refusal(settling)
    : chosen.all_days * HUNDRED >= full_days
      ? WHOLE
      : incompleteMonth(running, settling, month, tally, chosen)
  const shown = { ...base, full_days: full_days / HUNDRED }
  if (outcome.kind === 'open') {
    tally.open(outcome.status, outcome.detail, chosen.all_days)
    tally.months?.push({ ...shown, ...outcome, part: 0, whole: 1, amount_fen: 0, quantity: 0 })
    return
  }
  const { part, whole } = outcome.kind === 'part' ? outcome : { part: 1, whole: 1 }
  const amount_fen =
    outcome.kind === 'amount' ? outcome.amount_fen : partAmount(chosen.rate, part, whole, settling.rounding)
  const quantity = chosen.all_days * HUNDRED
  tally.amount_fen += amount_fen
  tally.quantity += quantity
  tally.settled_days += chosen.all_days
  const settled: MonthTrace = { ...shown, status: COVERED, detail: -1, part, whole, amount_fen, quantity }
  tally.months?.push(settled)
}

/** In hundredths of a day; NaN where the figure is wanting. */
function daysOf(
  settling: Settling,
  dated: CompiledMonth['full'],
  calendar: boolean,
  month: number,
  chosen: Chosen,
): number {
  if (calendar || !dated) return daysInMonth(month) * HUNDRED
  return numberOn(settling, dated.dated, dated.on, chosen.day, chosen.situation)
}

function refusal(settling: Settling): Outcome {
  const { status, missing, decision } = settling.situationAfterRefusal()
  return { kind: 'open', status, detail: status === UNDECIDED ? decision : missing }
}

function incompleteMonth(
  running: Running,
  settling: Settling,
  month: CompiledMonth,
  tally: Tally,
  chosen: Chosen,
): Outcome {
  const { incomplete } = month.count
  if (incomplete.kind === 'full') return WHOLE
  if (incomplete.kind === 'by_day') {
    const whole = daysOf(settling, month.divide, incomplete.of === 'calendar', tally.gathered, chosen)
    if (Number.isNaN(whole)) return refusal(settling)
    return { kind: 'part', part: Math.min(chosen.all_days * HUNDRED, whole), whole }
  }
  if (month.each_day) {
    const { dated, on } = month.each_day
    const rate_fen = numberOn(settling, dated, on, chosen.day, chosen.situation)
    if (Number.isNaN(rate_fen)) return refusal(settling)
    const amount_fen = partAmount(rate_fen * RATE_SCALE, chosen.all_days, 1, settling.rounding)
    return { kind: 'amount', amount_fen }
  }
  // While days of it wait, or are still to come, nobody can say that the month stays incomplete.
  if (tally.gathered_open > 0 || isRunning(running, tally.gathered)) {
    const name = tally.gathered_open > 0 ? 'month_open_days' : 'month_end'
    return { kind: 'open', status: MISSING, detail: running.names.position(name) }
  }
  return incomplete.kind === 'none' ? NOTHING : decidedMonth(settling, month, chosen)
}

function isRunning(running: Running, month: number): boolean {
  const last = running.month_on[running.days - 1] ?? 0
  return month === last && !running.last_month_over
}

function decidedMonth(settling: Settling, { decision }: CompiledMonth, chosen: Chosen): Outcome {
  const point = settling.points[decision]
  const situation = settling.situationOn(chosen.situation, chosen.day)
  const decided = situation.timelines[decision]?.[chosen.day] ?? Number.NaN
  if (!point || Number.isNaN(decided)) return { kind: 'open', status: UNDECIDED, detail: decision }
  if (point.range.kind === 'choices') {
    return [...point.range.choices.values()][decided]?.outcome === 'not_covered' ? NOTHING : WHOLE
  }
  if (point.range.kind === 'free') return decided === 0 ? WHOLE : NOTHING
  if (point.range.unit === 'percent') return { kind: 'part', part: decided, whole: PERCENT_WHOLE }
  return { kind: 'amount', amount_fen: decided }
}
