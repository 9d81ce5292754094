import { sql } from 'kysely'
import type { z } from 'zod'
import type { Clause, Entitlement, Pack, Stack } from '#engines/policy/pack.ts'
import type { Label, Measure } from '#engines/policy/vocabulary.ts'
import { formatDay } from '#engines/values/time.ts'
import type { Tx } from '#platform/db/database.ts'
import { type Refusal, refuse } from '#platform/http/problem.ts'
import type { OperationFacts } from '#records/operations/server/reads.ts'
import {
  type ClauseStanding,
  type EntitlementStanding,
  policyProblems,
  type readClause,
  type readClauseBoard,
} from '../contract.ts'
import { countReached } from './count-reach.ts'
import { type EvaluationRow, findCurrentEvaluation } from './evaluations.ts'
import { type AreaStack, stacksFor } from './packs.ts'
import {
  parametersOf,
  presentClause,
  presentDecisionPoint,
  presentEntitlement,
  presentParameter,
  presentSource,
} from './present-pack.ts'
import { DECISION_ITEM } from './worklist.ts'
import { quantityUnitOf } from './write-results.ts'

/** How far a measure's room is; told by the house, since records know no measures. */
export interface RoomState {
  readonly state: 'working' | 'partly'
  /** What of it works today, plainly. */
  readonly parts: Label
}
export type Rooms = Readonly<Partial<Record<Measure, RoomState>>>

const NOT_BUILT: Label = { zh: '尚未建设，现在没有数据。', en: 'Not built yet; there are no figures.' }

/** The notice on the board: the lowest layer above the counties that has clauses. */
function noticeOf(stacks: ReadonlyMap<number, AreaStack>): { notice: Pack; stack: Stack } | undefined {
  for (const { stack } of stacks.values()) {
    const notice = stack.layers.findLast(({ level, clauses }) => level !== 'county' && clauses.size > 0)
    if (notice) return { notice, stack }
  }
  return undefined
}

/** Entitlements that a clause promises itself or carries out for a higher layer, in any county's stack. */
function entitlementsOf(clause: Clause, stacks: ReadonlyMap<number, AreaStack>): readonly Entitlement[] {
  const found = new Map<string, Entitlement>()
  for (const { stack } of stacks.values()) {
    for (const entitlement of stack.entitlements.values()) {
      const names = entitlement.pack === clause.pack && entitlement.clause === clause.number
      if (names || clause.carries.includes(entitlement.code)) found.set(entitlement.code, entitlement)
    }
  }
  return [...found.values()]
}

interface TotalRow {
  readonly entitlement: string
  readonly state: string
  readonly decision_point: string
  readonly people_count: number
  readonly quantity: number
  readonly amount_fen: number | null
  readonly open_days: number
}

/** Sums over people, and over units where an amount is theirs. */
async function readTotals(tx: Tx, evaluationId: number): Promise<readonly TotalRow[]> {
  const { rows } = await sql<TotalRow>`
    select entitlement, state, decision_point, sum(people_count)::int as people_count, sum(quantity)::bigint as quantity,
      sum(amount_fen)::bigint as amount_fen, sum(open_days)::bigint as open_days
    from entitlement_totals
    where evaluation_id = ${evaluationId}
    group by entitlement, state, decision_point
    union all
    select entitlement, state, coalesce(decision_point, ''), count(*)::int, sum(quantity)::bigint, sum(amount_fen)::bigint,
      sum(open_days)::bigint
    from unit_results
    where evaluation_id = ${evaluationId}
    group by 1, 2, 3`.execute(tx)
  return rows
}

function standingOf(entitlement: Entitlement, totals: readonly TotalRow[]): EntitlementStanding {
  const own = totals.filter((row) => row.entitlement === entitlement.code)
  const people = (state: string) =>
    own.filter((row) => row.state === state).reduce((sum, { people_count }) => sum + people_count, 0)
  const money = entitlement.gives.startsWith('money')
  return {
    entitlement: entitlement.code,
    title: entitlement.title,
    gives: entitlement.gives,
    quantity_unit: quantityUnitOf(entitlement.gives),
    beneficiary: entitlement.subject === 'unit' ? 'units' : 'people',
    people_settled: people('settled'),
    people_waiting_decision: people('needs_decision'),
    people_missing_fact: people('missing_fact'),
    people_not_covered: people('not_covered'),
    quantity: own.reduce((sum, row) => sum + row.quantity, 0),
    amount_fen: money ? own.reduce((sum, row) => sum + (row.amount_fen ?? 0), 0) : null,
    open_days: own.reduce((sum, row) => sum + row.open_days, 0),
  }
}

