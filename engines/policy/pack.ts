import type { Day } from '#engines/values/time.ts'
import type { Provisions } from './pack-provisions.ts'
import type {
  CalendarEntry,
  DayCount,
  Earning,
  HourCount,
  LeaveValidity,
  MonthCount,
  OnlyPart,
  Rounding,
  ServedCondition,
  WindowCondition,
} from './pack-time.ts'
import type { RestRule } from './rest-pack.ts'
import type {
  CountFact,
  DayKind,
  Employment,
  Establishment,
  Exposure,
  FamilyFact,
  Grade,
  Label,
  Measure,
  MoneyFact,
  PartyStatus,
  PostKind,
  ResponseLevel,
  UnitKind,
} from './vocabulary.ts'

/**
 * What a policy pack is once it has been read and checked: plain data, every part of it with the place in the file that it
 * came from. `load.ts` makes these; `layers.ts` joins a chain of packs into one `Stack`; `compile.ts` turns a stack into a program.
 */

/** Where something stands in a pack's files; lines and columns count from 1. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** The levels of government, highest first. A lower layer sets what a higher one leaves open. */
export const LEVELS = ['national', 'province', 'city', 'county'] as const
export type Level = (typeof LEVELS)[number]

/** A cited document. Its publication day is the day from which what cites it can be known. */
export interface Source {
  readonly code: string
  readonly title: string
  readonly number: string | null
  readonly issuers: readonly string[]
  readonly published: Day
  readonly grade: Grade
  readonly note: Label | null
  readonly pack: string
  readonly place: Place
}

/** One clause of a notice: its number, what it says in our own words, who issued it. */
export interface Clause {
  readonly number: string
  readonly title: Label
  readonly summary: Label
  readonly source: string
  readonly article: string | null
  readonly offices: readonly string[]
  /** The room of the house that carries it out. */
  readonly measure: Measure | null
  /** Entitlements of higher layers through which this clause reaches people, beside those that name it themselves. */
  readonly carries: readonly string[]
  /** Which of two exceptions holds under this clause where neither names the other. */
  readonly conflict: Conflict | null
  readonly pack: string
  readonly place: Place
}

/**
 * What a parameter's number means. Held as whole numbers: yuan as fen, minutes as minutes, days, times and percent as
 * hundredths, count as it is.
 */
export const UNITS = [
  'yuan_per_day',
  'yuan_per_half_day',
  'yuan_per_hour',
  'yuan_per_month',
  'yuan_once',
  'yuan',
  'minutes',
  'days',
  'times',
  'percent',
  'count',
] as const
export type Unit = (typeof UNITS)[number]

/** One dated value. `from`/`to` say when it is in force (both included), `known` since when it can be known. */
export interface ParameterValue {
  readonly from: Day
  readonly to: Day | null
  readonly known: Day
  /** `null` where the pack says that there is deliberately no value. */
  readonly value: number | null
  readonly source: string
  readonly article: string | null
  readonly grade: Grade
  /** True for figures that only show how a pack works; they are no facts and are shown as examples. */
  readonly example: boolean
  readonly pack: string
  readonly level: Level
  readonly place: Place
}

/** Which layers below may set a parameter, within what, and the decision that sets it otherwise. */
export interface Opening {
  readonly to: readonly Level[]
  readonly at_least: number | null
  readonly at_most: number | null
  readonly decision: string | null
  /** Whose figure holds on a day for which several layers set one. */
  readonly conflict: Conflict
}

/** Who goes over whom: the lower layer, the higher one, or the document known later. */
export const CONFLICTS = ['lower_wins', 'higher_wins', 'later_wins'] as const
export type Conflict = (typeof CONFLICTS)[number]

export interface Parameter {
  readonly code: string
  readonly title: Label
  readonly unit: Unit
  readonly clause: string | null
  readonly open: Opening | null
  readonly values: readonly ParameterValue[]
  readonly pack: string
  readonly level: Level
  readonly place: Place
}

