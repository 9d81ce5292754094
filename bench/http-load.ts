import { connect, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'

/** A small load generator: keep-alive connections, one request at a time each, answers read by content-length. */

export interface LoadRequest {
  readonly path: string
  readonly token: string
  readonly key: string
  readonly body: string
}

export interface LoadAnswer {
  readonly status: number
  readonly retry_after: boolean
  readonly body: string
}

export class Connection {
  readonly #socket: Socket
  #buffer: Buffer = Buffer.alloc(0)
  #waiting: { resolve: (answer: LoadAnswer) => void; reject: (error: Error) => void } | undefined
  #ended: Error | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk) => this.#take(chunk))
    const end = (error?: Error) => {
      this.#ended = error ?? new Error('connection closed')
      this.#waiting?.reject(this.#ended)
      this.#waiting = undefined
    }
    socket.on('error', end)
    socket.on('close', () => end())
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1' }, () => resolve(new Connection(socket)))
      socket.once('error', reject)
    })
  }

  send({ path, token, key, body }: LoadRequest): Promise<LoadAnswer> {
    if (this.#ended) return Promise.reject(this.#ended)
    this.#socket.write(
      `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncookie: tongpao_session=${token}\r\nidempotency-key: ${key}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk])
    const headEnd = this.#buffer.indexOf('\r\n\r\n')
    if (headEnd < 0) return
    const head = this.#buffer.toString('latin1', 0, headEnd).toLowerCase()
    const length = Number(/content-length: (\d+)/.exec(head)?.[1] ?? 0)
    const end = headEnd + 4 + length
    if (this.#buffer.length < end) return
    const body = this.#buffer.toString('utf8', headEnd + 4, end)
    this.#buffer = this.#buffer.subarray(end)
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.resolve({ status: Number(head.slice(9, 12)), retry_after: head.includes('\r\nretry-after:'), body })
  }
}

export interface LoadReport {
  readonly seconds: number
  readonly statuses: ReadonlyMap<number, number>
  /** Milliseconds of the answers with status 200. */
  readonly accepted_ms: readonly number[]
  readonly without_retry_after: number
}

/** The connection broke before an answer came: counted as what it is, neither accepted nor told to come back. */
const BROKEN: LoadAnswer = { status: 0, retry_after: false, body: '' }

interface Tally {
  statuses: Map<number, number>
  accepted_ms: number[]
  without_retry_after: number
}

function count(tally: Tally, answer: LoadAnswer, started: number): void {
  tally.statuses.set(answer.status, (tally.statuses.get(answer.status) ?? 0) + 1)
  if (answer.status === 200) tally.accepted_ms.push(performance.now() - started)
  if (answer.status === 503 && !answer.retry_after) tally.without_retry_after += 1
}

/** Closed loop: each connection sends its next request when the last one is answered, until there are none left. */
export async function closedLoop(
  port: number,
  connections: number,
  next: () => LoadRequest | undefined,
): Promise<LoadReport> {
  const open = await Promise.all(Array.from({ length: connections }, () => Connection.open(port)))
  const tally: Tally = { statuses: new Map(), accepted_ms: [], without_retry_after: 0 }
  const started = performance.now()
  await Promise.all(
    open.map(async (connection) => {
      for (let request = next(); request; request = next()) {
        const sent = performance.now()
        count(tally, await connection.send(request), sent)
      }
    }),
  )
  const seconds = (performance.now() - started) / 1000
  for (const connection of open) connection.close()
  return { seconds, ...tally }
}

/** Open loop: requests leave at a fixed rate whether or not the earlier ones are answered. */
export async function openLoop(
  port: number,
  perSecond: number,
  seconds: number,
  next: () => LoadRequest,
): Promise<LoadReport> {
  const idle: Connection[] = []
  const tally: Tally = { statuses: new Map(), accepted_ms: [], without_retry_after: 0 }
  const running = new Set<Promise<void>>()
  const started = performance.now()
  let sent = 0
  while (performance.now() - started < seconds * 1000) {
    const due = Math.floor(((performance.now() - started) / 1000) * perSecond)
    for (; sent < due; sent += 1) {
      const request = next()
      const at = performance.now()
      const run = (async () => {
        const connection = idle.pop() ?? (await Connection.open(port))
        count(tally, await connection.send(request), at)
        idle.push(connection)
      })()
        .catch(() => count(tally, BROKEN, at))
        .finally(() => running.delete(run))
      running.add(run)
    }
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await Promise.all(running)
  for (const connection of idle) connection.close()
  return { seconds: (performance.now() - started) / 1000, ...tally }
}
