import { formatDay, MINUTES_PER_DAY, parseDay } from '#engines/values/time.ts'
import type { Mistakes } from '../mistakes.ts'
import type { Place } from '../pack.ts'
import { EXPOSURES, POST_KINDS, UNIT_KINDS, wordsOf } from '../vocabulary.ts'
import { areaPrefix, measure } from './measures.ts'
import { describe, object, optional, required, type Shape, turned, word } from './shape.ts'
import { wrongMoment, wrongSpan } from './wrong-times.ts'

/** The duty of an example. */

const MOMENT = /^(\d{4}-\d{2}-\d{2}) (\d{2}):(\d{2})$/

/** `2020-02-03 20:00` as local minutes; `24:00` is the end of the day. */
const moment: Shape<{ readonly minute: number; readonly place: Place }> = {
  read(value, mistakes) {
    const parts = value.kind === 'text' ? MOMENT.exec(value.text) : null
    const day = parseDay(parts?.[1] ?? '')
    const minutes = Number(parts?.[2]) * 60 + Number(parts?.[3])
    if (day !== undefined && Number(parts?.[3]) < 60 && minutes <= MINUTES_PER_DAY)
      return { minute: day * MINUTES_PER_DAY + minutes, place: value.place }
    const { code, wrong, right } = wrongMoment(describe(value), ' ')
    return mistakes.add(code, value.place, describe(value), wrong, right)
  },
  schema: () => ({ type: 'string', pattern: MOMENT.source }),
}

const REPEAT_DAYS_MAX = 400

const writtenSpan = object({
  from: required(moment, 'begin'),
  to: required(moment, 'end, not included; at most 24 hours later'),
  repeat: optional(measure, null, 'the same on so many days in a row, the first included'),
  post_kind: optional(word(wordsOf(POST_KINDS)), null, 'post'),
  exposure: optional(word(wordsOf(EXPOSURES)), 'unknown', 'contact with patients'),
  unit_kind: optional(word(wordsOf(UNIT_KINDS)), null, 'unit'),
  area: optional(areaPrefix, null, 'where the duty was done'),
})

/** A span with its minutes, repeated on so many days. */
export const spanShape = turned(writtenSpan, ({ from, to, repeat, ...span }, _place, mistakes) => {
  const wrong = wrongSpan(from.minute, to.minute)
  if (wrong) {
    const text = `${formatMoment(from.minute)} – ${formatMoment(to.minute)}`
    return mistakes.add(wrong.code, to.place, text, wrong.wrong, wrong.right)
  }
  const days = repeat === null ? 1 : repeatDays(repeat, mistakes)
  return days === undefined ? undefined : { ...span, from: from.minute, to: to.minute, days }
})

function formatMoment(minute: number): string {
  const inDay = minute % MINUTES_PER_DAY
  const clock = `${String(Math.floor(inDay / 60)).padStart(2, '0')}:${String(inDay % 60).padStart(2, '0')}`
  return `${formatDay(Math.floor(minute / MINUTES_PER_DAY))} ${clock}`
}

function repeatDays(
  { dimension, amount, text, place }: { dimension: string; amount: number; text: string; place: Place },
  mistakes: Mistakes,
): number | undefined {
  const days = amount / 100
  if (dimension === 'days' && Number.isInteger(days) && days >= 1 && days <= REPEAT_DAYS_MAX) return days
  return mistakes.add(
    'span.repeat',
    place,
    text,
    { zh: '不是连上几天', en: 'this is no number of days in a row' },
    { zh: `写 1 到 ${REPEAT_DAYS_MAX} 的整天数，如 15 days`, en: `write whole days, 1 to ${REPEAT_DAYS_MAX}: 15 days` },
  )
}
