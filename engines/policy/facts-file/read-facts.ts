import { type Day, formatMinute } from '#engines/values/time.ts'
import type { Decision, PersonFacts, SpanFacts } from '../facts.ts'
import type { MoreFacts } from '../facts-more.ts'
import { Mistakes, nearestWord } from '../mistakes.ts'
import type { OperationFacts } from '../operation.ts'
import type { Stack } from '../pack.ts'
import { amountIn } from '../schema/measures.ts'
import { wrongSpan } from '../schema/wrong-times.ts'
import type { UnitFacts } from '../units.ts'
import type { Label } from '../vocabulary.ts'
import {
  PEOPLE_MAX,
  personShape,
  SECTIONS,
  type WrittenDecision,
  type WrittenOperation,
  type WrittenPerson,
  type WrittenSpan,
  type WrittenUnit,
} from './facts-shape.ts'
import { linesOfJson, withLines } from './find-lines.ts'
import { type FactMistake, FactReading, isRecord, record } from './json-shape.ts'
import { JsonBroken, scanJsonWithKeys } from './scan-json.ts'

/** A facts file that can be gone through more than once; each call of `pieces` begins again. */
export interface FactsText {
  pieces(): { readonly pieces: Iterable<FactsPiece>; readonly keys: ReadonlySet<string> }
  /** The lines on which these pointers stand, for whoever has found something wrong there. */
  linesOf?(pointers: readonly string[]): ReadonlyMap<string, number>
}

/** One top-level value, or one item of a top-level list. */
export interface FactsPiece {
  readonly key: string
  readonly index: number | null
  value(): unknown
}

/** All but the people, who are read one after the other with `peopleOf`. */
export interface FactsHead {
  readonly title: string | null
  readonly example: boolean
  readonly operation: WrittenOperation | null
  readonly units: ReadonlyMap<string, WrittenUnit>
  readonly decisions: readonly WrittenDecision[]
  readonly people: number
  /** The number that the engine knows a person by, from the id of the file. */
  readonly numbers: ReadonlyMap<string, number>
  /** Kinds of events that the file speaks of, for whoever checks that a pack knows them. */
  readonly event_kinds: ReadonlySet<string>
  /** The same of units. */
  readonly unit_numbers: ReadonlyMap<string, number>
  /** First and last day of any duty; `null` when there is none. */
  readonly duty: { readonly from: Day; readonly to: Day } | null
}

/** A person with what only the file knows: the id and the name. */
export interface NamedPerson {
  readonly id: string
  readonly name: string | null
  readonly unit: string | null
  readonly facts: PersonFacts
}

export type FactsResult =
  | { readonly ok: true; readonly head: FactsHead }
  | { readonly ok: false; readonly mistakes: readonly FactMistake[]; readonly count: number }

/** JSON text in pieces of any size. `open` begins at the start each time. */
export function jsonFacts(open: () => Iterable<string>): FactsText {
  return {
    pieces() {
      const { pieces, keys } = scanJsonWithKeys(open())
      return { keys, pieces: map(pieces, ({ key, index, text }) => ({ key, index, value: () => JSON.parse(text) })) }
    },
    linesOf: linesOfJson(open),
  }
}

/** A value that was read elsewhere, such as from YAML; `linesOf` says where it stood there. */
export function plainFacts(value: unknown, linesOf?: FactsText['linesOf']): FactsText {
  const entries = isRecord(value) ? Object.entries(value) : []
  return {
    pieces() {
      if (!isRecord(value)) throw new JsonBroken('a facts file is a map', 1)
      return { keys: new Set(entries.map(([key]) => key)), pieces: plainPieces(entries) }
    },
    ...(linesOf ? { linesOf } : {}),
  }
}

function* plainPieces(entries: readonly (readonly [string, unknown])[]): Generator<FactsPiece> {
  for (const [key, value] of entries) {
    if (!Array.isArray(value)) yield { key, index: null, value: () => value }
    else for (const [index, item] of value.entries()) yield { key, index, value: () => item }
  }
}

function* map<From, To>(items: Iterable<From>, turn: (item: From) => To): Generator<To> {
  for (const item of items) yield turn(item)
}

/**
 * Reads a facts file once from end to end: checks everything, keeps all but the people. Nothing that is absent gets a value: a fact
 * that is not there is not known. People are read again, few at a time, with `peopleOf`, so that memory does not grow with them.
 *
 * Errors: every mistake with its JSON pointer and line, the value, what is wrong and what would be right (the first 200; `count` says how many).
 *
 * @example
 * const text = jsonFacts(() => ['{"facts": 1, "people": [{"id": "甲", "spans": []}]}'])
 * const read = readFactsHead(text)
 * if (read.ok) for (const { id, facts } of peopleOf(text, read.head)) console.log(id, facts.employment) // 甲 null
 */
