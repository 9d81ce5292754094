import { z } from 'zod'
import { ROLES } from '#platform/access/permissions.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { Id, IdText, InstantOut, PageQuery } from '#platform/http/fields.ts'
import { problems } from '#platform/http/problem.ts'

export const worklistProblems = problems('worklist', {
  not_found: {
    status: 404,
    zh: '没有找到这项待办，或它不归您的岗位办理。',
    en: 'There is no such item, or it is not for your role.',
  },
  wrong_page: {
    status: 422,
    zh: '翻页位置无效，请从第一页重新查看。',
    en: 'This page position is not valid; start again from the first page.',
  },
})

/** What waits for a person. `kind` names the room's own decision; the room's page knows what to do with it. */
export const WorklistItemView = z.object({
  item_id: z.int(),
  operation_id: Id,
  unit_id: Id,
  role: z.enum(ROLES),
  kind: z.string(),
  subject_kind: z.string(),
  subject_id: z.string(),
  clause: z.string().nullable(),
  facts: z.unknown(),
  raised_at: InstantOut,
  due_at: InstantOut.nullable(),
  overdue: z.boolean(),
  settled_at: InstantOut.nullable(),
  settled_by: z.object({ user_id: Id, display_name: z.string() }).nullable(),
  outcome: z.unknown(),
})
export type WorklistItemView = z.output<typeof WorklistItemView>

const Filter = {
  operation_id: IdText.optional(),
  unit_id: IdText.optional(),
  kind: z.string().max(64).optional(),
  clause: z.string().max(16).optional(),
}

export const listWorklist = endpoint({
  method: 'GET',
  path: '/api/worklist',
  summary: 'What waits for a decision by the roles of whoever asks, in their scope: soonest due first',
  permission: 'worklist.read',
  place: ({ query }) => query.unit_id,
  input: { query: z.object({ ...Filter, ...PageQuery }) },
  output: z.object({ items: z.array(WorklistItemView), next: z.string().nullable() }),
  problems: [worklistProblems.wrong_page],
})

export const countWorklist = endpoint({
  method: 'GET',
  path: '/api/worklist/counts',
  summary: 'How much waits, by kind, and how much of it is overdue',
  permission: 'worklist.read',
  place: ({ query }) => query.unit_id,
  input: { query: z.object({ operation_id: Filter.operation_id, unit_id: Filter.unit_id }) },
  output: z.object({
    kinds: z.array(
      z.object({ kind: z.string(), clause: z.string().nullable(), count: z.int(), overdue_count: z.int() }),
    ),
    count: z.int(),
    overdue_count: z.int(),
  }),
  problems: [],
})

export const readWorklistItem = endpoint({
  method: 'GET',
  path: '/api/worklist/:item_id',
  summary: 'One item, open or settled; it is settled by the commands of the room that raised it',
  permission: 'worklist.read',
  input: { params: z.object({ item_id: z.coerce.number().int().positive() }) },
  output: WorklistItemView,
  problems: [worklistProblems.not_found],
})
