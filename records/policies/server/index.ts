import { type Actor, reaches, scopeOf } from '#platform/access/actor.ts'
import type { Tx } from '#platform/db/database.ts'
import { httpProblems, Refusal, refuse } from '#platform/http/problem.ts'
import type { Routes } from '#platform/http/routes.ts'
import type { Platform } from '#platform/platform.ts'
import { findOperation, type OperationFacts } from '#records/operations/server/reads.ts'
import {
  askEvaluation,
  listDecisions,
  listDifferences,
  listEvaluations,
  listMissingFacts,
  listOpenDecisions,
  listPacks,
  listPacksInForce,
  readClause,
  readClauseBoard,
  readPack,
  recordDecision,
} from '../contract.ts'
import { presentBoard, presentClausePage, type Rooms } from './clause-board.ts'
import { decide, listOpen, presentDecisions } from './decisions.ts'
import { presentDifferences, presentMissing } from './difference-pages.ts'
import { EVALUATION_JOB, evaluationInput, evaluationJob } from './evaluation-job.ts'
import { listEvaluationRows } from './evaluations.ts'
import { mountDrafts } from './mount-drafts.ts'
import { presentInForce, presentPackList, presentPackPage } from './pack-pages.ts'

async function withOperation<T>(
  tx: Tx,
  operationId: number,
  work: (operation: OperationFacts) => Promise<T>,
): Promise<T | Refusal> {
  const operation = await findOperation(tx, operationId)
  return operation ? work(operation) : refuse(httpProblems.not_found)
}

export function mountPolicies(routes: Routes, platform: Platform, rooms: Rooms): void {
  platform.jobs.register(evaluationJob(platform.database, platform.clock))
  mountPacks(routes)
  mountNotice(routes, platform, rooms)
  mountEvaluations(routes, platform)
  mountDecisions(routes, platform)
  mountDrafts(routes, platform)
}

function mountPacks(routes: Routes): void {
  routes.bind(listPacks, ({ input, read }) => read((tx) => presentPackList(tx, input.query)))
  routes.bind(listPacksInForce, ({ input, actor, read }) =>
    read((tx) => withOperation(tx, input.params.operation_id, (operation) => presentInForce(tx, actor, operation))),
  )
  routes.bind(readPack, ({ input, read }) => read((tx) => presentPackPage(tx, input.params.pack_hash)))
}

function mountNotice(routes: Routes, { clock }: Platform, rooms: Rooms): void {
  routes.bind(readClauseBoard, ({ input, read }) =>
    read((tx) =>
      withOperation(tx, input.params.operation_id, (operation) => presentBoard(tx, operation, rooms, clock.now())),
    ),
  )
  routes.bind(readClause, ({ input, read }) =>
    read((tx) =>
      withOperation(tx, input.params.operation_id, (operation) =>
        presentClausePage(tx, operation, rooms, { number: input.params.number, ...input.query }, clock.now()),
      ),
    ),
  )
}

function mountEvaluations(routes: Routes, { clock, jobs }: Platform): void {
  routes.bind(askEvaluation, ({ input, actor, transact }) =>
    transact((tx) =>
      withOperation(tx, input.params.operation_id, async (operation) => {
        // One evaluation speaks about everybody in the operation.
        if (!reachesAll(actor, operation)) return refuse(httpProblems.not_found)
        const order = await evaluationInput(tx, operation.operation_id, input.body, clock.now())
        if (order instanceof Refusal) return order
        const { operation_id, area_unit_id } = operation
        const job_id = await jobs.ask(tx, actor, {
          kind: EVALUATION_JOB,
          unit_id: area_unit_id,
          operation_id,
          input: order,
        })
        return { job_id }
      }),
    ),
  )
  routes.bind(listEvaluations, ({ input, read }) =>
    read(async (tx) => {
      const { limit } = input.query
      const rows = await listEvaluationRows(tx, input.params.operation_id, input.query)
      const page = rows.slice(0, limit)
      const last = page.at(-1)
      return { evaluations: [...page], next: rows.length > limit && last ? String(last.evaluation_id) : null }
    }),
  )
  routes.bind(listDifferences, ({ input, read }) =>
    read((tx) =>
      withOperation(tx, input.params.operation_id, (operation) =>
        presentDifferences(tx, operation, input.params.evaluation_id, input.query),
      ),
    ),
  )
  routes.bind(listMissingFacts, ({ input, read }) =>
    read((tx) =>
      withOperation(tx, input.params.operation_id, (operation) => presentMissing(tx, operation, input.query)),
    ),
  )
}

function reachesAll(actor: Actor, operation: OperationFacts): boolean {
  return reaches(scopeOf(actor, 'evaluations.run'), operation.area_unit_id)
}

function mountDecisions(routes: Routes, { clock }: Platform): void {
  routes.bind(listOpenDecisions, ({ input, read }) =>
    read((tx) =>
      withOperation(tx, input.params.operation_id, (operation) => listOpen(tx, operation, input.query, clock.now())),
    ),
  )
  routes.bind(recordDecision, ({ input, actor, transact }) =>
    transact((tx) => decide(tx, actor, input.params.operation_id, input.body, clock.now())),
  )
  routes.bind(listDecisions, ({ input, read }) =>
    read((tx) =>
      withOperation(tx, input.params.operation_id, (operation) => presentDecisions(tx, operation, input.query)),
    ),
  )
}
