import { type Cell, columnName, EMPTY_CELL, type Row, type Workbook } from './grid.ts'
import type { FileLimits } from './limits.ts'
import { FileRefusal } from './problems.ts'

/**
 * Reads separated text as spreadsheet programs in China write it: UTF-8 with or without a mark, UTF-16 ("Unicode text"),
 * or GBK; separated by comma, tab or semicolon; quoted as in RFC 4180.
 */
export function readCsv(bytes: Buffer, sheetName: string, limits: FileLimits): Workbook {
  const text = decodeText(bytes)
  const rows: Row[] = []
  let columnCount = 0
  splitRows(text, separatorOf(text), (number, fields) => {
    const cells = toCells(fields, number, sheetName, limits)
    if (cells.length === 0) return
    rows.push({ number, hidden: false, cells })
    if (rows.length > limits.rows_max)
      throw new FileRefusal('too_many_rows', { sheet: sheetName, limit: limits.rows_max })
    columnCount = Math.max(columnCount, cells.length)
  })
  return {
    origin: 'csv',
    date1904: false,
    sheets: [{ name: sheetName, hidden: false, rows, columnCount, hiddenColumns: [] }],
  }
}

function decodeText(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  for (const encoding of ['utf-8', 'gb18030']) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: a text file holds none of these
      if (!/[\u0000-\u0008\u000e-\u001f]/.test(text)) return text
    } catch {
      // Not this encoding: the next one is tried.
    }
  }
  throw new FileRefusal('unknown_encoding')
}

/** The separator that the first lines use most, outside quotes. */
function separatorOf(text: string): string {
  const sample = text.slice(0, 20_000).replace(/"(?:[^"]|"")*"/g, '')
  let best = ','
  let most = 0
  for (const candidate of [',', '\t', ';']) {
    const count = sample.split(candidate).length - 1
    if (count > most) {
      best = candidate
      most = count
    }
  }
  return best
}

/** Calls `take` with the line on which each record begins (from 1) and its fields. */
function splitRows(text: string, separator: string, take: (number: number, fields: string[]) => void): void {
  let fields: string[] = []
  let line = 1
  let startLine = 1
  let at = 0
  const endRecord = () => {
    take(startLine, fields)
    fields = []
    startLine = line
  }
  while (at < text.length) {
    let field = ''
    if (text[at] === '"') {
      const quoted = readQuoted(text, at)
      field = quoted.value
      line += countLines(field)
      at = quoted.next
    }
    const rest = endOfField(text, at, separator)
    field += text.slice(at, rest)
    fields.push(field)
    at = rest
    if (text[at] === separator) {
      at += 1
      if (at === text.length) fields.push('')
      continue
    }
    at += text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1
    line += 1
    endRecord()
  }
  if (fields.length > 0) endRecord()
}

function readQuoted(text: string, from: number): { value: string; next: number } {
  let value = ''
  let at = from + 1
  for (;;) {
    const quote = text.indexOf('"', at)
    if (quote === -1) throw new FileRefusal('damaged', { part: '"' })
    value += text.slice(at, quote)
    if (text[quote + 1] !== '"') return { value, next: quote + 1 }
    value += '"'
    at = quote + 2
  }
}

function endOfField(text: string, from: number, separator: string): number {
  let at = from
  while (at < text.length && text[at] !== separator && text[at] !== '\n' && text[at] !== '\r') at += 1
  return at
}

function countLines(text: string): number {
  return text.split('\n').length - 1
}

function toCells(fields: readonly string[], number: number, sheet: string, limits: FileLimits): Cell[] {
  const cells: Cell[] = []
  fields.forEach((field, column) => {
    // Some programs protect long numbers from Excel as ="330…": the quotes are not part of the value.
    const text = /^="([^"]*)"$/.exec(field.trim())?.[1] ?? field
    if (text.trim() === '') return
    if (column >= limits.columns_max) {
      throw new FileRefusal('too_many_columns', {
        sheet,
        row: number,
        column: columnName(column),
        limit: limits.columns_max,
      })
    }
    if (text.length > limits.cell_length_max) {
      const cell = `${columnName(column)}${number}`
      throw new FileRefusal('cell_too_long', { sheet, cell, length: text.length, limit: limits.cell_length_max })
    }
    while (cells.length < column) cells.push(EMPTY_CELL)
    cells.push({ text, raw: text, kind: 'text' })
  })
  return cells
}
