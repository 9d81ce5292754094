import type pg from 'pg'
import { OperatorError } from '../operator-error.ts'

/** More than this takes long enough for a person to be asked to choose another way. */
const SPENT_MAX = 100_000_000n
const BATCH = 1_000_000n

/** The first transaction number that was not yet given out. */
export async function nextTransactionId(client: pg.ClientBase): Promise<bigint> {
  const { rows } = await client.query<{ next: string }>('select pg_snapshot_xmax(pg_current_snapshot())::text as next')
  return BigInt(rows[0]?.next ?? '0')
}

/**
 * Duty entries carry the number of the transaction that wrote them, and evaluations compare those with the snapshot they were
 * read under. A dump carries the numbers into a server that may count from lower; there, new entries would look older than
 * restored ones. So numbers are spent until the server is past all restored ones (one million takes about 4 s).
 */
export async function spendTransactionIds(client: pg.ClientBase, until: bigint): Promise<void> {
  const missing = until - (await nextTransactionId(client))
  if (missing <= 0n) return
  if (missing > SPENT_MAX) {
    throw new OperatorError(
      `备份来自一个已执行了 ${until} 个事务的服务器，新服务器的事务编号相差太多（${missing}）。请用物理备份（pg_basebackup）恢复，或恢复到原服务器。`,
      `The backup comes from a server with ${until} transactions behind it; this one is ${missing} behind, too many to catch up. Restore a physical backup (pg_basebackup), or restore into the old server.`,
    )
  }
  for (let left = missing; left > 0n; left -= BATCH) {
    const count = left < BATCH ? left : BATCH
    await client.query(`do $$ begin for i in 1..${count} loop perform pg_current_xact_id(); commit; end loop; end $$`)
  }
}
