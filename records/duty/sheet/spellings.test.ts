import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayOf, formatDay, formatMinute } from '#engines/values/time.ts'
import { minuteToSerial } from '#platform/files/number-format.ts'
import { writeWorkbook } from '#platform/files/workbook.ts'
import { checkCharacter } from '#records/people/rules.ts'
import { opened } from './office-sheets.ts'
import { understandDutySheet } from './understand.ts'

/** A duty as it really was. */
interface Duty {
  readonly name: string
  readonly id: string
  readonly day: number
  readonly start: number
  readonly minutes: number
}

const FIRST = dayOf('2020-01-20')
const HAN = [...'一二三四甲乙丙丁山川河海𠮷䶮']

const duty = fc
  .record({
    name: fc.array(fc.constantFrom(...HAN), { minLength: 2, maxLength: 4 }).map((letters) => letters.join('')),
    serial: fc.integer({ min: 0, max: 999 }),
    day: fc.integer({ min: FIRST, max: FIRST + 60 }),
    start: fc.integer({ min: 0, max: 47 }).map((half) => half * 30),
    minutes: fc.integer({ min: 1, max: 47 }).map((half) => half * 30),
  })
  .map(({ serial, ...rest }): Duty => {
    const first17 = `99990119880214${String(serial).padStart(3, '0')}`
    return { ...rest, id: first17 + checkCharacter(first17) }
  })

const wide = (text: string) => text.replace(/[0-9:]/g, (mark) => String.fromCharCode(mark.charCodeAt(0) + 0xfee0))
const numeral = (value: number): string => {
  const digits = [...'〇一二三四五六七八九']
  const tens = Math.floor(value / 10)
  if (tens === 0) return digits[value] ?? ''
  return `${tens > 1 ? digits[tens] : ''}十${value % 10 === 0 ? '' : (digits[value % 10] ?? '')}`
}

const parts = (day: number) => formatDay(day).split('-').map(Number)
const DATES: ReadonlyArray<(day: number) => string | number> = [
  formatDay,
  (day) => formatDay(day).replaceAll('-', ''),
  (day) => parts(day).join('.'),
  (day) => parts(day).join('/'),
  (day) => wide(`${parts(day)[1]}月${parts(day)[2]}日`),
  (day) => `${parts(day)[1]} 月 ${parts(day)[2]} 号（周一）`,
  (day) => `${numeral(parts(day)[1] ?? 0)}月${numeral(parts(day)[2] ?? 0)}日`,
  (day) => `二〇二〇年${numeral(parts(day)[1] ?? 0)}月${numeral(parts(day)[2] ?? 0)}日`,
  (day) => minuteToSerial(day * 1_440),
]

const clock = (minute: number) => `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`
const chinese = (minute: number) => `${Math.floor(minute / 60)}${minute % 60 === 0 ? '点' : '点半'}`
const TIMES: ReadonlyArray<(minute: number) => string> = [
  clock,
  (minute) => wide(clock(minute)),
  chinese,
  (minute) => clock(minute).replace(':', '时').concat('分'),
  (minute) => clock(minute).padStart(5, '0').replace(':', ''),
]

function writeEnd(duty: Duty, spell: (minute: number) => string, style: number): string {
  const end = duty.start + duty.minutes
  if (end <= 1_440) return spell(end)
  if (style === 0) return `次日${spell(end - 1_440)}`
  return style === 1 ? `第二天${spell(end - 1_440)}` : clock(end)
}

const NAMES: ReadonlyArray<(name: string) => string> = [
  (name) => name,
  (name) => [...name].join(' '),
  (name) => [...name].join('\u3000'),
  (name) => ` ${name} `,
]
const SEPARATORS = ['-', '－', '—', '~', '至', '到', ' - ']

