import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { formatYuan } from '#engines/values/money.ts'
import { dayOf, formatDay, weekdayOf } from '#engines/values/time.ts'
import { civilDate, zonedText } from '#platform/calendar/zone.ts'
import { useWorkplace } from './workplace.tsx'

export type Language = 'zh' | 'en'

export interface Bilingual {
  readonly zh: string
  readonly en: string
}

const WEEKDAYS = {
  zh: ['周一', '周二', '周三', '周四', '周五', '周六', '周日'],
  en: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'],
} as const
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

export function weekdayNames(language: Language): readonly string[] {
  return WEEKDAYS[language]
}

/** `2020-02-03` → `2月3日 周一`, with the year where it is not `year`. */
export function dayText(date: string, language: Language, year: string): string {
  const [itsYear = '', month = '', dayOfMonth = ''] = date.slice(0, 10).split('-')
  const weekday = WEEKDAYS[language][weekdayOf(dayOf(date.slice(0, 10)))] ?? ''
  if (language === 'zh')
    return `${itsYear === year ? '' : `${itsYear}年`}${Number(month)}月${Number(dayOfMonth)}日 ${weekday}`
  const name = MONTHS[Number(month) - 1] ?? ''
  return `${weekday} ${Number(dayOfMonth)} ${name}${itsYear === year ? '' : ` ${itsYear}`}`
}

/** `2015-01-01` → `2015年1月1日`. */
export function dateText(date: string, language: Language): string {
  const [year = '', month = '', dayOfMonth = ''] = date.slice(0, 10).split('-')
  if (language === 'zh') return `${year}年${Number(month)}月${Number(dayOfMonth)}日`
  return `${Number(dayOfMonth)} ${MONTHS[Number(month) - 1] ?? ''} ${year}`
}

/** `2020-02` → `2020年2月`. */
export function monthText(month: string, language: Language): string {
  const [year = '', number = ''] = month.split('-')
  return language === 'zh' ? `${year}年${Number(number)}月` : `${MONTHS[Number(number) - 1] ?? ''} ${year}`
}

/** `510` → `8小时30分`. */
export function minutesText(minutes: number, language: Language): string {
  if (minutes === 0) return language === 'zh' ? '0小时' : '0 h'
  const size = Math.abs(minutes)
  const hours = Math.floor(size / 60)
  const rest = size % 60
  const units =
    language === 'zh' ? { hours: '小时', minutes: '分', between: '' } : { hours: ' h', minutes: ' min', between: ' ' }
  const parts = [
    ...(hours > 0 ? [`${hours.toLocaleString('en-US')}${units.hours}`] : []),
    ...(rest > 0 ? [`${rest}${units.minutes}`] : []),
  ]
  return `${minutes < 0 ? '−' : ''}${parts.join(units.between)}`
}

function formatsIn(language: Language, timeZone: string, year: string) {
  const dateOf = (instant: string) => civilDate(timeZone, new Date(instant))
  const timeOf = (instant: string) => zonedText(timeZone, new Date(instant)).slice(11, 16)
  const day = (date: string) => dayText(date, language, year)
  return {
    language,
    label: (text: Bilingual) => text[language],
    word: (list: Readonly<Record<string, Bilingual>>, code: string) => list[code]?.[language] ?? code,
    yuan: (amount_fen: number) => {
      const text = formatYuan(amount_fen)
      return text.startsWith('-') ? `−¥${text.slice(1)}` : `¥${text}`
    },
    count: (value: number) => value.toLocaleString('en-US'),
    /** Hundredths of a day, as they are counted: `50` → `0.5天`. */
    days: (hundredths: number) => {
      const text = (hundredths / 100).toLocaleString('en-US', { maximumFractionDigits: 2 })
      return language === 'zh' ? `${text}天` : `${text} d`
    },
    minutes: (minutes: number) => minutesText(minutes, language),
    day,
    /** Without the day of the week, for days long past. */
    date: (date: string) => dateText(date, language),
    month: (month: string) => monthText(month, language),
    dateOf,
    timeOf,
    moment: (instant: string) => `${day(dateOf(instant))} ${timeOf(instant)}`,
    /** For audit and sessions, which keep the world's time even where the product's clock is shifted: always with the year. */
    realMoment: (instant: string) => `${dayText(dateOf(instant), language, '')} ${timeOf(instant)}`,
    /** `20:00–次日 08:00`, `16:00–24:00` */
    times: (starts_at: string, ends_at: string) => {
      const after = dayOf(dateOf(ends_at)) - dayOf(dateOf(starts_at))
      if (after === 1 && timeOf(ends_at) === '00:00') return `${timeOf(starts_at)}–24:00`
      const next = after === 0 ? '' : language === 'zh' ? '次日 ' : '+1 '
      return `${timeOf(starts_at)}–${next}${timeOf(ends_at)}`
    },
  }
}

export type Formats = ReturnType<typeof formatsIn>

/** How figures, days and times are written, in the reader's language and the operation's time zone. */
export function useFormats(): Formats {
  const { i18n } = useTranslation()
  const { time_zone, today } = useWorkplace()
  const language: Language = i18n.language === 'en' ? 'en' : 'zh'
  const year = today.slice(0, 4)
  return useMemo(() => formatsIn(language, time_zone, year), [language, time_zone, year])
}

/** Days of the month grid: whole weeks, Monday first, from before the first to after the last day of `2020-02`. */
export function monthGrid(month: string): readonly string[] {
  const first = dayOf(`${month}-01`)
  const start = first - weekdayOf(first)
  const last = dayOf(`${shiftMonth(month, 1)}-01`) - 1
  const end = last + (6 - weekdayOf(last))
  return Array.from({ length: end - start + 1 }, (_, index) => formatDay(start + index))
}

/** @example shiftMonth('2020-12', 1) // '2021-01' */
export function shiftMonth(month: string, by: number): string {
  const [year = '', number = ''] = month.split('-')
  const index = Number(year) * 12 + Number(number) - 1 + by
  return `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`
}

export function shiftDay(date: string, by: number): string {
  return formatDay(dayOf(date) + by)
}
