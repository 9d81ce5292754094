import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Tx } from '#platform/db/database.ts'
import type { WorkbookLayout } from '#platform/files/sheet-layout.ts'
import { writeWorkbook } from '#platform/files/workbook.ts'
import { recordAudit } from './record.ts'

/**
 * Files with people in them carry who took them out, when, what for, and a number that leads back here: on every sheet, on every
 * printed page, and in the file's own properties.
 */
export interface ExportOrder {
  /** What kind of file: `benefits.statement`, `duty.untaken_rows`. */
  readonly kind: string
  readonly unit_id: number
  readonly operation_id?: number
  /** As it is printed. */
  readonly by: string
  /** Local date and minute, as it is printed. */
  readonly at_text: string
  readonly purpose: string
  readonly people_count?: number
  /** The subject of the audit row beside the number. */
  readonly facts?: Readonly<Record<string, unknown>>
}

export const PURPOSE_LENGTH_MAX = 200

/**
 * `TP-000123-6`: counted up, with a check figure (weights 3 and 1 from the right), so that a misread number is not taken
 * for another one.
 *
 * @example exportNumber(123) // 'TP-000123-6'
 */
export function exportNumber(count: number): string {
  const figures = String(count).padStart(6, '0')
  const sum = [...figures]
    .reverse()
    .reduce((total, figure, index) => total + Number(figure) * (index % 2 === 0 ? 3 : 1), 0)
  return `TP-${figures}-${(10 - (sum % 10)) % 10}`
}

/** What somebody read off a paper, as it was printed; undefined where the check figure does not fit. */
export function readExportNumber(typed: string): string | undefined {
  const match = /^(?:TP)?(\d{6,15})(\d)$/.exec(
    typed
      .normalize('NFKC')
      .toUpperCase()
      .replace(/[^0-9TP]/g, ''),
  )
  if (!match) return undefined
  const number = exportNumber(Number(match[1]))
  return number.endsWith(`-${match[2]}`) ? number : undefined
}

/** The layout with the mark on it. */
function markedLayout(layout: WorkbookLayout, order: ExportOrder, number: string): WorkbookLayout {
  const line = `导出编号 ${number}　${order.by} 于 ${order.at_text} 导出　用途：${order.purpose}`
  return {
    ...layout,
    mark: {
      line,
      properties: {
        TongpaoExport: number,
        TongpaoBy: order.by,
        TongpaoAt: order.at_text,
        TongpaoPurpose: order.purpose,
      },
    },
    sheets: layout.sheets.map((sheet) => ({ ...sheet, subtitle: [...[sheet.subtitle ?? []].flat(), line] })),
  }
}

/**
 * Writes a workbook with its mark and records it: one row in `exports` and one in the audit, in one transaction. The number is
 * drawn first; one whose file was never finished stays unused.
 */
export async function issueExport(
  transact: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>,
  layout: WorkbookLayout,
  order: ExportOrder,
  fileName: string,
): Promise<{ number: string; bytes: Uint8Array<ArrayBuffer> }> {
  const number = await transact(async (tx) => {
    const { rows } = await sql<{ count: string }>`select nextval('export_numbers')::text as count`.execute(tx)
    return exportNumber(Number(rows[0]?.count))
  })
  const bytes = writeWorkbook(markedLayout(layout, order, number))
  const sha256 = createHash('sha256').update(bytes).digest()
  const { kind, unit_id, purpose } = order
  await transact(async (tx) => {
    await tx
      .insertInto('exports')
      .values({
        number,
        kind,
        unit_id,
        operation_id: order.operation_id ?? null,
        user_id: tx.context.user_id ?? null,
        principal: tx.context.principal,
        purpose,
        file_name: fileName,
        people_count: order.people_count ?? null,
        bytes: bytes.length,
        sha256,
      })
      .execute()
    await recordAudit(tx, {
      action: 'exports.issued',
      subject_kind: 'export',
      subject_id: number,
      unit_id,
      ...(order.operation_id === undefined ? {} : { operation_id: order.operation_id }),
      facts: {
        ...order.facts,
        kind,
        people_count: order.people_count ?? null,
        bytes: bytes.length,
        sha256: sha256.toString('hex'),
      },
    })
  })
  return { number, bytes }
}

export interface ExportFilter {
  readonly unit_id: number | undefined
  readonly number: string | undefined
  readonly before: number | undefined
  readonly limit: number
}

export function listExportRows(tx: Tx, { unit_id, number, before, limit }: ExportFilter) {
  let query = tx
    .selectFrom('exports')
    .leftJoin('user_names', 'user_names.user_id', 'exports.user_id')
    .selectAll('exports')
    .select('user_names.display_name')
  if (unit_id) query = query.where('unit_id', '=', unit_id)
  if (number) query = query.where('number', '=', number)
  if (before) query = query.where('export_id', '<', before)
  return query
    .orderBy('export_id', 'desc')
    .limit(limit + 1)
    .execute()
}