export function readFactsHead(text: FactsText): FactsResult {
  const reading = new FactReading()
  const gathered = new HeadGathering(reading)
  try {
    const { pieces, keys } = text.pieces()
    for (const piece of pieces) gathered.take(piece)
    gathered.finish(keys)
  } catch (error) {
    if (!(error instanceof JsonBroken)) throw error
    reading.refuseAt('', `${error.line}`, notJson(`line ${error.line}: ${error.message}`), WRITE_JSON)
    return { ok: false, mistakes: withLines(text, reading.mistakes, error.line), count: reading.count }
  }
  const head = reading.count === 0 ? gathered.head() : undefined
  return head ? { ok: true, head } : { ok: false, mistakes: withLines(text, reading.mistakes), count: reading.count }
}

function notJson(reason: string): Label {
  return { zh: `不是合格的 JSON（${reason}）`, en: `not valid JSON (${reason})` }
}

const WRITE_JSON: Label = {
  zh: '请检查引号、逗号和括号；字段见 policies/facts.schema.json',
  en: 'check quotes, commas and brackets; the fields are in policies/facts.schema.json',
}

const headShape = record({ ...SECTIONS, people: { ...SECTIONS.people, required: false } })

class HeadGathering {
  private readonly reading: FactReading
  /** Without a prototype: a key named `__proto__` is an unknown key like any other. */
  private readonly values: Record<string, unknown> = Object.create(null)
  private readonly numbers = new Map<string, number>()
  private readonly unitsNamed = new Map<string, string>()
  private readonly eventKinds = new Set<string>()
  private people = 0
  private firstMinute = Number.POSITIVE_INFINITY
  private lastMinute = Number.NEGATIVE_INFINITY
  private read: ReturnType<typeof headShape.read>

  constructor(reading: FactReading) {
    this.reading = reading
  }

  take(piece: FactsPiece): void {
    const { key, index } = piece
    const value = parsed(piece, this.reading)
    if (value === undefined) return
    if (key === 'people' && index !== null) this.takePerson(value, index)
    else if (index === null) this.values[key] = value
    else {
      const list = this.values[key]
      if (Array.isArray(list)) list.push(value)
      else this.values[key] = [value]
    }
  }

  private takePerson(value: unknown, index: number): void {
    const { path } = this.reading
    path.push('people', index)
    const person = personShape.read(value, this.reading)
    if (person) this.notePerson(person)
    path.length = 0
    if (index === PEOPLE_MAX) refuseTooMany(this.reading)
  }

  private notePerson(person: WrittenPerson): void {
    this.people += 1
    const earlier = this.numbers.get(person.id)
    if (earlier !== undefined) refuseSameId(person.id, `people/${earlier - 1}`, this.reading)
    else this.numbers.set(person.id, this.people)
    this.noteUnit(person.unit, '/unit')
    for (const { kind } of person.events ?? []) this.eventKinds.add(kind)
    person.spans.forEach((span, index) => {
      if (span.from < this.firstMinute) this.firstMinute = span.from
      if (span.to > this.lastMinute) this.lastMinute = span.to
      if (span.unit !== null) this.noteUnit(span.unit, `/spans/${index}/unit`)
      refuseSpan(span, index, this.reading)
    })
  }

  private noteUnit(unit: string | null, below: string): void {
    if (unit !== null && !this.unitsNamed.has(unit)) this.unitsNamed.set(unit, this.reading.pointer + below)
  }

  finish(keys: ReadonlySet<string>): void {
    this.read = headShape.read(this.values, this.reading)
    if (!keys.has('people')) {
      const right = { zh: '补上 "people": [ … ]', en: 'add "people": [ … ]' }
      this.reading.refuse('people', { zh: '缺少“people”', en: '"people" is missing' }, right)
    }
    if (!this.read) return
    const units = this.read.units.map(({ id }) => id)
    const known = new Set<string>()
    units.forEach((id, index) => {
      if (known.has(id)) refuseSameUnit(id, index, this.reading)
      known.add(id)
    })
    for (const unit of this.read.units) for (const { kind } of unit.events ?? []) this.eventKinds.add(kind)
    for (const [unit, pointer] of this.unitsNamed) {
      if (!known.has(unit)) refuseUnit(unit, pointer, units, this.reading)
    }
    this.read.decisions.forEach((decision, index) => {
      checkDecision(decision, `/decisions/${index}`, this.numbers, known, this.reading)
    })
  }

  head(): FactsHead | undefined {
    if (!this.read) return undefined
    const { title, example, operation, units, decisions } = this.read
    return {
      title,
      example,
      operation,
      units: new Map(units.map((unit) => [unit.id, unit])),
      unit_numbers: new Map(units.map(({ id }, index) => [id, index + 1])),
      decisions,
      people: this.people,
      event_kinds: this.eventKinds,
      numbers: this.numbers,
      duty:
        this.lastMinute < this.firstMinute
          ? null
          : { from: Math.floor(this.firstMinute / 1440), to: Math.floor((this.lastMinute - 1) / 1440) },
    }
  }
}

