import { type Cell, columnName, EMPTY_CELL, type Row, type Sheet, type Workbook } from './grid.ts'
import type { FileLimits } from './limits.ts'
import { builtInFormat, kindOfNumber, showNumber } from './number-format.ts'
import { FileRefusal } from './problems.ts'
import { attributeOf, scanXml } from './xml.ts'
import { type Archive, openArchive } from './zip.ts'

/**
 * Reads the parts of an .xlsx workbook that carry meaning for an import: values, cached results of formulas, number formats,
 * merges, what is hidden. Styles, pictures, links to other files and macros are never opened. Source: ECMA-376 part 1, §18.
 */
export function readXlsx(bytes: Buffer, limits: FileLimits): Workbook {
  const archive = openArchive(bytes, limits)
  refuseOtherFormats(archive)
  const plan = readPlan(archive, limits)
  const shared = readSharedStrings(archive, plan.sharedStrings)
  const formats = readFormats(archive, plan.styles)
  const counter = { rows: 0 }
  const sheets: Sheet[] = []
  for (const entry of plan.sheets) {
    const source = archive.read(entry.part)
    if (!source) throw new FileRefusal('damaged', { part: entry.part })
    const context = { name: entry.name, part: entry.part, shared, formats, date1904: plan.date1904, limits, counter }
    sheets.push(readSheet(source.toString('utf8'), context, entry.hidden))
  }
  return { origin: 'xlsx', date1904: plan.date1904, sheets }
}

function refuseOtherFormats(archive: Archive): void {
  const has = (name: string) => archive.names.includes(name)
  if (has('xl/workbook.bin')) throw new FileRefusal('binary_workbook')
  if (has('[Content_Types].xml') && archive.names.some((name) => name.startsWith('xl/'))) return
  if (has('word/document.xml')) throw new FileRefusal('other_office_format', { format: 'Word (.docx)' })
  if (has('ppt/presentation.xml')) throw new FileRefusal('other_office_format', { format: 'PowerPoint (.pptx)' })
  if (has('content.xml')) throw new FileRefusal('other_office_format', { format: 'OpenDocument (.ods/.odt)' })
  throw new FileRefusal('not_a_spreadsheet')
}

interface Plan {
  readonly sheets: ReadonlyArray<{ name: string; part: string; hidden: boolean }>
  readonly sharedStrings: string | undefined
  readonly styles: string | undefined
  readonly date1904: boolean
}

function readPlan(archive: Archive, limits: FileLimits): Plan {
  const workbookPart =
    relationsOf(archive, '').find((relation) => relation.type === 'officeDocument')?.target ?? 'xl/workbook.xml'
  const workbook = archive.read(workbookPart)
  if (!workbook) throw new FileRefusal('damaged', { part: workbookPart })
  const relations = relationsOf(archive, workbookPart)
  const sheets: Array<{ name: string; part: string; hidden: boolean }> = []
  let date1904 = false
  scanXml(workbook.toString('utf8'), workbookPart, {
    open(name, attributes) {
      if (name === 'workbookPr') date1904 = isTrue(attributeOf(attributes, 'date1904'))
      if (name !== 'sheet') return
      const relation = relations.find((candidate) => candidate.id === attributeOf(attributes, 'id'))
      if (relation?.type !== 'worksheet') return
      const state = attributeOf(attributes, 'state')
      sheets.push({
        name: attributeOf(attributes, 'name') ?? '',
        part: relation.target,
        hidden: state === 'hidden' || state === 'veryHidden',
      })
    },
  })
  if (sheets.length === 0) throw new FileRefusal('no_sheets')
  if (sheets.length > limits.sheets_max) {
    throw new FileRefusal('too_many_sheets', { count: sheets.length, limit: limits.sheets_max })
  }
  const partOf = (type: string) => relations.find((relation) => relation.type === type)?.target
  return { sheets, sharedStrings: partOf('sharedStrings'), styles: partOf('styles'), date1904 }
}

interface Relation {
  readonly id: string
  readonly type: string
  readonly target: string
}

function relationsOf(archive: Archive, part: string): Relation[] {
  const slash = part.lastIndexOf('/')
  const folder = part.slice(0, slash + 1)
  const relationsPart = `${folder}_rels/${part.slice(slash + 1)}.rels`
  const source = archive.read(relationsPart)
  const relations: Relation[] = []
  if (!source) return relations
  scanXml(source.toString('utf8'), relationsPart, {
    open(name, attributes) {
      if (name !== 'Relationship' || attributeOf(attributes, 'TargetMode') === 'External') return
      const target = attributeOf(attributes, 'Target') ?? ''
      relations.push({
        id: attributeOf(attributes, 'Id') ?? '',
        type: (attributeOf(attributes, 'Type') ?? '').split('/').at(-1) ?? '',
        target: resolvePart(folder, target),
      })
    },
  })
  return relations
}

