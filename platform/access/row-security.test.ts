import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ACCESS_CONTEXT, type Context, requestContext } from '#platform/db/context.ts'
import { connect, databaseError } from '#platform/db/database.ts'
import { testDatabase } from '#platform/db/testing.ts'
import type { Actor } from './actor.ts'
import { PERMISSIONS, ROLES, type Role, roleHolds } from './permissions.ts'

/**
 * What the database refuses by itself, whatever the code above it does. Every table is given one row first, so that "no
 * rows" means something; a table that is added later is covered without a line here.
 */

/** Read without any context: no person stands in them. A table that is added to this list needs a reason. */
const PUBLIC_TABLES = new Set([
  'installation', // settings of the installation
  'units', // the tree is public knowledge inside the house
  'unit_history',
  'unit_ancestors',
  'operations',
  'operation_levels',
  'packs', // notices are public documents
  'packs_in_force',
  'evaluations', // when a run was made and over what; its results are closed
  'evaluation_posts', // kind and exposure of posts as a run saw them
  'rest_looks', // when the house looked who must rest, and at how many; what it found is closed
  'audit_leaves', // hashes only
  'audit_seals',
])

/** Corrected by adding, never by editing. */
const ONLY_GROWING = [
  'audit_rows',
  'audit_leaves',
  'audit_seals',
  'duty_entries',
  'duty_confirmations',
  'duty_objections',
  'duty_objection_answers',
  'decisions',
  'packs',
  'packs_in_force',
  'unit_history',
  'operation_levels',
  'idempotency_keys',
]

const UNIT = 7
const PERSON = 7

const test = await testDatabase()
const database = connect(test.appConfig)
let tables: string[] = []
afterAll(() => database.close())

/** A value of each type; numbers are 7 throughout, so that the one row belongs to unit 7 and to person 7. */
function valueFor(type: string): string {
  if (type.endsWith('[]')) return `'{}'`
  if (/int|numeric|real|double/.test(type)) return String(UNIT)
  if (type.startsWith('timestamp')) return `'2020-02-03T08:00:00+08:00'`
  if (type === 'date') return `'2020-02-03'`
  if (type === 'boolean') return 'true'
  if (type === 'uuid') return `'00000000-0000-4000-8000-000000000007'`
  if (type === 'bytea') return `'\\x07'`
  if (type === 'jsonb') return `'{}'`
  if (type === 'xid8') return `'7'`
  return `'7'`
}

async function fillEveryTable(client: pg.Client): Promise<string[]> {
  const columns = await client.query<{ table: string; names: string[]; types: string[] }>(`
    select c.relname as table,
      array_agg(a.attname::text order by a.attnum) as names,
      array_agg(format_type(a.atttypid, a.atttypmod) order by a.attnum) as types
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    where c.relkind in ('r', 'p') and c.relname <> 'schema_migrations'
    group by c.relname order by c.relname`)
  const checks = await client.query<{ table: string; name: string }>(`
    select conrelid::regclass::text as table, conname as name from pg_constraint
    where contype in ('c', 'f') and connamespace = 'public'::regnamespace`)
  for (const { table, name } of checks.rows) await client.query(`alter table ${table} drop constraint "${name}"`)
  for (const { table, names, types } of columns.rows) {
    const values = types.map(valueFor).join(', ')
    await client.query(`insert into "${table}" ("${names.join('", "')}") overriding system value values (${values})`)
  }
  return columns.rows.map(({ table }) => table)
}

beforeAll(async () => {
  const client = new pg.Client(test.adminConfig)
  await client.connect()
  try {
    tables = await fillEveryTable(client)
  } finally {
    await client.end()
  }
})

type Seen = number | 'denied'

async function orDenied(counting: Promise<number>): Promise<Seen> {
  try {
    return await counting
  } catch (error) {
    if (databaseError(error)?.code === '42501') return 'denied'
    throw error
  }
}

/** How many rows the app sees on a connection where nothing was set. */
function seenWithoutContext(table: string): Promise<Seen> {
  return orDenied(
    database.pool.query(`select count(*)::int as count from "${table}"`).then(({ rows }) => Number(rows[0].count)),
  )
}

function seenBy(context: Context, table: string): Promise<Seen> {
  return orDenied(
    database.read(context, async (tx) => {
      const { rows } = await sql<{ count: number }>`select count(*)::int as count from ${sql.table(table)}`.execute(tx)
      return rows[0].count
    }),
  )
}

function actorOf(role: Role, unitId: number, everywhere: boolean): Actor {
  const assignment = { role, unit_id: unitId, units: new Set([unitId]), everywhere }
  return { user_id: 1, person_id: undefined, display_name: '', language: 'zh', assignments: [assignment] }
}

/** Every context in which a role can be at work. */
function contextsOf(role: Role, unitId: number, everywhere: boolean): readonly Context[] {
  const actor = actorOf(role, unitId, everywhere)
  const held = PERMISSIONS.filter((permission) => roleHolds(role, permission))
  return [undefined, ...held].map((permission) => requestContext(actor, permission))
}

