import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { recordAudit } from '#platform/audit/record.ts'
import { httpProblems, Refusal, refuse } from '#platform/http/problem.ts'
import type { Routes } from '#platform/http/routes.ts'
import { accessContext, findUser, homeOf, isPrivileged, listRolesOf } from './account-rows.ts'
import type { Actor } from './actor.ts'
import { accessProblems } from './contract.ts'
import {
  endOtherSessions,
  type OwnAccount,
  proposeSecondFactor,
  readOwnAccount,
  replaceSecondFactor,
} from './contract-own.ts'
import type { AccessPlatform } from './options.ts'
import { qrSvg } from './qr.ts'
import { tokenOf } from './session-view.ts'
import { type SignIn, TOTP_PLACE } from './sign-in.ts'
import { authenticatorUri, base32, bytesOfBase32, createSecret, matchingStep } from './totp.ts'

interface Asked {
  readonly actor: Actor
  readonly request: FastifyRequest
}

async function presentAccount(
  { database, sessions, demo }: AccessPlatform,
  { actor, request }: Asked,
): Promise<z.input<typeof OwnAccount> | Refusal> {
  return database.read(accessContext(actor, request.id), async (tx) => {
    const user = await findUser(tx, actor.user_id)
    if (!user) return refuse(httpProblems.signed_out)
    const roles = await listRolesOf(tx, actor.user_id)
    return {
      login: user.login,
      second_factor: user.totp_confirmed_at !== null,
      second_factor_needed: isPrivileged(roles) && !demo,
      sessions: await sessions.list(tx, actor.user_id, tokenOf(request)),
    }
  })
}

function bindSessionsOfOneself(routes: Routes, platform: AccessPlatform): void {
  routes.bind(readOwnAccount, ({ actor, request }) => presentAccount(platform, { actor, request }))

  routes.bind(endOtherSessions, async ({ actor, request }) => {
    const { database, sessions } = platform
    await database.transact(accessContext(actor, request.id), async (tx) => {
      await sessions.endAll(actor.user_id, { except: tokenOf(request), tx })
      await recordAudit(tx, {
        action: 'access.signed_out_elsewhere',
        subject_kind: 'user',
        subject_id: actor.user_id,
        unit_id: actor.assignments[0]?.unit_id,
      })
    })
    sessions.forget(actor.user_id)
    return presentAccount(platform, { actor, request })
  })
}

function bindOwnSecondFactor(routes: Routes, platform: AccessPlatform, signing: SignIn): void {
  const { database, sessions, vault } = platform

  routes.bind(proposeSecondFactor, async ({ actor, request }) => {
    if (platform.demo) return refuse(accessProblems.demo_second_factor)
    const user = await database.read(accessContext(actor, request.id), (tx) => findUser(tx, actor.user_id))
    if (!user) return refuse(httpProblems.signed_out)
    const secret = createSecret()
    return { secret: base32(secret), qr_svg: qrSvg(authenticatorUri(secret, user.login)) }
  })

  // The secret travels back with its first code instead of being kept: the old authenticator holds until the new one works.
  routes.bind(replaceSecondFactor, async ({ input, actor, request }) => {
    if (platform.demo) return refuse(accessProblems.demo_second_factor)
    const { current_password, current_code, secret: text, code } = input.body
    const secret = bytesOfBase32(text)
    const step = matchingStep(secret, code, new Date(), null)
    if (step === undefined) return refuse(accessProblems.second_factor_wrong)
    const known = await database.read(accessContext(actor, request.id), (tx) => findUser(tx, actor.user_id))
    if (!known) return refuse(httpProblems.signed_out)
    const attempt = { login: known.login, password: current_password, address: request.ip, request_id: request.id }
    const outcome = await signing.prove(attempt, async (proven) => {
      const { tx, user, roles } = proven
      const refused = user.totp_confirmed_at === null ? undefined : await signing.secondFactor(proven, current_code)
      if (refused) return refused
      const totp_secret = await vault.seal('totp', TOTP_PLACE(user.user_id), Buffer.from(secret).toString('hex'))
      const confirmed = { totp_secret, totp_confirmed_at: new Date(), totp_last_step: step }
      await tx.updateTable('users').set(confirmed).where('user_id', '=', user.user_id).execute()
      await sessions.endAll(user.user_id, { except: tokenOf(request), tx })
      await recordAudit(tx, {
        action: 'access.second_factor_set',
        subject_kind: 'user',
        subject_id: user.user_id,
        unit_id: homeOf(roles),
      })
      return { replaced: true as const }
    })
    if (outcome instanceof Refusal)
      return outcome.problem === accessProblems.wrong ? refuse(accessProblems.password_wrong) : outcome
    sessions.forget(actor.user_id)
    return presentAccount(platform, { actor, request })
  })
}

/** One's own account beside its password and language. */
export function mountOwnAccount(routes: Routes, platform: AccessPlatform, signing: SignIn): void {
  bindSessionsOfOneself(routes, platform)
  bindOwnSecondFactor(routes, platform, signing)
}
