import type { Day } from '#engines/values/time.ts'
import type { Cell, Row } from '#platform/files/grid.ts'
import { serialToMinute } from '#platform/files/number-format.ts'
import { parseMeaning, readMark } from './marks.ts'
import type { Outcome } from './notebook.ts'
import type { Field } from './shapes.ts'
import {
  askYear,
  cellOf,
  columnOf,
  placeOf,
  readDays,
  spansOfMark,
  type TableReading,
  textOf,
} from './table-reading.ts'
import { plain, tight } from './written-text.ts'
import { parseTime, SPAN_MINUTES_MAX } from './written-times.ts'

/** A span on the clock of its first day. */
export interface DaySpan {
  readonly day: Day
  readonly start: number
  readonly end: number
}

/** A cell of the row that says something. */
export function filled(reading: TableReading, row: Row, field: Field): Cell | undefined {
  const cell = cellOf(reading, row, field)
  return cell && cell.kind !== 'empty' && !/^[-/]$/.test(tight(cell.text)) ? cell : undefined
}

export function fail(
  reading: TableReading,
  field: Field,
  cell: Cell,
  refusal: 'time_unreadable' | 'time_ambiguous' | 'span_negative',
): Outcome<never> {
  return { ok: false, refusal, at: { column: columnOf(reading, field)?.index ?? 0, value: cell.text } }
}

/** The days of a row: its date, or from the first to the last day. */
export function readRowDays(
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

export function daysOf(
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
export function readDaySpans(
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
export function spread(
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
