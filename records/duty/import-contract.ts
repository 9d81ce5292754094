import { z } from 'zod'
import { FILE_LIMITS } from '#platform/files/limits.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { FileIn, Id, IdText, InstantOut, LocalText, PageQuery, Text, Uuid } from '#platform/http/fields.ts'
import { problems } from '#platform/http/problem.ts'
import { dutyProblems } from './contract.ts'

/** Import of the duty sheets that offices have anyway. Nothing is recorded before somebody has seen and confirmed it. */

export const importProblems = problems('duty', {
  import_reading: {
    status: 409,
    zh: '文件还在读取，读完后再继续。',
    en: 'The file is still being read; continue when that is done.',
  },
  import_changed: {
    status: 409,
    zh: '核对之后记录又有变动，这次没有写入任何内容。已按最新记录重新核对，请再看一遍后确认。',
    en: 'Records changed after this was checked, and nothing was written. It has been checked again; look once more, then confirm.',
  },
  import_nothing: {
    status: 422,
    zh: '没有可以导入的内容。',
    en: 'There is nothing to import.',
  },
  import_too_long: {
    status: 422,
    zh: '这张表有 {count} 条值守，一次最多写入 {limit} 条。请按单位或月份分成几个文件。',
    en: 'This sheet holds {count} spans; at most {limit} are written at once. Split it by unit or month.',
  },
  import_reason: {
    status: 422,
    zh: '有 {count} 条已有记录会被更正，请写明理由。',
    en: '{count} standing record(s) would be corrected; say why.',
  },
  import_expired: {
    status: 410,
    zh: '上传的文件已过保存期并已删除，请重新上传。',
    en: 'The uploaded file was kept for its days and is gone; upload it again.',
  },
  import_stopped: { status: 409, zh: '读取已停止。', en: 'The reading was stopped.' },
})

/** What a row of the sheet came to. `skipped` are titles, totals and signatures, which are only counted. */
export const ROW_KINDS = ['ready', 'differs', 'already', 'refused', 'waiting'] as const
export type RowKind = (typeof ROW_KINDS)[number]

const Place = z.object({ sheet: z.string(), row: z.int(), column: z.string().nullable() })

export const ImportRow = z.object({
  row_no: z.int(),
  kind: z.enum(ROW_KINDS),
  place: Place,
  /** As written, with ID and telephone numbers masked. */
  value: z.string(),
  /** Who, where and when, as far as it was understood. */
  duty: z
    .object({
      person_name: z.string(),
      unit_name: z.string(),
      post_name: z.string(),
      starts_at: InstantOut,
      ends_at: InstantOut,
    })
    .nullable(),
  /** Why the row is not taken, and what would be right. */
  reason: LocalText.nullable(),
  right: LocalText.nullable(),
  /** The questions that it waits for. */
  questions: z.array(z.string()),
  /** What stands now, where the sheet says something else. */
  stands: z.object({ post_name: z.string(), starts_at: InstantOut, ends_at: InstantOut }).nullable(),
})
export type ImportRow = z.output<typeof ImportRow>

export const ImportQuestion = z.object({
  key: z.string(),
  text: LocalText,
  /** A sensible answer, for the person to accept; never used unasked. */
  proposed: z.string().nullable(),
  /** Where only some answers make sense. Free text otherwise. */
  options: z.array(z.object({ value: z.string(), label: LocalText })).nullable(),
  /** Rows wait for the answer; otherwise they are taken without it. */
  blocking: z.boolean(),
  first: z.object({ sheet: z.string(), row: z.int() }),
  count: z.int(),
  /** The answer that was given and cannot be understood. */
  misunderstood: z.string().nullable(),
})
export type ImportQuestion = z.output<typeof ImportQuestion>

/** What was understood of the sheet as a whole. */
export const Understanding = z.object({
  tables: z.array(
    z.object({
      sheet: z.string(),
      title: z.string(),
      form: z.enum(['list', 'roster', 'names']),
      unit: z.string().nullable(),
      row_count: z.int(),
      columns: z.array(
        z.object({ column: z.string(), header: z.string(), field: z.string(), day: z.string().nullable() }),
      ),
    }),
  ),
  marks: z.array(z.object({ mark: z.string(), meaning: z.string().nullable(), count: z.int() })),
  units: z.array(z.string()),
  period: z.object({ first: z.string(), last: z.string() }).nullable(),
  people_count: z.int(),
  new_posts: z.array(z.object({ unit_name: z.string(), name: z.string(), kind: z.string() })),
  questions: z.array(ImportQuestion),
  answered: z.array(z.object({ key: z.string(), text: LocalText, answer: z.string(), label: LocalText.nullable() })),
  notices: z.array(z.object({ sheet: z.string(), row: z.int(), text: LocalText })),
  counts: z.object({
    ready: z.int(),
    differs: z.int(),
    already: z.int(),
    refused: z.int(),
    waiting: z.int(),
    skipped: z.int(),
  }),
})
export type Understanding = z.output<typeof Understanding>

const ImportHead = z.object({
  import_id: Uuid,
  operation_id: Id,
  unit_id: Id,
  file_name: z.string(),
  state: z.enum(['reading', 'read', 'confirmed', 'cancelled']),
  uploaded_by: z.string(),
  uploaded_at: InstantOut,
  settled_at: InstantOut.nullable(),
  settled_by: z.string().nullable(),
  /** The job that reads a large file. */
  job_id: Uuid.nullable(),
})

export const ImportView = ImportHead.extend({ understood: Understanding.nullable() })
export type ImportView = z.output<typeof ImportView>

