import { sql } from 'kysely'
import type { Tx } from '#platform/db/database.ts'

function peopleWithUnits(tx: Tx) {
  return tx
    .selectFrom('people')
    .innerJoin('units as home', 'home.unit_id', 'people.home_unit_id')
    .leftJoin('units as seconded', 'seconded.unit_id', 'people.seconded_unit_id')
    .select([
      'people.person_id',
      'people.name',
      'people.name_sort',
      'people.sex',
      'people.home_unit_id',
      'home.name as home_unit_name',
      'people.seconded_unit_id',
      'seconded.name as seconded_unit_name',
      'people.employment',
      'people.established',
      'people.party',
      'people.title',
      'people.staff_number',
      'people.made_up',
      'people.id_number',
      'people.phone',
    ])
}

export function findPerson(tx: Tx, personId: number) {
  return peopleWithUnits(tx).where('people.person_id', '=', personId).executeTakeFirst()
}

export type StoredPerson = NonNullable<Awaited<ReturnType<typeof findPerson>>>

export interface PeopleFilter {
  readonly unit_id?: number
  readonly name_contains?: string
  readonly employment?: string
  readonly after?: { readonly name_sort: string; readonly person_id: number }
  readonly limit: number
}

/** In the order of the names as they are read aloud (pinyin); continued after the last row seen. */
export function listPeople(tx: Tx, filter: PeopleFilter) {
  let query = peopleWithUnits(tx)
    .orderBy('people.name_sort')
    .orderBy('people.person_id')
    .limit(filter.limit + 1)
  const { unit_id, name_contains, employment, after } = filter
  if (unit_id !== undefined) {
    const below = tx.selectFrom('unit_ancestors').select('unit_id').where('ancestor_id', '=', unit_id)
    query = query.where((where) =>
      where.or([where('people.home_unit_id', 'in', below), where('people.seconded_unit_id', 'in', below)]),
    )
  }
  if (name_contains) query = query.where('people.name', 'like', `%${name_contains.replace(/[\\%_]/g, '\\$&')}%`)
  if (employment) query = query.where('people.employment', '=', employment)
  if (after) {
    query = query.where(sql<boolean>`(people.name_sort, people.person_id) > (${after.name_sort}, ${after.person_id})`)
  }
  return query.execute()
}

export function findByIdNumber(tx: Tx, hash: Buffer) {
  return tx
    .selectFrom('people')
    .innerJoin('units', 'units.unit_id', 'people.home_unit_id')
    .select(['people.person_id', 'people.name', 'units.name as unit_name'])
    .where('people.id_number_hash', '=', hash)
    .executeTakeFirst()
}

/** The id that the next person will have: envelopes are bound to it before the row is written. */
export async function nextPersonId(tx: Tx): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    select nextval(pg_get_serial_sequence('people', 'person_id'))::int as id`.execute(tx)
  return rows[0].id
}

export function listAppointments(tx: Tx, personId: number) {
  return tx
    .selectFrom('appointments')
    .innerJoin('units', 'units.unit_id', 'appointments.unit_id')
    .select([
      'appointments.appointment_id',
      'appointments.unit_id',
      'units.name as unit_name',
      'appointments.title',
      'appointments.employment',
      'appointments.established',
      'appointments.is_main',
      'appointments.from_on',
      'appointments.to_on',
    ])
    .where('appointments.person_id', '=', personId)
    .orderBy('appointments.from_on', 'desc')
    .execute()
}

export function listPartyStandings(tx: Tx, personId: number) {
  return tx
    .selectFrom('party_standings')
    .distinctOn('from_on')
    .select(['from_on', 'party'])
    .where('person_id', '=', personId)
    .orderBy('from_on', 'desc')
    .orderBy('recorded_at', 'desc')
    .execute()
}

export async function listSkills(tx: Tx, personId: number): Promise<string[]> {
  const rows = await tx
    .selectFrom('skills')
    .select('skill')
    .where('person_id', '=', personId)
    .orderBy('skill')
    .execute()
  return rows.map(({ skill }) => skill)
}

/** The other person's row comes only when the reader's scope reaches it. */
export function listFamilyTies(tx: Tx, personId: number) {
  return tx
    .selectFrom('family_ties')
    .leftJoin('people as other', 'other.person_id', 'family_ties.other_person_id')
    .select(['family_ties.tie', 'other.person_id as other_person_id', 'other.name as other_name'])
    .where('family_ties.person_id', '=', personId)
    .execute()
}

/** Mirrors the main appointment in force into the person's row. */
export async function mirrorMainAppointment(tx: Tx, personId: number): Promise<void> {
  await sql`
    update people
    set home_unit_id = latest.unit_id,
        title = latest.title,
        employment = latest.employment,
        established = latest.established
    from (
      select unit_id, title, employment, established
      from appointments
      where person_id = ${personId} and is_main
      order by from_on desc
      limit 1
    ) latest
    where people.person_id = ${personId}`.execute(tx)
}
