import { createHash } from 'node:crypto'
import type { Label } from '#engines/policy/vocabulary.ts'
import type { Scope } from '#platform/access/actor.ts'
import type { Vault } from '#platform/access/vault.ts'
import type { Tx } from '#platform/db/database.ts'
import { type Both, say } from '#records/duty/sheet/texts.ts'
import { listOpenUnitsBelow } from '#records/org/server/reads.ts'
import { PERSON_REASONS, PersonFinder, type Whereabouts } from '#records/people/person-finder.ts'
import { bareName, tidyName } from '#records/people/rules.ts'
import { listCandidates } from '#records/people/server/reads.ts'
import { EVENT_ROWS_SHOWN_MAX, type EventSheet, type EventSheetRow } from '../event-sheet-contract.ts'
import type { EventRow, EventSheetReading } from '../sheet/shapes.ts'
import type { PackNames } from './service.ts'
import { listEventsOf, type StandingEvent } from './store.ts'

/** Who hands a sheet in, for which unit, and what holds there. */
export interface HandingIn {
  readonly operation_id: number
  readonly unit: { readonly unit_id: number; readonly name: string }
  readonly scope: Scope
  readonly own_person_id: number | undefined
  readonly today: string
  readonly names: PackNames
  readonly answers: Readonly<Record<string, string>>
  readonly vault: Vault
}

/** An event that can be stated. */
export interface ReadyEvent {
  readonly fact_id: string
  readonly person_id: number
  readonly unit_id: number
  readonly name: string
  readonly on: string
  readonly count: number
}

export interface MatchedEvents {
  readonly sheet: EventSheet
  readonly ready: readonly ReadyEvent[]
}

const TEXTS = {
  unknown_unit: [
    ['“{unit}”不是本单位或下属单位', '“{unit}” is neither this unit nor below it'],
    ['请核对单位名称，或到那个单位导入', 'check the name, or import the sheet there'],
  ],
  own: [
    ['这是您本人的事项', 'this is about yourself'],
    ['请另一位负责人登记这一行', 'another person in charge records this row'],
  ],
  no_day: [
    ['没有日期', 'no date'],
    ['请填写日期，如 2020-02-03', 'write the date, such as 2020-02-03'],
  ],
  future: [
    ['日期还没有到', 'the day has not come yet'],
    ['只能登记已经发生的事项', 'only what has happened is recorded'],
  ],
  twice: [
    ['与第 {row} 行（{sheet}）是同一人、同一天、同一事项', 'the same person, day and event as row {row} ({sheet})'],
    ['合成一行，次数写总数', 'write one row with the whole count'],
  ],
  withdrawn: [
    ['这条登记已被撤销', 'this record was withdrawn'],
    ['如确有此事，请到人员页另行登记', 'if it did happen, state it on the page of the person'],
  ],
  differs: [
    ['已登记为 {count} 次', 'recorded as {count} times'],
    ['如已有记录有误，请到人员页更正那一条', 'if the record is wrong, correct it on the page of the person'],
  ],
  not_happened: [
    ['“是否”写的是否', 'the column 是否 says no'],
    ['没有发生的不登记', 'what did not happen is not recorded'],
  ],
  left_out: [
    ['按您的回答不登记', 'left out, as you answered'],
    ['如需登记，请修改回答', 'to record it, change the answer'],
  ],
} as const

/** An answer to "which event is it?": these rows are not recorded. */
const SKIP = 'skip'

type Outcome = Pick<EventSheetRow, 'kind' | 'reason' | 'right'> & {
  readonly row: EventRow
  readonly title?: Label
  readonly event?: ReadyEvent
}

