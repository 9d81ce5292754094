import type { Mistakes } from '../mistakes.ts'
import { CONFLICTS, type Quantity, type Unit } from '../pack.ts'
import { amountOf, code, type Dimension, measure, refersTo } from './measures.ts'
import { describe, object, oneOrMore, optional, pattern, required, type Shape, text, word } from './shape.ts'

/** The parts of an entitlement that say how much: which part of the duty, months, hours, goods. */

const UNITS_OF = {
  yuan: ['yuan'],
  minutes: ['minutes'],
  days: ['days'],
  times: ['times'],
  percent: ['percent'],
  count: ['count'],
} as const satisfies Record<Dimension, readonly Unit[]>

/** A number in the pack, or the code of the parameter that holds it. */
export function quantity(dimension: Dimension): Shape<Quantity> {
  return {
    read(value, mistakes) {
      if (value.kind === 'text' && /^[a-z][a-z0-9_-]*$/.test(value.text)) {
        mistakes.refer({ kind: 'parameter', code: value.text, place: value.place, units: UNITS_OF[dimension] })
        return { parameter: value.text, place: value.place }
      }
      const written = measure.read(value, mistakes)
      const amount = written && amountOf(dimension, written, mistakes)
      return amount === undefined ? undefined : { literal: amount }
    },
    schema: () => ({ anyOf: [measure.schema(), code.schema()] }),
  }
}

export const earning = {
  read(value, mistakes) {
    if (value.kind === 'text' && (value.text === 'all' || value.text === 'none')) return { kind: value.text }
    const read = object({ over: required(quantity('minutes'), 'minutes beyond this') }).read(value, mistakes)
    return read && { kind: 'over', minutes: read.over }
  },
  schema: () => ({
    anyOf: [
      { enum: ['all', 'none'] },
      {
        type: 'object',
        required: ['over'],
        additionalProperties: false,
        properties: { over: quantity('minutes').schema() },
      },
    ],
  }),
} satisfies Shape<{ kind: 'all' | 'none' } | { kind: 'over'; minutes: Quantity }>

const CLOCK = pattern(/^(?:[01]\d|2[0-3]):[0-5]\d$/, '时刻，如 22:00', 'a time of day, such as 22:00')

/** `22:00` as minutes of the day. */
const clock: Shape<number> = {
  read(value, mistakes) {
    const read = CLOCK.read(value, mistakes)
    return read === undefined ? undefined : Number(read.slice(0, 2)) * 60 + Number(read.slice(3))
  },
  schema: () => CLOCK.schema(),
}

const ALL = { kind: 'all' } as const

export const onlyShape = object({
  working_day: optional(earning, ALL, 'which minutes of a working day count'),
  rest_day: optional(earning, ALL, 'which minutes of a rest day count'),
  statutory_holiday: optional(earning, ALL, 'which minutes of a statutory holiday count'),
  between: optional(
    object({
      from: required(clock, 'from this time of day'),
      to: required(clock, 'to this time, maybe of the next day'),
    }),
    null,
    'only minutes between two times of day',
  ),
})

export const hoursShape = object({
  assign: required(
    word(['civil_day', 'start_day', 'night']),
    'the day to which minutes belong; night: that on which the night (only.between) began',
  ),
  mixed: required(
    word(['highest', 'longest', 'each']),
    'a day with several rates: the highest, that of most minutes, or each for its own minutes',
  ),
  step: required(measure, 'the smallest time that is paid, such as 1 minute, 30 minutes or 1 hour'),
  mode: required(word(['half_up', 'down', 'up']), 'what happens to the rest of a step'),
})

/** `calendar`, or a number of days. */
function daysOrCalendar(): Shape<Quantity | 'calendar'> {
  const days = quantity('days')
  return {
    read(value, mistakes) {
      if (value.kind === 'text' && value.text === 'calendar') return 'calendar'
      return days.read(value, mistakes)
    },
    schema: () => ({ anyOf: [{ const: 'calendar' }, days.schema()] }),
  }
}

