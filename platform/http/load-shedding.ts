import { performance } from 'node:perf_hooks'
import type { FastifyInstance } from 'fastify'
import { httpProblems, problemDocument, refuse } from './problem.ts'

const ANSWER = JSON.stringify(problemDocument(refuse(httpProblems.busy)))

/** What waits longer than this is better told to come back. */
const WAIT_SECONDS_MAX = 0.07
const WINDOW_MS = 200
/** Always let in: one unit after another at a shift change must not be refused while there is room. */
const IN_FLIGHT_MIN = 96

/**
 * How many requests may be in the house at once, from how many it answers: in a queue of n at r answers a second the last one
 * waits n / r (Little's law). A slow minute narrows the door, a fast one opens it.
 */
export function createDoor(inFlightMax: number, now: () => number = performance.now.bind(performance)) {
  let inFlight = 0
  let limit = Math.min(IN_FLIGHT_MIN, inFlightMax)
  let answered = 0
  let since_ms = now()
  let perSecond = 0

  function measure(): void {
    const elapsed_ms = now() - since_ms
    if (elapsed_ms < WINDOW_MS) return
    const rate = (answered / elapsed_ms) * 1000
    perSecond = perSecond === 0 ? rate : perSecond * 0.6 + rate * 0.4
    limit = Math.min(inFlightMax, Math.max(IN_FLIGHT_MIN, Math.round(perSecond * WAIT_SECONDS_MAX)))
    answered = 0
    since_ms = now()
  }

  return {
    /** False when the request must be told to come back. */
    enter(): boolean {
      measure()
      if (inFlight >= Math.min(limit, inFlightMax)) return false
      inFlight += 1
      return true
    },
    leave(): void {
      inFlight -= 1
      answered += 1
    },
  }
}

/** Over capacity, later requests are told to come back while those already accepted stay fast. Probes always pass. */
export function shedLoad(app: FastifyInstance, inFlightMax: number): void {
  const door = createDoor(inFlightMax)
  app.addHook('onRequest', (request, reply, next) => {
    if (!request.url.startsWith('/api/')) return next()
    if (!door.enter()) {
      reply
        .status(503)
        .header('retry-after', '1')
        .header('content-type', 'application/problem+json; charset=utf-8')
        .send(ANSWER)
      return
    }
    reply.raw.once('close', () => door.leave())
    next()
  })
}
