import { sql } from 'kysely'
import type { Tx } from '#platform/db/database.ts'

export const UNIT_COLUMNS = [
  'unit_id',
  'parent_id',
  'kind',
  'name',
  'division_code',
  'opened_on',
  'closed_on',
  'made_up',
] as const

export function findUnit(tx: Tx, unitId: number) {
  return tx.selectFrom('units').select(UNIT_COLUMNS).where('unit_id', '=', unitId).executeTakeFirst()
}

export type UnitRow = NonNullable<Awaited<ReturnType<typeof findUnit>>>

/** From the root down to the unit itself. */
export function listPath(tx: Tx, unitId: number) {
  return tx
    .selectFrom('unit_ancestors')
    .innerJoin('units', 'units.unit_id', 'unit_ancestors.ancestor_id')
    .select(['units.unit_id', 'units.name', 'units.kind'])
    .where('unit_ancestors.unit_id', '=', unitId)
    .orderBy('unit_ancestors.distance', 'desc')
    .execute()
}

export interface UnitFilter {
  readonly parent_id?: number
  readonly name_contains?: string
  readonly kind?: string
  readonly after?: number
  readonly limit: number
}

/** Direct children of a unit (the root without `parent_id`), or units anywhere whose name contains a text. */
export function listUnits(tx: Tx, filter: UnitFilter) {
  let query = tx
    .selectFrom('units')
    .select(UNIT_COLUMNS)
    .orderBy('unit_id')
    .limit(filter.limit + 1)
  if (filter.name_contains) query = query.where('name', 'like', `%${filter.name_contains.replace(/[\\%_]/g, '\\$&')}%`)
  else if (filter.parent_id !== undefined) query = query.where('parent_id', '=', filter.parent_id)
  else query = query.where('parent_id', 'is', null)
  if (filter.kind) query = query.where('kind', '=', filter.kind)
  if (filter.after !== undefined) query = query.where('unit_id', '>', filter.after)
  return query.execute()
}

export async function countChildren(tx: Tx, unitIds: readonly number[]): Promise<ReadonlyMap<number, number>> {
  if (unitIds.length === 0) return new Map()
  const rows = await tx
    .selectFrom('units')
    .select(['parent_id', sql<number>`count(*)::int`.as('count')])
    .where('parent_id', 'in', [...unitIds])
    .where('closed_on', 'is', null)
    .groupBy('parent_id')
    .execute()
  return new Map(rows.map(({ parent_id, count }) => [parent_id ?? 0, count]))
}

export async function insertUnit(
  tx: Tx,
  unit: {
    parent_id: number | null
    kind: string
    name: string
    opened_on: string
    division_code?: string
    made_up?: boolean
  },
): Promise<number> {
  const { unit_id } = await tx
    .insertInto('units')
    .values({ made_up: false, ...unit })
    .returning('unit_id')
    .executeTakeFirstOrThrow()
  await linkAncestors(tx, unit_id, unit.parent_id)
  return unit_id
}

async function linkAncestors(tx: Tx, unitId: number, parentId: number | null): Promise<void> {
  await sql`
    insert into unit_ancestors (ancestor_id, unit_id, distance)
    select ancestor_id, ${unitId}::int, distance + 1 from unit_ancestors where unit_id = ${parentId}
    union all
    select ${unitId}::int, ${unitId}::int, 0`.execute(tx)
}

/** Hangs a unit and everything below it under another parent. */
export async function relinkSubtree(tx: Tx, unitId: number, parentId: number): Promise<void> {
  await sql`
    delete from unit_ancestors link
    using unit_ancestors below
    where below.ancestor_id = ${unitId}
      and link.unit_id = below.unit_id
      and link.ancestor_id not in (select unit_id from unit_ancestors where ancestor_id = ${unitId})`.execute(tx)
  await sql`
    insert into unit_ancestors (ancestor_id, unit_id, distance)
    select above.ancestor_id, below.unit_id, above.distance + below.distance + 1
    from unit_ancestors above
    cross join unit_ancestors below
    where above.unit_id = ${parentId} and below.ancestor_id = ${unitId}`.execute(tx)
}

export async function isBelow(tx: Tx, unitId: number, ancestorId: number): Promise<boolean> {
  const row = await tx
    .selectFrom('unit_ancestors')
    .select('distance')
    .where('ancestor_id', '=', ancestorId)
    .where('unit_id', '=', unitId)
    .executeTakeFirst()
  return row !== undefined
}

export async function nameTaken(
  tx: Tx,
  parentId: number | null,
  name: string,
  exceptUnitId?: number,
): Promise<boolean> {
  const row = await tx
    .selectFrom('units')
    .select('unit_id')
    .where('parent_id', parentId === null ? 'is' : '=', parentId)
    .where('name', '=', name)
    .where('closed_on', 'is', null)
    .where('unit_id', '<>', exceptUnitId ?? 0)
    .executeTakeFirst()
  return row !== undefined
}

export async function insertHistory(tx: Tx, unit: UnitRow, change: { from_on: string; reason: string }): Promise<void> {
  await tx
    .insertInto('unit_history')
    .values({
      unit_id: unit.unit_id,
      from_on: change.from_on,
      parent_id: unit.parent_id,
      name: unit.name,
      kind: unit.kind,
      reason: change.reason,
      recorded_by_user_id: tx.context.user_id ?? null,
    })
    .execute()
}

export function listHistory(tx: Tx, unitId: number) {
  return tx
    .selectFrom('unit_history')
    .leftJoin('units as parent', 'parent.unit_id', 'unit_history.parent_id')
    .select(['unit_history.from_on', 'unit_history.name', 'unit_history.parent_id', 'unit_history.reason'])
    .select('parent.name as parent_name')
    .where('unit_history.unit_id', '=', unitId)
    .orderBy('unit_history.from_on', 'desc')
    .orderBy('unit_history.recorded_at', 'desc')
    .execute()
}
