import { sql } from 'kysely'
import type { CompiledProgram } from '#engines/policy/compile.ts'
import type { EarnedDays } from '#engines/policy/earned-days.ts'
import { type EvaluationColumns, QUANTITY_UNITS, type QuantityUnit, STATES } from '#engines/policy/results.ts'
import type { Tx } from '#platform/db/database.ts'
import { Reach } from './count-reach.ts'
import { moreOf, type PersonInputs, type PinnedFacts, type PostFacts, type UnitFacts } from './evaluation-facts.ts'

/** Results of people who share one program. */
export interface EvaluatedPeople {
  readonly program: CompiledProgram
  readonly people: readonly PersonInputs[]
  readonly columns: EvaluationColumns
  /** On which days leave was earned. */
  readonly earned: readonly EarnedDays[]
}

export function quantityUnitOf(gives: keyof typeof QUANTITY_UNITS): QuantityUnit {
  return QUANTITY_UNITS[gives]
}

/** Arrays travel as the text of a PostgreSQL array: of all that `pg` can send, the quickest to make and to read. */
function integers(values: ArrayLike<number>, isNull: (value: number) => boolean = () => false): string {
  const parts = new Array<string>(values.length)
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? 0
    parts[index] = isNull(value) ? 'null' : String(value)
  }
  return `{${parts.join(',')}}`
}

export async function insertInputs(
  tx: Tx,
  evaluationId: number,
  people: readonly PersonInputs[],
  units: ReadonlyMap<number, UnitFacts>,
): Promise<void> {
  const facts = people.map((person) => {
    const { employment, established, party, home_unit_id } = person
    const area = units.get(home_unit_id)?.division_code ?? null
    return JSON.stringify({ employment, established, party, area, ...moreOf(person, units) } satisfies PinnedFacts)
  })
  const ids = integers(people.map(({ person_id }) => person_id))
  const homes = integers(people.map(({ home_unit_id }) => home_unit_id))
  const counties = integers(
    people.map(({ home_unit_id }) => units.get(home_unit_id)?.county_unit_id ?? -1),
    (value) => value < 0,
  )
  await sql`
    insert into evaluation_inputs (evaluation_id, person_id, home_unit_id, county_unit_id, facts)
    select ${evaluationId}::int, person_id, home_unit_id, county_unit_id, facts
    from unnest(${ids}::int[], ${homes}::int[], ${counties}::int[], ${facts}::jsonb[])
      as input (person_id, home_unit_id, county_unit_id, facts)`.execute(tx)
}

/** Writes the results of one chunk: numbers as arrays, words by their position in short lists. */
export async function insertResults(
  tx: Tx,
  evaluationId: number,
  { program, people, columns, earned }: EvaluatedPeople,
  units: ReadonlyMap<number, UnitFacts>,
): Promise<void> {
  const { entitlements } = program
  if (people.length === 0 || entitlements.length === 0) return
  const negative = (value: number) => value < 0
  const codes = entitlements.map(({ code }) => code)
  const clauses = entitlements.map(({ clause }) => clause)
  const quantityUnits = entitlements.map(({ gives }) => QUANTITY_UNITS[gives])
  const points = program.decision_points.map(({ code }) => code)
  const homes = integers(people.map(({ home_unit_id }) => home_unit_id))
  const counties = integers(
    people.map(({ home_unit_id }) => units.get(home_unit_id)?.county_unit_id ?? -1),
    negative,
  )
  const width = entitlements.length
  const earnedCells = earned.map(({ row, entitlement }) => row * width + codes.indexOf(entitlement) + 1)
  await sql`
    insert into entitlement_results
      (evaluation_id, person_id, entitlement, home_unit_id, county_unit_id, clause, state, quantity, quantity_unit,
       amount_fen, open_days, decision_point, missing, earned_days, earned_minutes)
    select ${evaluationId}::int, person.person_id, entitlement.code, person.home_unit_id, person.county_unit_id,
      entitlement.clause, (${STATES as readonly string[]}::text[])[cell.state + 1], cell.quantity,
      entitlement.quantity_unit, cell.amount_fen, cell.open_days, (${points}::text[])[cell.point + 1],
      (${program.missing_facts}::text[])[cell.missing + 1],
      case when entitlement.quantity_unit = 'minutes' then coalesce(earned.days::smallint[], '{}') end,
      case when entitlement.quantity_unit = 'minutes' then coalesce(earned.minutes::smallint[], '{}') end
    from unnest(
      ${integers(columns.state)}::int[], ${integers(columns.quantity, negative)}::int[],
      ${integers(columns.amount_fen, Number.isNaN)}::bigint[], ${integers(columns.open_days)}::int[],
      ${integers(columns.decision_point)}::int[], ${integers(columns.missing)}::int[]
    ) with ordinality as cell (state, quantity, amount_fen, open_days, point, missing, position)
    join unnest(${codes}::text[], ${clauses}::text[], ${quantityUnits}::text[])
      with ordinality as entitlement (code, clause, quantity_unit, position)
      on entitlement.position = (cell.position - 1) % ${entitlements.length} + 1
    join unnest(${integers(people.map(({ person_id }) => person_id))}::int[], ${homes}::int[], ${counties}::int[])
      with ordinality as person (person_id, home_unit_id, county_unit_id, position)
      on person.position = (cell.position - 1) / ${entitlements.length} + 1
    left join unnest(
      ${integers(earnedCells)}::int[], ${earned.map(({ days }) => integers(days))}::text[],
      ${earned.map(({ minutes }) => integers(minutes))}::text[]
    ) as earned (position, days, minutes) on earned.position = cell.position`.execute(tx)
}

