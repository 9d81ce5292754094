import type { Place } from '../pack.ts'
import type { Located } from '../source.ts'
import { code, type Measure, measure, refersTo } from './measures.ts'
import { provisionFields } from './provision-shape.ts'
import { byCode, label, list, object, oneOrMore, optional, required, type Shape, text, word } from './shape.ts'

/** Decision tables that recommend: inputs, outcomes, rows. `build-recommendations.ts` checks rows against inputs. */

const inputShape = object({
  title: required(label, 'the question'),
  words: optional(byCode(label), null, 'the answers, for a choice'),
  number: optional(word(['count', 'days', 'minutes']), null, 'what the number counts'),
})

/** A quantity as written, or the code of a parameter; which fits is known only beside the input. */
export type WrittenBound = { readonly measure: Measure } | { readonly parameter: string; readonly place: Place }

const bound: Shape<WrittenBound> = {
  read(value, mistakes) {
    if (value.kind === 'text' && /^[a-z][a-z0-9_-]*$/.test(value.text)) {
      return { parameter: value.text, place: value.place }
    }
    const written = measure.read(value, mistakes)
    return written && { measure: written }
  },
  schema: () => ({ anyOf: [measure.schema(), code.schema()] }),
}

const bandShape = object({
  at_least: optional(bound, null, 'this much or more'),
  under: optional(bound, null, 'less than this'),
})

export type WrittenAnswer =
  | { readonly kind: 'words'; readonly words: readonly string[]; readonly place: Place }
  | {
      readonly kind: 'band'
      readonly at_least: WrittenBound | null
      readonly under: WrittenBound | null
      readonly place: Place
    }

const answerShape: Shape<WrittenAnswer> = {
  read(value: Located, mistakes) {
    if (value.kind === 'map') {
      const band = bandShape.read(value, mistakes)
      return band && { kind: 'band', at_least: band.at_least, under: band.under, place: value.place }
    }
    const words = oneOrMore(code).read(value, mistakes)
    return words && { kind: 'words', words, place: value.place }
  },
  schema: () => ({ anyOf: [oneOrMore(code).schema(), bandShape.schema()] }),
}

export const recommendationShape = object({
  ...provisionFields,
  decision: required(refersTo('decision_point'), 'who decides; the table only advises'),
  inputs: required(byCode(inputShape), 'the questions of the table'),
  outcomes: required(byCode(label), 'what may be recommended'),
  rows: required(
    list(
      object({
        if: optional(byCode(answerShape), [], 'answers by input; an input left out: any answer'),
        recommends: required(code, 'the outcome'),
        basis: optional(refersTo('source'), null, 'the document that says so'),
        article: optional(text(40), null, 'the article in that document'),
      }),
    ),
    'order does not matter; every combination stands in exactly one row',
  ),
})

type ReadBy<Of> = Of extends Shape<infer Value> ? Value : never
export type WrittenRecommendation = ReadBy<typeof recommendationShape>
