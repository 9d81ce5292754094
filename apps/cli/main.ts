/**
 * The command line: `npx tongpao COMMAND …`. A new command is a file in `commands/` and a line in this table; a command of two
 * words (`audit verify`) has both in its name.
 */
import { readLanguage } from '#apps/settings.ts'
import { codeOf, type Language, type Wording } from '#platform/db/operator-error.ts'
import { type Command, columns, type ExitStatus, runCommand, tellError } from './command.ts'

interface Entry {
  summary: Wording
  load(): Promise<{ command: Command }>
}

const COMMANDS: Readonly<Record<string, Entry>> = {
  serve: {
    summary: { zh: '启动：页面、接口和后台任务', en: 'start: pages, API and jobs' },
    load: () => import('./commands/serve.ts'),
  },
  work: {
    summary: { zh: '只运行后台任务', en: 'run jobs only' },
    load: () => import('./commands/work.ts'),
  },
  migrate: {
    summary: { zh: '把数据库升级到本程序的版本', en: 'bring the database up to this program' },
    load: () => import('./commands/migrate.ts'),
  },
  statement: {
    summary: { zh: '生成待遇明细表（Excel）', en: 'make a statement of what people are owed (Excel)' },
    load: () => import('./commands/statement.ts'),
  },
  'roster solve': {
    summary: { zh: '排班：由排班问题求出班表', en: 'make a roster from a roster problem' },
    load: () => import('./commands/roster-solve.ts'),
  },
  'roster solve-units': {
    summary: { zh: '统一排班：一个范围内各单位的班表一次排好', en: 'the rosters of all units below a place at once' },
    load: () => import('./commands/roster-solve-units.ts'),
  },
  'roster explain': {
    summary: { zh: '说明一份班表：缺人和意愿各因什么', en: 'explain a roster: unmet needs and wishes' },
    load: () => import('./commands/roster-explain.ts'),
  },
  'roster substitute': {
    summary: { zh: '谁能顶这个班', en: 'who can take this shift' },
    load: () => import('./commands/roster-substitute.ts'),
  },
  backup: {
    summary: { zh: '备份到一个文件（不停机）', en: 'back up into one file (while running)' },
    load: () => import('./commands/backup.ts'),
  },
  restore: {
    summary: { zh: '从备份文件恢复', en: 'restore from a backup file' },
    load: () => import('./commands/restore.ts'),
  },
  'audit verify': {
    summary: { zh: '核对审计是否被改动', en: 'check that the audit was not altered' },
    load: () => import('./commands/audit-verify.ts'),
  },
  'audit head': {
    summary: { zh: '导出审计的封存凭证，带离本机保存', en: 'export the audit’s head, to be kept elsewhere' },
    load: () => import('./commands/audit-head.ts'),
  },
  'account code': {
    summary: {
      zh: '给账号发一次性登录码（第一个管理员也用它）',
      en: 'one-time sign-in code for an account, also the first',
    },
    load: () => import('./commands/account-code.ts'),
  },
  'policy check': {
    summary: { zh: '检查一个政策包', en: 'check a policy pack' },
    load: () => import('./commands/policy-check.ts'),
  },
  'policy test': {
    summary: { zh: '运行政策包自带的例子', en: 'run the examples beside a pack' },
    load: () => import('./commands/policy-test.ts'),
  },
  'policy run': {
    summary: { zh: '按政策包计算一份事实文件', en: 'evaluate a file of facts by a pack' },
    load: () => import('./commands/policy-run.ts'),
  },
  'policy compare': {
    summary: {
      zh: '两个包或改一个数：谁多得、谁少得、花多少',
      en: 'two packs or one changed figure: who gains, who loses',
    },
    load: () => import('./commands/policy-compare.ts'),
  },
  'policy explain': {
    summary: { zh: '说明一个人的一项待遇怎样得来', en: 'explain one entitlement of one person' },
    load: () => import('./commands/policy-explain.ts'),
  },
  'policy new': {
    summary: { zh: '新写一个政策包', en: 'begin a policy pack' },
    load: () => import('./commands/policy-new.ts'),
  },
  'keys rotate': {
    summary: { zh: '更换加密字段的密钥（不停机）', en: 'give sealed fields new keys (while running)' },
    load: () => import('./commands/keys-rotate.ts'),
  },
}

/** @param group only the commands of one group, such as `policy` */
function help(language: Language, group = ''): string {
  const isChinese = language === 'zh'
  return [
    isChinese
      ? '同袍：照护被派往一线的人，减轻机关的文山会海。'
      : 'Tongpao looks after the people sent to the front line.',
    '',
    `${isChinese ? '用法' : 'Usage'}: tongpao ${isChinese ? '命令 [选项]' : 'COMMAND [OPTIONS]'}`,
    '',
    ...columns(commandsOf(group).map(([name, { summary }]) => [name, summary[language]])),
    '',
    isChinese
      ? '每个命令的选项与设置：tongpao 命令 --help'
      : 'Options and settings of a command: tongpao COMMAND --help',
  ].join('\n')
}

function commandsOf(group: string): readonly (readonly [string, Entry])[] {
  return Object.entries(COMMANDS).filter(([name]) => group === '' || name.startsWith(`${group} `))
}

/** The longest name wins, so that `audit verify` and a later `audit` could stand side by side. */
function find(args: string[]): { name: string; entry: Entry; rest: string[] } | undefined {
  for (const length of [2, 1]) {
    const name = args.slice(0, length).join(' ')
    const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
    if (args.length >= length && entry) return { name, entry, rest: args.slice(length) }
  }
  return undefined
}

async function main(args: string[]): Promise<ExitStatus> {
  const flagAt = args.indexOf('--lang')
  const language = readLanguage(flagAt >= 0 ? args[flagAt + 1] : process.env.TONGPAO_LANG)
  const first = args[0]
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    console.log(help(language))
    return first === undefined ? 2 : 0
  }
  const found = find(args)
  if (!found) {
    const isGroup = commandsOf(first).length > 0
    if (isGroup && (args[1] === '--help' || args[1] === '-h' || args[1] === undefined)) {
      console.log(help(language, first))
      return args[1] === undefined ? 2 : 0
    }
    process.stderr.write(
      `${language === 'zh' ? `没有命令“${first}”。` : `There is no command “${first}”.`}\n\n${help(language)}\n`,
    )
    return 2
  }
  const { command } = await found.entry.load()
  return runCommand(found.name, command, found.rest, language)
}

/** Whoever reads only the first lines (`| head`) closes the pipe: that is no mistake. */
process.stdout.on('error', (error) => {
  if (codeOf(error) === 'EPIPE') process.exit(0)
  process.exit(tellError(error, 'zh'))
})

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.exitCode = tellError(error, 'zh')
}
