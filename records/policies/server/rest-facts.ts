import type pg from 'pg'
import type { FactBatch } from '#engines/policy/facts.ts'
import { FINDING } from '#engines/policy/facts.ts'
import { findingsAsked, type RestProgram } from '#engines/policy/rest-compile.ts'
import { dayOf } from '#engines/values/time.ts'
import type { PersonInputs } from './evaluation-facts.ts'
import { SpanColumns, type ToLocal } from './span-columns.ts'

/** What the look at rest needs beside confirmed duty: what is planned, and that a protected condition is confirmed. */

/** The same people with what they did and what they are planned for. */
export interface PlannedDuty {
  readonly batch: FactBatch
  /** By row, the last civil day up to which a plan is known for the person; −1 for none. */
  readonly until_day: Int32Array
}

export interface PlannedSpans {
  readonly spans: SpanColumns
  readonly until: ReadonlyMap<number, number>
}

/**
 * Shifts planned after `on_date`, added to `done`. A person's plan reaches as far as those of the units that planned them: whoever has no
 * shift on a day within it is off.
 */
export async function readPlanned(
  client: pg.ClientBase,
  done: SpanColumns,
  plan: {
    readonly operation_id: number
    readonly on_date: string
    readonly ahead_days: number
    readonly first: number
    readonly last: number
  },
  toLocal: ToLocal,
): Promise<PlannedSpans> {
  const { rows } = await client.query<{
    person_id: number
    post_id: number
    unit_id: number
    starts_at: Date
    ends_at: Date
  }>(
    `select person_id, post_id, unit_id, starts_at, ends_at
    from planned_shifts
    where person_id between $1 and $2
      and operation_id = $3
      and withdrawn_at is null
      and starts_on > $4::date
      and starts_on <= $4::date + $5::int`,
    [plan.first, plan.last, plan.operation_id, plan.on_date, plan.ahead_days],
  )
  const ofUnit = await readHorizons(client, plan)
  const spans = new SpanColumns()
  for (let span = 0; span < done.length; span++)
    spans.add(done.person[span] ?? 0, done.post[span] ?? 0, done.start_minute[span] ?? 0, done.end_minute[span] ?? 0)
  for (const { person_id, post_id, starts_at, ends_at } of rows) {
    const minute = (at: Date) => toLocal(Math.floor(at.getTime() / 60_000))
    spans.add(person_id, post_id, minute(starts_at), minute(ends_at))
  }
  const until = new Map<number, number>()
  for (const { person_id, unit_id } of rows)
    until.set(person_id, Math.max(until.get(person_id) ?? 0, ofUnit.get(unit_id) ?? 0))
  return { spans, until }
}

/** The last day within the days ahead for which each unit has planned anybody. */
async function readHorizons(
  client: pg.ClientBase,
  {
    operation_id,
    on_date,
    ahead_days,
  }: { readonly operation_id: number; readonly on_date: string; readonly ahead_days: number },
): Promise<ReadonlyMap<number, number>> {
  const { rows } = await client.query<{ unit_id: number; until: string }>(
    `select unit_id, max(starts_on)::text as until
    from planned_shifts
    where operation_id = $1
      and withdrawn_at is null
      and starts_on > $2::date
      and starts_on <= $2::date + $3::int
    group by unit_id`,
    [operation_id, on_date, ahead_days],
  )
  return new Map(rows.map(({ unit_id, until }) => [unit_id, dayOf(until)]))
}

/**
 * Closed facts as rules may see them: a confirmed protected condition answers every closed fact that a rule asks to be so, whichever it is;
 * nobody learns which. Asked to be not so, it stays unknown for whoever has one. Without one the answer is no.
 */
export function closedFindings(
  program: RestProgram,
  people: readonly PersonInputs[],
  isProtected: ReadonlySet<number>,
): FactBatch['findings'] {
  const askedOf = new Map<string, boolean>()
  for (const { rule } of program.rules)
    for (const { finding, positively } of findingsAsked(rule))
      askedOf.set(finding, positively && (askedOf.get(finding) ?? true))
  const answer = (personId: number, positively: boolean) =>
    isProtected.has(personId) ? (positively ? FINDING.yes : FINDING.unknown) : FINDING.no
  return new Map(
    [...askedOf].map(([finding, positively]) => [
      finding,
      Uint8Array.from(people, ({ person_id }) => answer(person_id, positively)),
    ]),
  )
}
