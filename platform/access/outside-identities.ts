import { createHash, randomBytes } from 'node:crypto'
import { recordAudit } from '#platform/audit/record.ts'
import { databaseError, type Tx } from '#platform/db/database.ts'
import { type Refusal, refuse } from '#platform/http/problem.ts'
import { homeOf, listRolesOf, lockUser, type UserRow } from './account-rows.ts'
import { accountProblems } from './contract-accounts.ts'
import type { ProviderName } from './outside-provider.ts'

/** Who somebody is to DingTalk or WeCom. Tied by a printed code or an administrator; no name or number is ever compared. */

const ARRIVAL_MINUTES = 10

export interface Identity {
  readonly provider: ProviderName
  readonly subject: string
}

const hashOf = (token: string) => createHash('sha256').update(token).digest()

export async function findTied(tx: Tx, { provider, subject }: Identity): Promise<UserRow | undefined> {
  const tied = await tx
    .selectFrom('external_identities')
    .select('user_id')
    .where('provider', '=', provider)
    .where('subject', '=', subject)
    .executeTakeFirst()
  return tied && lockUser(tx, tied.user_id)
}

/** Remembers for a few minutes whom the provider vouched for, until they have shown what else is asked. */
export async function keepArrival(tx: Tx, { provider, subject }: Identity): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  const expires_at = new Date(Date.now() + ARRIVAL_MINUTES * 60_000)
  await tx
    .insertInto('external_arrivals')
    .values({ token_hash: hashOf(token), provider, subject, expires_at })
    .execute()
  return token
}

export async function findArrival(tx: Tx, token: string): Promise<Identity | undefined> {
  const row = await tx
    .selectFrom('external_arrivals')
    .select(['provider', 'subject'])
    .where('token_hash', '=', hashOf(token))
    .where('used_at', 'is', null)
    .where('expires_at', '>', new Date())
    .forUpdate()
    .executeTakeFirst()
  return row && { provider: row.provider === 'wecom' ? 'wecom' : 'dingtalk', subject: row.subject }
}

export async function spendArrival(tx: Tx, token: string): Promise<void> {
  await tx
    .updateTable('external_arrivals')
    .set({ used_at: new Date() })
    .where('token_hash', '=', hashOf(token))
    .execute()
}

/** Ties an identity to an account. Whoever holds another identity of that provider, or is held by another account, is refused. */
export async function tie(
  tx: Tx,
  userId: number,
  { provider, subject }: Identity,
  tiedBy: number | null,
): Promise<Refusal | undefined> {
  try {
    await tx
      .insertInto('external_identities')
      .values({ provider, subject, user_id: userId, tied_by_user_id: tiedBy })
      .execute()
  } catch (error) {
    if (databaseError(error)?.code === '23505') return refuse(accountProblems.outside_taken)
    throw error
  }
  await recordAudit(tx, {
    action: 'access.outside_tied',
    subject_kind: 'user',
    subject_id: userId,
    unit_id: homeOf(await listRolesOf(tx, userId)),
    facts: { provider, by_code: tiedBy === null },
  })
  return undefined
}

/** @returns false when nothing was tied */
export async function untie(tx: Tx, userId: number, provider: ProviderName): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('external_identities')
    .where('user_id', '=', userId)
    .where('provider', '=', provider)
    .executeTakeFirst()
  if (Number(numDeletedRows) === 0) return false
  await recordAudit(tx, {
    action: 'access.outside_untied',
    subject_kind: 'user',
    subject_id: userId,
    unit_id: homeOf(await listRolesOf(tx, userId)),
    facts: { provider },
  })
  return true
}

export async function listProviders(tx: Tx, userIds: readonly number[]): Promise<ReadonlyMap<number, ProviderName[]>> {
  const byUser = new Map<number, ProviderName[]>()
  if (userIds.length === 0) return byUser
  const rows = await tx
    .selectFrom('external_identities')
    .select(['user_id', 'provider'])
    .where('user_id', 'in', [...userIds])
    .orderBy('provider')
    .execute()
  for (const { user_id, provider } of rows) {
    const known = byUser.get(user_id) ?? []
    byUser.set(user_id, [...known, provider === 'wecom' ? 'wecom' : 'dingtalk'])
  }
  return byUser
}
