import type { Day } from '#engines/values/time.ts'
import type { Level, Place } from './pack.ts'
import type { Grade, Label } from './vocabulary.ts'

/**
 * The parts of a pack that are no entitlement of a person: words that the pack names itself, and the funds that pay. See `pack.ts`
 * for the rest; `build-provisions.ts` makes these.
 */

/** What a term names: a step of a procedure, an award, a headcount, or a kind of recipient. */
export const TERM_KINDS = ['step', 'award', 'headcount', 'recipient'] as const
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

export interface Provisions {
  readonly terms: ReadonlyMap<string, Term>
  readonly funds: ReadonlyMap<string, Fund>
}
