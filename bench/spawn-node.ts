import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'

export interface Node {
  readonly port: number
  readonly process: ChildProcess
  stop(): Promise<void>
}

const SCRIPT = fileURLToPath(new URL('./node.ts', import.meta.url))

/** Starts a node of the product on an opened database and waits until it listens. */
export async function spawnNode(
  appConfig: pg.PoolConfig,
  options: { inFlightMax?: number; answersEarly?: boolean } = {},
): Promise<Node> {
  const { host, database, user } = appConfig
  const child = spawn(process.execPath, [SCRIPT, JSON.stringify({ host, database, user, ...options })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    once(child, 'exit').then(([status]) => {
      throw new Error(`the node ended before it listened (status ${status})`)
    }),
  ])
  return {
    port: Number(line),
    process: child,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}
