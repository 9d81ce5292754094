import { formatYuan } from '#engines/values/money.ts'
import { formatDay } from '#engines/values/time.ts'
import { deepPartsOf } from './check-stack.ts'
import { type Language, say } from './citations.ts'
import type { ConditionScope } from './compile-conditions.ts'
import { daysThreshold, levelWord, markPosition } from './compile-more.ts'
import { anchorMark, childrenMark, familyMark, homeUnitMark, type Mark, numberMark, servedMark } from './marks.ts'
import type { Condition } from './pack.ts'
import type { ExplanationLine } from './results.ts'
import type { Situation } from './situations.ts'
import {
  ANCHORS,
  COUNT_FACTS,
  FAMILY_FACTS,
  isWord,
  type Label,
  MONEY_FACTS,
  POST_KINDS,
  RESPONSE_LEVELS,
  UNIT_KINDS,
  wordsOf,
} from './vocabulary.ts'

/** Says which recorded facts a condition looked at, as they stood on the day. Findings are closed and are not repeated. */
export function factLines(
  scope: ConditionScope,
  when: Condition | null,
  situation: Situation,
  language: Language,
  records: Records = {},
): readonly ExplanationLine[] {
  if (when === null) return []
  const lines = new Map<string, ExplanationLine>()
  for (const part of deepPartsOf(scope.stack, when)) {
    const text = factText(scope, part, situation)
    if (text) lines.set(text.zh, factLine(text, recordsOf(part, records), language))
  }
  return [...lines.values()]
}

/** The records that recorded facts come from, by the names of `MoreFacts.refs`. */
type Records = Readonly<Record<string, readonly string[]>>

function recordsOf(part: Condition, records: Records): readonly string[] {
  if (part.kind === 'family') return records[`family:${part.fact}`] ?? []
  if (part.kind === 'count') return records[`number:${part.fact}`] ?? []
  return part.kind === 'children' ? (records.children ?? []) : []
}

function factLine(text: Label, refs: readonly string[], language: Language): ExplanationLine {
  if (refs.length === 0) return { kind: 'fact', text: text[language] }
  const named = say(language, `${text.zh}（记录 ${refs.join('、')}）`, `${text.en} (record ${refs.join(', ')})`)
  return { kind: 'fact', text: named, refs }
}

function markValue(scope: ConditionScope, mark: Mark, situation: Situation): number {
  return situation.marks[markPosition(scope, mark)]?.[situation.day] ?? Number.NaN
}

function named({ zh, en }: Label, value: Label): Label {
  return { zh: `${zh}：${value.zh}`, en: `${en}: ${value.en}` }
}

const NOT_KNOWN: Label = { zh: '没有记录', en: 'not recorded' }

function factText(scope: ConditionScope, part: Condition, situation: Situation): Label | undefined {
  const { window } = scope
  switch (part.kind) {
    case 'response_level': {
      const level = levelWord(scope, situation[part.of], situation.day)
      const where =
        part.of === 'works_in' ? { zh: '值守地当日', en: 'at the place of duty' } : { zh: '所属地当日', en: 'at home' }
      return named(where, level ? RESPONSE_LEVELS[level] : NOT_KNOWN)
    }
    case 'family': {
      const isRecorded = !situation.unrecorded.includes(`family:${part.fact}`)
      const value = isRecorded ? markValue(scope, familyMark(part.fact, window), situation) : Number.NaN
      return named(
        FAMILY_FACTS[part.fact],
        value === 1 ? { zh: '是', en: 'yes' } : value === 2 ? { zh: '否', en: 'no' } : NOT_KNOWN,
      )
    }
    case 'count': {
      const value = markValue(scope, numberMark(part.fact, window), situation)
      return named(COUNT_FACTS[part.fact], countText(part.fact, value))
    }
    case 'children': {
      const value = markValue(scope, childrenMark(part.under_years, window), situation)
      const years = part.under_years
      return named({ zh: `未满 ${years} 周岁的子女`, en: `children under ${years}` }, numberText(value))
    }
    case 'home_unit_kind': {
      const isRecorded = !situation.unrecorded.includes('home_unit_kind')
      const kind = isRecorded ? wordsOf(UNIT_KINDS)[markValue(scope, homeUnitMark(window), situation)] : undefined
      return named({ zh: '所在单位', en: 'own unit' }, kind ? UNIT_KINDS[kind] : NOT_KNOWN)
    }
    case 'served': {
      const threshold = daysThreshold(scope, part).on
      const value = markValue(scope, servedMark(part, threshold, window), situation)
      const posts = part.posts.map((post) => POST_KINDS[post])
      const where =
        posts.length === 0
          ? { zh: '', en: '' }
          : { zh: `在${posts.map(({ zh }) => zh).join('、')}岗位`, en: `on ${posts.map(({ en }) => en).join(', ')} ` }
      const days = threshold[situation.day] ?? Number.NaN
      return named(servedText(part, where, days), value === 1 ? { zh: '是', en: 'yes' } : { zh: '否', en: 'no' })
    }
    case 'window':
      return windowText(scope, part, situation)
    default:
      return undefined
  }
}

