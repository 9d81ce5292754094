import { parseArgs } from 'node:util'
import { descriptionOf, readSettings, type SettingFlag, type Settings } from '#apps/settings.ts'
import { codeOf, type Language, messageOf, OperatorError, type Say, type Wording } from '#platform/db/operator-error.ts'

/** 0: done; 1: found something wrong; 2: wrongly used. */
export type ExitStatus = 0 | 1 | 2

export interface Option {
  /** What stands for the value in the help; an option without it is a switch. */
  value?: string
  text: Wording
}

/** One command of the command line: a file in `apps/cli/commands/` that exports it as `command`, and a line in `main.ts`. */
export interface Command {
  /** The words after the command's name, as the help shows them. */
  usage: string
  /** What it does, in as many lines as it takes. */
  text: Wording
  options: Readonly<Record<string, Option>>
  /** The general settings that it heeds, besides `lang`. */
  settings: readonly SettingFlag[]
  /** How many words it takes besides options. */
  words?: { min: number; max: number }
  /** Whether it prints data, which `--json` turns into JSON. */
  printsData: boolean
  run(call: Call): Promise<ExitStatus>
}

/** What a command is called with. */
export interface Call {
  settings: Settings
  words: readonly string[]
  /** The value of an option, if it was given. */
  option(name: string): string | undefined
  /** The value of an option that must be given. */
  required(name: string): string
  isOn(name: string): boolean
  isJson: boolean
  language: Language
  /** Progress and remarks, on standard error. */
  say: Say
  /** The result, on standard output: the data with `--json`, else the text. */
  print(text: Wording, data: unknown): void
}

/** What a command is to settings that need a database: enough to work beside a running server, or without one. */
export const DATABASE_SETTINGS: readonly SettingFlag[] = ['data', 'database-url', 'database-app-url']

export function helpOf(name: string, command: Command, language: Language): string {
  const rows: [string, string][] = Object.entries(command.options).map(([flag, { value, text }]) => [
    value ? `--${flag} ${value}` : `--${flag}`,
    text[language],
  ])
  const settingRows = [...command.settings, 'lang' as const].map((flag): [string, string] => {
    const { env, value, standard, text } = descriptionOf(flag)
    const by = [env, standard && (language === 'zh' ? `默认 ${standard}` : `default ${standard}`)].filter(Boolean)
    return [
      value ? `--${flag} ${value}` : `--${flag}`,
      `${text[language]}${by.length > 0 ? ` [${by.join(', ')}]` : ''}`,
    ]
  })
  if (command.printsData) rows.push(['--json', language === 'zh' ? '以 JSON 输出' : 'print JSON'])
  rows.push(['--help', language === 'zh' ? '显示本说明' : 'show this help'])
  const usage = `${language === 'zh' ? '用法' : 'Usage'}: tongpao ${[name, command.usage].filter(Boolean).join(' ')}`
  return [
    usage,
    '',
    command.text[language],
    '',
    language === 'zh' ? '选项：' : 'Options:',
    ...columns(rows),
    '',
    language === 'zh' ? '设置（也可用方括号中的环境变量）：' : 'Settings (also by the variable in brackets):',
    ...columns(settingRows),
    '',
    language === 'zh'
      ? '退出状态：0 完成，1 发现问题，2 用法不对'
      : 'Exit status: 0 done, 1 found something wrong, 2 wrong use',
  ].join('\n')
}

export function columns(rows: [string, string][]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length)) + 2
  return rows.map(([left, right]) => `  ${left.padEnd(width)}${right}`)
}

/** Runs a command on its arguments, turning what goes wrong into a message and an exit status. */
export async function runCommand(
  name: string,
  command: Command,
  args: string[],
  language: Language,
): Promise<ExitStatus> {
  try {
    const { values, positionals } = parse(name, command, args)
    if (values.help === true) {
      console.log(helpOf(name, command, language))
      return 0
    }
    return await command.run(callOf(name, command, values, positionals, language))
  } catch (error) {
    return tellError(error, language)
  }
}

type Values = Readonly<Record<string, string | boolean | undefined>>

