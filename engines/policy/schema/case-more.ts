import { COUNT_FACTS, FAMILY_FACTS, MONEY_FACTS, RESPONSE_LEVELS, UNIT_KINDS, wordsOf } from '../vocabulary.ts'
import { amountOf, areaPrefix, code, date, type Measure, measure, yesNo } from './measures.ts'
import {
  byCode,
  list,
  type Named,
  object,
  optional,
  required,
  type Shape,
  suggestionFor,
  turned,
  word,
} from './shape.ts'

/** The facts of an example beside duty: family, numbers, events, uses, the operation, a unit. */

const WORD = /^[a-z_]{1,40}$/

function words<Word extends string, Value>(
  known: readonly Word[],
  item: Shape<Value>,
): Shape<ReadonlyMap<Word, Value>> {
  return turned(byCode(item, WORD), (named: readonly Named<Value>[], _place, mistakes) => {
    const read = new Map<Word, Value>()
    for (const one of named) {
      const found = known.find((candidate) => candidate === one.code)
      if (found === undefined) suggestionFor(one.code, one.place, known, mistakes)
      else read.set(found, one.value)
    }
    return read.size === named.length ? read : undefined
  })
}

function whole(dimension: 'count' | 'yuan'): Shape<number> {
  return turned(measure, (written: Measure, _place, mistakes) => amountOf(dimension, written, mistakes))
}

const eventShape = object({
  kind: required(code, 'the event'),
  day: required(date, 'when'),
  count: optional(whole('count'), 1, 'how often'),
})

const useShape = object({
  entitlement: required(code, 'the right that was used'),
  day: required(date, 'when'),
})

/** Optional keys of the person of an example; one that is left out is not recorded. */
export const morePersonFields = {
  home_unit_kind: optional(word(wordsOf(UNIT_KINDS)), null, 'kind of the own unit'),
  family: optional(words(wordsOf(FAMILY_FACTS), yesNo), null, 'facts of the family, yes or no'),
  counts: optional(words(wordsOf(COUNT_FACTS), whole('count')), null, 'numbers of people'),
  money: optional(words(wordsOf(MONEY_FACTS), whole('yuan')), null, 'recorded sums of money'),
  children: optional(list(date), null, 'birthdays of the children'),
  events: optional(list(eventShape), null, 'what happened; [] says nothing did'),
  uses: optional(list(useShape), null, 'rights that were used; [] says none was'),
} as const

export const unitShape = object({
  kind: optional(word(wordsOf(UNIT_KINDS)), null, 'what the unit is'),
  area: optional(areaPrefix, null, 'where it lies'),
  findings: optional(byCode(yesNo), [], 'closed facts'),
  counts: optional(words(wordsOf(COUNT_FACTS), whole('count')), null, 'numbers of people'),
  money: optional(words(wordsOf(MONEY_FACTS), whole('yuan')), null, 'recorded sums of money'),
})

export const operationShape = object({
  starts: optional(date, null, 'first day of the operation'),
  ends: optional(date, null, 'last day; left out while it goes on'),
  levels: optional(
    list(
      object({
        area: required(areaPrefix, 'a division'),
        level: required(word(wordsOf(RESPONSE_LEVELS)), 'its level'),
        from: required(date, 'first day'),
        to: optional(date, null, 'last day'),
      }),
    ),
    [],
    'response levels of areas',
  ),
})
