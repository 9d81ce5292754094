import type { Fen } from '#engines/values/money.ts'
import { type Change, ChangeTally } from './compare-tally.ts'
import type { FactBatch } from './facts.ts'
import type { Entitlement } from './pack.ts'
import { type EvaluationColumns, type Program, STATES, type State } from './results.ts'
import type { Label } from './vocabulary.ts'

/** What became of one entitlement under a change. */
export interface EntitlementChange extends Change {
  readonly entitlement: string
  readonly title: Label
  /** Only one of the two stacks has it. */
  readonly only: 'before' | 'after' | null
  readonly quantity_before: number
  readonly quantity_after: number
  readonly open_days_before: number
  readonly open_days_after: number
  /** How many people stand elsewhere than before, by `before → after`. */
  readonly states: readonly {
    readonly before: State | 'absent'
    readonly after: State | 'absent'
    readonly people: number
  }[]
}

export interface FundChange extends Change {
  /** The code of the fund, or the words that the pack says who pays; `null` where it does not say. */
  readonly fund: string | null
  readonly title: Label | null
}

export interface AreaChange extends Change {
  /** Six digits; `null` where no area was recorded. */
  readonly area: string | null
}

export interface Comparison {
  readonly people: number
  readonly people_changed: number
  readonly total: Change
  readonly by_entitlement: readonly EntitlementChange[]
  readonly by_fund: readonly FundChange[]
  readonly by_area: readonly AreaChange[]
}

/** One person and entitlement that comes out otherwise; amounts hold what is settled, `null` where nothing is. */
export interface CellDifference {
  readonly person: number
  readonly entitlement: string
  readonly before_fen: Fen | null
  readonly after_fen: Fen | null
  readonly quantity_before: number | null
  readonly quantity_after: number | null
  readonly before: State | 'absent'
  readonly after: State | 'absent'
}

type TellSum = (person: number, before_fen: Fen, after_fen: Fen) => void

interface Side {
  readonly position: number
  readonly entitlement: Entitlement
}

interface Aligned {
  readonly code: string
  readonly title: Label
  readonly before: Side | null
  readonly after: Side | null
  /** Settled alike by both: read from the side before, once. */
  readonly same: boolean
  readonly change: ChangeTally
  readonly fund: number
  readonly states: Uint32Array
  quantity_before: number
  quantity_after: number
  open_days_before: number
  open_days_after: number
}

const ABSENT = STATES.length
const STATE_WIDTH = STATES.length + 1

/**
 * Compares two programs over the same people, batch by batch, without holding any of them: who gains or loses how much, by
 * entitlement, fund and county. Money counts what is settled; what turns open or settled shows in `states` and open days, so that an
 * undecided amount is never taken for a zero.
 *
 * Laws: gains − losses = difference = after − before, in every row; a program compared with itself changes nothing; swapping the two
 * swaps gains and losses. Both programs must evaluate the same days, else a difference would mean nothing (`RangeError`).
 *
 * @example
 * const comparing = new Comparing(before, after)
 * for (const batch of batches) comparing.add(batch)
 * comparing.result().total.difference_fen
 */
export class Comparing {
  private readonly beforeProgram: Program
  private readonly afterProgram: Program
  private readonly aligned: readonly Aligned[]
  private readonly funds: {
    readonly fund: string | null
    readonly title: Label | null
    readonly change: ChangeTally
  }[] = []
  private readonly areas = new Map<number, ChangeTally>()
  private readonly total = new ChangeTally()
  private readonly fundBefore: Float64Array
  private readonly fundAfter: Float64Array
  private people = 0
  private changed = 0

  /** `same` entitlements are settled alike by both programs (`sameRules`); the one after may leave them out. */
  constructor(before: Program, after: Program, same: ReadonlySet<string> = new Set()) {
    if (before.from !== after.from || before.to !== after.to) throw new RangeError('the days compared must be the same')
    this.beforeProgram = before
    this.afterProgram = after
    this.aligned = this.align(same)
    this.fundBefore = new Float64Array(this.funds.length)
    this.fundAfter = new Float64Array(this.funds.length)
  }

