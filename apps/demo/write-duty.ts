import { sql } from 'kysely'
import { instantOf } from '#platform/calendar/zone.ts'
import type { Tx } from '#platform/db/database.ts'
import type { UnitAccounts } from './accounts.ts'
import type { DemoHistory } from './history.ts'
import type { Write } from './write-records.ts'

const ZONE = 'Asia/Shanghai'
const BATCH = 10_000

const instant = (minute: number) => instantOf(ZONE, minute).toISOString()

async function inBatches<Row>(
  write: Write,
  rows: readonly Row[],
  insert: (tx: Tx, batch: string) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < rows.length; from += BATCH) {
    const batch = JSON.stringify(rows.slice(from, from + BATCH))
    await write((tx) => insert(tx, batch))
  }
}

async function writePlanned(write: Write, operationId: number, { planned }: DemoHistory): Promise<void> {
  const rows = planned.map(({ start_minute, end_minute, ...row }) => ({
    ...row,
    starts_at: instant(start_minute),
    ends_at: instant(end_minute),
  }))
  await inBatches(write, rows, (tx, batch) =>
    sql`
      insert into planned_shifts (person_id, shift_id, operation_id, unit_id, post_id, starts_at, ends_at, starts_on)
      select person_id, shift_id, ${operationId}::int, unit_id, post_id, starts_at, ends_at, starts_on
      from jsonb_to_recordset(${batch}::jsonb) as shift (
        person_id int, shift_id uuid, unit_id int, post_id int, starts_at timestamptz, ends_at timestamptz, starts_on date
      )`.execute(tx),
  )
}

async function writeEntries(
  write: Write,
  operationId: number,
  { entries }: DemoHistory,
  saidBy: SaidBy,
): Promise<void> {
  const rows = entries.map(({ start_minute, end_minute, said_minute, said_by_rank, ...row }) => ({
    ...row,
    starts_at: instant(start_minute),
    ends_at: instant(end_minute),
    said_at: instant(said_minute),
    said_by_user_id: saidBy(row.unit_id, said_by_rank),
  }))
  await inBatches(write, rows, (tx, batch) =>
    sql`
      insert into duty_entries (
        person_id, span_id, act, operation_id, unit_id, home_unit_id, post_id, starts_at, ends_at, starts_on,
        said_by_user_id, said_at, recorded_at, confirmation_id, reason
      )
      select person_id, shift_id, act, ${operationId}::int, unit_id, home_unit_id, post_id, starts_at, ends_at, starts_on,
        said_by_user_id, said_at, said_at, confirmation_id, reason
      from jsonb_to_recordset(${batch}::jsonb) as entry (
        person_id int, shift_id uuid, act text, unit_id int, home_unit_id int, post_id int, starts_at timestamptz,
        ends_at timestamptz, starts_on date, said_by_user_id int, said_at timestamptz, confirmation_id uuid, reason text
      )`.execute(tx),
  )
  await write((tx) =>
    sql`
      insert into duty_current (
        person_id, span_id, entry_id, operation_id, unit_id, home_unit_id, post_id, starts_at, ends_at, starts_on,
        said_by_user_id
      )
      select person_id, span_id, entry_id, operation_id, unit_id, home_unit_id, post_id, starts_at, ends_at, starts_on,
        said_by_user_id
      from (
        select distinct on (person_id, span_id) * from duty_entries order by person_id, span_id, entry_id desc
      ) latest
      where act <> 'withdrawn'`.execute(tx),
  )
}