/** Puts what a sheet says beside what is known: people, events of the packs, and what is recorded already. */
export async function matchEvents(tx: Tx, at: HandingIn, reading: EventSheetReading): Promise<MatchedEvents> {
  const hashes = new Map<string, string>()
  const hashOf = (number: string) => {
    const hash = hashes.get(number) ?? at.vault.lookupHash('id_number', number).toString('hex')
    hashes.set(number, hash)
    return hash
  }
  const names = new Set(reading.rows.flatMap(({ person: { name } }) => [name, bareName(name), tidyName(name)]))
  const numbers = reading.rows.flatMap(({ person }) => (person.id_number === null ? [] : [person.id_number]))
  const candidates = await listCandidates(
    tx,
    [...names],
    [...new Set(numbers)].map((number) => Buffer.from(hashOf(number), 'hex')),
  )
  const people = new PersonFinder(candidates, at.scope, hashOf)
  const below = await listOpenUnitsBelow(tx, at.unit.unit_id)
  const standing = new Map<string, StandingEvent[]>()
  const ids = candidates.map(({ person_id }) => person_id)
  for (const event of await listEventsOf(tx, at.operation_id, ids)) {
    const key = keyOf(event.person_id, event.name, event.from_on)
    standing.set(key, [...(standing.get(key) ?? []), event])
  }
  const whereabouts = new Map<string, Whereabouts>()
  whereabouts.set('', { name: at.unit.name, unit_ids: new Set(below.map(({ unit_id }) => unit_id)) })
  for (const { unit_id, name } of below) {
    const known = whereabouts.get(bareName(name))
    whereabouts.set(bareName(name), { name, unit_ids: new Set([...(known?.unit_ids ?? []), unit_id]) })
  }
  const first = new Map<string, EventRow>()
  const outcomes = reading.rows.map((row) => settleRow(row, at, { people, whereabouts, standing, first }))
  return {
    sheet: present(at, reading, outcomes),
    ready: outcomes.flatMap(({ event }) => (event ? [event] : [])),
  }
}

interface Known {
  readonly people: PersonFinder
  readonly whereabouts: ReadonlyMap<string, Whereabouts>
  readonly standing: ReadonlyMap<string, readonly StandingEvent[]>
  /** The row in which a person, event and day came first. */
  readonly first: Map<string, EventRow>
}

function settleRow(row: EventRow, at: HandingIn, known: Known): Outcome {
  if (row.answer === false) return refused(row, 'not_happened')
  const name = eventOf(row.event, at)
  if (name === undefined) return { kind: 'waiting', row, reason: null, right: null }
  if (name === SKIP) return refused(row, 'left_out')
  const title = at.names.events.get(name) ?? { zh: name, en: name }
  const place = known.whereabouts.get(bareName(row.unit))
  if (!place) return refused(row, 'unknown_unit', { unit: row.unit })
  const found = known.people.find(row.person, place)
  if (!found.person) {
    const [reason, right] = PERSON_REASONS[found.reason]
    return { kind: 'refused', row, title, reason: say(reason, found.facts), right: say(right, found.facts) }
  }
  const { person_id, home_unit_id } = found.person
  if (person_id === at.own_person_id) return refused(row, 'own')
  if (row.on === '') return refused(row, 'no_day')
  if (row.on > at.today) return refused(row, 'future')
  const key = keyOf(person_id, name, row.on)
  const before = known.first.get(key)
  if (before) return refused(row, 'twice', { ...before.source })
  known.first.set(key, row)
  const fact_id = factIdOf(at.operation_id, key)
  const recorded = known.standing.get(key) ?? []
  const stands = recorded.find(({ act }) => act !== 'withdrawn')
  if (stands && stands.amount === row.count) return { kind: 'already', row, title, reason: null, right: null }
  if (stands) return { ...refused(row, 'differs', { count: stands.amount }), kind: 'differs', title }
  if (recorded.some((one) => one.fact_id === fact_id)) return refused(row, 'withdrawn')
  const event = { fact_id, person_id, unit_id: home_unit_id, name, on: row.on, count: row.count }
  return { kind: 'ready', row, title, reason: null, right: null, event }
}

