import { parseDay } from '#engines/values/time.ts'
import {
  EMPLOYMENTS,
  ESTABLISHMENTS,
  EXPOSURES,
  PARTY_STATUSES,
  POST_KINDS,
  UNIT_KINDS,
  wordsOf,
} from '../vocabulary.ts'
import { areaPrefix, code, date, measure, yesNo } from './measures.ts'
import { byCode, describe, list, object, optional, required, type Shape, text, word } from './shape.ts'
import { spanShape } from './span-shape.ts'
import { wrongDay, wrongMoment } from './wrong-times.ts'

/** Examples for rules that are no sum of money: one question each, and what must come of it. `test-checks.ts` runs them. */

const MOMENT = /^(\d{4}-\d{2}-\d{2})(?: (\d{2}):(\d{2}))?$/

/** `2020-02-03`, or `2020-02-03 20:00` where hours are counted. */
const dayOrMoment: Shape<{ readonly day: number; readonly minute: number | null }> = {
  read(value, mistakes) {
    const parts = value.kind === 'text' ? MOMENT.exec(value.text) : null
    const day = parseDay(parts?.[1] ?? '')
    const hours = parts?.[2]
    const minutes = Number(hours ?? 0) * 60 + Number(parts?.[3] ?? 0)
    if (day !== undefined && minutes < 1440) {
      return { day, minute: hours === undefined ? null : day * 1440 + minutes }
    }
    const isDay = value.kind === 'text' && !value.text.includes(':')
    const { code: kind, wrong, right } = isDay ? wrongDay(value.text) : wrongMoment(describe(value), ' ')
    return mistakes.add(kind, value.place, describe(value), wrong, right)
  },
  schema: () => ({ type: 'string', pattern: MOMENT.source }),
}

const aboutShape = object({
  employment: optional(word(wordsOf(EMPLOYMENTS)), null, 'footing'),
  established: optional(word(wordsOf(ESTABLISHMENTS)), null, 'established post'),
  party: optional(word(wordsOf(PARTY_STATUSES)), null, 'party status'),
  post_kind: optional(word(wordsOf(POST_KINDS)), null, 'post'),
  exposure: optional(word(wordsOf(EXPOSURES)), null, 'contact with patients'),
  unit_kind: optional(word(wordsOf(UNIT_KINDS)), null, 'unit'),
  belongs_to: optional(areaPrefix, null, 'where the person or unit belongs'),
  works_in: optional(areaPrefix, null, 'where the duty is done'),
  findings: optional(byCode(yesNo), [], 'closed facts'),
  duty: optional(list(spanShape), null, 'the duty done, for days of service; [] says that there was none'),
})

const decisionShape = object({
  point: required(code, 'the decision point'),
  choice: optional(code, null, 'the choice made'),
  amount: optional(measure, null, 'the amount set'),
  from: required(date, 'first day for which it holds'),
  to: optional(date, null, 'last day for which it holds'),
  decided_on: required(date, 'the day of the decision'),
})

/** How a quota, deadline, duty, privilege, table or fund can stand. */
const CHECK_STATES = [
  ...['settled', 'needs_decision', 'missing_fact', 'not_in_force'],
  ...['unlimited', 'not_used', 'none', 'applies', 'not_covered', 'used_up', 'gives_way'],
  ...['running', 'met', 'late', 'missed', 'short'],
  ...['passes', 'forbidden', 'recommended', 'enough', 'less', 'more'],
]

/** How one time of a duty can stand. */
const TIME_STATES = ['done', 'late', 'missed', 'open']

const expectShape = object({
  state: optional(word(CHECK_STATES), null, 'how it stands'),
  places: optional(measure, null, 'quota: how many'),
  due: optional(dayOrMoment, null, 'deadline: the last day, or the moment'),
  amount: optional(measure, null, 'matching funds: how much, or at least how much'),
  short: optional(measure, null, 'matching funds: how much is still to be added'),
  recommends: optional(code, null, 'table: what it recommends'),
  effect: optional(code, null, 'waiver or priority: what follows'),
  gives_way_to: optional(code, null, 'the rule that goes over it'),
  decision_point: optional(code, null, 'what it waits for'),
  missing: optional(text(80), null, 'the fact that is missing'),
  last_day: optional(date, null, 'leave: the last day on which it can be taken'),
  afterwards: optional(word(['expires', 'paid_out', 'decided']), null, 'leave: what becomes of the rest'),
  times: optional(list(word(TIME_STATES)), null, 'duty: the state of each time, in order'),
})

const AWARDS_FORM = { zh: '奖项: 哪天获得', en: 'award: day on which it was given' }

export const checkShape = object({
  name: required(text(200), 'what the example shows'),
  on: required(date, 'the day it is about'),
  known: optional(date, null, 'as known at; left out: on'),
  about: optional(aboutShape, null, 'the person or unit'),
  decisions: optional(list(decisionShape), [], 'decisions recorded'),
  quota: optional(code, null, 'a quota …'),
  headcounts: optional(byCode(measure), [], '… and the headcounts it needs'),
  deadline: optional(code, null, 'a deadline …'),
  event: optional(dayOrMoment, null, '… the event from which it runs …'),
  done: optional(dayOrMoment, null, '… and when it was done'),
  duty: optional(code, null, 'a duty, looked at …'),
  since: optional(date, null, '… from this day on …'),
  acts: optional(list(dayOrMoment), [], '… what the office did …'),
  events: optional(list(dayOrMoment), [], '… and the events it follows'),
  privilege: optional(code, null, 'a waiver or priority …'),
  awards: optional(byCode(date, undefined, AWARDS_FORM), [], '… awards held, by day …'),
  used: optional(list(code), [], '… and waivers or priorities used before'),
  table: optional(code, null, 'a table …'),
  answers: optional(byCode(text(40)), [], '… and its answers'),
  fund: optional(code, null, 'a fund …'),
  use: optional(code, null, '… the use …'),
  recipient: optional(code, null, '… and the kind of recipient'),
  allotted: optional(measure, null, 'with fund: the allotment to be matched …'),
  matched: optional(measure, null, '… and what has been added to it'),
  leave: optional(code, null, 'an entitlement to leave …'),
  earned: optional(date, null, '… earned on this day; left out: on'),
  expect: required(expectShape, 'what must come of it'),
})

type ReadBy<Of> = Of extends Shape<infer Value> ? Value : never
export type WrittenCheck = ReadBy<typeof checkShape>
