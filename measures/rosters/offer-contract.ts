import { z } from 'zod'
import { endpoint } from '#platform/http/endpoint.ts'
import { CivilDateText, Id, IdText, InstantOut, LocalText, Minutes, Text, Uuid } from '#platform/http/fields.ts'
import { problems } from '#platform/http/problem.ts'

/** Shifts that look for somebody else: drop-outs, offers and swaps between colleagues; and times when people cannot come. */

export const offerProblems = problems('offers', {
  no_person: { status: 404, zh: '您的账号没有关联人员。', en: 'Your account is not tied to a person.' },
  unknown_shift: {
    status: 422,
    zh: '没有找到这个班，它可能已被改动。',
    en: 'This shift was not found; it may have been changed.',
  },
  unknown_offer: { status: 422, zh: '没有找到这次找人替班。', en: 'This search for a substitute was not found.' },
  begun: { status: 409, zh: '这个班已经开始，不能再换。', en: 'This shift has begun and can no longer be handed on.' },
  open_already: { status: 409, zh: '这个班已经在找人替。', en: 'Somebody is already being looked for.' },
  ended: { status: 409, zh: '这个班已经有人替了，或已撤回。', en: 'This shift has found somebody, or was taken back.' },
  cannot_take: { status: 422, zh: '{name}不能接这个班：{why}', en: '{name} cannot take this shift: {why}' },
  unknown_person: {
    status: 404,
    zh: '没有找到此人，或不在您的管理范围内。',
    en: 'No such person was found, or they are outside your scope.',
  },
  dates: {
    status: 422,
    zh: '结束不能早于开始，最长两个月。',
    en: 'The end comes not before the start; two months at most.',
  },
})

export const OFFER_KINDS = ['drop_out', 'offer', 'swap'] as const
/** What a unit sees also tells a shift that leave has opened; who is asked to take it is not told why. */
const SEARCH_KINDS = [...OFFER_KINDS, 'leave'] as const

export const WHY_NOT = {
  overlap: { zh: '这段时间已有班', en: 'has a shift then' },
  rest: { zh: '与前后班间隔不足', en: 'too little rest before or after' },
  rest_order: { zh: '在休息令期间', en: 'is ordered to rest' },
  cannot: { zh: '本人说不能来', en: 'said they cannot come' },
  run: { zh: '连续上班会超过上限', en: 'too many days in a row' },
  skill: { zh: '没有这个班要求的技能', en: 'lacks the skill of this shift' },
  leave: { zh: '当天补休', en: 'has leave that day' },
  rules: { zh: '会违反排班规则', en: 'would break rules of the roster' },
} as const
export type WhyNot = keyof typeof WHY_NOT
const WHY_CODES = [
  'overlap',
  'rest',
  'rest_order',
  'cannot',
  'run',
  'skill',
  'leave',
  'rules',
] as const satisfies readonly WhyNot[]

export const Taker = z.object({
  person_id: Id,
  name: z.string(),
  title: z.string(),
  /** Empty: may take it. */
  why_not: z.array(z.enum(WHY_CODES)),
  rather_not: z.boolean(),
  same_post: z.boolean(),
  /** Hours in the seven days around the shift, with it. */
  week_minutes: Minutes,
  run_days: z.int(),
  /** Rest before and after, where there are shifts within three days. */
  rest_before_minutes: Minutes.nullable(),
  rest_after_minutes: Minutes.nullable(),
  /** What the published roster's penalty would grow by; null where no roster holds the shift or a hard rule is in the way. */
  penalty: z.number().nullable(),
  /** Load with the shift beside what would be fair. */
  fairness: z.array(z.object({ title: LocalText, load: z.number(), fair: z.number(), in_minutes: z.boolean() })),
  /** Hard rules of the unit and of the packs that would be broken. */
  rules: z.array(LocalText),
  answer: z.enum(['asked', 'declined']).nullable(),
})
export type Taker = z.output<typeof Taker>

const ShiftFacts = {
  shift_id: Uuid,
  post_name: z.string(),
  starts_at: InstantOut,
  ends_at: InstantOut,
}

export const OfferView = z.object({
  offer_id: Uuid,
  kind: z.enum(SEARCH_KINDS),
  person_id: Id,
  person_name: z.string(),
  ...ShiftFacts,
  opened_at: InstantOut,
  asked_names: z.array(z.string()),
})
export type OfferView = z.output<typeof OfferView>

