import { z } from 'zod'
import { endpoint } from '#platform/http/endpoint.ts'
import {
  CivilDateText,
  Id,
  IdText,
  InstantOut,
  InstantText,
  LocalText,
  Minutes,
  Text,
  Uuid,
} from '#platform/http/fields.ts'
import { dutyProblems } from '#records/duty/contract.ts'
import { LeaveAccount } from './leave-contract.ts'
import { restProblems } from './rest-problems.ts'

/** Rest: who must rest, orders to rest, and what people say of themselves. */

export const REST_DAYS_MAX = 30
export const ORDER_STATES = ['ordered', 'in_force', 'ended'] as const
export const ORDER_BASES = ['rule', 'protected', 'own_word', 'judgement'] as const

const Operation = { operation_id: IdText }
const OfUnit = z.object({ ...Operation, unit_id: IdText })

export const Standing = z.object({
  person_id: Id,
  name: z.string(),
  unit_id: Id,
  unit_name: z.string(),
  rule: z.string(),
  title: LocalText,
  example: z.boolean(),
  outcome: z.enum(['must_rest', 'should_rotate', 'limit']),
  state: z.enum(['applies', 'soon']),
  soon_days: z.int().nullable(),
  length_minutes: Minutes.nullable(),
  run_days: z.int(),
  mean_minutes: Minutes,
  week_minutes: Minutes,
  /** Until when the limit is extended for the unit; counting goes on. */
  extended_until: z.string().nullable(),
})
export type Standing = z.output<typeof Standing>

export const RestOrder = z.object({
  person_id: Id,
  order_id: Uuid,
  name: z.string(),
  unit_id: Id,
  unit_name: z.string(),
  basis: z.enum(ORDER_BASES),
  title: LocalText,
  state: z.enum(ORDER_STATES),
  starts_at: InstantOut,
  ends_at: InstantOut,
  /** Who was asked to cover, what they said, and how many shifts they took over. */
  substitute: z
    .object({
      person_id: Id,
      name: z.string(),
      state: z.enum(['asked', 'accepted', 'declined']),
      shifts_count: z.int().nullable(),
      /** Who wrote down an answer that was given by word of mouth; null when they answered themselves. */
      recorded_by: z.string().nullable(),
    })
    .nullable(),
  ordered_by: z.string(),
  /** Duty allowed against it, by whom and why. */
  overrides: z.array(z.object({ starts_at: InstantOut, ends_at: InstantOut, by: z.string(), reason: z.string() })),
  /** Shifts planned or duty confirmed inside the rest that nobody approved. */
  against_count: z.int(),
})
export type RestOrder = z.output<typeof RestOrder>

const Report = z.object({
  person_id: Id,
  report_id: Uuid,
  name: z.string(),
  unit_id: Id,
  words: z.string().nullable(),
  said_at: InstantOut,
})

export const readRestBoard = endpoint({
  method: 'GET',
  path: '/api/operations/:operation_id/rest/units/:unit_id',
  summary: 'Who must rest now, who soon, which orders run and who covers, who asks to be heard',
  permission: 'rest.read',
  place: ({ params }) => params.unit_id,
  input: { params: OfUnit },
  output: z.object({
    on_date: z.string().nullable(),
    looked_at: InstantOut.nullable(),
    must: z.array(Standing),
    soon: z.array(Standing),
    /** Bounds that are reached while they are extended: the rest owed meanwhile. */
    debts: z.array(Standing),
    orders: z.array(RestOrder),
    reports: z.array(Report),
    more: z.boolean(),
  }),
  problems: [],
})
export type RestBoard = z.output<typeof readRestBoard.output>

export const lookAtRest = endpoint({
  method: 'POST',
  path: '/api/operations/:operation_id/rest/looks',
  summary: 'Looks anew at who must rest, up to yesterday',
  permission: 'rest.order',
  input: { params: z.object(Operation) },
  output: z.object({ job_id: z.string() }),
  problems: [],
})

export const explainRestOf = endpoint({
  method: 'GET',
  path: '/api/operations/:operation_id/rest/people/:person_id/rules/:rule',
  summary: 'Why a rule asks this person to rest: figures, bounds, spans; a closed fact is never named',
  permission: 'rest.read',
  input: {
    params: z.object({ ...Operation, person_id: IdText, rule: z.string().max(64) }),
    query: z.object({ language: z.enum(['zh', 'en']).default('zh') }),
  },
  output: z.object({ lines: z.array(z.object({ kind: z.string(), text: z.string(), holds: z.boolean().nullable() })) }),
  problems: [restProblems.unknown_person, restProblems.unknown_rule],
})

