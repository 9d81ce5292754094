/**
 * Writes what the migrations add up to: `database/schema.txt`, `database/grants.txt` and `platform/db/tables.ts`.
 * Run by `npm run schema:write`; `tools/schema.test.ts` fails when the files differ from the migrated database.
 */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { embeddedConnections } from '#platform/db/connections.ts'
import { startThrowawayServer } from '#platform/db/testing-server.ts'
import { prepareJobs } from '#platform/jobs/queue.ts'

interface Column {
  table: string
  column: string
  type: string
  nullable: boolean
  has_default: boolean
  default_text: string | null
  identity: string
}

const COLUMNS = `
  select c.relname as table, a.attname as column, format_type(a.atttypid, a.atttypmod) as type,
    not a.attnotnull as nullable, (a.atthasdef or a.attidentity <> '') as has_default,
    pg_get_expr(d.adbin, d.adrelid) as default_text, a.attidentity as identity
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  where c.relkind in ('r', 'p', 'v') and c.relname <> 'schema_migrations'
  order by c.relname, a.attnum`

const CONSTRAINTS = `
  select c.relname as table, x.conname as name, pg_get_constraintdef(x.oid) as text
  from pg_constraint x
  join pg_class c on c.oid = x.conrelid
  join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
  where c.relname <> 'schema_migrations' and x.contype <> 'n'
  order by c.relname, x.conname`

const INDEXES = `
  select tablename as table, indexname as name, indexdef as text
  from pg_indexes where schemaname = 'public' and tablename <> 'schema_migrations'
  order by tablename, indexname`

const POLICIES = `
  select tablename as table, policyname as name, permissive, cmd, qual, with_check
  from pg_policies where schemaname = 'public' order by tablename, policyname`

const SECURITY = `
  select c.relname as table, c.relrowsecurity as enabled, c.relforcerowsecurity as forced
  from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
  where c.relkind in ('r', 'p') and c.relname <> 'schema_migrations' order by c.relname`

const GRANTS = `
  select table_name as table, string_agg(privilege_type, ', ' order by privilege_type) as privileges
  from information_schema.role_table_grants
  where grantee = 'tongpao_app' and table_schema = 'public'
  group by table_name order by table_name`

/** pg-boss makes its own schema; what the app may do there counts as much. Partitions follow their parent. */
const QUEUE_GRANTS = `
  select table_schema || '.' || table_name as table, string_agg(privilege_type, ', ' order by privilege_type) as privileges
  from information_schema.role_table_grants
  where grantee = 'tongpao_app' and table_schema not in ('public', 'pg_catalog', 'information_schema')
  group by table_schema, table_name
  union all
  select n.nspname || '.' || p.proname || '()', 'EXECUTE'
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where n.nspname = 'pgboss' and has_function_privilege('tongpao_app', p.oid, 'execute')
  union all
  select nspname, concat_ws(', ',
    case when has_schema_privilege('tongpao_app', oid, 'create') then 'CREATE' end,
    case when has_schema_privilege('tongpao_app', oid, 'usage') then 'USAGE' end)
  from pg_namespace where nspname in ('public', 'pgboss')
  order by 1`

const TYPESCRIPT_TYPES: Record<string, string> = {
  integer: 'number',
  smallint: 'number',
  bigint: 'number',
  text: 'string',
  'text[]': 'string[]',
  'smallint[]': 'number[]',
  uuid: 'string',
  date: 'string',
  boolean: 'boolean',
  bytea: 'Buffer',
  xid8: 'string',
  'timestamp with time zone': 'Date',
}

function columnType({ type, nullable, has_default, identity }: Column): string {
  const base = type === 'jsonb' ? 'ColumnType<Json, string>' : TYPESCRIPT_TYPES[type]
  if (!base) throw new Error(`no TypeScript type for column type ${type}`)
  const withNull = nullable ? `${base} | null` : base
  if (identity === 'a') return `GeneratedAlways<${withNull}>`
  if (type === 'jsonb') {
    const read = nullable ? 'Json | null' : 'Json'
    const written = `string${nullable ? ' | null' : ''}${has_default || nullable ? ' | undefined' : ''}`
    return `ColumnType<${read}, ${written}, string${nullable ? ' | null' : ''}>`
  }
  return has_default ? `Generated<${withNull}>` : withNull
}

