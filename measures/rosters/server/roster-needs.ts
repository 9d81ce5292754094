import { sql } from 'kysely'
import type { z } from 'zod'
import { dayOf, MINUTES_PER_DAY, weekdayOf } from '#engines/values/time.ts'
import type { Actor } from '#platform/access/actor.ts'
import { recordAudit } from '#platform/audit/record.ts'
import type { Tx } from '#platform/db/database.ts'
import { type Refusal, refuse } from '#platform/http/problem.ts'
import { listPosts } from '#records/duty/server/reads.ts'
import type { OperationFacts } from '#records/operations/server/reads.ts'
import {
  type proposeNeeds,
  type RosterLimits,
  type RosterNeeds,
  type RosterView,
  rosterProblems,
  type ShiftNeed,
  RosterNeeds as StoredNeeds,
} from '../roster-contract.ts'
import { isNight } from '../roster-problem.ts'
import { listColleagues } from './roster-inputs.ts'

/** What rosters need: kept, listed, and proposed from what was done in the last four weeks. */

const DRAFTS_SHOWN = 6
const LOOK_BACK_DAYS = 28
/** A kind of shift that was worked on fewer days than this is an exception and is not proposed. */
const DAYS_LEAST = 5
const SHIFTS_MAX = 8

export const STANDARD_LIMITS: RosterLimits = {
  rest_minutes: 660,
  run_days_max: 6,
  night_run_max: 2,
  days_off_after_nights: 1,
  nights_max: null,
  week_minutes_max: null,
  couples_apart: true,
}

export async function listRostersOf(tx: Tx, operationId: number, unitId: number): Promise<RosterView[]> {
  const rosters = await tx
    .selectFrom('rosters')
    .select(['roster_id', 'name', 'needs'])
    .where('unit_id', '=', unitId)
    .where('operation_id', '=', operationId)
    .where('closed_on', 'is', null)
    .orderBy('roster_id')
    .execute()
  const { rows } = await sql<{
    roster_id: number
    draft_id: number
    from_on: string
    days: number
    version: number | null
    hard: number | null
    penalty: number | null
    published_version: number | null
    published_at: Date | null
    asked_by: string | null
  }>`
    select draft.roster_id, draft.draft_id, draft.from_on, draft.days, latest.version, latest.hard, latest.penalty,
      publication.version as published_version, publication.published_at, asker.display_name as asked_by
    from roster_drafts draft
    left join user_names asker on asker.user_id = draft.by_user_id and exists (
      select from roster_ask_parts part where part.unit_id = draft.unit_id and part.draft_id = draft.draft_id
    )
    left join lateral (
      select version, hard, penalty from roster_versions
      where roster_versions.unit_id = draft.unit_id and roster_versions.draft_id = draft.draft_id
      order by version desc limit 1
    ) latest on true
    left join lateral (
      select version, published_at from roster_publications
      where roster_publications.unit_id = draft.unit_id and roster_publications.draft_id = draft.draft_id
      order by publication_id desc limit 1
    ) publication on true
    where draft.unit_id = ${unitId} and draft.operation_id = ${operationId}
    order by draft.from_on desc, draft.draft_id desc
    limit 100`.execute(tx)
  return rosters.map(({ roster_id, name, needs }) => ({
    roster_id,
    name,
    needs: StoredNeeds.parse(needs),
    drafts: rows
      .filter((row) => row.roster_id === roster_id)
      .slice(0, DRAFTS_SHOWN)
      .map(({ roster_id: _same, published_at, ...head }) => ({
        ...head,
        published_at: published_at?.toISOString() ?? null,
      })),
  }))
}

interface WorkedShift {
  readonly post_id: number
  readonly starts_on: string
  readonly start_minute: number
  readonly minutes: number
  readonly people: number
}

interface Kind extends Pick<ShiftNeed, 'post_id' | 'start_minute' | 'minutes'> {
  readonly days: readonly WorkedShift[]
}

