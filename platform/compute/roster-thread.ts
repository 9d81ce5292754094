/** A solving thread: steps its solver, tells what is better, takes what others found. Started by `roster-threads.ts`. */
import { once } from 'node:events'
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { compile } from '#engines/rostering/compile.ts'
import { createSolver } from '#engines/rostering/create-solver.ts'
import type { Model } from '#engines/rostering/model.ts'
import { prepare } from '#engines/rostering/solve.ts'
import { RosterState } from '#engines/rostering/state.ts'
import { loadLinearSolver } from './highs.ts'
import type { FromThread, Standing, ThreadOrder, ToThread } from './roster-messages.ts'

const order: ThreadOrder = workerData
const port = parentPort
if (port === null) throw new Error('roster-thread.ts runs as a worker thread only')

const started = performance.now()
const linear = order.role === 'search' ? undefined : await loadLinearSolver()
const model = order.impossible === undefined ? prepareFirst() : compile(order.problem, new Set(order.impossible))
const { limit } = order
const solver = createSolver(model, {
  seed: order.seed,
  role: order.role,
  seconds: limit.kind === 'iterations' ? Number.POSITIVE_INFINITY : Math.min(20, limit.seconds),
  ...(linear === undefined ? {} : { linear }),
  ...(order.memory === undefined ? {} : { memory: order.memory }),
})

if (order.start !== undefined) {
  const begun = new RosterState(model, order.start)
  solver.offer(begun.rows, begun.total)
}

let isStopped = false
if (limit.kind === 'iterations') await runEpochs(limit.iterations, limit.epoch)
else await runClock()
tell({ kind: 'done', standing: standing(), memory: solver.save(), cpu_seconds: cpuSeconds() })
port.close()

/** The first thread prepares for all: the others are started with what it found. */
function prepareFirst(): Model {
  const prepared = prepare(order.problem)
  if (!prepared.ok) throw new Error('a thread was given a problem that was not checked')
  tell({ kind: 'ready', impossible: prepared.impossible })
  return prepared.model
}

function cpuSeconds(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1e6
}

function isTimeUp(): boolean {
  if (limit.kind === 'cpu_seconds') return cpuSeconds() >= limit.seconds
  return limit.kind === 'seconds' && performance.now() - started >= limit.seconds * 1000
}

async function runClock(): Promise<void> {
  let told = Number.POSITIVE_INFINITY
  let bound = Number.NEGATIVE_INFINITY
  while (!isStopped && !isTimeUp()) {
    if (solver.bestCost < told || solver.bound > bound) {
      told = solver.bestCost
      bound = solver.bound
      tell({ kind: 'better', standing: standing() })
    }
    if (solver.isProven) break
    solver.step()
    for (let message = receive(); message !== undefined; message = receive()) take(message)
  }
}

async function runEpochs(iterations: number, epoch: number): Promise<void> {
  for (let until = epoch; !isStopped; until += epoch) {
    while (solver.iterations < Math.min(until, iterations) && !solver.isProven) solver.step()
    if (until >= iterations) break
    // Everybody stops at the same iteration and hears the same best: timing has no say.
    const answer = once(port as NonNullable<typeof port>, 'message')
    tell({ kind: 'epoch', standing: standing() })
    const [message] = await answer
    take(message)
  }
}

function take(message: ToThread): void {
  if (message.kind === 'stop') {
    isStopped = true
    return
  }
  solver.offer(message.rows, message.cost)
  solver.bound = Math.max(solver.bound, message.bound)
}

function receive(): ToThread | undefined {
  return port === null ? undefined : receiveMessageOnPort(port)?.message
}

function standing(): Standing {
  return { cost: solver.bestCost, rows: solver.best.slice(), bound: solver.bound, iterations: solver.iterations }
}

function tell(message: FromThread): void {
  port?.postMessage(message)
}
