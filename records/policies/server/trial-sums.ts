import type { CompiledProgram } from '#engines/policy/compile.ts'
import type { FactBatch } from '#engines/policy/facts.ts'
import type { EvaluationColumns } from '#engines/policy/results.ts'
import { STATES } from '#engines/policy/results.ts'
import type { Label } from '#engines/policy/vocabulary.ts'
import { dayOfMinute } from '#engines/values/time.ts'
import type { WhatIfResult } from '../contract-what-if.ts'
import type { PersonInputs, UnitFacts } from './evaluation-facts.ts'
import { quantityUnitOf } from './write-results.ts'

/** People who share an area, worked out with the packs in force and with the change. */
export interface TrialPart {
  readonly people: readonly PersonInputs[]
  readonly batch: FactBatch
  readonly before: { readonly program: CompiledProgram; readonly columns: EvaluationColumns }
  readonly after: { readonly program: CompiledProgram; readonly columns: EvaluationColumns }
}

export interface MostChanged {
  readonly person_id: number
  readonly home_unit_id: number
  readonly before_fen: number
  readonly after_fen: number
}

interface Moved {
  people_count: number
  amount_fen: number
}

const moved = (): Moved => ({ people_count: 0, amount_fen: 0 })

interface EntitlementSum {
  readonly title: Label
  readonly quantity_unit: string
  before_fen: number
  after_fen: number
  quantity_before: number
  quantity_after: number
  readonly more: Moved
  readonly less: Moved
  waiting_before: number
  waiting_after: number
}

interface CountySum {
  people_count: number
  before_fen: number
  after_fen: number
  readonly more: Moved
  readonly less: Moved
}

interface FundSum {
  readonly fund: Label
  readonly before: Float64Array
  readonly after: Float64Array
}

const NOT_SAID: Label = { zh: '未写明由谁列支', en: 'payer not stated' }
/** Fen; people are sorted into what lies between two of them. */
const STEPS = [-100_000, -50_000, -10_000, 0, 1, 10_000, 50_000, 100_000] as const
const MOST = 20

const SETTLED = STATES.indexOf('settled')
const NOT_COVERED = STATES.indexOf('not_covered')

function add(sums: { readonly more: Moved; readonly less: Moved }, difference: number): void {
  if (difference === 0) return
  const side = difference > 0 ? sums.more : sums.less
  side.people_count += 1
  side.amount_fen += difference
}

/** Adds up what a change comes to while people pass by; keeps nobody but those whom it touches most. */
export class TrialSums {
  private readonly from: number
  private readonly days: number
  private readonly entitlements = new Map<string, EntitlementSum>()
  private readonly counties = new Map<number, CountySum>()
  private readonly funds = new Map<string, FundSum>()
  private readonly people = { more: moved(), less: moved(), same_count: 0 }
  private readonly steps = new Int32Array(STEPS.length + 1)
  private most: MostChanged[] = []
  private people_count = 0

  constructor(window: { readonly from: number; readonly on: number }) {
    this.from = window.from
    this.days = window.on - window.from + 1
  }

  add(part: TrialPart, units: ReadonlyMap<number, UnitFacts>): void {
    const pairs = this.pairsOf(part)
    for (const [row, person] of part.people.entries()) {
      let before_fen = 0
      let after_fen = 0
      for (const pair of pairs) {
        const before = this.side(pair, part.before, pair.before, row, 'before')
        const after = this.side(pair, part.after, pair.after, row, 'after')
        add(pair.sum, after - before)
        this.spread(part.batch, row, pair.fund_before?.before, before)
        this.spread(part.batch, row, pair.fund_after?.after, after)
        before_fen += before
        after_fen += after
      }
      this.addPerson(person, units.get(person.home_unit_id)?.county_unit_id ?? 0, before_fen, after_fen)
    }
  }

  /** Each entitlement of either side with its position there. */
  private pairsOf({ before, after }: TrialPart) {
    const codes = new Set([...before.program.entitlements, ...after.program.entitlements].map(({ code }) => code))
    return [...codes].map((code) => {
      const inBefore = before.program.entitlements.findIndex((one) => one.code === code)
      const inAfter = after.program.entitlements.findIndex((one) => one.code === code)
      const old = before.program.entitlements[inBefore]
      const changed = after.program.entitlements[inAfter]
      const either = changed ?? old
      if (!either) throw new RangeError(`no entitlement ${code}`)
      const sum = this.entitlements.get(code) ?? {
        title: either.title,
        quantity_unit: quantityUnitOf(either.gives),
        before_fen: 0,
        after_fen: 0,
        quantity_before: 0,
        quantity_after: 0,
        more: moved(),
        less: moved(),
        waiting_before: 0,
        waiting_after: 0,
      }
      this.entitlements.set(code, sum)
      const money = sum.quantity_unit === 'day_hundredths' || sum.quantity_unit === 'times'
      return {
        sum,
        before: inBefore,
        after: inAfter,
        fund_before: money && old ? this.fundOf(old.paid_by) : undefined,
        fund_after: money && changed ? this.fundOf(changed.paid_by) : undefined,
      }
    })
  }

