import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type Problem, type Refusal, refuse } from '#platform/http/problem.ts'
import { accessContext, listRolesOf } from './account-rows.ts'
import { accessProblems } from './contract.ts'
import { noteRedeemed, takeCode } from './enrolment.ts'
import type { AccessPlatform } from './options.ts'
import { createDingtalk } from './outside-dingtalk.ts'
import { findArrival, findTied, type Identity, keepArrival, spendArrival, tie } from './outside-identities.ts'
import { type OutsidePage, outsidePage } from './outside-page.ts'
import { OutsideFailure, type OutsideProvider, type ProviderName } from './outside-provider.ts'
import type { OutsideSettings } from './outside-settings.ts'
import { createWecom } from './outside-wecom.ts'
import { type Opened, openSession, setSessionCookie } from './session-view.ts'
import type { SignIn } from './sign-in.ts'
import { createThrottle } from './throttle.ts'

/**
 * Sign-in from DingTalk and WeCom. The provider vouches for a person; which account that is stands in `external_identities`, where
 * only a printed code or an administrator puts it. Roles that need a second factor need it here too: an unlocked telephone with a
 * chat app on it is one factor.
 */

const FLOW_COOKIE = 'tongpao_outside'
const ARRIVAL_COOKIE = 'tongpao_arrival'
const FLOW_SECONDS = 600
const PLACES = { phone: '/phone/', console: '/' } as const
type Place = keyof typeof PLACES
const WRONG_CODES_MAX = 20
const WRONG_CODES_WINDOW_MS = 10 * 60_000

const Flow = z.object({
  state: z.string().length(32),
  provider: z.enum(['dingtalk', 'wecom']),
  to: z.enum(['phone', 'console']),
})
const Entry = z.object({ printed_code: z.string().max(40).optional(), code: z.string().max(6).optional() })
const InAppCode = z.object({ code: z.string().min(1).max(200) })

export function createProviders({ dingtalk, wecom }: OutsideSettings): ReadonlyMap<ProviderName, OutsideProvider> {
  const providers = [...(wecom ? [createWecom(wecom)] : []), ...(dingtalk ? [createDingtalk(dingtalk)] : [])]
  return new Map(providers.map((provider) => [provider.name, provider]))
}

const FAILURES = {
  unreachable: accessProblems.outside_unreachable,
  code: accessProblems.outside_code,
  settings: accessProblems.outside_settings,
  stranger: accessProblems.outside_stranger,
  unclear: accessProblems.outside_unreachable,
} as const satisfies Record<OutsideFailure['why'], Problem>

function cookieFor(request: FastifyRequest) {
  const secure = request.protocol === 'https'
  return { path: '/api/outside', httpOnly: true, sameSite: 'lax', secure, maxAge: FLOW_SECONDS } as const
}

function readFlow(request: FastifyRequest): z.output<typeof Flow> | undefined {
  const text = Buffer.from(request.cookies[FLOW_COOKIE] ?? '', 'base64url').toString()
  try {
    return Flow.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

function isSame(one: string, other: unknown): boolean {
  if (typeof other !== 'string' || other.length !== one.length) return false
  return timingSafeEqual(Buffer.from(one), Buffer.from(other))
}

/** The name of the provider's own browser; WeCom's says both its own name and WeChat's. */
function isInApp({ headers }: FastifyRequest, name: ProviderName): boolean {
  return (name === 'wecom' ? /wxwork/i : /dingtalk/i).test(headers['user-agent'] ?? '')
}

/** Somebody whom a provider has vouched for: in, or what is still asked. */
type Arrived =
  | { readonly kind: 'in'; readonly opened: Opened }
  | { readonly kind: 'asks'; readonly asks: 'printed_code' | 'second_factor'; readonly token: string }
  | { readonly kind: 'refused'; readonly problem: Problem }

/** The page between provider and house, with headers that let it load nothing and be framed nowhere. */
function sendPage(reply: FastifyReply, shown: OutsidePage, status = 200): FastifyReply {
  return (
    reply
      .status(status)
      .header('cache-control', 'no-store')
      // Not “no-referrer”: with it a browser says of the page's own form that it comes from nowhere.
      .header('referrer-policy', 'same-origin')
      .header(
        'content-security-policy',
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
      )
      .type('text/html; charset=utf-8')
      .send(outsidePage(shown))
  )
}

const refusePage = (reply: FastifyReply, problem: Problem, title: string) =>
  sendPage(reply, { asks: 'nothing', problem, title }, problem.status)

function carry(request: FastifyRequest, reply: FastifyReply, token: string, flow: z.output<typeof Flow>): void {
  const kept = Buffer.from(JSON.stringify({ token, ...flow })).toString('base64url')
  reply.setCookie(ARRIVAL_COOKIE, kept, cookieFor(request))
}

const isOwnPage = ({ headers, protocol, host }: FastifyRequest) => headers.origin === `${protocol}://${host}`

interface Outside {
  readonly app: FastifyInstance
  readonly platform: AccessPlatform
  readonly providers: ReadonlyMap<ProviderName, OutsideProvider>
  readonly signing: SignIn
}

function findProvider({ providers }: Outside, name: string): OutsideProvider | undefined {
  return [...providers.values()].find((provider) => provider.name === name)
}

/** What a provider says about a code, or the problem that the page shows. */
async function identify(request: FastifyRequest, ask: () => Promise<string>): Promise<string | Problem> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof OutsideFailure)) throw error
    request.log.warn({ why: error.why, said: error.said }, 'outside sign-in failed')
    return FAILURES[error.why]
  }
}

