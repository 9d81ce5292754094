import { sql } from 'kysely'
import type { Tx } from '#platform/db/database.ts'

/** A file of a pack as published; `path` is relative to the pack's own directory. */
export interface PackFile {
  readonly path: string
  readonly text: string
}

export interface StoredPack {
  readonly pack_hash: string
  readonly code: string
  readonly files: readonly PackFile[]
  readonly recorded_at: Date
}

/** Packs never change once they are stored, so that what was read of them may be kept. */
export async function findPacks(tx: Tx, hashes: readonly string[]): Promise<readonly StoredPack[]> {
  if (hashes.length === 0) return []
  const rows = await tx
    .selectFrom('packs')
    .select(['pack_hash', 'code', 'files', 'recorded_at'])
    .where('pack_hash', 'in', [...hashes])
    .execute()
  return rows.map(({ files, ...row }) => ({ ...row, files: filesOf(files) }))
}

export function filesOf(stored: unknown): readonly PackFile[] {
  if (!Array.isArray(stored)) throw new TypeError('the files of a stored pack must be a list')
  return stored.map((file: { path: unknown; text: unknown }) => ({ path: String(file.path), text: String(file.text) }))
}

/** The newest published version of each pack with one of these codes. */
export async function findNewestVersions(tx: Tx, codes: readonly string[]): Promise<readonly string[]> {
  if (codes.length === 0) return []
  const rows = await tx
    .selectFrom('packs')
    .distinctOn('code')
    .select(['code', 'pack_hash'])
    .where('code', 'in', [...codes])
    .orderBy('code')
    .orderBy('recorded_at', 'desc')
    .execute()
  return rows.map(({ pack_hash }) => pack_hash)
}

export async function listPackHashes(
  tx: Tx,
  filter: { readonly code?: string; readonly offset: number; readonly limit: number },
): Promise<readonly string[]> {
  let query = tx
    .selectFrom('packs')
    .select('pack_hash')
    .orderBy('recorded_at', 'desc')
    .orderBy('pack_hash')
    .offset(filter.offset)
    .limit(filter.limit + 1)
  if (filter.code !== undefined) query = query.where('code', '=', filter.code)
  return (await query.execute()).map(({ pack_hash }) => pack_hash)
}

/** Stores a version; publishing the same text again changes nothing. Answers whether it was new. */
export async function insertPack(
  tx: Tx,
  pack: { pack_hash: string; code: string; layer: string; title: string; files: readonly PackFile[]; at: Date },
): Promise<boolean> {
  const { at, files, ...row } = pack
  const added = await tx
    .insertInto('packs')
    .values({
      ...row,
      files: JSON.stringify(files),
      recorded_by_user_id: tx.context.user_id ?? null,
      recorded_at: at,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('pack_hash')
    .executeTakeFirst()
  return added !== undefined
}

export async function insertInForce(
  tx: Tx,
  row: { operation_id: number; area_unit_id: number; code: string; pack_hash: string; known_from: Date; at: Date },
): Promise<void> {
  const { at, ...values } = row
  await tx
    .insertInto('packs_in_force')
    .values({ ...values, recorded_at: at, recorded_by_user_id: tx.context.user_id ?? null })
    .execute()
}

export interface LayerInForce {
  readonly area_unit_id: number
  readonly code: string
  readonly pack_hash: string
  readonly known_from: Date
  readonly recorded_at: Date
}

/** Which version of each pack stood at each area of an operation, as far as was known at a moment. */
export async function listLayersInForce(
  tx: Tx,
  operationId: number,
  knownAt: Date | undefined,
): Promise<readonly LayerInForce[]> {
  let query = tx
    .selectFrom('packs_in_force')
    .distinctOn(['area_unit_id', 'code'])
    .select(['area_unit_id', 'code', 'pack_hash', 'known_from', 'recorded_at'])
    .where('operation_id', '=', operationId)
    .orderBy('area_unit_id')
    .orderBy('code')
    .orderBy('known_from', 'desc')
    .orderBy('recorded_at', 'desc')
  if (knownAt) query = query.where('known_from', '<=', knownAt)
  return query.execute()
}

/** Everything that was ever put in force in an operation, the newest first. */
export async function listEverInForce(tx: Tx, operationId: number) {
  return tx
    .selectFrom('packs_in_force')
    .innerJoin('units', 'units.unit_id', 'packs_in_force.area_unit_id')
    .select([
      'packs_in_force.area_unit_id',
      'units.name as area_name',
      'packs_in_force.code',
      'packs_in_force.pack_hash',
      'packs_in_force.known_from',
      'packs_in_force.recorded_at',
      'packs_in_force.recorded_by_user_id',
    ])
    .where('operation_id', '=', operationId)
    .orderBy('packs_in_force.recorded_at', 'desc')
    .limit(500)
    .execute()
}

/** Who signed what came into force in an operation, as far as the context reaches. */
export async function listSigned(tx: Tx, operationId: number) {
  const rows = await tx
    .selectFrom('pack_publications')
    .select(['pack_hash', 'area_unit_id', 'known_from', 'first_signer_user_id', 'second_signer_user_id'])
    .where('operation_id', '=', operationId)
    .execute()
  return rows.map(({ first_signer_user_id, second_signer_user_id, ...row }) => ({
    ...row,
    signers: [first_signer_user_id, second_signer_user_id],
  }))
}

/** Units above an area, itself included, and every county at or below it. */
export async function listCountiesAndAbove(
  tx: Tx,
  areaUnitId: number,
): Promise<ReadonlyMap<number, { readonly name: string; readonly above: readonly number[] }>> {
  const { rows } = await sql<{ unit_id: number; name: string; above: number[] }>`
    select county.unit_id, county.name,
      (select array_agg(ancestor_id order by distance) from unit_ancestors up where up.unit_id = county.unit_id) as above
    from unit_ancestors below
    join units county on county.unit_id = below.unit_id
    where below.ancestor_id = ${areaUnitId}
      and county.kind = 'county'
    order by county.division_code, county.unit_id`.execute(tx)
  return new Map(rows.map(({ unit_id, name, above }) => [unit_id, { name, above }]))
}
