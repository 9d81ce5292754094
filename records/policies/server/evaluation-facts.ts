import type pg from 'pg'
import { areaNumber } from '#engines/policy/areas.ts'
import type { OperationFacts } from '#engines/policy/operation.ts'
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
  type ResponseLevel,
  UNIT_KINDS,
  type UnitKind,
} from '#engines/policy/vocabulary.ts'
import { dayOf } from '#engines/values/time.ts'
import type { Tx } from '#platform/db/database.ts'
import type { CountingFact } from '#records/facts/server/reads.ts'
import { factsBySubject, type Kept, type RecordedFacts, recordedOf, type UnitRecords } from './recorded-facts.ts'

/** What an evaluation reads once, before the people: where units lie and what posts are. */

export interface UnitFacts {
  readonly unit_id: number
  readonly parent_id: number | null
  /** A department or a task force: a part of the unit above it. */
  readonly is_part: boolean
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
  for (const { unit_id, parent_id, kind: own } of rows) {
    let kind: UnitKind | null = null
    let county_unit_id: number | null = null
    let division_code: string | null = null
    for (let unit = byId.get(unit_id); unit; unit = unit.parent_id === null ? undefined : byId.get(unit.parent_id)) {
      if (kind === null && !PARTS_OF_UNITS.has(unit.kind) && isWord(UNIT_KINDS, unit.kind)) kind = unit.kind
      division_code ??= unit.division_code
      if (unit.kind === 'county') county_unit_id ??= unit.unit_id
    }
    facts.set(unit_id, { unit_id, parent_id, is_part: PARTS_OF_UNITS.has(own), kind, county_unit_id, division_code })
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
  /** Whether the spouse has stood on duty in the operation; `null` where no spouse is recorded, or it was not asked. */
  readonly spouse_on_front_line: boolean | null
  /** Facts beside duty; left out where nothing is recorded of the person. */
  readonly recorded?: RecordedFacts
  readonly kept?: Kept
}

/** What is written into `evaluation_inputs.facts`, and read back when a trace is made again. */
export interface PinnedFacts {
  readonly employment: Employment | null
  readonly established: 'yes' | 'no' | 'unknown'
  readonly party: PartyStatus
  readonly area: string | null
  /** Left out by evaluations of before these were asked. */
  readonly home_unit_kind?: UnitKind
  readonly spouse_on_front_line?: boolean
  /** Registers kept by the person's unit or one above it. */
  readonly kept?: Kept
}

/** The optional facts of a person, as they are pinned and as they are evaluated: the same words in both. */
export function moreOf(
  { home_unit_id, spouse_on_front_line, kept }: Pick<PersonInputs, 'home_unit_id' | 'spouse_on_front_line' | 'kept'>,
  units: ReadonlyMap<number, UnitFacts>,
): Pick<PinnedFacts, 'home_unit_kind' | 'spouse_on_front_line' | 'kept'> {
  const kind = units.get(home_unit_id)?.kind ?? null
  return {
    ...(kind === null ? {} : { home_unit_kind: kind }),
    ...(spouse_on_front_line === null ? {} : { spouse_on_front_line }),
    ...(kept ? { kept } : {}),
  }
}

/** People with the facts beside duty that count of them. A tie between two members of staff goes over what was stated of a spouse. */
export function withRecorded(
  people: readonly PersonInputs[],
  facts: readonly CountingFact[],
  records: UnitRecords,
): readonly PersonInputs[] {
  const bySubject = factsBySubject(facts)
  return people.map((person) => {
    const kept = records.keptFor(person.home_unit_id)
    const isKept = kept.events || kept.uses
    const own = bySubject.get(person.person_id)
    if (!own && !isKept) return person
    return { ...person, recorded: recordedOf(own ?? [], kept), ...(isKept ? { kept } : {}) }
  })
}

/**
 * Start, end and response levels of an operation as an evaluation up to `on_date` sees them. An end that lies after that day has
 * not come yet. Pinned with the evaluation, beside the hashes of its stacks.
 */
export async function readOperationLevels(
  tx: Tx,
  operation: { readonly operation_id: number; readonly started_on: string; readonly ended_on: string | null },
  on_date: string,
): Promise<OperationFacts> {
  const { operation_id, started_on, ended_on } = operation
  const rows = await tx
    .selectFrom('operation_levels')
    .innerJoin('units', 'units.unit_id', 'operation_levels.area_unit_id')
    .distinctOn(['operation_levels.area_unit_id', 'operation_levels.from_on'])
    .select(['units.division_code', 'operation_levels.from_on', 'operation_levels.level'])
    .where('operation_levels.operation_id', '=', operation_id)
    .orderBy('operation_levels.area_unit_id')
    .orderBy('operation_levels.from_on')
    .orderBy('operation_levels.recorded_at', 'desc')
    .execute()
  const ends = ended_on !== null && ended_on < on_date ? dayOf(ended_on) : null
  // A level holds until the area's next one begins: the engine takes the one that began last.
  const levels = rows.flatMap(({ division_code, from_on, level }) => {
    const word = LEVEL_WORDS[level]
    const area = division_code === null ? '' : String(areaNumber(division_code)).replace(/(?:00)+$/, '')
    return word && area.length >= 2 ? [{ area, level: word, from: dayOf(from_on), to: null }] : []
  })
  const areas = ends === null ? [] : [...new Set(levels.map(({ area }) => area))]
  // Once the response has ended there is none where there was one; of other places nothing is recorded.
  const ended = areas.map((area) => ({ area, level: 'none', from: (ends ?? 0) + 1, to: null }) as const)
  return { starts: dayOf(started_on), ends, levels: [...levels, ...ended] }
}

const LEVEL_WORDS: Readonly<Record<number, ResponseLevel>> = { 1: 'level_1', 2: 'level_2', 3: 'level_3', 4: 'level_4' }

export interface PeopleRange {
  readonly first: number
  readonly last: number
  readonly operation_id?: number
  /** Posts, units, standings, ties and a spouse's duty recorded at these times (text of a `tstzmultirange`); without, all that stand. */
  readonly recorded_in?: string | undefined
}

/**
 * People with ids from `first` to `last`, as they stood on a day: the main appointment and the party standing of that day.
 * The end of an appointment counts from when it was recorded. Somebody without any appointment is as their own row says. Held back to a
 * time, the unit that a person belongs to is that of the main appointment too, and their results go to it; at this moment it is the one that
 * stands, because it says who may see what is worked out now.
 * With an operation it is asked too whether a recorded spouse has been on duty in it; that needs a context that sees all duty.
 */
export async function readPeople(
  client: pg.ClientBase,
  range: PeopleRange,
  onDate: string,
): Promise<readonly PersonInputs[]> {
  const { rows } = await client.query<{
    person_id: number
    home_unit_id: number
    employment: string
    established: boolean | null
    party: string
    spouse_on_front_line: boolean | null
  }>(
    `select people.person_id,
      case when $5::tstzmultirange is null then people.home_unit_id else coalesce(main.unit_id, people.home_unit_id) end as home_unit_id,
      spouse.on_duty as spouse_on_front_line,
      coalesce(main.employment, people.employment) as employment,
      case when main.person_id is null then people.established else main.established end as established,
      coalesce(standing.party, people.party) as party
    from people
    left join appointments main
      on main.person_id = people.person_id and main.is_main and main.from_on <= $3::date
      and ($5::tstzmultirange is null or main.recorded_at <@ $5::tstzmultirange)
      and (main.to_on is null or main.to_on >= $3::date
        or ($5::tstzmultirange is not null and not (main.end_recorded_at <@ $5::tstzmultirange)))
    left join (
      select distinct on (person_id) person_id, party
      from party_standings
      where person_id between $1 and $2 and from_on <= $3::date
        and ($5::tstzmultirange is null or recorded_at <@ $5::tstzmultirange)
      order by person_id, from_on desc, recorded_at desc
    ) standing on standing.person_id = people.person_id
    left join lateral (
      select bool_or(exists (
        select from ${range.recorded_in === undefined ? 'duty_current' : KNOWN_DUTY} duty
        where duty.person_id = family_ties.other_person_id
          and duty.operation_id = $4::int
          and duty.starts_on <= $3::date
      )) as on_duty
      from family_ties
      where family_ties.person_id = people.person_id and family_ties.tie = 'spouse' and $4::int is not null
        and ($5::tstzmultirange is null or family_ties.recorded_at <@ $5::tstzmultirange)
    ) spouse on true
    where people.person_id between $1 and $2
    order by people.person_id`,
    [range.first, range.last, onDate, range.operation_id ?? null, range.recorded_in ?? null],
  )
  return rows.map(({ employment, established, party, ...row }) => ({
    ...row,
    employment: isWord(EMPLOYMENTS, employment) ? employment : null,
    established: established === null ? 'unknown' : established ? 'yes' : 'no',
    party: isWord(PARTY_STATUSES, party) ? party : 'unknown',
  }))
}

/** What stood of one person's duty by the entries that were known. */
const KNOWN_DUTY = `lateral (
          select *
          from (
            select distinct on (span_id) *
            from duty_entries
            where person_id = family_ties.other_person_id and recorded_at <@ $5::tstzmultirange
            order by span_id, entry_id desc
          ) latest
          where act <> 'withdrawn'
        )`

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