type Incomplete =
  | { readonly kind: 'none' }
  | { readonly kind: 'full' }
  | { readonly kind: 'by_day'; readonly of: Quantity | 'calendar' }
  | { readonly kind: 'each_day'; readonly rate: string }
  | { readonly kind: 'undecided'; readonly decision: string }

const byDayShape = object({ by_day: required(daysOrCalendar(), 'the month is divided by so many days') })
const eachDayShape = object({
  each_day: required(refersTo('parameter', ['yuan_per_day']), 'each covered day gives so much'),
})
const undecidedShape = object({ undecided: required(refersTo('decision_point'), 'a decision point') })

const incomplete: Shape<Incomplete> = {
  read(value, mistakes: Mistakes) {
    if (value.kind === 'text' && value.text === 'none') return { kind: 'none' }
    if (value.kind === 'text' && value.text === 'full') return { kind: 'full' }
    if (value.kind === 'map' && value.entries.has('by_day')) {
      const read = byDayShape.read(value, mistakes)
      return read && { kind: 'by_day', of: read.by_day }
    }
    if (value.kind === 'map' && value.entries.has('each_day')) {
      const read = eachDayShape.read(value, mistakes)
      return read && { kind: 'each_day', rate: read.each_day }
    }
    if (value.kind === 'map') {
      const read = undecidedShape.read(value, mistakes)
      return read && { kind: 'undecided', decision: read.undecided }
    }
    return mistakes.add(
      'month.incomplete',
      value.place,
      describe(value),
      { zh: '没有说不满一月怎么办', en: 'it does not say what happens to an incomplete month' },
      {
        zh: '写 none（不发）、full（按整月）、{by_day: calendar}（按天折算）、{each_day: 每天多少的参数} 或 {undecided: 决定事项}',
        en: 'write none, full, {by_day: calendar}, {each_day: parameter in yuan per day} or {undecided: decision point}',
      },
    )
  },
  schema: () => ({
    anyOf: [{ enum: ['none', 'full'] }, byDayShape.schema(), eachDayShape.schema(), undecidedShape.schema()],
  }),
}

export const monthShape = object({
  full: required(daysOrCalendar(), 'covered days from which the month is whole; calendar: all of them'),
  incomplete: required(incomplete, 'what happens to a month with fewer'),
  mixed: required(word(['highest', 'longest']), 'the rate of a month with several'),
})

export const conflictWord = word(CONFLICTS)

/** What `entitlementShape` holds beside who, when and the first four kinds of `gives`. */
export const moreEntitlementFields = {
  for: optional(word(['person', 'unit']), 'person', 'who is owed: a person, or a unit as a whole'),
  also_for: optional(word(['incoming']), null, 'incoming: also people of other places who serve in this area'),
  days: optional(word(['duty', 'all']), 'duty', 'the days looked at: those with duty, or all days of the period'),
  uses: optional(measure, null, 'how often it may be used, such as 1'),
  conflict: optional(conflictWord, null, 'which of two exceptions holds where neither names the other'),
  gives_way_to: optional(oneOrMore(refersTo('entitlement')), [], 'entitlements beside which it is not given'),
  not_with: optional(oneOrMore(refersTo('entitlement')), [], 'entitlements with which it cannot be given at once'),
  only: optional(
    onlyShape,
    null,
    'money_per_day, money_per_hour, in_kind by day or night: the part of the duty that counts',
  ),
  hours: optional(hoursShape, null, 'money_per_hour: how time is counted'),
  month: optional(monthShape, null, 'money_per_month: whole and incomplete months'),
  events: optional(oneOrMore(refersTo('event')), [], 'money_per_event, in_kind by event: which events'),
  item: optional(labelled(), null, 'in_kind: what is given'),
  unit_name: optional(labelled(), null, 'in_kind: what it is counted in'),
  quantity: optional(quantity('count'), null, 'in_kind: how many'),
  every: optional(word(['day', 'night', 'month', 'once', 'event']), null, 'in_kind: how often'),
} as const

function labelled() {
  return object({ zh: required(text(), 'Chinese / 中文'), en: required(text(), 'English / 英文') })
}
