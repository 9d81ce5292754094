import { z } from 'zod'
import { EXPOSURES, POST_KINDS } from '#engines/policy/vocabulary.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { CivilDateText, Code, Id, IdText, InstantOut, Text, Uuid } from '#platform/http/fields.ts'
import { problems } from '#platform/http/problem.ts'
import { PostView } from './contract.ts'

/** The life of a post after it was opened, and the plan of a unit as whoever plans needs to see it. */

export const PLAN_DAYS_MAX = 62

export const postProblems = problems('posts', {
  closed: { status: 409, zh: '“{name}”已于 {closed_on} 撤销。', en: '"{name}" was closed on {closed_on}.' },
  too_early: {
    status: 422,
    zh: '日期须晚于设岗日期 {opened_on}。',
    en: 'The day must be after the post was opened on {opened_on}.',
  },
  before_opening: {
    status: 422,
    zh: '撤岗日期不能早于设岗日期 {opened_on}。',
    en: 'A post cannot close before it was opened on {opened_on}.',
  },
  has_duty: {
    status: 409,
    zh: '这个岗位到 {last_on} 还有已确认的值守，请选在那以后的日期，或先更正那些值守。',
    en: 'Duty is confirmed at this post up to {last_on}; choose a later day, or correct that duty first.',
  },
})

const PostParams = z.object({ operation_id: IdText, unit_id: IdText, post_id: IdText })

export const closePost = endpoint({
  method: 'POST',
  path: '/api/operations/:operation_id/units/:unit_id/posts/:post_id/closures',
  summary: 'Closes a post after its last day; shifts planned beyond it are withdrawn',
  permission: 'duty.plan',
  place: ({ params }) => params.unit_id,
  input: { params: PostParams, body: z.object({ closed_on: CivilDateText }) },
  output: z.object({ post: PostView, withdrawn_count: z.int() }),
  problems: [postProblems.closed, postProblems.before_opening, postProblems.has_duty],
})

export const changePost = endpoint({
  method: 'POST',
  path: '/api/operations/:operation_id/units/:unit_id/posts/:post_id/changes',
  summary: 'Changes a post from a day on: the earlier one closes the day before, planned shifts move to the new one',
  permission: 'duty.plan',
  place: ({ params }) => params.unit_id,
  input: {
    params: PostParams,
    body: z.object({
      from_on: CivilDateText,
      name: Text(100),
      kind: Code(POST_KINDS),
      exposure: Code(EXPOSURES),
      longest_stay_minutes: z.int().positive().max(44_640).nullable(),
    }),
  },
  output: z.object({ post: PostView, moved_count: z.int() }),
  problems: [postProblems.closed, postProblems.too_early, postProblems.has_duty],
})

export const ShiftPlan = z.object({
  /** Who belongs to the unit or is lent to it, and whoever has a shift here in the period. */
  people: z.array(z.object({ person_id: Id, name: z.string(), title: z.string() })).max(1000),
  shifts: z.array(
    z.object({
      shift_id: Uuid,
      person_id: Id,
      post_id: Id,
      post_name: z.string(),
      starts_on: z.string(),
      starts_at: InstantOut,
      ends_at: InstantOut,
      /** Confirmed, or said to be missed: no longer a plan. */
      settled: z.boolean(),
    }),
  ),
  /** Where the same people are planned or were on duty at another unit, as far as the reader may see it. */
  elsewhere: z.array(
    z.object({
      person_id: Id,
      unit_name: z.string(),
      starts_on: z.string(),
      starts_at: InstantOut,
      ends_at: InstantOut,
    }),
  ),
})
export type ShiftPlan = z.output<typeof ShiftPlan>

export const readShiftPlan = endpoint({
  method: 'GET',
  path: '/api/operations/:operation_id/units/:unit_id/planned-shifts',
  summary: 'The plan of a unit: its people, their shifts, and where they are engaged elsewhere',
  permission: 'duty.read',
  place: ({ params }) => params.unit_id,
  input: {
    params: z.object({ operation_id: IdText, unit_id: IdText }),
    query: z.object({ from: CivilDateText, to: CivilDateText }),
  },
  output: ShiftPlan,
  problems: [],
})
