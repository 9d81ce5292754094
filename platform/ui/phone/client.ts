import type { ProblemDocument } from '#platform/http/problem.ts'

/** Says for whom the page was drawn; answers are kept on the phone under this number and never shown to another person. */
export const PERSON_HEADER = 'tongpao-user'
/** Set by the service worker on an answer that it kept earlier: when the server gave it. */
export const KEPT_HEADER = 'tongpao-kept-at'

export type Answer<T> =
  | { readonly kind: 'ok'; readonly value: T; readonly kept_at: string | undefined }
  | { readonly kind: 'refused'; readonly problem: ProblemDocument }
  /** The server is there but cannot answer now; the same request may be repeated. */
  | { readonly kind: 'busy'; readonly problem: ProblemDocument | undefined; readonly retry_seconds: number }
  | { readonly kind: 'signed_out' }
  | { readonly kind: 'unreachable' }

/** Longer than the server's own limits, so that the phone is never the first to give up on an answer that is coming. */
const WAIT_MS = 75_000

async function problemIn(response: Response): Promise<ProblemDocument | undefined> {
  if (!(response.headers.get('content-type') ?? '').includes('json')) return undefined
  try {
    const problem: ProblemDocument = await response.json()
    return problem
  } catch {
    return undefined
  }
}

function unexplained(status: number): ProblemDocument {
  return {
    type: 'urn:tongpao:problem:phone.unexplained',
    status,
    code: 'phone.unexplained',
    title: {
      zh: `服务器没有接受，也没有说明原因（${status}）。内容仍保存在本机。`,
      en: `The server did not accept this and gave no reason (${status}). It is still saved on this phone.`,
    },
    facts: {},
  }
}

/** A sign-in that fails answers 401 as well; only this code means that the session is over. */
const SIGNED_OUT = 'http.signed_out'
const NOT_NOW = new Set([408, 429, 500, 502, 503, 504])

async function answerOf<T>(response: Response): Promise<Answer<T>> {
  if (response.ok) {
    const value: T = await response.json()
    return { kind: 'ok', value, kept_at: response.headers.get(KEPT_HEADER) ?? undefined }
  }
  const problem = await problemIn(response)
  if (response.status === 401 && (problem === undefined || problem.code === SIGNED_OUT)) return { kind: 'signed_out' }
  if (NOT_NOW.has(response.status) && problem?.code !== 'access.too_many') {
    const seconds = Number(response.headers.get('retry-after'))
    return { kind: 'busy', problem, retry_seconds: Number.isFinite(seconds) ? Math.max(seconds, 0) : 0 }
  }
  return { kind: 'refused', problem: problem ?? unexplained(response.status) }
}

async function call<T>(path: string, init: RequestInit, wait_ms = WAIT_MS): Promise<Answer<T>> {
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(), wait_ms)
  try {
    return await answerOf<T>(await fetch(path, { ...init, credentials: 'same-origin', signal: stop.signal }))
  } catch {
    return { kind: 'unreachable' }
  } finally {
    clearTimeout(timer)
  }
}

/** Reads for a person; without one the answer is not kept on the phone. */
export function read<T>(path: string, userId?: number): Promise<Answer<T>> {
  const headers: Record<string, string> = userId === undefined ? {} : { [PERSON_HEADER]: String(userId) }
  return call<T>(path, { headers })
}

export interface SendOptions {
  /** Sent as Idempotency-Key: the same key counts once, however often it arrives. */
  readonly key?: string
  readonly userId?: number
  /** How long a person may be kept waiting for it. */
  readonly wait_ms?: number
}

export function send<T>(path: string, body: unknown, { key, userId, wait_ms }: SendOptions = {}): Promise<Answer<T>> {
  const headers: Record<string, string> = {}
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (key !== undefined) headers['idempotency-key'] = key
  if (userId !== undefined) headers[PERSON_HEADER] = String(userId)
  return call<T>(path, { method: 'POST', headers, body: body === undefined ? null : JSON.stringify(body) }, wait_ms)
}
