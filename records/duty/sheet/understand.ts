import { columnName, type Sheet, type Workbook } from '#platform/files/grid.ts'
import { bodyRows } from './body-rows.ts'
import { readYesNo } from './carried-cells.ts'
import { holdsSpans } from './list-rows.ts'
import { isShiftWord, type Legend, type MarkMeaning, parseMeaning, readLegend } from './marks.ts'
import { Notebook } from './notebook.ts'
import { type DayColumn, dayColumnsOf, dayText } from './roster-rows.ts'
import { settleDrafts } from './settled-rows.ts'
import type { DutySheetReading, SheetContext, UnderstoodColumn, UnderstoodMark, UnderstoodTable } from './shapes.ts'
import { readTableRows } from './table-drafts.ts'
import { columnOf, type TableReading } from './table-reading.ts'
import { distinctTexts, type FoundTable, findTables } from './tables.ts'
import { EXAMPLE_SHEET, INSTRUCTIONS_SHEET } from './template.ts'
import { unitInLine } from './units.ts'
import { type DateHints, hintsFrom, windowDays } from './written-dates.ts'
import { plain } from './written-text.ts'
import { showSpan } from './written-times.ts'

/**
 * Understands a duty sheet as an office has it: finds the tables, maps the columns, reads dates, times and marks, and says
 * for every row whether it is taken, refused (with the reason and what would be right), waiting for an answer, or no duty at all.
 * Nothing is guessed: what the file leaves open comes back as questions with a proposed answer; pass the answers in
 * `context.answers` and read again. Pure: the same workbook and context give the same reading, and the same row keys.
 *
 * @example
 * const first = understandDutySheet(workbook, { window: { first: '2020-01-20', last: null } })
 * // first.questions → [{ key: 'mark:夜', proposed: '20:00-次日08:00', … }]
 * const second = understandDutySheet(workbook, { window: …, answers: { 'mark:夜': '20:00-次日8:00' } })
 */
export function understandDutySheet(workbook: Workbook, context: SheetContext = {}): DutySheetReading {
  const notebook = new Notebook(context.answers ?? {})
  const marksMet: TableReading['marksMet'] = new Map()
  const sharedLegend = legendOf(
    workbook.sheets.filter(({ name }) => /班次|图例/.test(name)).flatMap((sheet) => sheet.rows.map(rowLine)),
  )
  const answered = answeredMarks(notebook)
  const understood: UnderstoodTable[] = []
  for (const sheet of workbook.sheets) {
    if (sheet.name === EXAMPLE_SHEET || sheet.name === INSTRUCTIONS_SHEET) {
      notebook.skip({ sheet: sheet.name, row: 1 }, '', 'example')
      continue
    }
    const visible = withoutHidden(sheet, notebook)
    if (!visible) continue
    const { tables, lines } = findTables(visible)
    if (tables.length === 0 && visible.rows.length > 0) {
      notebook.skip({ sheet: sheet.name, row: visible.rows[0]?.number ?? 1 }, '', 'no_table')
    }
    for (const row of lines) notebook.skip({ sheet: sheet.name, row: row.number }, rowLine(row).slice(0, 60), 'title')
    const legend = new Map([...sharedLegend, ...sheetLegend(visible, tables, lines.map(rowLine)), ...answered])
    for (const table of tables) {
      understood.push(
        readTable({ workbook, table, legend, notebook, marksMet, context, firstLines: lines.map(rowLine) }),
      )
    }
  }
  const settled = settleDrafts(notebook, context)
  for (const mark of answered.keys()) {
    // An answered mark also holds inside a longer one: 夜 in 白夜.
    if ([...marksMet.keys()].some((met) => met.includes(mark))) notebook.use(`mark:${mark}`)
  }
  return {
    understood: { tables: understood, marks: showMarks(marksMet), ...settled.summary },
    questions: notebook.questions,
    rows: settled.rows,
    refused: inOrder(notebook.refused, workbook),
    waiting: notebook.waiting,
    skipped: notebook.skipped,
    notices: notebook.notices,
    left_over_answers: notebook.leftOver(),
  }
}

/** Answers about marks count like a legend, so that they also hold inside `白夜` or `白/夜`. */
function answeredMarks(notebook: Notebook): Map<string, MarkMeaning> {
  const marks = new Map<string, MarkMeaning>()
  for (const key of Object.keys(notebook.answers)) {
    const meaning = key.startsWith('mark:') ? parseMeaning((notebook.answers[key] ?? '').trim()) : undefined
    if (meaning) marks.set(key.slice('mark:'.length), meaning)
  }
  return marks
}

function inOrder<Item extends { readonly sheet: string; readonly row: number }>(
  items: readonly Item[],
  workbook: Workbook,
): Item[] {
  const order = new Map(workbook.sheets.map(({ name }, index) => [name, index]))
  return items.toSorted((a, b) => (order.get(a.sheet) ?? 0) - (order.get(b.sheet) ?? 0) || a.row - b.row)
}

