import { MINUTES_PER_DAY } from '#engines/values/time.ts'
import { type FactBatch, NOT_RECORDED } from './facts.ts'
import { PACKED_BITS, packWords } from './packed-words.ts'
import { type Running, type SpanFault, spanOrder } from './segments.ts'
import { MINUTE_COUNTS, type Signatures } from './signatures.ts'
import type { SituationTable } from './situations.ts'

/** Why a run over spans has stopped. */
const DONE = 0
const UNMET_SPAN = 1
const UNMET_CELL = 2
const WRONG_TIMES = 3
const OVERLAP = 4
type Stopped = typeof DONE | typeof UNMET_SPAN | typeof UNMET_CELL | typeof WRONG_TIMES | typeof OVERLAP

const NO_DAY = -1
const BEFORE_ALL = -(2 ** 31)

/**
 * Walks once over a row's spans, cut at midnight as `cutSpans` does: a day on which everything has one signature is counted by its key,
 * the stretches of other days are kept. The inner loop runs for every stretch of duty and calls nothing, so that what it reads stays in
 * registers; words, areas and cells that nobody has met yet stop it, are learnt, and it goes on where it stood.
 */
export class DayWalk {
  /** By key: how many days there are, and their minutes. */
  key_days = new Int32Array(64)
  key_minutes = new Int32Array(64)
  /** The row's keys in the order in which their first days came, and those days. */
  touched = new Int32Array(64)
  touched_day = new Int32Array(64)
  touched_count = 0
  /** The stretches of the row's days that have several signatures, in the order of time. */
  day = new Int32Array(256)
  signature = new Int32Array(256)
  minutes = new Int32Array(256)
  mixed_count = 0
  private readonly table: SituationTable
  private readonly signatures: Signatures
  private readonly window_days: number
  private readonly window_start: number
  private readonly window_minutes: number
  /** The area last met and the bits of its class, also of rows before. */
  private area = -1
  private area_bits = 0
  /** The words last met in this row, and the first cell of the situation. */
  private words = -1
  private cells = 0
  private unmet_cell = 0
  /** The next span; what is left of the one before it. */
  private position = 0
  private at = 0
  private stop = 0
  /** The day that is being gathered; its stretches stand behind those that are kept. */
  private today = NO_DAY
  private today_signature = 0
  private today_minutes = 0
  private is_mixed = false

  constructor(running: Running, signatures: Signatures) {
    this.table = running.table
    this.window_days = running.days
    this.window_start = running.from * MINUTES_PER_DAY
    this.window_minutes = running.days * MINUTES_PER_DAY
    this.signatures = signatures
  }

  /** Gives what is wrong with the spans as a whole; then nothing of what was counted holds. */
  walk(batch: FactBatch, row: number): SpanFault {
    const first = batch.span_offset[row] ?? 0
    const end = batch.span_offset[row + 1] ?? first
    this.begin(first)
    if (first === end) return null
    // Each span once, and once more for each midnight of the window that it passes: spans that overlap are refused before.
    this.reserve(end - first + this.window_days + 1)
    const person = this.table.personSide(batch, row)
    const fault = this.walkInOrder(batch, person, first, end, null)
    // Mostly spans stand in the order of time; it is looked for only where they are found not to.
    const order = fault === null ? null : spanOrder(batch, first, end)
    if (order === null) return fault
    this.begin(first)
    return this.walkInOrder(batch, person, first, end, order)
  }

  private begin(first: number): void {
    const { touched, key_days, key_minutes } = this
    for (let at = 0; at < this.touched_count; at++) {
      key_days[touched[at] ?? 0] = 0
      key_minutes[touched[at] ?? 0] = 0
    }
    this.touched_count = 0
    this.mixed_count = 0
    this.words = -1
    this.position = first
    this.at = 0
    this.stop = BEFORE_ALL
    this.today = NO_DAY
    this.is_mixed = false
  }

  private walkInOrder(
    batch: FactBatch,
    person: number,
    first: number,
    end: number,
    order: Int32Array | null,
  ): SpanFault {
    for (;;) {
      const stopped = this.run(batch, this.table.pairsOf(person), first, end, order)
      if (stopped === DONE) break
      if (stopped === WRONG_TIMES) return 'span_times'
      if (stopped === OVERLAP) return 'spans_overlap'
      if (stopped === UNMET_CELL) this.learnCell()
      else this.learnSpan(batch, person, order === null ? this.position : (order[this.position - first] ?? 0))
    }
    this.leave(NO_DAY - 1, this.today, this.today_signature, this.today_minutes)
    return null
  }

  private learnSpan(batch: FactBatch, person: number, span: number): void {
    const { table } = this
    this.area = batch.span_area[span] ?? 0
    this.area_bits = table.areaClass(this.area) << PACKED_BITS
    this.words = -1
    table.pair(person, table.spanSide(wordsAt(batch, span), this.area))
    this.signatures.reserve(table.size)
  }

