import { formatDay, formatMinute, weekdayOf } from '#engines/values/time.ts'
import { areaNumber } from './areas.ts'
import { clauseOf } from './check-stack.ts'
import { type Language, say, sourceText } from './citations.ts'
import { type CompiledProgram, resultAt } from './compile.ts'
import { evaluateBatch, settleRow } from './evaluate.ts'
import { countLines, earningLines, stepLine } from './explain-counting.ts'
import {
  eventSpans,
  givenDay,
  hourDay,
  monthLine,
  onlyLines,
  productText,
  rateLines,
  usageLines,
} from './explain-more.ts'
import { type Explaining, missingNamed, missingText, openLines, parameterLine, whoLine } from './explain-rules.ts'
import { sumLine } from './explain-sum.ts'
import { validityLines } from './explain-validity.ts'
import { batchOf, type FactBatch, type PersonFacts } from './facts.ts'
import { formatHundredths, formatMinutes, formatRate } from './format-amount.ts'
import { missingFacts } from './missing-facts.ts'
import { clauseKey } from './pack.ts'
import { type EntitlementResult, type Explanation, type ExplanationLine, STATES } from './results.ts'
import { type Running, Segments, situationAt } from './segments.ts'
import type { Settling } from './settle-days.ts'
import { COVERED, NOT_COVERED } from './situations.ts'
import { Sources } from './sources.ts'
import { type DayTrace, stateOf, Tally, TOO_SHORT } from './tally.ts'
import { DAY_KINDS, EXPOSURES, POST_KINDS, UNIT_KINDS } from './vocabulary.ts'

/**
 * Makes the whole explanation of one person's entitlement again, from the facts and the program: clause, who, and for every day
 * its records, minutes, category, day count, parameter versions with source and grade, exceptions, rounding and caps. It runs the
 * same code as the evaluation and re-adds to its amount to the fen. Throws `RangeError` for an entitlement the program has not.
 *
 * @example
 * explain(program, nurse, 'work-subsidy', 'zh').lines.at(-1)?.text // '合计：1.5 天，450.00 元'
 */
export function explain(
  program: CompiledProgram,
  person: PersonFacts,
  entitlement: string,
  language: Language,
): Explanation {
  const position = program.entitlements.findIndex(({ code }) => code === entitlement)
  const settling = program.running.settlings[position]
  if (!settling) throw new RangeError(`the program has no entitlement ${entitlement}`)
  const elsewhere = explainElsewhere(program, person, settling, language)
  if (elsewhere) return elsewhere
  const batch = batchOf([person])
  const running: Running = { ...program.running, settlings: [settling] }
  const tally = new Tally()
  tally.trace = []
  tally.months = []
  const sources = new Sources(running, batch)
  sources.enter(0)
  const fault = sources.faultFor(settling)
  const segments = settleRow(running, settling, sources, tally) ?? new Segments()
  // Only this entitlement is evaluated again: what others give does not enter its columns.
  const only = { ...program, entitlements: [settling.compiled.entitlement] }
  const apart = evaluateBatch(running, batch, (_, one, from, sums) => settleRow(running, one, from, sums))
  const result = resultAt(only, apart, batch, 0, 0)
  const explaining: Explaining = { program, compiled: settling.compiled, person, language }
  const traces = settling.monthly || settling.source === 'days' ? telling(tally.trace) : tally.trace
  const days = traces.map((trace) => dayLine(explaining, settling, batch, segments, trace))
  const months = tally.months.map((month) => monthLine(explaining, settling, month))
  const uses =
    tally.settled_days > 0 || tally.missing >= 0 || result.state === 'not_covered'
      ? usageLines(explaining, settling)
      : []
  const faults = fault === null ? [] : [missingNamed(explaining, fault)]
  const title = settling.compiled.entitlement.title[language]
  const missing = allMissingLines(explaining, result)
  const lines = [
    clauseLine(explaining),
    ...faults,
    ...days,
    ...months,
    ...uses,
    ...missing,
    sumLine(explaining, result),
  ]
  return {
    language,
    title,
    result: { ...result, state: STATES[stateOf(tally)] ?? result.state },
    pack_hash: program.hash,
    lines,
  }
}

/** Where several facts are missing, all of them in one line: each day names only the one that stopped it first. */
function allMissingLines({ program, person, language }: Explaining, { entitlement, missing }: EntitlementResult) {
  const facts = missing === null ? [] : missingFacts(program, person, entitlement)
  if (facts.length < 2) return []
  const named = facts.map((fact) => missingText(program, fact, language)).join(say(language, '、', ', '))
  return [{ kind: 'missing' as const, text: say(language, `一共缺少：${named}`, `missing in all: ${named}`) }]
}

