import path from 'node:path'
import { restore } from '#platform/db/backup/restore.ts'
import { type Command, DATABASE_SETTINGS } from '../command.ts'
import { PASSPHRASE_OPTION, readPassphrase } from '../passphrase.ts'

export const command: Command = {
  usage: '--from FILE',
  text: {
    zh: [
      '从备份文件恢复到空的数据目录（或空的外部数据库），核对校验和，启动一次并读遍所有数据。',
      '已有数据的目录一律拒绝；中途出错则清除已写入的内容。',
    ].join('\n'),
    en: [
      'Restores a backup into an empty data folder (or an empty external database), verifies its checksums, starts it once',
      'and reads all of it. A folder with data is refused; when something goes wrong, what was written is removed.',
    ].join('\n'),
  },
  options: { from: { value: 'FILE', text: { zh: '备份文件', en: 'the backup' } }, ...PASSPHRASE_OPTION },
  settings: DATABASE_SETTINGS,
  printsData: true,
  async run({ settings, required, option, say, print }) {
    const file = path.resolve(required('from'))
    const passphrase = readPassphrase(option('passphrase-file'))
    const { dataFolder, databaseUrl } = settings
    const report = await restore({ file, dataFolder, databaseUrl, passphrase, say })
    if (report.keys === 'missing') {
      say({
        zh: `注意：备份不含加密密钥。启动前请把保存的密钥放回 ${dataFolder}/keys。`,
        en: `Note: the backup is without the encryption keys. Put the keys that you kept into ${dataFolder}/keys before starting.`,
      })
    }
    const { made_at, tables, rows, seconds } = report
    print(
      {
        zh: `已恢复 ${made_at} 的备份：${tables} 张表、${rows} 行，全部读过一遍（${seconds} 秒）。`,
        en: `Restored the backup of ${made_at}: ${tables} tables, ${rows} rows, all read once (${seconds} s).`,
      },
      report,
    )
    return 0
  },
}
