import type { RequestListener, ServerResponse } from 'node:http'
import { performance } from 'node:perf_hooks'
import { httpProblems, problemDocument, refuse } from './problem.ts'

/** What waits longer than this in the house is better told to come back. */
const WAIT_SECONDS_MAX = 0.05
/** The same for what waited before it was read at all. */
const OUTSIDE_MS_MAX = 80
/** As much of the house is kept at work even when everybody has waited long. */
const AT_WORK_SHARE = 0.25
const WINDOW_MS = 200
/** The house counts as overrun this long after it was full. */
const OVERRUN_MS = 1_000
/** Always let in: one unit after another at a shift change must not be refused while there is room. */
const IN_FLIGHT_MIN = 64
/** While more come than the house holds, a slow house narrows further. */
const IN_FLIGHT_MIN_OVERRUN = 32

type Clock = () => number
const monotonic: Clock = performance.now.bind(performance)

/**
 * How many requests may be in the house at once, from how many it answers: in a queue of n at r answers a second the last one
 * waits n / r (Little's law). A slow minute narrows the door, a fast one opens it.
 *
 * What the thread could not read for a while has waited already: while more come than the house holds, a request that may have stood
 * outside too long is not let in, since its answer would be late whatever is done.
 */
export function createDoor(inFlightMax: number, now: Clock = monotonic) {
  let inFlight = 0
  let limit = Math.min(IN_FLIGHT_MIN, inFlightMax)
  let answered = 0
  let since_ms = now()
  let perSecond = 0
  let full_ms = Number.NEGATIVE_INFINITY

  const isOverrun = () => now() - full_ms < OVERRUN_MS

  function measure(): void {
    const elapsed_ms = now() - since_ms
    if (elapsed_ms < WINDOW_MS) return
    const rate = (answered / elapsed_ms) * 1000
    perSecond = perSecond === 0 ? rate : perSecond * 0.6 + rate * 0.4
    const least = isOverrun() ? IN_FLIGHT_MIN_OVERRUN : IN_FLIGHT_MIN
    limit = Math.min(inFlightMax, Math.max(least, Math.round(perSecond * WAIT_SECONDS_MAX)))
    answered = 0
    since_ms = now()
  }

  return {
    /** False when the request must be told to come back. */
    enter(outside_ms: number): boolean {
      measure()
      if (inFlight >= limit) {
        full_ms = now()
        return false
      }
      const hasWork = inFlight >= limit * AT_WORK_SHARE
      if (outside_ms > OUTSIDE_MS_MAX && hasWork && isOverrun()) return false
      inFlight += 1
      return true
    },
    leave(): void {
      inFlight -= 1
      answered += 1
    },
  }
}

/**
 * How long a request that is read now may have waited to be read. The thread reads what has come once a turn: what it finds came at
 * the earliest when the turn before began, if that one ended only now.
 */
export function createTurns(now: Clock = monotonic, atTurnEnd: (work: () => void) => unknown = setImmediate) {
  let began_ms = now()
  let ended_ms = began_ms
  let waitingSince_ms = began_ms
  let isRunning = false

  return {
    outside_ms(): number {
      const at = now()
      if (!isRunning) {
        isRunning = true
        waitingSince_ms = at - ended_ms < 1 ? began_ms : at
        began_ms = at
        atTurnEnd(() => {
          isRunning = false
          ended_ms = now()
        })
      }
      return at - waitingSince_ms
    },
  }
}

const ANSWER = JSON.stringify(problemDocument(refuse(httpProblems.busy)))
const LENGTH = String(Buffer.byteLength(ANSWER))
/** Spread a little, so that those who were sent away together do not come back together. */
const RETRY_AFTER_SECONDS = ['1', '2', '3']

export interface Porter {
  /** What listens on a server: passes on to `handle` what the doors let in. */
  before(handle: RequestListener): RequestListener
  /** How many were told to come back since the start. */
  readonly turnedAway: { readonly commands: number; readonly reads: number }
}

/**
 * Stands before the web framework: over capacity, a request is told to come back before anything else is done for it, while those
 * already let in stay fast. Commands and reads have a door each, so that a shift change does not push out who only looks; probes and
 * the files of the pages always pass.
 */
export function createPorter(inFlightMax: number): Porter {
  const doors = { commands: createDoor(inFlightMax), reads: createDoor(inFlightMax) }
  const turnedAway = { commands: 0, reads: 0 }
  const turns = createTurns()

  function turnAway(kind: 'commands' | 'reads', response: ServerResponse): void {
    turnedAway[kind] += 1
    const seconds = RETRY_AFTER_SECONDS[turnedAway[kind] % RETRY_AFTER_SECONDS.length]
    response.writeHead(503, [
      'retry-after',
      seconds,
      'content-type',
      'application/problem+json; charset=utf-8',
      'content-length',
      LENGTH,
      'x-content-type-options',
      'nosniff',
    ])
    response.end(ANSWER)
  }

  return {
    turnedAway,
    before: (handle) => (request, response) => {
      if (!request.url?.startsWith('/api/')) return handle(request, response)
      const kind = request.method === 'GET' || request.method === 'HEAD' ? 'reads' : 'commands'
      const door = doors[kind]
      if (!door.enter(turns.outside_ms())) return turnAway(kind, response)
      response.once('close', () => door.leave())
      handle(request, response)
    },
  }
}
