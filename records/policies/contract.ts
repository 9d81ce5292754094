import { z } from 'zod'
import { STATES } from '#engines/policy/results.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import {
  CivilDateText,
  Fen,
  Id,
  IdText,
  InstantOut,
  InstantText,
  LocalText,
  PageQuery,
  Text,
} from '#platform/http/fields.ts'
import { problems } from '#platform/http/problem.ts'
import {
  ClauseOut,
  DecisionPointOut,
  EntitlementOut,
  PackHash,
  PackRow,
  ParameterOut,
  SourceOut,
} from './pack-shapes.ts'

export type {
  ClauseOut,
  DecisionPointOut,
  DecisionRange,
  EntitlementOut,
  FigureOut,
  MistakeOut,
  PackRow,
  ParameterOut,
} from './pack-shapes.ts'

export const policyProblems = problems('policies', {
  mistakes: {
    status: 422,
    zh: '政策包有 {count} 处需要改正，尚未发布。',
    en: 'The pack has {count} mistake(s) and was not published.',
  },
  unknown_pack: { status: 422, zh: '没有找到这个政策包版本。', en: 'This version of a pack was not found.' },
  wrong_area: {
    status: 422,
    zh: '政策包“{pack}”适用于区划 {pack_area}，不能用于“{unit_name}”（{unit_area}）。',
    en: 'The pack "{pack}" speaks for division {pack_area} and not for "{unit_name}" ({unit_area}).',
  },
  no_packs: {
    status: 409,
    zh: '本次响应还没有启用政策包，请先发布并启用。',
    en: 'No pack is in force for this response yet; publish one and put it in force.',
  },
  unknown_point: {
    status: 422,
    zh: '启用的政策包里没有“{point}”这个待定事项。',
    en: 'The packs in force have no decision point "{point}".',
  },
  outside_range: {
    status: 422,
    zh: '决定超出允许范围：{allowed}。',
    en: 'The decision is outside what is allowed: {allowed_en}.',
  },
  wrong_subject: {
    status: 422,
    zh: '这一事项应按{scope}决定。',
    en: 'This point is decided for a {scope_en}.',
  },
  own_decision: {
    status: 403,
    zh: '不能对涉及本人的事项作决定，请由他人办理。',
    en: 'Nobody decides about themselves; somebody else has to take this one.',
  },
  running: {
    status: 409,
    zh: '本次响应的测算正在进行，请等它完成。',
    en: 'An evaluation of this response is running; wait for it to finish.',
  },
  not_evaluable: { status: 422, zh: '现在不能测算：{reason}', en: 'This cannot be evaluated now: {reason_en}' },
  unknown_evaluation: { status: 422, zh: '没有找到这次测算。', en: 'This evaluation was not found.' },
  no_evaluation: {
    status: 409,
    zh: '还没有测算结果，请先运行测算。',
    en: 'There is no evaluation yet; run one first.',
  },
})

const OperationParams = z.object({ operation_id: IdText })

// Packs ---------------------------------------------------------------------------------------------------------------

export const listPacks = endpoint({
  method: 'GET',
  path: '/api/packs',
  summary: 'Every published version of every pack, the newest first',
  permission: 'signed-in',
  input: { query: z.object({ code: z.string().max(64).optional(), ...PageQuery }) },
  output: z.object({ packs: z.array(PackRow), next: z.string().nullable() }),
  problems: [],
})

export const listPacksInForce = endpoint({
  method: 'GET',
  path: '/api/operations/:operation_id/packs',
  summary: 'Which pack is in force where in an operation, and which were before',
  permission: 'signed-in',
  input: { params: OperationParams },
  output: z.object({
    layers: z.array(
      PackRow.extend({
        area_unit_id: Id,
        area_name: z.string(),
        known_from: InstantOut,
        put_in_force_at: InstantOut,
        /** Who agreed by signature, as far as the reader may see; empty for what an installation began with. */
        signed_by: z.array(z.string()),
        put_in_force_by: z.string().nullable(),
        /** False once a later version was put in force at the same place. */
        current: z.boolean(),
        /** Whether the reader may draft a next version for its place. */
        may_draft: z.boolean(),
      }),
    ),
  }),
  problems: [],
})

export const readPack = endpoint({
  method: 'GET',
  path: '/api/packs/:pack_hash',
  summary: 'One version of a pack: its clauses, figures, rules, decision points, and its files as published',
  permission: 'signed-in',
  input: { params: z.object({ pack_hash: PackHash }) },
  output: PackRow.extend({
    files: z.array(z.object({ path: z.string(), text: z.string() })),
    sources: z.array(SourceOut),
    clauses: z.array(ClauseOut),
    parameters: z.array(ParameterOut),
    entitlements: z.array(EntitlementOut),
    decision_points: z.array(DecisionPointOut),
  }),
  problems: [policyProblems.unknown_pack],
})

// The clause board and the notice beside its pack ------------------------------------------------------------------------

