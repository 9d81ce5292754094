import { NO, YES } from './areas.ts'
import type { ResolvedCalendar } from './calendar.ts'
import { compileCondition, type Test } from './compile-conditions.ts'
import {
  type CompiledEntitlement,
  compileQuantity,
  type DatedNumber,
  decisionPosition,
  type EntitlementScope,
} from './compile-entitlements.ts'
import { dayAmount } from './day-amount.ts'
import type { DecisionPoint, EarnCase, Entitlement, Limit } from './pack.ts'
import type { HourCount, MonthCount, OnlyPart, Rounding } from './pack-time.ts'
import { daysIn } from './parameters.ts'
import type { Situation, SituationTable } from './situations.ts'
import { COVERED, MISSING, NOT_COVERED } from './situations.ts'
import { nothingUpTo } from './too-short.ts'
import { allMissing, type TakenAnswer, tryAnswers } from './try-answers.ts'
import { DAY_KINDS, type DayKind, wordsOf } from './vocabulary.ts'

/** One step of day counting, resolved for each day. */
export interface CompiledStep {
  readonly over: DatedNumber
  /** The same for each day of the window; NaN where a rule must say why there is none, infinite where there is deliberately none. */
  readonly over_on: Float64Array
  /** As much counts too, not only more. */
  readonly at_least: boolean
  readonly counts_hundredths: number
}

export interface CompiledEarning {
  readonly test: Test
  readonly written: EarnCase
  /** For each kind of day: minutes beyond which time counts; `null` for none. */
  readonly over: Readonly<Record<DayKind, DatedNumber | null>>
}

export interface CompiledLimit {
  readonly limit: Limit
  readonly at_most: DatedNumber
  readonly at_most_on: Float64Array
}

/** A number with its value on each day. */
export interface DatedOn {
  readonly dated: DatedNumber
  readonly on: Float64Array
}

/** Nothing is taken off on this day. */
export const OVER_NOTHING = null

export interface CompiledOnly {
  readonly written: OnlyPart
  /** For each day: 0 where its kind of day does not count. */
  readonly counts_on: Uint8Array
  /** For each day: the minutes beyond which time counts. */
  readonly over_on: readonly (DatedOn | typeof OVER_NOTHING)[]
}

export interface CompiledMonth {
  readonly count: MonthCount
  readonly full: DatedOn | null
  readonly divide: DatedOn | null
  /** What each day of an incomplete month gives, in fen. */
  readonly each_day: DatedOn | null
  /** Position of the decision point for incomplete months, −1 for none. */
  readonly decision: number
}

/** In `Cells.number`, for what is not covered or open; everything from 0 up is covered. */
export const CELL_NOT_COVERED = -1
export const CELL_OPEN = -2
/** Nobody has asked for this cell yet. */
export const CELL_UNSETTLED = -3

/**
 * What each situation gives on each day, filled when it is first asked for. Cell: situation × days + day. One column is
 * read for every stretch of duty: a rate (or the minutes beyond which leave is earned) from 0 up, or one of the three numbers
 * above. The others say why.
 */
export class Cells {
  number: Float64Array
  status: Uint8Array
  /** Decision point or missing fact, by status. */
  detail: Int16Array
  /** The same as `number` in two bytes, so that the whole column stays in the processor's cache: an outcome's position, or below 0. */
  outcome: Int16Array
  private readonly days: number

  constructor(days: number) {
    this.days = days
    this.outcome = new Int16Array(64 * days).fill(CELL_UNSETTLED)
    this.number = new Float64Array(64 * days).fill(CELL_UNSETTLED)
    this.status = new Uint8Array(64 * days)
    this.detail = new Int16Array(64 * days)
  }

  /** Makes room for so many situations. */
  reserve(situations: number): void {
    const needed = situations * this.days
    if (needed <= this.status.length) return
    const size = Math.max(needed, this.status.length * 2)
    const number = new Float64Array(size).fill(CELL_UNSETTLED)
    const status = new Uint8Array(size)
    const detail = new Int16Array(size)
    number.set(this.number)
    status.set(this.status)
    detail.set(this.detail)
    const outcome = new Int16Array(size).fill(CELL_UNSETTLED)
    outcome.set(this.outcome)
    this.outcome = outcome
    this.number = number
    this.status = status
    this.detail = detail
  }
}

