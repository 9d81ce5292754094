import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { compose } from '#apps/server/compose.ts'
import { shiftedClock } from '#platform/clock/clock.ts'
import { connect } from '#platform/db/database.ts'
import type { TestDatabase } from '#platform/db/testing.ts'
import { prepareJobs } from '#platform/jobs/queue.ts'
import { startWorking } from '#platform/jobs/work.ts'
import { buildConsole } from '#tools/build-console.ts'
import { fillConsoleCity, NOW } from './city.ts'

export interface ConsoleHouse {
  readonly url: string
  close(): Promise<void>
}

/** The whole house with the built console and a worker for its jobs, on a free port. */
export async function openConsoleHouse({ appConfig, ownerConfig }: TestDatabase): Promise<ConsoleHouse> {
  const pagesFolder = await mkdtemp(path.join(tmpdir(), 'tongpao-console-'))
  await buildConsole(path.join(pagesFolder, 'console'))
  await prepareJobs(ownerConfig)
  const database = connect(appConfig)
  const longDatabase = connect(appConfig, { connections_max: 4, long: true })
  await fillConsoleCity(longDatabase)
  const house = await compose({
    database,
    longDatabase,
    rootKey: randomBytes(32),
    clock: shiftedClock(Date.parse(NOW) - Date.now()),
    // The demo asks for no second factor, which is tested where it is made.
    demo: true,
    http: { logger: false, inFlightMax: 100 },
    pagesFolder,
  })
  await house.app.listen({ port: 0, host: '127.0.0.1' })
  const working = await startWorking(longDatabase, house.jobs)
  const { port } = house.app.server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
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
