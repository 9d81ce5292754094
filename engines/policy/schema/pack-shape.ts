import type { Day } from '#engines/values/time.ts'
import { type Expression, LEVELS, UNITS } from '../pack.ts'
import { GRADES, type Grade, type Label, MEASURES, type Measure, wordsOf } from '../vocabulary.ts'
import { conflictWord, earning, moreEntitlementFields, quantity } from './gives-shape.ts'
import { CLAUSE_NUMBER, code, date, dayOrRun, measure, refersTo, yesNo } from './measures.ts'
import { provisionSections } from './procedure-shape.ts'
import { payer } from './provision-shape.ts'
import { restRuleShape, restSchemas } from './rest-shape.ts'
import { condition, expressionIn, ruleSchemas } from './rules.ts'
import {
  byCode,
  type JsonSchema,
  label,
  list,
  object,
  oneOrMore,
  optional,
  pattern,
  required,
  type Shape,
  text,
  word,
} from './shape.ts'
import { validShape } from './valid-shape.ts'

/** The sections of a pack file, as they are written. `build-pack.ts` turns what these shapes read into a `Pack`. */

const grade = word<Grade>(wordsOf(GRADES))
const clauseNumber = refersTo('clause')
const source = refersTo('source')
const decision = refersTo('decision_point')

export const headerShape = object({
  id: required(code, 'the name of the pack; the same as its directory'),
  version: required(text(40), 'counts up with every published change'),
  title: required(label, 'what the pack is'),
  level: required(word(LEVELS), 'the level of government that speaks'),
  area: required(
    pattern(/^(?:\d{2}|\d{4}|\d{6}|0)$/, '行政区划代码，全国写 0', 'a division code; 0 for the whole country'),
    'the division it speaks for',
  ),
  extends: optional(code, null, 'the pack of the layer above'),
  published: required(date, 'the day on which what this pack says was first published'),
})

export const sourceShape = object({
  title: required(text(200), 'title of the document'),
  number: optional(text(60), null, 'its official number'),
  issued_by: required(oneOrMore(text(60)), 'who issued it'),
  published: required(date, 'the day of publication: nothing citing it is known earlier'),
  grade: required(grade, 'how sure we are: A read, B official summary, C second-hand, U not verified'),
  note: optional(label, null, 'what a reader should know about it'),
})

export const clauseShape = object({
  title: required(label, 'a short name'),
  summary: required(label, 'what it says, in our own words'),
  source: required(source, 'the document'),
  article: optional(text(40), null, 'the article in that document'),
  offices: required(oneOrMore(text(60)), 'who carries it out'),
  measure: optional(word<Measure>(wordsOf(MEASURES)), null, 'the room of the house that carries it out'),
  carries: optional(
    oneOrMore(refersTo('entitlement')),
    [],
    'entitlements of higher layers through which this clause reaches people',
  ),
  conflict: optional(conflictWord, null, 'which of two exceptions under it holds where neither names the other'),
})

export const eventShape = object({ title: required(label, 'what happened or was done') })

export const findingShape = object({ title: required(label, 'the fact, asked for by yes or no only') })

const noneOrMeasure: Shape<{ none: true } | { none: false; written: NonNullable<ReturnType<typeof measure.read>> }> = {
  read(value, mistakes) {
    if (value.kind === 'text' && value.text === 'none') return { none: true }
    const written = measure.read(value, mistakes)
    return written && { none: false, written }
  },
  schema: () => ({ anyOf: [{ const: 'none' }, measure.schema()] }),
}

const valueShape = object({
  from: required(date, 'first day in force'),
  to: optional(date, null, 'last day in force; left out while it goes on'),
  known: optional(date, null, 'first day on which it can be known; left out: when its source was published'),
  value: required(noneOrMeasure, 'the quantity with its unit, or none'),
  source: required(source, 'the document it comes from'),
  article: optional(text(40), null, 'the article in that document'),
  grade: optional(grade, null, 'left out: the grade of the source'),
  example: optional(yesNo, false, 'yes for figures that are no facts and only show how a pack works'),
})

