import { createHash, randomBytes } from 'node:crypto'
import { recordAudit } from '#platform/audit/record.ts'
import type { Tx } from '#platform/db/database.ts'
import { homeOf, type OpenRole, type UserRow } from './account-rows.ts'
import type { PrintedCode } from './contract-accounts.ts'
import { qrSvg } from './qr.ts'

/** Printed one-time codes: how an account begins, and how it begins again after a forgotten password. */

const CODE_DAYS = 7
/** Crockford's alphabet, without letters that look like figures: the code may be typed from paper. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** 80 random bits, `7K2M-9QXT-4HZA-B3CD`. */
export function createCode(): string {
  const bytes = randomBytes(16)
  const letters = [...bytes].map((byte) => ALPHABET[byte & 31]).join('')
  return letters.replace(/(.{4})(?=.)/g, '$1-')
}

/** What somebody typed, as it was printed: without spaces and dashes, letters large, look-alikes read as figures. */
export function normalizeCode(typed: string): string {
  return typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '')
    .replace(/[IL]/g, '1')
    .replace(/O/g, '0')
}

export function hashOfCode(code: string): Buffer {
  return createHash('sha256').update(normalizeCode(code)).digest()
}

/** The address in the QR code. The code stands behind `#`, so that it reaches no server log. */
export function enrolmentUrl(origin: string, code: string): string {
  return `${origin}/phone/#/join?code=${code}`
}

/** Codes of an account that were printed and not used stop working. */
export async function voidCodes(tx: Tx, userId: number, now: Date): Promise<void> {
  await tx
    .updateTable('enrolment_codes')
    .set({ expires_at: now })
    .where('user_id', '=', userId)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .execute()
}

/** Makes a code for an account; one printed before and not used yet stops working. */
export async function printCode(
  tx: Tx,
  user: Pick<UserRow, 'user_id' | 'login' | 'display_name'>,
  roles: readonly Pick<OpenRole, 'unit_id' | 'ended_at'>[],
  { issuer_user_id, origin }: { issuer_user_id: number; origin: string },
): Promise<PrintedCode> {
  const { user_id, login, display_name } = user
  const code = createCode()
  const now = new Date()
  const expires_at = new Date(now.getTime() + CODE_DAYS * 86_400_000)
  await voidCodes(tx, user_id, now)
  await tx
    .insertInto('enrolment_codes')
    .values({ code_hash: hashOfCode(code), user_id, issued_by_user_id: issuer_user_id, expires_at })
    .execute()
  await recordAudit(tx, {
    action: 'access.code_issued',
    subject_kind: 'user',
    subject_id: user_id,
    unit_id: roles.find(({ ended_at }) => ended_at === null)?.unit_id,
  })
  const url = enrolmentUrl(origin, code)
  return { user_id, display_name, login, code, url, qr_svg: qrSvg(url), expires_at: expires_at.toISOString() }
}

/** The account behind a code that may still be used, its row locked so that a code opens once. */
export async function takeCode(tx: Tx, code: string): Promise<UserRow | undefined> {
  const now = new Date()
  const taken = await tx
    .updateTable('enrolment_codes')
    .set({ used_at: now })
    .where('code_hash', '=', hashOfCode(code))
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('user_id')
    .executeTakeFirst()
  if (!taken) return undefined
  return tx
    .selectFrom('users')
    .selectAll()
    .where('user_id', '=', taken.user_id)
    .where('state', '=', 'active')
    .forUpdate()
    .executeTakeFirst()
}

export async function noteRedeemed(tx: Tx, user: UserRow, roles: readonly OpenRole[]): Promise<void> {
  await recordAudit(tx, {
    action: 'access.code_redeemed',
    subject_kind: 'user',
    subject_id: user.user_id,
    unit_id: homeOf(roles),
  })
}
