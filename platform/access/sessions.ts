import { createHash, randomBytes } from 'node:crypto'
import { ACCESS_CONTEXT } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import type { Actor, Assignment } from './actor.ts'
import { isRole } from './permissions.ts'

export const SESSION_COOKIE = 'tongpao_session'
export const SESSION_HOURS = 12
/** A signed-out or disabled account loses access on every node within this time; on the node that is told, at once. */
const CACHE_MS = 5_000
const CACHE_SIZE_MAX = 20_000

/** The units at or below a unit, and whether that is the whole tree. Filled by records/org. */
export type FindUnitsBelow = (unitId: number) => Promise<{ units: ReadonlySet<number>; everywhere: boolean }>

/** With `tx`, a session begins or ends in the command's own transaction, which must be in the access context. */
export interface Sessions {
  open(userId: number, device: string, tx?: Tx): Promise<{ token: string; expires_at: Date }>
  end(token: string, tx?: Tx): Promise<void>
  /** Ends every session of an account, or all but the one in use. */
  endAll(userId: number, options?: { except?: string; tx?: Tx }): Promise<void>
  findActor(token: string): Promise<Actor | undefined>
  /** Forgets what is cached of an account, after its roles or its state changed. */
  forget(userId: number): void
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

export function createSessions(database: Database, findUnitsBelow: FindUnitsBelow): Sessions {
  const cache = new Map<string, { actor: Actor | undefined; until_ms: number }>()

  async function load(token: string): Promise<Actor | undefined> {
    const rows = await database.read(ACCESS_CONTEXT, (tx) =>
      tx
        .selectFrom('sessions')
        .innerJoin('users', 'users.user_id', 'sessions.user_id')
        .leftJoin('role_assignments', (join) =>
          join.onRef('role_assignments.user_id', '=', 'users.user_id').on('role_assignments.ended_at', 'is', null),
        )
        .select(['users.user_id', 'users.person_id', 'users.display_name', 'users.language'])
        .select(['role_assignments.role', 'role_assignments.unit_id'])
        .where('sessions.token_hash', '=', hashOf(token))
        .where('sessions.ended_at', 'is', null)
        .where('sessions.expires_at', '>', new Date())
        .where('users.state', '=', 'active')
        .execute(),
    )
    const [first] = rows
    if (!first) return undefined
    const assignments: Assignment[] = []
    for (const { role, unit_id } of rows) {
      if (role === null || unit_id === null || !isRole(role)) continue
      assignments.push({ role, unit_id, ...(await findUnitsBelow(unit_id)) })
    }
    return {
      user_id: first.user_id,
      person_id: first.person_id ?? undefined,
      display_name: first.display_name,
      language: first.language === 'en' ? 'en' : 'zh',
      assignments,
    }
  }

  function forget(userId: number): void {
    for (const [token, { actor }] of cache) if (actor?.user_id === userId) cache.delete(token)
  }

  function within<T>(tx: Tx | undefined, work: (tx: Tx) => Promise<T>): Promise<T> {
    return tx ? work(tx) : database.transact(ACCESS_CONTEXT, work)
  }

  return {
    forget,
    async open(userId, device, tx) {
      const token = randomBytes(32).toString('base64url')
      const expires_at = new Date(Date.now() + SESSION_HOURS * 3_600_000)
      const row = { token_hash: hashOf(token), user_id: userId, expires_at, device: device.slice(0, 200) }
      await within(tx, (inner) => inner.insertInto('sessions').values(row).execute())
      return { token, expires_at }
    },
    async end(token, tx) {
      cache.delete(token)
      await within(tx, (inner) =>
        inner.updateTable('sessions').set({ ended_at: new Date() }).where('token_hash', '=', hashOf(token)).execute(),
      )
    },
    async endAll(userId, { except, tx } = {}) {
      forget(userId)
      await within(tx, (inner) =>
        inner
          .updateTable('sessions')
          .set({ ended_at: new Date() })
          .where('user_id', '=', userId)
          .where('ended_at', 'is', null)
          .$if(except !== undefined, (query) => query.where('token_hash', '<>', hashOf(except ?? '')))
          .execute(),
      )
    },
    async findActor(token) {
      const now_ms = Date.now()
      const known = cache.get(token)
      if (known && known.until_ms > now_ms) return known.actor
      const actor = await load(token)
      if (cache.size >= CACHE_SIZE_MAX) cache.clear()
      cache.set(token, { actor, until_ms: now_ms + CACHE_MS })
      return actor
    },
  }
}
