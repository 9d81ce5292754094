import type { Field } from './shapes.ts'
import { tight } from './written-text.ts'

/** How offices head their columns: first the words that say exactly one thing, then what a longer header may contain. */
const EXACT: Readonly<Record<Field, readonly string[]>> = {
  sequence: ['序号', '编号', '序', 'no', 'no.'],
  name: [
    '姓名',
    '名字',
    '人员姓名',
    '职工姓名',
    '员工姓名',
    '值班人',
    '值班人员',
    '值守人员',
    '值班员',
    '人员',
    '带班领导',
    '带班人员',
    '值班领导',
    '上岗人员',
    'name',
  ],
  sex: ['性别'],
  id_number: ['身份证号', '身份证号码', '公民身份号码', '身份证', '身份号码', '证件号码', '证件号', '居民身份证号'],
  staff_number: ['工号', '职工号', '员工号', '员工编号', '职工编号', '人员编号', '警号', '胸牌号'],
  phone: ['手机', '电话', '手机号', '手机号码', '联系电话', '联系方式', '电话号码', '移动电话'],
  unit: ['单位', '所在单位', '工作单位', '单位名称', '派出单位', '所属单位'],
  department: ['科室', '部门', '科室部门', '所在科室', '所在部门', '处室', '所属科室', '科室名称', '病区'],
  post: [
    '岗位',
    '值班岗位',
    '工作岗位',
    '值守岗位',
    '岗位名称',
    '工作内容',
    '工作任务',
    '任务',
    '值班地点',
    '值守地点',
    '值守点',
    '卡点',
    '点位',
    '工作地点',
    '地点',
    '职责',
  ],
  rank: ['职务', '职称', '职务职称'],
  date: ['日期', '值班日期', '值守日期', '工作日期', '出勤日期', '上班日期', '值班时间日期', '月日', 'date'],
  start_date: ['开始日期', '起始日期', '上岗日期'],
  end_date: ['结束日期', '截止日期', '终止日期', '离岗日期'],
  weekday: ['星期', '周'],
  shift: ['班次', '班别', '班种', '班', '班次名称'],
  start: [
    '开始',
    '起',
    '始',
    '自',
    '开始时间',
    '起始时间',
    '上班时间',
    '到岗时间',
    '上岗时间',
    '上班',
    '到岗',
    '签到',
    '签到时间',
    '开始值班时间',
    '时间起',
    '值班开始时间',
  ],
  end: [
    '结束',
    '止',
    '终',
    '至',
    '结束时间',
    '终止时间',
    '截止时间',
    '下班时间',
    '离岗时间',
    '下岗时间',
    '下班',
    '离岗',
    '签退',
    '签退时间',
    '时间止',
    '值班结束时间',
  ],
  time: [
    '时间',
    '值班时间',
    '值守时间',
    '工作时间',
    '时段',
    '时间段',
    '班次时间',
    '起止时间',
    '上下班时间',
    '值班时段',
    '值守时段',
  ],
  hours: [
    '时长',
    '小时',
    '小时数',
    '工时',
    '工作时长',
    '值班时长',
    '值守时长',
    '值班小时',
    '时数',
    '合计小时',
    '工作小时',
    '值班小时数',
  ],
  days: ['天数', '值班天数', '出勤天数', '合计', '小计', '总计', '班数'],
  remark: ['备注', '说明', '备考', '其他'],
}

/** Contained in a longer header; in order, the first that fits is taken. */
const CONTAINED: ReadonlyArray<readonly [RegExp, Field]> = [
  [/身份证|身份号码/, 'id_number'],
  [/姓名/, 'name'],
  [/(开始|起始|上岗).*日期/, 'start_date'],
  [/(结束|截止|终止|离岗).*日期/, 'end_date'],
  [/日期/, 'date'],
  [/(开始|起始|上班|到岗|上岗|签到).*时间|时间.*(起|开始)$/, 'start'],
  [/(结束|终止|截止|下班|离岗|签退).*时间|时间.*(止|结束)$/, 'end'],
  [/时长|小时|工时/, 'hours'],
  [/班次|班别/, 'shift'],
  [/时段|起止|时间/, 'time'],
  [/手机|电话/, 'phone'],
  [/工号|警号|职工号/, 'staff_number'],
  [/岗位|地点|卡点|工作内容|任务/, 'post'],
  [/科室|部门|处室/, 'department'],
  [/单位/, 'unit'],
  [/职务|职称/, 'rank'],
  [/备注/, 'remark'],
  [/天数/, 'days'],
]

const FIELD_OF = new Map<string, Field>()
for (const [field, words] of Object.entries(EXACT)) {
  for (const word of words) if (isField(field)) FIELD_OF.set(word, field)
}

function isField(word: string): word is Field {
  return word in EXACT
}

export interface HeaderMatch {
  readonly field: Field
  readonly confidence: number
}

/** `姓 名*（必填）` and `姓名` are the same header. */
export function tidyHeader(text: string): string {
  return tight(text)
    .toLowerCase()
    .replace(/[(（【[][^)）】\]]*[)）】\]]/g, '')
    .replace(/[*:：/、,，."“”]/g, (mark) => (mark === '.' ? '.' : ''))
}

/**
 * The field of a header, from its own words and those of the header above it (`值班时间` over `起` and `止`).
 *
 * @example matchHeader('止', '值班时间') // { field: 'end', confidence: 1 }
 */
export function matchHeader(own: string, above = ''): HeaderMatch | undefined {
  const label = tidyHeader(own)
  const parent = tidyHeader(above)
  if (label === '' || label.length > 16) return undefined
  const exact = FIELD_OF.get(label)
  if (exact && parent !== '' && /日期/.test(parent) && !/时间/.test(parent)) {
    if (exact === 'start') return { field: 'start_date', confidence: 1 }
    if (exact === 'end') return { field: 'end_date', confidence: 1 }
  }
  if (exact) return { field: exact, confidence: 1 }
  const joined = parent === '' ? undefined : FIELD_OF.get(parent + label)
  if (joined) return { field: joined, confidence: 1 }
  for (const [pattern, field] of CONTAINED) {
    if (pattern.test(label) && label.length <= 12) return { field, confidence: 0.8 }
  }
  return undefined
}
