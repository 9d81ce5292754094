import { recordAudit } from '#platform/audit/record.ts'
import { httpProblems, Refusal, refuse } from '#platform/http/problem.ts'
import type { Handler, Routes } from '#platform/http/routes.ts'
import { accessContext, listRolesOf, openOnes, staffContext } from './account-rows.ts'
import {
  changeAccount,
  findAccountFor,
  insertAccount,
  insertRole,
  noteAccountChange,
  presentAccount,
  presentAccounts,
  refuseTaken,
  selectAccounts,
} from './accounts.ts'
import { reaches, scopeOf } from './actor.ts'
import { approve, suspendClosedRoles } from './closed-roles.ts'
import {
  type AccountView,
  accountProblems,
  approveRole,
  createAccount,
  disableAccount,
  enableAccount,
  endRole,
  grantRole,
  issueAccountCode,
  listAccounts,
  resetSecondFactor,
} from './contract-accounts.ts'
import { printCode, voidCodes } from './enrolment.ts'
import { originOf } from './mount-enrolment.ts'
import type { AccessOptions, AccessPlatform } from './options.ts'
import { PRIVILEGED_ROLES } from './permissions.ts'

function bindList(routes: Routes, { database }: AccessPlatform, options: AccessOptions): void {
  routes.bind(listAccounts, ({ input, actor, request }) =>
    database.read(accessContext(actor, request.id), async (tx) => {
      const { unit_id, limit, ...filter } = input.query
      const reach = scopeOf(actor, 'users.write')
      const scope = unit_id === undefined ? reach : await options.findUnitsBelow(tx, unit_id)
      const rows = await selectAccounts(tx, {
        scope,
        limit,
        name_contains: filter.name_contains,
        after: filter.after,
      })
      const page = rows.slice(0, limit)
      const last = page.at(-1)
      return {
        accounts: await presentAccounts(tx, options, page, reach),
        next: rows.length > limit && last ? String(last.user_id) : null,
      }
    }),
  )
}

function bindCreate(routes: Routes, { database }: AccessPlatform, options: AccessOptions): void {
  routes.bind(createAccount, async ({ input, actor, request }) => {
    const { person_id, login } = input.body
    if (person_id !== null) {
      const staff = await database.read(staffContext(actor, 'users.write', request.id), (tx) =>
        options.listStaff(tx, [person_id]),
      )
      if (staff.length === 0) return refuse(accountProblems.unknown_person)
    }
    try {
      return await database.transact(accessContext(actor, request.id), async (tx) => {
        const user = await insertAccount(tx, actor, input.body)
        const roles = await listRolesOf(tx, user.user_id)
        const issuer = { issuer_user_id: actor.user_id, origin: originOf(request) }
        const code = await printCode(tx, user, roles, issuer)
        return { account: await presentAccount(tx, options, user.user_id, actor), code }
      })
    } catch (error) {
      return refuseTaken(error, login)
    }
  })
}

function bindRoles(routes: Routes, { database, sessions }: AccessPlatform, options: AccessOptions): void {
  routes.bind(grantRole, async ({ input, actor, request }) => {
    const { user_id } = input.params
    const { role, unit_id } = input.body
    const outcome = await database.transact(accessContext(actor, request.id), (tx) =>
      changeAccount(tx, options, actor, user_id, { whole: false }, async ({ user, roles }) => {
        const held = openOnes(roles).some((open) => open.role === role && open.unit_id === unit_id)
        if (held) return refuse(accountProblems.role_held)
        await insertRole(tx, actor, user_id, { role, unit_id })
        // Signed in without a second factor, they sign in again with one.
        if (PRIVILEGED_ROLES.includes(role) && user.totp_confirmed_at === null) await sessions.endAll(user_id, { tx })
        return undefined
      }),
    )
    sessions.forget(user_id)
    return outcome
  })

  routes.bind(endRole, async ({ input, actor, request }) => {
    const { user_id, assignment_id } = input.params
    const outcome = await database.transact(accessContext(actor, request.id), (tx) =>
      changeAccount(tx, options, actor, user_id, { whole: false }, async ({ roles }) => {
        const found = roles.find((role) => role.assignment_id === assignment_id)
        if (!found || !reaches(scopeOf(actor, 'users.write'), found.unit_id)) return refuse(httpProblems.not_found)
        if (found.ended_at !== null) return refuse(accountProblems.role_ended)
        const ended = { ended_at: new Date() }
        await tx.updateTable('role_assignments').set(ended).where('assignment_id', '=', assignment_id).execute()
        await recordAudit(tx, {
          action: 'access.role_ended',
          subject_kind: 'user',
          subject_id: user_id,
          unit_id: found.unit_id,
          facts: { role: found.role },
        })
        return undefined
      }),
    )
    sessions.forget(user_id)
    return outcome
  })
}