describe('without a context', () => {
  it('shows the app no row of any table but the public ones', async () => {
    const open = []
    for (const table of tables) {
      const count = await seenWithoutContext(table)
      if (count !== 0 && count !== 'denied') open.push(table)
    }
    expect(open.sort()).toEqual([...PUBLIC_TABLES].sort())
  })

  it('takes no row of a person, of duty or of the audit', async () => {
    for (const table of ['people', 'duty_entries', 'duty_current', 'audit_rows', 'health_flags', 'users', 'sessions']) {
      const copy = `insert into "${table}" overriding system value select * from "${table}"`
      await expect(database.pool.query(copy).then(({ rowCount }) => rowCount)).resolves.toBe(0)
    }
    await expect(
      database.pool.query(`insert into audit_rows (principal, action, subject_kind, subject_id)
      values ('nobody', 'x', 'x', 'x')`),
    ).rejects.toMatchObject({ code: '42501' })
  })
})

describe('with the context of a role', () => {
  it('shows a role in another unit nothing of this unit, whatever its permissions', async () => {
    const known = new Set([...PUBLIC_TABLES, 'posts', 'idempotency_keys'])
    const leaks = []
    for (const role of ROLES) {
      for (const context of contextsOf(role, 999, false)) {
        for (const table of tables) {
          const count = await seenBy(context, table)
          if (count !== 0 && count !== 'denied' && !known.has(table)) leaks.push(`${role}: ${table}`)
        }
      }
    }
    expect(leaks).toEqual([])
  })

  it('shows a role in this unit its people and their duty', async () => {
    const context = requestContext(actorOf('unit_manager', UNIT, false), 'people.read')
    for (const table of ['people', 'duty_entries', 'duty_current', 'appointments', 'planned_shifts']) {
      expect([table, await seenBy(context, table)]).toEqual([table, 1])
    }
  })

  it('shows a person their own rows, health flags included, and nothing else', async () => {
    const worker: Actor = { ...actorOf('worker', 999, false), person_id: PERSON }
    const own = requestContext(worker, undefined)
    for (const table of ['people', 'duty_current', 'entitlement_results', 'health_flags']) {
      expect([table, await seenBy(own, table)]).toEqual([table, 1])
    }
    const other = requestContext({ ...worker, person_id: PERSON + 1 }, undefined)
    for (const table of ['people', 'duty_current', 'entitlement_results', 'health_flags']) {
      expect([table, await seenBy(other, table)]).toEqual([table, 0])
    }
  })

  it('keeps health flags closed to everyone over the whole tree but the health officer at that very work', async () => {
    for (const role of ROLES) {
      for (const context of contextsOf(role, UNIT, true)) {
        const opened = context.circles?.includes('health') ? 1 : 0
        expect([role, context.circles, await seenBy(context, 'health_flags')]).toEqual([role, context.circles, opened])
      }
    }
    expect(roleHolds('administrator', 'people.health') || roleHolds('command', 'people.health')).toBe(false)
  })

  it('keeps accounts, sessions, codes and keys out of every request', async () => {
    for (const role of ROLES) {
      for (const context of contextsOf(role, UNIT, true)) {
        for (const table of ['users', 'role_assignments', 'sessions', 'enrolment_codes', 'data_keys', 'subject_keys']) {
          expect([role, table, await seenBy(context, table)]).toEqual([role, table, 0])
        }
      }
    }
  })

  it('keeps people, duty and the audit out of sign-in', async () => {
    for (const table of ['people', 'duty_entries', 'health_flags', 'audit_rows', 'entitlement_results']) {
      expect([table, await seenBy(ACCESS_CONTEXT, table)]).toEqual([table, 0])
    }
  })
})

describe('the app role', () => {
  it('can neither change nor remove what only grows, even over the whole tree', async () => {
    const everything = {
      purpose: 'job',
      principal: 'job:test',
      scope: { everywhere: true, units: new Set<number>() },
    } as const
    for (const table of ONLY_GROWING) {
      const [column] = (
        await database.pool.query<{ name: string }>(
          `select attname::text as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and attidentity = '' limit 1`,
          [table],
        )
      ).rows
      for (const statement of [
        `update "${table}" set "${column?.name}" = "${column?.name}"`,
        `delete from "${table}"`,
        `truncate "${table}"`,
      ]) {
        const attempt = database.transact(everything, (tx) => sql.raw(statement).execute(tx))
        await expect(attempt, statement).rejects.toMatchObject({ code: '42501' })
      }
    }
  })

  it('owns no table, is no superuser and is not exempt from row-level security', async () => {
    const { rows } = await database.pool.query(`
      select rolsuper, rolbypassrls, rolcreaterole,
        exists (select from pg_class where relowner = pg_roles.oid) as owns
      from pg_roles where rolname = current_user`)
    expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false, rolcreaterole: false, owns: false }])
  })

  it('leaves no context behind on its connection', async () => {
    const single = connect({ ...test.appConfig, max: 1 }, { connections_max: 1 })
    const people = () =>
      single.pool.query('select count(*)::int as count from people').then(({ rows }) => rows[0].count)
    const context = requestContext(actorOf('unit_manager', UNIT, true), 'people.read')
    const within = await single.read(context, (tx) => tx.selectFrom('people').select('person_id').execute())
    expect(within).toHaveLength(1)
    expect(await people()).toBe(0)
    await single.close()
  })
})
