import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { dayOf } from '#engines/values/time.ts'
import { reaches, type Scope } from '#platform/access/actor.ts'
import type { Vault } from '#platform/access/vault.ts'
import { instantOf, zonedText } from '#platform/calendar/zone.ts'
import type { Context } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import { queriesOf } from '#platform/db/prepared.ts'
import type { OperationFacts } from '#records/operations/server/reads.ts'
import { listOpenUnitsBelow, type NamedUnit } from '#records/org/server/reads.ts'
import { PersonFinder } from '#records/people/person-finder.ts'
import { bareName as bare, tidyName } from '#records/people/rules.ts'
import { listCandidates } from '#records/people/server/reads.ts'
import type { Understanding } from '../import-contract.ts'
import type { DutySheetReading, UnderstoodRow } from '../sheet/shapes.ts'
import { listEntriesOfSpans, listOverlaps, type OverlappingSpan, type SpanEntry } from './confirmation-store.ts'
import { type ImportLine, type Judging, judgeLines, type Recorded, type Verdict } from './imports-judge.ts'
import { PostFinder, Questions, UnitFinder, type UnitPost } from './imports-places.ts'
import { maskDeep, maskNumbers, type RowContent } from './imports-rows.ts'
import { listPostsOfUnits, type NewRow } from './imports-store.ts'
import { summarise } from './imports-summary.ts'
import { reasonOf } from './imports-texts.ts'
import { inTurns } from './turns.ts'

/** Who imports, and where their permissions reach. */
export interface Importer {
  readonly user_id: number
  readonly person_id: number | undefined
  readonly scope: Scope
  /** Where they may open posts. */
  readonly planning: Scope
}

export interface Matching {
  readonly database: Database
  readonly vault: Vault
  readonly importer: Importer
  readonly operation: OperationFacts
  readonly unit: NamedUnit
  readonly answers: Readonly<Record<string, string>>
  readonly now: Date
}

export interface Matched {
  readonly understood: Understanding
  readonly rows: readonly NewRow[]
}

const LOOK_BACK_ROWS = 1_000
const EVERYWHERE: Scope = { everywhere: true, units: new Set() }

/** Row-level security shows what the importer may see, and nothing else. */
export function importerContext({ user_id, person_id, scope }: Importer): Context {
  return { purpose: 'request', principal: `user:${user_id}`, user_id, person_id, scope }
}

/** An overlap must be found even where the importer may not see it; what is told of it is cut to what they may know. */
export function houseContext(context: Context): Context {
  return { ...context, scope: EVERYWHERE }
}

type Outcome =
  | { readonly kind: 'line'; readonly line: ImportLine }
  | { readonly kind: 'waiting'; readonly row: UnderstoodRow; readonly question: string }
  | ({ readonly kind: 'refused'; readonly row: UnderstoodRow } & ReturnType<typeof reasonOf>)

/** Puts what a sheet says beside what is known: people, units, posts, and the duty that stands. */
export async function matchReading(matching: Matching, reading: DutySheetReading): Promise<Matched> {
  const { database, importer, operation } = matching
  const questions = new Questions()
  const known = await database.read(importerContext(importer), (tx) => lookUp(tx, matching, reading, questions))
  const outcomes = await inTurns(reading.rows, (row) => settleRow(row, matching, known))
  const lines = outcomes.flatMap((outcome) => (outcome.kind === 'line' ? [outcome.line] : []))
  const recorded = await database.read(houseContext(importerContext(importer)), (tx) => lookBack(tx, lines))
  const judging: Judging = {
    importer_person_id: importer.person_id,
    now: matching.now,
    time_zone: operation.time_zone,
    scope: importer.scope,
  }
  await nextTurn()
  const verdicts = await judgeLines(lines, recorded, judging)
  await nextTurn()
  const posts = new Map(known.posts.map(({ post_id, name }) => [post_id, name]))
  let next = 0
  const rows = await inTurns(outcomes, (outcome): NewRow => {
    if (outcome.kind !== 'line') return contentOfOpen(outcome)
    const verdict = verdicts[next]
    next += 1
    return contentOfLine(outcome.line, verdict, operation.time_zone, posts)
  })
  await nextTurn()
  const all = inSheetOrder([...rows, ...contentOfUnread(reading)], reading)
  return { understood: summarise(matching.answers, reading, questions, lines, verdicts, all), rows: all }
}

interface Known {
  readonly units: UnitFinder
  readonly people: PersonFinder
  readonly postFinder: PostFinder
  readonly posts: readonly UnitPost[]
}

