import { z } from 'zod'
import { EXPOSURES, POST_KINDS } from '#engines/policy/vocabulary.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import {
  CivilDateText,
  Code,
  Id,
  IdText,
  InstantOut,
  InstantText,
  PageQuery,
  SixDigits,
  Text,
  Uuid,
} from '#platform/http/fields.ts'
import { problems } from '#platform/http/problem.ts'

export const SPAN_MINUTES_MAX = 24 * 60

export const dutyProblems = problems('duty', {
  lines: {
    status: 422,
    zh: '有 {count} 行不能确认，其余内容也还没有保存。',
    en: '{count} line(s) cannot be confirmed; nothing has been stored yet.',
  },
  unknown_post: {
    status: 422,
    zh: '岗位不属于本单位或已撤销。',
    en: 'The post is not one of this unit or was closed.',
  },
  unknown_person: {
    status: 404,
    zh: '没有找到此人，或不在您的管理范围内。',
    en: 'This person was not found or is outside your scope.',
  },
  unknown_span: {
    status: 404,
    zh: '没有找到这条值守记录，它可能已被更正。',
    en: 'This duty span was not found; it may have been corrected.',
  },
  changed_meanwhile: {
    status: 409,
    zh: '这条记录刚刚被他人更正，请查看后再试。',
    en: 'Somebody has just corrected this record; look at it again first.',
  },
  objection_answered: { status: 409, zh: '这条异议已有答复。', en: 'This objection has been answered already.' },
  unknown_objection: { status: 404, zh: '没有找到这条异议。', en: 'This objection was not found.' },
  own_objection: { status: 422, zh: '不能答复自己提出的异议。', en: 'Nobody answers their own objection.' },
  outside_operation: {
    status: 422,
    zh: '日期不在本次响应期间（{started_on} 起）。',
    en: 'The day is outside this response (from {started_on}).',
  },
  unreadable_sheet: { status: 422, zh: '无法读取这个文件：{reason}。', en: 'This file cannot be read: {reason}.' },
  unknown_import: { status: 404, zh: '没有找到这次导入。', en: 'This import was not found.' },
  import_settled: {
    status: 409,
    zh: '这次导入已经确认或取消。',
    en: 'This import has been confirmed or cancelled already.',
  },
  shift_overlap: {
    status: 409,
    zh: '{name}在这段时间已有排班（{from}–{to}）。',
    en: '{name} already has a shift from {from} to {to}.',
  },
  planned_elsewhere: {
    status: 409,
    zh: '{name}在这段时间已有其他单位的排班。请换人或换时间，或请上级协调。',
    en: '{name} is already planned elsewhere at that time. Choose somebody else or another time, or ask the level above.',
  },
  resting: {
    status: 409,
    zh: '{name}已被安排休息（{from} 至 {to}）。请换人；确实无人可替的，先由上级具名批准，再排班。',
    en: '{name} is ordered to rest from {from} to {to}. Choose somebody else, or have the duty approved by name first.',
  },
})

/** Why one line of a confirmation is refused; the page shows it beside that line. */
export const LINE_REASONS = {
  own_span: { zh: '这是您本人的值守，须由另一位负责人确认', en: 'This is your own duty; another person confirms it' },
  overlap: { zh: '与{other}重叠', en: 'Overlaps {other}' },
  unknown_person: { zh: '没有找到此人，或不在您的管理范围内', en: 'Person not found or outside your scope' },
  unknown_post: { zh: '岗位不属于本单位或已撤销', en: 'The post is not one of this unit or was closed' },
  backwards: { zh: '结束时间应晚于开始时间', en: 'The end must be after the start' },
  too_long: {
    zh: '一段值守不能超过 24 小时，实际 {hours} 小时',
    en: 'One span lasts at most 24 hours, this one {hours}',
  },
  other_day: { zh: '开始时间不在 {duty_date} 当天', en: 'The start is not on {duty_date}' },
  other_content: {
    zh: '同一编号已记录了不同的时间或岗位，请用“更正”',
    en: 'This span was recorded differently; use a correction',
  },
  withdrawn: {
    zh: '这条记录已被撤销；如确有值守，请另加一条',
    en: 'This span was withdrawn; if the duty did happen, add it as a new one',
  },
  twice: { zh: '与本次提交的第 {line} 行重叠', en: 'Overlaps line {line} of this same submission' },
  future: { zh: '值守尚未结束，结束后才能确认', en: 'The duty has not ended yet; confirm it afterwards' },
} as const

