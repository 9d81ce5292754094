import { sql } from 'kysely'
import type { Tx } from '#platform/db/database.ts'
import type { RowKind } from '../import-contract.ts'
import type { UnitPost } from './imports-places.ts'
import type { RowContent } from './imports-rows.ts'

/** An import that nobody confirms is dropped after this time, its file with it. */
export const KEPT_DAYS = 7

export interface ImportPlace {
  readonly operation_id: number
  readonly unit_id: number
}

export async function addImport(
  tx: Tx,
  row: ImportPlace & {
    import_id: string
    file_name: string
    file_sha256: Buffer
    uploaded_by_user_id: number
    uploaded_at: Date
  },
  sealed: Buffer,
): Promise<void> {
  await tx
    .insertInto('duty_imports')
    .values({ ...row, understood: 'null', state: 'reading' })
    .execute()
  await tx
    .insertInto('duty_import_files')
    .values({ unit_id: row.unit_id, import_id: row.import_id, sealed, kept_until: keptUntil() })
    .execute()
}

function keptUntil() {
  return sql<Date>`now() + ${`${KEPT_DAYS} days`}::interval`
}

/** The unsettled import of the same file in the same place, so that an upload after a reload goes on where it was. */
export function findUnsettled(tx: Tx, place: ImportPlace, sha256: Buffer, userId: number) {
  return tx
    .selectFrom('duty_imports')
    .innerJoin('duty_import_files as files', (join) =>
      join.onRef('files.unit_id', '=', 'duty_imports.unit_id').onRef('files.import_id', '=', 'duty_imports.import_id'),
    )
    .select('duty_imports.import_id')
    .where('duty_imports.unit_id', '=', place.unit_id)
    .where('operation_id', '=', place.operation_id)
    .where('file_sha256', '=', sha256)
    .where('uploaded_by_user_id', '=', userId)
    .where('state', '=', 'read')
    .executeTakeFirst()
}

function imports(tx: Tx) {
  return tx
    .selectFrom('duty_imports')
    .leftJoin('user_names as uploader', 'uploader.user_id', 'duty_imports.uploaded_by_user_id')
    .leftJoin('user_names as settler', 'settler.user_id', 'duty_imports.settled_by_user_id')
    .leftJoin('job_runs', 'job_runs.job_id', 'duty_imports.job_id')
    .select([
      'duty_imports.import_id',
      'duty_imports.operation_id',
      'duty_imports.unit_id',
      'duty_imports.file_name',
      'duty_imports.state',
      'duty_imports.uploaded_at',
      'duty_imports.settled_at',
      'duty_imports.job_id',
      'duty_imports.answers',
      'duty_imports.understood',
      'uploader.display_name as uploaded_by',
      'settler.display_name as settled_by',
      'job_runs.state as job_state',
    ])
}

export function findImport(tx: Tx, place: ImportPlace, importId: string) {
  return imports(tx)
    .where('duty_imports.unit_id', '=', place.unit_id)
    .where('duty_imports.operation_id', '=', place.operation_id)
    .where('duty_imports.import_id', '=', importId)
    .executeTakeFirst()
}

export type ImportRecord = NonNullable<Awaited<ReturnType<typeof findImport>>>

/** Waits for whoever settles it at this moment. */
export async function lockImport(tx: Tx, place: ImportPlace, importId: string): Promise<ImportRecord | undefined> {
  await tx
    .selectFrom('duty_imports')
    .select('import_id')
    .where('unit_id', '=', place.unit_id)
    .where('import_id', '=', importId)
    .forUpdate()
    .execute()
  return findImport(tx, place, importId)
}

export function listImports(tx: Tx, place: ImportPlace, after: string | undefined, limit: number) {
  let query = imports(tx)
    .where('duty_imports.unit_id', '=', place.unit_id)
    .where('duty_imports.operation_id', '=', place.operation_id)
    .orderBy('duty_imports.uploaded_at', 'desc')
    .orderBy('duty_imports.import_id', 'desc')
  if (after !== undefined) {
    query = query.where(
      sql<boolean>`(duty_imports.uploaded_at, duty_imports.import_id) < (
        select last.uploaded_at, last.import_id from duty_imports last where last.import_id = ${after}
      )`,
    )
  }
  return query.limit(limit + 1).execute()
}