function resolvePart(folder: string, target: string): string {
  if (target.startsWith('/')) return target.slice(1)
  const steps: string[] = []
  for (const step of `${folder}${target}`.split('/')) {
    if (step === '..') steps.pop()
    else if (step !== '.' && step !== '') steps.push(step)
  }
  return steps.join('/')
}

/** One text per `<si>`: plain or in runs; the reading aids (`rPh`) that Japanese Excel adds are not part of the text. */
function readSharedStrings(archive: Archive, part: string | undefined): string[] {
  const texts: string[] = []
  const source = part === undefined ? undefined : archive.read(part)
  if (!source || part === undefined) return texts
  let text = ''
  let inText = false
  let inReadingAid = false
  scanXml(source.toString('utf8'), part, {
    open(name) {
      if (name === 'si') text = ''
      else if (name === 't') inText = true
      else if (name === 'rPh') inReadingAid = true
    },
    close(name) {
      if (name === 'si') texts.push(unescapeText(text))
      else if (name === 't') inText = false
      else if (name === 'rPh') inReadingAid = false
    },
    text(piece) {
      if (inText && !inReadingAid) text += piece
    },
  })
  return texts
}

/** The number format of each cell style. */
function readFormats(archive: Archive, part: string | undefined): Array<string | undefined> {
  const formats: Array<string | undefined> = []
  const source = part === undefined ? undefined : archive.read(part)
  if (!source || part === undefined) return formats
  const own = new Map<number, string>()
  let inCellStyles = false
  scanXml(source.toString('utf8'), part, {
    open(name, attributes) {
      if (name === 'numFmt')
        own.set(Number(attributeOf(attributes, 'numFmtId')), attributeOf(attributes, 'formatCode') ?? '')
      else if (name === 'cellXfs') inCellStyles = true
      else if (name === 'xf' && inCellStyles) {
        const id = Number(attributeOf(attributes, 'numFmtId') ?? 0)
        const format = own.get(id) ?? builtInFormat(id)
        formats.push(format === 'General' || format === '' ? undefined : format)
      }
    },
    close(name) {
      if (name === 'cellXfs') inCellStyles = false
    },
  })
  return formats
}

interface SheetContext {
  readonly name: string
  readonly part: string
  readonly shared: readonly string[]
  readonly formats: ReadonlyArray<string | undefined>
  readonly date1904: boolean
  readonly limits: FileLimits
  /** Rows of the whole workbook so far. */
  readonly counter: { rows: number }
}

interface OpenCell {
  column: number
  type: string
  format: string | undefined
  value: string
  hasValue: boolean
  formula: boolean
}

function readSheet(source: string, context: SheetContext, hidden: boolean): Sheet {
  const rows: Array<{ number: number; hidden: boolean; cells: Cell[] }> = []
  const hiddenColumns: number[] = []
  const merges: string[] = []
  let rowNumber = 0
  let row: { number: number; hidden: boolean; cells: Cell[] } | undefined
  let cell: OpenCell | undefined
  let column = -1
  let taking = false
  scanXml(source, context.part, {
    open(name, attributes) {
      if (name === 'c' && row) {
        column = columnOfReference(attributeOf(attributes, 'r')) ?? column + 1
        const style = context.formats[Number(attributeOf(attributes, 's') ?? 0)]
        const type = attributeOf(attributes, 't') ?? 'n'
        cell = { column, type, format: style, value: '', hasValue: false, formula: false }
      } else if (name === 'v' || (name === 't' && cell?.type === 'inlineStr')) {
        taking = true
        if (cell) cell.hasValue = true
      } else if (name === 'f' && cell) cell.formula = true
      else if (name === 'rPh') taking = false
      else if (name === 'row') {
        rowNumber = Number(attributeOf(attributes, 'r') ?? rowNumber + 1)
        row = { number: rowNumber, hidden: isTrue(attributeOf(attributes, 'hidden')), cells: [] }
        column = -1
      } else if (name === 'mergeCell') merges.push(attributeOf(attributes, 'ref') ?? '')
      else if (name === 'col' && isTrue(attributeOf(attributes, 'hidden')))
        noteHidden(attributes, hiddenColumns, context)
    },
    close(name) {
      if (name === 'v' || name === 't') taking = false
      else if (name === 'c' && cell && row) {
        putCell(row, cell, context)
        cell = undefined
      } else if (name === 'row' && row) {
        if (row.cells.length > 0) rows.push(row)
        if (row.cells.length > 0) countRow(context)
        row = undefined
      }
    },
    text(piece) {
      if (taking && cell) cell.value += piece
    },
  })
  fillMerges(rows, merges, context)
  const columnCount = rows.reduce((widest, { cells }) => Math.max(widest, cells.length), 0)
  return { name: context.name, hidden, rows: rows satisfies Row[], columnCount, hiddenColumns }
}

function countRow(context: SheetContext): void {
  context.counter.rows += 1
  if (context.counter.rows > context.limits.rows_max) {
    throw new FileRefusal('too_many_rows', { sheet: context.name, limit: context.limits.rows_max })
  }
}

