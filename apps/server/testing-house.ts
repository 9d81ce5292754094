import { randomBytes, randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll } from 'vitest'
import type { Role } from '#platform/access/permissions.ts'
import { SESSION_COOKIE } from '#platform/access/sessions.ts'
import { standingClock } from '#platform/clock/clock.ts'
import { jobContext } from '#platform/db/context.ts'
import { connect, type Database, type Tx } from '#platform/db/database.ts'
import { testDatabase } from '#platform/db/testing.ts'
import { prepareJobs } from '#platform/jobs/queue.ts'
import { startWorking, type Working } from '#platform/jobs/work.ts'
import { compose, type House } from './compose.ts'
import { type SpawnedNode, spawnNode, toldBy } from './testing-jobs.ts'

/**
 * The whole house over a database of its own, with a small made-up city, for tests of rooms through HTTP.
 *
 * A city, two counties; in the first a hospital and a checkpoint, in the second a station. Each unit has a head and a deputy who confirm,
 * and staff.
 */
export const UNITS = { city: 1, county: 2, hospital: 3, checkpoint: 4, otherCounty: 5, station: 6 } as const
export const PEOPLE = { head: 11, deputy: 12, nurse: 13, doctor: 14, guardHead: 21, guard: 22, officer: 31 } as const
export const POSTS = { ward: 1, triage: 2, gate: 3, patrol: 4 } as const
export const OPERATION = 1

const UNIT_ROWS = [
  { unit_id: 1, parent_id: null, kind: 'city', name: '虚构市', division_code: '9900' },
  { unit_id: 2, parent_id: 1, kind: 'county', name: '甲县', division_code: '990001' },
  { unit_id: 3, parent_id: 2, kind: 'hospital', name: '甲县医院', division_code: null },
  { unit_id: 4, parent_id: 2, kind: 'checkpoint', name: '甲县卡口', division_code: null },
  { unit_id: 5, parent_id: 1, kind: 'county', name: '乙县', division_code: '990002' },
  { unit_id: 6, parent_id: 5, kind: 'police_station', name: '乙县派出所', division_code: null },
]

const PERSON_ROWS = [
  { person_id: 11, home_unit_id: 3, name: '院长甲', employment: 'medical' },
  { person_id: 12, home_unit_id: 3, name: '副院长乙', employment: 'medical' },
  { person_id: 13, home_unit_id: 3, name: '护士丙', employment: 'medical' },
  { person_id: 14, home_unit_id: 3, name: '医师丁', employment: 'medical' },
  { person_id: 21, home_unit_id: 4, name: '卡口长戊', employment: 'civil_servant' },
  { person_id: 22, home_unit_id: 4, name: '值守员己', employment: 'volunteer' },
  { person_id: 31, home_unit_id: 6, name: '民警庚', employment: 'police' },
]

const POST_ROWS = [
  { post_id: 1, unit_id: 3, name: '隔离病区', kind: 'isolation_ward', exposure: 'direct' },
  { post_id: 2, unit_id: 3, name: '预检分诊', kind: 'outpatient_triage', exposure: 'indirect' },
  { post_id: 3, unit_id: 4, name: '测温登记', kind: 'checkpoint', exposure: 'indirect' },
  { post_id: 4, unit_id: 6, name: '巡逻防控', kind: 'police_patrol', exposure: 'none' },
]

async function writeCity(tx: Tx): Promise<void> {
  await tx
    .insertInto('units')
    .values(UNIT_ROWS.map((row) => ({ ...row, opened_on: '2019-01-01', made_up: true })))
    .execute()
  await sql`
    insert into unit_ancestors (ancestor_id, unit_id, distance)
    with recursive above (ancestor_id, unit_id, distance) as (
      select unit_id, unit_id, 0 from units
      union all
      select units.parent_id, above.unit_id, above.distance + 1
      from above join units on units.unit_id = above.ancestor_id
      where units.parent_id is not null
    )
    select * from above`.execute(tx)
  await tx
    .insertInto('people')
    .values(
      PERSON_ROWS.map((row) => ({ ...row, name_sort: row.name, established: true, party: 'none', made_up: true })),
    )
    .execute()
  await tx
    .insertInto('operations')
    .values({
      name: '虚构响应',
      kind: 'epidemic',
      area_unit_id: 1,
      started_on: '2020-01-20',
      made_up: true,
    })
    .execute()
  await tx
    .insertInto('posts')
    .values(POST_ROWS.map((row) => ({ ...row, operation_id: OPERATION, opened_on: '2020-01-20' })))
    .execute()
  await sql`
    select setval(pg_get_serial_sequence('units', 'unit_id'), 100), setval(pg_get_serial_sequence('people', 'person_id'), 100),
      setval(pg_get_serial_sequence('posts', 'post_id'), 100)
  `.execute(tx)
}

