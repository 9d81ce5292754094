import type pg from 'pg'
import type { CompiledProgram } from '#engines/policy/compile.ts'
import { earnedDays } from '#engines/policy/earned-days.ts'
import type { Decision, FactBatch } from '#engines/policy/facts.ts'
import { sliceOf } from '#engines/policy/facts-slice.ts'
import type { OperationFacts as Frame } from '#engines/policy/operation.ts'
import type { EvaluationColumns } from '#engines/policy/results.ts'
import { dayOf, MINUTES_PER_DAY } from '#engines/values/time.ts'
import { recordAudit } from '#platform/audit/record.ts'
import { civilDate } from '#platform/calendar/zone.ts'
import { jobContext } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import { httpProblems, Refusal, refuse } from '#platform/http/problem.ts'
import { recordedBy } from '#records/duty/server/reads.ts'
import { listCountingFacts } from '#records/facts/server/reads.ts'
import { findOperation, type OperationFacts } from '#records/operations/server/reads.ts'
import { policyProblems } from '../contract.ts'
import { engineDecisions, listStoredDecisions } from './decisions-store.ts'
import {
  listPeopleRanges,
  type PersonInputs,
  readOperationLevels,
  readPeople,
  readPostFacts,
  readUnitFacts,
  type UnitFacts,
  withRecorded,
} from './evaluation-facts.ts'
import { type AreaStack, stacksFor } from './packs.ts'
import { programOf } from './programs.ts'
import { readUnitRecords, type UnitRecords } from './recorded-facts.ts'
import { sqlOn, withSnapshot } from './snapshot-connection.ts'
import { factBatch, localClock, PostColumns, readSpans } from './span-columns.ts'
import { type EvaluatedUnit, evaluateUnitsOf, insertUnits } from './unit-results.ts'
import { isAtOrBelow, UnitSums, unitsToEvaluate } from './unit-sums.ts'
import { type EvaluatedPeople, insertInputs, insertPosts, insertResults, Totals } from './write-results.ts'

/** What is evaluated: an operation, up to a day, with what was known at a moment. */
export interface EvaluationOrder {
  readonly operation_id: number
  /** The last day counted. */
  readonly on_date: string
  /** Packs put in force, decisions taken, duty, posts held and party standings recorded later are left aside. */
  readonly known_at: Date
  /** Whether statements show this one from now on; a look at the past or a trial does not. */
  readonly becomes_current: boolean
}

export interface EvaluationHooks {
  readonly now: Date
  /** Told after each part; answers false when the run shall stop. */
  progress(done: number, total: number, stage: string): Promise<boolean>
  /** Runs in the transaction that makes the evaluation the current one. */
  finish?(tx: Tx, evaluation: FinishedEvaluation): Promise<void>
  readonly people_per_part?: number
}

export interface FinishedEvaluation {
  readonly evaluation_id: number
  readonly operation: OperationFacts
  readonly previous_id: number | undefined
  readonly totals: Totals
  readonly units: readonly EvaluatedUnit[]
  readonly programs: readonly CompiledProgram[]
}

export interface EvaluationOutcome {
  readonly evaluation_id: number
  readonly people_count: number
  readonly span_count: number
}

/** A part takes about 40 MB while it is in hand, and one more is read meanwhile. */
const PEOPLE_PER_PART = 4_000
/** Tells this lock from others of the house. */
const EVALUATION_LOCK = 0x6576
const CONTEXT = jobContext('evaluate')

interface Plan {
  readonly operation: OperationFacts
  /** What rules may ask of the operation itself. */
  readonly frame: Frame
  readonly stacks: ReadonlyMap<number, AreaStack>
  readonly programs: ReadonlyMap<number, CompiledProgram>
  /** The same without any decision, for areas that have some: tells which results were decided by a person. */
  readonly undecided: ReadonlyMap<number, CompiledProgram>
  readonly decisions: readonly Decision[]
}

