import { PERSON_REASONS } from '#records/people/person-finder.ts'
import { type Both, say } from '../sheet/texts.ts'

/** Why a row that can be read is still not taken, and what would be right. What the sheet itself gets wrong says `sheet/`. */
const REASONS = {
  ...PERSON_REASONS,
  left_out: [
    ['按您的回答不导入', 'left out, as you answered'],
    ['如需导入，请修改对应问题的回答', 'to import it, change the answer to that question'],
  ],
  unknown_post: [
    ['岗位“{post}”在这一天没有设立或已撤销', 'the post “{post}” was not open on this day'],
    ['请核对日期和岗位', 'check day and post'],
  ],
  twice: [
    ['与第 {row} 行（{sheet}）是同一人、时间重叠', 'the same person at overlapping times as row {row} ({sheet})'],
    ['同一人同一时间只能在一个岗位，请核对两行', 'one person can be on one post at a time; check both rows'],
  ],
  own_span: [
    ['这是您本人的值守', 'this is your own duty'],
    ['请另一位负责人上传同一张表，导入这一行', 'another person in charge uploads the same sheet and imports it'],
  ],
  future: [
    ['值守尚未结束', 'the duty has not ended yet'],
    ['结束后再导入', 'import it afterwards'],
  ],
  backwards: [
    ['结束时间应晚于开始时间', 'the end must be after the start'],
    ['请核对起止时间', 'check both times'],
  ],
  too_long: [
    ['一段值守不能超过 24 小时', 'one span lasts at most 24 hours'],
    ['请按天分行填写', 'write one row per day'],
  ],
  withdrawn: [
    ['这条值守已被撤销', 'this duty was withdrawn'],
    ['如确有值守，请在当天的值守页另加一条', 'if it did happen, add it on the page of that day'],
  ],
  overlap: [
    ['与{other}重叠', 'overlaps {other}'],
    ['请核对时间；已有记录有误的，先更正那一条', 'check the times; correct the standing record first if it is wrong'],
  ],
} as const satisfies Record<string, readonly [reason: readonly [string, string], right: readonly [string, string]]>

export type ImportReason = keyof typeof REASONS
type Facts = Readonly<Record<string, string | number>>

export function reasonOf(
  code: ImportReason,
  facts: Facts = {},
  factsEnglish: Facts = facts,
): { reason: Both; right: Both } {
  const [reason, right] = REASONS[code]
  return {
    reason: { zh: say(reason, facts).zh, en: say(reason, factsEnglish).en },
    right: say(right, facts),
  }
}

export const QUESTION_TEXTS = {
  unit: ['表中的“{text}”是哪个单位？', 'Which unit is “{text}” in the sheet?'],
  post: ['“{unit}”的“{text}”是哪个岗位？', 'Which post of “{unit}” is “{text}”?'],
  post_unnamed: ['“{unit}”的值守没有写岗位，是哪个岗位？', 'The sheet names no post for “{unit}”. Which one is it?'],
} as const satisfies Record<string, readonly [string, string]>

export const OPTION_TEXTS = {
  skip: ['这些行不导入', 'leave these rows out'],
  new_post: ['新设岗位“{name}”（{kind}）', 'open a new post “{name}” ({kind})'],
  yes: ['是', 'yes'],
  no: ['否', 'no'],
  one: ['一个跨夜班', 'one night shift'],
  each: ['每天各一班', 'one shift on each day'],
} as const satisfies Record<string, readonly [string, string]>
