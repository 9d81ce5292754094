import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { realClock } from '#platform/clock/clock.ts'
import { ACCESS_CONTEXT, jobContext } from '#platform/db/context.ts'
import { connect, type Database, type Tx } from '#platform/db/database.ts'
import type { TestDatabase } from '#platform/db/testing.ts'
import { createRoutes } from '#platform/http/routes.ts'
import { createHttp } from '#platform/http/server.ts'
import type { AccessOptions, AccessPlatform } from './options.ts'
import { hashPassword } from './passwords.ts'
import type { Role } from './permissions.ts'
import { mountAccess } from './server.ts'
import { createSessions, SESSION_COOKIE } from './sessions.ts'
import { createVault } from './vault.ts'

/** A small made-up city for the tests of this room: two counties, a unit in each, two people in each unit. */

export const CITY = 1
export const COUNTY = 2
export const HOSPITAL = 3
export const OTHER_COUNTY = 4
export const CHECKPOINT = 5
/** Staff of the hospital, then of the checkpoint. */
export const NURSE = 11
export const DOCTOR = 12
export const GUARD = 21
export const CLERK = 22

const UNITS = [
  { unit_id: CITY, parent_id: null, kind: 'city', name: '某市（虚构）' },
  { unit_id: COUNTY, parent_id: CITY, kind: 'county', name: '甲县（虚构）' },
  { unit_id: HOSPITAL, parent_id: COUNTY, kind: 'hospital', name: '甲县医院（虚构）' },
  { unit_id: OTHER_COUNTY, parent_id: CITY, kind: 'county', name: '乙县（虚构）' },
  { unit_id: CHECKPOINT, parent_id: OTHER_COUNTY, kind: 'checkpoint', name: '乙县卡口（虚构）' },
] as const

const PEOPLE = [
  { person_id: NURSE, home_unit_id: HOSPITAL, name: '虚构甲' },
  { person_id: DOCTOR, home_unit_id: HOSPITAL, name: '虚构乙' },
  { person_id: GUARD, home_unit_id: CHECKPOINT, name: '虚构丙' },
  { person_id: CLERK, home_unit_id: CHECKPOINT, name: '虚构丁' },
] as const

function pathOf(unitId: number): number[] {
  const unit = UNITS.find(({ unit_id }) => unit_id === unitId)
  return unit ? [unit.unit_id, ...(unit.parent_id === null ? [] : pathOf(unit.parent_id))] : []
}

async function fill(database: Database): Promise<void> {
  await database.transact(jobContext('test'), async (tx) => {
    await tx
      .insertInto('units')
      .values(UNITS.map((unit) => ({ ...unit, opened_on: '2019-01-01', made_up: true })))
      .execute()
    const ancestors = UNITS.flatMap(({ unit_id }) =>
      pathOf(unit_id).map((ancestor_id, distance) => ({ unit_id, ancestor_id, distance })),
    )
    await tx.insertInto('unit_ancestors').values(ancestors).execute()
    await tx
      .insertInto('people')
      .values(PEOPLE.map((person) => ({ ...person, name_sort: person.name, employment: 'medical', made_up: true })))
      .execute()
  })
}

async function findUnitsBelow(tx: Tx, unitId: number) {
  const rows = await tx.selectFrom('unit_ancestors').select('unit_id').where('ancestor_id', '=', unitId).execute()
  return { units: new Set(rows.map(({ unit_id }) => unit_id)), everywhere: unitId === CITY }
}

const records: Omit<AccessOptions, 'oidc'> = {
  findUnitsBelow,
  isRunning: async () => true,
  async listUnitNames() {
    return new Map(UNITS.map(({ unit_id, name }) => [unit_id, name]))
  },
  async listStaff(tx, personIds) {
    const rows = await tx
      .selectFrom('people')
      .select(['person_id', 'name', 'home_unit_id'])
      .where('person_id', 'in', [...personIds])
      .execute()
    return rows.map(({ person_id, name, home_unit_id }) => ({ person_id, name, unit_ids: [home_unit_id] as const }))
  },
}

export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: what came over the wire; the tests look at single fields of it
  readonly body: any
  readonly cookie: string | undefined
  readonly headers: Readonly<Record<string, unknown>>
}

export interface AccessHouse {
  readonly app: FastifyInstance
  readonly database: Database
  readonly platform: AccessPlatform
  /** Makes an account with roles; its password is `PASSWORD` unless another is given. */
  account(login: string, roles: readonly (readonly [Role, number])[], personId?: number): Promise<number>
  /** A session without signing in. */
  session(userId: number): Promise<string>
  ask(method: 'GET' | 'POST', url: string, options?: Asking): Promise<Answer>
  close(): Promise<void>
}

export interface Asking {
  readonly body?: object
  readonly session?: string
  readonly headers?: Record<string, string>
}

export const PASSWORD = '同袍试验用的一句长口令'

interface HouseOptions {
  readonly demo?: boolean
  readonly oidc?: NonNullable<AccessOptions['oidc']>['settings']
  readonly outside?: NonNullable<AccessOptions['outside']>['settings']
  readonly trustedProxy?: string
}

/** The room of access alone, behind real HTTP and a real database. */
export async function openAccessHouse(test: TestDatabase, options: HouseOptions = {}): Promise<AccessHouse> {
  const database = connect(test.appConfig)
  await fill(database)
  const sessions = createSessions(database, async (_queries, unitIds) =>
    database.read(
      ACCESS_CONTEXT,
      async (tx) =>
        new Map(await Promise.all(unitIds.map(async (unitId) => [unitId, await findUnitsBelow(tx, unitId)] as const))),
    ),
  )
  const vault = createVault(database, randomBytes(32))
  const platform: AccessPlatform = { database, sessions, vault, clock: realClock, demo: options.demo ?? false }
  const { app } = createHttp({ logger: false, inFlightMax: 100, trustedProxy: options.trustedProxy })
  const findActor = async (request: { cookies: Record<string, string | undefined> }) => {
    const token = request.cookies[SESSION_COOKIE]
    return token === undefined ? undefined : sessions.findActor(token)
  }
  const routes = createRoutes({ app, database, findActor })
  mountAccess(routes, platform, {
    ...records,
    ...(options.oidc ? { oidc: { app, settings: options.oidc } } : {}),
    ...(options.outside ? { outside: { app, settings: options.outside } } : {}),
  })
  await app.ready()
  const password_hash = await hashPassword(PASSWORD)

  return {
    app,
    database,
    platform,
    account: (login, roles, person_id) =>
      database.transact(ACCESS_CONTEXT, async (tx) => {
        const { user_id } = await tx
          .insertInto('users')
          .values({ login, display_name: `虚构 ${login}`, password_hash, person_id: person_id ?? null })
          .returning('user_id')
          .executeTakeFirstOrThrow()
        const held = roles.map(([role, unit_id]) => ({ user_id, role, unit_id }))
        if (held.length > 0) await tx.insertInto('role_assignments').values(held).execute()
        return user_id
      }),
    session: async (userId) => (await sessions.open(userId, 'test')).token,
    async ask(method, url, { body, session, headers = {} } = {}) {
      const cookies: Record<string, string> = session === undefined ? {} : { [SESSION_COOKIE]: session }
      const response = await app.inject({ method, url, payload: body, cookies, headers })
      const cookie = response.cookies.find(({ name }) => name === SESSION_COOKIE)?.value
      const json = response.body.startsWith('{') ? response.json() : undefined
      return { status: response.statusCode, body: json, cookie, headers: response.headers }
    },
    async close() {
      await app.close()
      await database.close()
    },
  }
}