/** The small city takes the codes of Shaoxing, so that the packs that come with the product speak for it. */
export async function becomeShaoxing(tx: Tx): Promise<void> {
  const codes = [
    [UNITS.city, '3306'],
    [UNITS.county, '330603'],
    [UNITS.otherCounty, '330602'],
  ] as const
  for (const [unit_id, division_code] of codes)
    await tx.updateTable('units').set({ division_code }).where('unit_id', '=', unit_id).execute()
}

export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: what came over the wire; tests look at single fields of it
  readonly body: any
  readonly bytes: Buffer
  readonly headers: Readonly<Record<string, unknown>>
}

export interface Asking {
  readonly body?: unknown
  readonly key?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly payload?: Buffer
}

export interface TestHouse {
  readonly house: House
  readonly database: Database
  readonly clock: ReturnType<typeof standingClock>
  /** An account with one role, and a session of it. */
  account(login: string, role: Role, unitId: number, personId?: number): Promise<string>
  ask(session: string | undefined, method: 'GET' | 'POST', url: string, asking?: Asking): Promise<Answer>
  /** Looks into the database as the house sees it, past every scope. */
  look<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** One more node that runs jobs, one at a time; tells of each that it takes up. Needs `working`. */
  addNode(taken: (jobId: string) => void): Promise<Working>
  /** A node in a process of its own, which may be killed; answers when it works. Needs `working`. */
  spawnNode(): Promise<SpawnedNode>
}

/**
 * Opens the house where a test file begins; it is closed after the file's last test. With `working` it also runs jobs, with `later` only
 * the nodes that the test adds.
 */
export async function openTestHouse(
  now = '2020-02-24T08:00:00+08:00',
  { working = false }: { working?: boolean | 'later' } = {},
): Promise<TestHouse> {
  const test = testDatabase()
  const opened: { database?: Database; house?: House; working: Working[]; spawned: SpawnedNode[] } = {
    working: [],
    spawned: [],
  }
  afterAll(async () => {
    await opened.house?.app.close()
    for (const node of opened.working) await node.stop({ wait_ms: 1_000 })
    for (const node of opened.spawned) await node.kill()
    await opened.house?.jobs.close()
    await opened.database?.close()
  })
  const { appConfig, ownerConfig } = await test
  const database = connect(appConfig)
  opened.database = database
  const clock = standingClock(now)
  const look = <T>(work: (tx: Tx) => Promise<T>) => database.transact(jobContext('test'), work)
  await look(writeCity)
  const house = await compose({
    database,
    rootKey: randomBytes(32),
    clock,
    demo: false,
    http: { logger: false, inFlightMax: 1000 },
  })
  opened.house = house
  if (working) await prepareJobs(ownerConfig)
  if (working === true) opened.working.push(await startWorking(database, house.jobs))

  return {
    house,
    database,
    clock,
    look,
    async addNode(taken) {
      const node = await startWorking(database, toldBy(house.jobs, taken), { concurrency: 1 })
      opened.working.push(node)
      return node
    },
    async spawnNode() {
      const node = await spawnNode(appConfig, now)
      opened.spawned.push(node)
      return node
    },
    async account(login, role, unitId, personId) {
      const userId = await look(async (tx) => {
        const { user_id } = await tx
          .insertInto('users')
          .values({ login, display_name: login, person_id: personId ?? null })
          .returning('user_id')
          .executeTakeFirstOrThrow()
        await tx.insertInto('role_assignments').values({ user_id, role, unit_id: unitId }).execute()
        return user_id
      })
      return (await house.platform.sessions.open(userId, 'test')).token
    },
    async ask(session, method, url, { body, key, headers, payload } = {}) {
      const answer = await house.app.inject({
        method,
        url,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(method === 'POST' ? { 'idempotency-key': key ?? randomUUID() } : {}),
          ...headers,
        },
        ...(session === undefined ? {} : { cookies: { [SESSION_COOKIE]: session } }),
        ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
        ...(payload === undefined ? {} : { payload }),
      })
      const isJson = String(answer.headers['content-type']).includes('json')
      return {
        status: answer.statusCode,
        body: isJson ? answer.json() : undefined,
        bytes: answer.rawPayload,
        headers: answer.headers,
      }
    },
  }
}
