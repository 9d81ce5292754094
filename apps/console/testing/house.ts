import path from 'node:path'
import { openPagesHouse } from '#apps/server/testing-pages.ts'
import type { TestDatabase } from '#platform/db/testing.ts'
import { buildConsole } from '#tools/build-console.ts'
import { fillConsoleCity, NOW } from './city.ts'

export interface ConsoleHouse {
  readonly url: string
  close(): Promise<void>
}

/** The whole house with the built console and a worker for its jobs, on a free port. */
export async function openConsoleHouse(test: TestDatabase): Promise<ConsoleHouse> {
  const { port, close } = await openPagesHouse(test, {
    now: NOW,
    build: (folder) => buildConsole(path.join(folder, 'console')),
    fill: fillConsoleCity,
  })
  return { url: `http://127.0.0.1:${port}`, close }
}
