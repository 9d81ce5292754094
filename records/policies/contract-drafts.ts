import { z } from 'zod'
import {
  EMPLOYMENTS,
  ESTABLISHMENTS,
  EXPOSURES,
  PARTY_STATUSES,
  POST_KINDS,
  UNIT_KINDS,
} from '#engines/policy/vocabulary.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import {
  CivilDateText,
  Code,
  Id,
  IdText,
  InstantOut,
  InstantText,
  LocalText,
  MaybeText,
  Pattern,
  Text,
} from '#platform/http/fields.ts'
import { problems } from '#platform/http/problem.ts'
import { policyProblems } from './contract.ts'
import {
  ClauseOut,
  DecisionPointOut,
  EntitlementOut,
  MistakeOut,
  PackHash,
  ParameterOut,
  SourceOut,
} from './pack-shapes.ts'

/** Packs before they are published: drafts, checks, trial runs, signing. */

export const draftProblems = problems('policies', {
  no_draft: {
    status: 404,
    zh: '没有找到这份草稿，或不在您的管理范围内。',
    en: 'There is no such draft, or it is not within your scope.',
  },
  draft_changed: {
    status: 409,
    zh: '{saved_by} 在 {saved_at} 已保存第 {revision} 稿，您改的是第 {expected} 稿。请先看对方改了什么，再把您的改动并进去保存。',
    en: '{saved_by} saved revision {revision} at {saved_at}; you changed revision {expected}. Look at what they changed, then save yours on top of it.',
  },
  draft_settled: {
    status: 409,
    zh: '这份草稿已经{how}，不能再改。要再改动，请从现行版本另起一份草稿。',
    en: 'This draft was {how_en} and can no longer be changed; begin another one from the version in force.',
  },
  not_newest: {
    status: 409,
    zh: '这不是最新的一稿（最新是第 {revision} 稿），请刷新后再办。',
    en: 'This is not the newest revision (that is {revision}); reload the page and try again.',
  },
  not_put_forward: {
    status: 409,
    zh: '这一稿还没有送签，请起草人先送签。',
    en: 'This revision has not been put forward for signing yet; its author has to do that first.',
  },
  cases_fail: {
    status: 422,
    zh: '有 {count} 个算例与结果不符，改正规则或算例后才能送签。',
    en: '{count} example(s) come out otherwise than they say; mend the rules or the examples before asking for signatures.',
  },
  nothing_changed: {
    status: 422,
    zh: '这一稿和现行版本一字不差，不需要送签。',
    en: 'This revision is the version in force, word for word; there is nothing to sign.',
  },
  own_draft: {
    status: 403,
    zh: '您参与起草了这份草稿，须由另外两位没有参与起草的人签署。',
    en: 'You had a hand in this draft; two other people who did not must sign it.',
  },
  signed_already: {
    status: 409,
    zh: '您已经对这一稿签署过意见。',
    en: 'You have already said what you think of this revision.',
  },
  signatures_missing: {
    status: 409,
    zh: '须有两位未参与起草的人同意签署，现在有 {count} 位。',
    en: 'Two people who had no hand in it must agree by signature; so far {count} did.',
  },
  sent_back: {
    status: 409,
    zh: '{who} 退回了这一稿：{reason}。请修改后重新送签。',
    en: '{who} sent this revision back: {reason}. Change it and put it forward again.',
  },
  base_moved: {
    status: 409,
    zh: '起草期间，别处已发布了新版本。请从现行版本另起草稿，把改动并进去。',
    en: 'Another version was published meanwhile; begin a draft from the version in force and carry your changes over.',
  },
  known_later: {
    status: 422,
    zh: '公布时间不能晚于现在。将来才执行的标准，公布后即可知晓，执行日期写在取值的起始日里。',
    en: 'The time of publication cannot lie ahead. A rate that holds from a later day is known once it is published; write that day as the first day of the value.',
  },
  known_earlier: {
    status: 422,
    zh: '公布时间须晚于现行版本的公布时间（{since}）。要改动以前的标准，写在取值的起始日里，不用倒填公布时间。',
    en: 'The time of publication must be later than that of the version in force ({since}). To change earlier days, write them as the first day of the value.',
  },
  too_heavy: {
    status: 422,
    zh: '这个政策包太大或太复杂，{seconds} 秒内没有读完，已停止。请拆成几个文件或减少内容。',
    en: 'This pack is too large or too involved: it was not read within {seconds} s and was stopped. Split it or make it smaller.',
  },
  no_what_if: {
    status: 409,
    zh: '这次试算还没有结果，或不是您发起的，请重新试算。',
    en: 'This trial has no result yet, or was not asked for by you; run it again.',
  },
  unknown_figure: {
    status: 422,
    zh: '启用的政策包里没有“{parameter}”这个数，或它不在可以改动的文件里。',
    en: 'The packs in force have no figure "{parameter}" that can be changed there.',
  },
})

