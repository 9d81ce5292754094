import type { Day } from '#engines/values/time.ts'
import type { Condition, Level, Place, Quantity, WhoCase } from './pack.ts'
import type { Grade, Label } from './vocabulary.ts'

/**
 * The parts of a pack that are no sum of money for a person: the words that the pack names itself, the funds that pay, quotas,
 * deadlines, duties of offices, waived steps and preferences, and tables that recommend. See `pack.ts` for the rest.
 */

/** What a term names: a step of a procedure, an award, a headcount, a kind of recipient, or an event from which time runs. */
export const TERM_KINDS = ['step', 'award', 'headcount', 'recipient', 'event'] as const
export type TermKind = (typeof TERM_KINDS)[number]

/** A word of the notice that rules and facts share, such as the defence before a title is given. */
export interface Term {
  readonly code: string
  readonly kind: TermKind
  readonly title: Label
  readonly pack: string
  readonly place: Place
}

/** What every rule of these sections says about itself. */
export interface Provision {
  readonly code: string
  readonly title: Label
  readonly clause: string
  readonly source: string
  readonly article: string | null
  readonly grade: Grade
  readonly from: Day
  readonly to: Day | null
  readonly known: Day
  readonly pack: string
  readonly level: Level
  readonly place: Place
}

export const FUND_KINDS = ['finance', 'party_dues', 'insurance_fund', 'donation', 'unit_funds'] as const
export type FundKind = (typeof FUND_KINDS)[number]

/** What a fund may be spent on, and who may receive it. */
export interface FundUse {
  readonly code: string
  readonly title: Label
  /** Terms of kind `recipient`; empty: anybody. */
  readonly recipients: readonly string[]
  /** Why it is forbidden, where the notice names a use only to rule it out. */
  readonly forbidden: Label | null
  readonly source: string
  readonly article: string | null
  readonly from: Day
  readonly to: Day | null
  readonly known: Day
  readonly place: Place
}

/** What happens to a posting that no listed use covers. */
export type UnlistedUse =
  | { readonly kind: 'undecided'; readonly decision: string }
  | { readonly kind: 'forbidden'; readonly reason: Label }
  /** The notice does not limit what the fund is used for. */
  | { readonly kind: 'free' }

/** How much a place adds to what it was given: a share of the allotment, or what somebody decides. */
export type Matching =
  | { readonly kind: 'ratio'; readonly parameter: string }
  /** That share or more; how much more is free, or decided at `decision`. */
  | { readonly kind: 'at_least'; readonly parameter: string; readonly decision: string | null }
  | { readonly kind: 'undecided'; readonly decision: string }

export interface Fund extends Provision {
  readonly kind: FundKind
  /** The parameter, in yuan, that holds the whole of it. */
  readonly total: string | null
  /** The fund of a layer above out of which it is handed down: its uses bind here too. */
  readonly within: string | null
  readonly matching: Matching | null
  /** The decision on which every spending rests, such as a recorded collective decision. */
  readonly each_spending: string | null
  readonly uses: ReadonlyMap<string, FundUse>
  readonly unlisted: UnlistedUse
}

export const ROUNDINGS = ['down', 'up', 'half_up'] as const

/** How many of an award may be given. */
export interface Quota extends Provision {
  /** The award that is rationed: a term. */
  readonly award: string
  readonly size:
    | { readonly kind: 'share'; readonly percent: Quantity; readonly headcount: string }
    | { readonly kind: 'fixed'; readonly count: Quantity }
    | { readonly kind: 'unlimited' }
  readonly rounding: (typeof ROUNDINGS)[number]
  /** At least so many places, however small the headcount. */
  readonly at_least: Quantity | null
  /** Who counts in it; `null`: everybody. */
  readonly who: Condition | null
  /** Quotas beside which it stands: whoever counts here takes no place there. */
  readonly outside: readonly string[]
  /** Quotas that it replaces. */
  readonly over: readonly string[]
  /** The decision without which it is not used, where the notice merely permits it. */
  readonly decision: string | null
}

/** So many working days, days, hours or months. */
export const TIME_UNITS = ['working_days', 'days', 'hours', 'months'] as const
export type TimeUnit = (typeof TIME_UNITS)[number]
export interface TimeSpan {
  readonly unit: TimeUnit
  readonly count: Quantity
  readonly place: Place
}

