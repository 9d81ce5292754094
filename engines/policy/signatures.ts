import { MINUTES_PER_DAY } from '#engines/values/time.ts'
import { CELL_NOT_COVERED, CELL_UNSETTLED, type Settling } from './settle-days.ts'
import { ANY_MINUTE } from './too-short.ts'

/** In `statuses`: nothing to name. */
export const NOTHING_OPEN = 0

/** A day has 0 to 1440 minutes of duty. */
export const MINUTE_COUNTS = MINUTES_PER_DAY + 1

/** Numbers by place that grow as places are added. */
class Column {
  values = new Float64Array(256)
  length = 0

  push(value: number): void {
    if (this.length === this.values.length) {
      const larger = new Float64Array(this.length * 2)
      larger.set(this.values)
      this.values = larger
    }
    this.values[this.length] = value
    this.length += 1
  }
}

/**
 * What a stretch of duty comes to for all plain entitlements at once. Cells (situation × day) with the same outcomes and thresholds
 * share a signature; a day's minutes fall between two of its bounds, and the place between them is a key: two days with the same
 * key differ by their minutes only. A program has a few dozen of them, so that a person's days are counted by key and
 * every rule is multiplied out once for each key instead of run for every day.
 */
export class Signatures {
  readonly settlings: readonly Settling[]
  /** By cell; −1 where nobody has asked yet. */
  of_cell = new Int32Array(0)
  /** By signature × entitlement: position of the rate, or below 0 as in `Cells.outcome`. */
  readonly outcomes: number[] = []
  /** By signature × entitlement: why it is open. */
  readonly statuses: number[] = []
  readonly details: number[] = []
  /** By signature × minutes of a day: its key. Looking it up is half the time of counting the bounds below the minutes. */
  key_of = new Int32Array(16 * MINUTE_COUNTS)
  /** By key. */
  readonly signature_of: number[] = []
  /** By key × entitlement, for each day: money, quantity, quantity for each minute; 1 where the day is settled or open. */
  readonly amounts = new Column()
  readonly quantities = new Column()
  readonly by_minute = new Column()
  readonly settled = new Column()
  readonly open = new Column()
  private readonly numbers = new Map<string, number>()
  private readonly days: number

  constructor(settlings: readonly Settling[], days: number) {
    this.settlings = settlings
    this.days = days
  }

  get keys(): number {
    return this.signature_of.length
  }

  reserve(situations: number): void {
    const needed = situations * this.days
    if (needed > this.of_cell.length) {
      const larger = new Int32Array(Math.max(needed, this.of_cell.length * 2, 64 * this.days)).fill(-1)
      larger.set(this.of_cell)
      this.of_cell = larger
    }
    for (const { cells } of this.settlings) cells.reserve(situations)
  }

  /** The signature of a cell that nobody has asked for yet. */
  settle(cell: number): number {
    const day = cell % this.days
    const outcomes = this.settlings.map((settling) => {
      const { cells } = settling
      if (cells.outcome[cell] === CELL_UNSETTLED) settling.settleCell(cell)
      return cells.outcome[cell] ?? CELL_NOT_COVERED
    })
    const parts = this.settlings.map((settling, position) => {
      const outcome = outcomes[position] ?? CELL_NOT_COVERED
      const { status, detail } = settling.cells
      if (outcome < CELL_NOT_COVERED) return `${status[cell]}:${detail[cell]}/${settling.nothing_up_to[day]}`
      if (outcome < 0) return '-'
      return `${outcome}/${boundsOf(settling, outcome, day).join()}`
    })
    const name = parts.join(' ')
    const number = this.numbers.get(name) ?? this.add(outcomes, cell, day)
    this.numbers.set(name, number)
    this.of_cell[cell] = number
    return number
  }

  private add(outcomes: readonly number[], cell: number, day: number): number {
    const signature = this.numbers.size
    const first_key = this.keys
    const bounds = new Set<number>()
    this.settlings.forEach((settling, position) => {
      const outcome = outcomes[position] ?? CELL_NOT_COVERED
      const isOpen = outcome < CELL_NOT_COVERED
      this.outcomes.push(outcome)
      this.statuses.push(isOpen ? (settling.cells.status[cell] ?? NOTHING_OPEN) : NOTHING_OPEN)
      this.details.push(isOpen ? (settling.cells.detail[cell] ?? -1) : -1)
      for (const bound of boundsOf(settling, outcome, day)) if (Number.isFinite(bound)) bounds.add(bound)
    })
    const rising = [...bounds].sort((left, right) => left - right)
    // Of each key one number of minutes stands for all: those just above its lower bound.
    for (const above of [Number.NEGATIVE_INFINITY, ...rising]) {
      this.signature_of.push(signature)
      this.settlings.forEach((settling, position) => {
        this.addKey(settling, outcomes[position] ?? CELL_NOT_COVERED, day, above)
      })
    }
    this.fillKeys(signature, first_key, rising)
    return signature
  }

  private fillKeys(signature: number, first_key: number, rising: readonly number[]): void {
    const first = signature * MINUTE_COUNTS
    if (this.key_of.length < first + MINUTE_COUNTS) {
      const larger = new Int32Array(this.key_of.length * 2)
      larger.set(this.key_of)
      this.key_of = larger
    }
    let key = first_key
    for (let minutes = 0; minutes < MINUTE_COUNTS; minutes++) {
      while (minutes > (rising[key - first_key] ?? Number.POSITIVE_INFINITY)) key += 1
      this.key_of[first + minutes] = key
    }
  }

  /** What a day gives whose minutes lie above one bound and not above the next. */
  private addKey(settling: Settling, outcome: number, day: number, above: number): void {
    const isSettled = outcome >= 0
    const isOpen = outcome < CELL_NOT_COVERED && above >= (settling.nothing_up_to[day] ?? ANY_MINUTE)
    this.settled.push(isSettled || (outcome < CELL_NOT_COVERED && !isOpen) ? 1 : 0)
    this.open.push(isOpen ? 1 : 0)
    const step = isSettled && settling.gives === 'money_per_day' ? stepAbove(settling, day, above) : -1
    const over = isSettled && settling.gives === 'minutes' ? (settling.rates[outcome] ?? 0) : Number.POSITIVE_INFINITY
    const earns = above >= over
    this.amounts.push(step < 0 ? 0 : (settling.amounts[outcome * settling.shares.length + step] ?? 0))
    this.quantities.push(step >= 0 ? (settling.shares[step] ?? 0) : earns ? -over : 0)
    this.by_minute.push(earns ? 1 : 0)
  }
}

/** Of what is open only where it begins to matter. */
function boundsOf(settling: Settling, outcome: number, day: number): readonly number[] {
  if (outcome === CELL_NOT_COVERED) return []
  if (outcome < CELL_NOT_COVERED) return [settling.nothing_up_to[day] ?? ANY_MINUTE]
  if (settling.gives === 'minutes') return [settling.rates[outcome] ?? Number.POSITIVE_INFINITY]
  if (settling.gives !== 'money_per_day') return []
  const steps = settling.shares.length
  return [...settling.thresholds.subarray(day * steps, (day + 1) * steps)]
}

/** The first step that minutes just above a bound fulfil, −1 for none. */
function stepAbove(settling: Settling, day: number, above: number): number {
  const steps = settling.shares.length
  for (let step = 0; step < steps; step++) {
    if (above >= (settling.thresholds[day * steps + step] ?? 0)) return step
  }
  return -1
}
