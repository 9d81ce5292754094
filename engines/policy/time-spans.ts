import { type Day, formatDay, MINUTES_PER_DAY, type Minute, weekdayOf } from '#engines/values/time.ts'
import { dayKindAt, resolveCalendar, UNPUBLISHED } from './calendar.ts'
import type { RHYTHMS, TimeSpan, TimeUnit } from './pack-provisions.ts'
import type { RulingDraft } from './rulings.ts'
import { DAY_KINDS, type DayKind, type Label } from './vocabulary.ts'

/** Counting of days, working days, hours and months from an event on; working days by the official calendar, as known. */

/** Something that happened; `minute` on the local clock, needed only where hours are counted. */
export interface Happening {
  readonly day: Day
  readonly minute: Minute | null
  readonly ref: string
}

export interface SpanEnd {
  /** The last day. */
  readonly day: Day
  /** Where hours are counted. */
  readonly minute: Minute | null
}

export interface SpanRules {
  readonly first_day: 'next_day' | 'same_day'
  readonly ends_on_day_off: 'as_it_falls' | 'next_working_day'
}

const CHUNK_DAYS = 64
/** Ten years of days: a pack whose figure reaches further is a slip. */
export const SPAN_DAYS_MAX = 3_660

export const UNIT_WORDS: Readonly<Record<TimeUnit, Label>> = {
  working_days: { zh: '个工作日', en: 'working days' },
  days: { zh: '日', en: 'days' },
  hours: { zh: '小时', en: 'hours' },
  months: { zh: '个月', en: 'months' },
}

/**
 * The same day so many months later; where that month is shorter, its last day.
 *
 * @example addMonths(dayOf('2020-02-29'), 12) // 2021-02-28
 */
export function addMonths(day: Day, months: number): Day {
  const start = new Date(day * 86_400_000)
  const first = Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + months, 1)
  const last = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + months + 1, 0)).getUTCDate()
  return Math.floor(first / 86_400_000) + Math.min(start.getUTCDate(), last) - 1
}

/** Kinds of days, resolved in chunks; a day without a published schedule is not guessed. */
class Days {
  private readonly chunks = new Map<number, Uint8Array>()
  private readonly draft: RulingDraft

  constructor(draft: RulingDraft) {
    this.draft = draft
  }

  kindOf(day: Day): DayKind | undefined {
    const chunk = Math.floor(day / CHUNK_DAYS)
    const from = chunk * CHUNK_DAYS
    let kinds = this.chunks.get(chunk)
    if (!kinds) {
      const { stack, question } = this.draft
      kinds = resolveCalendar(stack.calendar, { from, to: from + CHUNK_DAYS - 1, known: question.known }).kinds
      this.chunks.set(chunk, kinds)
    }
    const kind = kinds[day - from] ?? UNPUBLISHED
    return kind === UNPUBLISHED ? this.draft.miss(`calendar:${formatDay(day)}`) : dayKindAt(kind)
  }
}

/** The end of a span that starts with an event; `undefined` when a figure or the calendar is missing (the draft says which). */
export function spanEnd(draft: RulingDraft, span: TimeSpan, start: Happening, rules: SpanRules): SpanEnd | undefined {
  const count = countOf(draft, span, start.day)
  if (count === undefined) return undefined
  const shown = UNIT_WORDS[span.unit]
  if (span.unit === 'hours') {
    if (start.minute === null) return draft.miss('event:minute')
    const minute = start.minute + count * 60
    draft.say(`自 ${start.ref} 起 ${count} ${shown.zh}内`, `within ${count} ${shown.en} of ${start.ref}`)
    return { day: Math.floor(minute / MINUTES_PER_DAY), minute }
  }
  const days = new Days(draft)
  const first = rules.first_day === 'next_day' ? start.day + 1 : start.day
  const end =
    span.unit === 'working_days' ? lastWorkingDay(draft, days, first, count) : plainEnd(span.unit, first, count)
  if (end === undefined) return undefined
  draft.say(
    `自 ${formatDay(first)} 起算 ${count} ${shown.zh}，至 ${formatDay(end)}`,
    `${count} ${shown.en} counted from ${formatDay(first)} end on ${formatDay(end)}`,
  )
  if (rules.ends_on_day_off === 'as_it_falls' || span.unit === 'working_days') return { day: end, minute: null }
  const moved = lastWorkingDay(draft, days, end, 1)
  if (moved === undefined) return undefined
  if (moved !== end) {
    const kind = DAY_KINDS[days.kindOf(end) ?? 'rest_day']
    draft.say(
      `${formatDay(end)} 是${kind.zh}，顺延到 ${formatDay(moved)}`,
      `${formatDay(end)} is a ${kind.en}, moved to ${formatDay(moved)}`,
    )
  }
  return { day: moved, minute: null }
}

function countOf(draft: RulingDraft, span: TimeSpan, day: Day): number | undefined {
  const number = draft.number(span.count, day)
  if (number === undefined || 'literal' in span.count) return number
  // A parameter holds days as hundredths and hours as minutes.
  const unit = draft.stack.parameters.get(span.count.parameter)?.unit
  const count = unit === 'days' ? number / 100 : unit === 'minutes' ? number / 60 : number
  if (Number.isSafeInteger(count) && count > 0 && count <= SPAN_DAYS_MAX) return count
  return draft.miss(`parameter:${span.count.parameter}`)
}

function plainEnd(unit: 'days' | 'months', first: Day, count: number): Day {
  return unit === 'days' ? first + count - 1 : addMonths(first - 1, count)
}

/** The `count`-th working day from `first` on, that day included. */
function lastWorkingDay(draft: RulingDraft, days: Days, first: Day, count: number): Day | undefined {
  const skipped: string[] = []
  let left = count
  for (let day = first; day < first + SPAN_DAYS_MAX * 2; day++) {
    const kind = days.kindOf(day)
    if (kind === undefined) return undefined
    if (kind === 'working_day') left -= 1
    else skipped.push(formatDay(day))
    if (left === 0) {
      sayUsed(draft, skipped)
      return day
    }
  }
  return undefined
}

function sayUsed(draft: RulingDraft, skipped: readonly string[]): void {
  if (skipped.length === 0) return
  const shown = skipped.slice(0, 12).join(', ') + (skipped.length > 12 ? '…' : '')
  draft.say(`不计 ${skipped.length} 个非工作日：${shown}`, `${skipped.length} days off are not counted: ${shown}`)
}

/** First and last day of the period in which a day lies. */
export function periodOf(day: Day, unit: (typeof RHYTHMS)[number]): { readonly from: Day; readonly to: Day } {
  if (unit === 'day') return { from: day, to: day }
  if (unit === 'week') {
    const from = day - weekdayOf(day)
    return { from, to: from + 6 }
  }
  const date = new Date(day * 86_400_000)
  const months = { month: 1, quarter: 3, year: 12 }[unit]
  const month = Math.floor(date.getUTCMonth() / months) * months
  const from = Math.floor(Date.UTC(date.getUTCFullYear(), month, 1) / 86_400_000)
  return { from, to: addMonths(from, months) - 1 }
}
