import { type Cell, cellAt, type Row, type Sheet } from '#platform/files/grid.ts'
import { type HeaderMatch, matchHeader } from './columns.ts'
import { isShiftWord } from './marks.ts'
import { parseDate, tidyDate } from './written-dates.ts'
import { plain, tight } from './written-text.ts'

/** One column of a found table: its headers from the top, and what they say. */
export interface TableColumn {
  readonly index: number
  /** Upper header first; without repeats. */
  readonly labels: readonly Cell[]
  readonly match: HeaderMatch | undefined
}

/** A table as found: where it stands, its columns, its rows, and the lines above it. */
export interface FoundTable {
  readonly sheet: Sheet
  readonly headerRows: readonly number[]
  readonly columns: readonly TableColumn[]
  readonly body: readonly Row[]
  /** Lines between this table and the one above. */
  readonly above: readonly string[]
}

const HEADER_ROWS_MAX = 3

/** Finds the tables of a sheet: one below the other, and side by side. */
export function findTables(sheet: Sheet): { readonly tables: readonly FoundTable[]; readonly lines: readonly Row[] } {
  const headers: Array<{ first: number; last: number }> = []
  for (let i = 0; i < sheet.rows.length; i++) {
    const header = headerAt(sheet.rows, i)
    if (!header) continue
    headers.push(header)
    i = header.last
  }
  const tables: FoundTable[] = []
  headers.forEach(({ first, last }, order) => {
    const bodyEnd = headers[order + 1]?.first ?? sheet.rows.length
    const aboveStart = order === 0 ? 0 : first
    const body = sheet.rows.slice(last + 1, bodyEnd)
    const linesAbove = order === 0 ? sheet.rows.slice(aboveStart, first) : trailingLines(tables.at(-1)?.body ?? [])
    const above = linesAbove.flatMap((row) => distinctTexts(row))
    for (const columns of segmentsOf(sheet, first, last)) {
      const headerRows = sheet.rows.slice(first, last + 1).map(({ number }) => number)
      tables.push({ sheet, headerRows, columns, body, above })
    }
  })
  const firstHeader = headers[0]?.first ?? 0
  return { tables, lines: sheet.rows.slice(0, firstHeader) }
}

/** The lines at the end of a table's body that head the next table. */
function trailingLines(body: readonly Row[]): Row[] {
  const lines: Row[] = []
  for (let i = body.length - 1; i >= 0; i--) {
    const row = body[i]
    if (!row || distinctTexts(row).length > 2) break
    lines.unshift(row)
  }
  return lines
}

/** Texts of a row, merged ones once. */
export function distinctTexts(row: Row): string[] {
  const texts: string[] = []
  row.cells.forEach((cell, column) => {
    if (cell.kind === 'empty' || (cell.mergedFrom && cell.mergedFrom.column !== column)) return
    texts.push(plain(cell.text))
  })
  return texts
}

export function isDayHeader(cell: Cell): boolean {
  if (cell.kind === 'date') return true
  if (cell.kind === 'number')
    return typeof cell.raw === 'number' && Number.isInteger(cell.raw) && cell.raw >= 1 && cell.raw <= 31
  if (cell.kind !== 'text') return false
  return parseDate(tidyDate(cell.text), true) !== undefined
}

function isWeekday(cell: Cell): boolean {
  return /^(星期|周|礼拜)?[一二三四五六日天]$/.test(tight(cell.text))
}

/** Whether a header begins at this row, and where it ends. */
function headerAt(rows: readonly Row[], at: number): { first: number; last: number } | undefined {
  const row = rows[at]
  if (!row) return undefined
  const matches = row.cells.map((cell, column) => (isOwn(cell, row, column) ? matchHeader(cell.text) : undefined))
  const fields = new Set(matches.flatMap((match) => (match && match.confidence === 1 ? [match.field] : [])))
  const loose = new Set(matches.flatMap((match) => (match ? [match.field] : [])))
  const hasName = [...loose].includes('name')
  const dayColumns = countDays(row) + (rows[at + 1] && hasName ? countDays(rows[at + 1] ?? row) : 0)
  const isList =
    hasName && loose.size >= 2 && fields.size >= 1 && (loose.size >= 3 || hasTimeField(loose) || dayColumns >= 2)
  const isNames = loose.has('date') && row.cells.some((cell) => isShiftWord(cell.text)) && !hasName
  if (!isList && !isNames && !(hasName && dayColumns >= 2)) return undefined
  let last = at
  while (last - at + 1 < HEADER_ROWS_MAX && continuesHeader(rows, at, last + 1, matches)) last += 1
  const first = at > 0 && isGroupRow(rows[at - 1], row) ? at - 1 : at
  return { first, last }
}

function hasTimeField(fields: ReadonlySet<string>): boolean {
  return ['date', 'start_date', 'shift', 'start', 'time', 'hours'].some((field) => fields.has(field))
}

function countDays(row: Row): number {
  return row.cells.filter((cell, column) => isOwn(cell, row, column) && isDayHeader(cell)).length
}

function isOwn(cell: Cell, row: Row, column: number): boolean {
  return (
    cell.kind !== 'empty' &&
    (cell.mergedFrom === undefined || (cell.mergedFrom.row === row.number && cell.mergedFrom.column === column))
  )
}

