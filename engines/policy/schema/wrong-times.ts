import { formatMinute, MINUTES_PER_DAY, type Minute, parseDay } from '#engines/values/time.ts'
import type { Label } from '../vocabulary.ts'

/** What is wrong with a written day, moment or span of duty, and what would be right; for packs, examples and files of facts. */

export interface WrongTime {
  readonly code: string
  readonly wrong: Label
  readonly right: Label
}

/** One record of duty is at most so long, as everywhere in the product; longer duty is written as several. */
export const DUTY_SPAN_MINUTES_MAX = MINUTES_PER_DAY

const LOOSE = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]+(\d{1,2})[:：](\d{1,2}))?$/

const two = (part: number | string) => String(part).padStart(2, '0')

interface Written {
  readonly year: number
  readonly month: number
  readonly day: number
  /** ` 20:00`, or nothing. */
  readonly time: string
}

function lastOfMonth({ year, month }: Written): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate()
}

/** A day that the calendar does not have: which month ends when, and the two days that may have been meant. */
function wrongOnCalendar(written: Written): WrongTime | undefined {
  const { year, month, day, time } = written
  if (month < 1 || month > 12) {
    return {
      code: 'date.none',
      wrong: { zh: `没有 ${month} 月`, en: `there is no month ${month}` },
      right: { zh: '先写年，再写月、日：2020-02-03', en: 'write year, month, day: 2020-02-03' },
    }
  }
  const last = lastOfMonth(written)
  if (day >= 1 && day <= last) return undefined
  const next = month === 12 ? `${year + 1}-01-01` : `${year}-${two(month + 1)}-01`
  const near = day < 1 ? `${year}-${two(month)}-01` : `${year}-${two(month)}-${last}${time}`
  return {
    code: 'date.none',
    wrong: {
      zh: `日历上没有这一天：${year} 年 ${month} 月有 ${last} 天`,
      en: `there is no such day: ${year}-${two(month)} has ${last} days`,
    },
    right: {
      zh: `核对后写 ${near}${day < 1 ? '' : ` 或 ${next}${time}`}`,
      en: `check it and write ${near}${day < 1 ? '' : ` or ${next}${time}`}`,
    },
  }
}

function looselyRead(text: string): Written | undefined {
  const parts = LOOSE.exec(text.trim())
  if (!parts) return undefined
  const [, year, month, day, hour, minute] = parts
  const time = hour === undefined ? '' : ` ${two(hour)}:${two(minute ?? 0)}`
  return { year: Number(year), month: Number(month), day: Number(day), time }
}

/**
 * @example wrongDay('2020-02-30').right.en // 'check it and write 2020-02-29 or 2020-03-01'
 */
export function wrongDay(text: string): WrongTime {
  const written = looselyRead(text)
  const none = written && wrongOnCalendar(written)
  if (none) return none
  const repaired = written ? `${written.year}-${two(written.month)}-${two(written.day)}` : '2020-02-03'
  return {
    code: 'date.none',
    wrong: { zh: '不是日期', en: 'this is no date' },
    right: written
      ? { zh: `写成“${repaired}”`, en: `write it as ${repaired}` }
      : { zh: '按“2020-02-03”的格式写', en: 'write it as 2020-02-03' },
  }
}

/** @param between what stands between day and time: a blank in YAML, `T` in JSON */
export function wrongMoment(text: string, between: ' ' | 'T'): WrongTime {
  const written = looselyRead(text)
  const none = written && wrongOnCalendar({ ...written, time: written.time.replace(' ', between) })
  if (none) return { ...none, code: 'date.moment' }
  const example = `2020-02-03${between}20:00`
  if (!written || written.time === '') {
    return {
      code: 'date.moment',
      wrong: { zh: '不是当地时刻', en: 'this is no local time' },
      right: {
        zh: `写成“${example}”，不带时区${written ? '；几点几分也要写' : ''}`,
        en: `write it as ${example}, without a time zone${written ? '; hours and minutes too' : ''}`,
      },
    }
  }
  const day = `${written.year}-${two(written.month)}-${two(written.day)}`
  const [hours = 0, minutes = 0] = written.time.trim().split(':').map(Number)
  if (minutes < 60 && hours * 60 + minutes <= MINUTES_PER_DAY) {
    const repaired = `${day}${between}${written.time.trim()}`
    return {
      code: 'date.moment',
      wrong: { zh: '时刻的写法不对', en: 'the moment is not of the right form' },
      right: { zh: `写成“${repaired}”`, en: `write it as ${repaired}` },
    }
  }
  const next = (parseDay(day) ?? 0) + 1
  const meant = hours >= 24 && hours < 48 && minutes < 60 ? (next * 24 + hours - 24) * 60 + minutes : undefined
  const shown = meant === undefined ? undefined : formatMinute(meant).replace(' ', between)
  return {
    code: 'date.moment',
    wrong: { zh: `一天里没有${written.time}`, en: `there is no${written.time} on a day` },
    right: shown
      ? { zh: `零点以后写第二天：${shown}`, en: `after midnight write the next day: ${shown}` }
      : { zh: '时刻从 00:00 到 24:00，分钟到 59', en: 'times run from 00:00 to 24:00, minutes to 59' },
  }
}

/** A span of duty that cannot be: it ends before it begins, or is longer than any record of duty. */
export function wrongSpan(from: Minute, to: Minute): WrongTime | undefined {
  if (to <= from) {
    return {
      code: 'span.order',
      wrong: {
        zh: `结束不晚于开始（${formatMinute(from)}）`,
        en: `it ends no later than it begins (${formatMinute(from)})`,
      },
      right: {
        zh: '核对起止；跨零点的，结束写第二天',
        en: 'check both; across midnight the end is on the next day',
      },
    }
  }
  if (to - from <= DUTY_SPAN_MINUTES_MAX) return undefined
  const hours = Math.floor((to - from) / 60)
  const minutes = (to - from) % 60
  return {
    code: 'span.too_long',
    wrong: {
      zh: `一条值守有 ${hours} 小时${minutes > 0 ? ` ${minutes} 分钟` : ''}，最多 24 小时`,
      en: `one span of duty of ${hours} h${minutes > 0 ? ` ${minutes} min` : ''}; it may have 24 at most`,
    },
    right: {
      zh: `核对起止；真连着值守的，分成几条前后相接，第一条到 ${formatMinute(from + DUTY_SPAN_MINUTES_MAX)} 为止`,
      en: `check both; duty that went on is several spans that touch, the first to ${formatMinute(from + DUTY_SPAN_MINUTES_MAX)}`,
    },
  }
}
