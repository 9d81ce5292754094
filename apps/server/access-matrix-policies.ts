import type { Role } from '#platform/access/permissions.ts'
import type { Row, Sample } from './access-matrix.ts'

/** The rows of the access matrix about packs, evaluations, decisions and statements. */

const CLERKS = ['organisation_clerk', 'finance_clerk', 'hr_clerk'] as const satisfies readonly Role[]
const WORKLIST_READERS = ['unit_manager', ...CLERKS, 'command', 'auditor'] as const satisfies readonly Role[]
const DAY = '2020-02-20'
const nothing: Sample = () => ({})
const STATEMENT_READERS = ['unit_manager', ...CLERKS, 'command', 'auditor'] as const satisfies readonly Role[]
const operation: Sample = (_at, city) => ({ params: { operation_id: city.operation_id } })
const UNKNOWN_HASH = '0'.repeat(64)

/** No pack is in force in this city: what is asked about packs and evaluations is answered so. */
export const POLICIES: readonly Row[] = [
  { endpoint: 'GET /api/packs', who: 'signed-in', outside: 'allowed', sample: nothing },
  {
    endpoint: 'GET /api/packs/:pack_hash',
    who: 'signed-in',
    outside: 'allowed',
    sample: () => ({ params: { pack_hash: UNKNOWN_HASH } }),
    meets: 'policies.unknown_pack',
  },
  { endpoint: 'GET /api/operations/:operation_id/packs', who: 'signed-in', outside: 'allowed', sample: operation },
  {
    endpoint: 'GET /api/operations/:operation_id/clauses',
    who: STATEMENT_READERS,
    outside: 'allowed',
    sample: operation,
  },
  {
    endpoint: 'GET /api/operations/:operation_id/clauses/:number',
    who: STATEMENT_READERS,
    outside: 'allowed',
    sample: (_at, city) => ({ params: { operation_id: city.operation_id, number: '6' } }),
    meets: 'policies.no_packs',
  },
  {
    endpoint: 'POST /api/operations/:operation_id/evaluations',
    who: ['finance_clerk', 'hr_clerk', 'command'],
    outside: 'not_found',
    sample: (at) => ({ params: { operation_id: at.operation_id }, body: {} }),
    meets: 'policies.no_packs',
  },
  {
    endpoint: 'GET /api/operations/:operation_id/evaluations',
    who: STATEMENT_READERS,
    outside: 'allowed',
    sample: operation,
  },
  {
    endpoint: 'GET /api/operations/:operation_id/evaluations/:evaluation_id/differences',
    who: STATEMENT_READERS,
    outside: 'allowed',
    sample: (_at, city) => ({
      params: { operation_id: city.operation_id, evaluation_id: 2 },
      query: { against: 1 },
    }),
    meets: 'policies.unknown_evaluation',
  },
  {
    endpoint: 'GET /api/operations/:operation_id/open-decisions',
    who: WORKLIST_READERS,
    outside: 'allowed',
    sample: operation,
  },
  {
    endpoint: 'POST /api/operations/:operation_id/decisions',
    who: [...CLERKS, 'command'],
    outside: 'not_found',
    sample: (at, city) => ({
      params: { operation_id: city.operation_id },
      body: {
        unit_id: at.county_id,
        point: 'volunteer-subsidy',
        subject: { kind: 'area', id: at.county_id },
        value: { kind: 'choice', choice: 'grant' },
        from_on: DAY,
        reason: '集体研究',
      },
    }),
    meets: 'policies.unknown_point',
  },
  {
    endpoint: 'GET /api/operations/:operation_id/decisions',
    who: WORKLIST_READERS,
    outside: 'allowed',
    sample: operation,
  },
  {
    endpoint: 'GET /api/operations/:operation_id/missing-facts',
    who: STATEMENT_READERS,
    outside: 'allowed',
    sample: operation,
  },
]

const statementUnit: Sample = (at, city) => ({ params: { operation_id: city.operation_id, unit_id: at.unit_id } })

/** Nothing has been evaluated in this city; whose statement may be seen once it is stands in benefits.test.ts. */
export const BENEFITS: readonly Row[] = [
  {
    endpoint: 'GET /api/operations/:operation_id/statements/units/:unit_id',
    who: STATEMENT_READERS,
    outside: 'not_found',
    sample: statementUnit,
    meets: 'policies.no_evaluation',
  },
  {
    endpoint: 'GET /api/operations/:operation_id/statements/units/:unit_id/people',
    who: STATEMENT_READERS,
    outside: 'not_found',
    sample: statementUnit,
    meets: 'policies.no_evaluation',
  },
  {
    endpoint: 'GET /api/operations/:operation_id/statements/units/:unit_id/amounts',
    who: STATEMENT_READERS,
    outside: 'not_found',
    sample: statementUnit,
    meets: 'policies.no_evaluation',
  },
  {
    endpoint: 'GET /api/operations/:operation_id/statements/units/:unit_id/entitlements/:entitlement/explanation',
    who: STATEMENT_READERS,
    outside: 'not_found',
    sample: (at, city) => ({
      params: { operation_id: city.operation_id, unit_id: at.unit_id, entitlement: 'performance-pay-increase' },
    }),
    meets: 'policies.no_evaluation',
  },
  {
    endpoint: 'GET /api/operations/:operation_id/statements/people/:person_id',
    who: STATEMENT_READERS,
    outside: 'allowed',
    sample: (at, city) => ({ params: { operation_id: city.operation_id, person_id: at.person_id } }),
    meets: 'policies.no_evaluation',
  },
  {
    endpoint: 'GET /api/me/statement',
    who: 'signed-in',
    outside: 'allowed',
    sample: (_at, city) => ({ query: { operation_id: city.operation_id } }),
    meets: 'policies.no_evaluation',
  },
  {
    endpoint: 'GET /api/operations/:operation_id/statements/people/:person_id/entitlements/:entitlement/explanation',
    who: STATEMENT_READERS,
    outside: 'allowed',
    sample: (at, city) => ({
      params: { operation_id: city.operation_id, person_id: at.person_id, entitlement: 'work-subsidy' },
    }),
    meets: 'policies.no_evaluation',
  },
  {
    endpoint: 'GET /api/me/statement/:entitlement/explanation',
    who: 'signed-in',
    outside: 'allowed',
    sample: (_at, city) => ({
      params: { entitlement: 'work-subsidy' },
      query: { operation_id: city.operation_id },
    }),
    meets: 'policies.no_evaluation',
  },
  {
    endpoint: 'GET /api/operations/:operation_id/insurance',
    who: STATEMENT_READERS,
    outside: 'not_found',
    sample: (at, city) => ({
      params: { operation_id: city.operation_id },
      query: { unit_id: at.unit_id, list: 'undecided' },
    }),
    meets: 'policies.no_evaluation',
  },
  {
    endpoint: 'POST /api/operations/:operation_id/statements/units/:unit_id/exports',
    who: ['finance_clerk', 'hr_clerk', 'auditor'],
    outside: 'not_found',
    sample: (at, city) => ({
      params: { operation_id: city.operation_id, unit_id: at.unit_id },
      body: { purpose: '报财政审核' },
    }),
    meets: 'policies.no_evaluation',
  },
]
