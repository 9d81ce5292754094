import { parseDates, type WrittenDates } from './written-dates.ts'
import { plain, withDigits } from './written-text.ts'

/** A time of day as minutes; past midnight it goes on counting (`次日8:00` and `32:00` are both 1,920). */
export interface WrittenTime {
  readonly minute: number
  /** The writer said which day or half of the day: 次日, 下午, 32:00. */
  readonly explicit: boolean
  /** Written with 下午 or 晚, so that a bare hour after it may still mean the same half of the day. */
  readonly afternoon: boolean
}

const DAY_WORD = '(?:当日|当天|本日|次日|第二天|第2天|翌日|隔日|明日)'
const HALF_WORD = '(?:凌晨|清晨|早上|早晨|早|上午|中午|正午|下午|傍晚|晚上|晚间|晚|夜里|夜间|半夜|夜)'
const CLOCK = '(?:\\d{1,2}(?::\\d{1,2}(?::\\d{2})?|[时点](?:半|整|\\d{1,2}分?)?|\\.[0-5]\\d(?!\\d))?|[0-2]\\d[0-5]\\d)'
const TIME = new RegExp(`^(${DAY_WORD})?(${HALF_WORD})?(${CLOCK})$`)

/** The pattern of a span such as `20:00-次日8:00` inside a longer text. */
export const SPAN_SOURCE = `${DAY_WORD}?${HALF_WORD}?\\d{1,2}(?:[:时点]\\d{0,2}[分半整]?|\\.[0-5]\\d)?(?:-|~|至|到)${DAY_WORD}?${HALF_WORD}?\\d{1,2}(?:[:时点]\\d{0,2}[分半整]?|\\.[0-5]\\d)?`

/**
 * @example parseTime('次日8:00')?.minute // 1920
 * @example parseTime('下午2点半')?.minute // 870
 */
export function parseTime(text: string): WrittenTime | undefined {
  const match = TIME.exec(withDigits(plain(text)).replaceAll(' ', ''))
  if (!match) return undefined
  const clock = parseClock(match[3] ?? '')
  if (!clock) return undefined
  const hour = hourInHalf(clock.hour, match[2])
  if (hour === undefined) return undefined
  const nextDay = /^(次日|第|翌日|隔日|明日)/.test(match[1] ?? '')
  if (nextDay && hour >= 24) return undefined
  return {
    minute: (hour + (nextDay ? 24 : 0)) * 60 + clock.minute,
    explicit: nextDay || match[2] !== undefined || hour >= 13 || clock.colon,
    afternoon: /^(中午|正午|下午|傍晚|晚|夜|半夜)/.test(match[2] ?? ''),
  }
}

function parseClock(text: string): { hour: number; minute: number; colon: boolean } | undefined {
  const compact = /^([0-2]\d)([0-5]\d)$/.exec(text)
  const parts = compact ?? /^(\d{1,2})(?:[:时点.](\d{1,2}|半|整)?)?/.exec(text)
  if (!parts) return undefined
  const hour = Number(parts[1])
  const minute = parts[2] === '半' ? 30 : parts[2] === undefined || parts[2] === '整' ? 0 : Number(parts[2])
  if (hour > 47 || minute > 59) return undefined
  return { hour, minute, colon: compact !== null || /[:.]/.test(text) }
}

/** 下午2点 is 14; 晚12点 is 24; 晚2点 could be two in the afternoon's night or the next morning: nobody knows. */
function hourInHalf(hour: number, half: string | undefined): number | undefined {
  if (half === undefined) return hour
  if (hour > 24) return undefined
  if (/^(凌晨|清晨|早|上午)/.test(half)) return hour === 12 && half === '凌晨' ? 0 : hour <= 12 ? hour : undefined
  if (/^(中午|正午)/.test(half)) return hour <= 3 ? hour + 12 : hour >= 10 && hour <= 15 ? hour : undefined
  if (/^(下午|傍晚)/.test(half)) return hour < 12 ? hour + 12 : hour
  if (hour > 12) return hour
  return hour >= 5 ? hour + 12 : undefined
}

