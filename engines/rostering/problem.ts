/**
 * The problem language of the rostering engine: plain data, JSON as it stands, no clock and no database.
 *
 * Days are numbered from 0 (`first_day`) to `days - 1`. Durations are whole minutes, a clock time is minutes after
 * midnight (`start_minute: 1200` = 20:00). Prices are whole numbers ≥ 0 per unit of violation; the price `'hard'` means that
 * a roster breaking the rule is not publishable. A cell of a roster is a shift id or `null` (a day off).
 *
 * @example A post that needs two by day and one by night, night never straight before day:
 * ```json
 * { "format": "tongpao-roster/1", "first_day": "2020-02-24", "days": 14,
 *   "shifts": [{ "id": "D", "start_minute": 480, "minutes": 480 }, { "id": "N", "start_minute": 1200, "minutes": 720, "tags": ["night"] }],
 *   "people": [{ "id": "w1" }, { "id": "w2" }, { "id": "w3" }, { "id": "w4" }],
 *   "cover": [{ "shifts": ["D"], "required": 2, "under_price": 100 }, { "shifts": ["N"], "required": 1, "minimum": 1, "under_price": 100 }],
 *   "rules": [{ "kind": "rest", "id": "11h", "minutes_min": 660, "price": "hard" },
 *             { "kind": "run", "id": "days", "shifts": "work", "max": 5, "price": "hard" }] }
 * ```
 */

/** A whole number ≥ 0 per unit of violation, or `'hard'`. */
export type Price = number | 'hard'

/**
 * Which shifts a rule is about: every shift (`'work'`), a day off (`'off'`), or any that bears one of the ids or tags.
 * Tags are free words; `'night'`, `'front_line'` and `'high_exposure'` are the usual ones.
 */
export type ShiftChoice =
  | 'work'
  | 'off'
  | { ids?: readonly string[]; tags?: readonly string[]; posts?: readonly string[] }

/** Which people a rule is about: all of them, or any that is listed or bears one of the tags. */
export type PeopleChoice = 'all' | { ids?: readonly string[]; tags?: readonly string[] }

/** Which days: all, a stretch (`to` included), listed days, or by weekday (0 = Monday). Given together, all must hold. */
export interface DayChoice {
  readonly from?: number
  readonly to?: number
  readonly days?: readonly number[]
  readonly weekdays?: readonly number[]
  /** Only days that are listed (or not) in `holidays`. */
  readonly holiday?: boolean
}

/** One kind of duty: a span on the clock at a post. A shift belongs to the day on which it starts. */
export interface ShiftType {
  readonly id: string
  readonly post?: string
  /** Minutes after midnight, 0…1439. */
  readonly start_minute: number
  /** From start to end, across midnight when needed, 1…1440: what is longer is two shifts. */
  readonly minutes: number
  /** What counts towards contract and load, when it differs from `minutes` (breaks, standby). */
  readonly counted_minutes?: number
  readonly tags?: readonly string[]
  /** All of these are needed. */
  readonly skills?: readonly string[]
  /** 0 = none; a load that fairness may level. */
  readonly exposure_tier?: number
  /** Shifts that may not be worked on the next day (in addition to what rest rules say). */
  readonly not_next_day?: readonly string[]
}

/** What a person worked straight before day 0; the last entry is the day before. */
export type History = readonly (string | null)[]

export interface Person {
  readonly id: string
  readonly skills?: readonly string[]
  readonly tags?: readonly string[]
  /** Days on which nothing may be assigned. */
  readonly days_off?: readonly number[]
  /** Single shifts that may not be assigned; without `day`, never. */
  readonly unavailable?: readonly { readonly day?: number; readonly shift: string }[]
  readonly wishes?: readonly Wish[]
  /** Cells that must stay as they are: `shift: null` pins a day off. */
  readonly pinned?: readonly { readonly day: number; readonly shift: string | null }[]
  readonly history?: History
  /** Load from past periods, by fairness rule id, in the unit of its measure. */
  readonly past_load?: Readonly<Record<string, number>>
  /** Share of a full person for fairness, 0…1 (standard 1). */
  readonly share?: number
}

