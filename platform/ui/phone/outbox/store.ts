import type { ActionKind, ActionOf, ActionState, NewAction, QueuedAction } from './action.ts'
import { newUuid } from './action.ts'
import { result, transaction } from './database.ts'

export interface Person {
  readonly user_id: number
  readonly user_name: string
}

/** Recorded actions are shown for a while, so that the person sees that they arrived, and then leave the phone. */
const RECORDED_DAYS_SHOWN = 3

export interface ActionStore {
  /** In the order in which they were made, of everybody who used this phone. */
  list(): Promise<QueuedAction[]>
  /** Answers once the action is on the disk. The same content about the same subject is kept once while it waits. */
  add<K extends ActionKind>(person: Person, action: NewAction<K>, replaces?: string): Promise<string>
  update(key: string, change: Partial<ActionState>): Promise<void>
  remove(key: string): Promise<void>
}

function sameContent(kept: QueuedAction, person: Person, action: NewAction): boolean {
  if (kept.state !== 'waiting' || kept.user_id !== person.user_id || kept.subject !== action.subject) return false
  return contentOf(kept.body) === contentOf(action.body)
}

/** Two presses of one button differ only in the moment and in ids made for the press. */
function contentOf(body: unknown): string {
  return JSON.stringify(body, (name, value: unknown) =>
    name === 'said_at' || name === 'raised_at' || name === 'objection_id' ? undefined : value,
  )
}

async function byKey(objects: IDBObjectStore, key: string): Promise<QueuedAction | undefined> {
  const found: QueuedAction | undefined = await result(objects.index('key').get(key))
  return found
}

export const phoneActions: ActionStore = {
  async list() {
    const { objects } = await transaction('actions', 'readonly')
    const actions: QueuedAction[] = await result(objects.getAll())
    return actions
  },

  async add(person, action, replaces) {
    const { objects, done } = await transaction('actions', 'readwrite')
    const kept: QueuedAction[] = await result(objects.getAll())
    const same = kept.find((other) => other.key !== replaces && sameContent(other, person, action))
    const key = same?.key ?? newUuid()
    if (!same) {
      const state: Omit<ActionState, 'seq'> = {
        ...person,
        key,
        state: 'waiting',
        attempts: 0,
        problem: null,
        settled_at: null,
      }
      objects.add({ ...action, ...state })
    }
    const replaced = kept.find((other) => other.key === replaces)
    // What was recorded meanwhile stands and is not taken off the phone by a later edit.
    if (replaced && replaced.state !== 'recorded') objects.delete(replaced.seq)
    await done
    return key
  },

  async update(key, change) {
    const { objects, done } = await transaction('actions', 'readwrite')
    const action = await byKey(objects, key)
    if (action) objects.put({ ...action, ...change })
    await done
  },

  async remove(key) {
    const { objects, done } = await transaction('actions', 'readwrite')
    const action = await byKey(objects, key)
    if (action) objects.delete(action.seq)
    await done
  },
}

/** Takes recorded actions off the phone after some days; what waits or was refused always stays. */
export async function clearRecorded(store: ActionStore, now: Date): Promise<void> {
  const limit = now.getTime() - RECORDED_DAYS_SHOWN * 86_400_000
  for (const action of await store.list()) {
    if (action.state !== 'recorded' || action.settled_at === null) continue
    if (new Date(action.settled_at).getTime() < limit) await store.remove(action.key)
  }
}

export type { ActionOf }
