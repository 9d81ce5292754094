import type { Fen } from '#engines/values/money.ts'
import type { Day } from '#engines/values/time.ts'
import { payerOf } from './compare-stacks.ts'
import type { CompiledProgram } from './compile.ts'
import { settleRow } from './evaluate.ts'
import type { FactBatch } from './facts.ts'
import { valueOn } from './parameters.ts'
import type { Settling } from './settle-days.ts'
import { Sources } from './sources.ts'
import { Tally } from './tally.ts'
import type { Label } from './vocabulary.ts'

/** What a fund pays, day by day, and until when it lasts. */
export interface FundCourse {
  /** The code of the fund, or the words that the pack says who pays; `null` where it does not say. */
  readonly fund: string | null
  readonly title: Label | null
  readonly cost_fen: Fen
  /** What the fund holds, as known on the last day; `null` where the pack names no total. */
  readonly total_fen: Fen | null
  /** What is left at the end of the days evaluated; negative: what is short. */
  readonly left_fen: Fen | null
  /** The first day whose cost the fund no longer covers; `null` when it covers all, or has no total. */
  readonly exhausted_on: Day | null
  /**
   * Not computed from duty but drawn on: the day the rest would run out at the mean daily cost of the last seven days. `null` when
   * it runs out before, holds no total, cost nothing in those days, or would last more than a year.
   */
  readonly projected_on: Day | null
  /** Cost of each day of the window, in fen. */
  readonly by_day_fen: readonly Fen[]
  /** Settled money that belongs to no single day; it is counted on the last day. */
  readonly undated_fen: Fen
}

const PROJECTION_DAYS = 7
/** A line drawn on from one week says nothing about the year after next. */
const PROJECTED_MAX_DAYS = 366

/**
 * Adds up what every fund pays on every day of a program's window.
 *
 * @example
 * const costs = new FundCosts(program)
 * for (const batch of batches) costs.add(batch)
 * costs.result().find(({ fund }) => fund === 'special-party-dues')?.exhausted_on
 */
export class FundCosts {
  private readonly program: CompiledProgram
  private readonly days: number
  private readonly byDay: readonly Float64Array[]
  private readonly undated: Float64Array
  private readonly money: readonly number[]
  private readonly tally = new Tally()

  constructor(program: CompiledProgram) {
    this.program = program
    this.days = program.to - program.from + 1
    this.byDay = program.entitlements.map(() => new Float64Array(this.days))
    this.undated = new Float64Array(program.entitlements.length)
    this.money = program.entitlements.flatMap(({ gives }, position) => (gives.startsWith('money') ? [position] : []))
  }

  add(batch: FactBatch): void {
    const { running } = this.program
    const sources = new Sources(running, batch)
    for (let row = 0; row < batch.people; row++) {
      sources.enter(row)
      for (const position of this.money) {
        const settling = running.settlings[position]
        if (settling) this.addCell(position, settling, sources)
      }
    }
  }

  private addCell(position: number, settling: Settling, sources: Sources): void {
    const { tally } = this
    const days = this.byDay[position]
    if (!days) return
    tally.reset()
    tally.trace = []
    tally.months = []
    settleRow(this.program.running, settling, sources, tally)
    if (tally.settled_days === 0) return
    let dated = 0
    for (const { day, amount_fen } of tally.trace) {
      days[day] = (days[day] ?? 0) + amount_fen
      dated += amount_fen
    }
    // What a month gives is paid when the month's duty is done.
    for (const { day, amount_fen } of tally.months) {
      days[day] = (days[day] ?? 0) + amount_fen
      dated += amount_fen
    }
    const rest = tally.amount_fen - dated
    if (rest === 0) return
    this.undated[position] = (this.undated[position] ?? 0) + rest
    days[this.days - 1] = (days[this.days - 1] ?? 0) + rest
  }

  result(): readonly FundCourse[] {
    const funds = new Map<string | null, { title: Label | null; days: Float64Array; undated: number }>()
    for (const position of this.money) {
      const entitlement = this.program.entitlements[position]
      if (!entitlement) continue
      const { fund, title } = payerOf(entitlement)
      const course = funds.get(fund) ?? { title, days: new Float64Array(this.days), undated: 0 }
      funds.set(fund, course)
      this.byDay[position]?.forEach((cost, day) => {
        course.days[day] = (course.days[day] ?? 0) + cost
      })
      course.undated += this.undated[position] ?? 0
    }
    return [...funds].map(([fund, { title, days, undated }]) => {
      return { fund, title, ...courseOf(days, this.program.from, this.totalOf(fund)), undated_fen: undated }
    })
  }

  private totalOf(code: string | null): Fen | null {
    const fund = code === null ? undefined : this.program.stack.funds.get(code)
    const parameter = fund?.total ? this.program.stack.parameters.get(fund.total) : undefined
    return (parameter && valueOn(parameter, this.program.to, this.program.known)?.value) ?? null
  }
}

function courseOf(days: Float64Array, from: Day, total: Fen | null) {
  let spent = 0
  let exhausted: Day | null = null
  days.forEach((cost, day) => {
    spent += cost
    if (total !== null && exhausted === null && spent > total) exhausted = from + day
  })
  const left = total === null ? null : total - spent
  const last = days.slice(-PROJECTION_DAYS)
  const mean = last.reduce((sum, cost) => sum + cost, 0) / Math.max(1, last.length)
  const last_days = left === null || left < 0 || mean === 0 ? null : Math.floor(left / mean) + 1
  const projected = last_days === null || last_days > PROJECTED_MAX_DAYS ? null : from + days.length - 1 + last_days
  return {
    cost_fen: spent,
    total_fen: total,
    left_fen: left,
    exhausted_on: exhausted,
    projected_on: projected,
    by_day_fen: [...days],
  }
}
