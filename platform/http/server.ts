import fastifyCookie from '@fastify/cookie'
import Fastify, { type FastifyError, type FastifyInstance, LogController } from 'fastify'
import { shedLoad } from './load-shedding.ts'
import { httpProblems, type Refusal, refuse } from './problem.ts'
import { sendRefusal } from './routes.ts'

export interface HttpOptions {
  readonly logger: boolean | object
  readonly https?: { cert: string; key: string }
  readonly trustedProxy?: string
  readonly inFlightMax: number
}

/** Faults of the request that Fastify finds before a route does. */
function refusalOf(error: FastifyError): Refusal | undefined {
  if (error.statusCode === 413) return refuse(httpProblems.too_large)
  if (error.statusCode === 415) return refuse(httpProblems.media_type)
  if (error.statusCode !== undefined && error.statusCode < 500) return refuse(httpProblems.malformed)
  return undefined
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

export function createHttp(options: HttpOptions): FastifyInstance {
  const app = Fastify({
    logger: options.logger,
    // Requests are counted and timed in /metrics; the log keeps what went wrong.
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: options.trustedProxy ?? false,
    requestTimeout: 60_000,
    connectionTimeout: 70_000,
    keepAliveTimeout: 72_000,
    routerOptions: { maxParamLength: 200 },
    ...(options.https ? { https: options.https } : {}),
  }) as FastifyInstance
  app.register(fastifyCookie)
  shedLoad(app, options.inFlightMax)

  app.setErrorHandler((error: FastifyError, request, reply) => {
    const refusal = refusalOf(error)
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
  return app
}
