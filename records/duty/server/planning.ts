import { sql } from 'kysely'
import type { z } from 'zod'
import { reaches } from '#platform/access/actor.ts'
import { recordAudit } from '#platform/audit/record.ts'
import { civilDate, zonedText } from '#platform/calendar/zone.ts'
import type { Tx } from '#platform/db/database.ts'
import { withHouseEyes } from '#platform/db/house-eyes.ts'
import { type FieldError, httpProblems, type Refusal, refuse } from '#platform/http/problem.ts'
import type { OperationFacts } from '#records/operations/server/reads.ts'
import { type createPost, dutyProblems, PostView, type planShifts } from '../contract.ts'
import { checkLine, findTwice, type LineRefusal, overlaps, type StatedSpan } from '../rules.ts'
import { lineErrors } from './line-errors.ts'
import { findPost, listPosts } from './store.ts'

export async function openPost(
  tx: Tx,
  operation: OperationFacts,
  unitId: number,
  body: z.output<typeof createPost.input.body>,
): Promise<PostView | Refusal> {
  const { post_id } = await tx
    .insertInto('posts')
    .values({ operation_id: operation.operation_id, unit_id: unitId, ...body })
    .returning('post_id')
    .executeTakeFirstOrThrow()
  await recordAudit(tx, {
    action: 'duty.open_post',
    subject_kind: 'post',
    subject_id: post_id,
    unit_id: unitId,
    operation_id: operation.operation_id,
    facts: { kind: body.kind, exposure: body.exposure },
  })
  const post = await findPost(tx, post_id)
  return post ? PostView.parse(post) : refuse(httpProblems.not_found)
}

type Plan = z.output<typeof planShifts.input.body>

/** A stretch of somebody's rest that a shift may not fall into. */
export interface Rest {
  readonly person_id: number
  readonly starts_at: Date
  readonly ends_at: Date
}

/** Answers with a rest that one of some shifts falls into without approval. Handed in: this floor knows of no orders to rest. */
export type FindRest = (
  tx: Tx,
  shifts: readonly Pick<StatedSpan, 'person_id' | 'starts_at' | 'ends_at'>[],
) => Promise<Rest | undefined>

async function refuseResting(
  tx: Tx,
  { time_zone }: OperationFacts,
  shifts: readonly StatedSpan[],
  findRest: FindRest | undefined,
): Promise<Refusal | undefined> {
  const rest = await findRest?.(tx, shifts)
  if (!rest) return undefined
  const { person_id, starts_at, ends_at } = rest
  const person = await tx.selectFrom('people').select('name').where('person_id', '=', person_id).executeTakeFirst()
  const [from, to] = [starts_at, ends_at].map((at) => minuteText(time_zone, at))
  return refuse(dutyProblems.resting, { name: person?.name ?? '', from, to })
}

/** A planned shift may lie in the future and may be one's own; everything else is as for confirmed duty. */
function checkShift(shift: StatedSpan): LineRefusal | undefined {
  return checkLine(shift, { confirmer_person_id: undefined, duty_date: shift.starts_on, now: shift.ends_at })
}

async function withdrawShifts(tx: Tx, unitId: number, withdraw: Plan['withdraw'], now: Date): Promise<number> {
  if (withdraw.length === 0) return 0
  const { numAffectedRows } = await sql`
    update planned_shifts
    set withdrawn_at = ${now}
    from unnest(
      ${withdraw.map(({ person_id }) => person_id)}::int[],
      ${withdraw.map(({ shift_id }) => shift_id)}::uuid[]
    ) as gone (person_id, shift_id)
    where planned_shifts.person_id = gone.person_id and planned_shifts.shift_id = gone.shift_id
      and planned_shifts.unit_id = ${unitId} and planned_shifts.withdrawn_at is null`.execute(tx)
  return Number(numAffectedRows ?? 0)
}

interface PlannedShift extends StatedSpan {
  readonly unit_id: number
  readonly name: string
}

/** Shifts of the same people that stand in the plan already, at any unit: a person is in one place, whoever may see which. */
async function listPlanned(tx: Tx, shifts: readonly StatedSpan[]): Promise<Map<number, PlannedShift[]>> {
  if (shifts.length === 0) return new Map()
  const starts = shifts.map(({ starts_at }) => starts_at.getTime())
  const ends = shifts.map(({ ends_at }) => ends_at.getTime())
  const { rows } = await sql<PlannedShift>`
    select planned.person_id, planned.shift_id as span_id, planned.post_id, planned.starts_at, planned.ends_at,
      planned.starts_on, planned.unit_id, people.name
    from planned_shifts planned
    join people using (person_id)
    where planned.person_id = any (${[...new Set(shifts.map(({ person_id }) => person_id))]}::int[])
      and planned.withdrawn_at is null
      and planned.starts_at < ${new Date(Math.max(...ends))} and planned.ends_at > ${new Date(Math.min(...starts))}`.execute(
    tx,
  )
  return Map.groupBy(rows, ({ person_id }) => person_id)
}

