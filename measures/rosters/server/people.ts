import type { Tx } from '#platform/db/database.ts'

export interface FoundPerson {
  readonly person_id: number
  readonly name: string
  readonly home_unit_id: number
}

/** A person whom the transaction's context may see. */
export async function findPerson(tx: Tx, personId: number): Promise<FoundPerson | undefined> {
  return tx
    .selectFrom('people')
    .select(['person_id', 'name', 'home_unit_id'])
    .where('person_id', '=', personId)
    .executeTakeFirst()
}
