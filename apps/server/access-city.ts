import { randomBytes, randomUUID } from 'node:crypto'
import { ROLES, type Role } from '#platform/access/permissions.ts'
import type { Sessions } from '#platform/access/sessions.ts'
import { ACCESS_CONTEXT, jobContext } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import { writeSpan } from '#records/duty/testing-spans.ts'

/**
 * A small made-up city for the access matrix: two counties alike, an account of every role over the first. What lies in
 * the first county is inside their scope, what lies in the second outside. Things that a command uses up are made afresh
 * for every request.
 */

export interface Place {
  readonly county_id: number
  readonly unit_id: number
  readonly person_id: number
  readonly other_person_id: number
  readonly post_id: number
  /** A response declared for this county alone. */
  readonly operation_id: number
}

export interface Account {
  readonly role: Role
  readonly user_id: number
  readonly person_id: number
  readonly session: string
}

export interface AccessCity {
  readonly city_id: number
  /** A response of the whole city. */
  readonly operation_id: number
  readonly inside: Place
  readonly outside: Place
  readonly accounts: readonly Account[]
  freshUnit(at: Place): Promise<number>
  freshPerson(at: Place): Promise<number>
  freshOperation(at: Place): Promise<number>
  freshAccount(at: Place): Promise<{ user_id: number; assignment_id: number }>
  freshSpan(at: Place): Promise<Span>
  /** An hour of the response that no span uses yet. */
  freshHour(): Hour
  freshObjection(at: Place): Promise<{ person_id: number; objection_id: string }>
  freshImport(at: Place): Promise<string>
  freshJob(at: Place, askedBy: number | undefined): Promise<string>
  freshWorklistItem(at: Place, role: Role): Promise<number>
  /** A draft of a pack for the county, begun by an account that no test signs in. */
  freshDraft(at: Place): Promise<number>
  /** A fact that waits to be confirmed, stated by an account that no test signs in. */
  freshFact(
    of: { person_id: number; unit_id: number; sort: 'event' | 'family' } | { unit_id: number },
  ): Promise<FreshFact>
  /** A closed circle opened by an account, or by one that no test signs in. */
  freshOpening(at: Place, openedBy: number | undefined): Promise<string>
}

export interface FreshFact {
  readonly fact_id: string
  readonly entry_id: number
}

export interface Hour {
  readonly starts_at: string
  readonly ends_at: string
  readonly duty_date: string
}

export interface Span extends Hour {
  readonly person_id: number
  readonly span_id: string
  readonly entry_id: number
}

/** Above anything that the database numbers by itself. */
const CITY = 900_001
const CITY_OPERATION = 900_001

function placeFrom(base: number): Place {
  return {
    county_id: base,
    unit_id: base + 1,
    person_id: base + 50,
    other_person_id: base + 51,
    post_id: base + 60,
    operation_id: base + 70,
  }
}

const INSIDE = placeFrom(910_000)
const OUTSIDE = placeFrom(920_000)
const FIRST_ACCOUNT_PERSON = 930_000
const FIRST_FRESH = 940_000

export const ACCESS_CITY_NOW = '2020-02-24T08:00:00+08:00'
const FIRST_HOUR_MS = Date.parse('2020-01-21T08:00:00+08:00')
const HOUR_MS = 3_600_000
const CHINA_MS = 8 * HOUR_MS

async function insertUnit(tx: Tx, unitId: number, parentId: number | null, kind: string): Promise<void> {
  const name = `${kind} ${unitId}（虚构）`
  const unit = { unit_id: unitId, parent_id: parentId, kind, name, opened_on: '2019-01-01', made_up: true }
  await tx.insertInto('units').values(unit).execute()
  const above =
    parentId === null
      ? []
      : await tx
          .selectFrom('unit_ancestors')
          .select(['ancestor_id', 'distance'])
          .where('unit_id', '=', parentId)
          .execute()
  await tx
    .insertInto('unit_ancestors')
    .values([
      { ancestor_id: unitId, unit_id: unitId, distance: 0 },
      ...above.map(({ ancestor_id, distance }) => ({ ancestor_id, unit_id: unitId, distance: distance + 1 })),
    ])
    .execute()
}

async function insertPerson(tx: Tx, personId: number, unitId: number): Promise<void> {
  const name = `虚构${personId}`
  await tx
    .insertInto('people')
    .values({
      person_id: personId,
      home_unit_id: unitId,
      name,
      name_sort: name,
      employment: 'medical',
      established: true,
      made_up: true,
    })
    .execute()
  await tx
    .insertInto('appointments')
    .values({
      person_id: personId,
      unit_id: unitId,
      title: '护士',
      employment: 'medical',
      established: true,
      from_on: '2019-01-01',
    })
    .execute()
}

function insertOperation(tx: Tx, operationId: number, areaUnitId: number) {
  return tx
    .insertInto('operations')
    .values({
      operation_id: operationId,
      name: `响应 ${operationId}（虚构）`,
      kind: 'epidemic',
      area_unit_id: areaUnitId,
      started_on: '2020-01-20',
      made_up: true,
    })
    .execute()
}

