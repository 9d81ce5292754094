/** A sentence in both languages. */
export interface Both {
  readonly zh: string
  readonly en: string
}

export type Facts = Readonly<Record<string, string | number>>

/** Why a row cannot be taken, and what would be right. */
export const REFUSALS = {
  name_missing: [
    ['没有姓名', 'no name'],
    ['请填写姓名', 'write the name'],
  ],
  name_unreadable: [
    ['姓名认不出来（可能有缺字或乱码）', 'the name cannot be read (a lost or garbled character?)'],
    ['请填写完整的中文姓名，少数民族姓名用“·”', 'write the full name; use “·” inside names'],
  ],
  name_several: [
    ['一个格子里像是有几个人', 'the cell seems to hold several people'],
    ['请一人一行，或用“、”分开', 'one person per row, or separate names with “、”'],
  ],
  id_length: [
    ['身份证号不是18位（也不是15位）', 'the ID number has neither 18 nor 15 characters'],
    ['请核对身份证，填写18位号码', 'check the card and write all 18 characters'],
  ],
  id_birthday: [
    ['身份证号里的出生日期不存在', 'the birthday inside the ID number does not exist'],
    ['请核对身份证上的第7至14位', 'check characters 7 to 14 on the card'],
  ],
  id_checksum: [
    ['身份证号校验不通过', 'the ID number fails its check'],
    [
      '前17位若无误，最后一位应为 {expected}；请核对身份证',
      'if the first 17 are right, the last must be {expected}; check the card',
    ],
  ],
  id_two_names: [
    [
      '与第 {row} 行（{sheet}）的“{other}”是同一个身份证号，姓名却不同',
      'row {row} ({sheet}) has the same ID number under the name “{other}”',
    ],
    ['请核对两行的身份证号和姓名', 'check number and name in both rows'],
  ],
  id_precision_lost: [
    [
      '身份证号被Excel改成了数值，后几位已丢失；“{unit}”又有不止一位“{name}”，分不清是谁',
      'Excel turned the ID number into a rounded number, and “{unit}” has more than one “{name}”',
    ],
    ['请把身份证号一列设为“文本”，重新填写18位号码', 'format the ID column as text and enter all 18 characters again'],
  ],
  unit_missing: [
    ['没有单位，又没有身份证号，分不清是谁', 'neither unit nor ID number: who is it?'],
    ['请填写单位或身份证号', 'write the unit or the ID number'],
  ],
  date_missing: [
    ['没有日期', 'no date'],
    ['请填写日期，如 2020-02-03', 'write the date, such as 2020-02-03'],
  ],
  date_unreadable: [
    ['日期认不出来', 'the date cannot be read'],
    ['请写成 2020-02-03 或 2月3日', 'write it as 2020-02-03 or 2月3日'],
  ],
  date_ambiguous: [
    ['日期有两种读法', 'the date can be read in two ways'],
    ['请写成 2020-02-03 或 2月3日', 'write it as 2020-02-03 or 2月3日'],
  ],
  date_lost_zero: [
    ['日期存成了小数，分不清是 {one} 还是 {other}', 'the date was stored as a fraction: {one} or {other}?'],
    ['请写成 {one} 或 {other}', 'write {one} or {other}'],
  ],
  date_impossible: [
    ['没有 {written} 这一天', 'there is no {written}'],
    ['这里最大只能是 {last}，请核对', 'the last possible here is {last}; check it'],
  ],
  date_backwards: [
    ['结束日期早于开始日期', 'the last day is before the first'],
    ['请核对起止日期，跨年请写年份', 'check both days; write the year when it changes'],
  ],
  date_without_month: [
    ['只有“几日”，不知道是几月', 'only a day of the month, and no month'],
    ['请在标题或表头写明年月，如 2020年2月', 'state year and month in the title or header'],
  ],
  date_outside: [
    ['{date} 不在本次行动期间（{first} 至 {last}）', '{date} is outside the operation ({first} to {last})'],
    ['请核对日期，或选择正确的行动', 'check the date, or choose the right operation'],
  ],
  date_range_long: [
    ['一段日期超过 {limit} 天', 'a range of more than {limit} days'],
    ['请按月分开填写', 'split it by month'],
  ],
  time_missing: [
    ['只有开始或结束中的一个时间', 'only one of start and end is given'],
    ['请把起止时间填完整', 'write both'],
  ],
  time_unreadable: [
    ['时间认不出来', 'the time cannot be read'],
    ['请写成 8:00-20:00 或 20:00-次日8:00', 'write 8:00-20:00 or 20:00-次日8:00'],
  ],
  time_ambiguous: [
    ['时间有两种读法', 'the time can be read in two ways'],
    ['请用24小时制，如 14:00-18:00', 'use the 24-hour clock, such as 14:00-18:00'],
  ],
  time_became_date: [
    ['Excel把“{one}”改成了日期', 'Excel turned “{one}” into a date'],
    ['请写成 {right}，或先把单元格设为“文本”', 'write {right}, or format the cell as text first'],
  ],
  span_negative: [
    ['结束时间早于或等于开始时间', 'the end is not after the start'],
    ['请核对起止时间；到第二天的请写“次日”', 'check both times; write 次日 for the next day'],
  ],
  span_too_long: [
    ['一次值守 {hours} 小时，超过24小时', 'one duty of {hours} hours, more than 24'],
    ['请核对起止时间，连续多天的按天分行填写', 'check both; write one row per day for several days'],
  ],
  hours_unreadable: [
    ['小时数认不出来或超过24', 'the hours cannot be read or exceed 24'],
    ['请填写不超过24的数字，如 8 或 7.5', 'write a number up to 24, such as 8 or 7.5'],
  ],
  unknown_mark: [
    ['不认识的班次标记', 'unknown shift mark'],
    [
      '请在表下注明含义，如“{mark}：8:00-20:00”，或在导入时回答',
      'explain it below the table, such as “{mark}：8:00-20:00”, or answer the question',
    ],
  ],
  cell_error: [
    ['单元格是错误值', 'the cell holds an error value'],
    ['请改正公式或直接填写', 'mend the formula or write the value'],
  ],
  cell_uncalculated: [
    ['公式没有保存计算结果', 'the formula was saved without its result'],
    ['请用Excel或WPS打开，保存一次再上传', 'open the file in Excel or WPS, save it, upload again'],
  ],
  duplicate: [
    ['与第 {row} 行（{sheet}）重复', 'the same as row {row} ({sheet})'],
    ['只保留一行即可', 'keep one of the two'],
  ],
  overlap: [
    ['与第 {row} 行（{sheet}）的 {other} 时间重叠', 'overlaps {other} in row {row} ({sheet})'],
    ['同一人同一时间只能在一个岗位，请核对两行', 'one person can be on one post at a time; check both rows'],
  ],
} as const satisfies Record<string, readonly [reason: readonly [string, string], right: readonly [string, string]]>

