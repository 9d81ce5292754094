import type { Role } from '#platform/access/permissions.ts'
import type { Tx } from '#platform/db/database.ts'
import { sql } from 'kysely'

/** Something that waits for a person's decision. One open item per operation, kind and subject. */
export interface WorklistItem {
  readonly operation_id: number
  readonly unit_id: number
  readonly role: Role
  readonly kind: string
  readonly subject_kind: string
  readonly subject_id: string
  readonly clause: string | null
  /** Figures and codes, no personal text. */
  readonly facts: Readonly<Record<string, unknown>>
  readonly raised_at: Date
  readonly due_at: Date | null
}

/** Adds items; one that is open already is left as it is, apart from its facts. */
export async function raise(tx: Tx, ...items: readonly WorklistItem[]): Promise<void> {
  if (items.length === 0) return
  const rows = items.map(({ facts, raised_at, due_at, ...item }) => ({
    ...item,
    facts: JSON.stringify(facts),
    raised_at,
    due_at,
  }))
  await tx
    .insertInto('worklist_items')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(['operation_id', 'kind', 'subject_kind', 'subject_id'])
        .where('settled_at', 'is', null)
        .doNothing(),
    )
    .execute()
}

export interface Settlement {
  readonly operation_id: number
  readonly kind: string
  readonly subject_kind: string
  readonly subject_id: string
  readonly outcome: Readonly<Record<string, unknown>>
}

/** Closes the open item of a subject, if there is one. Settling is part of the room's own command. */
export async function settle(tx: Tx, settlement: Settlement): Promise<void> {
  const { operation_id, kind, subject_kind, subject_id, outcome } = settlement
  await tx
    .updateTable('worklist_items')
    .set({ settled_at: sql`now()`, settled_by_user_id: tx.context.user_id ?? null, outcome: JSON.stringify(outcome) })
    .where('operation_id', '=', operation_id)
    .where('kind', '=', kind)
    .where('subject_kind', '=', subject_kind)
    .where('subject_id', '=', subject_id)
    .where('settled_at', 'is', null)
    .execute()
}
