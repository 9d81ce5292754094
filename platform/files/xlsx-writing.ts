import { columnName } from './grid.ts'
import { minuteToSerial } from './number-format.ts'
import type { ColumnFormat, SheetColumn, SheetLayout, SheetRow, SheetValue, WorkbookLayout } from './sheet-layout.ts'
import { type Role, StyleSheet } from './xlsx-styles.ts'
import { encodeXml } from './xml.ts'
import { packArchive } from './zip.ts'

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const TEXT_LENGTH_MAX = 32_767
const ROWS_MAX = 1_048_576

/**
 * Writes a workbook as an office would file it: title across the table, grouped headers, borders, widths that suit Chinese
 * text, header rows in view and repeated on every printed page, A4 across and fitted to its width, page numbers at the
 * foot. Text stays text: a value that begins with `=`, `+`, `-` or `@` is never a formula, not even after editing.
 * The same layout gives the same bytes. Throws on a value that does not fit its column's format: that is a defect.
 *
 * @example
 * writeWorkbook({ footer: '示例市卫生健康局', sheets: [{
 *   name: '补助明细', title: '临时性工作补助明细表', columns: [
 *     { header: '姓名', key: 'name' }, { header: '补助(元)', key: 'amount', format: 'yuan' },
 *   ], rows: [{ name: '张三', amount: 60000 }], totals: { name: '合计', amount: 60000 } }] })
 */
export function writeWorkbook(layout: WorkbookLayout): Uint8Array<ArrayBuffer> {
  if (layout.sheets.length === 0) throw new RangeError('a workbook needs at least one sheet')
  const names = uniqueNames(layout.sheets.map(({ name }) => name))
  const styles = new StyleSheet()
  const strings = new SharedStrings()
  const sheets = layout.sheets.map((sheet) =>
    writeSheet(sheet, { footer: layout.footer ?? '', header: layout.mark?.line ?? '' }, styles, strings),
  )
  return packArchive([
    { name: '[Content_Types].xml', content: contentTypes(sheets.length, layout.mark !== undefined) },
    {
      name: '_rels/.rels',
      content: relations([
        ['officeDocument', 'xl/workbook.xml'],
        ...(layout.mark ? [['custom-properties', 'docProps/custom.xml'] as const] : []),
      ]),
    },
    ...(layout.mark ? [{ name: 'docProps/custom.xml', content: customProperties(layout.mark.properties) }] : []),
    { name: 'xl/workbook.xml', content: workbookXml(names, sheets) },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: relations([
        ...sheets.map((_, index): [string, string] => ['worksheet', `worksheets/sheet${index + 1}.xml`]),
        ['styles', 'styles.xml'],
        ['sharedStrings', 'sharedStrings.xml'],
      ]),
    },
    { name: 'xl/styles.xml', content: styles.toXml() },
    { name: 'xl/sharedStrings.xml', content: strings.toXml() },
    ...sheets.map(({ xml }, index) => ({ name: `xl/worksheets/sheet${index + 1}.xml`, content: xml })),
  ])
}

class SharedStrings {
  readonly #ids = new Map<string, number>()
  #uses = 0

  idOf(text: string): number {
    this.#uses += 1
    const known = this.#ids.get(text)
    if (known !== undefined) return known
    this.#ids.set(text, this.#ids.size)
    return this.#ids.size - 1
  }

  toXml(): string {
    const items: string[] = []
    for (const text of this.#ids.keys()) {
      const safe = encodeXml(text.replace(/_x(?=[0-9A-Fa-f]{4}_)/g, '_x005F_x'))
      items.push(`<si><t xml:space="preserve">${safe}</t></si>`)
    }
    return `${DECLARATION}<sst xmlns="${MAIN}" count="${this.#uses}" uniqueCount="${this.#ids.size}">${items.join('')}</sst>`
  }
}

interface WrittenSheet {
  readonly xml: string
  readonly lastColumn: string
  readonly headerRows: readonly [first: number, last: number]
  readonly lastRow: number
}

/** Collects the rows of one sheet. */
class Canvas {
  readonly rows: string[] = []
  readonly merges: string[] = []
  readonly styles: StyleSheet
  readonly strings: SharedStrings

  constructor(styles: StyleSheet, strings: SharedStrings) {
    this.styles = styles
    this.strings = strings
  }

  get nextRow(): number {
    return this.rows.length + 1
  }

  addRow(cells: readonly string[], height?: number): void {
    if (this.nextRow > ROWS_MAX) throw new RangeError(`a sheet holds at most ${ROWS_MAX} rows`)
    const size = height === undefined ? '' : ` ht="${height}" customHeight="1"`
    this.rows.push(`<row r="${this.nextRow}"${size}>${cells.join('')}</row>`)
  }