  private align(same: ReadonlySet<string>): readonly Aligned[] {
    const sideOf = (program: Program) =>
      new Map(program.entitlements.map((entitlement, position) => [entitlement.code, { position, entitlement }]))
    const [before, after] = [sideOf(this.beforeProgram), sideOf(this.afterProgram)]
    return [...new Set([...before.keys(), ...after.keys()])].flatMap((code) => {
      const [old, made] = [before.get(code) ?? null, after.get(code) ?? null]
      const entitlement = (made ?? old)?.entitlement
      if (!entitlement) return []
      return [
        {
          code,
          title: entitlement.title,
          before: old,
          after: made,
          same: old !== null && made !== null && same.has(code),
          change: new ChangeTally(),
          fund: this.fundOf(entitlement),
          states: new Uint32Array(STATE_WIDTH * STATE_WIDTH),
          quantity_before: 0,
          quantity_after: 0,
          open_days_before: 0,
          open_days_after: 0,
        },
      ]
    })
  }

  private fundOf(entitlement: Entitlement): number {
    const { fund, title } = payerOf(entitlement)
    const found = this.funds.findIndex((one) => one.fund === fund)
    if (found >= 0) return found
    this.funds.push({ fund, title, change: new ChangeTally() })
    return this.funds.length - 1
  }

  /**
   * Evaluates a batch by both programs and gathers what differs; `tell` hears of every cell that does, `tellSum` of every person's
   * settled money before and after.
   */
  add(batch: FactBatch, tell?: (difference: CellDifference) => void, tellSum?: TellSum): void {
    const before = this.beforeProgram.evaluate(batch)
    const after = this.afterProgram === this.beforeProgram ? before : this.afterProgram.evaluate(batch)
    for (let row = 0; row < batch.people; row++) this.addPerson(batch, row, before, after, tell, tellSum)
    this.people += batch.people
  }

  private addPerson(
    batch: FactBatch,
    row: number,
    before: EvaluationColumns,
    after: EvaluationColumns,
    tell: ((difference: CellDifference) => void) | undefined,
    tellSum: TellSum | undefined,
  ): void {
    const { fundBefore, fundAfter } = this
    fundBefore.fill(0)
    fundAfter.fill(0)
    let moneyBefore = 0
    let moneyAfter = 0
    let differs = false
    for (const one of this.aligned) {
      const oldCell = one.before ? row * before.entitlements.length + one.before.position : -1
      const now = one.same ? before : after
      const ownCell = one.after ? row * after.entitlements.length + one.after.position : -1
      const newCell = one.same ? oldCell : ownCell
      const oldFen = one.before ? (before.amount_fen[oldCell] ?? Number.NaN) : Number.NaN
      const newFen = one.after ? (now.amount_fen[newCell] ?? Number.NaN) : Number.NaN
      const oldPaid = Number.isNaN(oldFen) ? 0 : oldFen
      const newPaid = Number.isNaN(newFen) ? 0 : newFen
      one.change.add(oldPaid, newPaid)
      moneyBefore += oldPaid
      moneyAfter += newPaid
      fundBefore[one.fund] = (fundBefore[one.fund] ?? 0) + oldPaid
      fundAfter[one.fund] = (fundAfter[one.fund] ?? 0) + newPaid
      if (this.addState(one, before, oldCell, now, newCell)) {
        differs = true
        tell?.(differenceAt(one, batch.person[row] ?? 0, before, oldCell, now, newCell))
      }
    }
    this.total.add(moneyBefore, moneyAfter)
    tellSum?.(batch.person[row] ?? 0, moneyBefore, moneyAfter)
    this.areaTally(batch.area[row] ?? 0).add(moneyBefore, moneyAfter)
    this.funds.forEach(({ change }, fund) => {
      change.add(fundBefore[fund] ?? 0, fundAfter[fund] ?? 0)
    })
    if (differs) this.changed += 1
  }

