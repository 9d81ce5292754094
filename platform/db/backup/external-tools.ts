import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import type pg from 'pg'
import { OperatorError } from '../operator-error.ts'

/**
 * Finds `pg_dump` or `pg_restore` for an external server: at least of the server's major version, the nearest one first,
 * because an older one refuses a newer server.
 */
export function findTool(name: 'pg_dump' | 'pg_restore', serverMajor: number): string {
  const onPath = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean)
  const versioned = ['/usr/lib/postgresql', '/usr', '/usr/local', '/opt/homebrew/opt', '/usr/local/opt'].flatMap(
    (base) =>
      existsSync(base)
        ? readdirSync(base)
            .filter((entry) => /^(\d+|pgsql-\d+|postgresql@\d+)$/.test(entry))
            .map((entry) => path.join(base, entry, 'bin'))
        : [],
  )
  const fitting = [...onPath, ...versioned]
    .map((folder) => path.join(folder, name))
    .filter((tool) => existsSync(tool))
    .map((tool) => ({ tool, major: majorOf(tool) }))
    .filter(({ major }) => major >= serverMajor)
    .sort((one, other) => one.major - other.major)
  const best = fitting[0]
  if (best) return best.tool
  throw new OperatorError(
    `找不到 ${name}（需 ${serverMajor} 或更高版本）。请安装 PostgreSQL ${serverMajor} 的客户端程序（Debian：apt install postgresql-client-${serverMajor}）。`,
    `${name} of version ${serverMajor} or newer was not found. Install the client programs of PostgreSQL ${serverMajor} (Debian: apt install postgresql-client-${serverMajor}).`,
  )
}

function majorOf(tool: string): number {
  const shown = spawnSync(tool, ['--version'], { encoding: 'utf8' })
  return Number(/(\d+)(\.\d+|beta|rc|devel)?/.exec(shown.stdout ?? '')?.[1] ?? 0)
}

/** Runs a tool against the database; the password travels in the environment, not on the command line that others can list. */
export async function runTool(tool: string, flags: string[], config: pg.ClientConfig): Promise<void> {
  const child = spawn(tool, flags, {
    env: { ...process.env, ...environmentOf(config) },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let output = ''
  child.stderr.on('data', (chunk) => {
    output = (output + String(chunk)).slice(-4_000)
  })
  const status = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? -1))
  })
  if (status === 0) return
  throw new OperatorError(
    `${path.basename(tool)} 失败：\n${output.trim()}`,
    `${path.basename(tool)} failed:\n${output.trim()}`,
  )
}

function environmentOf(config: pg.ClientConfig): Record<string, string> {
  const found: Record<string, string | number | undefined> = {
    PGHOST: config.host,
    PGPORT: config.port,
    PGUSER: config.user,
    PGDATABASE: config.database,
    PGPASSWORD: typeof config.password === 'string' ? config.password : undefined,
    PGSSLMODE: config.ssl ? 'require' : undefined,
  }
  return Object.fromEntries(
    Object.entries(found).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  )
}

/**
 * A dump reads with row-level security off, which PostgreSQL allows a table's owner only where the policies are not forced
 * on owners; ours are. Dumping with the policies on would silently leave rows out, so another account is asked for.
 */
export async function checkMayReadAll(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ exempt: boolean; name: string }>(
    'select rolsuper or rolbypassrls as exempt, rolname as name from pg_roles where rolname = current_user',
  )
  if (rows[0]?.exempt) return
  const name = rows[0]?.name ?? '?'
  throw new OperatorError(
    `账号 ${name} 受行级安全约束，备份会不完整。请用超级用户或带 BYPASSRLS 的账号备份（--database-url）。`,
    `The account ${name} is subject to row-level security, so a backup would not be whole. Back up with a superuser or an account with BYPASSRLS (--database-url).`,
  )
}