/** Which paragraph of the notice a clause rests on, where somebody corrected what the numbers say; see `notice-paragraphs.ts`. */
export const NoticeTies = z.array(z.object({ clause: z.string().max(40), begins: z.string().max(40) })).max(500)

const DraftParams = z.object({ draft_id: IdText })
const OperationParams = z.object({ operation_id: IdText })
const PACK_BYTES_MAX = 8_388_608

const FilePath = Pattern(/^[\w.-]+(?:\/[\w.-]+)*$/, {
  zh: '文件名只能用字母、数字、点、横线和斜线',
  en: 'a file’s name has letters, digits, dots, dashes and slashes',
})

export const PackFiles = z
  .array(z.object({ path: FilePath, text: z.string().max(1_000_000) }))
  .min(1)
  .max(200)

export const DRAFT_STATES = ['open', 'put_forward', 'sent_back', 'signed', 'published', 'closed'] as const

const Signature = z.object({
  user_id: Id,
  name: z.string(),
  agreed: z.boolean(),
  reason: z.string(),
  signed_at: InstantOut,
})

const DraftRow = z.object({
  draft_id: Id,
  operation_id: Id,
  area_unit_id: Id,
  area_name: z.string(),
  title: z.string(),
  state: z.enum(DRAFT_STATES),
  revision: z.int(),
  begun_by: z.string(),
  begun_at: InstantOut,
  saved_by: z.string(),
  saved_at: InstantOut,
  base_hash: PackHash.nullable(),
})

export const listDrafts = endpoint({
  method: 'GET',
  path: '/api/operations/:operation_id/drafts',
  summary: 'Drafts of packs in scope, the newest first',
  permission: 'policies.drafts',
  input: { params: OperationParams },
  output: z.object({
    /** `waits_for_me`: put forward, and the reader may sign it and has not. */
    drafts: z.array(DraftRow.extend({ waits_for_me: z.boolean() })).max(200),
  }),
  problems: [],
})

export const beginDraft = endpoint({
  method: 'POST',
  path: '/api/operations/:operation_id/drafts',
  summary: 'Begins a draft from the version in force, from another published one, from the template, or from files',
  permission: 'policies.write',
  place: ({ body }) => body.area_unit_id,
  input: {
    params: OperationParams,
    body: z.object({
      area_unit_id: Id,
      title: Text(200),
      begin: z.discriminatedUnion('with', [
        z.object({ with: z.literal('published'), pack_hash: PackHash }),
        z.object({ with: z.literal('template') }),
        z.object({ with: z.literal('files'), files: PackFiles }),
      ]),
    }),
  },
  output: z.object({ draft_id: Id }),
  problems: [policyProblems.unknown_pack],
  body_bytes_max: PACK_BYTES_MAX,
  idempotent: true,
})

