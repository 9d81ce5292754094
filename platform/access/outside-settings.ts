import { OperatorError } from '#platform/db/operator-error.ts'

/** Sign-in inside DingTalk and WeCom. Every address can be changed: private deployments have their own. */

export interface DingtalkSettings {
  /** What the button says. */
  readonly title: string
  readonly client_id: string
  readonly client_secret: string
  /** When set, only members of this organisation come in. */
  readonly corp_id: string | undefined
  /** Where people sign in. */
  readonly login_url: string
  /** The newer interface (`/v1.0/…`). */
  readonly api_url: string
  /** The older one (`/topapi/…`), which alone knows codes asked for inside the app. */
  readonly oapi_url: string
  readonly timeout_ms: number
}

export interface WecomSettings {
  readonly title: string
  readonly corp_id: string
  readonly agent_id: string
  readonly secret: string
  /** Where a page inside the app asks who its reader is. */
  readonly authorize_url: string
  /** Where an ordinary browser is shown a code to scan. */
  readonly login_url: string
  readonly api_url: string
  readonly timeout_ms: number
}

export interface OutsideSettings {
  readonly dingtalk?: DingtalkSettings
  readonly wecom?: WecomSettings
}

type Environment = Readonly<Record<string, string | undefined>>

const TIMEOUT_MS = 8_000
const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost'])

function readUrl(environment: Environment, name: string, standard: string): string {
  const text = environment[name] || standard
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.has(url.hostname))
  // A secret travels there: never in the clear, unless it stays on this machine.
  if (url && isSafe) return text.replace(/\/+$/, '')
  throw new OperatorError(
    `${name} 应是 https 网址，例如 ${standard}。`,
    `${name} is an https address, such as ${standard}.`,
    { exitStatus: 2 },
  )
}

/** The named variables, or undefined when none of them is set. Some but not all is a mistake. */
function readAll<Name extends string>(
  environment: Environment,
  names: readonly Name[],
  what: { zh: string; en: string },
): Readonly<Record<Name, string>> | undefined {
  const missing = names.filter((name) => !environment[name])
  if (missing.length === names.length) return undefined
  if (missing.length > 0) {
    throw new OperatorError(
      `${what.zh}登录的设置不全，还缺 ${missing.join('、')}。`,
      `The settings of sign-in with ${what.en} are incomplete; missing: ${missing.join(', ')}.`,
      { exitStatus: 2 },
    )
  }
  return Object.fromEntries(names.map((name) => [name, environment[name] ?? ''])) as Record<Name, string>
}

function readDingtalk(environment: Environment): DingtalkSettings | undefined {
  const names = ['TONGPAO_DINGTALK_CLIENT_ID', 'TONGPAO_DINGTALK_CLIENT_SECRET'] as const
  const set = readAll(environment, names, { zh: '钉钉', en: 'DingTalk' })
  return (
    set && {
      title: environment.TONGPAO_DINGTALK_NAME || '钉钉',
      client_id: set.TONGPAO_DINGTALK_CLIENT_ID,
      client_secret: set.TONGPAO_DINGTALK_CLIENT_SECRET,
      corp_id: environment.TONGPAO_DINGTALK_CORP_ID || undefined,
      login_url: readUrl(environment, 'TONGPAO_DINGTALK_LOGIN_URL', 'https://login.dingtalk.com'),
      api_url: readUrl(environment, 'TONGPAO_DINGTALK_API_URL', 'https://api.dingtalk.com'),
      oapi_url: readUrl(environment, 'TONGPAO_DINGTALK_OAPI_URL', 'https://oapi.dingtalk.com'),
      timeout_ms: TIMEOUT_MS,
    }
  )
}

function readWecom(environment: Environment): WecomSettings | undefined {
  const names = ['TONGPAO_WECOM_CORP_ID', 'TONGPAO_WECOM_AGENT_ID', 'TONGPAO_WECOM_SECRET'] as const
  const set = readAll(environment, names, { zh: '企业微信', en: 'WeCom' })
  return (
    set && {
      title: environment.TONGPAO_WECOM_NAME || '企业微信',
      corp_id: set.TONGPAO_WECOM_CORP_ID,
      agent_id: set.TONGPAO_WECOM_AGENT_ID,
      secret: set.TONGPAO_WECOM_SECRET,
      authorize_url: readUrl(environment, 'TONGPAO_WECOM_AUTHORIZE_URL', 'https://open.weixin.qq.com'),
      login_url: readUrl(environment, 'TONGPAO_WECOM_LOGIN_URL', 'https://login.work.weixin.qq.com'),
      api_url: readUrl(environment, 'TONGPAO_WECOM_API_URL', 'https://qyapi.weixin.qq.com'),
      timeout_ms: TIMEOUT_MS,
    }
  )
}

/**
 * By the environment alone: a secret has no place on a command line, where other processes see it.
 *
 * @example readOutsideSettings({ TONGPAO_WECOM_CORP_ID: 'ww…', TONGPAO_WECOM_AGENT_ID: '1000002', TONGPAO_WECOM_SECRET: '…' })
 */
export function readOutsideSettings(environment: Environment): OutsideSettings | undefined {
  const dingtalk = readDingtalk(environment)
  const wecom = readWecom(environment)
  if (!dingtalk && !wecom) return undefined
  return { ...(dingtalk ? { dingtalk } : {}), ...(wecom ? { wecom } : {}) }
}
