import { z } from 'zod'
import { askProvider, createToken, OutsideFailure, type OutsideProvider, parseAnswer } from './outside-provider.ts'
import type { DingtalkSettings } from './outside-settings.ts'

/**
 * DingTalk 钉钉, an app built by the organisation itself. A browser (inside the app too) goes to the sign-in page and comes back
 * with `authCode`; a page inside the app may also ask for a code with `requestAuthCode`. Either way the person's union id is
 * what counts: it is the same for all apps of the organisation's developer account.
 */

/** The newer interface refuses with a 4xx status and a word. */
const Refused = z.object({ code: z.string(), message: z.string().default('') })
const UserToken = z.object({ accessToken: z.string().min(1), corpId: z.string().optional() })
const Me = z.object({ unionId: z.string().min(1) })
const AppToken = z.object({ accessToken: z.string().min(1), expireIn: z.number().positive() })
/** The older interface answers 200 and says in `errcode` how it went. */
const Said = z.object({ errcode: z.int(), errmsg: z.string().default('') })
const InAppUser = z.object({ result: z.object({ unionid: z.string().min(1) }) })

const TOKEN_OVER = new Set([40001, 40014, 42001])
const CODE_WRONG = new Set([40078, 40029])

function failureOf({ code }: z.output<typeof Refused>): OutsideFailure {
  const said = code.slice(0, 100)
  if (/authcode|invalidParameter\.code/i.test(code)) return new OutsideFailure('code', said)
  if (/throttling|ServiceUnavailable|system/i.test(code)) return new OutsideFailure('unreachable', said)
  return new OutsideFailure('settings', said)
}

export function createDingtalk(settings: DingtalkSettings): OutsideProvider {
  const { client_id, client_secret, corp_id, api_url, oapi_url, timeout_ms } = settings

  async function ask(
    method: 'GET' | 'POST',
    path: string,
    { body, headers }: { body?: object; headers?: Readonly<Record<string, string>> },
  ): Promise<unknown> {
    const { status, json } = await askProvider({
      method,
      url: `${api_url}${path}`,
      timeout_ms,
      ...(body ? { body } : {}),
      ...(headers ? { headers } : {}),
    })
    if (status >= 400) throw failureOf(parseAnswer(Refused, json))
    return json
  }

  const tokens = createToken(async () => {
    const body = { appKey: client_id, appSecret: client_secret }
    const { accessToken, expireIn } = parseAnswer(AppToken, await ask('POST', '/v1.0/oauth2/accessToken', { body }))
    return { token: accessToken, seconds: expireIn }
  })

  async function askInApp(code: string, isRetry = false): Promise<unknown> {
    const access_token = await tokens.get()
    const { json } = await askProvider({
      method: 'POST',
      url: `${oapi_url}/topapi/v2/user/getuserinfo`,
      query: { access_token },
      body: { code },
      timeout_ms,
    })
    const { errcode } = parseAnswer(Said, json)
    if (errcode === 0) return json
    if (TOKEN_OVER.has(errcode) && !isRetry) {
      tokens.drop(access_token)
      return askInApp(code, true)
    }
    throw new OutsideFailure(CODE_WRONG.has(errcode) ? 'code' : 'settings', String(errcode))
  }

  return {
    name: 'dingtalk',
    title: settings.title,
    subjectOf: (unionId) => unionId.trim(),
    addressOf({ redirect_uri, state }) {
      const query = new URLSearchParams({
        redirect_uri,
        response_type: 'code',
        client_id,
        // With `corpid` the person chooses the organisation, and the token says which.
        scope: corp_id === undefined ? 'openid' : 'openid corpid',
        state,
        prompt: 'consent',
      })
      return `${settings.login_url}/oauth2/auth?${query}`
    },
    codeOf({ authCode, code }) {
      if (typeof authCode === 'string') return authCode
      return typeof code === 'string' ? code : undefined
    },
    async identify(code) {
      const body = { clientId: client_id, clientSecret: client_secret, code, grantType: 'authorization_code' }
      const token = parseAnswer(UserToken, await ask('POST', '/v1.0/oauth2/userAccessToken', { body }))
      if (corp_id !== undefined && token.corpId !== corp_id) throw new OutsideFailure('stranger', 'another corpId')
      const headers = { 'x-acs-dingtalk-access-token': token.accessToken }
      return parseAnswer(Me, await ask('GET', '/v1.0/contact/users/me', { headers })).unionId
    },
    identifyInApp: async (code) => parseAnswer(InAppUser, await askInApp(code)).result.unionid,
  }
}
