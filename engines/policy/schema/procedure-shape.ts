import type { Quantity, Unit, WhoCase } from '../pack.ts'
import { RHYTHMS, ROUNDINGS } from '../pack-provisions.ts'
import { amountOf, code, type Dimension, date, measure, refersTo, yesNo } from './measures.ts'
import { fundShape, provisionFields, termShape } from './provision-shape.ts'
import { recommendationShape } from './recommendation-shape.ts'
import { condition } from './rules.ts'
import { byCode, label, list, object, oneOrMore, optional, required, type Shape, text, word } from './shape.ts'
import { spanShape, wholeNumber } from './time-span-shape.ts'

/** Sections of a pack file about quotas, deadlines, duties, waivers and priorities. `build-procedures.ts` turns them into rules. */

const decision = refersTo('decision_point')
const offices = oneOrMore(text(60))

/** A quantity with its unit, or the code of a parameter in one of the units. */
function quantityIn(dimension: Dimension, units: readonly Unit[]): Shape<Quantity> {
  return {
    read(value, mistakes) {
      if (value.kind === 'text' && /^[a-z][a-z0-9_-]*$/.test(value.text)) {
        mistakes.refer({ kind: 'parameter', code: value.text, place: value.place, units })
        return { parameter: value.text, place: value.place }
      }
      const written = measure.read(value, mistakes)
      const amount = written && amountOf(dimension, written, mistakes)
      return amount === undefined ? undefined : { literal: amount }
    },
    schema: () => ({ anyOf: [measure.schema(), code.schema()] }),
  }
}

const missedShape = object({
  decision: optional(decision, null, 'the decision point to which it goes'),
  deadline: optional(refersTo('deadline'), null, 'the deadline that opens then'),
  says: optional(label, null, 'what the notice says follows'),
})

export const quotaShape = object({
  ...provisionFields,
  award: required(refersTo('award'), 'what is rationed: a term of kind award'),
  share: optional(quantityIn('percent', ['percent']), null, 'percent of a headcount'),
  of: optional(refersTo('headcount'), null, 'with share: the headcount, a term'),
  rounding: optional(word(ROUNDINGS), null, 'with share: how places are rounded'),
  fixed: optional(quantityIn('count', ['count']), null, 'so many places'),
  unlimited: optional(yesNo, false, 'yes: no limit'),
  at_least: optional(quantityIn('count', ['count']), null, 'at least so many places'),
  who: optional(condition, null, 'who counts in it; left out: everybody'),
  outside: optional(oneOrMore(refersTo('quota')), [], 'quotas beside which it stands'),
  over: optional(oneOrMore(refersTo('quota')), [], 'quotas that it replaces'),
  decision: optional(decision, null, 'the decision without which it is not used'),
})

export const deadlineShape = object({
  ...provisionFields,
  after: required(refersTo('happening'), 'the event from which it runs: a term of kind event'),
  kind: optional(word(['at_latest', 'lasts']), 'at_latest', 'done within it, or not ended before it is over'),
  within: optional(spanShape, null, 'how long'),
  cases: optional(
    list(
      object({
        when: optional(condition, null, 'left out in the last case, which is for all others'),
        within: required(spanShape, 'how long'),
        article: optional(text(40), null, 'the article in the document'),
      }),
    ),
    null,
    'instead of within: how long in which case; first match wins',
  ),
  first_day: optional(word(['next_day', 'same_day']), 'next_day', 'the first day counted: after the event, or its own'),
  ends_on_day_off: optional(
    word(['as_it_falls', 'next_working_day']),
    'as_it_falls',
    'what happens when the last day is a day off',
  ),
  by: required(offices, 'who has to act'),
  missed: optional(missedShape, null, 'what follows when it is missed'),
})

