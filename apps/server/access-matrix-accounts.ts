import { randomUUID } from 'node:crypto'
import type { Role } from '#platform/access/permissions.ts'
import type { AccessCity } from './access-city.ts'
import type { Row, Sample } from './access-matrix.ts'

/** The rows of the access matrix about sessions, accounts and enrolment. */

const nothing: Sample = () => ({})
const credentials = { login: 'nobody-here', password: 'never the password' }

const CIRCLES: readonly Row[] = [
  {
    endpoint: 'POST /api/people/:person_id/circle-openings',
    who: ['command'],
    outside: 'not_found',
    sample: async (at, city) => ({
      params: { person_id: await city.freshPerson(at) },
      body: { circle: 'health', operation_id: city.operation_id, reason: '急救需要了解禁忌', minutes: 30 },
    }),
  },
  {
    endpoint: 'POST /api/circle-openings/:opening_id/closings',
    who: ['command'],
    outside: 'not_found',
    // Outside: somebody else's.
    sample: async (at, city, account) => ({
      params: { opening_id: await city.freshOpening(at, at === city.inside ? account.user_id : undefined) },
    }),
  },
  {
    endpoint: 'GET /api/circle-openings',
    who: ['auditor'],
    outside: 'not_found',
    sample: (at) => ({ query: { unit_id: at.unit_id } }),
  },
  {
    endpoint: 'POST /api/circle-openings/:opening_id/reviews',
    who: ['auditor'],
    outside: 'not_found',
    sample: async (at, city) => ({
      params: { opening_id: await city.freshOpening(at, undefined) },
      body: { outcome: 'justified', words: '与记录相符' },
    }),
  },
  { endpoint: 'GET /api/me/circle-views', who: 'signed-in', outside: 'allowed', sample: nothing },
]

/** Everybody sees of their own place only; a person outside it is not due for them. */
const retention = (path: string, who: readonly Role[]): readonly Row[] => {
  const endpoint = `/api/operations/:operation_id/retention/${path}` as const
  const params = (city: AccessCity) => ({ operation_id: city.operation_id })
  return [
    { endpoint: `GET ${endpoint}`, who, outside: 'allowed', sample: (_at, city) => ({ params: params(city) }) },
    {
      endpoint: `POST ${endpoint}/proposals`,
      who,
      outside: 'allowed',
      sample: (at, city) => ({ params: params(city), body: { person_ids: [at.person_id], reason: '到期' } }),
      meets: 'retention.not_due',
    },
    {
      endpoint: `POST ${endpoint}/decisions`,
      who,
      outside: 'allowed',
      sample: (at, city) => ({
        params: params(city),
        body: { proposals: [{ person_id: at.person_id, proposal_id: 1 }], outcome: 'kept', reason: '未到期' },
      }),
      meets: 'retention.unknown_proposal',
    },
  ]
}

