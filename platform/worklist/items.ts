import { sql } from 'kysely'
import type { Role } from '#platform/access/permissions.ts'
import type { Tx } from '#platform/db/database.ts'

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
  /** Product time. */
  readonly raised_at: Date
  readonly due_at: Date | null
}

/**
 * Adds items; one that is open already is left as it is, apart from its facts. Any number at once.
 *
 * @example await raise(tx, { operation_id: 1, unit_id: 3, role: 'unit_manager', kind: 'duty.objection', … })
 */
export async function raise(tx: Tx, ...items: readonly WorklistItem[]): Promise<void> {
  if (items.length === 0) return
  const rows = JSON.stringify(items)
  await sql`
    update worklist_items as open
    set facts = item.facts
    from jsonb_to_recordset(${rows}::jsonb)
      as item (operation_id int, kind text, subject_kind text, subject_id text, facts jsonb)
    where (open.operation_id, open.kind, open.subject_kind, open.subject_id)
        = (item.operation_id, item.kind, item.subject_kind, item.subject_id)
      and open.settled_at is null
      and open.facts <> item.facts`.execute(tx)
  // No conflict target: with one, whoever raises an item would have to be allowed to see it.
  await sql`
    insert into worklist_items
      (operation_id, unit_id, role, kind, subject_kind, subject_id, clause, facts, raised_at, due_at)
    select operation_id, unit_id, role, kind, subject_kind, subject_id, clause, facts, raised_at, due_at
    from jsonb_to_recordset(${rows}::jsonb)
      as item (operation_id int, unit_id int, role text, kind text, subject_kind text, subject_id text, clause text,
        facts jsonb, raised_at timestamptz, due_at timestamptz)
    on conflict do nothing`.execute(tx)
}

export interface Settlement {
  readonly operation_id: number
  readonly kind: string
  readonly subject_kind: string
  readonly subject_id: string
  readonly outcome: Readonly<Record<string, unknown>>
}

/**
 * Closes the open item of a subject, if there is one that the actor reaches, and answers how many were closed. Settling is
 * part of the room's own command.
 */
export async function settle(tx: Tx, settlement: Settlement): Promise<number> {
  const { operation_id, kind, subject_kind, subject_id, outcome } = settlement
  const result = await tx
    .updateTable('worklist_items')
    .set({ settled_at: sql`now()`, settled_by_user_id: tx.context.user_id ?? null, outcome: JSON.stringify(outcome) })
    .where('operation_id', '=', operation_id)
    .where('kind', '=', kind)
    .where('subject_kind', '=', subject_kind)
    .where('subject_id', '=', subject_id)
    .where('settled_at', 'is', null)
    .executeTakeFirst()
  return Number(result.numUpdatedRows)
}