export const ImportReceipt = z.object({
  import_id: Uuid,
  recorded_count: z.int(),
  corrected_count: z.int(),
  already_recorded_count: z.int(),
  opened_post_count: z.int(),
})
export type ImportReceipt = z.output<typeof ImportReceipt>

const OperationUnit = z.object({ operation_id: IdText, unit_id: IdText })
const OneImport = OperationUnit.extend({ import_id: Uuid })
const IMPORTS = '/api/operations/:operation_id/units/:unit_id/duty-imports'

const shared = { permission: 'duty.import' } as const

export const uploadDutySheet = endpoint({
  ...shared,
  method: 'POST',
  path: IMPORTS,
  summary: 'Takes an office’s duty sheet (.xlsx, .csv) and says what was understood; records nothing',
  place: ({ params }) => params.unit_id,
  input: { params: OperationUnit, query: z.object({ file_name: Text(200) }), body: FileIn },
  output: ImportView,
  problems: [dutyProblems.unreadable_sheet],
  takes_file: true,
  body_bytes_max: FILE_LIMITS.file_bytes_max,
})

export const listDutyImports = endpoint({
  ...shared,
  method: 'GET',
  path: IMPORTS,
  summary: 'The imports of a unit, newest first',
  place: ({ params }) => params.unit_id,
  input: { params: OperationUnit, query: z.object({ ...PageQuery, after: Uuid.optional() }) },
  output: z.object({
    imports: z.array(
      ImportHead.extend({
        ready: z.int(),
        differs: z.int(),
        recorded: z.int().nullable(),
        corrected: z.int().nullable(),
      }),
    ),
    next: Uuid.nullable(),
  }),
  problems: [],
})

export const readDutyImport = endpoint({
  ...shared,
  method: 'GET',
  path: `${IMPORTS}/:import_id`,
  summary: 'What was understood of a sheet, and the questions that it leaves open',
  place: ({ params }) => params.unit_id,
  input: { params: OneImport },
  output: ImportView,
  problems: [dutyProblems.unknown_import],
})

export const listImportRows = endpoint({
  ...shared,
  method: 'GET',
  path: `${IMPORTS}/:import_id/rows`,
  summary: 'The rows of a sheet of one kind: ready, differing, already recorded, refused, waiting',
  place: ({ params }) => params.unit_id,
  input: {
    params: OneImport,
    query: z.object({ ...PageQuery, kind: z.enum(ROW_KINDS), after: z.coerce.number().int().min(0).optional() }),
  },
  output: z.object({ rows: z.array(ImportRow), next: z.string().nullable() }),
  problems: [dutyProblems.unknown_import],
})

export const answerImportQuestions = endpoint({
  ...shared,
  method: 'POST',
  path: `${IMPORTS}/:import_id/answers`,
  summary: 'Answers questions about a sheet, which is then understood again; an empty answer takes one back',
  place: ({ params }) => params.unit_id,
  input: {
    params: OneImport,
    body: z.object({ answers: z.record(z.string().max(300), z.string().trim().max(200)) }),
  },
  output: ImportView,
  problems: [
    dutyProblems.unknown_import,
    dutyProblems.import_settled,
    importProblems.import_reading,
    importProblems.import_expired,
  ],
})

export const confirmDutyImport = endpoint({
  ...shared,
  method: 'POST',
  path: `${IMPORTS}/:import_id/confirmations`,
  summary: 'Records what was shown: new spans as imported, differences as corrections; all or nothing',
  place: ({ params }) => params.unit_id,
  input: {
    params: OneImport,
    body: z.object({
      /** What the person saw on the button; another outcome is refused and shown first. */
      recorded_count: z.int().min(0),
      corrected_count: z.int().min(0),
      /** Why standing records are corrected; required where some are. */
      reason: Text(500).nullable().default(null),
    }),
  },
  output: ImportReceipt,
  problems: [
    dutyProblems.unknown_import,
    dutyProblems.import_settled,
    importProblems.import_reading,
    importProblems.import_changed,
    importProblems.import_nothing,
    importProblems.import_too_long,
    importProblems.import_reason,
  ],
  idempotent: true,
})

export const cancelDutyImport = endpoint({
  ...shared,
  method: 'POST',
  path: `${IMPORTS}/:import_id/cancellations`,
  summary: 'Drops an import that was not confirmed, and the uploaded file with it',
  place: ({ params }) => params.unit_id,
  input: { params: OneImport },
  output: ImportView,
  problems: [dutyProblems.unknown_import, dutyProblems.import_settled],
})

/** A file as an answer; the same shape that `platform/http/routes.ts` sends. */
const FileAnswer = z.object({ name: z.string(), media_type: z.string(), bytes: z.instanceof(Uint8Array) })

export const downloadUntakenRows = endpoint({
  ...shared,
  method: 'GET',
  path: `${IMPORTS}/:import_id/untaken-rows`,
  summary: 'The rows that were not taken, with reasons, as a workbook',
  place: ({ params }) => params.unit_id,
  input: { params: OneImport },
  output: FileAnswer,
  problems: [dutyProblems.unknown_import],
  file: true,
})

export const downloadDutyTemplate = endpoint({
  ...shared,
  method: 'GET',
  path: '/api/operations/:operation_id/units/:unit_id/duty-sheet-template',
  summary: 'An empty duty sheet to fill in, for offices that have none',
  place: ({ params }) => params.unit_id,
  input: { params: OperationUnit },
  output: FileAnswer,
  problems: [],
  file: true,
})
