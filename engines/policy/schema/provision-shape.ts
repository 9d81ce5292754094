import { FUND_KINDS, TERM_KINDS } from '../pack-provisions.ts'
import type { Label } from '../vocabulary.ts'
import { code, date, refersTo } from './measures.ts'
import { byCode, label, object, oneOrMore, optional, required, type Shape, text, word } from './shape.ts'

/** Sections of a pack file that are no entitlement: terms and funds. `build-provisions.ts` turns them into rules. */

/** What every rule of these sections says about itself. */
export const provisionFields = {
  title: required(label, 'what it is'),
  clause: required(refersTo('clause'), 'the clause that says so'),
  source: required(refersTo('source'), 'the document'),
  article: optional(text(40), null, 'the article in that document'),
  from: required(date, 'first day for which it holds'),
  to: optional(date, null, 'last day for which it holds'),
  known: optional(date, null, 'first day on which it can be known; left out: when its source was published'),
}

export const termShape = object({
  kind: required(word(TERM_KINDS), 'what the word names'),
  title: required(label, 'the word in the notice'),
})

const decision = refersTo('decision_point')

const fundUseShape = object({
  title: required(label, 'what the money is spent on'),
  recipients: optional(oneOrMore(refersTo('recipient')), [], 'who may receive it; left out: anybody'),
  forbidden: optional(label, null, 'why it is ruled out, for a use that is named only to forbid it'),
  source: optional(refersTo('source'), null, 'the document; left out: that of the fund'),
  article: optional(text(40), null, 'the article in that document'),
  from: optional(date, null, 'first day; left out: that of the fund'),
  to: optional(date, null, 'last day; left out: that of the fund'),
  known: optional(date, null, 'first day on which it can be known; left out: when its source was published'),
})

const unlistedShape = object({
  decision: optional(decision, null, 'the decision point to which it goes'),
  forbidden: optional(label, null, 'why it is not allowed'),
})

const matchingShape = object({
  ratio: optional(refersTo('parameter', ['percent']), null, 'a parameter in percent of the allotment: exactly so much'),
  at_least: optional(refersTo('parameter', ['percent']), null, 'the same, and more may be added'),
  decision: optional(decision, null, 'the decision point that sets it; beside at_least: how much above'),
})

export const fundShape = object({
  ...provisionFields,
  kind: required(word(FUND_KINDS), 'whose money it is'),
  total: optional(refersTo('parameter', ['yuan']), null, 'the parameter that holds the whole of it'),
  within: optional(refersTo('fund'), null, 'the fund of a layer above out of which it is handed down'),
  matching: optional(matchingShape, null, 'what a place adds to it'),
  each_spending: optional(decision, null, 'the decision on which every spending rests'),
  uses: optional(byCode(fundUseShape), [], 'what it may be spent on; left out: the notice does not limit it'),
  unlisted: optional(unlistedShape, null, 'with uses: what happens to a use that is not listed'),
})

export type Payer = { readonly fund: string } | { readonly label: Label }

/** `county-finance`, the code of a fund, or the office's own words for the purse that pays. */
export const payer: Shape<Payer> = {
  read(value, mistakes) {
    if (value.kind === 'text') {
      const fund = refersTo('fund').read(value, mistakes)
      return fund === undefined ? undefined : { fund }
    }
    const words = label.read(value, mistakes)
    return words && { label: words }
  },
  schema: () => ({ anyOf: [code.schema(), label.schema()] }),
}

type ReadBy<Of> = Of extends Shape<infer Value> ? Value : never
export type WrittenFund = ReadBy<typeof fundShape>
export type WrittenTerm = ReadBy<typeof termShape>
/** What every written rule of these sections has in common. */
export type WrittenProvision = Pick<WrittenFund, 'title' | 'clause' | 'source' | 'article' | 'from' | 'to' | 'known'>
