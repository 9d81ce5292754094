import type { Mistakes } from './mistakes.ts'
import type { Entitlement, Stack } from './pack.ts'
import type { Fund } from './pack-provisions.ts'
import type { Label } from './vocabulary.ts'

/**
 * Money that may not be spent on something pays no entitlement of that kind. Which use an entitlement is only the pack can say; where
 * its fund forbids anything, it must.
 */
export function checkFundUse(stack: Stack, entitlement: Entitlement, mistakes: Mistakes): void {
  const fund = entitlement.fund === null ? undefined : stack.funds.get(entitlement.fund)
  const { use: code, place } = entitlement
  const refuse = (kind: string, wrong: Label, right: Label) =>
    mistakes.add(kind, place, code ?? entitlement.code, wrong, right)
  if (!fund) {
    if (code === null) return
    refuse(
      'fund.use_without_fund',
      { zh: '写了用途，却没有说是哪一笔资金', en: 'a use, but no fund' },
      { zh: 'paid_by 写资金的名称，或删去 use', en: 'name the fund with paid_by, or leave use out' },
    )
    return
  }
  if (code === null) {
    if (forbidsSomething(fund)) refuseUnsaid(fund, refuse)
    return
  }
  const use = fund.uses.get(code)
  const forbidden = use ? use.forbidden : fund.unlisted.kind === 'forbidden' ? fund.unlisted.reason : null
  if (forbidden !== null) {
    refuse(
      'fund.use_forbidden',
      {
        zh: `“${fund.title.zh}”不得这样用：${forbidden.zh}`,
        en: `"${fund.title.en}" may not be used so: ${forbidden.en}`,
      },
      { zh: '换一笔资金，或改 use', en: 'let another fund pay, or change use' },
    )
  }
  if (use || fund.unlisted.kind !== 'undecided') return
  const point = fund.unlisted.decision
  if (entitlement.who.every(({ outcome, decision }) => outcome !== 'entitled' || decision === point)) return
  refuse(
    'fund.use_unlisted',
    {
      zh: `不在“${fund.title.zh}”所列用途之内，要先由人定`,
      en: `not among the listed uses of "${fund.title.en}": somebody must decide first`,
    },
    {
      zh: `who 里写 outcome: undecided, decision: ${point}`,
      en: `write outcome: undecided, decision: ${point} under who`,
    },
  )
}

function forbidsSomething({ uses, unlisted }: Fund): boolean {
  return unlisted.kind === 'forbidden' || [...uses.values()].some(({ forbidden }) => forbidden !== null)
}

function refuseUnsaid({ title, uses }: Fund, refuse: (kind: string, wrong: Label, right: Label) => void): void {
  const codes = [...uses.values()].flatMap((use) => (use.forbidden === null ? [use.code] : [])).join(', ')
  refuse(
    'fund.use_unsaid',
    {
      zh: `“${title.zh}”有不准的用途，没有说这一项是哪一种用途`,
      en: `"${title.en}" forbids some uses, and it is not said which use this is`,
    },
    { zh: `写 use: 用途的名称（${codes}）`, en: `write use: one of ${codes}` },
  )
}
