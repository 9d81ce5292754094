import { type Day, formatDay } from '#engines/values/time.ts'
import type { Stack } from './pack.ts'
import type { Privilege, PrivilegeEffect } from './pack-provisions.ts'
import { holdsOn } from './parameters.ts'
import { type Question, type Ruling, RulingDraft, ruleOf } from './rulings.ts'
import type { Label } from './vocabulary.ts'

/** An award that the person holds: the term, the day, and the record that names it. */
export interface AwardHeld {
  readonly award: string
  readonly day: Day
  readonly ref: string
}

/** An earlier use of a waiver or priority. */
export interface UseMade {
  readonly privilege: string
  readonly ref: string
}

export interface PrivilegeQuestion extends Question {
  readonly awards: readonly AwardHeld[]
  /** Uses in the period that the rule speaks of, such as the present cycle of titles. */
  readonly used: readonly UseMade[]
}

export interface PrivilegeRuling extends Ruling {
  readonly state:
    | 'applies'
    | 'needs_decision'
    | 'missing_fact'
    | 'not_covered'
    | 'used_up'
    | 'gives_way'
    | 'not_in_force'
  readonly step: string
  readonly effect: PrivilegeEffect
  /** Months, for an earlier application. */
  readonly months: number | null
  /** The rule that goes over this one. */
  readonly gives_way_to: string | null
}

/**
 * Whether a waiver or priority reaches a person on a day, as known on another. A later document that goes over it, a use already made
 * and an award that is needed are all named.
 *
 * @example privilegeFor(stack, 'defence-waiver', { day, known: day, facts: { employment: 'medical' }, awards: [], used: [] }).state
 */
export function privilegeFor(stack: Stack, code: string, question: PrivilegeQuestion): PrivilegeRuling {
  const rule = stack.waivers.get(code) ?? ruleOf(stack.priorities, code)
  const draft = new RulingDraft(stack, rule, question)
  let months: number | null = null
  let gives_way_to: string | null = null
  const end = (state: PrivilegeRuling['state']): PrivilegeRuling => {
    return { ...draft.finish(), state, step: rule.step, effect: rule.effect, months, gives_way_to }
  }
  if (!draft.isInForce()) return end('not_in_force')
  const stronger = goesOver(stack, rule, question)
  if (stronger) {
    gives_way_to = stronger.code
    draft.say(
      `让位于“${stronger.title.zh}”（${formatDay(stronger.known)} 起可知）`,
      `gives way to "${stronger.title.en}" (known from ${formatDay(stronger.known)})`,
    )
    return end('gives_way')
  }
  const spent = spentBy(stack, draft, rule, question)
  if (spent) return end('used_up')
  if (!holdsAward(draft, rule, question)) return end('not_covered')
  const who = draft.whoIs(rule.who)
  if (who !== 'entitled') return end(who)
  if (rule.effect.kind === 'earlier') {
    const found = draft.number(rule.effect.months)
    if (found === undefined) return end(draft.missing === null ? 'needs_decision' : 'missing_fact')
    months = found
  }
  const effect = effectWords(rule.effect, months)
  const step = stack.terms.get(rule.step)?.title ?? { zh: rule.step, en: rule.step }
  draft.say(`${step.zh}：${effect.zh}`, `${step.en}: ${effect.en}`)
  return end('applies')
}

/**
 * Everything that waives a step or gives preference in it, each with how it stands. What gives way stays in the list, so that a reader
 * sees which document replaced which.
 */
export function privilegesIn(stack: Stack, step: string, question: PrivilegeQuestion): readonly PrivilegeRuling[] {
  return [...stack.waivers.values(), ...stack.priorities.values()]
    .filter((rule) => rule.step === step)
    .map(({ code }) => privilegeFor(stack, code, question))
}

function allOf(stack: Stack): readonly Privilege[] {
  return [...stack.waivers.values(), ...stack.priorities.values()]
}

/** The rule that goes over this one on the day, as far as it is known. */
function goesOver(stack: Stack, rule: Privilege, { day, known }: Question): Privilege | undefined {
  return allOf(stack).find(
    (other) => (other.over.includes(rule.code) || rule.gives_way_to.includes(other.code)) && holdsOn(other, day, known),
  )
}

function spentBy(stack: Stack, draft: RulingDraft, rule: Privilege, { used }: PrivilegeQuestion): boolean {
  const own = used.filter(({ privilege }) => privilege === rule.code)
  if (rule.uses && own.length >= rule.uses.at_most) {
    const refs = own.map(({ ref }) => ref).join('、')
    draft.use(`used:${rule.code}`, `已用：${refs}`, `used: ${refs}`)
    draft.say(
      `${rule.uses.per.zh}只能用 ${rule.uses.at_most} 次，已用（${refs}）`,
      `at most ${rule.uses.at_most} in ${rule.uses.per.en}, already used (${refs})`,
    )
    return true
  }
  const other = used.find(({ privilege }) => rule.not_with.includes(privilege))
  if (!other) return false
  const title = allOf(stack).find(({ code }) => code === other.privilege)?.title ?? { zh: '', en: '' }
  draft.use(`used:${other.privilege}`, `已用：${other.ref}`, `used: ${other.ref}`)
  draft.say(
    `与“${title.zh}”只能享受一项，已用（${other.ref}）`,
    `not with "${title.en}", which was used (${other.ref})`,
  )
  return true
}

function holdsAward(draft: RulingDraft, rule: Privilege, { awards, day }: PrivilegeQuestion): boolean {
  if (rule.awards.length === 0) return true
  const titleOf = (code: string) => draft.stack.terms.get(code)?.title ?? { zh: code, en: code }
  const held = awards.find((one) => rule.awards.includes(one.award) && one.day <= day)
  const needed = rule.awards.map(titleOf)
  if (!held) {
    draft.say(
      `须有：${needed.map(({ zh }) => zh).join('、')}，没有记录`,
      `needs one of: ${needed.map(({ en }) => en).join(', ')}; none is recorded`,
    )
    return false
  }
  const title = titleOf(held.award)
  const when = formatDay(held.day)
  draft.use(`award:${held.award}`, `${title.zh}：${when}（${held.ref}）`, `${title.en}: ${when} (${held.ref})`)
  draft.say(`已获“${title.zh}”（${held.ref}）`, `holds "${title.en}" (${held.ref})`)
  return true
}

function effectWords(effect: PrivilegeEffect, months: number | null): Label {
  switch (effect.kind) {
    case 'waived':
      return { zh: '免于', en: 'waived' }
    case 'deemed_done':
      return { zh: '视同完成', en: 'deemed done' }
    case 'first':
      return { zh: '优先', en: 'goes first' }
    case 'earlier':
      return { zh: `可提前 ${months} 个月`, en: `${months} months earlier` }
    case 'next_grade':
      return { zh: '可直接申报高一级', en: 'may apply for the next grade' }
    case 'outside_limit':
      return { zh: `不受${effect.limit.zh}限制`, en: `not bound by ${effect.limit.en}` }
    case 'counts_as':
      return { zh: `视同${effect.what.zh}`, en: `counts as ${effect.what.en}` }
  }
}
