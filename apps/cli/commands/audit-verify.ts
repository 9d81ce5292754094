import { readFile } from 'node:fs/promises'
import { describeFinding, type Verification } from '#platform/audit/findings.ts'
import { HeadFile } from '#platform/audit/heads.ts'
import { verifyAudit } from '#platform/audit/verify.ts'
import { connect } from '#platform/db/database.ts'
import { openDatabase } from '#platform/db/open-database.ts'
import { messageOf, OperatorError, type Wording } from '#platform/db/operator-error.ts'
import { type Command, DATABASE_SETTINGS } from '../command.ts'

export const command: Command = {
  usage: '[--head FILE]',
  text: {
    zh: '逐条核对审计：由记录重算每片叶、每个树根、每个封存凭证，指出被改、被删、被插入的是哪一条。\n有留存的封存凭证（tongpao audit head）时加 --head，整条链被重写也能发现。',
    en: 'Checks the audit row by row: computes every leaf, root and head again and names what was changed, removed or put in.\nWith a head that was kept elsewhere (tongpao audit head), --head also finds a chain that was rewritten as a whole.',
  },
  options: { head: { value: 'FILE', text: { zh: '留存的封存凭证文件', en: 'head that was kept elsewhere' } } },
  settings: DATABASE_SETTINGS,
  printsData: true,
  async run({ settings, option, say, print }) {
    const headPath = option('head')
    const exported = headPath === undefined ? undefined : await readHead(headPath)
    const opened = await openDatabase({ ...settings, command: 'audit verify', whenInUse: 'join', say })
    const database = connect(opened.appConfig, { connections_max: 2 })
    try {
      const started = performance.now()
      let told = started
      const verification = await verifyAudit(database, {
        exported,
        onProgress: async (done, total) => {
          if (performance.now() - told > 2_000) {
            told = performance.now()
            const percent = Math.floor((100 * done) / total)
            say({ zh: `已核对 ${done}/${total}（${percent}%）`, en: `checked ${done} of ${total} (${percent}%)` })
          }
          return true
        },
      })
      print(inWords(verification), verification)
      return verification.ok ? 0 : 1
    } finally {
      await database.close()
      await opened.close()
    }
  },
}

async function readHead(file: string): Promise<HeadFile> {
  try {
    return HeadFile.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (cause) {
    const reason =
      cause instanceof SyntaxError || !(cause instanceof Error && 'code' in cause) ? '' : `: ${messageOf(cause)}`
    throw new OperatorError(
      `${file} 不是 tongpao audit head 写出的封存凭证文件${reason}。`,
      `${file} is not a head file written by tongpao audit head${reason}.`,
      { cause, exitStatus: 2 },
    )
  }
}

function inWords(verification: Verification): Wording {
  const { leaf_count, head_count, findings, more, unsealed, exported_head, ok } = verification
  const lines = { zh: [] as string[], en: [] as string[] }
  const line = (zh: string, en: string) => {
    lines.zh.push(zh)
    lines.en.push(en)
  }
  line(
    `核对了 ${leaf_count} 条已封存的审计记录、${head_count} 个封存凭证。`,
    `Checked ${leaf_count} sealed audit rows and ${head_count} heads.`,
  )
  for (const finding of findings) {
    const text = describeFinding(finding)
    line(`✗ ${text.zh}`, `✗ ${text.en}`)
  }
  if (more) line('……还有更多问题未列出。', '… and more that is not listed.')
  if (unsealed.count > 0) {
    line(
      `另有 ${unsealed.count} 条尚未封存（最早 ${unsealed.oldest_at}），不在核对范围内。`,
      `${unsealed.count} more rows wait to be sealed (oldest ${unsealed.oldest_at}) and were not checked.`,
    )
  }
  if (exported_head === 'matches') line('与留存的封存凭证一致。', 'Agrees with the head that was kept.')
  if (exported_head === 'not_given') {
    line(
      '没有提供留存的封存凭证：整条链被重写时看不出来。',
      'No kept head was given: a chain rewritten as a whole would not show.',
    )
  }
  if (ok) line('没有发现改动。', 'Nothing was changed.')
  return { zh: lines.zh.join('\n'), en: lines.en.join('\n') }
}
