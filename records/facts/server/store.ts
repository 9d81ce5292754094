import { sql } from 'kysely'
import type { Tx } from '#platform/db/database.ts'
import type { StoredEntry } from '../rules.ts'

/** Of whom or of what a fact is. */
export type Subject =
  | { readonly of: 'person'; readonly id: number; readonly unit_id: number }
  | { readonly of: 'unit'; readonly id: number; readonly unit_id: number }

const ENTRY = sql`
  entry.fact_id, entry.entry_id::int as entry_id, entry.act, entry.sort, entry.name, entry.from_on, entry.to_on, entry.amount::float8 as amount,
  entry.operation_id, entry.reason, entry.said_by_user_id, user_names.display_name as said_by, entry.said_at`

/** Everything that was said of a subject, fact by fact, as far as the context may see it. */
export async function listEntries(
  tx: Tx,
  subject: Pick<Subject, 'of' | 'id'>,
  operationId: number,
  only: { readonly sorts?: readonly string[]; readonly fact_id?: string } = {},
): Promise<readonly StoredEntry[]> {
  const from =
    subject.of === 'person'
      ? sql`(select *, person_id as subject_id from person_fact_entries) entry`
      : sql`(select *, unit_id as subject_id, false as consented from unit_fact_entries) entry`
  const { rows } = await sql<StoredEntry>`
    select ${ENTRY}, entry.consented
    from ${from}
    left join user_names on user_names.user_id = entry.said_by_user_id
    where entry.subject_id = ${subject.id}
      and (entry.operation_id is null or entry.operation_id = ${operationId})
      and ${only.sorts ? sql`entry.sort = any (${[...only.sorts]}::text[])` : sql`true`}
      and ${only.fact_id ? sql`entry.fact_id = ${only.fact_id}::uuid` : sql`true`}
    order by entry.sort, entry.fact_id, entry.entry_id`.execute(tx)
  return rows.map((row) => ({ ...row, said_by: row.said_by ?? '' }))
}

export interface WaitingEntry extends StoredEntry {
  readonly person_id: number
  readonly person_name: string
}

const WAITING_MAX = 50

/** Open facts of people of a unit and of those below it whose newest entry nobody has confirmed; the oldest first. */
export async function listWaiting(tx: Tx, unitId: number, operationId: number) {
  const { rows } = await sql<WaitingEntry & { count: number }>`
    with newest as (
      select distinct on (person_id, fact_id) *
      from person_fact_entries
      where operation_id = ${operationId}
        and sort in ('event', 'use')
        and unit_id in (select unit_id from unit_ancestors where ancestor_id = ${unitId})
      order by person_id, fact_id, entry_id desc
    )
    select ${ENTRY}, entry.consented, entry.person_id, people.name as person_name, (count(*) over ())::int as count
    from newest entry
    join people on people.person_id = entry.person_id
    left join user_names on user_names.user_id = entry.said_by_user_id
    where entry.act in ('stated', 'corrected')
    order by entry.entry_id
    limit ${WAITING_MAX}`.execute(tx)
  return { rows: rows.map((row) => ({ ...row, said_by: row.said_by ?? '' })), count: rows[0]?.count ?? 0 }
}

/** Where an event of a person stands: its newest entry. */
export interface StandingEvent {
  readonly fact_id: string
  readonly person_id: number
  readonly act: StoredEntry['act']
  readonly name: string
  readonly from_on: string
  readonly amount: number
}

/** Events of some people in an operation, by their newest entry. */
export async function listEventsOf(
  tx: Tx,
  operationId: number,
  personIds: readonly number[],
): Promise<readonly StandingEvent[]> {
  const { rows } = await sql<StandingEvent>`
    select distinct on (person_id, fact_id) fact_id, person_id, act, name, from_on, amount::float8 as amount
    from person_fact_entries
    where operation_id = ${operationId}
      and sort = 'event'
      and person_id = any (${[...personIds]}::int[])
    order by person_id, fact_id, entry_id desc`.execute(tx)
  return rows
}

export interface NewEntry {
  readonly fact_id: string
  readonly act: 'stated' | 'corrected' | 'confirmed' | 'withdrawn'
  readonly operation_id: number | null
  readonly sort: string
  readonly name: string
  readonly from_on: string
  readonly to_on: string | null
  readonly amount: number
  readonly consented: boolean
  readonly reason: string
  readonly said_by_user_id: number
  readonly confirms_entry_id: number | null
  readonly stated_by_user_id: number | null
  readonly said_at: Date
}

export async function insertEntry(tx: Tx, subject: Subject, { consented, ...entry }: NewEntry): Promise<void> {
  if (subject.of === 'person') {
    const row = { ...entry, consented, person_id: subject.id, unit_id: subject.unit_id }
    await tx.insertInto('person_fact_entries').values(row).execute()
  } else {
    await tx
      .insertInto('unit_fact_entries')
      .values({ ...entry, unit_id: subject.id })
      .execute()
  }
}

/** Entries of many people at once. */
export async function insertPersonEntries(
  tx: Tx,
  entries: readonly (NewEntry & { readonly person_id: number; readonly unit_id: number })[],
): Promise<void> {
  if (entries.length > 0)
    await tx
      .insertInto('person_fact_entries')
      .values([...entries])
      .execute()
}

/** One command at a time on one fact: two who confirm or correct at once meet here. */
export async function lockFact(tx: Tx, factId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${factId}, 0))`.execute(tx)
}
