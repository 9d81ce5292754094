import type { Mistake } from './mistakes.ts'
import type { Text } from './wording.ts'

const WORDS: Readonly<Record<Mistake['code'], (value: string) => Text>> = {
  'text.cut_short': (value) => ({
    zh: `文件不完整，在“${value}”之后中断。请重新导出或复制整个文件`,
    en: `the file is cut short after “${value}”: export or copy it again as a whole`,
  }),
  'text.no_json': (value) => ({ zh: `不是 JSON：${value}`, en: `this is no JSON: ${value}` }),
  'shape.kind': (value) => ({ zh: `写法不对：${value}`, en: `this is not what belongs here: ${value}` }),
  'key.missing': (value) => ({ zh: `缺少 ${value}`, en: `${value} is missing` }),
  'key.unknown': (value) => ({ zh: `没有这一项。可写：${value}`, en: `there is no such key; there are: ${value}` }),
  'people.none': () => ({
    zh: '没有人可排，请至少写一个人',
    en: 'there is nobody to roster: give at least one person',
  }),
  'shifts.none': () => ({ zh: '没有班次，请至少写一种', en: 'there are no shifts: give at least one' }),
  'days.none': (value) => ({
    zh: `天数应为 1 以上的整数，现为 ${value}`,
    en: `days must be a whole number from 1, not ${value}`,
  }),
  'first_day.invalid': (value) => ({
    zh: `“${value}”不是日期，应如 2020-02-24`,
    en: `“${value}” is no date such as 2020-02-24`,
  }),
  'id.duplicate': (value) => ({ zh: `编号“${value}”重复`, en: `the id “${value}” is used twice` }),
  'id.unknown': (value) => ({ zh: `没有编号为“${value}”的班次或人`, en: `there is no shift or person “${value}”` }),
  'day.outside': (value) => ({
    zh: `第 ${value} 天不在排班期内（从 0 数起）`,
    en: `day ${value} lies outside the period (days count from 0)`,
  }),
  'number.invalid': (value) => ({ zh: `数字 ${value} 超出允许范围`, en: `the number ${value} is out of range` }),
  'limits.contradictory': (value) => ({
    zh: `上下限矛盾：${value}`,
    en: `the limits contradict one another: ${value}`,
  }),
  'successions.cyclic': (value) => ({
    zh: `规定的接续成环，一旦开始就永远不能休息：${value}。请在其中一条里加一天休息`,
    en: `these patterns oblige one another for ever, without a day off: ${value}. Put a day off into one of them`,
  }),
  'shift.too_long': (value) => ({
    zh: `班次长 ${value} 分钟，超过一天。请拆成两个班次`,
    en: `a shift of ${value} minutes is longer than a day: make it two shifts`,
  }),
  too_large: (value) => ({ zh: `规模过大：${value}`, en: `too large: ${value}` }),
}

/**
 * What a mistake says to whoever wrote the problem.
 *
 * @example mistakeText({ code: 'people.none', where: 'people', value: '0' }).zh // 'people：没有人可排，请至少写一个人'
 */
export function mistakeText({ code, where, value }: Mistake): Text {
  const { zh, en } = WORDS[code](value)
  return where === '' ? { zh, en } : { zh: `${where}：${zh}`, en: `${where}: ${en}` }
}