describe('a duty list in any of the supported spellings', () => {
  it('is read back as it was meant', () => {
    const spelling = fc.record({
      date: fc.constantFrom(...DATES),
      time: fc.constantFrom(...TIMES),
      name: fc.constantFrom(...NAMES),
      separator: fc.constantFrom(...SEPARATORS),
      past: fc.integer({ min: 0, max: 2 }),
    })
    const listed = fc.uniqueArray(fc.record({ duty, spelling }), {
      minLength: 1,
      maxLength: 6,
      selector: ({ duty: { id } }) => id,
    })
    fc.assert(
      fc.property(listed, fc.boolean(), (rows, apart) => {
        const reading = understandDutySheet(
          opened(
            write(
              rows.map(({ duty: one, spelling: how }) => ({ duty: one, how })),
              apart,
            ),
          ),
          {
            window: { first: '2020-01-20', last: '2020-03-25' },
          },
        )
        expect(reading.refused).toEqual([])
        const read = reading.rows.map(({ person, starts_at, ends_at }) => [
          person.name,
          person.id_number,
          starts_at,
          ends_at,
        ])
        expect(read).toEqual(rows.map(({ duty: one }) => meant(one)))
      }),
      { numRuns: 300 },
    )
  })

  interface Spelling {
    readonly date: (day: number) => string | number
    readonly time: (minute: number) => string
    readonly name: (name: string) => string
    readonly separator: string
    readonly past: number
  }

  function write(rows: ReadonlyArray<{ duty: Duty; how: Spelling }>, apart: boolean): Uint8Array {
    const times = apart
      ? [
          { header: '起', key: 'start', group: '值守时间' },
          { header: '止', key: 'end', group: '值守时间' },
        ]
      : [{ header: '值守时间', key: 'time' }]
    return writeWorkbook({
      sheets: [
        {
          name: '示例医院',
          title: '值守登记表',
          columns: [
            { header: '姓 名', key: 'name' },
            { header: '身份证号', key: 'id' },
            { header: '日期', key: 'date', format: 'number' },
            ...times,
          ],
          rows: rows.map(({ duty: one, how }) => {
            const start = how.time(one.start)
            const end = writeEnd(one, how.time, how.past)
            return {
              name: how.name(one.name),
              id: one.id,
              date: how.date(one.day),
              start,
              end,
              time: `${start}${how.separator}${end}`,
            }
          }),
          totals: { name: '合计' },
        },
      ],
    })
  }

  function meant({ name, id, day, start, minutes }: Duty): string[] {
    const at = (minute: number) => formatMinute(day * 1_440 + minute).replace(' ', 'T')
    return [name, id, at(start), at(start + minutes)]
  }
})

describe('a workbook of nonsense', () => {
  const hostile = [
    '代表'.repeat(900),
    '1'.repeat(1_900),
    '（'.repeat(1_900),
    '8:00-'.repeat(380),
    '2月3日、'.repeat(380),
    ' '.repeat(1_990),
    '值班'.repeat(950),
  ]
  const cell = fc.oneof(
    fc.constantFrom(
      '姓名',
      '日期',
      '时间',
      '班次',
      '白',
      '夜',
      '√',
      '2月3日',
      '8:00-20:00',
      '合计',
      '示例医院',
      '张三',
      '',
      '同上',
      ...hostile.flatMap((text) => [text, `${text}!`]),
    ),
    fc.string({ maxLength: 12 }),
    fc.constantFrom(3, 43_864, 0.5, 1e17, -1, 2.1),
  )

  it('is answered without an exception, soon, and every line is accounted for', () => {
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 5, maxLength: 5 }), { minLength: 1, maxLength: 12 }), (grid) => {
        const columns = ['a', 'b', 'c', 'd', 'e'].map((key, index) => ({
          header: ['姓名', '日期', '时间', '班次', '单位'][index] ?? '',
          key,
          format: 'number' as const,
        }))
        const rows = grid.map(([a, b, c, d, e]) => ({ a, b, c, d, e }))
        const reading = understandDutySheet(opened(writeWorkbook({ sheets: [{ name: '表', columns, rows }] })), {
          window: { first: '2020-01-20', last: null },
        })
        const told = new Set([
          ...reading.rows.map(({ source }) => source.row),
          ...reading.refused.map(({ row }) => row),
          ...reading.waiting.map(({ row }) => row),
          ...reading.skipped.map(({ row }) => row),
        ])
        const headers = new Set(reading.understood.tables.flatMap(({ header_rows }) => header_rows))
        grid.forEach((cells, index) => {
          const isBlank = cells.every((value) => String(value).trim() === '')
          expect(isBlank || told.has(index + 2) || headers.has(index + 2), JSON.stringify(cells)).toBe(true)
        })
      }),
      { numRuns: 150 },
    )
  })
})
