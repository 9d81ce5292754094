import { type Day, MINUTES_PER_DAY, type Minute, parseDay } from '#engines/values/time.ts'
import { Mistakes } from '../mistakes.ts'
import { type Measure, measure } from '../schema/measures.ts'
import type { JsonSchema } from '../schema/shape.ts'
import { wrongDay, wrongMoment } from '../schema/wrong-times.ts'
import {
  COUNT_FACTS,
  EMPLOYMENTS,
  ESTABLISHMENTS,
  EXPOSURES,
  FAMILY_FACTS,
  MONEY_FACTS,
  PARTY_STATUSES,
  POST_KINDS,
  RESPONSE_LEVELS,
  UNIT_KINDS,
  wordsOf,
} from '../vocabulary.ts'
import {
  identity,
  type JsonShape,
  keyedBy,
  listOf,
  mapOf,
  maybe,
  needed,
  oneOf,
  record,
  truth,
  turnedTo,
  wholeNumber,
  words,
} from './json-shape.ts'

/** What a facts file looks like: the reader and the published `policies/facts.schema.json` come from the same words. */

export const PEOPLE_MAX = 1_000_000
export const SPANS_PER_PERSON_MAX = 20_000
const LIST_MAX = 200_000

const DATE_SCHEMA = { type: 'string', format: 'date', examples: ['2020-02-03'] }
const CODE = /^[a-z0-9][a-z0-9_-]{0,63}$/
const MOMENT = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2})(?::00)?$/
const AREA = /^\d{6}(?:\d{3}(?:\d{3})?)?$/
const PLACE = /^(?:0|\d{2}(?:\d{2})?|\d{6}(?:\d{3}(?:\d{3})?)?)$/

const civilDay: JsonShape<Day> = turnedTo(words(40), DATE_SCHEMA, (text, reading) => {
  const day = parseDay(text)
  if (day !== undefined) return day
  const { wrong, right } = wrongDay(text)
  return reading.refuse(text, wrong, right)
})

/** Local time of the place; `24:00` is the end of the day. */
const moment: JsonShape<Minute> = turnedTo(
  words(40),
  { type: 'string', pattern: MOMENT.source, examples: ['2020-02-03T20:00'] },
  (text, reading) => {
    const parts = MOMENT.exec(text)
    const day = parseDay(parts?.[1] ?? '')
    const minute = Number(parts?.[2]) * 60 + Number(parts?.[3])
    if (day !== undefined && Number(parts?.[3]) < 60 && minute <= MINUTES_PER_DAY) return day * MINUTES_PER_DAY + minute
    const { wrong, right } = wrongMoment(text, 'T')
    return reading.refuse(text, wrong, right)
  },
)

function matching(expression: RegExp, zh: string, en: string, examples: readonly string[]): JsonShape<string> {
  return turnedTo(identity, { type: ['string', 'integer'], pattern: expression.source, examples }, (text, reading) =>
    expression.test(text)
      ? text
      : reading.refuse(text, { zh: '写法不对', en: 'this is not of the right form' }, { zh: `应写${zh}`, en }),
  )
}

const area = matching(AREA, '6、9 或 12 位行政区划代码', 'write a division code of 6, 9 or 12 digits', ['330603'])
const place = matching(PLACE, '行政区划代码的前 2、4、6、9 或 12 位，全国写 0', 'write the front of a division code', [
  '33',
])
const code = matching(CODE, '小写字母、数字和连字符', 'use lower-case letters, digits and hyphens', ['work-injury'])

/** `40 yuan`: read as packs read their figures. */
const quantity: JsonShape<Measure> = turnedTo(words(40), measure.schema(), (text, reading) => {
  const mistakes = new Mistakes()
  const at = { file: '', line: 1, column: 1 }
  const read = measure.read({ kind: 'text', text, quoted: true, place: at }, mistakes)
  const [wrong] = mistakes.list
  return wrong ? reading.refuse(text, wrong.wrong, wrong.right) : read
})

export const spanShape = record({
  id: maybe(identity, null, 'names the duty record; explanations quote it'),
  from: needed(moment, 'begin, local time'),
  to: needed(moment, 'end, not included'),
  post_kind: maybe(oneOf(wordsOf(POST_KINDS)), null, 'post; left out: not known'),
  exposure: maybe(oneOf(wordsOf(EXPOSURES)), 'unknown', 'contact with patients; left out: not known'),
  unit_kind: maybe(
    oneOf(wordsOf(UNIT_KINDS)),
    null,
    'kind of the unit served; left out: that of `unit`, if it names one',
  ),
  unit: maybe(identity, null, 'the unit served, by its id'),
  area: maybe(area, null, 'where the duty was done; left out: that of `unit`, if it names one'),
})

const yuan = turnedTo(quantity, measure.schema(), ({ amount, dimension, text }, reading) =>
  dimension === 'yuan'
    ? amount
    : reading.refuse(
        text,
        { zh: '不是金额', en: 'this is no money' },
        { zh: '写成“300 yuan”', en: 'write "300 yuan"' },
      ),
)

