import { dayOf } from '#engines/values/time.ts'
import { recordAudit } from '#platform/audit/record.ts'
import { civilDate } from '#platform/calendar/zone.ts'
import { jobContext } from '#platform/db/context.ts'
import { httpProblems, Refusal, refuse } from '#platform/http/problem.ts'
import type { Routes } from '#platform/http/routes.ts'
import type { Platform } from '#platform/platform.ts'
import { findOperation } from '#records/operations/server/reads.ts'
import type { RoomState } from '#records/policies/server/reads.ts'
import {
  answerCover,
  answerReport,
  askSubstitute,
  changeRest,
  explainRestOf,
  extendLimit,
  listSubstitutes,
  lookAtRest,
  orderRest,
  overrideRest,
  REST_DAYS_MAX,
  readOwnRest,
  readRestBoard,
  recordCoverAnswer,
  reportOneself,
} from '../contract.ts'
import { addLeave, readLeaveAccounts, readLeaveEntries, readLeavePlan } from '../leave-contract.ts'
import { restProblems } from '../rest-problems.ts'
import { readBoard } from './board.ts'
import { answerAsk, coverContext, findAskOf, findOwnAsk, listOwnAsks, unitsThatAsk } from './cover.ts'
import { explainFor } from './explanation.ts'
import { addLeaveEntry, listLeaveEntries, readAccounts } from './leave.ts'
import { proposeLeave } from './leave-plan.ts'
import { type LeaveTerms, leaveTerms, NO_TERMS } from './leave-terms.ts'
import { LOOK_JOB, lastCompleteDay, lookJob } from './look.ts'
import { askAnother, change, findOpen, order, override } from './orders.ts'
import { answer, readOwn, report } from './own.ts'
import { findPerson, isProtectedNow } from './people.ts'
import { findSubstitutesForShifts } from './substitutes-shifts.ts'

/** What the clause board says of this room. */
export const rostersRoom: RoomState = {
  state: 'partly',
  parts: {
    zh: '已能按规则找出该休息的人，下休息令并找替班，记补休账，收本人反映；按记录自动排班，可改可发布，缺人时找人替班、让班换班。',
    en: 'Finds who must rest by the rules in force, orders rest with a substitute, keeps the leave account, hears what people say of themselves. Makes rosters from the records, has them changed and published, finds who takes a shift.',
  },
}

export function mountRest(routes: Routes, platform: Platform): void {
  platform.jobs.register(lookJob(platform.longDatabase, platform.clock, findOperation))
  mountBoard(routes, platform)
  mountOrders(routes, platform)
  mountLeave(routes, platform)
  mountOwn(routes, platform)
}

function mountBoard(routes: Routes, { clock, database, jobs, longDatabase }: Platform): void {
  routes.bind(readRestBoard, ({ input, read }) =>
    read((tx) => readBoard(tx, input.params.operation_id, input.params.unit_id, clock.now())),
  )
  routes.bind(lookAtRest, ({ input, actor, transact }) =>
    transact(async (tx) => {
      const operation = await findOperation(tx, input.params.operation_id)
      if (!operation) return refuse(httpProblems.not_found)
      const { operation_id, area_unit_id } = operation
      const request = { kind: LOOK_JOB, unit_id: area_unit_id, operation_id, input: { operation_id } }
      return { job_id: await jobs.ask(tx, actor, request) }
    }),
  )
  routes.bind(explainRestOf, async ({ input, read }) => {
    const { operation_id, person_id, rule } = input.params
    const found = await read(async (tx) => ({
      operation: await findOperation(tx, operation_id),
      person: await findPerson(tx, person_id),
    }))
    if (!found.operation || !found.person) return refuse(restProblems.unknown_person)
    const now = clock.now()
    const on_date = lastCompleteDay(found.operation, now)
    const { language } = input.query
    const explanation = await explainFor(longDatabase, {
      operation_id,
      person_id,
      rule,
      on_date,
      known_at: now,
      now,
      language,
    })
    if (explanation instanceof Refusal) return explanation
    return { lines: explanation.lines.map(({ kind, text, holds }) => ({ kind, text, holds: holds ?? null })) }
  })
  routes.bind(listSubstitutes, ({ input, read }) =>
    read(async (tx) => {
      const { operation_id: operationId, person_id: personId } = input.params
      const operation = await findOperation(tx, operationId)
      if (!operation || !(await findPerson(tx, personId))) return refuse(restProblems.unknown_person)
      const times = { starts_at: new Date(input.query.from), ends_at: new Date(input.query.to) }
      const asking = { operationId, personId, ...times, now: clock.now() }
      return findSubstitutesForShifts(tx, { database, operation, now: clock.now() }, asking)
    }),
  )
}