export const dutyShape = object({
  ...provisionFields,
  by: required(offices, 'the offices that must do it'),
  when: required(
    object({
      once: optional(date, null, 'once, by this day'),
      every: optional(word(RHYTHMS), null, 'once in every'),
      by_day: optional(
        wholeNumber(['count']),
        null,
        'with every: by this day of the week (1 is Monday), month, quarter or year',
      ),
      after: optional(refersTo('happening'), null, 'each time after this event'),
      within: optional(spanShape, null, 'with after: how long'),
    }),
    'by when, or how often',
  ),
  missed: optional(missedShape, null, 'what follows when it is missed'),
})

const whoShape: Shape<readonly WhoCase[]> = list(
  object({
    when: optional(condition, null, 'left out in the last case, which is for all others'),
    outcome: required(word(['entitled', 'undecided', 'not_covered']), 'what follows'),
    decision: optional(decision, null, 'with undecided: the decision point'),
    basis: optional(refersTo('source'), null, 'the document it rests on'),
    article: optional(text(40), null, 'the article in that document'),
    reason: optional(label, null, 'with not_covered: why'),
  }),
)

const privilegeFields = {
  ...provisionFields,
  step: required(refersTo('step'), 'the step of the procedure: a term'),
  awards: optional(oneOrMore(refersTo('award')), [], 'any one of these awards is needed'),
  who: required(whoShape, 'for whom; first match wins'),
  uses: optional(
    object({
      at_most: required(wholeNumber(['count']), 'how often'),
      per: required(label, 'in which period, such as one cycle of titles'),
    }),
    null,
    'how often it may be used',
  ),
  not_with: optional(oneOrMore(refersTo('privilege')), [], 'not for whoever has used one of these'),
  over: optional(oneOrMore(refersTo('privilege')), [], 'those that give way to this one'),
  gives_way_to: optional(
    oneOrMore(refersTo('privilege')),
    [],
    'those of higher layers or later documents that go over it',
  ),
}

export const waiverShape = object({
  ...privilegeFields,
  effect: required(word(['waived', 'deemed_done']), 'not needed, or counted as done'),
})

const furtherEffect = object({
  earlier_months: optional(wholeNumber(['count']), null, 'may apply so many months earlier'),
  outside_limit: optional(label, null, 'the limit that does not bind'),
  counts_as: optional(label, null, 'what it counts as'),
})

type WrittenEffect = 'first' | 'next_grade' | NonNullable<ReturnType<typeof furtherEffect.read>>

const priorityEffect: Shape<WrittenEffect> = {
  read(value, mistakes) {
    if (value.kind === 'text') return word(['first', 'next_grade']).read(value, mistakes)
    return furtherEffect.read(value, mistakes)
  },
  schema: () => ({ anyOf: [{ enum: ['first', 'next_grade'] }, furtherEffect.schema()] }),
}

export const priorityShape = object({
  ...privilegeFields,
  effect: required(priorityEffect, 'first, next_grade, or one of earlier_months, outside_limit, counts_as'),
})

/** The sections that `pack-shape.ts` adds to a pack file. */
export const provisionSections = {
  terms: optional(byCode(termShape), [], 'words of the notice that rules and facts share'),
  funds: optional(byCode(fundShape), [], 'the funds that pay, and what they may be spent on'),
  quotas: optional(byCode(quotaShape), [], 'how many of an award may be given'),
  deadlines: optional(byCode(deadlineShape), [], 'by when something is done, or how long it lasts'),
  duties: optional(byCode(dutyShape), [], 'what an office must do, and when'),
  waivers: optional(byCode(waiverShape), [], 'steps that are waived or deemed done'),
  priorities: optional(byCode(priorityShape), [], 'who goes first, and in what'),
  recommendations: optional(byCode(recommendationShape), [], 'decision tables that only recommend'),
}

type ReadBy<Of> = Of extends Shape<infer Value> ? Value : never
export type WrittenMissed = ReadBy<typeof missedShape>
export type WrittenQuota = ReadBy<typeof quotaShape>
export type WrittenDeadline = ReadBy<typeof deadlineShape>
export type WrittenDuty = ReadBy<typeof dutyShape>
export type WrittenWaiver = ReadBy<typeof waiverShape>
export type WrittenPriority = ReadBy<typeof priorityShape>