function arrive({ platform, signing }: Outside, identity: Identity, request: FastifyRequest): Promise<Arrived> {
  return platform.database.transact(accessContext(undefined, request.id), async (tx): Promise<Arrived> => {
    const user = await findTied(tx, identity)
    if (!user) return { kind: 'asks', asks: 'printed_code', token: await keepArrival(tx, identity) }
    if (user.state !== 'active') return { kind: 'refused', problem: accessProblems.outside_disabled }
    const roles = await listRolesOf(tx, user.user_id)
    if (!signing.asksSecondFactor({ user, roles }))
      return { kind: 'in', opened: await openSession(platform, { tx, user, roles }, request, identity.provider) }
    if (user.totp_confirmed_at === null) return { kind: 'refused', problem: accessProblems.outside_factor_missing }
    return { kind: 'asks', asks: 'second_factor', token: await keepArrival(tx, identity) }
  })
}

function mountStart(outside: Outside): void {
  outside.app.get<{ Params: { provider: string }; Querystring: { to?: string } }>(
    '/api/outside/:provider/start',
    (request, reply) => {
      const provider = findProvider(outside, request.params.provider)
      if (!provider) return reply.callNotFound()
      const state = randomBytes(16).toString('hex')
      const to: Place = request.query.to === 'phone' ? 'phone' : 'console'
      const flow = Buffer.from(JSON.stringify({ state, provider: provider.name, to })).toString('base64url')
      const redirect_uri = `${request.protocol}://${request.host}/api/outside/${provider.name}/callback`
      const address = provider.addressOf({ redirect_uri, state, in_app: isInApp(request, provider.name) })
      return reply.setCookie(FLOW_COOKIE, flow, cookieFor(request)).redirect(address)
    },
  )
}

function mountCallback(outside: Outside): void {
  outside.app.get<{ Params: { provider: string }; Querystring: Record<string, unknown> }>(
    '/api/outside/:provider/callback',
    async (request, reply) => {
      const provider = findProvider(outside, request.params.provider)
      if (!provider) return reply.callNotFound()
      const flow = readFlow(request)
      reply.clearCookie(FLOW_COOKIE, cookieFor(request))
      const isOurs = flow?.provider === provider.name && isSame(flow.state, request.query.state)
      if (!flow || !isOurs) return refusePage(reply, accessProblems.outside_state, provider.title)
      const code = provider.codeOf(request.query)
      // The person said no, or the provider sent nothing.
      if (!code) return refusePage(reply, accessProblems.outside_code, provider.title)
      const subject = await identify(request, () => provider.identify(code))
      if (typeof subject !== 'string') return refusePage(reply, subject, provider.title)
      const arrived = await arrive(outside, { provider: provider.name, subject }, request)
      if (arrived.kind === 'refused') return refusePage(reply, arrived.problem, provider.title)
      if (arrived.kind === 'asks') {
        carry(request, reply, arrived.token, flow)
        return sendPage(reply, { asks: arrived.asks, problem: undefined, title: provider.title })
      }
      setSessionCookie(request, reply, arrived.opened)
      return reply.redirect(PLACES[flow.to])
    },
  )
}

type Settled =
  | { readonly kind: 'in'; readonly opened: Opened }
  | { readonly kind: 'asks'; readonly asks: OutsidePage['asks']; readonly refusal: Refusal | undefined }

