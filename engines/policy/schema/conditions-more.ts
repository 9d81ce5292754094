import type { Mistakes } from '../mistakes.ts'
import type { Condition, Quantity } from '../pack.ts'
import type { Located } from '../source.ts'
import {
  ANCHORS,
  COUNT_FACTS,
  EXPOSURES,
  FAMILY_FACTS,
  isWord,
  POST_KINDS,
  RESPONSE_LEVELS,
  UNIT_KINDS,
  wordsOf,
} from '../vocabulary.ts'
import { quantity } from './gives-shape.ts'
import { amountOf, measure, yesNo } from './measures.ts'
import {
  byCode,
  type JsonSchema,
  object,
  oneOrMore,
  optional,
  required,
  type Shape,
  suggestionFor,
  word,
} from './shape.ts'

/** Conditions on family, numbers, levels of response, service and windows; `rules.ts` puts them beside the others. */

type Reader = (value: Located, mistakes: Mistakes) => Condition | undefined

const levels = oneOrMore(word(wordsOf(RESPONSE_LEVELS)))
const unitKinds = oneOrMore(word(wordsOf(UNIT_KINDS)))
const postKinds = oneOrMore(word(wordsOf(POST_KINDS)))
const exposures = oneOrMore(word(wordsOf(EXPOSURES)))
const FAMILY_KEY = /^[a-z_]{1,40}$/
const family = byCode(yesNo, FAMILY_KEY)

/** A whole number without a unit, or with 人. */
const number: Shape<number> = {
  read(value, mistakes) {
    const written = measure.read(value, mistakes)
    return written && amountOf('count', written, mistakes)
  },
  schema: () => measure.schema(),
}

/** Whole days; half days make no sense on a calendar. */
export const wholeDays: Shape<number> = {
  read(value, mistakes) {
    const written = measure.read(value, mistakes)
    const amount = written && amountOf('days', written, mistakes)
    if (amount === undefined || amount % 100 === 0) return amount === undefined ? undefined : amount / 100
    return mistakes.add(
      'measure.whole_days',
      value.place,
      written?.text ?? '',
      { zh: '这里要整天数', en: 'whole days are needed here' },
      { zh: '写成“14 days”', en: 'write it as "14 days"' },
    )
  },
  schema: () => measure.schema(),
}

const threshold = quantity('count')
/** Whole days in the pack, or a parameter in days. */
const daysThreshold: Shape<Quantity> = {
  read(value, mistakes) {
    if (value.kind === 'text' && /^[a-z]/.test(value.text)) return quantity('days').read(value, mistakes)
    const literal = wholeDays.read(value, mistakes)
    return literal === undefined ? undefined : { literal }
  },
  schema: () => quantity('days').schema(),
}

const boundsShape = object({
  at_least: optional(threshold, { literal: 0 }, 'at least so many'),
  at_most: optional(threshold, null, 'at most so many'),
})
const countShape = byCode(boundsShape, FAMILY_KEY)
const childrenShape = object({
  under: required(number, 'younger than so many years on the day'),
  at_least: optional(threshold, { literal: 1 }, 'at least so many of them'),
})
const windowShape = object({
  starts: required(word(wordsOf(ANCHORS)), 'the day from which it is counted'),
  posts: optional(postKinds, [], 'with a duty day: on these posts only'),
  after: optional(wholeDays, 0, 'begins so many days after that day; 0 days: on that day'),
  lasts: optional(wholeDays, null, 'how many days; left out: without end'),
})
const servedShape = object({
  posts: optional(postKinds, [], 'on one of these posts; left out: any'),
  exposure: optional(exposures, [], 'with such contact; left out: any'),
  at_least: optional(daysThreshold, { literal: 1 }, 'on so many different days'),
  counted: optional(word(['so_far', 'in_all']), 'so_far', 'up to the day looked at, or on all days of the evaluation'),
})

function level(of: 'works_in' | 'belongs_to'): Reader {
  return (value, mistakes) => {
    const words = levels.read(value, mistakes)
    return words && { kind: 'response_level', of, words }
  }
}

function together(conditions: readonly Condition[]): Condition | undefined {
  const [only, ...others] = conditions
  return others.length === 0 ? only : { kind: 'all', of: conditions }
}

export const MORE_READERS: Readonly<Record<string, Reader>> = {
  level_at_work: level('works_in'),
  level_at_home: level('belongs_to'),
  home_unit_kind(value, mistakes) {
    const words = unitKinds.read(value, mistakes)
    return words && { kind: 'home_unit_kind', words }
  },
  family(value, mistakes) {
    const named = family.read(value, mistakes)
    const known = named?.flatMap(({ code, place, value: is }): readonly Condition[] => {
      if (isWord(FAMILY_FACTS, code)) return [{ kind: 'family', fact: code, is }]
      suggestionFor(code, place, wordsOf(FAMILY_FACTS), mistakes)
      return []
    })
    return known && known.length === named?.length ? together(known) : undefined
  },
  count(value, mistakes) {
    const named = countShape.read(value, mistakes)
    const known = named?.flatMap(({ code, place, value: { at_least, at_most } }): readonly Condition[] => {
      if (isWord(COUNT_FACTS, code)) return [{ kind: 'count', fact: code, at_least, at_most }]
      suggestionFor(code, place, wordsOf(COUNT_FACTS), mistakes)
      return []
    })
    return known && known.length === named?.length ? together(known) : undefined
  },
  children(value, mistakes) {
    const read = childrenShape.read(value, mistakes)
    return read && { kind: 'children', under_years: read.under, at_least: read.at_least }
  },
  window(value, mistakes) {
    const read = windowShape.read(value, mistakes)
    if (!read) return undefined
    const { starts, posts, after, lasts, place } = read
    if (posts.length > 0 && !starts.endsWith('duty_day')) {
      return mistakes.add(
        'window.posts',
        place,
        starts,
        { zh: '行动的起止与岗位无关', en: 'the start or end of an operation knows no posts' },
        { zh: '去掉 posts，或改用 first_duty_day / last_duty_day', en: 'leave out posts, or start with a duty day' },
      )
    }
    return { kind: 'window', starts, posts, after_days: after, lasts_days: lasts, place }
  },
  served(value, mistakes) {
    const read = servedShape.read(value, mistakes)
    if (!read) return undefined
    const { posts, exposure, at_least, counted } = read
    return { kind: 'served', posts, exposures: exposure, at_least_days: at_least, counted }
  },
}

function named(words: readonly string[], item: JsonSchema): JsonSchema {
  return {
    type: 'object',
    minProperties: 1,
    additionalProperties: false,
    properties: Object.fromEntries(words.map((one) => [one, item])),
  }
}

export function moreConditionSchemas(): Readonly<Record<string, JsonSchema>> {
  return {
    level_at_work: levels.schema(),
    level_at_home: levels.schema(),
    home_unit_kind: unitKinds.schema(),
    family: named(wordsOf(FAMILY_FACTS), yesNo.schema()),
    count: named(wordsOf(COUNT_FACTS), boundsShape.schema()),
    children: childrenShape.schema(),
    window: windowShape.schema(),
    served: servedShape.schema(),
  }
}
