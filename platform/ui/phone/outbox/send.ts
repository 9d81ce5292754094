import type { SessionView } from '#platform/access/contract.ts'
import type { Answer, SendOptions } from '../client.ts'
import type { ActionStore } from './store.ts'

export interface Post {
  read<T>(path: string): Promise<Answer<T>>
  send<T>(path: string, body: unknown, options: SendOptions): Promise<Answer<T>>
}

/**
 * How a round of sending ended. `idle`: nothing of this person waits any more. `later`: the server could not be reached or
 * was busy. `signed_out`: the same person has to sign in again.
 */
export type Round = {
  readonly end: 'idle' | 'later' | 'signed_out'
  readonly recorded: number
  readonly refused: number
  readonly retry_seconds: number
}

/**
 * Sends what waits, in the order in which it was made, under the person who made it and nobody else: whose session it is
 * is asked anew before each action, because the console in another tab may have signed somebody else in.
 *
 * A refused action is kept with the reason and does not hold up those behind it; nor does one on which the server fails
 * (it is tried again later). A server that is away or busy ends the round, so that the order stays.
 */
export async function sendWaiting(store: ActionStore, post: Post, now: () => Date): Promise<Round> {
  let recorded = 0
  let refused = 0
  let stalled = false
  const round = (end: Round['end'], retry_seconds = 0): Round => ({ end, recorded, refused, retry_seconds })

  for (const listed of await store.list()) {
    if (listed.state !== 'waiting') continue
    const session = await post.read<SessionView>('/api/session')
    if (session.kind === 'signed_out') return round('signed_out')
    if (session.kind !== 'ok' || session.kept_at !== undefined) return round('later')
    if (session.value.user_id !== listed.user_id) continue
    // It may have been sent, edited or discarded elsewhere since it was listed.
    const action = (await store.list()).find((other) => other.key === listed.key)
    if (action?.state !== 'waiting') continue

    const answer = await post.send(action.path, action.body, { key: action.key, userId: action.user_id })
    const settled = { attempts: action.attempts + 1, settled_at: now().toISOString() }
    if (answer.kind === 'ok') {
      await store.update(action.key, { ...settled, state: 'recorded', problem: null })
      recorded += 1
    } else if (answer.kind === 'refused') {
      await store.update(action.key, { ...settled, state: 'refused', problem: answer.problem })
      refused += 1
    } else if (answer.kind === 'signed_out') {
      return round('signed_out')
    } else {
      await store.update(action.key, { attempts: action.attempts + 1 })
      const defect = answer.kind === 'busy' && answer.problem?.status === 500
      if (!defect) return round('later', answer.kind === 'busy' ? answer.retry_seconds : 0)
      stalled = true
    }
  }
  return round(stalled ? 'later' : 'idle')
}

/** Seconds until the next try by itself: 5, 10, 20 … at most five minutes, a little spread so that phones do not call together. */
export function backoffSeconds(failures: number, random: number): number {
  return Math.round(Math.min(300, 5 * 2 ** Math.min(failures, 10)) * (0.8 + 0.4 * random))
}
