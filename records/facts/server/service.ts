import type { z } from 'zod'
import type { Label } from '#engines/policy/vocabulary.ts'
import { recordAudit } from '#platform/audit/record.ts'
import type { Tx } from '#platform/db/database.ts'
import { Refusal, refuse } from '#platform/http/problem.ts'
import { raise, settle } from '#platform/worklist/items.ts'
import {
  type Asked,
  CLOSED_SORTS,
  COUNTED_FROM_DUTY,
  type Fact,
  type FactAct,
  type FactSort,
  type FactStatement,
  factProblems,
  OPEN_SORTS,
  OWN_SORTS,
  PERSON_NUMBERS,
  UNIT_NUMBERS,
  UNIT_SORTS,
  wordOfHouse,
} from '../contract.ts'
import { factRef, type StoredEntry, stateOf } from '../rules.ts'
import {
  insertEntry,
  insertPersonEntries,
  listEntries,
  listWaiting,
  lockFact,
  type NewEntry,
  type Subject,
} from './store.ts'

/** What the packs in force in an operation call events, findings and rights that are used up; told by the house. */
export interface PackNames {
  readonly events: ReadonlyMap<string, Label>
  readonly findings: ReadonlyMap<string, Label>
  readonly uses: ReadonlyMap<string, Label>
}
export type AskedFor = (tx: Tx, operationId: number) => Promise<PackNames>

/** A fact as it leaves the room. */
type FactOut = z.input<typeof Fact>

export interface Actor {
  readonly user_id: number
  readonly person_id?: number | undefined
}

/** Where, by whom and when something is said. */
export interface Saying {
  readonly operation_id: number
  readonly subject: Subject
  readonly sorts: readonly FactSort[]
  readonly actor: Actor
  readonly now: Date
  readonly today: string
  readonly names: PackNames
}

export const SORTS = { open: OPEN_SORTS, closed: CLOSED_SORTS, unit: UNIT_SORTS, own: OWN_SORTS } as const
export const UNCONFIRMED_ITEM = 'facts.unconfirmed'
export const CLOSED_UNCONFIRMED_ITEM = 'facts.closed_unconfirmed'

const OF_PACKS = { event: 'events', use: 'uses', finding: 'findings' } as const

function isOfPacks(sort: FactSort): sort is keyof typeof OF_PACKS {
  return Object.hasOwn(OF_PACKS, sort)
}

function titleOf(names: PackNames, sort: FactSort, name: string): Label {
  const title = isOfPacks(sort) ? names[OF_PACKS[sort]].get(name) : wordOfHouse(sort, name)
  return title ?? { zh: name, en: name }
}

/** What can be recorded of a subject, in the order of the forms. */
export function askedOf(names: PackNames, sorts: readonly FactSort[], of: Subject['of']): readonly Asked[] {
  return sorts.flatMap((sort) =>
    namesOf(names, sort, of).map((name) => ({ sort, name, title: titleOf(names, sort, name) })),
  )
}

function namesOf(names: PackNames, sort: FactSort, of: Subject['of']): readonly string[] {
  if (isOfPacks(sort)) return [...names[OF_PACKS[sort]].keys()]
  if (sort === 'number') return of === 'unit' ? UNIT_NUMBERS : PERSON_NUMBERS
  if (sort === 'register') return ['events', 'uses']
  return sort === 'children' ? ['born', 'none'] : FAMILY
}

const FAMILY = [
  'spouse_on_front_line',
  'single_parent',
  'elder_care',
  'disabled_dependant',
  'ill_dependant',
  'infant_at_home',
] as const

/** States a fact for the first time. A page that repeats itself under the same id finds what it said already. */
export async function stateFact(tx: Tx, saying: Saying, body: FactStatement): Promise<FactOut | Refusal> {
  const refusal = refusalOf(saying, body)
  if (refusal) return refusal
  await lockFact(tx, body.fact_id)
  const known = await presentFact(tx, saying, body.fact_id)
  if (known) return known
  const { fact_id, sort, name, from_on, to_on, amount, consented } = body
  await write(tx, saying, {
    ...{ fact_id, act: 'stated', sort, name, from_on, to_on, amount, consented, reason: '' },
    operation_id: ofOperation(saying, sort),
    confirms_entry_id: null,
    stated_by_user_id: null,
  })
  return present(tx, saying, fact_id)
}

/** An event of a person as a sheet says it. */
export interface EventOfSheet {
  readonly fact_id: string
  readonly person_id: number
  readonly unit_id: number
  readonly name: string
  readonly on: string
  readonly count: number
}

const AT_ONCE = 1_000

