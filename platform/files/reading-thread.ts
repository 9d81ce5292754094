import { Worker } from 'node:worker_threads'
import type { FileProblem } from './problems.ts'

/** Files up to this size are read while the request waits; larger ones are for a job with progress. */
export const QUICK_BYTES_MAX = 512 * 1024

const SECONDS_MAX = 120
const MEMORY_MB_MAX = 1_024
/** Each reading may take a core and much memory; others wait their turn. */
const READINGS_MAX = 2
const ASK_EVERY_MS = 500

let running = 0
const waiting: (() => void)[] = []

async function takeTurn(): Promise<() => void> {
  if (running >= READINGS_MAX) await new Promise<void>((resolve) => waiting.push(resolve))
  running += 1
  return () => {
    running -= 1
    waiting.shift()?.()
  }
}

export interface Unreadable {
  readonly ok: false
  readonly problem: FileProblem
}

/**
 * Opens and understands a file in a thread of its own, so that a large or hostile one holds up nobody's request. The script posts one message:
 * the reading, or what is wrong with the file.
 *
 * @param goesOn asked twice a second; when it answers false the thread is ended and `undefined` returned
 * @throws when the thread fails or passes its time limit; one that runs out of memory is a file that is too large
 */
export async function readInThread<Reading>(
  script: URL,
  task: unknown,
  goesOn: () => Promise<boolean> = async () => true,
): Promise<Reading | Unreadable | undefined> {
  const leave = await takeTurn()
  const worker = new Worker(script, {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB_MAX },
  })
  let timer: NodeJS.Timeout | undefined
  let asking: NodeJS.Timeout | undefined
  try {
    return await new Promise<Reading | undefined>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`reading a sheet took over ${SECONDS_MAX} s`)), SECONDS_MAX * 1_000)
      asking = setInterval(() => {
        goesOn().then((go) => (go ? undefined : resolve(undefined)), reject)
      }, ASK_EVERY_MS)
      worker.once('message', resolve)
      worker.once('error', reject)
      worker.once('exit', (code) => reject(new Error(`the reading thread ended with ${code}`)))
    })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY')) throw error
    return { ok: false, problem: { code: 'unpacked_too_large', facts: { limit_mb: MEMORY_MB_MAX } } }
  } finally {
    clearTimeout(timer)
    clearInterval(asking)
    await worker.terminate()
    leave()
  }
}
