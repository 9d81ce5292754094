import { plainArray } from '#platform/db/plain-array.ts'
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
    [
      plainArray(requests.map(({ actor }) => actor.user_id)),
      plainArray(requests.map(({ repeatable }) => repeatable.key)),
    ],
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
  const rows = await queries.run<KnownPerson>(KNOWN_PEOPLE, [plainArray(lines.map(({ person_id }) => person_id))])
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
  const rows = await queries.run<KnownPost>(KNOWN_POSTS, [
    plainArray([...new Set(lines.map(({ post_id }) => post_id))]),
  ])
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
    plainArray(lines.map(({ person_id }) => person_id)),
    plainArray(lines.map(({ span_id }) => span_id)),
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
 * trip. The commit travels with it. Rows are sorted so that two nodes with the same keys take their locks in the same order. Columns
 * travel as arrays, a third of the bytes of objects, and each line names its unit-day by position.
 */
export async function writeConfirmations(queries: Queries, accepted: readonly AcceptedRequest[]): Promise<void> {
  const days = accepted.toSorted(
    ({ request: a }, { request: b }) =>
      a.actor.user_id - b.actor.user_id || (a.repeatable.key < b.repeatable.key ? -1 : 1),
  )
  const lines = days
    .flatMap((day, index) => day.lines.map((line) => ({ line, position: index + 1 })))
    .sort((a, b) => byPerson(a.line, b.line))
  const absences = days
    .flatMap((day, index) => day.request.absences.map((line) => ({ line, position: index + 1 })))
    .sort((a, b) => byPerson(a.line, b.line))
  const ofDays = (column: (day: AcceptedRequest) => unknown) => days.map(column)
  const ofLines = (column: (line: AcceptedRequest['lines'][number]) => string | number) =>
    plainArray(lines.map(({ line }) => column(line)))

  await queries.runLast(WRITE, [
    plainArray(days.map(({ request }) => request.actor.user_id)),
    plainArray(days.map(({ request }) => request.repeatable.key)),
    plainArray(days.map(({ request }) => request.repeatable.request_hash.toString('hex'))),
    ofDays(({ receipt }) => JSON.stringify(receipt)),
    ofDays(({ request }) => request.context.principal),
    ofDays(({ request }) => request.context.request_id ?? null),
    plainArray(days.map(({ request }) => request.operation.operation_id)),
    plainArray(days.map(({ request }) => request.body.unit_id)),
    plainArray(days.map(({ request }) => request.body.duty_date)),
    ofDays(({ request }) => request.body.said_at),
    plainArray(days.map((day) => day.lines.length)),
    plainArray(days.map(({ request }) => request.absences.length)),
    plainArray(lines.map(({ position }) => position)),
    ofLines(({ person_id }) => person_id),
    ofLines(({ span_id }) => span_id),
    ofLines(({ home_unit_id }) => home_unit_id),
    ofLines(({ post_id }) => post_id),
    ofLines(({ starts_at }) => starts_at.getTime() / 1000),
    ofLines(({ ends_at }) => ends_at.getTime() / 1000),
    ofLines(({ starts_on }) => starts_on),
    plainArray(absences.map(({ position }) => position)),
    plainArray(absences.map(({ line }) => line.person_id)),
    plainArray(absences.map(({ line }) => line.span_id)),
  ])
}

interface OfPerson {
  readonly person_id: number
  readonly span_id: string
}

const byPerson = (a: OfPerson, b: OfPerson) => a.person_id - b.person_id || (a.span_id < b.span_id ? -1 : 1)

const WRITE = {
  name: 'confirmation_write',
  text: `
    with days as materialized (
      select *
      from unnest($1::int[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int[], $8::int[], $9::date[],
        $10::timestamptz[], $11::int[], $12::int[]) with ordinality as day (
        user_id, key, request_hash, response, principal, request_id, operation_id, unit_id, duty_date,
        said_at, span_count, absent_count, position
      )
    ), lines as (
      select line.*, ($1::int[])[position] as user_id, ($2::uuid[])[position] as key, ($7::int[])[position] as operation_id,
        ($8::int[])[position] as unit_id, ($10::timestamptz[])[position] as said_at
      from unnest($13::int[], $14::int[], $15::uuid[], $16::int[], $17::int[], $18::float8[], $19::float8[], $20::date[]) as line (
        position, person_id, span_id, home_unit_id, post_id, starts_s, ends_s, starts_on
      )
    ), kept as (
      insert into idempotency_keys (user_id, key, request_hash, status, response)
      select user_id, key, decode(request_hash, 'hex'), 200, response::jsonb from days
    ), unit_days as (
      insert into duty_confirmations
        (unit_id, confirmation_id, operation_id, duty_date, said_by_user_id, said_at, span_count, absent_count)
      select unit_id, key, operation_id, duty_date, user_id, said_at, span_count, absent_count from days
    ), missed as (
      insert into duty_absences (person_id, span_id, confirmation_id, operation_id, unit_id, duty_date, said_by_user_id)
      select person_id, span_id, key, operation_id, unit_id, duty_date, user_id
      from unnest($21::int[], $22::int[], $23::uuid[]) as absence (position, person_id, span_id)
      join days using (position)
    ), entries as (
      insert into duty_entries
        (person_id, span_id, act, operation_id, unit_id, home_unit_id, post_id, starts_at, ends_at, starts_on,
         said_by_user_id, said_at, confirmation_id)
      select person_id, span_id, 'confirmed', operation_id, unit_id, home_unit_id, post_id, to_timestamp(starts_s), to_timestamp(ends_s), starts_on,
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
