import type { Fen } from '#engines/values/money.ts'
import type { Day } from '#engines/values/time.ts'
import type { FactBatch } from './facts.ts'
import type { DecisionPoint, Entitlement } from './pack.ts'
import type { Grade } from './vocabulary.ts'

/**
 * How an entitlement of a person stands.
 * `settled`: everything is known and decided. `needs_decision`: some or all of it waits for `decision_point`.
 * `missing_fact`: some or all of it waits for the fact named in `missing`. `not_covered`: the rule does not reach them.
 */
export const STATES = ['settled', 'needs_decision', 'missing_fact', 'not_covered'] as const
export type State = (typeof STATES)[number]

/** Of what `quantity` is a number: hundredths of a day, minutes, times, items of goods, or rights (1). */
export type QuantityUnit = 'day_hundredths' | 'minutes' | 'rights' | 'times' | 'items'

/** What `quantity` counts, by what an entitlement gives; of a monthly amount the days covered. */
export const QUANTITY_UNITS = {
  money_per_day: 'day_hundredths',
  money_per_hour: 'minutes',
  money_per_month: 'day_hundredths',
  money_once: 'times',
  money_per_event: 'times',
  minutes: 'minutes',
  in_kind: 'items',
  right: 'rights',
} as const satisfies Record<Entitlement['gives'], QuantityUnit>

/** One person × one entitlement. `amount_fen` and `quantity` hold the settled part only; what is open is never a 0 in disguise. */
export interface EntitlementResult {
  readonly person: number
  readonly entitlement: string
  readonly state: State
  /** `null` for entitlements that are not money, and where nothing of it is settled yet. */
  readonly amount_fen: Fen | null
  readonly quantity: number | null
  readonly quantity_unit: QuantityUnit
  readonly from: Day
  readonly to: Day
  /** Days that wait for a fact or a decision and are not in `amount_fen`. */
  readonly open_days: number
  readonly decision_point: string | null
  readonly missing: string | null
}

/** The results of a batch as columns; the cell of person row `p` and entitlement `e` is `p * entitlements.length + e`. */
export interface EvaluationColumns {
  readonly people: number
  readonly entitlements: readonly string[]
  /** Position in `STATES`. */
  readonly state: Uint8Array
  readonly amount_fen: Float64Array
  readonly quantity: Int32Array
  readonly open_days: Int32Array
  /** Position in `program.decision_points`, −1 for none. */
  readonly decision_point: Int16Array
  /** Position in `program.missing_facts`, −1 for none. */
  readonly missing: Int16Array
}

/** A stack compiled for some days and a state of knowledge. */
export interface Program {
  /** Pins every layer's text; stored with every result so that its explanation can be made again. */
  readonly hash: string
  readonly from: Day
  /** The last day evaluated: "as of". */
  readonly to: Day
  /** Documents and decisions published after this day are not used: "as known at". */
  readonly known: Day
  readonly entitlements: readonly Entitlement[]
  /** Those whose beneficiaries are units; see `units.ts`. */
  readonly unit_entitlements: readonly Entitlement[]
  readonly decision_points: readonly DecisionPoint[]
  /** Names such as `exposure`, `finding:pregnant`, `parameter:meal-rate`; grows while evaluating. */
  readonly missing_facts: readonly string[]
  evaluate(batch: FactBatch): EvaluationColumns
  /** Rows are units; columns are those of `unit_entitlements`. */
  evaluateUnits(batch: FactBatch): EvaluationColumns
}

/** Which dated value a figure came from. */
export interface ParameterCitation {
  readonly parameter: string
  readonly value: number
  readonly from: Day
  readonly to: Day | null
  readonly known: Day
  readonly source: string
  readonly source_title: string
  readonly source_number: string | null
  readonly grade: Grade
  /** Grades C and U: shown as 未核实 / unverified. */
  readonly unverified: boolean
  /** Shown as 示例 / example: no fact. */
  readonly example: boolean
  readonly pack: string
  readonly file: string
  readonly line: number
}

export type LineKind =
  | 'clause'
  | 'who'
  | 'day'
  | 'month'
  | 'span'
  | 'category'
  | 'count'
  | 'calendar'
  | 'rate'
  | 'exception'
  | 'rounding'
  | 'limit'
  | 'decision'
  /** A recorded fact that a condition looked at. */
  | 'fact'
  | 'missing'
  | 'sum'

/** One line of an explanation. What can be added is there as a number too, so that a reader or a test can add it again. */
export interface ExplanationLine {
  readonly kind: LineKind
  readonly text: string
  readonly day?: Day
  readonly amount_fen?: Fen
  readonly minutes?: number
  readonly day_hundredths?: number
  /** Items of goods, or times. */
  readonly quantity?: number
  /** A rate by the day, hour or month, in hundredths of a fen so that a factor such as 1.5 keeps it whole. */
  readonly rate_hundredth_fen?: number
  /** As `pack#number`. */
  readonly clause?: string
  readonly refs?: readonly string[]
  readonly parameters?: readonly ParameterCitation[]
  readonly lines?: readonly ExplanationLine[]
}

export interface Explanation {
  readonly language: 'zh' | 'en'
  readonly title: string
  readonly result: EntitlementResult
  readonly pack_hash: string
  readonly lines: readonly ExplanationLine[]
}