export const readDraft = endpoint({
  method: 'GET',
  path: '/api/drafts/:draft_id',
  summary: 'A draft as it was last saved, its earlier revisions, who signed it and what became of it',
  permission: 'policies.drafts',
  input: { params: DraftParams },
  output: DraftRow.extend({
    files: z.array(z.object({ path: z.string(), text: z.string() })),
    /** What it began with, for seeing what was changed. */
    base_files: z.array(z.object({ path: z.string(), text: z.string() })),
    notice_text: z.string(),
    notice_ties: NoticeTies,
    /** Whether the reader had a hand in it and therefore cannot sign. */
    is_author: z.boolean(),
    revisions: z.array(z.object({ revision: z.int(), note: z.string(), saved_by: z.string(), saved_at: InstantOut })),
    request: z.object({ pack_hash: PackHash, note: z.string(), asked_by: z.string(), asked_at: InstantOut }).nullable(),
    signatures: z.array(Signature),
    publication: z
      .object({ pack_hash: PackHash, known_from: InstantOut, published_by: z.string(), published_at: InstantOut })
      .nullable(),
  }),
  problems: [draftProblems.no_draft],
})

export const saveDraft = endpoint({
  method: 'POST',
  path: '/api/drafts/:draft_id/revisions',
  summary: 'Saves a draft as its next revision; refuses when somebody else saved meanwhile, and says who',
  permission: 'policies.write',
  input: {
    params: DraftParams,
    body: z.object({
      /** The revision that was changed. */
      expected_revision: z.int().min(1),
      files: PackFiles,
      notice_text: z.string().max(200_000).default(''),
      notice_ties: NoticeTies.default([]),
      note: MaybeText(500).default(''),
    }),
  },
  output: z.object({ revision: z.int() }),
  problems: [draftProblems.no_draft, draftProblems.draft_changed, draftProblems.draft_settled],
  body_bytes_max: PACK_BYTES_MAX,
  idempotent: true,
})

/** What reading a pack came to: every mistake, the examples, and what it says when it can be read. */
export const PackCheck = z.object({
  mistakes: z.array(MistakeOut),
  cases: z.object({
    count: z.int(),
    misses: z.array(
      z.object({
        file: z.string(),
        line: z.int(),
        column: z.int(),
        name: z.string(),
        entitlement: z.string(),
        wanted: LocalText,
        got: LocalText,
      }),
    ),
  }),
  pack: z
    .object({
      code: z.string(),
      version: z.string(),
      title: LocalText,
      pack_hash: PackHash,
      clauses: z.array(ClauseOut),
      parameters: z.array(ParameterOut),
      entitlements: z.array(EntitlementOut),
      decision_points: z.array(DecisionPointOut),
      sources: z.array(SourceOut),
    })
    .nullable(),
})
export type PackCheck = z.output<typeof PackCheck>

export const checkDraftText = endpoint({
  method: 'POST',
  path: '/api/operations/:operation_id/draft-checks',
  summary:
    'Reads a pack as it stands on the screen together with the layers in force and runs its examples; stores nothing',
  permission: 'policies.drafts',
  place: ({ body }) => body.area_unit_id,
  input: { params: OperationParams, body: z.object({ area_unit_id: Id, files: PackFiles }) },
  output: PackCheck,
  problems: [draftProblems.too_heavy],
  body_bytes_max: PACK_BYTES_MAX,
})

export const MadeUpPerson = z.object({
  employment: Code(EMPLOYMENTS).nullable(),
  established: Code(ESTABLISHMENTS),
  party: Code(PARTY_STATUSES),
  post_kind: Code(POST_KINDS).nullable(),
  exposure: Code(EXPOSURES),
  unit_kind: Code(UNIT_KINDS).nullable(),
  from_on: CivilDateText,
  to_on: CivilDateText,
  /** Local time of day at which each day of duty begins, and how long it lasts. */
  starts_at_min: z.int().min(0).max(1439),
  lasts_min: z.int().min(1).max(1440),
})
export type MadeUpPerson = z.output<typeof MadeUpPerson>

