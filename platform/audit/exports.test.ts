import { expect, it } from 'vitest'
import { openTestHouse, UNITS } from '#apps/server/testing-house.ts'
import { jobContext } from '#platform/db/context.ts'
import { readWorkbook } from '#platform/files/workbook.ts'
import { exportNumber, issueExport, readExportNumber } from './exports.ts'

const { account, ask, database } = await openTestHouse()

const ORDER = {
  kind: 'test.sheet',
  unit_id: UNITS.hospital,
  by: '财政经办',
  at_text: '2020-02-24 08:00',
  purpose: '报财政审核',
  people_count: 1,
}
const layout = {
  sheets: ['一', '二'].map((name) => ({
    name,
    title: '明细表',
    columns: [{ header: '姓名', key: 'name' }],
    rows: [{ name: '虚构甲' }],
  })),
}

it('gives numbers whose misreading is noticed', () => {
  expect(exportNumber(123)).toBe('TP-000123-6')
  expect(readExportNumber(' tp 000123 6')).toBe('TP-000123-6')
  expect(readExportNumber('ＴＰ-000123-6')).toBe('TP-000123-6')
  for (const misread of ['TP-000132-6', 'TP-000124-6', 'TP-00012-6', '甲'])
    expect(readExportNumber(misread)).toBeUndefined()
})

it('marks every sheet, every printed page and the file itself, and the number leads to who made it', async () => {
  const transact = <T>(work: Parameters<typeof database.transact<T>>[1]) => database.transact(jobContext('test'), work)
  const { number, bytes } = await issueExport(transact, layout, ORDER, '明细表.xlsx')
  const reading = readWorkbook({ bytes })
  if (!reading.ok) throw new Error('the export cannot be read')
  for (const { rows } of reading.workbook.sheets) {
    const cells = rows.flatMap((row) => row.cells.map(({ text }) => text))
    expect(cells).toContain(`导出编号 ${number}　财政经办 于 2020-02-24 08:00 导出　用途：报财政审核`)
  }
  const auditor = await account('auditor', 'auditor', UNITS.county)
  const { body } = await ask(auditor, 'GET', `/api/exports?number=${number.replaceAll('-', '')}`)
  expect(body.exports).toEqual([
    expect.objectContaining({ number, purpose: '报财政审核', unit_id: UNITS.hospital, people_count: 1 }),
  ])
  expect((await ask(auditor, 'GET', '/api/exports')).body.exports).toHaveLength(1)
  expect((await ask(auditor, 'GET', '/api/exports?number=TP-999999-0')).body.exports).toEqual([])
  const elsewhere = await account('auditor-elsewhere', 'auditor', UNITS.otherCounty)
  expect((await ask(elsewhere, 'GET', `/api/exports?number=${number}`)).body.exports).toEqual([])
})
