/**
 * What a spreadsheet file says, as plain grids: the common ground between .xlsx and .csv, and all that the rest of the
 * product ever sees of an uploaded file.
 */
export type CellKind =
  | 'empty'
  | 'text'
  | 'number'
  /** A serial number shown as a day (with or without a time). */
  | 'date'
  /** A serial number shown as a time only. */
  | 'time'
  | 'boolean'
  /** `#N/A` and the like. */
  | 'error'
  /** A formula whose result was never stored. */
  | 'uncalculated'

export interface Cell {
  /** As a person reads it: `3日`, `2020-02-03`, `08:00`, `007`; numbers in full digits. */
  readonly text: string
  /** The value as stored: a serial number for dates and times. */
  readonly raw: string | number | boolean | null
  readonly kind: CellKind
  /** Excel's number format, when it is not the general one. */
  readonly format?: string
  readonly formula?: true
  /** Row (from 1) and column (from 0) of the cell whose content is shown here, when this cell is covered by a merge. */
  readonly mergedFrom?: { readonly row: number; readonly column: number }
}

export interface Row {
  /** As the spreadsheet program counts: from 1. */
  readonly number: number
  readonly hidden: boolean
  /** By column, from 0. Shorter than the sheet is wide when the rest is empty. */
  readonly cells: readonly Cell[]
}

export interface Sheet {
  readonly name: string
  readonly hidden: boolean
  /** Only rows with content, in order. */
  readonly rows: readonly Row[]
  readonly columnCount: number
  /** Columns (from 0) that the office has hidden. */
  readonly hiddenColumns: readonly number[]
}

export interface Workbook {
  readonly origin: 'xlsx' | 'csv'
  /** Days are counted from 1904 in workbooks that began on an old Macintosh. */
  readonly date1904: boolean
  readonly sheets: readonly Sheet[]
}

export const EMPTY_CELL: Cell = Object.freeze({ text: '', raw: null, kind: 'empty' })

/** The cell at a column, empty when the row ends before it. */
export function cellAt(row: Row, column: number): Cell {
  return row.cells[column] ?? EMPTY_CELL
}

/**
 * @example columnName(27) // 'AB'
 */
export function columnName(column: number): string {
  let rest = column
  let name = ''
  do {
    name = String.fromCharCode(65 + (rest % 26)) + name
    rest = Math.floor(rest / 26) - 1
  } while (rest >= 0)
  return name
}
