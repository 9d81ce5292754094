import { type FactBatch, FINDING, type PersonFacts } from '#engines/policy/facts.ts'
import {
  EMPLOYMENTS,
  ESTABLISHMENTS,
  EXPOSURES,
  PARTY_STATUSES,
  POST_KINDS,
  UNIT_KINDS,
  wordsOf,
} from '#engines/policy/vocabulary.ts'
import { dayOf, MINUTES_PER_DAY } from '#engines/values/time.ts'

export const DAYS = 60
export const FROM = dayOf('2020-01-23')

/** One span a day, beginning at any quarter of an hour, 3 to 12 hours long, so that many cross midnight. Same every run. */
export function madeUpBatch(people: number): FactBatch {
  let seed = 20_200_203
  const below = (limit: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((seed / 2 ** 32) * limit)
  }
  const spans = people * DAYS
  const batch: FactBatch = {
    people,
    person: Float64Array.from({ length: people }, (_, row) => row + 1),
    employment: Uint8Array.from({ length: people }, () => below(wordsOf(EMPLOYMENTS).length)),
    established: Uint8Array.from({ length: people }, () => below(3)),
    party: Uint8Array.from({ length: people }, () => below(6)),
    area: new Int32Array(people).fill(330_603),
    // One in forty is, as many are not known.
    findings: new Map(['ill', 'pregnant'].map((name) => [name, findingColumn(people, below)])),
    span_offset: Int32Array.from({ length: people + 1 }, (_, row) => row * DAYS),
    span_start_minute: new Int32Array(spans),
    span_end_minute: new Int32Array(spans),
    span_post_kind: new Uint8Array(spans),
    span_exposure: new Uint8Array(spans),
    span_unit_kind: new Uint8Array(spans),
    span_area: new Int32Array(spans),
  }
  for (let row = 0; row < people; row++) {
    // A person stands on one post, which has its exposure and unit; one day in ten they help out on another.
    const own = madeUpPost(below)
    const aid = below(20) === 0
    for (let day = 0; day < DAYS; day++) {
      const span = row * DAYS + day
      const start = (FROM + day) * MINUTES_PER_DAY + 480 + below(12) * 60
      batch.span_start_minute[span] = start
      batch.span_end_minute[span] = start + 180 + below(10) * 60
      const post = below(10) === 0 ? madeUpPost(below) : own
      batch.span_post_kind[span] = post.post_kind
      batch.span_exposure[span] = post.exposure
      batch.span_unit_kind[span] = post.unit_kind
      batch.span_area[span] = aid ? 420_102 : 330_603
    }
  }
  return batch
}

function findingColumn(people: number, below: (limit: number) => number): Uint8Array {
  return Uint8Array.from({ length: people }, () => [FINDING.unknown, FINDING.yes][below(40)] ?? FINDING.no)
}

const POST_COUNT = wordsOf(POST_KINDS).length
const UNIT_COUNT = wordsOf(UNIT_KINDS).length
/** All but "not known". */
const EXPOSURE_COUNT = wordsOf(EXPOSURES).length - 1

function madeUpPost(below: (limit: number) => number) {
  return { post_kind: below(POST_COUNT), exposure: below(EXPOSURE_COUNT), unit_kind: below(UNIT_COUNT) }
}

/** Some rows as a batch of their own: copies, so that what was evaluated stays as it was whatever happens to the source. */
export function chunkOf(batch: FactBatch, first: number, end: number): FactBatch {
  const from = batch.span_offset[first] ?? 0
  const to = batch.span_offset[end] ?? from
  return {
    people: end - first,
    person: batch.person.slice(first, end),
    employment: batch.employment.slice(first, end),
    established: batch.established.slice(first, end),
    party: batch.party.slice(first, end),
    area: batch.area.slice(first, end),
    findings: new Map([...batch.findings].map(([name, column]) => [name, column.slice(first, end)])),
    span_offset: batch.span_offset.subarray(first, end + 1).map((offset) => offset - from),
    span_start_minute: batch.span_start_minute.slice(from, to),
    span_end_minute: batch.span_end_minute.slice(from, to),
    span_post_kind: batch.span_post_kind.slice(from, to),
    span_exposure: batch.span_exposure.slice(from, to),
    span_unit_kind: batch.span_unit_kind.slice(from, to),
    span_area: batch.span_area.slice(from, to),
  }
}

/** One row of such a batch as facts again, so that its trace can be made from what was kept. */
export function personAt(batch: FactBatch, row: number): PersonFacts {
  const first = batch.span_offset[row] ?? 0
  const findings = [...batch.findings].flatMap(([name, column]) => {
    const answer = column[row] ?? FINDING.unknown
    return answer === FINDING.unknown ? [] : [[name, answer === FINDING.yes] as const]
  })
  return {
    person: batch.person[row] ?? 0,
    employment: wordsOf(EMPLOYMENTS)[batch.employment[row] ?? 255] ?? null,
    established: wordsOf(ESTABLISHMENTS)[batch.established[row] ?? 255] ?? 'unknown',
    party: wordsOf(PARTY_STATUSES)[batch.party[row] ?? 255] ?? 'unknown',
    area: String(batch.area[row] ?? ''),
    findings: Object.fromEntries(findings),
    spans: Array.from({ length: (batch.span_offset[row + 1] ?? first) - first }, (_, index) => ({
      start_minute: batch.span_start_minute[first + index] ?? 0,
      end_minute: batch.span_end_minute[first + index] ?? 0,
      post_kind: wordsOf(POST_KINDS)[batch.span_post_kind[first + index] ?? 255] ?? null,
      exposure: wordsOf(EXPOSURES)[batch.span_exposure[first + index] ?? 255] ?? 'unknown',
      unit_kind: wordsOf(UNIT_KINDS)[batch.span_unit_kind[first + index] ?? 255] ?? null,
      area: String(batch.span_area[first + index] ?? ''),
      ref: `${first + index}`,
    })),
  }
}
