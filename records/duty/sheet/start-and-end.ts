import type { Day } from '#engines/values/time.ts'
import type { Cell, Row } from '#platform/files/grid.ts'
import { serialToMinute } from '#platform/files/number-format.ts'
import { readClockSpans } from './marks.ts'
import type { Outcome } from './notebook.ts'
import { type DaySpan, daysOf, fail, readDaySpans, readRowDays, spread } from './row-days.ts'
import type { Field } from './shapes.ts'
import { askYear, columnOf, isSerial, placeOf, spansOfMark, type TableReading } from './table-reading.ts'
import { resolveDates } from './written-dates.ts'
import { plain } from './written-text.ts'
import {
  clockSpan,
  parseMoment,
  parseSpans,
  SPAN_MINUTES_MAX,
  showClock,
  type WrittenMoment,
  type WrittenTime,
} from './written-times.ts'

/** A time column that also holds the dates: `2月3日20:00-2月4日8:00`. `undefined` when it holds clock times only. */
export function readDatedTime(reading: TableReading, row: Row, cell: Cell): Outcome<readonly DaySpan[]> | undefined {
  if (cell.kind !== 'text' || readClockSpans(cell.text)) return undefined
  const written = parseSpans(cell.text)
  if (!written) return undefined
  const spans: DaySpan[] = []
  for (const { from, to } of written) {
    const span = joinMoments(reading, row, 'time', cell, { ...from }, { ...to })
    if (!span.ok) return span
    spans.push(span.value)
  }
  return { ok: true, value: spans }
}

/** A moment as it stands in a cell of the start or end column. */
interface CellMoment extends WrittenMoment {
  /** From a real date. */
  readonly day?: Day
}

export function readStartAndEnd(
  reading: TableReading,
  row: Row,
  start: Cell | undefined,
  end: Cell | undefined,
): Outcome<readonly DaySpan[]> {
  if (!start || !end)
    return {
      ok: false,
      refusal: 'time_missing',
      at: { column: columnOf(reading, start ? 'end' : 'start')?.index ?? 0, value: '' },
    }
  const from = momentOf(start, reading.workbook.date1904)
  if (!from) return fail(reading, 'start', start, 'time_unreadable')
  const to = momentOf(end, reading.workbook.date1904)
  if (!to) return fail(reading, 'end', end, 'time_unreadable')
  if (!from.time && !to.time && (from.dates || from.day !== undefined)) return readWholeDays(reading, row, start, end)
  if (!from.time) return fail(reading, 'start', start, 'time_unreadable')
  if (!to.time) return fail(reading, 'end', end, 'time_unreadable')
  if (from.dates || from.day !== undefined) {
    const span = joinMoments(reading, row, 'end', end, from, to)
    return span.ok ? { ok: true, value: [span.value] } : span
  }
  const days = readRowDays(reading, row)
  if (!days.ok) return days
  if (to.dates || to.day !== undefined) {
    const span = joinMoments(reading, row, 'end', end, { ...from, day: days.value.days[0] ?? 0 }, to)
    return span.ok ? { ok: true, value: [span.value] } : span
  }
  const clock = clockSpan(from.time, to.time)
  if (!clock.ok) return refuseClock(reading, row, start, end, from.time, to.time, clock.reason, days.value)
  return spread(reading, row, days.value, [clock.span])
}

/** Days in both columns and no time anywhere: the hours come from the shift or from an answer. */
function readWholeDays(reading: TableReading, row: Row, start: Cell, end: Cell): Outcome<readonly DaySpan[]> {
  const from = daysOf(reading, row, 'start', start)
  if (!from.ok) return from
  const to = daysOf(reading, row, 'end', end)
  if (!to.ok) return to
  const first = from.value.days[0] ?? 0
  const last = to.value.days[0] ?? 0
  if (last < first) return fail(reading, 'end', end, 'span_negative')
  const spans = readDaySpans(reading, row, undefined)
  if (!spans.ok) return spans
  const days = Array.from({ length: last - first + 1 }, (_, offset) => first + offset)
  return spread(
    reading,
    row,
    { days, isRange: last > first, written: `${plain(start.text)}-${plain(end.text)}` },
    spans.value,
  )
}

