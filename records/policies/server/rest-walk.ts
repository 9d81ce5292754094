import type { FactBatch } from '#engines/policy/facts.ts'
import { compileRest, type RestProgram } from '#engines/policy/rest-compile.ts'
import { dayOf, MINUTES_PER_DAY } from '#engines/values/time.ts'
import { civilDate } from '#platform/calendar/zone.ts'
import { jobContext } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import type { OperationFacts } from '#records/operations/server/reads.ts'
import { findOperation } from '#records/operations/server/reads.ts'
import { areaOf, byArea, sliceOf } from './evaluate.ts'
import { listPeopleRanges, type PersonInputs, readPeople, readPostFacts, readUnitFacts } from './evaluation-facts.ts'
import { stacksFor } from './packs.ts'
import { withSnapshot } from './snapshot-connection.ts'
import { factBatch, localClock, PostColumns, readSpans } from './span-columns.ts'

/** Whose rest is looked at: everybody on duty in an operation, or a range of people, up to the end of a day. */
export interface RestOrder {
  readonly operation_id: number
  readonly on_date: string
  /** Packs put in force later are left aside. */
  readonly known_at: Date
  readonly people?: { readonly first: number; readonly last: number }
}

/** People of one area with their duty as columns, and the rest rules of that area. */
export interface RestPart {
  readonly operation: OperationFacts
  readonly program: RestProgram
  readonly people: readonly PersonInputs[]
  readonly batch: FactBatch
}

const CONTEXT = jobContext('rest')
const PEOPLE_PER_PART = 4_000

/** The rest rules in force by area; empty where there are no packs. */
export async function restProgramsOf(
  tx: Tx,
  operation: OperationFacts,
  order: Pick<RestOrder, 'on_date' | 'known_at'>,
): Promise<ReadonlyMap<number, RestProgram>> {
  const stacks = await stacksFor(tx, operation, order.known_at)
  const known = dayOf(civilDate(operation.time_zone, order.known_at))
  const on = dayOf(order.on_date)
  return new Map([...stacks].map(([unitId, { stack }]) => [unitId, compileRest(stack, { on, known })]))
}

/**
 * Reads people and their duty by parts, each with the rest rules of its area; what comes of them is for the room that asks.
 *
 * @example await walkRest(database, { operation_id: 1, on_date: '2020-02-23', known_at: now }, async (part) => { … })
 */
export async function walkRest(
  database: Database,
  order: RestOrder,
  visit: (part: RestPart) => Promise<void>,
): Promise<boolean> {
  const plan = await database.read(CONTEXT, async (tx) => {
    const operation = await findOperation(tx, order.operation_id)
    return operation && { operation, programs: await restProgramsOf(tx, operation, order) }
  })
  if (!plan || plan.programs.size === 0) return false
  const { operation, programs } = plan
  await withSnapshot(database, CONTEXT, async (client) => {
    const units = await readUnitFacts(client)
    const posts = new PostColumns(await readPostFacts(client, operation.operation_id, units))
    const parts = order.people ? [order.people] : await listPeopleRanges(client, PEOPLE_PER_PART)
    const from = (dayOf(operation.started_on) - 2) * MINUTES_PER_DAY
    const toLocal = localClock(operation.time_zone, from, (dayOf(order.on_date) + 2) * MINUTES_PER_DAY)
    for (const part of parts) {
      const read = await readPeople(client, part, order.on_date)
      const spans = await readSpans(client, { ...part, ...order }, toLocal)
      const joined = factBatch(byArea(read, plan, units), spans, posts, units)
      for (const [area, first, end] of stretches(joined.people, (person) => areaOf(person, plan, units))) {
        const program = programs.get(area)
        if (!program) continue
        const people = joined.people.slice(first, end)
        await visit({ operation, program, people, batch: sliceOf(joined.batch, first, end) })
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