async function lookUp(
  tx: Tx,
  { importer, operation, unit, answers, vault }: Matching,
  { rows }: DutySheetReading,
  questions: Questions,
): Promise<Known> {
  const below = (await listOpenUnitsBelow(tx, unit.unit_id)).filter(({ unit_id }) => reaches(importer.scope, unit_id))
  const units = new UnitFinder(unit, below, answers, questions)
  const quiet = new UnitFinder(unit, below, answers, new Questions())
  const found = await inTurns(rows, (row) => quiet.find(row))
  const unitIds = new Set(found.flatMap((unit) => (unit.state === 'found' ? [unit.value.unit_id] : [])))
  const hashes = new Map<string, string>()
  const hashOf = (idNumber: string) => {
    const hash = hashes.get(idNumber) ?? vault.lookupHash('id_number', idNumber).toString('hex')
    hashes.set(idNumber, hash)
    return hash
  }
  const written = new Set(rows.map(({ person }) => person.name))
  const names = new Set((await inTurns([...written], (name) => [name, bare(name), tidyName(name)])).flat())
  const numbers = new Set(rows.flatMap(({ person }) => (person.id_number === null ? [] : [person.id_number])))
  const people = await listCandidates(
    tx,
    [...names],
    [...numbers].map((number) => Buffer.from(hashOf(number), 'hex')),
  )
  const posts = await listPostsOfUnits(tx, operation.operation_id, [...unitIds])
  const mayOpen = (unitId: number) => reaches(importer.planning, unitId)
  return {
    units,
    people: new PersonFinder(people, importer.scope, hashOf),
    postFinder: new PostFinder(posts, answers, questions, mayOpen),
    posts,
  }
}

/** What is recorded about the lines, whoever recorded it. */
export async function lookBack(tx: Tx, lines: readonly ImportLine[]): Promise<Recorded> {
  if (lines.length === 0) return { entries: new Map(), overlaps: new Map() }
  const overlaps = new Map<string, OverlappingSpan[]>()
  const entries = new Map<string, SpanEntry[]>()
  // In parts: an answer with 30,000 rows is taken apart in one go and would hold everybody up.
  for (let first = 0; first < lines.length; first += LOOK_BACK_ROWS) {
    const part = lines.slice(first, first + LOOK_BACK_ROWS)
    const over = await listOverlaps(queriesOf(tx), part)
    for (const [spanId, standing] of over) overlaps.set(spanId, standing)
    const said = await listEntriesOfSpans(queriesOf(tx), [...part, ...[...over.values()].flat()])
    for (const [key, own] of said) entries.set(key, [...(entries.get(key) ?? []), ...own])
  }
  // A span that two lines overlap is asked for twice.
  const once = [...entries].map(([key, said]): [string, typeof said] => [
    key,
    [...new Map(said.map((entry) => [entry.entry_id, entry])).values()],
  ])
  return { entries: new Map(once), overlaps }
}

function settleRow(row: UnderstoodRow, matching: Matching, known: Known): Outcome {
  const unit = known.units.find(row)
  if (unit.state === 'asked') return { kind: 'waiting', row, question: unit.key }
  if (unit.state === 'left_out') return { kind: 'refused', row, ...reasonOf('left_out') }
  const { unit_id, name: unit_name } = unit.value
  const found = known.people.find(row.person, { name: unit_name, unit_ids: new Set([unit_id]) })
  if (!found.person) return { kind: 'refused', row, ...reasonOf(found.reason, found.facts) }
  const post = known.postFinder.find(row, unit.value)
  if (post.state === 'asked') return { kind: 'waiting', row, question: post.key }
  if (post.state === 'left_out') return { kind: 'refused', row, ...reasonOf('left_out') }
  const starts_on = row.starts_at.slice(0, 10)
  const { post_id, name, new_post, closed_on } = post.value
  if (closed_on !== null && closed_on < starts_on)
    return { kind: 'refused', row, ...reasonOf('unknown_post', { post: name }) }
  const { time_zone, operation_id } = matching.operation
  const starts_at = instantOf(time_zone, minuteOf(row.starts_at))
  const { person_id, home_unit_id } = found.person
  return {
    kind: 'line',
    line: {
      span_id: spanIdOf(operation_id, unit.value.unit_id, person_id, starts_at),
      person_id,
      home_unit_id,
      person_name: found.person.name,
      unit_id: unit.value.unit_id,
      unit_name: unit.value.name,
      post_id,
      post_name: name,
      new_post,
      starts_at,
      ends_at: instantOf(time_zone, minuteOf(row.ends_at)),
      starts_on,
      source: { sheet: row.source.sheet, row: row.source.row, column: row.source.column ?? null },
    },
  }
}

