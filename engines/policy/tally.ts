import { MISSING, UNDECIDED } from './situations.ts'

/** In `DayTrace.status`: open, but too short to give anything whatever comes out (`Settling.nothing_up_to`). */
export const TOO_SHORT = 5

/** What one day came to, as it was computed; only gathered for explanations. */
export interface DayTrace {
  readonly day: number
  /** Segments of the day: first, and one past the last. */
  readonly first: number
  readonly end: number
  readonly status: number
  readonly detail: number
  readonly minutes: number
  readonly day_hundredths: number
  /** Before a cap on days. */
  readonly counted_hundredths: number
  readonly rate_scaled: number
  /** The cell whose rate holds, as its situation. */
  readonly situation: number
  /** After rounding, before a cap on the amount. */
  readonly rounded_fen: number
  readonly amount_fen: number
  readonly earned_minutes: number
  /** Minutes, items or times that the day gave. */
  readonly quantity: number
}

/** What one month came to; only gathered for explanations. */
export interface MonthTrace {
  readonly month: number
  readonly days: number
  /** Days of the month that wait. */
  readonly open_days: number
  readonly full_days: number
  readonly rate_scaled: number
  readonly situation: number
  /** The last covered day, as its position. */
  readonly day: number
  readonly status: number
  readonly detail: number
  /** The part of the rate that was paid, and the whole it is a part of. */
  readonly part: number
  readonly whole: number
  readonly amount_fen: number
  readonly quantity: number
}

/** The rates of a month that is being gathered. */
export interface MonthRate {
  days: number
  situation: number
  day: number
}

/** How one entitlement of one person came out; one object is used again for every person. */
export class Tally {
  covered = false
  undecided = -1
  missing = -1
  amount_fen = 0
  quantity = 0
  settled_days = 0
  open_days = 0
  trace: DayTrace[] | null = null
  months: MonthTrace[] | null = null
  /** Where the short way adds what each day came to (fen, or minutes of leave), for whoever follows it from day to day. */
  by_day: Float64Array | null = null
  /** The month being gathered, −1 before the first; its rates, and its days that wait. */
  gathered = -1
  readonly rates = new Map<number, MonthRate>()
  gathered_open = 0
  private day = -1
  private readonly day_used = new Float64Array(3)
  private month = -1
  private month_used = new Float64Array(3)
  private readonly period_used = new Float64Array(3)

  reset(): void {
    this.covered = false
    this.undecided = -1
    this.missing = -1
    this.amount_fen = 0
    this.quantity = 0
    this.settled_days = 0
    this.open_days = 0
    if (this.gathered >= 0) this.leaveMonth()
    if (this.month < 0) return
    this.day = -1
    this.month = -1
    this.month_used.fill(0)
    this.period_used.fill(0)
  }

  /** Forgets the month that was being gathered. */
  leaveMonth(): void {
    this.gathered = -1
    this.gathered_open = 0
    this.rates.clear()
  }

  /** Notes that a day waits for a fact or a decision. The first of each is named. */
  open(status: number, detail: number, days = 1): void {
    if (status === MISSING && this.missing < 0) this.missing = detail
    if (status === UNDECIDED && this.undecided < 0) this.undecided = detail
    this.open_days += days
  }

  enterMonth(month: number): void {
    if (month === this.month) return
    this.month = month
    this.month_used.fill(0)
  }

  /** A day may be settled in several parts, one for each rate: caps by the day hold for them together. */
  enterDay(day: number): void {
    if (day === this.day) return
    this.day = day
    this.day_used.fill(0)
  }

  /** What of `wanted` a cap still leaves; `used` counts are kept by what the cap is about. */
  left(per: 'day' | 'month' | 'period', of: number, at_most: number, wanted: number): number {
    const used = { day: this.day_used, month: this.month_used, period: this.period_used }[per][of] ?? 0
    return Math.max(0, Math.min(wanted, at_most - used))
  }

  use(of: number, amount: number): void {
    this.day_used[of] = (this.day_used[of] ?? 0) + amount
    this.month_used[of] = (this.month_used[of] ?? 0) + amount
    this.period_used[of] = (this.period_used[of] ?? 0) + amount
  }
}

const STATE = { settled: 0, needs_decision: 1, missing_fact: 2, not_covered: 3 } as const

export function stateOf(tally: Pick<Tally, 'covered' | 'missing' | 'undecided'>): number {
  if (tally.missing >= 0) return STATE.missing_fact
  if (tally.undecided >= 0) return STATE.needs_decision
  return tally.covered ? STATE.settled : STATE.not_covered
}
