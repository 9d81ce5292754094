import { AreaClasses } from './areas.ts'
import type { DecidedAbout, DecisionBook, Timeline } from './decisions.ts'
import { type FactBatch, NOT_RECORDED } from './facts.ts'
import type { Mark } from './marks.ts'
import { PACKED_BITS, unpackWords } from './packed-words.ts'

/**
 * Everything a rule may look at, for one person on one post on one day. One object is filled again and again; rules write
 * their answer into `status`, `missing` and `decision`.
 */
export interface Situation {
  employment: number
  established: number
  party: number
  belongs_to: number
  readonly findings: Uint8Array
  readonly timelines: Timeline[]
  /** One number for each day, by the positions of the program's marks. */
  readonly marks: Float64Array[]
  post_kind: number
  exposure: number
  unit_kind: number
  works_in: number
  /** Position of the day in the program's window. */
  day: number
  status: number
  /** Position in the program's missing facts, when `status` is `MISSING`. */
  missing: number
  /** Position in the program's decision points, when `status` is `UNDECIDED`. */
  decision: number
  /** Facts that are not recorded and stand here with one of the answers that all lead to the same. */
  unrecorded: readonly string[]
}

/** What a rule answers for one situation on one day. */
export const UNSETTLED = 0
export const COVERED = 1
export const NOT_COVERED = 2
export const UNDECIDED = 3
export const MISSING = 4

/** Names of missing facts, numbered as they turn up. */
export class Names {
  readonly list: string[] = []
  private readonly positions = new Map<string, number>()

  position(name: string): number {
    const found = this.positions.get(name)
    if (found !== undefined) return found
    this.list.push(name)
    this.positions.set(name, this.list.length - 1)
    return this.list.length - 1
  }
}

/** Which facts the rules of a program read; others do not tell situations apart. */
export interface FactsRead {
  employment: boolean
  established: boolean
  party: boolean
  post_kind: boolean
  exposure: boolean
  unit_kind: boolean
  readonly findings: readonly string[]
  readonly area_prefixes: readonly string[]
  readonly marks: readonly Mark[]
}

/** Numbers tuples of small numbers one element at a time: the same tuple always gets the same number. */
class Chain {
  private readonly steps: Map<number, number>[] = []
  private readonly counts: number[] = []

  next(step: number, position: number, value: number): number {
    let map = this.steps[step]
    if (!map) {
      map = new Map()
      this.steps[step] = map
      this.counts[step] = 0
    }
    const key = position * 65_536 + value
    const found = map.get(key)
    if (found !== undefined) return found
    const made = this.counts[step] ?? 0
    this.counts[step] = made + 1
    map.set(key, made)
    return made
  }
}

interface PersonSide {
  readonly employment: number
  readonly established: number
  readonly party: number
  readonly belongs_to: number
  readonly findings: readonly number[]
  readonly timelines: readonly number[]
  readonly marks: readonly Float64Array[]
}

interface SpanSide {
  readonly post_kind: number
  readonly exposure: number
  readonly unit_kind: number
  readonly works_in: number
}

/** The same with twice as many places, −1 in those. */
function enlarged(numbers: Int32Array<ArrayBufferLike>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(numbers.length * 2).fill(-1)
  larger.set(numbers)
  return larger
}

/** So many kinds of people at most are told apart in one program; the numbering of tuples relies on it. */
const SIDE_MAX = 65_536

/**
 * Sorts people and spans into situations. Only facts that the rules read are looked at, so that thirty thousand people are a
 * few hundred situations and every rule runs once per situation and day.
 */
