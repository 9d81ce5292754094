import type { Worker } from 'node:worker_threads'
import { findMistakes, type Mistake } from '#engines/rostering/mistakes.ts'
import type { Roster, RosterProblem, Score } from '#engines/rostering/problem.ts'
import { scoreRoster } from '#engines/rostering/score.ts'
import { type SolverMemory, toRoster } from '#engines/rostering/solve.ts'
import type { FromThread, Standing, ThreadOrder, ToThread } from './roster-messages.ts'
import { keepWarm, startThread, takeWarm } from './warm-threads.ts'

export interface SolveOptions {
  readonly seed: number
  readonly threads: number
  readonly limit:
    | { readonly kind: 'seconds'; readonly seconds: number }
    | { readonly kind: 'cpu_seconds'; readonly seconds: number }
    | { readonly kind: 'iterations'; readonly iterations: number }
  readonly onProgress?: (progress: Progress) => void
  /** Stops with the best so far. */
  readonly signal?: AbortSignal
  /** What an earlier solve of the same problem left behind, one entry a thread. */
  readonly memory?: readonly SolverMemory[]
  /**
   * Ends as soon as the roster is good enough, for many units at once: searches near by on one thread, which stays warm for the next unit.
   * `threads` has no say then.
   */
  readonly isEnough?: boolean
  /** A roster to start from: one that was changed by hand, or the best of a solve that was cut off. */
  readonly start?: Roster
}

export interface Progress {
  readonly seconds: number
  readonly cost: number
  /** Undefined while unknown. */
  readonly bound: number | undefined
  readonly iterations: number
  /** The best roster so far, to be kept by whoever must not lose it. */
  readonly roster: () => Roster
}

export type SolveOutcome =
  | { readonly ok: false; readonly mistakes: readonly Mistake[] }
  | {
      readonly ok: true
      readonly roster: Roster
      readonly score: Score
      readonly bound: number | undefined
      readonly is_proven: boolean
      /** People whose own hard rules leave them no row at all. */
      readonly impossible: readonly string[]
      readonly iterations: number
      readonly seconds: number
      readonly cpu_seconds: number
      readonly memory: readonly SolverMemory[]
      /** Why threads ended before their time, one entry each; what the others found counts all the same. */
      readonly crashes: readonly string[]
      /** No thread was left to work to the end: the roster is the best until then. */
      readonly is_cut_off: boolean
    }

const EPOCH_ITERATIONS = 1000

/** Every thread of a solve ended before it had told anything. */
export class SolveCrash extends Error {
  override readonly name = 'SolveCrash'
  readonly crashes: readonly string[]
  constructor(crashes: readonly string[]) {
    super(`no solving thread came through: ${crashes.join('; ')}`)
    this.crashes = crashes
  }
}

/**
 * Solves a roster in worker threads, each with a seed of its own: every other one generates columns for everybody and dives,
 * those between mend a part at a time; whoever finds something better tells the others. In the iteration mode they exchange at
 * fixed points only, so that seed, threads and iterations decide the answer. A thread that crashes is told in the outcome, never
 * passed over.
 *
 * @throws SolveCrash when not one of them told a roster
 */
export async function solveRoster(problem: RosterProblem, options: SolveOptions): Promise<SolveOutcome> {
  // Only the quick check happens here: the caller's thread answers requests meanwhile.
  const mistakes = findMistakes(problem)
  if (mistakes.length > 0) return { ok: false, mistakes }
  const started = performance.now()
  const crew = new Crew(problem, options, started)
  await crew.finish()
  const { best, crashes } = crew
  if (best === undefined) throw new SolveCrash(crashes)
  const roster = toRoster(problem, best.rows)
  return {
    ok: true,
    roster,
    score: scoreRoster(problem, roster).score,
    bound: crew.bound,
    is_proven: crew.bound !== undefined && best.cost <= Math.ceil(crew.bound - 1e-6) + 1e-6,
    impossible: crew.impossible,
    iterations: crew.iterations,
    seconds: (performance.now() - started) / 1000,
    cpu_seconds: crew.cpuSeconds,
    memory: crew.memory,
    crashes,
    is_cut_off: crashes.length > 0 && crew.finished === 0,
  }
}

class Crew {
  best: Standing | undefined
  bound: number | undefined
  iterations = 0
  cpuSeconds = 0
  impossible: readonly string[] = []
  /** Threads that worked to their end. */
  finished = 0
  readonly crashes: string[] = []
  readonly memory: SolverMemory[] = []
  readonly #workers: Worker[] = []
  readonly #ended: Promise<void>[] = []
  readonly #waiting = new Map<number, Standing>()
  readonly #problem: RosterProblem
  readonly #options: SolveOptions
  readonly #started: number
  readonly #start: Int32Array | undefined
  #running = 0
  #isStopped = false

