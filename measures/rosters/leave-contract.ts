import { z } from 'zod'
import { endpoint } from '#platform/http/endpoint.ts'
import { CivilDateText, Id, IdText, InstantOut, Minutes } from '#platform/http/fields.ts'
import { restProblems } from './rest-problems.ts'

/** The compensatory leave account: what is owed, its entries, and how it could be paid back. */

export const LEAVE_ACTS = ['planned', 'unplanned', 'taken', 'carried', 'expired', 'paid_out'] as const
/** Leave whose term ends within so many days is shown as expiring. */
export const EXPIRING_DAYS = 14

const Operation = { operation_id: IdText }
const OfUnit = z.object({ ...Operation, unit_id: IdText })

/** How long leave stays valid, as a document or a decision says. */
export const LeaveTerm = z.object({
  entitlement: z.string(),
  title: z.object({ zh: z.string(), en: z.string() }),
  /** False while a figure of it waits for a decision or is missing: then nothing of it ends. */
  is_settled: z.boolean(),
  /** The last day of what is earned today. */
  last_on: z.string().nullable(),
  /** What becomes of the rest; a person records it all the same. */
  afterwards: z.enum(['expires', 'paid_out', 'decided']).nullable(),
  hour_fen: z.int().nullable(),
  unverified: z.boolean(),
  why: z.array(z.object({ zh: z.string(), en: z.string() })),
})
export type LeaveTerm = z.output<typeof LeaveTerm>

export const LeaveAccount = z.object({
  person_id: Id,
  name: z.string(),
  unit_id: Id,
  unit_name: z.string(),
  earned_minutes: Minutes,
  taken_minutes: Minutes,
  planned_minutes: Minutes,
  carried_minutes: Minutes,
  expired_minutes: Minutes,
  paid_minutes: Minutes,
  /** Earned less taken, expired and paid out; what is planned is still owed. */
  owed_minutes: Minutes,
  /** Of what is owed, what is past its last day by the pack or a decision. */
  overdue_minutes: Minutes,
  /** What will be past it within the days of warning, besides. */
  expiring_minutes: Minutes,
})
export type LeaveAccount = z.output<typeof LeaveAccount>

export const readLeaveAccounts = endpoint({
  method: 'GET',
  path: '/api/operations/:operation_id/leave/units/:unit_id',
  summary: 'The compensatory leave accounts of a unit, whoever is owed most first',
  permission: 'rest.read',
  place: ({ params }) => params.unit_id,
  input: { params: OfUnit, query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) }) },
  output: z.object({
    owed_minutes: Minutes,
    people_count: z.int(),
    /** Empty where no document speaks of it. */
    terms: z.array(LeaveTerm),
    accounts: z.array(LeaveAccount),
  }),
  problems: [],
})

export const LeaveEntry = z.object({
  entry_id: z.string(),
  kind: z.enum(['earned', ...LEAVE_ACTS]),
  minutes: z.int(),
  on_date: z.string(),
  reason: z.string(),
  /** The last day on which it can be taken, of what was earned or carried over; null where it does not end. */
  last_on: z.string().nullable(),
  /** Null: credited from duty by itself. */
  by: z.string().nullable(),
  happened_at: InstantOut,
})

export const readLeaveEntries = endpoint({
  method: 'GET',
  path: '/api/operations/:operation_id/leave/people/:person_id/entries',
  summary: 'What stands in one person’s leave account, newest first, and who entered it',
  permission: 'rest.read',
  input: { params: z.object({ ...Operation, person_id: IdText }) },
  output: z.object({ entries: z.array(LeaveEntry) }),
  problems: [restProblems.unknown_person],
})

const OwedPerson = { person_id: Id, name: z.string(), unit_id: Id, minutes: Minutes }

export const readLeavePlan = endpoint({
  method: 'GET',
  path: '/api/operations/:operation_id/leave/units/:unit_id/plan',
  summary: 'Days on which leave that is owed could be taken while cover holds, and why those; nothing is written',
  permission: 'rest.order',
  place: ({ params }) => params.unit_id,
  input: {
    params: OfUnit,
    query: z.object({ from_on: CivilDateText, days: z.coerce.number().int().min(1).max(62).default(14) }),
  },
  output: z.object({
    proposed: z.array(
      z.object({
        ...OwedPerson,
        on_date: z.string(),
        why: z.enum(['off_shift', 'spare']),
        shift_name: z.string().nullable(),
        planned_count: z.int().nullable(),
        minimum: z.int().nullable(),
      }),
    ),
    left: z.array(z.object(OwedPerson)),
  }),
  problems: [],
})
export type LeaveProposal = z.output<typeof readLeavePlan.output>['proposed'][number]

export const addLeave = endpoint({
  method: 'POST',
  path: '/api/operations/:operation_id/leave/entries',
  summary: 'Plans leave, records it as taken, carried, expired or paid out; a mistake is mended by another entry',
  permission: 'rest.order',
  place: ({ body }) => body.unit_id,
  input: {
    params: z.object(Operation),
    body: z.object({
      unit_id: Id,
      person_id: Id,
      kind: z.enum(LEAVE_ACTS),
      minutes: Minutes.min(1).max(60 * 24 * 60),
      on_date: CivilDateText,
      reason: z.string().max(500).default(''),
    }),
  },
  output: z.object({
    owed_minutes: Minutes,
    planned_minutes: Minutes,
    /** Shifts that planned leave took out of the plan, and that cancelled leave brought back. */
    withdrawn_count: z.int(),
    restored_count: z.int(),
  }),
  problems: [restProblems.unknown_person, restProblems.own, restProblems.not_enough_leave],
})
