import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { openProblem, PROBLEM_OPTIONS, refusal, wrongRoster } from '#apps/cli/roster-files.ts'
import { conflictText } from '#engines/rostering/conflict-text.ts'
import { findConflicts } from '#engines/rostering/conflicts.ts'
import { writeCsv } from '#engines/rostering/curtois-qu.ts'
import type { RosterProblem } from '#engines/rostering/problem.ts'
import { prepare, type SolverMemory } from '#engines/rostering/solve.ts'
import { SolveCrash, type SolveOptions, type SolveOutcome, solveRoster } from '#platform/compute/roster-threads.ts'
import { messageOf, OperatorError } from '#platform/db/operator-error.ts'
import type { Call, Command, ExitStatus } from '../command.ts'

const THREADS_MAX = 64

export const command: Command = {
  usage: '--problem P.json --out S.json [--seconds N | --iterations N] [--threads T] [--seed S]',
  text: {
    zh: [
      '排班：读入排班问题，求出班表。可随时用 Ctrl+C 停下，得到当时最好的班表。',
      '--iterations 代替 --seconds 时结果可重现：同样的问题、种子、线程数和次数，得到同样的班表。',
      '退出状态 1：班表已写出，但有硬性要求未能满足（逐条列出），或求解线程全部中途出错。',
    ].join('\n'),
    en: [
      'Makes a roster from a roster problem. Stop it at any moment with Ctrl+C: the best so far is written.',
      'With --iterations instead of --seconds the answer is reproducible: same problem, seed, threads and iterations, same roster.',
      'Exit status 1: the roster is written, but hard requirements could not be met (they are listed), or every solving thread broke off.',
    ].join('\n'),
  },
  options: {
    ...PROBLEM_OPTIONS,
    seconds: {
      value: 'N',
      text: { zh: '从开始到得出班表的秒数，默认 10', en: 'seconds from start to roster, standard 10' },
    },
    'cpu-seconds': {
      value: 'N',
      text: { zh: '每个线程的处理器秒数，代替 --seconds', en: 'CPU seconds of each thread, instead of --seconds' },
    },
    iterations: {
      value: 'N',
      text: { zh: '每个线程的迭代次数，代替 --seconds', en: 'iterations of each thread, instead of --seconds' },
    },
    threads: { value: 'T', text: { zh: '线程数，默认 2', en: 'threads, standard 2' } },
    seed: { value: 'S', text: { zh: '随机种子，默认 1', en: 'random seed, standard 1' } },
    out: { value: 'FILE', text: { zh: '班表写到哪里', en: 'where the roster goes' } },
    state: {
      value: 'FILE',
      text: {
        zh: '进度文件：存在则从中继续，结束时写回',
        en: 'state: taken up again if it exists, written at the end',
      },
    },
  },
  settings: [],
  printsData: true,
  run: solve,
}

async function solve(call: Call): Promise<ExitStatus> {
  const began_ms = performance.now()
  const problem = openProblem(call)
  tellConflicts(call, problem)
  const out = call.required('out')
  const stop = new AbortController()
  const halt = () => stop.abort()
  process.once('SIGINT', halt)
  process.once('SIGTERM', halt)
  let told = Number.POSITIVE_INFINITY
  const outcome = await solveOrSay(problem, {
    ...limits(call, began_ms),
    signal: stop.signal,
    ...memoryOf(call),
    onProgress: ({ seconds, cost, bound }) => {
      if (cost >= told) return
      told = cost
      const known = bound === undefined ? '–' : Math.ceil(bound - 1e-6)
      call.say({
        zh: `${seconds.toFixed(1)} 秒：扣分 ${cost}，下界 ${known}`,
        en: `${seconds.toFixed(1)} s: penalty ${cost}, bound ${known}`,
      })
    },
  })
  process.off('SIGINT', halt)
  process.off('SIGTERM', halt)
  return tellOutcome(call, problem, out, outcome)
}

/** Without any roster there is nothing to write: why is said in words, and it is no fault of whoever called. */
async function solveOrSay(problem: RosterProblem, options: SolveOptions): Promise<SolveOutcome> {
  try {
    return await solveRoster(problem, options)
  } catch (error) {
    if (!(error instanceof SolveCrash)) throw error
    const why = error.crashes.join('; ')
    throw new OperatorError(
      `求解线程全部中途出错，没有得到班表：${why}。请减少 --threads 或增加内存后重试。`,
      `Every solving thread broke off and there is no roster: ${why}. Try fewer --threads or more memory.`,
    )
  }
}