function mountOrders(routes: Routes, { clock, database }: Platform): void {
  routes.bind(orderRest, async ({ input, actor, transact }) => {
    const { person_id, basis } = input.body
    const { operation_id } = input.params
    // Only the house may look; whoever orders learns that the ground stands, and not why.
    const isProtected =
      basis === 'protected' &&
      (await database.read(jobContext('rest'), (tx) => isProtectedNow(tx, operation_id, person_id, clock.now())))
    return transact((tx) => order(tx, actor, operation_id, input.body, clock.now(), isProtected))
  })
  routes.bind(askSubstitute, ({ input, actor, transact }) =>
    transact((tx) => askAnother(tx, actor, input.params, input.body.substitute_person_id, clock.now())),
  )
  routes.bind(recordCoverAnswer, async ({ input, actor, read, transact }) => {
    const found = await read(async (tx) => ({
      order: await findOpen(tx, actor, input.params, clock.now()),
      ask: await findAskOf(tx, input.params.person_id, input.params.order_id),
    }))
    if (found.order instanceof Refusal) return found.order
    const { ask } = found
    if (!ask) return refuse(restProblems.unknown_ask)
    // Whoever is asked says it themselves, on the phone: nobody handles their own.
    if (ask.person_id === actor.person_id) return refuse(restProblems.own)
    // The substitute may belong to another unit: the plan is changed in the narrow context of both.
    const context = coverContext(actor, [ask.unit_id, ...(ask.home_unit_id === null ? [] : [ask.home_unit_id])])
    return transact((tx) => answerAsk(tx, ask, input.body.answer, clock.now(), actor.user_id), context)
  })
  routes.bind(changeRest, ({ input, actor, transact }) =>
    transact((tx) => change(tx, actor, input.params, input.body, clock.now())),
  )
  routes.bind(overrideRest, ({ input, actor, transact }) =>
    transact((tx) => override(tx, actor, input.params, input.body, clock.now())),
  )
  routes.bind(extendLimit, ({ input, actor, transact }) =>
    transact(async (tx) => {
      const { unit_id, from_on, to_on, rule, reason } = input.body
      if (to_on < from_on || dayOf(to_on) - dayOf(from_on) > REST_DAYS_MAX)
        return refuse(restProblems.dates, { days: REST_DAYS_MAX })
      const { operation_id } = input.params
      const { extension_id } = await tx
        .insertInto('limit_extensions')
        .values({
          operation_id,
          unit_id,
          rule,
          from_on,
          to_on,
          reason,
          by_user_id: actor.user_id,
          happened_at: clock.now(),
        })
        .returning('extension_id')
        .executeTakeFirstOrThrow()
      const subject = { subject_kind: 'limit_extension', subject_id: extension_id, unit_id, operation_id }
      await recordAudit(tx, { action: 'rosters.extend_limit', ...subject, facts: { rule, from_on, to_on } })
      return { extension_id }
    }),
  )
}