function bindApproval(routes: Routes, { database, sessions }: AccessPlatform, options: AccessOptions): void {
  routes.bind(approveRole, async ({ input, actor, request }) => {
    const { user_id, assignment_id } = input.params
    const outcome = await database.transact(accessContext(actor, request.id), (tx) =>
      changeAccount(tx, options, actor, user_id, { whole: false }, async ({ roles }) => {
        const found = roles.find((role) => role.assignment_id === assignment_id)
        return approve(tx, actor, found && { ...found, user_id })
      }),
    )
    sessions.forget(user_id)
    return outcome
  })
}

type AccountHandler = Handler<typeof disableAccount.input, typeof AccountView>

function bindStates(routes: Routes, { database, sessions }: AccessPlatform, options: AccessOptions): void {
  function change(action: string, values: Parameters<typeof assign>[0]): AccountHandler {
    return async ({ input, actor, request }) => {
      const { user_id } = input.params
      const outcome = await database.transact(accessContext(actor, request.id), (tx) =>
        changeAccount(tx, options, actor, user_id, { whole: true }, async (found) => {
          await tx.updateTable('users').set(assign(values)).where('user_id', '=', user_id).execute()
          await sessions.endAll(user_id, { tx })
          if (values === 'disabled') await voidCodes(tx, user_id, new Date())
          if (values === 'no_second_factor') await suspendClosedRoles(tx, actor, user_id, found.roles)
          await noteAccountChange(tx, found, action)
          return undefined
        }),
      )
      sessions.forget(user_id)
      return outcome
    }
  }

  routes.bind(disableAccount, change('access.account_disabled', 'disabled'))
  routes.bind(enableAccount, change('access.account_enabled', 'active'))
  routes.bind(resetSecondFactor, change('access.second_factor_reset', 'no_second_factor'))
}

function assign(what: 'disabled' | 'active' | 'no_second_factor') {
  if (what === 'no_second_factor') return { totp_secret: null, totp_confirmed_at: null, totp_last_step: null }
  if (what === 'disabled') return { state: what }
  return { state: what, failed_sign_ins: 0, locked_until: null }
}

function bindCode(routes: Routes, { database, sessions }: AccessPlatform): void {
  routes.bind(issueAccountCode, async ({ input, actor, request }) => {
    const outcome = await database.transact(accessContext(actor, request.id), async (tx) => {
      const found = await findAccountFor(tx, actor, input.params.user_id, { whole: true })
      if (found instanceof Refusal) return found
      if (found.user.state !== 'active') return refuse(accountProblems.disabled)
      await suspendClosedRoles(tx, actor, found.user.user_id, found.roles)
      return printCode(tx, found.user, found.roles, { issuer_user_id: actor.user_id, origin: originOf(request) })
    })
    sessions.forget(input.params.user_id)
    return outcome
  })
}

export function mountAccounts(routes: Routes, platform: AccessPlatform, options: AccessOptions): void {
  bindList(routes, platform, options)
  bindCreate(routes, platform, options)
  bindRoles(routes, platform, options)
  bindApproval(routes, platform, options)
  bindStates(routes, platform, options)
  bindCode(routes, platform)
}