function parse(name: string, command: Command, args: string[]): { values: Values; positionals: string[] } {
  const options: Record<string, { type: 'string' | 'boolean' }> = { help: { type: 'boolean' } }
  for (const [flag, { value }] of Object.entries(command.options))
    options[flag] = { type: value ? 'string' : 'boolean' }
  for (const flag of [...command.settings, 'lang' as const]) {
    options[flag] = { type: descriptionOf(flag).value ? 'string' : 'boolean' }
  }
  if (command.printsData) options.json = { type: 'boolean' }
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
    const { min, max } = command.words ?? { min: 0, max: 0 }
    const isHelp = values.help === true
    if (!isHelp && (positionals.length < min || positionals.length > max)) {
      throw wrongUse(name, `参数个数不对（${positionals.length} 个）`, `wrong number of words (${positionals.length})`)
    }
    const single = Object.entries(values).flatMap(([flag, value]) =>
      Array.isArray(value) ? [] : [[flag, value] as const],
    )
    return { values: Object.fromEntries(single), positionals }
  } catch (error) {
    if (error instanceof OperatorError) throw error
    const reason = messageOf(error).split('. ')[0] ?? ''
    throw wrongUse(name, reason, reason)
  }
}

function wrongUse(name: string, zh: string, en: string): OperatorError {
  return new OperatorError(`${zh}。用法见 tongpao ${name} --help`, `${en}. See tongpao ${name} --help`, {
    exitStatus: 2,
  })
}

function callOf(name: string, command: Command, values: Values, words: string[], language: Language): Call {
  const known = (flag: string) => {
    if (!(flag in command.options)) throw new Error(`the command ${name} does not declare --${flag}`)
    return values[flag]
  }
  const option = (flag: string) => {
    const value = known(flag)
    return typeof value === 'string' ? value : undefined
  }
  const isJson = values.json === true
  return {
    settings: readSettings(values),
    words,
    option,
    required(flag) {
      const value = option(flag)
      if (value) return value
      throw wrongUse(name, `缺少 --${flag}`, `--${flag} is missing`)
    },
    isOn: (flag) => known(flag) === true,
    isJson,
    language,
    say: (text) => process.stderr.write(`${text[language]}\n`),
    print: (text, data) => process.stdout.write(`${isJson ? JSON.stringify(data, undefined, 2) : text[language]}\n`),
  }
}

/** What the system refuses about a file, in the words of whoever named it. */
const FILE_TROUBLES: Readonly<Record<string, { zh: string; en: string; exitStatus: 1 | 2 }>> = {
  ENOENT: { zh: '没有这个文件或文件夹', en: 'there is no such file or folder', exitStatus: 2 },
  ENOTDIR: { zh: '路径中有一段不是文件夹', en: 'a part of the path is no folder', exitStatus: 2 },
  EISDIR: { zh: '应为文件，实际是文件夹', en: 'a file is wanted, this is a folder', exitStatus: 2 },
  EACCES: { zh: '没有权限', en: 'not permitted', exitStatus: 1 },
  EPERM: { zh: '没有权限', en: 'not permitted', exitStatus: 1 },
  EROFS: { zh: '这里只能读，不能写', en: 'this place can only be read', exitStatus: 1 },
  ENOSPC: { zh: '磁盘已满', en: 'the disk is full', exitStatus: 1 },
}

function pathOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'path' in error ? String(error.path) : ''
}

/** An operator's mistake is told in their language; a defect also says where to look. */
export function tellError(error: unknown, language: Language): ExitStatus {
  if (error instanceof OperatorError) {
    process.stderr.write(`${error.text[language]}\n`)
    return error.exitStatus
  }
  const trouble = FILE_TROUBLES[codeOf(error) ?? '']
  if (trouble) {
    const path = pathOf(error)
    const named = path === '' ? '' : `${path}${language === 'zh' ? '：' : ': '}`
    process.stderr.write(`${named}${trouble[language]}${language === 'zh' ? '。' : '.'}\n`)
    return trouble.exitStatus
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  return 1
}
