import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Language, OperatorError, type Wording } from '#platform/db/operator-error.ts'

export type LogLevel = 'silent' | 'error' | 'warn' | 'info' | 'debug'

/** Everything that whoever runs Tongpao can set. */
export interface Settings {
  port: number
  host: string
  /** Absolute. */
  dataFolder: string
  databaseUrl: string | undefined
  appDatabaseUrl: string | undefined
  language: Language
  tls: { certFile: string; keyFile: string } | undefined
  /** Addresses or networks whose `X-Forwarded-*` headers are believed. */
  trustedProxies: string[]
  /** Fill an empty database with the demo city; `--empty` overrules `--demo`. */
  demo: boolean
  logLevel: LogLevel
}

/** One setting as `--help` lists it: a flag, the environment variable behind it, and what holds without either. */
export interface SettingDescription {
  flag: string
  env?: string
  /** What stands for the value in the help; a setting without it is a switch. */
  value?: string
  standard?: string
  text: Wording
}

export const SETTINGS = [
  { flag: 'port', env: 'PORT', value: 'N', standard: '8712', text: { zh: '监听端口', en: 'port to listen on' } },
  {
    flag: 'host',
    env: 'HOST',
    value: 'ADDRESS',
    standard: '127.0.0.1',
    text: { zh: '监听地址；0.0.0.0 表示所有网卡', en: 'address to listen on; 0.0.0.0 for every network' },
  },
  {
    flag: 'data',
    env: 'TONGPAO_DATA',
    value: 'DIR',
    standard: './data',
    text: { zh: '数据目录（数据库、密钥、文件、日志）', en: 'data folder (database, keys, files, logs)' },
  },
  {
    flag: 'database-url',
    env: 'DATABASE_URL',
    value: 'URL',
    text: {
      zh: '外部 PostgreSQL（15 以上）；不填则用内置数据库',
      en: 'external PostgreSQL (15 or newer); the embedded one without it',
    },
  },
  {
    flag: 'database-app-url',
    env: 'DATABASE_APP_URL',
    value: 'URL',
    text: { zh: '应用单独使用的数据库账号', en: 'separate account for the app itself' },
  },
  {
    flag: 'lang',
    env: 'TONGPAO_LANG',
    value: 'zh|en',
    standard: 'zh',
    text: { zh: '命令行的语言', en: 'language of the command line' },
  },
  {
    flag: 'tls-cert',
    env: 'TONGPAO_TLS_CERT',
    value: 'FILE',
    text: { zh: 'HTTPS 证书（PEM，含中间证书）', en: 'HTTPS certificate (PEM, with its chain)' },
  },
  { flag: 'tls-key', env: 'TONGPAO_TLS_KEY', value: 'FILE', text: { zh: 'HTTPS 私钥（PEM）', en: 'HTTPS key (PEM)' } },
  {
    flag: 'trusted-proxy',
    env: 'TONGPAO_TRUSTED_PROXY',
    value: 'ADDRESS,…',
    text: { zh: '可信反向代理的地址，逗号分隔', en: 'addresses of the reverse proxies to believe, comma between' },
  },
  {
    flag: 'log-level',
    env: 'TONGPAO_LOG_LEVEL',
    value: 'LEVEL',
    standard: 'info',
    text: { zh: '日志级别：silent、error、warn、info、debug', en: 'silent, error, warn, info or debug' },
  },
  { flag: 'demo', text: { zh: '空数据库装入演示城市', en: 'fill an empty database with the demo city' } },
  { flag: 'empty', text: { zh: '正式使用：不装入演示数据', en: 'for real use: no demo data' } },
] as const satisfies SettingDescription[]

export type SettingFlag = (typeof SETTINGS)[number]['flag']

type Flags = Readonly<Record<string, string | boolean | undefined>>
type Environment = Readonly<Record<string, string | undefined>>

const LOG_LEVELS: readonly LogLevel[] = ['silent', 'error', 'warn', 'info', 'debug']
const PROJECT_FOLDER = fileURLToPath(new URL('..', import.meta.url))

/**
 * Reads the settings; a flag overrules its environment variable. Throws an `OperatorError` that names the wrong one.
 *
 * @example readSettings({ port: '0' }, process.env).port // 0
 */
export function readSettings(flags: Flags = {}, environment: Environment = process.env): Settings {
  const textOf = (flag: SettingFlag): string | undefined => {
    const given = flags[flag]
    if (typeof given === 'string') return given
    const { env, standard }: SettingDescription = descriptionOf(flag)
    // An empty variable counts as none: that is how service files switch one off.
    return (env && environment[env]) || standard
  }
  const isOn = (flag: SettingFlag): boolean => flags[flag] === true
  const dataText = textOf('data')
  const isDataSet = typeof flags.data === 'string' || Boolean(environment.TONGPAO_DATA)
  return {
    port: readPort(textOf('port') ?? ''),
    host: textOf('host') ?? '127.0.0.1',
    // The standard folder stands beside the program, wherever the command is given.
    dataFolder: path.resolve(isDataSet ? process.cwd() : PROJECT_FOLDER, dataText ?? 'data'),
    databaseUrl: textOf('database-url'),
    appDatabaseUrl: textOf('database-app-url'),
    language: readLanguage(textOf('lang')),
    tls: readTls(textOf('tls-cert'), textOf('tls-key')),
    trustedProxies: (textOf('trusted-proxy') ?? '')
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
    demo: isOn('demo') && !isOn('empty'),
    logLevel: readLogLevel(textOf('log-level')),
  }
}

export function descriptionOf(flag: SettingFlag): SettingDescription {
  const found = SETTINGS.find((setting) => setting.flag === flag)
  if (!found) throw new Error(`no setting ${flag}`)
  return found
}

function wrong(name: string, value: string, zh: string, en: string): OperatorError {
  return new OperatorError(`${name} 的值“${value}”不对：${zh}。`, `${name} cannot be “${value}”: ${en}.`, {
    exitStatus: 2,
  })
}

function readPort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw wrong('PORT (--port)', text, '应是 0 到 65535 的整数', 'a whole number from 0 to 65535 is expected')
}

/** Also used before anything else is read, so that mistakes in the settings are told in the right language. */
export function readLanguage(text: string | undefined): Language {
  if (text === undefined || text === '' || text === 'zh') return 'zh'
  if (text === 'en') return 'en'
  throw wrong('TONGPAO_LANG (--lang)', text, '应是 zh 或 en', 'zh or en is expected')
}

function readLogLevel(text: string | undefined): LogLevel {
  const level = LOG_LEVELS.find((known) => known === text)
  if (level) return level
  throw wrong(
    'TONGPAO_LOG_LEVEL (--log-level)',
    text ?? '',
    `应是 ${LOG_LEVELS.join('、')} 之一`,
    `one of ${LOG_LEVELS.join(', ')} is expected`,
  )
}

function readTls(certFile: string | undefined, keyFile: string | undefined): Settings['tls'] {
  if (certFile && keyFile) return { certFile: path.resolve(certFile), keyFile: path.resolve(keyFile) }
  if (!certFile && !keyFile) return undefined
  throw new OperatorError(
    '证书和私钥要一起设置：TONGPAO_TLS_CERT 与 TONGPAO_TLS_KEY。',
    'Certificate and key go together: set both TONGPAO_TLS_CERT and TONGPAO_TLS_KEY.',
    { exitStatus: 2 },
  )
}