export class SituationTable {
  private areaClasses: AreaClasses | null = null
  private readonly people: PersonSide[] = []
  private readonly spans: SpanSide[] = []
  private readonly personChain = new Chain()
  private readonly spanPositions = new Map<string, number>()
  /** The side of packed words in an area class; −1 where nobody has asked yet. */
  packed_sides = new Int32Array(2 ** PACKED_BITS).fill(-1)
  private lastArea = -1
  private lastAreaClass = 0
  private readonly pairs: Int32Array[] = []
  private readonly sides: { readonly person: number; readonly span: number }[] = []
  private readonly read: FactsRead
  private readonly book: DecisionBook
  private readonly areaTimelines = new Map<number, number>()
  private readonly markKeys: Map<number | string, number>[] = []
  private readonly markValues: Float64Array[][] = []

  constructor(read: FactsRead, book: DecisionBook) {
    this.read = read
    this.book = book
  }

  /** Made when the first person is looked at: by then every rule has said which areas it asks about. */
  private get areas(): AreaClasses {
    this.areaClasses ??= new AreaClasses([...this.read.area_prefixes, ...this.book.prefixes])
    return this.areaClasses
  }

  get size(): number {
    return this.sides.length
  }

  personSide(batch: FactBatch, row: number): number {
    const { read } = this
    const employment = read.employment ? at(batch.employment, row) : NOT_RECORDED
    const established = read.established ? at(batch.established, row) : NOT_RECORDED
    const party = read.party ? at(batch.party, row) : NOT_RECORDED
    const area = at(batch.area, row)
    const areaClass = this.areas.find(area)
    let position = this.personChain.next(0, 0, employment)
    position = this.personChain.next(1, position, established)
    position = this.personChain.next(2, position, party)
    position = this.personChain.next(3, position, areaClass)
    let step = 4
    for (const name of read.findings) {
      position = this.personChain.next(step++, position, batch.findings.get(name)?.[row] ?? 0)
    }
    for (let point = 0; point < this.book.points.length; point++) {
      if (this.book.isEmpty(point)) continue
      position = this.personChain.next(step++, position, this.timelineOf(batch, row, point, areaClass))
    }
    for (let mark = 0; mark < read.marks.length; mark++) {
      position = this.personChain.next(step++, position, this.markPosition(mark, batch, row))
    }
    if (position >= SIDE_MAX)
      throw new RangeError('too many kinds of people for one program: evaluate in smaller parts')
    this.people[position] ??= {
      employment,
      established,
      party,
      belongs_to: this.areas.representatives[areaClass] ?? 0,
      findings: read.findings.map((name) => batch.findings.get(name)?.[row] ?? 0),
      timelines: this.book.points.map((_, point) =>
        this.book.isEmpty(point) ? 0 : this.timelineOf(batch, row, point, areaClass),
      ),
      marks: read.marks.map((_, mark) => this.markValues[mark]?.[this.markPosition(mark, batch, row)] ?? NO_VALUES),
    }
    return position
  }

  /** People with the same key share their numbers. */
  private markPosition(mark: number, batch: FactBatch, row: number): number {
    const asked = this.read.marks[mark]
    if (!asked) throw new RangeError(`no mark ${mark}`)
    const key = asked.keyOf(batch, row)
    const keys = this.markKeys[mark] ?? new Map<number | string, number>()
    const values = this.markValues[mark] ?? []
    this.markKeys[mark] = keys
    this.markValues[mark] = values
    const found = keys.get(key)
    if (found !== undefined) return found
    values.push(asked.valuesOf(key))
    keys.set(key, values.length - 1)
    if (values.length >= SIDE_MAX)
      throw new RangeError('too many kinds of people for one program: evaluate in smaller parts')
    return values.length - 1
  }

  private timelineOf(batch: FactBatch, row: number, point: number, areaClass: number): number {
    const about = decidedAbout(batch, row)
    const area = this.areas.representatives[areaClass] ?? 0
    if (this.book.speaksOf(point, about)) return this.book.positionFor(point, about, area)
    const key = point * 65_536 + areaClass
    const found = this.areaTimelines.get(key)
    if (found !== undefined) return found
    const position = this.book.positionFor(point, NOBODY, area)
    this.areaTimelines.set(key, position)
    return position
  }