const OfUnit = z.object({ operation_id: IdText, unit_id: IdText })
const OFFERS = '/api/operations/:operation_id/units/:unit_id/shift-offers'

export const listOffers = endpoint({
  method: 'GET',
  path: OFFERS,
  summary: 'Shifts of a unit that look for somebody else',
  permission: 'duty.read',
  place: ({ params }) => params.unit_id,
  input: { params: OfUnit },
  output: z.object({ offers: z.array(OfferView) }),
  problems: [],
})

export const openOffer = endpoint({
  method: 'POST',
  path: OFFERS,
  summary: 'Somebody drops out: who can take the shift, most suitable first',
  permission: 'duty.plan',
  place: ({ params }) => params.unit_id,
  input: { params: OfUnit, body: z.object({ offer_id: Uuid, person_id: Id, shift_id: Uuid }) },
  output: z.object({ offer_id: Uuid, takers: z.array(Taker) }),
  problems: [offerProblems.unknown_shift, offerProblems.begun],
})

const OfOffer = OfUnit.extend({ offer_id: Uuid })

export const listTakers = endpoint({
  method: 'GET',
  path: `${OFFERS}/:offer_id/takers`,
  summary: 'Who can take a shift that looks for somebody: rest, hours, days in a row, and what stands in the way',
  permission: 'duty.plan',
  place: ({ params }) => params.unit_id,
  input: { params: OfOffer },
  output: z.object({ takers: z.array(Taker) }),
  problems: [offerProblems.unknown_offer],
})

export const askTaker = endpoint({
  method: 'POST',
  path: `${OFFERS}/:offer_id/asks`,
  summary: 'Asks somebody to take the shift; agreed by word of mouth, they take it at once',
  permission: 'duty.plan',
  place: ({ params }) => params.unit_id,
  input: {
    params: OfOffer,
    body: z.object({
      person_id: Id,
      agreed: z.boolean(),
      /** Why they are asked although a rule of the roster would be broken; nothing else can be passed over. */
      despite: Text(500).nullable().default(null),
    }),
  },
  output: z.object({ state: z.enum(['asked', 'replaced']) }),
  problems: [
    offerProblems.unknown_offer,
    offerProblems.unknown_person,
    offerProblems.ended,
    offerProblems.begun,
    offerProblems.cannot_take,
  ],
})

export const closeOffer = endpoint({
  method: 'POST',
  path: `${OFFERS}/:offer_id/closures`,
  summary: 'Takes back a search for a substitute: the shift stays with its person',
  permission: 'duty.plan',
  place: ({ params }) => params.unit_id,
  input: { params: OfOffer },
  output: z.object({ closed: z.literal(true) }),
  problems: [offerProblems.unknown_offer, offerProblems.ended],
})

const OwnShift = z.object(ShiftFacts)

const UnavailableTime = z.object({
  time_id: Uuid,
  kind: z.enum(['cannot', 'rather_not']),
  from_on: z.string(),
  to_on: z.string(),
  words: z.string().nullable(),
})

export const NOTICE_KINDS = ['published', 'replaced', 'taken', 'swapped', 'declined'] as const

export const readOwnRoster = endpoint({
  method: 'GET',
  path: '/api/me/roster',
  summary: 'My shifts to come, what I am asked to take, what colleagues offer, what changed, when I cannot come',
  permission: 'signed-in',
  input: { query: z.object({ operation_id: IdText }) },
  output: z.object({
    unit_id: Id,
    shifts: z.array(OwnShift.extend({ offer: z.object({ offer_id: Uuid, kind: z.enum(OFFER_KINDS) }).nullable() })),
    /** Asked of me by name: a drop-out's shift, or a swap (then `returned` is the one of mine that I would give). */
    asked: z.array(
      OwnShift.extend({
        offer_id: Uuid,
        unit_id: Id,
        kind: z.enum(OFFER_KINDS),
        from_name: z.string(),
        returned: OwnShift.nullable(),
      }),
    ),
    /** Offered to every colleague; `why_not` says what stands in my way. */
    offered: z.array(
      OwnShift.extend({ offer_id: Uuid, unit_id: Id, from_name: z.string(), why_not: z.array(z.enum(WHY_CODES)) }),
    ),
    notices: z.array(
      z.object({ kind: z.enum(NOTICE_KINDS), told_at: InstantOut, facts: z.record(z.string(), z.unknown()) }),
    ),
    unavailable: z.array(UnavailableTime),
  }),
  problems: [offerProblems.no_person],
})
export type OwnRoster = z.output<typeof readOwnRoster.output>

