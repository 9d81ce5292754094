/** A node in a process of its own, for tests that kill it: the whole house, working on jobs one at a time, telling of each that it takes up. */
import { randomBytes } from 'node:crypto'
import { standingClock } from '#platform/clock/clock.ts'
import { connect } from '#platform/db/database.ts'
import { startWorking } from '#platform/jobs/work.ts'
import { compose } from './compose.ts'
import { toldBy } from './testing-jobs.ts'

const database = connect(JSON.parse(process.env.TEST_APP_CONFIG ?? '{}'))
const house = await compose({
  database,
  rootKey: randomBytes(32),
  clock: standingClock(process.env.TEST_NOW ?? ''),
  demo: false,
  http: { logger: false, inFlightMax: 10 },
})
await startWorking(
  database,
  toldBy(house.jobs, (jobId) => process.stdout.write(`${jobId}\n`)),
  { concurrency: 1, poll_seconds: 0.5 },
)
process.stdout.write('ready\n')