/**
 * Works out what everybody on duty in an operation is owed and stores it, with everything that is needed to work any of it out
 * again: the snapshot in which duty was read, the facts of people and posts, the hashes of the packs, the decisions.
 *
 * Reads, computes and writes people by parts; nothing of it is seen by anybody before the last transaction makes it the
 * current evaluation. A run that is cancelled or fails leaves nothing behind.
 *
 * @returns the outcome, `cancelled`, or a refusal where there is nothing to evaluate with
 * @example await evaluate(database, { operation_id: 1, on_date: '2020-02-29', known_at: new Date() }, { now, progress })
 */
export async function evaluate(
  database: Database,
  order: EvaluationOrder,
  hooks: EvaluationHooks,
): Promise<EvaluationOutcome | 'cancelled' | Refusal> {
  const plan = await planOf(database, order)
  if (plan instanceof Refusal) return plan
  const run = new Run(database, order, plan, hooks)
  try {
    return await run.all()
  } catch (error) {
    await run.discard()
    throw error
  }
}

async function planOf(database: Database, order: EvaluationOrder): Promise<Plan | Refusal> {
  return database.read(CONTEXT, async (tx) => {
    const operation = await findOperation(tx, order.operation_id)
    if (!operation) return refuse(httpProblems.not_found)
    const stacks = await stacksFor(tx, operation, order.known_at)
    if (stacks.size === 0) return refuse(policyProblems.no_packs)
    const stored = await listStoredDecisions(tx, order.operation_id)
    const known = stored.filter(({ decided_at }) => decided_at <= order.known_at)
    const codes = await tx.selectFrom('units').select(['unit_id', 'division_code']).execute()
    const decisions = engineDecisions(
      known,
      new Map(codes.map(({ unit_id, division_code }) => [unit_id, division_code])),
      operation.time_zone,
    )
    const window = {
      from: dayOf(operation.started_on),
      on: dayOf(order.on_date),
      known: dayOf(civilDate(operation.time_zone, order.known_at)),
      operation: await readOperationLevels(tx, operation, order.on_date),
    }
    const programs = new Map([...stacks].map(([unitId, { stack }]) => [unitId, programOf(stack, window, decisions)]))
    const undecided = new Map(
      decisions.length === 0 ? [] : [...stacks].map(([unitId, { stack }]) => [unitId, programOf(stack, window, [])]),
    )
    return { operation, frame: window.operation, stacks, programs, undecided, decisions }
  })
}

interface ComputedPart {
  readonly people: readonly PersonInputs[]
  readonly evaluated: readonly EvaluatedPeople[]
  readonly units: ReadonlyMap<number, UnitFacts>
}

/** Held until the run's snapshot ends, by a killed worker too: one evaluation of an operation at a time. */
async function lockOperation(client: pg.ClientBase, operationId: number): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_xact_lock($1, $2) as locked', [
    EVALUATION_LOCK,
    operationId,
  ])
  return rows[0]?.locked ?? false
}

class Run {
  private readonly database: Database
  private readonly order: EvaluationOrder
  private readonly plan: Plan
  private readonly hooks: EvaluationHooks
  private readonly totals = new Totals()
  private readonly units: EvaluatedUnit[] = []
  /** Undefined where the run looks at this moment. */
  private readonly recorded_in: string | undefined
  private evaluationId: number | undefined
  private people_count = 0
  private span_count = 0

  constructor(database: Database, order: EvaluationOrder, plan: Plan, hooks: EvaluationHooks) {
    this.database = database
    this.order = order
    this.plan = plan
    this.hooks = hooks
    this.recorded_in = recordedBy(order.known_at, { now: hooks.now, real: new Date() })
  }