async function countUnitsReached(
  tx: Tx,
  evaluationId: number,
  lists: readonly (readonly string[])[],
): Promise<readonly number[]> {
  const { rows } = await sql<{ unit_id: number; entitlement: string }>`
    select distinct unit_id, entitlement
    from unit_results
    where evaluation_id = ${evaluationId} and quantity > 0`.execute(tx)
  return lists.map((codes) => {
    const wanted = new Set(codes)
    return new Set(rows.filter(({ entitlement }) => wanted.has(entitlement)).map(({ unit_id }) => unit_id)).size
  })
}

interface ItemCounts {
  readonly clause: string
  readonly waiting: number
  readonly late: number
  readonly decisions: number
}

async function countItems(tx: Tx, operationId: number, now: Date): Promise<readonly ItemCounts[]> {
  const { rows } = await sql<ItemCounts>`
    select coalesce(clause, '') as clause, count(*)::int as waiting,
      (count(*) filter (where due_at < ${now}))::int as late,
      (count(*) filter (where kind = ${DECISION_ITEM}))::int as decisions
    from worklist_items
    where operation_id = ${operationId} and settled_at is null
    group by 1`.execute(tx)
  return rows
}

interface Board {
  readonly stacks: ReadonlyMap<number, AreaStack>
  readonly totals: readonly TotalRow[]
  readonly items: readonly ItemCounts[]
  readonly evaluation: EvaluationRow | undefined
  readonly rooms: Rooms
}

type ClauseEntitlements = readonly [clause: Clause, entitlements: readonly Entitlement[]]

async function boardOf(tx: Tx, operation: OperationFacts, rooms: Rooms, now: Date): Promise<Board> {
  const evaluation = await findCurrentEvaluation(tx, operation.operation_id)
  return {
    stacks: await stacksFor(tx, operation),
    totals: evaluation ? await readTotals(tx, evaluation.evaluation_id) : [],
    items: await countItems(tx, operation.operation_id, now),
    evaluation,
    rooms,
  }
}

/** How the clauses stand, each with the entitlements that belong to it; the people of all of them are counted in one go. */
async function standings(tx: Tx, clauses: readonly ClauseEntitlements[], board: Board): Promise<ClauseStanding[]> {
  const codes = clauses.map(([, entitlements]) => entitlements.map(({ code }) => code))
  const evaluationId = board.evaluation?.evaluation_id
  const people = evaluationId === undefined ? [] : await countReached(tx, evaluationId, codes)
  const units = evaluationId === undefined ? [] : await countUnitsReached(tx, evaluationId, codes)
  return clauses.map(([clause, entitlements], index) =>
    standing(clause, entitlements, board, { people: people[index] ?? 0, units: units[index] ?? 0 }),
  )
}

function standing(
  clause: Clause,
  entitlements: readonly Entitlement[],
  board: Board,
  reached: { readonly people: number; readonly units: number },
): ClauseStanding {
  const numbers = new Set([clause.number, ...entitlements.map((entitlement) => entitlement.clause)])
  const items = board.items.filter((row) => numbers.has(row.clause))
  const sum = (count: keyof Omit<ItemCounts, 'clause'>) => items.reduce((total, row) => total + row[count], 0)
  const room = clause.measure === null ? undefined : board.rooms[clause.measure]
  return {
    ...presentClause(clause),
    measure_state: room?.state ?? 'not_built',
    parts: room?.parts ?? NOT_BUILT,
    people_reached: reached.people,
    units_reached: reached.units,
    entitlements: entitlements.map((entitlement) => standingOf(entitlement, board.totals)),
    open_decisions: sum('decisions'),
    waiting_items: sum('waiting'),
    late_items: sum('late'),
  }
}

export async function presentBoard(
  tx: Tx,
  operation: OperationFacts,
  rooms: Rooms,
  now: Date,
): Promise<z.input<typeof readClauseBoard.output>> {
  const board = await boardOf(tx, operation, rooms, now)
  const found = noticeOf(board.stacks)
  if (!found) return { notice: null, evaluation: board.evaluation ?? null, clauses: [] }
  const clauses = await standings(
    tx,
    [...found.notice.clauses.values()].map((clause) => [clause, entitlementsOf(clause, board.stacks)]),
    board,
  )
  const { id, title, published, hash } = found.notice
  return {
    notice: { code: id, title, published: formatDay(published), pack_hash: hash },
    evaluation: board.evaluation ?? null,
    clauses,
  }
}

