import type { FastifyReply, FastifyRequest } from 'fastify'
import { recordAudit } from '#platform/audit/record.ts'
import { httpProblems, Refusal, refuse } from '#platform/http/problem.ts'
import type { Routes } from '#platform/http/routes.ts'
import { accessContext, findUser, homeOf } from './account-rows.ts'
import {
  accessProblems,
  beginSecondFactor,
  changeOwnPassword,
  chooseLanguage,
  confirmSecondFactor,
  readSession,
  readSignInWays,
  signIn,
  signOut,
} from './contract.ts'
import { refusePassword } from './new-password.ts'
import type { AccessOptions, AccessPlatform } from './options.ts'
import type { OutsideProvider, ProviderName } from './outside-provider.ts'
import { hashPassword } from './passwords.ts'
import { qrSvg } from './qr.ts'
import { clearSessionCookie, type Opened, openSession, setSessionCookie, tokenOf, viewOf } from './session-view.ts'
import { type Attempt, type SignIn, TOTP_PLACE } from './sign-in.ts'
import { authenticatorUri, base32, createSecret } from './totp.ts'

interface Asked {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

function attemptOf(request: FastifyRequest, body: Pick<Attempt, 'login' | 'password' | 'code'>): Attempt {
  return { ...body, address: request.ip, request_id: request.id }
}

/** Hands the opened session to the browser and says who is signed in. */
export function createWelcome(platform: AccessPlatform, options: AccessOptions) {
  return async (opened: Opened | Refusal, { request, reply }: Asked) => {
    if (opened instanceof Refusal) return opened
    const actor = await platform.sessions.findActor(opened.token)
    if (!actor) return refuse(httpProblems.signed_out)
    setSessionCookie(request, reply, opened)
    return viewOf(platform, options, actor, request.id)
  }
}

type Providers = ReadonlyMap<ProviderName, OutsideProvider>

function bindSession(
  routes: Routes,
  platform: AccessPlatform,
  options: AccessOptions,
  signing: SignIn,
  providers: Providers,
): void {
  const welcome = createWelcome(platform, options)

  routes.bind(signIn, async ({ input, request, reply }) => {
    const opened = await signing.prove(attemptOf(request, input.body), async (proven) => {
      const refused = await signing.secondFactor(proven, input.body.code)
      return refused ?? openSession(platform, proven, request, 'password')
    })
    return welcome(opened, { request, reply })
  })

  routes.bind(readSession, ({ actor, request }) => viewOf(platform, options, actor, request.id))

  routes.bind(readSignInWays, async () => ({
    single_sign_on: options.oidc ? { name: options.oidc.settings.name, url: '/api/oidc/start' } : null,
    outside: [...providers.values()].map(({ name, title }) => ({
      provider: name,
      name: title,
      url: `/api/outside/${name}/start`,
    })),
    demo: platform.demo,
  }))

  routes.bind(signOut, async ({ actor, request, reply }) => {
    const token = tokenOf(request)
    await platform.database.transact(accessContext(actor, request.id), async (tx) => {
      if (token !== undefined) await platform.sessions.end(token, tx)
      await recordAudit(tx, {
        action: 'access.signed_out',
        subject_kind: 'user',
        subject_id: actor.user_id,
        unit_id: actor.assignments[0]?.unit_id,
      })
    })
    platform.sessions.forget(actor.user_id)
    clearSessionCookie(request, reply)
    return { signed_out: true as const }
  })
}

function bindSecondFactor(routes: Routes, platform: AccessPlatform, options: AccessOptions, signing: SignIn): void {
  const welcome = createWelcome(platform, options)

  routes.bind(beginSecondFactor, async ({ input, request }) => {
    if (platform.demo) return refuse(accessProblems.demo_second_factor)
    return signing.prove(attemptOf(request, input.body), async ({ tx, user }) => {
      if (user.totp_confirmed_at !== null) return refuse(accessProblems.second_factor_present)
      const secret = createSecret()
      const totp_secret = await platform.vault.seal('totp', TOTP_PLACE(user.user_id), secret.toString('hex'))
      await tx
        .updateTable('users')
        .set({ totp_secret, totp_last_step: null })
        .where('user_id', '=', user.user_id)
        .execute()
      const uri = authenticatorUri(secret, user.login)
      return { secret: base32(secret), uri, qr_svg: qrSvg(uri) }
    })
  })

  routes.bind(confirmSecondFactor, async ({ input, request, reply }) => {
    const opened = await signing.prove(attemptOf(request, input.body), async (proven) => {
      const { tx, user, roles } = proven
      if (user.totp_confirmed_at !== null) return refuse(accessProblems.second_factor_present)
      if (user.totp_secret === null) return refuse(accessProblems.second_factor_missing)
      const step = await signing.stepOf(user, input.body.code)
      if (step === undefined) {
        await signing.noteFailure(tx, user, roles, 'code')
        return refuse(accessProblems.second_factor_wrong)
      }
      const confirmed = { totp_confirmed_at: new Date(), totp_last_step: step }
      await tx.updateTable('users').set(confirmed).where('user_id', '=', user.user_id).execute()
      await recordAudit(tx, {
        action: 'access.second_factor_set',
        subject_kind: 'user',
        subject_id: user.user_id,
        unit_id: homeOf(roles),
      })
      return openSession(platform, proven, request, 'second_factor')
    })
    return welcome(opened, { request, reply })
  })
}

function bindOwnAccount(routes: Routes, platform: AccessPlatform, signing: SignIn): void {
  const { database, sessions } = platform

  routes.bind(changeOwnPassword, async ({ input, actor, request }) => {
    const context = accessContext(actor, request.id)
    const user = await database.read(context, (tx) => findUser(tx, actor.user_id))
    if (!user) return refuse(httpProblems.signed_out)
    const { current_password, new_password } = input.body
    const refused = refusePassword(new_password, user.login)
    if (refused) return refused
    const password_hash = await hashPassword(new_password)
    const attempt = attemptOf(request, { login: user.login, password: current_password })
    const outcome = await signing.prove(attempt, async ({ tx, roles }) => {
      await tx.updateTable('users').set({ password_hash }).where('user_id', '=', user.user_id).execute()
      await sessions.endAll(user.user_id, { except: tokenOf(request), tx })
      await recordAudit(tx, {
        action: 'access.password_changed',
        subject_kind: 'user',
        subject_id: user.user_id,
        unit_id: homeOf(roles),
      })
      return { changed: true as const }
    })
    if (outcome instanceof Refusal && outcome.problem === accessProblems.wrong) {
      return refuse(accessProblems.password_wrong)
    }
    sessions.forget(user.user_id)
    return outcome
  })

  routes.bind(chooseLanguage, async ({ input, actor, request }) => {
    const { language } = input.body
    await database.transact(accessContext(actor, request.id), (tx) =>
      tx.updateTable('users').set({ language }).where('user_id', '=', actor.user_id).execute(),
    )
    sessions.forget(actor.user_id)
    return { language }
  })
}

export function mountSessions(
  routes: Routes,
  platform: AccessPlatform,
  options: AccessOptions,
  signing: SignIn,
  providers: Providers,
): void {
  bindSession(routes, platform, options, signing, providers)
  bindSecondFactor(routes, platform, options, signing)
  bindOwnAccount(routes, platform, signing)
}
