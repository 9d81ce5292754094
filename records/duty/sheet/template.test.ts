import ExcelJS from 'exceljs'
import { describe, expect, it } from 'vitest'
import { POST_KINDS } from '#engines/policy/vocabulary.ts'
import { madeUpId, opened } from './office-sheets.ts'
import { guessPostKind } from './posts.ts'
import { dutySheetTemplate } from './template.ts'
import { understandDutySheet } from './understand.ts'

describe('the template', () => {
  it('gives nothing when it is sent back empty: neither the example nor the instructions are duty', () => {
    const reading = understandDutySheet(opened(dutySheetTemplate('示例镇卫生院')))
    expect(reading.rows).toEqual([])
    expect(reading.refused).toEqual([])
    expect(reading.questions).toEqual([])
  })

  it('is read without a question when it is filled in', async () => {
    const book = new ExcelJS.Workbook()
    await book.xlsx.load(dutySheetTemplate('示例镇卫生院').buffer)
    const sheet = book.getWorksheet('值守登记')
    sheet?.getRow(4).eachCell(() => undefined)
    const values = [
      1,
      '示例镇卫生院',
      '发热门诊',
      '张三',
      madeUpId(7),
      '',
      '发热门诊',
      '2月3日',
      '20:00',
      '次日8:00',
      '',
    ]
    values.forEach((value, index) => {
      const cell = sheet?.getCell(4, index + 1)
      if (cell) cell.value = value
    })
    const bytes = new Uint8Array(await book.xlsx.writeBuffer())
    const reading = understandDutySheet(opened(bytes), { window: { first: '2020-01-20', last: null } })
    expect(reading.questions).toEqual([])
    expect(reading.refused).toEqual([])
    expect(reading.rows[0]).toMatchObject({
      unit_text: '示例镇卫生院',
      department_text: '发热门诊',
      post_kind: 'fever_clinic',
      starts_at: '2020-02-03T20:00',
      ends_at: '2020-02-04T08:00',
    })
  })

  it('offers only posts that the importer itself understands', () => {
    for (const [kind, { zh }] of Object.entries(POST_KINDS)) expect(guessPostKind(zh)?.kind, zh).toBe(kind)
  })
})
