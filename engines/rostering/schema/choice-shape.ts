import type { DayChoice, PeopleChoice, Price, ShiftChoice } from '../problem.ts'
import { either, flag, list, object, optional, text, whole, word } from './shape.ts'

const isText = (value: unknown): boolean => typeof value === 'string'

export const shiftChoice = either<'work' | 'off', Exclude<ShiftChoice, string>>(
  word(['work', 'off'], 'every shift, or a day off'),
  isText,
  object('shifts with one of the ids, tags or posts', {
    ids: optional(list(text('shift id'), 'shift ids')),
    tags: optional(list(text('tag'), 'tags of shifts')),
    posts: optional(list(text('post'), 'posts of shifts')),
  }),
)

export const peopleChoice = either<'all', Exclude<PeopleChoice, string>>(
  word(['all'], 'everybody'),
  isText,
  object('people with one of the ids or tags', {
    ids: optional(list(text('person id'), 'person ids')),
    tags: optional(list(text('tag'), 'tags of people')),
  }),
)

export const price = either<'hard', Exclude<Price, string>>(
  word(['hard'], 'a roster that breaks this is not publishable'),
  isText,
  whole('price of one unit of violation'),
)

export const dayChoice = object<DayChoice>('days; given together, all must hold', {
  from: optional(whole('first day')),
  to: optional(whole('last day, included')),
  days: optional(list(whole('day'), 'listed days')),
  weekdays: optional(list(whole('0 = Monday'), 'weekdays')),
  holiday: optional(flag('only days that are listed in holidays, or only others')),
})
