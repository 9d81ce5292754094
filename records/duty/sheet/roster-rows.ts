import { type CivilDate, type Day, formatDay } from '#engines/values/time.ts'
import { type Cell, cellAt, type Row } from '#platform/files/grid.ts'
import { serialToMinute } from '#platform/files/number-format.ts'
import { canonicalMark, isShiftWord, type MarkReading, readMark } from './marks.ts'
import type { Outcome } from './notebook.ts'
import { rightOfDate } from './row-days.ts'
import { brokenCell, placeOf, spansOfMark, type TableReading } from './table-reading.ts'
import { isDayHeader, type TableColumn } from './tables.ts'
import {
  type DateHints,
  type DaysReading,
  parseDate,
  resolveDates,
  tidyDate,
  type WrittenDate,
} from './written-dates.ts'
import { tight } from './written-text.ts'
import type { ClockSpan } from './written-times.ts'

/** A column of a roster: the day it stands for, and the shift when days are divided into 白 and 夜. */
export interface DayColumn {
  readonly index: number
  readonly day: DaysReading
  readonly shift: string | null
}

/** The columns of a table that stand for days. Fewer than two mean: no roster. */
export function dayColumnsOf(columns: readonly TableColumn[], hints: DateHints, date1904: boolean): DayColumn[] {
  const candidates = columns.filter(({ match, labels }) => !match && labels.some(isDayHeader))
  const written = candidates.map(({ labels }) => writtenDay(labels, date1904))
  const bare = written.flatMap((date) => (date && date.month === undefined ? [date.day] : []))
  // 26 … 31, 1 … 25 under one month cannot both belong to it.
  const falls = bare.some((day, index) => index > 0 && day < (bare[index - 1] ?? 0))
  const usable = falls ? withoutMonth(hints) : hints
  return candidates.map(({ index, labels }, order) => {
    const date = written[order]
    const shift = labels.find((label) => isShiftWord(label.text) && !isDayHeader(label))
    return {
      index,
      day: date ? resolveDates([{ from: date }], usable) : { ok: false, reason: 'date_unreadable' },
      shift: shift ? tight(shift.text) : null,
    }
  })
}

function withoutMonth({ month: _, ...hints }: DateHints): DateHints {
  return hints
}

/** `2020年2月` over `3日`; or a whole date in one header. */
function writtenDay(labels: readonly Cell[], date1904: boolean): WrittenDate | undefined {
  const label = labels.findLast(isDayHeader)
  if (!label) return undefined
  if (label.kind === 'date') {
    const moment = new Date(serialToMinute(Number(label.raw), date1904) * 60_000)
    return { year: moment.getUTCFullYear(), month: moment.getUTCMonth() + 1, day: moment.getUTCDate() }
  }
  const date = parseDate(tidyDate(label.text), true)
  if (!date || date === 'ambiguous') return undefined
  if (date.month !== undefined) return date
  for (const above of labels) {
    const month = /^(?:(20\d{2})[年./-])?(\d{1,2})月(?:份)?$/.exec(tidyDate(above.text))
    if (month) return { ...(month[1] ? { year: Number(month[1]) } : {}), month: Number(month[2]), day: date.day }
  }
  return date
}

/** What one cell of a roster says: spans on its day, nothing, a refusal or a question. */
export function readRosterCell(reading: TableReading, row: Row, column: DayColumn): Outcome<readonly ClockSpan[]> {
  const cell = cellAt(row, column.index)
  const at = { column: column.index, value: cell.text }
  const broken = brokenCell(cell)
  if (broken) return { ok: false, refusal: broken, at }
  if (cell.kind === 'date')
    return { ok: false, refusal: 'time_became_date', facts: rightOfDate(cell, reading.workbook.date1904), at }
  const mark = cell.kind === 'boolean' ? (cell.raw === true ? '√' : '') : cell.text
  const outcome = spansOfMark(
    reading,
    markInColumn(reading, mark, column.shift),
    placeOf(reading, row, column.index),
    cell.text,
  )
  return !outcome.ok && 'refusal' in outcome ? { ...outcome, at } : outcome
}

/** Under a shift's own column a tick means that shift. */
function markInColumn(reading: TableReading, text: string, shift: string | null): MarkReading {
  const mark = readMark(text, reading.legend)
  if (shift === null || mark.kind === 'nothing' || mark.kind === 'rest') return mark
  if (mark.kind === 'work' && mark.from === 'cell') return mark
  const bare = canonicalMark(text)
  return /^(√|1|值|值班|在岗|上班|班)$/.test(bare) || bare === canonicalMark(shift)
    ? readMark(shift, reading.legend)
    : mark
}

/** The day of a roster column as text, for the understood columns. */
export function dayText(column: DayColumn): CivilDate | undefined {
  return column.day.ok && column.day.days[0] !== undefined ? formatDay(column.day.days[0]) : undefined
}

export function dayOfColumn(column: DayColumn): Day | undefined {
  return column.day.ok ? column.day.days[0] : undefined
}
