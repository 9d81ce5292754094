import { cellAt, type Row } from '#platform/files/grid.ts'
import type { Outcome } from './notebook.ts'
import { type DaySpan, filled, readDaySpans, readRowDays, spread } from './row-days.ts'
import { readDatedTime, readStartAndEnd } from './start-and-end.ts'
import { brokenCell, cellOf, columnOf, type TableReading, textOf } from './table-reading.ts'
import { parseSpans } from './written-times.ts'

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

/** Whether any cell of a column holds a span, so that a column headed 上班时间 is not only a beginning. */
export function holdsSpans(rows: readonly Row[], column: number): boolean {
  return rows.slice(0, 50).some((row) => {
    const cell = cellAt(row, column)
    return cell.kind === 'text' && parseSpans(cell.text) !== undefined
  })
}
