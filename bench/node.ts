/** One node of the product for benchmarks: the composed house on a port of its own, as a process of its own. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { compose } from '#apps/server/compose.ts'
import { standingClock } from '#platform/clock/clock.ts'
import { connect } from '#platform/db/database.ts'
import { listen } from '#platform/http/server.ts'

const { host, database: name, user, inFlightMax, answersEarly } = JSON.parse(process.argv[2] ?? '{}')
const database = connect({ host, port: 5432, database: name, user }, { connections_max: 16 })
const house = await compose({
  database,
  // Nodes of one installation share a root key; here nothing is sealed with it.
  rootKey: Buffer.alloc(32, 7),
  clock: standingClock('2020-12-30T08:00:00+08:00'),
  demo: false,
  http: { logger: false, inFlightMax: inFlightMax ?? 400 },
})

/** The control of the fault run: says yes first and writes afterwards. */
async function listenEarly(app: FastifyInstance): Promise<number> {
  await app.ready()
  const server = createServer(async (request, response) => {
    const payload = await text(request)
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '2' }).end('{}')
    await sleep(20)
    const { 'content-length': _, ...headers } = request.headers
    await app.inject({ method: 'POST', url: request.url ?? '/', headers, payload }).catch(() => undefined)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return (server.address() as AddressInfo).port
}

process.once('SIGTERM', () => process.exit(0))
process.stdout.write(
  `${answersEarly ? await listenEarly(house.app) : await listen(house.app, { port: 0, host: '127.0.0.1' })}\n`,
)
