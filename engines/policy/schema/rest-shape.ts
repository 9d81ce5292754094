import { MINUTES_PER_DAY } from '#engines/values/time.ts'
import type { Mistakes } from '../mistakes.ts'
import type { Condition, Quantity, Unit } from '../pack.ts'
import {
  BOUNDS,
  REST_AFTERS,
  REST_FIGURES,
  type RestAfter,
  type RestBound,
  type RestCondition,
  type RestFigure,
  type RestMeasureCondition,
  type RestOutcome,
  SET_OFFS,
  type SetOff,
} from '../rest-pack.ts'
import type { Located } from '../source.ts'
import { EXPOSURES, POST_KINDS, wordsOf } from '../vocabulary.ts'
import { amountOf, code, type Dimension, date, measure, refersTo, yesNo } from './measures.ts'
import { condition } from './rules.ts'
import {
  describe,
  type JsonSchema,
  label,
  object,
  oneOrMore,
  optional,
  pattern,
  required,
  type Shape,
  suggestionFor,
  text,
  word,
} from './shape.ts'

/** How a rest rule is written. Conditions are those of every rule, joined with figures about the person's duty. */

const UNITS_OF = {
  minutes: ['minutes'],
  days: ['days'],
  count: ['count'],
} as const satisfies Partial<Record<Dimension, readonly Unit[]>>
type Counted = keyof typeof UNITS_OF

