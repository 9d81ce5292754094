import { MINUTES_PER_DAY } from '#engines/values/time.ts'
import type { FactBatch } from './facts.ts'
import { type Running, type SpanFault, spanOrder } from './segments.ts'
import type { Settling } from './settle-days.ts'
import { NOTHING_OPEN, Signatures } from './signatures.ts'
import { MISSING, UNDECIDED } from './situations.ts'
import { ANY_MINUTE } from './too-short.ts'

/** Settlings that one walk over a person's spans settles all at once; the others are settled one by one. */
export function isTogether(settling: Settling): boolean {
  return settling.plain && settling.source === 'duty' && settling.uses === null
}

/** More than the minutes of any window, so that days and minutes are counted in one number. */
const A_DAY = 2 ** 24

/** Each span once, and once more for each midnight of the window that it passes. */
function stretchesAtMost(
  { span_start_minute, span_end_minute }: FactBatch,
  first: number,
  end: number,
  days: number,
): number {
  let minutes = 0
  for (let span = first; span < end; span++) {
    minutes += Math.max(0, (span_end_minute[span] ?? 0) - (span_start_minute[span] ?? 0))
  }
  return 2 * (end - first) + Math.min(days, Math.floor(minutes / MINUTES_PER_DAY))
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
  private readonly running: Running
  private readonly signatures: Signatures
  /** One-off amounts and rights: the first settled day gives them. */
  private readonly isOnce: readonly boolean[]
  private readonly isGiven: Uint8Array
  /** By key: how many days there are (× `A_DAY`), and their minutes. */
  private gathered = new Float64Array(64)
  private touched = new Int32Array(64)
  private touched_count = 0
  /** The row's stretches of duty in the order of time, none passing midnight. */
  private days = new Int32Array(256)
  private here = new Int32Array(256)
  private minutes = new Int32Array(256)
  private stretches = 0

  constructor(running: Running) {
    this.running = running
    this.settlings = running.settlings.filter(isTogether)
    this.signatures = new Signatures(this.settlings, running.days)
    this.isOnce = this.settlings.map(({ gives }) => gives === 'money_once' || gives === 'right')
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
    const fault = this.cut(batch, row)
    if (fault !== null) return fault
    this.gather()
    this.multiplyOut()
    for (let at = 0; at < this.touched_count; at++) this.gathered[this.touched[at] ?? 0] = 0
    this.touched_count = 0
    return null
  }

  private reset(): void {
    this.isGiven.fill(0)
    this.covered.fill(0)
    this.amount_fen.fill(0)
    this.quantity.fill(0)
    this.settled_days.fill(0)
    this.open_days.fill(0)
    this.missing.fill(-1)
    this.undecided.fill(-1)
  }

  /** Cuts the spans of a row at midnight as `cutSpans` does, and looks up the signature of each stretch. */
  private cut(batch: FactBatch, row: number): SpanFault {
    this.stretches = 0
    const first = batch.span_offset[row] ?? 0
    const end = batch.span_offset[row + 1] ?? first
    if (first === end) return null
    const { span_start_minute, span_end_minute, span_post_kind, span_exposure, span_unit_kind, span_area } = batch
    const { table, days, from } = this.running
    const { signatures } = this
    this.reserve(stretchesAtMost(batch, first, end, days))
    const { days: dayOut, here: hereOut, minutes: minutesOut } = this
    const order = spanOrder(batch, first, end)
    const person = table.personSide(batch, row)
    let previousEnd = Number.NEGATIVE_INFINITY
    let [post, exposure, unit, area, cells] = [-1, -1, -1, -1, 0]
    let of_cell = signatures.of_cell
    let day =
      Math.floor((span_start_minute[order === null ? first : (order[0] ?? first)] ?? 0) / MINUTES_PER_DAY) - from
    let midnight = (day + from + 1) * MINUTES_PER_DAY
    let length = 0
    for (let position = first; position < end; position++) {
      const span = order === null ? position : (order[position - first] ?? position)
      const start = span_start_minute[span] ?? 0
      const stop = span_end_minute[span] ?? 0
      if (stop <= start) return 'span_times'
      if (start < previousEnd) return 'spans_overlap'
      previousEnd = stop
      // Most people stand on the same post every day: then the situation is that of the span before.
      if (
        span_post_kind[span] !== post ||
        span_exposure[span] !== exposure ||
        span_unit_kind[span] !== unit ||
        span_area[span] !== area
      ) {
        post = span_post_kind[span] ?? 255
        exposure = span_exposure[span] ?? 255
        unit = span_unit_kind[span] ?? 255
        area = span_area[span] ?? 0
        cells = table.pair(person, table.spanSide(post, exposure, unit, area)) * days
        if (cells + days > of_cell.length) of_cell = signatures.reserve(table.size)
      }
      // Spans come in the order of time: the day is found from the one before, without a division.
      while (start >= midnight) {
        day += 1
        midnight += MINUTES_PER_DAY
      }
      let at = start
      while (at < stop) {
        const until = Math.min(stop, midnight)
        if (day >= 0 && day < days) {
          let here = of_cell[cells + day] ?? -1
          if (here < 0) here = signatures.settle(cells + day)
          dayOut[length] = day
          hereOut[length] = here
          minutesOut[length] = until - at
          length += 1
        }
        at = until
        if (stop <= midnight) break
        day += 1
        midnight += MINUTES_PER_DAY
      }
    }
    this.stretches = length
    return null
  }

  private reserve(stretches: number): void {
    if (stretches <= this.days.length) return
    const size = Math.max(stretches, this.days.length * 2)
    this.days = new Int32Array(size)
    this.here = new Int32Array(size)
    this.minutes = new Int32Array(size)
  }

  /** Counts days on which everything has one signature by their key; days with several are settled at once. */
  private gather(): void {
    const { days, here, minutes, stretches, signatures } = this
    const bounds = signatures.bounds.values
    const bounds_at = signatures.bounds_at.values
    const first_key = signatures.first_key.values
    if (signatures.keys > this.gathered.length) this.grow()
    const { gathered } = this
    let position = 0
    while (position < stretches) {
      const day = days[position] ?? 0
      const signature = here[position] ?? 0
      const first = position
      let total = minutes[position] ?? 0
      let isMixed = false
      for (position += 1; position < stretches && days[position] === day; position++) {
        total += minutes[position] ?? 0
        if (here[position] !== signature) isMixed = true
      }
      if (isMixed) {
        this.takeMixed(day, first, position)
        continue
      }
      let key = first_key[signature] ?? 0
      // How many bounds lie below the minutes, counted by sign: half of all days would be guessed wrongly by a branch.
      const end = bounds_at[signature + 1] ?? 0
      for (let bound = bounds_at[signature] ?? 0; bound < end; bound++) key += ((bounds[bound] ?? 0) - total) >>> 31
      const before = gathered[key] ?? 0
      gathered[key] = before + A_DAY + total
      if (before === 0) this.meet(key, signature)
    }
  }

  /** The first day with a key: what is open for the first time, and what only the first day gives, is said in the order of time. */
  private meet(key: number, signature: number): void {
    this.touched[this.touched_count] = key
    this.touched_count += 1
    const { settlings, signatures } = this
    const width = settlings.length
    for (let one = 0; one < width; one++) {
      const outcome = signatures.outcomes[signature * width + one] ?? -1
      if (outcome >= 0) this.giveOnce(one, outcome)
      else if (signatures.open.values[key * width + one] === 1) {
        const place = signature * width + one
        this.name(one, signatures.statuses[place] ?? 0, signatures.details[place] ?? -1)
      }
    }
  }

  private grow(): void {
    const size = Math.max(this.signatures.keys, this.gathered.length * 2)
    this.gathered = new Float64Array(size)
    this.touched = new Int32Array(size)
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
    const { settlings, signatures, here, minutes } = this
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
    const { signatures, gathered, amount_fen, quantity, settled_days, open_days, covered } = this
    const width = this.settlings.length
    const amounts = signatures.amounts.values
    const quantities = signatures.quantities.values
    const by_minute = signatures.by_minute.values
    const settled = signatures.settled.values
    const open = signatures.open.values
    for (let at = 0; at < this.touched_count; at++) {
      const key = this.touched[at] ?? 0
      const days = Math.floor((gathered[key] ?? 0) / A_DAY)
      const minutes = (gathered[key] ?? 0) - days * A_DAY
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
