import type pg from 'pg'
import type { FactSort } from '../contract.ts'

/** Answers about facts that other rooms need: what counts, as of a day and as known at a time. */

export { factRef } from '../rules.ts'
export type { AskedFor, PackNames } from './service.ts'

/** A fact that counts, as it was confirmed. */
export interface CountingFact {
  /** The person or the unit. */
  readonly subject_id: number
  readonly fact_id: string
  readonly sort: FactSort
  readonly name: string
  readonly from_on: string
  readonly to_on: string | null
  readonly amount: number
}

export interface FactQuery {
  readonly operation_id: number
  readonly on_date: string
  /** Text of a `tstzmultirange`: only entries recorded at these times are known. */
  readonly recorded_in?: string | null | undefined
  /** Text of a `pg_snapshot`: only entries that were visible in it. */
  readonly snapshot?: string | undefined
}

/** Runs SQL with `$n` parameters and gives its rows: a connection that was handed in, or a transaction. */
export type RunSql = <Row extends pg.QueryResultRow>(text: string, values: unknown[]) => Promise<readonly Row[]>

/** Of each fact what was confirmed last, unless it was withdrawn since; what has a period must hold on the day. */
function countingSql(
  table: 'person_fact_entries' | 'unit_fact_entries',
  subject: 'person_id' | 'unit_id',
  which: string,
) {
  return `
    select ${subject} as subject_id, fact_id, sort, name, from_on, to_on, amount::float8 as amount
    from (
      select distinct on (${subject}, fact_id) *
      from ${table}
      where ${which}
        and act in ('confirmed', 'withdrawn')
        and ($3::tstzmultirange is null or recorded_at <@ $3::tstzmultirange)
        and ($4::pg_snapshot is null or pg_visible_in_snapshot(recorded_in, $4::pg_snapshot))
      order by ${subject}, fact_id, entry_id desc
    ) latest
    where act = 'confirmed'
      and (operation_id is null or operation_id = $1)
      and from_on <= $2::date
      and (to_on is null or to_on >= $2::date or sort in ('event', 'use', 'children'))
    order by ${subject}, from_on, fact_id`
}

const OF_PEOPLE = countingSql('person_fact_entries', 'person_id', 'person_id between $5 and $6')
const OF_SOME = countingSql('person_fact_entries', 'person_id', 'person_id = any ($5::int[])')
const OF_UNITS = countingSql('unit_fact_entries', 'unit_id', 'true')

function valuesOf({ operation_id, on_date, recorded_in, snapshot }: FactQuery): unknown[] {
  return [operation_id, on_date, recorded_in ?? null, snapshot ?? null]
}

/** Facts of the people of an id range, or of some people, that count. Closed ones are given only to a job of the house. */
export function listCountingFacts(
  run: RunSql,
  people: { readonly first: number; readonly last: number } | { readonly ids: readonly number[] },
  query: FactQuery,
): Promise<readonly CountingFact[]> {
  if ('ids' in people) return run(OF_SOME, [...valuesOf(query), [...people.ids]])
  return run(OF_PEOPLE, [...valuesOf(query), people.first, people.last])
}

/** Facts of units that count, registers among them. */
export function listCountingUnitFacts(run: RunSql, query: FactQuery): Promise<readonly CountingFact[]> {
  return run(OF_UNITS, valuesOf(query))
}