export interface DeadlineCase {
  readonly when: Condition | null
  readonly within: TimeSpan
  readonly article: string | null
  readonly place: Place
}

/** What follows when nobody acted in time. */
export type Missed =
  | { readonly kind: 'undecided'; readonly decision: string }
  /** Another deadline opens, such as that of the family after the unit let its own pass. */
  | { readonly kind: 'deadline'; readonly deadline: string }
  | { readonly kind: 'said'; readonly text: Label }

export interface Deadline extends Provision {
  /** The event from which it runs: a term. */
  readonly after: string
  /** `at_latest`: to be done within it. `lasts`: may not be ended before it is over. */
  readonly kind: 'at_latest' | 'lasts'
  readonly cases: readonly DeadlineCase[]
  readonly first_day: 'next_day' | 'same_day'
  readonly ends_on_day_off: 'as_it_falls' | 'next_working_day'
  readonly offices: readonly string[]
  readonly missed: Missed | null
}

export const RHYTHMS = ['day', 'week', 'month', 'quarter', 'year'] as const
export type Rhythm =
  | { readonly kind: 'once'; readonly by: Day }
  /** `by_day`: the day of the week (1 Monday) or of the month at the latest; `null`: the last of the period. */
  | { readonly kind: 'every'; readonly unit: (typeof RHYTHMS)[number]; readonly by_day: number | null }
  | { readonly kind: 'after'; readonly event: string; readonly within: TimeSpan }

/** What an office must do, and when. */
export interface Duty extends Provision {
  readonly offices: readonly string[]
  readonly rhythm: Rhythm
  readonly missed: Missed | null
}

export type PrivilegeEffect =
  | { readonly kind: 'waived' }
  | { readonly kind: 'deemed_done' }
  | { readonly kind: 'first' }
  | { readonly kind: 'earlier'; readonly months: Quantity }
  | { readonly kind: 'next_grade' }
  | { readonly kind: 'outside_limit'; readonly limit: Label }
  | { readonly kind: 'counts_as'; readonly what: Label }

/** A step that is waived for somebody, or in which somebody goes first. */
export interface Privilege extends Provision {
  readonly section: 'waiver' | 'priority'
  /** The step of a procedure: a term. */
  readonly step: string
  readonly effect: PrivilegeEffect
  /** Any one of these awards is needed; empty: none. */
  readonly awards: readonly string[]
  readonly who: readonly WhoCase[]
  readonly uses: { readonly at_most: number; readonly per: Label } | null
  /** Not for whoever has used one of these. */
  readonly not_with: readonly string[]
  readonly over: readonly string[]
  readonly gives_way_to: readonly string[]
}

/** One question of a table: a choice of words, or a number cut into bands by its rows. */
export type TableInput =
  | {
      readonly code: string
      readonly kind: 'choice'
      readonly title: Label
      readonly words: ReadonlyMap<string, Label>
    }
  | {
      readonly code: string
      readonly kind: 'number'
      readonly title: Label
      readonly unit: 'count' | 'days' | 'minutes'
    }

export type TableAnswer =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** `at_least` is included, `under` is not. */
  | { readonly kind: 'band'; readonly at_least: Quantity | null; readonly under: Quantity | null }

export interface TableRow {
  readonly answers: ReadonlyMap<string, TableAnswer>
  readonly recommends: string
  readonly basis: string | null
  readonly article: string | null
  readonly place: Place
}

/** A decision table that recommends; a person decides. */
export interface Recommendation extends Provision {
  readonly decision: string
  readonly inputs: ReadonlyMap<string, TableInput>
  readonly outcomes: ReadonlyMap<string, Label>
  readonly rows: readonly TableRow[]
}

export interface Provisions {
  readonly terms: ReadonlyMap<string, Term>
  readonly funds: ReadonlyMap<string, Fund>
  readonly quotas: ReadonlyMap<string, Quota>
  readonly deadlines: ReadonlyMap<string, Deadline>
  readonly duties: ReadonlyMap<string, Duty>
  readonly waivers: ReadonlyMap<string, Privilege>
  readonly priorities: ReadonlyMap<string, Privilege>
  readonly recommendations: ReadonlyMap<string, Recommendation>
}
