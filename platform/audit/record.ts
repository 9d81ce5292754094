import type { Tx } from '#platform/db/database.ts'

/** What was done to which record. `facts` hold figures and codes, never personal text. */
export interface AuditEntry {
  readonly action: string
  readonly subject_kind: string
  readonly subject_id: string | number
  readonly unit_id?: number
  readonly operation_id?: number
  readonly facts?: Readonly<Record<string, unknown>>
}

/** Writes the audit row in the command's own transaction: either both stand or neither. */
export async function recordAudit(tx: Tx, ...entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return
  const { context } = tx
  await tx
    .insertInto('audit_rows')
    .values(
      entries.map((entry) => ({
        user_id: context.user_id ?? null,
        principal: context.principal,
        action: entry.action,
        subject_kind: entry.subject_kind,
        subject_id: String(entry.subject_id),
        unit_id: entry.unit_id ?? null,
        operation_id: entry.operation_id ?? null,
        request_id: context.request_id ?? null,
        facts: JSON.stringify(entry.facts ?? {}),
      })),
    )
    .execute()
}