/** States events of many people at once, with what `stateFact` does for each; one worklist item a unit. */
export async function stateEvents(
  tx: Tx,
  saying: Pick<Saying, 'operation_id' | 'actor' | 'now' | 'today' | 'names'>,
  events: readonly EventOfSheet[],
): Promise<void> {
  const { operation_id, actor, now } = saying
  for (let first = 0; first < events.length; first += AT_ONCE) {
    const part = events.slice(first, first + AT_ONCE)
    await insertPersonEntries(
      tx,
      part.map(({ fact_id, person_id, unit_id, name, on, count }) => ({
        ...{ fact_id, person_id, unit_id, operation_id, act: 'stated', sort: 'event', name, amount: count },
        ...{ from_on: on, to_on: null, consented: false, reason: '' },
        ...{ said_by_user_id: actor.user_id, said_at: now, confirms_entry_id: null, stated_by_user_id: null },
      })),
    )
    await recordAudit(
      tx,
      ...part.map(({ fact_id, person_id, unit_id, name }) => ({
        ...{ action: 'facts.stated', subject_kind: 'person', subject_id: person_id, unit_id, operation_id },
        facts: { fact_id, sort: 'event', name, from_sheet: true },
      })),
    )
  }
  for (const [unit_id, event] of new Map(events.map((one) => [one.unit_id, one]))) {
    const subject = { of: 'person', id: event.person_id, unit_id } as const
    await askForConfirmation(tx, { ...saying, subject, sorts: OPEN_SORTS }, 'event')
  }
}

/** Events, uses, findings and registers are of one operation. */
function ofOperation({ operation_id }: Saying, sort: FactSort): number | null {
  return isOfPacks(sort) || sort === 'register' ? operation_id : null
}

function refusalOf(saying: Saying, { sort, name, from_on, consented }: FactStatement): Refusal | undefined {
  const { subject, names, today, actor } = saying
  const isOwn = subject.of === 'person' && subject.id === actor.person_id
  if (isOwn && saying.sorts !== SORTS.own) return refuse(factProblems.own_fact)
  if (COUNTED_FROM_DUTY.has(name)) {
    const { zh, en } = titleOf(names, sort, name)
    return refuse(factProblems.counted_from_duty, { name: zh, name_en: en })
  }
  const known = namesOf(names, sort, subject.of)
  if (!known.includes(name)) return refuse(factProblems.unknown_name, { name, known: known.join('、') || '—' })
  if (from_on > today && sort !== 'register') return refuse(factProblems.in_the_future, { date: from_on })
  const needsConsent = subject.of === 'person' && sort !== 'event' && sort !== 'use'
  return needsConsent && !consented ? refuse(factProblems.needs_consent) : undefined
}

/** Confirms, corrects or withdraws by a further entry. */
export async function actOnFact(tx: Tx, saying: Saying, factId: string, body: FactAct): Promise<FactOut | Refusal> {
  const { subject, actor } = saying
  if (subject.of === 'person' && subject.id === actor.person_id && body.act !== 'withdrawn')
    return refuse(factProblems.own_fact)
  await lockFact(tx, factId)
  const entries = await entriesOf(tx, saying, factId)
  const last = entries.at(-1)
  if (!last) return refuse(factProblems.unknown_fact)
  if (last.entry_id !== body.after_entry_id) return refuse(factProblems.changed_meanwhile)
  const entry = entryAfter(saying, last, body)
  if (entry instanceof Refusal) return entry
  await write(tx, saying, { ...entry, fact_id: factId })
  return present(tx, saying, factId)
}

type Following = Omit<NewEntry, 'fact_id' | 'said_by_user_id' | 'said_at'>

function entryAfter({ actor, today }: Saying, last: StoredEntry, body: FactAct): Following | Refusal {
  const { operation_id, sort, name, from_on, to_on, amount, consented } = last
  const same = { operation_id, sort, name, from_on, to_on, amount, consented }
  const unconfirmed = { confirms_entry_id: null, stated_by_user_id: null }
  if (last.act === 'withdrawn') return refuse(factProblems.changed_meanwhile)
  if (body.act === 'withdrawn') return { ...same, act: 'withdrawn', reason: body.reason, ...unconfirmed }
  if (body.act === 'corrected') {
    if (body.from_on > today && sort !== 'register') return refuse(factProblems.in_the_future, { date: body.from_on })
    const { from_on: from, to_on: to, amount: count, reason } = body
    return { ...same, act: 'corrected', from_on: from, to_on: to, amount: count, reason, ...unconfirmed }
  }
  if (last.act === 'confirmed') return refuse(factProblems.nothing_to_confirm)
  if (last.said_by_user_id === actor.user_id) return refuse(factProblems.own_statement)
  const confirms = { confirms_entry_id: last.entry_id, stated_by_user_id: last.said_by_user_id }
  return { ...same, act: 'confirmed', reason: '', ...confirms }
}

async function write(tx: Tx, saying: Saying, entry: Omit<NewEntry, 'said_by_user_id' | 'said_at'>): Promise<void> {
  const { subject, operation_id, actor, now } = saying
  await insertEntry(tx, subject, { ...entry, said_by_user_id: actor.user_id, said_at: now })
  await recordAudit(tx, {
    action: `facts.${entry.act}`,
    subject_kind: subject.of,
    subject_id: subject.id,
    unit_id: subject.unit_id,
    operation_id,
    // Of closed facts the audit keeps that there is one, not what it says.
    facts: isOpen(subject, entry.sort)
      ? { fact_id: entry.fact_id, sort: entry.sort, name: entry.name }
      : { fact_id: entry.fact_id },
  })
  await askForConfirmation(tx, saying, entry.sort)
}

