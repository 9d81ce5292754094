import { readFileSync } from 'node:fs'
import { InstanceError, readCurtoisQu } from '#engines/rostering/curtois-qu.ts'
import { mistakeText } from '#engines/rostering/mistake-text.ts'
import type { Mistake } from '#engines/rostering/mistakes.ts'
import type { Roster, RosterProblem } from '#engines/rostering/problem.ts'
import { readProblem } from '#engines/rostering/read-problem.ts'
import { messageOf, OperatorError } from '#platform/db/operator-error.ts'
import type { Call, Option } from './command.ts'

/** Reading roster problems and rosters for the commands of the command line. */

const TOLD_MAX = 20

export const PROBLEM_OPTIONS: Readonly<Record<string, Option>> = {
  problem: { value: 'FILE', text: { zh: '排班问题', en: 'the roster problem' } },
  format: {
    value: 'NAME',
    text: {
      zh: '问题的格式：tongpao（JSON，默认）或 curtois-qu（公开算例，班表为 CSV）',
      en: 'format of the problem: tongpao (JSON, standard) or curtois-qu (public instances; rosters are CSV)',
    },
  },
}

export const ROSTER_OPTION: Option = {
  value: 'FILE',
  text: {
    zh: '班表：roster solve 写出的文件（JSON 或 CSV）',
    en: 'the roster: what roster solve wrote (JSON or CSV)',
  },
}

export function wrongRoster(zh: string, en: string): OperatorError {
  return new OperatorError(zh, en, { exitStatus: 2 })
}

/** Everything that is wrong with a problem, told together. */
export function refusal(file: string, mistakes: readonly Mistake[]): OperatorError {
  const told = mistakes.slice(0, TOLD_MAX).map(mistakeText)
  const zh = told.map((one) => `  ${one.zh}`).join('\n')
  const en = told.map((one) => `  ${one.en}`).join('\n')
  return wrongRoster(`${file} 有 ${mistakes.length} 处错误：\n${zh}`, `${file} has ${mistakes.length} mistakes:\n${en}`)
}

function isCsv(call: Call): boolean {
  const format = call.option('format') ?? 'tongpao'
  if (format !== 'tongpao' && format !== 'curtois-qu')
    throw wrongRoster(`没有这种格式：${format}`, `no such format: ${format}`)
  return format === 'curtois-qu'
}

export function openProblem(call: Call): RosterProblem {
  const file = call.required('problem')
  const text = readFileSync(file, 'utf8')
  if (!isCsv(call)) {
    const read = readProblem(text)
    if (!read.ok) throw refusal(file, read.mistakes)
    return read.problem
  }
  try {
    return readCurtoisQu(text)
  } catch (error) {
    if (!(error instanceof InstanceError)) throw error
    throw wrongRoster(`${file} 无法读取：${messageOf(error)}`, `${file} cannot be read: ${messageOf(error)}`)
  }
}

/** A roster for the problem; unknown people and shifts and rows of another length are refused. */
export function openRoster(call: Call, problem: RosterProblem): Roster {
  const file = call.required('roster')
  const text = readFileSync(file, 'utf8')
  const roster = isCsv(call) ? ofCsv(problem, text) : ofJson(file, text)
  const shifts = new Set<string | null>([null, ...problem.shifts.map(({ id }) => id)])
  const people = new Set(problem.people.map(({ id }) => id))
  for (const [id, row] of Object.entries(roster)) {
    if (!people.has(id)) throw wrongRoster(`班表里的“${id}”不在排班问题里`, `the problem has no person “${id}”`)
    if (row.length !== problem.days)
      throw wrongRoster(
        `“${id}”的班表有 ${row.length} 天，应为 ${problem.days} 天`,
        `the row of “${id}” has ${row.length} days, not ${problem.days}`,
      )
    const unknown = row.find((cell) => !shifts.has(cell))
    if (unknown !== undefined)
      throw wrongRoster(`没有班次“${unknown}”（${id}）`, `there is no shift “${unknown}” (${id})`)
  }
  return roster
}

function ofCsv(problem: RosterProblem, text: string): Roster {
  const lines = text.trimEnd().split(/\r?\n/)
  if (lines.length !== problem.people.length)
    throw wrongRoster(
      `班表有 ${lines.length} 行，应为 ${problem.people.length} 行`,
      `the roster has ${lines.length} rows, not ${problem.people.length}`,
    )
  return Object.fromEntries(
    problem.people.map(({ id }, at) => [id, (lines[at] ?? '').split(',').map((cell) => cell.trim() || null)]),
  )
}

function ofJson(file: string, text: string): Roster {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw wrongRoster(`${file} 无法读取：${messageOf(error)}`, `${file} cannot be read: ${messageOf(error)}`)
  }
  const inner = isRecord(value) && isRecord(value.roster) ? value.roster : value
  if (isRecord(inner) && Object.values(inner).every(isRow)) {
    return Object.fromEntries(Object.entries(inner).flatMap(([id, row]) => (isRow(row) ? [[id, row]] : [])))
  }
  throw wrongRoster(`${file} 不是班表`, `${file} is no roster`)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isRow(value: unknown): value is readonly (string | null)[] {
  return Array.isArray(value) && value.every((cell) => cell === null || typeof cell === 'string')
}
