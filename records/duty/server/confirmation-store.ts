import type { Queries } from '#platform/db/prepared.ts'
import { ConfirmationReceipt } from '../contract.ts'
import type { Entry, StatedSpan } from '../rules.ts'
import type { AcceptedRequest, PreparedRequest } from './confirmations.ts'

export interface KnownPerson {
  readonly person_id: number
  readonly home_unit_id: number
  readonly seconded_unit_id: number | null
}

export interface KnownPost {
  readonly post_id: number
  readonly unit_id: number
  readonly operation_id: number
  readonly closed_on: string | null
}

export type SpanEntry = Entry

export interface OverlappingSpan extends StatedSpan {
  readonly unit_id: number
  readonly unit_name: string
  readonly post_name: string
}

interface KeptAnswer {
  readonly request_hash: Buffer
  readonly response: ConfirmationReceipt
}

const KEPT_ANSWERS = {
  name: 'confirmation_kept_answers',
  text: `
    select kept.user_id, kept.key, kept.request_hash, kept.response
    from unnest($1::int[], $2::uuid[]) as asked (user_id, key)
    join idempotency_keys kept using (user_id, key)`,
}

/** Answers given before under the keys of these requests, by `user key`. */
export async function findKeptAnswers(
  queries: Queries,
  requests: readonly PreparedRequest[],
): Promise<ReadonlyMap<string, KeptAnswer>> {
  const rows = await queries.run<{ user_id: number; key: string; request_hash: Buffer; response: unknown }>(
    KEPT_ANSWERS,
    [requests.map(({ actor }) => actor.user_id), requests.map(({ repeatable }) => repeatable.key)],
  )
  return new Map(
    rows.map(({ user_id, key, request_hash, response }) => [
      `${user_id} ${key}`,
      { request_hash, response: ConfirmationReceipt.parse(response) },
    ]),
  )
}

const KNOWN_PEOPLE = {
  name: 'confirmation_people',
  text: 'select person_id, home_unit_id, seconded_unit_id from people where person_id = any ($1::int[])',
}

export async function listKnownPeople(
  queries: Queries,
  lines: readonly { readonly person_id: number }[],
): Promise<ReadonlyMap<number, KnownPerson>> {
  const rows = await queries.run<KnownPerson>(KNOWN_PEOPLE, [lines.map(({ person_id }) => person_id)])
  return new Map(rows.map((row) => [row.person_id, row]))
}

const KNOWN_POSTS = {
  name: 'confirmation_posts',
  text: 'select post_id, unit_id, operation_id, closed_on from posts where post_id = any ($1::int[])',
}

export async function listKnownPosts(
  queries: Queries,
  lines: readonly StatedSpan[],
): Promise<ReadonlyMap<number, KnownPost>> {
  const rows = await queries.run<KnownPost>(KNOWN_POSTS, [[...new Set(lines.map(({ post_id }) => post_id))]])
  return new Map(rows.map((row) => [row.post_id, row]))
}

const ENTRIES_OF_SPANS = {
  name: 'confirmation_entries',
  text: `
    select person_id, span_id, entry_id, act, post_id, starts_at, ends_at, starts_on
    from unnest($1::int[], $2::uuid[]) as asked (person_id, span_id)
    join duty_entries using (person_id, span_id)`,
}

/** What was said before under the same span ids, by `person span`. */
export async function listEntriesOfSpans(
  queries: Queries,
  lines: readonly StatedSpan[],
): Promise<ReadonlyMap<string, SpanEntry[]>> {
  const rows = await queries.run<SpanEntry>(ENTRIES_OF_SPANS, [
    lines.map(({ person_id }) => person_id),
    lines.map(({ span_id }) => span_id),
  ])
  return Map.groupBy(rows, ({ person_id, span_id }) => `${person_id} ${span_id}`)
}

const OVERLAPS = {
  name: 'confirmation_overlaps',
  text: `
    select asked.span_id as asked_span_id, standing.span_id, standing.person_id, standing.post_id, standing.unit_id,
      standing.starts_at, standing.ends_at, standing.starts_on, units.name as unit_name, posts.name as post_name
    from unnest($1::uuid[], $2::int[], $3::timestamptz[], $4::timestamptz[]) as asked (span_id, person_id, starts_at, ends_at)
    join duty_current standing
      on standing.person_id = asked.person_id
      and tstzrange(standing.starts_at, standing.ends_at) && tstzrange(asked.starts_at, asked.ends_at)
      and standing.span_id <> asked.span_id
    join units on units.unit_id = standing.unit_id
    join posts on posts.post_id = standing.post_id`,
}

/** Spans that stand and overlap the lines, by the line's span id. */
export async function listOverlaps(
  queries: Queries,
  lines: readonly StatedSpan[],
): Promise<ReadonlyMap<string, OverlappingSpan[]>> {
  const rows = await queries.run<OverlappingSpan & { asked_span_id: string }>(OVERLAPS, [
    lines.map(({ span_id }) => span_id),
    lines.map(({ person_id }) => person_id),
    lines.map(({ starts_at }) => starts_at.toISOString()),
    lines.map(({ ends_at }) => ends_at.toISOString()),
  ])
  return Map.groupBy(rows, ({ asked_span_id }) => asked_span_id)
}

