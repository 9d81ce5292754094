import { describe, expect, it } from 'vitest'
import { addSheet, duties, madeUpId, officeWorkbook, refusals } from './office-sheets.ts'
import { understandDutySheet } from './understand.ts'

const WINDOW = { first: '2020-01-20', last: '2020-03-20' } as const

describe('what the file leaves open', () => {
  it('asks for the year when neither title, sheet nor operation tells', async () => {
    const workbook = await officeWorkbook((book) => {
      addSheet(book, '示例医院', [
        ['值班表'],
        ['姓名', '日期', '时间'],
        ['张三', '2月3日', '8:00-20:00'],
        ['填表日期：2020年3月1日'],
      ])
    })
    const first = understandDutySheet(workbook)
    expect(first.rows).toEqual([])
    expect(first.questions[0]).toMatchObject({ key: 'year', proposed: '2020', blocking: true })
    expect(first.waiting[0]).toMatchObject({ row: 3, questions: ['year'] })
    expect(duties(understandDutySheet(workbook, { answers: { year: '2020' } }))).toHaveLength(1)
    expect(duties(understandDutySheet(workbook, { window: WINDOW }))).toHaveLength(1)
    const crossing = understandDutySheet(workbook, { window: { first: '2020-01-20', last: '2021-03-20' } })
    expect(crossing.questions[0]?.key).toBe('year')
  })

  it('asks whether blanks mean “as above”, which hours a day means, and where hours begin', async () => {
    const workbook = await officeWorkbook((book) => {
      addSheet(book, '甲', [
        ['单位', '姓名', '日期'],
        ['示例村', '张三', '2020-02-03'],
        [null, '李四', '2020-02-03'],
        ['同上', '王五', '2020-02-03'],
      ])
      addSheet(book, '乙', [
        ['单位', '姓名', '日期', '小时数'],
        ['示例村', '张三', '2020-02-04', 7.5],
        ['示例村', '李四', '2020-02-04', 40],
      ])
    })
    const first = understandDutySheet(workbook)
    expect(first.questions.filter(({ blocking }) => blocking).map(({ key, proposed }) => [key, proposed])).toEqual([
      ['hours:甲!A1', '08:00-17:00'],
      ['carry:甲!A1:unit', '是'],
      ['begin:乙!A1', '08:00'],
    ])
    const answers = { 'carry:甲!A1:unit': '是', 'hours:甲!A1': '8:00-17:00', 'begin:乙!A1': '8:00' }
    const second = understandDutySheet(workbook, { answers })
    expect(duties(second)).toEqual([
      '张三 02-03T08:00 02-03T17:00',
      '李四 02-03T08:00 02-03T17:00',
      '王五 02-03T08:00 02-03T17:00',
      '张三 02-04T08:00 02-04T15:30',
    ])
    expect(new Set(second.rows.map(({ unit_text }) => unit_text))).toEqual(new Set(['示例村']))
    expect(refusals(second)).toEqual(['3D hours_unreadable'])
  })

  it('asks whether two days with hours over midnight are one night or two, and whether 8:00-8:00 is a whole day', async () => {
    const workbook = await officeWorkbook((book) => {
      addSheet(book, '示例医院', [
        ['姓名', '日期', '时间'],
        ['张三', '2020年2月3日-4日', '20:00-8:00'],
        ['李四', '2020-02-03', '8:00-8:00'],
      ])
    })
    const first = understandDutySheet(workbook)
    expect(first.questions.filter(({ blocking }) => blocking).map(({ key }) => key)).toEqual([
      'range:示例医院!A1',
      'mark:8:00-8:00',
    ])
    const answers = { 'range:示例医院!A1': '一个班', 'mark:8:00-8:00': first.questions[1]?.proposed ?? '' }
    expect(duties(understandDutySheet(workbook, { answers }))).toEqual([
      '张三 02-03T20:00 02-04T08:00',
      '李四 02-03T08:00 02-04T08:00',
    ])
  })

  it('asks whose table it is; only people with an ID number can do without', async () => {
    const workbook = await officeWorkbook((book) => {
      addSheet(book, 'Sheet1', [
        ['姓名', '身份证号', '日期', '时间'],
        ['张三', madeUpId(1), '2020-02-03', '8:00-9:00'],
        ['李四', '', '2020-02-03', '8:00-9:00'],
      ])
    })
    const first = understandDutySheet(workbook)
    expect(first.rows.map(({ person }) => person.name)).toEqual(['张三'])
    expect(first.waiting).toMatchObject([{ row: 3, questions: ['unit:Sheet1!A1'] }])
    const second = understandDutySheet(workbook, { answers: { 'unit:Sheet1!A1': '示例村' } })
    expect(second.rows.map(({ unit_text }) => unit_text)).toEqual(['示例村', '示例村'])
    expect(understandDutySheet(workbook, { unit: '示例村' }).understood.tables[0]?.unit_from).toBe('upload')
  })

  it('tells a date that lost its zero, a bare day without a month and a date outside the operation', async () => {
    const workbook = await officeWorkbook((book) => {
      addSheet(book, '示例医院', [
        ['姓名', '日期', '时间'],
        ['张三', 2.1, '8:00-9:00'],
        ['李四', '3日', '8:00-9:00'],
        ['王五', '2020-05-01', '8:00-9:00'],
        ['赵六', '2-3', '8:00-9:00'],
      ])
    })
    const reading = understandDutySheet(workbook, { window: WINDOW })
    expect(refusals(reading)).toEqual([
      '2B date_lost_zero',
      '3B date_without_month',
      '4B date_outside',
      '5B date_ambiguous',
    ])
  })

  it('gives the same keys every time, other keys in another operation, and keeps a key when only the end is corrected', async () => {
    const make = (time: string) =>
      officeWorkbook((book) => {
        addSheet(book, '示例医院', [
          ['姓名', '日期', '时间'],
          ['张三', '2020-02-03', time],
        ])
      })
    const workbook = await make('8:00-20:00')
    const keyOf = (reading: ReturnType<typeof understandDutySheet>) => reading.rows[0]?.key
    const key = keyOf(understandDutySheet(workbook, { namespace: '1' }))
    expect(key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(keyOf(understandDutySheet(workbook, { namespace: '1' }))).toBe(key)
    expect(keyOf(understandDutySheet(await make('8:00-19:00'), { namespace: '1' }))).toBe(key)
    expect(keyOf(understandDutySheet(workbook, { namespace: '2' }))).not.toBe(key)
  })

  it('says when a sheet holds no duty table', async () => {
    const workbook = await officeWorkbook((book) => {
      addSheet(book, '通知', [['关于做好值班工作的通知'], ['请各单位按时报送']])
    })
    const reading = understandDutySheet(workbook)
    expect(reading.skipped[0]?.code).toBe('no_table')
    expect(reading.rows).toEqual([])
  })
})
