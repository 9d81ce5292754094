import { z } from 'zod'
import { STATES } from '#engines/policy/results.ts'
import { EMPLOYMENTS, GRADES } from '#engines/policy/vocabulary.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { Code, Fen, Id, IdText, LocalText, Text } from '#platform/http/fields.ts'
import { problems } from '#platform/http/problem.ts'
import { EvaluationView, policyProblems } from '#records/policies/contract.ts'
import { EntitlementOut } from '#records/policies/pack-shapes.ts'

export const benefitProblems = problems('benefits', {
  unknown_person: {
    status: 404,
    zh: '没有找到此人的待遇，或不在您的管理范围内。',
    en: 'No statement of this person was found, or it is outside your scope.',
  },
  unknown_entitlement: {
    status: 404,
    zh: '这次测算里没有“{entitlement}”。',
    en: 'This evaluation has no entitlement "{entitlement}".',
  },
  not_the_same: {
    status: 409,
    zh: '重新推算与已存结果不一致（已存 {stored}，重算 {again}），请立即联系管理员核对，暂勿发放。',
    en: 'Worked out again, the result differs from what is stored ({stored}, now {again}). Ask an administrator to check before anything is paid.',
  },
  too_many: {
    status: 422,
    zh: '一次最多导出 {limit} 人，本单位有 {count} 人，请按下级单位导出，或用命令行 tongpao statement。',
    en: 'One export holds up to {limit} people and this unit has {count}; export its lower units, or use the command line: tongpao statement.',
  },
  no_person: {
    status: 404,
    zh: '您的账号没有关联人员，没有本人待遇。',
    en: 'Your account is not tied to a person, so there is no statement of your own.',
  },
})

const Operation = { operation_id: IdText }
/** Without it, the evaluation that is in force now. */
const OfEvaluation = { evaluation_id: IdText.optional() }
const PeoplePage = { after: z.string().max(200).optional(), limit: z.coerce.number().int().min(1).max(50).default(50) }

export const StatementUnit = z.object({ unit_id: Id, name: z.string(), kind: z.string() })

/** What an entitlement is: the columns of a statement. */
export const EntitlementHead = z.object({
  entitlement: z.string(),
  title: LocalText,
  clause: z.string(),
  gives: EntitlementOut.shape.gives,
  quantity_unit: z.enum(['day_hundredths', 'minutes', 'rights', 'times', 'items']),
  /** True when a figure that it uses has grade C or U somewhere in the operation: shown as 未核实. */
  unverified: z.boolean(),
  /** True when a figure that it uses is an example: shown as 示例. */
  example: z.boolean(),
})
export type EntitlementHead = z.output<typeof EntitlementHead>

/** A sum over people. `amount_fen` and `quantity` hold what is settled; what is open is counted beside it. */
export const Total = z.object({
  entitlement: z.string(),
  people_settled: z.int(),
  people_waiting_decision: z.int(),
  people_missing_fact: z.int(),
  people_not_covered: z.int(),
  quantity: z.int(),
  amount_fen: Fen.nullable(),
  open_days: z.int(),
})
export type Total = z.output<typeof Total>

/** One entitlement of one person. */
export const Result = z.object({
  entitlement: z.string(),
  state: z.enum(STATES),
  quantity: z.int().nullable(),
  amount_fen: Fen.nullable(),
  open_days: z.int(),
  decision_point: z.string().nullable(),
  decision_question: LocalText.nullable(),
  missing: z.string().nullable(),
  missing_text: LocalText.nullable(),
})
export type Result = z.output<typeof Result>

export const readUnitStatement = endpoint({
  method: 'GET',
  path: '/api/operations/:operation_id/statements/units/:unit_id',
  summary: 'What a unit and the units below it come to, per entitlement and per unit directly below',
  permission: 'statements.read',
  place: ({ params }) => params.unit_id,
  input: {
    params: z.object({ ...Operation, unit_id: IdText }),
    query: z.object({ ...OfEvaluation, ...PeoplePage }),
  },
  output: z.object({
    unit: StatementUnit,
    evaluation: EvaluationView,
    people_count: z.int(),
    entitlements: z.array(EntitlementHead),
    totals: z.array(Total),
    /** Amounts that are units' own, with units counted where totals of people count people. */
    unit_entitlements: z.array(EntitlementHead),
    unit_totals: z.array(Total),
    /** What this very unit comes to itself. */
    own_results: z.array(Result),
    /** People whose home is this very unit, not one below it. */
    own_people_count: z.int(),
    children: z.array(
      StatementUnit.extend({ people_count: z.int(), totals: z.array(Total), unit_totals: z.array(Total) }),
    ),
    next: z.string().nullable(),
  }),
  problems: [policyProblems.no_evaluation, policyProblems.unknown_evaluation],
})

