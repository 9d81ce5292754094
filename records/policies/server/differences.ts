import { type RawBuilder, sql } from 'kysely'
import type { Tx } from '#platform/db/database.ts'

/** What changed between two evaluations, person by person and entitlement by entitlement. */

const CHANGED = sql`
  (after.amount_fen, after.quantity, after.state) is distinct from (before.amount_fen, before.quantity, before.state)`

function joinedUnits(beforeId: number, afterId: number) {
  return sql`
    (select * from unit_results where evaluation_id = ${afterId}) after
    full join (select * from unit_results where evaluation_id = ${beforeId}) before
      on after.unit_id = before.unit_id and after.entitlement = before.entitlement`
}

function joined(beforeId: number, afterId: number) {
  return sql`
    (select * from entitlement_results where evaluation_id = ${afterId}) after
    full join (select * from entitlement_results where evaluation_id = ${beforeId}) before
      on after.person_id = before.person_id and after.entitlement = before.entitlement`
}

const DIFFERENCE_FEN = sql`coalesce(after.amount_fen, 0) - coalesce(before.amount_fen, 0)`
const DIFFERENCE_QUANTITY = sql`coalesce(after.quantity, 0) - coalesce(before.quantity, 0)`
/** By money where there is money, else by minutes or rights. */
const SIGN = sql`sign(case when ${DIFFERENCE_FEN} <> 0 then ${DIFFERENCE_FEN} else ${DIFFERENCE_QUANTITY} end)`

export interface Difference {
  readonly person_id: number
  readonly entitlement: string
  readonly home_unit_id: number
  readonly quantity_unit: string
  readonly state_before: string | null
  readonly state_after: string | null
  readonly quantity_before: number | null
  readonly quantity_after: number | null
  readonly amount_fen_before: number | null
  readonly amount_fen_after: number | null
  readonly difference_fen: number
  readonly difference_quantity: number
}

export interface DifferenceFilter {
  readonly entitlement?: string
  readonly direction?: 'more' | 'less'
  readonly after?: { readonly person_id: number; readonly entitlement: string }
  readonly limit: number
}

export async function listDifferenceRows(
  tx: Tx,
  beforeId: number,
  afterId: number,
  filter: DifferenceFilter,
): Promise<readonly Difference[]> {
  const person = sql`coalesce(after.person_id, before.person_id)`
  const entitlement = sql`coalesce(after.entitlement, before.entitlement)`
  const { rows } = await sql<Difference>`
    select ${person} as person_id, ${entitlement} as entitlement,
      coalesce(after.home_unit_id, before.home_unit_id) as home_unit_id,
      coalesce(after.quantity_unit, before.quantity_unit) as quantity_unit,
      before.state as state_before, after.state as state_after,
      before.quantity as quantity_before, after.quantity as quantity_after,
      before.amount_fen as amount_fen_before, after.amount_fen as amount_fen_after,
      ${DIFFERENCE_FEN} as difference_fen, ${DIFFERENCE_QUANTITY} as difference_quantity
    from ${joined(beforeId, afterId)}
    where ${CHANGED}
      and ${filter.entitlement === undefined ? sql`true` : sql`${entitlement} = ${filter.entitlement}`}
      and ${filter.direction === undefined ? sql`true` : sql`${SIGN} = ${filter.direction === 'more' ? 1 : -1}`}
      and ${
        filter.after === undefined
          ? sql`true`
          : sql`(${person}, ${entitlement}) > (${filter.after.person_id}, ${filter.after.entitlement})`
      }
    order by 1, 2
    limit ${filter.limit + 1}`.execute(tx)
  return rows
}

export interface UnitDifference extends Omit<Difference, 'person_id' | 'home_unit_id'> {
  readonly unit_id: number
  readonly unit_name: string
}

const UNIT_DIFFERENCES_MAX = 200

/** What changed in the amounts of units themselves, the largest change first. */
export async function listUnitDifferences(
  tx: Tx,
  beforeId: number,
  afterId: number,
): Promise<readonly UnitDifference[]> {
  const { rows } = await sql<UnitDifference>`
    select units.unit_id, units.name as unit_name, coalesce(after.entitlement, before.entitlement) as entitlement,
      coalesce(after.quantity_unit, before.quantity_unit) as quantity_unit,
      before.state as state_before, after.state as state_after,
      before.quantity as quantity_before, after.quantity as quantity_after,
      before.amount_fen as amount_fen_before, after.amount_fen as amount_fen_after,
      ${DIFFERENCE_FEN} as difference_fen, ${DIFFERENCE_QUANTITY} as difference_quantity
    from ${joinedUnits(beforeId, afterId)}
    join units on units.unit_id = coalesce(after.unit_id, before.unit_id)
    where ${CHANGED}
    order by abs(${DIFFERENCE_FEN}) desc, units.unit_id, 3
    limit ${UNIT_DIFFERENCES_MAX}`.execute(tx)
  return rows
}

export interface DifferenceSums {
  readonly more: { readonly people_count: number; readonly amount_fen: number }
  readonly less: { readonly people_count: number; readonly amount_fen: number }
}

export async function sumDifferences(tx: Tx, beforeId: number, afterId: number): Promise<DifferenceSums> {
  const { rows } = await sql<{ sign: number; people_count: number; amount_fen: number }>`
    select ${SIGN}::int as sign, count(distinct coalesce(after.person_id, before.person_id))::int as people_count,
      sum(${DIFFERENCE_FEN})::bigint as amount_fen
    from ${joined(beforeId, afterId)}
    where ${CHANGED}
    group by 1`.execute(tx)
  const of = (sign: number) => {
    const { people_count, amount_fen } = rows.find((row) => row.sign === sign) ?? { people_count: 0, amount_fen: 0 }
    return { people_count, amount_fen }
  }
  return { more: of(1), less: of(-1) }
}

/** What fell, per county and entitlement; of amounts of units no person is counted. */
export async function sumLess(tx: Tx, beforeId: number, afterId: number) {
  const { rows } = await sql<{
    county_unit_id: number | null
    entitlement: string
    clause: string
    people_count: number
    difference_fen: number
    difference_quantity: number
  }>`
    ${lessSql(joined(beforeId, afterId), sql`1`)}
    union all
    ${lessSql(joinedUnits(beforeId, afterId), sql`0`)}`.execute(tx)
  return rows
}

function lessSql(rows: ReturnType<typeof joined>, person: RawBuilder<unknown>) {
  return sql`
    select coalesce(after.county_unit_id, before.county_unit_id) as county_unit_id,
      coalesce(after.entitlement, before.entitlement) as entitlement,
      min(coalesce(after.clause, before.clause)) as clause,
      sum(${person})::int as people_count,
      sum(${DIFFERENCE_FEN})::bigint as difference_fen,
      sum(${DIFFERENCE_QUANTITY})::bigint as difference_quantity
    from ${rows}
    where ${CHANGED} and ${SIGN} = -1
    group by 1, 2`
}
