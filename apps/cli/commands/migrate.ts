import { migrate } from '#platform/db/migrate.ts'
import { openDatabase } from '#platform/db/open-database.ts'
import { type Command, DATABASE_SETTINGS } from '../command.ts'

export const command: Command = {
  usage: '[选项 OPTIONS]',
  text: {
    zh: '按顺序执行还没有执行的迁移。serve 启动时会自动执行，一般不需要单独运行。',
    en: 'Applies the migrations that are missing, in order. serve does this when it starts, so it is rarely needed alone.',
  },
  options: {},
  settings: DATABASE_SETTINGS,
  printsData: true,
  async run({ settings, say, print }) {
    const database = await openDatabase({ ...settings, command: 'migrate', whenInUse: 'join', say })
    try {
      const { applied, present } = await migrate(database.ownerConfig, { say })
      print(
        {
          zh: applied.length > 0 ? `已升级：${applied.join('、')}。` : `数据库已是最新（${present} 个迁移）。`,
          en:
            applied.length > 0
              ? `Applied: ${applied.join(', ')}.`
              : `The database is up to date (${present} migrations).`,
        },
        { applied, present, database: database.describe.en },
      )
      return 0
    } finally {
      await database.close()
    }
  },
}
