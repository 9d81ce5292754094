import { Buffer } from 'node:buffer'
import ExcelJS from 'exceljs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cellAt, type Workbook } from './grid.ts'
import { FILE_LIMITS, type FileLimits } from './limits.ts'
import { describeFileProblem } from './problems.ts'
import { readWorkbook, writeWorkbook } from './workbook.ts'
import { packArchive } from './zip.ts'

function read(bytes: Uint8Array, name?: string): Workbook {
  const reading = readWorkbook(name === undefined ? { bytes } : { bytes, name })
  if (!reading.ok) throw new Error(describeFileProblem(reading.problem, 'en'))
  return reading.workbook
}

function problemOf(bytes: Uint8Array, limits: FileLimits = FILE_LIMITS) {
  const reading = readWorkbook({ bytes }, limits)
  return reading.ok ? 'read' : reading.problem.code
}

function texts(workbook: Workbook, sheet = 0): string[][] {
  return (workbook.sheets[sheet]?.rows ?? []).map((row) => row.cells.map(({ text }) => text))
}

/** A workbook made by another program: exceljs stands for the office's Excel. */
async function office(fill: (workbook: ExcelJS.Workbook) => void): Promise<Uint8Array> {
  const workbook = new ExcelJS.Workbook()
  fill(workbook)
  return new Uint8Array(Buffer.from(await workbook.xlsx.writeBuffer()))
}

