import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import pg from 'pg'
import { z } from 'zod'
import type { OpenDatabase } from '../open-database.ts'
import type { Say } from '../operator-error.ts'
import { type ArchiveWriter, writeArchive } from './archive.ts'
import { copyCluster } from './cluster-copy.ts'
import { checkMayReadAll, findTool, runTool } from './external-tools.ts'
import { hasKeys, sealKeys } from './sealed-keys.ts'
import { nextTransactionId } from './transaction-ids.ts'

/** The first entry of a backup: what it is, so that a restore can refuse before it writes anything. */
export const BackupLabel = z.object({
  format: z.literal(1),
  /** `cluster`: a copy of the embedded database's files; `dump`: what the tools of an external server wrote. */
  kind: z.enum(['cluster', 'dump']),
  made_at: z.string(),
  postgresql_major: z.number().int(),
  migrations: z.array(z.string()),
  /** The first transaction number not yet given out when a dump ended. */
  next_transaction_id: z.string().regex(/^\d+$/).optional(),
  keys: z.enum(['none', 'sealed', 'left out']),
})
export type BackupLabel = z.infer<typeof BackupLabel>

export interface BackupReport {
  file: string
  kind: BackupLabel['kind']
  keys: BackupLabel['keys']
  content_bytes: number
  file_bytes: number
  seconds: number
}

export const LABEL = 'backup.json'
export const SEALED_KEYS = 'keys.sealed'
export const DUMP = 'database.dump'
/** Where other files of the data folder stand inside the backup. */
export const FILES_FOLDER = 'files'

/** Of the data folder: what belongs to this machine or this run, or is backed up in its own way. */
const NOT_COPIED = /^(cluster(\.new-.*)?|run|logs|lock(\.json)?|layout\.json|keys)$/

/**
 * Writes one file with everything that a restore needs; people may go on working meanwhile.
 * The keys go in only under a passphrase; without one they must be kept elsewhere, and the report says so.
 */
export async function backUp(
  database: OpenDatabase,
  options: { file: string; dataFolder: string; passphrase: string | undefined; say: Say },
): Promise<BackupReport> {
  const startedAt = performance.now()
  const { dataFolder, passphrase, say } = options
  const keys = hasKeys(dataFolder) ? (passphrase ? 'sealed' : 'left out') : 'none'
  const archive = await writeArchive(options.file)
  try {
    const kind = database.embedded ? 'cluster' : 'dump'
    say({ zh: '正在备份数据库…', en: 'Backing up the database…' })
    if (database.embedded) await addCluster(database.embedded.superuserConfig, keys, archive)
    else await addDump(database.ownerConfig, keys, options.file, archive)
    await addOtherFiles(dataFolder, archive)
    if (keys === 'sealed' && passphrase) {
      const sealed = sealKeys(dataFolder, passphrase)
      await archive.add(SEALED_KEYS, sealed.length, [sealed])
    }
    const { content_bytes, file_bytes } = await archive.finish()
    const seconds = Math.round((performance.now() - startedAt) / 100) / 10
    return { file: options.file, kind, keys, content_bytes, file_bytes, seconds }
  } catch (error) {
    await archive.abandon()
    throw error
  }
}

async function withClient<Result>(
  config: pg.ClientConfig,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionTimeoutMillis: 10_000, ...config })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function labelOf(
  client: pg.Client,
  rest: Pick<BackupLabel, 'kind' | 'keys' | 'next_transaction_id'>,
): Promise<BackupLabel> {
  const { rows } = await client.query<{ major: number; has_migrations: boolean }>(
    `select current_setting('server_version_num')::int / 10000 as major, to_regclass('schema_migrations') is not null as has_migrations`,
  )
  const migrations = rows[0]?.has_migrations
    ? (await client.query<{ file: string }>('select file from schema_migrations order by file')).rows.map(
        ({ file }) => file,
      )
    : []
  return { format: 1, made_at: new Date().toISOString(), postgresql_major: rows[0]?.major ?? 0, migrations, ...rest }
}

async function addLabel(label: BackupLabel, archive: ArchiveWriter): Promise<void> {
  const text = Buffer.from(`${JSON.stringify(label, undefined, 2)}\n`)
  await archive.add(LABEL, text.length, [text])
}

function addCluster(superuser: pg.ClientConfig, keys: BackupLabel['keys'], archive: ArchiveWriter): Promise<void> {
  return withClient(superuser, async (client) => {
    await addLabel(await labelOf(client, { kind: 'cluster', keys }), archive)
    await copyCluster(client, archive)
  })
}

/** The dump is written beside the backup first, because its length must be known before it is added. */
function addDump(
  config: pg.ClientConfig,
  keys: BackupLabel['keys'],
  file: string,
  archive: ArchiveWriter,
): Promise<void> {
  return withClient(config, async (client) => {
    await checkMayReadAll(client)
    const label = await labelOf(client, { kind: 'dump', keys })
    const tool = findTool('pg_dump', label.postgresql_major)
    const folder = await mkdtemp(path.join(path.dirname(path.resolve(file)), '.tongpao-dump-'))
    try {
      const dump = path.join(folder, DUMP)
      await runTool(tool, ['--format=custom', '--compress=0', '--no-owner', `--file=${dump}`], config)
      await addLabel({ ...label, next_transaction_id: String(await nextTransactionId(client)) }, archive)
      await archive.add(DUMP, statSync(dump).size, createReadStream(dump, { highWaterMark: 2 ** 18 }))
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
}

async function addOtherFiles(dataFolder: string, archive: ArchiveWriter): Promise<void> {
  if (!existsSync(dataFolder)) return
  const addBelow = async (below: string): Promise<void> => {
    for (const entry of readdirSync(path.join(dataFolder, below), { withFileTypes: true })) {
      const name = path.join(below, entry.name)
      if (below === '' && NOT_COPIED.test(entry.name)) continue
      if (entry.isDirectory()) {
        await archive.addFolder(`${FILES_FOLDER}/${name}`)
        await addBelow(name)
      } else if (entry.isFile()) {
        const whole = path.join(dataFolder, name)
        const { size } = statSync(whole)
        await archive.add(`${FILES_FOLDER}/${name}`, size, size === 0 ? [] : createReadStream(whole, { end: size - 1 }))
      }
    }
  }
  await addBelow('')
}
