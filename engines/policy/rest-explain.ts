import { formatDay, formatMinute, MINUTES_PER_DAY } from '#engines/values/time.ts'
import { isUnverified, type Language, say, sourceText } from './citations.ts'
import { missingText } from './explain-rules.ts'
import type { FactBatch } from './facts.ts'
import { sliceOf } from './facts-slice.ts'
import { formatAmount, formatHundredths, formatMinutes } from './format-amount.ts'
import type { Condition, Pack, Stack } from './pack.ts'
import { quantityOn, type RestProgram } from './rest-compile.ts'
import { evaluateRest, restResultAt } from './rest-evaluate.ts'
import { fatigueFigure, holds, inBoundUnit } from './rest-figures.ts'
import {
  type BOUNDS,
  REST_AFTERS,
  type RestCondition,
  type RestMeasureCondition,
  type RestRule,
  SET_OFFS,
} from './rest-pack.ts'
import type { FatigueFunction, RestResult } from './rest-results.ts'
import { restProgramFor } from './rest-within.ts'
import { figureCounts } from './schema/rest-shape.ts'
import { EXPOSURES, type Label, POST_KINDS } from './vocabulary.ts'

export interface RestLine {
  readonly kind:
    | 'rule'
    | 'basis'
    | 'figure'
    | 'person'
    | 'untaken'
    | 'outcome'
    | 'soon'
    | 'missing'
    | 'decision'
    | 'span'
  readonly text: string
  readonly holds?: boolean
  readonly ref?: string
}

export interface RestExplanation {
  readonly language: Language
  readonly result: RestResult
  readonly pack_hash: string
  readonly lines: readonly RestLine[]
}

export interface RestExplaining {
  readonly language: Language
  /** `named` for whoever may read closed facts; `hidden` says only that a protected condition is confirmed. */
  readonly closed_facts: 'named' | 'hidden'
}

/**
 * Why a rest rule stands as it does for one person: the rule and its basis, every figure beside its bound, closed facts as far as the
 * reader may know them, what follows, and the duty it was counted from.
 *
 * @example explainRest(program, batchOf([officer]), 0, 'overload', fatigueOf, { language: 'zh', closed_facts: 'hidden' })
 */
export function explainRest(
  program: RestProgram,
  batch: FactBatch,
  row: number,
  rule: string,
  fatigue: FatigueFunction,
  how: RestExplaining,
): RestExplanation {
  const person = sliceOf(batch, row, row + 1)
  const holding = restProgramFor(program, person.area[0] ?? 0)
  const there = holding.program.rules.find((one) => one.rule.code === rule)
  const compiled = there ?? program.rules.find((one) => one.rule.code === rule)
  if (!compiled) throw new RangeError(`no rest rule ${rule} in force`)
  const columns = evaluateRest(program, person, fatigue)
  const position = program.rules.findIndex((one) => one.rule.code === rule)
  const result = restResultAt(program, columns, person, 0, position)
  const { figures: asked } = holding.program
  const figures = fatigue(person, asked, { as_of: (program.on + 1) * MINUTES_PER_DAY })
  const figureFor = (condition: RestMeasureCondition) => {
    const key = JSON.stringify(fatigueFigure(condition))
    const place = asked.findIndex((figure) => JSON.stringify(figure) === key)
    return inBoundUnit(condition, figures[place] ?? Number.NaN)
  }
  const reading: Reading = { ...how, batch: person, row: 0 }
  const rested = figures[compiled.rest_figure] ?? Number.NaN
  const lines = [
    ...ruleLines(program.stack, compiled.rule, how.language),
    ...placeLines(holding.outside, person, how.language),
    ...(there ? conditionLines(holding.program, compiled.rule.when, figureFor, reading) : []),
    ...untakenLines(result, rested, how.language),
    ...outcomeLines(program, compiled.rule, result, how),
    ...spanLines(person, 0, program, how.language),
  ]
  return { language: how.language, result, pack_hash: program.hash, lines }
}

/** For people of another place the layers below do not hold. */
function placeLines(outside: Pack | null, { area }: FactBatch, language: Language): readonly RestLine[] {
  if (!outside) return []
  const text = say(
    language,
    `所属地区 ${area[0]} 不在“${outside.title.zh}”的地区 ${outside.area} 内，只按上级的规定算`,
    `belongs to ${area[0]}, outside ${outside.area}, the area of "${outside.title.en}": only the layers above hold`,
  )
  return [{ kind: 'person', text }]
}

/** A rest that stays due: since when, and that none of its length has been taken. */
function untakenLines(
  { due_since, length_day_hundredths }: RestResult,
  since: number,
  language: Language,
): readonly RestLine[] {
  if (due_since === null || length_day_hundredths === null) return []
  const length = formatAmount('days', length_day_hundredths)
  const text = say(
    language,
    `${formatDay(due_since)} 起应休，${length.zh}的休息还没有休满（距上次休满已有 ${formatMinutes(since).zh}）`,
    `due since ${formatDay(due_since)}; no rest of ${length.en} has been taken since (the last one ended ${formatMinutes(since).en} ago)`,
  )
  return [{ kind: 'untaken', text }]
}

