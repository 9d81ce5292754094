import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { SessionView } from '#platform/access/contract.ts'
import type { ActionKind, NewAction, QueuedAction } from './outbox/action.ts'

/** The response that the pages are about; its own room says more. */
export interface CurrentOperation {
  readonly operation_id: number
  readonly name: string
  readonly time_zone: string
  readonly started_on: string
  readonly ended_on: string | null
}

/** What the shell gives to every page. */
export interface Phone {
  readonly session: SessionView
  readonly operation: CurrentOperation
  /** False when the last request did not reach the server. */
  readonly reachable: boolean
  /** Queued actions of the person signed in, oldest first. */
  readonly actions: readonly QueuedAction[]
  /** Rises whenever something was recorded or the server came back: readings are made anew. */
  readonly readings: number
  /** The product's time: in the demo city it is not the device's. */
  now(): Date
  /** Today in the operation's time zone. */
  today(): string
  go(place: string): void
  keep<K extends ActionKind>(action: NewAction<K>, replaces?: string): Promise<string>
  discard(key: string): Promise<void>
  /** A request found out how things stand. */
  notice(found: 'reached' | 'unreachable' | 'signed_out'): void
}

export const PhoneContext = createContext<Phone | undefined>(undefined)

export function usePhone(): Phone {
  const phone = useContext(PhoneContext)
  if (!phone) throw new Error('a page of the phone is drawn outside its shell')
  return phone
}

export function mayDo(session: SessionView, permission: string): boolean {
  return session.permissions.includes(permission)
}