const OperationUnit = z.object({ operation_id: IdText, unit_id: IdText })
const OperationUnitDay = OperationUnit.extend({ duty_date: CivilDateText })

export const PostView = z.object({
  post_id: Id,
  unit_id: Id,
  name: z.string(),
  kind: Code(POST_KINDS),
  exposure: Code(EXPOSURES),
  away_division_code: z.string().nullable(),
  longest_stay_minutes: z.int().nullable(),
  opened_on: z.string(),
  closed_on: z.string().nullable(),
})
export type PostView = z.output<typeof PostView>

export const listPosts = endpoint({
  method: 'GET',
  path: '/api/operations/:operation_id/units/:unit_id/posts',
  summary: 'The posts of a unit in an operation',
  permission: 'duty.read',
  place: ({ params }) => params.unit_id,
  input: { params: OperationUnit },
  output: z.object({ posts: z.array(PostView) }),
  problems: [],
})

export const createPost = endpoint({
  method: 'POST',
  path: '/api/operations/:operation_id/units/:unit_id/posts',
  summary: 'Opens a post',
  permission: 'duty.plan',
  place: ({ params }) => params.unit_id,
  input: {
    params: OperationUnit,
    body: z.object({
      name: Text(100),
      kind: Code(POST_KINDS),
      exposure: Code(EXPOSURES),
      away_division_code: SixDigits.nullable().default(null),
      longest_stay_minutes: z.int().positive().max(44_640).nullable().default(null),
      opened_on: CivilDateText,
    }),
  },
  output: PostView,
  problems: [],
})

export const Span = z.object({
  span_id: Uuid,
  person_id: Id,
  person_name: z.string(),
  post_id: Id,
  post_name: z.string(),
  unit_id: Id,
  unit_name: z.string(),
  starts_at: InstantOut,
  ends_at: InstantOut,
  starts_on: z.string(),
  minutes: z.int(),
})
export type Span = z.output<typeof Span>

/** A line of a unit's day: what was planned, what stands, and what is disputed. */
export const DayLine = z.object({
  person_id: Id,
  person_name: z.string(),
  /** True for the reader's own duty: another person confirms it. */
  own: z.boolean(),
  planned: z
    .object({ shift_id: Uuid, post_id: Id, post_name: z.string(), starts_at: InstantOut, ends_at: InstantOut })
    .nullable(),
  confirmed: Span.extend({
    entry_id: z.int(),
    act: z.enum(['confirmed', 'imported', 'corrected']),
    confirmed_by: z.string(),
    reason: z.string().nullable(),
  }).nullable(),
  /** The day’s confirmation said that the person did not come. */
  absent: z.boolean(),
  objection: z
    .object({ objection_id: Uuid, words: z.string(), raised_at: InstantOut, answered: z.boolean() })
    .nullable(),
})
export type DayLine = z.output<typeof DayLine>

export const readDutyDay = endpoint({
  method: 'GET',
  path: '/api/operations/:operation_id/units/:unit_id/duty-days/:duty_date',
  summary: 'A unit’s day: planned shifts, confirmed spans, objections',
  permission: 'duty.read',
  place: ({ params }) => params.unit_id,
  input: { params: OperationUnitDay },
  output: z.object({
    unit_id: Id,
    unit_name: z.string(),
    duty_date: z.string(),
    lines: z.array(DayLine),
    confirmations: z.array(
      z.object({ confirmed_by: z.string(), said_at: InstantOut, span_count: z.int(), absent_count: z.int() }),
    ),
  }),
  problems: [],
})

export const listDutyDays = endpoint({
  method: 'GET',
  path: '/api/operations/:operation_id/units/:unit_id/duty-days',
  summary:
    'A unit’s calendar: per day how many shifts were planned, how many spans stand, whether the day is confirmed',
  permission: 'duty.read',
  place: ({ params }) => params.unit_id,
  input: { params: OperationUnit, query: z.object({ from: CivilDateText, to: CivilDateText }) },
  output: z.object({
    days: z
      .array(
        z.object({
          duty_date: z.string(),
          planned_count: z.int(),
          span_count: z.int(),
          /** Planned shifts that nobody has yet confirmed or said to be missed. */
          open_count: z.int(),
          minutes: z.int(),
          /** Somebody confirmed the day and nothing of its plan is open. */
          confirmed: z.boolean(),
          open_objection_count: z.int(),
        }),
      )
      .max(100),
  }),
  problems: [],
})