/** A number in the pack, or the parameter that holds it (which a higher layer may leave open). */
function quantity(dimension: Counted): Shape<Quantity> {
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

const WINDOW_DAYS_MAX = 366

/** A stretch of time in minutes: `7 days`, `24 hours`. */
const stretch: Shape<number> = {
  read(value, mistakes) {
    const written = measure.read(value, mistakes)
    if (!written) return undefined
    const minutes = written.dimension === 'days' ? (written.amount * MINUTES_PER_DAY) / 100 : written.amount
    const isTime = written.dimension === 'days' || written.dimension === 'minutes'
    if (isTime && minutes > 0 && minutes <= WINDOW_DAYS_MAX * MINUTES_PER_DAY && Number.isInteger(minutes))
      return minutes
    return mistakes.add(
      'rest.stretch',
      value.place,
      describe(value),
      { zh: '不是一段时间', en: 'this is no stretch of time' },
      { zh: '写成“24 hours”“7 days”，最长 366 天', en: 'write "24 hours" or "7 days", 366 days at most' },
    )
  },
  schema: () => measure.schema(),
}

/** Whole civil days, as a number. */
const wholeDays: Shape<number> = {
  read(value, mistakes) {
    const minutes = stretch.read(value, mistakes)
    if (minutes === undefined) return undefined
    if (minutes % MINUTES_PER_DAY === 0) return minutes / MINUTES_PER_DAY
    return mistakes.add(
      'rest.whole_days',
      value.place,
      describe(value),
      { zh: '这里按整天算', en: 'this counts whole days' },
      { zh: '写成整天，如“10 days”', en: 'write whole days, such as "10 days"' },
    )
  },
  schema: () => measure.schema(),
}

const clockText = pattern(/^(?:[01]\d|2[0-3]):[0-5]\d$/, '时刻，如 "22:00"', 'a time of day such as "22:00"')
const clock: Shape<number> = {
  read(value, mistakes) {
    const read = clockText.read(value, mistakes)
    return read === undefined ? undefined : Number(read.slice(0, 2)) * 60 + Number(read.slice(3))
  },
  schema: () => clockText.schema(),
}

const onShape = object({
  post_kind: optional(oneOrMore(word(wordsOf(POST_KINDS))), null, 'only duty on these posts'),
  exposure: optional(oneOrMore(word(wordsOf(EXPOSURES))), null, 'only duty with this contact'),
})
const nightShape = object({
  from: required(clock, 'when the night begins'),
  to: required(clock, 'when it ends'),
  at_least: required(stretch, 'so much duty inside makes it a night'),
})
const NIGHT = { from_min: 22 * 60, to_min: 6 * 60, at_least_min: 180 }

/** What each figure counts, the key it needs beside its bounds, and one that it may have. */
const FIGURES = {
  days_in_a_row: { counts: 'days', needs: null, may: 'ended_by' },
  mean_a_day: { counts: 'minutes', needs: null, may: 'ended_by' },
  hours: { counts: 'minutes', needs: 'in', may: null },
  shifts: { counts: 'count', needs: 'in', may: null },
  nights: { counts: 'count', needs: 'in', may: 'night' },
  duty_days: { counts: 'days', needs: 'in', may: null },
  days_off: { counts: 'days', needs: 'in', may: null },
  time_since_rest: { counts: 'minutes', needs: 'of', may: null },
  rest_between_shifts: { counts: 'minutes', needs: 'in', may: null },
} as const satisfies Record<
  RestFigure,
  { counts: Counted; needs: 'in' | 'of' | null; may: 'ended_by' | 'night' | null }
>
type Extra = 'in' | 'of' | 'ended_by' | 'night'

export function figureCounts(figure: RestFigure): Counted {
  return FIGURES[figure].counts
}

/** Time bounds may be written in days too: `time_since_rest: { of: 24 hours, at_least: 7 days }`. */
function boundFor(counts: Counted): Shape<Quantity> {
  const plain = quantity(counts)
  if (counts !== 'minutes') return plain
  return {
    read(value, mistakes) {
      if (value.kind === 'text' && /(?:days?|天)$/.test(value.text)) {
        const minutes = stretch.read(value, mistakes)
        return minutes === undefined ? undefined : { literal: minutes }
      }
      return plain.read(value, mistakes)
    },
    schema: () => plain.schema(),
  }
}

function figureShape(figure: RestFigure) {
  const bound = boundFor(FIGURES[figure].counts)
  const inDays = figure === 'duty_days' || figure === 'days_off'
  return object({
    at_least: optional(bound, null, 'this much or more'),
    more_than: optional(bound, null, 'more than this'),
    at_most: optional(bound, null, 'this much or less'),
    less_than: optional(bound, null, 'less than this'),
    in: optional(inDays ? wholeDays : stretch, null, 'the stretch of time looked at, up to now'),
    of: optional(stretch, null, 'how long a rest has to be'),
    ended_by: optional(stretch, null, 'the rest that ends the run; left out: 24 hours'),
    night: optional(nightShape, null, 'left out: 3 hours between 22:00 and 06:00'),
    on: optional(onShape, null, 'only this duty; left out: all'),
  })
}

const figureShapes = new Map<string, { figure: RestFigure; shape: ReturnType<typeof figureShape> }>(
  REST_FIGURES.map((figure) => [figure, { figure, shape: figureShape(figure) }]),
)
const EXTRAS: readonly Extra[] = ['in', 'of', 'ended_by', 'night']

/** A figure has only the keys that mean something for it, and the one without which it means nothing. */
function hasItsKeys(figure: RestFigure, value: Located, mistakes: Mistakes): boolean {
  if (value.kind !== 'map') return true
  const { needs, may } = FIGURES[figure]
  let fits = true
  for (const extra of EXTRAS) {
    const entry = value.entries.get(extra)
    if (!entry || extra === needs || extra === may) continue
    fits = false
    const keys = [...BOUNDS, ...[needs, may].filter((key) => key !== null), 'on']
    suggestionFor(extra, entry.key_place, keys, mistakes)
  }
  if (needs === null || value.entries.has(needs)) return fits
  mistakes.add(
    'shape.absent',
    value.place,
    needs,
    { zh: `缺少“${needs}”`, en: `"${needs}" is missing` },
    needs === 'in'
      ? { zh: '写明看多长时间，如 in: 7 days', en: 'say over what time, such as in: 7 days' }
      : { zh: '写明休多久才算休息，如 of: 24 hours', en: 'say how long a rest has to be, such as of: 24 hours' },
  )
  return false
}

function readFigure(figure: RestFigure, value: Located, mistakes: Mistakes): RestMeasureCondition | undefined {
  const read = figureShapes.get(figure)?.shape.read(value, mistakes)
  if (!read || !hasItsKeys(figure, value, mistakes)) return undefined
  const bounds = BOUNDS.flatMap((bound): RestBound[] => {
    const of = read[bound]
    return of === null ? [] : [{ bound, of }]
  })
  if (bounds.length === 0) return refuseNoBound(figure, value, mistakes)
  const inDays = figure === 'duty_days' || figure === 'days_off'
  const window_min = read.in === null ? null : inDays ? read.in * MINUTES_PER_DAY : read.in
  const written = read.night && {
    from_min: read.night.from,
    to_min: read.night.to,
    at_least_min: read.night.at_least,
  }
  const night = written ?? (figure === 'nights' ? NIGHT : null)
  const rest_min = read.of ?? read.ended_by ?? (window_min === null ? MINUTES_PER_DAY : null)
  const on = read.on && { post_kinds: read.on.post_kind, exposures: read.on.exposure }
  return { kind: 'figure', figure, bounds, window_min, rest_min, night, on, place: value.place }
}

function refuseNoBound(figure: RestFigure, value: Located, mistakes: Mistakes): undefined {
  return mistakes.add(
    'rest.no_bound',
    value.place,
    figure,
    { zh: '没有写界限', en: 'no bound is written' },
    {
      zh: `写 ${BOUNDS.join(' / ')} 之一：“以上”写 at_least，“超过”写 more_than`,
      en: `write one of ${BOUNDS.join(', ')}: "or more" is at_least, "over" is more_than`,
    },
  )
}

/** Keys of a rest condition: figures, joints, and the words for facts about the person. */
const PERSON_KEYS = ['employment', 'established', 'party', 'belongs_to', 'finding'] as const
const KEYS = ['all', 'any', 'not', ...REST_FIGURES, ...PERSON_KEYS]

function together(conditions: readonly RestCondition[]): RestCondition | undefined {
  const [only, ...others] = conditions
  return others.length === 0 ? only : { kind: 'all', of: conditions }
}

function readPerson(key: string, whole: Located & { kind: 'map' }, mistakes: Mistakes): RestCondition | undefined {
  const entry = whole.entries.get(key)
  if (!entry) return undefined
  const single: Located = { kind: 'map', entries: new Map([[key, entry]]), place: entry.key_place }
  const read: Condition | undefined = condition.read(single, mistakes)
  return read && { kind: 'person', condition: read, place: entry.key_place }
}

/** A question about a person and their duty: a map whose entries must all hold. */
export const restCondition: Shape<RestCondition> = {
  read(value, mistakes) {
    if (value.kind !== 'map' || value.entries.size === 0) {
      return mistakes.add(
        'condition.form',
        value.place,
        describe(value),
        { zh: '不是条件', en: 'this is no condition' },
        { zh: `条件写成“词: 值”，可用：${KEYS.join(', ')}`, en: `write "key: value" with: ${KEYS.join(', ')}` },
      )
    }
    const read: RestCondition[] = []
    for (const [key, entry] of value.entries) {
      const one = readPart(key, value, mistakes)
      if (one) read.push(one)
      else if (!KEYS.includes(key)) suggestionFor(key, entry.key_place, KEYS, mistakes)
    }
    return read.length === value.entries.size ? together(read) : undefined
  },
  schema: () => ({ $ref: '#/$defs/rest_condition' }),
}

function readPart(key: string, whole: Located & { kind: 'map' }, mistakes: Mistakes): RestCondition | undefined {
  const entry = whole.entries.get(key)
  if (!entry) return undefined
  const figure = figureShapes.get(key)?.figure
  if (figure) return readFigure(figure, entry.value, mistakes)
  if (PERSON_KEYS.some((one) => one === key)) return readPerson(key, whole, mistakes)
  if (key === 'not') {
    const of = restCondition.read(entry.value, mistakes)
    return of && { kind: 'not', of }
  }
  if (key !== 'all' && key !== 'any') return undefined
  const of = oneOrMore(restCondition).read(entry.value, mistakes)
  return of && { kind: key, of }
}

const after = word<RestAfter>(wordsOf(REST_AFTERS))
const mustRest = object({
  length: required(quantity('days'), 'how long'),
  holds: optional(
    word(['while_true', 'until_taken']),
    'while_true',
    'until_taken: once due it stays due until the rest was taken; while_true: only as long as the figures say so',
  ),
  not_set_off_against: optional(oneOrMore(word<SetOff>(wordsOf(SET_OFFS))), [], 'what it may not be counted as'),
  with: optional(after, null, 'what comes with it'),
})
const shouldRotate = object({
  length: optional(quantity('days'), null, 'for how long; left out: until somebody decides'),
  with: optional(after, null, 'what comes with it'),
})
const outcomes = object({
  must_rest: optional(mustRest, null, 'a rest has to be ordered'),
  should_rotate: optional(shouldRotate, null, 'another post, or none, for a while'),
  limit: optional(yesNo, null, 'yes: nobody should be planned beyond it'),
})

const outcome: Shape<RestOutcome> = {
  read(value, mistakes) {
    const read = outcomes.read(value, mistakes)
    if (!read) return undefined
    const { must_rest, should_rotate, limit } = read
    const written = [must_rest, should_rotate, limit].filter((one) => one !== null && one !== false)
    if (written.length !== 1) {
      return mistakes.add(
        'rest.outcome',
        value.place,
        describe(value),
        { zh: '结果要写一个，也只写一个', en: 'exactly one outcome belongs here' },
        {
          zh: '写 must_rest（须休息）、should_rotate（应轮换）、limit: yes（限度）之一',
          en: 'write one of must_rest, should_rotate, limit: yes',
        },
      )
    }
    if (must_rest) {
      const { length, not_set_off_against } = must_rest
      const until_taken = must_rest.holds === 'until_taken'
      return { kind: 'must_rest', length, until_taken, not_set_off_against, with: must_rest.with }
    }
    if (should_rotate) return { kind: 'should_rotate', length: should_rotate.length, with: should_rotate.with }
    return { kind: 'limit' }
  },
  schema: () => ({ ...outcomes.schema(), minProperties: 1, maxProperties: 1 }),
}

export const restRuleShape = object({
  title: required(label, 'what the rule is'),
  clause: optional(refersTo('clause'), null, 'the clause of this pack that says so'),
  settles: optional(refersTo('decision_point'), null, 'the decision point that this rule answers'),
  source: required(refersTo('source'), 'the document'),
  article: optional(text(40), null, 'the article in that document'),
  from: required(date, 'first day for which it holds'),
  to: optional(date, null, 'last day for which it holds'),
  known: optional(date, null, 'first day on which it can be known; left out: when its source was published'),
  who: optional(condition, null, 'whom it speaks of; left out: everybody'),
  when: required(restCondition, 'when it applies'),
  warn_before: optional(wholeDays, 2, 'so many days ahead people are told; left out: 2 days'),
  outcome: required(outcome, 'what follows'),
  example: optional(yesNo, false, 'yes for rules that are no facts and only show how a pack works'),
})

type ReadBy<Of> = Of extends Shape<infer Value> ? Value : never
export type WrittenRestRule = ReadBy<typeof restRuleShape>

/** The schema of one figure without the keys that mean nothing for it. */
function trimmed(figure: RestFigure, schema: JsonSchema): JsonSchema {
  const { needs, may } = FIGURES[figure]
  const { properties } = schema
  const kept = Object.entries(properties ?? {}).filter(
    ([key]) => !EXTRAS.some((extra) => extra === key && extra !== needs && extra !== may),
  )
  return { ...schema, required: needs === null ? [] : [needs], properties: Object.fromEntries(kept) }
}

/** The recursive part of the published schema. */
export function restSchemas(): Readonly<Record<string, JsonSchema>> {
  const self = { $ref: '#/$defs/rest_condition' }
  const person = Object.fromEntries(PERSON_KEYS.map((key) => [key, { $ref: `#/$defs/condition/properties/${key}` }]))
  const figures = [...figureShapes].map(([name, { figure, shape }]) => [name, trimmed(figure, shape.schema())])
  return {
    rest_condition: {
      type: 'object',
      minProperties: 1,
      additionalProperties: false,
      properties: {
        all: { type: 'array', items: self },
        any: { type: 'array', items: self },
        not: self,
        ...Object.fromEntries(figures),
        ...person,
      },
    },
  }
}