/** Threads that broke off are told, whatever the others have found. */
function tellCrashes(call: Call, { crashes, is_cut_off }: Extract<SolveOutcome, { ok: true }>): void {
  if (crashes.length === 0) return
  const why = crashes.join('; ')
  call.say(
    is_cut_off
      ? {
          zh: `求解线程全部中途出错（${why}），写出的是当时最好的班表。`,
          en: `Every solving thread broke off (${why}); what is written is the best until then.`,
        }
      : {
          zh: `${crashes.length} 个求解线程中途出错（${why}），由其余线程算完。`,
          en: `${crashes.length} solving thread(s) broke off (${why}); the others went on to the end.`,
        },
  )
}

/** What no roster can satisfy is said before the time is spent. */
function tellConflicts(call: Call, problem: RosterProblem): void {
  const prepared = prepare(problem)
  for (const one of findConflicts(problem, prepared.ok ? prepared.impossible : [])) {
    if (!one.hard) continue
    const { zh, en } = conflictText(problem, one)
    call.say({ zh: `无法满足：${zh}`, en: `cannot be met: ${en}` })
  }
}

function tellOutcome(call: Call, problem: RosterProblem, out: string, outcome: SolveOutcome): ExitStatus {
  if (!outcome.ok) throw refusal(call.required('problem'), outcome.mistakes)
  tellCrashes(call, outcome)
  const { roster, memory, ...rest } = outcome
  const isCsv = call.option('format') === 'curtois-qu'
  replaceFile(out, isCsv ? writeCsv(problem, roster) : `${JSON.stringify({ roster, ...rest }, undefined, 1)}\n`)
  const state = call.option('state')
  if (state) replaceFile(state, JSON.stringify(memory))
  const { score, bound, is_proven } = outcome
  const broken = score.by_rule.filter((rule) => rule.hard > 0).map((rule) => `  ${rule.rule}: ${rule.hard}`)
  const known = bound === undefined ? undefined : Math.ceil(bound - 1e-6)
  call.print(
    {
      zh: [
        `扣分 ${score.total}，下界 ${known ?? '未知'}${is_proven ? '（已证明最优）' : ''}，硬性违反 ${score.hard}`,
        ...broken,
      ].join('\n'),
      en: [
        `penalty ${score.total}, bound ${known ?? 'unknown'}${is_proven ? ' (proven best)' : ''}, hard violations ${score.hard}`,
        ...broken,
      ].join('\n'),
    },
    rest,
  )
  return score.hard > 0 || outcome.is_cut_off ? 1 : 0
}

/** Written beside and renamed, so that a crash leaves the old file whole. */
function replaceFile(file: string, text: string): void {
  writeFileSync(`${file}.new`, text)
  renameSync(`${file}.new`, file)
}

/** Seconds by the clock are those of the whole command: what reading and looking for conflicts took is taken off. */
function limits(call: Call, began_ms: number): Pick<SolveOptions, 'seed' | 'threads' | 'limit'> {
  const seed = whole(call, 'seed', 1, 0, 2 ** 31)
  const threads = whole(call, 'threads', 2, 1, THREADS_MAX)
  if (call.option('iterations')) {
    return { seed, threads, limit: { kind: 'iterations', iterations: whole(call, 'iterations', 1, 1, 1e9) } }
  }
  if (call.option('cpu-seconds')) {
    return { seed, threads, limit: { kind: 'cpu_seconds', seconds: whole(call, 'cpu-seconds', 1, 1, 1e6) } }
  }
  const seconds = whole(call, 'seconds', 10, 1, 1e6) - (performance.now() - began_ms) / 1000
  return { seed, threads, limit: { kind: 'seconds', seconds: Math.max(1, seconds) } }
}

function whole(call: Call, name: string, standard: number, least: number, most: number): number {
  const text = call.option(name)
  if (text === undefined) return standard
  const value = Number(text)
  if (!Number.isInteger(value) || value < least || value > most) {
    throw wrongRoster(
      `--${name}：${text} 不是 ${least} 到 ${most} 的整数`,
      `--${name}: ${text} is not a whole number from ${least} to ${most}`,
    )
  }
  return value
}

function memoryOf(call: Call): { memory?: readonly SolverMemory[] } {
  const file = call.option('state')
  if (file === undefined || !existsSync(file)) return {}
  try {
    const memory: SolverMemory[] = JSON.parse(readFileSync(file, 'utf8'))
    return { memory }
  } catch (error) {
    throw wrongRoster(
      `进度文件 ${file} 无法读取：${messageOf(error)}`,
      `the state ${file} cannot be read: ${messageOf(error)}`,
    )
  }
}
