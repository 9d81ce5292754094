import type { Sheet, Workbook } from '#platform/files/grid.ts'
import { matchHeader, tidyHeader } from '#records/duty/sheet/columns.ts'
import { findTables, type TableColumn } from '#records/duty/sheet/tables.ts'

/** Headers that say for certain that events are listed. */
const EVENT_HEADERS = new Set(['事项', '事件', '登记事项', '事项名称', '事件名称'])
const DUTY_FIELDS: ReadonlySet<string> = new Set(['start', 'end', 'time', 'shift', 'hours'])

function listsEvents(columns: readonly TableColumn[]): boolean {
  const headers = columns.map(({ labels }) => labels.at(-1)?.text ?? '')
  return (
    headers.some((header) => EVENT_HEADERS.has(tidyHeader(header))) &&
    !headers.some((header) => DUTY_FIELDS.has(matchHeader(header)?.field ?? ''))
  )
}

function isOfEvents(sheet: Sheet): boolean {
  const { tables } = findTables(sheet)
  return tables.length > 0 && tables.every(({ columns }) => listsEvents(columns))
}

/** The sheets of one file that hold duty, and those that hold nothing but events. */
export function splitWorkbook(workbook: Workbook): { readonly duty: Workbook; readonly events: Workbook } {
  const parts = Map.groupBy(workbook.sheets, (sheet) => (isOfEvents(sheet) ? 'events' : 'duty'))
  const part = (which: 'events' | 'duty') => ({ ...workbook, sheets: parts.get(which) ?? [] })
  return { duty: part('duty'), events: part('events') }
}
