import { type Cell, cellAt, columnName, type Row, type Workbook } from '#platform/files/grid.ts'
import { serialToMinute } from '#platform/files/number-format.ts'
import { readIdNumber } from './identity-number.ts'
import type { Legend, MarkMeaning } from './marks.ts'
import { type MarkReading, parseMeaning } from './marks.ts'
import type { Notebook, Outcome } from './notebook.ts'
import type { Field, Place, SheetPerson, UnderstoodTable } from './shapes.ts'
import type { FoundTable, TableColumn } from './tables.ts'
import { type DateHints, type DaysReading, parseDates, resolveDates } from './written-dates.ts'
import { readName, tight } from './written-text.ts'
import type { ClockSpan } from './written-times.ts'

/** Everything that the three readers need to know about the table in front of them. */
export interface TableReading {
  readonly workbook: Workbook
  readonly table: FoundTable
  readonly key: string
  readonly form: UnderstoodTable['form']
  readonly title: string
  readonly unit: string | null
  readonly hints: DateHints
  readonly legend: Legend
  readonly notebook: Notebook
  /** How often each mark was met. */
  readonly marksMet: Map<
    string,
    { count: number; meaning: MarkMeaning | null; from: 'legend' | 'answer' | 'well_known' | null }
  >
}

export function placeOf(reading: TableReading, row: Row, column?: number): Place {
  const place = { sheet: reading.table.sheet.name, row: row.number }
  return column === undefined ? place : { ...place, column: columnName(column) }
}

const COLUMNS = new WeakMap<FoundTable, Map<Field, TableColumn>>()

/** The column of a field: of several, the one whose header says it best, the leftmost of equals. */
export function columnOf({ table }: TableReading, field: Field): TableColumn | undefined {
  let columns = COLUMNS.get(table)
  if (!columns) {
    columns = new Map()
    for (const column of table.columns.toSorted((a, b) => (b.match?.confidence ?? 0) - (a.match?.confidence ?? 0))) {
      if (column.match && !columns.has(column.match.field)) columns.set(column.match.field, column)
    }
    COLUMNS.set(table, columns)
  }
  return columns.get(field)
}

export function cellOf(reading: TableReading, row: Row, field: Field): Cell | undefined {
  const column = columnOf(reading, field)
  return column ? cellAt(row, column.index) : undefined
}

export function textOf(reading: TableReading, row: Row, field: Field): string {
  const cell = cellOf(reading, row, field)
  return cell && cell.kind !== 'error' && cell.kind !== 'uncalculated' ? cell.text.replace(/\s+/g, ' ').trim() : ''
}

/** A cell that cannot be read whatever stands in its column. */
export function brokenCell(cell: Cell | undefined): 'cell_error' | 'cell_uncalculated' | undefined {
  if (cell?.kind === 'error') return 'cell_error'
  return cell?.kind === 'uncalculated' ? 'cell_uncalculated' : undefined
}

export interface PersonReading {
  readonly person: SheetPerson
  readonly id_trace: string | null
  readonly remark: string
}

/** The person of a row. `name` is given when the name stands in a cell among others. */
export function readPerson(
  reading: TableReading,
  row: Row,
  name = textOf(reading, row, 'name'),
): Outcome<PersonReading> {
  const nameColumn = columnOf(reading, 'name')?.index ?? 0
  const named = readName(name)
  if (!named.ok) return { ok: false, refusal: named.reason, at: { column: nameColumn, value: name } }
  const idColumn = columnOf(reading, 'id_number')
  const idCell = idColumn ? cellAt(row, idColumn.index) : undefined
  const id = idCell && !brokenCell(idCell) ? readIdNumber(idCell) : ({ state: 'absent' } as const)
  if (id.state === 'wrong') {
    const at = { column: idColumn?.index ?? 0, value: idCell?.text ?? '' }
    return { ok: false, refusal: id.reason, facts: { expected: id.expected ?? '' }, at }
  }
  const orNull = (text: string) => (text === '' ? null : text)
  return {
    ok: true,
    value: {
      person: {
        name: named.name,
        id_number: id.state === 'valid' ? id.number : null,
        id_state: id.state,
        staff_number: orNull(tight(textOf(reading, row, 'staff_number'))),
        phone: orNull(tight(textOf(reading, row, 'phone')).replace(/(?<=\d)-(?=\d)/g, '')),
        sex: orNull(tight(textOf(reading, row, 'sex'))),
        rank: orNull(textOf(reading, row, 'rank')),
      },
      id_trace: id.state === 'precision_lost' ? id.trace : null,
      remark: named.remark,
    },
  }
}

