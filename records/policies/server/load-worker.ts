import { parentPort } from 'node:worker_threads'
import { type LoadOrder, loadAndTest } from './load-and-test.ts'

/** Reads packs on a thread of its own; see `load-aside.ts`. */
parentPort?.on('message', ({ id, order }: { id: number; order: LoadOrder }) => {
  parentPort?.postMessage({ id, loaded: loadAndTest(order) })
})
