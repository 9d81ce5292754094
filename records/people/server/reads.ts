import { sql } from 'kysely'
import type { Tx } from '#platform/db/database.ts'
import type { CandidatePerson } from '../person-finder.ts'

/** Answers that other rooms need about people. Each gives only whom the transaction's context may see. */

export interface StaffMember {
  readonly person_id: number
  readonly name: string
  /** Every unit that counts the person as its own, the main one first. */
  readonly unit_ids: readonly [number, ...number[]]
}

export async function listStaff(tx: Tx, personIds: readonly number[]): Promise<StaffMember[]> {
  if (personIds.length === 0) return []
  const rows = await tx
    .selectFrom('people')
    .select(['person_id', 'name', 'home_unit_id', 'seconded_unit_id'])
    .where('person_id', 'in', [...personIds])
    .execute()
  return rows.map(({ person_id, name, home_unit_id, seconded_unit_id }) => ({
    person_id,
    name,
    unit_ids: seconded_unit_id === null ? [home_unit_id] : [home_unit_id, seconded_unit_id],
  }))
}

/**
 * Who of a range of people has a confirmed protected condition on a day. Only a job of the house with everything in scope is given rows; it
 * must not say more of it than that.
 */
export async function listProtected(
  tx: Tx,
  people: { readonly first: number; readonly last: number },
  onDate: string,
): Promise<ReadonlySet<number>> {
  const rows = await tx
    .selectFrom('protected_conditions')
    .select('person_id')
    .where('person_id', '>=', people.first)
    .where('person_id', '<=', people.last)
    .where('from_on', '<=', onDate)
    .where(({ eb, or }) => or([eb('to_on', 'is', null), eb('to_on', '>=', onDate)]))
    .execute()
  return new Set(rows.map(({ person_id }) => person_id))
}

/** Whoever bears one of the names or ID numbers, as far as the reader may see them. */
export async function listCandidates(
  tx: Tx,
  names: readonly string[],
  hashes: readonly Buffer[],
): Promise<CandidatePerson[]> {
  const { rows } = await sql<CandidatePerson>`
    select person_id, name, home_unit_id, seconded_unit_id, staff_number, encode(id_number_hash, 'hex') as id_number_hash
    from people
    where name = any (${[...names]}::text[]) or id_number_hash = any (${[...hashes]}::bytea[])
    order by person_id`.execute(tx)
  return rows
}