function ruleLines(stack: Stack, rule: RestRule, language: Language): readonly RestLine[] {
  const source = stack.sources.get(rule.source)
  const marks = [
    source && isUnverified(source.grade) ? say(language, '未核实', 'unverified') : '',
    rule.example ? say(language, '示例，不是事实', 'example, not a fact') : '',
  ].filter((mark) => mark !== '')
  const mark = marks.map((one) => say(language, `【${one}】`, ` [${one}]`)).join('')
  const point = rule.settles === null ? undefined : stack.decision_points.get(rule.settles)
  const pack = point?.pack ?? rule.pack
  const clause = stack.clauses.get(`${pack}#${rule.clause ?? point?.clause ?? ''}`)
  const article = say(
    language,
    `第 ${clause?.number} 条 ${clause?.title.zh}`,
    `clause ${clause?.number}, ${clause?.title.en}`,
  )
  const basis = sourceText(source, rule.article, language)
  return [
    { kind: 'rule', text: `${rule.title[language]}${mark}` },
    { kind: 'basis', text: clause ? say(language, `${article}；${basis}`, `${article}; ${basis}`) : basis },
  ]
}

const FIGURE_NAMES: Readonly<Record<RestMeasureCondition['figure'], Label>> = {
  days_in_a_row: { zh: '连续值守', en: 'days in a row' },
  mean_a_day: { zh: '这段日子日均', en: 'mean a day over that run' },
  hours: { zh: '值守时长', en: 'time on duty' },
  shifts: { zh: '班次', en: 'shifts' },
  nights: { zh: '夜班', en: 'nights' },
  duty_days: { zh: '值守天数', en: 'days with duty' },
  days_off: { zh: '整天休息', en: 'days off' },
  time_since_rest: { zh: '距上次完整休息', en: 'time since the last full rest' },
  rest_between_shifts: { zh: '两班之间最短休息', en: 'shortest rest between shifts' },
}

const BOUND_WORDS: Readonly<Record<(typeof BOUNDS)[number], Label>> = {
  at_least: { zh: '不少于', en: 'at least' },
  more_than: { zh: '超过', en: 'more than' },
  at_most: { zh: '不超过', en: 'at most' },
  less_than: { zh: '少于', en: 'less than' },
}

interface Reading extends RestExplaining {
  readonly batch: FactBatch
  readonly row: number
}

function conditionLines(
  program: RestProgram,
  condition: RestCondition,
  figureFor: (condition: RestMeasureCondition) => number,
  reading: Reading,
): readonly RestLine[] {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.of.flatMap((part) => conditionLines(program, part, figureFor, reading))
    case 'not':
      return conditionLines(program, condition.of, figureFor, reading)
    case 'person':
      return personLines(program.stack, condition.condition, reading)
    case 'figure':
      return [figureLine(program, condition, figureFor(condition), reading.language)]
  }
}

function figureText(condition: RestMeasureCondition, amount: number): Label {
  const counts = figureCounts(condition.figure)
  if (counts === 'days') return { zh: `${formatHundredths(amount)} 天`, en: `${formatHundredths(amount)} days` }
  if (counts === 'minutes') return formatMinutes(Math.floor(amount))
  return { zh: `${amount} 次`, en: `${amount}` }
}

function figureLine(
  program: RestProgram,
  condition: RestMeasureCondition,
  value: number,
  language: Language,
): RestLine {
  const settled = condition.bounds.map(({ bound, of }) => ({ bound, number: quantityOn(program, of).number }))
  const bounds = settled.map(({ bound, number }) => {
    const shown = number === null ? say(language, '（未定）', '(not set)') : figureText(condition, number)[language]
    return `${BOUND_WORDS[bound][language]} ${shown}`
  })
  const isMet = settled.every(({ bound, number }) => number !== null && holds(bound, value, number))
  const name = FIGURE_NAMES[condition.figure][language]
  const shown = Number.isNaN(value) ? say(language, '无', 'none') : figureText(condition, value)[language]
  const scope = scopeText(condition, language)
  const verdict = isMet ? say(language, '符合', 'met') : say(language, '不符合', 'not met')
  return {
    kind: 'figure',
    holds: isMet,
    text: say(
      language,
      `${scope}${name} ${shown}（界限：${bounds.join('，')}）：${verdict}`,
      `${name}${scope}: ${shown} (bound: ${bounds.join(', ')}): ${verdict}`,
    ),
  }
}

function scopeText({ window_min, on }: RestMeasureCondition, language: Language): string {
  const window = window_min === null ? '' : windowText(window_min, language)
  const posts = (on?.post_kinds ?? []).map((word) => POST_KINDS[word][language])
  const exposures = (on?.exposures ?? []).map((word) => EXPOSURES[word][language])
  const only = [...posts, ...exposures].join(say(language, '、', ', '))
  if (language === 'zh') return `${window}${only === '' ? '' : `（只算${only}）`}`
  return `${window}${only === '' ? '' : ` (${only} only)`}`
}

