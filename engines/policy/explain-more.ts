import { formatYuan } from '#engines/values/money.ts'
import { formatDay } from '#engines/values/time.ts'
import { say, sourceText } from './citations.ts'
import { countedNumber, limitLines, roundingLine } from './explain-counting.ts'
import {
  applyingExceptions,
  type Explaining,
  exceptionLines,
  expressionLines,
  missingNamed,
  openLines,
  whoLine,
} from './explain-rules.ts'
import { formatHundredths, formatMinutes, formatRate } from './format-amount.ts'
import type { ExplanationLine } from './results.ts'
import type { Settling } from './settle-days.ts'
import type { Situation } from './situations.ts'
import { COVERED } from './situations.ts'
import type { DayTrace, MonthTrace } from './tally.ts'
import { DAY_KINDS, type Label, wordsOf } from './vocabulary.ts'

type DayParts = Omit<ExplanationLine, 'kind'>

/** Rate, factors and replaced rates of a situation. */
export function rateLines(explaining: Explaining, situation: Situation): readonly ExplanationLine[] {
  const { entitlement } = explaining.compiled
  const amount = 'rate' in entitlement ? entitlement.rate : 'amount' in entitlement ? entitlement.amount : null
  const { chosen } = applyingExceptions(explaining, situation)
  const replaced = chosen.flatMap(({ exception }) => (exception.effect.kind === 'rate' ? [exception.effect.rate] : []))
  const expression = replaced.at(-1) ?? amount
  const rate = expression === null ? [] : expressionLines(explaining, expression, situation).lines
  return [...rate, ...exceptionLines(explaining, situation)]
}

/** Which part of the day's duty counts, and what was taken off. */
export function onlyLines(
  explaining: Explaining,
  settling: Settling,
  trace: DayTrace,
  situation: Situation,
): readonly ExplanationLine[] {
  const { only } = settling
  const { language } = explaining
  if (only === null) return []
  const { between } = only.written
  const lines: ExplanationLine[] = []
  if (between) {
    const [from, to] = [clock(between.from_minute), clock(between.to_minute)]
    lines.push({
      kind: 'count',
      text: say(language, `只计 ${from} 至 ${to} 的时间`, `only time between ${from} and ${to} counts`),
    })
  }
  const kind = settling.dayKindOf(trace.day)
  if (kind && wordsOf(DAY_KINDS).some((word) => only.written.earning[word].kind !== 'all')) {
    const entry = explaining.program.scope.calendar.entries[trace.day]
    const source = sourceText(entry && explaining.program.stack.sources.get(entry.source), null, language, entry?.grade)
    lines.push({
      kind: 'calendar',
      text: `${DAY_KINDS[kind][language]}${say(language, `（${source}）`, ` (${source})`)}`,
    })
  }
  const over = only.over_on[trace.day]
  if (over) {
    const { number, text, parameters } = countedNumber(explaining, over.dated, situation)
    const limit = formatMinutes(number)
    lines.push({
      kind: 'count',
      parameters,
      text: say(language, `超过 ${limit.zh}的部分计入${text}`, `what goes beyond ${limit.en} counts${text}`),
    })
  }
  return lines
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}

/** What rate × quantity comes to, and what a cap leaves of it. */
export function productText({ rounded_fen, amount_fen }: DayTrace): Label {
  const [product, paid] = [formatYuan(rounded_fen), formatYuan(amount_fen)]
  if (amount_fen >= rounded_fen) return { zh: `${paid} 元`, en: `${paid} yuan` }
  return { zh: `${product} 元，封顶后 ${paid} 元`, en: `${product} yuan, ${paid} yuan after the cap` }
}

