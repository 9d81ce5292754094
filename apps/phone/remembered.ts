import type { SessionView } from '#platform/access/contract.ts'
import { forget, recall, remember } from '#platform/ui/phone/outbox/database.ts'
import type { CurrentOperation } from '#platform/ui/phone/phone.ts'

/** Who uses this phone and for what response: enough to open the page without a network. */
export interface Remembered {
  readonly session: SessionView
  /** What was typed at the last sign-in, so that after an expired session only the password is asked. */
  readonly login: string
  /** The product's clock less the device's; 0 where the clock is the real one. */
  readonly clock_offset_ms: number
  readonly operation: CurrentOperation | null
  /** The server said that the session is over: what was kept is shown again only after signing in. */
  readonly expired: boolean
}

const KEY = 'session'
const ANSWERS = 'answers-'

export function rememberedOf(session: SessionView, login: string, operation: CurrentOperation | null): Remembered {
  const clock_offset_ms = session.clock_shifted ? Date.parse(session.now) - Date.now() : 0
  return { session, login, clock_offset_ms, operation, expired: false }
}

export function recallSession(): Promise<Remembered | undefined> {
  return recall<Remembered>(KEY)
}

export function rememberSession(remembered: Remembered): Promise<void> {
  return remember(KEY, remembered)
}

/** Takes what was kept about people off the phone; of `userId`, when given, it stays. Queued actions always stay. */
export async function clearKept(userId?: number): Promise<void> {
  if (userId === undefined) await forget(KEY)
  if (typeof caches === 'undefined') return
  for (const name of await caches.keys())
    if (name.startsWith(ANSWERS) && name !== `${ANSWERS}${userId}`) await caches.delete(name)
}
