import type pg from 'pg'
import { parseIntoClientConfig } from 'pg-connection-string'
import { APP_ROLE, DATABASE_NAME, OWNER_ROLE } from './embedded/roles.ts'
import { OperatorError } from './operator-error.ts'

/** How each role connects. Time limits are set where the pool is made (`connect` in `database.ts`). */
export interface Connections {
  ownerConfig: pg.PoolConfig
  appConfig: pg.PoolConfig
}

export function embeddedConnections(socketFolder: string, database = DATABASE_NAME): Connections {
  const place = { host: socketFolder, port: 5432, database }
  return {
    ownerConfig: { ...place, user: OWNER_ROLE, application_name: 'tongpao owner' },
    appConfig: { ...place, user: APP_ROLE, application_name: 'tongpao' },
  }
}

/**
 * With one account, the app's connections take the app role when they start; an account of their own cannot leave that
 * role again, which is stronger.
 */
export function externalConnections(
  databaseUrl: string,
  appDatabaseUrl: string | undefined,
  database?: string,
): Connections {
  const owner = parseUrl(databaseUrl, 'DATABASE_URL')
  const app = appDatabaseUrl === undefined ? owner : parseUrl(appDatabaseUrl, 'DATABASE_APP_URL')
  const other = database === undefined ? {} : { database }
  const role = app.user === APP_ROLE ? {} : { options: `-c role=${APP_ROLE}` }
  return {
    ownerConfig: { ...owner, ...other, application_name: 'tongpao owner' },
    appConfig: { ...app, ...other, ...role, application_name: 'tongpao' },
  }
}

export function parseUrl(url: string, setting: string): pg.ClientConfig {
  try {
    if (!/^(postgres|postgresql|socket):/.test(url)) throw new TypeError('not a postgres address')
    return parseIntoClientConfig(url)
  } catch (cause) {
    // The address may hold a password, so it is not repeated.
    throw new OperatorError(
      `${setting} 不是有效的 PostgreSQL 地址。应形如 postgres://用户:密码@主机:5432/数据库。`,
      `${setting} is not the address of a PostgreSQL. It looks like postgres://user:password@host:5432/database.`,
      { cause, exitStatus: 2 },
    )
  }
}
