import type { Day, Minute } from '#engines/values/time.ts'
import { areaNumber } from './areas.ts'
import { type MoreColumns, type MoreFacts, moreColumnsOf } from './facts-more.ts'
import {
  EMPLOYMENTS,
  type Employment,
  ESTABLISHMENTS,
  type Establishment,
  EXPOSURES,
  type Exposure,
  PARTY_STATUSES,
  type PartyStatus,
  POST_KINDS,
  type PostKind,
  UNIT_KINDS,
  type UnitKind,
  wordsOf,
} from './vocabulary.ts'

/** One unbroken stretch of duty of one person on one post. `end_minute` is not included. Times are local minutes. */
export interface SpanFacts {
  readonly start_minute: Minute
  readonly end_minute: Minute
  readonly post_kind: PostKind | null
  readonly exposure: Exposure
  readonly unit_kind: UnitKind | null
  /** Where the duty was done: a division code of 6 or 9 digits (420102, 330603004), `null` when not recorded. */
  readonly area: string | null
  /** Names the duty record; explanations quote it. */
  readonly ref: string
}

/** What is known of one person on the days evaluated. Unknown is said, never left to mean "no". */
export interface PersonFacts extends MoreFacts {
  readonly person: number
  readonly employment: Employment | null
  readonly established: Establishment
  readonly party: PartyStatus
  /** Where the person belongs: code of the county (6 digits) or township (9 digits). */
  readonly area: string | null
  /** Closed facts, yes or no; a finding that is absent is not known. */
  readonly findings: Readonly<Record<string, boolean>>
  readonly spans: readonly SpanFacts[]
}

/** In a column of words: the fact was not recorded. */
export const NOT_RECORDED = 255

/** In a findings column. */
export const FINDING = { unknown: 0, yes: 1, no: 2 } as const

/**
 * People and their spans as columns, so that 100,000 people fit in memory by chunks. Row `i` of the person columns owns the
 * spans `span_offset[i] … span_offset[i + 1] - 1`, in any order (sorted by start is faster). Words are their position in
 * `wordsOf(…)` of the vocabulary, `NOT_RECORDED` where absent; areas are the code as a number, 0 where absent.
 */
export interface FactBatch extends MoreColumns {
  readonly people: number
  readonly person: Float64Array
  readonly employment: Uint8Array
  readonly established: Uint8Array
  readonly party: Uint8Array
  readonly area: Int32Array
  readonly findings: ReadonlyMap<string, Uint8Array>
  readonly span_offset: Int32Array
  readonly span_start_minute: Int32Array
  readonly span_end_minute: Int32Array
  readonly span_post_kind: Uint8Array
  readonly span_exposure: Uint8Array
  readonly span_unit_kind: Uint8Array
  readonly span_area: Int32Array
  /** Needed by explanations only. */
  readonly span_ref?: readonly string[]
}

/**
 * A recorded decision on a decision point. Known from `decided_on`; the later one holds; one about a person goes over one
 * about a unit (its people and itself), one about a unit over one about an area, the smaller area over the larger, an area over
 * the whole operation.
 */
export interface Decision {
  readonly point: string
  readonly about:
    | { readonly kind: 'person'; readonly person: number }
    | { readonly kind: 'unit'; readonly unit: number }
    | { readonly kind: 'area'; readonly area: string }
    | { readonly kind: 'operation' }
  readonly decided:
    | { readonly kind: 'choice'; readonly choice: string }
    /** In the parameter's own whole unit: fen, minutes, or hundredths. */
    | { readonly kind: 'amount'; readonly amount: number }
    /** For a point without choices or amount: what was decided in words, and whether the right is given. */
    | { readonly kind: 'words'; readonly words: string; readonly outcome: 'entitled' | 'not_covered' }
  /** From which day on it holds, and until when. */
  readonly from: Day
  readonly to: Day | null
  readonly decided_on: Day
  /** Names the record of the decision; explanations quote it. */
  readonly ref: string
}

function positionsOf(words: readonly string[]): (word: string | null) => number {
  const positions = new Map(words.map((word, index) => [word, index]))
  return (word) => (word === null ? NOT_RECORDED : (positions.get(word) ?? NOT_RECORDED))
}

const employmentPosition = positionsOf(wordsOf(EMPLOYMENTS))
const establishmentPosition = positionsOf(wordsOf(ESTABLISHMENTS))
const partyPosition = positionsOf(wordsOf(PARTY_STATUSES))
const postPosition = positionsOf(wordsOf(POST_KINDS))
const exposurePosition = positionsOf(wordsOf(EXPOSURES))
const unitPosition = positionsOf(wordsOf(UNIT_KINDS))

/** Turns people as plain objects into columns. For a few people (cases, explanations); rooms fill the columns themselves. */
export function batchOf(people: readonly PersonFacts[]): FactBatch {
  const spans = people.flatMap((person) => person.spans)
  const findingNames = new Set(people.flatMap((person) => Object.keys(person.findings)))
  const span_offset = new Int32Array(people.length + 1)
  people.forEach((person, index) => {
    span_offset[index + 1] = (span_offset[index] ?? 0) + person.spans.length
  })
  const findingColumn = (name: string) =>
    Uint8Array.from(people, ({ findings }) => {
      if (!Object.hasOwn(findings, name)) return FINDING.unknown
      return findings[name] ? FINDING.yes : FINDING.no
    })
  return {
    people: people.length,
    person: Float64Array.from(people, ({ person }) => person),
    employment: Uint8Array.from(people, ({ employment }) => employmentPosition(employment)),
    established: Uint8Array.from(people, ({ established }) => establishmentPosition(established)),
    party: Uint8Array.from(people, ({ party }) => partyPosition(party)),
    area: Int32Array.from(people, ({ area }) => areaNumber(area)),
    findings: new Map([...findingNames].map((name) => [name, findingColumn(name)])),
    span_offset,
    span_start_minute: Int32Array.from(spans, ({ start_minute }) => start_minute),
    span_end_minute: Int32Array.from(spans, ({ end_minute }) => end_minute),
    span_post_kind: Uint8Array.from(spans, ({ post_kind }) => postPosition(post_kind)),
    span_exposure: Uint8Array.from(spans, ({ exposure }) => exposurePosition(exposure)),
    span_unit_kind: Uint8Array.from(spans, ({ unit_kind }) => unitPosition(unit_kind)),
    span_area: Int32Array.from(spans, ({ area }) => areaNumber(area)),
    span_ref: spans.map(({ ref }) => ref),
    ...moreColumnsOf(people),
  }
}