async function insertPlace(tx: Tx, place: Place): Promise<void> {
  await insertUnit(tx, place.county_id, CITY, 'county')
  await insertUnit(tx, place.unit_id, place.county_id, 'hospital')
  await insertPerson(tx, place.person_id, place.unit_id)
  await insertPerson(tx, place.other_person_id, place.unit_id)
  await insertOperation(tx, place.operation_id, place.county_id)
  await tx
    .insertInto('posts')
    .values({
      post_id: place.post_id,
      operation_id: CITY_OPERATION,
      unit_id: place.unit_id,
      name: '发热门诊',
      kind: 'fever_clinic',
      exposure: 'direct',
      opened_on: '2020-01-20',
    })
    .execute()
}

async function openAccount(database: Database, sessions: Sessions, role: Role, index: number): Promise<Account> {
  const person_id = FIRST_ACCOUNT_PERSON + index
  await database.transact(jobContext('test'), (tx) => insertPerson(tx, person_id, INSIDE.unit_id))
  const user_id = await database.transact(ACCESS_CONTEXT, async (tx) => {
    const user = await tx
      .insertInto('users')
      .values({ login: role, display_name: role, person_id })
      .returning('user_id')
      .executeTakeFirstOrThrow()
    await tx.insertInto('role_assignments').values({ user_id: user.user_id, role, unit_id: INSIDE.county_id }).execute()
    return user.user_id
  })
  return { role, user_id, person_id, session: (await sessions.open(user_id, 'test')).token }
}

export async function createAccessCity(database: Database, sessions: Sessions): Promise<AccessCity> {
  const job = <T>(work: (tx: Tx) => Promise<T>) => database.transact(jobContext('test'), work)
  await job(async (tx) => {
    await insertUnit(tx, CITY, null, 'city')
    await insertOperation(tx, CITY_OPERATION, CITY)
    await insertPlace(tx, INSIDE)
    await insertPlace(tx, OUTSIDE)
  })
  const accounts: Account[] = []
  for (const [index, role] of ROLES.entries()) accounts.push(await openAccount(database, sessions, role, index))

  let nextId = FIRST_FRESH
  const takeId = () => {
    nextId += 1
    return nextId
  }
  let hours = 0
  const freshHour = (): Hour => {
    hours += 1
    const start = new Date(FIRST_HOUR_MS + hours * HOUR_MS)
    const end = new Date(start.getTime() + HOUR_MS / 2)
    const duty_date = new Date(start.getTime() + CHINA_MS).toISOString().slice(0, 10)
    return { starts_at: start.toISOString(), ends_at: end.toISOString(), duty_date }
  }

  const fresh = async (make: (tx: Tx, id: number) => Promise<unknown>): Promise<number> => {
    const id = takeId()
    await job((tx) => make(tx, id))
    return id
  }

  return {
    city_id: CITY,
    operation_id: CITY_OPERATION,
    inside: INSIDE,
    outside: OUTSIDE,
    accounts,
    freshHour,
    freshUnit: (at) => fresh((tx, id) => insertUnit(tx, id, at.county_id, 'hospital')),
    freshPerson: (at) => fresh((tx, id) => insertPerson(tx, id, at.unit_id)),
    freshOperation: (at) => fresh((tx, id) => insertOperation(tx, id, at.county_id)),
    freshAccount: (at) =>
      database.transact(ACCESS_CONTEXT, async (tx) => {
        const user = await tx
          .insertInto('users')
          .values({ login: `account-${takeId()}`, display_name: '虚构账号' })
          .returning('user_id')
          .executeTakeFirstOrThrow()
        const held = await tx
          .insertInto('role_assignments')
          .values({ user_id: user.user_id, role: 'organisation_clerk', unit_id: at.unit_id })
          .returning('assignment_id')
          .executeTakeFirstOrThrow()
        return { ...user, ...held }
      }),
    freshSpan: (at) => job((tx) => insertSpan(tx, at, freshHour())),
    freshObjection: (at) => job((tx) => insertObjection(tx, at, freshHour().duty_date)),
    freshImport: (at) => job((tx) => insertImport(tx, at)),
    freshJob: (at, askedBy) => job((tx) => insertJob(tx, at, askedBy)),
    freshWorklistItem: (at, role) => job((tx) => insertWorklistItem(tx, at, role)),
    freshDraft: (at) => insertDraft(database, at),
    freshFact: (of) => insertFact(database, of),
    freshOpening: (at, openedBy) => insertOpening(database, at, openedBy),
  }
}

async function insertStranger(database: Database): Promise<number> {
  const row = { login: `stranger-${randomUUID()}`, display_name: '虚构' }
  const { user_id } = await database.transact(ACCESS_CONTEXT, (tx) =>
    tx.insertInto('users').values(row).returning('user_id').executeTakeFirstOrThrow(),
  )
  return user_id
}

