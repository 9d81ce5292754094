import type { z } from 'zod'
import type { Call, Endpoint, InputSchemas } from '#platform/http/endpoint.ts'
import type { ProblemDocument } from '#platform/http/problem.ts'

/** A refusal of the server, or a defect on the way to it, in the form that every page can show. */
export class ProblemError extends Error {
  readonly document: ProblemDocument

  constructor(document: ProblemDocument) {
    super(document.title.en)
    this.name = 'ProblemError'
    this.document = document
  }

  is(problem: { readonly code: string }): boolean {
    return this.document.code === problem.code
  }
}

export interface CallOptions {
  /** For commands that may be repeated after a lost answer: the same key counts once. */
  readonly idempotencyKey?: string
  readonly signal?: AbortSignal
}

const UNREACHABLE: ProblemDocument = {
  type: 'urn:tongpao:problem:client.unreachable',
  status: 503,
  code: 'client.unreachable',
  title: {
    zh: '连接不上服务器，请检查网络后重试。',
    en: 'The server cannot be reached; check the network and try again.',
  },
  facts: {},
}

function unexpected(status: number): ProblemDocument {
  return {
    type: 'urn:tongpao:problem:client.unexpected',
    status,
    code: 'client.unexpected',
    title: {
      zh: `服务器的回答无法识别（${status}），请稍后重试。`,
      en: `The server's answer was not understood (${status}); please try again later.`,
    },
    facts: {},
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isProblemDocument(value: unknown): value is ProblemDocument {
  return isRecord(value) && typeof value.code === 'string' && isRecord(value.title)
}

function textOf(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value)
}

/** The address of a call: `:names` filled from the params, the query behind it, absent values left out. */
export function addressOf(path: string, params: unknown, query: unknown): string {
  const filled = path.replace(/:(\w+)/g, (_whole, name: string) =>
    encodeURIComponent(isRecord(params) ? textOf(params[name]) : ''),
  )
  if (!isRecord(query)) return filled
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== null && value !== '') search.set(name, textOf(value))
  const text = search.toString()
  return text === '' ? filled : `${filled}?${text}`
}

async function send(
  endpoint: Pick<Endpoint, 'method' | 'path'>,
  input: unknown,
  options: CallOptions,
): Promise<Response> {
  const { params, query, body } = isRecord(input) ? input : {}
  const headers: Record<string, string> = { accept: 'application/json' }
  let content: BodyInit | undefined
  if (body instanceof Blob) {
    headers['content-type'] = 'application/octet-stream'
    content = body
  } else if (endpoint.method === 'POST') {
    headers['content-type'] = 'application/json'
    content = JSON.stringify(body ?? {})
  }
  if (options.idempotencyKey) headers['idempotency-key'] = options.idempotencyKey
  let response: Response
  try {
    response = await fetch(addressOf(endpoint.path, params, query), {
      method: endpoint.method,
      headers,
      body: content,
      signal: options.signal,
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ProblemError(UNREACHABLE)
  }
  if (response.ok) return response
  const answer: unknown = await response.json().catch(() => undefined)
  throw new ProblemError(isProblemDocument(answer) ? answer : unexpected(response.status))
}

/**
 * Calls an endpoint of a contract. Answers what its output schema promises, or throws a `ProblemError` that carries the
 * problem document.
 *
 * @example const { units } = await call(listUnits, { query: { parent_id: '1' } })
 */
export async function call<I extends InputSchemas, O extends z.ZodType>(
  endpoint: Endpoint<I, O>,
  input: Call<I>,
  options: CallOptions = {},
): Promise<z.output<O>> {
  const response = await send(endpoint, input, options)
  const answer: unknown = await response.json().catch(() => undefined)
  const parsed = endpoint.output.safeParse(answer)
  if (!parsed.success) {
    console.error(`${endpoint.method} ${endpoint.path}`, parsed.error.issues)
    throw new ProblemError(unexpected(response.status))
  }
  return parsed.data
}

function fileNameOf(response: Response): string {
  const match = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get('content-disposition') ?? '')
  return match?.[1] ? decodeURIComponent(match[1]) : 'tongpao'
}

/** Fetches a file from an endpoint and hands it to the browser to keep. */
export async function download<I extends InputSchemas>(
  endpoint: Endpoint<I>,
  input: Call<I>,
  options: CallOptions = {},
): Promise<void> {
  const response = await send(endpoint, input, options)
  const address = URL.createObjectURL(await response.blob())
  const link = document.createElement('a')
  link.href = address
  link.download = fileNameOf(response)
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
