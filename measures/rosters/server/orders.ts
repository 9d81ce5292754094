import type { z } from 'zod'
import type { Actor } from '#platform/access/actor.ts'
import { recordAudit } from '#platform/audit/record.ts'
import type { Tx } from '#platform/db/database.ts'
import { type Refusal, refuse } from '#platform/http/problem.ts'
import { settle } from '#platform/worklist/items.ts'
import { type orderRest, REST_DAYS_MAX } from '../contract.ts'
import { restProblems } from '../rest-problems.ts'
import { foldOrder, PROTECTED } from '../rules.ts'
import { askToCover, settleCover } from './cover.ts'
import { MUST_REST_ITEM } from './look.ts'
import { listOrders, type OrderRow, openOrders } from './orders-store.ts'
import { answer } from './own.ts'
import { findPerson } from './people.ts'
import { isFree } from './substitutes.ts'

const DAY_MS = 86_400_000

interface Times {
  readonly starts_at: Date
  readonly ends_at: Date
}

function fits({ starts_at, ends_at }: Times): boolean {
  const length = ends_at.getTime() - starts_at.getTime()
  return length > 0 && length <= REST_DAYS_MAX * DAY_MS
}

const TITLES = {
  protected: PROTECTED,
  own_word: { zh: '本人反映到极限', en: 'their own word: at the limit' },
  judgement: { zh: '单位认为应休息', en: 'the unit finds that rest is due' },
} as const

type Ordering = z.output<typeof orderRest.input.body>

/**
 * Orders a person to rest. What a rule says is pinned with its pack; a closed fact stays outside this record. `isProtected` answers for the
 * circle whether a protected condition is recorded: the actor may not look for themselves.
 */
export async function order(
  tx: Tx,
  actor: Actor,
  operationId: number,
  body: Ordering,
  now: Date,
  isProtected = false,
): Promise<{ order_id: string } | Refusal> {
  const { person_id, order_id, unit_id } = body
  const times = { starts_at: new Date(body.starts_at), ends_at: new Date(body.ends_at) }
  if (person_id === actor.person_id) return refuse(restProblems.own)
  const person = await findPerson(tx, person_id)
  if (!person || person.home_unit_id !== unit_id) return refuse(restProblems.unknown_person)
  if (!fits(times)) return refuse(restProblems.dates, { days: REST_DAYS_MAX })
  const standing = body.rule === null ? undefined : await findStanding(tx, operationId, person_id, body.rule)
  if (body.basis === 'rule' && !standing) return refuse(restProblems.unknown_rule, { rule: body.rule ?? '' })
  if (body.basis === 'protected' && !isProtected) return refuse(restProblems.not_recorded)
  const own = await listOrders(tx, { person_id, operation_id: operationId })
  if (own.some((one) => one.order_id === order_id)) return { order_id }
  if (openOrders(own, now).length > 0) return refuse(restProblems.open_already)
  const substitute = body.substitute_person_id
  if (substitute !== null && !(await isFree(tx, { operationId, personId: substitute, ...times, now })))
    return refuse(restProblems.substitute)
  if (body.report_id !== null) {
    const answered = await answer(tx, actor, { person_id, report_id: body.report_id }, body.reason.slice(0, 500))
    if (!('answered' in answered)) return answered
  }
  const title = body.basis === 'rule' ? titleOf(standing) : TITLES[body.basis]
  await tx
    .insertInto('rest_orders')
    .values({
      person_id,
      order_id,
      operation_id: operationId,
      unit_id,
      basis: body.basis,
      rule: body.basis === 'rule' ? body.rule : null,
      title: JSON.stringify(title),
      pack_hash: standing?.pack_hash ?? null,
      report_id: body.report_id,
    })
    .execute()
  await addEvent(tx, actor, { ...body, ...times, act: 'ordered', now })
  await askToCover(tx, actor, { person_id, order_id, unit_id, operation_id: operationId }, substitute, now)
  await settleUnit(tx, operationId, unit_id)
  const facts = { person_id, basis: body.basis, rule: body.rule, ...times, substitute_person_id: substitute }
  await audit(tx, 'rosters.order_rest', { order_id, unit_id, operation_id: operationId }, facts)
  return { order_id }
}

/** A rule that is no fact stays marked in the order that rests on it. */
function titleOf(standing: { readonly title: unknown; readonly example: boolean } | undefined): unknown {
  const title = standing?.title
  if (!standing?.example || typeof title !== 'object' || title === null || !('zh' in title) || !('en' in title))
    return title
  return { zh: `${title.zh}【示例】`, en: `${title.en} [example]` }
}

function findStanding(tx: Tx, operationId: number, personId: number, rule: string) {
  return tx
    .selectFrom('rest_standings')
    .select(['title', 'example', 'pack_hash'])
    .where('operation_id', '=', operationId)
    .where('person_id', '=', personId)
    .where('rule', '=', rule)
    .executeTakeFirst()
}

interface Event extends Times {
  readonly person_id: number
  readonly order_id: string
  readonly unit_id: number
  readonly act: 'ordered' | 'extended' | 'ended' | 'overridden'
  readonly substitute_person_id?: number | null
  readonly reason: string
  readonly now: Date
}

