import { readFileSync } from 'node:fs'
import pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { testDatabase } from '#platform/db/testing.ts'
import { prepareJobs } from '#platform/jobs/queue.ts'
import { ROOT } from './source-tree.ts'
import { describeSchema, SCHEMA_FILES } from './write-schema.ts'

const { ownerConfig } = await testDatabase()
await prepareJobs(ownerConfig)
const client = new pg.Client(ownerConfig)
await client.connect()
afterAll(() => client.end())
const texts = await describeSchema(client)

describe('what the migrations add up to', () => {
  it.each(Object.entries(SCHEMA_FILES))('stands in the committed %s (else run npm run schema:write)', (name, path) => {
    expect(texts[name as keyof typeof texts]).toBe(readFileSync(`${ROOT}/${path}`, 'utf8'))
  })

  it('lets the app change nothing that only grows', async () => {
    const { rows } = await client.query<{ table_name: string; privilege_type: string }>(`
      select table_name, privilege_type from information_schema.role_table_grants
      where grantee = 'tongpao_app' and privilege_type in ('UPDATE', 'DELETE', 'TRUNCATE')
        and table_name in ('audit_rows', 'audit_leaves', 'audit_seals', 'duty_entries', 'duty_confirmations', 'packs', 'decisions',
          'circle_reviews', 'circle_views', 'exports', 'erasures', 'rest_orders', 'rest_order_events', 'leave_entries', 'limit_extensions',
          'self_reports', 'self_report_answers')`)
    expect(rows).toEqual([])
  })

  it('guards every table by row-level security, apart from those that are public inside the house', async () => {
    const { rows } = await client.query<{ relname: string }>(`
      select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'public' and c.relkind in ('r', 'p') and not (c.relrowsecurity and c.relforcerowsecurity)
      order by c.relname`)
    expect(rows.map(({ relname }) => relname)).toEqual(PUBLIC_TABLES)
  })
})

const PUBLIC_TABLES = [
  'audit_leaves',
  'audit_seals',
  'evaluation_posts',
  'evaluations',
  'installation',
  'operation_levels',
  'operations',
  'packs',
  'rest_looks',
  'schema_migrations',
  'unit_ancestors',
  'unit_history',
]
