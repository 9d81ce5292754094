import { z } from 'zod'
import { endpoint } from '#platform/http/endpoint.ts'
import { CivilDateText, Id, IdText, InstantOut, LocalText, Text, Uuid } from '#platform/http/fields.ts'
import { problems } from '#platform/http/problem.ts'

/** Rosters: what a unit needs, drafts of a period, solving, changing, publishing. */

export const ROSTER_DAYS_MAX = 62
export const ROSTER_PEOPLE_MAX = 300
export const SOLVE_SECONDS_MAX = 120

export const rosterProblems = problems('rosters', {
  unknown_roster: { status: 422, zh: '没有找到这份排班表。', en: 'No such roster was found.' },
  unknown_draft: { status: 422, zh: '没有找到这期排班。', en: 'No such period of a roster was found.' },
  wrong_needs: { status: 422, zh: '班次设置有误：{what}', en: 'The shifts do not fit: {what}' },
  closed_period: {
    status: 422,
    zh: '只能排今天及以后的班，最长 {days} 天，且须在本次响应期间内。',
    en: 'Rosters begin today or later, last {days} days at most and lie within the response.',
  },
  changed_meanwhile: {
    status: 409,
    zh: '班表刚被改动（第 {version} 稿），请刷新后再改。',
    en: 'The roster has just been changed (version {version}); load it again first.',
  },
  solving: {
    status: 409,
    zh: '正在求解，请先停止或等它结束。',
    en: 'The solver is running: stop it or wait for it first.',
  },
  wrong_problem: {
    status: 422,
    zh: '无法求解：{what}',
    en: 'This cannot be solved: {what}',
  },
  hard_broken: {
    status: 422,
    zh: '还有 {count} 处硬性要求未满足。要照此发布，请写明理由。',
    en: '{count} hard rules are still broken; to publish it all the same, say why.',
  },
  no_version: { status: 409, zh: '还没有班表可发布。', en: 'There is no roster to publish yet.' },
})

/** One letter, or a letter and a digit: typed into a cell of the board. */
export const ShiftCode = z.string().regex(/^[A-Z][A-Z0-9]?$/)

export const ShiftNeed = z.object({
  code: ShiftCode,
  name: Text(20),
  post_id: Id,
  start_minute: z.int().min(0).max(1439),
  minutes: z.int().min(30).max(1440),
  on_working_days: z.int().min(0).max(300),
  on_rest_days: z.int().min(0).max(300),
  /** Hard: fewer is not publishable without a reason. */
  minimum: z.int().min(0).max(300),
  skill: z.string().min(1).max(60).nullable(),
  /** How many of them must have the skill. */
  skilled: z.int().min(0).max(300),
})
export type ShiftNeed = z.output<typeof ShiftNeed>

export const RosterLimits = z.object({
  rest_minutes: z.int().min(0).max(2880),
  run_days_max: z.int().min(1).max(31),
  night_run_max: z.int().min(1).max(14),
  days_off_after_nights: z.int().min(0).max(7),
  nights_max: z.int().min(0).max(31).nullable(),
  week_minutes_max: z.int().min(60).max(10_080).nullable(),
  couples_apart: z.boolean(),
})
export type RosterLimits = z.output<typeof RosterLimits>

export const RosterNeeds = z.object({
  person_ids: z.array(Id).min(1).max(ROSTER_PEOPLE_MAX),
  shifts: z.array(ShiftNeed).min(1).max(20),
  limits: RosterLimits,
})
export type RosterNeeds = z.output<typeof RosterNeeds>

const OfUnit = z.object({ operation_id: IdText, unit_id: IdText })
const OfRoster = OfUnit.extend({ roster_id: IdText })
const OfDraft = OfUnit.extend({ draft_id: IdText })
const ROSTERS = '/api/operations/:operation_id/units/:unit_id/rosters'
const DRAFT = '/api/operations/:operation_id/units/:unit_id/roster-drafts/:draft_id'

const DraftHead = z.object({
  draft_id: Id,
  from_on: z.string(),
  days: z.int(),
  version: z.int().nullable(),
  hard: z.int().nullable(),
  penalty: z.int().nullable(),
  published_version: z.int().nullable(),
  published_at: InstantOut.nullable(),
  /** Who planned for several units at once and had this one made among them. */
  asked_by: z.string().nullable(),
})

