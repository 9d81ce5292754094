import type { FastifyInstance } from 'fastify'
import { httpProblems, problemDocument, refuse } from './problem.ts'

const ANSWER = JSON.stringify(problemDocument(refuse(httpProblems.busy)))

/**
 * Over capacity, later requests are told to come back while those already accepted stay fast. The limit counts requests
 * in the house; health and metrics always pass.
 */
export function shedLoad(app: FastifyInstance, inFlightMax: number): void {
  let inFlight = 0
  app.addHook('onRequest', (request, reply, next) => {
    if (!request.url.startsWith('/api/')) return next()
    if (inFlight >= inFlightMax) {
      reply
        .status(503)
        .header('retry-after', '1')
        .header('content-type', 'application/problem+json; charset=utf-8')
        .send(ANSWER)
      return
    }
    inFlight += 1
    let counted = true
    const done = () => {
      if (counted) inFlight -= 1
      counted = false
    }
    reply.raw.once('close', done)
    next()
  })
}