/** Days that a date cell states: a real date, a serial number, or text. */
export function readDays(
  cell: Cell,
  hints: DateHints,
  date1904: boolean,
): DaysReading & { readonly facts?: Readonly<Record<string, string | number>> } {
  if (cell.kind === 'date' || (cell.kind === 'number' && isSerial(cell.raw))) {
    const day = Math.floor(serialToMinute(Number(cell.raw), date1904) / 1_440)
    return withinWindow(day, hints)
  }
  if (cell.kind === 'number' && typeof cell.raw === 'number' && !Number.isInteger(cell.raw)) {
    const doubtful = lostZero(cell)
    if (doubtful) return { ok: false, reason: 'date_ambiguous', facts: doubtful }
  }
  const written = parseDates(cell.text)
  if (written === 'ambiguous') return { ok: false, reason: 'date_ambiguous' }
  return written ? resolveDates(written, hints) : { ok: false, reason: 'date_unreadable' }
}

function withinWindow(day: number, hints: DateHints): DaysReading {
  const moment = new Date(day * 86_400_000)
  const written = { year: moment.getUTCFullYear(), month: moment.getUTCMonth() + 1, day: moment.getUTCDate() }
  return resolveDates([{ from: written }], hints)
}

/** Whole days between 2000 and 2049; smaller numbers are counts or hours. */
export function isSerial(raw: Cell['raw']): boolean {
  return typeof raw === 'number' && raw >= 36_526 && raw < 54_789
}

/** `2.1` as a number may have been 2.1 or 2.10: Excel drops the zero. */
function lostZero(cell: Cell): { one: string; other: string } | undefined {
  const match = /^(\d{1,2})\.([123])$/.exec(cell.text)
  if (!match) return undefined
  return { one: `${match[1]}月${match[2]}日`, other: `${match[1]}月${match[2]}0日` }
}

/** Asks for the year once for the whole file. */
export function askYear(reading: TableReading, place: Place): string {
  const years = datedYears(reading.workbook)
  const proposed = years.length === 1 ? String(years[0]) : null
  return reading.notebook.ask({ key: 'year', kind: 'year', text: 'year', proposed, place })
}

/** Years of the real dates anywhere in the file: a hint for the proposal, never used unasked. */
function datedYears(workbook: Workbook): number[] {
  const years = new Set<number>()
  for (const sheet of workbook.sheets) {
    for (const row of sheet.rows) {
      for (const cell of row.cells) {
        if (cell.kind === 'date')
          years.add(new Date(serialToMinute(Number(cell.raw), workbook.date1904) * 60_000).getUTCFullYear())
        else if (cell.kind === 'text')
          for (const [, year] of cell.text.matchAll(/(20[0-4]\d)年/g)) years.add(Number(year))
      }
    }
  }
  return [...years]
}

/** Turns a mark's reading into spans, asking for what is open. An empty list means: no duty. */
export function spansOfMark(
  reading: TableReading,
  mark: MarkReading,
  place: Place,
  written: string,
): Outcome<readonly ClockSpan[]> {
  const { notebook } = reading
  if (mark.kind === 'nothing') return { ok: true, value: [] }
  const told = (known: 'legend' | 'well_known') =>
    `mark:${'mark' in mark ? mark.mark : ''}` in notebook.answers ? 'answer' : known
  if (mark.kind === 'rest') {
    meet(reading, mark.mark, { kind: 'rest' }, told('well_known'))
    return { ok: true, value: [] }
  }
  if (mark.kind === 'work') {
    if (mark.from === 'legend') meet(reading, mark.mark, { kind: 'work', spans: mark.spans }, told('legend'))
    return { ok: true, value: mark.spans }
  }
  if (mark.kind === 'wrong') {
    return { ok: false, refusal: mark.reason, facts: { hours: mark.hours ?? '' } }
  }
  const key = `mark:${mark.mark}`
  const answered = notebook.answer(key, parseMeaning)
  if (answered) {
    meet(reading, mark.mark, answered, 'answer')
    return { ok: true, value: answered.kind === 'work' ? answered.spans : [] }
  }
  meet(reading, mark.mark, null, null)
  const proposed = mark.kind === 'open' ? mark.proposed : null
  const text = mark.kind === 'open' && mark.sameTime ? 'mark_same_time' : 'mark'
  notebook.ask({ key, kind: 'mark', text, facts: { mark: mark.mark }, proposed, blocking: mark.kind === 'open', place })
  return mark.kind === 'open'
    ? { ok: false, ask: key }
    : { ok: false, refusal: 'unknown_mark', facts: { mark: written } }
}

function meet(
  reading: TableReading,
  mark: string,
  meaning: MarkMeaning | null,
  from: 'legend' | 'answer' | 'well_known' | null,
): void {
  const known = reading.marksMet.get(mark)
  reading.marksMet.set(mark, { count: (known?.count ?? 0) + 1, meaning, from })
}
