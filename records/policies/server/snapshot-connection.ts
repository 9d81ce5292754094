import { CompiledQuery } from 'kysely'
import type pg from 'pg'
import { type Context, contextValues, SET_CONTEXT } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import type { RunSql } from '#records/facts/server/reads.ts'

/**
 * A bare connection inside one read-only transaction that sees the database as of one moment, under `context`: for reading by
 * `copyOut`, which a query builder cannot do. Always ends the transaction and gives the connection back.
 */
export async function withSnapshot<T>(
  database: Database,
  context: Context,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await database.pool.connect()
  let broken = false
  try {
    await client.query('begin isolation level repeatable read read only')
    // A long run may think between two reads, and reads more at once than a request may.
    await client.query(`set local idle_in_transaction_session_timeout = '10min'; set local statement_timeout = '10min'`)
    await client.query(SET_CONTEXT.text, [...contextValues(context)])
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(() => {
      broken = true
    })
    throw error
  } finally {
    client.release(broken)
  }
}

/** Runs SQL on a connection of one's own. */
export function sqlOn(client: pg.ClientBase): RunSql {
  return async (text, values) => (await client.query(text, values)).rows
}

/** Runs SQL in a transaction of the house. */
export function sqlIn(tx: Tx): RunSql {
  return async <Row extends pg.QueryResultRow>(text: string, values: unknown[]) =>
    (await tx.executeQuery<Row>(CompiledQuery.raw(text, values))).rows
}
