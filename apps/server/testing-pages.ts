import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { shiftedClock } from '#platform/clock/clock.ts'
import { connect, type Database } from '#platform/db/database.ts'
import type { TestDatabase } from '#platform/db/testing.ts'
import { prepareJobs } from '#platform/jobs/queue.ts'
import { startWorking } from '#platform/jobs/work.ts'
import { compose, type House } from './compose.ts'

export interface PagesHouse {
  readonly port: number
  readonly house: House
  readonly database: Database
  close(): Promise<void>
}

/** The whole house with built pages and a worker for its jobs, on a free port. */
export async function openPagesHouse(
  { appConfig, ownerConfig }: Pick<TestDatabase, 'appConfig' | 'ownerConfig'>,
  {
    now,
    build,
    fill,
  }: {
    /** What the product's clock shows when the house opens. */
    readonly now: string
    /** Builds the pages into a folder. */
    readonly build: (folder: string) => Promise<unknown>
    readonly fill: (database: Database) => Promise<void>
  },
): Promise<PagesHouse> {
  const pagesFolder = await mkdtemp(path.join(tmpdir(), 'tongpao-pages-'))
  await build(pagesFolder)
  await prepareJobs(ownerConfig)
  const database = connect(appConfig)
  const longDatabase = connect(appConfig, { connections_max: 4, long: true })
  await fill(longDatabase)
  const house = await compose({
    database,
    longDatabase,
    rootKey: randomBytes(32),
    clock: shiftedClock(Date.parse(now) - Date.now()),
    // The demo asks for no second factor, which is tested where it is made.
    demo: true,
    http: { logger: false, inFlightMax: 100 },
    pagesFolder,
  })
  await house.app.listen({ port: 0, host: '127.0.0.1' })
  const working = await startWorking(longDatabase, house.jobs)
  const { port } = house.app.server.address() as AddressInfo
  return {
    port,
    house,
    database,
    async close() {
      await house.app.close()
      await working.stop()
      await house.jobs.close()
      await database.close()
      await longDatabase.close()
      await rm(pagesFolder, { recursive: true, force: true })
    },
  }
}
