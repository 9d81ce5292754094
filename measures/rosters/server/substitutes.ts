import { sql } from 'kysely'
import type { Tx } from '#platform/db/database.ts'
import { rankSubstitutes } from '../rules.ts'
import { listOrders, openOrders } from './orders-store.ts'

export interface Asking {
  readonly operationId: number
  readonly personId: number
  readonly starts_at: Date
  readonly ends_at: Date
  readonly now: Date
}

const COVER_HOURS = 24

/**
 * Whether somebody can begin to cover: not resting themselves in that time, and no duty of their own within its first day. What they are
 * planned for later is for the roster to move.
 */
export async function isFree(tx: Tx, asking: Asking): Promise<boolean> {
  return (await candidatesFor(tx, { ...asking, only: asking.personId })).length > 0
}

export interface SubstituteRow {
  readonly person_id: number
  readonly name: string
  readonly unit_name: string
  readonly same_post: boolean
  readonly week_minutes: number
  readonly run_days: number
  readonly rested_minutes: number | null
}

const CANDIDATES_MAX = 20

/** Colleagues of the same unit and of its sister units who are free, most rested first. */
export async function findSubstitutes(tx: Tx, asking: Asking): Promise<readonly SubstituteRow[]> {
  return rankSubstitutes(await candidatesFor(tx, asking)).slice(0, CANDIDATES_MAX)
}

/**
 * Searched among people whose home lies in the same unit or its parent. Hours and days are counted up to `now` from what was confirmed; a
 * run of days is counted back from yesterday by days on which duty began.
 */
async function candidatesFor(
  tx: Tx,
  { operationId, personId, starts_at, ends_at, now, only }: Asking & { readonly only?: number },
): Promise<readonly SubstituteRow[]> {
  const cover = new Date(Math.min(ends_at.getTime(), starts_at.getTime() + COVER_HOURS * 3_600_000))
  const { rows } = await sql<SubstituteRow>`
    with place as (
      select units.unit_id, units.parent_id from people join units on units.unit_id = people.home_unit_id where person_id = ${personId}
    ), near as (
      select person_id, name, home_unit_id
      from people
      where person_id = ${only ?? null}
        or (${only ?? null}::int is null
          and person_id <> ${personId}
          and home_unit_id in (
            select units.unit_id from units, place
            where units.unit_id = place.unit_id or units.parent_id = place.parent_id or units.parent_id = place.unit_id
          ))
      limit 400
    ), wanted_posts as (
      select distinct posts.kind from duty_current join posts using (post_id)
      where duty_current.person_id = ${personId} and duty_current.starts_at > ${now}::timestamptz - interval '28 days'
    )
    select near.person_id, near.name, units.name as unit_name,
      exists (
        select from duty_current join posts using (post_id) join wanted_posts on wanted_posts.kind = posts.kind
        where duty_current.person_id = near.person_id and duty_current.starts_at > ${now}::timestamptz - interval '28 days'
      ) as same_post,
      coalesce(done.week_minutes, 0)::int as week_minutes,
      coalesce(done.run_days, 0)::int as run_days,
      done.rested_minutes::int as rested_minutes
    from near
    join units on units.unit_id = near.home_unit_id
    left join lateral (
      select
        sum(extract(epoch from least(ends_at, ${now}::timestamptz) - starts_at) / 60)
          filter (where starts_at > ${now}::timestamptz - interval '7 days') as week_minutes,
        count(distinct starts_on) filter (where starts_at > ${now}::timestamptz - interval '7 days') as run_days,
        extract(epoch from ${now}::timestamptz - max(ends_at)) / 60 as rested_minutes
      from duty_current
      where duty_current.person_id = near.person_id
        and operation_id = ${operationId}
        and starts_at between ${now}::timestamptz - interval '28 days' and ${now}::timestamptz
    ) done on true
    where not exists (
      select from planned_shifts
      where planned_shifts.person_id = near.person_id and withdrawn_at is null
        and starts_at < ${cover}::timestamptz and ends_at > ${starts_at}::timestamptz
    )
    and not exists (
      select from rest_standings
      where rest_standings.person_id = near.person_id and operation_id = ${operationId}
        and state = 'applies' and outcome <> 'limit'
    )`.execute(tx)
  const resting = new Set<number>()
  for (const order of openOrders(await listOrders(tx, { operation_id: operationId }), now)) {
    const { standing } = order
    if (standing.starts_at < ends_at && standing.ends_at > starts_at) resting.add(order.person_id)
  }
  return rows.filter(({ person_id }) => !resting.has(person_id))
}
