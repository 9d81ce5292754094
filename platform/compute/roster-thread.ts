/** A solving thread: steps its solver, tells what is better, takes what others found. Started by `roster-threads.ts`. */
import { once } from 'node:events'
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { compile } from '#engines/rostering/compile.ts'
import { createSolver, type Solving } from '#engines/rostering/create-solver.ts'
import { GoodEnough } from '#engines/rostering/good-enough.ts'
import { FORBIDDEN, type Model } from '#engines/rostering/model.ts'
import { prepare } from '#engines/rostering/solve.ts'
import { RosterState } from '#engines/rostering/state.ts'
import { loadLinearSolver } from './highs.ts'
import type { FromThread, Standing, ThreadOrder, ToThread } from './roster-messages.ts'

const port = parentPort
if (port === null) throw new Error('roster-thread.ts runs as a worker thread only')

async function solve(order: ThreadOrder, to: MessagePort): Promise<void> {
  const run = new ThreadRun(order, to, await modelAndSolver(order, to))
  await run.finish()
}

/** What was said to the solve before came too late and is of no matter. */
async function nextOrder(from: MessagePort): Promise<ThreadOrder> {
  for (;;) {
    const [message]: ToThread[] = await once(from, 'message')
    if (message?.kind === 'order') return message.order
  }
}

interface Begun {
  readonly solver: Solving
  readonly model: Model
  readonly usedBefore: number
  readonly started: number
}

async function modelAndSolver(order: ThreadOrder, to: MessagePort): Promise<Begun> {
  const started = performance.now()
  const usedBefore = cpuSeconds()
  const linear = order.role === 'search' ? undefined : await loadLinearSolver()
  const solverOf = (model: Model) =>
    createSolver(model, {
      seed: order.seed,
      role: order.role,
      seconds: order.limit.kind === 'iterations' ? Number.POSITIVE_INFINITY : Math.min(20, order.limit.seconds),
      ...(linear === undefined ? {} : { linear }),
      ...(order.memory === undefined ? {} : { memory: order.memory }),
    })
  const ready = (impossible: readonly string[]) => to.postMessage({ kind: 'ready', impossible } satisfies FromThread)
  if (order.isAlone === true) {
    // Whoever solves alone finds out by its first roster: where everybody has a legal row, nobody is without one.
    const model = compile(order.problem)
    const solver = solverOf(model)
    if (solver.bestCost < FORBIDDEN) {
      ready([])
      return { solver, model, usedBefore, started }
    }
  }
  if (order.impossible !== undefined) {
    const model = compile(order.problem, new Set(order.impossible))
    return { solver: solverOf(model), model, usedBefore, started }
  }
  // The first thread prepares for all: the others are started with what it found.
  const prepared = prepare(order.problem)
  if (!prepared.ok) throw new Error('a thread was given a problem that was not checked')
  ready(prepared.impossible)
  return { solver: solverOf(prepared.model), model: prepared.model, usedBefore, started }
}

function cpuSeconds(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1e6
}

class ThreadRun {
  readonly #order: ThreadOrder
  readonly #port: MessagePort
  readonly #begun: Begun
  readonly #solver: Solving
  #isStopped = false

  constructor(order: ThreadOrder, port: MessagePort, begun: Begun) {
    this.#order = order
    this.#port = port
    this.#begun = begun
    this.#solver = begun.solver
    if (order.start !== undefined) {
      const at = new RosterState(begun.model, order.start)
      this.#solver.offer(at.rows, at.total)
    }
  }

  async finish(): Promise<void> {
    const { limit } = this.#order
    if (limit.kind === 'iterations') await this.#runEpochs(limit.iterations, limit.epoch)
    else this.#runClock()
    this.#tell({ kind: 'done', standing: this.#standing(), memory: this.#solver.save(), cpu_seconds: this.#used() })
  }

  #used(): number {
    return cpuSeconds() - this.#begun.usedBefore
  }

  #isTimeUp(): boolean {
    const { limit } = this.#order
    if (limit.kind === 'cpu_seconds') return this.#used() >= limit.seconds
    return limit.kind === 'seconds' && performance.now() - this.#begun.started >= limit.seconds * 1000
  }

  #runClock(): void {
    const solver = this.#solver
    const enough = this.#order.isEnough === true ? new GoodEnough(this.#begun.model.people) : undefined
    let told = Number.POSITIVE_INFINITY
    let bound = Number.NEGATIVE_INFINITY
    while (!this.#isStopped && !this.#isTimeUp()) {
      if (solver.bestCost < told || solver.bound > bound) {
        told = solver.bestCost
        bound = solver.bound
        this.#tell({ kind: 'better', standing: this.#standing() })
      }
      if (solver.isProven || enough?.isReached(solver.bestCost, solver.iterations) === true) break
      solver.step()
      for (let message = this.#receive(); message !== undefined; message = this.#receive()) this.#take(message)
    }
  }

  async #runEpochs(iterations: number, epoch: number): Promise<void> {
    const solver = this.#solver
    for (let until = epoch; !this.#isStopped; until += epoch) {
      while (solver.iterations < Math.min(until, iterations) && !solver.isProven) solver.step()
      if (until >= iterations) break
      // Everybody stops at the same iteration and hears the same best: timing has no say.
      const answer = once(this.#port, 'message')
      this.#tell({ kind: 'epoch', standing: this.#standing() })
      const [message] = await answer
      this.#take(message)
    }
  }

  #take(message: ToThread): void {
    if (message.kind === 'stop') this.#isStopped = true
    if (message.kind !== 'offer') return
    this.#solver.offer(message.rows, message.cost)
    this.#solver.bound = Math.max(this.#solver.bound, message.bound)
  }

  #receive(): ToThread | undefined {
    return receiveMessageOnPort(this.#port)?.message
  }

  #standing(): Standing {
    const { bestCost, best, bound, iterations } = this.#solver
    return { cost: bestCost, rows: best.slice(), bound, iterations }
  }

  #tell(message: FromThread): void {
    this.#port.postMessage(message)
  }
}

/** With its modules loaded and its code warm, a thread that stays takes up the next solve in no time. */
for (let order: ThreadOrder | undefined = workerData; order !== undefined; ) {
  await solve(order, port)
  order = order.stays === true ? await nextOrder(port) : undefined
}
port.close()
