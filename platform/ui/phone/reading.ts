import { useEffect, useState } from 'preact/hooks'
import type { ProblemDocument } from '#platform/http/problem.ts'
import { type Answer, read } from './client.ts'
import { usePhone } from './phone.ts'

export type Reading<T> =
  | { readonly state: 'loading' }
  /** `kept_at` is set when this is the phone's own copy, from that time. */
  | { readonly state: 'ready'; readonly value: T; readonly kept_at: string | undefined }
  | { readonly state: 'refused'; readonly problem: ProblemDocument }
  /** Not reachable, and nothing kept on this phone. */
  | { readonly state: 'absent' }

const LOADING = { state: 'loading' } as const

interface Shelf {
  user_id: number
  readings: Map<string, Reading<unknown>>
}

/** What was read since the page was opened, so that changing tabs shows it at once; emptied when the person changes. */
const shelf: Shelf = { user_id: 0, readings: new Map() }

export function clearReadings(): void {
  shelf.readings.clear()
}

function readingsOf(userId: number): Map<string, Reading<unknown>> {
  if (shelf.user_id !== userId) {
    shelf.user_id = userId
    shelf.readings.clear()
  }
  return shelf.readings
}

const underWay = new Map<string, Promise<Answer<unknown>>>()

/** Several cards of one page show the same answer: it is asked for once. */
function readShared<T>(path: string, userId: number, round: number): Promise<Answer<T>> {
  const name = `${userId} ${round} ${path}`
  const known = underWay.get(name) as Promise<Answer<T>> | undefined
  if (known) return known
  const asked = read<T>(path, userId)
  underWay.set(name, asked)
  void asked.finally(() => underWay.delete(name))
  return asked
}

/** Reads a path of the server for the person signed in; without a path, nothing is read. */
export function useReading<T>(path: string | undefined): Reading<T> {
  const phone = usePhone()
  const userId = phone.session.user_id
  const known = path === undefined ? undefined : (readingsOf(userId).get(path) as Reading<T> | undefined)
  const [latest, setLatest] = useState<{ path: string | undefined; reading: Reading<T> }>({
    path,
    reading: known ?? LOADING,
  })

  // biome-ignore lint/correctness/useExhaustiveDependencies: `readings` rises when everything is to be read anew
  useEffect(() => {
    if (path === undefined) return
    let current = true
    void readShared<T>(path, userId, phone.readings).then((answer) => {
      const next = readingOf(answer)
      phone.notice(answer.kind === 'signed_out' ? 'signed_out' : fromServer(answer) ? 'reached' : 'unreachable')
      if (next === undefined) return
      // What is on screen stays when a later try fails.
      if (next.state !== 'absent' || readingsOf(userId).get(path) === undefined) readingsOf(userId).set(path, next)
      if (current) setLatest({ path, reading: (readingsOf(userId).get(path) as Reading<T> | undefined) ?? next })
    })
    return () => {
      current = false
    }
  }, [path, userId, phone.readings])

  return latest.path === path ? latest.reading : (known ?? LOADING)
}

function fromServer(answer: Answer<unknown>): boolean {
  return answer.kind === 'refused' || (answer.kind === 'ok' && answer.kept_at === undefined)
}

function readingOf<T>(answer: Answer<T>): Reading<T> | undefined {
  if (answer.kind === 'ok') return { state: 'ready', value: answer.value, kept_at: answer.kept_at }
  if (answer.kind === 'refused') return { state: 'refused', problem: answer.problem }
  if (answer.kind === 'signed_out') return undefined
  return { state: 'absent' }
}