const openShape = object({
  to: required(oneOrMore(word(LEVELS)), 'the layers that may set it'),
  at_least: optional(measure, null, 'the least that a lower layer may set'),
  at_most: optional(measure, null, 'the most that a lower layer may set'),
  decision: optional(decision, null, 'the decision point that sets it where no layer does'),
  conflict: optional(conflictWord, 'lower_wins', 'whose figure holds where several layers set one'),
})

export const parameterShape = object({
  title: required(label, 'what the number is'),
  unit: required(word(UNITS), 'what the number counts'),
  clause: optional(clauseNumber, null, 'the clause it belongs to'),
  open: optional(openShape, null, 'left to a lower layer or to a decision; without it, no lower layer may change it'),
  values: optional(list(valueShape), [], 'dated values'),
})

export const settingShape = object({
  values: optional(list(valueShape), [], 'what this layer sets'),
  at_least: optional(measure, null, 'a higher floor for the layers below'),
  at_most: optional(measure, null, 'a lower cap for the layers below'),
})

const categoryCaseShape = object({
  when: optional(condition, null, 'left out in the last case, which is for all others'),
  is: required(code, 'the value'),
  source: optional(source, null, 'the document that says so'),
})

const categoryVersionShape = object({
  from: optional(date, null, 'first day of this version'),
  to: optional(date, null, 'last day of this version'),
  known: optional(date, null, 'first day on which it can be known'),
  source: required(source, 'the document'),
  grade: optional(grade, null, 'left out: the grade of the source'),
  cases: optional(list(categoryCaseShape), null, 'first match wins'),
  table: optional(list(categoryCaseShape), null, 'order does not matter; every combination stands in exactly one row'),
})

export const categoryShape = object({
  title: required(label, 'what is sorted'),
  clause: optional(clauseNumber, null, 'the clause it belongs to'),
  values: required(byCode(label), 'the values'),
  versions: required(list(categoryVersionShape), 'how it was defined when'),
})

const whoCaseShape = object({
  when: optional(condition, null, 'left out in the last case, which is for all others'),
  outcome: required(word(['entitled', 'undecided', 'not_covered']), 'what follows'),
  decision: optional(decision, null, 'with undecided: the decision point'),
  basis: optional(source, null, 'the document it rests on'),
  article: optional(text(40), null, 'the article in that document'),
  reason: optional(label, null, 'with not_covered: why'),
})

const countShape = object({
  assign: required(
    word(['civil_day', 'start_day', 'night']),
    'the day to which minutes belong; night: that on which the night (only.between) began',
  ),
  steps: required(
    list(
      object({
        over: optional(quantity('minutes'), null, 'more than this many minutes on the day …'),
        at_least: optional(quantity('minutes'), null, '… or this many minutes or more …'),
        counts: required(measure, '… count this share of a day'),
      }),
    ),
    'first step that fits wins; longest first',
  ),
  mixed: required(word(['highest', 'longest']), 'the rate of a day with several: the highest, or that of most minutes'),
})

const roundingShape = object({
  to: required(word(['fen', 'jiao', 'yuan']), 'the smallest coin'),
  mode: required(word(['half_up', 'down', 'up']), 'how'),
})

const limitShape = object({
  per: required(word(['day', 'month', 'period']), 'a day, a calendar month, or the period evaluated'),
  days: optional(quantity('days'), null, 'at most so many days'),
  amount: optional(quantity('yuan'), null, 'at most so much money'),
  minutes: optional(quantity('minutes'), null, 'at most so many minutes'),
})

const earnCaseShape = object({
  when: optional(condition, null, 'left out in the last case, which is for all others'),
  working_day: required(earning, 'minutes on a working day that earn leave'),
  rest_day: required(earning, 'minutes on a rest day that earn leave'),
  statutory_holiday: required(earning, 'minutes on a statutory holiday that earn leave'),
  basis: optional(source, null, 'the document it rests on'),
  article: optional(text(40), null, 'the article in that document'),
})