function pascal(table: string): string {
  return table.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function byTable<Row extends { table: string }>(rows: readonly Row[]): Map<string, Row[]> {
  return Map.groupBy(rows, (row) => row.table)
}

function tablesSource(columns: readonly Column[]): string {
  const tables = byTable(columns)
  const interfaces = [...tables].map(([table, own]) => {
    const lines = own.map((column) => `  ${column.column}: ${columnType(column)}`)
    return `export interface ${pascal(table)} {\n${lines.join('\n')}\n}`
  })
  const all = [...tables.keys()].map((table) => `  ${table}: ${pascal(table)}`)
  return `// Written by \`npm run schema:write\` from the migrated database. Do not edit.
import type { ColumnType, Generated, GeneratedAlways } from 'kysely'

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined }

${interfaces.join('\n\n')}

export interface Tables {
${all.join('\n')}
}
`
}

/** The three texts for a migrated database. */
export async function describeSchema(client: pg.Client): Promise<{ schema: string; grants: string; tables: string }> {
  const columns = (await client.query<Column>(COLUMNS)).rows
  const constraints = byTable((await client.query<{ table: string; name: string; text: string }>(CONSTRAINTS)).rows)
  const indexes = byTable((await client.query<{ table: string; name: string; text: string }>(INDEXES)).rows)
  const policies = (await client.query(POLICIES)).rows
  const security = (await client.query(SECURITY)).rows
  const grants = (await client.query(GRANTS)).rows
  const queueGrants = (await client.query(QUEUE_GRANTS)).rows

  const schema = [...byTable(columns)].map(([table, own]) => {
    const columnLines = own.map(({ column, type, nullable, default_text, identity }) => {
      const generated = identity === '' ? '' : identity === 'a' ? ' identity always' : ' identity'
      const standard = default_text === null ? '' : ` default ${default_text}`
      return `  ${column} ${type}${nullable ? '' : ' not null'}${standard}${generated}`
    })
    const constraintLines = (constraints.get(table) ?? []).map(({ name, text }) => `  constraint ${name}: ${text}`)
    const indexLines = (indexes.get(table) ?? []).map(
      ({ name, text }) => `  index ${name}: ${text.replace(/^.* USING /, '')}`,
    )
    return [table, ...columnLines, ...constraintLines, ...indexLines].join('\n')
  })

  const flat = (text: string | null) => (text ?? '-').replace(/\s+/g, ' ')
  const grantLines = [
    '# What the role tongpao_app may do, table by table',
    ...grants.map(({ table, privileges }) => `${table}: ${privileges}`),
    '',
    '# Schemas, and the job queue with the functions that it may call',
    ...queueGrants.map(({ table, privileges }) => `${table}: ${privileges}`),
    '',
    '# Row-level security: enabled, forced',
    ...security.map(({ table, enabled, forced }) => `${table}: ${enabled ? 'on' : 'off'}${forced ? ', forced' : ''}`),
    '',
    '# Policies',
    ...policies.map(
      (row) => `${row.table}.${row.name} ${row.cmd}\n  using ${flat(row.qual)}\n  check ${flat(row.with_check)}`,
    ),
  ]
  return { schema: `${schema.join('\n\n')}\n`, grants: `${grantLines.join('\n')}\n`, tables: tablesSource(columns) }
}

export const SCHEMA_FILES = {
  schema: 'database/schema.txt',
  grants: 'database/grants.txt',
  tables: 'platform/db/tables.ts',
} as const

export async function writeSchema(client: pg.Client, root: string): Promise<void> {
  const texts = await describeSchema(client)
  for (const [name, path] of Object.entries(SCHEMA_FILES)) {
    await writeFile(`${root}/${path}`, texts[name as keyof typeof texts])
  }
}

if (import.meta.main) {
  const { server, close } = await startThrowawayServer()
  if (!server.socketFolder) throw new Error('a throwaway server has a socket')
  await prepareJobs(embeddedConnections(server.socketFolder, server.template).ownerConfig)
  const client = new pg.Client({ ...server.adminConfig, database: server.template })
  await client.connect()
  try {
    await writeSchema(client, fileURLToPath(new URL('..', import.meta.url)))
  } finally {
    await client.end()
    await close()
  }
}
