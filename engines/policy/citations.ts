import { formatDay } from '#engines/values/time.ts'
import { formatAmount } from './format-amount.ts'
import type { ParameterValue, Source, Stack } from './pack.ts'
import type { ResolvedParameter } from './parameters.ts'
import type { ParameterCitation } from './results.ts'
import { GRADES, type Grade } from './vocabulary.ts'

export type Language = 'zh' | 'en'

/** Picks the reader's language. */
export function say(language: Language, zh: string, en: string): string {
  return language === 'zh' ? zh : en
}

/** Figures of grade C and U are shown as unverified wherever they appear. */
export function isUnverified(grade: Grade): boolean {
  return grade === 'C' || grade === 'U'
}

/** `财社〔2020〕2号，等级 B` or, where there is no number, the title; unverified sources say so. */
export function sourceText(
  source: Source | undefined,
  article: string | null,
  language: Language,
  grade?: Grade,
): string {
  if (!source) return ''
  const shown = grade ?? source.grade
  const name = source.number ?? `《${source.title}》`
  const where = article === null ? name : `${name}${language === 'zh' ? '' : ' '}${article}`
  const gradeName = GRADES[shown]
  return say(language, `${where}，等级 ${shown}（${gradeName.zh}）`, `${where}, grade ${shown} (${gradeName.en})`)
}

export function citeValue(stack: Stack, resolved: ResolvedParameter, value: ParameterValue): ParameterCitation {
  const source = stack.sources.get(value.source)
  return {
    parameter: resolved.parameter.code,
    value: value.value ?? 0,
    from: value.from,
    to: value.to,
    known: value.known,
    source: value.source,
    source_title: source?.title ?? value.source,
    source_number: source?.number ?? null,
    grade: value.grade,
    unverified: isUnverified(value.grade),
    example: value.example,
    pack: value.pack,
    file: value.place.file,
    line: value.place.line,
  }
}

/** `一档标准 300.00 元/天（财社〔2020〕2号，等级 B（据官方摘要）；2020-01-20 起，2020-01-25 公布）` */
export function valueText(
  stack: Stack,
  resolved: ResolvedParameter,
  value: ParameterValue,
  language: Language,
): string {
  const { parameter } = resolved
  const amount = formatAmount(parameter.unit, value.value ?? 0)[language]
  const source = sourceText(stack.sources.get(value.source), value.article, language, value.grade)
  const days = say(
    language,
    `${formatDay(value.from)} 起，${formatDay(value.known)} 可知`,
    `from ${formatDay(value.from)}, known ${formatDay(value.known)}`,
  )
  const marks = [
    isUnverified(value.grade) ? say(language, '未核实', 'unverified') : '',
    value.example ? say(language, '示例，不是事实', 'example, not a fact') : '',
  ].filter((mark) => mark !== '')
  const mark = marks.map((one) => say(language, `【${one}】`, ` [${one}]`)).join('')
  return say(
    language,
    `${parameter.title.zh} ${amount}${mark}（${source}；${days}）`,
    `${parameter.title.en} ${amount}${mark} (${source}; ${days})`,
  )
}
