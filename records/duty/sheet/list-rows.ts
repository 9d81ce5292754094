import type { Day } from '#engines/values/time.ts'
import { type Cell, cellAt, type Row } from '#platform/files/grid.ts'
import { serialToMinute } from '#platform/files/number-format.ts'
import { parseMeaning, readClockSpans, readMark } from './marks.ts'
import type { Outcome } from './notebook.ts'
import type { Field } from './shapes.ts'
import {
  askYear,
  brokenCell,
  cellOf,
  columnOf,
  isSerial,
  placeOf,
  readDays,
  spansOfMark,
  type TableReading,
  textOf,
} from './table-reading.ts'
import { resolveDates } from './written-dates.ts'
import { plain, tight } from './written-text.ts'
import {
  clockSpan,
  parseMoment,
  parseSpans,
  parseTime,
  SPAN_MINUTES_MAX,
  showClock,
  type WrittenMoment,
  type WrittenTime,
} from './written-times.ts'

/** A span on the clock of its first day. */
export interface DaySpan {
  readonly day: Day
  readonly start: number
  readonly end: number
}

/** When the duties of one row of a list took place; usually one, more for a range of days or a split shift. */
export function readListSpans(reading: TableReading, row: Row): Outcome<readonly DaySpan[]> {
  for (const field of ['date', 'start_date', 'end_date', 'start', 'end', 'time', 'shift', 'hours'] as const) {
    const broken = brokenCell(cellOf(reading, row, field))
    if (broken)
      return {
        ok: false,
        refusal: broken,
        at: { column: columnOf(reading, field)?.index ?? 0, value: textOf(reading, row, field) },
      }
  }
  const start = filled(reading, row, 'start')
  const end = filled(reading, row, 'end')
  if (start || end) return readStartAndEnd(reading, row, start, end)
  const time = filled(reading, row, 'time')
  if (time) {
    const dated = readDatedTime(reading, row, time)
    if (dated) return dated
  }
  const days = readRowDays(reading, row)
  if (!days.ok) return days
  const spans = readDaySpans(reading, row, time)
  if (!spans.ok) return spans
  return spread(reading, row, days.value, spans.value)
}

function filled(reading: TableReading, row: Row, field: Field): Cell | undefined {
  const cell = cellOf(reading, row, field)
  return cell && cell.kind !== 'empty' && !/^[-/]$/.test(tight(cell.text)) ? cell : undefined
}

function fail(
  reading: TableReading,
  field: Field,
  cell: Cell,
  refusal: 'time_unreadable' | 'time_ambiguous' | 'span_negative',
): Outcome<never> {
  return { ok: false, refusal, at: { column: columnOf(reading, field)?.index ?? 0, value: cell.text } }
}

/** The days of a row: its date, or from the first to the last day. */
function readRowDays(
  reading: TableReading,
  row: Row,
): Outcome<{ days: readonly Day[]; isRange: boolean; written: string }> {
  const field = filled(reading, row, 'date') ? 'date' : 'start_date'
  const cell = filled(reading, row, field)
  if (!cell)
    return {
      ok: false,
      refusal: 'date_missing',
      at: { column: columnOf(reading, 'date')?.index ?? columnOf(reading, 'start_date')?.index ?? 0, value: '' },
    }
  const from = daysOf(reading, row, field, cell)
  if (!from.ok) return from
  const endCell = field === 'start_date' ? filled(reading, row, 'end_date') : undefined
  if (!endCell) return { ok: true, value: { ...from.value, written: plain(cell.text) } }
  const to = daysOf(reading, row, 'end_date', endCell)
  if (!to.ok) return to
  const first = from.value.days[0] ?? 0
  const last = to.value.days[0] ?? 0
  const at = { column: columnOf(reading, 'end_date')?.index ?? 0, value: endCell.text }
  if (last < first) return { ok: false, refusal: 'date_backwards', at }
  if (last - first >= 62) return { ok: false, refusal: 'date_range_long', facts: { limit: 62 }, at }
  const days = Array.from({ length: last - first + 1 }, (_, offset) => first + offset)
  return { ok: true, value: { days, isRange: last > first, written: `${plain(cell.text)}-${plain(endCell.text)}` } }
}

function daysOf(
  reading: TableReading,
  row: Row,
  field: Field,
  cell: Cell,
): Outcome<{ days: readonly Day[]; isRange: boolean }> {
  const column = columnOf(reading, field)?.index ?? 0
  const result = readDays(cell, reading.hints, reading.workbook.date1904)
  if (result.ok) return { ok: true, value: result }
  if (result.reason === 'ask_year') return { ok: false, ask: askYear(reading, placeOf(reading, row, column)) }
  const lost = result.reason === 'date_ambiguous' && result.facts?.one !== undefined
  return {
    ok: false,
    refusal: lost ? 'date_lost_zero' : result.reason,
    facts: result.facts ?? {},
    at: { column, value: cell.text },
  }
}

