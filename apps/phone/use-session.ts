import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { SessionView } from '#platform/access/contract.ts'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { read, send } from '#platform/ui/phone/client.ts'
import { clearReadings } from '#platform/ui/phone/reading.ts'
import type { listOperations } from '#records/operations/contract.ts'
import { currentOperation } from './operation.ts'
import {
  clearKept,
  isEnding,
  markEnding,
  type Remembered,
  recallSession,
  rememberedOf,
  rememberSession,
} from './remembered.ts'

/** `starting`: not known yet. `signed_out`: nobody is; after an expired session the phone still knows who was. */
export type Standing =
  | { readonly state: 'starting' }
  | { readonly state: 'signed_out'; readonly expired: boolean; readonly login: string }
  | { readonly state: 'signed_in'; readonly remembered: Remembered }

export interface Session {
  readonly standing: Standing
  readonly reachable: boolean
  /** Rises when everything on screen should be read again. */
  readonly readings: number
  readAgain(): void
  signedIn(session: SessionView, login: string): void
  signOut(): Promise<void>
  notice(found: 'reached' | 'unreachable' | 'signed_out'): void
  check(): void
}

const CHECK_AGAIN_MS = 30_000
/** A page that comes back to the front after this time is read anew. */
const STALE_MS = 60_000
const ENDING_WAIT_MS = 8_000

async function endLateSession(): Promise<boolean> {
  if (!(await isEnding())) return false
  const answer = await send('/api/session/end', {}, { wait_ms: ENDING_WAIT_MS })
  if (answer.kind === 'ok' || answer.kind === 'signed_out') await markEnding(false)
  return true
}

async function withOperation(session: SessionView, login: string, known: Remembered | undefined): Promise<Remembered> {
  const answer = await read<OutputOf<typeof listOperations>>('/api/operations', session.user_id)
  const operation = answer.kind === 'ok' ? currentOperation(answer.value.operations) : undefined
  const remembered = rememberedOf(session, login, operation ?? known?.operation ?? null)
  await rememberSession(remembered)
  return remembered
}

export function useSession(): Session {
  const [standing, setStanding] = useState<Standing>({ state: 'starting' })
  const [reachable, setReachable] = useState(navigator.onLine)
  const [readings, setReadings] = useState(0)
  const latest = useRef<Remembered | undefined>(undefined)
  const readAgain = useCallback(() => setReadings((count) => count + 1), [])

  const enter = useCallback(async (session: SessionView, typed?: string) => {
    if (latest.current?.session.user_id !== session.user_id) {
      clearReadings()
      await clearKept(session.user_id)
    }
    const known = latest.current?.session.user_id === session.user_id ? latest.current : undefined
    const remembered = await withOperation(session, typed ?? known?.login ?? '', known)
    latest.current = remembered
    setStanding({ state: 'signed_in', remembered })
  }, [])

  const leave = useCallback((expired: boolean) => {
    if (expired && latest.current) void rememberSession({ ...latest.current, expired: true })
    setStanding({ state: 'signed_out', expired, login: latest.current?.login ?? '' })
  }, [])

  const check = useCallback(async () => {
    if (await endLateSession()) return leave(false)
    const answer = await read<SessionView>('/api/session')
    if (answer.kind === 'ok') {
      setReachable(true)
      await enter(answer.value)
    } else if (answer.kind === 'signed_out') {
      setReachable(true)
      leave(latest.current !== undefined)
    } else {
      setReachable(false)
      if (latest.current === undefined) leave(false)
    }
  }, [enter, leave])

  useEffect(() => {
    void (async () => {
      const ending = await isEnding()
      const remembered = ending ? undefined : await recallSession()
      latest.current = remembered
      if (remembered?.expired) leave(true)
      else if (remembered) setStanding({ state: 'signed_in', remembered })
      await check()
    })()
  }, [check, leave])

  // Found again: what could not be read is read now.
  useEffect(() => {
    if (reachable) {
      readAgain()
      return
    }
    const timer = setInterval(() => void check(), CHECK_AGAIN_MS)
    return () => clearInterval(timer)
  }, [reachable, check, readAgain])

  useEffect(() => {
    const online = () => void check()
    const offline = () => setReachable(false)
    let seen_ms = Date.now()
    const visible = () => {
      if (document.visibilityState === 'hidden') seen_ms = Date.now()
      else if (Date.now() - seen_ms > STALE_MS) void check().then(readAgain)
    }
    document.addEventListener('visibilitychange', visible)
    addEventListener('online', online)
    addEventListener('offline', offline)
    // From the moment the service worker is in charge, it keeps what is read.
    navigator.serviceWorker?.addEventListener('controllerchange', readAgain)
    return () => {
      removeEventListener('online', online)
      removeEventListener('offline', offline)
      document.removeEventListener('visibilitychange', visible)
      navigator.serviceWorker?.removeEventListener('controllerchange', readAgain)
    }
  }, [check, readAgain])

  return {
    standing,
    reachable,
    readings,
    readAgain,
    check: () => void check(),
    signedIn(session, login) {
      setReachable(true)
      void markEnding(false).then(() => enter(session, login))
    },
    async signOut() {
      // Nobody signs in here before the old session has ended: its late answer would take the new one's cookie away.
      setStanding({ state: 'starting' })
      await markEnding(true)
      latest.current = undefined
      clearReadings()
      await endLateSession()
      await clearKept()
      leave(false)
    },
    notice(found) {
      // Perhaps another person has signed in meanwhile, in another tab: then it is their page now.
      if (found === 'signed_out') void check()
      else setReachable(found === 'reached')
    },
  }
}