function refused(
  row: EventRow,
  code: keyof typeof TEXTS,
  facts: Readonly<Record<string, string | number>> = {},
): Outcome {
  const [reason, right] = TEXTS[code]
  return { kind: 'refused', row, reason: say(reason, facts), right: say(right, facts) }
}

function keyOf(personId: number, name: string, on: string): string {
  return `${personId} ${name} ${on}`
}

/** The event that is named exactly, else the one that was answered; `undefined` waits for an answer. */
function eventOf(text: string, { names, answers }: HandingIn): string | undefined {
  const written = bareName(text)
  const exact = [...names.events].filter(
    ([code, { zh, en }]) =>
      written !== '' && (bareName(zh) === written || bareName(en) === written || code === written),
  )
  const [only] = exact
  if (only && exact.length === 1) return only[0]
  const answer = answers[questionOf(text)]
  return answer !== undefined && (answer === SKIP || names.events.has(answer)) ? answer : undefined
}

function questionOf(text: string): string {
  return `event:${bareName(text)}`
}

/**
 * The id of an event that comes from a sheet: the same person, event and day give the same id however the sheet spells them, so that a
 * repeated import meets itself (a UUID of version 8, RFC 9562).
 */
function factIdOf(operationId: number, key: string): string {
  const hex = createHash('sha256').update(`event sheet\n${operationId}\n${key}`).digest('hex')
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

// What the page shows ----------------------------------------------------------------------------------------------------

const ORDER: Readonly<Record<EventSheetRow['kind'], number>> = {
  refused: 0,
  waiting: 1,
  differs: 2,
  ready: 3,
  already: 4,
}

function present(at: HandingIn, reading: EventSheetReading, outcomes: readonly Outcome[]): EventSheet {
  const rows: EventSheetRow[] = [
    ...reading.refused.map(
      ({ source, value, reason, right }): EventSheetRow => ({
        ...{ kind: 'refused', ...source, value, event: null, on: null, count: null, reason, right },
      }),
    ),
    ...outcomes.map(({ row, kind, title, reason, right }): EventSheetRow => {
      const { source, person, event, on, count } = row
      const label: Both = title ?? { zh: event, en: event }
      return { kind, ...source, value: person.name, event: label, on: on === '' ? null : on, count, reason, right }
    }),
  ].sort((left, right) => ORDER[left.kind] - ORDER[right.kind] || left.row - right.row)
  const counts = { ready: 0, already: 0, differs: 0, refused: 0, waiting: 0 }
  for (const { kind } of rows) counts[kind] += 1
  return {
    columns: [...reading.columns],
    questions: questionsOf(at, outcomes),
    counts,
    rows: rows.slice(0, EVENT_ROWS_SHOWN_MAX),
    rows_left_off: Math.max(0, rows.length - EVENT_ROWS_SHOWN_MAX),
  }
}

function questionsOf({ names, answers }: HandingIn, outcomes: readonly Outcome[]): EventSheet['questions'] {
  const asked = new Map<string, EventSheet['questions'][number]>()
  const options = [
    ...[...names.events].map(([value, label]) => ({ value, label: { zh: label.zh, en: label.en } })),
    { value: SKIP, label: { zh: '这些行不登记', en: 'leave these rows out' } },
  ]
  for (const { row, kind } of outcomes) {
    const key = questionOf(row.event)
    // Answered ones stay, so that an answer can be changed.
    if (kind !== 'waiting' && answers[key] === undefined) continue
    const known = asked.get(key)
    const text =
      row.event === ''
        ? say(['有的行没有写事项，是哪一项？', 'Some rows name no event. Which one is it?'])
        : say(['表中的“{text}”是哪一项？', 'Which event is “{text}” in the sheet?'], { text: row.event })
    asked.set(key, known ? { ...known, count: known.count + 1 } : { key, text, options, count: 1 })
  }
  return [...asked.values()]
}
