import { type Actor, circlesOf, type Scope, scopeOf } from '#platform/access/actor.ts'
import type { Permission } from '#platform/access/permissions.ts'

/** What row-level security sees of a transaction. The settings are described in database/migrations/0001-platform.sql. */
export interface Context {
  readonly purpose: 'request' | 'access' | 'job'
  /** Named in the audit: an account, or a job. */
  readonly principal: string
  readonly user_id?: number
  readonly person_id?: number
  readonly scope?: Scope
  readonly circles?: readonly string[]
  /** Account × unit pairs that may state duty here; see `actorUnit`. */
  readonly actor_units?: readonly bigint[]
  readonly request_id?: string
}

const scopeTexts = new WeakMap<ReadonlySet<number>, string>()

function scopeText(scope: Scope | undefined): string {
  if (!scope || scope.everywhere) return ''
  let text = scopeTexts.get(scope.units)
  if (text === undefined) {
    text = `{${[...scope.units].join(',')}}`
    scopeTexts.set(scope.units, text)
  }
  return text
}

/** The pair of an account and a unit as one integer, as the policies on duty compute it. */
export function actorUnit(userId: number, unitId: number): bigint {
  return (BigInt(userId) << 32n) | BigInt(unitId)
}

/** The context of a request by `actor` under one permission: its scope, its closed circles and nothing else. */
export function requestContext(actor: Actor, permission: Permission | undefined, requestId?: string): Context {
  return {
    purpose: 'request',
    principal: `user:${actor.user_id}`,
    user_id: actor.user_id,
    person_id: actor.person_id,
    scope: permission ? scopeOf(actor, permission) : undefined,
    circles: circlesOf(permission),
    request_id: requestId,
  }
}

/** Sign-in and the accounts themselves: sees accounts, no person's data. */
export const ACCESS_CONTEXT: Context = { purpose: 'access', principal: 'access' }

/** A job is a named principal with an explicit scope. */
export function jobContext(name: string, scope: Scope = { everywhere: true, units: new Set() }): Context {
  return { purpose: 'job', principal: `job:${name}`, scope }
}

const SETTINGS = ['purpose', 'user_id', 'person_id', 'scope_all', 'scope', 'circles', 'actor_units'] as const

/** The statement that opens every transaction. Settings end with the transaction. */
export const SET_CONTEXT = {
  name: 'context',
  text: `select ${SETTINGS.map((setting, index) => `set_config('tongpao.${setting}', $${index + 1}, true)`).join(', ')}`,
}

export function contextValues(context: Context): readonly string[] {
  const values: Record<(typeof SETTINGS)[number], string> = {
    purpose: context.purpose,
    user_id: String(context.user_id ?? ''),
    person_id: String(context.person_id ?? ''),
    scope_all: context.scope?.everywhere ? 'on' : 'off',
    scope: scopeText(context.scope),
    circles: `{${(context.circles ?? []).join(',')}}`,
    actor_units: `{${(context.actor_units ?? []).join(',')}}`,
  }
  return SETTINGS.map((setting) => values[setting])
}
