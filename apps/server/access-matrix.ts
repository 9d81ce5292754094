import { randomUUID } from 'node:crypto'
import type { Role } from '#platform/access/permissions.ts'
import type { AccessCity, Account, Place } from './access-city.ts'
import { ACCESS } from './access-matrix-accounts.ts'
import { DRAFTS } from './access-matrix-drafts.ts'
import { FACTS } from './access-matrix-facts.ts'
import { BENEFITS, POLICIES } from './access-matrix-policies.ts'
import { REST } from './access-matrix-rest.ts'
import { ROSTERS } from './access-matrix-rosters.ts'

/**
 * Who may call what, written out a second time: `platform/access/permissions.ts` says what the house does, this table what
 * it should do, and `access-matrix.test.ts` asks every endpoint as every role inside and outside its scope. An endpoint
 * without a row fails that test; a row costs a line and a sample request.
 */

/** What a request is answered. `allowed`: it got as far as the room itself, whatever that then said. */
export type Outcome = 'allowed' | 'not_permitted' | 'not_found' | 'signed_out'

export interface Call {
  readonly params?: Readonly<Record<string, string | number>>
  readonly query?: Readonly<Record<string, string | number>>
  readonly body?: object
}

export type Sample = (at: Place, city: AccessCity, account: Account) => Call | Promise<Call>

export interface Row {
  /** Method and path as declared. */
  readonly endpoint: `${'GET' | 'POST'} /${string}`
  readonly who: 'public' | 'signed-in' | readonly Role[]
  /** What somebody who may call it is answered about a place outside their scope; `allowed` where there is no place to it. */
  readonly outside: 'not_found' | 'allowed'
  readonly sample: Sample
  /** The problem that the sample rightly meets, where a plain success cannot be had here. */
  readonly meets?: string
}

const CLERKS = ['organisation_clerk', 'finance_clerk', 'hr_clerk'] as const satisfies readonly Role[]
const ALL_BUT_WORKERS = [
  'unit_manager',
  ...CLERKS,
  'command',
  'health_officer',
  'auditor',
  'administrator',
] as const satisfies readonly Role[]
const DUTY_READERS = ['unit_manager', ...CLERKS, 'command', 'auditor'] as const satisfies readonly Role[]

const nothing: Sample = () => ({})
const unit: Sample = (at) => ({ params: { unit_id: at.unit_id } })
const person: Sample = (at) => ({ params: { person_id: at.person_id } })
const dutyUnit: Sample = (at, city) => ({ params: { operation_id: city.operation_id, unit_id: at.unit_id } })
const FEBRUARY = { from: '2020-02-01', to: '2020-02-20' }
const DAY = '2020-02-20'

const ORG: readonly Row[] = [
  { endpoint: 'GET /api/units/:unit_id', who: 'signed-in', outside: 'allowed', sample: unit },
  {
    endpoint: 'GET /api/units',
    who: 'signed-in',
    outside: 'allowed',
    sample: (at) => ({ query: { parent_id: at.county_id } }),
  },
  { endpoint: 'GET /api/units/:unit_id/history', who: 'signed-in', outside: 'allowed', sample: unit },
  {
    endpoint: 'POST /api/units',
    who: ['command', 'administrator'],
    outside: 'not_found',
    sample: (at) => ({
      body: { parent_id: at.county_id, kind: 'checkpoint', name: `卡口 ${randomUUID()}`, opened_on: DAY },
    }),
  },
  {
    endpoint: 'POST /api/units/:unit_id/renames',
    who: ['command', 'administrator'],
    outside: 'not_found',
    sample: async (at, city) => ({
      params: { unit_id: await city.freshUnit(at) },
      body: { name: `新名 ${randomUUID()}`, from_on: DAY, reason: '更名' },
    }),
  },
  {
    endpoint: 'POST /api/units/:unit_id/moves',
    who: ['command', 'administrator'],
    outside: 'not_found',
    sample: async (at, city) => ({
      params: { unit_id: await city.freshUnit(at) },
      body: { parent_id: city.inside.unit_id, from_on: DAY, reason: '调整' },
    }),
  },
  {
    endpoint: 'POST /api/units/:unit_id/closures',
    who: ['command', 'administrator'],
    outside: 'not_found',
    sample: async (at, city) => ({
      params: { unit_id: await city.freshUnit(at) },
      body: { from_on: DAY, reason: '撤销' },
    }),
  },
]

