import { z } from 'zod'
import { endpoint } from '#platform/http/endpoint.ts'
import { Id, IdText, InstantOut, PageQuery, Text } from '#platform/http/fields.ts'
import { problems } from '#platform/http/problem.ts'
import { CIRCLE_NAMES } from './permissions.ts'

/**
 * Closed circles opened in an emergency ("break-glass"): one person's facts, one account, a reason, at most four hours. The
 * person concerned is shown it, and a second person reviews it afterwards.
 */

export const OPENING_MINUTES_MAX = 240

/** What somebody of the circle looks for: words from a list, since neither the audit nor the note of a look holds personal text. */
export const LOOK_PURPOSES = ['keep_record', 'arrange_duty', 'care', 'retention'] as const
export type LookPurpose = (typeof LOOK_PURPOSES)[number]

export const circleProblems = problems('circles', {
  unknown_person: {
    status: 404,
    zh: '没有找到此人，或不在您的管理范围内。',
    en: 'This person was not found or is outside your scope.',
  },
  not_running: {
    status: 409,
    zh: '只有应急响应期间才能紧急查看，这次响应还没开始或已经结束。',
    en: 'Closed facts can be opened only while a response runs; this one has not begun or is over.',
  },
  own_facts: {
    status: 409,
    zh: '这是您本人的信息，不需要紧急查看。',
    en: 'These are your own facts; they need no opening.',
  },
  open_already: {
    status: 409,
    zh: '您对此人的紧急查看还在有效期内。',
    en: 'You have this person’s facts open already.',
  },
  not_open: {
    status: 409,
    zh: '没有进行中的紧急查看，请先说明理由再查看。',
    en: 'Nothing is open: state a reason first.',
  },
  unknown_opening: {
    status: 404,
    zh: '没有找到这次紧急查看，或不在您的管理范围内。',
    en: 'This opening was not found or is outside your scope.',
  },
  own_opening: {
    status: 403,
    zh: '不能复核自己的查看，也不能复核与本人有关的查看。',
    en: 'Nobody reviews an opening of their own or one about themselves.',
  },
  reviewed: { status: 409, zh: '这次查看已经复核过。', en: 'This opening has been reviewed already.' },
})

const Circle = z.enum(CIRCLE_NAMES)
const Account = z.object({ user_id: Id, display_name: z.string() })

export const Opening = z.object({
  opening_id: z.uuid(),
  circle: Circle,
  person_id: Id,
  /** Null where the reader may no longer see the person. */
  person_name: z.string().nullable(),
  unit_id: Id,
  operation_id: Id,
  opened_by: Account,
  opened_at: InstantOut,
  until_at: InstantOut,
  closed_at: InstantOut.nullable(),
  /** Null once the person’s closed facts have been erased: the reason was sealed with the same key. */
  reason: z.string().nullable(),
  review: z
    .object({
      outcome: z.enum(['justified', 'not_justified']),
      words: z.string(),
      reviewed_by: Account,
      reviewed_at: InstantOut,
    })
    .nullable(),
})
export type Opening = z.output<typeof Opening>

export const openCircle = endpoint({
  method: 'POST',
  path: '/api/people/:person_id/circle-openings',
  summary: 'Opens a closed circle for one person in an emergency; the person is shown who did and why',
  permission: 'circles.open',
  input: {
    params: z.object({ person_id: IdText }),
    body: z.object({
      circle: Circle,
      operation_id: Id,
      reason: Text(500).pipe(z.string().min(6)),
      minutes: z.int().min(5).max(OPENING_MINUTES_MAX),
    }),
  },
  output: Opening,
  problems: [
    circleProblems.unknown_person,
    circleProblems.not_running,
    circleProblems.own_facts,
    circleProblems.open_already,
  ],
})

const OpeningParams = z.object({ opening_id: z.uuid() })

export const closeOpening = endpoint({
  method: 'POST',
  path: '/api/circle-openings/:opening_id/closings',
  summary: 'Closes one’s own opening before its time is over',
  permission: 'circles.open',
  input: { params: OpeningParams },
  output: Opening,
  problems: [circleProblems.unknown_opening, circleProblems.not_open],
})

export const listOpenings = endpoint({
  method: 'GET',
  path: '/api/circle-openings',
  summary: 'Openings of closed circles in the units in scope, newest first, with their reasons and reviews',
  permission: 'circles.review',
  place: ({ query }) => query.unit_id,
  input: {
    query: z.object({
      unit_id: IdText.optional(),
      waiting: z.enum(['true', 'false']).optional(),
      opening_id: z.uuid().optional(),
      ...PageQuery,
    }),
  },
  output: z.object({ openings: z.array(Opening), next: z.string().nullable() }),
  problems: [],
})

export const reviewOpening = endpoint({
  method: 'POST',
  path: '/api/circle-openings/:opening_id/reviews',
  summary: 'Says, as a second person, whether an opening was justified',
  permission: 'circles.review',
  input: {
    params: OpeningParams,
    body: z.object({ outcome: z.enum(['justified', 'not_justified']), words: Text(1000) }),
  },
  output: Opening,
  problems: [circleProblems.unknown_opening, circleProblems.own_opening, circleProblems.reviewed],
})

export const readOwnCircles = endpoint({
  method: 'GET',
  path: '/api/me/circle-views',
  summary: 'Who looked at one’s closed facts, when and why; newest first',
  permission: 'signed-in',
  input: {},
  output: z.object({
    openings: z.array(Opening),
    views: z.array(
      z.object({
        circle: z.string(),
        viewed_by: Account,
        viewed_at: InstantOut,
        /** Null where the viewer belongs to the circle. */
        opening_id: z.uuid().nullable(),
        /** Null under an opening, whose reason says it, and for looks of before it was kept. */
        purpose: z.enum(LOOK_PURPOSES).nullable(),
      }),
    ),
  }),
  problems: [],
})
