import { httpProblems, Refusal, refuse } from '#platform/http/problem.ts'
import type { Routes } from '#platform/http/routes.ts'
import type { Platform } from '#platform/platform.ts'
import { findOperation } from '#records/operations/server/reads.ts'
import {
  exportDraft,
  listRosters,
  openDraft,
  proposeNeeds,
  publishDraft,
  readDraft,
  readSolve,
  rebuildDraft,
  rosterProblems,
  saveRoster,
  saveVersion,
  solveDraft,
} from '../roster-contract.ts'
import { mountAsks } from './ask-routes.ts'
import { type Commanding, open, readDraftView, rebuild, saveChange } from './roster-drafts.ts'
import { exportRoster } from './roster-exports.ts'
import { listRostersOf, propose, save } from './roster-needs.ts'
import { publish } from './roster-publish.ts'
import { askSolve, presentSolve, solveJob } from './roster-solves.ts'
import { findSolve } from './roster-store.ts'
import { mountOffers } from './shift-routes.ts'

/** Rosters of units, and shifts that change hands. */
export function mountRosters(routes: Routes, platform: Platform): void {
  platform.jobs.register(solveJob(platform.longDatabase, platform.clock))
  mountNeeds(routes, platform)
  mountDrafts(routes, platform)
  mountAsks(routes, platform)
  mountOffers(routes, platform)
}

function mountNeeds(routes: Routes, { clock }: Platform): void {
  routes.bind(listRosters, ({ input, read }) =>
    read(async (tx) => ({ rosters: await listRostersOf(tx, input.params.operation_id, input.params.unit_id) })),
  )
  routes.bind(proposeNeeds, ({ input, read }) =>
    read(async (tx) => {
      const operation = await findOperation(tx, input.params.operation_id)
      if (!operation) return refuse(httpProblems.not_found)
      const posts = input.query.posts.split(',').map(Number)
      return propose(tx, operation, input.params.unit_id, posts, clock.now())
    }),
  )
  routes.bind(saveRoster, ({ input, actor, transact }) => transact((tx) => save(tx, actor, input.params, input.body)))
}

function mountDrafts(routes: Routes, { clock, jobs, longDatabase }: Platform): void {
  const commanding = (handling: Pick<Commanding, 'actor' | 'transact' | 'read'>): Commanding => ({
    actor: handling.actor,
    transact: handling.transact,
    read: handling.read,
    database: longDatabase,
    now: clock.now(),
  })
  routes.bind(openDraft, (handling) => open(commanding(handling), handling.input.params, handling.input.body))
  routes.bind(readDraft, ({ input, read }) => read((tx) => readDraftView(tx, input.params, clock.now())))
  routes.bind(rebuildDraft, (handling) => rebuild(commanding(handling), handling.input.params))
  routes.bind(saveVersion, (handling) => saveChange(commanding(handling), handling.input.params, handling.input.body))
  routes.bind(solveDraft, (handling) =>
    askSolve(commanding(handling), jobs, handling.input.params, handling.input.body.seconds),
  )
  routes.bind(readSolve, ({ input, read }) =>
    read(async (tx) => {
      const solve = await findSolve(tx, input.params)
      return solve ? presentSolve(solve) : refuse(rosterProblems.unknown_draft)
    }),
  )
  routes.bind(publishDraft, (handling) => publish(commanding(handling), handling.input.params, handling.input.body))
  routes.bind(exportDraft, async (handling) => {
    const answer = await exportRoster(commanding(handling), handling.input.params)
    return answer instanceof Refusal ? answer : { ...answer }
  })
}