/** `wanted`: charged when the person does not get one of the shifts that day; otherwise charged when they do. */
export interface Wish {
  readonly day: number
  readonly shifts: ShiftChoice
  readonly wanted: boolean
  readonly price: number
}

/**
 * How many people the chosen shifts need on each chosen day (all days by default).
 * `minimum` is hard; between it and `required` each missing person costs `under_price`; beyond `maximum_wanted`
 * (standard: `required`) each one too many costs `over_price`. `skill` counts only people who have it.
 */
export interface CoverLine {
  readonly id?: string
  readonly days?: DayChoice
  readonly shifts: readonly string[]
  readonly skill?: string
  readonly required: number
  readonly minimum?: number
  readonly maximum_wanted?: number
  readonly under_price: number
  readonly over_price?: number
}

interface RuleHead {
  /** Names the rule in scores and explanations; unique. */
  readonly id: string
  /** The clause or parameter it comes from, for explanations only. */
  readonly source?: string
  /** Standard: `'all'`. */
  readonly people?: PeopleChoice
  readonly price: Price
}

/** What is counted: shifts, counted minutes, weekends with at least one such shift, or exposure (tier × hours, rounded down). */
export type Measure = 'shifts' | 'minutes' | 'weekends' | 'exposure'

/** A sum over chosen days: contract minutes, at most 4 nights a month, at most 2 weekends. Unit of price: one unit of the measure. */
export interface TallyRule extends RuleHead {
  readonly kind: 'tally'
  readonly of: Measure
  readonly shifts: ShiftChoice
  readonly days?: DayChoice
  readonly min?: number
  readonly max?: number
}

/** The same sum in every stretch of `length_days` days in a row (history included). */
export interface WindowRule extends RuleHead {
  readonly kind: 'window'
  readonly of: 'shifts' | 'minutes'
  readonly shifts: ShiftChoice
  readonly length_days: number
  readonly max?: number
  readonly min?: number
}

/**
 * Runs of days in a row with such a shift. `max` counts history; a run that touches the last day never breaks `min`,
 * nor does one that touches day 0 when no history is given (the neighbouring period is taken to continue it).
 * Unit of price: one day too many or too few.
 */
export interface RunRule extends RuleHead {
  readonly kind: 'run'
  readonly shifts: ShiftChoice
  readonly max?: number
  readonly min?: number
}

/** After a run of at least `after` such shifts, `days_off` free days. Unit: one missing day. */
export interface RestAfterRunRule extends RuleHead {
  readonly kind: 'rest_after_run'
  readonly shifts: ShiftChoice
  readonly after: number
  readonly days_off: number
}

/** At least so many minutes between the end of one shift and the start of the next; optionally for chosen pairs only. */
export interface RestRule extends RuleHead {
  readonly kind: 'rest'
  readonly minutes_min: number
  /** Only after these (standard: every shift). */
  readonly after?: ShiftChoice
  /** Only before these (standard: every shift). */
  readonly before?: ShiftChoice
}

/**
 * At most `minutes_max` minutes of the chosen shifts in any stretch of `length_minutes` on the clock, such as 12 h in any 24 h.
 * Real minutes count, breaks included. Unit of price: one minute too many in the worst stretch that ends within a shift.
 */
export interface ClockWindowRule extends RuleHead {
  readonly kind: 'clock_window'
  readonly shifts: ShiftChoice
  /** At most 2880. */
  readonly length_minutes: number
  readonly minutes_max: number
}

/** `then` may not be worked on the day after `first`. */
export interface SuccessionRule extends RuleHead {
  readonly kind: 'succession'
  readonly first: ShiftChoice
  readonly then: ShiftChoice
}

