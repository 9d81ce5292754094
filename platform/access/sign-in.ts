import { setTimeout as sleep } from 'node:timers/promises'
import { recordAudit } from '#platform/audit/record.ts'
import type { Tx } from '#platform/db/database.ts'
import { httpProblems, Refusal, refuse } from '#platform/http/problem.ts'
import {
  accessContext,
  findUserByLogin,
  homeOf,
  isPrivileged,
  listRolesOf,
  lockUser,
  type OpenRole,
  type UserRow,
} from './account-rows.ts'
import { accessProblems } from './contract.ts'
import type { AccessPlatform } from './options.ts'
import { TooManyPasswords, verifyNothing, verifyPassword } from './passwords.ts'
import { createShadowLocks, createThrottle, lockAfterFailure, lockedMinutes } from './throttle.ts'
import { matchingStep } from './totp.ts'

/** One attempt to prove who one is. */
export interface Attempt {
  readonly login: string
  readonly password: string
  readonly code?: string
  readonly address: string
  readonly request_id: string
}

/** What is settled about an account while its row is locked. */
export interface Proven {
  readonly tx: Tx
  readonly user: UserRow
  readonly roles: readonly OpenRole[]
}

/** Many people of one hospital share an address: this stops trying in bulk, the lock of an account stops the rest. */
const ADDRESS_FAILURES_MAX = 100
const ADDRESS_WINDOW_MS = 10 * 60_000
/** Refusals leave at whole quarters of a second, so that their time does not tell which step refused. */
const REFUSAL_GRID_MS = 250

async function untilGrid(started_ms: number): Promise<void> {
  const spent_ms = performance.now() - started_ms
  await sleep(REFUSAL_GRID_MS - (spent_ms % REFUSAL_GRID_MS))
}

export const TOTP_PLACE = (userId: number) => ({ table: 'users', column: 'totp_secret', row: userId }) as const

export function createSignIn({ database, vault, demo }: Pick<AccessPlatform, 'database' | 'vault' | 'demo'>) {
  const addresses = createThrottle(ADDRESS_FAILURES_MAX, ADDRESS_WINDOW_MS)
  const shadows = createShadowLocks()

  function lockRefusal(minutes: number): Refusal | undefined {
    return minutes > 0 ? refuse(accessProblems.locked, { minutes }) : undefined
  }

  async function noteFailure(tx: Tx, user: UserRow, roles: readonly OpenRole[], what: string): Promise<void> {
    const lock = lockAfterFailure(user, new Date())
    await tx.updateTable('users').set(lock).where('user_id', '=', user.user_id).execute()
    await recordAudit(tx, {
      action: 'access.sign_in_failed',
      subject_kind: 'user',
      subject_id: user.user_id,
      unit_id: homeOf(roles),
      facts: { what, failures: lock.failed_sign_ins },
    })
  }

  /** The code's step when it is right and was not used before. */
  async function stepOf(user: UserRow, code: string): Promise<number | undefined> {
    if (!user.totp_secret) return undefined
    const secret = await vault.open('totp', TOTP_PLACE(user.user_id), user.totp_secret)
    return matchingStep(Buffer.from(secret, 'hex'), code, new Date(), user.totp_last_step)
  }

  /** Whether an account shows a second factor before it gets a session. */
  function asksSecondFactor({ user, roles }: Pick<Proven, 'user' | 'roles'>): boolean {
    return user.totp_confirmed_at !== null || (isPrivileged(roles) && !demo)
  }

  /** The second factor of a person whose password is right: settled, or what is still asked. */
  async function secondFactor(proven: Proven, code: string | undefined): Promise<Refusal | undefined> {
    const { tx, user, roles } = proven
    if (!asksSecondFactor(proven)) return undefined
    if (user.totp_confirmed_at === null) return refuse(accessProblems.second_factor_missing)
    if (code === undefined) return refuse(accessProblems.second_factor)
    const step = await stepOf(user, code)
    if (step === undefined) {
      await noteFailure(tx, user, roles, 'code')
      return refuse(accessProblems.wrong)
    }
    await tx.updateTable('users').set({ totp_last_step: step }).where('user_id', '=', user.user_id).execute()
    return undefined
  }

  async function checkPassword(attempt: Pick<Attempt, 'password'>, stored: string | null | undefined) {
    return stored ? verifyPassword(attempt.password, stored) : verifyNothing(attempt.password)
  }

  async function decide<T>(attempt: Attempt, then: (proven: Proven) => Promise<T | Refusal>): Promise<T | Refusal> {
    const known = await database.read(accessContext(undefined, attempt.request_id), (tx) =>
      findUserByLogin(tx, attempt.login),
    )
    const minutes = known ? lockedMinutes(known, new Date()) : shadows.minutes(attempt.login, new Date())
    const locked = lockRefusal(minutes)
    if (locked) return locked
    const matches = await checkPassword(attempt, known?.state === 'active' ? known.password_hash : null)
    if (!known) {
      shadows.fail(attempt.login, new Date())
      return refuse(accessProblems.wrong)
    }
    // A refusal as the transaction's result would roll the failure count back: it travels inside an object.
    const { outcome } = await database.transact(
      accessContext(matches ? known : undefined, attempt.request_id),
      async (tx) => {
        const user = await lockUser(tx, known.user_id)
        const roles = await listRolesOf(tx, user.user_id)
        // Attempts that were checked side by side are counted one by one: those behind the lock stay outside.
        const lockedNow = lockRefusal(lockedMinutes(user, new Date()))
        if (lockedNow) return { outcome: lockedNow }
        // Changed or disabled while the password was being checked: what was checked no longer counts.
        const stale = user.password_hash !== known.password_hash || user.state !== known.state
        if (!matches || stale) {
          await noteFailure(tx, user, roles, 'password')
          return { outcome: refuse(accessProblems.wrong) }
        }
        const outcome = await then({ tx, user, roles })
        return { outcome }
      },
    )
    return outcome
  }

  /** Checks login and password, then runs `then` in the same transaction; refusals take the same time whatever the cause. */
  async function prove<T>(attempt: Attempt, then: (proven: Proven) => Promise<T | Refusal>): Promise<T | Refusal> {
    const wait_minutes = addresses.waitMinutes(attempt.address)
    if (wait_minutes > 0) return refuse(accessProblems.too_many, { minutes: wait_minutes })
    const started_ms = performance.now()
    try {
      const outcome = await decide(attempt, then)
      if (outcome instanceof Refusal) {
        if (outcome.problem === accessProblems.wrong) addresses.fail(attempt.address)
        await untilGrid(started_ms)
      }
      return outcome
    } catch (error) {
      if (error instanceof TooManyPasswords) return refuse(httpProblems.busy)
      throw error
    }
  }

  /** The account's lock after failures, as a refusal. */
  function lockOf(user: UserRow): Refusal | undefined {
    return lockRefusal(lockedMinutes(user, new Date()))
  }

  return { prove, lockOf, secondFactor, asksSecondFactor, stepOf, noteFailure }
}

export type SignIn = ReturnType<typeof createSignIn>
