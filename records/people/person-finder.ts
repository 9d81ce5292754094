import { reaches, type Scope } from '#platform/access/actor.ts'
import { bareName as bare } from './rules.ts'

/** What a sheet says of a person. */
export interface WrittenPerson {
  readonly name: string
  readonly id_number: string | null
  readonly staff_number: string | null
}

/** The units among whose people a name is looked for. */
export interface Whereabouts {
  readonly name: string
  readonly unit_ids: ReadonlySet<number>
}

/** A person whom the importer may see. */
export interface CandidatePerson {
  readonly person_id: number
  readonly name: string
  readonly home_unit_id: number
  readonly seconded_unit_id: number | null
  readonly staff_number: string | null
  /** Hexadecimal, to look up by. */
  readonly id_number_hash: string | null
}

type Facts = Readonly<Record<string, string | number>>

export type PersonOutcome =
  | { readonly person: CandidatePerson }
  | { readonly person: undefined; readonly reason: PersonReason; readonly facts: Facts }

/** Why nobody is meant for certain, and what would be right; each in Chinese and English. */
export const PERSON_REASONS = {
  unknown_person: [
    ['没有找到此人，或不在您的管理范围内', 'this person was not found or is outside your scope'],
    ['请核对姓名、单位或身份证号；新到人员请先登记', 'check name, unit or ID number; register newcomers first'],
  ],
  other_unit: [
    ['“{unit}”没有叫“{name}”的人，别的单位有', 'nobody at “{unit}” is called “{name}”, but another unit has one'],
    ['支援人员请填写身份证号，或先登记借调', 'write the ID number of people on loan, or record the secondment'],
  ],
  several_people: [
    ['“{unit}”有 {count} 位“{name}”，分不清是谁', '“{unit}” has {count} people called “{name}”'],
    ['请填写身份证号或工号', 'write the ID number or the staff number'],
  ],
  name_differs: [
    ['身份证号登记在“{other}”名下，与“{name}”不符', 'the ID number belongs to “{other}”, not to “{name}”'],
    ['请核对姓名和身份证号', 'check name and ID number'],
  ],
} as const satisfies Record<string, readonly [reason: readonly [string, string], right: readonly [string, string]]>

export type PersonReason = keyof typeof PERSON_REASONS

/**
 * Tells who is meant: by ID number; else by staff number and name; else by a name that only one person of the units bears.
 * Whoever lies outside the importer's scope is answered like somebody who does not exist.
 */
export class PersonFinder {
  readonly #byHash = new Map<string, CandidatePerson>()
  readonly #byName: ReadonlyMap<string, readonly CandidatePerson[]>
  readonly #hashOf: (idNumber: string) => string

  constructor(people: readonly CandidatePerson[], scope: Scope, hashOf: (idNumber: string) => string) {
    const seen = people.filter(
      ({ home_unit_id, seconded_unit_id }) =>
        reaches(scope, home_unit_id) || (seconded_unit_id !== null && reaches(scope, seconded_unit_id)),
    )
    for (const person of seen) if (person.id_number_hash !== null) this.#byHash.set(person.id_number_hash, person)
    this.#byName = Map.groupBy(seen, ({ name }) => bare(name))
    this.#hashOf = hashOf
  }

  find(person: WrittenPerson, { name, unit_ids }: Whereabouts): PersonOutcome {
    const facts = { name: person.name, unit: name }
    if (person.id_number !== null) {
      const known = this.#byHash.get(this.#hashOf(person.id_number))
      if (known && bare(known.name) === bare(person.name)) return { person: known }
      if (known) return refused('name_differs', { ...facts, other: known.name })
    }
    const namesakes = this.#byName.get(bare(person.name)) ?? []
    if (namesakes.length === 0) return refused('unknown_person')
    if (person.staff_number !== null) {
      const [known, ...others] = namesakes.filter(({ staff_number }) => staff_number === person.staff_number)
      if (known && others.length === 0) return { person: known }
    }
    const here = namesakes.filter(
      ({ home_unit_id, seconded_unit_id }) =>
        unit_ids.has(home_unit_id) || (seconded_unit_id !== null && unit_ids.has(seconded_unit_id)),
    )
    const [only, ...others] = here
    if (!only) return refused('other_unit', facts)
    if (others.length > 0) return refused('several_people', { ...facts, count: here.length })
    // The sheet gives a number that belongs to nobody here: it may be another person of the same name.
    const contradicts = person.id_number !== null && only.id_number_hash !== null
    return contradicts ? refused('unknown_person') : { person: only }
  }
}

function refused(reason: PersonReason, facts: Facts = {}): PersonOutcome {
  return { person: undefined, reason, facts }
}
