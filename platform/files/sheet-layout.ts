/**
 * What a caller says about a workbook to be written. The words are an office's: a title, who and when below it, columns,
 * rows, a total, notes. Everything about looks is decided once, in `xlsx-writing.ts`.
 */

/** How the values of a column are given and shown. */
export type ColumnFormat =
  /** Any text. Also ID and phone numbers, which must never become numbers. */
  | 'text'
  /** Whole numbers: `1,234`. */
  | 'count'
  /** Given in whole fen, shown in yuan: `1,234.50`. */
  | 'yuan'
  /** Given in whole minutes, shown in hours: `7.5`. */
  | 'hours'
  /** Given as `2020-02-03`, stored as a real date. */
  | 'date'
  /** Given as `2020-02-03 08:00` or with `T`, stored as a real date and time. */
  | 'moment'
  /** Given as a ratio, shown as `12.5%`. */
  | 'percent'
  /** Any number, shown as it is. */
  | 'number'

export interface SheetColumn {
  readonly header: string
  readonly key: string
  /** In characters of Western width (a Chinese character takes two); from the content when left out. */
  readonly width?: number
  readonly format?: ColumnFormat
  /** Columns side by side with the same group get one header above them. */
  readonly group?: string
  /** Offers these values in a drop-down list, for the rows that are there and 500 more. */
  readonly choices?: readonly string[]
  readonly align?: 'left' | 'center' | 'right'
}

export type SheetValue = string | number | null | undefined
export type SheetRow = Readonly<Record<string, SheetValue>>

export interface SheetLayout {
  /** Made valid and unique for Excel: at most 31 characters, none of `[]:*?/\`. */
  readonly name: string
  readonly title?: string
  /** One line each, below the title: unit, period, unit of the amounts. */
  readonly subtitle?: string | readonly string[]
  readonly columns: readonly SheetColumn[]
  readonly rows: Iterable<SheetRow>
  /** Rows that are sub-totals are set in bold on grey. */
  readonly isSubtotal?: (row: SheetRow) => boolean
  /** One closing row in bold, such as `{ name: '合计', amount: 123450 }`. */
  readonly totals?: SheetRow
  /** Lines below the table: explanations, sources, the line for signatures. */
  readonly notes?: readonly string[]
  /** A4 across; the default. */
  readonly landscape?: boolean
  /** Columns at the left that stay in view; 0 when left out. */
  readonly frozenColumns?: number
}

export interface WorkbookLayout {
  readonly sheets: readonly SheetLayout[]
  /** At the left of each printed page's foot; the page numbers stand in the middle. */
  readonly footer?: string
  /** Where the file comes from: a line at the head of each printed page, and properties that the file carries unseen. */
  readonly mark?: { readonly line: string; readonly properties: Readonly<Record<string, string>> }
}