function rowLine(row: Sheet['rows'][number]): string {
  return distinctTexts(row).join(' ')
}

function legendOf(lines: readonly string[]): Legend {
  return readLegend(lines)
}

/** Explanations stand above the table, below it, or beside it in columns without a header. */
function sheetLegend(sheet: Sheet, tables: readonly FoundTable[], firstLines: readonly string[]): Legend {
  const texts = [...firstLines]
  for (const table of tables) {
    for (const body of bodyRows(table)) if (body.kind === 'skip') texts.push(rowLine(body.row))
  }
  const headed = new Set(tables.flatMap(({ columns }) => columns.map(({ index }) => index)))
  for (const row of sheet.rows) {
    const beside = row.cells.filter(
      (cell, index) => !headed.has(index) && cell.kind === 'text' && cell.mergedFrom === undefined,
    )
    if (beside.length > 0) texts.push(beside.map(({ text }) => text).join(' '))
  }
  return legendOf(texts)
}

/** Hidden rows and sheets are left out until somebody says that they count; hidden columns are used like any other. */
function withoutHidden(sheet: Sheet, notebook: Notebook): Sheet | undefined {
  const hiddenRows = sheet.rows.filter(({ hidden }) => hidden)
  if (!sheet.hidden && hiddenRows.length === 0) return sheet
  const key = `hidden:${sheet.name}`
  const take = notebook.answer(key, readYesNo)
  if (take === true) return sheet
  const first = { sheet: sheet.name, row: (sheet.hidden ? sheet.rows[0] : hiddenRows[0])?.number ?? 1 }
  if (sheet.hidden) {
    if (findTables(sheet).tables.length > 0 && take === undefined) {
      notebook.ask({
        key,
        kind: 'hidden',
        text: 'hidden',
        facts: { sheet: sheet.name },
        proposed: '否',
        blocking: false,
        place: first,
      })
    }
    notebook.skip(first, '', 'hidden_sheet')
    return undefined
  }
  for (const row of hiddenRows) {
    const place = { sheet: sheet.name, row: row.number }
    notebook.skip(place, rowLine(row).slice(0, 60), 'hidden_row')
    if (take === undefined) {
      notebook.ask({
        key,
        kind: 'hidden',
        text: 'hidden',
        facts: { sheet: sheet.name },
        proposed: '否',
        blocking: false,
        place,
      })
    }
  }
  return { ...sheet, rows: sheet.rows.filter(({ hidden }) => !hidden) }
}

interface TableTask {
  readonly workbook: Workbook
  readonly table: FoundTable
  readonly legend: Legend
  readonly notebook: Notebook
  readonly marksMet: TableReading['marksMet']
  readonly context: SheetContext
  readonly firstLines: readonly string[]
}

function readTable(task: TableTask): UnderstoodTable {
  const { workbook, notebook, context, legend, marksMet } = task
  const table = withTimeColumns(task.table)
  const key = `${table.sheet.name}!${columnName(table.columns[0]?.index ?? 0)}${table.headerRows[0]}`
  const title = titleOf(table, task.firstLines)
  const hints = hintsOf(table, task.firstLines, context, notebook)
  const days = dayColumnsOf(table.columns, hints, workbook.date1904)
  const form = formOf(table, days)
  const own = unitOf(table, title, key, task)
  const reading: TableReading = { workbook, table, key, form, title, unit: own.unit, hints, legend, notebook, marksMet }
  const count = readTableRows(reading, form === 'roster' ? days : [])
  return {
    key,
    sheet: table.sheet.name,
    header_rows: table.headerRows,
    form,
    title,
    unit: own.unit,
    unit_from: columnOf(reading, 'unit') ? 'column' : own.from,
    columns: showColumns(reading, form === 'roster' ? days : []),
    row_count: count,
  }
}

/** A column headed 上班时间 that holds whole spans is a time column; so is a beginning without an end. */
function withTimeColumns(table: FoundTable): FoundTable {
  const hasEnd = table.columns.some(({ match }) => match?.field === 'end')
  const columns = table.columns.map((column) => {
    if (column.match?.field !== 'start' || (hasEnd && !holdsSpans(table.body, column.index))) return column
    return { ...column, match: { field: 'time' as const, confidence: 0.7 } }
  })
  return { ...table, columns }
}

function formOf(table: FoundTable, days: readonly DayColumn[]): UnderstoodTable['form'] {
  const names = table.columns.filter(({ match }) => match?.field === 'name')
  if (days.length >= 2 && names.length === 1) return 'roster'
  const shifts = table.columns.filter(({ match, labels }) => !match && labels.some(({ text }) => isShiftWord(text)))
  const dated = table.columns.some(({ match }) => match?.field === 'date')
  return dated && (names.length >= 2 || (names.length === 0 && shifts.length > 0)) ? 'names' : 'list'
}

