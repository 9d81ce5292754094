import { sql } from 'kysely'
import { dayOf, formatDay } from '#engines/values/time.ts'
import { recordAudit } from '#platform/audit/record.ts'
import { civilDate } from '#platform/calendar/zone.ts'
import type { Clock } from '#platform/clock/clock.ts'
import { jobContext } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import type { JobKind } from '#platform/jobs/jobs.ts'
import { raise, settle, type WorklistItem } from '#platform/worklist/items.ts'
import type { OperationFacts } from '#records/operations/server/reads.ts'
import { walkRest } from '#records/policies/server/reads.ts'
import { earnLeave } from './leave.ts'
import { type StandingRow, standingsIn } from './standings.ts'

export const LOOK_JOB = 'rosters.look'
export const MUST_REST_ITEM = 'rosters.must_rest'
const CONTEXT = jobContext('rest')

export interface LookInput {
  readonly operation_id: number
}

export interface LookOutcome {
  readonly on_date: string
  readonly people_count: number
  readonly must_count: number
  readonly soon_count: number
}

/** Yesterday on the operation's own calendar: the last day whose duty can be complete. */
export function lastCompleteDay(operation: OperationFacts, now: Date): string {
  const yesterday = formatDay(dayOf(civilDate(operation.time_zone, now)) - 1)
  return operation.ended_on !== null && operation.ended_on < yesterday ? operation.ended_on : yesterday
}

/**
 * Looks at everybody's duty up to yesterday, keeps who must rest now or soon, tells the units, and brings leave accounts up to the current
 * evaluation. May be repeated at any time: the same duty gives the same standings.
 */
export async function lookAtRest(database: Database, operation: OperationFacts, now: Date): Promise<LookOutcome> {
  const on_date = lastCompleteDay(operation, now)
  const rows: StandingRow[] = []
  let people_count = 0
  const order = { operation_id: operation.operation_id, on_date, known_at: now, now }
  await walkRest(database, order, async (part) => {
    people_count += part.people.length
    rows.push(...standingsIn(part))
  })
  const must_count = rows.filter(({ state, outcome }) => state === 'applies' && outcome === 'must_rest').length
  const outcome = { on_date, people_count, must_count, soon_count: rows.filter(({ state }) => state === 'soon').length }
  await database.transact(CONTEXT, async (tx) => {
    // Two looks at once would each delete what the other has just written.
    await sql`select from operations where operation_id = ${operation.operation_id} for update`.execute(tx)
    await replaceStandings(tx, operation.operation_id, on_date, rows)
    await tx
      .insertInto('rest_looks')
      .values({ operation_id: operation.operation_id, on_date, people_count, looked_at: now })
      .execute()
    const extended = await extendedUnits(tx, operation, now)
    const pressing = rows.filter(({ rule, home_unit_id }) => !extended.has(`${home_unit_id} ${rule}`))
    await tellUnits(tx, operation.operation_id, pressing, now)
    await earnLeave(tx, operation.operation_id, now)
    await recordAudit(tx, {
      action: 'rosters.look',
      subject_kind: 'operation',
      subject_id: operation.operation_id,
      operation_id: operation.operation_id,
      unit_id: operation.area_unit_id,
      facts: { ...outcome },
    })
  })
  return outcome
}

async function replaceStandings(
  tx: Tx,
  operationId: number,
  onDate: string,
  rows: readonly StandingRow[],
): Promise<void> {
  await tx.deleteFrom('rest_standings').where('operation_id', '=', operationId).execute()
  for (let first = 0; first < rows.length; first += 2_000) {
    const part = JSON.stringify(rows.slice(first, first + 2_000))
    await sql`
      insert into rest_standings
        (person_id, operation_id, rule, home_unit_id, outcome, state, soon_days, length_minutes, title, example, run_days, mean_minutes,
         week_minutes, on_date, pack_hash)
      select person_id, ${operationId}, rule, home_unit_id, outcome, state, soon_days, length_minutes, title, example, run_days, mean_minutes,
        week_minutes, ${onDate}::date, pack_hash
      from jsonb_to_recordset(${part}::jsonb)
        as row (person_id int, rule text, home_unit_id int, outcome text, state text, soon_days smallint, length_minutes int, title jsonb,
          example boolean, run_days int, mean_minutes int, week_minutes int, pack_hash text)`.execute(tx)
  }
}

/** Unit and rule of every limit that is extended today: nobody is asked to act on it meanwhile, though it goes on being counted. */
async function extendedUnits(tx: Tx, operation: OperationFacts, now: Date): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ unit_id: number; rule: string }>`
    select distinct below.unit_id, extension.rule
    from limit_extensions extension
    join unit_ancestors below on below.ancestor_id = extension.unit_id
    where extension.operation_id = ${operation.operation_id}
      and ${civilDate(operation.time_zone, now)}::date between extension.from_on and extension.to_on`.execute(tx)
  return new Set(rows.map(({ unit_id, rule }) => `${unit_id} ${rule}`))
}

/** One item for each unit that has somebody who must rest; units that have nobody any more are done with it. */
async function tellUnits(tx: Tx, operationId: number, rows: readonly StandingRow[], now: Date): Promise<void> {
  const units = new Map<number, Set<number>>()
  for (const { home_unit_id, person_id, state, outcome } of rows) {
    if (state !== 'applies' || outcome !== 'must_rest') continue
    units.set(home_unit_id, (units.get(home_unit_id) ?? new Set()).add(person_id))
  }
  const base = { operation_id: operationId, kind: MUST_REST_ITEM, subject_kind: 'unit' }
  const { rows: open } = await sql<{ subject_id: string }>`
    select subject_id from worklist_items
    where operation_id = ${operationId} and kind = ${MUST_REST_ITEM} and settled_at is null`.execute(tx)
  for (const { subject_id } of open) {
    if (!units.has(Number(subject_id))) await settle(tx, { ...base, subject_id, outcome: { nobody_left: true } })
  }
  const items = [...units].map(
    ([unit_id, people]): WorklistItem => ({
      ...base,
      unit_id,
      role: 'unit_manager',
      subject_id: String(unit_id),
      clause: '3',
      facts: { people_count: people.size },
      raised_at: now,
      due_at: null,
    }),
  )
  for (let first = 0; first < items.length; first += 500) await raise(tx, ...items.slice(first, first + 500))
}

export function lookJob(
  database: Database,
  clock: Clock,
  findOperation: (tx: Tx, operationId: number) => Promise<OperationFacts | undefined>,
): JobKind<LookInput, unknown> {
  return {
    kind: LOOK_JOB,
    async run({ input }) {
      const operation = await database.read(CONTEXT, (tx) => findOperation(tx, input.operation_id))
      return operation ? lookAtRest(database, operation, clock.now()) : null
    },
  }
}