/** A question about facts. Answers are yes, no, or "cannot be said because this fact is missing". */
export type Condition =
  | { readonly kind: 'all'; readonly of: readonly Condition[] }
  | { readonly kind: 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'employment'; readonly words: readonly Employment[] }
  | { readonly kind: 'established'; readonly words: readonly Establishment[] }
  | { readonly kind: 'party'; readonly words: readonly PartyStatus[] }
  | { readonly kind: 'post_kind'; readonly words: readonly PostKind[] }
  | { readonly kind: 'exposure'; readonly words: readonly Exposure[] }
  | { readonly kind: 'unit_kind'; readonly words: readonly UnitKind[] }
  | { readonly kind: 'day_kind'; readonly words: readonly DayKind[] }
  | { readonly kind: 'area'; readonly of: 'works_in' | 'belongs_to'; readonly prefixes: readonly string[] }
  | {
      readonly kind: 'response_level'
      readonly of: 'works_in' | 'belongs_to'
      readonly words: readonly ResponseLevel[]
    }
  | { readonly kind: 'family'; readonly fact: FamilyFact; readonly is: boolean }
  | { readonly kind: 'count'; readonly fact: CountFact; readonly at_least: Quantity; readonly at_most: Quantity | null }
  | { readonly kind: 'children'; readonly under_years: number; readonly at_least: Quantity }
  | { readonly kind: 'home_unit_kind'; readonly words: readonly UnitKind[] }
  | WindowCondition
  | ServedCondition
  | { readonly kind: 'finding'; readonly finding: string; readonly is: boolean; readonly place: Place }
  | {
      readonly kind: 'category'
      readonly category: string
      readonly values: readonly string[]
      readonly place: Place
    }

/** A thing that happens to or is done by a person on a day, which a pack may pay for. */
export interface EventKind {
  readonly code: string
  readonly title: Label
  readonly pack: string
  readonly place: Place
}

/** A closed fact that a pack may ask about by yes or no only. */
export interface Finding {
  readonly code: string
  readonly title: Label
  readonly pack: string
  readonly place: Place
}

export interface CategoryCase {
  readonly when: Condition | null
  readonly value: string
  readonly source: string | null
  readonly place: Place
}

/** How a category was defined during some days, known since some day. First match wins; the last case has no condition. */
export interface CategoryVersion {
  readonly from: Day | null
  readonly to: Day | null
  readonly known: Day | null
  readonly source: string
  readonly grade: Grade
  readonly form: 'cases' | 'table'
  readonly cases: readonly CategoryCase[]
  readonly place: Place
}

/** Sorts a situation (a person on a post on a day) into one of the values, such as the tier of a subsidy. */
export interface Category {
  readonly code: string
  readonly title: Label
  readonly clause: string | null
  readonly values: ReadonlyMap<string, Label>
  readonly versions: readonly CategoryVersion[]
  readonly pack: string
  readonly place: Place
}

/** Who has a right: first match wins and the last case has no condition, so that everybody is spoken about. */
export interface WhoCase {
  readonly when: Condition | null
  readonly outcome: 'entitled' | 'undecided' | 'not_covered'
  /** Required with `undecided`: the point that somebody must decide. */
  readonly decision: string | null
  /** The document that gives the right (or says that it is left open), and its article. */
  readonly basis: string | null
  readonly article: string | null
  readonly reason: Label | null
  readonly place: Place
}

/** An amount or a number of minutes, as an expression over dated parameters. */
export type Expression =
  | { readonly kind: 'parameter'; readonly code: string; readonly place: Place }
  | { readonly kind: 'min'; readonly of: readonly Expression[]; readonly place: Place }
  | { readonly kind: 'max'; readonly of: readonly Expression[]; readonly place: Place }
  | { readonly kind: 'sum'; readonly of: readonly Expression[]; readonly place: Place }
  /** The inner amount for each of a number of people. */
  | { readonly kind: 'per'; readonly fact: CountFact; readonly of: readonly Expression[]; readonly place: Place }
  /** A share of the inner amount, rounded half up to the fen. */
  | { readonly kind: 'share'; readonly percent: string; readonly of: readonly Expression[]; readonly place: Place }
  /** A recorded sum of money. */
  | { readonly kind: 'fact'; readonly fact: MoneyFact; readonly place: Place }
  | {
      readonly kind: 'if'
      readonly when: Condition
      readonly take: Expression
      readonly otherwise: Expression
      readonly place: Place
    }
  | {
      readonly kind: 'by'
      readonly category: string
      readonly values: ReadonlyMap<string, Expression | null>
      readonly place: Place
    }

/** A number written in the pack itself, or the parameter that holds it. */
export type Quantity = { readonly literal: number } | { readonly parameter: string; readonly place: Place }