function parsed(piece: FactsPiece, reading: FactReading): unknown {
  try {
    return piece.value()
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const pointer = `/${piece.key}${piece.index === null ? '' : `/${piece.index}`}`
    reading.refuseAt(pointer, '', notJson(error.message), WRITE_JSON)
    return undefined
  }
}

function refuseTooMany(reading: FactReading): void {
  reading.refuseAt(
    '/people',
    PEOPLE_MAX,
    { zh: '人数太多', en: 'too many people' },
    { zh: `一个文件最多 ${PEOPLE_MAX} 人，请拆成几个`, en: `a file holds at most ${PEOPLE_MAX} people: split it` },
  )
}

function refuseSameId(id: string, where: string, reading: FactReading): void {
  reading.refuseAt(
    `${reading.pointer}/id`,
    id,
    { zh: `编号重复，/${where} 已用`, en: `this id stands at /${where} already` },
    { zh: '一个人写一条，值守都放在他的 spans 里', en: 'write each person once, with all duty under spans' },
  )
}

function refuseSameUnit(id: string, index: number, reading: FactReading): void {
  reading.refuseAt(
    `/units/${index}/id`,
    id,
    { zh: '单位编号重复', en: 'this id stands twice under units' },
    { zh: '一个单位写一条', en: 'write each unit once' },
  )
}

function refuseSpan({ from, to }: WrittenSpan, index: number, reading: FactReading): void {
  const found = wrongSpan(from, to)
  if (!found) return
  const written = formatMinute(to).replace(' ', 'T')
  reading.refuseAt(`${reading.pointer}/spans/${index}/to`, written, found.wrong, found.right)
}

function refuseUnit(unit: string, pointer: string, units: readonly string[], reading: FactReading): void {
  const near = nearestWord(unit, units)
  reading.refuseAt(
    pointer,
    unit,
    { zh: 'units 里没有这个单位', en: 'there is no such unit under units' },
    near === undefined
      ? { zh: '在 units 里补上它', en: 'add it under units' }
      : { zh: `是否想写“${near}”？`, en: `did you mean "${near}"?` },
  )
}

function checkDecision(
  decision: WrittenDecision,
  pointer: string,
  numbers: ReadonlyMap<string, number>,
  units: ReadonlySet<string>,
  reading: FactReading,
): void {
  const { about, choice, amount } = decision
  const { person, unit, area, operation } = about
  const named = [person !== null, unit !== null, area !== null, operation === true].filter(Boolean).length
  if (named !== 1) {
    reading.refuseAt(
      `${pointer}/about`,
      JSON.stringify(about),
      { zh: '要说清对谁作的决定', en: 'it must be said whom the decision is about' },
      {
        zh: 'person、unit、area、operation 只写一个，如 {"area": "330603"}',
        en: 'write exactly one of person, unit, area, operation, as in {"area": "330603"}',
      },
    )
  }
  if (about.person !== null && !numbers.has(about.person)) {
    reading.refuseAt(
      `${pointer}/about/person`,
      about.person,
      { zh: 'people 里没有这个人', en: 'there is no such person under people' },
      { zh: '核对编号', en: 'check the id' },
    )
  }
  if (unit !== null && !units.has(unit)) refuseUnit(unit, `${pointer}/about/unit`, [...units], reading)
  if ((choice === null) === (amount === null)) {
    reading.refuseAt(
      pointer,
      choice ?? '',
      { zh: '决定的内容不明', en: 'it is not clear what was decided' },
      { zh: 'choice（选项）和 amount（数额）写一个', en: 'write either choice or amount' },
    )
  }
}

/** The people of a file whose head was read, one after the other. */
export function* peopleOf(text: FactsText, head: FactsHead): Generator<NamedPerson> {
  const reading = new FactReading()
  for (const piece of text.pieces().pieces) {
    if (piece.key !== 'people' || piece.index === null) continue
    const person = personShape.read(piece.value(), reading)
    if (!person) throw new Error('the facts changed while they were read')
    yield named(person, head)
  }
}

function named(person: WrittenPerson, head: FactsHead): NamedPerson {
  const { id, name, unit, employment, established, party, area, findings, family, children, spans } = person
  const home = unit === null ? undefined : head.units.get(unit)
  return {
    id,
    name,
    unit,
    facts: {
      person: head.numbers.get(id) ?? 0,
      employment,
      established,
      party,
      area,
      findings,
      ...moreFacts(person, id),
      ...(family ? { family } : {}),
      ...(children ? { children } : {}),
      ...(home ? { home_unit: head.unit_numbers.get(home.id) ?? 0 } : {}),
      ...(home?.kind ? { home_unit_kind: home.kind } : {}),
      spans: spans.map((span, index) => spanFacts(span, index, id, head)),
    },
  }
}

