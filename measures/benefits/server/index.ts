import { scopeOf } from '#platform/access/actor.ts'
import { Refusal, refuse } from '#platform/http/problem.ts'
import type { Routes } from '#platform/http/routes.ts'
import type { Platform } from '#platform/platform.ts'
import type { RoomState } from '#records/policies/server/reads.ts'
import {
  benefitProblems,
  explainForPerson,
  explainForUnit,
  explainOwn,
  exportStatement,
  listInsurance,
  listUnitAmounts,
  listUnitPeople,
  readOwnStatement,
  readPersonStatement,
  readUnitStatement,
} from '../contract.ts'
import { explainStored } from './explanations.ts'
import { exportDocument, issueWorkbook, PEOPLE_MAX, readForExport } from './export.ts'
import { presentInsurance } from './insurance.ts'
import { withAllMissing } from './missing-named.ts'
import { presentPeople, presentPerson, presentUnit } from './statements.ts'
import { explainUnitAmount, presentUnitAmounts } from './unit-amounts.ts'

/** What the clause board says of this room. */
export const benefitsRoom: RoomState = {
  state: 'partly',
  parts: {
    zh: '已能推算临时性工作补助、伙食补助、一线补助和给单位的绩效工资总量，列出意外险待定与未保名单，导出报表。心理疏导、发放与公示尚未建设。',
    en: 'Works out subsidies, meal allowances and performance-pay totals of units, lists who is undecided or uncovered for accident insurance, exports statements. Counselling, payment and publicity are not built yet.',
  },
}

export function mountBenefits(routes: Routes, platform: Platform): void {
  mountStatements(routes, platform)
  mountExplanations(routes, platform)
  mountExports(routes, platform)
}

function mountStatements(routes: Routes, { database }: Platform): void {
  routes.bind(readUnitStatement, ({ input, read }) =>
    read((tx) => {
      const { evaluation_id, after, limit } = input.query
      return presentUnit(tx, { ...input.params, evaluation_id }, { after, limit })
    }),
  )
  routes.bind(listUnitPeople, ({ input, read }) =>
    read((tx) => {
      const { evaluation_id, state, ...filter } = input.query
      const { operation_id, unit_id } = input.params
      const states = state === undefined ? undefined : [state]
      return presentPeople(tx, { operation_id, evaluation_id }, { ...filter, unit_id, states })
    }),
  )
  routes.bind(listUnitAmounts, ({ input, read }) =>
    read((tx) => {
      const { evaluation_id, ...filter } = input.query
      const { operation_id, unit_id } = input.params
      return presentUnitAmounts(tx, { operation_id, evaluation_id }, { ...filter, unit_id })
    }),
  )
  routes.bind(readPersonStatement, async ({ input, read }) => {
    const statement = await read((tx) => presentPerson(tx, { ...input.params, ...input.query }))
    return statement instanceof Refusal ? statement : withAllMissing(database, statement)
  })
  routes.bind(readOwnStatement, async ({ input, actor, read }) => {
    const { person_id } = actor
    if (person_id === undefined) return refuse(benefitProblems.no_person)
    const statement = await read((tx) => presentPerson(tx, { operation_id: input.query.operation_id, person_id }))
    return statement instanceof Refusal ? statement : withAllMissing(database, statement)
  })
  routes.bind(listInsurance, ({ input, read }) =>
    read((tx) => presentInsurance(tx, input.params.operation_id, input.query)),
  )
}

function mountExplanations(routes: Routes, { database }: Platform): void {
  routes.bind(explainForPerson, ({ input, actor, read }) =>
    explainStored(database, read, { ...input.params, ...input.query }, scopeOf(actor, 'statements.read')),
  )
  routes.bind(explainForUnit, ({ input, read }) =>
    explainUnitAmount(database, read, { ...input.params, ...input.query }),
  )
  routes.bind(explainOwn, async ({ input, actor, read }) => {
    const { person_id } = actor
    if (person_id === undefined) return refuse(benefitProblems.no_person)
    return explainStored(database, read, { ...input.query, ...input.params, person_id })
  })
}

function mountExports(routes: Routes, { database, clock }: Platform): void {
  routes.bind(exportStatement, async ({ input, actor, read, transact }) => {
    const order = {
      ...input.params,
      evaluation_id: input.body.evaluation_id,
      by: actor.display_name,
      purpose: input.body.purpose,
      at: clock.now(),
      people_max: PEOPLE_MAX,
    }
    const found = await read((tx) => readForExport(tx, order))
    if (found instanceof Refusal) return found
    const document = await exportDocument(database, found, order, scopeOf(actor, 'statements.export'))
    if (document instanceof Refusal) return document
    return issueWorkbook(transact, document, order, found.evaluation.evaluation_id)
  })
}
