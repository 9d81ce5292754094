import { areaNumber } from '#engines/policy/areas.ts'
import type { CompiledProgram } from '#engines/policy/compile.ts'
import { batchOf, type PersonFacts } from '#engines/policy/facts.ts'
import { sliceOf } from '#engines/policy/facts-slice.ts'
import { unitRow } from '#engines/policy/units.ts'
import { dayOf, MINUTES_PER_DAY } from '#engines/values/time.ts'
import { civilDate } from '#platform/calendar/zone.ts'
import { jobContext } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import { httpProblems, Refusal, refuse } from '#platform/http/problem.ts'
import { recordedBy } from '#records/duty/server/reads.ts'
import { listCountingFacts } from '#records/facts/server/reads.ts'
import { findOperation, type OperationFacts } from '#records/operations/server/reads.ts'
import { policyProblems } from '../contract.ts'
import type { WhatIfResult } from '../contract-what-if.ts'
import { engineDecisions, listStoredDecisions } from './decisions-store.ts'
import { type DraftAt, stacksWith } from './draft-layers.ts'
import { areaOf, byArea } from './evaluate.ts'
import {
  listPeopleRanges,
  readOperationLevels,
  readPeople,
  readPostFacts,
  readUnitFacts,
  type UnitFacts,
  withRecorded,
} from './evaluation-facts.ts'
import { type AreaStack, stacksFor } from './packs.ts'
import { type ProgramWindow, programOf } from './programs.ts'
import { readUnitRecords } from './recorded-facts.ts'
import { sqlOn, withSnapshot } from './snapshot-connection.ts'
import { factBatch, localClock, PostColumns, readSpans, SpanColumns } from './span-columns.ts'
import { type AreaPrograms, type MostChanged, TrialSums } from './trial-sums.ts'
import { UnitSums, unitsToEvaluate } from './unit-sums.ts'

export interface WhatIfOrder {
  readonly operation_id: number
  /** Where the change would be in force; people at or below it are counted. */
  readonly area_unit_id: number
  readonly on_date: string
  /** Packs, decisions and records known later are left aside; null: everything known now. */
  readonly known_at: string | null
  readonly files: DraftAt['files']
}

export interface WhatIfHooks {
  readonly now: Date
  /** Told after each part; answers false when the run shall stop. */
  progress(done: number, total: number, stage: string): Promise<boolean>
  readonly people_per_part?: number
}

export interface WhatIfOutcome {
  readonly result: WhatIfResult
  readonly most: readonly MostChanged[]
}

/** A part takes about 10 MB while it is in hand, and one more is read meanwhile. */
const PEOPLE_PER_PART = 2_000
/** Small enough that nobody waits long while they are worked out on the thread that also answers requests. */
const PEOPLE_AT_ONCE = 64
const CONTEXT = jobContext('what-if')

type Programs = ReadonlyMap<number, CompiledProgram>

/** Both sides of a comparison, compiled for the same days and decisions. */
export interface Trial {
  readonly operation: OperationFacts
  readonly window: ProgramWindow
  readonly before: Programs
  readonly after: Programs
}

/** The packs in force, and the same with a draft in its place. Decisions that no longer fit what is asked are left aside. */
export async function planTrial(
  tx: Tx,
  operation: OperationFacts,
  draft: DraftAt,
  onDate: string,
  { now, knownAt }: { readonly now: Date; readonly knownAt?: Date | undefined },
): Promise<Trial | Refusal> {
  const before = await stacksFor(tx, operation, knownAt)
  const after = await stacksWith(tx, operation, draft, knownAt)
  if (after instanceof Refusal) return after
  if (after.size === 0) return refuse(policyProblems.no_packs)
  const stored = await listStoredDecisions(tx, operation.operation_id)
  const codes = await tx.selectFrom('units').select(['unit_id', 'division_code']).execute()
  const decisions = engineDecisions(
    knownAt === undefined ? stored : stored.filter(({ decided_at }) => decided_at <= knownAt),
    new Map(codes.map(({ unit_id, division_code }) => [unit_id, division_code])),
    operation.time_zone,
  )
  const window = {
    from: dayOf(operation.started_on),
    on: dayOf(onDate),
    known: dayOf(civilDate(operation.time_zone, knownAt ?? now)),
    operation: await readOperationLevels(tx, operation, onDate),
  }
  const compiled = async (stacks: ReadonlyMap<number, AreaStack>) => {
    const programs = new Map<number, CompiledProgram>()
    for (const [unitId, { stack }] of stacks) {
      await breathe()
      programs.set(unitId, programOf(stack, window, decisions))
    }
    return programs
  }
  return { operation, window, before: await compiled(before), after: await compiled(after) }
}

