import { MINUTES_PER_DAY } from '#engines/values/time.ts'
import type { DutyColumns, DutyFilter } from './measures.ts'

/** Unbroken stretches of duty of one person, sorted, none touching another. One object is filled again and again. */
export class Stints {
  starts = new Int32Array(256)
  ends = new Int32Array(256)
  count = 0
  /** What was filled, before it was continued. */
  private filled = 0
  private filledEnd = 0

  /** Takes over the spans of a row that pass the filter and began before `as_of`, cut there. `order` is theirs by start. */
  fill(columns: DutyColumns, row: number, order: SpanOrder, filter: CompiledFilter | null, as_of: number): void {
    this.count = 0
    const { span_start_minute, span_end_minute, span_offset } = columns
    const firstSpan = span_offset[row] ?? 0
    const spans = (span_offset[row + 1] ?? firstSpan) - firstSpan
    if (this.starts.length < spans) this.grow(spans)
    const { starts, ends } = this
    let count = 0
    let reached = Number.NEGATIVE_INFINITY
    for (let index = 0; index < spans; index++) {
      const span = order === null ? firstSpan + index : (order[index] ?? 0)
      const start = span_start_minute[span] ?? 0
      if (start >= as_of) break
      if (filter && !filter.fits(columns, span)) continue
      const end = Math.min(as_of, span_end_minute[span] ?? 0)
      if (end <= start) continue
      if (start <= reached) {
        if (end > reached) reached = ends[count - 1] = end
        continue
      }
      starts[count] = start
      reached = ends[count] = end
      count += 1
    }
    this.count = count
    this.filled = count
    this.filledEnd = reached
  }

  /**
   * Continues what was filled as on the last duty day: its stints again on each of the days that follow. Touching stints are
   * joined. Asked again, it begins again from what was filled.
   */
  continueFor(days: number, as_of: number): void {
    this.count = this.filled
    if (this.count === 0) return
    this.ends[this.count - 1] = this.filledEnd
    if (days === 0) return
    const last = this.count - 1
    const lastDay = dayOf(this.starts[last] ?? 0)
    if (lastDay < dayOf(as_of - 1) - 1) return
    let first = last
    while (first > 0 && dayOf(this.starts[first - 1] ?? 0) === lastDay) first -= 1
    const room = this.count + (last - first + 1) * (days + 1)
    if (this.starts.length < room) this.grow(room)
    const until = as_of + days * MINUTES_PER_DAY
    for (let day = 1; lastDay + day <= dayOf(until - 1); day++) {
      for (let stint = first; stint <= last; stint++) {
        const shift = day * MINUTES_PER_DAY
        if ((this.starts[stint] ?? 0) + shift < as_of) continue
        this.append((this.starts[stint] ?? 0) + shift, Math.min(until, (this.ends[stint] ?? 0) + shift))
      }
    }
  }

  private append(start: number, end: number): void {
    if (end <= start) return
    const reached = this.ends[this.count - 1] ?? 0
    if (start <= reached) {
      if (end > reached) this.ends[this.count - 1] = end
      return
    }
    this.starts[this.count] = start
    this.ends[this.count] = end
    this.count += 1
  }

  private grow(room: number): void {
    const starts = new Int32Array(room * 2)
    const ends = new Int32Array(room * 2)
    starts.set(this.starts)
    ends.set(this.ends)
    this.starts = starts
    this.ends = ends
  }
}

export function dayOf(minute: number): number {
  return Math.floor(minute / MINUTES_PER_DAY)
}

/** A filter as two bit sets: one look-up a span. Words past the 256th do not exist. */
export class CompiledFilter {
  private readonly posts: Uint8Array | null
  private readonly exposures: Uint8Array | null

  constructor(filter: DutyFilter) {
    this.posts = setOf(filter.post_kinds)
    this.exposures = setOf(filter.exposures)
  }

  fits(columns: DutyColumns, span: number): boolean {
    if (this.posts && this.posts[columns.span_post_kind[span] ?? 255] !== 1) return false
    return !this.exposures || this.exposures[columns.span_exposure[span] ?? 255] === 1
  }
}

function setOf(words: readonly number[] | null): Uint8Array | null {
  if (words === null) return null
  const set = new Uint8Array(256)
  for (const word of words) set[word] = 1
  return set
}

/** The spans of a row by start; `null` where they come sorted, as they do from the database. */
export type SpanOrder = Int32Array | null

/** Uses `room`, which must hold the longest row. */
export function orderSpans(columns: DutyColumns, row: number, room: Int32Array): SpanOrder {
  const { span_start_minute, span_offset } = columns
  const first = span_offset[row] ?? 0
  const end = span_offset[row + 1] ?? first
  let previous = Number.NEGATIVE_INFINITY
  for (let span = first; span < end; span++) {
    const start = span_start_minute[span] ?? 0
    if (start < previous) return sortSpans(span_start_minute, first, end, room)
    previous = start
  }
  return null
}

function sortSpans(starts: Int32Array, first: number, end: number, order: Int32Array): Int32Array {
  for (let index = 0; index < end - first; index++) {
    const start = starts[first + index] ?? 0
    let place = index
    while (place > 0 && (starts[order[place - 1] ?? 0] ?? 0) > start) {
      order[place] = order[place - 1] ?? 0
      place -= 1
    }
    order[place] = first + index
  }
  return order
}

export function longestRow(columns: DutyColumns): number {
  let longest = 0
  for (let row = 0; row < columns.people; row++) {
    longest = Math.max(longest, (columns.span_offset[row + 1] ?? 0) - (columns.span_offset[row] ?? 0))
  }
  return longest
}
