import { civilDate } from '#platform/calendar/zone.ts'
import type { Tx } from '#platform/db/database.ts'
import { findOperation } from '#records/operations/server/reads.ts'
import { listProtected } from '#records/people/server/reads.ts'

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

/** Whether a protected condition is recorded for a person today. For the house alone: see `listProtected`. */
export async function isProtectedNow(tx: Tx, operationId: number, personId: number, now: Date): Promise<boolean> {
  const operation = await findOperation(tx, operationId)
  if (!operation) return false
  const today = civilDate(operation.time_zone, now)
  return (await listProtected(tx, { first: personId, last: personId }, today)).has(personId)
}
