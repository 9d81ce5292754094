import { formatDay } from '#engines/values/time.ts'
import { type Cell, cellAt, columnName, type Row, type Workbook } from '#platform/files/grid.ts'
import { bodyRows } from '#records/duty/sheet/body-rows.ts'
import { readIdNumber } from '#records/duty/sheet/identity-number.ts'
import { readDays } from '#records/duty/sheet/table-reading.ts'
import { distinctTexts, type FoundTable, findTables } from '#records/duty/sheet/tables.ts'
import { EXAMPLE_SHEET, INSTRUCTIONS_SHEET } from '#records/duty/sheet/template.ts'
import { type Facts, REFUSALS, say } from '#records/duty/sheet/texts.ts'
import { type DateHints, hintsFrom, windowDays } from '#records/duty/sheet/written-dates.ts'
import { plain, readName, tight } from '#records/duty/sheet/written-text.ts'
import { eventFieldOf } from './event-columns.ts'
import { EVENT_FIELDS, type EventField } from './fields.ts'
import type { EventColumn, EventRefusal, EventRow, EventSheetContext, EventSheetReading } from './shapes.ts'

const COUNT_MAX = 1_000
const DITTO = /^(同上|同前|〃|″|")$/

const TEXTS = {
  ...REFUSALS,
  date_range: [
    ['写的是一段日期，不知道是哪几天', 'a range of dates does not say on which days it happened'],
    ['一天一行，或用“、”隔开每个日期', 'one row per day, or separate the days with “、”'],
  ],
  ask_year: [
    ['日期没有写年份', 'the date has no year'],
    ['请写全日期，如 2020-02-03', 'write the whole date, such as 2020-02-03'],
  ],
  count_missing: [
    ['没有写次数', 'how often is not written'],
    ['请填写次数；一次就填 1', 'write how often; once is 1'],
  ],
  count_unreadable: [
    ['次数应为 1 至 {limit} 的整数', 'the count must be a whole number from 1 to {limit}'],
    ['请核对次数', 'check the count'],
  ],
  answer_unreadable: [
    ['“是否”一列应填是或否', 'the column 是否 holds 是 or 否'],
    ['请填写是或否', 'write 是 or 否'],
  ],
  no_table: [
    ['没有找到带姓名和日期的表', 'no table with names and dates was found'],
    ['表头要有“姓名”和“日期”，可下载模板对照', 'its head needs 姓名 and 日期; compare the template'],
  ],
} as const

/** Why a row is not taken. */
interface Unusable {
  readonly code: keyof typeof TEXTS
  readonly value: string
  readonly facts?: Facts
}

type Field = EventField | 'none'

interface Table {
  readonly found: FoundTable
  readonly at: ReadonlyMap<EventField, number>
  readonly hints: DateHints
  readonly date1904: boolean
}

/**
 * Understands a sheet of events as an office has it: tables, columns, names, days and counts are read as on duty sheets. Rows that leave
 * something open are refused with what would be right; nothing is guessed. Hidden rows and sheets are left out. Pure.
 *
 * @example understandEvents(workbook, { window: { first: '2020-01-23', last: null }, answers: {} }).rows[0]?.on // '2020-02-03'
 */
export function understandEvents(workbook: Workbook, context: EventSheetContext): EventSheetReading {
  const columns: EventColumn[] = []
  const rows: EventRow[] = []
  const refused: EventRefusal[] = []
  for (const sheet of workbook.sheets) {
    if (sheet.hidden || sheet.name === EXAMPLE_SHEET || sheet.name === INSTRUCTIONS_SHEET) continue
    const visible = { ...sheet, rows: sheet.rows.filter(({ hidden }) => !hidden) }
    const { tables, lines } = findTables(visible)
    const titles = [sheet.name, ...lines.map((row) => distinctTexts(row).join(' '))]
    const hints: DateHints = {
      ...hintsFrom(titles),
      ...(context.window ? { window: windowDays(context.window) } : {}),
    }
    const [first] = visible.rows
    if (tables.length === 0 && first) refused.push(refusalOf(sheet.name, first.number, { code: 'no_table', value: '' }))
    for (const found of tables) {
      const own = columnsOf(found, context.answers)
      columns.push(...own.map(({ index: _, ...column }) => column))
      const at = new Map(own.flatMap(({ field, index }) => (field === null ? [] : [[field, index] as const])).reverse())
      readTable({ found, at, hints, date1904: workbook.date1904 }, rows, refused)
    }
  }
  return { columns, rows, refused }
}

/** Each column with a header; of two that say the same the first counts. */
function columnsOf(found: FoundTable, answers: EventSheetContext['answers']): (EventColumn & { index: number })[] {
  return found.columns.flatMap(({ index, labels }) => {
    const header = labels.map(({ text }) => plain(text)).join(' ')
    if (header === '') return []
    const place = { sheet: found.sheet.name, column: columnName(index), header: header.slice(0, 40), index }
    const answer = fieldIn(answers[`column:${place.sheet}!${place.column}`])
    if (answer !== undefined) return [{ ...place, field: answer === 'none' ? null : answer }]
    return [{ ...place, field: eventFieldOf(labels.at(-1)?.text ?? '') ?? eventFieldOf(header) }]
  })
}

function fieldIn(answer: string | undefined): Field | undefined {
  return answer === 'none' ? answer : EVENT_FIELDS.find((field) => field === answer)
}

function readTable(table: Table, rows: EventRow[], refused: EventRefusal[]): void {
  const sheet = table.found.sheet.name
  const last = new Map<number, Cell>()
  for (const body of bodyRows(table.found)) {
    if (body.kind === 'skip') continue
    const row = withoutDitto(body.row, last)
    const read = readRow(table, row)
    if ('code' in read) refused.push(refusalOf(sheet, row.number, read))
    else rows.push(...read.map((one) => ({ ...one, source: { sheet, row: row.number } })))
  }
}

/** “同上” is what stands above it. */
function withoutDitto(row: Row, last: Map<number, Cell>): Row {
  const cells = row.cells.map((cell, index) => {
    const above = last.get(index)
    if (above && DITTO.test(tight(cell.text))) return above
    last.set(index, cell)
    return cell
  })
  return { ...row, cells }
}

function readRow(table: Table, row: Row): Unusable | readonly Omit<EventRow, 'source'>[] {
  const cellOf = (field: EventField): Cell | undefined => {
    const index = table.at.get(field)
    return index === undefined ? undefined : cellAt(row, index)
  }
  const textOf = (field: EventField) => plain(cellOf(field)?.text ?? '')
  const name = readName(cellOf('name')?.text ?? '')
  if (!name.ok) return { code: name.reason, value: textOf('name') }
  const id = cellOf('id_number')
  const read = id ? readIdNumber(id) : { state: 'absent' as const }
  if (read.state === 'wrong') return { code: read.reason, value: name.name, facts: { expected: read.expected ?? '' } }
  const answer = answerOf(textOf('answer'))
  if (answer === undefined) return { code: 'answer_unreadable', value: textOf('answer') }
  const days = daysOf(table, cellOf('date'), answer !== null)
  if ('code' in days) return { ...days, value: textOf('date') || name.name }
  const count = countOf(cellOf('count'))
  if (typeof count !== 'number') return { ...count, value: textOf('count') || name.name }
  const person = {
    name: name.name,
    // A number that Excel has cut short names nobody; then the name has to be enough.
    id_number: read.state === 'valid' ? read.number : null,
    staff_number: textOf('staff_number') || null,
  }
  const said = { person, unit: textOf('unit'), event: textOf('event'), count, answer }
  return days.days.length === 0 ? [{ ...said, on: '' }] : days.days.map((day) => ({ ...said, on: formatDay(day) }))
}

type Wrong = Pick<Unusable, 'code' | 'facts'>

/** What is answered by yes or no may hold from any day, and need not say since when. */
function daysOf(
  { hints, date1904 }: Table,
  cell: Cell | undefined,
  isAnswered: boolean,
): Wrong | { readonly days: readonly number[] } {
  if (!cell || cell.kind === 'empty') return isAnswered ? { days: [] } : { code: 'date_missing' }
  const { window: _, ...open } = hints
  const read = readDays(cell, isAnswered ? open : hints, date1904)
  if (read.ok) return read.isRange ? { code: 'date_range' } : read
  return { code: read.reason, ...(read.facts ? { facts: read.facts } : {}) }
}

function answerOf(text: string): boolean | null | undefined {
  if (text === '') return null
  if (/^(是|有|yes)$/i.test(text)) return true
  return /^(否|无|没有|no)$/i.test(text) ? false : undefined
}

/** Without such a column a row is one event. */
function countOf(cell: Cell | undefined): number | Wrong {
  if (!cell) return 1
  const text = tight(cell.text)
  if (text === '') return { code: 'count_missing' }
  const count = /^\d{1,4}(次|趟|件)?$/.test(text) ? Number.parseInt(text, 10) : Number.NaN
  return count >= 1 && count <= COUNT_MAX ? count : { code: 'count_unreadable', facts: { limit: COUNT_MAX } }
}

function refusalOf(sheet: string, row: number, { code, value, facts }: Unusable): EventRefusal {
  const [reason, right] = TEXTS[code]
  return { source: { sheet, row }, value: value.slice(0, 60), reason: say(reason, facts), right: say(right, facts) }
}
