import type { Tx } from '#platform/db/database.ts'
import { type Queries, queriesOf } from '#platform/db/prepared.ts'

/** Answers that other rooms need about the tree. */

export interface Reach {
  readonly units: ReadonlySet<number>
  readonly everywhere: boolean
}

const UNITS_BELOW = {
  name: 'units_below',
  text: `
    select unit_id, parent_id is null as is_root,
      case when parent_id is not null then (
        select array_agg(link.unit_id) from unit_ancestors link where link.ancestor_id = units.unit_id
      ) end as below
    from units
    where unit_id = any ($1::int[])`,
}

/** The units at or below each of some units; `everywhere` for a root. Feeds the scope of role assignments. */
export async function listUnitsBelow(
  queries: Queries,
  unitIds: readonly number[],
): Promise<ReadonlyMap<number, Reach>> {
  const rows = await queries.run<{ unit_id: number; is_root: boolean; below: number[] | null }>(UNITS_BELOW, [unitIds])
  return new Map(rows.map(({ unit_id, is_root, below }) => [unit_id, { units: new Set(below), everywhere: is_root }]))
}

/** The same for one unit. */
export async function findUnitsBelow(tx: Tx, unitId: number): Promise<Reach> {
  return (await listUnitsBelow(queriesOf(tx), [unitId])).get(unitId) ?? { units: new Set(), everywhere: false }
}

export interface NamedUnit {
  readonly unit_id: number
  readonly name: string
}

/** Units at or below one that are not closed, the nearest first. */
export function listOpenUnitsBelow(tx: Tx, unitId: number): Promise<NamedUnit[]> {
  return tx
    .selectFrom('unit_ancestors')
    .innerJoin('units', 'units.unit_id', 'unit_ancestors.unit_id')
    .select(['units.unit_id', 'units.name'])
    .where('unit_ancestors.ancestor_id', '=', unitId)
    .where('units.closed_on', 'is', null)
    .orderBy('unit_ancestors.distance')
    .orderBy('units.unit_id')
    .execute()
}

/** The root of the tree; undefined in a house where nothing was planted yet. */
export async function findRootUnit(tx: Tx): Promise<number | undefined> {
  const row = await tx
    .selectFrom('units')
    .select('unit_id')
    .where('parent_id', 'is', null)
    .orderBy('unit_id')
    .limit(1)
    .executeTakeFirst()
  return row?.unit_id
}

export async function unitExists(tx: Tx, unitId: number): Promise<boolean> {
  return (await tx.selectFrom('units').select('unit_id').where('unit_id', '=', unitId).executeTakeFirst()) !== undefined
}

export async function findUnitName(tx: Tx, unitId: number): Promise<string | undefined> {
  const row = await tx.selectFrom('units').select('name').where('unit_id', '=', unitId).executeTakeFirst()
  return row?.name
}

export async function listUnitNames(tx: Tx, unitIds: readonly number[]): Promise<ReadonlyMap<number, string>> {
  if (unitIds.length === 0) return new Map()
  const rows = await tx
    .selectFrom('units')
    .select(['unit_id', 'name'])
    .where('unit_id', 'in', [...new Set(unitIds)])
    .execute()
  return new Map(rows.map(({ unit_id, name }) => [unit_id, name]))
}

/** The county-level area that a unit belongs to, itself included; undefined above the counties. */
export async function findCounty(tx: Tx, unitId: number): Promise<{ unit_id: number; name: string } | undefined> {
  return tx
    .selectFrom('unit_ancestors')
    .innerJoin('units', 'units.unit_id', 'unit_ancestors.ancestor_id')
    .select(['units.unit_id', 'units.name'])
    .where('unit_ancestors.unit_id', '=', unitId)
    .where('units.kind', '=', 'county')
    .executeTakeFirst()
}

export interface UnitPlace {
  readonly unit_id: number
  readonly kind: string
  readonly name: string
  readonly county_unit_id: number | undefined
  /** The nearest division code at or above the unit. */
  readonly division_code: string | undefined
}

/** Kind, county and nearest division code of every unit: a few thousand rows, read once by long computations. */
export async function listUnitPlaces(tx: Tx): Promise<ReadonlyMap<number, UnitPlace>> {
  const rows = await tx.selectFrom('units').select(['unit_id', 'parent_id', 'kind', 'name', 'division_code']).execute()
  const byId = new Map(rows.map((row) => [row.unit_id, row]))
  const places = new Map<number, UnitPlace>()
  for (const { unit_id, kind, name } of rows) {
    let county_unit_id: number | undefined
    let division_code: string | undefined
    for (let unit = byId.get(unit_id); unit; unit = unit.parent_id === null ? undefined : byId.get(unit.parent_id)) {
      division_code ??= unit.division_code ?? undefined
      if (unit.kind === 'county') county_unit_id ??= unit.unit_id
    }
    places.set(unit_id, { unit_id, kind, name, county_unit_id, division_code })
  }
  return places
}
