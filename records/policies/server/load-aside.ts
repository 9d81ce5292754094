import { Worker } from 'node:worker_threads'
import { type Loaded, type LoadOrder, loadAndTest } from './load-and-test.ts'

/**
 * What a request may be kept waiting by a pack on the thread that answers everybody: under 10 ms. Any real stack is larger (the
 * shipped ones take 70–120 ms); taking over what the other thread has read, and compiling it, takes 2–10 ms here.
 */
const CHARACTERS_AT_ONCE = 4_000
const SECONDS_MAX = 20
const MEMORY_MB_MAX = 512

export interface TooHeavy {
  readonly too_heavy: true
  readonly seconds: number
}

interface Waiting {
  readonly give: (loaded: Loaded | TooHeavy) => void
  readonly fail: (error: unknown) => void
  readonly timer: NodeJS.Timeout
}

/** One thread, begun when first needed; what it is told to read waits in its queue. */
class LoadingThread {
  private worker: Worker | undefined
  private readonly waiting = new Map<number, Waiting>()
  private last = 0

  load(order: LoadOrder): Promise<Loaded | TooHeavy> {
    const worker = this.started()
    this.last += 1
    const id = this.last
    return new Promise((give, fail) => {
      const timer = setTimeout(() => this.stop(worker), SECONDS_MAX * 1000)
      this.waiting.set(id, { give, fail, timer })
      worker.ref()
      worker.postMessage({ id, order })
    })
  }

  private started(): Worker {
    if (this.worker) return this.worker
    const worker = new Worker(new URL('./load-worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB_MAX },
      // Flags of whoever runs tests or the server are not the thread's business.
      execArgv: [],
    })
    this.worker = worker
    worker.unref()
    worker.on('message', ({ id, loaded }: { id: number; loaded: Loaded }) => this.settle(id, (one) => one.give(loaded)))
    worker.on('error', (error) => {
      this.worker = undefined
      const heavy = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
      for (const id of [...this.waiting.keys()])
        this.settle(id, (one) => (heavy ? one.give({ too_heavy: true, seconds: SECONDS_MAX }) : one.fail(error)))
    })
    return worker
  }

  private settle(id: number, how: (one: Waiting) => void): void {
    const one = this.waiting.get(id)
    if (!one) return
    clearTimeout(one.timer)
    this.waiting.delete(id)
    if (this.waiting.size === 0) this.worker?.unref()
    how(one)
  }

  /** The one that takes too long takes those behind it along: they are told the same and may try again. */
  private stop(worker: Worker): void {
    if (this.worker !== worker) return
    this.worker = undefined
    void worker.terminate()
    for (const id of [...this.waiting.keys()])
      this.settle(id, (one) => one.give({ too_heavy: true, seconds: SECONDS_MAX }))
  }
}

const thread = new LoadingThread()

/**
 * Reads packs without holding up whoever else is being answered: small ones at once, larger ones on a thread of their own
 * with an end to its time and memory.
 */
export async function loadAside(order: LoadOrder): Promise<Loaded | TooHeavy> {
  const characters = order.files.reduce((sum, { text }) => sum + text.length, 0)
  if (characters > CHARACTERS_AT_ONCE) return thread.load(order)
  // Several are often read one after the other: whoever waits comes in between.
  await new Promise((resolve) => setImmediate(resolve))
  return loadAndTest(order)
}
