import { Buffer } from 'node:buffer'
import ExcelJS from 'exceljs'
import type { Workbook } from '#platform/files/grid.ts'
import { describeFileProblem } from '#platform/files/problems.ts'
import { readWorkbook } from '#platform/files/workbook.ts'
import { checkCharacter } from '#records/people/rules.ts'
import type { DutySheetReading } from './shapes.ts'

/** Workbooks as offices make them, for the tests: built by another program, read by ours. All people are made up. */
export async function officeWorkbook(fill: (workbook: ExcelJS.Workbook) => void): Promise<Workbook> {
  const workbook = new ExcelJS.Workbook()
  fill(workbook)
  return opened(new Uint8Array(Buffer.from(await workbook.xlsx.writeBuffer())))
}

export function opened(bytes: Uint8Array, name = '值班表.csv'): Workbook {
  const reading = readWorkbook({ bytes, name })
  if (!reading.ok) throw new Error(describeFileProblem(reading.problem, 'en'))
  return reading.workbook
}

export type Written = string | number | Date | null | ExcelJS.CellFormulaValue

/** One sheet from rows of values, with merges. */
export function addSheet(
  workbook: ExcelJS.Workbook,
  name: string,
  rows: ReadonlyArray<readonly Written[]>,
  merges: readonly string[] = [],
): ExcelJS.Worksheet {
  const sheet = workbook.addWorksheet(name)
  for (const row of rows) sheet.addRow([...row])
  for (const merge of merges) sheet.mergeCells(merge)
  return sheet
}

/** A made-up identity number: the area code 999901 is not in use. */
export function madeUpId(serial: number, birthday = '19880214'): string {
  const first17 = `999901${birthday}${String(serial).padStart(3, '0')}`
  return first17 + checkCharacter(first17)
}

/** Rows as short lines: who, from, to. */
export function duties(reading: DutySheetReading): string[] {
  return reading.rows.map(
    ({ person, starts_at, ends_at }) => `${person.name} ${starts_at.slice(5)} ${ends_at.slice(5)}`,
  )
}

/** Refusals as short lines: where and why. */
export function refusals(reading: DutySheetReading): string[] {
  return reading.refused.map(({ row, column, code }) => `${row}${column ?? ''} ${code}`)
}
