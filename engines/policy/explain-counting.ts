import { formatYuan } from '#engines/values/money.ts'
import { formatDay } from '#engines/values/time.ts'
import { isUnverified, type Language, say, sourceText } from './citations.ts'
import type { DatedNumber } from './compile-entitlements.ts'
import { type Explaining, parameterLine } from './explain-rules.ts'
import { formatHundredths, formatMinutes } from './format-amount.ts'
import type { ExplanationLine, ParameterCitation } from './results.ts'
import type { CompiledLimit, Settling } from './settle-days.ts'
import type { Situation } from './situations.ts'
import type { DayTrace } from './tally.ts'
import { DAY_KINDS } from './vocabulary.ts'

interface CountedNumber {
  readonly number: number
  readonly text: string
  readonly parameters: readonly ParameterCitation[]
}

/** A threshold or cap with the words that cite it; a literal needs none. */
export function countedNumber(explaining: Explaining, dated: DatedNumber, situation: Situation): CountedNumber {
  if (dated.resolved === null) return { number: dated.literal ?? 0, text: '', parameters: [] }
  const { number, lines } = parameterLine(explaining, dated.resolved.parameter.code, situation)
  const parameters = lines.flatMap((line) => line.parameters ?? [])
  const text = lines.map((line) => line.text).join('')
  return { number, text: text === '' ? '' : say(explaining.language, `；${text}`, `; ${text}`), parameters }
}

/** What a rounding made of the day. */
export function roundingLine({ language }: Explaining, { rounding }: Settling, rounded_fen: number): ExplanationLine {
  const { mode, to } = rounding
  const how = {
    half_up: { zh: '四舍五入', en: 'half up' },
    down: { zh: '舍去', en: 'down' },
    up: { zh: '进位', en: 'up' },
  }[mode]
  const coin = { fen: { zh: '分', en: 'fen' }, jiao: { zh: '角', en: 'jiao' }, yuan: { zh: '元', en: 'yuan' } }[to]
  const text = say(
    language,
    `${how.zh}到${coin.zh}：${formatYuan(rounded_fen)} 元`,
    `rounded ${how.en} to the ${coin.en}: ${formatYuan(rounded_fen)} yuan`,
  )
  return { kind: 'rounding', text, amount_fen: rounded_fen }
}

/** The caps of one kind, where they took something away. */
export function limitLines(
  explaining: Explaining,
  settling: Settling,
  of: 'days' | 'amount' | 'minutes',
  took: boolean,
  situation: Situation,
): readonly ExplanationLine[] {
  if (!took) return []
  return settling.limits.filter(({ limit }) => limit.of === of).map((one) => limitLine(explaining, one, situation))
}

/** Which step the day's minutes reach, how the amount was rounded, and what a cap took away. */
export function countLines(
  explaining: Explaining,
  settling: Settling,
  trace: DayTrace,
  situation: Situation,
): readonly ExplanationLine[] {
  const lines = [stepLine(explaining, settling, trace, situation)]
  const exact = (trace.rate_scaled * trace.day_hundredths) / 10_000
  if (trace.rounded_fen !== exact) {
    lines.push(roundingLine(explaining, settling, trace.rounded_fen))
  }
  lines.push(...limitLines(explaining, settling, 'days', trace.day_hundredths < trace.counted_hundredths, situation))
  lines.push(...limitLines(explaining, settling, 'amount', trace.amount_fen < trace.rounded_fen, situation))
  return lines
}

interface Passed extends CountedNumber {
  readonly at_least: boolean
}

function isReached({ number, at_least }: Passed, minutes: number): boolean {
  return at_least ? minutes >= number : minutes > number
}

function boundText({ number, at_least }: Passed, isMet: boolean, language: Language): string {
  const { zh, en } = formatMinutes(number)
  if (at_least)
    return isMet ? say(language, `满 ${zh}`, `${en} or more`) : say(language, `不满 ${zh}`, `less than ${en}`)
  return isMet ? say(language, `超过 ${zh}`, `over ${en}`) : say(language, `不超过 ${zh}`, `not over ${en}`)
}

