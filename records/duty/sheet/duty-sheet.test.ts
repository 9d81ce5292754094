import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { addSheet, duties, madeUpId, officeWorkbook, opened, refusals } from './office-sheets.ts'
import { understandDutySheet } from './understand.ts'

const WINDOW = { first: '2020-01-20', last: '2020-03-20' } as const

describe('lists that offices really have', () => {
  it('reads a merged double header, a title with the unit, merged names, totals and signatures', async () => {
    const workbook = await officeWorkbook((book) => {
      addSheet(
        book,
        'Sheet1',
        [
          ['示例镇卫生院2020年2月疫情防控值班表', null, null, null, null, null],
          ['序号', '姓 名', '值班日期', '值班时间', null, '备注'],
          [null, null, null, '起', '止', null],
          [1, '张　三', '2月3日', '8：00', '20：00', null],
          [2, null, '2月4日', '20:00', '次日8:00', '顶班'],
          [3, '李四光', '2月4日', '晚8点', '早8点', null],
          ['合计', null, null, null, null, 3],
          ['制表人：王五', null, null, '审核：赵六', null, null],
        ],
        ['A1:F1', 'A2:A3', 'B2:B3', 'C2:C3', 'D2:E2', 'F2:F3', 'B4:B5'],
      )
    })
    const reading = understandDutySheet(workbook)
    expect(reading.refused).toEqual([])
    expect(duties(reading)).toEqual([
      '张三 02-03T08:00 02-03T20:00',
      '张三 02-04T20:00 02-05T08:00',
      '李四光 02-04T20:00 02-05T08:00',
    ])
    expect(reading.understood.tables[0]).toMatchObject({
      form: 'list',
      unit: '示例镇卫生院',
      unit_from: 'title',
      header_rows: [2, 3],
    })
    expect(reading.understood.tables[0]?.columns.map(({ field }) => field)).toEqual([
      'sequence',
      'name',
      'date',
      'start',
      'end',
      'remark',
    ])
    expect(reading.skipped.map(({ code }) => code)).toEqual(['title', 'total', 'signature'])
    expect(reading.rows[1]?.remark).toBe('顶班')
  })

  it('reads sheets per unit, each with its totals row, and takes the unit from the sheet name', async () => {
    const header = ['姓名', '日期', '班次', '小时']
    const workbook = await officeWorkbook((book) => {
      for (const unit of ['示例街道', '示例社区卫生服务中心']) {
        addSheet(book, unit, [
          ['2020年2月值班统计'],
          header,
          ['张三', '2月3日', '8:00-20:00', 12],
          ['小计', null, null, 12],
          ['合计', null, null, 12],
        ])
      }
    })
    const reading = understandDutySheet(workbook)
    expect(reading.understood.units).toEqual(['示例街道', '示例社区卫生服务中心'])
    expect(reading.understood.people_count).toBe(2)
    expect(reading.skipped.filter(({ code }) => code === 'total')).toHaveLength(4)
  })

  it('does not trust an ID that Excel stored as a number: by name and unit if unique, else refused', async () => {
    const workbook = await officeWorkbook((book) => {
      const sheet = addSheet(book, '值班', [
        ['单位', '姓名', '身份证号', '日期', '时间'],
        ['示例医院', '张三', Number(madeUpId(1)), '2020-02-03', '8:00-20:00'],
        ['示例医院', '李四', Number(madeUpId(2, '19790101')), '2020-02-03', '8:00-20:00'],
        ['示例医院', '李四', Number(madeUpId(3, '19910101')), '2020-02-03', '8:00-20:00'],
        ['示例医院', '王五', madeUpId(4), '2020-02-03', '8:00-20:00'],
        [
          '示例医院',
          '赵六',
          `${madeUpId(5).slice(0, 17)}${madeUpId(5).endsWith('1') ? '2' : '1'}`,
          '2020-02-03',
          '8:00-20:00',
        ],
        ['示例医院', '钱七', '3.30601E+17', '2020-02-03', '8:00-20:00'],
        ['示例医院', '孙八', '99990119880230001X', '2020-02-03', '8:00-20:00'],
      ])
      sheet.getColumn(3).numFmt = '0'
    })
    const reading = understandDutySheet(workbook)
    expect(reading.rows.map(({ person }) => [person.name, person.id_state])).toEqual([
      ['张三', 'precision_lost'],
      ['王五', 'valid'],
      ['钱七', 'precision_lost'],
    ])
    expect(refusals(reading)).toEqual([
      '3 id_precision_lost',
      '4 id_precision_lost',
      '6C id_checksum',
      '8C id_birthday',
    ])
    expect(reading.refused[2]?.right.zh).toContain(madeUpId(5).slice(-1))
  })

  it('follows times past midnight in every spelling', async () => {
    const spellings: Array<[string, string, string]> = [
      ['20:00-8:00', '20:00', '08:00'],
      ['20：00—次日8：00', '20:00', '08:00'],
      ['20:00-32:00', '20:00', '08:00'],
      ['晚8点至第二天早8点', '20:00', '08:00'],
      ['20时30分到次日08时30分', '20:30', '08:30'],
      ['2000-0800', '20:00', '08:00'],
      ['下午2点-晚上10点', '14:00', '22:00'],
      ['16:00-24:00', '16:00', '00:00'],
      ['早八点~晚八点', '08:00', '20:00'],
      ['8.30-17.30', '08:30', '17:30'],
      ['夜班（20:00-8:00）', '20:00', '08:00'],
    ]
    const workbook = await officeWorkbook((book) => {
      addSheet(book, '示例医院', [
        ['姓名', '日期', '时间'],
        ...spellings.map(([text], index) => [`某${'甲乙丙丁戊己庚辛壬癸子'[index]}`, '2020/2/3', text]),
      ])
    })
    const reading = understandDutySheet(workbook)
    expect(reading.refused).toEqual([])
    expect(reading.rows.map(({ starts_at, ends_at }) => [starts_at.slice(11), ends_at.slice(11)])).toEqual(
      spellings.map(([, from, to]) => [from, to]),
    )
    expect(reading.rows[7]?.ends_at).toBe('2020-02-04T00:00')
  })

  it('reads dates as text, as serial numbers, as ranges and lists, in full-width and Chinese numerals', async () => {
    const dates: Array<[string | number | Date, string[]]> = [
      ['２０２０年２月３日', ['02-03']],
      ['2020.2.3', ['02-03']],
      ['2月3日(星期一)', ['02-03']],
      ['二月十三日', ['02-13']],
      ['二〇二〇年二月二十三日', ['02-23']],
      [new Date(Date.UTC(2020, 1, 4)), ['02-04']],
      [43866, ['02-05']],
      ['2月3日-5日', ['02-03', '02-04', '02-05']],
      ['2月3日、5日、7日', ['02-03', '02-05', '02-07']],
      ['20200206', ['02-06']],
      ['1月31日至2月1日', ['01-31', '02-01']],
    ]
    const names = '甲乙丙丁戊己庚辛壬癸子'
    const workbook = await officeWorkbook((book) => {
      const sheet = addSheet(book, '示例医院', [
        ['姓名', '日期', '时间'],
        ...dates.map(([date], index) => [`某${names[index]}`, date, '8:00-12:00']),
      ])
      sheet.getCell('B7').numFmt = 'm"月"d"日"'
    })
    const reading = understandDutySheet(workbook, { window: WINDOW })
    expect(reading.refused).toEqual([])
    const byPerson = [...names].map((letter) =>
      reading.rows.filter(({ person }) => person.name === `某${letter}`).map(({ starts_at }) => starts_at.slice(5, 10)),
    )
    expect(byPerson).toEqual(dates.map(([, days]) => days))
  })

  it('reads a CSV in GBK', () => {
    // 姓名,日期,时间,单位 / 张三,2020-2-3,8:00-20:00,示例医院
    const line = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex')
    const bytes = Buffer.concat([
      line('d0d5c3fb 2c c8d5c6da 2c cab1bce4 2c b5a5cebb 0d0a'),
      line('d5c5c8fd 2c'),
      Buffer.from('2020-2-3,8:00-20:00,'),
      line('cabec0fdd2bdd4ba 0d0a'),
    ])
    const reading = understandDutySheet(opened(bytes))
    expect(duties(reading)).toEqual(['张三 02-03T08:00 02-03T20:00'])
    expect(reading.rows[0]?.unit_text).toBe('示例医院')
  })

  it('reads tables side by side and tables below each other, each with its own unit', async () => {
    const workbook = await officeWorkbook((book) => {
      addSheet(book, '左右', [
        ['示例医院2020年2月值班表'],
        ['姓名', '日期', '时间', null, '姓名', '日期', '时间'],
        ['张三', '2月3日', '8:00-20:00', null, '李四', '2月3日', '20:00-8:00'],
        ['王五', '2月4日', '8:00-20:00', null, null, null, null],
      ])
      addSheet(book, '上下', [
        ['单位：示例村'],
        ['姓名', '日期', '时间'],
        ['赵六', '2020-02-03', '8:00-12:00'],
        [null],
        ['单位：示例社区'],
        ['姓名', '日期', '时间'],
        ['孙七', '2020-02-03', '8:00-12:00'],
      ])
    })
    const reading = understandDutySheet(workbook)
    expect(reading.rows.map(({ person, unit_text }) => `${person.name} ${unit_text}`)).toEqual([
      '张三 示例医院',
      '王五 示例医院',
      '李四 示例医院',
      '赵六 示例村',
      '孙七 示例社区',
    ])
    expect(reading.refused).toEqual([])
    expect(reading.understood.tables.map(({ key }) => key)).toEqual(['左右!A2', '左右!E2', '上下!A2', '上下!A6'])
  })

  it('leaves hidden rows and sheets out until somebody says that they count, and uses hidden columns', async () => {
    const workbook = await officeWorkbook((book) => {
      const sheet = addSheet(book, '示例医院', [
        ['姓名', '身份证号', '日期', '时间'],
        ['张三', madeUpId(1), '2020-02-03', '8:00-20:00'],
        ['李四', madeUpId(2), '2020-02-03', '8:00-20:00'],
      ])
      sheet.getRow(3).hidden = true
      sheet.getColumn(2).hidden = true
      addSheet(book, '旧表', [
        ['姓名', '日期', '时间'],
        ['王五', '2020-02-01', '8:00-20:00'],
      ]).state = 'hidden'
    })
    const first = understandDutySheet(workbook)
    expect(first.rows.map(({ person }) => person.id_number)).toEqual([madeUpId(1)])
    expect(first.questions.filter(({ kind }) => kind === 'hidden').map(({ key }) => key)).toEqual([
      'hidden:示例医院',
      'hidden:旧表',
    ])
    expect(first.understood.tables[0]?.columns[1]).toMatchObject({ field: 'id_number', hidden: true })
    const second = understandDutySheet(workbook, { answers: { 'hidden:示例医院': '是', 'hidden:旧表': '否' } })
    expect(second.rows).toHaveLength(2)
    expect(second.questions.filter(({ kind }) => kind === 'hidden')).toEqual([])
  })

  it('counts from 1904 when the workbook does, and takes the stored results of formulas', async () => {
    const workbook = await officeWorkbook((book) => {
      book.properties.date1904 = true
      const sheet = addSheet(book, '示例医院', [
        ['姓名', '日期', '上班时间', '下班时间', '时长'],
        [
          '张三',
          42402,
          0.8333333333333334,
          { formula: 'C2+0.5', result: 1.3333333333333333 },
          { formula: 'D2-C2', result: 0.5 },
        ],
        ['李四', 42402, { formula: 'C2' }, 0.5, null],
      ])
      for (const cell of ['B2', 'B3']) sheet.getCell(cell).numFmt = 'yyyy/m/d'
      for (const cell of ['C2', 'D2', 'C3', 'D3']) sheet.getCell(cell).numFmt = 'h:mm'
      sheet.getCell('E2').numFmt = '[h]:mm'
    })
    const reading = understandDutySheet(workbook)
    expect(duties(reading)).toEqual(['张三 02-03T20:00 02-04T08:00'])
    expect(reading.rows[0]?.stated_minutes).toBe(720)
    expect(refusals(reading)).toEqual(['3C cell_uncalculated'])
  })

  it('reads start and end with their dates, and refuses what cannot be', async () => {
    const workbook = await officeWorkbook((book) => {
      addSheet(book, '示例医院', [
        ['姓名', '开始时间', '结束时间'],
        ['张三', '2020-02-03 20:00', '2020-02-04 08:00'],
        ['李四', '2月3日8:00', '2月5日0:00'],
        ['王五', '2020-02-04 08:00', '2020-02-03 20:00'],
        ['赵六', '2020-02-30 08:00', '2020-02-30 20:00'],
        ['张三', '2020-02-03 20:00', '2020-02-04 08:00'],
        ['张三', '2020-02-04 07:00', '2020-02-04 12:00'],
        ['钱七', new Date(Date.UTC(2020, 1, 3, 8)), new Date(Date.UTC(2020, 1, 3, 12))],
        [null, '2020-02-03 20:00', '2020-02-04 08:00'],
        ['周?', '2020-02-03 20:00', '2020-02-04 08:00'],
        ['吴九', '2020-02-03 20:00', null],
      ]).getColumn(2).numFmt = 'yyyy-mm-dd hh:mm'
    })
    const reading = understandDutySheet(workbook, { window: WINDOW, answers: { 'carry:示例医院!A1:name': '否' } })
    expect(duties(reading)).toEqual(['张三 02-03T20:00 02-04T08:00', '钱七 02-03T08:00 02-03T12:00'])
    expect(refusals(reading)).toEqual([
      '3C span_too_long',
      '4C span_negative',
      '5C date_impossible',
      '6 duplicate',
      '7 overlap',
      '9A name_missing',
      '10A name_unreadable',
      '11C time_missing',
    ])
    expect(reading.refused[0]?.reason.zh).toBe('一次值守 40 小时，超过24小时')
    expect(reading.refused[2]?.right.zh).toContain('2020-2-29')
    expect(reading.refused[4]?.reason.en).toContain('row 2')
  })

  it('does not take one ID number under two names', async () => {
    const workbook = await officeWorkbook((book) => {
      addSheet(book, '示例医院', [
        ['姓名', '身份证号', '日期', '时间'],
        ['张三', madeUpId(1), '2020-02-03', '8:00-12:00'],
        ['张三山', madeUpId(1), '2020-02-04', '8:00-12:00'],
      ])
    })
    const reading = understandDutySheet(workbook)
    expect(refusals(reading)).toEqual(['3 id_two_names'])
    expect(reading.refused[0]?.reason.zh).toContain('第 2 行')
  })

  it('keeps rare characters and middle dots in names', async () => {
    const workbook = await officeWorkbook((book) => {
      addSheet(book, '示例医院', [
        ['姓名', '日期', '时间'],
        ...['𠮷 田', '䶮', '张䶮', '阿卜杜拉•买买提', '欧阳 娜娜（组长）', '张三 李四 王五'].map((name) => [
          name,
          '2020-02-03',
          '8:00-12:00',
        ]),
      ])
    })
    const reading = understandDutySheet(workbook)
    expect(reading.rows.map(({ person }) => person.name)).toEqual(['𠮷田', '张䶮', '阿卜杜拉·买买提', '欧阳娜娜'])
    expect(refusals(reading)).toEqual(['3A name_unreadable', '7A name_several'])
    expect(reading.rows[3]?.remark).toBe('组长')
  })
})