const PEOPLE: readonly Row[] = [
  {
    endpoint: 'GET /api/people',
    who: ALL_BUT_WORKERS,
    outside: 'not_found',
    sample: (at) => ({ query: { unit_id: at.unit_id } }),
  },
  { endpoint: 'GET /api/people/:person_id', who: ALL_BUT_WORKERS, outside: 'not_found', sample: person },
  { endpoint: 'GET /api/me', who: 'signed-in', outside: 'allowed', sample: nothing },
  {
    endpoint: 'POST /api/people/:person_id/identity-views',
    who: ['finance_clerk', 'hr_clerk'],
    outside: 'not_found',
    sample: (at) => ({ params: { person_id: at.person_id }, body: { purpose: '发放补助' } }),
  },
  {
    endpoint: 'POST /api/people',
    who: ['hr_clerk', 'administrator'],
    outside: 'not_found',
    sample: (at) => ({
      body: { home_unit_id: at.unit_id, name: '虚构人', employment: 'medical', established: true, from_on: DAY },
    }),
  },
  {
    endpoint: 'POST /api/people/:person_id/appointments',
    who: ['hr_clerk', 'administrator'],
    outside: 'not_found',
    sample: async (at, city) => ({
      params: { person_id: await city.freshPerson(at) },
      body: {
        unit_id: city.inside.unit_id,
        title: '医生',
        employment: 'medical',
        established: true,
        is_main: true,
        from_on: DAY,
      },
    }),
  },
  {
    endpoint: 'POST /api/people/:person_id/party-standings',
    who: ['hr_clerk', 'administrator'],
    outside: 'not_found',
    sample: async (at, city) => ({
      params: { person_id: await city.freshPerson(at) },
      body: { party: 'member', from_on: DAY },
    }),
  },
  {
    endpoint: 'POST /api/people/:person_id/skills',
    who: ['hr_clerk', 'administrator'],
    outside: 'not_found',
    sample: (at) => ({ params: { person_id: at.person_id }, body: { skills: ['重症护理'] } }),
  },
  {
    endpoint: 'POST /api/people/:person_id/family-ties',
    who: ['hr_clerk', 'administrator'],
    outside: 'not_found',
    sample: async (at, city) => ({
      params: { person_id: await city.freshPerson(at) },
      body: { other_person_id: city.inside.person_id, tie: 'sibling' },
    }),
  },
  {
    endpoint: 'GET /api/people/:person_id/health-flags',
    who: ['health_officer'],
    outside: 'not_found',
    sample: (at) => ({ params: { person_id: at.person_id }, query: { purpose: 'care' } }),
  },
  {
    endpoint: 'GET /api/people/:person_id/opened-health-flags',
    who: ['command'],
    outside: 'not_found',
    sample: person,
    meets: 'circles.not_open',
  },
  {
    endpoint: 'POST /api/people/:person_id/health-flags',
    who: ['health_officer'],
    outside: 'not_found',
    sample: (at) => ({ params: { person_id: at.person_id }, body: { flag: '孕期', from_on: DAY } }),
  },
]

