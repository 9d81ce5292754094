import { read, send } from '../client.ts'
import type { ActionKind, NewAction, QueuedAction } from './action.ts'
import { backoffSeconds, type Round, sendWaiting } from './send.ts'
import { clearRecorded, type Person, phoneActions } from './store.ts'

const CHANNEL = 'tongpao-outbox'
const LOCK = 'tongpao-outbox'
export const SYNC_TAG = 'tongpao-outbox'

/**
 * One sender at a time across pages and service worker. Where the browser has no locks (plain HTTP), repeated sending is
 * still harmless: the same key counts once.
 */
export async function sendOnce(): Promise<Round> {
  const work = () => sendWaiting(phoneActions, { read, send }, () => new Date())
  const locks: LockManager | undefined = navigator.locks
  const round = locks ? await locks.request(LOCK, work) : await work()
  announce()
  return round
}

function announce(): void {
  if (typeof BroadcastChannel === 'undefined') return
  const channel = new BroadcastChannel(CHANNEL)
  channel.postMessage('changed')
  channel.close()
}

/** Asks that what is kept is not cleared away when the phone runs short of space. */
async function askForLastingStorage(): Promise<void> {
  try {
    await navigator.storage?.persist?.()
  } catch {
    // Then the browser's usual rules hold; the page keeps saying what is not sent yet.
  }
}

export interface OutboxEvents {
  readonly onChange: (actions: readonly QueuedAction[]) => void
  /** Something was recorded: what is on screen should be read again. */
  readonly onRecorded: () => void
  readonly onSignedOut: () => void
}

interface SyncRegistration {
  readonly sync?: { register(tag: string): Promise<void> }
}

/** Lets the browser send in the background, also after the page is closed, where it can do that. */
async function askForBackgroundSync(): Promise<void> {
  try {
    const registration: (ServiceWorkerRegistration & SyncRegistration) | undefined =
      await navigator.serviceWorker?.getRegistration()
    await registration?.sync?.register(SYNC_TAG)
  } catch {
    // Refused by the browser or by the person: opening the page sends as well.
  }
}

/** The page's side of the queue: keeps, sends when it can, and tells the page what stands. */
export class Outbox {
  #events: OutboxEvents | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #failures = 0
  #running = false
  #again = false
  #recordedKnown = 0

  start(events: OutboxEvents): () => void {
    this.#events = events
    const onOnline = () => this.sendNow()
    const onVisible = () => document.visibilityState === 'visible' && this.sendNow()
    addEventListener('online', onOnline)
    document.addEventListener('visibilitychange', onVisible)
    const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(CHANNEL)
    if (channel) channel.onmessage = () => void this.#changed()
    void this.#changed()
    return () => {
      removeEventListener('online', onOnline)
      document.removeEventListener('visibilitychange', onVisible)
      channel?.close()
      clearTimeout(this.#timer)
      this.#events = undefined
    }
  }

  /** Answers once the action is safe on this phone; sending goes on behind. */
  async keep<K extends ActionKind>(person: Person, action: NewAction<K>, replaces?: string): Promise<string> {
    void askForLastingStorage()
    const key = await phoneActions.add(person, action, replaces)
    await this.#changed()
    announce()
    void askForBackgroundSync()
    this.sendNow()
    return key
  }

  async discard(key: string): Promise<void> {
    await phoneActions.remove(key)
    await this.#changed()
    announce()
  }

  /** Tries at once; while a round runs, another follows it. */
  sendNow(): void {
    clearTimeout(this.#timer)
    if (this.#running) {
      this.#again = true
      return
    }
    void this.#run()
  }

  async #run(): Promise<void> {
    this.#running = true
    let round: Round | undefined
    try {
      round = await sendOnce()
    } catch {
      round = undefined
    } finally {
      this.#running = false
    }
    await this.#changed()
    if (round?.end === 'signed_out') this.#events?.onSignedOut()
    else if (round?.end !== 'idle') this.#tryLater(round?.retry_seconds ?? 0)
    else this.#failures = 0
    if (this.#again) {
      this.#again = false
      this.sendNow()
    }
  }

  #tryLater(retry_seconds: number): void {
    const seconds = Math.max(retry_seconds, backoffSeconds(this.#failures, Math.random()))
    this.#failures += 1
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.sendNow(), seconds * 1000)
  }

  async #changed(): Promise<void> {
    await clearRecorded(phoneActions, new Date())
    const actions = await phoneActions.list()
    this.#events?.onChange(actions)
    const recorded = actions.filter((action) => action.state === 'recorded').length
    if (recorded > this.#recordedKnown) this.#events?.onRecorded()
    this.#recordedKnown = recorded
  }
}
