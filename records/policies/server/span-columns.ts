import type pg from 'pg'
import { areaNumber } from '#engines/policy/areas.ts'
import type { FactBatch } from '#engines/policy/facts.ts'
import { FINDING, NOT_RECORDED } from '#engines/policy/facts.ts'
import type { MoreColumns } from '#engines/policy/facts-more.ts'
import {
  EMPLOYMENTS,
  ESTABLISHMENTS,
  EXPOSURES,
  type FamilyFact,
  PARTY_STATUSES,
  POST_KINDS,
  UNIT_KINDS,
  wordsOf,
} from '#engines/policy/vocabulary.ts'
import { MINUTES_PER_DAY } from '#engines/values/time.ts'
import { offsetMinutes } from '#platform/calendar/zone.ts'
import { copyOut } from './copy-out.ts'
import type { PersonInputs, PostFacts, UnitFacts } from './evaluation-facts.ts'
import { recordedColumns } from './recorded-facts.ts'

/** Spans of some people in the order in which the database gave them. Grows as rows arrive. */
export class SpanColumns {
  length = 0
  person = new Int32Array(1 << 16)
  post = new Int32Array(1 << 16)
  start_minute = new Int32Array(1 << 16)
  end_minute = new Int32Array(1 << 16)

  /** Forgets what was in it and keeps the room. */
  clear(): this {
    this.length = 0
    return this
  }

  add(person: number, post: number, startMinute: number, endMinute: number): void {
    if (this.length === this.person.length) this.grow()
    this.person[this.length] = person
    this.post[this.length] = post
    this.start_minute[this.length] = startMinute
    this.end_minute[this.length] = endMinute
    this.length += 1
  }

  private grow(): void {
    const size = this.length * 2
    const wider = (column: Int32Array<ArrayBuffer>) => {
      const grown = new Int32Array(size)
      grown.set(column)
      return grown
    }
    this.person = wider(this.person)
    this.post = wider(this.post)
    this.start_minute = wider(this.start_minute)
    this.end_minute = wider(this.end_minute)
  }
}

/** Fields of a row: count (2 bytes), then per field its length (4) and its bytes: int4, int4, timestamptz, timestamptz. */
const PERSON_AT = 6
const POST_AT = 14
const START_AT = 22
const END_AT = 34
/** PostgreSQL counts microseconds from 2000-01-01 00:00 UTC. */
const EPOCH_MINUTES = 15_778_080
const MINUTE_MICROSECONDS = 60_000_000

function utcMinute(bytes: Buffer, at: number): number {
  const microseconds = bytes.readInt32BE(at) * 4_294_967_296 + bytes.readUInt32BE(at + 4)
  return Math.floor(microseconds / MINUTE_MICROSECONDS) + EPOCH_MINUTES
}

export type ToLocal = (utcMinute: number) => number

/** Minutes on the local clock; where the zone's offset stands still over the days asked for, without asking each time. */
export function localClock(timeZone: string, fromMinute: number, toMinute: number): ToLocal {
  const offsetAt = (minute: number) => offsetMinutes(timeZone, minute * 60_000)
  const first = offsetAt(fromMinute)
  for (let minute = fromMinute; minute <= toMinute; minute += 60) {
    if (offsetAt(minute) !== first) return (utc) => utc + offsetAt(utc)
  }
  return (utc) => utc + first
}

export interface DutyRange {
  readonly operation_id: number
  readonly on_date: string
  readonly first: number
  readonly last: number
  /** The spans that stood by entries recorded at these times; without, those that stand now. */
  readonly recorded_in?: string | undefined
}

