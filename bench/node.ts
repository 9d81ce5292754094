/** One node of the product for benchmarks: the composed house on a port of its own, as a process of its own. */
import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { compose } from '#apps/server/compose.ts'
import { standingClock } from '#platform/clock/clock.ts'
import { connect } from '#platform/db/database.ts'

const { host, database: name, user, inFlightMax } = JSON.parse(process.argv[2] ?? '{}')
const database = connect({ host, port: 5432, database: name, user }, { connections_max: 16 })
const house = await compose({
  database,
  rootKey: randomBytes(32),
  clock: standingClock('2020-04-30T08:00:00+08:00'),
  demo: false,
  http: { logger: false, inFlightMax: inFlightMax ?? 400 },
})
await house.app.listen({ port: 0, host: '127.0.0.1' })
process.stdout.write(`${(house.app.server.address() as AddressInfo).port}\n`)
