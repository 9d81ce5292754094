import type { FactBatch } from '#engines/policy/facts.ts'
import { sliceOf } from '#engines/policy/facts-slice.ts'
import { compileRest, type RestProgram } from '#engines/policy/rest-compile.ts'
import { withDecidedBounds } from '#engines/policy/rest-decisions.ts'
import { dayOf, MINUTES_PER_DAY } from '#engines/values/time.ts'
import { civilDate } from '#platform/calendar/zone.ts'
import { jobContext } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import { recordedBy } from '#records/duty/server/reads.ts'
import type { OperationFacts } from '#records/operations/server/reads.ts'
import { findOperation } from '#records/operations/server/reads.ts'
import { listProtected } from '#records/people/server/reads.ts'
import { engineDecisions, listStoredDecisions } from './decisions-store.ts'
import { areaOf, byArea } from './evaluate.ts'
import { listPeopleRanges, type PersonInputs, readPeople, readPostFacts, readUnitFacts } from './evaluation-facts.ts'
import { stacksFor } from './packs.ts'
import { closedFindings, type PlannedDuty, readPlanned } from './rest-facts.ts'
import { withSnapshot } from './snapshot-connection.ts'
import { factBatch, localClock, PostColumns, readSpans } from './span-columns.ts'

/** Whose rest is looked at: everybody on duty in an operation, or a range of people, up to the end of a day. */
export interface RestOrder {
  readonly operation_id: number
  readonly on_date: string
  /** Packs put in force, duty, units and ties recorded later are left aside. */
  readonly known_at: Date
  /** The product's time at which it is asked. */
  readonly now: Date
  readonly people?: { readonly first: number; readonly last: number }
}

/** People of one area with their duty as columns, and the rest rules of that area. */
export interface RestPart {
  readonly operation: OperationFacts
  readonly program: RestProgram
  readonly people: readonly PersonInputs[]
  readonly batch: FactBatch
  /** What the same people are planned for after the day. */
  readonly planned: PlannedDuty
  /** People with a confirmed protected condition; of what kind nobody outside the circle is told. */
  readonly isProtected: ReadonlySet<number>
}

const CONTEXT = jobContext('rest')
const PEOPLE_PER_PART = 4_000
const EVERYBODY = { first: 0, last: 2_147_483_647 }

/** The rest rules in force by area, open bounds filled by what was decided there; empty where there are no packs. */
export async function restProgramsOf(
  tx: Tx,
  operation: OperationFacts,
  order: Pick<RestOrder, 'on_date' | 'known_at'>,
): Promise<ReadonlyMap<number, RestProgram>> {
  const stacks = await stacksFor(tx, operation, order.known_at)
  const known = dayOf(civilDate(operation.time_zone, order.known_at))
  const on = dayOf(order.on_date)
  const stored = await listStoredDecisions(tx, operation.operation_id)
  const units = await tx.selectFrom('units').select(['unit_id', 'division_code']).execute()
  const codes = new Map(units.map(({ unit_id, division_code }) => [unit_id, division_code]))
  const made = stored.filter(({ decided_at }) => decided_at <= order.known_at)
  const decisions = engineDecisions(made, codes, operation.time_zone)
  return new Map(
    [...stacks].map(([unitId, { stack }]) => {
      const area = codes.get(unitId) ?? null
      return [unitId, compileRest(withDecidedBounds(stack, decisions, { area, on, known }), { on, known })]
    }),
  )
}

/**
 * Reads people and their duty by parts, each with the rest rules of its area; what comes of them is for the room that asks.
 *
 * @example await walkRest(database, { operation_id: 1, on_date: '2020-02-23', known_at: now, now }, async (part) => { … })
 */
export async function walkRest(
  database: Database,
  order: RestOrder,
  visit: (part: RestPart) => Promise<void>,
): Promise<boolean> {
  const plan = await database.read(CONTEXT, async (tx) => {
    const operation = await findOperation(tx, order.operation_id)
    if (!operation) return undefined
    const today = civilDate(operation.time_zone, order.known_at)
    const isProtected = await listProtected(tx, order.people ?? EVERYBODY, today)
    return { operation, isProtected, programs: await restProgramsOf(tx, operation, order) }
  })
  if (!plan || plan.programs.size === 0) return false
  const { operation, programs, isProtected } = plan
  const recorded_in = recordedBy(order.known_at, { now: order.now, real: new Date() })
  const known = { operation_id: operation.operation_id, recorded_in }
  const warned = [...programs.values()].flatMap(({ rules }) => rules.map(({ rule }) => rule.warn_days))
  const ahead_days = Math.max(0, ...warned)
  await withSnapshot(database, CONTEXT, async (client) => {
    const units = await readUnitFacts(client)
    const posts = new PostColumns(await readPostFacts(client, operation.operation_id, units))
    const parts = order.people ? [order.people] : await listPeopleRanges(client, PEOPLE_PER_PART)
    const from = (dayOf(operation.started_on) - 2) * MINUTES_PER_DAY
    const toLocal = localClock(operation.time_zone, from, (dayOf(order.on_date) + 2 + ahead_days) * MINUTES_PER_DAY)
    for (const part of parts) {
      const read = await readPeople(client, { ...part, ...known }, order.on_date)
      const spans = await readSpans(client, { ...part, ...known, on_date: order.on_date }, toLocal)
      const joined = factBatch(byArea(read, plan, units), spans, posts, units)
      const next = await readPlanned(client, spans, { ...part, ...order, ahead_days }, toLocal)
      const planned = factBatch(joined.people, next.spans, posts, units).batch
      const until_day = Int32Array.from(joined.people, ({ person_id }) => next.until.get(person_id) ?? -1)
      for (const [area, first, end] of stretches(joined.people, (person) => areaOf(person, plan, units))) {
        const program = programs.get(area)
        if (!program) continue
        const people = joined.people.slice(first, end)
        const findings = closedFindings(program, people, isProtected)
        const of = (whole: FactBatch) => ({ ...sliceOf(whole, first, end), findings })
        await visit({
          operation,
          program,
          people,
          batch: of(joined.batch),
          planned: { batch: of(planned), until_day: until_day.subarray(first, end) },
          isProtected,
        })
      }
    }
  })
  return true
}

/** Neighbours with the same key, as [key, first, end). */
function* stretches<Item>(items: readonly Item[], keyOf: (item: Item) => number): Generator<[number, number, number]> {
  let first = 0
  for (let end = 1; end <= items.length; end++) {
    const before = items[end - 1]
    const next = items[end]
    if (before === undefined || (next !== undefined && keyOf(next) === keyOf(before))) continue
    yield [keyOf(before), first, end]
    first = end
  }
}
