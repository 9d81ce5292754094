import { z } from 'zod'
import { type Actor, scopeOf } from '#platform/access/actor.ts'
import type { Tx } from '#platform/db/database.ts'
import { httpProblems, type Refusal, refuse } from '#platform/http/problem.ts'
import type { Routes } from '#platform/http/routes.ts'
import type { Platform } from '#platform/platform.ts'
import { findOperation, type OperationFacts } from '#records/operations/server/reads.ts'
import {
  answerObjection,
  confirmDutyDay,
  correctSpan,
  createPost,
  dutyProblems,
  listDutyDays,
  listObjections,
  listPosts,
  PostView,
  planShifts,
  raiseObjection,
  readDutyDay,
  readOwnDuty,
  readPersonDuty,
  withdrawSpan,
} from '../contract.ts'
import { changePost, closePost, PLAN_DAYS_MAX, readShiftPlan } from '../plan-contract.ts'
import { createConfirmations } from './confirmations.ts'
import { type Correcting, correct, correctingContext, withdraw } from './corrections.ts'
import { readDay } from './days.ts'
import { mountImports } from './imports.ts'
import { answer, object } from './objections.ts'
import { listHistories, namingWithin, presentAnswer, readOwn } from './personal.ts'
import { type FindRest, openPost, plan } from './planning.ts'
import { endPost, replacePost } from './posts.ts'
import { readPlan } from './shift-plan.ts'
import { listDayCounts, listObjectionsOfUnit, listPosts as selectPosts } from './store.ts'

const DAYS_MAX = 100

/** Runs `work` with the operation that the request names. */
async function withOperation<T>(
  tx: Tx,
  operationId: number,
  work: (operation: OperationFacts) => Promise<T>,
): Promise<T | Refusal> {
  const operation = await findOperation(tx, operationId)
  return operation ? work(operation) : refuse(httpProblems.not_found)
}

function refusePeriod({ from, to }: { from: string; to: string }, daysMax: number): Refusal | undefined {
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1
  if (days >= 1 && days <= daysMax) return undefined
  const zh = `一次最多 ${daysMax} 天，且结束不早于开始`
  return refuse(httpProblems.invalid, { count: 1 }, [
    { field: 'query.to', zh, en: `at most ${daysMax} days, the end not before the start` },
  ])
}

/** Operations hardly ever change, and every confirmation asks for one. */
function operationCache(platform: Platform): (operationId: number) => Promise<OperationFacts | undefined> {
  const cache = new Map<number, { operation: OperationFacts | undefined; until_ms: number }>()
  return async (operationId) => {
    const known = cache.get(operationId)
    if (known && known.until_ms > Date.now()) return known.operation
    const context = { purpose: 'request', principal: 'duty' } as const
    const operation = await platform.database.read(context, (tx) => findOperation(tx, operationId))
    cache.set(operationId, { operation, until_ms: Date.now() + 2_000 })
    return operation
  }
}

/** `findRest` says where people are ordered to rest, so that no shift is planned into it. */
export function mountDuty(routes: Routes, platform: Platform, findRest?: FindRest): void {
  mountPlans(routes, platform, findRest)
  mountConfirmations(routes, platform)
  mountReads(routes, platform)
  mountObjections(routes)
  mountImports(routes, platform)
}

function mountPlans(routes: Routes, { clock }: Platform, findRest: FindRest | undefined): void {
  routes.bind(listPosts, ({ input, read }) =>
    read(async (tx) => ({
      posts: z.array(PostView).parse(await selectPosts(tx, input.params.operation_id, input.params.unit_id)),
    })),
  )
  routes.bind(createPost, ({ input, transact }) =>
    transact((tx) =>
      withOperation(tx, input.params.operation_id, (operation) =>
        openPost(tx, operation, input.params.unit_id, input.body),
      ),
    ),
  )
  routes.bind(closePost, ({ input, transact }) => transact((tx) => endPost(tx, input.params, input.body, clock.now())))
  routes.bind(changePost, ({ input, transact }) => transact((tx) => replacePost(tx, input.params, input.body)))
  routes.bind(readShiftPlan, async ({ input, read }) => {
    const refused = refusePeriod(input.query, PLAN_DAYS_MAX)
    return refused ?? read((tx) => readPlan(tx, input.params, input.query))
  })
  routes.bind(planShifts, ({ input, transact }) =>
    transact((tx) =>
      withOperation(tx, input.params.operation_id, (operation) =>
        plan(tx, operation, input.params.unit_id, input.body, clock.now(), findRest),
      ),
    ),
  )
}

