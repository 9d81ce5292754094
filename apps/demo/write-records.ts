import { sql } from 'kysely'
import type { Vault } from '#platform/access/vault.ts'
import type { Tx } from '#platform/db/database.ts'
import { linkAllAncestors } from '#records/org/server/divisions.ts'
import { sortKeyOf } from '#records/people/server/service.ts'
import type { DemoCity, DemoPerson, Division } from './city.ts'
import { OPERATION } from './history.ts'
import type { Chance } from './random.ts'

export type Write = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>

const UNITS_OPENED_ON = '2015-01-01'
const POSTS_OPENED_ON = OPERATION.started_on
const BATCH = 1000

export async function writeUnits(tx: Tx, city: DemoCity): Promise<void> {
  const rows = city.units.map(({ unit_id, parent_id, kind, name }) => ({ unit_id, parent_id, kind, name }))
  await sql`
    insert into units (unit_id, parent_id, kind, name, opened_on, made_up)
    select unit_id, parent_id, kind, name, ${UNITS_OPENED_ON}, true
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as unit (unit_id int, parent_id int, kind text, name text)`.execute(
    tx,
  )
  await sql`select setval(pg_get_serial_sequence('units', 'unit_id'), (select max(unit_id) from units))`.execute(tx)
  await linkAllAncestors(tx)
  await sql`
    insert into unit_history (unit_id, from_on, parent_id, name, kind, reason)
    select unit_id, opened_on, parent_id, name, kind, '演示数据' from units where made_up`.execute(tx)
}

async function personRow(vault: Vault, person: DemoPerson) {
  const { person_id, id_number, phone } = person
  const place = (column: string) => ({ table: 'people', column, row: person_id })
  const hex = (bytes: Buffer) => bytes.toString('hex')
  return {
    person_id,
    home_unit_id: person.unit_id,
    name: person.name,
    name_sort: sortKeyOf(person.name),
    sex: person.sex,
    employment: person.employment,
    established: person.established,
    party: person.party,
    title: person.title,
    staff_number: person.staff_number,
    id_number: hex(await vault.seal('id_number', place('id_number'), id_number)),
    id_number_hash: hex(vault.lookupHash('id_number', id_number)),
    phone: hex(await vault.seal('phone', place('phone'), phone)),
    phone_hash: hex(vault.lookupHash('phone', phone)),
  }
}

async function insertPeople(tx: Tx, rows: readonly Awaited<ReturnType<typeof personRow>>[]): Promise<void> {
  await sql`
    insert into people (
      person_id, home_unit_id, name, name_sort, sex, employment, established, party, title, staff_number, id_number,
      id_number_hash, phone, phone_hash, made_up
    )
    select person_id, home_unit_id, name, name_sort, sex, employment, established, party, title, staff_number,
      decode(id_number, 'hex'), decode(id_number_hash, 'hex'), decode(phone, 'hex'), decode(phone_hash, 'hex'), true
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as person (
      person_id int, home_unit_id int, name text, name_sort text, sex text, employment text, established boolean, party text,
      title text, staff_number text, id_number text, id_number_hash text, phone text, phone_hash text
    )`.execute(tx)
  await sql`
    insert into appointments (person_id, unit_id, title, employment, established, from_on, recorded_at)
    select person_id, home_unit_id, title, employment, established, ${UNITS_OPENED_ON}, ${UNITS_OPENED_ON}
    from people where person_id = any (${rows.map(({ person_id }) => person_id)}::int[])`.execute(tx)
  await sql`
    insert into party_standings (person_id, from_on, party, recorded_at)
    select person_id, ${UNITS_OPENED_ON}, party, ${UNITS_OPENED_ON}
    from people where person_id = any (${rows.map(({ person_id }) => person_id)}::int[]) and party <> 'unknown'`.execute(
    tx,
  )
}

export async function writePeople(write: Write, vault: Vault, chance: Chance, city: DemoCity): Promise<void> {
  for (let from = 0; from < city.people.length; from += BATCH) {
    const rows = await Promise.all(city.people.slice(from, from + BATCH).map((person) => personRow(vault, person)))
    await write((tx) => insertPeople(tx, rows))
  }
  const skills = city.people.flatMap(({ person_id, skills: own }) => own.map((skill) => ({ person_id, skill })))
  const ties = coupleSome(chance, city)
  await write(async (tx) => {
    await sql`select setval(pg_get_serial_sequence('people', 'person_id'), (select max(person_id) from people))`.execute(
      tx,
    )
    await sql`
      insert into skills (person_id, skill)
      select person_id, skill
      from jsonb_to_recordset(${JSON.stringify(skills)}::jsonb) as known (person_id int, skill text)`.execute(tx)
    await tx.insertInto('family_ties').values(ties).execute()
  })
}

/** Couples of whom both are on the front line: the notice asks for them by name. */
function coupleSome(chance: Chance, city: DemoCity) {
  const women = city.people.filter(({ sex }) => sex === 'female')
  const men = city.people.filter(({ sex }) => sex === 'male')
  const taken = new Set<number>()
  const recorded_at = new Date(UNITS_OPENED_ON)
  return Array.from({ length: 140 }).flatMap(() => {
    const a = chance.pick(women).person_id
    const b = chance.pick(men).person_id
    if (taken.has(a) || taken.has(b)) return []
    taken.add(a).add(b)
    return [
      { person_id: a, other_person_id: b, tie: 'spouse', recorded_at },
      { person_id: b, other_person_id: a, tie: 'spouse', recorded_at },
    ]
  })
}

/** The response with its levels, and the posts that it opened. */
export async function writeOperation(tx: Tx, divisions: readonly Division[], city: DemoCity): Promise<number> {
  const area_unit_id = divisions[0].unit_id
  const { operation_id } = await tx
    .insertInto('operations')
    .values({
      name: '2020 年新冠肺炎疫情防控（演示）',
      kind: 'epidemic',
      area_unit_id,
      started_on: OPERATION.started_on,
      made_up: true,
    })
    .returning('operation_id')
    .executeTakeFirstOrThrow()
  await tx
    .insertInto('operation_levels')
    .values([
      { operation_id, area_unit_id, from_on: OPERATION.started_on, level: 3, source: '演示数据' },
      {
        operation_id,
        area_unit_id,
        from_on: '2020-01-23',
        level: 1,
        source: '浙江省启动重大公共突发卫生事件一级响应（演示）',
      },
    ])
    .execute()
  const rows = city.posts.map(({ post_id, unit_id, plan }) => ({
    post_id,
    unit_id,
    operation_id,
    name: plan.name,
    kind: plan.kind,
    exposure: plan.exposure,
    away_division_code: plan.away_division_code ?? null,
    longest_stay_minutes: plan.longest_stay_days ? plan.longest_stay_days * 1440 : null,
    opened_on: POSTS_OPENED_ON,
  }))
  await tx.insertInto('posts').values(rows).execute()
  await sql`select setval(pg_get_serial_sequence('posts', 'post_id'), (select max(post_id) from posts))`.execute(tx)
  return operation_id
}
