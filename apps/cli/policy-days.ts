import type { Option } from '#apps/cli/command.ts'
import { type CompiledProgram, compileStack } from '#engines/policy/compile.ts'
import type { Decision } from '#engines/policy/facts.ts'
import { operationOf } from '#engines/policy/facts-file/read-facts.ts'
import type { Stack } from '#engines/policy/pack.ts'
import { type Day, formatDay, parseDay } from '#engines/values/time.ts'
import { OperatorError } from '#platform/db/operator-error.ts'
import type { Call } from './command.ts'
import type { FactsFile } from './facts-on-disk.ts'

/** Which days are evaluated, and what was known. */
export interface Days {
  readonly from: Day
  readonly on: Day
  readonly known: Day
}

export const DAY_OPTIONS: Readonly<Record<'from' | 'on' | 'known', Option>> = {
  from: {
    value: 'DATE',
    text: {
      zh: '从哪天算起；不写：行动开始日，没有则首次值守那天',
      en: 'first day; left out: that of the operation, else of the first duty',
    },
  },
  on: {
    value: 'DATE',
    text: {
      zh: '算到哪天；不写：行动结束日，没有则最后一次值守那天',
      en: 'last day; left out: that of the operation, else of the last duty',
    },
  },
  known: {
    value: 'DATE',
    text: {
      zh: '站在哪天看，只用到那天为止公布的文件和决定；不写：同 --on',
      en: 'use only what was published or decided by this day; left out: as --on',
    },
  },
}

export function daysOf(call: Call, { head }: FactsFile): Days {
  const from = dayOption(call, 'from') ?? head.operation?.from ?? head.duty?.from
  const on = dayOption(call, 'on') ?? head.operation?.to ?? head.duty?.to
  if (from === undefined || on === undefined) {
    throw new OperatorError(
      '事实文件里没有行动起止，也没有值守，请写 --from 和 --on。',
      'The facts name no operation and no duty: give --from and --on.',
      { exitStatus: 2 },
    )
  }
  return { from, on, known: dayOption(call, 'known') ?? on }
}

export function dayOption(call: Call, name: string): Day | undefined {
  const text = call.option(name)
  if (text === undefined) return undefined
  const day = parseDay(text)
  if (day !== undefined) return day
  throw new OperatorError(`--${name}：${text} 不是日历上的日期。`, `--${name}: ${text} is not a day of the calendar.`, {
    exitStatus: 2,
  })
}

export function compileFor(
  stack: Stack,
  days: Days,
  decisions: readonly Decision[],
  { head }: FactsFile,
): CompiledProgram {
  const operation = operationOf(head)
  const compiled = compileStack(stack, { ...days, decisions, ...(operation ? { operation } : {}) })
  if (compiled.ok) return compiled.program
  const lines = (language: 'zh' | 'en') => compiled.problems.map(({ message }) => message[language]).join('\n')
  throw new OperatorError(
    `${stack.id} 不能用在这些日子上：\n${lines('zh')}`,
    `${stack.id} cannot be used on these days:\n${lines('en')}`,
  )
}

export function daysData({ from, on, known }: Days) {
  return { from: formatDay(from), on: formatDay(on), known: formatDay(known) }
}