  private learnCell(): void {
    this.signatures.settle(this.unmet_cell)
    const { keys } = this.signatures
    if (keys <= this.key_days.length) return
    const size = Math.max(keys, this.key_days.length * 2)
    this.key_days = enlarged(this.key_days, size)
    this.key_minutes = enlarged(this.key_minutes, size)
    this.touched = enlarged(this.touched, size)
    this.touched_day = enlarged(this.touched_day, size)
  }

  private reserve(stretches: number): void {
    if (stretches <= this.day.length) return
    const size = Math.max(stretches, this.day.length * 2)
    this.day = new Int32Array(size)
    this.signature = new Int32Array(size)
    this.minutes = new Int32Array(size)
  }

  private run(batch: FactBatch, pairs: Int32Array, first: number, end: number, order: Int32Array | null): Stopped {
    const { span_start_minute, span_end_minute, span_post_kind, span_exposure, span_unit_kind, span_area } = batch
    const { window_days, window_start, window_minutes, area, area_bits } = this
    const { packed_sides } = this.table
    const { of_cell } = this.signatures
    let { words, cells, position, at, stop, today, today_signature, today_minutes } = this
    let stopped: Stopped = DONE
    for (;;) {
      if (at >= stop) {
        if (position === end) break
        const span = order === null ? position : (order[position - first] ?? position)
        const start = span_start_minute[span] ?? 0
        const until = span_end_minute[span] ?? 0
        if (until <= start || start < stop) {
          stopped = until <= start ? WRONG_TIMES : OVERLAP
          break
        }
        const said = packWords(
          span_post_kind[span] ?? NOT_RECORDED,
          span_exposure[span] ?? NOT_RECORDED,
          span_unit_kind[span] ?? NOT_RECORDED,
        )
        // Most people stand on the same post every day: then the situation is that of the span before.
        if (said !== words || span_area[span] !== area) {
          const side = packed_sides[area_bits | said] ?? -1
          const situation = side < 0 ? -1 : (pairs[side] ?? -1)
          if (situation < 0 || span_area[span] !== area) {
            stopped = UNMET_SPAN
            break
          }
          words = said
          cells = situation * window_days
        }
        at = start
        stop = until
        position += 1
      }
      // Before the window and behind it nothing is counted.
      const since = at - window_start
      if (since < 0 || since >= window_minutes) {
        at = since < 0 && stop > window_start ? window_start : stop
        continue
      }
      const day = (since / MINUTES_PER_DAY) | 0
      const minutes = Math.min(stop, window_start + (day + 1) * MINUTES_PER_DAY) - at
      const here = of_cell[cells + day] ?? -1
      if (here < 0) {
        this.unmet_cell = cells + day
        stopped = UNMET_CELL
        break
      }
      if (day === today && here === today_signature) today_minutes += minutes
      else {
        this.leave(day, today, today_signature, today_minutes)
        today = day
        today_signature = here
        today_minutes = minutes
      }
      at += minutes
    }
    this.goOnFrom(words, cells, position, at, stop, today, today_signature, today_minutes)
    return stopped
  }

  /** Where the next run goes on. */
  private goOnFrom(
    words: number,
    cells: number,
    position: number,
    at: number,
    stop: number,
    today: number,
    signature: number,
    minutes: number,
  ): void {
    this.words = words
    this.cells = cells
    this.position = position
    this.at = at
    this.stop = stop
    this.today = today
    this.today_signature = signature
    this.today_minutes = minutes
  }

  /** What was gathered ends where another day or signature begins: the day is counted when it had one signature, else kept. */
  private leave(next: number, today: number, signature: number, minutes: number): void {
    if (next === today || this.is_mixed) {
      this.day[this.mixed_count] = today
      this.signature[this.mixed_count] = signature
      this.minutes[this.mixed_count] = minutes
      this.mixed_count += 1
      this.is_mixed = next === today
      return
    }
    if (today === NO_DAY) return
    const key = this.signatures.key_of[signature * MINUTE_COUNTS + minutes] ?? 0
    const before = this.key_days[key] ?? 0
    this.key_days[key] = before + 1
    this.key_minutes[key] = (this.key_minutes[key] ?? 0) + minutes
    if (before > 0) return
    this.touched[this.touched_count] = key
    this.touched_day[this.touched_count] = today
    this.touched_count += 1
  }
}

function wordsAt({ span_post_kind, span_exposure, span_unit_kind }: FactBatch, span: number): number {
  return packWords(
    span_post_kind[span] ?? NOT_RECORDED,
    span_exposure[span] ?? NOT_RECORDED,
    span_unit_kind[span] ?? NOT_RECORDED,
  )
}

function enlarged(numbers: Int32Array<ArrayBuffer>, size: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(size)
  larger.set(numbers)
  return larger
}
