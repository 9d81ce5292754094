import { hash } from 'node:crypto'
import { sql } from 'kysely'
import { hashLeaf } from '#engines/seal/hashing.ts'

/**
 * An audit row as it is hashed. Every value is the text that PostgreSQL prints, or a number or null, so that nothing is
 * rounded on the way: `at` in microseconds UTC, `facts` as the text of its jsonb (which PostgreSQL keeps in one order).
 */
export interface CanonicalRow {
  readonly audit_id: number
  readonly at_text: string
  readonly recorded_in: string
  readonly user_id: number | null
  readonly principal: string
  readonly action: string
  readonly subject_kind: string
  readonly subject_id: string
  readonly unit_id: number | null
  readonly operation_id: number | null
  readonly request_id: string | null
  readonly facts_text: string
}

/** The columns of a canonical row, for a select from audit_rows. */
export const CANONICAL_COLUMNS = sql.raw(`
  audit_rows.audit_id,
  to_char(audit_rows.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at_text,
  audit_rows.recorded_in::text as recorded_in,
  audit_rows.user_id, audit_rows.principal, audit_rows.action, audit_rows.subject_kind, audit_rows.subject_id,
  audit_rows.unit_id, audit_rows.operation_id, audit_rows.request_id,
  audit_rows.facts::text as facts_text`)

export const sha256 = (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer')

/**
 * The entry of a row in the tree: a JSON object with its keys in alphabetical order and no white space, in UTF-8.
 * Fixed for good: a change would make every sealed row look altered.
 *
 * @example {"action":"duty.confirm","at":"2020-02-03T00:00:00.000000Z","audit_id":1,"facts":"{}",…,"v":1}
 */
export function entryOf(row: CanonicalRow): Uint8Array {
  const text = JSON.stringify({
    action: row.action,
    at: row.at_text,
    audit_id: row.audit_id,
    facts: row.facts_text,
    operation_id: row.operation_id,
    principal: row.principal,
    recorded_in: row.recorded_in,
    request_id: row.request_id,
    subject_id: row.subject_id,
    subject_kind: row.subject_kind,
    unit_id: row.unit_id,
    user_id: row.user_id,
    v: 1,
  })
  return Buffer.from(text, 'utf8')
}

export function leafHashOf(row: CanonicalRow): Uint8Array {
  return hashLeaf(sha256, entryOf(row))
}