  async all(): Promise<EvaluationOutcome | 'cancelled' | Refusal> {
    const { operation } = this.plan
    const finished = await withSnapshot(this.database, CONTEXT, async (client) => {
      if (!(await lockOperation(client, operation.operation_id))) return refuse(policyProblems.running)
      const units = await readUnitFacts(client)
      const postFacts = await readPostFacts(client, operation.operation_id, units)
      const posts = new PostColumns(postFacts)
      const { rows } = await client.query<{ snapshot: string }>('select pg_current_snapshot()::text as snapshot')
      const evaluationId = await this.begin(rows[0]?.snapshot ?? '', postFacts)
      const parts = await listPeopleRanges(client, this.hooks.people_per_part ?? PEOPLE_PER_PART)
      const toLocal = this.localClock()
      const { on_date } = this.order
      const known = { operation_id: operation.operation_id, recorded_in: this.recorded_in }
      const run = sqlOn(client)
      const records = await readUnitRecords(run, { ...known, on_date })
      const read = async (part: { first: number; last: number }) => ({
        people: withRecorded(
          await readPeople(client, { ...part, ...known }, on_date),
          await listCountingFacts(run, part, { ...known, on_date }),
          records,
        ),
        spans: await readSpans(client, { ...part, ...known, on_date }, toLocal),
      })
      const sums = new UnitSums(dayOf(operation.started_on), dayOf(on_date))
      const isFinished = await this.work(evaluationId, parts, read, (part) => {
        const people = byArea(part.people, this.plan, units)
        const joined = factBatch(people, part.spans, posts, units)
        this.people_count += joined.people.length
        this.span_count += joined.batch.span_start_minute.length
        if (this.hasUnitAmounts) sums.add(joined.people, joined.batch)
        return { people: joined.people, evaluated: this.compute(joined.people, joined.batch, units), units }
      })
      if (isFinished && this.hasUnitAmounts) await this.workUnits(evaluationId, units, records, sums)
      return isFinished
    })
    if (finished instanceof Refusal) return finished
    if (!finished || this.evaluationId === undefined) {
      await this.discard()
      return 'cancelled'
    }
    await this.finish(this.evaluationId)
    return { evaluation_id: this.evaluationId, people_count: this.people_count, span_count: this.span_count }
  }

  /** While one part is computed and written, the next one is read: the database works on both at once. */
  private async work<Part>(
    evaluationId: number,
    parts: readonly { first: number; last: number }[],
    read: (part: { first: number; last: number }) => Promise<Part>,
    compute: (part: Part) => ComputedPart,
  ): Promise<boolean> {
    let writing: Promise<void> = Promise.resolve()
    let reading: Promise<Part> | undefined = parts[0] ? read(parts[0]) : undefined
    try {
      for (let index = 0; reading; index++) {
        const part = await reading
        const next = parts[index + 1]
        reading = next ? read(next) : undefined
        // Should it fail, its await in the next round meets the failure.
        reading?.catch(() => undefined)
        const computed = compute(part)
        await writing
        if (!(await this.hooks.progress(index, parts.length, 'evaluating'))) return false
        writing = this.write(evaluationId, computed)
        writing.catch(() => undefined)
      }
      await writing
      return await this.hooks.progress(parts.length, parts.length, 'finishing')
    } finally {
      // Nothing of a run may still be under way when it is discarded.
      await Promise.allSettled([writing, reading])
    }
  }

  private get hasUnitAmounts(): boolean {
    return [...this.plan.programs.values()].some(({ unit_entitlements }) => unit_entitlements.length > 0)
  }

  /** After the people: what is given to units may rest on sums of their duty. */
  private async workUnits(
    evaluationId: number,
    units: ReadonlyMap<number, UnitFacts>,
    records: UnitRecords,
    sums: UnitSums,
  ): Promise<void> {
    const { operation, programs, undecided } = this.plan
    const isHere = (unitId: number) => isAtOrBelow(units, unitId, operation.area_unit_id)
    const all = unitsToEvaluate(units, isHere, records, sums)
    for (const [area, program] of programs) {
      const own = all.filter(
        ({ county_unit_id }) =>
          (county_unit_id && programs.has(county_unit_id) ? county_unit_id : operation.area_unit_id) === area,
      )
      this.units.push(...evaluateUnitsOf({ program, undecided: undecided.get(area) }, own))
    }
    await this.database.transact(CONTEXT, (tx) => insertUnits(tx, evaluationId, this.units))
  }

