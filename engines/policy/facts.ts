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
import { positionsOf } from './word-positions.ts'

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

const employmentPosition = positionsOf(wordsOf(EMPLOYMENTS))
const establishmentPosition = positionsOf(wordsOf(ESTABLISHMENTS))
const partyPosition = positionsOf(wordsOf(PARTY_STATUSES))
const postPosition = positionsOf(wordsOf(POST_KINDS))
const exposurePosition = positionsOf(wordsOf(EXPOSURES))
const unitPosition = positionsOf(wordsOf(UNIT_KINDS))

/** The columns of spans while they are filled. */
function spanColumns(spans: number) {
  return {
    span_start_minute: new Int32Array(spans),
    span_end_minute: new Int32Array(spans),
    span_post_kind: new Uint8Array(spans),
    span_exposure: new Uint8Array(spans),
    span_unit_kind: new Uint8Array(spans),
    span_area: new Int32Array(spans),
  }
}

function personColumns(people: readonly PersonFacts[], areas: Map<string | null, number>) {
  const count = people.length
  const person = new Float64Array(count)
  const employment = new Uint8Array(count)
  const established = new Uint8Array(count)
  const party = new Uint8Array(count)
  const area = new Int32Array(count)
  const findings = new Map<string, Uint8Array>()
  for (let row = 0; row < count; row++) {
    const facts = people[row]
    if (!facts) continue
    person[row] = facts.person
    employment[row] = employmentPosition(facts.employment)
    established[row] = establishmentPosition(facts.established)
    party[row] = partyPosition(facts.party)
    area[row] = numberOf(facts.area, areas)
    for (const name in facts.findings) {
      const column = findings.get(name) ?? new Uint8Array(count).fill(FINDING.unknown)
      column[row] = facts.findings[name] ? FINDING.yes : FINDING.no
      findings.set(name, column)
    }
  }
  return { person, employment, established, party, area, findings }
}

function numberOf(area: string | null, areas: Map<string | null, number>): number {
  const found = areas.get(area)
  if (found !== undefined) return found
  const number = areaNumber(area)
  areas.set(area, number)
  return number
}

/**
 * Turns people as plain objects into columns, batch after batch in the same memory: a batch holds until the next one is made. Some
 * hundred people at once stay in the processor's cache until they have been evaluated, where a batch of thousands is written out and read
 * back. Words mostly stand where the span before had the same ones, so that each is looked up only where it changes.
 *
 * @example
 * const columns = new PeopleColumns()
 * for (const some of chunksOf(people, 250)) take(program.evaluate(columns.batch(some)))
 */
export class PeopleColumns {
  private columns = spanColumns(0)
  private readonly areas = new Map<string | null, number>()

  batch(people: readonly PersonFacts[]): FactBatch {
    const span_offset = new Int32Array(people.length + 1)
    let spans = 0
    for (let index = 0; index < people.length; index++) {
      spans += people[index]?.spans.length ?? 0
      span_offset[index + 1] = spans
    }
    if (spans > this.columns.span_start_minute.length) this.columns = spanColumns(spans)
    this.fill(people)
    const { columns, areas } = this
    const more = moreColumnsOf(people)
    return { people: people.length, ...personColumns(people, areas), span_offset, ...columns, ...more }
  }

  private fill(people: readonly PersonFacts[]): void {
    const { areas } = this
    const { span_start_minute, span_end_minute, span_post_kind, span_exposure, span_unit_kind, span_area } =
      this.columns
    // Texts are compared with texts only: beside a null the engine below would compare each by a call.
    let [post, exposure, unit, area] = ['', '', '', '']
    let [postAt, exposureAt, unitAt, areaAt] = [NOT_RECORDED, NOT_RECORDED, NOT_RECORDED, areaNumber(null)]
    let at = 0
    for (const person of people) {
      for (const span of person.spans) {
        const postKind = span.post_kind ?? ''
        const unitKind = span.unit_kind ?? ''
        const place = span.area ?? ''
        if (postKind !== post) {
          post = postKind
          postAt = postPosition(post)
        }
        if (span.exposure !== exposure) {
          exposure = span.exposure
          exposureAt = exposurePosition(exposure)
        }
        if (unitKind !== unit) {
          unit = unitKind
          unitAt = unitPosition(unit)
        }
        if (place !== area) {
          area = place
          areaAt = numberOf(span.area, areas)
        }
        span_start_minute[at] = span.start_minute
        span_end_minute[at] = span.end_minute
        span_post_kind[at] = postAt
        span_exposure[at] = exposureAt
        span_unit_kind[at] = unitAt
        span_area[at] = areaAt
        at += 1
      }
    }
  }
}

/** The same with memory of its own and the references that explanations quote. */
export function batchOf(people: readonly PersonFacts[]): FactBatch {
  const span_ref = people.flatMap(({ spans }) => spans.map(({ ref }) => ref))
  return { ...new PeopleColumns().batch(people), span_ref }
}