const OPERATIONS: readonly Row[] = [
  { endpoint: 'GET /api/operations', who: 'signed-in', outside: 'allowed', sample: nothing },
  {
    endpoint: 'GET /api/operations/:operation_id',
    who: 'signed-in',
    outside: 'allowed',
    sample: (at) => ({ params: { operation_id: at.operation_id } }),
  },
  {
    endpoint: 'POST /api/operations',
    who: ['command'],
    outside: 'not_found',
    sample: (at) => ({
      body: {
        name: `防汛 ${randomUUID()}`,
        kind: 'flood',
        area_unit_id: at.county_id,
        started_on: DAY,
        level: 2,
        source: '虚构',
      },
    }),
  },
  {
    endpoint: 'POST /api/operations/:operation_id/levels',
    who: ['command'],
    outside: 'not_found',
    sample: async (at, city) => ({
      params: { operation_id: await city.freshOperation(at) },
      body: { area_unit_id: at.county_id, from_on: DAY, level: 2, source: '虚构' },
    }),
  },
  {
    endpoint: 'POST /api/operations/:operation_id/endings',
    who: ['command'],
    outside: 'not_found',
    sample: async (at, city) => ({
      params: { operation_id: await city.freshOperation(at) },
      body: { ended_on: DAY },
    }),
  },
]

const spanOf = async (at: Place, city: AccessCity) => {
  const { span_id, person_id, entry_id, starts_at, ends_at } = await city.freshSpan(at)
  const params = { operation_id: city.operation_id, person_id, span_id }
  return { params, starts_at, ends_at, body: { unit_id: at.unit_id, replaces_entry_id: entry_id, reason: '记错了' } }
}

const DUTY: readonly Row[] = [
  {
    endpoint: 'GET /api/operations/:operation_id/units/:unit_id/posts',
    who: DUTY_READERS,
    outside: 'not_found',
    sample: dutyUnit,
  },
  {
    endpoint: 'POST /api/operations/:operation_id/units/:unit_id/posts',
    who: ['unit_manager'],
    outside: 'not_found',
    sample: (at, city) => ({
      ...dutyUnit(at, city, city.accounts[0]),
      body: { name: `岗位 ${randomUUID()}`, kind: 'checkpoint', exposure: 'none', opened_on: DAY },
    }),
  },
  {
    endpoint: 'POST /api/operations/:operation_id/units/:unit_id/posts/:post_id/closures',
    who: ['unit_manager'],
    outside: 'not_found',
    sample: (at, city) => ({
      params: { operation_id: city.operation_id, unit_id: at.unit_id, post_id: at.post_id },
      body: { closed_on: '2000-01-01' },
    }),
    meets: 'posts.before_opening',
  },
  {
    endpoint: 'POST /api/operations/:operation_id/units/:unit_id/posts/:post_id/changes',
    who: ['unit_manager'],
    outside: 'not_found',
    sample: (at, city) => ({
      params: { operation_id: city.operation_id, unit_id: at.unit_id, post_id: at.post_id },
      body: { from_on: '2000-01-01', name: '岗位', kind: 'checkpoint', exposure: 'none', longest_stay_minutes: null },
    }),
    meets: 'posts.too_early',
  },
  {
    endpoint: 'GET /api/operations/:operation_id/units/:unit_id/planned-shifts',
    who: DUTY_READERS,
    outside: 'not_found',
    sample: (at, city) => ({ ...dutyUnit(at, city, city.accounts[0]), query: FEBRUARY }),
  },
  {
    endpoint: 'GET /api/operations/:operation_id/units/:unit_id/duty-days/:duty_date',
    who: DUTY_READERS,
    outside: 'not_found',
    sample: (at, city) => ({
      params: { operation_id: city.operation_id, unit_id: at.unit_id, duty_date: DAY },
    }),
  },
  {
    endpoint: 'GET /api/operations/:operation_id/units/:unit_id/duty-days',
    who: DUTY_READERS,
    outside: 'not_found',
    sample: (at, city) => ({
      params: { operation_id: city.operation_id, unit_id: at.unit_id },
      query: FEBRUARY,
    }),
  },
  {
    endpoint: 'POST /api/operations/:operation_id/units/:unit_id/planned-shifts',
    who: ['unit_manager'],
    outside: 'not_found',
    sample: (at, city) => ({
      params: { operation_id: city.operation_id, unit_id: at.unit_id },
      body: {
        shifts: [
          {
            person_id: at.person_id,
            post_id: at.post_id,
            starts_at: '2020-02-25T08:00:00+08:00',
            ends_at: '2020-02-25T16:00:00+08:00',
          },
        ],
      },
    }),
  },
  {
    endpoint: 'POST /api/operations/:operation_id/duty-confirmations',
    who: ['unit_manager'],
    outside: 'not_found',
    sample: (at, city) => {
      const { duty_date, starts_at, ends_at } = city.freshHour()
      const line = { span_id: randomUUID(), person_id: at.person_id, post_id: at.post_id, starts_at, ends_at }
      return {
        params: { operation_id: city.operation_id },
        body: { unit_id: at.unit_id, duty_date, said_at: ends_at, lines: [line] },
      }
    },
  },
  {
    endpoint: 'POST /api/operations/:operation_id/people/:person_id/spans/:span_id/corrections',
    who: ['unit_manager'],
    outside: 'not_found',
    sample: async (at, city) => {
      const { params, body, starts_at, ends_at } = await spanOf(at, city)
      return { params, body: { ...body, post_id: at.post_id, starts_at, ends_at } }
    },
  },
  {
    endpoint: 'POST /api/operations/:operation_id/people/:person_id/spans/:span_id/withdrawals',
    who: ['unit_manager'],
    outside: 'not_found',
    sample: async (at, city) => {
      const { params, body } = await spanOf(at, city)
      return { params, body }
    },
  },
  {
    endpoint: 'GET /api/operations/:operation_id/people/:person_id/duty',
    who: DUTY_READERS,
    outside: 'not_found',
    sample: (at, city) => ({
      params: { operation_id: city.operation_id, person_id: at.person_id },
      query: FEBRUARY,
    }),
  },
  {
    endpoint: 'GET /api/me/duty',
    who: 'signed-in',
    outside: 'allowed',
    sample: (_at, city) => ({ query: { operation_id: city.operation_id, ...FEBRUARY } }),
  },
  {
    endpoint: 'POST /api/me/objections',
    who: 'signed-in',
    outside: 'allowed',
    sample: (_at, city) => ({
      body: {
        objection_id: randomUUID(),
        operation_id: city.operation_id,
        unit_id: city.inside.unit_id,
        span_id: null,
        duty_date: DAY,
        words: '那天我在岗',
        raised_at: '2020-02-21T08:00:00+08:00',
      },
    }),
  },
  {
    endpoint: 'GET /api/operations/:operation_id/units/:unit_id/objections',
    who: DUTY_READERS,
    outside: 'not_found',
    sample: dutyUnit,
  },
  {
    endpoint: 'POST /api/operations/:operation_id/people/:person_id/objections/:objection_id/answers',
    who: ['unit_manager'],
    outside: 'not_found',
    sample: async (at, city) => ({
      params: { operation_id: city.operation_id, ...(await city.freshObjection(at)) },
      body: { unit_id: at.unit_id, outcome: 'declined', reason: '当日由他人值守' },
    }),
  },
]