  /** Words and area class packed into one small number look up the side directly: this runs for every span. */
  spanSide(words: number, area: number): number {
    const areaClass = this.areaClass(area)
    const packed = (areaClass << PACKED_BITS) | words
    const found = this.packed_sides[packed]
    if (found !== undefined && found >= 0) return found
    const made = this.makeSpanSide(words, areaClass)
    while (this.packed_sides.length <= packed) this.packed_sides = enlarged(this.packed_sides)
    this.packed_sides[packed] = made
    return made
  }

  /** Areas of one class are told apart by no rule. */
  areaClass(area: number): number {
    const areaClass = area === this.lastArea ? this.lastAreaClass : this.areas.find(area)
    this.lastArea = area
    this.lastAreaClass = areaClass
    return areaClass
  }

  private makeSpanSide(words: number, areaClass: number): number {
    const { read } = this
    const said = unpackWords(words)
    const side: SpanSide = {
      post_kind: read.post_kind ? said.post_kind : NOT_RECORDED,
      exposure: read.exposure ? said.exposure : NOT_RECORDED,
      unit_kind: read.unit_kind ? said.unit_kind : NOT_RECORDED,
      works_in: this.areas.representatives[areaClass] ?? 0,
    }
    const key = `${side.post_kind} ${side.exposure} ${side.unit_kind} ${areaClass}`
    const found = this.spanPositions.get(key)
    if (found !== undefined) return found
    this.spans.push(side)
    this.spanPositions.set(key, this.spans.length - 1)
    return this.spans.length - 1
  }

  /** The situations of a kind of person by kind of span, −1 where they have not met yet. */
  pairsOf(person: number): Int32Array {
    const row = this.pairs[person] ?? new Int32Array(16).fill(-1)
    this.pairs[person] = row
    return row
  }

  /** The situation in which a kind of person and a kind of span meet: one row of numbers for each kind of person. */
  pair(person: number, span: number): number {
    let row = this.pairsOf(person)
    const found = row[span]
    if (found !== undefined && found >= 0) return found
    while (row.length <= span) row = enlarged(row)
    this.pairs[person] = row
    this.sides.push({ person, span })
    row[span] = this.sides.length - 1
    return this.sides.length - 1
  }

  /** Fills `situation` with what the numbered situation is on a day. */
  fill(situation: Situation, number: number, day: number): void {
    const sides = this.sides[number]
    const person = sides && this.people[sides.person]
    const span = sides && this.spans[sides.span]
    if (!person || !span) throw new RangeError(`no situation ${number}`)
    situation.employment = person.employment
    situation.established = person.established
    situation.party = person.party
    situation.belongs_to = person.belongs_to
    situation.findings.set(person.findings)
    person.timelines.forEach((position, point) => {
      situation.timelines[point] = this.book.timeline(position)
    })
    person.marks.forEach((values, mark) => {
      situation.marks[mark] = values
    })
    situation.post_kind = span.post_kind
    situation.exposure = span.exposure
    situation.unit_kind = span.unit_kind
    situation.works_in = span.works_in
    situation.day = day
    situation.status = UNSETTLED
    situation.missing = -1
    situation.decision = -1
    situation.unrecorded = NONE
  }
}

const NONE: readonly string[] = []
const NO_VALUES = new Float64Array(0)
const NOBODY: DecidedAbout = { person: Number.NaN, unit: Number.NaN }

/** Whom decisions may name: a person and their unit, or the unit itself. */
export function decidedAbout(batch: FactBatch, row: number): DecidedAbout {
  const id = batch.person[row] ?? Number.NaN
  if (batch.rows_are_units) return { person: Number.NaN, unit: id }
  return { person: id, unit: batch.home_unit?.[row] ?? Number.NaN }
}

function at(column: Uint8Array | Int32Array, row: number): number {
  return column[row] ?? 0
}
