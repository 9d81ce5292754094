import { z } from 'zod'
import { endpoint } from '#platform/http/endpoint.ts'
import { Fen, Id, IdText, InstantOut, LocalText, PageQuery, Text } from '#platform/http/fields.ts'
import { problems } from '#platform/http/problem.ts'

/** What a person decides about a sum that a later evaluation made smaller. */

export const lessProblems = problems('policies', {
  no_less_item: {
    status: 409,
    zh: '这项差额已经办理，或不在您的管理范围内。',
    en: 'This difference was settled already, or is not within your scope.',
  },
  own_difference: {
    status: 403,
    zh: '这项差额里有您本人，请由他人办理。',
    en: 'You are one of the people in this difference; somebody else has to settle it.',
  },
})

/**
 * `keep`: the earlier figure goes on being owed. `claw_back`: what was paid too much is taken back or set off.
 * `waive`: what was paid stays with the people, the new figure holds from now on.
 */
export const LESS_OUTCOMES = ['keep', 'claw_back', 'waive'] as const

const OperationParams = z.object({ operation_id: IdText })

export const decideLess = endpoint({
  method: 'POST',
  path: '/api/operations/:operation_id/difference-decisions',
  summary: 'Settles a sum that became less: keep the earlier figure, take back, or waive, with the reason',
  permission: 'worklist.decide',
  input: {
    params: OperationParams,
    body: z.object({
      item_id: z.int().positive(),
      outcome: z.enum(LESS_OUTCOMES),
      reason: Text(2000),
    }),
  },
  output: z.object({ decision_id: Id }),
  problems: [lessProblems.no_less_item, lessProblems.own_difference],
})

const LessRow = {
  entitlement: z.string(),
  title: LocalText,
  unit_id: Id,
  unit_name: z.string(),
  evaluation_id: Id,
  against_id: Id,
  people_count: z.int(),
  difference_fen: Fen,
  difference_quantity: z.int(),
}

export const listLess = endpoint({
  method: 'GET',
  path: '/api/operations/:operation_id/difference-decisions',
  summary: 'Sums that became less: those that wait for a decision, and what was decided',
  permission: 'worklist.read',
  input: { params: OperationParams, query: z.object(PageQuery) },
  output: z.object({
    open: z.array(z.object({ ...LessRow, item_id: z.int(), raised_at: InstantOut })).max(500),
    decided: z.array(
      z.object({
        ...LessRow,
        decision_id: Id,
        outcome: z.enum(LESS_OUTCOMES),
        reason: z.string(),
        decided_by: z.string(),
        decided_at: InstantOut,
      }),
    ),
    next: z.string().nullable(),
  }),
  problems: [],
})