async function writeConfirmations(
  write: Write,
  operationId: number,
  { confirmations }: DemoHistory,
  saidBy: SaidBy,
): Promise<void> {
  const rows = confirmations.map(({ said_minute, said_by_rank, ...row }) => ({
    ...row,
    said_at: instant(said_minute),
    said_by_user_id: saidBy(row.unit_id, said_by_rank),
  }))
  await inBatches(write, rows, (tx, batch) =>
    sql`
      with day as (
        select *
        from jsonb_to_recordset(${batch}::jsonb) as day (
          confirmation_id uuid, unit_id int, duty_date date, said_by_user_id int, said_at timestamptz, span_count int,
          absent_count int
        )
      ), unit_days as (
        insert into duty_confirmations (
          unit_id, confirmation_id, operation_id, duty_date, said_by_user_id, said_at, recorded_at, span_count, absent_count
        )
        select unit_id, confirmation_id, ${operationId}::int, duty_date, said_by_user_id, said_at, said_at, span_count, absent_count
        from day
      )
      insert into audit_rows (user_id, principal, action, subject_kind, subject_id, unit_id, operation_id, facts)
      select said_by_user_id, 'user:' || said_by_user_id, 'duty.confirm', 'unit_day', unit_id || '/' || duty_date, unit_id,
        ${operationId}::int,
        jsonb_build_object('span_count', span_count, 'absent_count', absent_count, 'confirmation_id', confirmation_id)
      from day`.execute(tx),
  )
}

async function writeObjections(
  write: Write,
  operationId: number,
  { objections }: DemoHistory,
  saidBy: SaidBy,
): Promise<void> {
  const rows = objections.map(({ raised_minute, answer, ...row }) => ({
    ...row,
    raised_at: instant(raised_minute),
    outcome: answer?.outcome ?? null,
    reason: answer?.reason ?? null,
    answered_at: answer ? instant(raised_minute + 600) : null,
    answered_by_user_id: saidBy(row.unit_id, 1),
  }))
  await inBatches(write, rows, (tx, batch) =>
    sql`
      with objection as (
        select *
        from jsonb_to_recordset(${batch}::jsonb) as objection (
          person_id int, objection_id uuid, span_id uuid, unit_id int, duty_date date, words text, raised_at timestamptz,
          outcome text, reason text, answered_at timestamptz, answered_by_user_id int
        )
      ), raised as (
        insert into duty_objections (person_id, objection_id, span_id, operation_id, unit_id, duty_date, words, raised_at)
        select person_id, objection_id, span_id, ${operationId}::int, unit_id, duty_date, words, raised_at from objection
        returning person_id, objection_id
      ), answered as (
        insert into duty_objection_answers (person_id, objection_id, unit_id, outcome, reason, answered_by_user_id, answered_at)
        select person_id, objection_id, unit_id, outcome, reason, answered_by_user_id, answered_at
        from objection
        join raised using (person_id, objection_id)
        where outcome is not null
      )
      insert into worklist_items (operation_id, unit_id, role, kind, subject_kind, subject_id, facts, raised_at)
      select ${operationId}::int, unit_id, 'unit_manager', 'duty.objection', 'objection', person_id || '/' || objection_id,
        jsonb_build_object('person_id', person_id, 'duty_date', duty_date, 'span_id', span_id), raised_at
      from objection
      where outcome is null`.execute(tx),
  )
}

async function writeAbsences(
  write: Write,
  operationId: number,
  { absences }: DemoHistory,
  saidBy: SaidBy,
): Promise<void> {
  const rows = absences.map(({ said_by_rank, ...row }) => ({
    ...row,
    said_by_user_id: saidBy(row.unit_id, said_by_rank),
  }))
  await inBatches(write, rows, (tx, batch) =>
    sql`
      insert into duty_absences (person_id, span_id, confirmation_id, operation_id, unit_id, duty_date, said_by_user_id)
      select person_id, span_id, confirmation_id, ${operationId}::int, unit_id, duty_date, said_by_user_id
      from jsonb_to_recordset(${batch}::jsonb) as absence (
        person_id int, span_id uuid, confirmation_id uuid, unit_id int, duty_date date, said_by_user_id int
      )`.execute(tx),
  )
}

type SaidBy = (unitId: number, rank: 0 | 1) => number

export async function writeDuty(
  write: Write,
  operationId: number,
  history: DemoHistory,
  accounts: UnitAccounts,
): Promise<void> {
  const saidBy: SaidBy = (unitId, rank) => accounts.get(unitId)?.[rank] ?? 0
  await writePlanned(write, operationId, history)
  await writeEntries(write, operationId, history, saidBy)
  await writeConfirmations(write, operationId, history, saidBy)
  await writeAbsences(write, operationId, history, saidBy)
  await writeObjections(write, operationId, history, saidBy)
}