/** Kinds of shifts at the posts: how many people on how many days, by start and length on the operation's clock. */
async function listWorked(
  tx: Tx,
  operation: OperationFacts,
  unitId: number,
  posts: readonly number[],
  now: Date,
): Promise<WorkedShift[]> {
  const { rows } = await sql<WorkedShift>`
    select post_id, starts_on,
      (extract(hour from starts_at at time zone ${operation.time_zone}) * 60
        + extract(minute from starts_at at time zone ${operation.time_zone}))::int as start_minute,
      (extract(epoch from ends_at - starts_at) / 60)::int as minutes, count(*)::int as people
    from duty_current
    where unit_id = ${unitId} and operation_id = ${operation.operation_id} and post_id = any (${[...posts]}::int[])
      and starts_at > ${now}::timestamptz - ${`${LOOK_BACK_DAYS} days`}::interval
    group by 1, 2, 3, 4`.execute(tx)
  return rows
}

function kindsOf(worked: readonly WorkedShift[]): Kind[] {
  const groups = Map.groupBy(worked, ({ post_id, start_minute, minutes }) => `${post_id}/${start_minute}/${minutes}`)
  return [...groups.values()]
    .flatMap((days): Kind[] => {
      const [first] = days
      return first && days.length >= DAYS_LEAST
        ? [{ post_id: first.post_id, start_minute: first.start_minute, minutes: first.minutes, days }]
        : []
    })
    .sort((left, right) => right.days.length - left.days.length)
    .slice(0, SHIFTS_MAX)
    .sort((left, right) => left.start_minute - right.start_minute || left.post_id - right.post_id)
}

/** The usual number: the median over the days on which there was such a shift. */
function usual(days: readonly WorkedShift[]): number {
  const counts = days.map(({ people }) => people).sort((left, right) => left - right)
  return counts[Math.floor(counts.length / 2)] ?? 0
}

const LETTERS = 'APNBCDEFGHJKLMQRSTUVWXYZ'

/** `前夜班` and `后夜班` where a night is two shifts; two of a kind are told apart by when they begin. */
function wordOf(kind: Kind): { code: string; word: string } {
  const end = kind.start_minute + kind.minutes
  if (isNight(kind)) {
    const word = kind.start_minute < 6 * 60 ? '后夜班' : end <= 27 * 60 ? '前夜班' : '夜班'
    return { code: 'N', word }
  }
  if (kind.start_minute < 11 * 60) return { code: 'A', word: '白班' }
  return { code: 'P', word: kind.start_minute < 18 * 60 ? '中班' : '晚班' }
}

function nameOf(kind: Kind, kinds: readonly Kind[], postName: string): { code: string; name: string } {
  const { code, word } = wordOf(kind)
  const several = new Set(kinds.map(({ post_id }) => post_id)).size > 1
  const isTwin = kinds.some((one) => one !== kind && one.post_id === kind.post_id && wordOf(one).word === word)
  const hour = `${Math.floor(kind.start_minute / 60)}:${String(kind.start_minute % 60).padStart(2, '0')}`
  return { code, name: `${several ? postName : ''}${word}${isTwin ? hour : ''}`.slice(0, 20) }
}

export async function propose(
  tx: Tx,
  operation: OperationFacts,
  unitId: number,
  postIds: readonly number[],
  now: Date,
): Promise<z.input<typeof proposeNeeds.output>> {
  const posts = (await listPosts(tx, operation.operation_id, unitId)).filter(({ post_id }) => postIds.includes(post_id))
  const kinds = kindsOf(
    await listWorked(
      tx,
      operation,
      unitId,
      posts.map(({ post_id }) => post_id),
      now,
    ),
  )
  const taken = new Set<string>()
  const shifts = kinds.map((kind): ShiftNeed => {
    const post = posts.find(({ post_id }) => post_id === kind.post_id)
    const { code: wanted, name } = nameOf(kind, kinds, post?.name ?? '')
    const code = [wanted, ...LETTERS].find((letter) => !taken.has(letter)) ?? 'Z'
    taken.add(code)
    const isRest = ({ starts_on }: WorkedShift) => weekdayOf(dayOf(starts_on)) >= 5
    const working = usual(kind.days.filter((day) => !isRest(day)))
    const { post_id, start_minute, minutes } = kind
    return {
      code,
      name,
      post_id,
      start_minute: start_minute % MINUTES_PER_DAY,
      minutes,
      on_working_days: working,
      on_rest_days: usual(kind.days.filter(isRest)),
      minimum: 0,
      skill: null,
      skilled: 0,
    }
  })
  const people = await listColleagues(tx, await listUsualPeople(tx, operation, unitId, postIds, now))
  return {
    needs: { person_ids: people.map(({ person_id }) => person_id), shifts, limits: STANDARD_LIMITS },
    people: await listColleagues(tx, await listPossible(tx, unitId)),
  }
}