/** `2020-02-03T20:00` on the local clock, in minutes. */
function minuteOf(local: string): number {
  return dayOf(local.slice(0, 10)) * 1_440 + Number(local.slice(11, 13)) * 60 + Number(local.slice(14, 16))
}

/**
 * The id of a span that comes from a sheet: the same person, unit and beginning give the same id however the sheet spells
 * them, so that a repeated import meets itself (a UUID of version 8, RFC 9562).
 */
export function spanIdOf(operationId: number, unitId: number, personId: number, startsAt: Date): string {
  const text = `duty import\n${operationId}\n${unitId}\n${personId}\n${startsAt.toISOString()}`
  const hex = createHash('sha256').update(text).digest('hex')
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

function writtenOf({ person, starts_at, ends_at }: UnderstoodRow): string {
  return maskNumbers(`${person.name} ${starts_at.replace('T', ' ')}-${ends_at.slice(11)}`)
}

const BLANK = {
  duty: null,
  reason: null,
  right: null,
  questions: [],
  stands: null,
  line: null,
} satisfies Partial<RowContent>

function placeOf({ source }: Pick<UnderstoodRow, 'source'>): RowContent['place'] {
  return { sheet: source.sheet, row: source.row, column: source.column ?? null }
}

function contentOfOpen(outcome: Exclude<Outcome, { kind: 'line' }>): NewRow {
  const base = { ...BLANK, place: placeOf(outcome.row), value: writtenOf(outcome.row) }
  if (outcome.kind === 'waiting') return { kind: 'waiting', content: { ...base, questions: [outcome.question] } }
  return { kind: 'refused', content: { ...base, reason: outcome.reason, right: outcome.right } }
}

function contentOfLine(
  line: ImportLine,
  verdict: Verdict,
  timeZone: string,
  posts: ReadonlyMap<number, string>,
): NewRow {
  const duty = {
    person_name: line.person_name,
    unit_name: line.unit_name,
    post_name: maskNumbers(line.post_name),
    starts_at: zonedText(timeZone, line.starts_at),
    ends_at: zonedText(timeZone, line.ends_at),
  }
  const base = { ...BLANK, place: line.source, value: line.person_name, duty }
  if (verdict.kind === 'refused')
    return { kind: 'refused', content: { ...base, reason: verdict.reason, right: verdict.right } }
  if (verdict.kind === 'already') return { kind: 'already', content: base }
  const { span_id, person_id, unit_id, home_unit_id, post_id, new_post, starts_on } = line
  const stored = { span_id, person_id, unit_id, home_unit_id, post_id, new_post, starts_on }
  const content = { ...base, line: stored }
  if (verdict.kind === 'ready') return { kind: 'ready', content }
  const { stands } = verdict
  return {
    kind: 'differs',
    content: {
      ...content,
      stands: {
        post_name: posts.get(stands.post_id) ?? '',
        starts_at: zonedText(timeZone, stands.starts_at),
        ends_at: zonedText(timeZone, stands.ends_at),
        entry_id: stands.entry_id,
      },
    },
  }
}

/** What the sheet itself left unreadable or open. A mark that nobody has explained yet waits for its explanation. */
function contentOfUnread({ refused, waiting, questions }: DutySheetReading): NewRow[] {
  const open = new Set(questions.map(({ key }) => key))
  return [
    ...refused.map((row): NewRow => {
      const place = { sheet: row.sheet, row: row.row, column: row.column ?? null }
      const base = { ...BLANK, place, value: maskNumbers(row.value).slice(0, 200) }
      const question = markQuestion(row.value)
      if (row.code === 'unknown_mark' && open.has(question))
        return { kind: 'waiting', content: { ...base, questions: [maskNumbers(question)] } }
      return { kind: 'refused', content: { ...base, ...maskDeep({ reason: row.reason, right: row.right }) } }
    }),
    ...waiting.map((row): NewRow => {
      const place = { sheet: row.sheet, row: row.row, column: row.column ?? null }
      const value = maskNumbers(row.value).slice(0, 200)
      return { kind: 'waiting', content: { ...BLANK, place, value, questions: maskDeep([...row.questions]) } }
    }),
  ]
}

function markQuestion(mark: string): string {
  return `mark:${mark}`
}

function inSheetOrder(rows: readonly NewRow[], { understood, refused, waiting }: DutySheetReading): NewRow[] {
  const names = [...understood.tables, ...refused, ...waiting].map(({ sheet }) => sheet)
  const order = new Map([...new Set(names)].map((name, index) => [name, index]))
  const position = ({ content }: NewRow) => order.get(content.place.sheet) ?? 0
  return rows.toSorted((a, b) => position(a) - position(b) || a.content.place.row - b.content.place.row)
}