function windowText(minutes: number, language: Language): string {
  const days = minutes / MINUTES_PER_DAY
  if (Number.isInteger(days) && days > 1) return say(language, `最近 ${days} 天`, ` in the last ${days} days`)
  const { zh, en } = formatMinutes(minutes)
  return say(language, `最近 ${zh}`, ` in the last ${en}`)
}

/** Closed facts are named only to whoever may read them, and then only where they are confirmed. */
function personLines(stack: Stack, condition: Condition, reading: Reading): readonly RestLine[] {
  if (condition.kind === 'all' || condition.kind === 'any') {
    return condition.of.flatMap((part) => personLines(stack, part, reading))
  }
  if (condition.kind !== 'finding') return []
  const { language, batch, row } = reading
  const isConfirmed = batch.findings.get(condition.finding)?.[row] === 1
  if (!isConfirmed) return []
  const hidden = say(language, '已确认的受保护情形', 'a confirmed protected condition')
  const title = stack.findings.get(condition.finding)?.title[language] ?? hidden
  return [{ kind: 'person', holds: condition.is, text: reading.closed_facts === 'named' ? title : hidden }]
}

function outcomeLines(
  program: RestProgram,
  rule: RestRule,
  result: RestResult,
  how: RestExplaining,
): readonly RestLine[] {
  const { language } = how
  if (result.missing !== null) {
    return result.missing_facts.map((fact) => {
      const text = missingFactText(program, fact, how)
      return { kind: 'missing', text: say(language, `缺少事实：${text}`, `missing fact: ${text}`) }
    })
  }
  if (result.decision_point !== null) {
    const question = program.stack.decision_points.get(result.decision_point)?.question[language]
    return [{ kind: 'decision', text: say(language, `待决定：${question}`, `to be decided: ${question}`) }]
  }
  if (result.state !== 'applies' && result.state !== 'soon') return []
  const soon = say(
    language,
    `照现在的班继续上，${result.soon_days} 天后达到`,
    `going on as now, it comes to it in ${result.soon_days} day(s)`,
  )
  const lines: RestLine[] = result.state === 'soon' ? [{ kind: 'soon', text: soon }] : []
  return [...lines, { kind: 'outcome', text: outcomeText(rule, result, language) }]
}

/** Which closed fact is missing is said only to whoever may read it. */
function missingFactText(program: RestProgram, fact: string, { language, closed_facts }: RestExplaining): string {
  if (closed_facts === 'hidden' && fact.startsWith('finding:'))
    return say(language, '有没有受保护情形', 'whether there is a protected condition')
  return missingText(program, fact, language)
}

function outcomeText(rule: RestRule, result: RestResult, language: Language): string {
  const { outcome } = rule
  if (outcome.kind === 'limit') return say(language, '不应再安排值守', 'no further duty should be planned')
  const length = result.length_day_hundredths
  const shown = length === null ? '' : formatAmount('days', length)[language]
  const after = outcome.with === null ? '' : REST_AFTERS[outcome.with][language]
  if (outcome.kind === 'should_rotate') {
    const zh = [`应轮换${shown === '' ? '' : ` ${shown}`}`, after === '' ? '' : `期间${after}`]
    const en = [`should rotate${shown === '' ? '' : ` for ${shown}`}`, after === '' ? '' : `with ${after}`]
    return say(language, zh.filter(Boolean).join('，'), en.filter(Boolean).join(' '))
  }
  const not = outcome.not_set_off_against.map((word) => SET_OFFS[word][language])
  const zh = [`须休息 ${shown}`, not.length > 0 ? `不抵${not.join('、')}` : '', after === '' ? '' : `期间${after}`]
  const en = [
    `must rest ${shown}`,
    not.length > 0 ? `not set off against ${not.join(', ')}` : '',
    after && `with ${after}`,
  ]
  return say(language, zh.filter(Boolean).join('，'), en.filter(Boolean).join(', '))
}

const SPANS_SHOWN_MAX = 40

/** The latest duty up to the day, newest first. */
function spanLines(batch: FactBatch, row: number, program: RestProgram, language: Language): readonly RestLine[] {
  const first = batch.span_offset[row] ?? 0
  const spans = Array.from({ length: (batch.span_offset[row + 1] ?? first) - first }, (_, index) => first + index)
  const start = (span: number) => batch.span_start_minute[span] ?? 0
  return spans
    .filter((span) => start(span) < (program.on + 1) * MINUTES_PER_DAY)
    .sort((left, right) => start(right) - start(left))
    .slice(0, SPANS_SHOWN_MAX)
    .map((span) => {
      const end = batch.span_end_minute[span] ?? 0
      const ref = batch.span_ref?.[span]
      const long = formatMinutes(end - start(span))[language]
      const text = `${formatMinute(start(span))} – ${formatMinute(end).slice(11)}${say(language, `，${long}`, `, ${long}`)}`
      return { kind: 'span' as const, text, ...(ref === undefined ? {} : { ref }) }
    })
}