function refuseClock(
  reading: TableReading,
  row: Row,
  start: Cell,
  end: Cell,
  from: WrittenTime,
  to: WrittenTime,
  reason: 'time_same' | 'time_ambiguous' | 'span_too_long' | 'span_negative',
  days: { days: readonly Day[]; isRange: boolean; written: string },
): Outcome<readonly DaySpan[]> {
  if (reason === 'time_same') {
    const written = `${showClock(from.minute)}-${showClock(to.minute)}`
    const place = placeOf(reading, row, columnOf(reading, 'end')?.index)
    const mark = {
      kind: 'open',
      mark: written,
      proposed: `${showClock(from.minute)}-次日${showClock(to.minute)}`,
      sameTime: true,
    } as const
    const spans = spansOfMark(reading, mark, place, written)
    return spans.ok ? spread(reading, row, days, spans.value) : spans
  }
  const hours = Math.round((to.minute - from.minute) / 6) / 10
  const at = { column: columnOf(reading, 'end')?.index ?? 0, value: `${start.text} - ${end.text}` }
  return { ok: false, refusal: reason, facts: { hours }, at }
}

function momentOf(cell: Cell, date1904: boolean): CellMoment | undefined {
  const clock = (minute: number): WrittenTime => ({ minute, explicit: true, afternoon: false })
  if (typeof cell.raw === 'number') {
    if (cell.raw >= 0 && cell.raw < 2 && (cell.kind !== 'number' || cell.raw < 1))
      return { time: clock(Math.round(cell.raw * 1_440)) }
    if (isSerial(cell.raw) && (cell.kind !== 'number' || !Number.isInteger(cell.raw) || cell.raw > 40_000)) {
      const minute = serialToMinute(cell.raw, date1904)
      const day = Math.floor(minute / 1_440)
      return minute % 1_440 === 0 && cell.kind !== 'time' && !/h/i.test(cell.format ?? '')
        ? { day }
        : { day, time: clock(minute - day * 1_440) }
    }
  }
  return parseMoment(cell.text)
}

/** Two moments, the second perhaps without a date of its own, become one span of the first day. */
function joinMoments(
  reading: TableReading,
  row: Row,
  field: Field,
  cell: Cell,
  from: CellMoment,
  to: CellMoment,
): Outcome<DaySpan> {
  const at = { column: columnOf(reading, field)?.index ?? 0, value: cell.text }
  const days: Array<Day | undefined> = []
  for (const moment of [from, to]) {
    if (moment.day !== undefined) days.push(moment.day)
    else if (!moment.dates) days.push(undefined)
    else {
      const resolved = resolveDates(moment.dates, reading.hints)
      if (!resolved.ok && resolved.reason === 'ask_year')
        return { ok: false, ask: askYear(reading, placeOf(reading, row, at.column)) }
      if (!resolved.ok) return { ok: false, refusal: resolved.reason, facts: resolved.facts ?? {}, at }
      days.push(resolved.days[0])
    }
  }
  const [first, last] = days
  let start = from.time
  if (first === undefined && start) {
    const rowDays = readRowDays(reading, row)
    return rowDays.ok
      ? joinMoments(reading, row, field, cell, { ...from, day: rowDays.value.days[0] ?? 0 }, to)
      : rowDays
  }
  if (first === undefined || !start || !to.time) return { ok: false, refusal: 'time_unreadable', at }
  if (last === undefined) {
    const clock = clockSpan(start, to.time)
    if (clock.ok) return { ok: true, value: { day: first, ...clock.span } }
    const hours = Math.round((to.time.minute - start.minute) / 6) / 10
    return { ok: false, refusal: clock.reason === 'time_same' ? 'span_negative' : clock.reason, facts: { hours }, at }
  }
  start = from.time ?? start
  const end = (last - first) * 1_440 + to.time.minute
  if (end <= start.minute) return { ok: false, refusal: 'span_negative', at }
  const hours = Math.round((end - start.minute) / 6) / 10
  if (end - start.minute > SPAN_MINUTES_MAX) return { ok: false, refusal: 'span_too_long', facts: { hours }, at }
  return { ok: true, value: { day: first, start: start.minute, end } }
}
