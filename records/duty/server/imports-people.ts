import { reaches, type Scope } from '#platform/access/actor.ts'
import type { UnderstoodRow } from '../sheet/shapes.ts'
import { bare, type NamedUnit } from './imports-places.ts'
import { type ImportReason, reasonOf } from './imports-texts.ts'

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

export type PersonOutcome =
  | { readonly person: CandidatePerson }
  | ({ readonly person: undefined } & ReturnType<typeof reasonOf>)

/**
 * Tells who is meant: by ID number; else by staff number and name; else by a name that only one person of the unit bears.
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

  find({ person }: UnderstoodRow, unit: NamedUnit): PersonOutcome {
    const facts = { name: person.name, unit: unit.name }
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
    const here = namesakes.filter((one) => one.home_unit_id === unit.unit_id || one.seconded_unit_id === unit.unit_id)
    const [only, ...others] = here
    if (!only) return refused('other_unit', facts)
    if (others.length > 0) return refused('several_people', { ...facts, count: here.length })
    // The sheet gives a number that belongs to nobody here: it may be another person of the same name.
    const contradicts = person.id_number !== null && only.id_number_hash !== null
    return contradicts ? refused('unknown_person') : { person: only }
  }
}

function refused(code: ImportReason, facts: Readonly<Record<string, string | number>> = {}): PersonOutcome {
  return { person: undefined, ...reasonOf(code, facts) }
}
