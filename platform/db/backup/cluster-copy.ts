import { createReadStream, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { codeOf, OperatorError } from '../operator-error.ts'
import type { ArchiveWriter } from './archive.ts'

/** What starts anew with the server, or is rebuilt: the folder is kept, its content is not. */
const EMPTIED = new Set([
  'pg_wal',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
])
const LEFT_OUT = new Set([
  'postmaster.pid',
  'postmaster.opts',
  'pg_internal.init',
  'backup_label',
  'tablespace_map',
  'backup_manifest',
])
const CONTROL_FILE = 'global/pg_control'
const WAL_FILE = /^[0-9A-F]{24}$/

/** Where things stand inside the backup file. */
export const CLUSTER_FOLDER = 'cluster'

/**
 * Copies a running cluster while people go on working: what `pg_basebackup` does, which the embedded PostgreSQL lacks.
 * Between start and stop every changed page is logged whole, so a page that was half written when we read it is repaired
 * from the log when the copy first starts; a slot keeps that log until we have it.
 */
export async function copyCluster(superuser: pg.Client, archive: ArchiveWriter): Promise<void> {
  const slot = `tongpao_backup_${process.pid}`
  await superuser.query('select pg_create_physical_replication_slot($1, true, true)', [slot])
  const { rows: started } = await superuser.query<{ folder: string; wal_file: string }>(
    `select current_setting('data_directory') as folder, pg_walfile_name(pg_backup_start('tongpao backup', true)) as wal_file`,
  )
  const { folder, wal_file: firstWal } = started[0] ?? { folder: '', wal_file: '' }
  await copyFiles(folder, '', archive)
  await copySmall(`${CLUSTER_FOLDER}/${CONTROL_FILE}`, await readSteadily(path.join(folder, CONTROL_FILE)), archive)
  const { rows: stopped } = await superuser.query<{ wal_file: string; label: string; spaces: string }>(
    `select pg_walfile_name(lsn) as wal_file, labelfile as label, spcmapfile as spaces from pg_backup_stop(false)`,
  )
  const { wal_file: lastWal, label, spaces } = stopped[0] ?? { wal_file: '', label: '', spaces: '' }
  if (spaces.trim() !== '') refuseTablespaces()
  await copySmall(`${CLUSTER_FOLDER}/backup_label`, Buffer.from(label), archive)
  await copyWal(path.join(folder, 'pg_wal'), firstWal, lastWal, archive)
  await superuser.query('select pg_drop_replication_slot($1)', [slot])
}

function refuseTablespaces(): never {
  throw new OperatorError(
    '内置数据库不支持另设的表空间，无法备份。请把表移回默认表空间。',
    'The embedded database does not support tablespaces of its own, so it cannot be backed up. Move the tables back to the default one.',
  )
}

async function copyFiles(root: string, below: string, archive: ArchiveWriter): Promise<void> {
  await archive.addFolder(below ? `${CLUSTER_FOLDER}/${below}` : CLUSTER_FOLDER)
  if (EMPTIED.has(below)) {
    if (below === 'pg_wal') await archive.addFolder(`${CLUSTER_FOLDER}/pg_wal/archive_status`)
    return
  }
  for (const entry of readdirSync(path.join(root, below), { withFileTypes: true })) {
    const name = below ? `${below}/${entry.name}` : entry.name
    if (LEFT_OUT.has(entry.name) || entry.name.startsWith('pgsql_tmp') || name === CONTROL_FILE) continue
    if (entry.isDirectory()) await copyFiles(root, name, archive)
    else if (entry.isFile()) await copyFile(path.join(root, name), `${CLUSTER_FOLDER}/${name}`, archive)
    else if (entry.isSymbolicLink() && below === 'pg_tblspc') refuseTablespaces()
  }
}

/** A file may grow or shrink meanwhile, or be gone with its table; the log makes all of that good. */
async function copyFile(file: string, name: string, archive: ArchiveWriter): Promise<void> {
  try {
    const { size } = statSync(file)
    await archive.add(name, size, size === 0 ? [] : readUpTo(file, size))
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

async function* readUpTo(file: string, size_bytes: number): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(file, { end: size_bytes - 1, highWaterMark: 2 ** 18 })) yield chunk
  } catch (error) {
    // Its header is already written, so it stays, filled with zeros.
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

function copySmall(name: string, content: Buffer, archive: ArchiveWriter): Promise<void> {
  return archive.add(name, content.length, [content])
}

/** The control file is rewritten in place; two equal readings are a whole one. */
async function readSteadily(file: string): Promise<Buffer> {
  let before = readFileSync(file)
  for (let attempt = 0; attempt < 100; attempt += 1) {
    await sleep(5)
    const now = readFileSync(file)
    if (now.equals(before)) return now
    before = now
  }
  throw new Error(`${file} does not come to rest`)
}

async function copyWal(folder: string, first: string, last: string, archive: ArchiveWriter): Promise<void> {
  const files = readdirSync(folder).filter((file) => WAL_FILE.test(file) && file >= first && file <= last)
  if (!files.includes(first) || !files.includes(last)) throw new Error(`the log from ${first} to ${last} is not whole`)
  for (const file of files.sort()) {
    const whole = path.join(folder, file)
    await archive.add(`${CLUSTER_FOLDER}/pg_wal/${file}`, lstatSync(whole).size, readUpTo(whole, lstatSync(whole).size))
  }
}
