import pg from 'pg'
import { type Connections, externalConnections } from './connections.ts'
import { APP_ROLE } from './embedded/roles.ts'
import { codeOf, messageOf, OperatorError } from './operator-error.ts'

const VERSION_MIN = 15

export interface ExternalServer extends Connections {
  version: string
}

/** Checks an external PostgreSQL and makes the app role there when it is missing. */
export async function prepareExternal(databaseUrl: string, appDatabaseUrl?: string): Promise<ExternalServer> {
  const connections = externalConnections(databaseUrl, appDatabaseUrl)
  const version = await withClient(connections.ownerConfig, 'DATABASE_URL', async (client) => {
    const found = await checkServer(client)
    await ensureAppRole(client)
    return found
  })
  await withClient(connections.appConfig, appDatabaseUrl ? 'DATABASE_APP_URL' : 'DATABASE_URL', checkAppAccount)
  return { ...connections, version }
}

async function withClient<Result>(
  config: pg.ClientConfig,
  setting: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionTimeoutMillis: 10_000, statement_timeout: 60_000, ...config })
  client.on('error', () => undefined)
  try {
    await client.connect()
  } catch (cause) {
    await client.end().catch(() => undefined)
    throw new OperatorError(
      `连接不上 ${setting} 指定的数据库（${messageOf(cause)}）。请检查地址、账号和网络。`,
      `The database named by ${setting} cannot be reached (${messageOf(cause)}). Check the address, the account and the network.`,
      { cause },
    )
  }
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function checkServer(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ number: number; version: string; encoding: string }>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as version,
       current_setting('server_encoding') as encoding`,
  )
  const server = rows[0] ?? { number: 0, version: '?', encoding: '?' }
  if (server.number < VERSION_MIN * 10_000) {
    throw new OperatorError(
      `DATABASE_URL 指向 PostgreSQL ${server.version}，同袍需要 ${VERSION_MIN} 或更高版本。`,
      `DATABASE_URL leads to PostgreSQL ${server.version}; Tongpao needs ${VERSION_MIN} or newer.`,
    )
  }
  if (server.encoding !== 'UTF8') {
    throw new OperatorError(
      `数据库的编码是 ${server.encoding}，必须是 UTF8。请重新建库：create database … encoding 'UTF8' locale 'C.UTF-8' template template0。`,
      `The database's encoding is ${server.encoding}; it must be UTF8. Make it anew: create database … encoding 'UTF8' locale 'C.UTF-8' template template0.`,
    )
  }
  await checkChinese(client)
  return server.version
}

/**
 * Under the locale `C`, Chinese characters are no letters, and every search for a name by pg_trgm would silently find
 * nothing; so it is tried. The extension itself belongs to the migrations, so the trial is rolled back.
 */
export async function checkChinese(client: pg.ClientBase): Promise<void> {
  await client.query('begin')
  try {
    await client.query('create extension if not exists pg_trgm')
    const { rows } = await client.query<{ count: number }>(`select cardinality(show_trgm('隔离点')) as count`)
    if ((rows[0]?.count ?? 0) > 0) return
  } catch (cause) {
    throw new OperatorError(
      `数据库不能安装扩展 pg_trgm（${messageOf(cause)}）。请安装 PostgreSQL 的 contrib 包，并给该账号在库上的 CREATE 权限。`,
      `The database cannot install the extension pg_trgm (${messageOf(cause)}). Install PostgreSQL's contrib package and grant the account CREATE on the database.`,
      { cause },
    )
  } finally {
    await client.query('rollback')
  }
  throw new OperatorError(
    "数据库的区域设置不认识汉字（可能是 locale 'C'），按姓名查找会查不到。请重新建库：create database … locale 'C.UTF-8' template template0。",
    "The database's locale does not know Chinese letters (perhaps it is 'C'), so searching names would find nothing. Make it anew: create database … locale 'C.UTF-8' template template0.",
  )
}

async function ensureAppRole(client: pg.Client): Promise<void> {
  try {
    const found = await client.query<{ usable: boolean }>(
      `select pg_has_role(current_user, oid, 'member') as usable from pg_roles where rolname = '${APP_ROLE}'`,
    )
    if (found.rowCount === 0) {
      await client.query(`create role ${APP_ROLE} nologin nosuperuser nobypassrls nocreatedb nocreaterole`)
    }
    await client.query(`grant ${APP_ROLE} to current_user`)
  } catch (cause) {
    // Two nodes may start at once: one of them makes the role.
    if (codeOf(cause) === '42710' || codeOf(cause) === '23505') return ensureAppRole(client)
    const member = await client
      .query(`select from pg_roles where rolname = '${APP_ROLE}' and pg_has_role(current_user, oid, 'member')`)
      .catch(() => undefined)
    if (member?.rowCount === 1) return
    throw new OperatorError(
      `账号没有权限建立角色 ${APP_ROLE}（${messageOf(cause)}）。请数据库管理员执行：create role ${APP_ROLE} nologin; grant ${APP_ROLE} to 该账号;`,
      `The account may not create the role ${APP_ROLE} (${messageOf(cause)}). Ask the database's administrator to run: create role ${APP_ROLE} nologin; grant ${APP_ROLE} to THE_ACCOUNT;`,
      { cause },
    )
  }
}

/** Row-level security does not hold for a superuser or a role that bypasses it, so such an app role is refused. */
async function checkAppAccount(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ role: string; exempt: boolean }>(
    `select current_user as role, rolsuper or rolbypassrls as exempt from pg_roles where rolname = current_user`,
  )
  const found = rows[0]
  if (found?.role === APP_ROLE && !found.exempt) return
  throw new OperatorError(
    `应用连接的角色是 ${found?.role ?? '?'}，必须是 ${APP_ROLE}，且不能是超级用户、不能绕过行级安全。`,
    `The app connects as ${found?.role ?? '?'}; it must be ${APP_ROLE}, neither superuser nor exempt from row-level security.`,
  )
}
