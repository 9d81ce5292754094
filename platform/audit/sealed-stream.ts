import { sql } from 'kysely'
import type { Context } from '#platform/db/context.ts'
import type { Database } from '#platform/db/database.ts'
import { CANONICAL_COLUMNS, type CanonicalRow, leafHashOf } from './canonical.ts'
import type { Head } from './heads.ts'

/** A leaf as it is stored, and what its row gives now. */
export interface CheckedLeaf {
  readonly leaf_index: number
  readonly audit_id: number
  readonly stored: Uint8Array
  /** Undefined when the row is gone. */
  readonly derived: Uint8Array | undefined
  readonly recorded_in: bigint | undefined
  readonly action: string | undefined
}

const LEAVES_PER_PAGE = 4000
const HEADS_PER_PAGE = 1000

type LeafRow = { leaf_index: number; leaf_audit_id: number; leaf_hash: Buffer } & {
  [K in keyof CanonicalRow]: CanonicalRow[K] | null
}

function present(row: LeafRow): CanonicalRow | undefined {
  const { audit_id, at_text, recorded_in, principal, action, subject_kind, subject_id, facts_text } = row
  if (audit_id === null || at_text === null || recorded_in === null || principal === null) return undefined
  if (action === null || subject_kind === null || subject_id === null || facts_text === null) return undefined
  return { ...row, audit_id, at_text, recorded_in, principal, action, subject_kind, subject_id, facts_text }
}

/** The leaves before `treeSize` in order, a page at a time, each beside what its row gives. */
export async function* readLeaves(database: Database, context: Context, treeSize: number): AsyncGenerator<CheckedLeaf> {
  let after = -1
  for (;;) {
    const { rows } = await database.read(context, (tx) =>
      sql<LeafRow>`
        select leaf.leaf_index, leaf.audit_id as leaf_audit_id, leaf.leaf_hash, ${CANONICAL_COLUMNS}
        from (
          select leaf_index, audit_id, leaf_hash from audit_leaves
          where leaf_index > ${after} and leaf_index < ${treeSize}
          order by leaf_index
          limit ${LEAVES_PER_PAGE}
        ) as leaf
        left join audit_rows on audit_rows.audit_id = leaf.audit_id
        order by leaf.leaf_index`.execute(tx),
    )
    for (const row of rows) {
      const whole = present(row)
      yield {
        leaf_index: row.leaf_index,
        audit_id: row.leaf_audit_id,
        stored: row.leaf_hash,
        derived: whole ? leafHashOf(whole) : undefined,
        recorded_in: whole ? BigInt(whole.recorded_in) : undefined,
        action: whole?.action,
      }
    }
    const last = rows.at(-1)
    if (!last || rows.length < LEAVES_PER_PAGE) return
    after = last.leaf_index
  }
}

/** The heads up to `treeSize` in order, each with the one that follows it. */
export async function* readHeads(
  database: Database,
  context: Context,
  treeSize: number,
): AsyncGenerator<{ head: Head; following: Head | undefined }> {
  let waiting: Head | undefined
  let after = 0
  for (;;) {
    const heads = await database.read(context, (tx) =>
      tx
        .selectFrom('audit_seals')
        .selectAll()
        .where('tree_size', '>', after)
        .where('tree_size', '<=', treeSize)
        .orderBy('tree_size')
        .limit(HEADS_PER_PAGE)
        .execute(),
    )
    for (const head of heads) {
      if (waiting) yield { head: waiting, following: head }
      waiting = head
    }
    const last = heads.at(-1)
    if (!last || heads.length < HEADS_PER_PAGE) break
    after = last.tree_size
  }
  if (waiting) yield { head: waiting, following: undefined }
}
