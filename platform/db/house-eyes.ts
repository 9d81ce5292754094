import { sql } from 'kysely'
import type { Tx } from './database.ts'

/**
 * Reads with the eyes of the house, inside a transaction that otherwise sees what its actor may see: for conflicts that must be
 * found even where the actor may not look. Whoever asks cuts what is told of it. Reads only: nothing may be written meanwhile.
 */
export async function withHouseEyes<T>(tx: Tx, look: (tx: Tx) => Promise<T>): Promise<T> {
  const own = tx.context.scope?.everywhere ? 'on' : 'off'
  await sql`select set_config('tongpao.scope_all', 'on', true)`.execute(tx)
  const seen = await look(tx)
  // Not in `finally`: a statement that failed has ended the transaction, and its settings with it.
  await sql`select set_config('tongpao.scope_all', ${own}, true)`.execute(tx)
  return seen
}
