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

export interface MatchingQuestion extends Question {
  /** What the place has added, in whole fen; left out: only what it has to add is asked. */
  readonly matched_fen?: number | null
}

export interface MatchingRuling extends Ruling {
  /** With `matched_fen`: `enough` as asked, `less`, or `more` where exactly so much is asked. */
  readonly state: 'settled' | 'enough' | 'less' | 'more' | 'needs_decision' | 'missing_fact' | 'not_in_force' | 'none'
  /** What the place has to add, or the least of it where `at_least`. */
  readonly amount_fen: number | null
  /** More may be added. */
  readonly at_least: boolean
  /** What is still to be added; 0 once it is met. */
  readonly short_fen: number | null
}

/**
 * How much a place has to add to what it was given, in whole fen: an exact share rounded down, a least one rounded up.
 *
 * @example matchingFor(stack, 'special-party-dues', 500_000_00, { day, known: day }).state // 'needs_decision': 最大力度
 * @example matchingFor(stack, 'relief', 100_000_00, { day, known: day, matched_fen: 80_000_00 }).short_fen // 20_000_00: at least 1 : 1
 */
export function matchingFor(
  stack: Stack,
  code: string,
  allotted_fen: number,
  question: MatchingQuestion,
): MatchingRuling {
  const fund = ruleOf(stack.funds, code)
  const { matching } = fund
  const draft = new RulingDraft(stack, fund, question)
  const at_least = matching?.kind === 'at_least'
  const end = (state: MatchingRuling['state'], amount_fen: number | null = null): MatchingRuling => {
    return { ...draft.finish(), state, amount_fen, at_least, short_fen: null }
  }
  if (!draft.isInForce()) return end('not_in_force')
  if (matching === null) {
    draft.say('文件没有要求配套', 'the notice asks for no matching funds')
    return end('none')
  }
  const settled = (amount: number): MatchingRuling => {
    const compared = compareMatched(draft, amount, at_least, question.matched_fen ?? null)
    return { ...end('settled', amount), ...compared }
  }
  if (matching.kind === 'undecided') {
    const decided = draft.decided(matching.decision)
    if (decided?.decided.kind !== 'amount') return end('needs_decision')
    return settled(decided.decided.amount)
  }
  const percent = draft.number({ parameter: matching.parameter, place: fund.place })
  if (percent === undefined) return end(draft.missing === null ? 'needs_decision' : 'missing_fact')
  const exact = (allotted_fen * percent) / 10_000
  const share = at_least ? Math.ceil(exact) : Math.floor(exact)
  draft.say(
    `下拨 ${formatYuan(allotted_fen)} 元，${at_least ? '至少配套' : '配套'} ${formatYuan(share)} 元`,
    `allotted ${formatYuan(allotted_fen)} yuan, matching ${at_least ? 'at least ' : ''}${formatYuan(share)} yuan`,
  )
  const amount = matching.kind === 'at_least' ? amountAbove(draft, share, matching.decision) : share
  if (amount === undefined) return end('needs_decision', share)
  return settled(amount)
}

/** What somebody decided above the least share; a decision below it does not hold. `undefined`: nobody has decided yet. */
function amountAbove(draft: RulingDraft, share_fen: number, point: string | null): number | undefined {
  if (point === null) return share_fen
  const decided = draft.decided(point)
  if (decided?.decided.kind !== 'amount') return undefined
  const { amount } = decided.decided
  if (amount >= share_fen) return amount
  draft.say(
    `所定的 ${formatYuan(amount)} 元低于下限，按下限 ${formatYuan(share_fen)} 元`,
    `the ${formatYuan(amount)} yuan decided are below the least share: ${formatYuan(share_fen)} yuan hold`,
  )
  return share_fen
}

function compareMatched(
  draft: RulingDraft,
  amount_fen: number,
  at_least: boolean,
  matched_fen: number | null,
): Pick<MatchingRuling, 'state' | 'short_fen'> {
  if (matched_fen === null) return { state: 'settled', short_fen: null }
  const short_fen = Math.max(0, amount_fen - matched_fen)
  draft.use('matched', `已配套 ${formatYuan(matched_fen)} 元`, `matched ${formatYuan(matched_fen)} yuan`)
  if (short_fen > 0) {
    draft.say(
      `已配套 ${formatYuan(matched_fen)} 元，还差 ${formatYuan(short_fen)} 元`,
      `matched ${formatYuan(matched_fen)} yuan, ${formatYuan(short_fen)} yuan short`,
    )
    return { state: 'less', short_fen }
  }
  const over_fen = matched_fen - amount_fen
  if (over_fen === 0 || at_least) {
    const zh = over_fen > 0 ? `，多配 ${formatYuan(over_fen)} 元，可以` : ''
    const en = over_fen > 0 ? `, ${formatYuan(over_fen)} yuan more, which may be` : ''
    draft.say(`已配套 ${formatYuan(matched_fen)} 元，够了${zh}`, `matched ${formatYuan(matched_fen)} yuan: enough${en}`)
    return { state: 'enough', short_fen }
  }
  draft.say(
    `已配套 ${formatYuan(matched_fen)} 元，比规定多 ${formatYuan(over_fen)} 元`,
    `matched ${formatYuan(matched_fen)} yuan, ${formatYuan(over_fen)} yuan more than asked`,
  )
  return { state: 'more', short_fen }
}
