import { sql } from 'kysely'
import type { Tx } from '#platform/db/database.ts'
import { foldOrder, isApproved, type OrderEvent, type StandingOrder } from '../rules.ts'

export interface EventRow extends OrderEvent {
  readonly substitute_person_id: number | null
  readonly reason: string
  readonly by_name: string
}

export interface OrderRow {
  readonly person_id: number
  readonly order_id: string
  readonly operation_id: number
  readonly unit_id: number
  readonly basis: 'rule' | 'protected' | 'own_word' | 'judgement'
  readonly rule: string | null
  readonly title: { readonly zh: string; readonly en: string }
  readonly events: readonly EventRow[]
}

interface Which {
  readonly operation_id?: number
  readonly unit_id?: number
  readonly person_id?: number
  readonly order_id?: string
}

/** Orders with their events, oldest first. Those of a unit include the units below it. */
export async function listOrders(tx: Tx, which: Which): Promise<readonly OrderRow[]> {
  const { rows } = await sql<
    Omit<OrderRow, 'events'> & {
      events: readonly (Omit<EventRow, 'starts_at' | 'ends_at'> & { starts_at: string; ends_at: string })[]
    }
  >`
    select o.person_id, o.order_id, o.operation_id, o.unit_id, o.basis, o.rule, o.title,
      jsonb_agg(jsonb_build_object(
        'act', e.act, 'starts_at', e.starts_at, 'ends_at', e.ends_at, 'substitute_person_id', e.substitute_person_id,
        'reason', e.reason, 'by_name', coalesce(user_names.display_name, '—')
      ) order by e.event_id) as events
    from rest_orders o
    join rest_order_events e using (person_id, order_id)
    left join user_names on user_names.user_id = e.by_user_id
    where (${which.operation_id ?? null}::int is null or o.operation_id = ${which.operation_id ?? null})
      and (${which.person_id ?? null}::int is null or o.person_id = ${which.person_id ?? null})
      and (${which.order_id ?? null}::uuid is null or o.order_id = ${which.order_id ?? null}::uuid)
      and (${which.unit_id ?? null}::int is null
        or o.unit_id in (select unit_id from unit_ancestors where ancestor_id = ${which.unit_id ?? null}))
    group by o.person_id, o.order_id
    order by min(e.starts_at), o.order_id`.execute(tx)
  return rows.map((row) => ({
    ...row,
    events: row.events.map((event) => ({
      ...event,
      starts_at: new Date(event.starts_at),
      ends_at: new Date(event.ends_at),
    })),
  }))
}

export interface OpenOrder extends OrderRow {
  readonly standing: StandingOrder
}

export function openOrders(orders: readonly OrderRow[], now: Date): readonly OpenOrder[] {
  return orders
    .map((order) => ({ ...order, standing: foldOrder(order.events, now) }))
    .filter(({ standing }) => standing.state !== 'ended')
}

/**
 * Shifts planned or duty confirmed inside orders, that nobody approved: how many for each order. Where duty was confirmed, what was done
 * counts and no longer what was planned.
 */
export async function countAgainst(tx: Tx, orders: readonly OpenOrder[]): Promise<ReadonlyMap<string, number>> {
  if (orders.length === 0) return new Map()
  const wanted = JSON.stringify(
    orders.map(({ person_id, order_id, standing }) => ({
      person_id,
      order_id,
      starts_at: standing.starts_at,
      ends_at: standing.ends_at,
    })),
  )
  const { rows } = await sql<{ order_id: string; starts_at: Date; ends_at: Date }>`
    with wanted as (
      select * from jsonb_to_recordset(${wanted}::jsonb)
        as one (person_id int, order_id uuid, starts_at timestamptz, ends_at timestamptz)
    )
    select wanted.order_id, duty.starts_at, duty.ends_at
    from wanted
    join (
      select person_id, starts_at, ends_at
      from planned_shifts
      where withdrawn_at is null and not exists (
        select from duty_current done
        where done.person_id = planned_shifts.person_id
          and done.starts_at < planned_shifts.ends_at and done.ends_at > planned_shifts.starts_at
      )
      union all
      select person_id, starts_at, ends_at from duty_current
    ) duty on duty.person_id = wanted.person_id
      and duty.starts_at < wanted.ends_at and duty.ends_at > wanted.starts_at`.execute(tx)
  const byId = new Map(orders.map((order) => [order.order_id, order]))
  const counts = new Map<string, number>()
  for (const { order_id, starts_at, ends_at } of rows) {
    const order = byId.get(order_id)
    if (!order) continue
    const overrides = order.events.filter(({ act }) => act === 'overridden')
    if (isApproved({ starts_at, ends_at }, order.standing, overrides)) continue
    counts.set(order_id, (counts.get(order_id) ?? 0) + 1)
  }
  return counts
}
