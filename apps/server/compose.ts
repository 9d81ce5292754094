import type { FastifyInstance, FastifyRequest } from 'fastify'
import { benefitsRoom, mountBenefits } from '#measures/benefits/server/index.ts'
import { mountRest, rostersRoom } from '#measures/rosters/server/index.ts'
import { findRestAgainst } from '#measures/rosters/server/reads.ts'
import { mountRosters } from '#measures/rosters/server/rosters.ts'
import type { OidcSettings } from '#platform/access/oidc.ts'
import type { AccessOptions } from '#platform/access/options.ts'
import type { OutsideSettings } from '#platform/access/outside-settings.ts'
import { mountAccess } from '#platform/access/server.ts'
import { createSessions, SESSION_COOKIE } from '#platform/access/sessions.ts'
import { createVault } from '#platform/access/vault.ts'
import { mountAudit } from '#platform/audit/server.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Endpoint } from '#platform/http/endpoint.ts'
import { openApiDocument } from '#platform/http/openapi.ts'
import { createRoutes } from '#platform/http/routes.ts'
import { createHttp, type HttpOptions } from '#platform/http/server.ts'
import { createJobs, type JobRegistry } from '#platform/jobs/queue.ts'
import { mountJobs } from '#platform/jobs/server.ts'
import type { Platform } from '#platform/platform.ts'
import { mountWorklist } from '#platform/worklist/server.ts'
import { mountDuty } from '#records/duty/server/index.ts'
import { mountFacts } from '#records/facts/server/index.ts'
import { mountOperations } from '#records/operations/server/index.ts'
import { isOperationRunning } from '#records/operations/server/reads.ts'
import { mountOrg } from '#records/org/server/index.ts'
import { knownUnits } from '#records/org/server/known-units.ts'
import { findUnitsBelow, listUnitNames, listUnitsBelow } from '#records/org/server/reads.ts'
import { mountPeople } from '#records/people/server/index.ts'
import { listStaff } from '#records/people/server/reads.ts'
import { mountPolicies } from '#records/policies/server/index.ts'
import { namesInForce } from '#records/policies/server/reads.ts'
import { mountRetention } from '#records/retention/server/index.ts'
import { mountPages } from './pages.ts'
import { mountProbes } from './probes.ts'

export interface HouseOptions {
  readonly database: Database
  /** For long work; the ordinary one without it. */
  readonly longDatabase?: Database
  readonly rootKey: Buffer
  readonly clock: Clock
  readonly demo: boolean
  readonly http: HttpOptions
  readonly oidc?: OidcSettings
  readonly outside?: OutsideSettings
  /** Folder with the built pages; without it the house serves the API alone. */
  readonly pagesFolder?: string
}

export interface House {
  readonly app: FastifyInstance
  readonly platform: Platform
  readonly jobs: JobRegistry
  readonly endpoints: readonly Endpoint[]
}

export const API_INFO = {
  title: 'Tongpao',
  version: '0.1.0',
  description: 'Looks after the people whom a city sends to the front line of an emergency.',
}

/** Puts the floors together: every room is mounted here and nowhere else. */
export async function compose(options: HouseOptions): Promise<House> {
  const { database, clock, demo } = options
  const sessions = createSessions(database, listUnitsBelow)
  const jobs = createJobs(database)
  const platform: Platform = {
    database,
    longDatabase: options.longDatabase ?? database,
    clock,
    demo,
    sessions,
    vault: createVault(database, options.rootKey),
    jobs,
  }
  const { app, turnedAway } = createHttp(options.http)
  const findActor = async ({ cookies }: FastifyRequest) => {
    const token = cookies[SESSION_COOKIE]
    return token === undefined ? undefined : sessions.findActor(token)
  }
  const routes = createRoutes({ app, database, findActor, placeExists: knownUnits(database) })

  const access: AccessOptions = {
    findUnitsBelow,
    listUnitNames,
    listStaff,
    isRunning: (tx, operationId) => isOperationRunning(tx, operationId, clock.now()),
    ...(options.oidc ? { oidc: { app, settings: options.oidc } } : {}),
    ...(options.outside ? { outside: { app, settings: options.outside } } : {}),
  }
  mountAccess(routes, platform, access)
  mountOrg(routes)
  mountPeople(routes, platform)
  mountOperations(routes)
  mountDuty(routes, platform, (tx, shifts) => findRestAgainst(tx, shifts, clock.now()))
  mountFacts(routes, platform, namesInForce)
  mountPolicies(routes, platform, { benefits: benefitsRoom, rosters: rostersRoom })
  mountRetention(routes, platform)
  mountBenefits(routes, platform)
  mountRest(routes, platform)
  mountRosters(routes, platform)
  mountAudit(routes, platform)
  mountJobs(routes, platform)
  mountWorklist(routes, platform)

  mountProbes(app, database, turnedAway)
  const document = JSON.stringify(openApiDocument(routes.endpoints, API_INFO))
  app.get('/openapi.json', (_request, reply) => reply.type('application/json; charset=utf-8').send(document))
  if (options.pagesFolder) await mountPages(app, options.pagesFolder)
  return { app, platform, jobs, endpoints: routes.endpoints }
}
