import { type CivilDate, type Day, dayOf, formatDay, parseDay } from '#engines/values/time.ts'
import { plain, withDigits } from './written-text.ts'

/** A date as written: what is missing is taken from its neighbours or from hints, or asked. */
export interface WrittenDate {
  readonly year?: number
  readonly month?: number
  readonly day: number
}

/** Single dates and ranges, in the order written. */
export type WrittenDates = ReadonlyArray<{ readonly from: WrittenDate; readonly to?: WrittenDate }>

/** What the surroundings say about the year and month of a date without them. */
export interface DateHints {
  /** Years that stand in the title or the sheet's name. */
  readonly years: readonly number[]
  /** `2020年1月26日-2月25日` in the title. */
  readonly period?: { readonly first: Day; readonly last: Day }
  /** The month under which a bare day stands. */
  readonly month?: number
  readonly window?: { readonly first: Day; readonly last: Day }
  readonly answeredYear?: number
}

export type DaysReading =
  | { readonly ok: true; readonly days: readonly Day[]; readonly isRange: boolean }
  | { readonly ok: false; readonly reason: DateProblem; readonly facts?: Readonly<Record<string, string | number>> }
  | { readonly ok: false; readonly reason: 'ask_year' }

export type DateProblem =
  | 'date_unreadable'
  | 'date_ambiguous'
  | 'date_impossible'
  | 'date_backwards'
  | 'date_without_month'
  | 'date_outside'
  | 'date_range_long'

const RANGE_DAYS_MAX = 62

const FULL = /^(?:(\d{4}|\d{2}(?=年|[./-]\d{1,2}[./-]))[年./-])?(\d{1,2})[月./-](\d{1,2})[日号]?$/
const COMPACT = /^(20\d{2})(\d{2})(\d{2})$/
const DAY_ONLY = /^(\d{1,2})[日号]$/

/** One date. A bare number counts as a day only where `bareDay` allows it. */
export function parseDate(text: string, bareDay = false): WrittenDate | 'ambiguous' | undefined {
  const full = FULL.exec(text)
  if (full) {
    const year = full[1] === undefined ? undefined : Number(full[1]) + (full[1].length === 2 ? 2000 : 0)
    // “2-3” is a date to some and the third of a span to others.
    if (year === undefined && /^\d{1,2}-\d{1,2}$/.test(text)) return 'ambiguous'
    return { ...(year === undefined ? {} : { year }), month: Number(full[2]), day: Number(full[3]) }
  }
  const compact = COMPACT.exec(text)
  if (compact) return { year: Number(compact[1]), month: Number(compact[2]), day: Number(compact[3]) }
  const western = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text)
  if (western) return westernDate(Number(western[1]), Number(western[2]), Number(western[3]))
  const dayOnly = DAY_ONLY.exec(text) ?? (bareDay ? /^(\d{1,2})$/.exec(text) : null)
  return dayOnly ? { day: Number(dayOnly[1]) } : undefined
}

/** `13/02/2020` can only be the thirteenth; `03/02/2020` may be either. */
function westernDate(first: number, second: number, year: number): WrittenDate | 'ambiguous' {
  if (first > 12) return { year, month: second, day: first }
  if (second > 12) return { year, month: first, day: second }
  return first === second ? { year, month: first, day: first } : 'ambiguous'
}

/** Without weekdays, brackets and blanks, numerals as digits. */
export function tidyDate(text: string): string {
  return withDigits(plain(text))
    .replace(/[(（][^()（）]*[)）]/g, '')
    .replace(/(星期|周|礼拜)[一二三四五六日天]/g, '')
    .replaceAll(' ', '')
    .replace(/[./]$/, '')
}

/**
 * Reads everything that a date cell may say: one date, several, ranges.
 *
 * @example parseDates('2月3日-5日、7日') // 3 to 5 February and the 7th
 */
