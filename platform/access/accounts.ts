import { type SqlBool, sql } from 'kysely'
import type { z } from 'zod'
import { recordAudit } from '#platform/audit/record.ts'
import { databaseError, type Tx } from '#platform/db/database.ts'
import { httpProblems, Refusal, refuse } from '#platform/http/problem.ts'
import { isInEffect, listRoles, listRolesOf, lockUser, type OpenRole, openOnes, type UserRow } from './account-rows.ts'
import { type Actor, reaches, type Scope, scopeOf } from './actor.ts'
import { type AccountView, accountProblems } from './contract-accounts.ts'
import type { AccessOptions } from './options.ts'
import { listProviders } from './outside-identities.ts'
import { isClosedRole, type Role } from './permissions.ts'

/** Administration of accounts. The place of an account is where its roles are: it has no unit of its own. */

export interface Found {
  readonly user: UserRow
  readonly roles: readonly OpenRole[]
}

/** The roles that say where an account belongs: the open ones, or those it had last. */
function telling(roles: readonly OpenRole[]): readonly OpenRole[] {
  const open = openOnes(roles)
  return open.length > 0 ? open : roles
}

/**
 * An account that the actor may act on. Seen at all when one of its roles is in scope; acted on as a whole (`whole`) only when
 * all are, so that nobody locks out or takes over somebody with duties beyond their reach. Never one's own.
 */
export async function findAccountFor(
  tx: Tx,
  actor: Actor,
  userId: number,
  { whole }: { whole: boolean },
): Promise<Found | Refusal> {
  const known = await tx.selectFrom('users').select('user_id').where('user_id', '=', userId).executeTakeFirst()
  if (!known) return refuse(httpProblems.not_found)
  const user = await lockUser(tx, userId)
  const roles = await listRolesOf(tx, userId)
  const scope = scopeOf(actor, 'users.write')
  const inScope = telling(roles).filter(({ unit_id }) => reaches(scope, unit_id))
  if (inScope.length === 0 && !scope.everywhere) return refuse(httpProblems.not_found)
  if (user.user_id === actor.user_id) return refuse(accountProblems.own_account)
  if (whole && inScope.length < telling(roles).length) return refuse(accountProblems.beyond_scope)
  return { user, roles }
}

export async function presentAccounts(
  tx: Tx,
  { listUnitNames }: AccessOptions,
  users: readonly UserRow[],
  scope: Scope,
): Promise<z.input<typeof AccountView>[]> {
  const rolesOf = await listRoles(
    tx,
    users.map(({ user_id }) => user_id),
  )
  const visible = (userId: number) =>
    openOnes(rolesOf.get(userId) ?? []).filter(({ unit_id }) => reaches(scope, unit_id))
  const names = await listUnitNames(
    tx,
    users.flatMap(({ user_id }) => visible(user_id).map(({ unit_id }) => unit_id)),
  )
  const outside = await listProviders(
    tx,
    users.map(({ user_id }) => user_id),
  )
  return users.map((user) => ({
    user_id: user.user_id,
    outside: outside.get(user.user_id) ?? [],
    login: user.login,
    display_name: user.display_name,
    person_id: user.person_id,
    state: user.state === 'active' ? 'active' : 'disabled',
    has_password: user.password_hash !== null,
    second_factor: user.totp_confirmed_at !== null,
    locked_until: user.locked_until !== null && user.locked_until > new Date() ? user.locked_until : null,
    roles: visible(user.user_id).map((role) => ({
      assignment_id: role.assignment_id,
      role: role.role,
      unit_id: role.unit_id,
      unit_name: names.get(role.unit_id) ?? '',
      granted_at: role.granted_at,
      in_effect: isInEffect(role),
    })),
  }))
}

export async function presentAccount(tx: Tx, options: AccessOptions, userId: number, actor: Actor) {
  const user = await tx.selectFrom('users').selectAll().where('user_id', '=', userId).executeTakeFirstOrThrow()
  const [view] = await presentAccounts(tx, options, [user], scopeOf(actor, 'users.write'))
  return view
}

interface Listing {
  readonly scope: Scope
  readonly name_contains: string | undefined
  readonly after: string | undefined
  readonly limit: number
}

/** One more than `limit`, so that the caller knows whether more follow. */
export function selectAccounts(tx: Tx, { scope, name_contains, after, limit }: Listing): Promise<UserRow[]> {
  let query = tx
    .selectFrom('users')
    .selectAll()
    .where('user_id', '>', Number(after) || 0)
  if (!scope.everywhere) {
    const units = [...scope.units]
    // Ended roles count only for an account that has no open one: it stays with those who had it last.
    query = query.where(
      sql<SqlBool>`exists (
        select from role_assignments held
        where held.user_id = users.user_id
          and held.unit_id = any (${units}::int[])
          and (held.ended_at is null or not exists (
            select from role_assignments other where other.user_id = users.user_id and other.ended_at is null
          )))`,
    )
  }
  if (name_contains) {
    const pattern = `%${name_contains.replace(/[\\%_]/g, '\\$&')}%`
    query = query.where((by) => by.or([by('display_name', 'ilike', pattern), by('login', 'ilike', pattern)]))
  }
  return query
    .orderBy('user_id')
    .limit(limit + 1)
    .execute()
}

export interface NewAccount {
  readonly login: string
  readonly display_name: string
  readonly person_id: number | null
  readonly role: Role
  readonly unit_id: number
}

/** The unique constraint that an insert broke, as a refusal; anything else is thrown on. */
export function refuseTaken(error: unknown, login: string): Refusal {
  const constraint = databaseError(error)?.constraint
  if (constraint === 'users_login_key') return refuse(accountProblems.login_taken, { login })
  if (constraint === 'users_person_id_key') return refuse(accountProblems.person_has_account)
  throw error
}

export async function insertAccount(tx: Tx, actor: Actor, account: NewAccount): Promise<UserRow> {
  const { login, display_name, person_id, role, unit_id } = account
  const user = await tx
    .insertInto('users')
    .values({ login, display_name, person_id })
    .returningAll()
    .executeTakeFirstOrThrow()
  await recordAudit(tx, {
    action: 'access.account_created',
    subject_kind: 'user',
    subject_id: user.user_id,
    unit_id,
    facts: { role },
  })
  await insertRole(tx, actor, user.user_id, { role, unit_id })
  return user
}

export async function insertRole(
  tx: Tx,
  actor: Actor,
  userId: number,
  { role, unit_id }: { role: Role; unit_id: number },
): Promise<void> {
  const needs_approval = isClosedRole(role)
  const row = { user_id: userId, role, unit_id, granted_by_user_id: actor.user_id, needs_approval }
  await tx.insertInto('role_assignments').values(row).execute()
  await recordAudit(tx, {
    action: 'access.role_granted',
    subject_kind: 'user',
    subject_id: userId,
    unit_id,
    facts: { role, needs_approval },
  })
}

export async function noteAccountChange(tx: Tx, { user, roles }: Found, action: string): Promise<void> {
  const unit_id = telling(roles)[0]?.unit_id
  await recordAudit(tx, { action, subject_kind: 'user', subject_id: user.user_id, unit_id })
}

/** Changes one account under its lock and shows what it is afterwards. */
export async function changeAccount(
  tx: Tx,
  options: AccessOptions,
  actor: Actor,
  userId: number,
  reach: { whole: boolean },
  change: (found: Found) => Promise<Refusal | undefined>,
) {
  const found = await findAccountFor(tx, actor, userId, reach)
  if (found instanceof Refusal) return found
  return (await change(found)) ?? presentAccount(tx, options, userId, actor)
}
