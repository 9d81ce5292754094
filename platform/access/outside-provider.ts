import { z } from 'zod'

/** What DingTalk and WeCom have in common, and how they are asked over HTTP. */

export type ProviderName = 'dingtalk' | 'wecom'

export interface Leaving {
  readonly redirect_uri: string
  readonly state: string
  /** The browser is the provider's own app. */
  readonly in_app: boolean
}

export interface OutsideProvider {
  readonly name: ProviderName
  readonly title: string
  addressOf(leaving: Leaving): string
  /** The code with which the browser came back. DingTalk calls it `authCode`. */
  codeOf(query: Readonly<Record<string, unknown>>): string | undefined
  /** Who the code stands for: a name of the person that never changes and that the person cannot choose. */
  identify(code: string): Promise<string>
  /** The same for a code that a page asked for inside the app (DingTalk's `requestAuthCode`). */
  identifyInApp?(code: string): Promise<string>
  /** How an administrator writes the same person's name. */
  subjectOf(typed: string): string
}

/** Why a provider did not say who somebody is. */
export type Cause =
  /** No answer in time, or none at all. */
  | 'unreachable'
  /** The code was used before, is too old, or is not the provider's. */
  | 'code'
  /** The provider refuses this house: wrong secret, address not registered, no permission. */
  | 'settings'
  /** Known to the provider, but not a member of this organisation. */
  | 'stranger'
  /** An answer that its documents do not describe. */
  | 'unclear'

export class OutsideFailure extends Error {
  readonly why: Cause
  /** The provider's own error number or word. */
  readonly said: string | undefined

  constructor(why: Cause, said?: string) {
    super(said === undefined ? why : `${why}: ${said}`)
    this.why = why
    this.said = said
  }
}

const ANSWER_CHARACTERS_MAX = 64 * 1024

export interface Asking {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object
  readonly timeout_ms: number
}

/**
 * Asks a provider and gives status and JSON. Redirects are not followed: they could carry a secret elsewhere. Addresses with
 * secrets in them stay out of errors.
 */
export async function askProvider(asking: Asking): Promise<{ status: number; json: unknown }> {
  const { method, url, query, headers, body, timeout_ms } = asking
  const address = query ? `${url}?${new URLSearchParams(query)}` : url
  let status: number
  let text: string
  try {
    const answer = await fetch(address, {
      method,
      redirect: 'error',
      headers: { accept: 'application/json', ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(timeout_ms),
    })
    status = answer.status
    text = await answer.text()
  } catch (error) {
    throw new OutsideFailure('unreachable', error instanceof Error ? error.name : undefined)
  }
  if (status >= 500) throw new OutsideFailure('unreachable', `HTTP ${status}`)
  if (text.length > ANSWER_CHARACTERS_MAX) throw new OutsideFailure('unclear', 'too long')
  try {
    return { status, json: JSON.parse(text) }
  } catch {
    throw new OutsideFailure('unclear', `HTTP ${status}`)
  }
}

export function parseAnswer<T extends z.ZodType>(schema: T, json: unknown): z.output<T> {
  const parsed = schema.safeParse(json)
  if (!parsed.success) throw new OutsideFailure('unclear', z.prettifyError(parsed.error).slice(0, 200))
  return parsed.data
}

/** A token of the house itself, asked for when there is none or the one in hand ends within the minute. */
export function createToken(ask: () => Promise<{ token: string; seconds: number }>) {
  let held: { token: string; until_ms: number } | undefined
  let asking: Promise<string> | undefined
  async function renew(): Promise<string> {
    const { token, seconds } = await ask()
    held = { token, until_ms: Date.now() + (seconds - 60) * 1_000 }
    return token
  }
  return {
    async get(): Promise<string> {
      if (held && held.until_ms > Date.now()) return held.token
      asking ??= renew().finally(() => {
        asking = undefined
      })
      return asking
    },
    /** The provider says that this token no longer holds. */
    drop(token: string): void {
      if (held?.token === token) held = undefined
    },
  }
}