export const listSwaps = endpoint({
  method: 'GET',
  path: '/api/me/shifts/:shift_id/swaps',
  summary: 'With whom I could swap this shift of mine: both sides checked',
  permission: 'signed-in',
  input: { params: z.object({ shift_id: Uuid }), query: z.object({ operation_id: IdText }) },
  output: z.object({ swaps: z.array(OwnShift.extend({ person_id: Id, name: z.string() })) }),
  problems: [offerProblems.no_person, offerProblems.unknown_shift],
})

export const offerOwnShift = endpoint({
  method: 'POST',
  path: '/api/me/shift-offers',
  summary: 'I cannot work a shift of mine, offer it to colleagues, or ask one of them to swap',
  permission: 'signed-in',
  idempotent: true,
  input: {
    body: z.object({
      offer_id: Uuid,
      operation_id: Id,
      shift_id: Uuid,
      kind: z.enum(OFFER_KINDS),
      swap: z.object({ person_id: Id, shift_id: Uuid }).nullable().default(null),
    }),
  },
  output: z.object({ offer_id: Uuid }),
  problems: [
    offerProblems.no_person,
    offerProblems.unknown_shift,
    offerProblems.begun,
    offerProblems.open_already,
    offerProblems.cannot_take,
  ],
})

const OwnOffer = z.object({ offer_id: Uuid })

export const answerOffer = endpoint({
  method: 'POST',
  path: '/api/me/shift-offers/:offer_id/answers',
  summary: 'I take a shift that I am asked for or that is offered to all, or I decline',
  permission: 'signed-in',
  idempotent: true,
  input: {
    params: OwnOffer,
    body: z.object({ unit_id: Id, answer: z.enum(['accepted', 'declined']) }),
  },
  output: z.object({ state: z.enum(['replaced', 'declined']) }),
  problems: [
    offerProblems.no_person,
    offerProblems.unknown_offer,
    offerProblems.ended,
    offerProblems.begun,
    offerProblems.cannot_take,
  ],
})

export const withdrawOwnOffer = endpoint({
  method: 'POST',
  path: '/api/me/shift-offers/:offer_id/withdrawals',
  summary: 'I take back what I offered',
  permission: 'signed-in',
  idempotent: true,
  input: { params: OwnOffer },
  output: z.object({ withdrawn: z.literal(true) }),
  problems: [offerProblems.no_person, offerProblems.unknown_offer, offerProblems.ended],
})

export const sayUnavailable = endpoint({
  method: 'POST',
  path: '/api/me/unavailable-times',
  summary: 'Days on which I cannot come, or would rather not; rosters heed them',
  permission: 'signed-in',
  idempotent: true,
  input: {
    body: z.object({
      time_id: Uuid,
      operation_id: Id,
      kind: z.enum(['cannot', 'rather_not']),
      from_on: CivilDateText,
      to_on: CivilDateText,
      words: Text(200).nullable(),
    }),
  },
  output: z.object({ time_id: Uuid }),
  problems: [offerProblems.no_person, offerProblems.dates],
})

export const withdrawUnavailable = endpoint({
  method: 'POST',
  path: '/api/me/unavailable-times/:time_id/withdrawals',
  summary: 'I can come after all',
  permission: 'signed-in',
  idempotent: true,
  input: { params: z.object({ time_id: Uuid }) },
  output: z.object({ withdrawn: z.literal(true) }),
  problems: [offerProblems.no_person],
})

export const ownCalendar = endpoint({
  method: 'GET',
  path: '/api/me/shifts.ics',
  summary: 'My shifts to come as a calendar file',
  permission: 'signed-in',
  input: { query: z.object({ operation_id: IdText }) },
  output: z.object({ name: z.string(), media_type: z.string(), bytes: z.instanceof(Uint8Array) }),
  file: true,
  problems: [offerProblems.no_person],
})

export const personCalendar = endpoint({
  method: 'GET',
  path: '/api/operations/:operation_id/units/:unit_id/people/:person_id/shifts.ics',
  summary: 'The shifts of one person at the unit as a calendar file',
  permission: 'duty.read',
  place: ({ params }) => params.unit_id,
  input: { params: OfUnit.extend({ person_id: IdText }) },
  output: z.object({ name: z.string(), media_type: z.string(), bytes: z.instanceof(Uint8Array) }),
  file: true,
  problems: [offerProblems.unknown_person],
})