/** A person whom some layer does not reach, or may not: settled by the layers above, with the reason. */
function explainElsewhere(
  program: CompiledProgram,
  person: PersonFacts,
  settling: Settling,
  language: Language,
): Explanation | undefined {
  const area = areaNumber(person.area)
  const { code, title } = settling.compiled.entitlement
  const depth = program.within.bounded ? program.within.depthOf(area) : program.stack.layers.length
  if (depth === program.stack.layers.length) return undefined
  const by = depth < 0 ? null : program.within.at(depth)
  const layer = program.within.firstOutside(area)
  const explaining: Explaining = { program, compiled: settling.compiled, person, language }
  if (depth < 0) {
    const missing = missingOfPlace(program, person, code)
    if (!missing) return undefined
    const lines = [clauseLine(explaining), missingNamed(explaining, 'belongs_to'), sumLine(explaining, missing)]
    return { language, title: title[language], result: missing, pack_hash: program.hash, lines }
  }
  const incoming = settling.compiled.entitlement.for_incoming
  const holding = incoming
    ? { zh: '；这一项前来支援的人也有', en: '; this is also for people who come to help' }
    : { zh: '，只按上级的规定算', en: ': only the layers above hold' }
  const reason: ExplanationLine = {
    kind: 'who',
    text: say(
      language,
      `所属地区 ${person.area ?? ''} 不在“${layer?.title.zh ?? ''}”的地区 ${layer?.area ?? ''} 内${holding.zh}`,
      `belongs to ${person.area ?? ''}, outside ${layer?.area ?? ''}, the area of "${layer?.title.en ?? ''}"${holding.en}`,
    ),
  }
  const view = by && program.running === program.unit_running ? unitView(by) : by
  if (view?.entitlements.some((one) => one.code === code)) {
    const above = explain(view, person, code, language)
    return { ...above, pack_hash: program.hash, lines: [...above.lines.slice(0, 1), reason, ...above.lines.slice(1)] }
  }
  const result = resultOf(program, person, code)
  const lines = [clauseLine(explaining), reason, sumLine(explaining, result)]
  return { language, title: title[language], result, pack_hash: program.hash, lines }
}

function unitView(program: CompiledProgram): CompiledProgram {
  return {
    ...program,
    entitlements: program.unit_entitlements,
    running: program.unit_running,
    evaluate: program.evaluateUnits,
  }
}

function resultOf(program: CompiledProgram, person: PersonFacts, code: string): EntitlementResult {
  const batch = batchOf([person])
  const position = program.entitlements.findIndex((one) => one.code === code)
  return resultAt(program, program.evaluate(batch), batch, 0, position)
}

/** The result where it is open only because nobody recorded where the person belongs. */
function missingOfPlace(program: CompiledProgram, person: PersonFacts, code: string): EntitlementResult | undefined {
  const result = resultOf(program, person, code)
  return result.state === 'missing_fact' && result.missing === 'belongs_to' ? result : undefined
}

/** Of days that give nothing only the first is told, where there are other days or months to tell of none. */
function telling(traces: readonly DayTrace[]): readonly DayTrace[] {
  const told = traces.filter(({ status }) => status !== NOT_COVERED)
  return told.length > 0 ? told : traces.slice(0, 1)
}

function clauseLine({ program, compiled, language }: Explaining): ExplanationLine {
  const { entitlement } = compiled
  const clause = clauseOf(program.stack, entitlement)
  const source = sourceText(program.stack.sources.get(entitlement.source), entitlement.article, language)
  const summary = clause?.summary[language] ?? ''
  return {
    kind: 'clause',
    clause: clauseKey(entitlement.pack, entitlement.clause),
    text: say(
      language,
      `${clause?.title.zh ?? ''}（${source}）：${summary}`,
      `${clause?.title.en ?? ''} (${source}): ${summary}`,
    ),
  }
}

const WEEKDAYS = {
  zh: ['星期一', '星期二', '星期三', '星期四', '星期五', '星期六', '星期日'],
  en: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
} as const

