import { sql } from 'kysely'
import type { z } from 'zod'
import { dayOf, formatDay } from '#engines/values/time.ts'
import { recordAudit } from '#platform/audit/record.ts'
import type { Tx } from '#platform/db/database.ts'
import { httpProblems, Refusal, refuse } from '#platform/http/problem.ts'
import { PostView } from '../contract.ts'
import { type changePost, type closePost, postProblems } from '../plan-contract.ts'
import { findPost } from './store.ts'

interface PostPlace {
  readonly operation_id: number
  readonly unit_id: number
  readonly post_id: number
}

type PostRow = NonNullable<Awaited<ReturnType<typeof findPost>>>

/** A post of this unit and operation that is still open, locked so that two changes come one after the other. */
async function findOpenPost(tx: Tx, { operation_id, unit_id, post_id }: PostPlace): Promise<PostRow | Refusal> {
  const post = await tx
    .selectFrom('posts')
    .selectAll()
    .where('post_id', '=', post_id)
    .where('operation_id', '=', operation_id)
    .where('unit_id', '=', unit_id)
    .forUpdate()
    .executeTakeFirst()
  if (!post) return refuse(httpProblems.not_found)
  const { name, closed_on } = post
  return closed_on === null ? post : refuse(postProblems.closed, { name, closed_on })
}

/** Confirmed duty stands at the post that it was confirmed at: a post does not change or close underneath it. */
async function refuseDutyAfter(tx: Tx, { unit_id, post_id }: PostPlace, lastOn: string): Promise<Refusal | undefined> {
  const { rows } = await sql<{ last_on: string | null }>`
    select max(starts_on) as last_on
    from duty_current
    where unit_id = ${unit_id} and post_id = ${post_id} and starts_on > ${lastOn}`.execute(tx)
  const last_on = rows[0]?.last_on
  return last_on ? refuse(postProblems.has_duty, { last_on }) : undefined
}

async function shut(tx: Tx, postId: number, lastOn: string): Promise<void> {
  await tx.updateTable('posts').set({ closed_on: lastOn }).where('post_id', '=', postId).execute()
}

function auditOf(
  place: PostPlace,
  action: 'duty.close_post' | 'duty.change_post',
  facts: Record<string, string | number>,
) {
  const { post_id, unit_id, operation_id } = place
  return { action, subject_kind: 'post', subject_id: post_id, unit_id, operation_id, facts }
}

/** Closes a post after its last day. Shifts planned for later days are withdrawn; confirmed duty there is a refusal. */
export async function endPost(
  tx: Tx,
  place: PostPlace,
  { closed_on }: z.output<typeof closePost.input.body>,
  now: Date,
): Promise<{ post: PostView; withdrawn_count: number } | Refusal> {
  const post = await findOpenPost(tx, place)
  if (post instanceof Refusal) return post
  if (closed_on < post.opened_on) return refuse(postProblems.before_opening, { opened_on: post.opened_on })
  const refused = await refuseDutyAfter(tx, place, closed_on)
  if (refused) return refused
  await shut(tx, post.post_id, closed_on)
  const { numUpdatedRows } = await tx
    .updateTable('planned_shifts')
    .set({ withdrawn_at: now })
    .where('unit_id', '=', place.unit_id)
    .where('post_id', '=', post.post_id)
    .where('starts_on', '>', closed_on)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst()
  const withdrawn_count = Number(numUpdatedRows)
  await recordAudit(tx, auditOf(place, 'duty.close_post', { closed_on, withdrawn_count }))
  return { post: PostView.parse({ ...post, closed_on }), withdrawn_count }
}

/**
 * Changes a post from a day on. What was confirmed stands at the post as it was then, so the change opens a successor and
 * closes the earlier one the day before; planned shifts from that day on move along.
 */
export async function replacePost(
  tx: Tx,
  place: PostPlace,
  { from_on, ...what }: z.output<typeof changePost.input.body>,
): Promise<{ post: PostView; moved_count: number } | Refusal> {
  const post = await findOpenPost(tx, place)
  if (post instanceof Refusal) return post
  if (from_on <= post.opened_on) return refuse(postProblems.too_early, { opened_on: post.opened_on })
  const lastOn = formatDay(dayOf(from_on) - 1)
  const refused = await refuseDutyAfter(tx, place, lastOn)
  if (refused) return refused
  await shut(tx, post.post_id, lastOn)
  const { operation_id, unit_id } = place
  const { away_division_code } = post
  const { post_id } = await tx
    .insertInto('posts')
    .values({ operation_id, unit_id, away_division_code, opened_on: from_on, ...what })
    .returning('post_id')
    .executeTakeFirstOrThrow()
  const { numUpdatedRows } = await tx
    .updateTable('planned_shifts')
    .set({ post_id })
    .where('unit_id', '=', unit_id)
    .where('post_id', '=', post.post_id)
    .where('starts_on', '>=', from_on)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst()
  const moved_count = Number(numUpdatedRows)
  const { kind, exposure } = what
  await recordAudit(
    tx,
    auditOf(place, 'duty.change_post', { from_on, kind, exposure, successor: post_id, moved_count }),
  )
  const successor = await findPost(tx, post_id)
  return successor ? { post: PostView.parse(successor), moved_count } : refuse(httpProblems.not_found)
}