/** An entitlement ready to run over people: rules, their memory, counting and caps. */
export class Settling {
  readonly compiled: CompiledEntitlement
  readonly gives: Entitlement['gives']
  readonly cells: Cells
  readonly steps: readonly CompiledStep[]
  readonly earnings: readonly CompiledEarning[]
  readonly limits: readonly CompiledLimit[]
  /** Minutes belong to another day than that on which they fall: `start_day` of a segment. */
  readonly by_start: boolean
  /** That day is the one on which the night began. */
  readonly by_night: boolean
  readonly longest: boolean
  /** Several rates of a day are each paid for their own minutes. */
  readonly each: boolean
  readonly rounding: Rounding
  readonly only: CompiledOnly | null
  readonly hours: Pick<HourCount, 'step_minutes' | 'mode'>
  readonly month: CompiledMonth | null
  /** Covered days are gathered by month. */
  readonly monthly: boolean
  /** Its results are amounts. */
  readonly money: boolean
  readonly every: 'day' | 'night' | 'month' | 'once' | 'event'
  readonly events: readonly string[]
  readonly uses: number | null
  /** From what it is settled. */
  readonly source: 'duty' | 'days' | 'events'
  readonly points: readonly DecisionPoint[]
  /** Thresholds of the counting steps: day × steps + step. */
  readonly thresholds: Float64Array
  readonly shares: Int32Array
  /** By day: a day of so many minutes or fewer gives nothing, whatever is decided or recorded later; −1 where any may. */
  readonly nothing_up_to: Float64Array
  /** What `cells.outcome` numbers: rates, or minutes beyond which leave is earned. */
  readonly rates: number[] = []
  /** Rounded money: outcome × steps + step. */
  readonly amounts: number[] = []
  /** Nothing that needs the long way: see `settle-plainly.ts`. */
  readonly plain: boolean
  private readonly scope: EntitlementScope
  /** By cell: one way to the outcome that all answers share. */
  private readonly taken = new Map<number, readonly TakenAnswer[]>()
  private readonly calendar: ResolvedCalendar
  private readonly table: SituationTable
  private readonly situation: Situation
  private readonly days: number

  constructor(scope: EntitlementScope, compiled: CompiledEntitlement, table: SituationTable, situation: Situation) {
    const { entitlement } = compiled
    this.compiled = compiled
    this.gives = entitlement.gives
    this.days = daysIn(scope.window)
    const count = entitlement.gives === 'money_per_day' ? entitlement.count : null
    this.steps = (count?.steps ?? []).map(({ over_minutes, at_least, counts_hundredths }) => {
      const over = compileQuantity(scope, over_minutes)
      return { over, over_on: numbersOf(over, this.days), at_least, counts_hundredths }
    })
    this.cells = new Cells(this.days)
    this.shares = Int32Array.from(this.steps, ({ counts_hundredths }) => counts_hundredths)
    this.thresholds = new Float64Array(this.days * this.steps.length)
    this.steps.forEach(({ over_on, at_least }, step) => {
      over_on.forEach((over, day) => {
        this.thresholds[day * this.steps.length + step] = at_least ? over - 1 : over
      })
    })
    this.earnings = compileEarnings(scope, entitlement)
    this.limits = limitsOf(entitlement).map((limit) => {
      const at_most = compileQuantity(scope, limit.at_most)
      return { limit, at_most, at_most_on: numbersOf(at_most, this.days) }
    })
    const timed = count ?? (entitlement.gives === 'money_per_hour' ? entitlement.hours : null)
    this.by_night = timed?.assign === 'night' || (entitlement.gives === 'in_kind' && entitlement.every === 'night')
    this.by_start = timed?.assign === 'start_day' || this.by_night
    this.longest = timed?.mixed === 'longest'
    this.each = timed?.mixed === 'each'
    this.rounding = 'rounding' in entitlement ? entitlement.rounding : { to: 'fen', mode: 'half_up' }
    this.only = 'only' in entitlement && entitlement.only ? compileOnly(scope, entitlement.only) : null
    this.hours = entitlement.gives === 'money_per_hour' ? entitlement.hours : { step_minutes: 1, mode: 'down' }
    this.month = entitlement.gives === 'money_per_month' ? compileMonth(scope, entitlement.month) : null
    this.every = entitlement.gives === 'in_kind' ? entitlement.every : 'day'
    this.money = this.gives.startsWith('money')
    this.monthly = this.month !== null || (entitlement.gives === 'in_kind' && this.every === 'month')
    this.events = 'events' in entitlement ? entitlement.events : []
    this.uses = entitlement.uses
    this.source = this.events.length > 0 ? 'events' : entitlement.days === 'all' ? 'days' : 'duty'
    this.points = scope.book.points
    this.plain =
      PLAIN.includes(this.gives) &&
      this.only === null &&
      this.limits.length === 0 &&
      !this.by_start &&
      !this.longest &&
      !this.thresholds.some((over) => Number.isNaN(over))
    this.scope = scope
    this.calendar = scope.calendar
    this.table = table
    this.nothing_up_to = this.shortDays()
    this.situation = situation
  }

