import type { ProblemDocument } from '#platform/http/problem.ts'

/**
 * The kinds of action that a phone keeps until they are recorded: what is sent, and what its room needs to show it.
 * Rooms add theirs by declaration merging, so that this floor knows none of them.
 */
// biome-ignore lint/suspicious/noEmptyInterface: rooms fill it by declaration merging
export interface ActionKinds {}

export type ActionKind = keyof ActionKinds & string

interface Kind {
  readonly body: unknown
  readonly shown: unknown
}
type KindOf<K extends ActionKind> = ActionKinds[K] extends Kind ? ActionKinds[K] : never

/** What a page hands over. */
export interface NewAction<K extends ActionKind = ActionKind> {
  readonly kind: K
  /** What it is about, such as `day 12 2020-02-24`: while one waits, the same content about it is not kept twice. */
  readonly subject: string
  readonly path: string
  readonly body: KindOf<K>['body']
  readonly shown: KindOf<K>['shown']
  readonly said_at: string
}

export interface ActionState {
  /** The order in which actions were made on this phone; given by the store. */
  readonly seq: number
  /** Idempotency-Key, made on the phone. */
  readonly key: string
  readonly user_id: number
  readonly user_name: string
  /** `waiting`: saved on this phone only. `refused`: the server said no and stored nothing. `recorded`: it stands. */
  readonly state: 'waiting' | 'refused' | 'recorded'
  readonly attempts: number
  readonly problem: ProblemDocument | null
  /** When the phone learned that it was recorded or refused, on the device's clock. */
  readonly settled_at: string | null
}

export type ActionOf<K extends ActionKind> = NewAction<K> & ActionState
export type QueuedAction = { [K in ActionKind]: ActionOf<K> }[ActionKind]

/** A version 4 UUID; `crypto.randomUUID` is younger than the oldest browser in use and is missing on plain HTTP. */
export function newUuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const hex = Array.from(bytes, (byte, index) => {
    if (index === 6) return ((byte & 0x0f) | 0x40).toString(16).padStart(2, '0')
    if (index === 8) return ((byte & 0x3f) | 0x80).toString(16).padStart(2, '0')
    return byte.toString(16).padStart(2, '0')
  }).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
