import { recordAudit } from '#platform/audit/record.ts'
import type { Context } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import { OperatorError } from '#platform/db/operator-error.ts'
import { findUserByLogin, listRolesOf, type UserRow } from './account-rows.ts'
import type { PrintedCode } from './contract-accounts.ts'
import { printCode } from './enrolment.ts'

/** Whoever runs the host: named in the audit, and nobody's account. */
const OPERATOR: Context = { purpose: 'access', principal: 'operator' }

export interface OperatorCode {
  readonly login: string
  readonly origin: string
  /** Where the first administrator's role is: the root of the tree. Undefined while there is no tree. */
  readonly root_unit_id: number | undefined
}

async function makeFirst(tx: Tx, login: string, rootUnitId: number): Promise<UserRow> {
  const user = await tx
    .insertInto('users')
    .values({ login, display_name: login })
    .returningAll()
    .executeTakeFirstOrThrow()
  await tx
    .insertInto('role_assignments')
    .values({ user_id: user.user_id, role: 'administrator', unit_id: rootUnitId })
    .execute()
  await recordAudit(tx, {
    action: 'access.account_created',
    subject_kind: 'user',
    subject_id: user.user_id,
    unit_id: rootUnitId,
    facts: { role: 'administrator', first: true },
  })
  return user
}

async function findOrMake(tx: Tx, { login, root_unit_id }: OperatorCode): Promise<UserRow> {
  const known = await findUserByLogin(tx, login)
  if (known?.state === 'active') return known
  if (known) {
    throw new OperatorError(`账号“${login}”已停用。`, `The account "${login}" is disabled.`, { exitStatus: 1 })
  }
  const any = await tx.selectFrom('users').select('user_id').limit(1).executeTakeFirst()
  if (any) {
    throw new OperatorError(
      `没有账号“${login}”。新账号由管理员在系统中开设。`,
      `There is no account "${login}". Administrators make accounts inside the product.`,
      { exitStatus: 1 },
    )
  }
  if (root_unit_id === undefined) {
    throw new OperatorError(
      '还没有行政区划树，无法开设第一个管理员。请先启动一次：npm start -- --empty。',
      'There is no tree of units yet to be administrator of. Start once first: npm start -- --empty.',
      { exitStatus: 1 },
    )
  }
  return makeFirst(tx, login, root_unit_id)
}

/**
 * Prints a one-time code from the host itself: for the first administrator, made when there is no account at all, and for
 * the day when no administrator can sign in any more. A second factor that was set up stays.
 */
export function printOperatorCode(database: Database, asked: OperatorCode): Promise<PrintedCode> {
  return database.transact(OPERATOR, async (tx) => {
    const user = await findOrMake(tx, asked)
    const roles = await listRolesOf(tx, user.user_id)
    return printCode(tx, user, roles, { issuer_user_id: user.user_id, origin: asked.origin })
  })
}
