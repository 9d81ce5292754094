import { randomUUID } from 'node:crypto'
import type { Role } from '#platform/access/permissions.ts'
import type { AccessCity, FreshFact, Place } from './access-city.ts'
import type { Call, Row } from './access-matrix.ts'

/** The rows of the access matrix about facts beside duty. */

const READERS = [
  'unit_manager',
  'organisation_clerk',
  'finance_clerk',
  'hr_clerk',
  'command',
  'auditor',
] as const satisfies readonly Role[]
const WRITERS = ['unit_manager', 'hr_clerk'] as const satisfies readonly Role[]
const CIRCLE = ['hr_clerk'] as const satisfies readonly Role[]

const ofPerson = (at: Place, city: AccessCity): Call => ({
  params: { operation_id: city.operation_id, person_id: at.person_id },
})
const ofUnit = (at: Place, city: AccessCity): Call => ({
  params: { operation_id: city.operation_id, unit_id: at.unit_id },
})
const actOn = ({ fact_id, entry_id }: FreshFact, params: Call['params']): Call => ({
  params: { ...params, fact_id },
  body: { act: 'confirmed', after_entry_id: entry_id },
})
const EVENTS = new TextEncoder().encode('姓名,日期,事项\n虚构人,2020-02-20,转移群众\n')
const values = { from_on: '2020-02-03', amount: 1 }

export const FACTS: readonly Row[] = [
  {
    endpoint: 'GET /api/operations/:operation_id/people/:person_id/facts',
    who: READERS,
    outside: 'not_found',
    sample: ofPerson,
  },
  {
    endpoint: 'POST /api/operations/:operation_id/people/:person_id/facts',
    who: WRITERS,
    outside: 'not_found',
    sample: (at, city) => ({
      ...ofPerson(at, city),
      body: { fact_id: randomUUID(), sort: 'event', name: 'rescue', ...values },
    }),
    // The little city has no pack in force, so no event has a name there.
    meets: 'facts.unknown_name',
  },
  {
    endpoint: 'POST /api/operations/:operation_id/people/:person_id/facts/:fact_id/acts',
    who: WRITERS,
    outside: 'not_found',
    sample: async (at, city) =>
      actOn(
        await city.freshFact({ person_id: at.person_id, unit_id: at.unit_id, sort: 'event' }),
        ofPerson(at, city).params,
      ),
  },
  {
    endpoint: 'GET /api/operations/:operation_id/people/:person_id/closed-facts',
    who: CIRCLE,
    outside: 'not_found',
    sample: ofPerson,
  },
  {
    endpoint: 'POST /api/operations/:operation_id/people/:person_id/closed-facts',
    who: CIRCLE,
    outside: 'not_found',
    sample: (at, city) => ({
      ...ofPerson(at, city),
      body: { fact_id: randomUUID(), sort: 'family', name: 'elder_care', ...values, consented: true },
    }),
  },
  {
    endpoint: 'POST /api/operations/:operation_id/people/:person_id/closed-facts/:fact_id/acts',
    who: CIRCLE,
    outside: 'not_found',
    sample: async (at, city) =>
      actOn(
        await city.freshFact({ person_id: at.person_id, unit_id: at.unit_id, sort: 'family' }),
        ofPerson(at, city).params,
      ),
  },
  {
    endpoint: 'GET /api/me/facts',
    who: 'signed-in',
    outside: 'allowed',
    sample: (_at, city) => ({ query: { operation_id: city.operation_id } }),
  },
  {
    endpoint: 'POST /api/me/facts',
    who: 'signed-in',
    outside: 'allowed',
    sample: (_at, city) => ({
      body: {
        ...{ fact_id: randomUUID(), sort: 'family', name: 'elder_care', ...values },
        ...{ consented: true, operation_id: city.operation_id },
      },
    }),
  },
  {
    endpoint: 'POST /api/me/facts/:fact_id/withdrawals',
    who: 'signed-in',
    outside: 'allowed',
    sample: async (at, city, { person_id }) => {
      const { fact_id, entry_id } = await city.freshFact({ person_id, unit_id: at.unit_id, sort: 'family' })
      return {
        params: { fact_id },
        body: { operation_id: city.operation_id, after_entry_id: entry_id, reason: '不再需要' },
      }
    },
  },
  {
    endpoint: 'GET /api/operations/:operation_id/units/:unit_id/facts',
    who: READERS,
    outside: 'not_found',
    sample: ofUnit,
  },
  {
    endpoint: 'POST /api/operations/:operation_id/units/:unit_id/facts',
    who: WRITERS,
    outside: 'not_found',
    sample: (at, city) => ({
      ...ofUnit(at, city),
      body: { fact_id: randomUUID(), sort: 'number', name: 'headcount', ...values },
    }),
  },
  {
    endpoint: 'POST /api/operations/:operation_id/units/:unit_id/facts/:fact_id/acts',
    who: WRITERS,
    outside: 'not_found',
    sample: async (at, city) => actOn(await city.freshFact({ unit_id: at.unit_id }), ofUnit(at, city).params),
  },
  {
    endpoint: 'POST /api/operations/:operation_id/units/:unit_id/event-sheets/checks',
    who: WRITERS,
    outside: 'not_found',
    sample: (at, city) => ({ ...ofUnit(at, city), query: { file_name: '事项.csv' }, body: EVENTS }),
  },
  {
    endpoint: 'POST /api/operations/:operation_id/units/:unit_id/event-sheets/statements',
    who: WRITERS,
    outside: 'not_found',
    sample: (at, city) => ({ ...ofUnit(at, city), query: { file_name: '事项.csv', stated_count: 0 }, body: EVENTS }),
    // The little city has no pack in force, so nothing of the sheet can be recorded there.
    meets: 'facts.nothing_to_state',
  },
  {
    endpoint: 'GET /api/operations/:operation_id/units/:unit_id/event-sheet-template',
    who: WRITERS,
    outside: 'not_found',
    sample: ofUnit,
  },
]