/** What people and units have alike; what the file leaves out stays out. */
function moreFacts({ counts, money, events, uses }: WrittenUnit | WrittenPerson, id: string): MoreFacts {
  const ref = (own: string | null, name: string, index: number) => own ?? `${id}#${name}-${index + 1}`
  return {
    ...(counts ? { counts } : {}),
    ...(money ? { money } : {}),
    ...(events
      ? {
          events: events.map((one, at) => ({
            kind: one.kind,
            day: one.day,
            count: one.count,
            ref: ref(one.id, 'event', at),
          })),
        }
      : {}),
    ...(uses
      ? { uses: uses.map((one, at) => ({ entitlement: one.entitlement, day: one.day, ref: ref(one.id, 'use', at) })) }
      : {}),
  }
}

/** The units of a file, for entitlements that are a unit's. */
export function unitsOf(
  head: FactsHead,
): readonly { readonly id: string; readonly name: string | null; readonly facts: UnitFacts }[] {
  return [...head.units.values()].map((unit) => ({
    id: unit.id,
    name: unit.name,
    facts: {
      unit: head.unit_numbers.get(unit.id) ?? 0,
      kind: unit.kind,
      area: unit.area,
      findings: unit.findings,
      ...moreFacts(unit, unit.id),
    },
  }))
}

/** What the file says of the operation: `undefined` where it says nothing, and rules that ask find it missing. */
export function operationOf({ operation }: FactsHead): OperationFacts | undefined {
  if (!operation) return undefined
  return { levels: operation.response_levels, starts: operation.from, ends: operation.to }
}

function spanFacts(span: WrittenSpan, index: number, person: string, { units }: FactsHead): SpanFacts {
  const unit = span.unit === null ? undefined : units.get(span.unit)
  return {
    start_minute: span.from,
    end_minute: span.to,
    post_kind: span.post_kind,
    exposure: span.exposure,
    unit_kind: span.unit_kind ?? unit?.kind ?? null,
    area: span.area ?? unit?.area ?? null,
    ref: span.id ?? `${person}#${index + 1}`,
  }
}

/**
 * The decisions of a file in the units of a stack. Points that the stack does not have, and amounts of another kind, are answered as
 * mistakes: a decision that would be left aside in silence could be taken for one that was heeded.
 */
export function decisionsFor(
  stack: Stack,
  head: FactsHead,
): { readonly decisions: readonly Decision[]; readonly mistakes: readonly FactMistake[] } {
  const reading = new FactReading()
  const decisions: Decision[] = []
  head.decisions.forEach((written, index) => {
    const decided = decidedIn(stack, written, `/decisions/${index}`, reading)
    const { about } = written
    if (!decided) return
    decisions.push({
      point: written.point,
      about:
        about.person !== null
          ? { kind: 'person', person: head.numbers.get(about.person) ?? 0 }
          : about.unit !== null
            ? { kind: 'unit', unit: head.unit_numbers.get(about.unit) ?? 0 }
            : about.area !== null && about.area !== '0'
              ? { kind: 'area', area: about.area }
              : { kind: 'operation' },
      decided,
      from: written.from,
      to: written.to,
      decided_on: written.decided_on,
      ref: written.id,
    })
  })
  return { decisions, mistakes: reading.mistakes }
}

function decidedIn(
  stack: Stack,
  written: WrittenDecision,
  pointer: string,
  reading: FactReading,
): Decision['decided'] | undefined {
  const point = stack.decision_points.get(written.point)
  if (!point) {
    const near = nearestWord(written.point, stack.decision_points.keys())
    const all = [...stack.decision_points.keys()].join(', ')
    reading.refuseAt(
      `${pointer}/point`,
      written.point,
      { zh: '政策包里没有这个决定事项', en: 'the pack has no such decision point' },
      near === undefined
        ? { zh: `可写：${all}`, en: `write one of: ${all}` }
        : { zh: `是否想写“${near}”？`, en: `did you mean "${near}"?` },
    )
    return undefined
  }
  if (written.choice !== null) return { kind: 'choice', choice: written.choice }
  if (written.amount === null) return undefined
  if (point.range.kind !== 'amount') return { kind: 'amount', amount: written.amount.amount }
  const mistakes = new Mistakes()
  const amount = amountIn(point.range.unit, written.amount, mistakes)
  const [wrong] = mistakes.list
  if (wrong) reading.refuseAt(`${pointer}/amount`, written.amount.text, wrong.wrong, wrong.right)
  return amount === undefined ? undefined : { kind: 'amount', amount }
}
