import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { afterAll, inject } from 'vitest'
import { type Connections, embeddedConnections, externalConnections } from './connections.ts'
import { cloneInto, dropFrom, type TestServer } from './testing-server.ts'

export interface TestDatabase extends Connections {
  name: string
  /** Connects to this database as an account above both roles: for what a test must arrange behind the product's back. */
  adminConfig: pg.ClientConfig
  drop(): Promise<void>
}

/**
 * A database of its own for a test file, cloned from the migrated template and dropped after the file's last test.
 * Call it where the file begins, outside of any test or hook. `empty` leaves the migrations out.
 *
 * @example
 * const { appConfig } = await testDatabase()
 * const database = connect(appConfig)
 * afterAll(() => database.close())
 */
export function testDatabase(options: { empty?: boolean } = {}): Promise<TestDatabase> {
  let made: TestDatabase | undefined
  // Registered before anything is awaited: hooks can only be added while the file is being read.
  afterAll(async () => {
    await made?.drop()
  })
  return newTestDatabase(options).then((database) => {
    made = database
    return database
  })
}

/** The same for use inside a test, which drops it itself. */
export async function newTestDatabase(options: { empty?: boolean } = {}): Promise<TestDatabase> {
  const server = inject('databaseServer')
  const name = `test_${randomBytes(8).toString('hex')}`
  await cloneInto(server, name, options.empty ? undefined : server.template)
  return {
    name,
    ...connectionsTo(server, name),
    adminConfig: { ...server.adminConfig, database: name },
    drop: () => dropFrom(server, name),
  }
}

function connectionsTo(server: TestServer, name: string): Connections {
  if (server.socketFolder) return embeddedConnections(server.socketFolder, name)
  if (server.databaseUrl) return externalConnections(server.databaseUrl, undefined, name)
  throw new Error('the test run has no database server')
}