/** One end of a span: a time, perhaps with its date, or only a date. */
export interface WrittenMoment {
  readonly dates?: WrittenDates
  readonly time?: WrittenTime
}

/** @example parseMoment('2月3日8:00') // its date and 480 minutes */
export function parseMoment(text: string): WrittenMoment | undefined {
  const tidy = withDigits(plain(text))
  const time = parseTime(tidy)
  if (time) return { time }
  for (const gap of tidy.matchAll(/[日号T ]|(?=次日|当日)/g)) {
    const cut = gap.index + gap[0].length
    const dates = parseDates(tidy.slice(0, cut).replace(/T$/, ''))
    const rest = parseTime(tidy.slice(cut))
    if (dates && dates !== 'ambiguous' && rest) return { dates, time: rest }
  }
  const dates = parseDates(tidy)
  return dates && dates !== 'ambiguous' ? { dates } : undefined
}

export interface WrittenSpan {
  readonly from: WrittenMoment
  readonly to: WrittenMoment
}

/** Minutes on the clock of the first day; `end` passes 1,440 for a span over midnight. */
export interface ClockSpan {
  readonly start: number
  readonly end: number
}

/**
 * One or several spans in a cell; dates at either end are kept. `undefined` when it is not that.
 *
 * @example parseSpans('8:00-12:00、14:00-18:00')?.length // 2
 */
export function parseSpans(text: string): readonly WrittenSpan[] | undefined {
  if (text.length > 200) return undefined
  const tidy = withDigits(plain(text)).replace(/[(][^()]*[)]/g, '')
  const spans: WrittenSpan[] = []
  for (const part of tidy.split(/[、,;\n]|(?<=\d) (?=\d{1,2}:\d{2}-)|和|及/)) {
    if (part.trim() === '') continue
    const span = parseSpan(part.trim())
    if (!span) return undefined
    spans.push(span)
  }
  return spans.length > 0 ? spans : undefined
}

function parseSpan(text: string): WrittenSpan | undefined {
  for (const separator of text.matchAll(/-|~|至|到/g)) {
    const from = parseMoment(text.slice(0, separator.index))
    const to = parseMoment(text.slice(separator.index + separator[0].length))
    if (from?.time && to?.time) return { from, to }
  }
  return undefined
}

export type ClockReading =
  | { readonly ok: true; readonly span: ClockSpan }
  | { readonly ok: false; readonly reason: 'time_same' | 'time_ambiguous' | 'span_too_long' | 'span_negative' }

export const SPAN_MINUTES_MAX = 24 * 60

/**
 * Two times without dates become a span: an end before the start is on the next morning; the same time twice may be a whole
 * day or a mistake and is asked.
 *
 * @example clockSpan({ minute: 1200, … }, { minute: 480, … }) // 1,200 to 1,920
 */
export function clockSpan(from: WrittenTime, to: WrittenTime): ClockReading {
  if (from.afternoon && !to.explicit && to.minute <= 12 * 60) return { ok: false, reason: 'time_ambiguous' }
  if (from.minute === to.minute) return { ok: false, reason: 'time_same' }
  const end = to.minute < from.minute ? to.minute + 1_440 : to.minute
  if (to.minute < from.minute && to.minute >= 1_440) return { ok: false, reason: 'span_negative' }
  if (end - from.minute > SPAN_MINUTES_MAX) return { ok: false, reason: 'span_too_long' }
  return { ok: true, span: { start: from.minute, end } }
}

/** @example showSpan({ start: 1200, end: 1920 }) // '20:00-次日08:00' */
export function showSpan({ start, end }: ClockSpan): string {
  return `${showClock(start)}-${end > 1_440 ? `次日${showClock(end - 1_440)}` : showClock(end)}`
}

/** @example showClock(480) // '08:00' */
export function showClock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}
