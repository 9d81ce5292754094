import { sql } from 'kysely'
import { z } from 'zod'
import type { FrontierState } from '#engines/seal/frontier.ts'
import type { Tx } from '#platform/db/database.ts'
import { CANONICAL_COLUMNS, type CanonicalRow } from './canonical.ts'

/**
 * Where sealing stands. Rows are sealed in the order of (recorded_in, audit_id), so the last sealed row says where to go
 * on. Transaction numbers start again when the data is brought to another PostgreSQL by copying rows; `cluster`
 * tells that this happened, and then every row is looked at once (`sweep`) before the order is relied on again.
 */
export interface SealingPlace {
  readonly cluster: string
  /** Transactions before this one were all sealed by the sweep. */
  readonly floor: string
  /** Leaves from here on were sealed in this cluster and are in order. */
  readonly from_leaf: number
  /** The right edge of the tree; checked against the last head before it is used. */
  readonly frontier: FrontierState
}

const SETTING = 'audit.sealing'

const Stored = z.object({
  cluster: z.string(),
  floor: z.string(),
  from_leaf: z.int(),
  size: z.int(),
  nodes: z.array(z.string()),
})

export async function findPlace(tx: Tx): Promise<SealingPlace | undefined> {
  const row = await tx.selectFrom('installation').select('value').where('setting', '=', SETTING).executeTakeFirst()
  const stored = Stored.safeParse(row?.value)
  if (!stored.success) return undefined
  const { cluster, floor, from_leaf, size, nodes } = stored.data
  return { cluster, floor, from_leaf, frontier: { size, nodes: nodes.map((node) => Buffer.from(node, 'hex')) } }
}

export async function storePlace(tx: Tx, place: SealingPlace): Promise<void> {
  const stored: z.input<typeof Stored> = {
    cluster: place.cluster,
    floor: place.floor,
    from_leaf: place.from_leaf,
    size: place.frontier.size,
    nodes: place.frontier.nodes.map((node) => Buffer.from(node).toString('hex')),
  }
  const value = JSON.stringify(stored)
  await tx
    .insertInto('installation')
    .values({ setting: SETTING, value })
    .onConflict((conflict) => conflict.column('setting').doUpdateSet({ value, changed_at: new Date() }))
    .execute()
}

/** Everything before `oldest` has ended; nothing at or after `next` has begun. */
export interface Horizon {
  readonly oldest: string
  readonly next: string
  readonly cluster: string
}

export async function readHorizon(tx: Tx): Promise<Horizon> {
  const { rows } = await sql<Horizon>`
    select pg_snapshot_xmin(snapshot)::text as oldest, pg_snapshot_xmax(snapshot)::text as next,
      system_identifier::text as cluster
    from pg_current_snapshot() as snapshot, pg_control_system()`.execute(tx)
  const [horizon] = rows
  if (!horizon) throw new Error('PostgreSQL gave no snapshot')
  return horizon
}

/** The row after which unsealed rows follow. */
export interface Cursor {
  readonly recorded_in: string
  readonly audit_id: number
}

export async function findCursor(tx: Tx, place: SealingPlace): Promise<Cursor> {
  const last = await tx
    .selectFrom('audit_leaves')
    .innerJoin('audit_rows', 'audit_rows.audit_id', 'audit_leaves.audit_id')
    .select(['audit_rows.recorded_in', 'audit_rows.audit_id'])
    .where('leaf_index', '>=', place.from_leaf)
    .orderBy('leaf_index', 'desc')
    .limit(1)
    .executeTakeFirst()
  return last ?? { recorded_in: place.floor, audit_id: 0 }
}

/**
 * The next rows in order that have no leaf yet, at most `limit` of them looked at; `read` says how far that went.
 *
 * Whether a row is sealed is asked in a statement of its own: joined in one, PostgreSQL would hash the whole tree for a
 * page of rows. Sealed rows are found here only where rows of another cluster lie in the way.
 */
export async function readPage(
  tx: Tx,
  cursor: Cursor,
  options: { before: string | undefined; limit: number },
): Promise<{ rows: CanonicalRow[]; read: Cursor; full: boolean }> {
  const { before, limit } = options
  const { rows: page } = await sql<CanonicalRow>`
    select ${CANONICAL_COLUMNS}
    from audit_rows
    where (recorded_in, audit_id) > (${cursor.recorded_in}::xid8, ${cursor.audit_id}::bigint)
      and (${before ?? null}::xid8 is null or recorded_in < ${before ?? null}::xid8)
    order by recorded_in, audit_id
    limit ${limit}`.execute(tx)
  const last = page.at(-1)
  if (!last) return { rows: [], read: cursor, full: false }
  const sealed = await tx
    .selectFrom('audit_leaves')
    .select('audit_id')
    .where('audit_id', '=', sql<number>`any(${page.map(({ audit_id }) => audit_id)}::bigint[])`)
    .execute()
  const known = new Set(sealed.map(({ audit_id }) => audit_id))
  return { rows: page.filter(({ audit_id }) => !known.has(audit_id)), read: last, full: page.length === limit }
}
