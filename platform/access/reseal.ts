import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { recordAudit } from '#platform/audit/record.ts'
import { jobContext } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import { CURRENT_KEY_MS, type FieldClass, keyIdOf, type Vault } from './vault.ts'

/** A sealed column: `key` names the row, as in the place under which its values were sealed. */
export interface SealedColumn {
  readonly class: FieldClass
  readonly table: string
  readonly key: string
  readonly column: string
  /** For tables that the app may not update: a row is taken out and put in again with these columns. */
  readonly kept?: readonly string[]
  /** Rows of one transaction, where the values are large. */
  readonly batch_size?: number
}

export interface ResealOptions {
  /** Rows of one transaction. */
  readonly batch_size?: number
  /** How long other nodes may go on sealing with the key that retires; a second pass comes after it. */
  readonly settle_ms?: number
  readonly onProgress?: (done: number) => void
}

interface SealedRow {
  /** A number, or the text of a UUID. */
  readonly row: number | string
  readonly envelope: Buffer
}

function nextRows(
  tx: Tx,
  { table, key, column }: SealedColumn,
  after: SealedRow['row'] | undefined,
  limit: number,
): Promise<SealedRow[]> {
  return sql<SealedRow>`
    select ${sql.ref(key)} as "row", ${sql.ref(column)} as envelope
    from ${sql.table(table)}
    where ${sql.ref(column)} is not null ${after === undefined ? sql`` : sql`and ${sql.ref(key)} > ${after}`}
    order by ${sql.ref(key)}
    limit ${limit}`
    .execute(tx)
    .then(({ rows }) => rows)
}

/** Replaces a value only if it is still the one that was opened: a change made meanwhile stays. */
async function replace(tx: Tx, { table, key, column, kept }: SealedColumn, { row, envelope }: SealedRow, next: Buffer) {
  if (kept) {
    const columns = sql.join(kept.map((name) => sql.ref(name)))
    const { rows } = await sql<Record<string, unknown>>`
      delete from ${sql.table(table)} where ${sql.ref(key)} = ${row} and ${sql.ref(column)} = ${envelope}
      returning ${columns}`.execute(tx)
    for (const found of rows) {
      const values = sql.join(kept.map((name) => sql`${found[name]}`))
      await sql`insert into ${sql.table(table)} (${columns}, ${sql.ref(column)}) values (${values}, ${next})`.execute(
        tx,
      )
    }
    return rows.length
  }
  const { numAffectedRows } = await sql`
    update ${sql.table(table)} set ${sql.ref(column)} = ${next}
    where ${sql.ref(key)} = ${row} and ${sql.ref(column)} = ${envelope}`.execute(tx)
  return Number(numAffectedRows ?? 0)
}

const CONTEXT = jobContext('keys rotate')

/** Seals again what is not yet sealed with `keyId`, a batch a transaction, while the house goes on working. */
async function pass(
  database: Database,
  vault: Vault,
  place: SealedColumn,
  keyId: number,
  batch_size: number,
  onBatch: (count: number) => void,
): Promise<void> {
  let after: SealedRow['row'] | undefined
  for (;;) {
    const rows = await database.read(CONTEXT, (tx) => nextRows(tx, place, after, place.batch_size ?? batch_size))
    const last = rows.at(-1)
    if (!last) return
    after = last.row
    const fresh: { readonly old: SealedRow; readonly next: Buffer }[] = []
    for (const old of rows.filter(({ envelope }) => keyIdOf(envelope) !== keyId)) {
      const at = { table: place.table, column: place.column, row: old.row }
      const text = await vault.open(place.class, at, old.envelope)
      fresh.push({ old, next: await vault.seal(place.class, at, text) })
    }
    if (fresh.length === 0) continue
    const count = await database.transact(CONTEXT, async (tx) => {
      let replaced = 0
      for (const { old, next } of fresh) replaced += await replace(tx, place, old, next)
      return replaced
    })
    onBatch(count)
  }
}

/**
 * Gives every class of the columns a new data key and seals their values again with it, online. May be broken off and run
 * again. Earlier keys stay, wrapped, because earlier backups need them.
 *
 * @returns how many values were sealed again
 */
export async function rotateKeys(
  database: Database,
  vault: Vault,
  columns: readonly SealedColumn[],
  { batch_size = 500, settle_ms = CURRENT_KEY_MS, onProgress = () => undefined }: ResealOptions = {},
): Promise<number> {
  const keyIds = new Map<FieldClass, number>()
  for (const class_ of new Set(columns.map((place) => place.class))) keyIds.set(class_, await vault.rotate(class_))
  let done = 0
  const onBatch = (count: number) => {
    done += count
    onProgress(done)
  }
  for (const settled of [false, true]) {
    if (settled) await sleep(settle_ms)
    for (const place of columns) {
      const keyId = keyIds.get(place.class)
      if (keyId !== undefined) await pass(database, vault, place, keyId, batch_size, onBatch)
    }
  }
  await database.transact(CONTEXT, (tx) =>
    recordAudit(tx, {
      action: 'access.keys_rotated',
      subject_kind: 'key',
      subject_id: [...keyIds.values()].join(','),
      facts: { values: done },
    }),
  )
  return done
}
