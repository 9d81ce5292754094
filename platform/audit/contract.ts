import { z } from 'zod'
import { endpoint } from '#platform/http/endpoint.ts'
import { Id, IdText, InstantOut, InstantText, PageQuery, Uuid } from '#platform/http/fields.ts'
import { problems } from '#platform/http/problem.ts'

/** Files taken out of the house: the number on a paper leads to who made it. */
export const listExports = endpoint({
  method: 'GET',
  path: '/api/exports',
  summary: 'Files with people in them that were taken out, newest first; by the number on the paper when one is given',
  permission: 'audit.read',
  place: ({ query }) => query.unit_id,
  input: {
    query: z.object({ unit_id: IdText.optional(), number: z.string().trim().max(40).optional(), ...PageQuery }),
  },
  output: z.object({
    exports: z.array(
      z.object({
        number: z.string(),
        kind: z.string(),
        unit_id: Id,
        operation_id: Id.nullable(),
        by: z.string(),
        exported_at: InstantOut,
        purpose: z.string(),
        file_name: z.string(),
        people_count: z.int().nullable(),
        sha256: z.string(),
      }),
    ),
    next: z.string().nullable(),
  }),
  problems: [],
})

export const auditProblems = problems('audit', {
  wrong_order: { status: 422, zh: '起始时间应早于结束时间。', en: 'The time from must be earlier than the time to.' },
})

const Number64 = z.coerce.number().int().positive()

export const AuditRowView = z.object({
  audit_id: z.int(),
  at: InstantOut,
  /** An account, or a job such as `job:seal`. */
  principal: z.string(),
  account: z.object({ user_id: Id, display_name: z.string() }).nullable(),
  action: z.string(),
  subject_kind: z.string(),
  subject_id: z.string(),
  unit_id: Id.nullable(),
  operation_id: Id.nullable(),
  request_id: z.string().nullable(),
  facts: z.unknown(),
  /** Its place in the sealed tree; null while it waits to be sealed. */
  leaf_index: z.int().nullable(),
})
export type AuditRowView = z.output<typeof AuditRowView>

export const AuditFilter = z.object({
  unit_id: IdText.optional(),
  subject_kind: z.string().max(64).optional(),
  subject_id: z.string().max(100).optional(),
  action: z.string().max(100).optional(),
  user_id: IdText.optional(),
  from: InstantText.optional(),
  to: InstantText.optional(),
  after: Number64.optional(),
  limit: PageQuery.limit,
})

export const listAudit = endpoint({
  method: 'GET',
  path: '/api/audit',
  summary: 'Audit rows of the units in scope, newest first. That they were read is itself recorded.',
  permission: 'audit.read',
  place: ({ query }) => query.unit_id,
  input: { query: AuditFilter },
  output: z.object({ items: z.array(AuditRowView), next: z.int().nullable() }),
  problems: [auditProblems.wrong_order],
})

export const readSealing = endpoint({
  method: 'GET',
  path: '/api/audit/sealing',
  summary: 'How far the audit is sealed: the last head and how long the oldest unsealed row has waited',
  permission: 'audit.read',
  input: {},
  output: z.object({
    last_head: z
      .object({ tree_size: z.int(), root_hash: z.string(), head: z.string(), sealed_at: InstantOut })
      .nullable(),
    unsealed_count: z.int(),
    /** True when more rows wait than were counted. */
    unsealed_more: z.boolean(),
    lag_ms: z.int(),
  }),
  problems: [],
})

export const startVerification = endpoint({
  method: 'POST',
  path: '/api/audit/verifications',
  summary: 'Starts a job that checks the whole audit; its result says what was altered, if anything',
  permission: 'audit.read',
  input: {},
  output: z.object({ job_id: Uuid }),
  problems: [],
})