export function parseDates(text: string, bareDay = false): WrittenDates | 'ambiguous' | undefined {
  // Longer than any list of dates: not worth taking apart.
  if (text.length > 200) return undefined
  const found: Array<{ from: WrittenDate; to?: WrittenDate }> = []
  for (const part of tidyDate(text).split(/[、,;]/)) {
    if (part === '') continue
    const single = parseDate(part, bareDay || found.length > 0)
    if (single === 'ambiguous') return 'ambiguous'
    const item = single ? { from: single } : parseRange(part)
    if (!item) return undefined
    found.push(item)
  }
  return found.length > 0 ? found : undefined
}

function parseRange(text: string): { from: WrittenDate; to: WrittenDate } | undefined {
  for (const separator of text.matchAll(/-|~|至|到/g)) {
    const from = parseDate(text.slice(0, separator.index), true)
    const to = parseDate(text.slice(separator.index + separator[0].length), true)
    if (!from || !to || from === 'ambiguous' || to === 'ambiguous') continue
    return { from, to }
  }
  return undefined
}

/** Turns what was written into days of the calendar, with the hints, or says why not. */
export function resolveDates(written: WrittenDates, hints: DateHints): DaysReading {
  const days: Day[] = []
  let isRange = false
  let before: WrittenDate | undefined
  for (const { from, to } of written) {
    const first = settle(from, before, hints)
    if (typeof first !== 'number') return first
    before = withMissing(from, formatDay(first))
    if (!to) {
      days.push(first)
      continue
    }
    isRange = true
    let last = settle(to, before, hints)
    if (typeof last !== 'number') return last
    if (last < first && to.year === undefined && to.month !== undefined) {
      last = settle({ ...to, year: (before.year ?? 0) + 1 }, undefined, hints)
      if (typeof last !== 'number') return last
    }
    if (last < first) return { ok: false, reason: 'date_backwards' }
    if (last - first >= RANGE_DAYS_MAX)
      return { ok: false, reason: 'date_range_long', facts: { limit: RANGE_DAYS_MAX } }
    for (let day = first; day <= last; day++) days.push(day)
    before = withMissing(to, formatDay(last))
  }
  return { ok: true, days, isRange }
}

function withMissing(date: WrittenDate, resolved: CivilDate): WrittenDate {
  const [year, month] = resolved.split('-').map(Number)
  return { year: date.year ?? year ?? 0, month: date.month ?? month ?? 0, day: date.day }
}

function settle(
  date: WrittenDate,
  before: WrittenDate | undefined,
  hints: DateHints,
): Day | Exclude<DaysReading, { ok: true }> {
  const month = date.month ?? before?.month ?? hints.month
  if (month === undefined) return settleBareDay(date.day, hints)
  const year = date.year ?? before?.year ?? yearFor(month, date.day, hints)
  if (year === 'ask') return { ok: false, reason: 'ask_year' }
  const day = toDay(year, month, date.day)
  if (day === undefined) return impossible(year, month, date.day)
  return inWindow(day, hints)
}

function inWindow(day: Day, { window }: DateHints): Day | Exclude<DaysReading, { ok: true }> {
  if (!window || (day >= window.first && day <= window.last)) return day
  const facts = { date: formatDay(day), first: formatDay(window.first), last: formatDay(window.last) }
  return { ok: false, reason: 'date_outside', facts }
}

function impossible(year: number, month: number, day: number): Exclude<DaysReading, { ok: true }> {
  if (month < 1 || month > 12)
    return { ok: false, reason: 'date_impossible', facts: { written: `${year}-${month}-${day}`, last: 12 } }
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate()
  return {
    ok: false,
    reason: 'date_impossible',
    facts: { written: `${year}-${month}-${day}`, last: `${year}-${month}-${last}` },
  }
}

function toDay(year: number, month: number, day: number): Day | undefined {
  return parseDay(`${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`)
}