/**
 * Whose people are counted: those of the units at or below one. The rows are read under the whole scope and kept by this set,
 * since testing each of millions of spans against thousands of units in the database takes ten times as long as the run.
 */
async function unitsBelow(tx: Tx, unitId: number): Promise<ReadonlySet<number>> {
  const units = await tx.selectFrom('unit_ancestors').select('unit_id').where('ancestor_id', '=', unitId).execute()
  return new Set(units.map(({ unit_id }) => unit_id))
}

/** Lets requests that wait be answered between two stretches of computing. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/**
 * Works out for everybody below a unit what a change of the packs would come to against what is in force. Reads duty by parts
 * in one snapshot and compares both sides over the same columns; stores nothing.
 *
 * @returns the sums, `cancelled`, or a refusal where the packs do not load or nothing is in force
 */
export async function whatIf(
  database: Database,
  order: WhatIfOrder,
  hooks: WhatIfHooks,
): Promise<WhatIfOutcome | 'cancelled' | Refusal> {
  const knownAt = order.known_at === null ? undefined : new Date(order.known_at)
  const planned = await database.read(CONTEXT, async (tx) => {
    const operation = await findOperation(tx, order.operation_id)
    if (!operation) return refuse(httpProblems.not_found)
    const trial = await planTrial(tx, operation, order, order.on_date, { now: hooks.now, knownAt })
    return trial instanceof Refusal ? trial : { ...trial, counted: await unitsBelow(tx, order.area_unit_id) }
  })
  if (planned instanceof Refusal) return planned
  const sums = new TrialSums()
  const recorded_in = knownAt && recordedBy(knownAt, { now: hooks.now, real: new Date() })
  const finished = await runOver(database, { ...planned, recorded_in }, order, hooks, sums)
  if (!finished) return 'cancelled'
  const names = await database.read(CONTEXT, readNames)
  return {
    result: sums.result(
      { from: planned.operation.started_on, on_date: order.on_date, from_day: planned.window.from },
      names,
    ),
    most: sums.mostChanged(),
  }
}

/** Of units, and of areas by the six digits that comparisons name them by; a county's own name before that of units in it. */
async function readNames(tx: Tx) {
  const units = await tx.selectFrom('units').select(['unit_id', 'name', 'kind', 'division_code']).execute()
  const coded = units
    .filter(({ division_code }) => division_code !== null && division_code.length <= 6)
    .sort((left, right) => Number(AREA_KINDS.has(left.kind)) - Number(AREA_KINDS.has(right.kind)))
  return {
    by_unit: new Map(units.map(({ unit_id, name }) => [unit_id, name])),
    by_code: new Map(coded.map(({ division_code, name }) => [String(areaNumber(division_code)), name])),
  }
}

const AREA_KINDS: ReadonlySet<string> = new Set(['province', 'city', 'county'])