/** A cap on what a day, a month or the evaluated period gives. */
export interface Limit {
  readonly per: 'day' | 'month' | 'period'
  readonly of: 'days' | 'amount' | 'minutes'
  readonly at_most: Quantity
  readonly place: Place
}

export interface EarnCase {
  readonly when: Condition | null
  readonly earning: Readonly<Record<DayKind, Earning>>
  readonly basis: string | null
  readonly article: string | null
  readonly place: Place
}

interface EntitlementBase {
  readonly code: string
  readonly title: Label
  readonly clause: string
  readonly source: string
  readonly article: string | null
  readonly from: Day
  readonly to: Day | null
  readonly known: Day
  readonly who: readonly WhoCase[]
  /** Who is owed: a person, or a unit as a whole. */
  readonly subject: 'person' | 'unit'
  /** Also people who belong elsewhere and serve in the layer's area, or have an event recorded here. */
  readonly for_incoming: boolean
  /** Which days are looked at: those with duty, or all days of the period. */
  readonly days: 'duty' | 'all'
  /** How often it may be used; `null` where use is not counted. */
  readonly uses: number | null
  readonly conflict: Conflict | null
  /** Entitlements beside which it is not given: where they reach a person on a day, this one does not. */
  readonly gives_way_to: readonly string[]
  /** Entitlements with which it cannot be given at once; one of the two must give way. */
  readonly not_with: readonly string[]
  /** The fund or budget that pays, in the office's words; the title of `fund` where one is named. */
  readonly paid_by: Label | null
  /** The code of the fund that pays, where the pack names one. */
  readonly fund: string | null
  /** Which of the fund's uses it is. */
  readonly use: string | null
  readonly pack: string
  readonly level: Level
  readonly place: Place
}

export type Entitlement =
  | (EntitlementBase & {
      readonly gives: 'money_per_day'
      readonly rate: Expression
      readonly count: DayCount
      readonly only: OnlyPart | null
      readonly rounding: Rounding
      readonly limits: readonly Limit[]
    })
  | (EntitlementBase & {
      readonly gives: 'minutes'
      readonly earn: readonly EarnCase[]
      /** `null`: no document says that it ends. */
      readonly valid: LeaveValidity | null
      readonly limits: readonly Limit[]
    })
  | (EntitlementBase & {
      readonly gives: 'money_per_hour'
      readonly rate: Expression
      readonly hours: HourCount
      readonly only: OnlyPart | null
      readonly rounding: Rounding
      readonly limits: readonly Limit[]
    })
  | (EntitlementBase & {
      readonly gives: 'money_per_month'
      readonly rate: Expression
      readonly month: MonthCount
      readonly rounding: Rounding
    })
  | (EntitlementBase & { readonly gives: 'money_once'; readonly amount: Expression })
  | (EntitlementBase & {
      readonly gives: 'money_per_event'
      readonly amount: Expression
      readonly events: readonly string[]
      /** Caps on the amount. */
      readonly limits: readonly Limit[]
    })
  /** Goods or services: so many of `unit_name`. */
  | (EntitlementBase & {
      readonly gives: 'in_kind'
      readonly item: Label
      readonly unit_name: Label
      readonly quantity: Quantity
      readonly every: 'day' | 'night' | 'month' | 'once' | 'event'
      /** By day or night: the part of the duty that counts. */
      readonly only: OnlyPart | null
      readonly events: readonly string[]
    })
  /** A right without a figure, such as being insured; `quantity` is 1 once it is settled. */
  | (EntitlementBase & { readonly gives: 'right' })

/** A rule that goes over an entitlement for some situations and days. */
export interface Exception {
  readonly code: string
  readonly to_entitlement: string
  readonly title: Label
  readonly clause: string
  readonly source: string
  readonly article: string | null
  readonly from: Day
  readonly to: Day | null
  readonly known: Day
  /** `null`: in every situation. */
  readonly when: Condition | null
  /** Codes of other exceptions that give way to this one where both apply. */
  readonly over: readonly string[]
  /** Other multipliers (or a replaced rate) with which this one is multiplied where both apply. */
  readonly multiplies_with: readonly string[]
  /** Other multipliers of which, where several apply, only the highest holds. */
  readonly highest_with: readonly string[]
  readonly effect:
    | { readonly kind: 'multiply'; readonly by: string }
    | { readonly kind: 'rate'; readonly rate: Expression }
    | { readonly kind: 'not_covered'; readonly reason: Label }
    | { readonly kind: 'undecided'; readonly decision: string }
  readonly pack: string
  readonly level: Level
  readonly place: Place
}

