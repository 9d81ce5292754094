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
  /** The last statement of the work: where it can be, the commit travels with it. Nothing may be refused after it. */
  runLast<Row extends pg.QueryResultRow>(statement: Statement, values: readonly unknown[]): Promise<Row[]>
}

/** The same statements inside an ordinary transaction. */
export function queriesOf(tx: Tx): Queries {
  async function run<Row extends pg.QueryResultRow>({ text }: Statement, values: readonly unknown[]) {
    const { rows } = await tx.executeQuery<Row>(CompiledQuery.raw(text, [...values]))
    return rows
  }
  return { run, runLast: run }
}

/** For a part of the work that asks one thing and comes last. */
export function lastOf({ runLast }: Queries): Queries {
  return { run: runLast, runLast }
}

export interface PreparedDatabase {
  transact<T>(context: Context, work: (queries: Queries) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/**
 * What is sent in the same turn travels in one write. A write wakes the database's process and costs as much as a small
 * statement: without this, a third of the server's time under load went into writing.
 */
function gatherWrites(client: pg.PoolClient): () => void {
  const { stream } = client.connection
  let gathering = false
  return () => {
    if (gathering) return
    gathering = true
    stream.cork()
    process.nextTick(() => {
      gathering = false
      stream.uncork()
    })
  }
}

/** One transaction on a pipelined connection. */
class PreparedTransaction implements Queries {
  readonly #client: pg.PoolClient
  readonly #gather: () => void
  #committing: Promise<pg.QueryResult> | undefined

  constructor(client: pg.PoolClient) {
    this.#client = client
    this.#gather = gatherWrites(client)
  }

  async begin(context: Context): Promise<void> {
    this.#gather()
    await Promise.all([this.#client.query('begin'), this.run(SET_CONTEXT, contextValues(context))])
  }

  async run<Row extends pg.QueryResultRow>({ name, text }: Statement, values: readonly unknown[]): Promise<Row[]> {
    this.#gather()
    const { rows } = await this.#client.query<Row>({ name, text, values: [...values] })
    return rows
  }

  runLast = async <Row extends pg.QueryResultRow>(statement: Statement, values: readonly unknown[]): Promise<Row[]> => {
    const answer = this.run<Row>(statement, values)
    this.#committing = this.#client.query('commit')
    const [rows] = await settleAll([answer, this.#committing])
    return rows
  }

  /** The server answers a commit of a failed transaction with its rollback: only the word commit means that it stands. */
  async commit(): Promise<void> {
    this.#committing ??= this.#client.query('commit')
    const { command } = await this.#committing
    if (command !== 'COMMIT') throw new Error(`the transaction ended with ${command}`)
  }

  async rollBack(): Promise<void> {
    if (this.#committing) throw new Error('refused after the commit was sent')
    await this.#client.query('rollback')
  }
}

/**
 * After some runs the database keeps one plan for a prepared statement. Made while a table is small, that plan reads the whole table, and goes on
 * doing so while the table grows, until statistics are next taken: in the first shift change of an operation each group
 * then reads everything written before it. All statements here look rows up by their keys, so their connections are told to use the keys.
 */
const BY_KEY = '-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off'

/** `config` is that of the app's own pool; the connections here come on top of it. */
export function openPrepared(config: pg.PoolConfig, options: { connections_max: number }): PreparedDatabase {
  const sessionOptions = config.options ? `${config.options} ${BY_KEY}` : BY_KEY
  const own = { ...config, options: sessionOptions, max: options.connections_max, pipeline: true }
  const pool = new pg.Pool(own as pg.PoolConfig)
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))

  return {
    async transact(context, work) {
      const client = await pool.connect()
      const transaction = new PreparedTransaction(client)
      let broken: Error | undefined
      try {
        // Sent ahead of the first statements of the work and awaited with them.
        const opening = transaction.begin(context)
        const [result] = await settleAll([work(transaction), opening])
        await (result instanceof Refusal ? transaction.rollBack() : transaction.commit())
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
