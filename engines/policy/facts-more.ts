import type { Day } from '#engines/values/time.ts'
import {
  COUNT_FACTS,
  type CountFact,
  FAMILY_FACTS,
  type FamilyFact,
  MONEY_FACTS,
  type MoneyFact,
  UNIT_KINDS,
  type UnitKind,
  wordsOf,
} from './vocabulary.ts'

/**
 * Facts beside duty that only some packs ask for. Every one may be left out: then it was not recorded, and a rule that asks
 * for it names it as missing. Only `events: []` says that nothing happened, and `uses: []` that nothing was used.
 */
export interface MoreFacts {
  /** The row is a unit, and `person` its id: see `units.ts`. */
  readonly is_unit?: true
  readonly home_unit?: number
  readonly home_unit_kind?: UnitKind
  readonly family?: Readonly<Partial<Record<FamilyFact, boolean>>>
  readonly counts?: Readonly<Partial<Record<CountFact, number>>>
  /** In whole fen. */
  readonly money?: Readonly<Partial<Record<MoneyFact, number>>>
  /** Birthdays. */
  readonly children?: readonly Day[]
  readonly events?: readonly EventFacts[]
  readonly uses?: readonly UseFacts[]
  /** Names the records of facts that carry no reference of their own, by `family:single_parent`, `number:headcount` or `children`. */
  readonly refs?: Readonly<Record<string, readonly string[]>>
}

/** Something a pack may pay for: `kind` is a code under `events:` of the pack. */
export interface EventFacts {
  readonly kind: string
  readonly day: Day
  readonly count: number
  readonly ref: string
}

/** A right that may be used only so often was used. */
export interface UseFacts {
  readonly entitlement: string
  readonly day: Day
  readonly ref: string
}

/** The same as columns of a `FactBatch`; a column that is absent was not recorded for anybody. */
export interface MoreColumns {
  /** Rows are units and `person` holds their ids: see `units.ts`. */
  readonly rows_are_units?: boolean
  /** Unit ids, 0 where not recorded. */
  readonly home_unit?: Float64Array
  /** Position in `wordsOf(UNIT_KINDS)`, 255 where not recorded. */
  readonly home_unit_kind?: Uint8Array
  /** `FINDING` codes by family fact. */
  readonly family?: ReadonlyMap<string, Uint8Array>
  /** Numbers of `COUNT_FACTS` and `MONEY_FACTS` by name, NaN where not recorded. */
  readonly numbers?: ReadonlyMap<string, Float64Array>
  /** Birthdays by row, `null` where not recorded. */
  readonly children?: readonly (readonly Day[] | null)[]
  readonly events?: readonly (readonly EventFacts[] | null)[]
  readonly uses?: readonly (readonly UseFacts[] | null)[]
}

const YES = 1
const NO = 2
const UNIT_KIND_POSITIONS = new Map<string, number>(wordsOf(UNIT_KINDS).map((word, position) => [word, position]))
const NOT_RECORDED = 255

/** The columns of the facts above; columns that nobody has are left out. */
export function moreColumnsOf(people: readonly MoreFacts[]): MoreColumns {
  let [unit, home, kind, family, numbers] = [false, false, false, false, false]
  let [children, events, uses] = [false, false, false]
  // One walk over all people: most have none of these.
  for (const person of people) {
    unit ||= person.is_unit !== undefined
    home ||= person.home_unit !== undefined
    kind ||= person.home_unit_kind !== undefined
    family ||= person.family !== undefined
    numbers ||= person.counts !== undefined || person.money !== undefined
    children ||= person.children !== undefined
    events ||= person.events !== undefined
    uses ||= person.uses !== undefined
  }
  const kindOf = ({ home_unit_kind }: MoreFacts) =>
    home_unit_kind === undefined ? NOT_RECORDED : (UNIT_KIND_POSITIONS.get(home_unit_kind) ?? NOT_RECORDED)
  return {
    ...(unit ? { rows_are_units: true } : {}),
    ...(home ? { home_unit: Float64Array.from(people, ({ home_unit }) => home_unit ?? 0) } : {}),
    ...(kind ? { home_unit_kind: Uint8Array.from(people, kindOf) } : {}),
    ...(family ? { family: familyColumns(people) } : {}),
    ...(numbers ? { numbers: numberColumns(people) } : {}),
    ...(children ? { children: people.map((person) => person.children ?? null) } : {}),
    ...(events ? { events: people.map((person) => person.events ?? null) } : {}),
    ...(uses ? { uses: people.map((person) => person.uses ?? null) } : {}),
  }
}

function familyColumns(people: readonly MoreFacts[]): ReadonlyMap<string, Uint8Array> {
  return new Map(
    wordsOf(FAMILY_FACTS).map((fact) => [
      fact,
      Uint8Array.from(people, ({ family }) => {
        const answer = family?.[fact]
        return answer === undefined ? 0 : answer ? YES : NO
      }),
    ]),
  )
}

function numberColumns(people: readonly MoreFacts[]): ReadonlyMap<string, Float64Array> {
  const counts = wordsOf(COUNT_FACTS).map(
    (fact) => [fact, Float64Array.from(people, ({ counts }) => counts?.[fact] ?? Number.NaN)] as const,
  )
  const money = wordsOf(MONEY_FACTS).map(
    (fact) => [fact, Float64Array.from(people, ({ money }) => money?.[fact] ?? Number.NaN)] as const,
  )
  return new Map([...counts, ...money])
}