async function insertDraft(database: Database, at: Place): Promise<number> {
  const user_id = await insertStranger(database)
  return database.transact({ ...jobContext('test'), user_id }, async (tx) => {
    const area_unit_id = at.county_id
    const row = { operation_id: CITY_OPERATION, area_unit_id, title: '虚构草稿' }
    const { draft_id } = await tx
      .insertInto('pack_drafts')
      .values({ ...row, begun_by_user_id: user_id, begun_at: new Date() })
      .returning('draft_id')
      .executeTakeFirstOrThrow()
    const files = JSON.stringify([{ path: 'pack.yaml', text: 'pack: {}' }])
    await tx
      .insertInto('pack_draft_revisions')
      .values({ draft_id, revision: 1, area_unit_id, files, saved_by_user_id: user_id, saved_at: new Date() })
      .execute()
    return draft_id
  })
}

async function insertFact(database: Database, of: Parameters<AccessCity['freshFact']>[0]): Promise<FreshFact> {
  const said_by_user_id = await insertStranger(database)
  return database.transact({ ...jobContext('test'), user_id: said_by_user_id }, async (tx) => {
    const said = {
      fact_id: randomUUID(),
      act: 'stated',
      from_on: '2020-02-03',
      amount: 1,
      said_by_user_id,
      said_at: new Date(),
    }
    const entry =
      'person_id' in of
        ? await tx
            .insertInto('person_fact_entries')
            .values({
              ...said,
              ...of,
              name: of.sort === 'event' ? 'rescue' : 'elder_care',
              operation_id: of.sort === 'event' ? CITY_OPERATION : null,
              consented: of.sort === 'family',
            })
            .returning('entry_id')
            .executeTakeFirstOrThrow()
        : await tx
            .insertInto('unit_fact_entries')
            .values({ ...said, ...of, sort: 'number', name: 'headcount', operation_id: null })
            .returning('entry_id')
            .executeTakeFirstOrThrow()
    return { fact_id: said.fact_id, entry_id: Number(entry.entry_id) }
  })
}

async function insertOpening(database: Database, at: Place, openedBy: number | undefined): Promise<string> {
  const opened_by_user_id =
    openedBy ??
    (await database.transact(ACCESS_CONTEXT, async (tx) => {
      const login = `opener-${randomUUID()}`
      const row = { login, display_name: '虚构' }
      return (await tx.insertInto('users').values(row).returning('user_id').executeTakeFirstOrThrow()).user_id
    }))
  return database.transact({ ...jobContext('test'), user_id: opened_by_user_id }, async (tx) => {
    const row = {
      person_id: at.person_id,
      circle: 'health',
      operation_id: CITY_OPERATION,
      unit_id: at.unit_id,
      opened_by_user_id,
      until_at: new Date(Date.now() + 600_000),
      reason: randomBytes(40),
    }
    const made = await tx.insertInto('circle_openings').values(row).returning('opening_id').executeTakeFirstOrThrow()
    return made.opening_id
  })
}

async function insertSpan(tx: Tx, at: Place, hour: Hour): Promise<Span> {
  const { person_id, unit_id, post_id } = at
  const { starts_at, ends_at } = hour
  const place = { operation_id: CITY_OPERATION, unit_id, post_id }
  return { ...hour, person_id, ...(await writeSpan(tx, { person_id, ...place, starts_at, ends_at })) }
}

async function insertObjection(tx: Tx, at: Place, dutyDate: string) {
  const objection = { person_id: at.person_id, objection_id: randomUUID() }
  await tx
    .insertInto('duty_objections')
    .values({
      ...objection,
      operation_id: CITY_OPERATION,
      unit_id: at.unit_id,
      duty_date: dutyDate,
      words: '那天我在岗',
      raised_at: new Date(ACCESS_CITY_NOW),
    })
    .execute()
  return objection
}

/** Read, with nothing in it to record, and its file gone. */
async function insertImport(tx: Tx, at: Place): Promise<string> {
  const import_id = randomUUID()
  await tx
    .insertInto('duty_imports')
    .values({
      import_id,
      operation_id: CITY_OPERATION,
      unit_id: at.unit_id,
      file_name: '值班表.xlsx',
      file_sha256: randomBytes(32),
      understood: 'null',
      uploaded_by_user_id: 1,
      state: 'read',
    })
    .execute()
  return import_id
}

async function insertJob(tx: Tx, at: Place, askedBy: number | undefined): Promise<string> {
  const row = await tx
    .insertInto('job_runs')
    .values({ kind: 'test', unit_id: at.county_id, input: '{}', asked_by_user_id: askedBy ?? null })
    .returning('job_id')
    .executeTakeFirstOrThrow()
  return row.job_id
}

async function insertWorklistItem(tx: Tx, at: Place, role: Role): Promise<number> {
  const row = await tx
    .insertInto('worklist_items')
    .values({
      operation_id: CITY_OPERATION,
      unit_id: at.unit_id,
      role,
      kind: 'test',
      subject_kind: 'test',
      subject_id: randomUUID(),
      raised_at: new Date(ACCESS_CITY_NOW),
    })
    .returning('item_id')
    .executeTakeFirstOrThrow()
  return row.item_id
}
