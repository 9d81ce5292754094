import { randomUUID } from 'node:crypto'
import { STANDARD_LIMITS } from '#measures/rosters/server/roster-needs.ts'
import type { Role } from '#platform/access/permissions.ts'
import type { Row, Sample } from './access-matrix.ts'

/** The rows of the access matrix about rosters and shifts that change hands. */

const READERS = [
  'unit_manager',
  'organisation_clerk',
  'finance_clerk',
  'hr_clerk',
  'command',
  'auditor',
] as const satisfies readonly Role[]
/** Whoever plans for several units at once. */
const ASKING = ['hr_clerk', 'command'] as const satisfies readonly Role[]
const PLANNING = ['unit_manager'] as const satisfies readonly Role[]
const SOME = '6f0a0000-0000-4000-8000-000000000002'
const UNIT = '/api/operations/:operation_id/units/:unit_id'
const DRAFT = `${UNIT}/roster-drafts/:draft_id` as const

const unit: Sample = (at, city) => ({ params: { operation_id: city.operation_id, unit_id: at.unit_id } })
const draft =
  (body?: object): Sample =>
  (at, city) => ({
    params: { operation_id: city.operation_id, unit_id: at.unit_id, draft_id: 1, solve_id: 1 },
    ...(body ? { body } : {}),
  })
const offer =
  (body?: object): Sample =>
  (at, city) => ({
    params: { operation_id: city.operation_id, unit_id: at.unit_id, offer_id: SOME },
    ...(body ? { body } : {}),
  })

const askOf: Sample = (at, city) => ({
  params: { operation_id: city.operation_id, unit_id: at.unit_id, ask_id: 1 },
})

const unknownAsk = { outside: 'not_found', meets: 'roster_asks.unknown_ask' } as const
const unknownDraft = { outside: 'not_found', meets: 'rosters.unknown_draft' } as const
const unknownOffer = { outside: 'not_found', meets: 'offers.unknown_offer' } as const
const own = { who: 'signed-in', outside: 'allowed' } as const