const Times = { starts_at: InstantText, ends_at: InstantText }

export const planShifts = endpoint({
  method: 'POST',
  path: '/api/operations/:operation_id/units/:unit_id/planned-shifts',
  summary: 'Plans shifts and withdraws planned ones, all or none',
  permission: 'duty.plan',
  place: ({ params }) => params.unit_id,
  input: {
    params: OperationUnit,
    body: z.object({
      shifts: z.array(z.object({ person_id: Id, post_id: Id, ...Times })).max(1000),
      withdraw: z
        .array(z.object({ person_id: Id, shift_id: Uuid }))
        .max(1000)
        .default([]),
    }),
  },
  output: z.object({ planned_count: z.int(), withdrawn_count: z.int() }),
  problems: [
    dutyProblems.lines,
    dutyProblems.shift_overlap,
    dutyProblems.planned_elsewhere,
    dutyProblems.outside_operation,
    dutyProblems.resting,
  ],
})

export const ConfirmationBody = z.object({
  unit_id: Id,
  duty_date: CivilDateText,
  /** When the button was pressed, on the device's clock; the server keeps its own time beside it. */
  said_at: InstantText,
  /** What was seen and confirmed, line by line, so that a confirmation made offline means what the person saw. */
  lines: z
    .array(
      z.object({
        /** Named by the device (the planned shift's id where there is one), so that the same span counts once. */
        span_id: Uuid,
        person_id: Id,
        post_id: Id,
        ...Times,
        present: z.boolean().default(true),
      }),
    )
    .min(1)
    .max(500),
})
export type ConfirmationBody = z.output<typeof ConfirmationBody>

export const ConfirmationReceipt = z.object({
  confirmation_id: Uuid,
  recorded_count: z.int(),
  already_recorded_count: z.int(),
  absent_count: z.int(),
})
export type ConfirmationReceipt = z.output<typeof ConfirmationReceipt>

export const confirmDutyDay = endpoint({
  method: 'POST',
  path: '/api/operations/:operation_id/duty-confirmations',
  summary: 'Confirms a unit’s day “as planned, except…” for all its people at once',
  permission: 'duty.confirm',
  place: ({ body }) => body.unit_id,
  input: { params: z.object({ operation_id: IdText }), body: ConfirmationBody },
  output: ConfirmationReceipt,
  problems: [dutyProblems.lines, dutyProblems.outside_operation],
  idempotent: true,
})

const SpanParams = z.object({ operation_id: IdText, person_id: IdText, span_id: z.uuid() })

export const correctSpan = endpoint({
  method: 'POST',
  path: '/api/operations/:operation_id/people/:person_id/spans/:span_id/corrections',
  summary: 'Corrects a span by adding what is right and why; what was said before stays',
  permission: 'duty.correct',
  place: ({ body }) => body.unit_id,
  input: {
    params: SpanParams,
    body: z.object({
      unit_id: Id,
      post_id: Id,
      ...Times,
      reason: Text(500),
      /** The entry that the person saw, so that two corrections do not cross. */
      replaces_entry_id: z.int().positive(),
    }),
  },
  output: Span,
  problems: [dutyProblems.lines, dutyProblems.unknown_span, dutyProblems.changed_meanwhile, dutyProblems.unknown_post],
  idempotent: true,
})

export const withdrawSpan = endpoint({
  method: 'POST',
  path: '/api/operations/:operation_id/people/:person_id/spans/:span_id/withdrawals',
  summary: 'Withdraws a span that did not happen, saying why',
  permission: 'duty.correct',
  place: ({ body }) => body.unit_id,
  input: {
    params: SpanParams,
    body: z.object({ unit_id: Id, reason: Text(500), replaces_entry_id: z.int().positive() }),
  },
  output: z.object({ withdrawn: z.literal(true) }),
  problems: [dutyProblems.lines, dutyProblems.unknown_span, dutyProblems.changed_meanwhile],
  idempotent: true,
})

