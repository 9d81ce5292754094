import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { ACCESS_CONTEXT } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import { groupCommit } from '#platform/db/group-commit.ts'
import type { Actor, Assignment } from './actor.ts'
import { isRole } from './permissions.ts'

export const SESSION_COOKIE = 'tongpao_session'
export const SESSION_HOURS = 12
/** A signed-out or disabled account loses access on every node within this time; on the node that is told, at once. */
const CACHE_MS = 5_000
const CACHE_SIZE_MAX = 20_000

export interface Reach {
  readonly units: ReadonlySet<number>
  /** The whole tree. */
  readonly everywhere: boolean
}

/** The units at or below each of some units. Filled by records/org. */
export type ListUnitsBelow = (tx: Tx, unitIds: readonly number[]) => Promise<ReadonlyMap<number, Reach>>

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

function selectSessions(tx: Tx, tokens: readonly string[]) {
  return tx
    .selectFrom('sessions')
    .innerJoin('users', 'users.user_id', 'sessions.user_id')
    .leftJoin('role_assignments', (join) =>
      join.onRef('role_assignments.user_id', '=', 'users.user_id').on('role_assignments.ended_at', 'is', null),
    )
    .select(['sessions.token_hash', 'users.user_id', 'users.person_id', 'users.display_name', 'users.language'])
    .select(['role_assignments.role', 'role_assignments.unit_id'])
    .where('sessions.token_hash', '=', sql<Buffer>`any (${tokens.map(hashOf)}::bytea[])`)
    .where('sessions.ended_at', 'is', null)
    .where('sessions.expires_at', '>', new Date())
    .where('users.state', '=', 'active')
    .execute()
}

type SessionRow = Awaited<ReturnType<typeof selectSessions>>[number]

function actorFrom(rows: readonly SessionRow[], reaches: ReadonlyMap<number, Reach>): Actor | undefined {
  const [first] = rows
  if (!first) return undefined
  const assignments = rows.flatMap(({ role, unit_id }): Assignment[] => {
    const reach = unit_id === null ? undefined : reaches.get(unit_id)
    return role !== null && unit_id !== null && isRole(role) && reach ? [{ role, unit_id, ...reach }] : []
  })
  return {
    user_id: first.user_id,
    person_id: first.person_id ?? undefined,
    display_name: first.display_name,
    language: first.language === 'en' ? 'en' : 'zh',
    assignments,
  }
}

export function createSessions(database: Database, listUnitsBelow: ListUnitsBelow): Sessions {
  const cache = new Map<string, { actor: Actor | undefined; until_ms: number }>()

  /** At a shift change thousands of accounts come at once, each for the first time: those that wait are looked up together. */
  const load = groupCommit<string, Actor | undefined>({
    lanes: 2,
    size_max: 256,
    run: (tokens) =>
      database.read(ACCESS_CONTEXT, async (tx) => {
        const rows = await selectSessions(tx, tokens)
        const unitIds = new Set(rows.flatMap(({ unit_id }) => (unit_id === null ? [] : [unit_id])))
        const reaches = await listUnitsBelow(tx, [...unitIds])
        const byToken = Map.groupBy(rows, ({ token_hash }) => token_hash.toString('hex'))
        return tokens.map((token) => actorFrom(byToken.get(hashOf(token).toString('hex')) ?? [], reaches))
      }),
  })

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