describe('rosters', () => {
  const roster = (legend: string | null) =>
    officeWorkbook((book) => {
      addSheet(
        book,
        '二月',
        [
          ['示例市人民医院发热门诊排班表'],
          ['姓名', '工号', '2020年2月', null, null, null],
          [null, null, 3, 4, 5, 6],
          [null, null, '一', '二', '三', '四'],
          ['张三', '007', '白', '夜', '休', '白'],
          ['李四', '008', '夜班', '休', '白', '8:00-12:00、14:00-18:00'],
          ['王五', '009', 'Z9', '-', null, '白夜'],
          ['合计', null, 2, 1, 1, 3],
          ...(legend === null ? [] : [[legend]]),
        ],
        ['A1:F1', 'A2:A4', 'B2:B4', 'C2:F2'],
      )
    })

  it('reads names by days with a legend line', async () => {
    const reading = understandDutySheet(await roster('注：白班8:00-20:00，夜班20:00-次日8:00；休为休息。'))
    expect(reading.understood.tables[0]).toMatchObject({ form: 'roster', unit: '示例市人民医院发热门诊' })
    expect(duties(reading)).toEqual([
      '张三 02-03T08:00 02-03T20:00',
      '张三 02-04T20:00 02-05T08:00',
      '张三 02-06T08:00 02-06T20:00',
      '李四 02-03T20:00 02-04T08:00',
      '李四 02-05T08:00 02-05T20:00',
      '李四 02-06T08:00 02-06T12:00',
      '李四 02-06T14:00 02-06T18:00',
      '王五 02-06T08:00 02-06T20:00',
      '王五 02-06T20:00 02-07T08:00',
    ])
    expect(refusals(reading)).toEqual(['7C unknown_mark'])
    expect(reading.rows[0]).toMatchObject({ post_kind: 'fever_clinic', source: { sheet: '二月', row: 5, column: 'C' } })
    expect(reading.understood.marks.find(({ mark }) => mark === '夜')).toMatchObject({
      meaning: '20:00-次日08:00',
      from: 'legend',
      count: 2,
    })
  })

  it('asks which hours a mark means when nobody says it, with a proposal, and takes the answer', async () => {
    const workbook = await roster(null)
    const first = understandDutySheet(workbook)
    expect(first.rows).toHaveLength(2)
    expect(first.questions.filter(({ kind }) => kind === 'mark').map(({ key, proposed }) => [key, proposed])).toEqual([
      ['mark:白', '08:00-20:00'],
      ['mark:夜', '20:00-次日08:00'],
      ['mark:Z9', null],
    ])
    expect(first.waiting.map(({ row, column }) => `${row}${column}`)).toEqual(['5C', '5D', '5F', '6C', '6E', '7F'])
    const answers = { 'mark:白': '8:00-20:00', 'mark:夜': '20:00-次日8:00', 'mark:Z9': '休' }
    const second = understandDutySheet(workbook, { answers })
    expect(second.rows).toHaveLength(9)
    expect(second.questions.filter(({ kind }) => kind === 'mark')).toEqual([])
    const odd = understandDutySheet(workbook, { answers: { 'mark:白': '上午' } })
    expect(odd.questions.find(({ key }) => key === 'mark:白')?.misunderstood).toBe('上午')
  })

  it('reads days divided into shifts, with ticks below them, and a legend beside the table', async () => {
    const workbook = await officeWorkbook((book) => {
      addSheet(
        book,
        '示例隔离点',
        [
          ['姓名', '2月3日', null, '2月4日', null, null, '白', '8:00-20:00'],
          [null, '白', '夜', '白', '夜', null, '夜', '20:00-8:00'],
          ['张三', '√', null, null, '√'],
          ['李四', null, '√', null, null],
        ],
        ['A1:A2', 'B1:C1', 'D1:E1'],
      )
    })
    const reading = understandDutySheet(workbook, { window: WINDOW })
    expect(duties(reading)).toEqual([
      '张三 02-03T08:00 02-03T20:00',
      '张三 02-04T20:00 02-05T08:00',
      '李四 02-03T20:00 02-04T08:00',
    ])
    expect(reading.rows[0]?.post_kind).toBe('quarantine_site')
  })

  it('reads a small table below that explains the marks', async () => {
    const workbook = await officeWorkbook((book) => {
      addSheet(book, '示例医院检验科', [
        ['2020年2月排班'],
        ['姓名', '2月3日', '2月4日'],
        ['张三', 'A', 'P'],
        [null],
        ['班次', '时间'],
        ['A班', '8:00-16:00'],
        ['P班', '16:00-24:00'],
      ])
    })
    const reading = understandDutySheet(workbook)
    expect(duties(reading)).toEqual(['张三 02-03T08:00 02-03T16:00', '张三 02-04T16:00 02-05T00:00'])
    expect(reading.refused).toEqual([])
    expect(reading.rows[0]?.post_read_from).toEqual({ text: '检验', where: 'unit' })
  })

  it('reads days down, shifts across and names in the cells', async () => {
    const workbook = await officeWorkbook((book) => {
      addSheet(book, '示例卡口', [
        ['2020年2月卡口值守安排'],
        ['日期', '白班（8:00-20:00）', '夜班（20:00-8:00）'],
        ['2月3日', '张三、李四', '王 五'],
        ['2月4日', '王五、赵六', '无'],
      ])
    })
    const reading = understandDutySheet(workbook)
    expect(reading.understood.tables[0]?.form).toBe('names')
    expect(duties(reading)).toEqual(
      [
        '张三 02-03T08:00 02-03T20:00',
        '李四 02-03T08:00 02-03T20:00',
        '王五 02-03T20:00 02-04T08:00',
        '赵六 02-04T08:00 02-04T20:00',
      ].toSpliced(3, 0, '王五 02-04T08:00 02-04T20:00'),
    )
    expect(reading.rows[0]?.post_kind).toBe('checkpoint')
  })

  it('names a cell that Excel turned into a date', async () => {
    const workbook = await officeWorkbook((book) => {
      const sheet = addSheet(book, '示例医院', [
        ['姓名', '2020/2/3', '2020/2/4'],
        ['张三', new Date(Date.UTC(2020, 7, 20)), '8-20'],
      ])
      sheet.getCell('B2').numFmt = 'm-d'
    })
    const reading = understandDutySheet(workbook)
    expect(refusals(reading)).toEqual(['2B time_became_date'])
    expect(reading.refused[0]?.right.zh).toContain('8:00-20:00')
    expect(duties(reading)).toEqual(['张三 02-04T08:00 02-04T20:00'])
  })
})