/** A span with everything that was ever said about it, oldest first. */
export const SpanHistory = Span.extend({
  stands: z.boolean(),
  entries: z.array(
    z.object({
      entry_id: z.int(),
      act: z.enum(['confirmed', 'imported', 'corrected', 'withdrawn']),
      post_name: z.string(),
      starts_at: InstantOut,
      ends_at: InstantOut,
      said_by: z.string(),
      said_at: InstantOut,
      reason: z.string().nullable(),
    }),
  ),
})
export type SpanHistory = z.output<typeof SpanHistory>

const Period = { from: CivilDateText, to: CivilDateText }

export const readPersonDuty = endpoint({
  method: 'GET',
  path: '/api/operations/:operation_id/people/:person_id/duty',
  summary: 'One person’s duty in a period with its history; another unit’s post shows as a time and a unit to ask',
  permission: 'duty.read',
  input: { params: z.object({ operation_id: IdText, person_id: IdText }), query: z.object(Period) },
  output: z.object({ spans: z.array(SpanHistory).max(400) }),
  problems: [dutyProblems.unknown_person],
})

export const readOwnDuty = endpoint({
  method: 'GET',
  path: '/api/me/duty',
  summary: 'One’s own planned shifts and spans, the next shift and the rest before it',
  permission: 'signed-in',
  input: { query: z.object({ operation_id: IdText, ...Period }) },
  output: z.object({
    planned: z.array(
      z.object({
        shift_id: Uuid,
        unit_id: Id,
        unit_name: z.string(),
        post_name: z.string(),
        starts_at: InstantOut,
        ends_at: InstantOut,
      }),
    ),
    spans: z.array(SpanHistory).max(400),
    objections: z.array(
      z.object({
        objection_id: Uuid,
        span_id: Uuid.nullable(),
        duty_date: z.string(),
        words: z.string(),
        raised_at: InstantOut,
        answer: z
          .object({ outcome: z.enum(['upheld', 'declined']), reason: z.string(), answered_at: InstantOut })
          .nullable(),
      }),
    ),
    /** The next planned shift that has not ended, and the minutes of rest between the last span and it. */
    next_shift: z
      .object({ unit_name: z.string(), post_name: z.string(), starts_at: InstantOut, ends_at: InstantOut })
      .nullable(),
    rest_minutes_before_next: z.int().nullable(),
    /** Minutes on duty in the last 7 × 24 hours. */
    minutes_last_7_days: z.int(),
    days_in_a_row: z.int(),
  }),
  problems: [],
})

export const raiseObjection = endpoint({
  method: 'POST',
  path: '/api/me/objections',
  summary: 'Says that a span is wrong, or that one is missing',
  permission: 'signed-in',
  input: {
    body: z.object({
      objection_id: Uuid,
      operation_id: Id,
      unit_id: Id,
      span_id: Uuid.nullable(),
      duty_date: CivilDateText,
      words: Text(1000),
      raised_at: InstantText,
    }),
  },
  output: z.object({ objection_id: Uuid }),
  problems: [dutyProblems.unknown_span],
  idempotent: true,
})

export const listObjections = endpoint({
  method: 'GET',
  path: '/api/operations/:operation_id/units/:unit_id/objections',
  summary: 'Objections to a unit’s records, those without an answer first',
  permission: 'duty.read',
  place: ({ params }) => params.unit_id,
  input: { params: OperationUnit, query: z.object(PageQuery) },
  output: z.object({
    objections: z.array(
      z.object({
        person_id: Id,
        person_name: z.string(),
        objection_id: Uuid,
        span_id: Uuid.nullable(),
        duty_date: z.string(),
        words: z.string(),
        raised_at: InstantOut,
        answer: z
          .object({ outcome: z.enum(['upheld', 'declined']), reason: z.string(), answered_at: InstantOut })
          .nullable(),
      }),
    ),
    next: z.string().nullable(),
  }),
  problems: [],
})

export const answerObjection = endpoint({
  method: 'POST',
  path: '/api/operations/:operation_id/people/:person_id/objections/:objection_id/answers',
  summary: 'Answers an objection; a correction is made beside it',
  permission: 'duty.correct',
  place: ({ body }) => body.unit_id,
  input: {
    params: z.object({ operation_id: IdText, person_id: IdText, objection_id: z.uuid() }),
    body: z.object({ unit_id: Id, outcome: z.enum(['upheld', 'declined']), reason: Text(1000) }),
  },
  output: z.object({ answered: z.literal(true) }),
  problems: [dutyProblems.unknown_objection, dutyProblems.objection_answered, dutyProblems.own_objection],
  idempotent: true,
})
