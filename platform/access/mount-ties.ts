import { refuse } from '#platform/http/problem.ts'
import type { Routes } from '#platform/http/routes.ts'
import { accessContext } from './account-rows.ts'
import { changeAccount } from './accounts.ts'
import { suspendClosedRoles } from './closed-roles.ts'
import { accountProblems, tieOutside, untieOutside } from './contract-accounts.ts'
import type { AccessOptions, AccessPlatform } from './options.ts'
import { tie, untie } from './outside-identities.ts'
import type { OutsideProvider, ProviderName } from './outside-provider.ts'

/** An administrator ties accounts to people of DingTalk and WeCom, and unties them. */
export function mountTies(
  routes: Routes,
  { database, sessions }: AccessPlatform,
  options: AccessOptions,
  providers: ReadonlyMap<ProviderName, OutsideProvider>,
): void {
  routes.bind(tieOutside, async ({ input, actor, request }) => {
    const { user_id } = input.params
    const outcome = await database.transact(accessContext(actor, request.id), (tx) =>
      changeAccount(tx, options, actor, user_id, { whole: true }, async ({ roles }) => {
        const provider = providers.get(input.body.provider)
        if (!provider) return refuse(accountProblems.outside_off)
        await suspendClosedRoles(tx, actor, user_id, roles)
        const subject = provider.subjectOf(input.body.subject)
        return tie(tx, user_id, { provider: provider.name, subject }, actor.user_id)
      }),
    )
    sessions.forget(user_id)
    return outcome
  })

  routes.bind(untieOutside, async ({ input, actor, request }) => {
    const { user_id } = input.params
    const outcome = await database.transact(accessContext(actor, request.id), (tx) =>
      changeAccount(tx, options, actor, user_id, { whole: true }, async () => {
        if (!(await untie(tx, user_id, input.body.provider))) return refuse(accountProblems.outside_unknown)
        await sessions.endAll(user_id, { tx })
        return undefined
      }),
    )
    sessions.forget(user_id)
    return outcome
  })
}
