import type { FactBatch } from './facts.ts'
import type { Running, SpanFault } from './segments.ts'
import type { Settling } from './settle-days.ts'
import { NOTHING_OPEN, Signatures } from './signatures.ts'
import { MISSING, UNDECIDED } from './situations.ts'
import { ANY_MINUTE } from './too-short.ts'
import { DayWalk } from './walk-days.ts'

/** Settlings that one walk over a person's spans settles all at once; the others are settled one by one. */
export function isTogether(settling: Settling): boolean {
  return settling.plain && settling.source === 'duty' && settling.uses === null
}

/** The entitlements that a person's duty settles at once, and how they came out for the row last settled. */
export class Together {
  readonly settlings: readonly Settling[]
  readonly covered: Uint8Array
  readonly amount_fen: Float64Array
  readonly quantity: Float64Array
  readonly settled_days: Float64Array
  readonly open_days: Float64Array
  readonly missing: Int32Array
  readonly undecided: Int32Array
  private readonly signatures: Signatures
  /** One-off amounts and rights: the first settled day gives them. */
  private readonly isOnce: readonly boolean[]
  private readonly isGiven: Uint8Array
  private readonly walked: DayWalk

  constructor(running: Running) {
    this.settlings = running.settlings.filter(isTogether)
    this.signatures = new Signatures(this.settlings, running.days)
    this.isOnce = this.settlings.map(({ gives }) => gives === 'money_once' || gives === 'right')
    this.walked = new DayWalk(running, this.signatures)
    const width = this.settlings.length
    this.isGiven = new Uint8Array(width)
    this.covered = new Uint8Array(width)
    this.amount_fen = new Float64Array(width)
    this.quantity = new Float64Array(width)
    this.settled_days = new Float64Array(width)
    this.open_days = new Float64Array(width)
    this.missing = new Int32Array(width)
    this.undecided = new Int32Array(width)
  }

  /** Settles a row; gives what is wrong with its spans as a whole (`cutSpans` says when), and then nothing is settled. */
  settle(batch: FactBatch, row: number): SpanFault {
    this.reset()
    const fault = this.walked.walk(batch, row)
    if (fault !== null) return fault
    this.takeInOrder()
    this.multiplyOut()
    return null
  }

  private reset(): void {
    const { isGiven, covered, amount_fen, quantity, settled_days, open_days, missing, undecided } = this
    for (let one = 0; one < covered.length; one++) {
      isGiven[one] = 0
      covered[one] = 0
      amount_fen[one] = 0
      quantity[one] = 0
      settled_days[one] = 0
      open_days[one] = 0
      missing[one] = -1
      undecided[one] = -1
    }
  }

  /** What is open for the first time, and what only the first day gives, is said in the order of time. */
  private takeInOrder(): void {
    const { touched, touched_day, touched_count, day: days, mixed_count } = this.walked
    let at = 0
    for (let first = 0; first < mixed_count; ) {
      const day = days[first] ?? 0
      for (; at < touched_count && (touched_day[at] ?? 0) < day; at++) this.meet(touched[at] ?? 0)
      let end = first + 1
      while (end < mixed_count && days[end] === day) end += 1
      this.takeMixed(day, first, end)
      first = end
    }
    for (; at < touched_count; at++) this.meet(touched[at] ?? 0)
  }

  private meet(key: number): void {
    const { settlings, signatures } = this
    const width = settlings.length
    const signature = signatures.signature_of[key] ?? 0
    for (let one = 0; one < width; one++) {
      const outcome = signatures.outcomes[signature * width + one] ?? -1
      if (outcome >= 0) this.giveOnce(one, outcome)
      else if (signatures.open.values[key * width + one] === 1) {
        const place = signature * width + one
        this.name(one, signatures.statuses[place] ?? 0, signatures.details[place] ?? -1)
      }
    }
  }

  private giveOnce(one: number, outcome: number): void {
    if (this.isGiven[one] === 1 || !this.isOnce[one]) return
    this.isGiven[one] = 1
    this.amount_fen[one] = this.settlings[one]?.rates[outcome] ?? 0
  }