function titleOf(table: FoundTable, firstLines: readonly string[]): string {
  const lines = table.above.length > 0 ? table.above : firstLines
  return plain(lines.find((line) => line.length >= 4) ?? lines[0] ?? '')
}

/** When a sheet was filled in says nothing about when the duty was. */
const FILLED_IN = /(填表|制表|填报|打印|报送|审核).{0,4}(日期|时间)/

function hintsOf(
  table: FoundTable,
  firstLines: readonly string[],
  context: SheetContext,
  notebook: Notebook,
): DateHints {
  const useful = (lines: readonly string[]) => lines.filter((line) => !FILLED_IN.test(line))
  const near = hintsFrom(useful(table.above))
  const wide = hintsFrom([...useful(firstLines), table.sheet.name])
  const answeredYear = notebook.answer('year', (text) =>
    /^20\d{2}年?$/.test(text) ? Number.parseInt(text, 10) : undefined,
  )
  const period = near.period ?? wide.period
  const month = near.month ?? wide.month
  return {
    years: near.years.length > 0 ? near.years : wide.years,
    ...(period ? { period } : {}),
    ...(month === undefined ? {} : { month }),
    ...(context.window ? { window: windowDays(context.window) } : {}),
    ...(answeredYear === undefined ? {} : { answeredYear }),
  }
}

/** The unit of a table without a unit column: stated above it, named in its title, the sheet's name, the upload, or asked. */
function unitOf(
  table: FoundTable,
  title: string,
  key: string,
  { context, notebook, firstLines }: TableTask,
): { unit: string | null; from: UnderstoodTable['unit_from'] } {
  const answered = notebook.answer(`unit:${key}`, (text) => (text === '' ? undefined : text))
  if (answered) return { unit: answered, from: 'answer' }
  const lines = [...table.above.toReversed(), ...firstLines].flatMap((line) => unitInLine(line) ?? [])
  const inTitle = lines.find(({ stated }) => stated) ?? lines[0]
  const inName = unitInLine(table.sheet.name)
  if (inTitle && inName && !inTitle.unit.includes(inName.unit) && !inName.unit.includes(inTitle.unit)) {
    const place = { sheet: table.sheet.name, row: table.headerRows[0] ?? 1 }
    notebook.note(place, 'two_units', { title: inTitle.unit, sheet_name: inName.unit })
  }
  if (inTitle) return { unit: inTitle.unit, from: 'title' }
  if (inName) return { unit: inName.unit, from: 'sheet_name' }
  if (context.unit) return { unit: context.unit, from: 'upload' }
  const known = table.columns.some(({ match }) => match?.field === 'unit' || match?.field === 'department')
  if (!known && !bodyRows(table).some((body) => body.kind === 'data' && body.section !== null)) {
    const place = { sheet: table.sheet.name, row: table.headerRows[0] ?? 1 }
    const proposed =
      /^sheet\d*$|^工作表\d*$|^表\d*$|\d|月/i.test(table.sheet.name) || title.includes(table.sheet.name)
        ? null
        : table.sheet.name
    notebook.ask({
      key: `unit:${key}`,
      kind: 'unit',
      text: 'unit',
      facts: { table: key },
      proposed,

      place,
    })
  }
  return { unit: null, from: null }
}

function showColumns(reading: TableReading, days: readonly DayColumn[]): UnderstoodColumn[] {
  return reading.table.columns.map(({ index, labels, match }) => {
    const header = labels.map(({ text }) => plain(text)).join('/')
    const day = days.find((column) => column.index === index)
    const date = day ? dayText(day) : undefined
    const shiftOfNames = reading.form === 'names' && !match && isShiftWord(header)
    const duplicate = match && reading.form !== 'names' && columnOf(reading, match.field)?.index !== index
    return {
      column: columnName(index),
      header,
      field: day ? 'day' : shiftOfNames ? 'shift_of_names' : match && !duplicate ? match.field : 'ignored',
      confidence: day ? (date ? 1 : 0.5) : (match?.confidence ?? (shiftOfNames ? 0.9 : 0)),
      hidden: reading.table.sheet.hiddenColumns.includes(index),
      ...(date ? { day: date } : {}),
    }
  })
}

function showMarks(met: TableReading['marksMet']): UnderstoodMark[] {
  return [...met].map(([mark, { count, meaning, from }]) => ({
    mark,
    meaning: meaning ? showMeaning(meaning) : null,
    from,
    count,
  }))
}

function showMeaning(meaning: MarkMeaning): string {
  return meaning.kind === 'rest' ? '休' : meaning.spans.map(showSpan).join('、')
}
