import type { Fen } from '#engines/values/money.ts'
import type { Day } from '#engines/values/time.ts'
import { type Lasting, lastingOf } from './compare-lasting.ts'
import { payerOf } from './compare-stacks.ts'
import type { CompiledProgram } from './compile.ts'
import { evaluateBatch, settleRow } from './evaluate.ts'
import type { FactBatch } from './facts.ts'
import type { ParameterValue } from './pack.ts'
import { valueOn } from './parameters.ts'
import type { EvaluationColumns } from './results.ts'
import type { Settling } from './settle-days.ts'
import type { Sources } from './sources.ts'
import type { Tally } from './tally.ts'
import type { Label } from './vocabulary.ts'
import { type EvaluatePart, evaluateWithin } from './within-areas.ts'

/** What a fund pays, day by day, and until when it lasts. */
export interface FundCourse extends Lasting {
  /** The code of the fund, or the words that the pack says who pays; `null` where it does not say. */
  readonly fund: string | null
  readonly title: Label | null
  readonly cost_fen: Fen
  /** What the fund holds, as known on the last day; `null` where the pack names no total. */
  readonly total_fen: Fen | null
  /** The layer that says the total: where it is a county, the fund is that county's own. */
  readonly total_level: ParameterValue['level'] | null
  /** Cost of each day of the window, in fen. */
  readonly by_day_fen: readonly Fen[]
  /** Settled money that belongs to no single day; it is counted on the last day. */
  readonly undated_fen: Fen
}

/** Entitlements that another program settles alike, with what they cost there; it follows the same batches. */
export interface SharedCosts {
  readonly entitlements: ReadonlySet<string>
  readonly costs: FundCosts
}

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
  /** Of people whom only the layers above reach. */
  private readonly above = new Map<CompiledProgram, FundCosts>()
  private readonly shared: SharedCosts | undefined
  private readonly isShared: readonly boolean[]

  /** What is `shared` is settled and followed elsewhere, and left out here; its cells hold nothing. */
  constructor(program: CompiledProgram, shared?: SharedCosts) {
    this.program = program
    this.shared = shared
    this.isShared = program.entitlements.map(({ code }) => shared?.entitlements.has(code) ?? false)
    this.days = program.to - program.from + 1
    this.byDay = program.entitlements.map(() => new Float64Array(this.days))
    this.undated = new Float64Array(program.entitlements.length)
    this.money = program.entitlements.flatMap(({ gives }, position) => (gives.startsWith('money') ? [position] : []))
  }

  /** Adds the costs of everybody in a batch; the evaluation that they were gathered in is there for whoever needs it too. */
  add(batch: FactBatch): EvaluationColumns {
    const { program } = this
    const plain: EvaluatePart = (by, part) => evaluateBatch(by.running, part)
    return evaluateWithin(program, program.within, batch, plain, (by, part, open) => this.gather(by, part, open))
  }

  private gather(by: CompiledProgram, part: FactBatch, open?: ReadonlySet<number>): EvaluationColumns {
    if (by.running === this.program.running) {
      if (!open) return evaluateBatch(by.running, part, this.settle)
      return evaluateBatch(by.running, part, (position, settling, sources, tally) => {
        if (!open.has(position)) this.settle(position, settling, sources, tally)
        else settleRow(by.running, settling, sources, tally)
      })
    }
    const costs = this.above.get(by) ?? new FundCosts(by, this.shared)
    this.above.set(by, costs)
    return costs.gather(by, part)
  }

  /** What an entitlement cost on each day, also for people whom only the layers above reach. */
  private costOf(code: string): { readonly by_day: Float64Array; readonly undated: number } {
    if (this.shared?.entitlements.has(code)) return this.shared.costs.costOf(code)
    const position = this.program.entitlements.findIndex((entitlement) => entitlement.code === code)
    const by_day = Float64Array.from(this.byDay[position] ?? new Float64Array(this.days))
    let undated = this.undated[position] ?? 0
    for (const costs of this.above.values()) {
      const more = costs.costOf(code)
      more.by_day.forEach((cost, day) => {
        by_day[day] = (by_day[day] ?? 0) + cost
      })
      undated += more.undated
    }
    return { by_day, undated }
  }

  /** The program itself, with every evaluation by it adding to the costs: for following what is compared anyway. */
  followed(): CompiledProgram {
    return { ...this.program, evaluate: (batch) => this.add(batch) }
  }

  private readonly settle = (position: number, settling: Settling, sources: Sources, tally: Tally): void => {
    if (this.isShared[position]) return
    const days = this.byDay[position]
    tally.trace = null
    tally.months = null
    if (!settling.money || !days) {
      settleRow(this.program.running, settling, sources, tally)
      return
    }
    // Most entitlements are settled day by day without any trace of it.
    if (
      settling.gives === 'money_per_day' &&
      settling.plain &&
      settling.uses === null &&
      !this.program.running.by_start
    ) {
      tally.by_day = days
      settleRow(this.program.running, settling, sources, tally)
      tally.by_day = null
      return
    }
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
      const { by_day, undated } = this.costOf(entitlement.code)
      by_day.forEach((cost, day) => {
        course.days[day] = (course.days[day] ?? 0) + cost
      })
      course.undated += undated
    }
    return [...funds].map(([fund, { title, days, undated }]) => {
      const total = this.totalOf(fund)
      return {
        fund,
        title,
        cost_fen: sum(days),
        total_fen: total?.value ?? null,
        total_level: total?.level ?? null,
        ...lastingOf(days, this.program.from, total?.value ?? null),
        by_day_fen: [...days],
        undated_fen: undated,
      }
    })
  }

  private totalOf(code: string | null): ParameterValue | undefined {
    const fund = code === null ? undefined : this.program.stack.funds.get(code)
    const parameter = fund?.total ? this.program.stack.parameters.get(fund.total) : undefined
    return parameter && valueOn(parameter, this.program.to, this.program.known)
  }
}

function sum(days: ArrayLike<number>): number {
  return Array.from(days).reduce((whole, cost) => whole + cost, 0)
}

/**
 * What one fund pays for several areas, or for people and units: their costs are added up, day by day. Undefined for none.
 *
 * @param from the first day of all the courses
 */
export function joinCourses(courses: readonly FundCourse[], from: Day): FundCourse | undefined {
  const [first] = courses
  if (!first || courses.length === 1) return first
  const by_day_fen = first.by_day_fen.map((_, day) =>
    courses.reduce((cost, course) => cost + (course.by_day_fen[day] ?? 0), 0),
  )
  const holding = courses.find(({ total_fen }) => total_fen !== null) ?? first
  return {
    ...holding,
    cost_fen: sum(by_day_fen),
    ...lastingOf(by_day_fen, from, holding.total_fen),
    by_day_fen,
    undated_fen: courses.reduce((undated, course) => undated + course.undated_fen, 0),
  }
}
