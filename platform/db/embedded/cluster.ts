import { spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { OperatorError, type Say } from '../operator-error.ts'
import { fixedSettings, PG_HBA_CONF, postgresqlConf } from './configuration.ts'
import { type FolderLock, type Holder, lockFolder } from './folder-lock.ts'
import { stopOrphan } from './orphan.ts'
import { type Placement, placeCluster, prepareDataFolder } from './placement.ts'
import {
  logFileOf,
  PostmasterEnded,
  type PostmasterOptions,
  type RunningPostmaster,
  spawnPostmaster,
  superuserConfig,
  waitUntilReady,
} from './postmaster.ts'

export interface ClusterOptions {
  dataFolder: string
  /** Named to whoever comes second: `serve`, `backup`. */
  command: string
  say: Say
  /** Tests only: no fsync, nothing survives a power cut. */
  isThrowaway?: boolean
  /** Called when PostgreSQL ended again and again and is no longer restarted. */
  onLost?: (error: Error) => void
}

/** An embedded PostgreSQL that this process started and keeps running. */
export interface Cluster {
  placement: Placement
  /** Of PostgreSQL's main process; changes when it had to be restarted. */
  pid(): number
  close(): Promise<void>
}

const LOCALES = ['C.UTF-8', 'C.utf8', 'en_US.UTF-8', 'zh_CN.UTF-8']
/** Restarts after PostgreSQL was killed, within a quarter of an hour; more often means that something is broken. */
const RESTARTS_MAX = 10
const RESTARTS_WITHIN_MS = 15 * 60_000
/** Children of a killed server notice within moments that it is gone; until then its shared memory is in use. */
const STILL_IN_USE_MS_MAX = 30_000

/** Starts the database of a data folder, or answers who has that folder already. */
export async function startCluster(options: ClusterOptions): Promise<{ cluster: Cluster } | { holder: Holder }> {
  const dataFolder = prepareDataFolder(options.dataFolder)
  const taken = await lockFolder(dataFolder, options.command)
  if ('holder' in taken) return taken
  try {
    const placement = placeCluster(dataFolder, options.say)
    await stopOrphan(placement.clusterFolder, options.say)
    await ensureInitialised(placement, options)
    checkVersion(placement)
    const cluster = await keepRunning(placement, options, taken.lock)
    taken.lock.announce(placement.socketFolder)
    return { cluster }
  } catch (error) {
    taken.lock.release()
    throw error
  }
}

/** What the second one is told. */
export function inUse(dataFolder: string, holder: Holder): OperatorError {
  return new OperatorError(
    `数据目录 ${dataFolder} 正在被另一个同袍进程使用：进程 ${holder.pid}（${holder.command}，主机 ${holder.host}，自 ${holder.since}）。请先停止它，或用 TONGPAO_DATA 指定另一个数据目录。`,
    `The data folder ${dataFolder} is in use by another Tongpao: process ${holder.pid} (${holder.command}, host ${holder.host}, since ${holder.since}). Stop it first, or name another data folder with TONGPAO_DATA.`,
  )
}

async function ensureInitialised(placement: Placement, options: ClusterOptions): Promise<void> {
  const { clusterFolder } = placement
  if (existsSync(path.join(clusterFolder, 'PG_VERSION'))) return
  if (existsSync(clusterFolder) && readdirSync(clusterFolder).length > 0) {
    throw new OperatorError(
      `${clusterFolder} 不是完整的数据库目录（缺少 PG_VERSION）。请检查磁盘，或用备份恢复到新的数据目录。`,
      `${clusterFolder} is not a whole database (PG_VERSION is missing). Check the disk, or restore a backup into a new data folder.`,
    )
  }
  options.say({ zh: '首次启动：正在建立数据库…', en: 'First start: creating the database…' })
  const parent = path.dirname(clusterFolder)
  // Made under another name, so that a first start which was killed leaves nothing that looks finished.
  for (const left of readdirSync(parent)) {
    if (left.startsWith('cluster.new-')) rmSync(path.join(parent, left), { recursive: true, force: true })
  }
  const unfinished = path.join(parent, `cluster.new-${process.pid}`)
  mkdirSync(unfinished, { mode: 0o700 })
  if (placement.account) chownSync(unfinished, placement.account.uid, placement.account.gid)
  await initialise(placement, unfinished, options)
  adoptCluster(unfinished, clusterFolder)
}

/** Gives a finished cluster its name; from here on a crash cannot lose it. */
export function adoptCluster(unfinished: string, clusterFolder: string): void {
  rmSync(clusterFolder, { recursive: true, force: true })
  renameSync(unfinished, clusterFolder)
  const parent = openSync(path.dirname(clusterFolder), 'r')
  fsyncSync(parent)
  closeSync(parent)
}

async function initialise(placement: Placement, folder: string, options: ClusterOptions): Promise<void> {
  let output = ''
  for (const locale of LOCALES) {
    const flags = [
      '-D',
      folder,
      '-U',
      'postgres',
      '--auth=trust',
      '--encoding=UTF8',
      '--no-instructions',
      // Text is compared by code point, everywhere alike; the operating system's tables are asked only for what is a
      // letter, which pg_trgm needs to see Chinese.
      '--locale=C',
      `--lc-ctype=${locale}`,
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      ...(options.isThrowaway ? ['--no-sync'] : []),
    ]
    const result = await runProgram(placement, placement.binaries.initdb, flags)
    if (result.status === 0) return
    output = result.output
    if (!/invalid locale name|locale/i.test(output)) break
  }
  throw new OperatorError(`建立数据库失败：\n${output.trim()}`, `Creating the database failed:\n${output.trim()}`)
}

function runProgram(
  placement: Placement,
  program: string,
  flags: string[],
): Promise<{ status: number; output: string }> {
  return new Promise((resolve) => {
    const env = { PATH: process.env.PATH ?? '/usr/bin:/bin', TZ: 'UTC' }
    const child = spawn(program, flags, { ...placement.account, cwd: '/', env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += String(chunk)
    })
    child.stderr.on('data', (chunk) => {
      output += String(chunk)
    })
    child.once('error', (error) => resolve({ status: -1, output: error.message }))
    child.once('close', (code) => resolve({ status: code ?? -1, output }))
  })
}

function checkVersion(placement: Placement): void {
  const found = readFileSync(path.join(placement.clusterFolder, 'PG_VERSION'), 'utf8').trim()
  const ours = placement.binaries.version.split('.')[0]
  if (found === ours) return
  throw new OperatorError(
    `数据库是 PostgreSQL ${found} 的格式，本程序带的是 PostgreSQL ${ours}。请用原版本的同袍打开，升级方法见 docs/operations-guide.md。`,
    `The database was made by PostgreSQL ${found}; this Tongpao brings PostgreSQL ${ours}. Open it with the Tongpao that made it; docs/operations-guide.md tells how to upgrade.`,
  )
}

/** Writes the settings anew, so that an upgrade of Tongpao brings its own. */
function writeConfiguration(placement: Placement, isThrowaway: boolean): void {
  const hasLocalConf = existsSync(path.join(placement.clusterFolder, 'local.conf'))
  const files = { 'postgresql.conf': postgresqlConf({ isThrowaway, hasLocalConf }), 'pg_hba.conf': PG_HBA_CONF }
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(placement.clusterFolder, name)
    writeFileSync(file, text)
    chmodSync(file, 0o600)
    if (placement.account) chownSync(file, placement.account.uid, placement.account.gid)
  }
}

