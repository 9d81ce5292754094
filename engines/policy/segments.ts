import { type Day, MINUTES_PER_DAY } from '#engines/values/time.ts'
import type { FactBatch } from './facts.ts'
import { packWords } from './packed-words.ts'
import type { Settling } from './settle-days.ts'
import type { Together } from './settle-together.ts'
import type { Names, SituationTable } from './situations.ts'

/** What a run needs of a program. */
export interface Running {
  readonly from: Day
  readonly days: number
  readonly month_on: Int32Array
  readonly table: SituationTable
  readonly settlings: readonly Settling[]
  readonly names: Names
  /** Some entitlement counts minutes by the day on which the stint began, so that days just outside matter too. */
  readonly by_start: boolean
  /** Some entitlement counts by the night, so that the morning after the last day matters too. */
  readonly by_night: boolean
  /** Some entitlement asks for times of day. */
  readonly timed: boolean
  /** Nothing recorded later is used. */
  readonly known: Day
  /** The last day of the window ends its month, so that no day of it is still to come. */
  readonly last_month_over: boolean
  /** Made when the first batch is evaluated, kept with what it has learnt. */
  together?: Together
}

/** A person's duty cut into days: one segment per span and day, in the order of time. */
export class Segments {
  length = 0
  /** Position in the window, −1 outside of it. */
  day = new Int32Array(256)
  /** The same for the day on which the unbroken stint began. */
  start_day = new Int32Array(256)
  minutes = new Int32Array(256)
  /** Situation × days + day; for a day outside of the window situation × days. */
  cell = new Int32Array(256)
  span = new Int32Array(256)
  /** The minute at which it begins. */
  start = new Int32Array(256)

  /** Makes room; what was there is lost. */
  reserve(length: number): void {
    if (length <= this.day.length) return
    const size = Math.max(length, this.day.length * 2)
    this.day = new Int32Array(size)
    this.start_day = new Int32Array(size)
    this.minutes = new Int32Array(size)
    this.cell = new Int32Array(size)
    this.span = new Int32Array(size)
    this.start = new Int32Array(size)
  }

  put(position: number, day: number, minutes: number, cell: number, span = -1): void {
    this.day[position] = day
    this.start_day[position] = day
    this.minutes[position] = minutes
    this.cell[position] = cell
    this.span[position] = span
  }
}

/** The situation of a segment, by number. */
export function situationAt(segments: Segments, position: number, days: number): number {
  return Math.floor((segments.cell[position] ?? 0) / days)
}

/** What is wrong with a person's spans as a whole, named as a missing fact; `null` when they can be counted. */
export type SpanFault = 'spans_overlap' | 'span_times' | null

/**
 * Cuts the spans of one person at midnight. Spans that touch make one stint. Spans that overlap, or end before they begin, are
 * contradictory records: nothing is counted from them and the fault is named.
 */
export function cutSpans(running: Running, batch: FactBatch, row: number, segments: Segments): SpanFault {
  segments.length = 0
  const first = batch.span_offset[row] ?? 0
  const end = batch.span_offset[row + 1] ?? first
  if (first === end) return null
  const { span_start_minute, span_end_minute, span_post_kind, span_exposure, span_unit_kind, span_area } = batch
  segments.reserve(segmentsAtMost(batch, first, end))
  const order = spanOrder(batch, first, end)
  const { table, days, from, by_start, by_night, timed } = running
  const person = table.personSide(batch, row)
  const { day: dayOut, start_day: startDayOut, minutes, cell: cellOut, span: spanOut, start: startOut } = segments
  let length = 0
  let previousEnd = Number.NEGATIVE_INFINITY
  let stintDay = 0
  let [post, exposure, unit, area, cell] = [-1, -1, -1, -1, 0]
  for (let position = first; position < end; position++) {
    const span = order === null ? position : (order[position - first] ?? position)
    const start = span_start_minute[span] ?? 0
    const stop = span_end_minute[span] ?? 0
    if (stop <= start) return 'span_times'
    if (start < previousEnd) return 'spans_overlap'
    const startDay = Math.floor(start / MINUTES_PER_DAY) - from
    if (start !== previousEnd) stintDay = startDay
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
      cell = table.pair(person, table.spanSide(packWords(post, exposure, unit), area)) * days
    }
    const stintInside = by_start && stintDay >= 0 && stintDay < days ? stintDay : -1
    let day = startDay
    let at = start
    let midnight = (startDay + from + 1) * MINUTES_PER_DAY
    while (at < stop) {
      const until = Math.min(stop, midnight)
      const inside = day >= 0 && day < days
      if (inside || stintInside >= 0 || (by_night && day === days)) {
        dayOut[length] = inside ? day : -1
        startDayOut[length] = stintInside
        minutes[length] = until - at
        cellOut[length] = inside ? cell + day : cell
        spanOut[length] = span
        if (timed) startOut[length] = at
        length += 1
      }
      at = until
      day += 1
      midnight += MINUTES_PER_DAY
    }
  }
  segments.length = length
  return null
}

/** For the spans of one person at a time; larger where somebody has more. */
let keys = new Float64Array(256)
let order = new Int32Array(256)

/** Every span once, once more for each midnight that it passes, and once for the day it begins outside of. */
function segmentsAtMost(
  { span_start_minute: starts, span_end_minute: ends }: FactBatch,
  first: number,
  end: number,
): number {
  let minutes = 0
  for (let span = first; span < end; span++) minutes += Math.max(0, (ends[span] ?? 0) - (starts[span] ?? 0))
  return 2 * (end - first) + Math.floor(minutes / MINUTES_PER_DAY)
}

/** The order in time, `null` when the spans stand in it already. Good until it is asked again. */
export function spanOrder({ span_start_minute: starts }: FactBatch, first: number, end: number): Int32Array | null {
  let previous = Number.NEGATIVE_INFINITY
  for (let span = first; span < end; span++) {
    const start = starts[span] ?? 0
    if (start < previous) return sortedSpans(starts, first, end)
    previous = start
  }
  return null
}

/** Numbers sort much faster than positions by a comparison: each holds the start and, below it, the position. */
function sortedSpans(starts: Int32Array, first: number, end: number): Int32Array {
  const count = end - first
  let earliest = Number.POSITIVE_INFINITY
  for (let span = first; span < end; span++) earliest = Math.min(earliest, starts[span] ?? 0)
  if (count > keys.length) {
    keys = new Float64Array(2 * count)
    order = new Int32Array(2 * count)
  }
  for (let at = 0; at < count; at++) keys[at] = ((starts[first + at] ?? 0) - earliest) * count + at
  keys.subarray(0, count).sort()
  for (let at = 0; at < count; at++) order[at] = first + ((keys[at] ?? 0) % count)
  return order
}
