import { randomUUID } from 'node:crypto'
import type { Tx } from '#platform/db/database.ts'

export interface MadeSpan {
  readonly person_id: number
  readonly operation_id: number
  readonly unit_id: number
  readonly post_id: number
  /** With the offset of the operation's own time, such as `2020-02-03T08:00:00+08:00`: its date is the span's. */
  readonly starts_at: string
  readonly ends_at: string
  /** The person's own unit, where it is another than the one they stood at. */
  readonly home_unit_id?: number
  readonly recorded_at?: Date
}

/** Duty that stands, written past the door of the product: what a test finds there when it begins. */
export async function writeSpan(
  tx: Tx,
  { recorded_at, ...span }: MadeSpan,
): Promise<{ span_id: string; entry_id: number }> {
  const span_id = randomUUID()
  const row = {
    home_unit_id: span.unit_id,
    ...span,
    span_id,
    starts_at: new Date(span.starts_at),
    ends_at: new Date(span.ends_at),
    starts_on: span.starts_at.slice(0, 10),
    said_by_user_id: 1,
  }
  const { entry_id } = await tx
    .insertInto('duty_entries')
    .values({ ...row, act: 'confirmed', said_at: row.ends_at, ...(recorded_at ? { recorded_at } : {}) })
    .returning('entry_id')
    .executeTakeFirstOrThrow()
  await tx
    .insertInto('duty_current')
    .values({ ...row, entry_id })
    .execute()
  return { span_id, entry_id }
}