export const listSubstitutes = endpoint({
  method: 'GET',
  path: '/api/operations/:operation_id/rest/people/:person_id/substitutes',
  summary:
    'Who could stand in: not resting, not on duty then; whoever can take most of the shifts first, then the most rested; and what keeps the others',
  permission: 'rest.order',
  input: {
    params: z.object({ ...Operation, person_id: IdText }),
    query: z.object({ from: InstantText, to: InstantText }),
  },
  output: z.object({
    candidates: z.array(
      z.object({
        person_id: Id,
        name: z.string(),
        unit_name: z.string(),
        same_post: z.boolean(),
        week_minutes: Minutes,
        run_days: z.int(),
        rested_minutes: Minutes.nullable(),
        /** Of the shifts planned inside the rest, how many they could take; null where that is not known (another unit's people). */
        takes_count: z.int().nullable(),
      }),
    ),
    shifts_count: z.int(),
    /** People of the unit who could take none of them, with what is in the way. */
    kept: z.array(z.object({ person_id: Id, name: z.string(), reasons: z.array(LocalText) })),
  }),
  problems: [restProblems.unknown_person],
})

export const orderRest = endpoint({
  method: 'POST',
  path: '/api/operations/:operation_id/rest/orders',
  summary: 'Orders a person to rest and names who covers',
  permission: 'rest.order',
  place: ({ body }) => body.unit_id,
  input: {
    params: z.object(Operation),
    body: z.object({
      order_id: Uuid,
      unit_id: Id,
      person_id: Id,
      basis: z.enum(ORDER_BASES),
      rule: z.string().max(64).nullable(),
      starts_at: InstantText,
      ends_at: InstantText,
      substitute_person_id: Id.nullable(),
      /** The word of the person's own that this order answers. */
      report_id: Uuid.nullable().default(null),
      reason: Text(1000),
    }),
  },
  output: z.object({ order_id: Uuid }),
  problems: [
    restProblems.not_recorded,
    restProblems.unknown_report,
    restProblems.unknown_person,
    restProblems.unknown_rule,
    restProblems.open_already,
    restProblems.own,
    restProblems.dates,
    restProblems.substitute,
  ],
})

const OfOrder = z.object({ person_id: IdText, order_id: Uuid })

export const changeRest = endpoint({
  method: 'POST',
  path: '/api/rest/people/:person_id/orders/:order_id/changes',
  summary: 'Extends a rest or ends it early; what was ordered stays on record',
  permission: 'rest.order',
  input: {
    params: OfOrder,
    body: z.object({ ends_at: InstantText, reason: Text(1000) }),
  },
  output: z.object({ act: z.enum(['extended', 'ended']) }),
  problems: [
    restProblems.unknown_person,
    restProblems.unknown_order,
    restProblems.ended,
    restProblems.own,
    restProblems.dates,
  ],
})

export const askSubstitute = endpoint({
  method: 'POST',
  path: '/api/rest/people/:person_id/orders/:order_id/substitutes',
  summary: 'Asks somebody to stand in for a person who rests; whoever was asked before is no longer asked',
  permission: 'rest.order',
  input: { params: OfOrder, body: z.object({ substitute_person_id: Id }) },
  output: z.object({ asked: z.literal(true) }),
  problems: [
    restProblems.unknown_person,
    restProblems.unknown_order,
    restProblems.ended,
    restProblems.own,
    restProblems.substitute,
  ],
})

export const recordCoverAnswer = endpoint({
  method: 'POST',
  path: '/api/rest/people/:person_id/orders/:order_id/cover-answers',
  summary:
    'Writes down what a substitute said by word of mouth; with a yes the shifts inside the rest are planned for them',
  permission: 'rest.order',
  input: { params: OfOrder, body: z.object({ answer: z.enum(['accepted', 'declined']) }) },
  output: z.object({ shifts_count: z.int() }),
  problems: [
    restProblems.unknown_person,
    restProblems.unknown_order,
    restProblems.unknown_ask,
    restProblems.answered,
    restProblems.ended,
    restProblems.own,
    dutyProblems.shift_overlap,
    dutyProblems.planned_elsewhere,
    dutyProblems.resting,
  ],
})

