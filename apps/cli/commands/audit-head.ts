import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { findLastHead, headFile } from '#platform/audit/heads.ts'
import { sealAll } from '#platform/audit/seal.ts'
import { jobContext } from '#platform/db/context.ts'
import { connect } from '#platform/db/database.ts'
import { openDatabase } from '#platform/db/open-database.ts'
import { OperatorError } from '#platform/db/operator-error.ts'
import { type Command, DATABASE_SETTINGS } from '../command.ts'

export const command: Command = {
  usage: '--out FILE',
  text: {
    zh: '封存到此刻为止的审计，并把封存凭证写入文件。请把文件带离本机保存：以后据此可以证明，连本机管理员也没有改过它之前的任何记录。',
    en: 'Seals the audit up to now and writes its head into a file. Keep the file off this machine: with it you can prove later that nobody, not even its administrator, changed what came before.',
  },
  options: { out: { value: 'FILE', text: { zh: '写到哪个文件', en: 'file to write' } } },
  settings: DATABASE_SETTINGS,
  printsData: true,
  async run({ settings, required, say, print }) {
    const out = path.resolve(required('out'))
    const opened = await openDatabase({ ...settings, command: 'audit head', whenInUse: 'join', say })
    const database = connect(opened.appConfig, { connections_max: 2 })
    try {
      await sealAll(database)
      const head = await database.read(jobContext('audit-head'), findLastHead)
      if (!head) throw new OperatorError('还没有任何审计记录可以封存。', 'There are no audit rows to seal yet.')
      const file = headFile(head)
      await writeFile(out, `${JSON.stringify(file, undefined, 2)}\n`)
      print(
        {
          zh: `已写入 ${out}：覆盖 ${file.tree_size} 条审计记录，封存凭证 ${file.head}。`,
          en: `Wrote ${out}: covers ${file.tree_size} audit rows, head ${file.head}.`,
        },
        { out, ...file },
      )
      return 0
    } finally {
      await database.close()
      await opened.close()
    }
  },
}
