import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { messageOf, OperatorError, type Say } from './operator-error.ts'

export interface Migration {
  /** `0001-platform.sql`: four digits without gaps, then a name. */
  file: string
  sql: string
  sha256: string
}

export interface MigrationReport {
  applied: string[]
  /** How many were there before. */
  present: number
}

export const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../database/migrations/', import.meta.url))

/** One number for everybody who migrates a Tongpao database; held while migrating, so that two nodes take turns. */
const ADVISORY_LOCK = 7_204_710_012
const FILE_NAME = /^(\d{4})-[a-z0-9-]+\.sql$/

/**
 * Brings a database up to the migrations of this Tongpao: forward only, each file in one transaction, in order.
 * Refuses a file that changed after it landed, and a database that is ahead of this program.
 *
 * @example await migrate(database.ownerConfig, { say })
 */
export async function migrate(
  ownerConfig: pg.ClientConfig,
  options: { folder?: string; say?: Say } = {},
): Promise<MigrationReport> {
  const migrations = await readMigrations(options.folder ?? MIGRATIONS_FOLDER)
  const client = new pg.Client({ connectionTimeoutMillis: 10_000, ...ownerConfig })
  client.on('error', () => undefined)
  await client.connect()
  try {
    // Ends with the connection, however that ends.
    await client.query('select pg_advisory_lock($1)', [ADVISORY_LOCK])
    return await applyMissing(client, migrations, options.say)
  } finally {
    await client.end()
  }
}

/** The migrations of a folder in order; refuses names that leave the order open. */
export async function readMigrations(folder: string = MIGRATIONS_FOLDER): Promise<Migration[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort()
  return Promise.all(
    files.map(async (file, index) => {
      const number = Number(FILE_NAME.exec(file)?.[1])
      if (number !== index + 1) {
        throw new OperatorError(
          `迁移文件 ${file} 的编号不对：这里应是 ${String(index + 1).padStart(4, '0')}-名称.sql（小写、连续、不重复）。`,
          `The migration ${file} has the wrong number: ${String(index + 1).padStart(4, '0')}-name.sql is expected here (lower case, no gaps, none twice).`,
        )
      }
      // Line ends may differ between checkouts; they mean nothing in SQL.
      const sql = (await readFile(path.join(folder, file), 'utf8')).replaceAll('\r\n', '\n')
      return { file, sql, sha256: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

/** One short name for the whole series, for templates and backups. */
export function seriesHash(migrations: readonly Migration[]): string {
  const all = migrations.map(({ file, sha256 }) => `${file} ${sha256}`).join('\n')
  return createHash('sha256').update(all).digest('hex').slice(0, 16)
}

async function applyMissing(client: pg.Client, migrations: Migration[], say?: Say): Promise<MigrationReport> {
  await client.query(`
    create table if not exists schema_migrations (
      file text primary key,
      sha256 text not null,
      applied_at timestamptz not null default now()
    )`)
  const { rows: landed } = await client.query<{ file: string; sha256: string }>(
    'select file, sha256 from schema_migrations order by file',
  )
  checkLanded(landed, migrations)
  const missing = migrations.slice(landed.length)
  for (const [index, migration] of missing.entries()) {
    say?.({
      zh: `升级数据库（${index + 1}/${missing.length}）：${migration.file}`,
      en: `Upgrading the database (${index + 1}/${missing.length}): ${migration.file}`,
    })
    await applyOne(client, migration)
  }
  return { applied: missing.map(({ file }) => file), present: landed.length }
}

function checkLanded(landed: { file: string; sha256: string }[], migrations: Migration[]): void {
  for (const [index, { file, sha256 }] of landed.entries()) {
    const ours = migrations[index]
    if (ours?.file !== file) {
      throw new OperatorError(
        `数据库已执行迁移 ${file}，但本程序没有它：数据库来自更新的同袍。请升级程序。`,
        `The database already has the migration ${file}, which this program lacks: it comes from a newer Tongpao. Upgrade the program.`,
      )
    }
    if (ours.sha256 !== sha256) {
      throw new OperatorError(
        `迁移 ${file} 在执行之后被改动过。已执行的迁移不能修改，请恢复原文件，把改动写进新的迁移。`,
        `The migration ${file} was changed after it was applied. Applied migrations are never edited: restore the file and put the change into a new one.`,
      )
    }
  }
}

async function applyOne(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('begin')
  try {
    await client.query(migration.sql)
    await client.query('insert into schema_migrations (file, sha256) values ($1, $2)', [
      migration.file,
      migration.sha256,
    ])
    await client.query('commit')
  } catch (cause) {
    await client.query('rollback')
    throw new OperatorError(
      `迁移 ${migration.file} 失败${place(cause, migration.sql, '（第 ', ' 行）')}：${messageOf(cause)}。数据库保持原样。`,
      `The migration ${migration.file} failed${place(cause, migration.sql, ' (line ', ')')}: ${messageOf(cause)}. The database is as it was.`,
      { cause },
    )
  }
}

function place(cause: unknown, sql: string, before: string, after: string): string {
  if (!(cause instanceof pg.DatabaseError) || cause.position === undefined) return ''
  const line = sql.slice(0, Number(cause.position)).split('\n').length
  return `${before}${line}${after}`
}
