import { formatYuan } from '#engines/values/money.ts'
import { formatDay, formatMinute, weekdayOf } from '#engines/values/time.ts'
import { clauseOf } from './check-stack.ts'
import { type Language, say, sourceText } from './citations.ts'
import { type CompiledProgram, resultAt } from './compile.ts'
import { settlePerson } from './evaluate.ts'
import { countLines, earningLines } from './explain-counting.ts'
import {
  applyingExceptions,
  type Explaining,
  exceptionLine,
  expressionLines,
  missingNamed,
  openLines,
  parameterLine,
  whoLine,
} from './explain-rules.ts'
import { batchOf, type FactBatch, type PersonFacts } from './facts.ts'
import { formatHundredths, formatMinutes, formatRate } from './format-amount.ts'
import { clauseKey } from './pack.ts'
import { type EntitlementResult, type Explanation, type ExplanationLine, STATES } from './results.ts'
import { cutSpans, type Running, Segments, situationAt } from './segments.ts'
import type { Settling } from './settle-days.ts'
import { COVERED, NOT_COVERED } from './situations.ts'
import { type DayTrace, stateOf, Tally } from './tally.ts'
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
  const batch = batchOf([person])
  const running: Running = { ...program.running, settlings: [settling] }
  const segments = new Segments()
  const tally = new Tally()
  tally.trace = []
  const fault = cutSpans(running, batch, 0, segments)
  if (fault === null) settlePerson(running, settling, segments, tally)
  else tally.missing = program.scope.names.position(fault)
  const result = resultAt(program, program.evaluate(batch), batch, 0, position)
  const explaining: Explaining = { program, compiled: settling.compiled, person, language }
  const days = tally.trace.map((trace) => dayLine(explaining, settling, batch, segments, trace))
  const faults = fault === null ? [] : [missingNamed(explaining, fault)]
  const title = settling.compiled.entitlement.title[language]
  const lines = [clauseLine(explaining), ...faults, ...days, sumLine(explaining, result)]
  return {
    language,
    title,
    result: { ...result, state: STATES[stateOf(tally)] ?? result.state },
    pack_hash: program.hash,
    lines,
  }
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
  const spans = spanLines(explaining, settling, batch, segments, trace)
  const refs = [...new Set(spans.flatMap((line) => line.refs ?? []))]
  const name = dayName(explaining, settling, trace.day)
  const base = { kind: 'day', day: program.from + trace.day, refs } as const
  if (trace.status !== COVERED) {
    const lines = [...spans, ...openDayLines(explaining, settling, segments, trace)]
    const reason =
      trace.status === NOT_COVERED
        ? say(language, '不适用', 'not covered')
        : say(language, '待定，未计入', 'open, not counted')
    return { ...base, text: `${name}${say(language, '：', ': ')}${reason}`, lines }
  }
  const { gives } = settling.compiled.entitlement
  if (gives === 'money_per_day') return { ...base, ...moneyDay(explaining, settling, trace, name, spans) }
  if (gives === 'minutes') return { ...base, ...leaveDay(explaining, settling, trace, name, spans) }
  const situation = settling.situationOn(trace.situation, trace.day)
  const money = gives === 'money_once' ? { amount_fen: trace.amount_fen } : {}
  return {
    ...base,
    ...money,
    text: `${name}${say(language, '：适用', ': applies')}`,
    lines: [...spans, whoLine(explaining, situation)],
  }
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
  const lines: ExplanationLine[] = []
  for (let segment = trace.first; segment < trace.end; segment++) {
    lines.push(spanLine(explaining, settling, batch, segments, segment, trace.day))
  }
  return lines
}

function spanLine(
  explaining: Explaining,
  settling: Settling,
  batch: FactBatch,
  segments: Segments,
  segment: number,
  day: number,
): ExplanationLine {
  const { person, language, program } = explaining
  const position = segments.span[segment] ?? 0
  const span = person.spans[position]
  const minutes = segments.minutes[segment] ?? 0
  if (!span) return { kind: 'span', text: '', minutes }
  const names = [
    span.post_kind && POST_KINDS[span.post_kind][language],
    EXPOSURES[span.exposure][language],
    span.unit_kind && UNIT_KINDS[span.unit_kind][language],
  ].filter((name) => name !== null)
  const { days } = program.running
  const cell = situationAt(segments, segment, days) * days + day
  const status = settling.cells.status[cell]
  const from = formatMinute(batch.span_start_minute[position] ?? 0)
  const to = formatMinute(batch.span_end_minute[position] ?? 0)
  const time = formatMinutes(minutes)[language]
  const not_covered = say(language, '，不计入', ', not counted')
  const left = status === COVERED ? '' : status === NOT_COVERED ? not_covered : say(language, '，待定', ', open')
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
  const { chosen } = applyingExceptions(explaining, situation)
  const replaced = chosen.flatMap(({ exception }) => (exception.effect.kind === 'rate' ? [exception.effect.rate] : []))
  const rate = expressionLines(explaining, replaced.at(-1) ?? entitlement.rate, situation)
  const exceptions = chosen.flatMap((one) => {
    const { effect } = one.exception
    const factor = effect.kind === 'multiply' ? parameterLine(explaining, effect.by, situation).lines : []
    return [exceptionLine(explaining, one), ...factor]
  })
  const counting = countLines(explaining, settling, trace, situation)
  const share = formatHundredths(trace.day_hundredths)
  const daily = formatRate(trace.rate_scaled)
  const amount = formatYuan(trace.amount_fen)
  return {
    text: say(
      language,
      `${name}：${daily} 元 × ${share} 天 = ${amount} 元`,
      `${name}: ${daily} yuan × ${share} days = ${amount} yuan`,
    ),
    amount_fen: trace.amount_fen,
    minutes: trace.minutes,
    day_hundredths: trace.day_hundredths,
    rate_hundredth_fen: trace.rate_scaled,
    lines: [...spans, who, ...rate.lines, ...exceptions, ...counting],
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
    lines: [...spans, who, ...earningLines(explaining, settling, trace, situation)],
  }
}

function sumLine({ language, compiled }: Explaining, result: EntitlementResult): ExplanationLine {
  const { gives } = compiled.entitlement
  const open =
    result.open_days === 0
      ? ''
      : say(
          language,
          `；另有 ${result.open_days} 天待定，未计入`,
          `; ${result.open_days} more days are open and not counted`,
        )
  if (result.quantity === null) {
    return {
      kind: 'sum',
      text: say(language, `合计：还没有可确定的部分${open}`, `Total: nothing is settled yet${open}`),
    }
  }
  if (gives === 'minutes') {
    const time = formatMinutes(result.quantity)
    return {
      kind: 'sum',
      minutes: result.quantity,
      text: say(language, `合计：补休 ${time.zh}${open}`, `Total: ${time.en} of leave${open}`),
    }
  }
  if (result.amount_fen === null)
    return { kind: 'sum', text: say(language, `结论：应得${open}`, `Result: entitled${open}`) }
  const amount = formatYuan(result.amount_fen)
  const days = gives === 'money_per_day' ? formatHundredths(result.quantity) : '1'
  const unit = gives === 'money_per_day' ? say(language, '天', 'days') : say(language, '次', 'time')
  return {
    kind: 'sum',
    amount_fen: result.amount_fen,
    ...(gives === 'money_per_day' ? { day_hundredths: result.quantity } : {}),
    text: say(language, `合计：${days} ${unit}，${amount} 元${open}`, `Total: ${days} ${unit}, ${amount} yuan${open}`),
  }
}
