import { z } from 'zod'
import { endpoint } from '#platform/http/endpoint.ts'
import { CivilDateText, Id, IdText, InstantOut, LocalText } from '#platform/http/fields.ts'
import { problems } from '#platform/http/problem.ts'
import { ROSTER_DAYS_MAX, rosterProblems } from './roster-contract.ts'

/** The wide ask: rosters of all units at or below a place at once, each answered by a draft in its unit. */

/** Rosters of one ask at most. */
export const ASK_PARTS_MAX = 3000
/** Unmet needs that are kept of a roster; beyond them only the count is told. */
export const UNMET_KEPT_MAX = 30

export const askProblems = problems('roster_asks', {
  unknown_ask: { status: 422, zh: '没有找到这次统一排班。', en: 'No such wide ask for rosters was found.' },
  nothing: {
    status: 422,
    zh: '所选范围内没有可排班的单位：既没有排班表，也没有岗位。',
    en: 'No unit here can be rostered: there are neither rosters nor posts.',
  },
  too_many: {
    status: 422,
    zh: '所选范围内有 {count} 份排班表，一次最多 {most} 份，请分县（区）进行。',
    en: 'There are {count} rosters here; {most} can be asked for at once. Ask county by county.',
  },
  under_way: {
    status: 409,
    zh: '{place}正在统一排班（{from_on} 起 {days} 天），包括这里的 {count} 份排班表。等它排完再来，或请发起的人取消。',
    en: 'Rosters are being made for {place} ({days} days from {from_on}), {count} of these among them. Wait until they are made, or have that ask cancelled.',
  },
  ended: { status: 409, zh: '这次统一排班已经结束。', en: 'This wide ask has ended.' },
})

/** A need that a roster does not meet, such as 2 of 3 on the night of the fifth. */
export const Unmet = z.object({
  day_on: z.string(),
  shifts: z.array(z.string()),
  skill: z.string().nullable(),
  needed: z.int(),
  actual: z.int(),
  hard: z.boolean(),
})
export type Unmet = z.output<typeof Unmet>

export const PART_STATES = [
  'waiting',
  'running',
  'solved',
  'stopped',
  'cancelled',
  'no_needs',
  'refused',
  'crashed',
] as const
export type PartState = (typeof PART_STATES)[number]

export const AskPart = z.object({
  part_id: Id,
  unit_id: Id,
  unit_name: z.string(),
  roster_name: z.string().nullable(),
  draft_id: Id.nullable(),
  state: z.enum(PART_STATES),
  /** Why it was refused. */
  refusal: LocalText.nullable(),
  hard: z.int().nullable(),
  penalty: z.int().nullable(),
  unmet: z.array(Unmet),
  unmet_count: z.int(),
})
export type AskPart = z.output<typeof AskPart>

export const AskView = z.object({
  ask_id: Id,
  unit_id: Id,
  unit_name: z.string(),
  from_on: z.string(),
  days: z.int(),
  asked_by: z.string(),
  asked_at: InstantOut,
  cancelled_at: InstantOut.nullable(),
  ended_at: InstantOut.nullable(),
  /** Rosters altogether, those that are over, and of them: a draft is there, needs are unmet, something went wrong. */
  parts_count: z.int(),
  done_count: z.int(),
  drafts_count: z.int(),
  unmet_count: z.int(),
  failed_count: z.int(),
})
export type AskView = z.output<typeof AskView>

const OfPlace = z.object({ operation_id: IdText, unit_id: IdText })
const OfAsk = OfPlace.extend({ ask_id: IdText })
const ASKS = '/api/operations/:operation_id/units/:unit_id/roster-asks'

export const askRosters = endpoint({
  method: 'POST',
  path: ASKS,
  summary:
    'Asks for the rosters of all units at or below a place; the same ask while one runs is that one, another that makes the same rosters is refused',
  permission: 'rosters.ask',
  place: ({ params }) => params.unit_id,
  input: {
    params: OfPlace,
    body: z.object({
      from_on: CivilDateText,
      days: z.int().min(1).max(ROSTER_DAYS_MAX),
      /** Units that have no roster yet: one is proposed from the duty of the last four weeks. */
      propose: z.boolean(),
    }),
  },
  output: z.object({ ask_id: Id, parts_count: z.int(), is_new: z.boolean() }),
  problems: [rosterProblems.closed_period, askProblems.nothing, askProblems.too_many, askProblems.under_way],
})

export const listAsks = endpoint({
  method: 'GET',
  path: ASKS,
  summary: 'The latest wide asks at a place',
  permission: 'duty.read',
  place: ({ params }) => params.unit_id,
  input: { params: OfPlace },
  output: z.object({ asks: z.array(AskView) }),
  problems: [],
})

export const readAsk = endpoint({
  method: 'GET',
  path: `${ASKS}/:ask_id`,
  summary: 'How far a wide ask is',
  permission: 'duty.read',
  place: ({ params }) => params.unit_id,
  input: { params: OfAsk },
  output: AskView,
  problems: [askProblems.unknown_ask],
})

export const PART_CHOICES = ['all', 'unmet', 'failed'] as const

export const listAskParts = endpoint({
  method: 'GET',
  path: `${ASKS}/:ask_id/parts`,
  summary: 'The rosters of a wide ask with what each does not meet; all, those with unmet needs, or those that failed',
  permission: 'duty.read',
  place: ({ params }) => params.unit_id,
  input: {
    params: OfAsk,
    query: z.object({
      which: z.enum(PART_CHOICES).default('all'),
      after: IdText.optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
  },
  output: z.object({ parts: z.array(AskPart), next: z.string().nullable() }),
  problems: [askProblems.unknown_ask],
})

export const cancelAsk = endpoint({
  method: 'POST',
  path: `${ASKS}/:ask_id/cancellations`,
  summary: 'Stops a wide ask: what has not begun is dropped, what runs keeps the best so far, what is done stays',
  permission: 'rosters.ask',
  place: ({ params }) => params.unit_id,
  input: { params: OfAsk },
  output: AskView,
  problems: [askProblems.unknown_ask, askProblems.ended],
})
