import { dayOf, formatDay, weekdayOf } from '#engines/values/time.ts'
import type { Language } from './texts.ts'

export interface LocalMoment {
  /** `2020-02-24` */
  readonly date: string
  /** `08:00` */
  readonly time: string
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatFor(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
    formats.set(zone, format)
  }
  return format
}

/** What the clock on the wall shows in the operation's time zone. */
export function localMoment(instant: string | Date, zone: string): LocalMoment {
  const parts: Record<string, string> = {}
  for (const { type, value } of formatFor(zone).formatToParts(new Date(instant))) parts[type] = value
  return { date: `${parts.year}-${parts.month}-${parts.day}`, time: `${parts.hour}:${parts.minute}` }
}

/** The instant of a wall-clock time; where a clock change makes it ambiguous, the earlier one. */
export function instantOf(date: string, time: string, zone: string): string {
  const wanted = Date.parse(`${date}T${time}:00Z`)
  let instant = wanted
  for (let round = 0; round < 2; round += 1) {
    const shown = localMoment(new Date(instant), zone)
    instant += wanted - Date.parse(`${shown.date}T${shown.time}:00Z`)
  }
  return new Date(instant).toISOString()
}

const WEEKDAYS = {
  zh: ['周一', '周二', '周三', '周四', '周五', '周六', '周日'],
  en: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'],
} as const
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** @example dayText('2020-02-24', 'zh') // '2月24日 周一' */
export function dayText(date: string, language: Language): string {
  const month = Number(date.slice(5, 7))
  const dayOfMonth = Number(date.slice(8, 10))
  const weekday = WEEKDAYS[language][weekdayOf(dayOf(date))] ?? ''
  return language === 'zh' ? `${month}月${dayOfMonth}日 ${weekday}` : `${weekday} ${dayOfMonth} ${MONTHS[month - 1]}`
}

/** @example shortDayText('2020-02-24', 'zh') // '2月24日' */
export function shortDayText(date: string, language: Language): string {
  const dayOfMonth = Number(date.slice(8, 10))
  const month = Number(date.slice(5, 7))
  return language === 'zh' ? `${month}月${dayOfMonth}日` : `${dayOfMonth} ${MONTHS[month - 1]}`
}

/** `08:00–20:00`, and with the day where the end falls on a later one: `20:00–次日 08:00`. */
export function spanText(starts_at: string, ends_at: string, zone: string, language: Language): string {
  const start = localMoment(starts_at, zone)
  const end = localMoment(ends_at, zone)
  if (start.date === end.date) return `${start.time}–${end.time}`
  const days = dayOf(end.date) - dayOf(start.date)
  // A shift that ends at midnight ends the same evening for everybody who works it.
  if (days === 1 && end.time === '00:00') return `${start.time}–24:00`
  if (days === 1) return language === 'zh' ? `${start.time}–次日 ${end.time}` : `${start.time}–${end.time} next day`
  return `${start.time}–${shortDayText(end.date, language)} ${end.time}`
}

/** @example minutesText(690, 'zh') // '11小时30分' */
export function minutesText(minutes: number, language: Language): string {
  const hours = Math.floor(minutes / 60)
  const rest = minutes % 60
  if (minutes === 0) return language === 'zh' ? '0小时' : '0 h'
  if (language === 'zh') {
    if (hours === 0) return `${rest}分钟`
    return rest === 0 ? `${hours}小时` : `${hours}小时${rest}分`
  }
  if (hours === 0) return `${rest} min`
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`
}

export function addDays(date: string, days: number): string {
  return formatDay(dayOf(date) + days)
}
