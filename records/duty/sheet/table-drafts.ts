import type { Day } from '#engines/values/time.ts'
import { cellAt, type Row } from '#platform/files/grid.ts'
import { type BodyRow, bodyRows } from './body-rows.ts'
import { CarriedCells } from './carried-cells.ts'
import { readListSpans } from './list-rows.ts'
import { canonicalMark, isShiftWord, readMark } from './marks.ts'
import type { Outcome } from './notebook.ts'
import { type DayColumn, dayOfColumn, readRosterCell } from './roster-rows.ts'
import { type DaySpan, statedMinutes } from './row-days.ts'
import {
  askYear,
  cellOf,
  columnOf,
  type PersonReading,
  placeOf,
  readDays,
  readPerson,
  spansOfMark,
  type TableReading,
  textOf,
} from './table-reading.ts'
import { plain, splitNames, tight } from './written-text.ts'
import { SPAN_SOURCE } from './written-times.ts'

/** Reads every row of a table into drafts; what cannot be taken goes into the notebook with its reason. */
export function readTableRows(reading: TableReading, days: readonly DayColumn[]): number {
  const carried = new CarriedCells(reading)
  let count = 0
  for (const body of bodyRows(reading.table)) {
    if (body.kind === 'skip') {
      reading.notebook.skip(placeOf(reading, body.row), body.value, body.code)
      continue
    }
    count += 1
    const { row, waits } = carried.fill(body.row)
    if (waits.length > 0) {
      reading.notebook.wait(placeOf(reading, row), rowText(row), waits)
      continue
    }
    const before = reading.notebook.entryCount
    if (reading.form === 'roster') readRosterRow(reading, { ...body, row }, days)
    else if (reading.form === 'names') readNamesRow(reading, { ...body, row })
    else readListRow(reading, { ...body, row })
    if (reading.notebook.entryCount === before)
      reading.notebook.skip(placeOf(reading, row), rowText(row), 'empty_person')
  }
  return count
}

type DataRow = Extract<BodyRow, { kind: 'data' }>

function rowText(row: Row): string {
  return row.cells
    .filter((cell, column) => cell.kind !== 'empty' && cell.mergedFrom?.column !== column)
    .map(({ text }) => plain(text))
    .join(' ')
    .slice(0, 60)
}

/** Files an outcome that is not a value. */
function setAside(reading: TableReading, row: Row, outcome: Exclude<Outcome<unknown>, { ok: true }>): void {
  const { notebook } = reading
  if ('ask' in outcome) notebook.wait(placeOf(reading, row), rowText(row), [outcome.ask])
  else
    notebook.refuse(
      placeOf(reading, row, outcome.at?.column),
      outcome.at?.value ?? rowText(row),
      outcome.refusal,
      outcome.facts,
    )
}

function readListRow(reading: TableReading, { row, section }: DataRow): void {
  const names = columnOf(reading, 'id_number')
    ? [textOf(reading, row, 'name')]
    : splitNames(textOf(reading, row, 'name'))
  const spans = readListSpans(reading, row)
  for (const name of names.length > 0 ? names : ['']) {
    const person = readPerson(reading, row, name)
    if (!person.ok) setAside(reading, row, person)
    else if (!spans.ok) {
      setAside(reading, row, spans)
      break
    } else
      for (const span of spans.value) addDraft(reading, row, person.value, span, section, textOf(reading, row, 'post'))
  }
}

function readRosterRow(reading: TableReading, { row, section }: DataRow, days: readonly DayColumn[]): void {
  const person = readPerson(reading, row)
  if (!person.ok) {
    setAside(reading, row, person)
    return
  }
  for (const column of days) {
    const outcome = readRosterCell(reading, row, column)
    if (!outcome.ok) {
      setAsideCell(reading, row, column.index, outcome)
      continue
    }
    if (outcome.value.length === 0) continue
    const day = dayOfColumn(column)
    if (day === undefined) refuseDay(reading, row, column)
    else
      for (const { start, end } of outcome.value)
        addDraft(reading, row, person.value, { day, start, end }, section, textOf(reading, row, 'post'), column.index)
  }
}

function setAsideCell(
  reading: TableReading,
  row: Row,
  column: number,
  outcome: Exclude<Outcome<unknown>, { ok: true }>,
): void {
  if ('ask' in outcome) reading.notebook.wait(placeOf(reading, row, column), cellAt(row, column).text, [outcome.ask])
  else setAside(reading, row, outcome)
}