  constructor(problem: RosterProblem, options: SolveOptions, started: number) {
    this.#problem = problem
    this.#options = options
    this.#started = started
    this.#start = options.start && toRows(problem, options.start)
    // The first thread prepares for all of them: the caller's goes on answering requests.
    this.#begin(0)
    options.signal?.addEventListener('abort', () => this.#stop(), { once: true })
    if (options.signal?.aborted === true) this.#stop()
  }

  #begin(index: number, impossible?: readonly string[]): void {
    const { limit, memory, seed } = this.#options
    const isEnough = this.#options.isEnough === true
    const order: ThreadOrder = {
      problem: this.#problem,
      seed: seed * 1000 + index,
      role: isEnough ? 'search' : index % 2 === 1 ? 'mend' : 'columns',
      ...(isEnough ? { isAlone: true, isEnough, stays: true } : {}),
      limit: this.#limitFromNow(limit),
      ...(impossible === undefined ? {} : { impossible }),
      ...(memory?.[index] === undefined ? {} : { memory: memory[index] }),
      ...(this.#start === undefined ? {} : { start: this.#start }),
    }
    const worker = isEnough ? takeWarm(order) : startThread(order)
    this.#workers.push(worker)
    this.#running++
    this.#ended.push(this.#listen(worker, index))
  }

  /** Threads that begin later, when the first has prepared, end with it. */
  #limitFromNow(limit: SolveOptions['limit']): ThreadOrder['limit'] {
    if (limit.kind === 'iterations') return { ...limit, epoch: EPOCH_ITERATIONS }
    if (limit.kind === 'cpu_seconds') return limit
    return { ...limit, seconds: Math.max(0, limit.seconds - (performance.now() - this.#started) / 1000) }
  }

  #stop(): void {
    this.#isStopped = true
    this.#sayAll({ kind: 'stop' })
  }

  async finish(): Promise<void> {
    // More are begun while the first one runs.
    for (let index = 0; index < this.#ended.length; index++) await this.#ended[index]
  }

  /**
   * Until the thread has ended, in whatever way: a thread may also end without any error, out of memory or shot. One that stays has
   * ended this solve when it is done.
   */
  #listen(worker: Worker, index: number): Promise<void> {
    const stays = this.#options.isEnough === true
    let isDone = false
    let reason: string | undefined
    return new Promise((resolve) => {
      const hear = (message: FromThread) => {
        this.#hear(message, index)
        isDone ||= message.kind === 'done'
        if (isDone && stays) end()
      }
      const fail = (error: unknown) => {
        reason = error instanceof Error ? error.message : String(error)
      }
      const leave = (status: number) => {
        if (!isDone) {
          this.crashes.push(reason ?? `thread ${index} ended with status ${status}`)
          this.#leave(index)
        }
        resolve()
      }
      const end = () => {
        worker.off('message', hear).off('error', fail).off('exit', leave)
        this.#workers.splice(index, 1)
        keepWarm(worker)
        resolve()
      }
      worker.on('message', hear).on('error', fail).on('exit', leave)
    })
  }

  #hear(message: FromThread, index: number): void {
    if (message.kind === 'ready') {
      this.impossible = message.impossible
      if (this.#isStopped) return
      const threads = this.#options.isEnough === true ? 1 : this.#options.threads
      for (let other = 1; other < threads; other++) this.#begin(other, message.impossible)
      return
    }
    const { standing } = message
    this.#note(standing, index, message.kind === 'better')
    if (message.kind === 'epoch') {
      this.#waiting.set(index, standing)
      this.#goOn()
    }
    if (message.kind === 'done') {
      this.memory[index] = message.memory
      this.cpuSeconds += message.cpu_seconds
      this.iterations += standing.iterations
      this.finished++
      this.#leave(index)
      if (this.#isProven()) this.#sayAll({ kind: 'stop' })
    }
  }

  /** One thread fewer to wait for. */
  #leave(index: number): void {
    this.#running--
    this.#waiting.delete(index)
    this.#goOn()
  }

  #isProven(): boolean {
    return this.best !== undefined && this.bound !== undefined && this.best.cost <= Math.ceil(this.bound - 1e-6) + 1e-6
  }

  #note(standing: Standing, index: number, forward: boolean): void {
    if (standing.bound > (this.bound ?? Number.NEGATIVE_INFINITY)) this.bound = standing.bound
    const isBetter = this.best === undefined || standing.cost < this.best.cost
    if (isBetter) this.best = standing
    this.#options.onProgress?.({
      seconds: (performance.now() - this.#started) / 1000,
      cost: this.best?.cost ?? standing.cost,
      bound: this.bound,
      iterations: standing.iterations,
      roster: () => toRoster(this.#problem, (this.best ?? standing).rows),
    })
    if (!forward || this.best === undefined) return
    const offer = this.#offer()
    if (offer === undefined) return
    for (const [other, worker] of this.#workers.entries()) if (other !== index) worker.postMessage(offer)
  }

  #offer(): ToThread | undefined {
    if (this.best === undefined) return undefined
    const { rows, cost } = this.best
    return { kind: 'offer', rows, cost, bound: this.bound ?? Number.NEGATIVE_INFINITY }
  }

  /** When everybody still at work has reached the exchange, they all hear the same best. */
  #goOn(): void {
    if (this.#waiting.size === 0 || this.#waiting.size < this.#running) return
    const ordered = [...this.#waiting].sort(([a], [b]) => a - b).map(([, standing]) => standing)
    for (const standing of ordered) if (this.best === undefined || standing.cost < this.best.cost) this.best = standing
    const first = ordered.find((standing) => standing.cost === this.best?.cost)
    if (first !== undefined) this.best = first
    const word = this.#isProven() || this.#options.signal?.aborted === true ? { kind: 'stop' as const } : this.#offer()
    const waiting = [...this.#waiting.keys()]
    this.#waiting.clear()
    for (const index of waiting) if (word !== undefined) this.#workers[index]?.postMessage(word)
  }

  #sayAll(message: ToThread): void {
    for (const worker of this.#workers) worker.postMessage(message)
  }
}

/** Cells as options by person and day; what is missing or unknown counts as a day off. */
function toRows(problem: RosterProblem, roster: Roster): Int32Array {
  const optionOf = new Map(problem.shifts.map(({ id }, index) => [id, index + 1]))
  const rows = new Int32Array(problem.people.length * problem.days)
  for (const [index, { id }] of problem.people.entries()) {
    for (let day = 0; day < problem.days; day++) {
      const cell = roster[id]?.[day]
      if (typeof cell === 'string') rows[index * problem.days + day] = optionOf.get(cell) ?? 0
    }
  }
  return rows
}
