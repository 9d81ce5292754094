import { recordAudit } from '#platform/audit/record.ts'
import type { Tx } from '#platform/db/database.ts'
import { httpProblems, type Refusal, refuse } from '#platform/http/problem.ts'
import { isInEffect, type OpenRole, openOnes } from './account-rows.ts'
import { type Actor, reaches, scopeOf } from './actor.ts'
import { accountProblems } from './contract-accounts.ts'
import { isClosedRole } from './permissions.ts'

/** Two people give a role of a closed circle: whoever puts it up never approves it. */

async function isSamePerson(tx: Tx, actor: Actor, otherUserId: number | null): Promise<boolean> {
  if (otherUserId === null) return false
  if (otherUserId === actor.user_id) return true
  if (actor.person_id === undefined) return false
  const other = await tx.selectFrom('users').select('person_id').where('user_id', '=', otherUserId).executeTakeFirst()
  return other?.person_id === actor.person_id
}

/** Puts a waiting role in effect. The database refuses an approver who gave the role or who holds it. */
export async function approve(
  tx: Tx,
  actor: Actor,
  role: (OpenRole & { readonly user_id: number }) | undefined,
): Promise<Refusal | undefined> {
  if (!role || !reaches(scopeOf(actor, 'users.write'), role.unit_id)) return refuse(httpProblems.not_found)
  if (role.ended_at !== null) return refuse(accountProblems.role_ended)
  if (isInEffect(role)) return refuse(accountProblems.role_in_effect)
  if (await isSamePerson(tx, actor, role.granted_by_user_id)) return refuse(accountProblems.second_person)
  await tx
    .updateTable('role_assignments')
    .set({ approved_by_user_id: actor.user_id, approved_at: new Date() })
    .where('assignment_id', '=', role.assignment_id)
    .execute()
  await recordAudit(tx, {
    action: 'access.role_approved',
    subject_kind: 'user',
    subject_id: role.user_id,
    unit_id: role.unit_id,
    facts: { role: role.role, given_by: role.granted_by_user_id },
  })
  return undefined
}

/**
 * Whoever can let another person into an account (a new code, a forgotten authenticator, another outside identity) could
 * walk into a closed circle alone through it. So such an act puts the account's closed roles back to waiting, as if this
 * actor had just given them.
 *
 * @returns whether anything was suspended
 */
export async function suspendClosedRoles(
  tx: Tx,
  actor: Pick<Actor, 'user_id'>,
  userId: number,
  roles: readonly OpenRole[],
): Promise<boolean> {
  const closed = openOnes(roles).filter((role) => isClosedRole(role.role) && isInEffect(role))
  for (const { assignment_id, role, unit_id } of closed) {
    await tx
      .updateTable('role_assignments')
      .set({
        needs_approval: true,
        granted_by_user_id: actor.user_id,
        approved_by_user_id: null,
        approved_at: null,
      })
      .where('assignment_id', '=', assignment_id)
      .execute()
    await recordAudit(tx, {
      action: 'access.role_suspended',
      subject_kind: 'user',
      subject_id: userId,
      unit_id,
      facts: { role },
    })
  }
  return closed.length > 0
}