export type RefusalCode = keyof typeof REFUSALS

/** Rows that are no duty. */
export const SKIPS = {
  title: ['标题或说明', 'title or explanation'],
  section: ['单位小标题', 'heading of a unit'],
  total: ['合计行', 'row of totals'],
  signature: ['签字、审核或填表信息', 'signatures or who filled it in'],
  legend: ['班次说明', 'explanation of shift marks'],
  weekday: ['星期', 'weekdays'],
  empty_person: ['没有任何值守', 'no duty at all'],
  hidden_row: ['隐藏的行', 'hidden row'],
  hidden_sheet: ['隐藏的工作表', 'hidden sheet'],
  example: ['模板的示例或填写说明', 'the template’s example or instructions'],
  no_table: ['没有找到值守表（找不到含“姓名”的表头）', 'no duty table (no header row with 姓名)'],
} as const satisfies Record<string, readonly [string, string]>

export type SkipCode = keyof typeof SKIPS

export const QUESTIONS = {
  year: ['表里没有写年份，这些日期是哪一年？', 'The sheet states no year. Which year are these dates?'],
  mark: ['“{mark}”是几点到几点？（不上班请答“休”）', 'Which hours does “{mark}” mean? (Answer 休 for no duty.)'],
  mark_same_time: ['“{mark}”起止相同，是值满24小时吗？', '“{mark}” starts and ends alike: is it a full 24 hours?'],
  unit: ['表“{table}”没有写单位，是哪个单位的？', 'Table “{table}” names no unit. Whose is it?'],
  hours: ['表“{table}”只有日期，每天是几点到几点？', 'Table “{table}” gives only days. Which hours does a day mean?'],
  begin: ['表“{table}”只有小时数，从几点开始？', 'Table “{table}” gives only hours. At what time do they begin?'],
  carry: [
    '表“{table}”的“{header}”一列有空格，是和上一行相同吗？',
    'Column “{header}” of table “{table}” has blanks. Do they mean “as above”?',
  ],
  hidden: ['“{sheet}”里有隐藏的内容，也要导入吗？', '“{sheet}” has hidden content. Is it to be imported too?'],
  range: ['“{value}”是两天各一班，还是一个跨夜班？', 'Is “{value}” one shift on each of the two days, or one night?'],
  post: ['“{post}”属于哪一类岗位？', 'Which kind of post is “{post}”?'],
  post_of_table: ['表“{table}”没有写岗位，属于哪一类？', 'Table “{table}” names no post. Which kind is it?'],
} as const satisfies Record<string, readonly [string, string]>

export type QuestionText = keyof typeof QUESTIONS

export const NOTICES = {
  hours_differ: [
    '表中写 {stated} 小时，按起止时间是 {real} 小时（可能扣了用餐时间）；按起止时间导入',
    'the sheet states {stated} hours, the times give {real} (a meal break?); the times are taken',
  ],
  id_not_trusted: [
    '身份证号被Excel改成了数值，不可信；按姓名和单位认人',
    'Excel rounded the ID number; the person is told by name and unit',
  ],
  two_units: [
    '标题写“{title}”，工作表名是“{sheet_name}”；按标题导入',
    'the title says “{title}”, the sheet is named “{sheet_name}”; the title is taken',
  ],
} as const satisfies Record<string, readonly [string, string]>

export type NoticeCode = keyof typeof NOTICES

/** Fills the facts into both languages. */
export function say(sentence: readonly [zh: string, en: string], facts: Facts = {}): Both {
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (_, name: string) => String(facts[name] ?? ''))
  return { zh: fill(sentence[0]), en: fill(sentence[1]) }
}
