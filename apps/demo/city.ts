import type { Employment } from '#engines/policy/vocabulary.ts'
import { checkCharacter } from '#records/people/rules.ts'
import {
  AID_TEAM_PLAN,
  CITY_OFFICES,
  COUNTY_UNITS,
  type PostPlan,
  TOWNSHIP_PLAN,
  TOWNSHIPS_PER_COUNTY,
  type UnitPlan,
  VILLAGE_PLAN,
  VILLAGES_PER_COUNTY,
} from './city-plan.ts'
import { inventName, type Sex } from './names.ts'
import type { Chance } from './random.ts'

/** The made-up city as plain data; ids are those that the rows will have. */

export interface DemoUnit {
  readonly unit_id: number
  readonly parent_id: number
  readonly kind: string
  readonly name: string
  /** False for a real division that takes part; its row stands already. */
  readonly is_new: boolean
  readonly county_unit_id: number | undefined
}

export interface DemoPost {
  readonly post_id: number
  readonly unit_id: number
  readonly plan: PostPlan
}

export interface DemoPerson {
  readonly person_id: number
  readonly unit_id: number
  readonly post: DemoPost | undefined
  readonly name: string
  readonly sex: Sex
  readonly employment: Employment
  readonly established: boolean | null
  readonly party: string
  readonly title: string
  readonly staff_number: string
  readonly id_number: string
  readonly phone: string
  readonly skills: readonly string[]
  /** Place in the unit's list: the first two are its heads and confirm each other. */
  readonly rank: number
  readonly overloaded: boolean
}

export interface DemoCity {
  readonly units: readonly DemoUnit[]
  readonly posts: readonly DemoPost[]
  readonly people: readonly DemoPerson[]
  /** Units whose people stand on the front line, each with its people. */
  readonly fronts: readonly { readonly unit: DemoUnit; readonly people: readonly DemoPerson[] }[]
  readonly offices: ReadonlyMap<string, DemoUnit>
}

export interface Division {
  readonly unit_id: number
  readonly code: string
  readonly name: string
  readonly kind: string
}

const PARTIES = [
  'member',
  'member',
  'member',
  'none',
  'none',
  'none',
  'probationary',
  'activist',
  'applicant',
  'unknown',
]
const OVERLOADED_SHARE = 0.03

function employmentOf(chance: Chance, plan: UnitPlan): Employment {
  const total = plan.employments.reduce((sum, [, weight]) => sum + weight, 0)
  let left = chance.below(total)
  for (const [employment, weight] of plan.employments) {
    if (left < weight) return employment
    left -= weight
  }
  return plan.employments[0][0]
}

/** Area code 9999 belongs to nobody: the numbers are well-formed and cannot be a real person's. */
function inventIdNumber(chance: Chance, index: number): string {
  const year = 1962 + chance.below(36)
  const month = String(1 + chance.below(12)).padStart(2, '0')
  const day = String(1 + chance.below(28)).padStart(2, '0')
  const area = 999_900 + (index % 100)
  const first17 = `${area}${year}${month}${day}${String(Math.floor(index / 100) % 1000).padStart(3, '0')}`
  return `${first17}${checkCharacter(first17)}`
}

class CityBuilder {
  readonly units: DemoUnit[] = []
  readonly posts: DemoPost[] = []
  readonly people: DemoPerson[] = []
  readonly fronts: { unit: DemoUnit; people: DemoPerson[] }[] = []
  readonly #chance: Chance
  #nextUnitId: number

  constructor(chance: Chance, nextUnitId: number) {
    this.#chance = chance
    this.#nextUnitId = nextUnitId
  }

  addUnit(parentId: number, kind: string, name: string, countyUnitId: number | undefined): DemoUnit {
    const unit = {
      unit_id: this.#nextUnitId,
      parent_id: parentId,
      kind,
      name,
      is_new: true,
      county_unit_id: countyUnitId,
    }
    this.#nextUnitId += 1
    this.units.push(unit)
    return unit
  }