function isOpen({ of }: Subject, sort: string): boolean {
  return of === 'unit' || sort === 'event' || sort === 'use'
}

/** What waits for a second person: one worklist item a unit; of closed facts one a person, which only their circle finds. */
async function askForConfirmation(tx: Tx, saying: Saying, sort: string): Promise<void> {
  const { subject, operation_id, now } = saying
  const isClosed = !isOpen(subject, sort)
  const count = isClosed ? await countClosed(tx, saying) : await countOpen(tx, saying)
  const item = {
    operation_id,
    kind: isClosed ? CLOSED_UNCONFIRMED_ITEM : UNCONFIRMED_ITEM,
    subject_kind: isClosed ? 'person' : 'unit',
    subject_id: String(isClosed ? subject.id : subject.unit_id),
  }
  if (count === 0) {
    await settle(tx, { ...item, outcome: { no_longer_open: true } })
    return
  }
  const more = { clause: null, facts: { count }, raised_at: now, due_at: null }
  await raise(tx, { ...item, ...more, unit_id: subject.unit_id, role: isClosed ? 'hr_clerk' : 'unit_manager' })
}

async function countClosed(tx: Tx, { subject, operation_id }: Saying): Promise<number> {
  const entries = await listEntries(tx, subject, operation_id, { sorts: CLOSED_SORTS })
  return [...factsOf(entries).values()].filter(isWaiting).length
}

async function countOpen(tx: Tx, { subject, operation_id }: Saying): Promise<number> {
  const own = await listEntries(tx, { of: 'unit', id: subject.unit_id }, operation_id)
  const { count } = await listWaiting(tx, subject.unit_id, operation_id)
  return [...factsOf(own).values()].filter(isWaiting).length + count
}

function isWaiting(entries: readonly StoredEntry[]): boolean {
  const state = stateOf(entries.map(({ act }) => act))
  return state === 'waits' || state === 'change_waits'
}

// Reading ----------------------------------------------------------------------------------------------------------------

function factsOf(entries: readonly StoredEntry[]): ReadonlyMap<string, readonly StoredEntry[]> {
  const facts = new Map<string, StoredEntry[]>()
  for (const entry of entries) {
    const known = facts.get(entry.fact_id)
    if (known) known.push(entry)
    else facts.set(entry.fact_id, [entry])
  }
  return facts
}

async function entriesOf(tx: Tx, { subject, operation_id, sorts }: Saying, factId: string) {
  return listEntries(tx, subject, operation_id, { sorts, fact_id: factId })
}

async function presentFact(tx: Tx, saying: Saying, factId: string): Promise<FactOut | undefined> {
  return factOf(await entriesOf(tx, saying, factId), saying.names, saying.actor)
}

async function present(tx: Tx, saying: Saying, factId: string): Promise<FactOut | Refusal> {
  return (await presentFact(tx, saying, factId)) ?? refuse(factProblems.unknown_fact)
}

export function factOf(entries: readonly StoredEntry[], names: PackNames, actor: Actor): FactOut | undefined {
  const [first] = entries
  if (!first) return undefined
  const { fact_id, sort, name } = first
  return {
    ...{ fact_id, ref: factRef(fact_id), sort, name, title: titleOf(names, sort, name) },
    state: stateOf(entries.map(({ act }) => act)),
    entries: entries.map((entry) => ({
      entry_id: entry.entry_id,
      act: entry.act,
      from_on: entry.from_on,
      to_on: entry.to_on,
      amount: entry.amount,
      reason: entry.reason,
      said_by: entry.said_by,
      said_by_me: entry.said_by_user_id === actor.user_id,
      said_at: entry.said_at,
    })),
  }
}

export async function listFacts(
  tx: Tx,
  {
    subject,
    operation_id,
    sorts,
    names,
    actor,
  }: Pick<Saying, 'subject' | 'operation_id' | 'sorts' | 'names' | 'actor'>,
): Promise<{ asked: Asked[]; facts: FactOut[] }> {
  const entries = await listEntries(tx, subject, operation_id, { sorts })
  const facts = [...factsOf(entries).values()].flatMap((one) => factOf(one, names, actor) ?? [])
  const newest = ({ entries: said }: FactOut) => said.at(-1)?.from_on ?? ''
  return {
    asked: [...askedOf(names, sorts, subject.of)],
    facts: facts.sort((left, right) => (newest(left) < newest(right) ? 1 : -1)),
  }
}

export async function presentWaiting(tx: Tx, unitId: number, operationId: number, names: PackNames, actor: Actor) {
  const { rows, count } = await listWaiting(tx, unitId, operationId)
  return {
    waiting: rows.flatMap((row) => {
      const fact = factOf([row], names, actor)
      return fact ? [{ person_id: row.person_id, person_name: row.person_name, fact }] : []
    }),
    waiting_count: count,
  }
}
