import { z } from 'zod'
import { endpoint } from '#platform/http/endpoint.ts'
import { FileIn, IdText, LocalText, Text } from '#platform/http/fields.ts'
import { problems } from '#platform/http/problem.ts'
import { EVENT_FIELDS } from './sheet/fields.ts'

/**
 * Events of many people from a sheet that an office has anyway. Nothing is kept of the file: the page hands it in once to see what was
 * understood and once more to record exactly that. What was recorded before is found again by person, event and day.
 */

export const eventSheetProblems = problems('facts', {
  unreadable_sheet: { status: 422, zh: '文件无法读取。', en: 'The file cannot be read.' },
  sheet_changed: {
    status: 409,
    zh: '核对之后记录又有变动，这次没有登记任何内容。请再核对一遍后登记。',
    en: 'Records changed after this was checked, and nothing was recorded. Check again, then record.',
  },
  nothing_to_state: { status: 422, zh: '没有可以登记的行。', en: 'There is no row to record.' },
  too_many_rows: {
    status: 422,
    zh: '这张表有 {count} 行，一次最多 {limit} 行。请分成几个文件。',
    en: 'This sheet has {count} rows; at most {limit} are taken at once. Split it.',
  },
})

export const EVENT_ROWS_MAX = 5_000
/** So many rows are shown; all are counted. */
export const EVENT_ROWS_SHOWN_MAX = 500
export const EVENT_ROW_KINDS = ['ready', 'already', 'differs', 'refused', 'waiting'] as const

const EventSheetRow = z.object({
  kind: z.enum(EVENT_ROW_KINDS),
  sheet: z.string(),
  row: z.int(),
  /** Whose it is, else what stands in the way. */
  value: z.string(),
  event: LocalText.nullable(),
  on: z.string().nullable(),
  count: z.int().nullable(),
  reason: LocalText.nullable(),
  right: LocalText.nullable(),
})
export type EventSheetRow = z.output<typeof EventSheetRow>

export const EventSheet = z.object({
  columns: z.array(
    z.object({ sheet: z.string(), column: z.string(), header: z.string(), field: z.enum(EVENT_FIELDS).nullable() }),
  ),
  /** Events that the sheet names in its own words. Rows wait for the answer. */
  questions: z.array(
    z.object({
      key: z.string(),
      text: LocalText,
      options: z.array(z.object({ value: z.string(), label: LocalText })),
      count: z.int(),
    }),
  ),
  counts: z.object({ ready: z.int(), already: z.int(), differs: z.int(), refused: z.int(), waiting: z.int() }),
  /** What cannot be taken first. */
  rows: z.array(EventSheetRow),
  rows_left_off: z.int(),
})
export type EventSheet = z.output<typeof EventSheet>

/** Answers as a JSON object in one text, since the body is the file. */
const Answers = z
  .string()
  .max(4_000)
  .default('{}')
  .transform((text, context): Record<string, string> => {
    try {
      return z.record(z.string().max(200), z.string().max(200)).parse(JSON.parse(text))
    } catch {
      context.addIssue({ code: 'custom', message: 'not a JSON object of texts' })
      return z.NEVER
    }
  })

const OfUnit = z.object({ operation_id: IdText, unit_id: IdText })
const sheets = '/api/operations/:operation_id/units/:unit_id/event-sheets' as const
const shared = {
  permission: 'facts.write',
  takes_file: true,
  body_bytes_max: 2 * 1024 * 1024,
} as const

export const checkEventSheet = endpoint({
  ...shared,
  method: 'POST',
  path: `${sheets}/checks`,
  summary: 'Reads a sheet of events (.xlsx, .csv) and says what was understood; records nothing',
  place: ({ params }) => params.unit_id,
  input: { params: OfUnit, query: z.object({ file_name: Text(200), answers: Answers }), body: FileIn },
  output: EventSheet,
  problems: [eventSheetProblems.unreadable_sheet, eventSheetProblems.too_many_rows],
})

export const stateEventSheet = endpoint({
  ...shared,
  method: 'POST',
  path: `${sheets}/statements`,
  summary: 'States the events of a sheet as they were shown; each counts once somebody else has confirmed it',
  place: ({ params }) => params.unit_id,
  input: {
    params: OfUnit,
    query: z.object({
      file_name: Text(200),
      answers: Answers,
      /** What the person saw on the button; another outcome is refused. */
      stated_count: z.coerce.number().int().min(0),
    }),
    body: FileIn,
  },
  output: z.object({ stated_count: z.int(), already_count: z.int() }),
  problems: [
    eventSheetProblems.unreadable_sheet,
    eventSheetProblems.too_many_rows,
    eventSheetProblems.sheet_changed,
    eventSheetProblems.nothing_to_state,
  ],
})

export const downloadEventTemplate = endpoint({
  method: 'GET',
  path: '/api/operations/:operation_id/units/:unit_id/event-sheet-template',
  summary: 'An empty sheet of events to fill in, with the events of the packs in force',
  permission: 'facts.write',
  place: ({ params }) => params.unit_id,
  input: { params: OfUnit },
  output: z.object({ name: z.string(), media_type: z.string(), bytes: z.instanceof(Uint8Array) }),
  problems: [],
  file: true,
})
