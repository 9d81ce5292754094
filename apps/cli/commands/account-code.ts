import { printOperatorCode } from '#platform/access/operator-code.ts'
import { ACCESS_CONTEXT } from '#platform/db/context.ts'
import { connect } from '#platform/db/database.ts'
import { openDatabase } from '#platform/db/open-database.ts'
import { findRootUnit } from '#records/org/server/reads.ts'
import { type Command, DATABASE_SETTINGS } from '../command.ts'

export const command: Command = {
  usage: '[LOGIN]',
  text: {
    zh: '给账号（默认 admin）发一个一次性登录码，七天有效。系统里还没有账号时，先开设这个管理员。\n用于第一次启用，或管理员都无法登录时。',
    en: 'Prints a one-time sign-in code for an account (standard: admin), good for seven days. Where there is no account yet, it makes this administrator first.\nFor the first day, and for the day when no administrator can sign in.',
  },
  options: {
    url: {
      value: 'URL',
      text: {
        zh: '系统的网址，默认 http://localhost:8712',
        en: 'address of the house, standard http://localhost:8712',
      },
    },
  },
  settings: DATABASE_SETTINGS,
  words: { min: 0, max: 1 },
  printsData: true,
  async run({ settings, words, option, say, print }) {
    const origin = (option('url') ?? 'http://localhost:8712').replace(/\/+$/, '')
    const opened = await openDatabase({ ...settings, command: 'account code', whenInUse: 'join', say })
    const database = connect(opened.appConfig, { connections_max: 2 })
    try {
      const login = (words[0] ?? 'admin').toLowerCase()
      const root_unit_id = await database.read(ACCESS_CONTEXT, findRootUnit)
      const printed = await printOperatorCode(database, { login, origin, root_unit_id })
      print(
        {
          zh: `账号 ${printed.login} 的登录码：${printed.code}\n网址：${printed.url}\n${printed.expires_at} 前有效，只能用一次。`,
          en: `Sign-in code of ${printed.login}: ${printed.code}\nAddress: ${printed.url}\nGood until ${printed.expires_at}, once.`,
        },
        { login: printed.login, code: printed.code, url: printed.url, expires_at: printed.expires_at },
      )
      return 0
    } finally {
      await database.close()
      await opened.close()
    }
  },
}