export const RosterView = z.object({
  roster_id: Id,
  name: z.string(),
  needs: RosterNeeds,
  drafts: z.array(DraftHead),
})
export type RosterView = z.output<typeof RosterView>

export const listRosters = endpoint({
  method: 'GET',
  path: ROSTERS,
  summary: 'The rosters of a unit with their latest periods',
  permission: 'duty.read',
  place: ({ params }) => params.unit_id,
  input: { params: OfUnit },
  output: z.object({ rosters: z.array(RosterView) }),
  problems: [],
})

const Colleague = z.object({
  person_id: Id,
  name: z.string(),
  title: z.string(),
  skills: z.array(z.string()),
})
export type Colleague = z.output<typeof Colleague>

export const proposeNeeds = endpoint({
  method: 'GET',
  path: `${ROSTERS}/proposals`,
  summary: 'What the last four weeks say about shifts, cover and people of the chosen posts; nothing is stored',
  permission: 'duty.plan',
  place: ({ params }) => params.unit_id,
  input: { params: OfUnit, query: z.object({ posts: z.string().regex(/^\d+(,\d+)*$/) }) },
  output: z.object({
    needs: z.object({ person_ids: z.array(Id), shifts: z.array(ShiftNeed), limits: RosterLimits }),
    people: z.array(Colleague),
  }),
  problems: [],
})

export const saveRoster = endpoint({
  method: 'POST',
  path: ROSTERS,
  summary: 'Opens a roster, or changes what one needs',
  permission: 'duty.plan',
  place: ({ params }) => params.unit_id,
  input: {
    params: OfUnit,
    body: z.object({ roster_id: Id.nullable(), name: Text(60), needs: RosterNeeds }),
  },
  output: z.object({ roster_id: Id }),
  problems: [rosterProblems.unknown_roster, rosterProblems.wrong_needs],
})

export const openDraft = endpoint({
  method: 'POST',
  path: `${ROSTERS}/:roster_id/drafts`,
  summary: 'Builds the rostering problem of a period from the records; what is planned already is the first version',
  permission: 'duty.plan',
  place: ({ params }) => params.unit_id,
  input: { params: OfRoster, body: z.object({ from_on: CivilDateText, days: z.int().min(1).max(ROSTER_DAYS_MAX) }) },
  output: z.object({ draft_id: Id }),
  problems: [rosterProblems.unknown_roster, rosterProblems.closed_period, rosterProblems.wrong_problem],
})

/** person id → one cell a day: a shift code or null. */
export const Cells = z.record(z.string(), z.array(ShiftCode.nullable()).max(ROSTER_DAYS_MAX))
export type Cells = z.output<typeof Cells>
/** person id → days whose cell the solver leaves alone. */
export const Pinned = z.record(z.string(), z.array(z.int().min(0)).max(ROSTER_DAYS_MAX))

export const NOTE_KINDS = ['rest_order', 'leave', 'cannot', 'rather_not', 'elsewhere', 'other_shift'] as const

export const CellNote = z.object({ person_id: Id, day: z.int(), kind: z.enum(NOTE_KINDS) })
export type CellNote = z.output<typeof CellNote>

export const SOLVE_STATES = ['asked', 'running', 'ended', 'stopped', 'refused', 'crashed'] as const
export const SolveView = z.object({
  solve_id: Id,
  job_id: Uuid.nullable(),
  state: z.enum(SOLVE_STATES),
  seconds_max: z.int(),
  curve: z.array(
    z.object({ seconds: z.number(), hard: z.int().nullable(), penalty: z.number(), bound: z.number().nullable() }),
  ),
  version: z.int().nullable(),
  mistakes: z.array(z.string()),
  /** Solving threads that ended before their time. */
  crashed_threads: z.int(),
  /** Whether the next solve takes up what this one had found when it broke off. */
  can_resume: z.boolean(),
  asked_at: InstantOut,
  ended_at: InstantOut.nullable(),
})
export type SolveView = z.output<typeof SolveView>

export const RuleSource = z.object({ rule: z.string(), title: LocalText, example: z.boolean(), from_pack: z.boolean() })

