import { createHash, randomBytes } from 'node:crypto'
import { ACCESS_CONTEXT } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import { groupCommit } from '#platform/db/group-commit.ts'
import { lastOf, type Queries } from '#platform/db/prepared.ts'
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
export type ListUnitsBelow = (queries: Queries, unitIds: readonly number[]) => Promise<ReadonlyMap<number, Reach>>

export interface StandingSession {
  readonly device: string
  readonly created_at: Date
  readonly expires_at: Date
  readonly here: boolean
}

/** With `tx`, a session begins or ends in the command's own transaction, which must be in the access context. */
export interface Sessions {
  open(userId: number, device: string, tx?: Tx): Promise<{ token: string; expires_at: Date }>
  end(token: string, tx?: Tx): Promise<void>
  /** Ends every session of an account, or all but the one in use. */
  endAll(userId: number, options?: { except?: string; tx?: Tx }): Promise<void>
  /** Where an account is signed in, the newest first; `here` is the session of the token. */
  list(tx: Tx, userId: number, token: string | undefined): Promise<StandingSession[]>
  findActor(token: string): Promise<Actor | undefined>
  /** Forgets what is cached of an account, after its roles or its state changed. */
  forget(userId: number): void
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

const STANDING_SESSIONS = {
  name: 'standing_sessions',
  text: `
    select sessions.token_hash, users.user_id, users.person_id, users.display_name, users.language,
      role_assignments.role, role_assignments.unit_id
    from sessions
    join users using (user_id)
    left join role_assignments on role_assignments.user_id = users.user_id and role_assignments.ended_at is null
      and (not role_assignments.needs_approval or role_assignments.approved_at is not null)
    where sessions.token_hash = any ($1::bytea[])
      and sessions.ended_at is null and sessions.expires_at > now() and users.state = 'active'`,
}

interface SessionRow extends ActorRow {
  readonly token_hash: Buffer
}

interface ActorRow {
  readonly user_id: number
  readonly person_id: number | null
  readonly display_name: string
  readonly language: string
  readonly role: string | null
  readonly unit_id: number | null
}

function actorFrom(rows: readonly ActorRow[], reaches: ReadonlyMap<number, Reach>): Actor | undefined {
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

const NAMED_ACCOUNT = {
  name: 'named_account',
  text: `
    select users.user_id, users.person_id, users.display_name, users.language, role_assignments.role, role_assignments.unit_id
    from users
    left join role_assignments on role_assignments.user_id = users.user_id and role_assignments.ended_at is null
      and (not role_assignments.needs_approval or role_assignments.approved_at is not null)
    where users.login = $1 and users.state = 'active'`,
}

/** An account as it may act now, without a session: for the command line, whose operator names the one in whose name something is asked. */
export async function findActorNamed(
  database: Database,
  login: string,
  listUnitsBelow: ListUnitsBelow,
): Promise<Actor | undefined> {
  return database.prepared.transact(ACCESS_CONTEXT, async (queries) => {
    const rows = await queries.run<ActorRow>(NAMED_ACCOUNT, [login])
    const unitIds = rows.flatMap(({ unit_id }) => (unit_id === null ? [] : [unit_id]))
    return actorFrom(rows, await listUnitsBelow(lastOf(queries), unitIds))
  })
}

export function createSessions(database: Database, listUnitsBelow: ListUnitsBelow): Sessions {
  const cache = new Map<string, { actor: Actor | undefined; until_ms: number }>()

  /** At a shift change thousands of accounts come at once, each for the first time: those that wait are looked up together. */
  const load = groupCommit<string, Actor | undefined>({
    lanes: 1,
    size_max: 256,
    run: (tokens) =>
      database.prepared.transact(ACCESS_CONTEXT, async (queries) => {
        const rows = await queries.run<SessionRow>(STANDING_SESSIONS, [tokens.map(hashOf)])
        const unitIds = new Set(rows.flatMap(({ unit_id }) => (unit_id === null ? [] : [unit_id])))
        const reaches = await listUnitsBelow(lastOf(queries), [...unitIds])
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
    async list(tx, userId, token) {
      const here = token === undefined ? undefined : hashOf(token)
      const rows = await tx
        .selectFrom('sessions')
        .select(['token_hash', 'device', 'created_at', 'expires_at'])
        .where('user_id', '=', userId)
        .where('ended_at', 'is', null)
        .where('expires_at', '>', new Date())
        .orderBy('created_at', 'desc')
        .limit(100)
        .execute()
      return rows.map(({ token_hash, ...rest }) => ({ ...rest, here: here?.equals(token_hash) ?? false }))
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
