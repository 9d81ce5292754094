import type pg from 'pg'
import {
  EMPLOYMENTS,
  type Employment,
  EXPOSURES,
  type Exposure,
  isWord,
  PARTY_STATUSES,
  type PartyStatus,
  POST_KINDS,
  type PostKind,
  UNIT_KINDS,
  type UnitKind,
} from '#engines/policy/vocabulary.ts'

/** What an evaluation reads once, before the people: where units lie and what posts are. */

export interface UnitFacts {
  readonly unit_id: number
  /** Of the unit itself, or of the one that a department or task force belongs to. */
  readonly kind: UnitKind | null
  readonly county_unit_id: number | null
  /** The nearest division code at or above the unit. */
  readonly division_code: string | null
}

const PARTS_OF_UNITS: ReadonlySet<string> = new Set(['department', 'task_force'])

export async function readUnitFacts(client: pg.ClientBase): Promise<ReadonlyMap<number, UnitFacts>> {
  const { rows } = await client.query<{
    unit_id: number
    parent_id: number | null
    kind: string
    division_code: string | null
  }>('select unit_id, parent_id, kind, division_code from units')
  const byId = new Map(rows.map((row) => [row.unit_id, row]))
  const facts = new Map<number, UnitFacts>()
  for (const { unit_id } of rows) {
    let kind: UnitKind | null = null
    let county_unit_id: number | null = null
    let division_code: string | null = null
    for (let unit = byId.get(unit_id); unit; unit = unit.parent_id === null ? undefined : byId.get(unit.parent_id)) {
      if (kind === null && !PARTS_OF_UNITS.has(unit.kind) && isWord(UNIT_KINDS, unit.kind)) kind = unit.kind
      division_code ??= unit.division_code
      if (unit.kind === 'county') county_unit_id ??= unit.unit_id
    }
    facts.set(unit_id, { unit_id, kind, county_unit_id, division_code })
  }
  return facts
}

/** A post as the engine is told of it; pinned with the evaluation in `evaluation_posts`. */
export interface PostFacts {
  readonly post_id: number
  readonly unit_id: number
  readonly kind: PostKind | null
  readonly exposure: Exposure
  readonly unit_kind: UnitKind | null
  /** Where the duty is done: the place away that the post names, else where its unit lies. */
  readonly area_code: string | null
}

export async function readPostFacts(
  client: pg.ClientBase,
  operationId: number,
  units: ReadonlyMap<number, UnitFacts>,
): Promise<readonly PostFacts[]> {
  const { rows } = await client.query<{
    post_id: number
    unit_id: number
    kind: string
    exposure: string
    away_division_code: string | null
  }>('select post_id, unit_id, kind, exposure, away_division_code from posts where operation_id = $1', [operationId])
  return rows.map(({ post_id, unit_id, kind, exposure, away_division_code }) => {
    const unit = units.get(unit_id)
    return {
      post_id,
      unit_id,
      kind: isWord(POST_KINDS, kind) ? kind : null,
      exposure: isWord(EXPOSURES, exposure) ? exposure : 'unknown',
      unit_kind: unit?.kind ?? null,
      area_code: away_division_code ?? unit?.division_code ?? null,
    }
  })
}

/** A person as the engine is told of them; pinned with the evaluation in `evaluation_inputs`. */
export interface PersonInputs {
  readonly person_id: number
  readonly home_unit_id: number
  readonly employment: Employment | null
  readonly established: 'yes' | 'no' | 'unknown'
  readonly party: PartyStatus
}

/** What is written into `evaluation_inputs.facts`, and read back when a trace is made again. */
export interface PinnedFacts {
  readonly employment: Employment | null
  readonly established: 'yes' | 'no' | 'unknown'
  readonly party: PartyStatus
  readonly area: string | null
}

/** People with ids from `first` to `last`, as they stood on a day: the main appointment and the party standing of that day. */
export async function readPeople(
  client: pg.ClientBase,
  range: { readonly first: number; readonly last: number },
  onDate: string,
): Promise<readonly PersonInputs[]> {
  const { rows } = await client.query<{
    person_id: number
    home_unit_id: number
    employment: string
    established: boolean | null
    party: string
  }>(
    `select people.person_id, people.home_unit_id,
      coalesce(main.employment, people.employment) as employment,
      case when main.person_id is null then people.established else main.established end as established,
      coalesce(standing.party, people.party) as party
    from people
    left join appointments main
      on main.person_id = people.person_id and main.is_main and daterange(main.from_on, main.to_on, '[]') @> $3::date
    left join (
      select distinct on (person_id) person_id, party
      from party_standings
      where person_id between $1 and $2 and from_on <= $3::date
      order by person_id, from_on desc
    ) standing on standing.person_id = people.person_id
    where people.person_id between $1 and $2
    order by people.person_id`,
    [range.first, range.last, onDate],
  )
  return rows.map(({ employment, established, party, ...row }) => ({
    ...row,
    employment: isWord(EMPLOYMENTS, employment) ? employment : null,
    established: established === null ? 'unknown' : established ? 'yes' : 'no',
    party: isWord(PARTY_STATUSES, party) ? party : 'unknown',
  }))
}

/** Ranges of person ids with about `size` people each. */
export async function listPeopleRanges(
  client: pg.ClientBase,
  size: number,
): Promise<readonly { first: number; last: number }[]> {
  const { rows } = await client.query<{ first: number; last: number }>(
    `select min(person_id) as first, max(person_id) as last
    from (select person_id, (row_number() over (order by person_id) - 1) / $1::int as part from people) numbered
    group by part
    order by part`,
    [size],
  )
  return rows
}
