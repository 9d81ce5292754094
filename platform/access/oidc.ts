import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import * as client from 'openid-client'
import { z } from 'zod'
import { recordAudit } from '#platform/audit/record.ts'
import type { Tx } from '#platform/db/database.ts'
import type { Problem } from '#platform/http/problem.ts'
import { accessContext, homeOf, listRolesOf, lockUser, type UserRow } from './account-rows.ts'
import { accessProblems } from './contract.ts'
import type { AccessPlatform } from './options.ts'
import { type Opened, openSession, setSessionCookie } from './session-view.ts'

/**
 * Single sign-on with an identity provider (OpenID Connect, authorization code with PKCE). It opens accounts that exist
 * here and makes none; a second factor is the provider's affair.
 */
export interface OidcSettings {
  /** What the button on the sign-in page says, such as “政务单点登录”. */
  readonly name: string
  readonly issuer: string
  readonly client_id: string
  readonly client_secret: string
  /**
   * The claim that names the local account at its first such sign-in; afterwards the provider's own name of the person
   * (`sub`) is what counts. Only a claim that people cannot change themselves is fit for this.
   */
  readonly login_claim: string
}

const FLOW_COOKIE = 'tongpao_oidc'
const FLOW_SECONDS = 600
const CALLBACK = '/api/oidc/callback'
const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost'])

/** What the browser keeps between leaving for the provider and coming back. */
const Flow = z.object({ state: z.string(), nonce: z.string(), verifier: z.string() })
type Flow = z.output<typeof Flow>

function readFlow(request: FastifyRequest): Flow | undefined {
  try {
    const text = Buffer.from(request.cookies[FLOW_COOKIE] ?? '', 'base64url').toString()
    return Flow.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

function flowCookie(request: FastifyRequest) {
  const secure = request.protocol === 'https'
  return { path: '/api/oidc', httpOnly: true, sameSite: 'lax', secure, maxAge: FLOW_SECONDS } as const
}

/** Asks the provider for its addresses and keys, once; a failure is not kept. */
function createDiscovery({ issuer, client_id, client_secret }: OidcSettings): () => Promise<client.Configuration> {
  let found: Promise<client.Configuration> | undefined
  return () => {
    const url = new URL(issuer)
    const execute = [client.enableNonRepudiationChecks]
    if (LOOPBACK.has(url.hostname)) execute.push(client.allowInsecureRequests)
    found ??= client.discovery(url, client_id, client_secret, undefined, { execute, timeout: 10 }).catch((error) => {
      found = undefined
      throw error
    })
    return found
  }
}

/** The account that a person of the provider opens; at the first time it is found by its login and tied to the person. */
async function findTied(tx: Tx, subject: string, login: string | undefined): Promise<UserRow | undefined> {
  const tied = await tx.selectFrom('users').select('user_id').where('oidc_subject', '=', subject).executeTakeFirst()
  if (tied) return lockUser(tx, tied.user_id)
  if (login === undefined) return undefined
  const named = await tx
    .selectFrom('users')
    .select('user_id')
    .where('login', '=', login.toLowerCase())
    .where('oidc_subject', 'is', null)
    .executeTakeFirst()
  if (!named) return undefined
  const user = await lockUser(tx, named.user_id)
  if (user.oidc_subject !== null || user.state !== 'active') return undefined
  await tx.updateTable('users').set({ oidc_subject: subject }).where('user_id', '=', user.user_id).execute()
  await recordAudit(tx, {
    action: 'access.single_sign_on_tied',
    subject_kind: 'user',
    subject_id: user.user_id,
    unit_id: homeOf(await listRolesOf(tx, user.user_id)),
  })
  return user
}

interface Claims {
  readonly subject: string
  readonly login: string | undefined
}

async function claimsOf(config: client.Configuration, url: URL, flow: Flow, settings: OidcSettings): Promise<Claims> {
  const tokens = await client.authorizationCodeGrant(config, url, {
    pkceCodeVerifier: flow.verifier,
    expectedState: flow.state,
    expectedNonce: flow.nonce,
    idTokenExpected: true,
  })
  const claims = tokens.claims()
  if (!claims) throw new Error('the provider gave no ID token')
  const login = claims[settings.login_claim]
  return { subject: `${claims.iss} ${claims.sub}`, login: typeof login === 'string' ? login : undefined }
}

/** Back to the sign-in page, which shows the problem's text. */
function turnBack(reply: FastifyReply, { code }: Problem): FastifyReply {
  return reply.redirect(`/?sign_in_problem=${code}`)
}

export function mountOidc(app: FastifyInstance, platform: AccessPlatform, settings: OidcSettings): void {
  const discover = createDiscovery(settings)
  const redirectUri = (request: FastifyRequest) => `${request.protocol}://${request.host}${CALLBACK}`

  app.get('/api/oidc/start', async (request, reply) => {
    try {
      const config = await discover()
      const verifier = client.randomPKCECodeVerifier()
      const flow: Flow = { state: client.randomState(), nonce: client.randomNonce(), verifier }
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri(request),
        scope: 'openid profile',
        state: flow.state,
        nonce: flow.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      })
      const kept = Buffer.from(JSON.stringify(flow)).toString('base64url')
      return reply.setCookie(FLOW_COOKIE, kept, flowCookie(request)).redirect(url.href)
    } catch (error) {
      request.log.warn({ err: error }, 'identity provider not reached')
      return turnBack(reply, accessProblems.single_sign_on_failed)
    }
  })

  app.get(CALLBACK, async (request, reply) => {
    const flow = readFlow(request)
    reply.clearCookie(FLOW_COOKIE, flowCookie(request))
    if (!flow) return turnBack(reply, accessProblems.single_sign_on_failed)
    let claims: Claims
    try {
      const current = new URL(request.url, redirectUri(request))
      claims = await claimsOf(await discover(), current, flow, settings)
    } catch (error) {
      request.log.warn({ err: error }, 'single sign-on failed')
      return turnBack(reply, accessProblems.single_sign_on_failed)
    }
    const opened = await platform.database.transact(
      accessContext(undefined, request.id),
      async (tx): Promise<Opened | undefined> => {
        const user = await findTied(tx, claims.subject, claims.login)
        if (user?.state !== 'active') return undefined
        const roles = await listRolesOf(tx, user.user_id)
        return openSession(platform, { tx, user, roles }, request, 'single_sign_on')
      },
    )
    if (!opened) return turnBack(reply, accessProblems.single_sign_on_unknown)
    setSessionCookie(request, reply, opened)
    return reply.redirect('/')
  })
}