export const overrideRest = endpoint({
  method: 'POST',
  path: '/api/rest/people/:person_id/orders/:order_id/overrides',
  summary: 'Allows duty against an order to rest: by a named approver, with a reason and an end',
  permission: 'rest.override',
  input: {
    params: OfOrder,
    body: z.object({ starts_at: InstantText, ends_at: InstantText, reason: Text(1000) }),
  },
  output: z.object({ approved_by: z.string() }),
  problems: [
    restProblems.unknown_person,
    restProblems.unknown_order,
    restProblems.ended,
    restProblems.own,
    restProblems.dates,
  ],
})

export const extendLimit = endpoint({
  method: 'POST',
  path: '/api/operations/:operation_id/rest/limit-extensions',
  summary: 'Extends a limit for a unit in an emergency, with an end; counting goes on and the debt is shown',
  permission: 'rest.override',
  place: ({ body }) => body.unit_id,
  input: {
    params: z.object(Operation),
    body: z.object({
      unit_id: Id,
      rule: z.string().min(1).max(64),
      from_on: CivilDateText,
      to_on: CivilDateText,
      reason: Text(1000),
    }),
  },
  output: z.object({ extension_id: Id }),
  problems: [restProblems.dates],
})

/** A question to me whether I stand in for somebody who rests. Why they rest is not said. */
export const OwnCoverAsk = z.object({
  ask_id: Uuid,
  name: z.string(),
  unit_name: z.string(),
  shifts: z.array(z.object({ post_name: z.string(), starts_at: InstantOut, ends_at: InstantOut })),
})

export const readOwnRest = endpoint({
  method: 'GET',
  path: '/api/me/rest',
  summary: 'My own rest: orders, leave owed, what I said and what was answered',
  permission: 'signed-in',
  input: { query: z.object({ operation_id: IdText }) },
  output: z.object({
    standings: z.array(Standing.pick({ title: true, example: true, outcome: true, state: true, soon_days: true })),
    orders: z.array(RestOrder.pick({ order_id: true, title: true, state: true, starts_at: true, ends_at: true })),
    leave: LeaveAccount.pick({
      earned_minutes: true,
      taken_minutes: true,
      planned_minutes: true,
      owed_minutes: true,
    }).extend({
      /** The nearest last days of what is owed; what does not end is not among them. */
      ends: z.array(z.object({ last_on: CivilDateText, minutes: z.int() })),
      /** Whether a document leaves open until when it can be taken. */
      end_is_open: z.boolean(),
    }),
    asks: z.array(OwnCoverAsk),
    report: z
      .object({
        word: z.enum(['can_go_on', 'at_limit']),
        said_at: InstantOut,
        answer: z.object({ words: z.string(), by: z.string(), answered_at: InstantOut }).nullable(),
      })
      .nullable(),
  }),
  problems: [restProblems.no_person],
})

export const answerCover = endpoint({
  method: 'POST',
  path: '/api/me/cover-asks/:ask_id/answer',
  summary: 'I stand in, or I cannot; with a yes the shifts inside the rest are planned for me',
  permission: 'signed-in',
  input: { params: z.object({ ask_id: Uuid }), body: z.object({ answer: z.enum(['accepted', 'declined']) }) },
  output: z.object({ shifts_count: z.int() }),
  problems: [
    restProblems.no_person,
    restProblems.unknown_ask,
    restProblems.answered,
    dutyProblems.shift_overlap,
    dutyProblems.planned_elsewhere,
    dutyProblems.resting,
    dutyProblems.lines,
    dutyProblems.outside_operation,
  ],
})

export const reportOneself = endpoint({
  method: 'POST',
  path: '/api/me/self-reports',
  summary: 'What a person says of themselves, of their own accord; answered by a person and never counted',
  permission: 'signed-in',
  idempotent: true,
  input: {
    body: z.object({
      report_id: Uuid,
      operation_id: Id,
      word: z.enum(['can_go_on', 'at_limit']),
      words: Text(500).nullable(),
      said_at: InstantText,
    }),
  },
  output: z.object({ report_id: Uuid }),
  problems: [restProblems.no_person],
})

export const answerReport = endpoint({
  method: 'POST',
  path: '/api/rest/people/:person_id/reports/:report_id/answer',
  summary: 'Answers what a person said of themselves',
  permission: 'rest.order',
  input: { params: z.object({ person_id: IdText, report_id: Uuid }), body: z.object({ words: Text(500) }) },
  output: z.object({ answered: z.literal(true) }),
  problems: [restProblems.unknown_person, restProblems.unknown_report, restProblems.own],
})
