import { chmodSync, chownSync, createWriteStream, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { parseUrl } from '../connections.ts'
import { adoptCluster, inUse } from '../embedded/cluster.ts'
import { lockFolder } from '../embedded/folder-lock.ts'
import { type Placement, placeCluster, prepareDataFolder } from '../embedded/placement.ts'
import { prepareExternal } from '../external.ts'
import { openDatabase } from '../open-database.ts'
import { OperatorError, type Say } from '../operator-error.ts'
import { parseJson, type ReadEntry, readArchive } from './archive.ts'
import { BackupLabel, DUMP, FILES_FOLDER, LABEL, SEALED_KEYS } from './backup.ts'
import { CLUSTER_FOLDER } from './cluster-copy.ts'
import { findTool, runTool } from './external-tools.ts'
import { openKeys, writeKeys } from './sealed-keys.ts'
import { spendTransactionIds } from './transaction-ids.ts'

export interface RestoreOptions {
  file: string
  dataFolder: string
  databaseUrl: string | undefined
  passphrase: string | undefined
  say: Say
}

export interface RestoreReport {
  made_at: string
  migrations: number
  tables: number
  rows: number
  keys: 'none' | 'restored' | 'missing'
  seconds: number
}

/**
 * Restores a backup into an empty data folder (or an empty external database), then starts it and reads every row once, so
 * that "restored" means that it works. When anything is wrong, what was written is removed again.
 */
export async function restore(options: RestoreOptions): Promise<RestoreReport> {
  const startedAt = performance.now()
  const dataFolder = path.resolve(options.dataFolder)
  refuseUsedFolder(dataFolder)
  const label = await readLabel(options.file)
  refuseOtherKind(label, options.databaseUrl)
  if (label.keys === 'sealed' && !options.passphrase) {
    throw new OperatorError(
      '备份中的加密密钥受口令保护。请用 --passphrase-file 或 TONGPAO_BACKUP_PASSPHRASE 提供口令。',
      'The encryption keys in this backup are protected by a passphrase. Give it by --passphrase-file or TONGPAO_BACKUP_PASSPHRASE.',
      { exitStatus: 2 },
    )
  }
  const existedBefore = existsSync(dataFolder)
  try {
    const counted =
      label.kind === 'cluster'
        ? await restoreCluster(dataFolder, label, options)
        : await restoreDump(dataFolder, label, options)
    const keys = label.keys === 'sealed' ? 'restored' : label.keys === 'left out' ? 'missing' : 'none'
    const seconds = Math.round((performance.now() - startedAt) / 100) / 10
    return { made_at: label.made_at, migrations: label.migrations.length, ...counted, keys, seconds }
  } catch (error) {
    for (const left of existsSync(dataFolder) ? readdirSync(dataFolder) : []) {
      rmSync(path.join(dataFolder, left), { recursive: true, force: true })
    }
    if (!existedBefore) rmSync(dataFolder, { recursive: true, force: true })
    throw error
  }
}

function refuseUsedFolder(dataFolder: string): void {
  if (!existsSync(dataFolder) || readdirSync(dataFolder).length === 0) return
  throw new OperatorError(
    `数据目录 ${dataFolder} 不是空的，恢复不会覆盖已有数据。请用 --data 指定一个空目录，或先把原目录改名。`,
    `The data folder ${dataFolder} is not empty; a restore never overwrites data. Name an empty one with --data, or rename the old one first.`,
  )
}

function refuseOtherKind(label: BackupLabel, databaseUrl: string | undefined): void {
  if (label.kind === 'dump' && !databaseUrl) {
    throw new OperatorError(
      '这是外部 PostgreSQL 的备份。请用 --database-url 指定要恢复到的空数据库。',
      'This is a backup of an external PostgreSQL. Name the empty database to restore into with --database-url.',
      { exitStatus: 2 },
    )
  }
  if (label.kind === 'cluster' && databaseUrl) {
    throw new OperatorError(
      '这是内置数据库的备份，不能恢复到外部 PostgreSQL。请去掉 DATABASE_URL。',
      'This is a backup of the embedded database and cannot go into an external PostgreSQL. Leave DATABASE_URL out.',
      { exitStatus: 2 },
    )
  }
}

/** Reads only the first entry. */
async function readLabel(file: string): Promise<BackupLabel> {
  if (!existsSync(file)) {
    throw new OperatorError(`找不到备份文件 ${file}。`, `There is no backup ${file}.`, { exitStatus: 2 })
  }
  let label: BackupLabel | undefined
  const found = new Error('found')
  try {
    await readArchive(file, async (entry) => {
      if (entry.kind === 'file' && entry.name === LABEL)
        label = BackupLabel.safeParse(parseJson(await bytesOf(entry.content))).data
      throw found
    })
  } catch (error) {
    if (error !== found) throw error
  }
  if (label) return label
  throw new OperatorError(`${file} 不是同袍的备份文件。`, `${file} is not a backup of Tongpao.`)
}

async function bytesOf(content: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of content) parts.push(part)
  return Buffer.concat(parts)
}

interface Counted {
  tables: number
  rows: number
}

async function restoreCluster(folder: string, label: BackupLabel, options: RestoreOptions): Promise<Counted> {
  const dataFolder = prepareDataFolder(folder)
  const taken = await lockFolder(dataFolder, 'restore')
  if ('holder' in taken) throw inUse(dataFolder, taken.holder)
  let placement: Placement | undefined
  try {
    placement = placeCluster(dataFolder, options.say)
    checkVersion(label, placement)
    options.say({ zh: '正在解开备份…', en: 'Unpacking the backup…' })
    const unfinished = path.join(path.dirname(placement.clusterFolder), `cluster.new-${process.pid}`)
    await unpack(options, { [CLUSTER_FOLDER]: unfinished, [FILES_FOLDER]: dataFolder })
    giveTo(unfinished, placement)
    adoptCluster(unfinished, placement.clusterFolder)
    taken.lock.release()
    return await tryOut(dataFolder, options.say)
  } catch (error) {
    taken.lock.release()
    removeOutside(placement, dataFolder)
    throw error
  }
}