  /** Two days beyond the window on either side, for spans that reach over its ends. */
  private localClock() {
    const { operation } = this.plan
    const from = (dayOf(operation.started_on) - 2) * MINUTES_PER_DAY
    const to = (dayOf(this.order.on_date) + 2) * MINUTES_PER_DAY
    return localClock(operation.time_zone, from, to)
  }

  private async begin(snapshot: string, posts: Parameters<typeof insertPosts>[2]): Promise<number> {
    const { operation, frame, stacks, decisions } = this.plan
    const hashes = Object.fromEntries(
      [...stacks].map(([unitId, { stack, layers }]) => [unitId, { stack_hash: stack.hash, layers, operation: frame }]),
    )
    this.evaluationId = await this.database.transact(CONTEXT, async (tx) => {
      // Under the lock no other run of this operation is alive: what is unfinished was left by one that was killed.
      const dead = await tx
        .selectFrom('evaluations')
        .select('evaluation_id')
        .where('operation_id', '=', operation.operation_id)
        .where('finished_at', 'is', null)
        .execute()
      await deleteUnfinished(
        tx,
        dead.map(({ evaluation_id }) => evaluation_id),
      )
      const { evaluation_id } = await tx
        .insertInto('evaluations')
        .values({
          operation_id: operation.operation_id,
          from_on: operation.started_on,
          on_date: this.order.on_date,
          known_at: this.order.known_at,
          duty_snapshot: snapshot,
          duty_recorded_in: this.recorded_in ?? null,
          stacks: JSON.stringify(hashes),
          decisions: JSON.stringify(decisions),
          started_at: this.hooks.now,
        })
        .returning('evaluation_id')
        .executeTakeFirstOrThrow()
      await insertPosts(tx, evaluation_id, posts)
      return evaluation_id
    })
    return this.evaluationId
  }

  /** People of one area stand side by side, so that each program gets its slice of the same columns. */
  private compute(
    people: readonly PersonInputs[],
    batch: FactBatch,
    units: ReadonlyMap<number, UnitFacts>,
  ): readonly EvaluatedPeople[] {
    const evaluated: EvaluatedPeople[] = []
    let first = 0
    while (first < people.length) {
      const area = areaOf(people[first], this.plan, units)
      let end = first + 1
      while (end < people.length && areaOf(people[end], this.plan, units) === area) end += 1
      const program = this.plan.programs.get(area)
      if (!program) throw new Error(`no program for area ${area}`)
      const slice = people.slice(first, end)
      const facts = sliceOf(batch, first, end)
      const columns = program.evaluate(facts)
      const undecided = this.plan.undecided.get(area)
      if (undecided) nameDecided(columns, undecided.evaluate(facts))
      const part = { program, people: slice, columns, earned: earnedDays(program, facts) }
      this.totals.add(part, units)
      evaluated.push(part)
      first = end
    }
    return evaluated
  }

  private async write(evaluationId: number, { people, evaluated, units }: ComputedPart): Promise<void> {
    if (people.length === 0) return
    await this.database.transact(CONTEXT, async (tx) => {
      await insertInputs(tx, evaluationId, people, units)
      for (const part of evaluated) await insertResults(tx, evaluationId, part, units)
    })
  }