function dayName({ program, language }: Explaining, settling: Settling, position: number): string {
  const day = program.from + position
  const kind = settling.dayKindOf(position)
  const parts = [WEEKDAYS[language][weekdayOf(day)], kind && DAY_KINDS[kind][language]].filter(
    (part) => part !== undefined,
  )
  return say(language, `${formatDay(day)}（${parts.join('，')}）`, `${formatDay(day)} (${parts.join(', ')})`)
}

function dayLine(
  explaining: Explaining,
  settling: Settling,
  batch: FactBatch,
  segments: Segments,
  trace: DayTrace,
): ExplanationLine {
  const { language, program } = explaining
  const spans = [
    ...spanLines(explaining, settling, batch, segments, trace),
    ...unrecordedLines(explaining, settling, trace),
  ]
  const refs = [...new Set(spans.flatMap((line) => line.refs ?? []))]
  const name = dayName(explaining, settling, trace.day)
  const base = { kind: 'day', day: program.from + trace.day, refs } as const
  if (trace.status === TOO_SHORT) return { ...base, ...shortDay(explaining, settling, trace, name, spans) }
  if (trace.status !== COVERED) {
    const lines = [...spans, ...openDayLines(explaining, settling, segments, trace)]
    const reason =
      trace.status === NOT_COVERED
        ? say(language, '不适用', 'not covered')
        : say(language, '待定，未计入', 'open, not counted')
    return { ...base, text: `${name}${say(language, '：', ': ')}${reason}`, lines }
  }
  const { gives } = settling.compiled.entitlement
  if (gives === 'money_per_hour') return { ...base, ...hourDay(explaining, settling, trace, name, spans) }
  if (gives === 'money_per_day') return { ...base, ...moneyDay(explaining, settling, trace, name, spans) }
  if (gives === 'minutes') return { ...base, ...leaveDay(explaining, settling, trace, name, spans) }
  return { ...base, ...givenDay(explaining, settling, trace, name, spans) }
}

/** A missing fact that does not matter is named all the same, and that it does not matter. */
function unrecordedLines(
  { program, language }: Explaining,
  settling: Settling,
  { situation, day }: DayTrace,
): readonly ExplanationLine[] {
  const names = situation < 0 ? [] : settling.unrecordedFor(situation, day)
  return names.map((name) => {
    const fact = missingText(program, name, language)
    return {
      kind: 'fact',
      text: say(
        language,
        `没有登记：${fact}；怎样登记结果都一样`,
        `not recorded: ${fact}; every answer gives the same`,
      ),
    }
  })
}

/** The open segment of an open day names what the day waits for; another one may be settled. */
function openDayLines(
  explaining: Explaining,
  settling: Settling,
  segments: Segments,
  trace: DayTrace,
): readonly ExplanationLine[] {
  const { days } = explaining.program.running
  for (let segment = trace.first; segment < trace.end; segment++) {
    const number = situationAt(segments, segment, days)
    const cell = number * days + trace.day
    if (settling.cells.status[cell] !== trace.status) continue
    return openLines(explaining, settling.situationOn(number, trace.day), trace.status, trace.detail)
  }
  // The rules settled the day, but a threshold or a cap of the counting has no figure yet.
  const situation = settling.situationOn(trace.situation, trace.day)
  return [
    ...openLines(explaining, situation, trace.status, trace.detail),
    ...settling.steps.flatMap(({ over }) =>
      over.resolved ? parameterLine(explaining, over.resolved.parameter.code, situation).lines : [],
    ),
  ]
}

function spanLines(
  explaining: Explaining,
  settling: Settling,
  batch: FactBatch,
  segments: Segments,
  trace: DayTrace,
): readonly ExplanationLine[] {
  if (settling.source === 'events') return eventSpans(explaining, settling, trace)
  if (settling.source === 'days') return []
  const lines: ExplanationLine[] = []
  for (let segment = trace.first; segment < trace.end; segment++) {
    if (belongsToOther(explaining, settling, segments, trace, segment)) continue
    lines.push(spanLine(explaining, settling, batch, segments, segment, trace))
  }
  return lines
}

/** Where each rate of a day is paid for its own minutes, a stretch stands under its own rate only. */
function belongsToOther(
  { program }: Explaining,
  settling: Settling,
  segments: Segments,
  { status, day, rate_scaled }: DayTrace,
  segment: number,
): boolean {
  if (!settling.each || status !== COVERED) return false
  const { days } = program.running
  const rate = settling.cells.number[situationAt(segments, segment, days) * days + day] ?? 0
  return rate >= 0 && rate !== rate_scaled
}