function checkVersion(label: BackupLabel, placement: Placement): void {
  const ours = Number(placement.binaries.version.split('.')[0])
  if (label.postgresql_major === ours) return
  throw new OperatorError(
    `备份是 PostgreSQL ${label.postgresql_major} 的，本程序带的是 PostgreSQL ${ours}。请用做备份时的同袍版本恢复，再按 docs/operations-guide.md 升级。`,
    `The backup was made with PostgreSQL ${label.postgresql_major}; this Tongpao brings ${ours}. Restore it with the Tongpao that made it, then upgrade as docs/operations-guide.md tells.`,
  )
}

/** The part of a failed restore that does not lie in the data folder. */
function removeOutside(placement: Placement | undefined, dataFolder: string): void {
  if (!placement) return
  const isInside = path.dirname(placement.clusterFolder) === dataFolder
  if (!isInside) rmSync(path.dirname(placement.clusterFolder), { recursive: true, force: true })
}

/** Unpacks each top folder of the backup to its place; refuses names that would lead anywhere else. */
async function unpack(options: RestoreOptions, places: Readonly<Record<string, string>>): Promise<void> {
  const dataFolder = path.resolve(options.dataFolder)
  let sealed: Buffer | undefined
  await readArchive(options.file, async (entry) => {
    const [top = '', ...rest] = entry.name.split('/')
    if (entry.kind === 'file' && entry.name === SEALED_KEYS) sealed = await bytesOf(entry.content)
    const place = places[top]
    if (place === undefined) return
    if (rest.includes('..') || rest.includes('')) throw new Error(`the backup holds a wrong name: ${entry.name}`)
    await writeEntry(entry, path.join(place, ...rest))
  })
  if (sealed && options.passphrase) writeKeys(dataFolder, openKeys(sealed, options.passphrase))
}

async function writeEntry(entry: ReadEntry, target: string): Promise<void> {
  if (entry.kind === 'folder') {
    mkdirSync(target, { recursive: true, mode: 0o700 })
    return
  }
  mkdirSync(path.dirname(target), { recursive: true, mode: 0o700 })
  await pipeline(entry.content, createWriteStream(target, { mode: 0o600, flags: 'wx' }))
}

function giveTo(folder: string, placement: Placement): void {
  chmodSync(folder, 0o700)
  const { account } = placement
  if (!account) return
  chownSync(folder, account.uid, account.gid)
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    chownSync(path.join(entry.parentPath, entry.name), account.uid, account.gid)
  }
}

/** Starts what was restored (which replays the log and makes all files durable) and reads every row of every table. */
async function tryOut(dataFolder: string, say: Say): Promise<Counted> {
  say({ zh: '正在启动并核对恢复的数据库…', en: 'Starting the restored database and reading it through…' })
  const database = await openDatabase({ dataFolder, command: 'restore', whenInUse: 'refuse', say })
  try {
    return await countRows(database.embedded?.superuserConfig ?? database.ownerConfig)
  } finally {
    await database.close()
  }
}

async function countRows(config: pg.ClientConfig): Promise<Counted> {
  const client = new pg.Client(config)
  client.on('error', () => undefined)
  await client.connect()
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname not in ('pg_catalog', 'information_schema')`,
    )
    let rows = 0
    for (const { name } of tables) {
      // Reads every page, and so checks every page's checksum.
      const counted = await client.query<{ count: number }>(`select count(*)::float8 as count from ${name}`)
      rows += counted.rows[0]?.count ?? 0
    }
    return { tables: tables.length, rows }
  } finally {
    await client.end()
  }
}

async function restoreDump(dataFolder: string, label: BackupLabel, options: RestoreOptions): Promise<Counted> {
  const config = parseUrl(options.databaseUrl ?? '', 'DATABASE_URL')
  await prepareExternal(options.databaseUrl ?? '')
  await refuseUsedDatabase(config)
  const folder = await mkdtemp(path.join(tmpdir(), 'tongpao-restore-'))
  try {
    options.say({ zh: '正在解开备份…', en: 'Unpacking the backup…' })
    mkdirSync(dataFolder, { recursive: true, mode: 0o711 })
    await unpack(options, { [DUMP]: path.join(folder, DUMP), [FILES_FOLDER]: dataFolder })
    const tool = findTool('pg_restore', label.postgresql_major)
    options.say({ zh: '正在写入数据库…', en: 'Writing into the database…' })
    const flags = ['--no-owner', '--exit-on-error', '--single-transaction', `--dbname=${config.database ?? ''}`]
    await runTool(tool, [...flags, path.join(folder, DUMP)], config)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  const client = new pg.Client(config)
  await client.connect()
  try {
    await spendTransactionIds(client, BigInt(label.next_transaction_id ?? '0'))
  } finally {
    await client.end()
  }
  return countRows(config)
}

async function refuseUsedDatabase(config: pg.ClientConfig): Promise<void> {
  const client = new pg.Client(config)
  await client.connect()
  try {
    const { rowCount } = await client.query(
      `select from pg_tables where schemaname not in ('pg_catalog', 'information_schema') limit 1`,
    )
    if (rowCount === 0) return
  } finally {
    await client.end()
  }
  throw new OperatorError(
    '要恢复到的数据库里已经有表，恢复不会覆盖已有数据。请新建一个空数据库。',
    'The database to restore into already has tables; a restore never overwrites data. Create an empty database.',
  )
}
