import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { messageOf, OperatorError, type Say } from '../operator-error.ts'
import type { Account, Binaries } from './binaries.ts'
import { endProcess } from './orphan.ts'

export interface PostmasterOptions {
  binaries: Binaries
  account: Account | undefined
  clusterFolder: string
  socketFolder: string
  logFile: string
  /** `-c name=value` pairs. */
  fixedSettings: string[]
}

/** A running PostgreSQL, child of this process. */
export interface RunningPostmaster {
  pid: number
  /** Settles when the process has ended, for whatever reason. */
  ended: Promise<void>
  hasEnded(): boolean
  stop(): Promise<void>
}

/**
 * Starts `postgres` with a watcher beside it: a small shell that reads a pipe which only we hold. When this process
 * dies in any way, the kernel closes the pipe and the watcher asks PostgreSQL for a fast shutdown; so a killed Tongpao
 * leaves no database behind. The watcher is no child of PostgreSQL (two forks), which would otherwise log a stranger.
 * A process group of its own keeps Ctrl-C at the terminal from reaching PostgreSQL before us.
 */
const START_WITH_WATCHER = `
  ( ( word=; read -r word; test "$word" = over || kill -INT $$ ) <&3 >/dev/null 2>&1 & )
  exec 3<&-
  exec "$@"
`
const LOG_BYTES_MAX = 10 * 2 ** 20
/** Recovery after a crash can take minutes; it is waited for as long as the process lives, within reason. */
const READY_MS_MAX = 15 * 60_000

export function spawnPostmaster(options: PostmasterOptions): RunningPostmaster {
  const log = openLog(options.logFile)
  const command = [options.binaries.postgres, '-D', options.clusterFolder, ...options.fixedSettings]
  const child = spawn('/bin/sh', ['-c', START_WITH_WATCHER, 'sh', ...command], {
    ...options.account,
    cwd: '/',
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    detached: true,
    stdio: ['ignore', log, log, 'pipe'],
  })
  closeSync(log)
  let ended = false
  const pipe = child.stdio[3]
  const whenEnded = new Promise<void>((resolve) => {
    const settle = () => {
      ended = true
      // The watcher must not signal a number that may soon be another process.
      if (pipe && 'end' in pipe) pipe.end('over\n')
      resolve()
    }
    child.once('exit', settle)
    child.once('error', settle)
  })
  pipe?.on('error', () => undefined)
  const pid = child.pid ?? 0
  return {
    pid,
    ended: whenEnded,
    hasEnded: () => ended,
    async stop() {
      if (!ended && pid > 0) await endProcess(pid)
      await whenEnded
    },
  }
}

/** Keeps one earlier log; the file is ours, PostgreSQL only inherits it open, so its account needs no right to the folder. */
function openLog(file: string): number {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LOG_BYTES_MAX) renameSync(file, `${file}.1`)
  return openSync(file, 'a', 0o600)
}

/** Waits until the superuser can connect, telling every five seconds that it takes longer. */
export async function waitUntilReady(running: RunningPostmaster, options: PostmasterOptions, say: Say): Promise<void> {
  const startedAt = performance.now()
  let toldAt = startedAt
  while (performance.now() - startedAt < READY_MS_MAX) {
    if (running.hasEnded()) throw new PostmasterEnded(options.logFile)
    if (await canConnect(options.socketFolder)) return
    await sleep(20)
    if (performance.now() - toldAt < 5_000) continue
    toldAt = performance.now()
    say({
      zh: '数据库正在启动（可能在做崩溃恢复）…',
      en: 'The database is starting (perhaps recovering from a crash)…',
    })
  }
  throw new PostmasterEnded(options.logFile)
}

/** PostgreSQL ended, or never answered; the end of its log says why. */
export class PostmasterEnded extends OperatorError {
  readonly isStillInUse: boolean

  constructor(logFile: string) {
    const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-8)
    super(
      `数据库没有启动。日志 ${logFile} 的末尾：\n${lines.join('\n')}`,
      `The database did not start. The end of its log ${logFile}:\n${lines.join('\n')}`,
    )
    this.isStillInUse = lines.some((line) => /shared memory block|lock file .* already exists/.test(line))
  }
}

/** Where the superuser of an embedded cluster connects. */
export function superuserConfig(socketFolder: string, database = 'postgres'): pg.ClientConfig {
  return { host: socketFolder, port: 5432, user: 'postgres', database, connectionTimeoutMillis: 5_000 }
}

async function canConnect(socketFolder: string): Promise<boolean> {
  const client = new pg.Client(superuserConfig(socketFolder))
  client.on('error', () => undefined)
  try {
    await client.connect()
    return true
  } catch (error) {
    // Anything but "not there yet" or "starting up" will not get better by waiting.
    if (
      /ENOENT|ECONNREFUSED|starting up|not yet accepting|shutting down|terminated|timeout|in recovery/.test(
        messageOf(error),
      )
    ) {
      return false
    }
    throw error
  } finally {
    await client.end().catch(() => undefined)
  }
}

export function logFileOf(dataFolder: string): string {
  return path.join(dataFolder, 'logs', 'postgresql.log')
}