const MULTIRANGE = /^\{[\d\-:.TZ",()[\]]+\}$/

/** Of each span the latest entry that was known, as `duty_current` is rebuilt; one ordered scan by the primary key. */
function knownSpans({ first, last, recorded_in }: DutyRange): string {
  if (recorded_in === undefined) return 'duty_current'
  if (!MULTIRANGE.test(recorded_in)) throw new RangeError('times of recording must be a multirange')
  return `(
        select distinct on (person_id, span_id) *
        from duty_entries
        where person_id between ${first} and ${last} and recorded_at <@ '${recorded_in}'::tstzmultirange
        order by person_id, span_id, entry_id desc
      ) known`
}

/** Reads the spans of the people of an id range, up to and including a day; into columns that are used again, where some are given. */
export async function readSpans(
  client: pg.ClientBase,
  duty: DutyRange,
  toLocal: ToLocal,
  spans = new SpanColumns(),
): Promise<SpanColumns> {
  spans.clear()
  const { operation_id, first, last, on_date, recorded_in } = duty
  // `copy` takes no parameters: these are three integers and a day that was parsed before.
  if (![operation_id, first, last].every(Number.isSafeInteger) || !/^\d{4}-\d{2}-\d{2}$/.test(on_date))
    throw new RangeError('a range of duty must be numbers and a day')
  await copyOut(
    client,
    `copy (
      select person_id, post_id, starts_at, ends_at
      from ${knownSpans(duty)}
      where person_id between ${first} and ${last}
        and operation_id = ${operation_id}
        and starts_on <= '${on_date}'
        ${recorded_in === undefined ? '' : "and act <> 'withdrawn'"}
    ) to stdout (format binary)`,
    (bytes, at) => {
      spans.add(
        bytes.readInt32BE(at + PERSON_AT),
        bytes.readInt32BE(at + POST_AT),
        toLocal(utcMinute(bytes, at + START_AT)),
        toLocal(utcMinute(bytes, at + END_AT)),
      )
    },
  )
  return spans
}

function positions<Word extends string>(words: readonly Word[]): (word: Word | null) => number {
  const byWord = new Map<string, number>(words.map((word, index) => [word, index]))
  return (word) => (word === null ? NOT_RECORDED : (byWord.get(word) ?? NOT_RECORDED))
}

const employmentAt = positions(wordsOf(EMPLOYMENTS))
const establishmentAt = positions(wordsOf(ESTABLISHMENTS))
const partyAt = positions(wordsOf(PARTY_STATUSES))
const postKindAt = positions(wordsOf(POST_KINDS))
const exposureAt = positions(wordsOf(EXPOSURES))
const unitKindAt = positions(wordsOf(UNIT_KINDS))

/** Facts of posts as columns by post id. */
export class PostColumns {
  readonly kind: Uint8Array
  readonly exposure: Uint8Array
  readonly unit_kind: Uint8Array
  readonly area: Int32Array

  constructor(posts: readonly PostFacts[]) {
    const size = posts.reduce((most, { post_id }) => Math.max(most, post_id), 0) + 1
    this.kind = new Uint8Array(size).fill(NOT_RECORDED)
    this.exposure = new Uint8Array(size).fill(exposureAt('unknown'))
    this.unit_kind = new Uint8Array(size).fill(NOT_RECORDED)
    this.area = new Int32Array(size)
    for (const post of posts) {
      this.kind[post.post_id] = postKindAt(post.kind)
      this.exposure[post.post_id] = exposureAt(post.exposure)
      this.unit_kind[post.post_id] = unitKindAt(post.unit_kind)
      this.area[post.post_id] = areaNumber(post.area_code)
    }
  }
}

/** Something may follow for whoever has been on duty, or has an event recorded. */
function isConcerned({ recorded }: PersonInputs, spanCount: number): boolean {
  return spanCount > 0 || (recorded?.events?.length ?? 0) > 0
}

/** Beyond so many days between the first span and the last the days are not counted out. */
const DAYS_MAX = 4_096

/**
 * The spans by the day on which they begin, by counting. The database gives them in no order of time, and whoever evaluates needs each
 * person's in it: what is in order already is not sorted again by each program that looks.
 */
function byDay({ length, start_minute }: SpanColumns): Int32Array {
  const order = new Int32Array(length)
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let span = 0; span < length; span++) {
    const day = Math.floor((start_minute[span] ?? 0) / MINUTES_PER_DAY)
    if (day < first) first = day
    if (day > last) last = day
  }
  const isCounted = last - first < DAYS_MAX
  const next = new Int32Array(isCounted ? Math.max(0, last - first + 1) + 1 : 1)
  const dayAt = (span: number) => (isCounted ? Math.floor((start_minute[span] ?? 0) / MINUTES_PER_DAY) - first : 0)
  for (let span = 0; span < length; span++) {
    const day = dayAt(span) + 1
    if (day < next.length) next[day] = (next[day] ?? 0) + 1
  }
  for (let day = 1; day < next.length; day++) next[day] = (next[day] ?? 0) + (next[day - 1] ?? 0)
  for (let span = 0; span < length; span++) {
    const day = dayAt(span)
    const at = next[day] ?? 0
    next[day] = at + 1
    order[at] = span
  }
  return order
}

/**
 * Joins people and their spans into the columns that the engine reads. People without a span and without an event are left out:
 * nothing follows from duty that nobody did. Spans are put beside their person by counting, in the order of their days.
 */
export function factBatch(
  people: readonly PersonInputs[],
  spans: SpanColumns,
  posts: PostColumns,
  units: ReadonlyMap<number, UnitFacts>,
): { readonly people: readonly PersonInputs[]; readonly batch: FactBatch } {
  const rowOf = new Map(people.map(({ person_id }, row) => [person_id, row]))
  const counts = new Int32Array(people.length)
  const rows = new Int32Array(spans.length)
  for (let span = 0; span < spans.length; span++) {
    const row = rowOf.get(spans.person[span] ?? 0) ?? -1
    rows[span] = row
    if (row >= 0) counts[row] = (counts[row] ?? 0) + 1
  }
  const present = people.filter((person, row) => isConcerned(person, counts[row] ?? 0))
  const offset = new Int32Array(present.length + 1)
  const next = new Int32Array(people.length)
  let placed = 0
  let total = 0
  for (const [row, person] of people.entries()) {
    const count = counts[row] ?? 0
    if (!isConcerned(person, count)) continue
    next[row] = total
    total += count
    placed += 1
    offset[placed] = total
  }
  const columns = {
    span_start_minute: new Int32Array(total),
    span_end_minute: new Int32Array(total),
    span_post_kind: new Uint8Array(total),
    span_exposure: new Uint8Array(total),
    span_unit_kind: new Uint8Array(total),
    span_area: new Int32Array(total),
  }
  const order = byDay(spans)
  for (let one = 0; one < spans.length; one++) {
    const span = order[one] ?? 0
    const row = rows[span] ?? -1
    if (row < 0) continue
    const at = next[row] ?? 0
    next[row] = at + 1
    const post = spans.post[span] ?? 0
    columns.span_start_minute[at] = spans.start_minute[span] ?? 0
    columns.span_end_minute[at] = spans.end_minute[span] ?? 0
    columns.span_post_kind[at] = posts.kind[post] ?? NOT_RECORDED
    columns.span_exposure[at] = posts.exposure[post] ?? 0
    columns.span_unit_kind[at] = posts.unit_kind[post] ?? NOT_RECORDED
    columns.span_area[at] = posts.area[post] ?? 0
  }
  return { people: present, batch: { ...personColumns(present, units), span_offset: offset, ...columns } }
}

function personColumns(people: readonly PersonInputs[], units: ReadonlyMap<number, UnitFacts>) {
  return {
    people: people.length,
    person: Float64Array.from(people, ({ person_id }) => person_id),
    employment: Uint8Array.from(people, ({ employment }) => employmentAt(employment)),
    established: Uint8Array.from(people, ({ established }) => establishmentAt(established)),
    party: Uint8Array.from(people, ({ party }) => partyAt(party)),
    area: Int32Array.from(people, ({ home_unit_id }) => areaNumber(units.get(home_unit_id)?.division_code ?? null)),
    home_unit: Float64Array.from(people, ({ home_unit_id }) => home_unit_id),
    home_unit_kind: Uint8Array.from(people, ({ home_unit_id }) => unitKindAt(units.get(home_unit_id)?.kind ?? null)),
    ...factColumns(people),
  }
}

/** Facts beside duty. Most people have none but a tie, and most packs ask for none: then there are no further columns. */
function factColumns(people: readonly PersonInputs[]): MoreColumns & Pick<FactBatch, 'findings'> {
  const spouse = Uint8Array.from(people, spouseCode)
  if (people.every(({ recorded }) => recorded === undefined))
    return { family: new Map([[SPOUSE, spouse]]), findings: new Map() }
  const columns = recordedColumns(people.map(({ recorded }) => recorded))
  return { ...columns, family: new Map([...(columns.family ?? []), [SPOUSE, spouse]]) }
}

const SPOUSE = 'spouse_on_front_line' satisfies FamilyFact

/** A tie between two members of staff goes over what was stated of a spouse. */
function spouseCode({ spouse_on_front_line, recorded }: PersonInputs): number {
  const answer = spouse_on_front_line ?? recorded?.family?.spouse_on_front_line ?? null
  return answer === null ? FINDING.unknown : answer ? FINDING.yes : FINDING.no
}
