import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { OperatorError, type Say } from '../operator-error.ts'
import { isAlive } from './folder-lock.ts'

/** What `postmaster.pid` says about a PostgreSQL that runs, or once ran, on a cluster. */
export interface Postmaster {
  pid: number
  /** A process of that number exists, but it may be another program: numbers are used again. */
  isAlive: boolean
  /** It really is a PostgreSQL working in this cluster. */
  isOurs: boolean
}

const FAST_STOP_MS = 60_000
const IMMEDIATE_STOP_MS = 10_000
/** Higher than any process number, so PostgreSQL takes the entry for a dead process. */
const DEAD_PID = 999_999_999

export function readPostmaster(clusterFolder: string): Postmaster | undefined {
  let text: string
  try {
    text = readFileSync(pidFile(clusterFolder), 'utf8')
  } catch {
    return undefined
  }
  const pid = Math.abs(Number.parseInt(text.split('\n')[0] ?? '', 10))
  if (!Number.isSafeInteger(pid) || pid === 0) return undefined
  const alive = isAlive(pid)
  return { pid, isAlive: alive, isOurs: alive && worksIn(pid, clusterFolder) }
}

/**
 * Ends a PostgreSQL that outlived the process which started it (`kill -9`), so that a start finds the cluster free.
 * The caller holds the data folder's lock, so no living Tongpao uses that PostgreSQL. Taking it over would save a
 * tenth of a second and leave a child that nobody can wait for; a clean stop is the simpler thing to get right.
 */
export async function stopOrphan(clusterFolder: string, say: Say): Promise<void> {
  const found = readPostmaster(clusterFolder)
  if (!found?.isAlive) return
  if (!found.isOurs) {
    buryPid(clusterFolder)
    return
  }
  say({
    zh: `上次异常退出留下的数据库进程 ${found.pid} 仍在运行，正在让它正常结束…`,
    en: `Database process ${found.pid}, left by a run that was killed, is still there; stopping it cleanly…`,
  })
  if (await endProcess(found.pid)) return
  throw new OperatorError(
    `数据库进程 ${found.pid} 没有结束。请检查该进程后重试。`,
    `Database process ${found.pid} did not end. Look at that process, then try again.`,
  )
}

/** Fast shutdown first; then an immediate one, after which the next start replays the log. Answers whether it ended. */
export async function endProcess(pid: number): Promise<boolean> {
  signal(pid, 'SIGINT')
  // A stopped process (debugger, `kill -STOP`) gets signals only when it goes on.
  signal(pid, 'SIGCONT')
  if (await hasEnded(pid, FAST_STOP_MS)) return true
  signal(pid, 'SIGQUIT')
  return await hasEnded(pid, IMMEDIATE_STOP_MS)
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended in the meantime.
  }
}

async function hasEnded(pid: number, limit_ms: number): Promise<boolean> {
  const until = performance.now() + limit_ms
  while (performance.now() < until) {
    if (!isAlive(pid) || isZombie(pid)) return true
    await sleep(20)
  }
  return false
}

/** A process that has ended but was not yet waited for by its parent holds nothing any more. */
function isZombie(pid: number): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return status.slice(status.lastIndexOf(')') + 2).startsWith('Z')
  } catch {
    return false
  }
}

/**
 * The number in `postmaster.pid` now belongs to another program, and PostgreSQL would refuse to start as long as that
 * runs. Only the number is replaced: the shared-memory key further down must stay, because through it PostgreSQL
 * notices surviving children of a killed server.
 */
function buryPid(clusterFolder: string): void {
  const file = pidFile(clusterFolder)
  const lines = readFileSync(file, 'utf8').split('\n')
  lines[0] = String(DEAD_PID)
  writeFileSync(file, lines.join('\n'))
}

/** PostgreSQL's main process and its children all work in the cluster's folder. */
function worksIn(pid: number, clusterFolder: string): boolean {
  if (isZombie(pid)) return false
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === clusterFolder
  } catch {
    if (process.platform === 'linux') return commandOf(pid).includes('postgres')
    return commandOf(pid).includes(clusterFolder)
  }
}

function commandOf(pid: number): string {
  const shown = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
  return shown.stdout ?? ''
}

function pidFile(clusterFolder: string): string {
  return path.join(clusterFolder, 'postmaster.pid')
}

/** Processes that still work in a cluster: the children of a killed server need a moment to notice. Linux only. */
export function processesIn(clusterFolder: string): number[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid > 0 && worksInExactly(pid, clusterFolder))
}

function worksInExactly(pid: number, clusterFolder: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === clusterFolder
  } catch {
    return false
  }
}