export async function findFile(tx: Tx, unitId: number, importId: string): Promise<Buffer | undefined> {
  const row = await tx
    .selectFrom('duty_import_files')
    .select('sealed')
    .where('unit_id', '=', unitId)
    .where('import_id', '=', importId)
    .executeTakeFirst()
  return row?.sealed
}

export function changeImport(
  tx: Tx,
  unitId: number,
  importId: string,
  change: {
    state?: 'reading' | 'read' | 'confirmed' | 'cancelled'
    understood?: string
    answers?: string
    job_id?: string
    settled_by_user_id?: number
    settled_at?: Date
  },
) {
  return tx
    .updateTable('duty_imports')
    .set(change)
    .where('unit_id', '=', unitId)
    .where('import_id', '=', importId)
    .execute()
}

export interface NewRow {
  readonly kind: RowKind
  readonly content: RowContent
}

const ROWS_AT_ONCE = 5_000

/** Replaces what was understood row by row. */
export async function replaceRows(tx: Tx, unitId: number, importId: string, rows: readonly NewRow[]): Promise<void> {
  await dropRows(tx, unitId, importId)
  for (let first = 0; first < rows.length; first += ROWS_AT_ONCE) {
    const batch = rows.slice(first, first + ROWS_AT_ONCE).map((row, index) => ({ row_no: first + index + 1, ...row }))
    await sql`
      insert into duty_import_rows (unit_id, import_id, row_no, kind, content, kept_until)
      select ${unitId}, ${importId}, row_no, kind, content, ${keptUntil()}
      from jsonb_to_recordset(${JSON.stringify(batch)}::jsonb) as line (row_no int, kind text, content jsonb)`.execute(
      tx,
    )
  }
}

/** With `kinds`, only the rows of these kinds. */
export async function dropRows(tx: Tx, unitId: number, importId: string, kinds?: readonly RowKind[]): Promise<void> {
  await tx
    .deleteFrom('duty_import_rows')
    .where('unit_id', '=', unitId)
    .where('import_id', '=', importId)
    .$if(kinds !== undefined, (query) => query.where('kind', 'in', [...(kinds ?? [])]))
    .execute()
}

export async function dropFile(tx: Tx, unitId: number, importId: string): Promise<void> {
  await tx.deleteFrom('duty_import_files').where('unit_id', '=', unitId).where('import_id', '=', importId).execute()
}

export function listRows(
  tx: Tx,
  at: { unit_id: number; import_id: string },
  kinds: readonly RowKind[],
  after: number,
  limit: number,
) {
  return tx
    .selectFrom('duty_import_rows')
    .select(['row_no', 'kind', 'content'])
    .where('unit_id', '=', at.unit_id)
    .where('import_id', '=', at.import_id)
    .where('kind', 'in', [...kinds])
    .where('row_no', '>', after)
    .orderBy('row_no')
    .limit(limit)
    .execute()
}

/** The units for which the rows to be written state duty. */
export async function listUnitsOfRows(tx: Tx, unitId: number, importId: string): Promise<number[]> {
  const { rows } = await sql<{ unit_id: number }>`
    select distinct (content -> 'line' ->> 'unit_id')::int as unit_id
    from duty_import_rows
    where unit_id = ${unitId} and import_id = ${importId} and kind in ('ready', 'differs')`.execute(tx)
  return rows.map(({ unit_id }) => unit_id)
}

/** Drops what nobody came back for. Runs as a named job of the house, whoever's it was. */
export async function dropExpired(tx: Tx): Promise<void> {
  await sql`
    update duty_imports
    set state = 'cancelled', settled_at = now()
    where state in ('reading', 'read')
      and exists (
        select from duty_import_files files
        where files.unit_id = duty_imports.unit_id and files.import_id = duty_imports.import_id and kept_until < now()
      )`.execute(tx)
  await tx.deleteFrom('duty_import_files').where('kept_until', '<', sql<Date>`now()`).execute()
  await tx.deleteFrom('duty_import_rows').where('kept_until', '<', sql<Date>`now()`).execute()
}

export function listPostsOfUnits(tx: Tx, operationId: number, unitIds: readonly number[]): Promise<UnitPost[]> {
  if (unitIds.length === 0) return Promise.resolve([])
  return tx
    .selectFrom('posts')
    .select(['post_id', 'unit_id', 'name', 'kind', 'opened_on', 'closed_on'])
    .where('operation_id', '=', operationId)
    .where('unit_id', 'in', [...unitIds])
    .orderBy('post_id')
    .execute()
}