export async function insertPosts(tx: Tx, evaluationId: number, posts: readonly PostFacts[]): Promise<void> {
  await sql`
    insert into evaluation_posts (evaluation_id, post_id, kind, exposure, unit_id, unit_kind, area_code)
    select ${evaluationId}::int, *
    from unnest(
      ${posts.map(({ post_id }) => post_id)}::int[], ${posts.map(({ kind }) => kind ?? '')}::text[],
      ${posts.map(({ exposure }) => exposure)}::text[], ${posts.map(({ unit_id }) => unit_id)}::int[],
      ${posts.map(({ unit_kind }) => unit_kind ?? '')}::text[], ${posts.map(({ area_code }) => area_code)}::text[]
    )`.execute(tx)
}

/** One row of `entitlement_totals`. */
interface Total {
  readonly unit: UnitFacts
  readonly entitlement: string
  readonly clause: string
  readonly quantity_unit: QuantityUnit
  readonly state: string
  readonly decision_point: string
  readonly missing: string
  people: number
  quantity: number
  amount_fen: number | null
  open_days: number
}

/** Adds up results by unit while they pass, so that they need not be read again. */
export class Totals {
  private readonly byUnit = new Map<number, Map<number, Total>>()
  private readonly reach = new Reach()

  add(evaluated: EvaluatedPeople, units: ReadonlyMap<number, UnitFacts>): void {
    this.reach.add(evaluated, units)
    const { program, people, columns } = evaluated
    const { entitlements } = program
    for (const [row, { home_unit_id }] of people.entries()) {
      const totals = this.byUnit.get(home_unit_id) ?? new Map<number, Total>()
      this.byUnit.set(home_unit_id, totals)
      for (let position = 0; position < entitlements.length; position++) {
        const cell = row * entitlements.length + position
        const state = columns.state[cell] ?? 0
        const point = columns.decision_point[cell] ?? -1
        const missing = columns.missing[cell] ?? -1
        const key = ((position * STATES.length + state) * 32_768 + point + 1) * 32_768 + missing + 1
        let total = totals.get(key)
        if (!total) {
          total = newTotal(program, position, units.get(home_unit_id), home_unit_id, { state, point, missing })
          totals.set(key, total)
        }
        const amount = columns.amount_fen[cell] ?? Number.NaN
        total.people += 1
        total.quantity += Math.max(0, columns.quantity[cell] ?? 0)
        total.open_days += columns.open_days[cell] ?? 0
        if (!Number.isNaN(amount)) total.amount_fen = (total.amount_fen ?? 0) + amount
      }
    }
  }

  async insert(tx: Tx, evaluationId: number): Promise<void> {
    const rows = [...this.byUnit.values()].flatMap((totals) => [...totals.values()])
    for (let first = 0; first < rows.length; first += 2_000) {
      await tx
        .insertInto('entitlement_totals')
        .values(
          rows.slice(first, first + 2_000).map(({ unit, people, ...row }) => ({
            ...row,
            evaluation_id: evaluationId,
            home_unit_id: unit.unit_id,
            county_unit_id: unit.county_unit_id,
            people_count: people,
          })),
        )
        .execute()
    }
    await this.reach.insert(tx, evaluationId)
  }

  /** What waits, for the worklist: decision points by county, missing facts by unit. */
  *waiting(): Generator<Total> {
    for (const totals of this.byUnit.values()) {
      for (const total of totals.values()) {
        if (total.state === 'needs_decision' || total.state === 'missing_fact') yield total
      }
    }
  }
}

export type WaitingTotal = Total

function newTotal(
  program: CompiledProgram,
  position: number,
  unit: UnitFacts | undefined,
  unitId: number,
  cell: { readonly state: number; readonly point: number; readonly missing: number },
): Total {
  const entitlement = program.entitlements[position]
  const state = STATES[cell.state]
  if (!entitlement || !state) throw new RangeError('a result without its entitlement')
  return {
    unit: unit ?? {
      ...{ unit_id: unitId, parent_id: null, is_part: false },
      ...{ kind: null, county_unit_id: null, division_code: null },
    },
    entitlement: entitlement.code,
    clause: entitlement.clause,
    quantity_unit: QUANTITY_UNITS[entitlement.gives],
    state,
    decision_point: program.decision_points[cell.point]?.code ?? '',
    missing: program.missing_facts[cell.missing] ?? '',
    people: 0,
    quantity: 0,
    amount_fen: null,
    open_days: 0,
  }
}