async function listUsualPeople(
  tx: Tx,
  operation: OperationFacts,
  unitId: number,
  postIds: readonly number[],
  now: Date,
): Promise<number[]> {
  const { rows } = await sql<{ person_id: number }>`
    select person_id
    from duty_current
    where unit_id = ${unitId} and operation_id = ${operation.operation_id} and post_id = any (${[...postIds]}::int[])
      and starts_at > ${now}::timestamptz - ${`${LOOK_BACK_DAYS} days`}::interval
    group by person_id
    having count(*) >= 3`.execute(tx)
  return rows.map(({ person_id }) => person_id)
}

/** Whoever belongs to the unit or is lent to it. */
async function listPossible(tx: Tx, unitId: number): Promise<number[]> {
  const rows = await tx
    .selectFrom('people')
    .select('person_id')
    .where(({ eb, or }) => or([eb('home_unit_id', '=', unitId), eb('seconded_unit_id', '=', unitId)]))
    .limit(1000)
    .execute()
  return rows.map(({ person_id }) => person_id)
}

async function wrongNeeds(tx: Tx, place: { operation_id: number; unit_id: number }, needs: RosterNeeds) {
  const codes = needs.shifts.map(({ code }) => code)
  const twice = codes.find((code, index) => codes.indexOf(code) !== index)
  if (twice !== undefined) return `班次代号 ${twice} 用了两次`
  const posts = new Set((await listPosts(tx, place.operation_id, place.unit_id)).map(({ post_id }) => post_id))
  const strange = needs.shifts.find(({ post_id }) => !posts.has(post_id))
  if (strange) return `“${strange.name}”的岗位不属于本单位`
  const visible = await listColleagues(tx, needs.person_ids)
  if (visible.length < new Set(needs.person_ids).size) return '有人不在您的管理范围内'
  const skillless = needs.shifts.find(
    ({ skill, skilled }) => skill !== null && skilled > 0 && !visible.some(({ skills }) => skills.includes(skill)),
  )
  return skillless ? `没有人会“${skillless.skill}”（${skillless.name}）` : undefined
}

export async function save(
  tx: Tx,
  actor: Pick<Actor, 'user_id'>,
  place: { readonly operation_id: number; readonly unit_id: number },
  body: { readonly roster_id: number | null; readonly name: string; readonly needs: RosterNeeds },
): Promise<{ roster_id: number } | Refusal> {
  const what = await wrongNeeds(tx, place, body.needs)
  if (what !== undefined) return refuse(rosterProblems.wrong_needs, { what })
  const row = { name: body.name, needs: JSON.stringify(body.needs), changed_by_user_id: actor.user_id }
  const stored =
    body.roster_id === null
      ? await tx
          .insertInto('rosters')
          .values({ ...place, ...row })
          .returning('roster_id')
          .executeTakeFirst()
      : await tx
          .updateTable('rosters')
          .set({ ...row, changed_at: sql`now()` })
          .where('unit_id', '=', place.unit_id)
          .where('operation_id', '=', place.operation_id)
          .where('roster_id', '=', body.roster_id)
          .returning('roster_id')
          .executeTakeFirst()
  if (!stored) return refuse(rosterProblems.unknown_roster)
  await recordAudit(tx, {
    action: body.roster_id === null ? 'rosters.open' : 'rosters.change_needs',
    subject_kind: 'roster',
    subject_id: stored.roster_id,
    ...place,
    facts: { shifts: body.needs.shifts.length, people: body.needs.person_ids.length },
  })
  return stored
}