  /** One line of text across the whole table. */
  addBanner(text: string, role: Role, align: 'left' | 'center', columnCount: number, height?: number): void {
    const row = this.nextRow
    const cells = Array.from({ length: columnCount }, (_, column) =>
      this.cell(column, column === 0 ? text : null, 'text', role, align),
    )
    if (columnCount > 1) this.merges.push(`A${row}:${columnName(columnCount - 1)}${row}`)
    this.addRow(cells, height)
  }

  cell(
    column: number,
    value: SheetValue,
    format: ColumnFormat,
    role: Role,
    align: 'left' | 'center' | 'right',
  ): string {
    const reference = `${columnName(column)}${this.nextRow}`
    const quoted = typeof value === 'string' && /^[=+\-@\t\r]/.test(value)
    if (typeof value === 'string' && format !== 'date' && format !== 'moment') {
      if (value.length > TEXT_LENGTH_MAX)
        throw new RangeError(`cell ${reference} holds more than ${TEXT_LENGTH_MAX} characters`)
      const style = this.styles.idOf({ role, format: 'text', align: align === 'right' ? 'left' : align, quoted })
      return value === ''
        ? `<c r="${reference}" s="${style}"/>`
        : `<c r="${reference}" s="${style}" t="s"><v>${this.strings.idOf(value)}</v></c>`
    }
    const style = this.styles.idOf({ role, format, align, quoted: false })
    if (value === null || value === undefined || value === '') return `<c r="${reference}" s="${style}"/>`
    return `<c r="${reference}" s="${style}"><v>${numberText(value, format, reference)}</v></c>`
  }
}

/** The digits that go into the file. Amounts are written from whole fen, so that no fraction is ever rounded. */
function numberText(value: string | number, format: ColumnFormat, reference: string): string {
  const wrong = () => new RangeError(`cell ${reference}: “${value}” does not fit a column of format ${format}`)
  if (typeof value === 'string') {
    const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}):(\d{2}))?/.exec(value)
    const day = match ? Date.parse(`${match[1]}T00:00:00Z`) / 60_000 : Number.NaN
    if (!match || Number.isNaN(day)) throw wrong()
    const minute = day + Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0)
    return String(minuteToSerial(minute))
  }
  if (!Number.isFinite(value) || format === 'date' || format === 'moment') throw wrong()
  if (format === 'yuan' || format === 'hours' || format === 'count') {
    if (!Number.isSafeInteger(value)) throw wrong()
  }
  if (format === 'hours') return String(value / 60)
  if (format !== 'yuan') return String(value)
  const fen = Math.abs(value)
  return `${value < 0 ? '-' : ''}${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`
}

interface Margins {
  readonly footer: string
  readonly header: string
}

function writeSheet(sheet: SheetLayout, margins: Margins, styles: StyleSheet, strings: SharedStrings): WrittenSheet {
  const canvas = new Canvas(styles, strings)
  const { columns } = sheet
  if (columns.length === 0) throw new RangeError(`sheet ${sheet.name} has no columns`)
  if (sheet.title) canvas.addBanner(sheet.title, 'title', 'center', columns.length, 36)
  for (const line of [sheet.subtitle ?? []].flat()) canvas.addBanner(line, 'subtitle', 'left', columns.length, 18)
  const firstHeader = canvas.nextRow
  addHeaders(canvas, columns)
  const lastHeader = canvas.nextRow - 1
  const widths = columns.map((column) => Math.max(widthOf(column.header) / (column.group ? 1 : 2), 6))
  let measured = 0
  for (const row of sheet.rows) {
    addBodyRow(canvas, columns, row, sheet.isSubtotal?.(row) ? 'subtotal' : 'body')
    if (measured++ >= 300) continue
    for (const [index, column] of columns.entries()) widen(widths, index, row[column.key], column)
  }
  if (sheet.totals) {
    addBodyRow(canvas, columns, sheet.totals, 'subtotal')
    for (const [index, column] of columns.entries()) widen(widths, index, sheet.totals[column.key], column)
  }
  const lastRow = canvas.nextRow - 1
  const fitted = columns.map((column, index) => column.width ?? Math.min(Math.ceil((widths[index] ?? 8) + 3), 48))
  const totalWidth = fitted.reduce((sum, width) => sum + width, 0)
  for (const note of sheet.notes ?? []) {
    canvas.addBanner(note, 'note', 'left', columns.length, 20 * Math.max(1, Math.ceil(widthOf(note) / totalWidth)))
  }
  const xml = sheetXml(sheet, canvas, fitted, lastHeader, lastRow, margins)
  return {
    xml,
    lastColumn: columnName(columns.length - 1),
    headerRows: [firstHeader, lastHeader],
    lastRow: canvas.nextRow - 1,
  }
}

