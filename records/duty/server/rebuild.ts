import { sql } from 'kysely'
import type { Tx } from '#platform/db/database.ts'

/** A span that stands, as `duty_current` holds it. */
export interface StandingSpan {
  readonly person_id: number
  readonly span_id: string
  readonly entry_id: number
  readonly operation_id: number
  readonly unit_id: number
  readonly home_unit_id: number
  readonly post_id: number
  readonly starts_at: Date
  readonly ends_at: Date
  readonly starts_on: string
  readonly said_by_user_id: number
}

/**
 * The spans of some people that stand according to the entries alone: of each span the latest entry, unless it withdraws it. With
 * `snapshot` (the text of a `pg_snapshot`), as they stood for a transaction that took this snapshot; that is how an evaluation's
 * inputs are found again; with `recordedIn` (the text of a `tstzmultirange`) only entries recorded at these times count.
 *
 * Without a snapshot the answer must equal `duty_current`, row by row; a test and `tongpao audit verify` hold that.
 */
export async function standingFromEntries(
  tx: Tx,
  personIds: readonly number[],
  snapshot?: string,
  recordedIn?: string | null,
): Promise<StandingSpan[]> {
  const visible =
    snapshot === undefined ? sql`true` : sql`pg_visible_in_snapshot(recorded_in, ${snapshot}::pg_snapshot)`
  const known = recordedIn ? sql`recorded_at <@ ${recordedIn}::tstzmultirange` : sql`true`
  const { rows } = await sql<StandingSpan>`
    select person_id, span_id, entry_id, operation_id, unit_id, home_unit_id, post_id, starts_at, ends_at, starts_on,
      said_by_user_id
    from (
      select distinct on (person_id, span_id) *
      from duty_entries
      where person_id = any (${[...personIds]}::int[]) and ${visible} and ${known}
      order by person_id, span_id, entry_id desc
    ) latest
    where act <> 'withdrawn'
    order by person_id, starts_at`.execute(tx)
  return rows
}

/** How many rows `duty_current` and the entries disagree on; 0 in a sound database. */
export async function countDisagreements(tx: Tx): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with rebuilt as (
      select person_id, span_id, entry_id, operation_id, unit_id, home_unit_id, post_id, starts_at, ends_at, starts_on,
        said_by_user_id
      from (
        select distinct on (person_id, span_id) *
        from duty_entries
        order by person_id, span_id, entry_id desc
      ) latest
      where act <> 'withdrawn'
    )
    select (
      (select count(*) from (select * from rebuilt except select * from duty_current) missing)
      + (select count(*) from (select * from duty_current except select * from rebuilt) surplus)
    )::int as count`.execute(tx)
  return rows[0].count
}
