/**
 * Counts in memory, forgotten at a restart and kept per node: a brake against trying in bulk, not a record.
 * The lock of an account itself stands in the database.
 */

interface Count {
  failures: number
  until_ms: number
}

const ENTRIES_MAX = 20_000

/** Keeps the newest entries: a flood of made-up keys must not fill the memory. */
function trim(counts: Map<string, Count>): void {
  for (const key of counts.keys()) {
    if (counts.size <= ENTRIES_MAX) return
    counts.delete(key)
  }
}

export interface Throttle {
  /** Whole minutes to wait, or 0. */
  waitMinutes(key: string): number
  fail(key: string): void
  clear(key: string): void
}

/** At most `failures_max` failures of one key in a window. */
export function createThrottle(failures_max: number, window_ms: number, now: () => number = Date.now): Throttle {
  const counts = new Map<string, Count>()
  return {
    waitMinutes(key) {
      const count = counts.get(key)
      if (!count || count.until_ms <= now() || count.failures < failures_max) return 0
      return Math.ceil((count.until_ms - now()) / 60_000)
    },
    fail(key) {
      const known = counts.get(key)
      if (known && known.until_ms > now()) known.failures += 1
      else {
        counts.delete(key)
        counts.set(key, { failures: 1, until_ms: now() + window_ms })
        trim(counts)
      }
    },
    clear(key) {
      counts.delete(key)
    },
  }
}

const FREE_FAILURES = 4
const WAIT_MINUTES_MAX = 60
/** After this long without a lock the count starts again. */
const FORGIVEN_AFTER_MS = 24 * 3_600_000

/** How long an account waits after its nth failure in a row: 5th 1 minute, 6th 2, 7th 4 … at most an hour. */
export function waitMinutesAfter(failures: number): number {
  return failures <= FREE_FAILURES ? 0 : Math.min(WAIT_MINUTES_MAX, 2 ** (failures - FREE_FAILURES - 1))
}

export interface Lock {
  readonly failed_sign_ins: number
  readonly locked_until: Date | null
}

/** The count and the lock after one more failure. */
export function lockAfterFailure(lock: Lock, at: Date): Lock {
  const forgiven = lock.locked_until !== null && at.getTime() - lock.locked_until.getTime() > FORGIVEN_AFTER_MS
  const failed_sign_ins = (forgiven ? 0 : lock.failed_sign_ins) + 1
  const wait_minutes = waitMinutesAfter(failed_sign_ins)
  const locked_until = wait_minutes === 0 ? lock.locked_until : new Date(at.getTime() + wait_minutes * 60_000)
  return { failed_sign_ins, locked_until }
}

/** Minutes until the lock opens, or 0. */
export function lockedMinutes(lock: Lock, at: Date): number {
  if (lock.locked_until === null || lock.locked_until <= at) return 0
  return Math.ceil((lock.locked_until.getTime() - at.getTime()) / 60_000)
}

/** Locks logins that do not exist just as those that do, so that a lock does not tell which exist. */
export function createShadowLocks() {
  const locks = new Map<string, Lock>()
  return {
    minutes: (login: string, at: Date) =>
      lockedMinutes(locks.get(login) ?? { failed_sign_ins: 0, locked_until: null }, at),
    fail(login: string, at: Date) {
      const next = lockAfterFailure(locks.get(login) ?? { failed_sign_ins: 0, locked_until: null }, at)
      locks.delete(login)
      locks.set(login, next)
      for (const key of locks.keys()) {
        if (locks.size <= ENTRIES_MAX) break
        locks.delete(key)
      }
    },
  }
}
