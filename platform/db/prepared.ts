import { CompiledQuery } from 'kysely'
import pg from 'pg'
import { Refusal } from '#platform/http/problem.ts'
import { type Context, contextValues, SET_CONTEXT } from './context.ts'
import type { Tx } from './database.ts'

/**
 * The short way to the database for the few commands that thousands of people send in the same minute: statements are prepared once
 * per connection, and those that do not depend on each other travel in one round trip.
 */
export interface Statement {
  /** Names the prepared statement; one text per name. */
  readonly name: string
  readonly text: string
}

/** Runs statements inside one transaction. Calls that are not awaited in between are sent together. */
export interface Queries {
  run<Row extends pg.QueryResultRow>(statement: Statement, values: readonly unknown[]): Promise<Row[]>
}

/** The same statements inside an ordinary transaction. */
export function queriesOf(tx: Tx): Queries {
  return {
    async run<Row extends pg.QueryResultRow>({ text }: Statement, values: readonly unknown[]) {
      const { rows } = await tx.executeQuery<Row>(CompiledQuery.raw(text, [...values]))
      return rows
    },
  }
}

export interface PreparedDatabase {
  transact<T>(context: Context, work: (queries: Queries) => Promise<T>): Promise<T>
  close(): Promise<void>
}

function queriesOn(client: pg.ClientBase): Queries {
  return {
    async run<Row extends pg.QueryResultRow>({ name, text }: Statement, values: readonly unknown[]) {
      const { rows } = await client.query<Row>({ name, text, values: [...values] })
      return rows
    },
  }
}

/** `config` is that of the app's own pool; the connections here come on top of it. */
export function openPrepared(config: pg.PoolConfig, options: { connections_max: number }): PreparedDatabase {
  const pool = new pg.Pool({ ...config, max: options.connections_max, pipeline: true } as pg.PoolConfig)
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))

  return {
    async transact(context, work) {
      const client = await pool.connect()
      const queries = queriesOn(client)
      let broken: Error | undefined
      try {
        // Sent ahead of the first statements of the work and awaited with them.
        const opening = Promise.all([client.query('begin'), queries.run(SET_CONTEXT, contextValues(context))])
        const [result] = await settleAll([work(queries), opening])
        await client.query(result instanceof Refusal ? 'rollback' : 'commit')
        return result
      } catch (error) {
        await client.query('rollback').catch((cause: Error) => {
          broken = cause
        })
        throw error
      } finally {
        client.release(broken)
      }
    },
    close: () => pool.end(),
  }
}

/** Waits for both even when one fails, so that nothing of a transaction is still under way when it is rolled back. */
async function settleAll<A, B>([a, b]: readonly [Promise<A>, Promise<B>]): Promise<[A, B]> {
  const [first, second] = await Promise.allSettled([a, b])
  // What failed first made the rest fail: an error of the opening is the cause.
  if (second.status === 'rejected') throw second.reason
  if (first.status === 'rejected') throw first.reason
  return [first.value, second.value]
}
