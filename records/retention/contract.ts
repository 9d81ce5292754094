import { z } from 'zod'
import type { Permission } from '#platform/access/permissions.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { Id, IdText, InstantOut, Text } from '#platform/http/fields.ts'
import { problems } from '#platform/http/problem.ts'

/**
 * Personal facts whose term is over. The term is a parameter of the packs in force; what is due is listed; somebody proposes,
 * another person decides, and only then is anything erased.
 */

export const retentionProblems = problems('retention', {
  not_due: {
    status: 409,
    zh: '有 {count} 人的信息还没到期或已经提请过，请刷新名单后再提请。',
    en: 'The facts of {count} people are not due or have been proposed already; look at the list again.',
  },
  unknown_proposal: {
    status: 409,
    zh: '没有找到这项提请，或已经有人决定，或不在您的管理范围内。',
    en: 'This proposal was not found, is decided already, or lies outside your scope.',
  },
  second_person: {
    status: 403,
    zh: '提请的人不能自己决定，须由另一人决定；本人的信息也不能由本人决定。',
    en: 'Whoever proposed does not decide: another person does. Nobody decides about their own facts.',
  },
})

export const RETENTION_CLASSES = {
  health_flags: { permission: 'people.health', parameter: 'retention-health-flags', path: 'health-flags' },
  volunteer_identifiers: {
    permission: 'people.identify',
    parameter: 'retention-volunteer-identifiers',
    path: 'volunteer-identifiers',
  },
} as const satisfies Record<string, { permission: Permission; parameter: string; path: string }>

export type RetentionClass = keyof typeof RETENTION_CLASSES

export const PEOPLE_MAX = 200

const OperationParams = z.object({ operation_id: IdText })
const Account = z.object({ user_id: Id, display_name: z.string() })

export const RetentionView = z.object({
  /** One for each area with packs of its own; `term_days` is null where no layer has set a term. */
  terms: z.array(
    z.object({
      area_unit_id: Id,
      area_name: z.string(),
      term_days: z.int().nullable(),
      due_on: z.string().nullable(),
      /** The document that set it, and how far it was verified. */
      source: z.string().nullable(),
      grade: z.enum(['A', 'B', 'C', 'U']).nullable(),
    }),
  ),
  ended_on: z.string().nullable(),
  due: z.array(
    z.object({
      person_id: Id,
      name: z.string(),
      unit_id: Id,
      unit_name: z.string(),
      due_on: z.string(),
      proposal: z
        .object({ proposal_id: z.int(), reason: z.string(), proposed_by: Account, proposed_at: InstantOut })
        .nullable(),
    }),
  ),
  /** More are due than are listed. */
  more: z.boolean(),
})
export type RetentionView = z.output<typeof RetentionView>

function endpointsOf<Name extends RetentionClass>(name: Name) {
  const { permission, path } = RETENTION_CLASSES[name]
  const base = `/api/operations/:operation_id/retention/${path}` as const
  return {
    list: endpoint({
      method: 'GET',
      path: base,
      summary: 'Terms in force and people in scope whose facts of this class have outlived them',
      permission,
      input: { params: OperationParams },
      output: RetentionView,
      problems: [],
    }),
    propose: endpoint({
      method: 'POST',
      path: `${base}/proposals`,
      summary: 'Asks that facts whose term is over be erased; nothing is erased by this',
      permission,
      input: {
        params: OperationParams,
        body: z.object({ person_ids: z.array(Id).min(1).max(PEOPLE_MAX), reason: Text(1000) }),
      },
      output: z.object({ proposed_count: z.int() }),
      problems: [retentionProblems.not_due],
    }),
    decide: endpoint({
      method: 'POST',
      path: `${base}/decisions`,
      summary: 'Decides, as a second person, that facts are erased for good or kept, with a reason',
      permission,
      input: {
        params: OperationParams,
        body: z.object({
          proposals: z
            .array(z.object({ person_id: Id, proposal_id: z.int().positive() }))
            .min(1)
            .max(PEOPLE_MAX),
          outcome: z.enum(['erased', 'kept']),
          reason: Text(1000),
        }),
      },
      output: z.object({ decided_count: z.int() }),
      problems: [retentionProblems.unknown_proposal, retentionProblems.second_person],
    }),
  }
}

export const healthRetention = endpointsOf('health_flags')
export const volunteerRetention = endpointsOf('volunteer_identifiers')