function refuseDay(reading: TableReading, row: Row, column: DayColumn): void {
  if (column.day.ok) return
  const place = placeOf(reading, row, column.index)
  const header =
    reading.table.columns
      .find(({ index }) => index === column.index)
      ?.labels.map(({ text }) => text)
      .join('/') ?? ''
  if (column.day.reason === 'ask_year') {
    reading.notebook.wait(place, header, [askYear(reading, place)])
    return
  }
  reading.notebook.refuse(place, header, column.day.reason, 'facts' in column.day ? column.day.facts : {})
}

/** Days down, shifts or roles across, names in the cells. */
function readNamesRow(reading: TableReading, { row, section }: DataRow): void {
  const dateCell = cellOf(reading, row, 'date')
  const dateColumn = columnOf(reading, 'date')?.index ?? 0
  if (!dateCell || dateCell.kind === 'empty') {
    reading.notebook.refuse(placeOf(reading, row, dateColumn), '', 'date_missing')
    return
  }
  const days = readDays(dateCell, reading.hints, reading.workbook.date1904)
  if (!days.ok) {
    const place = placeOf(reading, row, dateColumn)
    if (days.reason === 'ask_year') reading.notebook.wait(place, rowText(row), [askYear(reading, place)])
    else
      reading.notebook.refuse(
        place,
        dateCell.text,
        days.facts?.one === undefined ? days.reason : 'date_lost_zero',
        days.facts ?? {},
      )
    return
  }
  for (const { index, labels, match } of reading.table.columns) {
    const header = labels.map(({ text }) => text).join('')
    if (match?.field !== 'name' && !isShiftWord(header)) continue
    for (const name of splitNames(cellAt(row, index).text))
      readNameInCell(reading, row, index, header, name, days.days, section)
  }
}

function readNameInCell(
  reading: TableReading,
  row: Row,
  index: number,
  header: string,
  name: string,
  days: readonly Day[],
  section: string | null,
): void {
  if (/^[-/\\无]$/.test(tight(name))) return
  const person = readPerson(reading, row, name)
  if (!person.ok) {
    setAside(reading, row, 'refusal' in person ? { ...person, at: { column: index, value: name } } : person)
    return
  }
  const spans = isShiftWord(header) ? hoursOfShift(reading, row, index, header) : hoursOfRow(reading, row)
  if (!spans.ok) {
    setAsideCell(reading, row, index, spans)
    return
  }
  const isRole = !isShiftWord(header) && !/^(姓名|值班人员|值守人员|值班人|人员|值班员)$/.test(tight(header))
  const post = textOf(reading, row, 'post') || (isRole ? tight(header) : '')
  for (const day of days) {
    for (const { start, end } of spans.value)
      addDraft(reading, row, person.value, { day, start, end }, section, post, index)
  }
}

function hoursOfShift(
  reading: TableReading,
  row: Row,
  index: number,
  header: string,
): Outcome<ReadonlyArray<{ start: number; end: number }>> {
  const inside = new RegExp(SPAN_SOURCE).exec(plain(header).replaceAll(' ', ''))
  const mark = inside ? inside[0] : canonicalMark(header)
  return spansOfMark(reading, readMark(mark, reading.legend), placeOf(reading, row, index), header)
}

/** The hours of the whole row, as in a list whose date is already known. */
function hoursOfRow(reading: TableReading, row: Row): Outcome<ReadonlyArray<{ start: number; end: number }>> {
  return readListSpans(reading, row)
}

function addDraft(
  reading: TableReading,
  row: Row,
  { person, id_trace, remark }: PersonReading,
  span: DaySpan,
  section: string | null,
  post: string,
  column?: number,
): void {
  const unitCell = textOf(reading, row, 'unit')
  const department = textOf(reading, row, 'department')
  const unit = unitCell || section || reading.unit || department
  const place = placeOf(reading, row, column)
  if (unit === '' && person.id_number === null) {
    const question = `unit:${reading.key}`
    if (reading.notebook.isAsked(question)) reading.notebook.wait(place, rowText(row), [question])
    else reading.notebook.refuse(place, person.name, 'unit_missing')
    return
  }
  const stated = reading.form === 'list' ? statedMinutes(reading, row) : null
  const real = span.end - span.start
  if (typeof stated === 'number' && Math.abs(stated - real) > 1) {
    const inHours = (minutes: number) => Math.round((minutes / 60) * 100) / 100
    reading.notebook.note(place, 'hours_differ', { stated: inHours(stated), real: inHours(real) })
  }
  reading.notebook.drafts.push({
    person,
    id_trace,
    unit,
    department: unit === department ? '' : department,
    post,
    title: reading.title,
    day: span.day,
    start: span.start,
    end: span.end,
    stated_minutes: typeof stated === 'number' ? stated : null,
    remark: [textOf(reading, row, 'remark'), remark].filter((part) => part !== '').join('；'),
    source: place,
  })
}
