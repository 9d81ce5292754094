/** A worker in a process of its own, for the test that kills it: runs jobs of kind `test.stubborn` that never end here. */
import { connect } from '#platform/db/database.ts'
import { createJobs } from './queue.ts'
import { startWorking } from './work.ts'

const database = connect(JSON.parse(process.env.TEST_APP_CONFIG ?? '{}'))
const jobs = createJobs(database)
jobs.register({
  kind: 'test.stubborn',
  async run(job) {
    await job.progress(1, 10, 'begun')
    process.stdout.write(`running ${job.job_id}\n`)
    await new Promise((resolve) => setTimeout(resolve, 600_000))
  },
})
await startWorking(database, jobs, { concurrency: 1, poll_seconds: 0.5 })
process.stdout.write('ready\n')