/** How an entitlement stands for the people in the reader's scope. */
export const EntitlementStanding = z.object({
  entitlement: z.string(),
  title: LocalText,
  gives: EntitlementOut.shape.gives,
  quantity_unit: z.string(),
  /** Whose it is: the counts below are of people, or of units. */
  beneficiary: z.enum(['people', 'units']),
  people_settled: z.int(),
  people_waiting_decision: z.int(),
  people_missing_fact: z.int(),
  people_not_covered: z.int(),
  quantity: z.int(),
  amount_fen: Fen.nullable(),
  open_days: z.int(),
})
export type EntitlementStanding = z.output<typeof EntitlementStanding>

export const ClauseStanding = ClauseOut.extend({
  /** Whether its room is finished; `parts` says what of it works today. */
  measure_state: z.enum(['working', 'partly', 'not_built']),
  parts: LocalText,
  /** People with at least one settled entitlement under this clause. */
  people_reached: z.int(),
  /** Units with at least one settled amount of their own under this clause. */
  units_reached: z.int(),
  entitlements: z.array(EntitlementStanding),
  open_decisions: z.int(),
  waiting_items: z.int(),
  late_items: z.int(),
})
export type ClauseStanding = z.output<typeof ClauseStanding>

export const EvaluationView = z.object({
  evaluation_id: Id,
  operation_id: Id,
  on_date: z.string(),
  known_at: InstantOut,
  people_count: z.int().nullable(),
  span_count: z.int().nullable(),
  is_current: z.boolean(),
  started_at: InstantOut,
  finished_at: InstantOut.nullable(),
})
export type EvaluationView = z.output<typeof EvaluationView>

export const readClauseBoard = endpoint({
  method: 'GET',
  path: '/api/operations/:operation_id/clauses',
  summary: 'The clauses of the notice in force, with what has reached people and what waits',
  permission: 'statements.read',
  input: { params: OperationParams },
  output: z.object({
    notice: z.object({ code: z.string(), title: LocalText, published: z.string(), pack_hash: PackHash }).nullable(),
    evaluation: EvaluationView.nullable(),
    clauses: z.array(ClauseStanding),
  }),
  problems: [],
})

export const readClause = endpoint({
  method: 'GET',
  path: '/api/operations/:operation_id/clauses/:number',
  summary: 'One clause beside its rules, its figures as a county has them, and the people that it reaches',
  permission: 'statements.read',
  input: {
    params: OperationParams.extend({ number: z.string().max(16) }),
    query: z.object({
      /** Whose county layer is shown; without it the first county of the operation that has one. */
      county_unit_id: IdText.optional(),
    }),
  },
  output: ClauseStanding.extend({
    county_unit_id: Id.nullable(),
    county_name: z.string().nullable(),
    rules: z.array(EntitlementOut),
    /** Figures of this clause, and those its rules read, with the values of every layer. */
    parameters: z.array(ParameterOut),
    decision_points: z.array(DecisionPointOut),
    sources: z.array(SourceOut),
    counties: z.array(
      z.object({
        county_unit_id: Id,
        county_name: z.string(),
        people_reached: z.int(),
        amount_fen: Fen,
        people_waiting: z.int(),
        /** Amounts that are the units' own. */
        units_reached: z.int(),
        units_amount_fen: Fen,
        units_waiting: z.int(),
      }),
    ),
  }),
  problems: [policyProblems.no_packs],
})

// Evaluations ------------------------------------------------------------------------------------------------------------

export const askEvaluation = endpoint({
  method: 'POST',
  path: '/api/operations/:operation_id/evaluations',
  summary: 'Works out anew what everybody is owed; runs as a job that shows its progress and can be cancelled',
  permission: 'evaluations.run',
  input: {
    params: OperationParams,
    body: z.object({
      /** The last day counted; today when left out. */
      on_date: CivilDateText.nullable().default(null),
      /** Documents and decisions published later are left aside; now when left out. */
      known_at: InstantText.nullable().default(null),
    }),
  },
  output: z.object({ job_id: z.uuid() }),
  problems: [policyProblems.no_packs],
})

export const listEvaluations = endpoint({
  method: 'GET',
  path: '/api/operations/:operation_id/evaluations',
  summary: 'The evaluations of an operation, the newest first',
  permission: 'statements.read',
  input: { params: OperationParams, query: z.object(PageQuery) },
  output: z.object({ evaluations: z.array(EvaluationView), next: z.string().nullable() }),
  problems: [],
})

const DifferenceSum = z.object({ people_count: z.int(), amount_fen: Fen })

const Change = z.object({
  entitlement: z.string(),
  title: LocalText,
  quantity_unit: z.string(),
  state_before: z.enum(STATES).nullable(),
  state_after: z.enum(STATES).nullable(),
  quantity_before: z.int().nullable(),
  quantity_after: z.int().nullable(),
  amount_fen_before: Fen.nullable(),
  amount_fen_after: Fen.nullable(),
  difference_fen: Fen,
  difference_quantity: z.int(),
})