export const entitlementShape = object({
  title: required(label, 'what a person gets'),
  clause: required(clauseNumber, 'the clause that promises it'),
  source: required(source, 'the document'),
  article: optional(text(40), null, 'the article in that document'),
  from: required(date, 'first day for which it is given'),
  to: optional(date, null, 'last day for which it is given'),
  known: optional(date, null, 'first day on which it can be known; left out: when its source was published'),
  gives: required(
    word([
      'money_per_day',
      'money_per_hour',
      'money_per_month',
      'money_once',
      'money_per_event',
      'minutes',
      'in_kind',
      'right',
    ]),
    'what it gives',
  ),
  who: required(list(whoCaseShape), 'who has it; first match wins'),
  paid_by: optional(payer, null, 'the code of a fund, or the budget in words'),
  use: optional(code, null, 'which use of that fund it is'),
  rate: optional(
    expressionIn('yuan_per_day', 'yuan_per_half_day', 'yuan_per_hour', 'yuan_per_month'),
    null,
    'money_per_day, money_per_hour, money_per_month: yuan for a whole one',
  ),
  count: optional(countShape, null, 'money_per_day: how days are counted'),
  rounding: optional(roundingShape, null, 'rounding of each day or month'),
  earn: optional(list(earnCaseShape), null, 'minutes: which minutes count'),
  valid: optional(validShape, null, 'minutes: how long it can be taken; left out: no document says that it ends'),
  amount: optional(expressionIn('yuan_once'), null, 'money_once, money_per_event: the amount'),
  limits: optional(list(limitShape), [], 'caps'),
  ...moreEntitlementFields,
})

const multiplyShape = object({ multiply: required(refersTo('parameter', ['times']), 'a parameter in times') })
const rateShape = object({
  rate: required(
    expressionIn('yuan_per_day', 'yuan_per_half_day', 'yuan_per_hour', 'yuan_per_month'),
    'the rate that replaces the other',
  ),
})
const notCoveredShape = object({ not_covered: required(label, 'why') })
const undecidedShape = object({ undecided: required(decision, 'a decision point') })

type Effect =
  | { kind: 'multiply'; by: string }
  | { kind: 'rate'; rate: Expression }
  | { kind: 'not_covered'; reason: Label }
  | { kind: 'undecided'; decision: string }

const effect: Shape<Effect> = {
  read(value, mistakes) {
    const has = (key: string) => value.kind === 'map' && value.entries.has(key)
    if (has('rate')) {
      const read = rateShape.read(value, mistakes)
      return read && { kind: 'rate', rate: read.rate }
    }
    if (has('not_covered')) {
      const read = notCoveredShape.read(value, mistakes)
      return read && { kind: 'not_covered', reason: read.not_covered }
    }
    if (has('undecided')) {
      const read = undecidedShape.read(value, mistakes)
      return read && { kind: 'undecided', decision: read.undecided }
    }
    const read = multiplyShape.read(value, mistakes)
    return read && { kind: 'multiply', by: read.multiply }
  },
  schema: () => ({ oneOf: [multiplyShape, rateShape, notCoveredShape, undecidedShape].map((shape) => shape.schema()) }),
}

/** The last day, or a mistake for whoever writes here what `changes` says. */
const lastDayOfException: Shape<Day> = {
  read(value, mistakes) {
    if (value.kind !== 'text' || !/^[a-z][a-z0-9-]*$/.test(value.text)) return date.read(value, mistakes)
    return mistakes.add(
      'exception.to',
      value.place,
      value.text,
      { zh: '这里的 to 是最后一天，不是管哪项待遇', en: 'here "to" is the last day, not what is changed' },
      { zh: `写成“changes: ${value.text}”`, en: `write "changes: ${value.text}"` },
    )
  },
  schema: () => date.schema(),
}

export const exceptionShape = object({
  changes: required(refersTo('entitlement'), 'the entitlement it goes over'),
  title: required(label, 'what it changes'),
  clause: required(clauseNumber, 'the clause that says so'),
  source: required(source, 'the document'),
  article: optional(text(40), null, 'the article in that document'),
  from: required(date, 'first day for which it holds'),
  to: optional(lastDayOfException, null, 'last day for which it holds'),
  known: optional(date, null, 'first day on which it can be known; left out: when its source was published'),
  when: optional(condition, null, 'the situations it is for; left out: all'),
  effect: required(effect, 'multiply, rate, not_covered or undecided'),
  over: optional(oneOrMore(refersTo('exception')), [], 'exceptions that give way to this one'),
  multiplies_with: optional(
    oneOrMore(refersTo('exception')),
    [],
    'multipliers (or a replaced rate) it is multiplied with',
  ),
  highest_with: optional(oneOrMore(refersTo('exception')), [], 'multipliers of which only the highest holds'),
})