  private fundOf(paidBy: Label | null): FundSum {
    const fund = paidBy ?? NOT_SAID
    const known = this.funds.get(fund.zh)
    if (known) return known
    const sum = { fund, before: new Float64Array(this.days), after: new Float64Array(this.days) }
    this.funds.set(fund.zh, sum)
    return sum
  }

  private side(
    { sum }: { readonly sum: EntitlementSum },
    { program, columns }: TrialPart['before'],
    position: number,
    row: number,
    which: 'before' | 'after',
  ): number {
    if (position < 0) return 0
    const cell = row * program.entitlements.length + position
    const state = columns.state[cell] ?? NOT_COVERED
    const amount = columns.amount_fen[cell] ?? Number.NaN
    const fen = Number.isNaN(amount) ? 0 : amount
    sum[`${which}_fen`] += fen
    sum[`quantity_${which}`] += Math.max(0, columns.quantity[cell] ?? 0)
    if (state !== SETTLED && state !== NOT_COVERED) sum[`waiting_${which}`] += 1
    return fen
  }

  /** A person's sum falls evenly on the days on which their spans begin. */
  private spread(batch: FactBatch, row: number, days: Float64Array | undefined, amount: number): void {
    if (!days || amount === 0) return
    const first = batch.span_offset[row] ?? 0
    const end = batch.span_offset[row + 1] ?? first
    const share = amount / (end - first)
    for (let span = first; span < end; span++) {
      const day = dayOfMinute(batch.span_start_minute[span] ?? 0) - this.from
      const at = Math.min(this.days - 1, Math.max(0, day))
      days[at] = (days[at] ?? 0) + share
    }
  }

  private addPerson(person: PersonInputs, county: number, before_fen: number, after_fen: number): void {
    const difference = after_fen - before_fen
    this.people_count += 1
    add(this.people, difference)
    if (difference === 0) this.people.same_count += 1
    const sum = this.counties.get(county) ?? {
      people_count: 0,
      before_fen: 0,
      after_fen: 0,
      more: moved(),
      less: moved(),
    }
    this.counties.set(county, sum)
    sum.people_count += 1
    sum.before_fen += before_fen
    sum.after_fen += after_fen
    add(sum, difference)
    const step = STEPS.findIndex((limit) => difference < limit)
    const at = step < 0 ? STEPS.length : step
    this.steps[at] = (this.steps[at] ?? 0) + 1
    if (difference !== 0) this.keepMost({ ...person, before_fen, after_fen })
  }

  private keepMost({ person_id, home_unit_id, before_fen, after_fen }: MostChanged): void {
    this.most.push({ person_id, home_unit_id, before_fen, after_fen })
    if (this.most.length >= 4 * MOST) this.most = sortedMost(this.most)
  }

  result(names: ReadonlyMap<number, string>, dates: { readonly from: string; readonly on_date: string }): WhatIfResult {
    const whole = (days: Float64Array) => Array.from(days, Math.round)
    const total = (days: Float64Array) => Math.round(days.reduce((sum, day) => sum + day, 0))
    return {
      ...dates,
      people_count: this.people_count,
      people: this.people,
      entitlements: [...this.entitlements].map(([entitlement, sum]) => ({ entitlement, ...sum })),
      counties: [...this.counties]
        .map(([unitId, sum]) => ({ unit_id: unitId === 0 ? null : unitId, name: names.get(unitId) ?? '', ...sum }))
        .sort((left, right) => right.after_fen - left.after_fen || (left.unit_id ?? 0) - (right.unit_id ?? 0)),
      funds: [...this.funds.values()].map(({ fund, before, after }) => ({
        fund,
        before_fen: total(before),
        after_fen: total(after),
        days_before_fen: whole(before),
        days_after_fen: whole(after),
      })),
      steps: Array.from(this.steps, (people_count, index) => ({
        from_fen: STEPS[index - 1] ?? null,
        to_fen: STEPS[index] ?? null,
        people_count,
      })),
    }
  }

  mostChanged(): readonly MostChanged[] {
    return sortedMost(this.most)
  }
}

/** The largest gains and the largest losses. */
function sortedMost(all: readonly MostChanged[]): MostChanged[] {
  const difference = ({ before_fen, after_fen }: MostChanged) => after_fen - before_fen
  const ordered = [...all].sort(
    (left, right) => difference(right) - difference(left) || left.person_id - right.person_id,
  )
  if (ordered.length <= 2 * MOST) return ordered
  return [...ordered.slice(0, MOST), ...ordered.slice(-MOST)]
}
