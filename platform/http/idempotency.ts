import { sql } from 'kysely'
import type { Tx } from '#platform/db/database.ts'
import { httpProblems, type Refusal, refuse } from './problem.ts'

/**
 * The answer that was given for a key before; a refusal when the key was used with another content.
 *
 * With `claim`, racing transactions on one key run one after the other: the later one waits here and then finds the
 * earlier one's answer. (An insert that does nothing on conflict, with a select in the same statement, would miss it:
 * the statement's snapshot is older than the winner's commit.)
 */
export async function findAnswer(
  tx: Tx,
  userId: number,
  key: string,
  requestHash: Buffer,
  { claim }: { claim: boolean },
): Promise<{ response: unknown } | Refusal | undefined> {
  if (claim) await sql`select pg_advisory_xact_lock(hashtextextended(${`${userId} ${key}`}, 0))`.execute(tx)
  const row = await tx
    .selectFrom('idempotency_keys')
    .select(['request_hash', 'response'])
    .where('user_id', '=', userId)
    .where('key', '=', key)
    .executeTakeFirst()
  if (!row) return undefined
  if (!row.request_hash.equals(requestHash)) return refuse(httpProblems.key_reused, { key })
  return { response: row.response }
}

export async function keepAnswer(
  tx: Tx,
  userId: number,
  key: string,
  requestHash: Buffer,
  response: unknown,
): Promise<void> {
  await tx
    .insertInto('idempotency_keys')
    .values({
      user_id: userId,
      key,
      request_hash: requestHash,
      status: 200,
      response: JSON.stringify(response ?? null),
    })
    .execute()
}