export const listDifferences = endpoint({
  method: 'GET',
  path: '/api/operations/:operation_id/evaluations/:evaluation_id/differences',
  summary: 'What changed for whom against an earlier evaluation; less than before is never taken back by itself',
  permission: 'statements.read',
  input: {
    params: OperationParams.extend({ evaluation_id: IdText }),
    query: z.object({
      against: IdText,
      entitlement: z.string().max(64).optional(),
      direction: z.enum(['more', 'less']).optional(),
      ...PageQuery,
    }),
  },
  output: z.object({
    against: EvaluationView,
    more: DifferenceSum,
    less: DifferenceSum,
    differences: z.array(Change.extend({ person_id: Id, person_name: z.string(), home_unit_name: z.string() })),
    /** Of amounts that are a unit's, the largest change first. */
    units: z.array(Change.extend({ unit_id: Id, unit_name: z.string() })),
    next: z.string().nullable(),
  }),
  problems: [policyProblems.unknown_evaluation],
})

// Decisions --------------------------------------------------------------------------------------------------------------

const Subject = z.object({ kind: z.enum(['operation', 'area', 'unit', 'person']), id: Id })

export const OpenDecision = DecisionPointOut.extend({
  subject: Subject.extend({ name: z.string() }),
  people_count: z.int(),
  /** Units that wait with an amount of their own. */
  unit_count: z.int(),
  open_days: z.int(),
  waiting_since: InstantOut.nullable(),
  waiting_days: z.int(),
  due_at: InstantOut.nullable(),
  item_id: z.int().nullable(),
})
export type OpenDecision = z.output<typeof OpenDecision>

export const listOpenDecisions = endpoint({
  method: 'GET',
  path: '/api/operations/:operation_id/open-decisions',
  summary:
    'What the notice leaves to people and nobody has decided yet: whom it keeps waiting, and what may be decided',
  permission: 'worklist.read',
  input: { params: OperationParams, query: z.object(PageQuery) },
  output: z.object({ open: z.array(OpenDecision), next: z.string().nullable() }),
  problems: [],
})

export const DecisionValue = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('choice'), choice: z.string().max(64) }),
  /** In the point's own whole unit: fen, minutes, or hundredths. */
  z.object({ kind: z.literal('amount'), amount: z.int().min(0) }),
  /** For a point without choices or amount: what was decided, and whether the right is given. */
  z.object({
    kind: z.literal('words'),
    words: Text(200),
    outcome: z.enum(['entitled', 'not_covered']),
  }),
])
export type DecisionValue = z.output<typeof DecisionValue>

export const recordDecision = endpoint({
  method: 'POST',
  path: '/api/operations/:operation_id/decisions',
  summary:
    'Records what a named person decided, with the reason; a later decision goes over it, nothing is overwritten',
  permission: 'worklist.decide',
  place: ({ body }) => body.unit_id,
  input: {
    params: OperationParams,
    body: z.object({
      /** The office in whose scope the decision is taken: the county, the city, or the person's unit. */
      unit_id: Id,
      point: z.string().max(64),
      subject: Subject,
      value: DecisionValue,
      from_on: CivilDateText,
      to_on: CivilDateText.nullable().default(null),
      reason: Text(2000),
    }),
  },
  output: z.object({ decision_id: Id, settled_item_count: z.int() }),
  problems: [
    policyProblems.no_packs,
    policyProblems.unknown_point,
    policyProblems.outside_range,
    policyProblems.wrong_subject,
    policyProblems.own_decision,
  ],
})

export const listDecisions = endpoint({
  method: 'GET',
  path: '/api/operations/:operation_id/decisions',
  summary: 'Decisions taken, the newest first',
  permission: 'worklist.read',
  input: { params: OperationParams, query: z.object({ point: z.string().max(64).optional(), ...PageQuery }) },
  output: z.object({
    decisions: z.array(
      z.object({
        decision_id: Id,
        point: z.string(),
        question: LocalText,
        clause: z.string(),
        subject: Subject.extend({ name: z.string() }),
        value: DecisionValue,
        value_text: LocalText,
        from_on: z.string(),
        to_on: z.string().nullable(),
        reason: z.string(),
        decided_by: z.string(),
        decided_at: InstantOut,
        /** False once a later decision on the same point and subject goes over it. */
        holds: z.boolean(),
      }),
    ),
    next: z.string().nullable(),
  }),
  problems: [],
})

export const listMissingFacts = endpoint({
  method: 'GET',
  path: '/api/operations/:operation_id/missing-facts',
  summary: 'Facts that were never recorded and keep results open, by unit: what to ask there',
  permission: 'statements.read',
  input: { params: OperationParams, query: z.object(PageQuery) },
  output: z.object({
    missing: z.array(
      z.object({
        missing: z.string(),
        text: LocalText,
        unit_id: Id,
        unit_name: z.string(),
        people_count: z.int(),
        /** Whether an amount of the unit itself waits for it. */
        of_unit: z.boolean(),
        open_days: z.int(),
      }),
    ),
    next: z.string().nullable(),
  }),
  problems: [],
})