export const decisionPointShape = object({
  clause: required(clauseNumber, 'the clause that leaves it open'),
  question: required(label, 'what has to be decided'),
  word: required(text(20), 'the word in the notice that leaves it open'),
  decided_by: required(oneOrMore(text(60)), 'the offices that decide'),
  scope: required(word(['person', 'unit', 'area', 'operation']), 'for whom one decision holds'),
  basis: required(source, 'the document that leaves it open'),
  choices: optional(
    byCode(
      object({
        title: required(label, 'the answer'),
        outcome: required(word(['entitled', 'not_covered']), 'what follows from it'),
      }),
    ),
    null,
    'the possible answers',
  ),
  amount: optional(
    object({
      unit: required(word(UNITS), 'what the amount counts'),
      at_least: optional(measure, null, 'the least'),
      at_most: optional(measure, null, 'the most'),
    }),
    null,
    'the answer is an amount',
  ),
})

export const calendarShape = object({
  source: required(source, 'the published schedule'),
  known: optional(date, null, 'first day on which it can be known'),
  grade: optional(grade, null, 'left out: the grade of the source'),
  covers: optional(
    object({ from: required(date, 'first day'), to: required(date, 'last day') }),
    null,
    'a complete schedule of these days; left out in a later change of some days',
  ),
  working_day: optional(oneOrMore(dayOrRun), [], 'days worked although they fall on a weekend'),
  rest_day: optional(oneOrMore(dayOrRun), [], 'days off that are no statutory holidays'),
  statutory_holiday: optional(oneOrMore(dayOrRun), [], 'the statutory holidays themselves'),
})

export const packFileShape = object({
  pack: optional(headerShape, null, 'head of the pack; stands in exactly one of its files'),
  sources: optional(byCode(sourceShape), [], 'the documents cited'),
  clauses: optional(byCode(clauseShape, CLAUSE_NUMBER), [], 'the clauses of the notice'),
  findings: optional(byCode(findingShape), [], 'closed facts, yes or no'),
  events: optional(byCode(eventShape), [], 'what may happen and be paid for'),
  parameters: optional(byCode(parameterShape), [], 'dated figures'),
  sets: optional(byCode(settingShape), [], 'figures that a higher layer left open'),
  categories: optional(byCode(categoryShape), [], 'how situations are sorted'),
  entitlements: optional(byCode(entitlementShape), [], 'what people get'),
  exceptions: optional(byCode(exceptionShape), [], 'rules that go over an entitlement'),
  decision_points: optional(byCode(decisionPointShape), [], 'where people decide'),
  ...provisionSections,
  rest_rules: optional(byCode(restRuleShape), [], 'who must rest, when and how long'),
  calendar: optional(list(calendarShape), [], 'kinds of day'),
})

type ReadBy<Of> = Of extends Shape<infer Value> ? Value : never
export type PackFile = ReadBy<typeof packFileShape>
export type WrittenValue = ReadBy<typeof valueShape>
export type WrittenParameter = ReadBy<typeof parameterShape>
export type WrittenSetting = ReadBy<typeof settingShape>
export type WrittenCategory = ReadBy<typeof categoryShape>
export type WrittenEntitlement = ReadBy<typeof entitlementShape>
export type WrittenException = ReadBy<typeof exceptionShape>
export type WrittenDecisionPoint = ReadBy<typeof decisionPointShape>
export type WrittenCalendar = ReadBy<typeof calendarShape>
export type WrittenHeader = ReadBy<typeof headerShape>

/** The published JSON schema of a pack file, for editors that check while one types. */
export function packSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: '政策包 policy pack',
    ...packFileShape.schema(),
    $defs: { ...ruleSchemas(), ...restSchemas() },
  }
}
