import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import Fastify from 'fastify'
import { afterAll, describe, expect, it } from 'vitest'
import { ACCESS_CONTEXT } from '#platform/db/context.ts'
import { testDatabase } from '#platform/db/testing.ts'
import { COUNTY, HOSPITAL, openAccessHouse } from './testing.ts'

/** A small identity provider on the loopback: it knows one person at a time and gives each code once. */
async function openProvider() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const person = { sub: 'p-1', preferred_username: 'sso-user' }
  const asked = new Map<string, Record<string, string>>()
  let forge = false
  const app = Fastify()
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  )
  const issuer = () => {
    const address = app.server.address()
    if (address === null || typeof address === 'string') throw new Error('not listening')
    return `http://127.0.0.1:${address.port}`
  }
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = (claims: object) => {
    const content = `${encode({ alg: 'RS256', kid: 'k1' })}.${encode(claims)}`
    const key = forge ? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey : privateKey
    return `${content}.${sign('sha256', Buffer.from(content), key).toString('base64url')}`
  }

  app.get('/.well-known/openid-configuration', () => ({
    issuer: issuer(),
    authorization_endpoint: `${issuer()}/authorize`,
    token_endpoint: `${issuer()}/token`,
    jwks_uri: `${issuer()}/keys`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    code_challenge_methods_supported: ['S256'],
  }))
  app.get('/keys', () => ({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'RS256', use: 'sig' }] }))
  app.get<{ Querystring: Record<string, string> }>('/authorize', ({ query }, reply) => {
    const code = randomBytes(8).toString('hex')
    asked.set(code, query)
    return reply.redirect(`${query.redirect_uri}?code=${code}&state=${query.state}`)
  })
  app.post<{ Body: Record<string, string> }>('/token', ({ body }, reply) => {
    const query = asked.get(body.code ?? '')
    asked.delete(body.code ?? '')
    const challenge = createHash('sha256')
      .update(body.code_verifier ?? '')
      .digest('base64url')
    if (!query || query.code_challenge !== challenge || query.redirect_uri !== body.redirect_uri) {
      return reply.status(400).send({ error: 'invalid_grant' })
    }
    const now = Math.floor(Date.now() / 1000)
    const claims = { iss: issuer(), aud: 'tongpao', iat: now, exp: now + 60, nonce: query.nonce, ...person }
    return reply.send({ access_token: 'a', token_type: 'Bearer', id_token: signed(claims) })
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  return {
    issuer: issuer(),
    person,
    close: () => app.close(),
    forge(on: boolean) {
      forge = on
    },
  }
}

const provider = await openProvider()
const house = await openAccessHouse(await testDatabase(), {
  oidc: {
    name: '政务单点登录',
    issuer: provider.issuer,
    client_id: 'tongpao',
    client_secret: 'secret',
    login_claim: 'preferred_username',
  },
})
afterAll(async () => {
  await house.close()
  await provider.close()
})

/** Leaves for the provider and stops where it sends the browser back to. */
async function leave() {
  const started = await house.app.inject({ url: '/api/oidc/start', headers: { host: 'house.test' } })
  const authorized = await fetch(String(started.headers.location), { redirect: 'manual' })
  const [flow] = started.cookies
  return { back: new URL(authorized.headers.get('location') ?? ''), cookies: { [flow?.name ?? '']: flow?.value ?? '' } }
}

async function comeBack(back: URL, cookies: Record<string, string>) {
  const answer = await house.app.inject({
    url: `${back.pathname}${back.search}`,
    headers: { host: 'house.test' },
    cookies,
  })
  const session = answer.cookies.find(({ name }) => name === 'tongpao_session')?.value
  return { location: answer.headers.location, session }
}

async function goThrough() {
  const { back, cookies } = await leave()
  return comeBack(back, cookies)
}

describe('single sign-on', () => {
  it('is offered where a provider is set up', async () => {
    const { body } = await house.ask('GET', '/api/session/ways')
    expect(body.single_sign_on).toEqual({ name: '政务单点登录', url: '/api/oidc/start' })
  })

  it('makes no account', async () => {
    expect(await goThrough()).toEqual({
      location: '/?sign_in_problem=access.single_sign_on_unknown',
      session: undefined,
    })
  })

  it('opens an existing account by its login, ties the person to it, and knows them by that afterwards', async () => {
    const userId = await house.account('sso-user', [['finance_clerk', COUNTY]])
    const { location, session } = await goThrough()
    expect(location).toBe('/')
    expect((await house.ask('GET', '/api/session', { session: session ?? '' })).body.user_id).toBe(userId)

    provider.person.preferred_username = 'renamed'
    const again = await goThrough()
    expect((await house.ask('GET', '/api/session', { session: again.session ?? '' })).body.user_id).toBe(userId)
  })

  it('gives nobody else an account that is tied already', async () => {
    Object.assign(provider.person, { sub: 'p-2', preferred_username: 'sso-user' })
    expect((await goThrough()).location).toBe('/?sign_in_problem=access.single_sign_on_unknown')
  })

  it('opens no disabled account', async () => {
    Object.assign(provider.person, { sub: 'p-3', preferred_username: 'gone' })
    const userId = await house.account('gone', [['worker', HOSPITAL]])
    await house.database.transact(ACCESS_CONTEXT, (tx) =>
      tx.updateTable('users').set({ state: 'disabled' }).where('user_id', '=', userId).execute(),
    )
    expect((await goThrough()).session).toBeUndefined()
  })

  it('takes no answer of another browser, no other state, no code twice and no forged token', async () => {
    await house.account('careful', [['worker', HOSPITAL]])
    Object.assign(provider.person, { sub: 'p-4', preferred_username: 'careful' })
    const failed = { location: '/?sign_in_problem=access.single_sign_on_failed', session: undefined }
    const first = await leave()
    expect(await comeBack(first.back, {})).toEqual(failed)
    const second = await leave()
    expect(await comeBack(first.back, second.cookies)).toEqual(failed)
    expect((await comeBack(second.back, second.cookies)).session).toBeDefined()
    expect(await comeBack(second.back, second.cookies)).toEqual(failed)
    provider.forge(true)
    expect(await goThrough()).toEqual(failed)
  })
})