/** A day paid by the hour. */
export function hourDay(
  explaining: Explaining,
  settling: Settling,
  trace: DayTrace,
  name: string,
  spans: readonly ExplanationLine[],
): DayParts {
  const { language } = explaining
  const situation = settling.situationOn(trace.situation, trace.day)
  const time = formatMinutes(trace.quantity)
  const rate = formatRate(trace.rate_scaled)
  const amount = productText(trace)
  const step = formatMinutes(settling.hours.step_minutes)
  const counted: ExplanationLine = {
    kind: 'count',
    minutes: trace.earned_minutes,
    text: say(
      language,
      `计入 ${formatMinutes(trace.minutes).zh}，以 ${step.zh}为单位计 ${formatMinutes(trace.earned_minutes).zh}`,
      `${formatMinutes(trace.minutes).en} count, in steps of ${step.en}: ${formatMinutes(trace.earned_minutes).en}`,
    ),
  }
  const exact = (trace.rate_scaled * trace.quantity) / 6_000
  return {
    text: say(
      language,
      `${name}：${rate} 元/小时 × ${time.zh} = ${amount.zh}`,
      `${name}: ${rate} yuan an hour × ${time.en} = ${amount.en}`,
    ),
    amount_fen: trace.amount_fen,
    minutes: trace.quantity,
    rate_hundredth_fen: trace.rate_scaled,
    lines: [
      ...spans,
      whoLine(explaining, situation),
      ...rateLines(explaining, situation),
      ...onlyLines(explaining, settling, trace, situation),
      counted,
      ...(trace.rounded_fen === exact ? [] : [roundingLine(explaining, settling, trace.rounded_fen)]),
      ...limitLines(explaining, settling, 'minutes', trace.quantity < trace.earned_minutes, situation),
      ...limitLines(explaining, settling, 'amount', trace.amount_fen < trace.rounded_fen, situation),
    ],
  }
}

/** The events of a day, by their records. */
export function eventSpans(
  { person, language, program }: Explaining,
  settling: Settling,
  trace: DayTrace,
): readonly ExplanationLine[] {
  const day = program.from + trace.day
  const events = (person.events ?? []).filter((event) => event.day === day && settling.events.includes(event.kind))
  return events.map(({ kind, count, ref }) => {
    const title = program.stack.events.get(kind)?.title
    return {
      kind: 'span',
      refs: [ref],
      text: say(
        language,
        `${title?.zh ?? kind}：${count} 次（记录 ${ref}）`,
        `${title?.en ?? kind}: ${count} times (record ${ref})`,
      ),
    }
  })
}

/** A day with events, goods, a right or a one-off amount. */
export function givenDay(
  explaining: Explaining,
  settling: Settling,
  trace: DayTrace,
  name: string,
  spans: readonly ExplanationLine[],
): DayParts {
  const { language } = explaining
  const { entitlement } = settling.compiled
  const situation = settling.situationOn(trace.situation, trace.day)
  const who = whoLine(explaining, situation)
  if (entitlement.gives === 'in_kind') {
    const { zh, en } = itemsText(entitlement, trace.quantity)
    return {
      quantity: trace.quantity,
      text: say(language, `${name}：${zh}`, `${name}: ${en}`),
      lines: [...spans, who, ...exceptionLines(explaining, situation)],
    }
  }
  if (entitlement.gives === 'money_per_event') {
    const [each, amount] = [formatYuan(trace.rate_scaled), productText(trace)]
    const capped = trace.amount_fen < trace.rounded_fen
    return {
      quantity: trace.quantity,
      amount_fen: trace.amount_fen,
      text: say(
        language,
        `${name}：${each} 元 × ${trace.quantity} 次 = ${amount.zh}`,
        `${name}: ${each} yuan × ${trace.quantity} = ${amount.en}`,
      ),
      lines: [
        ...spans,
        who,
        ...rateLines(explaining, situation),
        ...limitLines(explaining, settling, 'amount', capped, situation),
      ],
    }
  }
  const money = entitlement.gives === 'money_once'
  return {
    ...(money ? { amount_fen: trace.amount_fen } : {}),
    text: `${name}${say(language, '：适用', ': applies')}`,
    lines: [...spans, who, ...(money ? rateLines(explaining, situation) : exceptionLines(explaining, situation))],
  }
}

export function itemsText(
  { item, unit_name }: { readonly item: { zh: string; en: string }; readonly unit_name: { zh: string; en: string } },
  quantity: number,
): { readonly zh: string; readonly en: string } {
  return { zh: `${item.zh} ${quantity} ${unit_name.zh}`, en: `${quantity} ${unit_name.en} of ${item.en}` }
}

