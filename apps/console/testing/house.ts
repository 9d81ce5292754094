import path from 'node:path'
import { openPagesHouse } from '#apps/server/testing-pages.ts'
import type { Database } from '#platform/db/database.ts'
import type { TestDatabase } from '#platform/db/testing.ts'
import { buildConsole } from '#tools/build-console.ts'
import { buildPhone } from '#tools/build-phone.ts'
import { fillConsoleCity, NOW } from './city.ts'

export interface ConsoleHouse {
  readonly url: string
  close(): Promise<void>
}

export interface HouseOptions {
  /** What the product's clock shows when the house opens; an evening when left out. */
  readonly now?: string
  /** What the database holds; the small city when left out. */
  readonly fill?: (database: Database) => Promise<void>
  /** Builds the phone's pages too. */
  readonly hasPhone?: boolean
}

/** The whole house with the built console and a worker for its jobs, on a free port. */
export async function openConsoleHouse(
  test: TestDatabase,
  { now = NOW, fill = fillConsoleCity, hasPhone = false }: HouseOptions = {},
): Promise<ConsoleHouse> {
  const { port, close } = await openPagesHouse(test, {
    now,
    async build(folder) {
      await buildConsole(path.join(folder, 'console'))
      if (hasPhone) await buildPhone(path.join(folder, 'phone'))
    },
    fill,
  })
  return { url: `http://127.0.0.1:${port}`, close }
}
