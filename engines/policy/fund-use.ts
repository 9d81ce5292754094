import { formatYuan } from '#engines/values/money.ts'
import type { Stack } from './pack.ts'
import type { Fund } from './pack-provisions.ts'
import { holdsOn } from './parameters.ts'
import { type Question, type Ruling, RulingDraft, ruleOf } from './rulings.ts'

/** A spending that somebody wants to post. */
export interface PostingQuestion extends Question {
  readonly fund: string
  /** Code of the use in the fund; `null`: it is none of the listed ones. */
  readonly use: string | null
  /** Term of kind `recipient`; `null`: not known. */
  readonly recipient: string | null
}

export interface PostingRuling extends Ruling {
  /** `passes`: may be posted. `needs_decision`: `decision_point` first. */
  readonly state: 'passes' | 'needs_decision' | 'forbidden' | 'missing_fact' | 'not_in_force'
  readonly use: string | null
}

/**
 * Whether a spending may be posted to a fund. What counts is the fund, not the person: the same help for a resident passes in a
 * special fund and is forbidden in ordinary dues.
 *
 * @example checkPosting(stack, { fund: 'special-party-dues', use: 'visit-gifts', recipient: 'medical-staff', day, known }).state
 */
export function checkPosting(stack: Stack, question: PostingQuestion): PostingRuling {
  const fund = ruleOf(stack.funds, question.fund)
  const draft = new RulingDraft(stack, fund, question)
  const end = (state: PostingRuling['state']): PostingRuling => ({ ...draft.finish(), state, use: question.use })
  if (!draft.isInForce()) return end('not_in_force')
  if (fund.unlisted.kind === 'free') {
    draft.say('文件没有限定这笔资金的用途', 'the notice does not limit what this fund is used for')
    return end(restingOn(draft, fund))
  }
  const fit = fitOf(draft, fund, question)
  if (fit === 'listed') return end(restingOn(draft, fund))
  if (fit !== 'unlisted') return end(fit)
  if (fund.unlisted.kind === 'forbidden') {
    draft.say(`不得列支：${fund.unlisted.reason.zh}`, `forbidden: ${fund.unlisted.reason.en}`)
    return end('forbidden')
  }
  const favoured = draft.favoured(fund.unlisted.decision)
  if (favoured === undefined) return end('needs_decision')
  return end(favoured ? restingOn(draft, fund) : 'forbidden')
}

type Fit = 'listed' | 'unlisted' | 'forbidden' | 'missing_fact'

function fitOf(draft: RulingDraft, fund: Fund, { use: code, recipient, day, known }: PostingQuestion): Fit {
  const use = code === null ? undefined : fund.uses.get(code)
  if (!use || !holdsOn(use, day, known)) {
    draft.say('不在所列用途之内', 'not among the listed uses')
    return 'unlisted'
  }
  draft.use('use', `用途：${use.title.zh}`, `use: ${use.title.en}`)
  if (use.forbidden !== null) {
    draft.say(`不得列支：${use.forbidden.zh}`, `forbidden: ${use.forbidden.en}`)
    return 'forbidden'
  }
  if (use.recipients.length > 0) {
    if (recipient === null) {
      draft.miss('recipient')
      return 'missing_fact'
    }
    const title = draft.stack.terms.get(recipient)?.title ?? { zh: recipient, en: recipient }
    draft.use('recipient', `对象：${title.zh}`, `recipient: ${title.en}`)
    if (!use.recipients.includes(recipient)) {
      draft.say(`“${use.title.zh}”不及“${title.zh}”`, `"${use.title.en}" does not reach "${title.en}"`)
      return 'unlisted'
    }
  }
  draft.say(`属于所列用途：${use.title.zh}`, `a listed use: ${use.title.en}`)
  return 'listed'
}

/** Some funds may be spent only on a recorded decision, even on a listed use. */
function restingOn(draft: RulingDraft, fund: Fund): PostingRuling['state'] {
  if (fund.each_spending === null) return 'passes'
  const favoured = draft.favoured(fund.each_spending)
  if (favoured === undefined) return 'needs_decision'
  return favoured ? 'passes' : 'forbidden'
}

export interface MatchingRuling extends Ruling {
  readonly state: 'settled' | 'needs_decision' | 'missing_fact' | 'not_in_force' | 'none'
  readonly amount_fen: number | null
}

/**
 * How much a place has to add to what it was given, in whole fen, rounded down.
 *
 * @example matchingFor(stack, 'special-party-dues', 500_000_00, { day, known: day }).state // 'needs_decision': 最大力度
 */
export function matchingFor(stack: Stack, code: string, allotted_fen: number, question: Question): MatchingRuling {
  const fund = ruleOf(stack.funds, code)
  const draft = new RulingDraft(stack, fund, question)
  const end = (state: MatchingRuling['state'], amount_fen: number | null = null): MatchingRuling => {
    return { ...draft.finish(), state, amount_fen }
  }
  if (!draft.isInForce()) return end('not_in_force')
  if (fund.matching === null) {
    draft.say('文件没有要求配套', 'the notice asks for no matching funds')
    return end('none')
  }
  if (fund.matching.kind === 'undecided') {
    const decided = draft.decided(fund.matching.decision)
    return decided?.decided.kind === 'amount' ? end('settled', decided.decided.amount) : end('needs_decision')
  }
  const percent = draft.number({ parameter: fund.matching.parameter, place: fund.place })
  if (percent === undefined) return end(draft.missing === null ? 'needs_decision' : 'missing_fact')
  const amount = Math.floor((allotted_fen * percent) / 10_000)
  draft.say(
    `下拨 ${formatYuan(allotted_fen)} 元，配套 ${formatYuan(amount)} 元`,
    `allotted ${formatYuan(allotted_fen)} yuan, matching ${formatYuan(amount)} yuan`,
  )
  return end('settled', amount)
}