  private name(one: number, status: number, detail: number): void {
    if (status === MISSING && (this.missing[one] ?? 0) < 0) this.missing[one] = detail
    if (status === UNDECIDED && (this.undecided[one] ?? 0) < 0) this.undecided[one] = detail
  }

  /** A day with several signatures: each entitlement finds its highest rate and its own minutes. */
  private takeMixed(day: number, first: number, end: number): void {
    const { settlings, signatures } = this
    const { signature: here, minutes } = this.walked
    const width = settlings.length
    for (let one = 0; one < width; one++) {
      const settling = settlings[one]
      if (!settling) continue
      const { rates } = settling
      let best = -1
      let total = 0
      let waiting = 0
      let worst = NOTHING_OPEN
      let reason = -1
      for (let stretch = first; stretch < end; stretch++) {
        const place = (here[stretch] ?? 0) * width + one
        const outcome = signatures.outcomes[place] ?? -1
        if (outcome >= 0) {
          total += minutes[stretch] ?? 0
          if (best < 0 || (outcome !== best && (rates[outcome] ?? 0) > (rates[best] ?? 0))) best = outcome
        }
        const status = signatures.statuses[place] ?? NOTHING_OPEN
        if (status !== NOTHING_OPEN) waiting += minutes[stretch] ?? 0
        if (status <= worst) continue
        worst = status
        reason = signatures.details[place] ?? -1
      }
      if (worst !== NOTHING_OPEN && total + waiting <= (settling.nothing_up_to[day] ?? ANY_MINUTE)) {
        this.settled_days[one] = (this.settled_days[one] ?? 0) + 1
      } else if (worst !== NOTHING_OPEN) {
        if (best >= 0) this.covered[one] = 1
        this.open_days[one] = (this.open_days[one] ?? 0) + 1
        this.name(one, worst, reason)
      } else if (best >= 0) this.addDay(settling, one, day, best, total)
    }
  }

  private addDay(settling: Settling, one: number, day: number, outcome: number, minutes: number): void {
    this.settled_days[one] = (this.settled_days[one] ?? 0) + 1
    if (this.isOnce[one]) {
      this.giveOnce(one, outcome)
      return
    }
    if (settling.gives === 'minutes') {
      const over = settling.rates[outcome] ?? 0
      if (minutes > over) this.quantity[one] = (this.quantity[one] ?? 0) + minutes - over
      return
    }
    const { shares, thresholds, amounts } = settling
    for (let step = 0; step < shares.length; step++) {
      if (minutes <= (thresholds[day * shares.length + step] ?? 0)) continue
      this.amount_fen[one] = (this.amount_fen[one] ?? 0) + (amounts[outcome * shares.length + step] ?? 0)
      this.quantity[one] = (this.quantity[one] ?? 0) + (shares[step] ?? 0)
      return
    }
  }

  /** What the days counted by key come to. */
  private multiplyOut(): void {
    const { signatures, amount_fen, quantity, settled_days, open_days, covered } = this
    const width = this.settlings.length
    const amounts = signatures.amounts.values
    const quantities = signatures.quantities.values
    const by_minute = signatures.by_minute.values
    const settled = signatures.settled.values
    const open = signatures.open.values
    const { touched, touched_count, key_days, key_minutes } = this.walked
    for (let at = 0; at < touched_count; at++) {
      const key = touched[at] ?? 0
      const days = key_days[key] ?? 0
      const minutes = key_minutes[key] ?? 0
      for (let one = 0, place = key * width; one < width; one++, place++) {
        amount_fen[one] = (amount_fen[one] ?? 0) + days * (amounts[place] ?? 0)
        quantity[one] = (quantity[one] ?? 0) + days * (quantities[place] ?? 0) + minutes * (by_minute[place] ?? 0)
        settled_days[one] = (settled_days[one] ?? 0) + days * (settled[place] ?? 0)
        open_days[one] = (open_days[one] ?? 0) + days * (open[place] ?? 0)
      }
    }
    for (let one = 0; one < width; one++) {
      if ((settled_days[one] ?? 0) === 0) continue
      covered[one] = 1
      if (this.isOnce[one]) quantity[one] = 1
    }
  }
}
