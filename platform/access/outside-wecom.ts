import { z } from 'zod'
import { askProvider, createToken, OutsideFailure, type OutsideProvider, parseAnswer } from './outside-provider.ts'
import type { WecomSettings } from './outside-settings.ts'

/**
 * WeCom 企业微信, an app built by the organisation itself. Inside the app a page asks quietly who its reader is (`snsapi_base`);
 * an ordinary browser is shown a code to scan. Both come back with a code that the server changes for the member's userid.
 */

const Said = z.object({ errcode: z.int(), errmsg: z.string().default('') })
const TokenAnswer = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() })
/** A member has a `userid`; anybody else only an `openid`. Older answers spelt it `UserId`. */
const WhoAnswer = z.object({ userid: z.string().optional(), UserId: z.string().optional() })

const TOKEN_OVER = new Set([40014, 42001, 40001])
const CODE_WRONG = new Set([40029, 41008, 42003])
const NOT_OURS = new Set([60111, 60011, 50002])

function failureOf(errcode: number, errmsg: string): OutsideFailure {
  // The number is enough: the words carry addresses of the asking machine.
  const said = `${errcode} ${errmsg.split(',')[0]?.slice(0, 60) ?? ''}`
  if (errcode === -1 || errcode === 45009) return new OutsideFailure('unreachable', said)
  if (CODE_WRONG.has(errcode)) return new OutsideFailure('code', said)
  if (NOT_OURS.has(errcode)) return new OutsideFailure('stranger', said)
  return new OutsideFailure('settings', said)
}

export function createWecom(settings: WecomSettings): OutsideProvider {
  const { corp_id, agent_id, secret, api_url, timeout_ms } = settings

  async function ask(path: string, query: Readonly<Record<string, string>>): Promise<unknown> {
    const { json } = await askProvider({ method: 'GET', url: `${api_url}${path}`, query, timeout_ms })
    const { errcode, errmsg } = parseAnswer(Said, json)
    if (errcode !== 0) throw Object.assign(failureOf(errcode, errmsg), { errcode })
    return json
  }

  const tokens = createToken(async () => {
    const answer = await ask('/cgi-bin/gettoken', { corpid: corp_id, corpsecret: secret })
    const { access_token, expires_in } = parseAnswer(TokenAnswer, answer)
    return { token: access_token, seconds: expires_in }
  })

  /** The token may end before its time; it is renewed once. */
  async function askWho(code: string, isRetry = false): Promise<unknown> {
    const access_token = await tokens.get()
    try {
      return await ask('/cgi-bin/auth/getuserinfo', { access_token, code })
    } catch (error) {
      const errcode = error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0
      if (isRetry || !TOKEN_OVER.has(errcode)) throw error
      tokens.drop(access_token)
      return askWho(code, true)
    }
  }

  const subjectOf = (userid: string) => `${corp_id} ${userid.trim()}`

  return {
    name: 'wecom',
    title: settings.title,
    subjectOf,
    addressOf({ redirect_uri, state, in_app }) {
      if (in_app) {
        const query = new URLSearchParams({
          appid: corp_id,
          redirect_uri,
          response_type: 'code',
          scope: 'snsapi_base',
          state,
          agentid: agent_id,
        })
        return `${settings.authorize_url}/connect/oauth2/authorize?${query}#wechat_redirect`
      }
      const query = new URLSearchParams({
        login_type: 'CorpApp',
        appid: corp_id,
        agentid: agent_id,
        redirect_uri,
        state,
      })
      return `${settings.login_url}/wwlogin/sso/login?${query}`
    },
    codeOf: ({ code }) => (typeof code === 'string' ? code : undefined),
    async identify(code) {
      const { userid, UserId } = parseAnswer(WhoAnswer, await askWho(code))
      const member = userid ?? UserId
      if (!member) throw new OutsideFailure('stranger', 'openid only')
      return subjectOf(member)
    },
  }
}
