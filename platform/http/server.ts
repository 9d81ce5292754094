import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { finished } from 'node:stream/promises'
import fastifyCookie from '@fastify/cookie'
import Fastify, { type FastifyError, type FastifyInstance, type FastifyRequest, LogController } from 'fastify'
import { createPorter, type Porter } from './door.ts'
import { httpProblems, type Refusal, refuse } from './problem.ts'
import { sendRefusal } from './routes.ts'

export interface HttpOptions {
  readonly logger: boolean | object
  readonly https?: { cert: string; key: string }
  readonly trustedProxy?: string
  readonly inFlightMax: number
}

/** Faults of the request that Fastify finds before a route does. */
function refusalOf(error: FastifyError, request: FastifyRequest): Refusal | undefined {
  if (error.statusCode === 413) {
    const size_max_mb = Math.round((request.routeOptions.bodyLimit ?? 0) / 2 ** 20)
    return refuse(httpProblems.too_large, { size_max_mb })
  }
  if (error.statusCode === 415) return refuse(httpProblems.media_type)
  if (error.statusCode !== undefined && error.statusCode < 500) return refuse(httpProblems.malformed)
  return undefined
}

const UNWANTED_BYTES_MAX = 128 * 2 ** 20

/**
 * Reads on what is too large and throws it away: a client that is cut off while it sends never sees why it was refused. What is larger than
 * anybody sends by mistake is cut off.
 */
async function readToEnd({ raw }: FastifyRequest): Promise<void> {
  let bytes = 0
  raw.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > UNWANTED_BYTES_MAX) raw.destroy()
  })
  await finished(raw).catch(() => undefined)
}

/** The codes with which PostgreSQL says "not now": timeouts, too many connections, shutting down, serialisation. */
const BUSY_CODES = new Set(['57014', '55P03', '53300', '57P01', '57P03', '40001', '40P01', '25P03'])

function isBusy(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = (error as Error & { code?: string }).code
  if (
    code !== undefined &&
    (BUSY_CODES.has(code) || code === 'ECONNREFUSED' || code === 'ENOENT' || code === 'ECONNRESET')
  )
    return true
  return /timeout exceeded when trying to connect|Connection terminated|Query read timeout/.test(error.message)
}

const REQUEST_MS = 60_000
const CONNECTION_MS = 70_000
const KEEP_ALIVE_MS = 72_000

/** A server whose requests pass the porter before the framework sees them. */
function createServerBehind(listener: RequestListener, https: HttpOptions['https']): Server {
  const server = https ? createTlsServer(https, listener) : createServer(listener)
  server.requestTimeout = REQUEST_MS
  server.keepAliveTimeout = KEEP_ALIVE_MS
  server.setTimeout(CONNECTION_MS)
  return server
}

/**
 * Connections that may wait to be taken up. At a shift change thousands of phones call in the same second; with Node's own 511 the
 * system drops what is beyond, and a phone calls again after 1, 3 and 7 seconds instead of being told to come back.
 */
const BACKLOG = 4096

export async function listen(app: FastifyInstance, { port, host }: { port: number; host: string }): Promise<number> {
  await app.listen({ port, host, backlog: BACKLOG })
  const address = app.server.address()
  if (address === null || typeof address === 'string') throw new Error('listens on no port')
  return address.port
}

export interface Http {
  readonly app: FastifyInstance
  readonly turnedAway: Porter['turnedAway']
}

export function createHttp(options: HttpOptions): Http {
  const porter = createPorter(options.inFlightMax)
  const app = Fastify({
    logger: options.logger,
    // Requests are counted and timed in /metrics; the log keeps what went wrong.
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: options.trustedProxy ?? false,
    routerOptions: { maxParamLength: 200 },
    serverFactory: (handle) => createServerBehind(porter.before(handle), options.https),
  }) as FastifyInstance
  app.register(fastifyCookie)

  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const refusal = refusalOf(error, request)
    if (refusal?.problem === httpProblems.too_large) await readToEnd(request)
    if (refusal) return sendRefusal(reply, refusal)
    if (isBusy(error)) {
      request.log.warn({ err: error }, 'busy')
      return sendRefusal(reply, refuse(httpProblems.busy))
    }
    request.log.error({ err: error }, 'defect')
    return reply
      .status(500)
      .type('application/problem+json; charset=utf-8')
      .send(
        JSON.stringify({
          type: 'urn:tongpao:problem:http.defect',
          status: 500,
          code: 'http.defect',
          title: {
            zh: `系统出错，已记录（编号 ${request.id}）。没有保存任何内容，请稍后再试。`,
            en: `Something went wrong and was logged (number ${request.id}). Nothing was stored; please try again later.`,
          },
          facts: { request_id: request.id },
        }),
      )
  })
  return { app, turnedAway: porter.turnedAway }
}