async function runOver(
  database: Database,
  trial: Trial & { readonly counted: ReadonlySet<number>; readonly recorded_in: string | undefined },
  order: WhatIfOrder,
  hooks: WhatIfHooks,
  sums: TrialSums,
): Promise<boolean> {
  const { operation, window, recorded_in } = trial
  const { operation_id } = operation
  const { on_date } = order
  const toLocal = localClock(
    operation.time_zone,
    (window.from - 2) * MINUTES_PER_DAY,
    (window.on + 2) * MINUTES_PER_DAY,
  )
  return withSnapshot(database, CONTEXT, async (client) => {
    const units = await readUnitFacts(client)
    const posts = new PostColumns(await readPostFacts(client, operation_id, units))
    const parts = await listPeopleRanges(client, hooks.people_per_part ?? PEOPLE_PER_PART)
    const run = sqlOn(client)
    const records = await readUnitRecords(run, { operation_id, on_date, recorded_in })
    const unitSums = givesToUnits(trial) ? new UnitSums(window.from, window.on) : undefined
    // One is filled while the other is compared.
    let [filled, free] = [new SpanColumns(), new SpanColumns()]
    const read = async (part: { first: number; last: number }) => {
      const spans = free.clear()
      free = filled
      filled = spans
      const duty = { ...part, operation_id, on_date, recorded_in }
      const all = await readPeople(client, { ...part, operation_id, recorded_in }, on_date)
      const here = all.filter((one) => trial.counted.has(one.home_unit_id))
      const people = withRecorded(here, await listCountingFacts(run, part, duty), records)
      return { people, spans: people.length === 0 ? spans : await readSpans(client, duty, toLocal, spans) }
    }
    let reading = parts[0] ? read(parts[0]) : undefined
    try {
      for (let index = 0; reading; index++) {
        const { people, spans } = await reading
        const next = parts[index + 1]
        reading = next ? read(next) : undefined
        // Should it fail, its await in the next round meets the failure.
        reading?.catch(() => undefined)
        const ordered = byArea(people, { operation, programs: trial.after }, units)
        const joined = factBatch(ordered, spans, posts, units)
        unitSums?.add(joined.people, joined.batch)
        await comparePeople(trial, joined, units, sums)
        if (!(await hooks.progress(index + 1, parts.length, 'evaluating'))) return false
      }
      if (unitSums) {
        const counted = unitsToEvaluate(units, (unitId) => trial.counted.has(unitId), records, unitSums)
        await compareUnits(trial, counted, sums)
      }
      return true
    } finally {
      // The connection is not given back while something is still being read on it.
      await Promise.allSettled([reading])
    }
  })
}

function programsOf(trial: Trial, area: number): AreaPrograms {
  const after = trial.after.get(area)
  const before = trial.before.get(area) ?? trial.before.get(trial.operation.area_unit_id) ?? after
  if (!after || !before) throw new Error(`no program for area ${area}`)
  return { before, after }
}

/** People of one area stand side by side; each slice is compared by both of its programs. */
async function comparePeople(
  trial: Trial,
  { people, batch }: ReturnType<typeof factBatch>,
  units: ReadonlyMap<number, UnitFacts>,
  sums: TrialSums,
): Promise<void> {
  const areas = { operation: trial.operation, programs: trial.after }
  let first = 0
  while (first < people.length) {
    const area = areaOf(people[first], areas, units)
    const most = Math.min(people.length, first + PEOPLE_AT_ONCE)
    let end = first + 1
    while (end < most && areaOf(people[end], areas, units) === area) end += 1
    sums.addPeople(area, programsOf(trial, area), sliceOf(batch, first, end))
    await breathe()
    first = end
  }
}

function givesToUnits({ before, after }: Trial): boolean {
  return [...before.values(), ...after.values()].some(({ unit_entitlements }) => unit_entitlements.length > 0)
}

/** Units below the place, after the people: what is given to units may rest on sums of their duty. */
async function compareUnits(trial: Trial, units: ReturnType<typeof unitsToEvaluate>, sums: TrialSums): Promise<void> {
  const byArea = new Map<number, PersonFacts[]>()
  for (const { county_unit_id: county, ...unit } of units) {
    const area = county !== null && trial.after.has(county) ? county : trial.operation.area_unit_id
    const row = unitRow(unit)
    const known = byArea.get(area)
    if (known) known.push(row)
    else byArea.set(area, [row])
  }
  for (const [area, rows] of byArea) {
    for (let first = 0; first < rows.length; first += PEOPLE_AT_ONCE) {
      sums.addUnits(area, programsOf(trial, area), batchOf(rows.slice(first, first + PEOPLE_AT_ONCE)))
      await breathe()
    }
  }
}
