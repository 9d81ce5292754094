import type { Tx } from '#platform/db/database.ts'
import { isApproved } from '../rules.ts'
import { listOrders, openOrders } from './orders-store.ts'

/** Answers about rest that other parts of the house need. */

export interface Duty {
  readonly person_id: number
  readonly starts_at: Date
  readonly ends_at: Date
}

/** The first rest that some duty would fall into without approval, among the orders that the transaction's context may see. */
export async function findRestAgainst(tx: Tx, duties: readonly Duty[], now: Date): Promise<Duty | undefined> {
  for (const person_id of new Set(duties.map((duty) => duty.person_id))) {
    for (const { standing, events } of openOrders(await listOrders(tx, { person_id }), now)) {
      const overrides = events.filter(({ act }) => act === 'overridden')
      const against = duties.find((duty) => duty.person_id === person_id && !isApproved(duty, standing, overrides))
      if (against) return { person_id, starts_at: standing.starts_at, ends_at: standing.ends_at }
    }
  }
  return undefined
}
