import { writeWorkbook } from '#platform/files/workbook.ts'
import { EXAMPLE_SHEET, INSTRUCTIONS_SHEET } from '#records/duty/sheet/template.ts'

const COLUMNS = [
  { header: '序号', key: 'number', format: 'count', width: 6, align: 'center' },
  { header: '单位', key: 'unit', width: 22 },
  { header: '姓名', key: 'name', width: 12, align: 'center' },
  { header: '身份证号', key: 'id_number', width: 22 },
  { header: '日期', key: 'date', format: 'date', width: 13 },
  { header: '次数', key: 'count', format: 'count', width: 8 },
] as const

const INSTRUCTIONS: ReadonlyArray<readonly [item: string, text: string]> = [
  ['一行一件事', '一个人一天的一种事项填一行，几次写在“次数”里。'],
  ['事项', '写现行政策里的名称，可从下拉列表选。写了别的名称，导入时会先问是哪一项。'],
  ['单位', '可以不填，不填就在本单位及下属单位里按姓名找。'],
  ['身份证号', '可以不填，填了能分清同名的人。请保持“文本”格式。'],
  ['日期', '写 2020-02-03 或 2月3日 都可以；几天的用“、”隔开，不要写“至”。'],
  [
    '导入之前',
    '系统会先列出看懂了什么、哪些行不能用、为什么；确认之后才登记，另一人核实后才计入。同一张表导入两次不会重复。',
  ],
]

/**
 * The template that an office can download: an empty sheet, an example with a made-up person, how to fill it in.
 *
 * @param events the names of the events of the packs in force, for the drop-down list
 */
export function eventSheetTemplate(unit: string, events: readonly string[]): Uint8Array<ArrayBuffer> {
  const [example = '事项名称'] = events
  // A drop-down list holds at most 255 characters.
  const choices = events.join(',').length <= 255 ? [...events] : []
  const event = { header: '事项', key: 'event', width: 26, ...(choices.length > 0 ? { choices } : {}) }
  const columns = [...COLUMNS.slice(0, 4), event, ...COLUMNS.slice(4)]
  const layout = {
    columns,
    notes: ['填表人：                    审核人：                    填表日期：'],
    frozenColumns: 3,
  }
  return writeWorkbook({
    footer: unit,
    sheets: [
      {
        ...layout,
        name: '事项登记',
        title: `${unit}事项登记表`,
        rows: Array.from({ length: 30 }, (_, index) => ({ number: index + 1 })),
      },
      {
        ...layout,
        name: EXAMPLE_SHEET,
        title: '示例镇卫生院事项登记表（示例，人员均为虚构）',
        rows: [
          {
            number: 1,
            unit: '示例镇卫生院',
            name: '张示例',
            id_number: '',
            event: example,
            date: '2020-02-03',
            count: 1,
          },
        ],
        isSubtotal: () => false,
      },
      {
        name: INSTRUCTIONS_SHEET,
        title: '填写说明',
        columns: [
          { header: '项目', key: 'item', width: 16 },
          { header: '怎么填', key: 'text', width: 96 },
        ],
        rows: INSTRUCTIONS.map(([item, text]) => ({ item, text })),
      },
    ],
  })
}
