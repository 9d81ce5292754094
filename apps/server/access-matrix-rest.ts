import { randomUUID } from 'node:crypto'
import type { Role } from '#platform/access/permissions.ts'
import type { Row } from './access-matrix.ts'

/** The rows of the access matrix about rest, leave owed and what people say of themselves. */

const READERS = [
  'unit_manager',
  'organisation_clerk',
  'hr_clerk',
  'command',
  'auditor',
] as const satisfies readonly Role[]
const ORDERING = ['unit_manager', 'organisation_clerk', 'command'] as const satisfies readonly Role[]
const OVERRIDING = ['organisation_clerk', 'command'] as const satisfies readonly Role[]
const FROM = '2020-02-24T08:00:00+08:00'
const TO = '2020-02-27T08:00:00+08:00'
const SOME_ORDER = '6f0a0000-0000-4000-8000-000000000001'

export const REST: readonly Row[] = [
  {
    endpoint: 'GET /api/operations/:operation_id/rest/units/:unit_id',
    who: READERS,
    outside: 'not_found',
    sample: (at, city) => ({ params: { operation_id: city.operation_id, unit_id: at.unit_id } }),
  },
  {
    endpoint: 'POST /api/operations/:operation_id/rest/looks',
    who: ORDERING,
    outside: 'allowed',
    sample: (_at, city) => ({ params: { operation_id: city.operation_id } }),
  },
  {
    endpoint: 'GET /api/operations/:operation_id/rest/people/:person_id/rules/:rule',
    who: READERS,
    outside: 'not_found',
    sample: (at, city) => ({ params: { operation_id: city.operation_id, person_id: at.person_id, rule: 'overload' } }),
    meets: 'rest.unknown_rule',
  },
  {
    endpoint: 'GET /api/operations/:operation_id/rest/people/:person_id/substitutes',
    who: ORDERING,
    outside: 'not_found',
    sample: (at, city) => ({
      params: { operation_id: city.operation_id, person_id: at.person_id },
      query: { from: FROM, to: TO },
    }),
  },
  {
    endpoint: 'POST /api/operations/:operation_id/rest/orders',
    who: ORDERING,
    outside: 'not_found',
    sample: (at, city) => ({
      params: { operation_id: city.operation_id },
      body: {
        order_id: randomUUID(),
        unit_id: at.unit_id,
        person_id: at.person_id,
        basis: 'rule',
        rule: 'overload',
        starts_at: FROM,
        ends_at: TO,
        substitute_person_id: null,
        reason: '连续值守',
      },
    }),
    meets: 'rest.unknown_rule',
  },
  {
    endpoint: 'POST /api/rest/people/:person_id/orders/:order_id/changes',
    who: ORDERING,
    outside: 'not_found',
    sample: (at) => ({
      params: { person_id: at.person_id, order_id: SOME_ORDER },
      body: { ends_at: TO, reason: '身体恢复' },
    }),
    meets: 'rest.unknown_order',
  },
  {
    endpoint: 'POST /api/rest/people/:person_id/orders/:order_id/overrides',
    who: OVERRIDING,
    outside: 'not_found',
    sample: (at) => ({
      params: { person_id: at.person_id, order_id: SOME_ORDER },
      body: { starts_at: FROM, ends_at: TO, reason: '无人可替' },
    }),
    meets: 'rest.unknown_order',
  },
  {
    endpoint: 'POST /api/rest/people/:person_id/orders/:order_id/substitutes',
    who: ORDERING,
    outside: 'not_found',
    sample: (at) => ({
      params: { person_id: at.person_id, order_id: SOME_ORDER },
      body: { substitute_person_id: at.person_id },
    }),
    meets: 'rest.unknown_order',
  },
  {
    endpoint: 'POST /api/rest/people/:person_id/orders/:order_id/cover-answers',
    who: ORDERING,
    outside: 'not_found',
    sample: (at) => ({
      params: { person_id: at.person_id, order_id: SOME_ORDER },
      body: { answer: 'accepted' },
    }),
    meets: 'rest.unknown_order',
  },
  {
    endpoint: 'GET /api/operations/:operation_id/leave/people/:person_id/entries',
    who: READERS,
    outside: 'not_found',
    sample: (at, city) => ({ params: { operation_id: city.operation_id, person_id: at.person_id } }),
  },
  {
    endpoint: 'POST /api/me/cover-asks/:ask_id/answer',
    who: 'signed-in',
    outside: 'allowed',
    sample: () => ({ params: { ask_id: SOME_ORDER }, body: { answer: 'declined' } }),
    meets: 'rest.unknown_ask',
  },
  {
    endpoint: 'GET /api/operations/:operation_id/leave/units/:unit_id/plan',
    who: ORDERING,
    outside: 'not_found',
    sample: (at, city) => ({
      params: { operation_id: city.operation_id, unit_id: at.unit_id },
      query: { from_on: '2020-03-02', days: 14 },
    }),
  },
  {
    endpoint: 'POST /api/operations/:operation_id/rest/limit-extensions',
    who: OVERRIDING,
    outside: 'not_found',
    sample: (at, city) => ({
      params: { operation_id: city.operation_id },
      body: { unit_id: at.unit_id, rule: 'overload', from_on: '2020-02-24', to_on: '2020-02-26', reason: '抢险' },
    }),
  },
  {
    endpoint: 'GET /api/operations/:operation_id/leave/units/:unit_id',
    who: READERS,
    outside: 'not_found',
    sample: (at, city) => ({ params: { operation_id: city.operation_id, unit_id: at.unit_id } }),
  },
  {
    endpoint: 'POST /api/operations/:operation_id/leave/entries',
    who: ORDERING,
    outside: 'not_found',
    sample: (at, city) => ({
      params: { operation_id: city.operation_id },
      body: { unit_id: at.unit_id, person_id: at.person_id, kind: 'planned', minutes: 480, on_date: '2020-03-02' },
    }),
    meets: 'rest.not_enough_leave',
  },
  {
    endpoint: 'GET /api/me/rest',
    who: 'signed-in',
    outside: 'allowed',
    sample: (_at, city) => ({ query: { operation_id: city.operation_id } }),
  },
  {
    endpoint: 'POST /api/me/self-reports',
    who: 'signed-in',
    outside: 'allowed',
    sample: (_at, city) => ({
      body: { report_id: randomUUID(), operation_id: city.operation_id, word: 'at_limit', words: null, said_at: FROM },
    }),
  },
  {
    endpoint: 'POST /api/rest/people/:person_id/reports/:report_id/answer',
    who: ORDERING,
    outside: 'not_found',
    sample: (at) => ({ params: { person_id: at.person_id, report_id: SOME_ORDER }, body: { words: '明天起换班' } }),
    meets: 'rest.unknown_report',
  },
]