  private shortDays(): Float64Array {
    const { days, calendar, steps, earnings, only } = this
    const hours = this.gives === 'money_per_hour' ? this.hours : null
    const overOn = ({ over }: CompiledEarning, kind: DayKind) => {
      const dated = over[kind]
      return dated && numbersOf(dated, days)
    }
    return nothingUpTo({ days, calendar, steps, earnings, only, hours, overOn })
  }

  /** Runs the rules for one cell and remembers the answer; gives its number (`cells.outcome` is filled too). */
  settleCell(cell: number): number {
    const { situation, cells } = this
    this.table.fill(situation, Math.floor(cell / this.days), cell % this.days)
    let covered = this.run(situation)
    if (situation.status === MISSING) {
      const same = tryAnswers(this.scope, (one) => this.run(one), situation)
      if (same) {
        covered = same.number
        this.taken.set(cell, same.taken)
      }
    }
    const { status } = situation
    const number = status === COVERED ? covered : status === NOT_COVERED ? CELL_NOT_COVERED : CELL_OPEN
    cells.number[cell] = number
    cells.status[cell] = status
    cells.outcome[cell] = status === COVERED ? this.outcomeOf(number) : number
    cells.detail[cell] = status === MISSING ? situation.missing : situation.decision
    return number
  }

  /** All facts that are missing for a cell. */
  missingAt(cell: number): ReadonlySet<string> {
    const { situation } = this
    this.table.fill(situation, Math.floor(cell / this.days), cell % this.days)
    return allMissing(this.scope, (one) => this.run(one), situation)
  }

  private run(situation: Situation): number {
    const number_fen = this.compiled.settle(situation)
    return situation.status === COVERED && this.earnings.length > 0 ? this.earningOver(situation) : number_fen
  }

  /** Facts that are not recorded for a cell and do not matter to its outcome. */
  unrecordedFor(number: number, day: number): readonly string[] {
    return (this.taken.get(number * this.days + day) ?? []).map(({ fact }) => fact)
  }

  /** Different rates are few: each is numbered once, with the money that every counting step gives at it. */
  private outcomeOf(number: number): number {
    const known = this.rates.indexOf(number)
    if (known >= 0) return known
    if (this.rates.length === OUTCOMES_MAX) throw new RangeError('an entitlement has too many different rates')
    this.rates.push(number)
    const money = this.gives === 'money_per_day'
    for (const share of this.shares) this.amounts.push(money ? dayAmount(number, share, this.rounding) : 0)
    return this.rates.length - 1
  }

  /** Minutes beyond which a situation earns leave on its day, infinite when it earns none; sets `status` when that cannot be said. */
  private earningOver(situation: Situation): number {
    const earning = this.earningFor(situation)
    const kind = this.dayKindOf(situation.day)
    if (!earning || !kind) {
      situation.status = MISSING
      return Number.POSITIVE_INFINITY
    }
    const over = earning.over[kind]
    const minutes = over ? over.numberFor(situation) : Number.POSITIVE_INFINITY
    return Number.isNaN(minutes) ? Number.POSITIVE_INFINITY : minutes
  }

