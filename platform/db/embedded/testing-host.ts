/** A process of its own that opens a data folder, for tests that kill it. Prints one JSON line when the database answers. */
import { openDatabase } from '../open-database.ts'
import { OperatorError } from '../operator-error.ts'

const [dataFolder = '', whenInUse = 'refuse'] = process.argv.slice(2)
try {
  const database = await openDatabase({
    dataFolder,
    command: 'testing-host',
    whenInUse: whenInUse === 'join' ? 'join' : 'refuse',
    say: ({ en }) => console.error(en),
  })
  const { ownerConfig, appConfig, kind } = database
  process.once('SIGTERM', async () => {
    await database.close()
    process.exit(0)
  })
  console.log(JSON.stringify({ kind, ownerConfig, appConfig, postgres_pid: database.embedded?.pid?.() }))
  setInterval(() => undefined, 60_000)
} catch (error) {
  console.error(error instanceof OperatorError ? error.message : error)
  process.exit(1)
}