export const listUnitPeople = endpoint({
  method: 'GET',
  path: '/api/operations/:operation_id/statements/units/:unit_id/people',
  summary: 'The people of a unit and of the units below it, with what each is owed',
  permission: 'statements.read',
  place: ({ params }) => params.unit_id,
  input: {
    params: z.object({ ...Operation, unit_id: IdText }),
    query: z.object({
      ...OfEvaluation,
      /** Only people for whom this entitlement stands so. */
      entitlement: z.string().max(64).optional(),
      state: z.enum(STATES).optional(),
      ...PeoplePage,
    }),
  },
  output: z.object({
    unit: StatementUnit,
    evaluation: EvaluationView,
    entitlements: z.array(EntitlementHead),
    people: z.array(
      z.object({
        person_id: Id,
        name: z.string(),
        employment: Code(EMPLOYMENTS),
        home_unit_name: z.string(),
        results: z.array(Result),
      }),
    ),
    next: z.string().nullable(),
  }),
  problems: [policyProblems.no_evaluation, policyProblems.unknown_evaluation],
})

export const listUnitAmounts = endpoint({
  method: 'GET',
  path: '/api/operations/:operation_id/statements/units/:unit_id/amounts',
  summary: 'Amounts that are a unit’s and not a person’s, of a unit and of those below it',
  permission: 'statements.read',
  place: ({ params }) => params.unit_id,
  input: {
    params: z.object({ ...Operation, unit_id: IdText }),
    query: z.object({
      ...OfEvaluation,
      entitlement: z.string().max(64).optional(),
      state: z.enum(STATES).optional(),
      ...PeoplePage,
    }),
  },
  output: z.object({
    evaluation: EvaluationView,
    entitlements: z.array(EntitlementHead),
    units: z.array(
      StatementUnit.extend({
        county_unit_id: Id.nullable(),
        county_name: z.string().nullable(),
        results: z.array(Result),
      }),
    ),
    next: z.string().nullable(),
  }),
  problems: [policyProblems.no_evaluation, policyProblems.unknown_evaluation],
})

export const PersonStatement = z.object({
  person_id: Id,
  name: z.string(),
  employment: Code(EMPLOYMENTS),
  home_unit_id: Id,
  home_unit_name: z.string(),
  county_name: z.string().nullable(),
  evaluation: EvaluationView,
  period: z.object({ from: z.string(), to: z.string() }),
  entitlements: z.array(EntitlementHead),
  results: z.array(Result),
})
export type PersonStatement = z.output<typeof PersonStatement>

export const readPersonStatement = endpoint({
  method: 'GET',
  path: '/api/operations/:operation_id/statements/people/:person_id',
  summary: 'What one person is owed',
  permission: 'statements.read',
  input: { params: z.object({ ...Operation, person_id: IdText }), query: z.object(OfEvaluation) },
  output: PersonStatement,
  problems: [policyProblems.no_evaluation, policyProblems.unknown_evaluation, benefitProblems.unknown_person],
})

export const readOwnStatement = endpoint({
  method: 'GET',
  path: '/api/me/statement',
  summary: 'What I am owed',
  permission: 'signed-in',
  input: { query: z.object(Operation) },
  output: PersonStatement,
  problems: [policyProblems.no_evaluation, benefitProblems.no_person, benefitProblems.unknown_person],
})

export const Citation = z.object({
  parameter: z.string(),
  value: z.number(),
  from: z.string(),
  to: z.string().nullable(),
  known: z.string(),
  source: z.string(),
  source_title: z.string(),
  source_number: z.string().nullable(),
  grade: Code(GRADES),
  unverified: z.boolean(),
  example: z.boolean(),
  pack: z.string(),
  file: z.string(),
  line: z.int(),
})

const LINE_KINDS = [
  'clause',
  'who',
  'day',
  'span',
  'category',
  'count',
  'calendar',
  'rate',
  'exception',
  'rounding',
  'limit',
  'decision',
  'fact',
  'missing',
  'month',
  'sum',
] as const