/** One month: its covered days, whether it is whole, and what part of the rate it gives. */
export function monthLine(explaining: Explaining, settling: Settling, trace: MonthTrace): ExplanationLine {
  const { language, program } = explaining
  const { entitlement } = settling.compiled
  const situation = settling.situationOn(trace.situation, trace.day)
  const year = Math.floor((trace.month - 1) / 12)
  const month = trace.month - year * 12
  const name = say(language, `${year} 年 ${month} 月`, `${year}-${String(month).padStart(2, '0')}`)
  const base = { kind: 'month', day: program.from + trace.day } as const
  const rate = rateLines(explaining, situation)
  const who = whoLine(explaining, situation)
  if (entitlement.gives === 'in_kind') {
    const text = itemsText(entitlement, trace.quantity)[language]
    return { ...base, quantity: trace.quantity, text: `${name}${say(language, '：', ': ')}${text}`, lines: [who] }
  }
  const days = say(language, `符合 ${trace.days} 天`, `${trace.days} days fit`)
  const isWhole = trace.days >= trace.full_days
  const full = formatHundredths(Math.round(trace.full_days * 100))
  const count: ExplanationLine = {
    kind: 'count',
    text: isWhole
      ? say(language, `${days}，满 ${full} 天，按整月`, `${days}, at least ${full}: a whole month`)
      : say(language, `${days}，不满 ${full} 天`, `${days}, fewer than ${full}`),
  }
  if (trace.status !== COVERED) {
    const open = openLines(explaining, situation, trace.status, trace.detail)
    const text = say(language, `${name}：待定，未计入`, `${name}: open, not counted`)
    return { ...base, text, lines: [who, ...rate, count, ...open] }
  }
  const decided = monthDecision(explaining, settling, isWhole, situation)
  return {
    ...base,
    amount_fen: trace.amount_fen,
    day_hundredths: trace.quantity,
    rate_hundredth_fen: trace.rate_scaled,
    text: `${name}${say(language, '：', ': ')}${monthArithmetic(explaining, settling, trace, isWhole, situation)[language]}`,
    lines: [who, ...rate, count, ...decided],
  }
}

/** How the month's amount comes about; one that somebody decided, or that is paid by the day, is no part of the rate. */
function monthArithmetic(
  explaining: Explaining,
  { month, points }: Settling,
  { rate_scaled, part, whole, days, amount_fen }: MonthTrace,
  isWhole: boolean,
  situation: Situation,
): Label {
  const [rate, amount] = [formatRate(rate_scaled), formatYuan(amount_fen)]
  if (month && !isWhole && month.each_day) {
    const each = formatYuan(countedNumber(explaining, month.each_day.dated, situation).number)
    return { zh: `${each} 元 × ${days} 天 = ${amount} 元`, en: `${each} yuan × ${days} days = ${amount} yuan` }
  }
  const range = month && !isWhole ? points[month.decision]?.range : undefined
  if (range?.kind === 'amount' && range.unit !== 'percent') return { zh: `${amount} 元`, en: `${amount} yuan` }
  const share = part === whole ? '' : ` × ${formatHundredths(part)} ÷ ${formatHundredths(whole)}`
  return { zh: `${rate} 元/月${share} = ${amount} 元`, en: `${rate} yuan a month${share} = ${amount} yuan` }
}

function monthDecision(
  explaining: Explaining,
  settling: Settling,
  isWhole: boolean,
  situation: Situation,
): readonly ExplanationLine[] {
  const { month } = settling
  if (isWhole || !month) return []
  if (month.decision >= 0) return openLines(explaining, situation, 3, month.decision)
  const texts = {
    none: say(explaining.language, '不满一月不发', 'an incomplete month gives nothing'),
    full: say(explaining.language, '不满一月按整月', 'an incomplete month counts whole'),
    by_day: say(explaining.language, '不满一月按天折算', 'an incomplete month is paid by the day'),
    each_day: say(explaining.language, '不满一月每天', 'an incomplete month gives for each day'),
    undecided: '',
  }
  const dated = month.divide?.dated ?? month.each_day?.dated
  const divided = dated ? countedNumber(explaining, dated, situation) : null
  return [
    {
      kind: 'count',
      parameters: divided?.parameters ?? [],
      text: `${texts[month.count.incomplete.kind]}${divided?.text ?? ''}`,
    },
  ]
}

/** Uses of a right, with what is left. */
export function usageLines(explaining: Explaining, settling: Settling): readonly ExplanationLine[] {
  const { person, language, program } = explaining
  if (settling.uses === null) return []
  if (person.uses === undefined) return [missingNamed(explaining, 'uses')]
  const { code } = settling.compiled.entitlement
  const used = person.uses.filter(({ entitlement, day }) => entitlement === code && day <= program.known)
  const allowed = say(language, `可用 ${settling.uses} 次`, `may be used ${settling.uses} times`)
  const lines: ExplanationLine[] = [{ kind: 'count', text: allowed }]
  for (const { day, ref } of used) {
    const on = formatDay(day)
    lines.push({
      kind: 'count',
      refs: [ref],
      text: say(language, `${on} 已用一次（记录 ${ref}）`, `used on ${on} (record ${ref})`),
    })
  }
  return lines
}