function noteHidden(attributes: string, hiddenColumns: number[], context: SheetContext): void {
  const first = Number(attributeOf(attributes, 'min') ?? 0)
  const last = Math.min(Number(attributeOf(attributes, 'max') ?? 0), context.limits.columns_max)
  for (let column = first; column <= last && hiddenColumns.length <= context.limits.columns_max; column++) {
    hiddenColumns.push(column - 1)
  }
}

/** Cells that are only formatted carry nothing and do not count against the limits. */
function putCell(row: { number: number; cells: Cell[] }, open: OpenCell, context: SheetContext): void {
  const cell = closeCell(open, context)
  if (cell.kind === 'empty') return
  const { limits, name } = context
  if (open.column >= limits.columns_max) {
    throw new FileRefusal('too_many_columns', {
      sheet: name,
      row: row.number,
      column: columnName(open.column),
      limit: limits.columns_max,
    })
  }
  if (cell.text.length > limits.cell_length_max) {
    throw new FileRefusal('cell_too_long', {
      sheet: name,
      cell: `${columnName(open.column)}${row.number}`,
      length: cell.text.length,
      limit: limits.cell_length_max,
    })
  }
  while (row.cells.length < open.column) row.cells.push(EMPTY_CELL)
  row.cells[open.column] = cell
}

function closeCell(open: OpenCell, context: SheetContext): Cell {
  const marks = {
    ...(open.format === undefined ? {} : { format: open.format }),
    ...(open.formula ? { formula: true as const } : {}),
  }
  if (!open.hasValue) return open.formula ? { text: '', raw: null, kind: 'uncalculated', ...marks } : EMPTY_CELL
  if (open.type === 's') return textCell(context.shared[Number(open.value)], context, marks)
  if (open.type === 'str' || open.type === 'inlineStr') return textCell(unescapeText(open.value), context, marks)
  if (open.type === 'b') {
    const value = isTrue(open.value)
    return { text: value ? 'TRUE' : 'FALSE', raw: value, kind: 'boolean', ...marks }
  }
  if (open.type === 'e') return { text: open.value, raw: open.value, kind: 'error', ...marks }
  if (open.type === 'd') return textCell(open.value.replace('T', ' '), context, marks)
  const value = Number(open.value)
  if (open.value.trim() === '' || !Number.isFinite(value)) throw new FileRefusal('damaged', { part: context.part })
  const text = showNumber(value, open.format, context.date1904)
  return { text, raw: value, kind: kindOfNumber(open.format), ...marks }
}

function textCell(text: string | undefined, context: SheetContext, marks: { format?: string; formula?: true }): Cell {
  if (text === undefined) throw new FileRefusal('damaged', { part: context.part })
  if (text.trim() === '') return EMPTY_CELL
  return { text, raw: text, kind: 'text', ...marks }
}

/** Excel writes characters that XML cannot carry as `_x000D_`. */
function unescapeText(text: string): string {
  if (!text.includes('_x')) return text
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}

function isTrue(value: string | undefined): boolean {
  return value === '1' || value === 'true'
}

function columnOfReference(reference: string | undefined): number | undefined {
  if (reference === undefined) return undefined
  let column = 0
  for (let i = 0; i < reference.length; i++) {
    const code = reference.charCodeAt(i)
    if (code < 65 || code > 90) break
    column = column * 26 + (code - 64)
  }
  return column > 0 ? column - 1 : undefined
}

/** Shows a merged cell's content in every cell that it covers, in rows that exist; says where it came from. */
function fillMerges(
  rows: ReadonlyArray<{ number: number; cells: Cell[] }>,
  merges: readonly string[],
  context: SheetContext,
): void {
  const { limits, name } = context
  if (merges.length > limits.merges_max) {
    throw new FileRefusal('too_many_merges', { sheet: name, limit: limits.merges_max })
  }
  const indexOfRow = new Map(rows.map((row, index) => [row.number, index]))
  let budget = limits.rows_max * 50
  for (const reference of merges) {
    const match = /^\$?([A-Z]+)\$?(\d+):\$?([A-Z]+)\$?(\d+)$/.exec(reference)
    const index = match ? indexOfRow.get(Number(match[2])) : undefined
    if (!match || index === undefined) continue
    const left = columnOfReference(match[1]) ?? 0
    const right = Math.min(columnOfReference(match[3]) ?? 0, limits.columns_max - 1)
    const anchor = rows[index]?.cells[left] ?? EMPTY_CELL
    if (anchor.kind === 'empty') continue
    const covered: Cell = { ...anchor, mergedFrom: { row: Number(match[2]), column: left } }
    for (let i = index; i < rows.length; i++) {
      const row = rows[i]
      if (!row || row.number > Number(match[4])) break
      for (let column = left; column <= right; column++) {
        if (i === index && column === left) continue
        if (--budget < 0) throw new FileRefusal('too_many_merges', { sheet: name, limit: limits.merges_max })
        while (row.cells.length < column) row.cells.push(EMPTY_CELL)
        row.cells[column] = covered
      }
    }
  }
}