/** Settles what an arrival still lacks: an account (by a printed code), or the second factor. */
function settle({ platform, signing }: Outside, token: string, entry: z.output<typeof Entry>, request: FastifyRequest) {
  const refused = (refusal: Refusal, asks: OutsidePage['asks'] = 'nothing'): Settled => ({
    kind: 'asks',
    asks,
    refusal,
  })
  return platform.database.transact(accessContext(undefined, request.id), async (tx): Promise<Settled> => {
    const identity = await findArrival(tx, token)
    if (!identity) return refused(refuse(accessProblems.outside_state))
    const tied = await findTied(tx, identity)
    const user = tied ?? (entry.printed_code ? await takeCode(tx, entry.printed_code) : undefined)
    if (!user) return refused(refuse(accessProblems.code_unknown), 'printed_code')
    const roles = await listRolesOf(tx, user.user_id)
    if (!tied) {
      const taken = await tie(tx, user.user_id, identity, null)
      // Thrown, so that the printed code is not used up by it.
      if (taken) throw new NotTied(taken)
      await noteRedeemed(tx, user, roles)
    }
    if (user.state !== 'active') return refused(refuse(accessProblems.outside_disabled))
    const locked = signing.lockOf(user)
    if (locked) return refused(locked)
    const asksFactor = signing.asksSecondFactor({ user, roles })
    if (asksFactor && user.totp_confirmed_at === null) return refused(refuse(accessProblems.outside_factor_missing))
    if (asksFactor && entry.code === undefined) return { kind: 'asks', asks: 'second_factor', refusal: undefined }
    const wrong = await signing.secondFactor({ tx, user, roles }, entry.code)
    if (wrong) return refused(wrong, 'second_factor')
    await spendArrival(tx, token)
    return { kind: 'in', opened: await openSession(platform, { tx, user, roles }, request, identity.provider) }
  })
}

function mountEntry(outside: Outside): void {
  const { app, providers } = outside
  const addresses = createThrottle(WRONG_CODES_MAX, WRONG_CODES_WINDOW_MS)
  const titleOf = (kept: z.output<typeof Kept> | undefined) => (kept && providers.get(kept.provider)?.title) ?? ''

  app.get<{ Querystring: { asks?: string } }>('/api/outside/entry', (request, reply) => {
    const kept = readKept(request)
    if (!kept) return refusePage(reply, accessProblems.outside_state, '')
    const asks = request.query.asks === 'second_factor' ? 'second_factor' : 'printed_code'
    return sendPage(reply, { asks, problem: undefined, title: titleOf(kept) })
  })

  app.register(async (inner) => {
    inner.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
      done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    )
    inner.post('/api/outside/entry', async (request, reply) => {
      const kept = readKept(request)
      const title = titleOf(kept)
      const entry = Entry.safeParse(request.body)
      if (!kept || !isOwnPage(request) || !entry.success) return refusePage(reply, accessProblems.outside_state, title)
      if (addresses.waitMinutes(request.ip) > 0) return refusePage(reply, accessProblems.outside_wait, title)
      const settled = await settle(outside, kept.token, entry.data, request).catch((error: unknown): Settled => {
        if (error instanceof NotTied) return { kind: 'asks', asks: 'nothing', refusal: error.refusal }
        throw error
      })
      if (settled.kind === 'in') {
        reply.clearCookie(ARRIVAL_COOKIE, cookieFor(request))
        setSessionCookie(request, reply, settled.opened)
        return reply.redirect(PLACES[kept.to], 303)
      }
      const { asks, refusal } = settled
      if (refusal) addresses.fail(request.ip)
      return sendPage(reply, { asks, problem: refusal?.problem, title }, refusal?.problem.status ?? 200)
    })
  })
}

/** A code that a page inside the app asked for itself. */
function mountInApp(outside: Outside): void {
  outside.app.post('/api/outside/dingtalk/code', async (request, reply) => {
    const provider = outside.providers.get('dingtalk')
    const body = InAppCode.safeParse(request.body)
    if (!provider?.identifyInApp || !body.success) return reply.callNotFound()
    const problem = ({ status, code }: Problem) => reply.status(status).send({ code })
    if (!isOwnPage(request)) return problem({ ...accessProblems.outside_state, status: 403 })
    const { identifyInApp } = provider
    const subject = await identify(request, () => identifyInApp(body.data.code))
    if (typeof subject !== 'string') return problem(subject)
    const arrived = await arrive(outside, { provider: 'dingtalk', subject }, request)
    if (arrived.kind === 'refused') return problem(arrived.problem)
    if (arrived.kind === 'in') {
      setSessionCookie(request, reply, arrived.opened)
      return reply.send({ next: PLACES.phone })
    }
    carry(request, reply, arrived.token, { state: '0'.repeat(32), provider: 'dingtalk', to: 'phone' })
    return reply.send({ next: `/api/outside/entry?asks=${arrived.asks}` })
  })
}

export function mountOutside(
  app: FastifyInstance,
  platform: AccessPlatform,
  providers: ReadonlyMap<ProviderName, OutsideProvider>,
  signing: SignIn,
): void {
  const outside: Outside = { app, platform, providers, signing }
  mountStart(outside)
  mountCallback(outside)
  mountEntry(outside)
  mountInApp(outside)
}

class NotTied extends Error {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.problem.code)
    this.refusal = refusal
  }
}

const Kept = Flow.extend({ token: z.string().min(20).max(100) })

function readKept(request: FastifyRequest): z.output<typeof Kept> | undefined {
  const text = Buffer.from(request.cookies[ARRIVAL_COOKIE] ?? '', 'base64url').toString()
  try {
    return Kept.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
