import { randomUUID } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import pg from 'pg'
import { OPERATION } from './stage.ts'

/**
 * The peer of the confirmations: a bare client with prepared statements and one transaction per confirmation. It writes the
 * same rows to the same tables and does nothing else: no HTTP, no session, no permission, no row-level security.
 */
const STATEMENTS = {
  key: `insert into idempotency_keys (user_id, key, request_hash, status, response) values ($1, $2, '\\x00', 200, '{}')`,
  day: `insert into duty_confirmations (unit_id, confirmation_id, operation_id, duty_date, said_by_user_id, said_at, span_count, absent_count)
    values ($1, $2, ${OPERATION}, $3, 1, now(), 1, 0)`,
  entry: `insert into duty_entries (person_id, span_id, act, operation_id, unit_id, home_unit_id, post_id, starts_at, ends_at, starts_on, said_by_user_id, said_at)
    values ($1, $2, 'confirmed', ${OPERATION}, $3, $3, $3, $4, $5, $6, 1, now()) returning entry_id`,
  current: `insert into duty_current (person_id, span_id, entry_id, operation_id, unit_id, home_unit_id, post_id, starts_at, ends_at, starts_on, said_by_user_id)
    values ($1, $2, $3, ${OPERATION}, $4, $4, $4, $5, $6, $7, 1)`,
  audit: `insert into audit_rows (user_id, principal, action, subject_kind, subject_id, unit_id, operation_id) values (1, 'raw', 'duty.confirm', 'unit_day', $1, $2, ${OPERATION})`,
} as const

export interface RawSpan {
  readonly person_id: number
  readonly unit_id: number
  readonly date: string
  readonly starts_at: string
  readonly ends_at: string
}

async function confirm(client: pg.Client, span: RawSpan): Promise<void> {
  const run = (name: keyof typeof STATEMENTS, values: unknown[]) =>
    client.query({ name, text: STATEMENTS[name], values })
  const id = randomUUID()
  const { person_id, unit_id, date, starts_at, ends_at } = span
  await client.query('begin')
  await run('key', [1, id])
  await run('day', [unit_id, id, date])
  const { rows } = await run('entry', [person_id, id, unit_id, starts_at, ends_at, date])
  await run('current', [person_id, id, rows[0].entry_id, unit_id, starts_at, ends_at, date])
  await run('audit', [`${unit_id}/${date}`, unit_id])
  await client.query('commit')
}

/** Confirmations per second that the bare client reaches with this many connections. */
export async function rawRate(
  config: pg.ClientConfig,
  connections: number,
  spans: readonly RawSpan[],
): Promise<number> {
  const clients = await Promise.all(
    Array.from({ length: connections }, async () => {
      const client = new pg.Client(config)
      await client.connect()
      return client
    }),
  )
  let next = 0
  const started = performance.now()
  await Promise.all(
    clients.map(async (client) => {
      while (next < spans.length) {
        next += 1
        await confirm(client, spans[next - 1])
      }
    }),
  )
  const seconds = (performance.now() - started) / 1000
  await Promise.all(clients.map((client) => client.end()))
  return spans.length / seconds
}
