import type { CoverLine, Person, Published, RosterProblem, ShiftType, Wish } from '../problem.ts'
import { dayChoice, shiftChoice } from './choice-shape.ts'
import { ruleShape } from './rule-shape.ts'
import { flag, type JsonSchema, list, object, optional, orNull, record, share, text, whole, word } from './shape.ts'

const shiftType = object<ShiftType>('one kind of duty; it belongs to the day on which it starts', {
  id: text('shift id'),
  post: optional(text('post')),
  start_minute: whole('minutes after midnight, 0…1439'),
  minutes: whole('from start to end, across midnight when needed, at most 1440', 1),
  counted_minutes: optional(whole('what counts towards contract and load, when it differs')),
  tags: optional(list(text('tag'), 'free words; night, front_line and high_exposure are the usual ones')),
  skills: optional(list(text('skill'), 'all of these are needed')),
  exposure_tier: optional(whole('0 = none')),
  not_next_day: optional(list(text('shift id'), 'shifts that may not be worked on the next day')),
})

const wish = object<Wish>('a wish', {
  day: whole('day'),
  shifts: shiftChoice,
  wanted: flag('whether the person wants it'),
  price: whole('what it costs when not granted'),
})

const cells = list(orNull(text('shift id')), 'one cell a day: a shift id or null')

const person = object<Person>('a person', {
  id: text('person id'),
  skills: optional(list(text('skill'), 'skills')),
  tags: optional(list(text('tag'), 'tags')),
  days_off: optional(list(whole('day'), 'days on which nothing may be assigned')),
  unavailable: optional(
    list(
      object<{ readonly day?: number; readonly shift: string }>('a shift that may not be assigned', {
        day: optional(whole('day; left out: never')),
        shift: text('shift id'),
      }),
      'single shifts that may not be assigned',
    ),
  ),
  wishes: optional(list(wish, 'wishes')),
  pinned: optional(
    list(
      object<{ readonly day: number; readonly shift: string | null }>('a cell that must stay', {
        day: whole('day'),
        shift: orNull(text('shift id')),
      }),
      'cells that must stay as they are',
    ),
  ),
  history: optional(list(orNull(text('shift id')), 'what was worked before day 0; the last entry is the day before')),
  past_load: optional(record(whole('load'), 'load of past periods by fairness rule')),
  share: optional(share('share of a full person for fairness')),
})

const coverLine = object<CoverLine>('how many people the shifts need on each chosen day', {
  id: optional(text('name in scores')),
  days: optional(dayChoice),
  shifts: list(text('shift id'), 'people on any of these count'),
  skill: optional(text('only people who have it count')),
  required: whole('how many are wanted'),
  minimum: optional(whole('how many are indispensable (hard)')),
  maximum_wanted: optional(whole('more than this cost over_price')),
  under_price: whole('price of each missing person'),
  over_price: optional(whole('price of each person too many')),
})

const published = object<Published>('what people have been told already', {
  cells: record(cells, 'cells by person id'),
  price_per_change: whole('price of each changed cell'),
  frozen_before_day: optional(whole('days before this one cannot change')),
})

export const problemShape = object<RosterProblem>('A rostering problem of Tongpao.', {
  format: word(['tongpao-roster/1'], 'version of this language'),
  first_day: text('civil date of day 0, 2020-02-24'),
  days: whole('number of days', 1),
  weekend: optional(list(whole('0 = Monday'), 'weekdays that make a weekend, in a row; standard 5, 6')),
  holidays: optional(list(whole('day'), 'days that count as holidays')),
  shifts: list(shiftType, 'kinds of duty'),
  people: list(person, 'people'),
  cover: list(coverLine, 'needs'),
  rules: list(ruleShape(), 'rules'),
  published: optional(published),
})

/** The published JSON Schema of the problem language (`engines/rostering/problem.schema.json`). */
export function problemSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'tongpao-roster/1',
    ...problemShape.schema(),
  }
}