const SampleResult = z.object({
  entitlement: z.string(),
  title: LocalText,
  before: z.object({ text: LocalText, amount_fen: z.int().nullable() }).nullable(),
  after: z.object({ text: LocalText, amount_fen: z.int().nullable() }).nullable(),
  difference_fen: z.int(),
  /** The lines of the explanation under the draft. */
  reasons: z.array(LocalText),
})

export const runSamples = endpoint({
  method: 'POST',
  path: '/api/operations/:operation_id/draft-samples',
  summary: 'What a pack as it stands on the screen gives to a few people or a made-up one, beside what is in force',
  permission: 'policies.drafts',
  place: ({ body }) => body.area_unit_id,
  input: {
    params: OperationParams,
    body: z.object({
      area_unit_id: Id,
      files: PackFiles,
      people: z.array(Id).max(20).default([]),
      made_up: MadeUpPerson.nullable().default(null),
    }),
  },
  output: z.object({
    people: z.array(z.object({ person_id: Id.nullable(), name: z.string(), results: z.array(SampleResult) })),
  }),
  problems: [policyProblems.mistakes, draftProblems.too_heavy, policyProblems.not_evaluable],
  body_bytes_max: PACK_BYTES_MAX,
})

export const putDraftForward = endpoint({
  method: 'POST',
  path: '/api/drafts/:draft_id/requests',
  summary: 'Puts the newest revision forward for signing, after all of it was checked once more',
  permission: 'policies.write',
  input: {
    params: DraftParams,
    body: z.object({ revision: z.int().min(1), note: MaybeText(2000).default('') }),
  },
  output: z.object({ pack_hash: PackHash }),
  problems: [
    draftProblems.no_draft,
    draftProblems.not_newest,
    draftProblems.draft_settled,
    draftProblems.cases_fail,
    draftProblems.nothing_changed,
    draftProblems.too_heavy,
    policyProblems.mistakes,
  ],
})

export const signDraft = endpoint({
  method: 'POST',
  path: '/api/drafts/:draft_id/signatures',
  summary: 'Agrees to the revision put forward, or sends it back with a reason; nobody who had a hand in it may',
  permission: 'policies.sign',
  input: {
    params: DraftParams,
    body: z
      .object({ revision: z.int().min(1), agreed: z.boolean(), reason: MaybeText(2000).default('') })
      .refine(({ agreed, reason }) => agreed || reason !== '', {
        path: ['reason'],
        params: { zh: '退回时请写明理由', en: 'say why you send it back' },
      }),
  },
  output: z.object({ state: z.enum(DRAFT_STATES) }),
  problems: [
    draftProblems.no_draft,
    draftProblems.not_newest,
    draftProblems.not_put_forward,
    draftProblems.draft_settled,
    draftProblems.own_draft,
    draftProblems.signed_already,
  ],
})

export const publishDraft = endpoint({
  method: 'POST',
  path: '/api/drafts/:draft_id/publications',
  summary: 'Publishes a revision with two signatures, puts it in force, and asks for a new evaluation',
  permission: 'policies.write',
  input: {
    params: DraftParams,
    body: z.object({
      revision: z.int().min(1),
      /** Since when it is known; now when left out. */ known_from: InstantText.nullable().default(null),
    }),
  },
  output: z.object({ pack_hash: PackHash, job_id: z.uuid() }),
  problems: [
    draftProblems.no_draft,
    draftProblems.not_newest,
    draftProblems.not_put_forward,
    draftProblems.draft_settled,
    draftProblems.signatures_missing,
    draftProblems.sent_back,
    draftProblems.base_moved,
    draftProblems.known_later,
    draftProblems.known_earlier,
    policyProblems.mistakes,
    policyProblems.wrong_area,
  ],
})

export const closeDraft = endpoint({
  method: 'POST',
  path: '/api/drafts/:draft_id/closings',
  summary: 'Lays a draft aside with a reason; it stays readable',
  permission: 'policies.write',
  input: { params: DraftParams, body: z.object({ reason: Text(500) }) },
  output: z.object({ closed: z.literal(true) }),
  problems: [draftProblems.no_draft, draftProblems.draft_settled],
})