export const ACCESS: readonly Row[] = [
  ...CIRCLES,
  ...retention('health-flags', ['health_officer']),
  ...retention('volunteer-identifiers', ['finance_clerk', 'hr_clerk']),
  {
    endpoint: 'POST /api/session',
    who: 'public',
    outside: 'allowed',
    sample: () => ({ body: credentials }),
    meets: 'access.wrong',
  },
  { endpoint: 'GET /api/session', who: 'signed-in', outside: 'allowed', sample: nothing },
  // Last of its session: the test signs every account in again before each endpoint.
  { endpoint: 'POST /api/session/end', who: 'signed-in', outside: 'allowed', sample: nothing },
  { endpoint: 'GET /api/session/ways', who: 'public', outside: 'allowed', sample: nothing },
  {
    endpoint: 'POST /api/session/second-factor',
    who: 'public',
    outside: 'allowed',
    sample: () => ({ body: credentials }),
    meets: 'access.wrong',
  },
  {
    endpoint: 'POST /api/session/second-factor/confirmation',
    who: 'public',
    outside: 'allowed',
    sample: () => ({ body: { ...credentials, code: '123456' } }),
    meets: 'access.wrong',
  },
  {
    endpoint: 'POST /api/me/password',
    who: 'signed-in',
    outside: 'allowed',
    sample: () => ({ body: { current_password: credentials.password, new_password: 'short' } }),
    meets: 'access.password_short',
  },
  { endpoint: 'GET /api/me/account', who: 'signed-in', outside: 'allowed', sample: nothing },
  { endpoint: 'POST /api/me/sessions/endings', who: 'signed-in', outside: 'allowed', sample: nothing },
  { endpoint: 'POST /api/me/second-factor', who: 'signed-in', outside: 'allowed', sample: nothing },
  {
    endpoint: 'POST /api/me/second-factor/confirmation',
    who: 'signed-in',
    outside: 'allowed',
    sample: () => ({ body: { current_password: credentials.password, secret: 'A'.repeat(32), code: '123456' } }),
    meets: 'access.second_factor_wrong',
  },
  {
    endpoint: 'POST /api/me/language',
    who: 'signed-in',
    outside: 'allowed',
    sample: () => ({ body: { language: 'zh' } }),
  },
  {
    endpoint: 'POST /api/enrolments',
    who: 'public',
    outside: 'allowed',
    sample: () => ({ body: { code: 'AAAA-BBBB-CCCC-DDDD', password: credentials.password } }),
    meets: 'access.code_unknown',
  },
  {
    endpoint: 'POST /api/units/:unit_id/enrolment-codes',
    who: ['unit_manager', 'administrator'],
    outside: 'not_found',
    sample: (at) => ({ params: { unit_id: at.unit_id }, body: { person_ids: [at.person_id] } }),
  },
  {
    endpoint: 'GET /api/accounts',
    who: ['administrator'],
    outside: 'not_found',
    sample: (at) => ({ query: { unit_id: at.unit_id } }),
  },
  {
    endpoint: 'POST /api/accounts',
    who: ['administrator'],
    outside: 'not_found',
    sample: (at) => ({
      body: { login: `u${randomUUID()}`, display_name: '虚构', role: 'worker', unit_id: at.unit_id },
    }),
  },
  {
    endpoint: 'POST /api/accounts/:user_id/roles',
    who: ['administrator'],
    outside: 'not_found',
    sample: async (at, city) => {
      const { user_id } = await city.freshAccount(at)
      return { params: { user_id }, body: { role: 'worker', unit_id: city.inside.unit_id } }
    },
  },
  {
    endpoint: 'POST /api/accounts/:user_id/roles/:assignment_id/endings',
    who: ['administrator'],
    outside: 'not_found',
    sample: async (at, city) => ({ params: { ...(await city.freshAccount(at)) }, body: { reason: '调离' } }),
  },
  {
    endpoint: 'POST /api/accounts/:user_id/roles/:assignment_id/approvals',
    who: ['administrator'],
    outside: 'not_found',
    sample: async (at, city) => ({ params: { ...(await city.freshAccount(at)) } }),
    meets: 'accounts.role_in_effect',
  },
  {
    endpoint: 'POST /api/accounts/:user_id/outside-identities',
    who: ['administrator'],
    outside: 'not_found',
    sample: async (at, city) => ({
      params: { user_id: (await city.freshAccount(at)).user_id },
      body: { provider: 'wecom', subject: 'zhangsan' },
    }),
    // Not set up in this city.
    meets: 'accounts.outside_off',
  },
  {
    endpoint: 'POST /api/accounts/:user_id/outside-identities/removals',
    who: ['administrator'],
    outside: 'not_found',
    sample: async (at, city) => ({
      params: { user_id: (await city.freshAccount(at)).user_id },
      body: { provider: 'wecom' },
    }),
    meets: 'accounts.outside_unknown',
  },
  ...(['disablings', 'enablings', 'second-factor/resets', 'enrolment-codes'] as const).map(
    (change): Row => ({
      endpoint: `POST /api/accounts/:user_id/${change}`,
      who: ['administrator'],
      outside: 'not_found',
      sample: async (at, city) => ({ params: { user_id: (await city.freshAccount(at)).user_id } }),
    }),
  ),
]