export const ROSTERS: readonly Row[] = [
  { endpoint: `GET ${UNIT}/rosters`, who: READERS, outside: 'not_found', sample: unit },
  {
    endpoint: `GET ${UNIT}/rosters/proposals`,
    who: PLANNING,
    outside: 'not_found',
    sample: (at, city, account) => ({ ...unit(at, city, account), query: { posts: String(at.post_id) } }),
  },
  {
    endpoint: `POST ${UNIT}/rosters`,
    who: PLANNING,
    outside: 'not_found',
    sample: (at, city) => ({
      params: { operation_id: city.operation_id, unit_id: at.unit_id },
      body: {
        roster_id: null,
        name: '病区',
        needs: {
          person_ids: [at.person_id],
          shifts: [
            {
              code: 'A',
              name: '白班',
              post_id: at.post_id,
              start_minute: 480,
              minutes: 480,
              on_working_days: 1,
              on_rest_days: 1,
              minimum: 0,
              skill: null,
              skilled: 0,
            },
            {
              code: 'A',
              name: '夜班',
              post_id: at.post_id,
              start_minute: 1200,
              minutes: 480,
              on_working_days: 1,
              on_rest_days: 1,
              minimum: 0,
              skill: null,
              skilled: 0,
            },
          ],
          limits: STANDARD_LIMITS,
        },
      },
    }),
    meets: 'rosters.wrong_needs',
  },
  {
    endpoint: `POST ${UNIT}/rosters/:roster_id/drafts`,
    who: PLANNING,
    outside: 'not_found',
    sample: (at, city) => ({
      params: { operation_id: city.operation_id, unit_id: at.unit_id, roster_id: 1 },
      body: { from_on: '2020-03-02', days: 7 },
    }),
    meets: 'rosters.unknown_roster',
  },
  { endpoint: `GET ${DRAFT}`, who: READERS, sample: draft(), ...unknownDraft },
  { endpoint: `POST ${DRAFT}/rebuilds`, who: PLANNING, sample: draft(), ...unknownDraft },
  {
    endpoint: `POST ${DRAFT}/versions`,
    who: PLANNING,
    sample: draft({ base_version: null, cells: {}, pinned: {} }),
    ...unknownDraft,
  },
  { endpoint: `POST ${DRAFT}/solves`, who: PLANNING, sample: draft({ seconds: 1 }), ...unknownDraft },
  { endpoint: `GET ${DRAFT}/solves/:solve_id`, who: READERS, sample: draft(), ...unknownDraft },
  {
    endpoint: `POST ${DRAFT}/publications`,
    who: PLANNING,
    sample: draft({ version: 1, reason: null }),
    ...unknownDraft,
  },
  { endpoint: `POST ${DRAFT}/exports`, who: READERS, sample: draft(), ...unknownDraft },
  {
    endpoint: `POST ${UNIT}/roster-asks`,
    who: ASKING,
    outside: 'not_found',
    sample: (at, city) => ({
      params: { operation_id: city.operation_id, unit_id: at.unit_id },
      body: { from_on: '2020-03-02', days: 7, propose: false },
    }),
    meets: 'roster_asks.nothing',
  },
  { endpoint: `GET ${UNIT}/roster-asks`, who: READERS, outside: 'not_found', sample: unit },
  { endpoint: `GET ${UNIT}/roster-asks/:ask_id`, who: READERS, sample: askOf, ...unknownAsk },
  { endpoint: `GET ${UNIT}/roster-asks/:ask_id/parts`, who: READERS, sample: askOf, ...unknownAsk },
  { endpoint: `POST ${UNIT}/roster-asks/:ask_id/cancellations`, who: ASKING, sample: askOf, ...unknownAsk },
  { endpoint: `GET ${UNIT}/shift-offers`, who: READERS, outside: 'not_found', sample: unit },
  {
    endpoint: `POST ${UNIT}/shift-offers`,
    who: PLANNING,
    outside: 'not_found',
    sample: (at, city) => ({
      params: { operation_id: city.operation_id, unit_id: at.unit_id },
      body: { offer_id: randomUUID(), person_id: at.person_id, shift_id: SOME },
    }),
    meets: 'offers.unknown_shift',
  },
  { endpoint: `GET ${UNIT}/shift-offers/:offer_id/takers`, who: PLANNING, sample: offer(), ...unknownOffer },
  {
    endpoint: `POST ${UNIT}/shift-offers/:offer_id/asks`,
    who: PLANNING,
    outside: 'not_found',
    sample: (at, city) => ({
      params: { operation_id: city.operation_id, unit_id: at.unit_id, offer_id: SOME },
      body: { person_id: at.person_id, agreed: false },
    }),
    meets: 'offers.unknown_offer',
  },
  { endpoint: `POST ${UNIT}/shift-offers/:offer_id/closures`, who: PLANNING, sample: offer(), ...unknownOffer },
  {
    endpoint: `GET ${UNIT}/people/:person_id/shifts.ics`,
    who: READERS,
    outside: 'not_found',
    sample: (at, city) => ({
      params: { operation_id: city.operation_id, unit_id: at.unit_id, person_id: at.person_id },
    }),
  },
  {
    endpoint: 'GET /api/me/roster',
    ...own,
    sample: (_at, city) => ({ query: { operation_id: city.operation_id } }),
  },
  {
    endpoint: 'GET /api/me/shifts.ics',
    ...own,
    sample: (_at, city) => ({ query: { operation_id: city.operation_id } }),
  },
  {
    endpoint: 'GET /api/me/shifts/:shift_id/swaps',
    ...own,
    sample: (_at, city) => ({ params: { shift_id: SOME }, query: { operation_id: city.operation_id } }),
    meets: 'offers.unknown_shift',
  },
  {
    endpoint: 'POST /api/me/shift-offers',
    ...own,
    sample: (_at, city) => ({
      body: { offer_id: randomUUID(), operation_id: city.operation_id, shift_id: SOME, kind: 'offer', swap: null },
    }),
    meets: 'offers.unknown_shift',
  },
  {
    endpoint: 'POST /api/me/shift-offers/:offer_id/answers',
    ...own,
    sample: (at) => ({ params: { offer_id: SOME }, body: { unit_id: at.unit_id, answer: 'accepted' } }),
    meets: 'offers.unknown_offer',
  },
  {
    endpoint: 'POST /api/me/shift-offers/:offer_id/withdrawals',
    ...own,
    sample: () => ({ params: { offer_id: SOME } }),
    meets: 'offers.unknown_offer',
  },
  {
    endpoint: 'POST /api/me/unavailable-times',
    ...own,
    sample: (_at, city) => ({
      body: {
        time_id: randomUUID(),
        operation_id: city.operation_id,
        kind: 'cannot',
        from_on: '2020-03-02',
        to_on: '2020-03-03',
        words: null,
      },
    }),
  },
  {
    endpoint: 'POST /api/me/unavailable-times/:time_id/withdrawals',
    ...own,
    sample: () => ({ params: { time_id: SOME } }),
  },
]