function spanLine(
  explaining: Explaining,
  settling: Settling,
  batch: FactBatch,
  segments: Segments,
  segment: number,
  { day, status: dayStatus }: DayTrace,
): ExplanationLine {
  const { person, language, program } = explaining
  const position = segments.span[segment] ?? 0
  const span = person.spans[position]
  const minutes = segments.minutes[segment] ?? 0
  if (!span) return { kind: 'span', text: '', minutes }
  const names = [
    span.post_kind && POST_KINDS[span.post_kind][language],
    // A notice of a flood asks nobody for contact with patients: that it is not known is then no news.
    span.exposure === 'unknown' && !program.scope.asked.exposure ? null : EXPOSURES[span.exposure][language],
    span.unit_kind && UNIT_KINDS[span.unit_kind][language],
  ].filter((name) => name !== null)
  const { days } = program.running
  const cell = situationAt(segments, segment, days) * days + day
  const status = settling.cells.status[cell]
  const from = formatMinute(batch.span_start_minute[position] ?? 0)
  const to = formatMinute(batch.span_end_minute[position] ?? 0)
  const time = formatMinutes(minutes)[language]
  const not_covered = say(language, '，不计入', ', not counted')
  const open = dayStatus === TOO_SHORT ? '' : say(language, '，待定', ', open')
  const left = status === COVERED ? '' : status === NOT_COVERED ? not_covered : open
  return {
    kind: 'span',
    minutes,
    refs: [span.ref],
    text: say(
      language,
      `${from} 至 ${to} ${names.join('、')}：当日 ${time}${left}（记录 ${span.ref}）`,
      `${from} to ${to} ${names.join(', ')}: ${time} on the day${left} (record ${span.ref})`,
    ),
  }
}

type DayParts = Omit<ExplanationLine, 'kind'>

/** A day that waits for something and gives nothing whatever comes of it. */
function shortDay(
  explaining: Explaining,
  settling: Settling,
  trace: DayTrace,
  name: string,
  spans: readonly ExplanationLine[],
): DayParts {
  const { language } = explaining
  const situation = settling.situationOn(trace.situation, trace.day)
  const steps = settling.steps.length > 0 ? [stepLine(explaining, settling, trace, situation)] : []
  const time = formatMinutes(trace.minutes)
  return {
    text: say(
      language,
      `${name}：${time.zh}，不够计一次，怎样定都是 0`,
      `${name}: ${time.en}, too short to count: nothing, whatever is decided`,
    ),
    minutes: settling.gives === 'minutes' ? 0 : trace.minutes,
    lines: [...spans, ...onlyLines(explaining, settling, trace, situation), ...steps],
  }
}

function moneyDay(
  explaining: Explaining,
  settling: Settling,
  trace: DayTrace,
  name: string,
  spans: readonly ExplanationLine[],
): DayParts {
  const { language } = explaining
  const { entitlement } = settling.compiled
  if (entitlement.gives !== 'money_per_day') throw new TypeError('only money by the day has a daily rate')
  const situation = settling.situationOn(trace.situation, trace.day)
  const who = whoLine(explaining, situation)
  const rate = rateLines(explaining, situation)
  const counting = countLines(explaining, settling, trace, situation)
  const share = formatHundredths(trace.day_hundredths)
  const daily = formatRate(trace.rate_scaled)
  const amount = productText(trace)
  return {
    text: say(
      language,
      `${name}：${daily} 元 × ${share} 天 = ${amount.zh}`,
      `${name}: ${daily} yuan × ${share} days = ${amount.en}`,
    ),
    amount_fen: trace.amount_fen,
    minutes: trace.minutes,
    day_hundredths: trace.day_hundredths,
    rate_hundredth_fen: trace.rate_scaled,
    lines: [...spans, who, ...rate, ...onlyLines(explaining, settling, trace, situation), ...counting],
  }
}

function leaveDay(
  explaining: Explaining,
  settling: Settling,
  trace: DayTrace,
  name: string,
  spans: readonly ExplanationLine[],
): DayParts {
  const { language } = explaining
  const situation = settling.situationOn(trace.situation, trace.day)
  const who = whoLine(explaining, situation)
  const earned = formatMinutes(trace.earned_minutes)
  return {
    text: say(language, `${name}：补休 ${earned.zh}`, `${name}: ${earned.en} of leave`),
    minutes: trace.earned_minutes,
    lines: [
      ...[...spans, who],
      ...earningLines(explaining, settling, trace, situation),
      ...validityLines(explaining, trace, situation),
    ],
  }
}
