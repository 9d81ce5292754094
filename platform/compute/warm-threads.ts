import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { ThreadOrder, ToThread } from './roster-messages.ts'

/** A thread that nobody needs for so long is given up. */
const IDLE_MS = 30_000
/** More than there are cores: jobs that run side by side end side by side. With as many as cores, forty units of a county took eleven threads instead of four. */
const KEPT_MAX = 2 * availableParallelism()

interface Idle {
  readonly worker: Worker
  readonly timer: NodeJS.Timeout
  readonly forget: () => void
}

const idle: Idle[] = []

export function startThread(order: ThreadOrder): Worker {
  return new Worker(new URL('./roster-thread.ts', import.meta.url), { workerData: order })
}

/** A thread that is loaded already if one waits; else a new one. */
export function takeWarm(order: ThreadOrder): Worker {
  const found = idle.pop()
  if (found === undefined) return startThread(order)
  clearTimeout(found.timer)
  found.forget()
  found.worker.ref()
  found.worker.postMessage({ kind: 'order', order } satisfies ToThread)
  return found.worker
}

/** Keeps a thread for the next solve; it keeps no process alive. */
export function keepWarm(worker: Worker): void {
  if (idle.length >= KEPT_MAX) {
    void worker.terminate()
    return
  }
  const drop = () => {
    const at = idle.indexOf(entry)
    if (at >= 0) idle.splice(at, 1)
    clearTimeout(entry.timer)
  }
  // A thread may also die while it waits; without an ear its error would end the process.
  const ignore = () => undefined
  worker.on('exit', drop).on('error', ignore)
  const timer = setTimeout(() => {
    drop()
    void worker.terminate()
  }, IDLE_MS)
  timer.unref()
  worker.unref()
  const entry: Idle = { worker, timer, forget: () => void worker.off('exit', drop).off('error', ignore) }
  idle.push(entry)
}