  /** True when the cell comes out otherwise. */
  private addState(
    one: Aligned,
    before: EvaluationColumns,
    oldCell: number,
    after: EvaluationColumns,
    newCell: number,
  ): boolean {
    const oldState = oldCell < 0 ? ABSENT : (before.state[oldCell] ?? ABSENT)
    const newState = newCell < 0 ? ABSENT : (after.state[newCell] ?? ABSENT)
    const oldQuantity = oldCell < 0 ? -1 : (before.quantity[oldCell] ?? -1)
    const newQuantity = newCell < 0 ? -1 : (after.quantity[newCell] ?? -1)
    const oldOpen = oldCell < 0 ? 0 : (before.open_days[oldCell] ?? 0)
    const newOpen = newCell < 0 ? 0 : (after.open_days[newCell] ?? 0)
    const state = oldState * STATE_WIDTH + newState
    one.states[state] = (one.states[state] ?? 0) + 1
    one.quantity_before += Math.max(0, oldQuantity)
    one.quantity_after += Math.max(0, newQuantity)
    one.open_days_before += oldOpen
    one.open_days_after += newOpen
    return (
      oldState !== newState ||
      oldQuantity !== newQuantity ||
      oldOpen !== newOpen ||
      !Object.is(
        oldCell < 0 ? Number.NaN : before.amount_fen[oldCell],
        newCell < 0 ? Number.NaN : after.amount_fen[newCell],
      )
    )
  }

  private areaTally(area: number): ChangeTally {
    const county = area >= 1_000_000 ? Math.floor(area / 1_000) : area
    const found = this.areas.get(county)
    if (found) return found
    const made = new ChangeTally()
    this.areas.set(county, made)
    return made
  }

  result(): Comparison {
    return {
      people: this.people,
      people_changed: this.changed,
      total: this.total.change,
      by_entitlement: this.aligned.map(entitlementChange),
      by_fund: this.funds
        .map(({ fund, title, change }) => ({ fund, title, ...change.change }))
        .filter(({ fund, before_fen, after_fen }) => fund !== null || before_fen !== 0 || after_fen !== 0),
      by_area: [...this.areas]
        .sort(([left], [right]) => left - right)
        .map(([area, change]) => ({
          area: area === 0 ? null : String(area).padStart(6, '0'),
          ...change.change,
        })),
    }
  }
}

/** Who pays for an entitlement: the fund where the pack names one, else its own words. */
export function payerOf({ fund, paid_by }: Entitlement): {
  readonly fund: string | null
  readonly title: Label | null
} {
  return { fund: fund ?? paid_by?.zh ?? null, title: paid_by }
}

function entitlementChange(one: Aligned): EntitlementChange {
  const { code, title, before, after, states } = one
  const stateName = (position: number) => STATES[position] ?? 'absent'
  return {
    entitlement: code,
    title,
    only: before ? (after ? null : 'before') : 'after',
    ...one.change.change,
    quantity_before: one.quantity_before,
    quantity_after: one.quantity_after,
    open_days_before: one.open_days_before,
    open_days_after: one.open_days_after,
    states: [...states]
      .map((people, index) => ({
        before: stateName(Math.floor(index / STATE_WIDTH)),
        after: stateName(index % STATE_WIDTH),
        people,
      }))
      .filter((one) => one.people > 0 && one.before !== one.after),
  }
}

function differenceAt(
  { code }: Aligned,
  person: number,
  before: EvaluationColumns,
  oldCell: number,
  after: EvaluationColumns,
  newCell: number,
): CellDifference {
  const fen = (columns: EvaluationColumns, cell: number) => {
    const amount = cell < 0 ? Number.NaN : (columns.amount_fen[cell] ?? Number.NaN)
    return Number.isNaN(amount) ? null : amount
  }
  const quantity = (columns: EvaluationColumns, cell: number) => {
    const number = cell < 0 ? -1 : (columns.quantity[cell] ?? -1)
    return number < 0 ? null : number
  }
  const state = (columns: EvaluationColumns, cell: number) =>
    cell < 0 ? 'absent' : (STATES[columns.state[cell] ?? ABSENT] ?? 'absent')
  return {
    person,
    entitlement: code,
    before_fen: fen(before, oldCell),
    after_fen: fen(after, newCell),
    quantity_before: quantity(before, oldCell),
    quantity_after: quantity(after, newCell),
    before: state(before, oldCell),
    after: state(after, newCell),
  }
}