function mountConfirmations(routes: Routes, platform: Platform): void {
  const { database, clock } = platform
  const findCachedOperation = operationCache(platform)
  const confirm = createConfirmations(database, clock)

  routes.bind(confirmDutyDay, async ({ input, actor, context, repeatable }) => {
    const operation = await findCachedOperation(input.params.operation_id)
    if (!operation || !repeatable) return refuse(httpProblems.not_found)
    return confirm({ actor, context, operation, body: input.body, repeatable })
  })

  const correcting = (
    actor: Actor,
    operation: OperationFacts,
    params: { person_id: number; span_id: string },
  ): Correcting => ({
    actor,
    operation,
    person_id: params.person_id,
    span_id: params.span_id,
    now: clock.now(),
  })
  routes.bind(correctSpan, ({ input, actor, transact, context }) =>
    transact(
      (tx) =>
        withOperation(tx, input.params.operation_id, (operation) =>
          correct(tx, correcting(actor, operation, input.params), input.body),
        ),
      correctingContext(context, actor, input.body.unit_id),
    ),
  )
  routes.bind(withdrawSpan, ({ input, actor, transact, context }) =>
    transact(
      (tx) =>
        withOperation(tx, input.params.operation_id, (operation) =>
          withdraw(tx, correcting(actor, operation, input.params), input.body),
        ),
      correctingContext(context, actor, input.body.unit_id),
    ),
  )
}

function mountReads(routes: Routes, { clock }: Platform): void {
  routes.bind(listDutyDays, async ({ input, read }) => {
    const refused = refusePeriod(input.query, DAYS_MAX)
    return refused ?? read(async (tx) => ({ days: await listDayCounts(tx, input.params, input.query) }))
  })
  routes.bind(readDutyDay, ({ input, actor, read }) => read((tx) => readDay(tx, actor, input.params)))
  routes.bind(readPersonDuty, ({ input, actor, read }) =>
    read(async (tx) => {
      const { operation_id, person_id } = input.params
      const person = await tx
        .selectFrom('people')
        .select('person_id')
        .where('person_id', '=', person_id)
        .executeTakeFirst()
      if (!person) return refuse(dutyProblems.unknown_person)
      const naming = namingWithin(scopeOf(actor, 'duty.read'))
      return { spans: await listHistories(tx, { operation_id, person_id }, input.query, naming) }
    }),
  )
  routes.bind(readOwnDuty, async ({ input, actor, read }) => {
    const { person_id } = actor
    if (person_id === undefined) return refuse(httpProblems.not_found)
    return read((tx) =>
      withOperation(tx, input.query.operation_id, (operation) =>
        readOwn(tx, operation, person_id, input.query, clock.now()),
      ),
    )
  })
}

function mountObjections(routes: Routes): void {
  routes.bind(raiseObjection, async ({ input, actor, transact }) => {
    const { person_id } = actor
    if (person_id === undefined) return refuse(httpProblems.not_found)
    return transact((tx) => object(tx, person_id, input.body))
  })
  routes.bind(listObjections, ({ input, read }) =>
    read(async (tx) => {
      const { operation_id, unit_id } = input.params
      const { limit } = input.query
      const offset = Math.min(Number(input.query.after ?? 0) || 0, 10_000)
      const rows = await listObjectionsOfUnit(tx, operation_id, unit_id, offset, limit)
      return {
        objections: rows.slice(0, limit).map((row) => ({
          person_id: row.person_id,
          person_name: row.person_name ?? '—',
          objection_id: row.objection_id,
          span_id: row.span_id,
          duty_date: row.duty_date,
          words: row.words,
          raised_at: row.raised_at,
          answer: presentAnswer(row),
        })),
        next: rows.length > limit ? String(offset + limit) : null,
      }
    }),
  )
  routes.bind(answerObjection, ({ input, actor, transact }) =>
    transact((tx) => answer(tx, actor, input.params, input.body)),
  )
}