/** A row below the header belongs to it when its name cell is not a name and its own cells read like headers. */
function continuesHeader(
  rows: readonly Row[],
  headerRow: number,
  candidate: number,
  matches: ReadonlyArray<HeaderMatch | undefined>,
): boolean {
  const row = rows[candidate]
  const top = rows[headerRow]
  if (!row || !top || row.number !== (rows[candidate - 1]?.number ?? 0) + 1) return false
  const key = matches.findIndex((match) => match?.field === 'name')
  const anchor = cellAt(row, key === -1 ? matches.findIndex((match) => match?.field === 'date') : key)
  if (anchor.kind !== 'empty' && anchor.mergedFrom?.row !== top.number) return false
  const gap = firstGap(top, row, Math.max(key, 0))
  const own = row.cells.filter((cell, column) => column < gap && isOwn(cell, row, column))
  if (own.length === 0) return false
  const headerLike = own.filter(
    (cell) => matchHeader(cell.text) || isDayHeader(cell) || isWeekday(cell) || isShiftWord(cell.text),
  )
  return headerLike.length === own.length
}

/** The first column behind the key column that is empty in both rows: what stands beyond is another table or a note. */
function firstGap(top: Row, below: Row, from: number): number {
  const width = Math.max(top.cells.length, below.cells.length)
  for (let column = from; column < width; column++) {
    if (cellAt(top, column).kind === 'empty' && cellAt(below, column).kind === 'empty') return column
  }
  return width
}

/** Without the blocks at the side that hold neither a known header nor days, such as an explanation of marks. */
function withoutNotes(columns: readonly TableColumn[]): TableColumn[] {
  const blocks: TableColumn[][] = []
  for (const column of columns) {
    if (column.labels.length === 0) blocks.push([])
    else if (blocks.length === 0) blocks.push([column])
    else blocks.at(-1)?.push(column)
  }
  return blocks.flatMap((block, order) =>
    order === 0 || block.some(({ match, labels }) => match || labels.some(isDayHeader)) ? block : [],
  )
}

/** `基本信息 | 值班情况` above the header, or `2020年2月` above the days. */
function isGroupRow(above: Row | undefined, header: Row): boolean {
  if (!above || above.number !== header.number - 1) return false
  const texts = distinctTexts(above)
  const spans = above.cells.filter((cell) => cell.mergedFrom?.row === above.number).length
  if (texts.length >= 2 && spans > 0) return !texts.some((text) => /[:：]|合计|小计/.test(text))
  const only = texts[0]
  const nameColumn = header.cells.findIndex((cell) => matchHeader(cell.text)?.field === 'name')
  return (
    texts.length === 1 &&
    only !== undefined &&
    cellAt(above, nameColumn).kind === 'empty' &&
    /^(20\d{2}年)?\d{1,2}月(份)?$/.test(tight(only))
  )
}

/** Cuts the header into tables that stand side by side: where its leading field begins anew. */
function segmentsOf(sheet: Sheet, first: number, last: number): TableColumn[][] {
  const columns: TableColumn[] = []
  for (let index = 0; index < sheet.columnCount; index++) {
    const labels = labelsOf(sheet.rows.slice(first, last + 1), index)
    const own = labels.at(-1)
    const parent = labels.length > 1 ? labels[0] : undefined
    const match = own
      ? (matchHeader(own.text, parent?.text) ??
        (parent && !isDayHeader(parent) && !isDayHeader(own) ? matchHeader(parent.text) : undefined))
      : undefined
    columns.push({ index, labels, match })
  }
  const used = withoutNotes(columns)
  const leading = used.find(({ match }) => match)?.match?.field
  const starts = used.filter(({ match }) => match?.field === leading).map(({ index }) => index)
  const names = used.filter(({ match }) => match?.field === 'name').length
  if (
    leading === undefined ||
    starts.length < 2 ||
    (leading === 'name' && !repeats(used, starts)) ||
    names < starts.length
  )
    return [used]
  return starts.map((start, order) =>
    used.filter(({ index }) => index >= start && index < (starts[order + 1] ?? Number.POSITIVE_INFINITY)),
  )
}

/** Two name columns alone (带班领导, 值班人员) are roles of one table; with their own fields behind each they are two tables. */
function repeats(columns: readonly TableColumn[], starts: readonly number[]): boolean {
  const [first, second] = starts
  if (first === undefined || second === undefined) return false
  const fieldsBetween = (from: number, to: number) =>
    columns.filter(({ index, match }) => index > from && index < to && match).map(({ match }) => match?.field)
  const left = fieldsBetween(first, second)
  return left.length > 0 && fieldsBetween(second, Number.POSITIVE_INFINITY).some((field) => left.includes(field))
}

function labelsOf(rows: readonly Row[], column: number): Cell[] {
  const labels: Cell[] = []
  for (const row of rows) {
    const cell = cellAt(row, column)
    if (cell.kind === 'empty' || isWeekday(cell)) continue
    if (labels.at(-1)?.text === cell.text && cell.mergedFrom) continue
    labels.push(cell)
  }
  return labels
}
