/** A worker in a process of its own, for the test that kills it: its jobs never end. */
import { connect } from '#platform/db/database.ts'
import { createJobs } from './queue.ts'
import { startWorking } from './work.ts'

const database = connect(JSON.parse(process.env.TEST_APP_CONFIG ?? '{}'))
const jobs = createJobs(database)
for (const [kind, attempts_max] of [
  ['test.stubborn', 3],
  ['test.once', 1],
] as const) {
  jobs.register({
    kind,
    attempts_max,
    async run(job) {
      await job.progress(1, 10, 'begun')
      process.stdout.write(`running ${job.job_id}\n`)
      await new Promise((resolve) => setTimeout(resolve, 600_000))
    },
  })
}
await startWorking(database, jobs, { concurrency: 2, poll_seconds: 0.5 })
process.stdout.write('ready\n')
