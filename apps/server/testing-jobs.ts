import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import type { JobRegistry } from '#platform/jobs/queue.ts'

/** Nodes that tests watch and kill. */

export interface SpawnedNode {
  /** Resolves when the node has taken up a job. */
  readonly taken: Promise<string>
  kill(): Promise<void>
}

/** The same jobs, with word of each that is taken up. */
export function toldBy(jobs: JobRegistry, taken: (jobId: string) => void): JobRegistry {
  return {
    ...jobs,
    findKind(name) {
      const kind = jobs.findKind(name)
      if (!kind) return undefined
      return {
        ...kind,
        run(job) {
          taken(job.job_id)
          return kind.run(job)
        },
      }
    },
  }
}

export async function spawnNode(appConfig: pg.PoolConfig, now: string): Promise<SpawnedNode> {
  const file = fileURLToPath(new URL('./testing-node.ts', import.meta.url))
  const child = spawn('node_modules/.bin/node', [file], {
    env: { ...process.env, TEST_APP_CONFIG: JSON.stringify(appConfig), TEST_NOW: now },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ready = Promise.withResolvers<void>()
  const taken = Promise.withResolvers<string>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line === 'ready') ready.resolve()
    else taken.resolve(line)
  })
  child.once('exit', () => ready.reject(new Error('the node ended before it worked')))
  await ready.promise
  return {
    taken: taken.promise,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}