const IMPORTERS = ['unit_manager', 'hr_clerk'] as const satisfies readonly Role[]
const IMPORTS = '/api/operations/:operation_id/units/:unit_id/duty-imports'
const importOf: Sample = async (at, city) => ({
  params: { operation_id: city.operation_id, unit_id: at.unit_id, import_id: await city.freshImport(at) },
})
const OFFICE_SHEET = new TextEncoder().encode('姓名,日期,时间\n虚构人,2020-02-20,8:00-20:00\n')

const DUTY_IMPORTS: readonly Row[] = [
  {
    endpoint: `POST ${IMPORTS}`,
    who: IMPORTERS,
    outside: 'not_found',
    sample: (at, city) => ({
      params: { operation_id: city.operation_id, unit_id: at.unit_id },
      query: { file_name: '值班表.csv' },
      body: OFFICE_SHEET,
    }),
  },
  { endpoint: `GET ${IMPORTS}`, who: IMPORTERS, outside: 'not_found', sample: dutyUnit },
  { endpoint: `GET ${IMPORTS}/:import_id`, who: IMPORTERS, outside: 'not_found', sample: importOf },
  {
    endpoint: `GET ${IMPORTS}/:import_id/rows`,
    who: IMPORTERS,
    outside: 'not_found',
    sample: async (at, city, account) => ({ ...(await importOf(at, city, account)), query: { kind: 'ready' } }),
  },
  { endpoint: `GET ${IMPORTS}/:import_id/untaken-rows`, who: IMPORTERS, outside: 'not_found', sample: importOf },
  {
    endpoint: `POST ${IMPORTS}/:import_id/answers`,
    who: IMPORTERS,
    outside: 'not_found',
    sample: async (at, city, account) => ({
      ...(await importOf(at, city, account)),
      body: { answers: { year: '2020' } },
    }),
    // The city's import came without a file.
    meets: 'duty.import_expired',
  },
  {
    endpoint: `POST ${IMPORTS}/:import_id/confirmations`,
    who: IMPORTERS,
    outside: 'not_found',
    sample: async (at, city, account) => ({
      ...(await importOf(at, city, account)),
      body: { recorded_count: 1, corrected_count: 0 },
    }),
    meets: 'duty.import_nothing',
  },
  { endpoint: `POST ${IMPORTS}/:import_id/cancellations`, who: IMPORTERS, outside: 'not_found', sample: importOf },
  {
    endpoint: 'GET /api/operations/:operation_id/units/:unit_id/duty-sheet-template',
    who: IMPORTERS,
    outside: 'not_found',
    sample: dutyUnit,
  },
]

