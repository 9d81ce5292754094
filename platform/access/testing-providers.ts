import { randomBytes } from 'node:crypto'
import Fastify, { type FastifyInstance } from 'fastify'

/**
 * DingTalk and WeCom on the loopback, answering as their documents say: which address takes what, how it refuses, codes that
 * work once, tokens that end. What a test may turn: who comes, how slow, what is broken.
 */
export interface StandIn {
  readonly url: string
  /** Who signs in there next. */
  person: { readonly member: string; readonly isMember: boolean }
  /** Every answer waits this long. */
  delay_ms: number
  /** Answers with this instead of anything. */
  broken: { readonly status: number; readonly body: string } | undefined
  /** Tokens handed out so far stop working. */
  endTokens(): void
  /** Calls of an address so far. */
  count(path: string): number
  close(): Promise<void>
}

const CODE_MS = 300_000

async function listen(app: FastifyInstance): Promise<string> {
  await app.listen({ port: 0, host: '127.0.0.1' })
  const address = app.server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening')
  return `http://127.0.0.1:${address.port}`
}

function createStage(app: FastifyInstance) {
  const calls = new Map<string, number>()
  const codes = new Map<string, { member: string; isMember: boolean; until_ms: number; redirect_uri: string }>()
  const tokens = new Set<string>()
  const state = {
    url: '',
    person: { member: 'm-1', isMember: true },
    delay_ms: 0,
    broken: undefined as { status: number; body: string } | undefined,
    endTokens: () => tokens.clear(),
    count: (path: string) => calls.get(path) ?? 0,
    close: () => app.close(),
  }
  app.addHook('onRequest', async (request, reply) => {
    const [path = ''] = request.url.split('?')
    calls.set(path, (calls.get(path) ?? 0) + 1)
    if (state.delay_ms > 0) await new Promise((wake) => setTimeout(wake, state.delay_ms))
    if (state.broken) return reply.status(state.broken.status).type('application/json').send(state.broken.body)
    return undefined
  })
  const newCode = (redirect_uri: string) => {
    const code = randomBytes(16).toString('hex')
    codes.set(code, { ...state.person, until_ms: Date.now() + CODE_MS, redirect_uri })
    return code
  }
  const takeCode = (code: string) => {
    const found = codes.get(code)
    codes.delete(code)
    return found && found.until_ms > Date.now() ? found : undefined
  }
  const newToken = () => {
    const token = randomBytes(24).toString('hex')
    tokens.add(token)
    return token
  }
  return { state, newCode, takeCode, newToken, isToken: (token: string) => tokens.has(token) }
}

type Query = Record<string, string>

/** An organisation `ww-city` with an app 1000002. */
export async function openWecom(secret: string): Promise<StandIn> {
  const app = Fastify({ forceCloseConnections: true })
  const { state, newCode, takeCode, newToken, isToken } = createStage(app)
  const back = (query: Query, extra: Query = {}) =>
    `${query.redirect_uri}?${new URLSearchParams({ code: newCode(query.redirect_uri ?? ''), state: query.state ?? '', ...extra })}`

  app.get<{ Querystring: Query }>('/connect/oauth2/authorize', ({ query }, reply) => {
    const fits = query.appid === 'ww-city' && query.response_type === 'code' && query.scope === 'snsapi_base'
    return fits ? reply.redirect(back(query)) : reply.status(200).type('text/html').send('参数错误')
  })
  app.get<{ Querystring: Query }>('/wwlogin/sso/login', ({ query }, reply) => {
    const fits = query.login_type === 'CorpApp' && query.appid === 'ww-city' && query.agentid === '1000002'
    return fits
      ? reply.redirect(back(query, { appid: 'ww-city' }))
      : reply.status(200).type('text/html').send('参数错误')
  })
  app.get<{ Querystring: Query }>('/cgi-bin/gettoken', ({ query }) => {
    if (query.corpid !== 'ww-city') return { errcode: 40013, errmsg: 'invalid corpid, hint: [1]' }
    if (query.corpsecret !== secret)
      return { errcode: 40001, errmsg: 'invalid credential, hint: [1], from ip: 127.0.0.1' }
    return { errcode: 0, errmsg: 'ok', access_token: newToken(), expires_in: 7200 }
  })
  app.get<{ Querystring: Query }>('/cgi-bin/auth/getuserinfo', ({ query }) => {
    if (!isToken(query.access_token ?? '')) return { errcode: 42001, errmsg: 'access_token expired, hint: [2]' }
    const found = takeCode(query.code ?? '')
    if (!found) return { errcode: 40029, errmsg: 'invalid code, hint: [3], from ip: 127.0.0.1' }
    const who = found.isMember
      ? { userid: found.member, user_ticket: 'ticket' }
      : { openid: `o-${found.member}`, external_userid: `wm-${found.member}` }
    return { errcode: 0, errmsg: 'ok', ...who }
  })
  return Object.assign(state, { url: await listen(app) })
}

