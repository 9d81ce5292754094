import { sql } from 'kysely'
import type { z } from 'zod'
import type { Actor } from '#platform/access/actor.ts'
import { recordAudit } from '#platform/audit/record.ts'
import type { Tx } from '#platform/db/database.ts'
import { httpProblems, type Refusal, refuse } from '#platform/http/problem.ts'
import type { Jobs } from '#platform/jobs/jobs.ts'
import { findOperation } from '#records/operations/server/reads.ts'
import { ASK_PARTS_MAX, type AskView, askProblems } from '../ask-contract.ts'
import { findAsk, openJobsOf } from './asks-read.ts'
import { refusePeriod } from './roster-drafts.ts'

/** Wide asks: made, found again, cancelled. What they are answered with is made by `ask-job.ts`. */

/** The kind of job that answers one part of an ask. */
export const ASK_JOB = 'rosters.solve_part'
/** Tells these locks from others of the house. */
const ASK_LOCK = 0x726f
const PROPOSE_LOCK = 0x7270

export interface OfPlace {
  readonly operation_id: number
  readonly unit_id: number
}

export interface AskedPeriod {
  readonly from_on: string
  readonly days: number
  readonly propose: boolean
}

interface Asked {
  readonly ask_id: number
  readonly parts_count: number
  readonly is_new: boolean
}

type Asker = Pick<Actor, 'user_id'>

/**
 * One job for each roster at or below the place; with `propose` also for units that have posts and no roster. The same ask while one
 * is under way answers that one; an ask of a place above or below that makes some of the same rosters is refused, so that no unit is
 * solved twice and finds two drafts.
 */
export async function askForRosters(
  tx: Tx,
  { actor, jobs, now }: { readonly actor: Asker; readonly jobs: Jobs; readonly now: Date },
  place: OfPlace,
  { from_on, days, propose }: AskedPeriod,
): Promise<Asked | Refusal> {
  const operation = await findOperation(tx, place.operation_id)
  if (!operation) return refuse(httpProblems.not_found)
  const wrong = refusePeriod({ operation, from_on, days, now })
  if (wrong) return wrong
  await sql`select pg_advisory_xact_lock(${ASK_LOCK}, ${place.operation_id})`.execute(tx)
  const standing = await findRunningAsk(tx, place, from_on, days)
  if (standing) return { ...standing, is_new: false }
  const other = await findOverlappingAsk(tx, place, from_on, days)
  if (other) return refuse(askProblems.under_way, other)
  const targets = await listTargets(tx, place, { from_on, propose })
  if (targets.length === 0) return refuse(askProblems.nothing)
  if (targets.length > ASK_PARTS_MAX) {
    return refuse(askProblems.too_many, { count: targets.length, most: ASK_PARTS_MAX })
  }
  const { ask_id } = await tx
    .insertInto('roster_asks')
    .values({ ...place, from_on, days, by_user_id: actor.user_id, asked_at: now })
    .returning('ask_id')
    .executeTakeFirstOrThrow()
  await addParts(tx, { actor, jobs }, { ...place, ask_id }, targets)
  await recordAudit(tx, {
    action: 'rosters.ask',
    subject_kind: 'roster_ask',
    subject_id: ask_id,
    ...place,
    facts: { from_on, days, rosters: targets.length },
  })
  return { ask_id, parts_count: targets.length, is_new: true }
}

interface Target {
  readonly unit_id: number
  readonly roster_id: number | null
}

/** Each part with its job, which finds the part again by its own id. */
export async function addParts(
  tx: Tx,
  { actor, jobs }: { readonly actor: Asker; readonly jobs: Jobs },
  { operation_id, unit_id, ask_id }: OfPlace & { readonly ask_id: number },
  targets: readonly (Target & { readonly draft_id?: number })[],
): Promise<void> {
  const jobIds = await jobs.askAll(
    tx,
    actor,
    targets.map((target) => ({
      kind: ASK_JOB,
      unit_id: target.unit_id,
      operation_id,
      input: { ask_unit_id: unit_id, ask_id },
      gives_way: true,
    })),
  )
  await tx
    .insertInto('roster_ask_parts')
    .values(
      targets.flatMap((target, index) => {
        const job_id = jobIds[index]
        return job_id === undefined ? [] : [{ ...target, ask_unit_id: unit_id, ask_id, job_id }]
      }),
    )
    .execute()
}