export function stepLine(
  explaining: Explaining,
  settling: Settling,
  trace: DayTrace,
  situation: Situation,
): ExplanationLine {
  const { language } = explaining
  const total = formatMinutes(trace.minutes)
  const share = formatHundredths(trace.counted_hundredths)
  const passed: Passed[] = []
  for (const { over, at_least } of settling.steps) {
    const threshold = { ...countedNumber(explaining, over, situation), at_least }
    passed.push(threshold)
    if (isReached(threshold, trace.minutes)) break
  }
  const last = passed.at(-1)
  const reached = last && isReached(last, trace.minutes) ? last : undefined
  const missed = reached ? passed.at(-2) : last
  const bounds = [
    reached && reached.number > 0 ? boundText(reached, true, language) : '',
    missed ? boundText(missed, false, language) : '',
  ].filter((bound) => bound !== '')
  const why = passed.map(({ text }) => text).join('')
  return {
    kind: 'count',
    minutes: trace.minutes,
    day_hundredths: trace.counted_hundredths,
    parameters: passed.flatMap(({ parameters }) => parameters),
    text: say(
      language,
      `${settling.by_night ? '当夜' : '当日'}累计 ${total.zh}，${bounds.map((bound) => `${bound}，`).join('')}计 ${share} 天${why}`,
      `${total.en} ${settling.by_night ? 'that night' : 'on the day'}${bounds.map((bound) => `, ${bound}`).join('')}: counts ${share} days${why}`,
    ),
  }
}

function limitLine(explaining: Explaining, { limit, at_most }: CompiledLimit, situation: Situation): ExplanationLine {
  const { language } = explaining
  const cap = countedNumber(explaining, at_most, situation)
  const shown = {
    days: { zh: `${formatHundredths(cap.number)} 天`, en: `${formatHundredths(cap.number)} days` },
    amount: { zh: `${formatYuan(cap.number)} 元`, en: `${formatYuan(cap.number)} yuan` },
    minutes: formatMinutes(cap.number),
  }[limit.of]
  const per = {
    day: { zh: '每天', en: 'a day' },
    month: { zh: '每月', en: 'a month' },
    period: { zh: '本期', en: 'in the period' },
  }[limit.per]
  return {
    kind: 'limit',
    parameters: cap.parameters,
    text: say(language, `${per.zh}上限 ${shown.zh}${cap.text}`, `at most ${shown.en} ${per.en}${cap.text}`),
  }
}

/** The kind of the day with its schedule, and the minutes that earn leave on it. */
export function earningLines(
  explaining: Explaining,
  settling: Settling,
  trace: DayTrace,
  situation: Situation,
): readonly ExplanationLine[] {
  const { language, program } = explaining
  const kind = settling.dayKindOf(trace.day)
  const earning = settling.earningFor(situation)
  if (!kind || !earning) return []
  const entry = program.scope.calendar.entries[trace.day]
  const source = sourceText(entry && program.stack.sources.get(entry.source), null, language, entry?.grade)
  const mark = entry && isUnverified(entry.grade) ? say(language, '【未核实】', ' [unverified]') : ''
  const known = entry ? formatDay(entry.known) : ''
  const calendar: ExplanationLine = {
    kind: 'calendar',
    text: say(
      language,
      `${DAY_KINDS[kind].zh}${mark}（${source}；${known} 可知）`,
      `${DAY_KINDS[kind].en}${mark} (${source}; known ${known})`,
    ),
  }
  const over = earning.over[kind]
  const basis = sourceText(program.stack.sources.get(earning.written.basis ?? ''), earning.written.article, language)
  const ground = basis === '' ? '' : say(language, `（${basis}）`, ` (${basis})`)
  const total = formatMinutes(trace.minutes)
  const earned = formatMinutes(trace.earned_minutes)
  const threshold = over ? countedNumber(explaining, over, situation) : null
  const how =
    threshold === null
      ? say(language, '这类日子不计补休', 'such days earn none')
      : threshold.number === 0
        ? say(language, `${total.zh}全部计入`, `all of ${total.en} counts`)
        : say(
            language,
            `${total.zh}中超过 ${formatMinutes(threshold.number).zh}的部分计入`,
            `of ${total.en}, what goes beyond ${formatMinutes(threshold.number).en} counts`,
          )
  const count: ExplanationLine = {
    kind: 'count',
    minutes: trace.earned_minutes,
    parameters: threshold?.parameters ?? [],
    text: `${how}${ground}${say(language, `，得 ${earned.zh}`, `, giving ${earned.en}`)}${threshold?.text ?? ''}`,
  }
  return [calendar, count]
}
