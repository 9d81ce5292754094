import { formatYuan } from '#engines/values/money.ts'
import { type Day, formatDay } from '#engines/values/time.ts'
import type { Entitlement, Stack } from './pack.ts'
import type { LeaveValidity } from './pack-time.ts'
import { type Question, type Ruling, RulingDraft } from './rulings.ts'
import { spanEnd } from './time-spans.ts'

/** How long compensatory leave stays valid, and what happens to what is left of it then. It is found; nobody's leave is struck off by it. */

export interface ValidityQuestion extends Question {
  /** The day on which it was earned; the figure in force on that day holds. */
  readonly earned: Day
}

export interface ValidityRuling extends Ruling {
  /** `unlimited`: no document says that it ends. */
  readonly state: 'settled' | 'unlimited' | 'needs_decision' | 'missing_fact' | 'not_in_force'
  /** The last day on which it can be taken; `null` where it is not settled or there is none. */
  readonly last_day: Day | null
  /** What happens to what is left; `null` where nothing ends. */
  readonly afterwards: LeaveValidity['afterwards']['kind'] | null
  /** What an hour of it is paid with, where the pack names that. */
  readonly hour_fen: number | null
}

export type LeaveEntitlement = Extract<Entitlement, { readonly gives: 'minutes' }>

/** Everything in a stack that gives leave to people. */
export function leaveIn(stack: Stack): readonly LeaveEntitlement[] {
  return [...stack.entitlements.values()].filter((one): one is LeaveEntitlement => one.gives === 'minutes')
}

/**
 * @example validityOf(stack, 'flood-leave', { earned: day, day, known: day }).last_day // twelve months after that day
 */
export function validityOf(stack: Stack, code: string, question: ValidityQuestion): ValidityRuling {
  const leave = leaveIn(stack).find((one) => one.code === code)
  if (!leave) throw new RangeError(`the stack has no leave ${code}`)
  const { earned } = question
  const draft = new RulingDraft(stack, asProvision(stack, leave), { ...question, day: earned })
  const end = (state: ValidityRuling['state'], more: Partial<ValidityRuling> = {}): ValidityRuling => ({
    ...{ last_day: null, afterwards: null, hour_fen: null },
    ...more,
    ...draft.finish(),
    state,
  })
  if (!draft.isInForce(earned)) return end('not_in_force')
  const { valid } = leave
  if (valid === null) {
    draft.say('没有文件规定有效期', 'no document says that it ends')
    return end('unlimited')
  }
  const last_day = lastDayOf(draft, valid, earned)
  if (last_day === undefined) return end(draft.missing === null ? 'needs_decision' : 'missing_fact')
  return end('settled', { last_day, afterwards: valid.afterwards.kind, hour_fen: sayThen(draft, valid, last_day) })
}

function asProvision(stack: Stack, leave: LeaveEntitlement) {
  const { code, title, clause, source, article, from, to, known, pack, level, place } = leave
  const grade = stack.sources.get(source)?.grade ?? 'U'
  return { code, title, clause, source, article, grade, from, to, known, pack, level, place }
}

function lastDayOf(draft: RulingDraft, { lasts }: LeaveValidity, earned: Day): Day | undefined {
  if (lasts.kind === 'within') {
    const start = { day: earned, minute: null, ref: '' }
    return spanEnd(draft, lasts.span, start, { first_day: 'next_day', ends_on_day_off: 'as_it_falls' })?.day
  }
  const year = new Date(earned * 86_400_000).getUTCFullYear() + lasts.years
  const last = Math.floor(Date.UTC(year, 11, 31) / 86_400_000)
  draft.say(
    `${formatDay(earned)} 挣得的，到${lasts.years === 0 ? '当年' : '次年'}年底 ${formatDay(last)}`,
    `earned on ${formatDay(earned)}, until the end of ${lasts.years === 0 ? 'that' : 'the next'} year, ${formatDay(last)}`,
  )
  return last
}

/** What follows after the last day; gives the money for an hour, where one is named. */
function sayThen(draft: RulingDraft, { afterwards }: LeaveValidity, last_day: Day): number | null {
  const day = formatDay(last_day)
  if (afterwards.kind === 'expires') {
    draft.say(`${day} 以后没有休的不再有效`, `what is left after ${day} is valid no more`)
    return null
  }
  if (afterwards.kind === 'decided') {
    draft.say(`${day} 以后没有休的怎样办，由人决定`, `what becomes of the rest after ${day} is for somebody to decide`)
    draft.decided(afterwards.decision)
    return null
  }
  const fen =
    afterwards.rate === null ? null : (draft.number({ parameter: afterwards.rate, place: draft.rule.place }) ?? null)
  draft.say(
    `${day} 以后没有休的折发${fen === null ? '' : `，每小时 ${formatYuan(fen)} 元`}`,
    `what is left after ${day} is paid out${fen === null ? '' : `, ${formatYuan(fen)} yuan an hour`}`,
  )
  return fen
}