async function listVisible(tx: Tx, personIds: readonly number[]): Promise<ReadonlySet<number>> {
  const rows = await tx
    .selectFrom('people')
    .select('person_id')
    .where('person_id', 'in', [...new Set(personIds)])
    .execute()
  return new Set(rows.map(({ person_id }) => person_id))
}

/** `2020-02-24 20:00` on the operation's clock. */
function minuteText(timeZone: string, at: Date): string {
  return zonedText(timeZone, at).slice(0, 16).replace('T', ' ')
}

function isOpenOn(post: { opened_on: string; closed_on: string | null } | undefined, date: string): boolean {
  return post !== undefined && post.opened_on <= date && (post.closed_on === null || post.closed_on >= date)
}

async function judgeShifts(
  tx: Tx,
  operation: OperationFacts,
  unitId: number,
  shifts: readonly StatedSpan[],
): Promise<FieldError[] | Refusal> {
  const posts = new Map((await listPosts(tx, operation.operation_id, unitId)).map((post) => [post.post_id, post]))
  const visible = await listVisible(
    tx,
    shifts.map(({ person_id }) => person_id),
  )
  const own = shifts.filter(({ person_id }) => visible.has(person_id))
  const planned = await withHouseEyes(tx, (all) => listPlanned(all, own))
  const { scope } = tx.context
  const twice = findTwice(shifts)
  const errors: FieldError[] = []
  for (const [index, shift] of shifts.entries()) {
    const path = `body.shifts[${index}]`
    const earlier = twice.get(index)
    const refusal: LineRefusal | undefined = !visible.has(shift.person_id)
      ? { reason: 'unknown_person' }
      : !isOpenOn(posts.get(shift.post_id), shift.starts_on)
        ? { reason: 'unknown_post' }
        : (checkShift(shift) ?? (earlier === undefined ? undefined : { reason: 'twice', line: earlier }))
    if (refusal) errors.push(lineErrors(path, refusal))
    const other = planned.get(shift.person_id)?.find((standing) => overlaps(standing, shift))
    if (other) {
      if (!scope || !reaches(scope, other.unit_id)) return refuse(dutyProblems.planned_elsewhere, { name: other.name })
      const [from, to] = [other.starts_at, other.ends_at].map((at) => minuteText(operation.time_zone, at))
      return refuse(dutyProblems.shift_overlap, { name: other.name, from, to })
    }
  }
  return errors
}

export async function plan(
  tx: Tx,
  operation: OperationFacts,
  unitId: number,
  body: Plan,
  now: Date,
  findRest?: FindRest,
): Promise<{ planned_count: number; withdrawn_count: number } | Refusal> {
  const withdrawn_count = await withdrawShifts(tx, unitId, body.withdraw, now)
  const shifts = body.shifts.map(({ person_id, post_id, starts_at, ends_at }) => {
    const start = new Date(starts_at)
    const starts_on = civilDate(operation.time_zone, start)
    return { span_id: '', person_id, post_id, starts_at: start, ends_at: new Date(ends_at), starts_on }
  })
  if (shifts.length > 0) {
    const { started_on, ended_on } = operation
    if (shifts.some(({ starts_on }) => starts_on < started_on || (ended_on !== null && starts_on > ended_on)))
      return refuse(dutyProblems.outside_operation, { started_on })
    const errors = await judgeShifts(tx, operation, unitId, shifts)
    if (!Array.isArray(errors)) return errors
    if (errors.length > 0) return refuse(dutyProblems.lines, { count: errors.length }, errors)
    const resting = await refuseResting(tx, operation, shifts, findRest)
    if (resting) return resting
    await tx
      .insertInto('planned_shifts')
      .values(
        shifts.map(({ span_id: _unnamed, ...shift }) => ({
          ...shift,
          operation_id: operation.operation_id,
          unit_id: unitId,
        })),
      )
      .execute()
  }
  await recordAudit(tx, {
    action: 'duty.plan',
    subject_kind: 'unit',
    subject_id: unitId,
    unit_id: unitId,
    operation_id: operation.operation_id,
    facts: { planned_count: shifts.length, withdrawn_count },
  })
  return { planned_count: shifts.length, withdrawn_count }
}