/** An app `ding-app` of the organisation `ding-city`. */
export async function openDingtalk(secret: string): Promise<StandIn & { inAppCode(): string }> {
  const app = Fastify({ forceCloseConnections: true })
  const { state, newCode, takeCode, newToken, isToken } = createStage(app)
  const people = new Map<string, { member: string; isMember: boolean }>()

  app.get<{ Querystring: Query }>('/oauth2/auth', ({ query }, reply) => {
    const fits = query.client_id === 'ding-app' && query.response_type === 'code' && query.prompt === 'consent'
    if (!fits || !/^openid( corpid)?$/.test(query.scope ?? '')) return reply.status(400).send('参数错误')
    const code = newCode(query.redirect_uri ?? '')
    return reply.redirect(
      `${query.redirect_uri}?${new URLSearchParams({ authCode: code, code, state: query.state ?? '' })}`,
    )
  })
  app.post<{ Body: Query }>('/v1.0/oauth2/userAccessToken', ({ body }, reply) => {
    const refused = (code: string, message: string) =>
      reply.status(400).send({ code, requestid: randomBytes(8).toString('hex'), message })
    if (body.clientId !== 'ding-app' || body.clientSecret !== secret)
      return refused('invalidClientIdOrSecret', '无效的clientId或者clientSecret')
    if (body.grantType !== 'authorization_code')
      return refused('invalidParameter.grantType.notSupport', '不支持的授权类型')
    const found = takeCode(body.code ?? '')
    if (!found) return refused('invalidParameter.authCode.notFound', '不存在的临时授权码')
    const accessToken = newToken()
    people.set(accessToken, found)
    const corpId = found.isMember ? 'ding-city' : 'ding-elsewhere'
    return reply.send({ accessToken, refreshToken: 'r', expireIn: 7200, corpId })
  })
  app.get('/v1.0/contact/users/me', ({ headers }, reply) => {
    const token = String(headers['x-acs-dingtalk-access-token'] ?? '')
    const found = isToken(token) ? people.get(token) : undefined
    if (!found)
      return reply.status(400).send({ code: 'InvalidAuthentication', requestid: 'x', message: '不合法的access_token' })
    return reply.send({ nick: '虚构', unionId: found.member, openId: `open-${found.member}`, stateCode: '86' })
  })
  app.post<{ Body: Query }>('/v1.0/oauth2/accessToken', ({ body }, reply) => {
    if (body.appKey !== 'ding-app' || body.appSecret !== secret)
      return reply.status(400).send({ code: 'invalidClientIdOrSecret', requestid: 'x', message: '无效的appKey' })
    return reply.send({ accessToken: newToken(), expireIn: 7200 })
  })
  app.post<{ Body: Query; Querystring: Query }>('/topapi/v2/user/getuserinfo', ({ body, query }) => {
    if (!isToken(query.access_token ?? '')) return { errcode: 40014, errmsg: '不合法的access_token', request_id: 'x' }
    const found = takeCode(body.code ?? '')
    if (!found) return { errcode: 40078, errmsg: '不存在的临时授权码', request_id: 'x' }
    const result = { userid: `u-${found.member}`, unionid: found.member, name: '虚构', sys: false, sys_level: 0 }
    return { errcode: 0, errmsg: 'ok', result, request_id: 'x' }
  })
  return Object.assign(state, { url: await listen(app), inAppCode: () => newCode('') })
}
