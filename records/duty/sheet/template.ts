import { POST_KINDS } from '#engines/policy/vocabulary.ts'
import type { SheetLayout } from '#platform/files/sheet-layout.ts'
import { writeWorkbook } from '#platform/files/workbook.ts'

/**
 * The template that an office can download: an empty sheet to fill in, an example with made-up people, and how to fill it in.
 * Any other layout is read as well; the template is for offices that have none yet. The example's sheet is named 示例,
 * and the importer leaves it out.
 *
 * @param unit written into the title when it is known who downloads
 */
export function dutySheetTemplate(unit?: string): Uint8Array<ArrayBuffer> {
  return writeWorkbook({
    footer: unit ?? '值守登记表',
    sheets: [
      { ...dutyLayout('值守登记', `${unit ?? '（单位名称）'}值守登记表`), rows: emptyRows(30) },
      {
        ...dutyLayout(EXAMPLE_SHEET, '示例镇卫生院值守登记表（示例，人员均为虚构）'),
        rows: EXAMPLES,
        isSubtotal: () => false,
      },
      instructions(),
    ],
  })
}

/** Sheets of the template that hold no duty of anybody. */
export const EXAMPLE_SHEET = '示例'
export const INSTRUCTIONS_SHEET = '填写说明'

function dutyLayout(name: string, title: string): Omit<SheetLayout, 'rows'> {
  return {
    name,
    title,
    columns: [
      { header: '序号', key: 'number', format: 'count', width: 6, align: 'center' },
      { header: '单位', key: 'unit', width: 22 },
      { header: '科室', key: 'department', width: 14 },
      { header: '姓名', key: 'name', width: 12, align: 'center' },
      { header: '身份证号', key: 'id_number', width: 22 },
      { header: '联系电话', key: 'phone', width: 15 },
      { header: '岗位', key: 'post', width: 18, choices: postLabels() },
      { header: '日期', key: 'date', format: 'date', width: 13, group: '值守时间' },
      { header: '开始', key: 'start', width: 9, align: 'center', group: '值守时间' },
      { header: '结束', key: 'end', width: 12, align: 'center', group: '值守时间' },
      { header: '备注', key: 'remark', width: 18 },
    ],
    notes: ['填表人：                    审核人：                    填表日期：'],
    frozenColumns: 4,
  }
}

/** The drop-down list holds at most 255 characters; the labels of all kinds fit. */
function postLabels(): string[] {
  return Object.values(POST_KINDS).map(({ zh }) => zh)
}

function emptyRows(count: number): Array<Record<string, number>> {
  return Array.from({ length: count }, (_, index) => ({ number: index + 1 }))
}

/** Made-up people; the area code 999901 of their numbers is not in use. */
const EXAMPLES = [
  {
    number: 1,
    unit: '示例镇卫生院',
    department: '预检分诊处',
    name: '张示例',
    id_number: '999901198802140013',
    phone: '00000000001',
    post: '预检分诊',
    date: '2020-02-03',
    start: '08:00',
    end: '20:00',
    remark: '',
  },
  {
    number: 2,
    unit: '示例镇卫生院',
    department: '发热门诊',
    name: '李示例',
    id_number: '',
    phone: '00000000002',
    post: '发热门诊',
    date: '2020-02-03',
    start: '20:00',
    end: '次日08:00',
    remark: '夜班',
  },
  {
    number: 3,
    unit: '示例镇人民政府',
    department: '',
    name: '王示例',
    id_number: '',
    phone: '00000000003',
    post: '卡口值守',
    date: '2020-02-04',
    start: '18:00',
    end: '24:00',
    remark: '顶替李示例',
  },
]

const INSTRUCTIONS: ReadonlyArray<readonly [item: string, text: string]> = [
  ['填一次就够', '这张表只登记“谁、在哪个岗位、从几点到几点”。补助、补休等由系统据此计算，不必另外填表。'],
  ['一行一次值守', '一个人一次值守填一行。中间离岗再上岗的，分两行填写。'],
  ['单位', '填单位全称。整张表都是同一单位的，每行可填“同上”。'],
  ['姓名', '姓名中间不用加空格。少数民族姓名中间用“·”。'],
  ['身份证号', '可以不填，填了能分清同名的人。请保持“文本”格式；如果显示成科学计数法，后几位已经丢失，需要重新填写。'],
  ['日期', '写 2020-02-03 或 2月3日 都可以。'],
  ['开始、结束', '用24小时制，如 8:00、20:00。到第二天的写“次日8:00”，也可以只写“8:00”。一次不超过24小时。'],
  ['岗位', '可从下拉列表选，也可照单位习惯填写。'],
  ['合计、签字', '合计行、签字行会自动跳过，不影响导入。'],
  ['已有排班表', '不必抄到这张表里。现成的值班表、排班表（姓名乘日期的也行）可以直接导入，不清楚的地方系统会先问。'],
  ['导入之前', '系统会先列出看懂了什么、哪些行不能用、为什么；确认之后才真正导入。同一张表导入两次不会重复。'],
]

function instructions(): SheetLayout {
  return {
    name: INSTRUCTIONS_SHEET,
    title: '填写说明',
    columns: [
      { header: '项目', key: 'item', width: 16 },
      { header: '怎么填', key: 'text', width: 96 },
    ],
    rows: INSTRUCTIONS.map(([item, text]) => ({ item, text })),
  }
}
