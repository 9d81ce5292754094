import type { z } from 'zod'
import type { WorkbookLayout } from '#platform/files/sheet-layout.ts'
import { ImportRow, type ImportView, type listDutyImports, Understanding } from '../import-contract.ts'
import { RowContent } from './imports-rows.ts'
import type { ImportRecord } from './imports-store.ts'

const UNNAMED = '—'

type Head = z.input<typeof listDutyImports.output>['imports'][number]

/** A reading whose job failed or was stopped will not go on. */
function stateOf({ state, job_state }: ImportRecord): Head['state'] {
  if (state === 'confirmed' || state === 'cancelled') return state
  if (state === 'read') return 'read'
  return job_state === 'failed' || job_state === 'cancelled' ? 'cancelled' : 'reading'
}

function headOf(row: ImportRecord) {
  const { import_id, operation_id, unit_id, file_name, uploaded_at, settled_at, job_id } = row
  return {
    import_id,
    operation_id,
    unit_id,
    file_name,
    state: stateOf(row),
    uploaded_by: row.uploaded_by ?? UNNAMED,
    uploaded_at,
    settled_at,
    settled_by: row.settled_by,
    job_id,
  }
}

export function presentHead(row: ImportRecord): Head {
  const understood = Understanding.nullable().parse(row.understood)
  const { ready = 0, differs = 0 } = understood?.counts ?? {}
  const isDone = row.state === 'confirmed'
  return { ...headOf(row), ready, differs, recorded: isDone ? ready : null, corrected: isDone ? differs : null }
}

export function presentImport(row: ImportRecord): z.input<typeof ImportView> {
  return { ...headOf(row), understood: Understanding.nullable().parse(row.understood) }
}

export function presentRow(row: { row_no: number; kind: string; content: unknown }): ImportRow {
  const { line: _, stands, ...content } = RowContent.parse(row.content)
  const shown = stands && { post_name: stands.post_name, starts_at: stands.starts_at, ends_at: stands.ends_at }
  return ImportRow.parse({ ...content, stands: shown, row_no: row.row_no, kind: row.kind })
}

const WORDS = {
  zh: {
    sheet: '未导入的行',
    title: '没有导入的行和原因',
    sheet_name: '工作表',
    row: '行',
    column: '列',
    value: '内容',
    reason: '原因',
    right: '怎样改',
    waits: '等待回答问题后再导入',
  },
  en: {
    sheet: 'Rows not imported',
    title: 'Rows that were not imported, and why',
    sheet_name: 'Sheet',
    row: 'Row',
    column: 'Column',
    value: 'Content',
    reason: 'Reason',
    right: 'What would be right',
    waits: 'Waits for an answer',
  },
} as const

/** The rows to mend, in the order of the sheet, for an office to work through. */
export function untakenWorkbook(
  { file_name }: Pick<ImportRecord, 'file_name'>,
  rows: readonly ImportRow[],
  language: 'zh' | 'en',
): WorkbookLayout {
  const words = WORDS[language]
  return {
    footer: file_name.slice(0, 100),
    sheets: [
      {
        name: words.sheet,
        title: words.title,
        subtitle: file_name,
        columns: [
          { header: words.sheet_name, key: 'sheet', width: 16 },
          { header: words.row, key: 'row', format: 'count', width: 8 },
          { header: words.column, key: 'column', width: 8 },
          { header: words.value, key: 'value', width: 32 },
          { header: words.reason, key: 'reason', width: 44 },
          { header: words.right, key: 'right', width: 44 },
        ],
        rows: rows.map(({ place, value, reason, right }) => ({
          sheet: place.sheet,
          row: place.row,
          column: place.column ?? '',
          value,
          reason: reason?.[language] ?? words.waits,
          right: right?.[language] ?? '',
        })),
      },
    ],
  }
}