/** Two header rows when any column belongs to a group: the group above its columns, other headers over both rows. */
function addHeaders(canvas: Canvas, columns: readonly SheetColumn[]): void {
  const grouped = columns.some(({ group }) => group !== undefined)
  const head = (column: number, text: string) => canvas.cell(column, text, 'text', 'header', 'center')
  if (grouped) {
    const row = canvas.nextRow
    columns.forEach((column, index) => {
      const isFirst = index === 0 || columns[index - 1]?.group !== column.group
      if (column.group === undefined) {
        canvas.merges.push(`${columnName(index)}${row}:${columnName(index)}${row + 1}`)
      } else if (isFirst) {
        let last = index
        while (columns[last + 1]?.group === column.group) last += 1
        if (last > index) canvas.merges.push(`${columnName(index)}${row}:${columnName(last)}${row}`)
      }
    })
    canvas.addRow(
      columns.map(({ group, header }, index) => head(index, group ?? header)),
      22,
    )
  }
  canvas.addRow(
    columns.map(({ header }, index) => head(index, header)),
    headerHeight(columns),
  )
}

function headerHeight(columns: readonly SheetColumn[]): number {
  const lines = columns.map(({ header, width }) =>
    width === undefined ? header.split('\n').length : Math.ceil(widthOf(header) / width),
  )
  return 8 + 16 * Math.max(1, ...lines)
}

function addBodyRow(canvas: Canvas, columns: readonly SheetColumn[], row: SheetRow, role: 'body' | 'subtotal'): void {
  const cells: string[] = []
  for (let index = 0; index < columns.length; index++) {
    const column = columns[index]
    if (!column) continue
    const format = column.format ?? 'text'
    const align =
      column.align ?? (format === 'text' ? 'left' : format === 'date' || format === 'moment' ? 'center' : 'right')
    cells.push(canvas.cell(index, row[column.key], format, role, align))
  }
  canvas.addRow(cells, heightOf(columns, row))
}

const LINE_HEIGHT = 14
const LINES_MAX = 20

/** Long texts in a column of a given width wrap; programs that print do not always grow the row by themselves. */
function heightOf(columns: readonly SheetColumn[], row: SheetRow): number | undefined {
  let lines = 1
  for (const { key, width } of columns) {
    const value = row[key]
    if (width === undefined || typeof value !== 'string') continue
    const wrapped = value
      .split('\n')
      .reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / (width - 2))), 0)
    lines = Math.max(lines, wrapped)
  }
  return lines === 1 ? undefined : 6 + LINE_HEIGHT * Math.min(lines, LINES_MAX)
}

function widen(widths: number[], index: number, value: SheetValue, column: SheetColumn): void {
  if (value === null || value === undefined) return
  const width =
    typeof value === 'string' ? widthOf(value) : String(value).length * (column.format === 'yuan' ? 1.3 : 1) + 1
  widths[index] = Math.max(widths[index] ?? 0, width)
}

/** Width of a text in Western characters: Chinese and full-width characters take two. */
function widthOf(text: string): number {
  let widest = 0
  for (const line of text.split('\n')) {
    let width = 0
    for (const character of line) width += (character.codePointAt(0) ?? 0) > 0x2e7f ? 2 : 1
    widest = Math.max(widest, width)
  }
  return widest
}