async function addEvent(tx: Tx, actor: Actor, event: Event): Promise<void> {
  const { person_id, order_id, unit_id, act, starts_at, ends_at, reason, now } = event
  await tx
    .insertInto('rest_order_events')
    .values({
      person_id,
      order_id,
      unit_id,
      act,
      starts_at,
      ends_at,
      substitute_person_id: event.substitute_person_id ?? null,
      reason,
      by_user_id: actor.user_id,
      happened_at: now,
    })
    .execute()
}

/** The unit's item is done once everybody on it has an order. */
async function settleUnit(tx: Tx, operationId: number, unitId: number): Promise<void> {
  const waiting = await tx
    .selectFrom('rest_standings')
    .select('person_id')
    .where('operation_id', '=', operationId)
    .where('home_unit_id', '=', unitId)
    .where('state', '=', 'applies')
    .where('outcome', '=', 'must_rest')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('rest_orders')
            .select('order_id')
            .whereRef('rest_orders.person_id', '=', 'rest_standings.person_id')
            .whereRef('rest_orders.operation_id', '=', 'rest_standings.operation_id'),
        ),
      ),
    )
    .executeTakeFirst()
  if (waiting) return
  const item = { operation_id: operationId, kind: MUST_REST_ITEM, subject_kind: 'unit', subject_id: String(unitId) }
  await settle(tx, { ...item, outcome: { all_ordered: true } })
}

interface Which {
  readonly person_id: number
  readonly order_id: string
}

export async function findOpen(tx: Tx, actor: Actor, which: Which, now: Date): Promise<OrderRow | Refusal> {
  if (which.person_id === actor.person_id) return refuse(restProblems.own)
  if (!(await findPerson(tx, which.person_id))) return refuse(restProblems.unknown_person)
  const [found] = await listOrders(tx, which)
  if (!found) return refuse(restProblems.unknown_order)
  return foldOrder(found.events, now).state === 'ended' ? refuse(restProblems.ended) : found
}

/** A later end extends, an earlier one ends it then; an end that has passed ends it now. */
export async function change(
  tx: Tx,
  actor: Actor,
  which: Which,
  body: { readonly ends_at: string; readonly reason: string },
  now: Date,
): Promise<{ act: 'extended' | 'ended' } | Refusal> {
  const found = await findOpen(tx, actor, which, now)
  if (!('events' in found)) return found
  const { starts_at, ends_at } = foldOrder(found.events, now)
  const asked = new Date(body.ends_at)
  const act = asked > ends_at ? 'extended' : 'ended'
  const times = { starts_at, ends_at: asked < starts_at ? starts_at : asked }
  if (act === 'extended' && !fits(times)) return refuse(restProblems.dates, { days: REST_DAYS_MAX })
  await addEvent(tx, actor, { ...which, ...times, unit_id: found.unit_id, act, reason: body.reason, now })
  if (foldOrder([...found.events, { act, ...times }], now).state === 'ended') await settleCover(tx, found, 'ended')
  await audit(tx, `rosters.rest_${act}`, found, { person_id: which.person_id, ends_at: times.ends_at })
  return { act }
}

/** Puts the question to somebody else; what whoever was asked before has taken over stays with them. */
export async function askAnother(
  tx: Tx,
  actor: Actor,
  which: Which,
  substitute: number,
  now: Date,
): Promise<{ asked: true } | Refusal> {
  const found = await findOpen(tx, actor, which, now)
  if (!('events' in found)) return found
  const { starts_at, ends_at } = foldOrder(found.events, now)
  const { operation_id: operationId } = found
  if (substitute === which.person_id) return refuse(restProblems.substitute)
  if (!(await isFree(tx, { operationId, personId: substitute, starts_at, ends_at, now })))
    return refuse(restProblems.substitute)
  await askToCover(tx, actor, found, substitute, now)
  await audit(tx, 'rosters.ask_to_cover', found, { person_id: which.person_id, substitute_person_id: substitute })
  return { asked: true }
}

/** Duty against a rest: the approver is the account that does it, named for good. */
export async function override(
  tx: Tx,
  actor: Actor,
  which: Which,
  body: { readonly starts_at: string; readonly ends_at: string; readonly reason: string },
  now: Date,
): Promise<{ approved_by: string } | Refusal> {
  const found = await findOpen(tx, actor, which, now)
  if (!('events' in found)) return found
  const times = { starts_at: new Date(body.starts_at), ends_at: new Date(body.ends_at) }
  if (!fits(times)) return refuse(restProblems.dates, { days: REST_DAYS_MAX })
  await addEvent(tx, actor, { ...which, ...times, unit_id: found.unit_id, act: 'overridden', reason: body.reason, now })
  await audit(tx, 'rosters.rest_overridden', found, { person_id: which.person_id, ...times })
  return { approved_by: actor.display_name }
}

async function audit(
  tx: Tx,
  action: string,
  { order_id, unit_id, operation_id }: Pick<OrderRow, 'order_id' | 'unit_id' | 'operation_id'>,
  facts: Readonly<Record<string, unknown>>,
): Promise<void> {
  await recordAudit(tx, { action, subject_kind: 'rest_order', subject_id: order_id, unit_id, operation_id, facts })
}