export const DraftView = z.object({
  draft_id: Id,
  roster_id: Id,
  name: z.string(),
  unit_name: z.string(),
  from_on: z.string(),
  days: z.int(),
  /** Days before this one are over. */
  frozen_before_day: z.int(),
  needs: RosterNeeds,
  people: z.array(Colleague),
  /** The problem in the engine's language, so that the page can score every change by itself. */
  problem: z.unknown(),
  rules: z.array(RuleSource),
  notes: z.array(CellNote),
  version: z.int().nullable(),
  cells: Cells.nullable(),
  pinned: Pinned,
  published: Cells,
  published_at: InstantOut.nullable(),
  solve: SolveView.nullable(),
})
export type DraftView = z.output<typeof DraftView>

export const readDraft = endpoint({
  method: 'GET',
  path: DRAFT,
  summary: 'A period of a roster: problem, latest version, what is published',
  permission: 'duty.read',
  place: ({ params }) => params.unit_id,
  input: { params: OfDraft },
  output: DraftView,
  problems: [rosterProblems.unknown_draft],
})

export const rebuildDraft = endpoint({
  method: 'POST',
  path: `${DRAFT}/rebuilds`,
  summary: 'Builds the problem anew from the records; the roster stays',
  permission: 'duty.plan',
  place: ({ params }) => params.unit_id,
  input: { params: OfDraft },
  output: z.object({ draft_id: Id }),
  problems: [rosterProblems.unknown_draft, rosterProblems.solving, rosterProblems.wrong_problem],
})

export const saveVersion = endpoint({
  method: 'POST',
  path: `${DRAFT}/versions`,
  summary: 'Stores a changed roster as the next version',
  permission: 'duty.plan',
  place: ({ params }) => params.unit_id,
  input: {
    params: OfDraft,
    body: z.object({ base_version: z.int().nullable(), cells: Cells, pinned: Pinned }),
  },
  output: z.object({ version: z.int(), hard: z.int(), penalty: z.int() }),
  problems: [
    rosterProblems.unknown_draft,
    rosterProblems.changed_meanwhile,
    rosterProblems.solving,
    rosterProblems.wrong_problem,
  ],
})

export const solveDraft = endpoint({
  method: 'POST',
  path: `${DRAFT}/solves`,
  summary: 'Lets the solver look for a better roster, from the latest version on; it is cancelled like any job',
  permission: 'duty.plan',
  place: ({ params }) => params.unit_id,
  input: { params: OfDraft, body: z.object({ seconds: z.int().min(1).max(SOLVE_SECONDS_MAX) }) },
  output: z.object({ solve_id: Id, job_id: Uuid }),
  problems: [rosterProblems.unknown_draft, rosterProblems.solving],
})

export const readSolve = endpoint({
  method: 'GET',
  path: `${DRAFT}/solves/:solve_id`,
  summary: 'How far a solve is: penalty over time',
  permission: 'duty.read',
  place: ({ params }) => params.unit_id,
  input: { params: OfDraft.extend({ solve_id: IdText }) },
  output: SolveView,
  problems: [rosterProblems.unknown_draft],
})

export const publishDraft = endpoint({
  method: 'POST',
  path: `${DRAFT}/publications`,
  summary: 'Makes a version the plan: only what differs is planned or withdrawn, and whoever it concerns is told',
  permission: 'duty.plan',
  place: ({ params }) => params.unit_id,
  input: {
    params: OfDraft,
    body: z.object({ version: z.int(), reason: Text(1000).nullable() }),
  },
  output: z.object({ planned_count: z.int(), withdrawn_count: z.int(), told_count: z.int() }),
  problems: [
    rosterProblems.unknown_draft,
    rosterProblems.no_version,
    rosterProblems.changed_meanwhile,
    rosterProblems.solving,
    rosterProblems.hard_broken,
    rosterProblems.wrong_problem,
  ],
})

export const exportDraft = endpoint({
  method: 'POST',
  path: `${DRAFT}/exports`,
  summary: 'The latest version as a table to hang up; the audit keeps who took it out',
  permission: 'duty.read',
  place: ({ params }) => params.unit_id,
  input: { params: OfDraft },
  output: z.object({ name: z.string(), media_type: z.string(), bytes: z.instanceof(Uint8Array) }),
  file: true,
  problems: [rosterProblems.unknown_draft, rosterProblems.no_version],
})