/** One line of an explanation, with what can be added beside the words. Lines hold the lines that they rest on. */
export const ExplanationLine = z.object({
  kind: z.enum(LINE_KINDS),
  text: z.string(),
  day: z.string().optional(),
  amount_fen: Fen.optional(),
  minutes: z.int().optional(),
  day_hundredths: z.int().optional(),
  /** The rate of the day in hundredths of a fen, before it is multiplied by the share of the day. */
  rate_hundredth_fen: z.number().optional(),
  clause: z.string().optional(),
  refs: z.array(z.string()).optional(),
  parameters: z.array(Citation).optional(),
  get lines() {
    return z.array(ExplanationLine).optional()
  },
})
export type ExplanationLine = z.output<typeof ExplanationLine>

export const ExplanationView = z.object({
  language: z.enum(['zh', 'en']),
  title: z.string(),
  entitlement: EntitlementHead,
  result: Result,
  period: z.object({ from: z.string(), to: z.string() }),
  evaluation: EvaluationView,
  pack_hash: z.string(),
  lines: z.array(ExplanationLine),
})
export type ExplanationView = z.output<typeof ExplanationView>

const Language = { language: z.enum(['zh', 'en']).default('zh') }
const explanationProblems = [
  policyProblems.no_evaluation,
  policyProblems.unknown_evaluation,
  benefitProblems.unknown_person,
  benefitProblems.unknown_entitlement,
  benefitProblems.not_the_same,
]

export const explainForPerson = endpoint({
  method: 'GET',
  path: '/api/operations/:operation_id/statements/people/:person_id/entitlements/:entitlement/explanation',
  summary: 'Why a person’s figure is what it is, down to the arithmetic, as far as the reader may know',
  permission: 'statements.read',
  input: {
    params: z.object({ ...Operation, person_id: IdText, entitlement: z.string().max(64) }),
    query: z.object({ ...OfEvaluation, ...Language }),
  },
  output: ExplanationView,
  problems: explanationProblems,
})

export const explainForUnit = endpoint({
  method: 'GET',
  path: '/api/operations/:operation_id/statements/units/:unit_id/entitlements/:entitlement/explanation',
  summary: 'Why an amount of a unit is what it is, down to the recorded facts and the arithmetic',
  permission: 'statements.read',
  place: ({ params }) => params.unit_id,
  input: {
    params: z.object({ ...Operation, unit_id: IdText, entitlement: z.string().max(64) }),
    query: z.object({ ...OfEvaluation, ...Language }),
  },
  output: ExplanationView,
  problems: explanationProblems,
})

export const explainOwn = endpoint({
  method: 'GET',
  path: '/api/me/statement/:entitlement/explanation',
  summary: 'Why my own figure is what it is',
  permission: 'signed-in',
  input: { params: z.object({ entitlement: z.string().max(64) }), query: z.object({ ...Operation, ...Language }) },
  output: ExplanationView,
  problems: [...explanationProblems, benefitProblems.no_person],
})

export const INSURANCE_LISTS = ['undecided', 'not_covered', 'covered'] as const

export const listInsurance = endpoint({
  method: 'GET',
  path: '/api/operations/:operation_id/insurance',
  summary: 'Accident insurance, which the clause only permits: who is undecided, and who was decided against',
  permission: 'statements.read',
  place: ({ query }) => query.unit_id,
  input: {
    params: z.object(Operation),
    query: z.object({ unit_id: IdText, list: z.enum(INSURANCE_LISTS), ...PeoplePage }),
  },
  output: z.object({
    evaluation: EvaluationView,
    entitlement: EntitlementHead.nullable(),
    counts: z.object({ undecided: z.int(), not_covered: z.int(), covered: z.int() }),
    people: z.array(
      z.object({
        person_id: Id,
        name: z.string(),
        employment: Code(EMPLOYMENTS),
        home_unit_id: Id,
        home_unit_name: z.string(),
        decision_point: z.string().nullable(),
        /** Days on posts of direct contact in this operation. */
        direct_days: z.int(),
        last_on: z.string().nullable(),
      }),
    ),
    next: z.string().nullable(),
  }),
  problems: [policyProblems.no_evaluation],
})

export const exportStatement = endpoint({
  method: 'POST',
  path: '/api/operations/:operation_id/statements/units/:unit_id/exports',
  summary:
    'The statement of a unit as an Excel workbook: as an office files it, with every explanation on a second sheet',
  permission: 'statements.export',
  place: ({ params }) => params.unit_id,
  input: {
    params: z.object({ ...Operation, unit_id: IdText }),
    body: z.object({ evaluation_id: Id.optional(), purpose: Text(200) }),
  },
  output: z.object({ name: z.string(), media_type: z.string(), bytes: z.instanceof(Uint8Array) }),
  file: true,
  problems: [policyProblems.no_evaluation, policyProblems.unknown_evaluation, benefitProblems.too_many],
})