  /** The situation on a day, as the rules see it; for counting steps, caps and explanations. */
  situationOn(number: number, day: number): Situation {
    this.table.fill(this.situation, number, day)
    const taken = this.taken.get(number * this.days + day) ?? []
    for (const answer of taken) answer.take(this.situation)
    this.situation.unrecorded = taken.map(({ fact }) => fact)
    return this.situation
  }

  /** The situation last looked at, in which a rule without a number has written why. */
  situationAfterRefusal(): Situation {
    return this.situation
  }

  /** The earning that holds for a situation on a day, or `undefined` with `situation.missing` set. */
  earningFor(situation: Situation): CompiledEarning | undefined {
    for (const earning of this.earnings) {
      const answer = earning.test(situation)
      if (answer === NO) continue
      return answer === YES ? earning : undefined
    }
    return undefined
  }

  dayKindOf(day: number): DayKind | undefined {
    return DAY_WORDS[this.calendar.kinds[day] ?? 255]
  }
}

const DAY_WORDS = wordsOf(DAY_KINDS)
const OUTCOMES_MAX = 32_000

function numbersOf({ literal, resolved }: DatedNumber, days: number): Float64Array {
  return Float64Array.from({ length: days }, (_, day) => {
    if (literal !== null) return literal
    const number = resolved?.numbers[day] ?? Number.NaN
    return Number.isNaN(number) && resolved?.values[day] ? Number.POSITIVE_INFINITY : number
  })
}

const PLAIN: readonly Entitlement['gives'][] = ['money_per_day', 'minutes', 'money_once', 'right']

function limitsOf(entitlement: Entitlement): readonly Limit[] {
  return 'limits' in entitlement ? entitlement.limits : []
}

function datedOn(scope: EntitlementScope, quantity: Parameters<typeof compileQuantity>[1]): DatedOn {
  const dated = compileQuantity(scope, quantity)
  return { dated, on: numbersOf(dated, daysIn(scope.window)) }
}

function compileOnly(scope: EntitlementScope, written: OnlyPart): CompiledOnly {
  const kinds = Object.values(written.earning)
  if (kinds.some(({ kind }) => kind !== 'all')) scope.asked.day_kind = true
  const over = new Map(
    wordsOf(DAY_KINDS).map((word) => {
      const earning = written.earning[word]
      return [word, earning.kind === 'over' ? datedOn(scope, earning.minutes) : OVER_NOTHING] as const
    }),
  )
  const days = [...scope.calendar.kinds].map((kind) => DAY_WORDS[kind])
  return {
    written,
    counts_on: Uint8Array.from(days, (word) => (word && written.earning[word].kind === 'none' ? 0 : 1)),
    over_on: days.map((word) => (word ? (over.get(word) ?? OVER_NOTHING) : OVER_NOTHING)),
  }
}

function compileMonth(scope: EntitlementScope, count: MonthCount): CompiledMonth {
  const { full, incomplete } = count
  const divide = incomplete.kind === 'by_day' && incomplete.of !== 'calendar' ? incomplete.of : null
  return {
    count,
    full: full === 'calendar' ? null : datedOn(scope, full),
    divide: divide && datedOn(scope, divide),
    each_day:
      incomplete.kind === 'each_day' ? datedOn(scope, { parameter: incomplete.rate, place: count.place }) : null,
    decision: decisionPosition(scope, incomplete.kind === 'undecided' ? incomplete.decision : null),
  }
}

function compileEarnings(scope: EntitlementScope, entitlement: Entitlement): readonly CompiledEarning[] {
  if (entitlement.gives !== 'minutes') return []
  return entitlement.earn.map((written) => {
    const test: Test = written.when === null ? () => YES : compileCondition(scope, written.when)
    const overFor = (kind: DayKind): DatedNumber | null => {
      const earning = written.earning[kind]
      if (earning.kind === 'none') return null
      return compileQuantity(scope, earning.kind === 'all' ? { literal: 0 } : earning.minutes)
    }
    const over = {
      working_day: overFor('working_day'),
      rest_day: overFor('rest_day'),
      statutory_holiday: overFor('statutory_holiday'),
    }
    return { test, written, over }
  })
}