const eventShape = record({
  id: maybe(identity, null, 'names the record'),
  kind: needed(code, 'what happened: a code under events of the pack'),
  day: needed(civilDay, 'when'),
  count: maybe(wholeNumber(1, 100_000), 1, 'how often on that day'),
})
const useShape = record({
  id: maybe(identity, null, 'names the record'),
  entitlement: needed(code, 'the right that was used'),
  day: needed(civilDay, 'when'),
})

/** Facts that people and units both may have; every one that is left out is not known. */
const moreFields = {
  findings: maybe(mapOf(truth, CODE), {}, 'closed facts, yes or no; one that is left out is not known'),
  counts: maybe(keyedBy(wordsOf(COUNT_FACTS), wholeNumber(0, 10_000_000)), null, 'numbers of people'),
  money: maybe(keyedBy(wordsOf(MONEY_FACTS), yuan), null, 'recorded sums, such as "120000 yuan"'),
  events: maybe(listOf(eventShape, 10_000), null, 'what happened; [] says that nothing did'),
  uses: maybe(listOf(useShape, 10_000), null, 'rights already used; [] says that none were'),
}

const personFields = {
  id: needed(identity, 'any name that is unique in the file'),
  name: maybe(words(200), null, 'shown beside the id'),
  employment: maybe(oneOf(wordsOf(EMPLOYMENTS)), null, 'footing; left out: not known'),
  established: maybe(oneOf(wordsOf(ESTABLISHMENTS)), 'unknown', 'holds an established post; left out: not known'),
  party: maybe(oneOf(wordsOf(PARTY_STATUSES)), 'unknown', 'party status; left out: not known'),
  area: maybe(area, null, 'where the person belongs; left out: not known'),
  unit: maybe(identity, null, 'the unit the person belongs to, by its id'),
  family: maybe(keyedBy(wordsOf(FAMILY_FACTS), truth), null, 'facts about the family, yes or no'),
  children: maybe(listOf(civilDay, 50), null, 'birthdays of the children; [] says that there are none'),
  ...moreFields,
  spans: maybe(listOf(spanShape, SPANS_PER_PERSON_MAX), [], 'the duty done'),
}
export const personShape = record(personFields)

export const unitShape = record({
  id: needed(identity, 'any name that is unique in the file'),
  name: maybe(words(200), null, 'shown beside the id'),
  kind: maybe(oneOf(wordsOf(UNIT_KINDS)), null, 'kind of unit; left out: not known'),
  area: maybe(area, null, 'where it is; left out: not known'),
  ...moreFields,
})

export const operationShape = record({
  title: maybe(words(200), null, 'what the operation is called'),
  from: needed(civilDay, 'first day'),
  to: maybe(civilDay, null, 'last day; left out: not over yet'),
  response_levels: maybe(
    listOf(
      record({
        area: needed(place, 'where it holds; 0 for the whole country'),
        level: needed(oneOf(wordsOf(RESPONSE_LEVELS)), 'the level declared; none: no response'),
        from: needed(civilDay, 'first day'),
        to: maybe(civilDay, null, 'last day; left out: until the next level of that area'),
      }),
      LIST_MAX,
    ),
    [],
    'the level of response of an area over time',
  ),
})

export const decisionShape = record({
  id: needed(identity, 'names the record of the decision'),
  point: needed(code, 'the decision point of the pack'),
  about: needed(
    record({
      person: maybe(identity, null, 'one person, by id'),
      unit: maybe(identity, null, 'one unit and its people, by id'),
      area: maybe(place, null, 'everybody who belongs to an area'),
      operation: maybe(truth, null, 'everybody: write true'),
    }),
    'for whom it holds: exactly one of person, unit, area, operation',
  ),
  choice: maybe(code, null, 'the choice made'),
  amount: maybe(quantity, null, 'the amount set'),
  from: needed(civilDay, 'first day for which it holds'),
  to: maybe(civilDay, null, 'last day for which it holds'),
  decided_on: needed(civilDay, 'the day of the decision'),
})

export const SECTIONS = {
  facts: needed(wholeNumber(1, 1), 'version of this format: 1'),
  title: maybe(words(400), null, 'what the file is'),
  example: maybe(truth, false, 'true: the people are made up'),
  operation: maybe(operationShape, null, 'the operation; its days are the default of what is evaluated'),
  units: maybe(listOf(unitShape, LIST_MAX), [], 'units that people and spans name'),
  people: needed(listOf(personShape, PEOPLE_MAX), 'the people'),
  decisions: maybe(listOf(decisionShape, LIST_MAX), [], 'decisions recorded'),
}

type ReadBy<Of> = Of extends JsonShape<infer Value> ? Value : never
export type WrittenPerson = ReadBy<typeof personShape>
export type WrittenSpan = ReadBy<typeof spanShape>
export type WrittenUnit = ReadBy<typeof unitShape>
export type WrittenOperation = ReadBy<typeof operationShape>
export type WrittenDecision = ReadBy<typeof decisionShape>

export function factsSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: '事实文件 facts for tongpao policy run, compare and explain',
    ...record(SECTIONS).schema(),
  }
}
