import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { recordAudit } from '#platform/audit/record.ts'
import { accessContext, homeOf } from './account-rows.ts'
import { type Actor, holds } from './actor.ts'
import type { SessionView } from './contract.ts'
import type { AccessOptions, AccessPlatform } from './options.ts'
import { PERMISSIONS } from './permissions.ts'
import { SESSION_COOKIE } from './sessions.ts'
import type { Proven } from './sign-in.ts'

export type Opened = { readonly token: string; readonly expires_at: Date }

export function tokenOf(request: FastifyRequest): string | undefined {
  return request.cookies[SESSION_COOKIE]
}

/** Behind a trusted proxy, `request.protocol` is what the proxy says. */
export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, { token, expires_at }: Opened): void {
  const secure = request.protocol === 'https'
  reply.setCookie(SESSION_COOKIE, token, { path: '/', httpOnly: true, sameSite: 'lax', secure, expires: expires_at })
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  reply.clearCookie(SESSION_COOKIE, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: request.protocol === 'https',
  })
}

/** Opens a session for a person who has proven who they are, in the transaction of that proof. */
export async function openSession(
  { sessions }: Pick<AccessPlatform, 'sessions'>,
  { tx, user, roles }: Proven,
  request: FastifyRequest,
  way: 'password' | 'second_factor' | 'code' | 'single_sign_on' | 'dingtalk' | 'wecom',
): Promise<Opened> {
  const unlocked = { failed_sign_ins: 0, locked_until: null }
  await tx.updateTable('users').set(unlocked).where('user_id', '=', user.user_id).execute()
  await recordAudit(tx, {
    action: 'access.signed_in',
    subject_kind: 'user',
    subject_id: user.user_id,
    unit_id: homeOf(roles),
    facts: { way },
  })
  return sessions.open(user.user_id, request.headers['user-agent'] ?? '', tx)
}

export async function viewOf(
  { database, clock, demo }: Pick<AccessPlatform, 'database' | 'clock' | 'demo'>,
  { listUnitNames }: AccessOptions,
  actor: Actor,
  requestId: string,
): Promise<z.input<typeof SessionView>> {
  const unitIds = actor.assignments.map(({ unit_id }) => unit_id)
  const names = await database.read(accessContext(actor, requestId), (tx) => listUnitNames(tx, unitIds))
  return {
    user_id: actor.user_id,
    person_id: actor.person_id ?? null,
    display_name: actor.display_name,
    language: actor.language,
    roles: actor.assignments.map(({ role, unit_id, everywhere }) => ({
      role,
      unit_id,
      unit_name: names.get(unit_id) ?? '',
      everywhere,
    })),
    permissions: PERMISSIONS.filter((permission) => holds(actor, permission)),
    now: clock.now(),
    clock_shifted: clock.shifted,
    demo,
  }
}