function mountLeave(routes: Routes, { clock }: Platform): void {
  routes.bind(readLeaveAccounts, ({ input, read }) =>
    read(async (tx) => {
      const { operation_id, unit_id } = input.params
      const operation = await findOperation(tx, operation_id)
      if (!operation) return refuse(httpProblems.not_found)
      const { lastDayOf, stated } = await leaveTerms(tx, operation, unit_id, clock.now())
      const term = { today: civilDate(operation.time_zone, clock.now()), lastDayOf }
      return { ...(await readAccounts(tx, operation_id, unit_id, input.query.limit, term)), terms: [...stated] }
    }),
  )
  routes.bind(readLeaveEntries, ({ input, read }) =>
    read(async (tx) => {
      const { operation_id, person_id } = input.params
      const operation = await findOperation(tx, operation_id)
      const person = await findPerson(tx, person_id)
      if (!operation || !person) return refuse(restProblems.unknown_person)
      const { lastDayOf } = await leaveTerms(tx, operation, person.home_unit_id, clock.now())
      return listLeaveEntries(tx, operation_id, person_id, lastDayOf)
    }),
  )
  routes.bind(readLeavePlan, ({ input, read }) =>
    read(async (tx) => {
      const operation = await findOperation(tx, input.params.operation_id)
      if (!operation) return refuse(httpProblems.not_found)
      return proposeLeave(tx, { operation, unit_id: input.params.unit_id, ...input.query, now: clock.now() })
    }),
  )
  routes.bind(addLeave, ({ input, actor, transact }) =>
    transact(async (tx) => {
      const operation = await findOperation(tx, input.params.operation_id)
      if (!operation) return refuse(httpProblems.not_found)
      return addLeaveEntry(tx, actor, operation, input.body, clock.now())
    }),
  )
}

/** What a place has decided about leave holds for its people, who may not read its decisions otherwise. */
function ownTerms(
  database: Platform['database'],
  operationId: number,
  personId: number,
  now: Date,
): Promise<LeaveTerms> {
  return database.read(jobContext('leave-terms'), async (tx) => {
    const [operation, person] = [await findOperation(tx, operationId), await findPerson(tx, personId)]
    return operation && person ? leaveTerms(tx, operation, person.home_unit_id, now) : NO_TERMS
  })
}

function mountOwn(routes: Routes, { clock, database }: Platform): void {
  routes.bind(readOwnRest, async ({ input, actor, read }) => {
    const { person_id } = actor
    if (person_id === undefined) return refuse(restProblems.no_person)
    const { operation_id } = input.query
    const now = clock.now()
    const terms = await ownTerms(database, operation_id, person_id, now)
    const own = await read((tx) => readOwn(tx, operation_id, person_id, { now, terms }))
    const units = await read((tx) => unitsThatAsk(tx, operation_id, person_id))
    if (units.length === 0) return own
    const asks = await database.read(coverContext(actor, units), (tx) =>
      listOwnAsks(tx, operation_id, person_id, clock.now()),
    )
    return { ...own, asks }
  })
  routes.bind(answerCover, async ({ input, actor, read, transact }) => {
    const { person_id } = actor
    if (person_id === undefined) return refuse(restProblems.no_person)
    const ask = await read((tx) => findOwnAsk(tx, person_id, input.params.ask_id))
    if (!ask) return refuse(restProblems.unknown_ask)
    if (ask.answer !== null) return refuse(restProblems.answered)
    const context = coverContext(actor, [ask.unit_id, ask.home_unit_id])
    return transact((tx) => answerAsk(tx, ask, input.body.answer, clock.now()), context)
  })
  routes.bind(reportOneself, async ({ input, actor, transact }) => {
    const { person_id } = actor
    if (person_id === undefined) return refuse(restProblems.no_person)
    return transact((tx) => report(tx, person_id, input.body))
  })
  routes.bind(answerReport, ({ input, actor, transact }) =>
    transact((tx) => answer(tx, actor, input.params, input.body.words)),
  )
}