const WORKLIST_READERS = ['unit_manager', ...CLERKS, 'command', 'auditor'] as const satisfies readonly Role[]
const unitQuery: Sample = (at) => ({ query: { unit_id: at.unit_id } })
/** One's own job; of others only those in scope, and none outside it. */
const job: Sample = async (at, city, { user_id }) => ({
  params: { job_id: await city.freshJob(at, at === city.inside ? user_id : undefined) },
})

const HOUSE: readonly Row[] = [
  { endpoint: 'GET /api/exports', who: ['auditor'], outside: 'not_found', sample: unitQuery },
  { endpoint: 'GET /api/audit', who: ['auditor'], outside: 'not_found', sample: unitQuery },
  { endpoint: 'GET /api/audit/sealing', who: ['auditor'], outside: 'allowed', sample: nothing },
  { endpoint: 'POST /api/audit/verifications', who: ['auditor'], outside: 'allowed', sample: nothing },
  { endpoint: 'GET /api/jobs/:job_id', who: 'signed-in', outside: 'not_found', sample: job },
  { endpoint: 'GET /api/jobs', who: 'signed-in', outside: 'allowed', sample: nothing },
  { endpoint: 'POST /api/jobs/:job_id/cancellations', who: 'signed-in', outside: 'not_found', sample: job },
  { endpoint: 'GET /api/worklist', who: WORKLIST_READERS, outside: 'not_found', sample: unitQuery },
  { endpoint: 'GET /api/worklist/counts', who: WORKLIST_READERS, outside: 'not_found', sample: unitQuery },
  {
    endpoint: 'GET /api/worklist/:item_id',
    who: WORKLIST_READERS,
    outside: 'not_found',
    sample: async (at, city, { role }) => ({ params: { item_id: await city.freshWorklistItem(at, role) } }),
  },
]

export const ACCESS_MATRIX: readonly Row[] = [
  ...ACCESS,
  ...ORG,
  ...PEOPLE,
  ...OPERATIONS,
  ...DUTY,
  ...DUTY_IMPORTS,
  ...POLICIES,
  ...DRAFTS,
  ...FACTS,
  ...REST,
  ...ROSTERS,
  ...BENEFITS,
  ...HOUSE,
]

/** What the table says of one request; `account` is undefined for somebody who is not signed in. */
export function expectedOutcome(row: Row, role: Role | undefined, where: 'inside' | 'outside'): Outcome {
  if (row.who === 'public') return 'allowed'
  if (role === undefined) return 'signed_out'
  if (row.who !== 'signed-in' && !row.who.includes(role)) return 'not_permitted'
  return where === 'inside' ? 'allowed' : row.outside
}
