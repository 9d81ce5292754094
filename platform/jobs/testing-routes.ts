import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import type { Actor, Assignment } from '#platform/access/actor.ts'
import type { Role } from '#platform/access/permissions.ts'
import { realClock } from '#platform/clock/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { createRoutes, type Routes } from '#platform/http/routes.ts'
import { createHttp } from '#platform/http/server.ts'
import type { Platform } from '#platform/platform.ts'
import type { Jobs } from './jobs.ts'

/** Rooms of the platform served over HTTP to actors that the test makes up, without sign-in. */
export interface TestRoutes {
  call(actor: Actor | undefined, method: 'GET' | 'POST', url: string, body?: unknown): Promise<LightMyRequestResponse>
  close(): Promise<void>
}

export function actorWith(
  userId: number,
  roles: readonly { role: Role; units: readonly number[]; everywhere?: boolean }[],
): Actor {
  const assignments = roles.map(
    ({ role, units, everywhere }): Assignment => ({
      role,
      unit_id: units[0] ?? 1,
      units: new Set(units),
      everywhere: everywhere ?? false,
    }),
  )
  return { user_id: userId, person_id: undefined, display_name: `账号 ${userId}`, language: 'zh', assignments }
}

export async function serveRoutes(
  database: Database,
  jobs: Jobs,
  mount: (routes: Routes, platform: Platform) => void,
): Promise<TestRoutes> {
  const { app } = createHttp({ logger: false, inFlightMax: 100 })
  const actors = new Map<string, Actor>()
  const routes = createRoutes({
    app,
    database,
    findActor: async (request) => actors.get(String(request.headers['x-test-actor'])),
  })
  const unused = (name: string) => () => {
    throw new Error(`these routes have no ${name}`)
  }
  mount(routes, {
    database,
    longDatabase: database,
    clock: realClock,
    jobs,
    demo: false,
    get sessions() {
      return unused('sessions')()
    },
    get vault() {
      return unused('vault')()
    },
  })
  await app.ready()
  return {
    async call(actor, method, url, body) {
      const options: InjectOptions = { method, url, headers: {} }
      if (actor) {
        actors.set(String(actor.user_id), actor)
        options.headers = { 'x-test-actor': String(actor.user_id) }
      }
      if (body !== undefined) options.payload = JSON.stringify(body)
      if (body !== undefined) options.headers = { ...options.headers, 'content-type': 'application/json' }
      return app.inject(options)
    },
    close: () => app.close(),
  }
}