  addFront(unit: DemoUnit, plan: UnitPlan): void {
    const posts = plan.posts.map((post) => this.#addPost(unit, post))
    const people = Array.from({ length: plan.people }, (_, rank) => this.#addPerson(unit, plan, posts, rank))
    this.fronts.push({ unit, people })
  }

  #addPost(unit: DemoUnit, plan: PostPlan): DemoPost {
    const post = { post_id: this.posts.length + 1, unit_id: unit.unit_id, plan }
    this.posts.push(post)
    return post
  }

  #addPerson(unit: DemoUnit, plan: UnitPlan, posts: readonly DemoPost[], rank: number): DemoPerson {
    const chance = this.#chance
    const index = this.people.length
    const sex: Sex = chance.hits(plan.kind === 'hospital' || plan.kind === 'task_force' ? 0.7 : 0.4) ? 'female' : 'male'
    const employment = employmentOf(chance, plan)
    const person: DemoPerson = {
      person_id: index + 1,
      unit_id: unit.unit_id,
      post: postFor(posts, rank / plan.people),
      name: inventName(chance, sex),
      sex,
      employment,
      established: chance.hits(0.02) ? null : chance.hits(employment === 'civil_servant' ? 1 : plan.established),
      party: chance.pick(PARTIES),
      title: rank === 0 ? '负责人' : rank === 1 ? '副负责人' : chance.pick(plan.titles),
      staff_number: `D${String(index + 1).padStart(6, '0')}`,
      id_number: inventIdNumber(chance, index),
      phone: `199${String(90_000_000 + index).padStart(8, '0')}`,
      skills: plan.skills.filter(() => chance.hits(0.35)),
      rank,
      overloaded: rank > 1 && plan.kind !== 'task_force' && chance.hits(OVERLOADED_SHARE),
    }
    this.people.push(person)
    return person
  }
}

/** Spreads people over the posts by the posts' shares. */
function postFor(posts: readonly DemoPost[], place: number): DemoPost {
  let upTo = 0
  for (const post of posts) {
    upTo += post.plan.share
    if (place < upTo) return post
  }
  return posts[posts.length - 1]
}

function addCounty(builder: CityBuilder, county: Division, divisions: readonly Division[]): void {
  for (const plan of COUNTY_UNITS) {
    for (const name of plan.names) {
      builder.addFront(builder.addUnit(county.unit_id, plan.kind, `${county.name}${name}`, county.unit_id), plan)
    }
  }
  const take = (length: number, count: number, plan: UnitPlan) => {
    const all = divisions.filter(({ code }) => code.length === length && code.startsWith(county.code))
    const step = Math.max(1, Math.floor(all.length / count))
    for (const { unit_id, kind, name } of all.filter((_, index) => index % step === 0).slice(0, count)) {
      builder.addFront({ unit_id, parent_id: 0, kind, name, is_new: false, county_unit_id: county.unit_id }, plan)
    }
  }
  take(9, TOWNSHIPS_PER_COUNTY, TOWNSHIP_PLAN)
  take(12, VILLAGES_PER_COUNTY, VILLAGE_PLAN)
}

/** Makes the city up. The same seed and divisions give the same city. */
export function inventCity(chance: Chance, divisions: readonly Division[]): DemoCity {
  const builder = new CityBuilder(chance, divisions.length + 1)
  const city = divisions[0]
  const offices = new Map(CITY_OFFICES.map((name) => [name, builder.addUnit(city.unit_id, 'office', name, undefined)]))
  for (const county of divisions.filter(({ code }) => code.length === 6)) addCounty(builder, county, divisions)
  // The team belongs to the city's first county, as hospitals there sent it.
  const home = divisions.find(({ code }) => code.length === 6) ?? city
  builder.addFront(
    builder.addUnit(home.unit_id, AID_TEAM_PLAN.kind, `${home.name}${AID_TEAM_PLAN.names[0]}`, home.unit_id),
    AID_TEAM_PLAN,
  )
  const { units, posts, people, fronts } = builder
  return { units, posts, people, fronts, offices }
}
