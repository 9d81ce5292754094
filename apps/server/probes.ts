import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import client from 'prom-client'
import { ACCESS_CONTEXT } from '#platform/db/context.ts'
import type { Database } from '#platform/db/database.ts'
import type { Http } from '#platform/http/server.ts'

/** `/healthz`: the process answers. `/readyz`: it reaches its database. `/metrics`: what it does, for Prometheus. */
export function mountProbes(app: FastifyInstance, database: Database, turnedAway: Http['turnedAway']): void {
  const registry = new client.Registry()
  client.collectDefaultMetrics({ register: registry })
  const seconds = new client.Histogram({
    name: 'tongpao_request_seconds',
    help: 'Time to answer a request',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 30],
    registers: [registry],
  })
  new client.Counter({
    name: 'tongpao_turned_away_total',
    help: 'Requests that were told to come back at the door',
    labelNames: ['kind'],
    registers: [registry],
    collect() {
      this.reset()
      this.inc({ kind: 'commands' }, turnedAway.commands)
      this.inc({ kind: 'reads' }, turnedAway.reads)
    },
  })
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none'
    seconds.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000)
    done()
  })

  app.get('/healthz', (_request, reply) => reply.type('text/plain').send('ok\n'))
  app.get('/readyz', async (_request, reply) => {
    try {
      await database.read(ACCESS_CONTEXT, (tx) => sql`select 1`.execute(tx))
      return await reply.type('text/plain').send('ready\n')
    } catch {
      return reply.status(503).header('retry-after', '1').type('text/plain').send('database not reached\n')
    }
  })
  app.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()))
}
