import path from 'node:path'
import { backUp } from '#platform/db/backup/backup.ts'
import { openDatabase } from '#platform/db/open-database.ts'
import { type Command, DATABASE_SETTINGS } from '../command.ts'
import { PASSPHRASE_OPTION, readPassphrase } from '../passphrase.ts'

export const command: Command = {
  usage: '--out FILE',
  text: {
    zh: [
      '把数据库和数据目录中的文件备份到一个压缩文件，备份期间照常使用。',
      '字段加密密钥只有给了口令才会（加密后）放进备份；否则请另行妥善保存 <数据目录>/keys。',
      '口令：--passphrase-file，或环境变量 TONGPAO_BACKUP_PASSPHRASE。',
    ].join('\n'),
    en: [
      'Backs up the database and the files of the data folder into one compressed file, while people go on working.',
      'The field-encryption keys go in (encrypted) only when a passphrase is given; otherwise keep <data folder>/keys safe yourself.',
      'Passphrase: --passphrase-file, or the variable TONGPAO_BACKUP_PASSPHRASE.',
    ].join('\n'),
  },
  options: {
    out: {
      value: 'FILE',
      text: { zh: '备份文件（如 2026-03-01.tongpao）', en: 'the file to write (such as 2026-03-01.tongpao)' },
    },
    ...PASSPHRASE_OPTION,
  },
  settings: DATABASE_SETTINGS,
  printsData: true,
  async run({ settings, required, option, say, print }) {
    const file = path.resolve(required('out'))
    const passphrase = readPassphrase(option('passphrase-file'))
    const database = await openDatabase({ ...settings, command: 'backup', whenInUse: 'join', mustExist: true, say })
    try {
      const report = await backUp(database, { file, dataFolder: settings.dataFolder, passphrase, say })
      if (report.keys === 'left out') {
        say({
          zh: `注意：备份不含加密密钥。没有 ${settings.dataFolder}/keys，备份中的加密字段无法读出；请另行保存。`,
          en: `Note: the backup is without the encryption keys. Without ${settings.dataFolder}/keys its encrypted fields cannot be read; keep them safe elsewhere.`,
        })
      }
      const size = `${(report.file_bytes / 1e6).toFixed(1)} MB`
      print(
        {
          zh: `已备份到 ${file}（${size}，${report.seconds} 秒）。`,
          en: `Backed up into ${file} (${size}, ${report.seconds} s).`,
        },
        report,
      )
      return 0
    } finally {
      await database.close()
    }
  },
}
