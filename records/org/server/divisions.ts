import { readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import { z } from 'zod'
import type { UnitKind } from '#engines/policy/vocabulary.ts'
import type { Tx } from '#platform/db/database.ts'

const Divisions = z.array(z.tuple([z.string().regex(/^\d{4,12}$/), z.string().min(1)]))

/** The divisions have stood since before any operation that the product knows. */
const OPENED_ON = '2000-01-01'
/** Length of a division's code by level: city, county, township, village. */
const PARENT_LENGTHS: Readonly<Record<number, number>> = { 6: 4, 9: 6, 12: 9 }

/** What kind of division a code and a name stand for. */
export function kindOfDivision(code: string, name: string): UnitKind {
  if (code.length === 4) return 'city'
  if (code.length === 6) return 'county'
  if (code.length === 9) return name.endsWith('街道') ? 'subdistrict' : 'township'
  return /(社区|居委会|居民区)/.test(name) ? 'community' : 'village'
}

/** Reads the divisions of a city, as `tools/extract-divisions.ts` wrote them. */
export async function readDivisions(cityCode: string): Promise<readonly (readonly [code: string, name: string])[]> {
  const text = await readFile(new URL(`../divisions/${cityCode}.json`, import.meta.url), 'utf8')
  return Divisions.parse(JSON.parse(text))
}

/** Plants the administrative tree of a city into an empty database; answers with the unit of each code. */
export async function plantDivisions(tx: Tx, cityCode: string): Promise<ReadonlyMap<string, number>> {
  const divisions = await readDivisions(cityCode)
  const ids = new Map(divisions.map(([code], index) => [code, index + 1]))
  const rows = divisions.map(([code, name]) => ({
    unit_id: ids.get(code),
    parent_id: ids.get(code.slice(0, PARENT_LENGTHS[code.length] ?? 0)) ?? null,
    kind: kindOfDivision(code, name),
    name,
    division_code: code,
    opened_on: OPENED_ON,
  }))
  await sql`
    insert into units (unit_id, parent_id, kind, name, division_code, opened_on)
    select unit_id, parent_id, kind, name, division_code, opened_on
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as division (
      unit_id int, parent_id int, kind text, name text, division_code text, opened_on date
    )`.execute(tx)
  await sql`select setval(pg_get_serial_sequence('units', 'unit_id'), ${ids.size})`.execute(tx)
  await linkAllAncestors(tx)
  return ids
}

/** Fills `unit_ancestors` for units that were planted in bulk. */
export async function linkAllAncestors(tx: Tx): Promise<void> {
  await sql`
    insert into unit_ancestors (ancestor_id, unit_id, distance)
    with recursive above (ancestor_id, unit_id, distance) as (
      select unit_id, unit_id, 0 from units
      union all
      select units.parent_id, above.unit_id, above.distance + 1
      from above
      join units on units.unit_id = above.ancestor_id
      where units.parent_id is not null
    )
    select ancestor_id, unit_id, distance from above
    on conflict do nothing`.execute(tx)
}
