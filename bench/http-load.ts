import { connect, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'

/**
 * A small load generator: keep-alive connections, one request at a time each, answers read by content-length. It shares the machine
 * with what it measures, so requests are put into bytes before the clock runs, and it says how late it was itself.
 */

export interface LoadRequest {
  readonly path: string
  readonly token: string
  readonly key: string
  readonly body: string
}

export function bytesOf({ path, token, key, body }: LoadRequest): Buffer {
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncookie: tongpao_session=${token}\r\nidempotency-key: ${key}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
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

  send(request: LoadRequest): Promise<LoadAnswer> {
    return this.sendBytes(bytesOf(request))
  }

  sendBytes(bytes: Buffer): Promise<LoadAnswer> {
    if (this.#ended) return Promise.reject(this.#ended)
    this.#socket.write(bytes)
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
  requests: readonly LoadRequest[],
): Promise<LoadReport> {
  const open = await Promise.all(Array.from({ length: connections }, () => Connection.open(port)))
  const bytes = requests.map(bytesOf)
  const tally: Tally = { statuses: new Map(), accepted_ms: [], without_retry_after: 0 }
  let next = 0
  const started = performance.now()
  await Promise.all(
    open.map(async (connection) => {
      while (next < bytes.length) {
        next += 1
        const sent = performance.now()
        count(tally, await connection.sendBytes(bytes[next - 1]), sent)
      }
    }),
  )
  const seconds = (performance.now() - started) / 1000
  for (const connection of open) connection.close()
  return { seconds, ...tally }
}

export interface OpenLoadReport extends LoadReport {
  /** How long after its time each request left: the generator's own lateness, which is no part of the answers' times. */
  readonly late_ms: readonly number[]
  /** Connections that had to be opened while the clock ran. */
  readonly opened_late: number
}

/**
 * Open loop: requests leave at a fixed rate, each at its own time, whether or not the earlier ones are answered. Some connections are
 * open beforehand, as those of phones that show the page are; more are opened when all of them wait for an answer.
 */
export async function openLoop(
  port: number,
  perSecond: number,
  requests: readonly LoadRequest[],
  connections_open: number,
): Promise<OpenLoadReport> {
  const bytes = requests.map(bytesOf)
  const idle: Connection[] = []
  while (idle.length < connections_open) idle.push(await Connection.open(port))
  const tally: Tally = { statuses: new Map(), accepted_ms: [], without_retry_after: 0 }
  const late_ms: number[] = []
  const running = new Set<Promise<void>>()
  let opened_late = 0
  const started = performance.now()
  const send = async (index: number, at: number) => {
    let connection = idle.pop()
    if (!connection) {
      opened_late += 1
      connection = await Connection.open(port)
    }
    count(tally, await connection.sendBytes(bytes[index]), at)
    idle.push(connection)
  }
  for (let sent = 0; sent < bytes.length; ) {
    const due = Math.min(bytes.length, Math.ceil(((performance.now() - started) / 1000) * perSecond))
    for (; sent < due; sent += 1) {
      const at = performance.now()
      late_ms.push(at - started - (sent / perSecond) * 1000)
      const run = send(sent, at)
        .catch(() => count(tally, BROKEN, at))
        .finally(() => running.delete(run))
      running.add(run)
    }
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await Promise.all(running)
  for (const connection of idle) connection.close()
  return { seconds: (performance.now() - started) / 1000, ...tally, late_ms, opened_late }
}
