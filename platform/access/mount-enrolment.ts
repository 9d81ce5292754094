import type { FastifyRequest } from 'fastify'
import { recordAudit } from '#platform/audit/record.ts'
import type { Tx } from '#platform/db/database.ts'
import { Refusal, refuse } from '#platform/http/problem.ts'
import type { Routes } from '#platform/http/routes.ts'
import { accessContext, listRolesOf, type OpenRole, openOnes, staffContext, type UserRow } from './account-rows.ts'
import { type Actor, reaches, scopeOf } from './actor.ts'
import { suspendClosedRoles } from './closed-roles.ts'
import { accessProblems, redeemCode } from './contract.ts'
import { issueCodes, type PrintedCode } from './contract-accounts.ts'
import { hashOfCode, noteRedeemed, printCode, takeCode } from './enrolment.ts'
import { createWelcome } from './mount-sessions.ts'
import { refusePassword } from './new-password.ts'
import type { AccessOptions, AccessPlatform, StaffMember } from './options.ts'
import { hashPassword } from './passwords.ts'
import { PRIVILEGED_ROLES } from './permissions.ts'
import { openSession } from './session-view.ts'
import type { SignIn } from './sign-in.ts'
import { createThrottle } from './throttle.ts'

const WRONG_CODES_MAX = 20
const WRONG_CODES_WINDOW_MS = 10 * 60_000

export function originOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}`
}

/**
 * Whether a code from this actor may open an account with these roles: whoever holds a code holds the account, so that
 * nobody may print one for duties that they do not oversee.
 */
function oversees(actor: Actor, roles: readonly OpenRole[]): boolean {
  return openOnes(roles).every(({ role, unit_id }) => {
    if (role === 'worker') return true
    const permission = PRIVILEGED_ROLES.includes(role) ? 'users.write' : 'users.enrol'
    return reaches(scopeOf(actor, permission), unit_id)
  })
}

function findByPerson(tx: Tx, personId: number): Promise<UserRow | undefined> {
  return tx.selectFrom('users').selectAll().where('person_id', '=', personId).executeTakeFirst()
}

/** The account of a staff member, made when it is missing. Its login is the person's number, six figures or more. */
async function ensureAccount(tx: Tx, member: StaffMember, actor: Actor): Promise<UserRow> {
  const number = String(member.person_id).padStart(6, '0')
  for (const login of [number, `${number}-2`, `${number}-3`]) {
    const known = await findByPerson(tx, member.person_id)
    if (known) return known
    const made = await tx
      .insertInto('users')
      .values({ login, person_id: member.person_id, display_name: member.name })
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst()
    if (!made) continue
    const [unit_id] = member.unit_ids
    const role = { user_id: made.user_id, role: 'worker', unit_id, granted_by_user_id: actor.user_id }
    await tx.insertInto('role_assignments').values(role).execute()
    await recordAudit(tx, {
      action: 'access.account_created',
      subject_kind: 'user',
      subject_id: made.user_id,
      unit_id,
      facts: { role: 'worker' },
    })
    return made
  }
  throw new Error(`no free login for person ${member.person_id}`)
}

type SkipReason = 'not_in_unit' | 'own_account' | 'disabled' | 'beyond_scope'

async function issueFor(tx: Tx, actor: Actor, member: StaffMember, origin: string): Promise<PrintedCode | SkipReason> {
  const user = await ensureAccount(tx, member, actor)
  const roles = await listRolesOf(tx, user.user_id)
  if (user.user_id === actor.user_id) return 'own_account'
  if (user.state !== 'active') return 'disabled'
  if (!oversees(actor, roles)) return 'beyond_scope'
  await suspendClosedRoles(tx, actor, user.user_id, roles)
  return printCode(tx, user, roles, { issuer_user_id: actor.user_id, origin })
}

function bindIssue(routes: Routes, { database }: AccessPlatform, options: AccessOptions): void {
  routes.bind(issueCodes, async ({ input, actor, request }) => {
    const person_ids = [...new Set(input.body.person_ids)]
    const members = await database.read(staffContext(actor, 'users.enrol', request.id), async (tx) => {
      const below = await options.findUnitsBelow(tx, input.params.unit_id)
      const staff = await options.listStaff(tx, person_ids)
      return staff.filter(({ unit_ids }) => unit_ids.some((unitId) => reaches(below, unitId)))
    })
    return database.transact(accessContext(actor, request.id), async (tx) => {
      const codes: PrintedCode[] = []
      const skipped: { person_id: number; reason: SkipReason }[] = []
      for (const person_id of person_ids) {
        const member = members.find((candidate) => candidate.person_id === person_id)
        const outcome = member ? await issueFor(tx, actor, member, originOf(request)) : ('not_in_unit' as const)
        if (typeof outcome === 'string') skipped.push({ person_id, reason: outcome })
        else codes.push(outcome)
      }
      return { codes, skipped }
    })
  })
}

function bindRedeem(routes: Routes, platform: AccessPlatform, options: AccessOptions, signing: SignIn): void {
  const { database, sessions } = platform
  const welcome = createWelcome(platform, options)
  const addresses = createThrottle(WRONG_CODES_MAX, WRONG_CODES_WINDOW_MS)

  function findLogin(code: string, requestId: string): Promise<string | undefined> {
    return database.read(accessContext(undefined, requestId), async (tx) => {
      const row = await tx
        .selectFrom('enrolment_codes')
        .innerJoin('users', 'users.user_id', 'enrolment_codes.user_id')
        .select('users.login')
        .where('code_hash', '=', hashOfCode(code))
        .where('used_at', 'is', null)
        .where('expires_at', '>', new Date())
        .executeTakeFirst()
      return row?.login
    })
  }

  routes.bind(redeemCode, async ({ input, request, reply }) => {
    const minutes = addresses.waitMinutes(request.ip)
    if (minutes > 0) return refuse(accessProblems.too_many, { minutes })
    const { code, password } = input.body
    const login = await findLogin(code, request.id)
    if (login === undefined) {
      addresses.fail(request.ip)
      return refuse(accessProblems.code_unknown)
    }
    const refused = refusePassword(password, login)
    if (refused) return refused
    const password_hash = await hashPassword(password)
    const taken = await database.transact(accessContext(undefined, request.id), async (tx) => {
      const user = await takeCode(tx, code)
      if (!user) return refuse(accessProblems.code_unknown)
      const roles = await listRolesOf(tx, user.user_id)
      const unlocked = { password_hash, failed_sign_ins: 0, locked_until: null }
      await tx.updateTable('users').set(unlocked).where('user_id', '=', user.user_id).execute()
      await sessions.endAll(user.user_id, { tx })
      await noteRedeemed(tx, user, roles)
      const asks = signing.asksSecondFactor({ user, roles })
      return { user, opened: asks ? undefined : await openSession(platform, { tx, user, roles }, request, 'code') }
    })
    if (taken instanceof Refusal) return taken
    sessions.forget(taken.user.user_id)
    if (!taken.opened) return { login, session: null }
    const session = await welcome(taken.opened, { request, reply })
    return session instanceof Refusal ? session : { login, session }
  })
}

export function mountEnrolment(
  routes: Routes,
  platform: AccessPlatform,
  options: AccessOptions,
  signing: SignIn,
): void {
  bindIssue(routes, platform, options)
  bindRedeem(routes, platform, options, signing)
}
