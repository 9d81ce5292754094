import { existsSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { type Connections, embeddedConnections } from './connections.ts'
import { asSuperuser, inUse, startCluster } from './embedded/cluster.ts'
import { type Holder, parseHolder } from './embedded/folder-lock.ts'
import { superuserConfig } from './embedded/postmaster.ts'
import { DATABASE_NAME, ensureRolesAndDatabase } from './embedded/roles.ts'
import { checkChinese, prepareExternal } from './external.ts'
import { OperatorError, type Say, type Wording } from './operator-error.ts'

export interface DatabaseSettings {
  dataFolder: string
  /** An external PostgreSQL; without it the embedded one in the data folder. */
  databaseUrl?: string | undefined
  appDatabaseUrl?: string | undefined
  /** Named to whoever comes second: `serve`, `backup`. */
  command: string
  /** What to do when the embedded database already runs: a server refuses, a command of the command line joins it. */
  whenInUse: 'refuse' | 'join'
  /** Refuse instead of creating a new embedded database: for a command that would make no sense on an empty one. */
  mustExist?: boolean
  say: Say
  /** The embedded database was lost for good while this process runs. */
  onLost?: (error: Error) => void
}

export interface OpenDatabase extends Connections {
  /** `joined`: another process of this machine runs the embedded database and ends it. */
  kind: 'embedded' | 'joined' | 'external'
  version: string
  describe: Wording
  /** The embedded cluster, for those who look after it (backup). */
  embedded?: { socketFolder: string; superuserConfig: pg.ClientConfig; pid?: () => number }
  /** Stops the database when this process started it. Idempotent. */
  close(): Promise<void>
}

/** A joined database may still be creating itself. */
const JOIN_MS_MAX = 120_000

/**
 * Opens the database that the settings name, ready for migrations: checked, with both roles.
 *
 * @example
 * const database = await openDatabase({ dataFolder: './data', command: 'serve', whenInUse: 'refuse', say })
 * await migrate(database.ownerConfig)
 * const app = connect(database.appConfig)
 */
export async function openDatabase(settings: DatabaseSettings): Promise<OpenDatabase> {
  if (settings.databaseUrl) return openExternal(settings.databaseUrl, settings.appDatabaseUrl)
  if (settings.mustExist && !existsSync(path.join(settings.dataFolder, 'layout.json'))) {
    throw new OperatorError(
      `${settings.dataFolder} 里没有数据库。请用 --data 或 TONGPAO_DATA 指定正确的数据目录。`,
      `There is no database in ${settings.dataFolder}. Name the right data folder with --data or TONGPAO_DATA.`,
      { exitStatus: 2 },
    )
  }
  const started = await startCluster(settings)
  if ('holder' in started) {
    if (settings.whenInUse === 'refuse') throw inUse(settings.dataFolder, started.holder)
    return joinRunning(settings, started.holder)
  }
  const { cluster } = started
  const { socketFolder } = cluster.placement
  try {
    await asSuperuser(socketFolder, 'postgres', ensureRolesAndDatabase)
    const version = await asSuperuser(socketFolder, DATABASE_NAME, async (client) => {
      await checkChinese(client)
      return serverVersion(client)
    })
    const place = cluster.placement.clusterFolder
    return {
      ...embeddedConnections(socketFolder),
      kind: 'embedded',
      version,
      describe: {
        zh: `内置 PostgreSQL ${version}，数据在 ${place}`,
        en: `embedded PostgreSQL ${version}, data in ${place}`,
      },
      embedded: { socketFolder, superuserConfig: superuserConfig(socketFolder, DATABASE_NAME), pid: cluster.pid },
      close: () => cluster.close(),
    }
  } catch (error) {
    await cluster.close()
    throw error
  }
}

async function openExternal(databaseUrl: string, appDatabaseUrl: string | undefined): Promise<OpenDatabase> {
  const { ownerConfig, appConfig, version } = await prepareExternal(databaseUrl, appDatabaseUrl)
  const place = `${ownerConfig.host ?? 'localhost'}:${ownerConfig.port ?? 5432}/${ownerConfig.database ?? ''}`
  return {
    ownerConfig,
    appConfig,
    kind: 'external',
    version,
    describe: { zh: `外部 PostgreSQL ${version}（${place}）`, en: `external PostgreSQL ${version} (${place})` },
    close: async () => undefined,
  }
}

async function joinRunning(settings: DatabaseSettings, first: Holder): Promise<OpenDatabase> {
  let holder: Holder | undefined = first
  const until = performance.now() + JOIN_MS_MAX
  while (holder && !holder.socket_folder && performance.now() < until) {
    await sleep(100)
    holder = parseHolder(settings.dataFolder)
  }
  // It ended while we waited: then the folder is free for us.
  if (!holder) return openDatabase(settings)
  const socketFolder = holder.socket_folder
  if (!socketFolder) throw inUse(settings.dataFolder, holder)
  const version = await asSuperuser(socketFolder, DATABASE_NAME, serverVersion)
  return {
    ...embeddedConnections(socketFolder),
    kind: 'joined',
    version,
    describe: {
      zh: `进程 ${holder.pid} 正在运行的内置 PostgreSQL ${version}`,
      en: `embedded PostgreSQL ${version}, run by process ${holder.pid}`,
    },
    embedded: { socketFolder, superuserConfig: superuserConfig(socketFolder, DATABASE_NAME) },
    close: async () => undefined,
  }
}

async function serverVersion(client: pg.ClientBase): Promise<string> {
  const { rows } = await client.query<{ version: string }>(`select current_setting('server_version') as version`)
  return rows[0]?.version ?? '?'
}
