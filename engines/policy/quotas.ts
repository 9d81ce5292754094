import { NO, UNKNOWN, YES } from './areas.ts'
import { ask, type SubjectFacts } from './ask.ts'
import { formatHundredths } from './format-amount.ts'
import type { Stack } from './pack.ts'
import type { Quota } from './pack-provisions.ts'
import { holdsOn } from './parameters.ts'
import { type Question, type Ruling, RulingDraft, ruleOf } from './rulings.ts'

export interface QuotaQuestion extends Question {
  /** By headcount term. */
  readonly headcounts: Readonly<Record<string, number>>
}

export interface QuotaRuling extends Ruling {
  /** `not_used`: the office decided against a quota that the notice merely permits. */
  readonly state: 'settled' | 'unlimited' | 'needs_decision' | 'missing_fact' | 'not_in_force' | 'not_used'
  /** How many places there are; `null` unless settled. */
  readonly places: number | null
}

/**
 * How many of an award may be given on a day, with the arithmetic. Quotas only limit: the software names nobody.
 *
 * @example quotaOn(stack, 'front-line-excellent', { day, known: day, headcounts: { assessed: 47 } }).places // 30 % of 47, down: 14
 */
export function quotaOn(stack: Stack, code: string, question: QuotaQuestion): QuotaRuling {
  const quota = ruleOf(stack.quotas, code)
  const draft = new RulingDraft(stack, quota, question)
  const end = (state: QuotaRuling['state'], places: number | null = null): QuotaRuling => {
    return { ...draft.finish(), state, places }
  }
  if (!draft.isInForce()) return end('not_in_force')
  const replaced = replacedBy(stack, quota, question)
  if (replaced) {
    draft.say(`已由“${replaced.title.zh}”代替`, `replaced by "${replaced.title.en}"`)
    return end('not_in_force')
  }
  if (quota.decision !== null) {
    const favoured = draft.favoured(quota.decision)
    if (favoured === undefined) return end('needs_decision')
    if (!favoured) return end('not_used')
  }
  for (const other of quota.outside) {
    const title = stack.quotas.get(other)?.title ?? { zh: other, en: other }
    draft.say(`单列，不占“${title.zh}”的名额`, `stands outside "${title.en}" and takes none of its places`)
  }
  const { size } = quota
  if (size.kind === 'unlimited') {
    draft.say('名额不限', 'no limit')
    return end('unlimited')
  }
  const places = size.kind === 'fixed' ? draft.number(size.count) : sharePlaces(draft, quota, size, question)
  const least = quota.at_least === null ? 0 : draft.number(quota.at_least)
  if (places === undefined || least === undefined)
    return end(draft.missing === null ? 'needs_decision' : 'missing_fact')
  if (size.kind === 'share' && question.headcounts[size.headcount] === 0) {
    draft.say('没有人参加，没有名额', 'nobody takes part, so there are no places')
    return end('settled', 0)
  }
  if (least > places) draft.say(`不足 ${least} 名的按 ${least} 名`, `at least ${least}`)
  const all = Math.max(places, least)
  draft.say(`名额：${all}`, `places: ${all}`)
  return end('settled', all)
}

function replacedBy(stack: Stack, quota: Quota, { day, known }: QuotaQuestion): Quota | undefined {
  return [...stack.quotas.values()].find((other) => other.over.includes(quota.code) && holdsOn(other, day, known))
}

const ROUNDING_WORDS = {
  down: { zh: '舍去小数', en: 'rounded down' },
  up: { zh: '进一', en: 'rounded up' },
  half_up: { zh: '四舍五入', en: 'rounded half up' },
} as const

/** Share of a headcount in whole numbers: hundredths of a percent times people, divided once at the end. */
export function placesOf(percent_hundredths: number, people: number, rounding: Quota['rounding']): number {
  const tenThousandths = percent_hundredths * people
  const whole = Math.floor(tenThousandths / 10_000)
  const rest = tenThousandths - whole * 10_000
  const goesUp = rounding === 'up' ? rest > 0 : rounding === 'half_up' && rest >= 5_000
  return goesUp ? whole + 1 : whole
}

function sharePlaces(
  draft: RulingDraft,
  quota: Quota,
  size: Quota['size'] & { kind: 'share' },
  { headcounts }: QuotaQuestion,
): number | undefined {
  const percent = draft.number(size.percent)
  const people = headcounts[size.headcount]
  const term = draft.stack.terms.get(size.headcount)?.title ?? { zh: size.headcount, en: size.headcount }
  if (people === undefined) return draft.miss(`headcount:${size.headcount}`)
  if (!Number.isSafeInteger(people) || people < 0) throw new RangeError(`a headcount is a whole number, not ${people}`)
  draft.use(`headcount:${size.headcount}`, `${term.zh}：${people}`, `${term.en}: ${people}`)
  if (percent === undefined) return undefined
  const places = placesOf(percent, people, quota.rounding)
  const words = ROUNDING_WORDS[quota.rounding]
  const shown = formatHundredths(percent)
  draft.say(
    `${term.zh} ${people} × ${shown}%，${words.zh}，得 ${places}`,
    `${term.en} ${people} × ${shown} %, ${words.en}: ${places}`,
  )
  return places
}

export interface Nominee {
  /** Names the nomination; the answer quotes it. */
  readonly ref: string
  readonly facts: SubjectFacts
}

export interface NomineeCharge {
  readonly ref: string
  /** The quota in which the nomination takes a place; `null` while a fact is missing, or where no quota speaks of the person. */
  readonly quota: string | null
  readonly missing: string | null
}

export interface AwardCheck {
  readonly charges: readonly NomineeCharge[]
  readonly quotas: readonly {
    readonly ruling: QuotaRuling
    readonly taken: number
    /** How many too many; 0 where it fits, `null` where the number of places is not settled. */
    readonly over_by: number | null
  }[]
}

/**
 * Which quota of an award each nomination takes a place in, and whether the places suffice. Whoever fits a quota that stands outside
 * another one counts there alone.
 *
 * @example checkAward(stack, 'excellent', nominees, question).quotas.filter(({ over_by }) => over_by !== 0)
 */
export function checkAward(
  stack: Stack,
  award: string,
  nominees: readonly Nominee[],
  question: QuotaQuestion,
): AwardCheck {
  const { day, known } = question
  const rulings = new Map(
    [...stack.quotas.values()]
      .filter((quota) => quota.award === award && holdsOn(quota, day, known))
      .map((quota) => [quota, quotaOn(stack, quota.code, question)] as const)
      .filter(([, { state }]) => state !== 'not_in_force' && state !== 'not_used'),
  )
  // A quota outside another one is asked first, so that its people never take a place in the other.
  const ordered = [...rulings.keys()].sort(
    (left, right) => Number(right.outside.length > 0) - Number(left.outside.length > 0),
  )
  const charges = nominees.map(({ ref, facts }): NomineeCharge => {
    for (const quota of ordered) {
      const asked = quota.who === null ? undefined : ask(stack, quota.who, facts, day, known)
      if (asked?.answer === UNKNOWN) return { ref, quota: null, missing: asked.missing }
      if ((asked?.answer ?? YES) !== NO) return { ref, quota: quota.code, missing: null }
    }
    return { ref, quota: null, missing: null }
  })
  const quotas = [...rulings].map(([quota, ruling]) => {
    const taken = charges.filter((charge) => charge.quota === quota.code).length
    const over_by =
      ruling.state === 'unlimited' ? 0 : ruling.places === null ? null : Math.max(0, taken - ruling.places)
    return { ruling, taken, over_by }
  })
  return { charges, quotas }
}
