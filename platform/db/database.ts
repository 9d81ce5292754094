import { CompiledQuery, Kysely, PostgresDialect, type Transaction } from 'kysely'
import pg from 'pg'
import { Refusal } from '#platform/http/problem.ts'
import { type Context, contextValues, SET_CONTEXT } from './context.ts'
import { openPrepared, type PreparedDatabase } from './prepared.ts'
import type { Tables } from './tables.ts'

/** A transaction whose context is set. The only way to the database. */
export type Tx = Transaction<Tables> & { readonly context: Context }

export interface Database {
  /** Runs `work` in one transaction under `context`; rolls back when it throws or refuses. */
  transact<T>(context: Context, work: (tx: Tx) => Promise<T>): Promise<T>
  /** The same in a read-only transaction; with `snapshot`, everything is read as of one moment. */
  read<T>(context: Context, work: (tx: Tx) => Promise<T>, options?: { snapshot?: boolean }): Promise<T>
  readonly pool: pg.Pool
  /** For the commands that come by the thousand. */
  readonly prepared: PreparedDatabase
  close(): Promise<void>
}

const INT8 = 20
const DATE = 1082
const NUMERIC = 1700

function parseInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`integer out of range: ${text}`)
  return value
}

/** Civil dates stay text; 64-bit integers are numbers, and refuse to be rounded. */
const types = new pg.TypeOverrides()
types.setTypeParser(INT8, parseInteger)
types.setTypeParser(DATE, (text) => text)
types.setTypeParser(NUMERIC, Number)

const TIMEOUTS = {
  connectionTimeoutMillis: 5_000,
  statement_timeout: 30_000,
  lock_timeout: 5_000,
  idle_in_transaction_session_timeout: 15_000,
  query_timeout: 60_000,
}

const PREPARED_CONNECTIONS_MAX = 4

class RolledBack extends Error {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super('refused')
    this.refusal = refusal
  }
}

export function connect(config: pg.PoolConfig, options: { connections_max?: number; long?: boolean } = {}): Database {
  const timeouts = options.long ? { ...TIMEOUTS, statement_timeout: 600_000, query_timeout: 660_000 } : TIMEOUTS
  const own = { ...timeouts, ...config, types }
  const pool = new pg.Pool({ ...own, max: options.connections_max ?? 16 })
  const prepared = openPrepared(own, { connections_max: PREPARED_CONNECTIONS_MAX })
  // A connection that breaks while idle is replaced by the pool; the next query on it would have reported the error.
  pool.on('error', () => undefined)
  // One that breaks while it is in use fails its query; without a listener the event would end the process as well.
  pool.on('connect', (client) => client.on('error', () => undefined))
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })

  async function run<T>(
    context: Context,
    work: (tx: Tx) => Promise<T>,
    access?: 'read only',
    snapshot = false,
  ): Promise<T> {
    let builder = kysely.transaction()
    if (access) builder = builder.setAccessMode(access)
    if (snapshot) builder = builder.setIsolationLevel('repeatable read')
    try {
      return await builder.execute(async (transaction) => {
        await transaction.executeQuery(CompiledQuery.raw(SET_CONTEXT.text, [...contextValues(context)]))
        const result = await work(Object.assign(transaction, { context }))
        if (result instanceof Refusal) throw new RolledBack(result)
        return result
      })
    } catch (error) {
      if (error instanceof RolledBack) return error.refusal as T
      throw error
    }
  }

  return {
    pool,
    transact: (context, work) => run(context, work),
    read: (context, work, readOptions) => run(context, work, 'read only', readOptions?.snapshot),
    prepared,
    async close() {
      await prepared.close()
      await kysely.destroy()
    },
  }
}

/** PostgreSQL's own error, with its code and constraint. */
export function databaseError(error: unknown): pg.DatabaseError | undefined {
  return error instanceof pg.DatabaseError ? error : undefined
}