/**
 * A sequence of days, one choice a day, anywhere (or starting on one weekday only). Unwanted: each occurrence costs the
 * price. Wanted: once it has begun (first choice met where it was not met the day before), every day that breaks it costs the price.
 */
export interface PatternRule extends RuleHead {
  readonly kind: 'pattern'
  readonly days: readonly ShiftChoice[]
  readonly starts_on_weekday?: number
  readonly wanted: boolean
}

/** Weekends all or nothing: working some days of a weekend but not all costs the price for each. */
export interface WholeWeekendRule extends RuleHead {
  readonly kind: 'whole_weekend'
}

/** After `after_days` calendar days since the first such shift, at least `off_days` days without any. Unit: one day. */
export interface RotationRule extends RuleHead {
  readonly kind: 'rotation'
  readonly shifts: ShiftChoice
  readonly after_days: number
  readonly off_days: number
}

/** Couples: not more than one of the people on such a shift on the same day. Unit: one person-day too many. */
export interface ApartRule extends RuleHead {
  readonly kind: 'apart'
  readonly shifts: ShiftChoice
}

/** Teams (AB posts): the people share each day's shift. Unit: one person-day that differs from the team's most common cell. */
export interface TogetherRule extends RuleHead {
  readonly kind: 'together'
}

/**
 * Levels a load over comparable people, past periods included. Each one's fair load is their share of what demand asks of
 * the group, levelled against `past_load`; each unit beyond `tolerance` from it costs the price. Never hard.
 */
export interface FairnessRule extends RuleHead {
  readonly kind: 'fairness'
  readonly of: Measure
  readonly shifts: ShiftChoice
  readonly days?: DayChoice
  readonly tolerance: number
  /** One unit for the price, in units of the measure (minutes: 60 makes the price one per hour). Standard 1. */
  readonly unit?: number
  readonly price: number
}

export type Rule =
  | TallyRule
  | WindowRule
  | RunRule
  | RestAfterRunRule
  | RestRule
  | ClockWindowRule
  | SuccessionRule
  | PatternRule
  | WholeWeekendRule
  | RotationRule
  | ApartRule
  | TogetherRule
  | FairnessRule

/** What people have already been told: each cell that differs costs `price` (or its own price). */
export interface Published {
  readonly cells: Roster
  readonly price_per_change: number
  /** Days before this one are over and cannot change. */
  readonly frozen_before_day?: number
}

/** person id → one cell a day. */
export type Roster = Readonly<Record<string, readonly (string | null)[]>>

export interface RosterProblem {
  readonly format: 'tongpao-roster/1'
  /** ISO civil date of day 0. */
  readonly first_day: string
  readonly days: number
  /** Weekdays that make a weekend (0 = Monday), in a row. Standard [5, 6]. */
  readonly weekend?: readonly number[]
  readonly holidays?: readonly number[]
  readonly shifts: readonly ShiftType[]
  readonly people: readonly Person[]
  readonly cover: readonly CoverLine[]
  readonly rules: readonly Rule[]
  readonly published?: Published
}

/** What a roster costs. `hard` counts units of broken hard rules; `total` is the soft sum. */
export interface Score {
  readonly hard: number
  readonly total: number
  readonly by_rule: readonly RuleScore[]
}

/** `rule` is a rule id, or one of `cover`, `wishes`, `published`, `days_off`, `skills`, `pinned`. */
export interface RuleScore {
  readonly rule: string
  readonly hard: number
  readonly soft: number
}

/** One broken rule or missed wish, at a place in the roster. */
export interface Violation {
  readonly rule: string
  readonly hard: boolean
  /** What it costs (units when hard). */
  readonly cost: number
  readonly person?: string
  readonly day?: number
  /** The shifts of the cover line, or the cell that is in the way. */
  readonly shifts?: readonly string[]
  /** Units: what is there and what is asked. */
  readonly actual?: number
  readonly limit?: number
}