async function findRunningAsk(tx: Tx, place: OfPlace, from_on: string, days: number) {
  const { rows } = await sql<{ ask_id: number; parts_count: number }>`
    select ask.ask_id, count(*)::int as parts_count
    from roster_asks ask
    join roster_ask_parts part on part.ask_unit_id = ask.unit_id and part.ask_id = ask.ask_id
    join job_runs job on job.job_id = part.job_id
    where ask.unit_id = ${place.unit_id} and ask.operation_id = ${place.operation_id}
      and ask.from_on = ${from_on}::date and ask.days = ${days} and ask.cancelled_at is null
    group by ask.ask_id
    having bool_or(part.outcome is null and job.state in ('waiting', 'running'))
    order by ask.ask_id desc
    limit 1`.execute(tx)
  return rows[0]
}

/** Another place's ask that is making rosters of units here for some of the same days: the one that makes most of them. */
async function findOverlappingAsk(tx: Tx, place: OfPlace, from_on: string, days: number) {
  const { rows } = await sql<{ place: string; from_on: string; days: number; count: number }>`
    select units.name as place, ask.from_on, ask.days, count(*)::int as count
    from roster_ask_parts part
    join roster_asks ask on ask.unit_id = part.ask_unit_id and ask.ask_id = part.ask_id
    join job_runs job on job.job_id = part.job_id
    join units on units.unit_id = ask.unit_id
    where part.unit_id in (select unit_id from unit_ancestors where ancestor_id = ${place.unit_id})
      and part.outcome is null
      and job.state in ('waiting', 'running')
      and ask.operation_id = ${place.operation_id}
      and ask.unit_id <> ${place.unit_id}
      and ask.cancelled_at is null
      and ask.from_on < ${from_on}::date + ${days}::int
      and ask.from_on + ask.days > ${from_on}::date
    group by units.name, ask.unit_id, ask.ask_id, ask.from_on, ask.days
    order by count(*) desc
    limit 1`.execute(tx)
  return rows[0]
}

async function listTargets(
  tx: Tx,
  { operation_id, unit_id }: OfPlace,
  { from_on, propose }: Pick<AskedPeriod, 'from_on' | 'propose'>,
): Promise<readonly Target[]> {
  const { rows } = await sql<Target>`
    with below as (
      select unit_id from unit_ancestors where ancestor_id = ${unit_id}
    )
    select unit_id, roster_id
    from rosters
    where unit_id in (select unit_id from below) and operation_id = ${operation_id} and closed_on is null
    union all
    select distinct unit_id, null::int
    from posts
    where ${propose} and unit_id in (select unit_id from below) and operation_id = ${operation_id}
      and (closed_on is null or closed_on >= ${from_on}::date)
      and not exists (
        select from rosters
        where rosters.unit_id = posts.unit_id and rosters.operation_id = posts.operation_id and rosters.closed_on is null
      )
    order by unit_id, roster_id
    limit ${ASK_PARTS_MAX + 1}`.execute(tx)
  return rows
}

/** Two asks that reach the same unit propose its roster once. */
export async function lockProposal(tx: Tx, unitId: number): Promise<void> {
  await sql`select pg_advisory_xact_lock(${PROPOSE_LOCK}, ${unitId})`.execute(tx)
}

/** What has not begun is dropped, what runs stops with its best so far; drafts that are there stay. */
export async function cancelAskFor(
  tx: Tx,
  { actor, jobs, now }: { readonly actor: Asker; readonly jobs: Jobs; readonly now: Date },
  which: OfPlace & { readonly ask_id: number },
): Promise<z.input<typeof AskView> | Refusal> {
  const { operation_id, unit_id, ask_id } = which
  const standing = await findAsk(tx, which)
  if (!standing) return refuse(askProblems.unknown_ask)
  if (standing.ended_at !== null || standing.cancelled_at !== null) return refuse(askProblems.ended)
  await tx
    .updateTable('roster_asks')
    .set({ cancelled_at: now, cancelled_by_user_id: actor.user_id })
    .where('unit_id', '=', unit_id)
    .where('ask_id', '=', ask_id)
    .execute()
  const dropped = await jobs.cancelAll(tx, await openJobsOf(tx, which))
  await recordAudit(tx, {
    action: 'rosters.cancel_ask',
    subject_kind: 'roster_ask',
    subject_id: ask_id,
    operation_id,
    unit_id,
    facts: { stopped: dropped.length },
  })
  return (await findAsk(tx, which)) ?? refuse(askProblems.unknown_ask)
}