function servedText({ counted }: Condition & { kind: 'served' }, where: Label, days: number): Label {
  return counted === 'in_all'
    ? { zh: `${where.zh}一共值守满 ${days} 天`, en: `${where.en}duty on at least ${days} days in all` }
    : { zh: `${where.zh}值守满 ${days} 天`, en: `${where.en}duty on at least ${days} days` }
}

/** Days of duty are counted in person-days, everything else in people. */
function countText(fact: keyof typeof COUNT_FACTS, value: number): Label {
  if (fact !== 'duty_days' || Number.isNaN(value)) return numberText(value)
  return { zh: `${value} 人天`, en: `${value} person-days` }
}

function numberText(value: number): Label {
  return Number.isNaN(value) ? NOT_KNOWN : { zh: `${value} 人`, en: `${value}` }
}

function windowText(
  scope: ConditionScope,
  part: Condition & { kind: 'window' },
  situation: Situation,
): Label | undefined {
  const { operation, window } = scope
  const today = window.from + situation.day
  const recorded = part.starts === 'operation_start' ? operation?.starts : operation?.ends
  const since = part.starts.endsWith('duty_day')
    ? markValue(scope, anchorMark(part, window), situation)
    : today - (recorded ?? Number.NaN)
  if (!Number.isFinite(since)) return named(ANCHORS[part.starts], { zh: '还没有', en: 'not yet' })
  const first = today - since + part.after_days
  const last = part.lasts_days === null ? null : first + part.lasts_days - 1
  const end = last === null ? { zh: '起', en: ' on' } : { zh: ` 至 ${formatDay(last)}`, en: ` to ${formatDay(last)}` }
  return named(ANCHORS[part.starts], {
    zh: `${formatDay(today - since)}；适用期 ${formatDay(first)}${end.zh}`,
    en: `${formatDay(today - since)}; holds from ${formatDay(first)}${end.en}`,
  })
}

/** A recorded number as an amount takes it. */
export function recordedNumber(
  scope: ConditionScope,
  fact: keyof typeof COUNT_FACTS | keyof typeof MONEY_FACTS,
  situation: Situation,
  language: Language,
  records: Records = {},
): { readonly number: number; readonly lines: readonly ExplanationLine[] } {
  const number = markValue(scope, numberMark(fact, scope.window), situation)
  const title = factTitle(fact)
  const shown = Number.isNaN(number)
    ? NOT_KNOWN
    : isWord(COUNT_FACTS, fact)
      ? countText(fact, number)
      : { zh: `${formatYuan(number)} 元`, en: `${formatYuan(number)} yuan` }
  return { number, lines: [factLine(named(title, shown), records[`number:${fact}`] ?? [], language)] }
}

export function factTitle(fact: keyof typeof COUNT_FACTS | keyof typeof MONEY_FACTS): Label {
  const titles: Readonly<Record<string, Label>> = { ...COUNT_FACTS, ...MONEY_FACTS }
  return titles[fact] ?? { zh: fact, en: fact }
}
