/**
 * The database server of one test run: vitest's global set-up. Embedded and thrown away afterwards, or the server named by
 * `TEST_DATABASE_URL`, whose account must be allowed to create databases and roles.
 */
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { embeddedConnections, externalConnections } from './connections.ts'
import { startCluster } from './embedded/cluster.ts'
import { superuserConfig } from './embedded/postmaster.ts'
import { createDatabase, DATABASE_NAME, ensureRolesAndDatabase, OWNER_ROLE } from './embedded/roles.ts'
import { checkChinese, prepareExternal } from './external.ts'
import { migrate } from './migrate.ts'

/** What every test file is told. Plain data: it travels to other processes. */
export interface TestServer {
  /** Connects as an account that may create and drop databases. */
  adminConfig: pg.ClientConfig
  socketFolder?: string
  databaseUrl?: string
  /** A migrated database to clone. */
  template: string
}

declare module 'vitest' {
  interface ProvidedContext {
    databaseServer: TestServer
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env.TEST_DATABASE_URL
  const { server, close } = url ? await prepareServer(url) : await startThrowawayServer()
  project.provide('databaseServer', server)
  return close
}

/** A PostgreSQL in a temporary folder, with a migrated template; nothing of it is kept. */
export async function startThrowawayServer(): Promise<{ server: TestServer; close(): Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tongpao-test-'))
  // As root, the database's account must get through to it; temporary folders are closed when they are made.
  await chmod(folder, 0o711)
  const removeFolder = () => rm(folder, { recursive: true, force: true })
  const say = (text: { en: string }) => process.env.DEBUG && console.error(text.en)
  try {
    const dataFolder = path.join(folder, 'data')
    const started = await startCluster({ dataFolder, command: 'test', say, isThrowaway: true })
    if ('holder' in started) throw new Error(`a new temporary folder is in use: ${folder}`)
    const { cluster } = started
    try {
      return {
        server: await prepareTemplate(cluster.placement.socketFolder),
        close: () => cluster.close().then(removeFolder),
      }
    } catch (error) {
      await cluster.close()
      throw error
    }
  } catch (error) {
    await removeFolder()
    throw error
  }
}

async function prepareTemplate(socketFolder: string): Promise<TestServer> {
  const adminConfig = superuserConfig(socketFolder)
  await withClient(adminConfig, ensureRolesAndDatabase)
  await withClient({ ...adminConfig, database: DATABASE_NAME }, checkChinese)
  await migrate(embeddedConnections(socketFolder).ownerConfig)
  return { adminConfig, socketFolder, template: DATABASE_NAME }
}

async function prepareServer(databaseUrl: string): Promise<{ server: TestServer; close(): Promise<void> }> {
  const { ownerConfig: adminConfig } = await prepareExternal(databaseUrl)
  const template = `tongpao_template_${randomBytes(6).toString('hex')}`
  await withClient(adminConfig, (client) => client.query(`create database ${template}`))
  const close = () => withClient(adminConfig, (client) => dropDatabase(client, template))
  try {
    await migrate(externalConnections(databaseUrl, undefined, template).ownerConfig)
    return { server: { adminConfig, databaseUrl, template }, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Clones the template, or makes an empty database when `template` is undefined. */
export async function cloneInto(server: TestServer, name: string, template: string | undefined): Promise<void> {
  await withClient(server.adminConfig, async (client) => {
    if (template) {
      const owner = server.socketFolder ? `owner ${OWNER_ROLE}` : ''
      await client.query(`create database ${name} ${owner} template ${template}`)
    } else if (server.socketFolder) {
      await createDatabase(client, name)
    } else {
      await client.query(`create database ${name}`)
    }
  })
}

export async function dropFrom(server: TestServer, name: string): Promise<void> {
  await withClient(server.adminConfig, (client) => dropDatabase(client, name))
}

async function dropDatabase(client: pg.Client, name: string): Promise<void> {
  // A test that failed may have left connections.
  await client.query(`drop database if exists ${name} with (force)`)
}

async function withClient<Result>(
  config: pg.ClientConfig,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client(config)
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