function sheetXml(
  sheet: SheetLayout,
  canvas: Canvas,
  widths: readonly number[],
  lastHeader: number,
  lastRow: number,
  { footer, header }: Margins,
): string {
  const frozen = sheet.frozenColumns ?? 0
  const corner = `${columnName(frozen)}${lastHeader + 1}`
  const pane = `<pane${frozen > 0 ? ` xSplit="${frozen}"` : ''} ySplit="${lastHeader}" topLeftCell="${corner}" \
activePane="${frozen > 0 ? 'bottomRight' : 'bottomLeft'}" state="frozen"/>`
  const columns = widths.map(
    (width, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`,
  )
  const merges = canvas.merges.map((reference) => `<mergeCell ref="${reference}"/>`).join('')
  const head = header === '' ? '' : `<oddHeader>${encodeXml(`&R&8${header.replaceAll('&', '&&')}`)}</oddHeader>`
  const foot = `&L${footer.replaceAll('&', '&&')}&C第 &P 页 共 &N 页`
  return [
    `${DECLARATION}<worksheet xmlns="${MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>`,
    `<sheetViews><sheetView workbookViewId="0" showGridLines="0">${pane}</sheetView></sheetViews>`,
    `<sheetFormatPr defaultRowHeight="18" customHeight="1"/><cols>${columns.join('')}</cols>`,
    `<sheetData>${canvas.rows.join('')}</sheetData>`,
    canvas.merges.length > 0 ? `<mergeCells count="${canvas.merges.length}">${merges}</mergeCells>` : '',
    validations(sheet.columns, lastHeader + 1, lastRow + 500),
    '<printOptions horizontalCentered="1"/><pageMargins left="0.5" right="0.5" top="0.6" bottom="0.7" header="0.3" footer="0.35"/>',
    `<pageSetup paperSize="9" orientation="${(sheet.landscape ?? true) ? 'landscape' : 'portrait'}" fitToWidth="1" fitToHeight="0"/>`,
    `<headerFooter>${head}<oddFooter>${encodeXml(foot)}</oddFooter></headerFooter></worksheet>`,
  ].join('')
}

function validations(columns: readonly SheetColumn[], firstRow: number, lastRow: number): string {
  const lists = columns.flatMap(({ choices }, index) => {
    if (!choices || choices.length === 0) return []
    const formula = `"${choices.join(',')}"`
    if (formula.length > 257) throw new RangeError('a drop-down list holds at most 255 characters')
    const range = `${columnName(index)}${firstRow}:${columnName(index)}${lastRow}`
    return [
      `<dataValidation type="list" allowBlank="1" showErrorMessage="0" sqref="${range}"><formula1>${encodeXml(formula)}</formula1></dataValidation>`,
    ]
  })
  return lists.length > 0 ? `<dataValidations count="${lists.length}">${lists.join('')}</dataValidations>` : ''
}

function workbookXml(names: readonly string[], sheets: readonly WrittenSheet[]): string {
  const list = names.map(
    (name, index) => `<sheet name="${encodeXml(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`,
  )
  const titles = sheets.map(({ headerRows: [first, last] }, index) => {
    const quoted = `'${(names[index] ?? '').replaceAll("'", "''")}'`
    return `<definedName name="_xlnm.Print_Titles" localSheetId="${index}">${encodeXml(quoted)}!$${first}:$${last}</definedName>`
  })
  return `${DECLARATION}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets>${list.join('')}</sheets><definedNames>${titles.join('')}</definedNames></workbook>`
}

function relations(targets: ReadonlyArray<readonly [type: string, target: string]>): string {
  const list = targets.map(
    ([type, target], index) => `<Relationship Id="rId${index + 1}" Type="${RELATIONS}/${type}" Target="${target}"/>`,
  )
  return `${DECLARATION}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${list.join('')}</Relationships>`
}

/** Properties that an office sees under “file, properties”, and that stay when the sheets are edited. */
function customProperties(properties: Readonly<Record<string, string>>): string {
  const items = Object.entries(properties).map(
    ([name, value], index) =>
      `<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="${index + 2}" name="${encodeXml(name)}"><vt:lpwstr>${encodeXml(value)}</vt:lpwstr></property>`,
  )
  return `${DECLARATION}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" \
xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">${items.join('')}</Properties>`
}

function contentTypes(sheetCount: number, isMarked: boolean): string {
  const base = 'application/vnd.openxmlformats-officedocument.spreadsheetml'
  const part = (name: string, type: string) =>
    `<Override PartName="/xl/${name}.xml" ContentType="${base}.${type}+xml"/>`
  const sheets = Array.from({ length: sheetCount }, (_, index) => part(`worksheets/sheet${index + 1}`, 'worksheet'))
  return `${DECLARATION}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">\
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Default Extension="xml" ContentType="application/xml"/>${part('workbook', 'sheet.main')}${part('styles', 'styles')}\
${part('sharedStrings', 'sharedStrings')}${isMarked ? '<Override PartName="/docProps/custom.xml" ContentType="application/vnd.openxmlformats-officedocument.custom-properties+xml"/>' : ''}${sheets.join('')}</Types>`
}

function uniqueNames(names: readonly string[]): string[] {
  const used = new Set<string>()
  return names.map((name, index) => {
    const safe =
      name
        .replace(/[[\]:*?/\\]/g, ' ')
        .replace(/^'+|'+$/g, '')
        .trim()
        .slice(0, 31) || `表${index + 1}`
    let candidate = safe
    for (let copy = 2; used.has(candidate.toLowerCase()); copy++) {
      const ending = `(${copy})`
      candidate = `${safe.slice(0, 31 - ending.length)}${ending}`
    }
    used.add(candidate.toLowerCase())
    return candidate
  })
}