/** `3日` with no month anywhere: only a period in the title can tell, and only when it holds that day once. */
function settleBareDay(day: number, hints: DateHints): Day | Exclude<DaysReading, { ok: true }> {
  const { period } = hints
  if (!period) return { ok: false, reason: 'date_without_month' }
  const fitting: Day[] = []
  for (let candidate = period.first; candidate <= period.last; candidate++) {
    if (Number(formatDay(candidate).slice(8)) === day) fitting.push(candidate)
  }
  const [only, another] = fitting
  if (only === undefined || another !== undefined) return { ok: false, reason: 'date_without_month' }
  return inWindow(only, hints)
}

/**
 * The year of a month and day, from an answer, the title's period, the years in title and sheet name, the operation's
 * window, in this order; `'ask'` when two years are possible or nothing is said.
 */
export function yearFor(month: number, day: number, hints: DateHints): number | 'ask' {
  if (hints.answeredYear !== undefined) return hints.answeredYear
  const within = (span: { first: Day; last: Day } | undefined, years: readonly number[]) =>
    years.filter((year) => {
      const candidate = toDay(year, month, day) ?? toDay(year, month, 1)
      return span !== undefined && candidate !== undefined && candidate >= span.first && candidate <= span.last
    })
  const inPeriod = within(hints.period, yearsOf(hints.period))
  if (inPeriod.length === 1) return inPeriod[0] ?? 'ask'
  if (hints.years.length === 1) return hints.years[0] ?? 'ask'
  const candidates = hints.years.length > 0 ? hints.years : yearsOf(hints.window)
  if (candidates.length === 1) return candidates[0] ?? 'ask'
  const inSight = within(hints.window, candidates)
  return inSight.length === 1 ? (inSight[0] ?? 'ask') : 'ask'
}

function yearsOf(span: { first: Day; last: Day } | undefined): number[] {
  if (!span) return []
  const first = Number(formatDay(span.first).slice(0, 4))
  const last = Number(formatDay(span.last).slice(0, 4))
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index)
}

/**
 * Years, month and period that stand in titles and sheet names.
 *
 * @example hintsFrom(['2020年1月26日—2月25日值班表']).years // [2020]
 */
export function hintsFrom(titles: readonly string[]): Pick<DateHints, 'years' | 'period' | 'month'> {
  const years = new Set<number>()
  const months = new Set<number>()
  let period: DateHints['period']
  for (const title of titles) {
    const text = withDigits(plain(title)).replaceAll(' ', '')
    for (const [, year] of text.matchAll(/(?<!\d)(20[0-4]\d)(?=年|[./-]\d|年度|(?:0[1-9]|1[0-2])(?!\d))/g))
      years.add(Number(year))
    for (const [, month] of text.matchAll(/(?<!\d)(\d{1,2})月(?!\d)/g)) months.add(Number(month))
    for (const [, month] of text.matchAll(/(?<!\d)20\d{2}(0[1-9]|1[0-2])(?!\d)/g)) months.add(Number(month))
    period ??= periodIn(text)
  }
  if (period) for (const year of yearsOf(period)) years.add(year)
  const [month, another] = months
  return {
    years: [...years],
    ...(period ? { period } : {}),
    ...(month !== undefined && another === undefined && !period ? { month } : {}),
  }
}

function periodIn(text: string): DateHints['period'] {
  const match =
    /(20\d{2}[年./-]\d{1,2}[月./-]\d{1,2}日?)(?:-|~|至|到)((?:20\d{2}[年./-])?(?:\d{1,2}[月./-])?\d{1,2}日?)/.exec(text)
  const from = match?.[1] ? parseDate(match[1]) : undefined
  const to = match?.[2] ? parseDate(match[2], true) : undefined
  if (!from || !to || from === 'ambiguous' || to === 'ambiguous') return undefined
  const reading = resolveDates([{ from, to }], { years: [] })
  if (!reading.ok) return undefined
  const first = reading.days[0]
  const last = reading.days.at(-1)
  return first === undefined || last === undefined ? undefined : { first, last }
}

/** An operation's window as days; one that still runs is looked at for a year. */
export function windowDays(window: { first: CivilDate; last: CivilDate | null }): { first: Day; last: Day } {
  const first = dayOf(window.first)
  return { first, last: window.last === null ? first + 365 : dayOf(window.last) }
}
