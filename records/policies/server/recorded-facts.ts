import { type FactBatch, FINDING } from '#engines/policy/facts.ts'
import { type MoreColumns, type MoreFacts, moreColumnsOf } from '#engines/policy/facts-more.ts'
import { COUNT_FACTS, FAMILY_FACTS, isWord, MONEY_FACTS } from '#engines/policy/vocabulary.ts'
import { dayOf } from '#engines/values/time.ts'
import {
  type CountingFact,
  type FactQuery,
  factRef,
  listCountingUnitFacts,
  type RunSql,
} from '#records/facts/server/reads.ts'

/** Facts beside duty in the words of the engine, for an evaluation and for a trace alike. */
export interface RecordedFacts extends Omit<MoreFacts, 'is_unit' | 'home_unit' | 'home_unit_kind'> {
  readonly findings: Readonly<Record<string, boolean>>
}

/** For whom "nothing recorded" means "nothing happened". */
export interface Kept {
  readonly events: boolean
  readonly uses: boolean
}

export const NOTHING_KEPT: Kept = { events: false, uses: false }

/** Writable while it is gathered. */
interface Gathered {
  family: Record<string, boolean>
  counts: Record<string, number>
  money: Record<string, number>
  findings: Record<string, boolean>
  refs: Record<string, string[]>
  children: number[] | undefined
  events: NonNullable<MoreFacts['events']>[number][]
  uses: NonNullable<MoreFacts['uses']>[number][]
}

/**
 * What is recorded of one subject. Of two facts of the same name the one that began later holds; events and children add up. Where no
 * register is kept and nothing is recorded, events and uses stay unknown.
 */
export function recordedOf(facts: readonly CountingFact[], kept: Kept): RecordedFacts {
  const all: Gathered = {
    ...{ family: {}, counts: {}, money: {}, findings: {}, refs: {} },
    ...{ children: undefined, events: [], uses: [] },
  }
  for (const fact of facts) gather(all, fact)
  const { family, counts, money, findings, refs, children, events, uses } = all
  const any = (record: object) => Object.keys(record).length > 0
  return {
    findings,
    ...(any(family) ? { family } : {}),
    ...(any(counts) ? { counts } : {}),
    ...(any(money) ? { money } : {}),
    ...(any(refs) ? { refs } : {}),
    ...(children ? { children } : {}),
    ...(events.length > 0 || kept.events ? { events } : {}),
    ...(uses.length > 0 || kept.uses ? { uses } : {}),
  }
}

function gather(all: Gathered, { sort, name, from_on, amount, fact_id }: CountingFact): void {
  const ref = factRef(fact_id)
  const day = dayOf(from_on)
  if (sort === 'event') all.events.push({ kind: name, day, count: amount, ref })
  else if (sort === 'use') all.uses.push({ entitlement: name, day, ref })
  else if (sort === 'finding') all.findings[name] = amount > 0
  else if (sort === 'family' && isWord(FAMILY_FACTS, name)) {
    all.family[name] = amount > 0
    all.refs[`family:${name}`] = [ref]
  } else if (sort === 'number') {
    if (isWord(COUNT_FACTS, name)) all.counts[name] = amount
    else if (isWord(MONEY_FACTS, name)) all.money[name] = amount
    all.refs[`number:${name}`] = [ref]
  } else if (sort === 'children') {
    all.children = [...(all.children ?? []), ...(name === 'born' ? [day] : [])]
    all.refs.children = [...(all.refs.children ?? []), ref]
  }
}

export function factsBySubject(facts: readonly CountingFact[]): ReadonlyMap<number, readonly CountingFact[]> {
  const bySubject = new Map<number, CountingFact[]>()
  for (const fact of facts) {
    const known = bySubject.get(fact.subject_id)
    if (known) known.push(fact)
    else bySubject.set(fact.subject_id, [fact])
  }
  return bySubject
}

/** What units say of themselves, and who is at or below one that keeps a register. */
export interface UnitRecords {
  readonly facts: ReadonlyMap<number, readonly CountingFact[]>
  keptFor(unitId: number): Kept
}

export async function readUnitRecords(run: RunSql, query: FactQuery): Promise<UnitRecords> {
  const facts = await listCountingUnitFacts(run, query)
  const registers = facts.filter(({ sort }) => sort === 'register')
  const below = { events: new Set<number>(), uses: new Set<number>() }
  for (const name of ['events', 'uses'] as const) {
    const keepers = registers.filter((one) => one.name === name).map(({ subject_id }) => subject_id)
    if (keepers.length === 0) continue
    const rows = await run<{ unit_id: number }>(
      'select unit_id from unit_ancestors where ancestor_id = any ($1::int[])',
      [keepers],
    )
    for (const { unit_id } of rows) below[name].add(unit_id)
  }
  return {
    facts: factsBySubject(facts),
    keptFor: (unitId) => ({ events: below.events.has(unitId), uses: below.uses.has(unitId) }),
  }
}

/** Recorded facts of people as columns; `undefined` stands for somebody of whom nothing is recorded. */
export function recordedColumns(
  people: readonly (RecordedFacts | undefined)[],
): MoreColumns & Pick<FactBatch, 'findings'> {
  const names = new Set(people.flatMap((person) => (person ? Object.keys(person.findings) : [])))
  const findings = new Map(
    [...names].map((name) => [name, Uint8Array.from(people, (person) => findingCode(person?.findings[name]))]),
  )
  return { ...moreColumnsOf(people.map((person) => person ?? {})), findings }
}

function findingCode(finding: boolean | undefined): number {
  return finding === undefined ? FINDING.unknown : finding ? FINDING.yes : FINDING.no
}
