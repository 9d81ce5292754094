import { z } from 'zod'
import type { Tx } from '#platform/db/database.ts'
import { sha256 } from './canonical.ts'

/** The state of the tree after one sealing. Each head covers the one before it. */
export interface Head {
  readonly tree_size: number
  readonly root_hash: Buffer
  readonly previous_head: Buffer
  readonly head: Buffer
  readonly sealed_at: Date
}

/** Stands where the first head would name its predecessor. */
export const NO_HEAD: Buffer = Buffer.alloc(32)

const PREFIX = Buffer.from('tongpao audit head 1\n', 'utf8')

/**
 * SHA-256 over a fixed prefix, the previous head, the number of leaves and the time of sealing (milliseconds since 1970),
 * both as 8 bytes big-endian, and the root.
 */
export function headHash(head: Pick<Head, 'tree_size' | 'root_hash' | 'previous_head' | 'sealed_at'>): Buffer {
  const numbers = Buffer.alloc(16)
  numbers.writeBigUInt64BE(BigInt(head.tree_size), 0)
  numbers.writeBigUInt64BE(BigInt(head.sealed_at.getTime()), 8)
  return Buffer.from(sha256(Buffer.concat([PREFIX, head.previous_head, numbers, head.root_hash])))
}

export function findLastHead(tx: Tx): Promise<Head | undefined> {
  return tx.selectFrom('audit_seals').selectAll().orderBy('tree_size', 'desc').limit(1).executeTakeFirst()
}

const Hex32 = z.string().regex(/^[0-9a-f]{64}$/)

/** A head that is kept off the machine, so that not even its administrator can rewrite what it covers. */
export const HeadFile = z.object({
  format: z.literal('tongpao audit head 1'),
  tree_size: z.int().positive(),
  root_hash: Hex32,
  head: Hex32,
  sealed_at: z.iso.datetime(),
})
export type HeadFile = z.output<typeof HeadFile>

export function headFile(head: Head): HeadFile {
  return {
    format: 'tongpao audit head 1',
    tree_size: head.tree_size,
    root_hash: head.root_hash.toString('hex'),
    head: head.head.toString('hex'),
    sealed_at: head.sealed_at.toISOString(),
  }
}