/** Where the notice leaves the answer to people. The software asks, lists and records; it never decides. */
export interface DecisionPoint {
  readonly code: string
  readonly clause: string
  readonly question: Label
  /** The notice's own word that leaves it open: 可, 适当, 优先, 可根据实际. */
  readonly word: string
  readonly decided_by: readonly string[]
  /** For whom one decision holds. */
  readonly scope: 'person' | 'unit' | 'area' | 'operation'
  readonly basis: string
  readonly range:
    | {
        readonly kind: 'choices'
        readonly choices: ReadonlyMap<string, { readonly title: Label; readonly outcome: 'entitled' | 'not_covered' }>
      }
    | {
        readonly kind: 'amount'
        readonly unit: Unit
        readonly at_least: number | null
        readonly at_most: number | null
      }
    | { readonly kind: 'free' }
  readonly pack: string
  readonly place: Place
}

/** One layer as it stands in its directory. */
export interface Pack extends Provisions {
  readonly id: string
  readonly version: string
  readonly title: Label
  readonly level: Level
  readonly area: string
  readonly extends: string | null
  readonly published: Day
  readonly hash: string
  readonly place: Place
  readonly sources: ReadonlyMap<string, Source>
  readonly clauses: ReadonlyMap<string, Clause>
  readonly findings: ReadonlyMap<string, Finding>
  readonly events: ReadonlyMap<string, EventKind>
  readonly parameters: ReadonlyMap<string, Parameter>
  readonly settings: ReadonlyMap<string, ParameterSetting>
  readonly categories: ReadonlyMap<string, Category>
  readonly entitlements: ReadonlyMap<string, Entitlement>
  readonly exceptions: ReadonlyMap<string, Exception>
  readonly decision_points: ReadonlyMap<string, DecisionPoint>
  readonly rest_rules: ReadonlyMap<string, RestRule>
  readonly calendar: readonly CalendarEntry[]
}

/** What a lower layer says about a parameter of a higher one: values, or narrower bounds for those below it. */
export interface ParameterSetting {
  readonly code: string
  readonly values: readonly ParameterValue[]
  readonly at_least: number | null
  readonly at_most: number | null
  readonly place: Place
}

/** A chain of layers joined and checked: what `compileStack` takes. `hash` pins every layer's text. */
export interface Stack extends Provisions {
  readonly id: string
  readonly hash: string
  readonly layers: readonly Pack[]
  readonly sources: ReadonlyMap<string, Source>
  /** Keyed by `pack#number`, as `clauseKey` writes it; a plain number means the pack that speaks. */
  readonly clauses: ReadonlyMap<string, Clause>
  readonly findings: ReadonlyMap<string, Finding>
  readonly events: ReadonlyMap<string, EventKind>
  readonly parameters: ReadonlyMap<string, Parameter>
  readonly categories: ReadonlyMap<string, Category>
  readonly entitlements: ReadonlyMap<string, Entitlement>
  readonly exceptions: readonly Exception[]
  readonly decision_points: ReadonlyMap<string, DecisionPoint>
  readonly rest_rules: ReadonlyMap<string, RestRule>
  readonly calendar: readonly CalendarEntry[]
}

/** Clause numbers repeat from layer to layer, so that a stack names them with their pack: `shaoxing-2020#6`. */
export function clauseKey(pack: string, number: string): string {
  return `${pack}#${number}`
}

/** One thing that is wrong in a pack: where, the value, what is wrong and what would be right. */
export interface Mistake {
  readonly code: string
  readonly place: Place
  readonly value: string
  readonly wrong: Label
  readonly right: Label
}

/** `policies/x/pack.yaml:12:7  "301.5"  amounts are whole fen … — write "301.50 yuan"` */
export function formatMistake(mistake: Mistake, language: 'zh' | 'en'): string {
  const { file, line, column } = mistake.place
  return `${file}:${line}:${column}  "${mistake.value}"  ${mistake.wrong[language]} — ${mistake.right[language]}`
}