  private async finish(evaluationId: number): Promise<void> {
    const { operation, programs } = this.plan
    await this.database.transact(CONTEXT, async (tx) => {
      // One evaluation of an operation finishes at a time.
      await tx
        .selectFrom('operations')
        .select('operation_id')
        .where('operation_id', '=', operation.operation_id)
        .forUpdate()
        .execute()
      const previous = this.order.becomes_current ? await this.replaceCurrent(tx) : undefined
      await this.totals.insert(tx, evaluationId)
      await tx
        .updateTable('evaluations')
        .set({
          is_current: this.order.becomes_current,
          people_count: this.people_count,
          span_count: this.span_count,
          finished_at: this.hooks.now,
        })
        .where('evaluation_id', '=', evaluationId)
        .execute()
      await recordAudit(tx, {
        action: 'policies.evaluate',
        subject_kind: 'evaluation',
        subject_id: evaluationId,
        operation_id: operation.operation_id,
        unit_id: operation.area_unit_id,
        facts: { people_count: this.people_count, span_count: this.span_count, on_date: this.order.on_date },
      })
      await this.hooks.finish?.(tx, {
        evaluation_id: evaluationId,
        operation,
        previous_id: previous,
        totals: this.totals,
        units: this.units,
        programs: [...new Set(programs.values())],
      })
    })
  }

  private async replaceCurrent(tx: Tx): Promise<number | undefined> {
    const previous = await tx
      .updateTable('evaluations')
      .set({ is_current: false })
      .where('operation_id', '=', this.plan.operation.operation_id)
      .where('is_current', '=', true)
      .returning('evaluation_id')
      .executeTakeFirst()
    return previous?.evaluation_id
  }

  /** Takes away what a run wrote that did not come to its end. */
  async discard(): Promise<void> {
    const evaluationId = this.evaluationId
    if (evaluationId !== undefined) await this.database.transact(CONTEXT, (tx) => deleteUnfinished(tx, [evaluationId]))
  }
}

const UNFINISHED_TABLES = [
  'entitlement_results',
  'unit_results',
  'evaluation_units',
  'evaluation_inputs',
  'evaluation_posts',
  'evaluations',
] as const

/** Only evaluations that never came to their end can be deleted; what anybody has seen stays. */
async function deleteUnfinished(tx: Tx, evaluationIds: readonly number[]): Promise<void> {
  if (evaluationIds.length === 0) return
  const unfinished = await tx
    .selectFrom('evaluations')
    .select('evaluation_id')
    .where('evaluation_id', 'in', [...evaluationIds])
    .where('finished_at', 'is', null)
    .forUpdate()
    .execute()
  for (const { evaluation_id } of unfinished) {
    for (const table of UNFINISHED_TABLES) {
      await tx.deleteFrom(table).where('evaluation_id', '=', evaluation_id).execute()
    }
  }
}

/** What says which program a person is evaluated with. */
type Areas = Pick<Plan, 'operation'> & { readonly programs: ReadonlyMap<number, unknown> }

/** The county of a person where it has a stack of its own, else the operation's area. */
export function areaOf(person: PersonInputs | undefined, plan: Areas, units: ReadonlyMap<number, UnitFacts>): number {
  const county = person && units.get(person.home_unit_id)?.county_unit_id
  return county && plan.programs.has(county) ? county : plan.operation.area_unit_id
}

export function byArea(
  people: readonly PersonInputs[],
  plan: Areas,
  units: ReadonlyMap<number, UnitFacts>,
): readonly PersonInputs[] {
  const areas = new Map(people.map((person) => [person, areaOf(person, plan, units)]))
  return [...people].sort(
    (left, right) => (areas.get(left) ?? 0) - (areas.get(right) ?? 0) || left.person_id - right.person_id,
  )
}

/**
 * Names the decision point of results that a decision settled, one way or the other: "decided, not covered" is something else
 * than "not covered".
 */
function nameDecided(columns: EvaluationColumns, undecided: EvaluationColumns): void {
  for (let cell = 0; cell < columns.state.length; cell++) {
    const point = undecided.decision_point[cell] ?? -1
    if (columns.decision_point[cell] === -1 && point >= 0) columns.decision_point[cell] = point
  }
}