/**
 * Writes the entries, the spans that stand, the unit-days, the audit rows and the kept answers of a group: one statement, one round
 * trip. The commit travels with it. Rows are sorted so that two nodes with the same keys take their locks in the same order.
 */
export async function writeConfirmations(queries: Queries, accepted: readonly AcceptedRequest[]): Promise<void> {
  const days = accepted
    .map(({ request, receipt, lines }) => ({
      user_id: request.actor.user_id,
      key: request.repeatable.key,
      request_hash: request.repeatable.request_hash.toString('hex'),
      response: receipt,
      principal: request.context.principal,
      request_id: request.context.request_id ?? null,
      operation_id: request.operation.operation_id,
      unit_id: request.body.unit_id,
      duty_date: request.body.duty_date,
      said_at: request.body.said_at,
      span_count: lines.length,
      absent_count: request.absences.length,
    }))
    .sort((a, b) => a.user_id - b.user_id || (a.key < b.key ? -1 : 1))
  const spans = accepted
    .flatMap(({ request, lines }) =>
      lines.map((line) => ({
        person_id: line.person_id,
        span_id: line.span_id,
        home_unit_id: line.home_unit_id,
        post_id: line.post_id,
        starts_at: line.starts_at.toISOString(),
        ends_at: line.ends_at.toISOString(),
        starts_on: line.starts_on,
        key: request.repeatable.key,
        user_id: request.actor.user_id,
      })),
    )
    .sort((a, b) => a.person_id - b.person_id || (a.span_id < b.span_id ? -1 : 1))
  const absences = accepted
    .flatMap(({ request }) =>
      request.absences.map((absence) => ({ ...absence, key: request.repeatable.key, user_id: request.actor.user_id })),
    )
    .sort((a, b) => a.person_id - b.person_id || (a.span_id < b.span_id ? -1 : 1))

  await queries.runLast(WRITE, [JSON.stringify(days), JSON.stringify(spans), JSON.stringify(absences)])
}

const WRITE = {
  name: 'confirmation_write',
  text: `
    with days as materialized (
      select *
      from jsonb_to_recordset($1::jsonb) as day (
        user_id int, key uuid, request_hash text, response jsonb, principal text, request_id text, operation_id int,
        unit_id int, duty_date date, said_at timestamptz, span_count int, absent_count int
      )
    ), lines as materialized (
      select line.*, days.operation_id, days.unit_id, days.said_at
      from jsonb_to_recordset($2::jsonb) as line (
        person_id int, span_id uuid, home_unit_id int, post_id int, starts_at timestamptz, ends_at timestamptz,
        starts_on date, key uuid, user_id int
      )
      join days using (user_id, key)
    ), kept as (
      insert into idempotency_keys (user_id, key, request_hash, status, response)
      select user_id, key, decode(request_hash, 'hex'), 200, response from days
    ), unit_days as (
      insert into duty_confirmations
        (unit_id, confirmation_id, operation_id, duty_date, said_by_user_id, said_at, span_count, absent_count)
      select unit_id, key, operation_id, duty_date, user_id, said_at, span_count, absent_count from days
    ), missed as (
      insert into duty_absences (person_id, span_id, confirmation_id, operation_id, unit_id, duty_date, said_by_user_id)
      select person_id, span_id, key, operation_id, unit_id, duty_date, user_id
      from jsonb_to_recordset($3::jsonb) as absence (
        person_id int, span_id uuid, key uuid, user_id int
      )
      join days using (user_id, key)
    ), entries as (
      insert into duty_entries
        (person_id, span_id, act, operation_id, unit_id, home_unit_id, post_id, starts_at, ends_at, starts_on,
         said_by_user_id, said_at, confirmation_id)
      select person_id, span_id, 'confirmed', operation_id, unit_id, home_unit_id, post_id, starts_at, ends_at, starts_on,
        user_id, said_at, key
      from lines
      returning person_id, span_id, entry_id, operation_id, unit_id, home_unit_id, post_id, starts_at, ends_at, starts_on,
        said_by_user_id
    ), standing as (
      insert into duty_current
        (person_id, span_id, entry_id, operation_id, unit_id, home_unit_id, post_id, starts_at, ends_at, starts_on,
         said_by_user_id)
      select person_id, span_id, entry_id, operation_id, unit_id, home_unit_id, post_id, starts_at, ends_at, starts_on,
        said_by_user_id
      from entries
    )
    insert into audit_rows (user_id, principal, action, subject_kind, subject_id, unit_id, operation_id, request_id, facts)
    select user_id, principal, 'duty.confirm', 'unit_day', unit_id || '/' || duty_date, unit_id, operation_id, request_id,
      jsonb_build_object('span_count', span_count, 'absent_count', absent_count, 'confirmation_id', key)
    from days`,
}
