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

/** Where the browser keeps nothing (some private windows), the page works as long as there is a network. */
export async function recallSession(): Promise<Remembered | undefined> {
  try {
    return await recall<Remembered>(KEY)
  } catch (error) {
    console.warn('nothing is kept on this phone', error)
    return undefined
  }
}

export async function rememberSession(remembered: Remembered): Promise<void> {
  try {
    await remember(KEY, remembered)
  } catch (error) {
    console.warn('nothing is kept on this phone', error)
  }
}

const ENDING = 'ending'

/** A sign-out that was asked for without a network is carried out at the next contact, before anything else. */
export async function isEnding(): Promise<boolean> {
  try {
    return (await recall<boolean>(ENDING)) === true
  } catch {
    return false
  }
}

export async function markEnding(ending: boolean): Promise<void> {
  try {
    if (ending) await remember(ENDING, true)
    else await forget(ENDING)
  } catch (error) {
    console.warn('nothing is kept on this phone', error)
  }
}

/** Takes what was kept about people off the phone; of `userId`, when given, it stays. Queued actions always stay. */
export async function clearKept(userId?: number): Promise<void> {
  if (userId === undefined) await forget(KEY).catch(() => undefined)
  if (typeof caches === 'undefined') return
  for (const name of await caches.keys())
    if (name.startsWith(ANSWERS) && name !== `${ANSWERS}${userId}`) await caches.delete(name)
}
