import { sql } from 'kysely'
import type { z } from 'zod'
import type { Tx } from '#platform/db/database.ts'
import type { RestBoard, RestOrder, readRestBoard, Standing } from '../contract.ts'
import { coverStates } from './cover.ts'
import { countAgainst, listOrders, type OpenOrder, openOrders } from './orders-store.ts'

const ROWS_MAX = 300

interface StandingRow extends Omit<z.input<typeof Standing>, 'title'> {
  readonly title: RestBoard['must'][number]['title']
}

/** Everything a unit needs to see about rest: read in one transaction, so that the lists agree. */
export async function readBoard(
  tx: Tx,
  operationId: number,
  unitId: number,
  now: Date,
): Promise<z.input<typeof readRestBoard.output>> {
  const look = await tx
    .selectFrom('rest_looks')
    .select(['on_date', 'looked_at'])
    .where('operation_id', '=', operationId)
    .orderBy('look_id', 'desc')
    .limit(1)
    .executeTakeFirst()
  const open = openOrders(await listOrders(tx, { operation_id: operationId, unit_id: unitId }), now)
  const ordered = new Set(open.map(({ person_id }) => person_id))
  const standings = await listStandings(tx, operationId, unitId, look?.on_date ?? null)
  const waiting = standings.filter(({ person_id }) => !ordered.has(person_id))
  const reached = waiting.filter(({ state, outcome }) => state === 'applies' && outcome !== 'limit')
  const debts = waiting.filter(({ state, extended_until }) => state === 'applies' && extended_until !== null)
  const must = reached.filter(({ extended_until }) => extended_until === null)
  // Whoever must rest now is not told apart again below, and nobody stands twice among those who are near a bound.
  const seen = new Set([...must, ...debts].map(({ person_id }) => person_id))
  const soon = waiting.filter(({ person_id }) => !seen.has(person_id) && seen.add(person_id))
  return {
    on_date: look?.on_date ?? null,
    looked_at: look?.looked_at ?? null,
    must,
    soon,
    debts,
    orders: await presentOrders(tx, open),
    reports: await listReports(tx, operationId, unitId),
    more: standings.length >= ROWS_MAX,
  }
}

async function listStandings(
  tx: Tx,
  operationId: number,
  unitId: number,
  onDate: string | null,
): Promise<readonly StandingRow[]> {
  const { rows } = await sql<StandingRow>`
    select standing.person_id, people.name, people.home_unit_id as unit_id, units.name as unit_name, standing.rule, standing.title,
      standing.example, standing.outcome, standing.state, standing.soon_days, standing.length_minutes, standing.run_days,
      standing.mean_minutes, standing.week_minutes, extension.until as extended_until
    from rest_standings standing
    join people on people.person_id = standing.person_id
    join units on units.unit_id = people.home_unit_id
    left join lateral (
      select max(to_on)::text as until
      from limit_extensions
      where limit_extensions.operation_id = standing.operation_id
        and limit_extensions.rule = standing.rule
        and ${onDate}::date + 1 between from_on and to_on
        and standing.home_unit_id in (select unit_id from unit_ancestors where ancestor_id = limit_extensions.unit_id)
    ) extension on true
    where standing.operation_id = ${operationId}
      and standing.home_unit_id in (select unit_id from unit_ancestors where ancestor_id = ${unitId})
    order by (standing.outcome = 'must_rest') desc, standing.state, standing.soon_days, standing.run_days desc, standing.mean_minutes desc,
      standing.person_id
    limit ${ROWS_MAX}`.execute(tx)
  return rows
}

/** Names are looked up under the reader's own scope: a substitute from elsewhere shows without a name. */
export async function presentOrders(tx: Tx, open: readonly OpenOrder[]): Promise<z.input<typeof RestOrder>[]> {
  if (open.length === 0) return []
  const against = await countAgainst(tx, open)
  const covers = await coverStates(
    tx,
    open.map(({ order_id }) => order_id),
  )
  const ids = [...open.map(({ person_id }) => person_id), ...[...covers.values()].map(({ person_id }) => person_id)]
  const names = new Map(
    (await tx.selectFrom('people').select(['person_id', 'name']).where('person_id', 'in', ids).execute()).map((one) => [
      one.person_id,
      one.name,
    ]),
  )
  const unitIds = [...new Set(open.map(({ unit_id }) => unit_id))]
  const units = new Map(
    (await tx.selectFrom('units').select(['unit_id', 'name']).where('unit_id', 'in', unitIds).execute()).map((one) => [
      one.unit_id,
      one.name,
    ]),
  )
  return open.map(({ person_id, order_id, unit_id, basis, title, standing, events }) => {
    const cover = covers.get(order_id)
    return {
      person_id,
      order_id,
      name: names.get(person_id) ?? '—',
      unit_id,
      unit_name: units.get(unit_id) ?? '—',
      basis,
      title,
      state: standing.state,
      starts_at: standing.starts_at,
      ends_at: standing.ends_at,
      substitute: cover ? { ...cover, name: names.get(cover.person_id) ?? '—' } : null,
      ordered_by: events.find(({ act }) => act === 'ordered')?.by_name ?? '—',
      overrides: events
        .filter(({ act }) => act === 'overridden')
        .map(({ starts_at, ends_at, by_name, reason }) => ({ starts_at, ends_at, by: by_name, reason })),
      against_count: against.get(order_id) ?? 0,
    }
  })
}

/** Only what waits for an answer: what people say of themselves is answered, never counted or kept in view. */
async function listReports(tx: Tx, operationId: number, unitId: number) {
  const { rows } = await sql<z.input<typeof readRestBoard.output>['reports'][number]>`
    select report.person_id, report.report_id, people.name, report.unit_id, report.words, report.said_at
    from self_reports report
    join people on people.person_id = report.person_id
    left join self_report_answers answer on answer.person_id = report.person_id and answer.report_id = report.report_id
    where report.operation_id = ${operationId}
      and report.word = 'at_limit'
      and answer.report_id is null
      and report.unit_id in (select unit_id from unit_ancestors where ancestor_id = ${unitId})
    order by report.said_at
    limit 100`.execute(tx)
  return rows
}
