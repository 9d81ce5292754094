import { type Context, requestContext } from '#platform/db/context.ts'
import type { Tx } from '#platform/db/database.ts'
import type { Actor } from './actor.ts'
import { isRole, PRIVILEGED_ROLES, type Role } from './permissions.ts'

/** SQL about accounts and their roles. Everything here runs in the access context. */

export interface OpenRole {
  readonly assignment_id: number
  readonly role: Role
  readonly unit_id: number
  readonly granted_at: Date
  readonly ended_at: Date | null
  readonly granted_by_user_id: number | null
  readonly needs_approval: boolean
  readonly approved_at: Date | null
}

/** The context in which accounts are seen and changed; the audit names who acts. */
export function accessContext(actor: Pick<Actor, 'user_id'> | undefined, requestId: string): Context {
  if (!actor) return { purpose: 'access', principal: 'access', request_id: requestId }
  return { purpose: 'access', principal: `user:${actor.user_id}`, user_id: actor.user_id, request_id: requestId }
}

/** The context in which an actor sees people under a permission of this room. */
export function staffContext(actor: Actor, permission: 'users.enrol' | 'users.write', requestId: string): Context {
  return requestContext(actor, permission, requestId)
}

export function findUserByLogin(tx: Tx, login: string) {
  return tx.selectFrom('users').selectAll().where('login', '=', login).executeTakeFirst()
}

export function findUser(tx: Tx, userId: number) {
  return tx.selectFrom('users').selectAll().where('user_id', '=', userId).executeTakeFirst()
}

/** The same with a lock: failures and codes of one account are counted one after the other. */
export function lockUser(tx: Tx, userId: number) {
  return tx.selectFrom('users').selectAll().where('user_id', '=', userId).forUpdate().executeTakeFirstOrThrow()
}

export type UserRow = Awaited<ReturnType<typeof lockUser>>

/** Roles of accounts, ended ones included, oldest first. */
export async function listRoles(tx: Tx, userIds: readonly number[]): Promise<ReadonlyMap<number, readonly OpenRole[]>> {
  const byUser = new Map<number, OpenRole[]>(userIds.map((userId) => [userId, []]))
  if (userIds.length === 0) return byUser
  const rows = await tx
    .selectFrom('role_assignments')
    .select(['user_id', 'assignment_id', 'role', 'unit_id', 'granted_at', 'ended_at'])
    .select(['granted_by_user_id', 'needs_approval', 'approved_at'])
    .where('user_id', 'in', [...userIds])
    .orderBy('assignment_id')
    .execute()
  for (const { user_id, role, ...rest } of rows) if (isRole(role)) byUser.get(user_id)?.push({ role, ...rest })
  return byUser
}

export async function listRolesOf(tx: Tx, userId: number): Promise<readonly OpenRole[]> {
  return (await listRoles(tx, [userId])).get(userId) ?? []
}

export function openOnes(roles: readonly OpenRole[]): readonly OpenRole[] {
  return roles.filter(({ ended_at }) => ended_at === null)
}

/** A role that waits for a second person gives nothing yet. */
export function isInEffect({ needs_approval, approved_at }: Pick<OpenRole, 'needs_approval' | 'approved_at'>): boolean {
  return !needs_approval || approved_at !== null
}

export function isPrivileged(roles: readonly OpenRole[]): boolean {
  return openOnes(roles).some(({ role }) => PRIVILEGED_ROLES.includes(role))
}

/** The unit whose auditors see what happens to an account: that of its oldest open role. */
export function homeOf(roles: readonly OpenRole[]): number | undefined {
  return (openOnes(roles)[0] ?? roles[0])?.unit_id
}
