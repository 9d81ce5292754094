import { checkFundUse } from './check-fund-use.ts'
import { checkProcedures } from './check-procedures.ts'
import { checkRecommendations } from './check-recommendations.ts'
import type { Mistakes } from './mistakes.ts'
import type { Pack, Place, Stack } from './pack.ts'
import type { Fund, TermKind } from './pack-provisions.ts'

/** What the kinds of reference that these sections add are called. */
export const PROVISION_NAMES = {
  step: { zh: '环节', en: 'step' },
  award: { zh: '奖项', en: 'award' },
  headcount: { zh: '人数', en: 'headcount' },
  recipient: { zh: '对象', en: 'recipient' },
  fund: { zh: '资金', en: 'fund' },
  happening: { zh: '事件', en: 'event' },
  quota: { zh: '名额', en: 'quota' },
  deadline: { zh: '期限', en: 'deadline' },
  privilege: { zh: '免除或优先', en: 'waiver or priority' },
} as const

export type ProvisionKind = keyof typeof PROVISION_NAMES

/** The codes that a reference of that kind may name. */
export function provisionCodes(stack: Stack, kind: ProvisionKind): readonly string[] {
  switch (kind) {
    case 'fund':
      return [...stack.funds.keys()]
    case 'quota':
      return [...stack.quotas.keys()]
    case 'deadline':
      return [...stack.deadlines.keys()]
    case 'privilege':
      return [...stack.waivers.keys(), ...stack.priorities.keys()]
    case 'happening':
      return [...termsOf(stack, 'event'), ...stack.events.keys()]
    default:
      return termsOf(stack, kind)
  }
}

function termsOf(stack: Stack, kind: TermKind): readonly string[] {
  return [...stack.terms.values()].flatMap((term) => (term.kind === kind ? [term.code] : []))
}

/** What can be checked of these sections only when a layer stands under the layers above it. */
export function checkProvisions(stack: Stack, pack: Pack, mistakes: Mistakes): void {
  for (const fund of pack.funds.values()) checkWithin(stack, fund, mistakes)
  for (const entitlement of pack.entitlements.values()) checkFundUse(stack, entitlement, mistakes)
  checkProcedures(stack, pack, mistakes)
  checkRecommendations(stack, pack, mistakes)
}

/** Money that was handed down for a purpose keeps that purpose: the lower fund lists no use or recipient that the upper one lacks. */
function checkWithin(stack: Stack, fund: Fund, mistakes: Mistakes): void {
  const upper = fund.within === null ? undefined : stack.funds.get(fund.within)
  if (!upper) return
  if (turnsInCircle(stack, fund)) refuseCircle(fund, mistakes)
  if (upper.unlisted.kind === 'free') return
  if (fund.unlisted.kind === 'free') refuseFree(fund, upper, mistakes)
  for (const use of fund.uses.values()) {
    if (use.forbidden !== null) continue
    const allowed = upper.uses.get(use.code)
    if (!allowed || allowed.forbidden !== null) refuseWider(fund, use.code, use.place, upper, mistakes)
    else if (allowed.recipients.length > 0) {
      const wider = use.recipients.filter((recipient) => !allowed.recipients.includes(recipient))
      const anybody = use.recipients.length === 0 ? ['recipients'] : []
      for (const recipient of [...wider, ...anybody]) refuseWider(fund, recipient, use.place, upper, mistakes)
    }
  }
}

function turnsInCircle(stack: Stack, start: Fund): boolean {
  const seen = new Set<string>()
  let fund: Fund | undefined = start
  while (fund && fund.within !== null) {
    if (seen.has(fund.code)) return true
    seen.add(fund.code)
    fund = stack.funds.get(fund.within)
  }
  return false
}

function refuseCircle(fund: Fund, mistakes: Mistakes): void {
  mistakes.add(
    'fund.circle',
    fund.place,
    fund.code,
    { zh: '资金绕了一圈又从自己拨出', en: 'the fund is handed down out of itself' },
    { zh: 'within 写上级的资金', en: 'within names a fund of a layer above' },
  )
}

function refuseFree(fund: Fund, upper: Fund, mistakes: Mistakes): void {
  mistakes.add(
    'fund.wider',
    fund.place,
    fund.code,
    {
      zh: `没有列用途，而上级资金 ${upper.code}（${upper.place.file}:${upper.place.line}）限定了用途`,
      en: `it lists no uses, but ${upper.code} (${upper.place.file}:${upper.place.line}) limits them`,
    },
    { zh: '照上级的用途列出 uses', en: 'list uses, none but those of the fund above' },
  )
}

function refuseWider(fund: Fund, value: string, place: Place, upper: Fund, mistakes: Mistakes): void {
  const where = `${upper.place.file}:${upper.place.line}`
  mistakes.add(
    'fund.wider',
    place,
    value,
    {
      zh: `超出上级资金 ${upper.code} 的用途（${where}）`,
      en: `${fund.code} goes beyond the uses of ${upper.code} (${where})`,
    },
    {
      zh: '专款专用：只能写上级列出的用途和对象',
      en: 'earmarked money keeps its uses and recipients: list only those',
    },
  )
}
