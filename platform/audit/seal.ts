import { sql } from 'kysely'
import { EMPTY, type Frontier, growFrom } from '#engines/seal/frontier.ts'
import { sameBytes } from '#engines/seal/hashing.ts'
import { jobContext } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import { CANONICAL_COLUMNS, type CanonicalRow, leafHashOf, sha256 } from './canonical.ts'
import { findLastHead, type Head, headHash, NO_HEAD } from './heads.ts'
import {
  findCursor,
  findPlace,
  type Horizon,
  readHorizon,
  readPage,
  type SealingPlace,
  storePlace,
} from './sealing-place.ts'

export type SealOutcome =
  /** `more`: the batch was full, further rows may wait. */
  | { readonly kind: 'sealed'; readonly rows: number; readonly tree_size: number; readonly more: boolean }
  | { readonly kind: 'nothing' }
  /** Another node is sealing. */
  | { readonly kind: 'busy' }

const SEAL = jobContext('seal')
/** One number for everybody who seals this database. */
const ADVISORY_LOCK = 7_204_710_020
export const ROWS_PER_SEAL_MAX = 4096

/**
 * Seals audit rows that no running transaction can still precede: leaf hashes and one chained head in one transaction.
 * Writers are never waited for and never wait. Of several nodes one seals, the others skip.
 *
 * @example await sealOnce(database) // { kind: "sealed", rows: 12, tree_size: 4711, more: false }
 */
export function sealOnce(database: Database, options: { rows_max?: number } = {}): Promise<SealOutcome> {
  const limit = options.rows_max ?? ROWS_PER_SEAL_MAX
  return database.transact(SEAL, async (tx): Promise<SealOutcome> => {
    const { rows: locks } = await sql<{ mine: boolean }>`
      select pg_try_advisory_xact_lock(${ADVISORY_LOCK}) as mine`.execute(tx)
    if (!locks[0]?.mine) return { kind: 'busy' }
    // Read before this transaction writes: it would otherwise hold back its own horizon.
    const horizon = await readHorizon(tx)
    const place = await findPlace(tx)
    const last = await findLastHead(tx)
    const known = place?.cluster === horizon.cluster ? place : await findStart(tx, horizon, last)
    const rows = known ? await rowsAfter(tx, known, horizon, limit) : await rowsOfSweep(tx, horizon, limit)
    const swept = !known && rows.length < limit
    if (rows.length === 0 && !swept) return { kind: 'nothing' }

    const tree = await continueTree(tx, last, place)
    if (rows.length > 0) await addLeaves(tx, tree, rows, last)
    await storePlace(tx, {
      cluster: known || swept ? horizon.cluster : '',
      floor: known ? known.floor : horizon.oldest,
      from_leaf: known ? known.from_leaf : tree.size,
      frontier: tree.state(),
    })
    if (rows.length === 0) return { kind: 'nothing' }
    return {
      kind: 'sealed',
      rows: rows.length,
      tree_size: tree.size,
      more: known === undefined || rows.length === limit,
    }
  })
}

/** Everyday sealing: what follows the last sealed row and can no longer be preceded. */
async function rowsAfter(tx: Tx, place: SealingPlace, horizon: Horizon, limit: number): Promise<CanonicalRow[]> {
  let cursor = await findCursor(tx, place)
  for (;;) {
    const { rows, read, full } = await readPage(tx, cursor, { before: horizon.oldest, limit })
    if (rows.length > 0 || !full) return rows
    cursor = read
  }
}

/** Where nothing is sealed yet and no row comes from another cluster, the order can be relied on from the start. */
async function findStart(tx: Tx, horizon: Horizon, last: Head | undefined): Promise<SealingPlace | undefined> {
  if (last) return undefined
  const foreign = await tx
    .selectFrom('audit_rows')
    .select('audit_id')
    .where('recorded_in', '>=', horizon.next)
    .limit(1)
    .executeTakeFirst()
  return foreign ? undefined : { cluster: horizon.cluster, floor: '0', from_leaf: 0, frontier: EMPTY }
}

/** The first sealing in this cluster: any row without a leaf. A visible row of the future comes from another cluster. */
async function rowsOfSweep(tx: Tx, horizon: Horizon, limit: number): Promise<CanonicalRow[]> {
  const { rows } = await sql<CanonicalRow>`
    select ${CANONICAL_COLUMNS}
    from audit_rows
    where (recorded_in < ${horizon.oldest}::xid8 or recorded_in >= ${horizon.next}::xid8)
      and not exists (select from audit_leaves where audit_leaves.audit_id = audit_rows.audit_id)
    order by recorded_in, audit_id
    limit ${limit}`.execute(tx)
  return rows
}

/** The tree as far as it is sealed: from its stored edge when that gives the last head's root, else from its leaves. */
async function continueTree(tx: Tx, last: Head | undefined, place: SealingPlace | undefined): Promise<Frontier> {
  if (!last) return growFrom(sha256)
  if (place?.frontier.size === last.tree_size) {
    const tree = growFrom(sha256, place.frontier)
    if (sameBytes(tree.root(), last.root_hash)) return tree
  }
  return rebuildTree(tx, last.tree_size)
}

/**
 * Where the leaves were tampered with, the tree goes on from what is there: new rows are still sealed, and verification
 * names the first head that does not fit.
 */
async function rebuildTree(tx: Tx, size: number): Promise<Frontier> {
  const tree = growFrom(sha256)
  for (let from = 0; from < size; from += 20_000) {
    const leaves = await tx
      .selectFrom('audit_leaves')
      .select('leaf_hash')
      .where('leaf_index', '>=', from)
      .where('leaf_index', '<', Math.min(from + 20_000, size))
      .orderBy('leaf_index')
      .execute()
    for (const { leaf_hash } of leaves) tree.append(leaf_hash)
  }
  // Removed leaves leave a gap: the place of later ones must not move.
  while (tree.size < size) tree.append(NO_HEAD)
  return tree
}

async function addLeaves(tx: Tx, tree: Frontier, rows: readonly CanonicalRow[], last: Head | undefined): Promise<void> {
  const from = tree.size
  const hashes = rows.map((row) => Buffer.from(leafHashOf(row)))
  for (const hash of hashes) tree.append(hash)
  await sql`
    insert into audit_leaves (leaf_index, audit_id, leaf_hash)
    select ${from}::bigint + place - 1, audit_id, leaf_hash
    from unnest(${rows.map(({ audit_id }) => audit_id)}::bigint[], ${hashes}::bytea[])
      with ordinality as sealed (audit_id, leaf_hash, place)`.execute(tx)
  const head = {
    tree_size: tree.size,
    root_hash: Buffer.from(tree.root()),
    previous_head: last?.head ?? NO_HEAD,
    // Real time: the audit does not follow the product's clock.
    sealed_at: new Date(),
  }
  await tx
    .insertInto('audit_seals')
    .values({ ...head, head: headHash(head) })
    .execute()
}

/** Seals until nothing waits. Answers how many rows were sealed. */
export async function sealAll(database: Database): Promise<number> {
  let sealed = 0
  for (;;) {
    const outcome = await sealOnce(database)
    if (outcome.kind !== 'sealed') return sealed
    sealed += outcome.rows
    if (!outcome.more) return sealed
  }
}