/** A workbook whose one sheet is given as raw XML, for what no honest program writes. */
function rawWorkbook(sheetXml: string): Uint8Array {
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
  return packArchive([
    { name: '[Content_Types].xml', content: '<Types/>' },
    {
      name: 'xl/workbook.xml',
      content: `<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="表" r:id="r1"/></sheets></workbook>`,
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: `<Relationships><Relationship Id="r1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    },
    { name: 'xl/worksheets/sheet1.xml', content: `<worksheet xmlns="${main}">${sheetXml}</worksheet>` },
  ])
}

describe('reading a workbook', () => {
  it('shows values as a person reads them: dates, times, leading zeros, results of formulas, rich text', async () => {
    const bytes = await office((workbook) => {
      const sheet = workbook.addWorksheet('二月')
      sheet.getCell('A1').value = new Date(Date.UTC(2020, 1, 3))
      sheet.getCell('A1').numFmt = 'm"月"d"日"'
      sheet.getCell('B1').value = 0.8333333333
      sheet.getCell('B1').numFmt = 'h:mm'
      sheet.getCell('C1').value = 7
      sheet.getCell('C1').numFmt = '000'
      sheet.getCell('D1').value = { formula: 'C1*2', result: 14 }
      sheet.getCell('E1').value = { richText: [{ text: '张' }, { font: { bold: true }, text: '三' }] }
      sheet.getCell('F1').value = 3
      sheet.getCell('F1').numFmt = '0"日"'
      sheet.getCell('G1').value = 32 / 24
      sheet.getCell('G1').numFmt = '[h]:mm'
      sheet.getCell('H1').value = Number('330601198001011234')
    })
    const row = read(bytes).sheets[0]?.rows[0]
    expect(row?.cells.map(({ text, kind }) => [text, kind])).toEqual([
      ['2020-02-03', 'date'],
      ['20:00', 'time'],
      ['007', 'number'],
      ['14', 'number'],
      ['张三', 'text'],
      ['3日', 'number'],
      ['32:00', 'time'],
      ['330601198001011264', 'number'],
    ])
    expect(row && cellAt(row, 3).formula).toBe(true)
  })

  it('fills merged cells and says where the content comes from; tells what is hidden', async () => {
    const bytes = await office((workbook) => {
      const sheet = workbook.addWorksheet('表')
      sheet.addRows([['标题'], ['张三', 1], [null, 2], ['李四', 3]])
      sheet.mergeCells('A1:B1')
      sheet.mergeCells('A2:A3')
      sheet.getRow(4).hidden = true
      sheet.getColumn(2).hidden = true
      workbook.addWorksheet('旧', { state: 'hidden' })
    })
    const workbook = read(bytes)
    const [sheet] = workbook.sheets
    expect(texts(workbook)).toEqual([
      ['标题', '标题'],
      ['张三', '1'],
      ['张三', '2'],
      ['李四', '3'],
    ])
    expect(sheet?.rows[2]?.cells[0]?.mergedFrom).toEqual({ row: 2, column: 0 })
    expect(sheet?.rows[3]?.hidden).toBe(true)
    expect(sheet?.hiddenColumns).toEqual([1])
    expect(workbook.sheets[1]?.hidden).toBe(true)
  })

  it('counts days from 1904 when the workbook says so', async () => {
    const bytes = await office((workbook) => {
      workbook.properties.date1904 = true
      const sheet = workbook.addWorksheet('表')
      sheet.getCell('A1').value = 42402
      sheet.getCell('A1').numFmt = 'yyyy-mm-dd'
    })
    expect(texts(read(bytes))).toEqual([['2020-02-03']])
  })

  it('reads CSV in UTF-8 with and without a mark, in UTF-16 and in GBK, with commas, tabs and quotes', () => {
    const expected = [
      ['姓名', '备注'],
      ['张三', '白班，"夜班"\n两行'],
    ]
    const text = '姓名,备注\r\n张三,"白班，""夜班""\n两行"\r\n'
    expect(texts(read(Buffer.from(text)))).toEqual(expected)
    expect(texts(read(Buffer.from(`\ufeff${text}`)))).toEqual(expected)
    expect(texts(read(Buffer.from(`\ufeff${text.replaceAll(',', '\t')}`, 'utf16le')))).toEqual(expected)
    const gbk = Buffer.from('d0d5c3fb2cb1b8d7a20ad5c5c8fd2cb0d7b0e00a', 'hex')
    expect(texts(read(gbk, '二月.csv'))).toEqual([
      ['姓名', '备注'],
      ['张三', '白班'],
    ])
    expect(read(gbk, '二月.csv').sheets[0]?.name).toBe('二月')
  })
})

describe('files that are refused', () => {
  it('names what the file is, and what to do', () => {
    const compound = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)])
    expect(problemOf(new Uint8Array())).toBe('empty_file')
    expect(problemOf(compound)).toBe('old_excel_format')
    expect(problemOf(Buffer.concat([compound, Buffer.from('EncryptedPackage', 'utf16le')]))).toBe('encrypted')
    expect(problemOf(Buffer.from('<html><table><tr><td>张三</td></tr></table></html>'))).toBe('web_page')
    expect(problemOf(packArchive([{ name: 'word/document.xml', content: '<a/>' }]))).toBe('other_office_format')
    expect(problemOf(packArchive([{ name: 'note.txt', content: 'x' }]))).toBe('not_a_spreadsheet')
    expect(problemOf(Buffer.from('%PDF-1.7'))).toBe('not_a_spreadsheet')
    expect(problemOf(Buffer.from([0xff, 0x81, 0x00, 0xfd, 0x80]))).toBe('unknown_encoding')
    expect(problemOf(Buffer.from('a,"b'))).toBe('damaged')
    expect(describeFileProblem({ code: 'too_many_rows', facts: { sheet: '表', limit: 5 } }, 'zh')).toContain('“表”')
  })

  it('stops at every limit without unpacking more than allowed', () => {
    const bomb = rawWorkbook(`<sheetData>${' '.repeat(3_000_000)}</sheetData>`)
    expect(bomb.length).toBeLessThan(10_000)
    expect(problemOf(bomb, { ...FILE_LIMITS, unpacked_bytes_max: 1_000_000 })).toBe('unpacked_too_large')
    expect(problemOf(bomb, { ...FILE_LIMITS, file_bytes_max: 100 })).toBe('file_too_large')
    const cell = (reference: string, text: string) =>
      `<sheetData><row r="1"><c r="${reference}" t="inlineStr"><is><t>${text}</t></is></c></row></sheetData>`
    expect(problemOf(rawWorkbook(cell('XFD1', 'x')))).toBe('too_many_columns')
    expect(problemOf(rawWorkbook(cell('A1', 'x'.repeat(2_001))))).toBe('cell_too_long')
    expect(problemOf(Buffer.from('a\nb\nc\n'), { ...FILE_LIMITS, rows_max: 2 })).toBe('too_many_rows')
    const rows = '<row><c><v>1</v></c></row>'.repeat(3)
    expect(problemOf(rawWorkbook(`<sheetData>${rows}</sheetData>`), { ...FILE_LIMITS, rows_max: 2 })).toBe(
      'too_many_rows',
    )
  })

  it('is not impressed by a merge over the whole sheet, by entities or by broken markup', () => {
    const whole =
      '<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    expect(read(rawWorkbook(whole)).sheets[0]?.columnCount).toBe(FILE_LIMITS.columns_max)
    expect(problemOf(rawWorkbook('<!DOCTYPE a [<!ENTITY b "c">]><sheetData/>'))).toBe('damaged')
    expect(problemOf(rawWorkbook('<sheetData><row></sheetData>'))).toBe('damaged')
    expect(problemOf(rawWorkbook('<sheetData><row r="1"><c r="A1"><v>abc</v></c></row></sheetData>'))).toBe('damaged')
  })

  it('never throws, whatever the bytes', () => {
    const honest = writeWorkbook({
      sheets: [{ name: '表', columns: [{ header: '姓名', key: 'name' }], rows: [{ name: '张三' }] }],
    })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(honest.length - 1), fc.nat(255)), { maxLength: 20 }),
        fc.nat(honest.length),
        (hits, length) => {
          const bytes = honest.slice(0, length)
          for (const [at, value] of hits) bytes[at] = value
          expect(typeof readWorkbook({ bytes }).ok).toBe('boolean')
        },
      ),
      { numRuns: 300 },
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => typeof readWorkbook({ bytes }).ok === 'boolean'),
    )
  })
})

describe('writing a workbook', () => {
  const layout = {
    footer: '示例市卫生健康局 & 财政局',
    sheets: [
      {
        name: '补助/明细',
        title: '临时性工作补助明细表',
        subtitle: ['单位：示例医院', '金额单位：元'],
        columns: [
          { header: '姓名', key: 'name' },
          { header: '开始', key: 'start', group: '值守', format: 'moment' as const },
          { header: '小时', key: 'hours', group: '值守', format: 'hours' as const },
          { header: '补助', key: 'amount', format: 'yuan' as const },
        ],
        rows: [
          { name: '=1+1', start: '2020-02-03T20:00', hours: 720, amount: 60010 },
          { name: '@李 _x0041_ 𠮷', start: null, hours: null, amount: -1 },
        ],
        totals: { name: '合计', amount: 60009 },
        notes: ['制表人：        审核人：'],
        frozenColumns: 1,
      },
      { name: '补助 明细', columns: [{ header: '说明', key: 'text' }], rows: [], landscape: false },
    ],
  }

  it('is read by another program with the same values, frozen headers, merges and A4 across', async () => {
    const workbook = new ExcelJS.Workbook()
    await workbook.xlsx.load(writeWorkbook(layout).buffer)
    expect(workbook.worksheets.map(({ name }) => name)).toEqual(['补助 明细', '补助 明细(2)'])
    const [sheet, second] = workbook.worksheets
    expect(sheet?.getCell('A1').value).toBe('临时性工作补助明细表')
    expect(sheet?.getCell('D1').isMerged).toBe(true)
    expect(sheet?.getCell('B4').value).toBe('值守')
    expect(sheet?.getCell('A6').value).toBe('=1+1')
    expect(sheet?.getCell('A6').formula).toBeUndefined()
    expect(sheet?.getCell('A7').value).toBe('@李 _x0041_ 𠮷')
    expect(sheet?.getCell('B6').value).toEqual(new Date(Date.UTC(2020, 1, 3, 20)))
    expect(sheet?.getCell('C6').value).toBe(12)
    expect(sheet?.getCell('D6').value).toBe(600.1)
    expect(sheet?.getCell('D8').value).toBe(600.09)
    expect(sheet?.views[0]).toMatchObject({ state: 'frozen', xSplit: 1, ySplit: 5 })
    expect(sheet?.pageSetup).toMatchObject({ paperSize: 9, orientation: 'landscape', fitToPage: true, fitToHeight: 0 })
    expect(sheet?.headerFooter.oddFooter).toContain('&&')
    expect(second?.pageSetup.orientation).toBe('portrait')
  })

  it('gives the same bytes for the same layout and refuses amounts that are not whole fen', () => {
    expect(writeWorkbook(layout)).toEqual(writeWorkbook(layout))
    const column = { header: '元', key: 'a', format: 'yuan' as const }
    expect(() => writeWorkbook({ sheets: [{ name: 'x', columns: [column], rows: [{ a: 0.5 }] }] })).toThrow(
      /does not fit/,
    )
  })

  it('any text comes back as it was written', () => {
    const text = fc
      .string({ unit: 'grapheme', maxLength: 40 })
      .filter((value) => value.trim() !== '' && !/\p{Cc}/u.test(value))
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 8 }), (values) => {
        const bytes = writeWorkbook({
          sheets: [{ name: '表', columns: [{ header: '值', key: 'v' }], rows: values.map((v) => ({ v })) }],
        })
        expect(texts(read(bytes)).slice(1)).toEqual(values.map((value) => [value]))
      }),
    )
  })
})