/** The hours of a day: from the time column, the shift, the number of hours, or an answer for the whole table. */
function readDaySpans(
  reading: TableReading,
  row: Row,
  time: Cell | undefined,
): Outcome<ReadonlyArray<{ start: number; end: number }>> {
  const field = time ? 'time' : 'shift'
  const cell = time ?? filled(reading, row, 'shift')
  const column = columnOf(reading, field)?.index
  if (cell && column !== undefined) {
    const at = { column, value: cell.text }
    if (cell.kind === 'date')
      return { ok: false, refusal: 'time_became_date', facts: rightOfDate(cell, reading.workbook.date1904), at }
    if (cell.kind === 'time') return { ok: false, refusal: 'time_missing', at }
    const outcome = spansOfMark(reading, readMark(cell.text, reading.legend), placeOf(reading, row, column), cell.text)
    if (!outcome.ok) {
      if ('refusal' in outcome)
        return {
          ...outcome,
          refusal: time && outcome.refusal === 'unknown_mark' ? 'time_unreadable' : outcome.refusal,
          at,
        }
      return outcome
    }
    return outcome
  }
  const minutes = statedMinutes(reading, row)
  if (minutes === 'unreadable')
    return {
      ok: false,
      refusal: 'hours_unreadable',
      at: { column: columnOf(reading, 'hours')?.index ?? 0, value: textOf(reading, row, 'hours') },
    }
  return minutes === null ? spansForTable(reading, row) : spanFromHours(reading, row, minutes)
}

function spanFromHours(
  reading: TableReading,
  row: Row,
  minutes: number,
): Outcome<ReadonlyArray<{ start: number; end: number }>> {
  const key = `begin:${reading.key}`
  const begin = reading.notebook.answer(key, (text) => parseTime(text)?.minute)
  if (begin !== undefined) return { ok: true, value: [{ start: begin, end: begin + minutes }] }
  const place = placeOf(reading, row)
  reading.notebook.ask({ key, kind: 'begin', text: 'begin', facts: { table: reading.key }, proposed: '08:00', place })
  return { ok: false, ask: key }
}

function spansForTable(reading: TableReading, row: Row): Outcome<ReadonlyArray<{ start: number; end: number }>> {
  const stated = reading.legend.get('值班') ?? reading.legend.get('上班')
  if (stated?.kind === 'work') return { ok: true, value: stated.spans }
  const key = `hours:${reading.key}`
  const meaning = reading.notebook.answer(key, parseMeaning)
  if (meaning) return { ok: true, value: meaning.kind === 'work' ? meaning.spans : [] }
  const place = placeOf(reading, row)
  reading.notebook.ask({
    key,
    kind: 'hours',
    text: 'hours',
    facts: { table: reading.key },
    proposed: '08:00-17:00',
    place,
  })
  return { ok: false, ask: key }
}

/** The hours that the sheet states, in minutes. */
export function statedMinutes(reading: TableReading, row: Row): number | null | 'unreadable' {
  const cell = filled(reading, row, 'hours')
  if (!cell) return null
  if (cell.kind === 'time' && typeof cell.raw === 'number') return Math.round(cell.raw * 1_440)
  const match = /^(\d{1,2}(?:\.\d{1,2})?)(?:个?小时|h)?$/i.exec(tight(cell.text))
  const minutes = match ? Math.round(Number(match[1]) * 60) : Number.NaN
  return minutes > 0 && minutes <= SPAN_MINUTES_MAX ? minutes : 'unreadable'
}

/** `8-20` typed into a cell becomes 20 August: the month and day tell what was meant. */
export function rightOfDate(cell: Cell, date1904: boolean): { one: string; right: string } {
  const day = new Date(serialToMinute(Number(cell.raw), date1904) * 60_000)
  const [from, to] = [day.getUTCMonth() + 1, day.getUTCDate()]
  return { one: `${from}-${to}`, right: `${from}:00-${to}:00` }
}

/** The same hours on each day of a range. Two days with hours over midnight may also be one night: asked. */
function spread(
  reading: TableReading,
  row: Row,
  { days, isRange, written }: { days: readonly Day[]; isRange: boolean; written: string },
  spans: ReadonlyArray<{ start: number; end: number }>,
): Outcome<readonly DaySpan[]> {
  let taken = days
  if (isRange && days.length === 2 && spans.some(({ end }) => end > 1_440)) {
    const key = `range:${reading.key}`
    const answer = reading.notebook.answer(key, (text) =>
      /^(一个班|一班|one)$/.test(text) ? 'one' : /^(每天|各一班|each)$/.test(text) ? 'each' : undefined,
    )
    if (!answer) {
      reading.notebook.ask({
        key,
        kind: 'range',
        text: 'range',
        facts: { value: written },
        proposed: '一个班',
        place: placeOf(reading, row),
      })
      return { ok: false, ask: key }
    }
    if (answer === 'one') taken = days.slice(0, 1)
  }
  return { ok: true, value: taken.flatMap((day) => spans.map(({ start, end }) => ({ day, start, end }))) }
}

/** A time column that also holds the dates: `2月3日20:00-2月4日8:00`. `undefined` when it holds clock times only. */
function readDatedTime(reading: TableReading, row: Row, cell: Cell): Outcome<readonly DaySpan[]> | undefined {
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

function readStartAndEnd(
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

/** Whether any cell of a column holds a span, so that a column headed 上班时间 is not only a beginning. */
export function holdsSpans(rows: readonly Row[], column: number): boolean {
  return rows.slice(0, 50).some((row) => {
    const cell = cellAt(row, column)
    return cell.kind === 'text' && parseSpans(cell.text) !== undefined
  })
}
