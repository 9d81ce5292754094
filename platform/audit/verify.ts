import { sql } from 'kysely'
import { type FrontierState, growFrom } from '#engines/seal/frontier.ts'
import { jobContext } from '#platform/db/context.ts'
import type { Database } from '#platform/db/database.ts'
import { sha256 } from './canonical.ts'
import { add, type FindingList, type Verification } from './findings.ts'
import { type HeadFile, NO_HEAD } from './heads.ts'
import { readHeads, readLeaves } from './sealed-stream.ts'
import { findCursor, findPlace, readHorizon } from './sealing-place.ts'
import { Stretch } from './stretch.ts'

const VERIFY = jobContext('audit-verify')
const IDS_PER_PAGE = 100_000

export interface VerifyOptions {
  /** A head that was kept off the machine. Without it a chain that was rewritten as a whole looks sound. */
  readonly exported?: HeadFile
  /** Told after each page; answers false to stop. */
  readonly onProgress?: (done: number, total: number) => Promise<boolean>
}

/** The work was asked to stop before it had an answer. */
export class VerificationStopped extends Error {}

/**
 * Proves that no sealed audit row was changed, removed or put in: computes every leaf again from its row, every root from
 * the leaves, every head from its predecessor. Memory does not grow with the audit; the first finding is the earliest.
 *
 * @example const { ok, findings } = await verifyAudit(database, { exported })
 */
export async function verifyAudit(database: Database, options: VerifyOptions = {}): Promise<Verification> {
  const findings: FindingList = { list: [], more: false }
  // Rows that are sealed while we look are left for the next time.
  const { last, place, cursor } = await database.read(VERIFY, async (tx) => {
    const stored = await findPlace(tx)
    const horizon = await readHorizon(tx)
    const heads = tx.selectFrom('audit_seals').selectAll().orderBy('tree_size', 'desc').limit(1)
    return {
      last: await heads.executeTakeFirst(),
      place: stored,
      cursor: stored?.cluster === horizon.cluster ? await findCursor(tx, stored) : undefined,
    }
  })
  const treeSize = last?.tree_size ?? 0
  const seen = await walk(database, treeSize, findings, options)
  if (place && place.frontier.size > treeSize) {
    add(findings, { kind: 'tail_removed', expected_tree_size: place.frontier.size, tree_size: treeSize })
  }
  if (options.exported) compareExported(options.exported, seen.exported, treeSize, findings)
  const unsealed = await countUnsealed(database, cursor, findings)
  return {
    ok: findings.list.length === 0,
    leaf_count: seen.leaf_count,
    head_count: seen.head_count,
    last_head: last
      ? { tree_size: treeSize, head: last.head.toString('hex'), sealed_at: last.sealed_at.toISOString() }
      : null,
    findings: findings.list,
    more: findings.more,
    unsealed,
    exported_head: !options.exported ? 'not_given' : seen.exported?.fits ? 'matches' : 'differs',
  }
}

interface Walked {
  leaf_count: number
  head_count: number
  exported: { fits: boolean } | undefined
}

/** Goes through heads and leaves side by side. */
async function walk(
  database: Database,
  treeSize: number,
  findings: FindingList,
  options: VerifyOptions,
): Promise<Walked> {
  const seen: Walked = { leaf_count: 0, head_count: 0, exported: undefined }
  const leaves = readLeaves(database, VERIFY, treeSize)
  let next = await leaves.next()
  let tree: FrontierState = growFrom(sha256).state()
  let whole = true
  let previousHead = NO_HEAD
  for await (const { head, following } of readHeads(database, VERIFY, treeSize)) {
    const stretch = new Stretch(tree, findings)
    while (!next.done && next.value.leaf_index < head.tree_size) {
      seen.leaf_count += 1
      stretch.take(next.value)
      if (seen.leaf_count % 10_000 === 0 && (await options.onProgress?.(seen.leaf_count, treeSize)) === false) {
        throw new VerificationStopped()
      }
      next = await leaves.next()
    }
    stretch.close(head, previousHead, following, whole)
    whole &&= stretch.fits
    tree = stretch.state()
    previousHead = head.head
    seen.head_count += 1
    if (options.exported?.tree_size === head.tree_size) {
      seen.exported = { fits: whole && head.head.toString('hex') === options.exported.head }
    }
  }
  const beyond = await database.read(VERIFY, (tx) =>
    tx
      .selectFrom('audit_leaves')
      .select('leaf_index')
      .where('leaf_index', '>=', treeSize)
      .orderBy('leaf_index')
      .limit(1)
      .executeTakeFirst(),
  )
  const grown = await database.read(VERIFY, (tx) =>
    tx.selectFrom('audit_seals').select('tree_size').where('tree_size', '>', treeSize).limit(1).executeTakeFirst(),
  )
  if (beyond && !grown) add(findings, { kind: 'leaves_added', from: beyond.leaf_index })
  return seen
}

function compareExported(exported: HeadFile, found: Walked['exported'], treeSize: number, findings: FindingList): void {
  if (exported.tree_size > treeSize) {
    add(findings, { kind: 'tail_removed', expected_tree_size: exported.tree_size, tree_size: treeSize })
  } else if (!found) {
    add(findings, { kind: 'head_removed', tree_size: exported.tree_size })
  } else if (!found.fits && findings.list.length === 0) {
    add(findings, { kind: 'chain_rewritten', tree_size: exported.tree_size })
  }
}

/** Rows without a leaf: those that wait to be sealed, and those that were put behind what is sealed. */
async function countUnsealed(
  database: Database,
  cursor: { recorded_in: string; audit_id: number } | undefined,
  findings: FindingList,
): Promise<Verification['unsealed']> {
  const { max } = await database.read(VERIFY, (tx) =>
    tx
      .selectFrom('audit_rows')
      .select((row) => row.fn.max('audit_id').as('max'))
      .executeTakeFirstOrThrow(),
  )
  let count = 0
  let oldest: Date | undefined
  for (let from = 0; from <= (max ?? 0); from += IDS_PER_PAGE) {
    const { rows } = await database.read(VERIFY, (tx) =>
      sql<{ audit_id: number; at: Date; behind: boolean }>`
        select audit_id, at,
          (recorded_in, audit_id) < (${cursor?.recorded_in ?? '0'}::xid8, ${cursor?.audit_id ?? 0}::bigint) as behind
        from audit_rows
        where audit_id between ${from} and ${from + IDS_PER_PAGE - 1}
          and not exists (select from audit_leaves where audit_leaves.audit_id = audit_rows.audit_id)
        order by audit_id`.execute(tx),
    )
    for (const { audit_id, at, behind } of rows) {
      count += 1
      if (!oldest || at < oldest) oldest = at
      if (behind) add(findings, { kind: 'row_slipped_in', audit_id })
    }
  }
  return { count, oldest_at: oldest?.toISOString() ?? null }
}