async function keepRunning(placement: Placement, options: ClusterOptions, lock: FolderLock): Promise<Cluster> {
  const isThrowaway = options.isThrowaway ?? false
  const logFile = logFileOf(placement.dataFolder)
  mkdirSync(path.dirname(logFile), { recursive: true, mode: 0o700 })
  writeConfiguration(placement, isThrowaway)
  const postmasterOptions: PostmasterOptions = {
    ...placement,
    logFile,
    fixedSettings: fixedSettings({ isThrowaway, socketFolder: placement.socketFolder }),
  }
  let isClosing = false
  let running = await startPostmaster(postmasterOptions, options.say)
  const restarts: number[] = []

  const supervise = async (): Promise<void> => {
    while (!isClosing) {
      await running.ended
      if (isClosing) return
      const now = performance.now()
      restarts.push(now)
      if (restarts.filter((at) => now - at < RESTARTS_WITHIN_MS).length > RESTARTS_MAX) {
        throw new PostmasterEnded(logFile)
      }
      options.say({
        zh: '数据库进程意外结束，正在重新启动…',
        en: 'The database process ended unexpectedly; restarting it…',
      })
      running = await startPostmaster(postmasterOptions, options.say)
    }
  }
  const supervision = supervise().catch((error: unknown) => {
    if (!isClosing) options.onLost?.(error instanceof Error ? error : new Error(String(error)))
  })

  return {
    placement,
    pid: () => running.pid,
    async close() {
      if (isClosing) return
      isClosing = true
      lock.announce(undefined)
      await running.stop()
      await supervision
      // A restart that was under way when we began to close has replaced `running`.
      await running.stop()
      lock.release()
    },
  }
}

async function startPostmaster(options: PostmasterOptions, say: Say): Promise<RunningPostmaster> {
  const until = performance.now() + STILL_IN_USE_MS_MAX
  for (;;) {
    const running = spawnPostmaster(options)
    try {
      await waitUntilReady(running, options, say)
      return running
    } catch (error) {
      await running.stop()
      if (!(error instanceof PostmasterEnded && error.isStillInUse) || performance.now() > until) throw error
      await sleep(200)
    }
  }
}

/** Runs `work` as the cluster's superuser. */
export async function asSuperuser<Result>(
  socketFolder: string,
  database: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client(superuserConfig(socketFolder, database))
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