/** One clause of the notice beside the rules and figures of a county's stack. */
export async function presentClausePage(
  tx: Tx,
  operation: OperationFacts,
  rooms: Rooms,
  wanted: { readonly number: string; readonly county_unit_id?: number },
  now: Date,
): Promise<z.input<typeof readClause.output> | Refusal> {
  const board = await boardOf(tx, operation, rooms, now)
  const notice = noticeOf(board.stacks)?.notice
  const clause = notice?.clauses.get(wanted.number)
  if (!clause) return refuse(policyProblems.no_packs)
  const county = pickCounty(board.stacks, operation.area_unit_id, wanted.county_unit_id)
  const stack = county?.area.stack
  if (!county || !stack) return refuse(policyProblems.no_packs)
  const entitlements = entitlementsOf(clause, board.stacks)
  const rules = entitlements.flatMap(({ code }) => stack.entitlements.get(code) ?? [])
  const read = new Set(rules.flatMap((rule) => [...parametersOf(rule, stack)]))
  const parameters = [...stack.parameters.values()].filter(
    (parameter) => read.has(parameter.code) || (parameter.pack === clause.pack && parameter.clause === clause.number),
  )
  const asked = new Set(rules.flatMap(({ who }) => who.map(({ decision }) => decision)))
  const points = [...stack.decision_points.values()].filter(
    (point) => asked.has(point.code) || (point.pack === clause.pack && point.clause === clause.number),
  )
  const cited = new Set([
    clause.source,
    ...rules.flatMap(({ source, who }) => [source, ...who.map(({ basis }) => basis)]),
    ...parameters.flatMap(({ values }) => values.map(({ source }) => source)),
    ...points.map(({ basis }) => basis),
  ])
  const [own] = await standings(tx, [[clause, entitlements]], board)
  if (!own) return refuse(policyProblems.no_packs)
  const name = county.unit_id === operation.area_unit_id ? undefined : await unitName(tx, county.unit_id)
  return {
    ...own,
    county_unit_id: name === undefined ? null : county.unit_id,
    county_name: name ?? null,
    rules: rules.map((rule) => presentEntitlement(rule, stack)),
    parameters: parameters.map((parameter) => presentParameter(parameter, stack)),
    decision_points: points.map((point) => presentDecisionPoint(point, stack)),
    sources: [...stack.sources.values()].filter(({ code }) => cited.has(code)).map(presentSource),
    counties: await listCounties(
      tx,
      board.evaluation,
      rules.map(({ code }) => code),
    ),
  }
}

/** The county asked for; else the first that has a layer of its own; else the operation's area. */
function pickCounty(stacks: ReadonlyMap<number, AreaStack>, areaUnitId: number, wanted: number | undefined) {
  if (wanted !== undefined) {
    const area = stacks.get(wanted)
    return area && { unit_id: wanted, area }
  }
  for (const [unit_id, area] of stacks) {
    if (area.stack.layers.at(-1)?.level === 'county') return { unit_id, area }
  }
  const area = stacks.get(areaUnitId)
  return area && { unit_id: areaUnitId, area }
}

async function unitName(tx: Tx, unitId: number): Promise<string | undefined> {
  return (await tx.selectFrom('units').select('name').where('unit_id', '=', unitId).executeTakeFirst())?.name
}

async function listCounties(tx: Tx, evaluation: EvaluationRow | undefined, codes: readonly string[]) {
  if (!evaluation || codes.length === 0) return []
  const { rows } = await sql<{
    county_unit_id: number
    county_name: string
    people_reached: number
    units_reached: number
    amount_fen: number
    units_amount_fen: number
    people_waiting: number
    units_waiting: number
  }>`
    select county_unit_id, units.name as county_name, coalesce(people_reached, 0) as people_reached, coalesce(amount_fen, 0)::bigint as amount_fen,
      coalesce(people_waiting, 0) as people_waiting,
      coalesce(units_reached, 0) as units_reached, coalesce(units_amount_fen, 0)::bigint as units_amount_fen,
      coalesce(units_waiting, 0) as units_waiting
    from (
      select county_unit_id,
        (sum(people_count) filter (where reached && ${[...codes]}::text[]))::int as people_reached,
        (sum(people_count) filter (where waiting && ${[...codes]}::text[]))::int as people_waiting
      from entitlement_reach
      where evaluation_id = ${evaluation.evaluation_id}
      group by county_unit_id
    ) people
    full join (
      select county_unit_id, sum(amount_fen) as amount_fen
      from entitlement_totals
      where evaluation_id = ${evaluation.evaluation_id} and entitlement = any (${[...codes]}::text[])
      group by county_unit_id
    ) sums using (county_unit_id)
    full join (
      select county_unit_id,
        (count(distinct unit_id) filter (where quantity > 0))::int as units_reached,
        sum(amount_fen) as units_amount_fen,
        (count(distinct unit_id) filter (where state in ('needs_decision', 'missing_fact')))::int as units_waiting
      from unit_results
      where evaluation_id = ${evaluation.evaluation_id} and entitlement = any (${[...codes]}::text[])
        and state <> 'not_covered'
      group by county_unit_id
    ) of_units using (county_unit_id)
    join units on units.unit_id = county_unit_id
    order by units.division_code`.execute(tx)
  return rows
}
