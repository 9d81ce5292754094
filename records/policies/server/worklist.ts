import { sql } from 'kysely'
import type { CompiledProgram } from '#engines/policy/compile.ts'
import type { DecisionPoint } from '#engines/policy/pack.ts'
import type { Role } from '#platform/access/permissions.ts'
import type { Tx } from '#platform/db/database.ts'
import { raise, settle, type WorklistItem } from '#platform/worklist/items.ts'
import { sumLess } from './differences.ts'
import type { FinishedEvaluation } from './evaluate.ts'

/** What an evaluation asks of people. Each kind has one open item per subject; what is no longer open settles by itself. */
export const DECISION_ITEM = 'policies.decision'
export const MISSING_ITEM = 'policies.missing_fact'
export const LESS_ITEM = 'policies.less_than_before'

/** A decision point × the area that waits for it. */
export function decisionSubject(point: string, areaUnitId: number): string {
  return `${point}:${areaUnitId}`
}

const OFFICE_ROLES: readonly (readonly [RegExp, Role])[] = [
  [/财政|财务/, 'finance_clerk'],
  [/组织/, 'organisation_clerk'],
  [/人社|人力|卫生|民政|企业|单位/, 'hr_clerk'],
]

/** Which clerk finds a decision in the worklist: by the first office that the pack names. */
export function roleFor({ decided_by }: Pick<DecisionPoint, 'decided_by'>): Role {
  for (const office of decided_by) {
    const found = OFFICE_ROLES.find(([pattern]) => pattern.test(office))
    if (found) return found[1]
  }
  return 'command'
}

interface Sum {
  readonly unit_id: number
  readonly code: string
  readonly clause: string
  /** By entitlement: one person may wait with several. */
  readonly people: Map<string, number>
  readonly units: Set<number>
  open_days: number
}

function addTo(
  sums: Map<string, Sum>,
  unit_id: number,
  code: string,
  total: { clause: string; entitlement: string; people: number; open_days: number },
): void {
  const key = `${code}:${unit_id}`
  const sum = sums.get(key) ?? newSum(unit_id, code, total.clause)
  sum.people.set(total.entitlement, (sum.people.get(total.entitlement) ?? 0) + total.people)
  sum.open_days += total.open_days
  sums.set(key, sum)
}

function newSum(unit_id: number, code: string, clause: string): Sum {
  return { unit_id, code, clause, people: new Map(), units: new Set(), open_days: 0 }
}

/** What is a unit's waits beside what is its people's: for a decision of its county, or for a fact of the unit itself. */
function addUnits(
  { units, operation }: FinishedEvaluation,
  decisions: Map<string, Sum>,
  missing: Map<string, Sum>,
): void {
  for (const { facts, county_unit_id, results } of units) {
    const area = county_unit_id ?? operation.area_unit_id
    for (const result of results) {
      if (result.state !== 'needs_decision' && result.state !== 'missing_fact') continue
      const total = { ...result, people: 0, open_days: 0 }
      if (result.decision_point !== null) {
        addTo(decisions, area, result.decision_point, total)
        decisions.get(`${result.decision_point}:${area}`)?.units.add(facts.unit)
      }
      if (result.missing !== null) {
        addTo(missing, facts.unit, result.missing, total)
        missing.get(`${result.missing}:${facts.unit}`)?.units.add(facts.unit)
      }
    }
  }
}

/** An item names the units that wait for it, up to so many. */
const UNITS_NAMED_MAX = 200

const mostPeople = ({ people }: Sum) => Math.max(0, ...people.values())

/** Raises what the evaluation left open: decisions per county, missing facts per unit, and sums that are less than before. */
export async function raiseOpenItems(tx: Tx, evaluation: FinishedEvaluation, now: Date): Promise<void> {
  const { operation, totals, programs } = evaluation
  const decisions = new Map<string, Sum>()
  const missing = new Map<string, Sum>()
  for (const total of totals.waiting()) {
    const area = total.unit.county_unit_id ?? operation.area_unit_id
    if (total.decision_point !== '') addTo(decisions, area, total.decision_point, total)
    if (total.missing !== '') addTo(missing, total.unit.unit_id, total.missing, total)
  }
  addUnits(evaluation, decisions, missing)
  const base = { operation_id: operation.operation_id, raised_at: now, due_at: null }
  const items: WorklistItem[] = [
    ...[...decisions.values()].map((sum) => ({
      ...base,
      unit_id: sum.unit_id,
      role: roleFor(pointOf(programs, sum.code)),
      kind: DECISION_ITEM,
      subject_kind: 'decision_point',
      subject_id: decisionSubject(sum.code, sum.unit_id),
      clause: pointOf(programs, sum.code).clause,
      facts: {
        ...{ point: sum.code, people_count: mostPeople(sum), unit_count: sum.units.size, open_days: sum.open_days },
        // Where only units wait, a decision about the last of them settles the item at once.
        ...(mostPeople(sum) === 0 && sum.units.size <= UNITS_NAMED_MAX ? { unit_ids: [...sum.units] } : {}),
      },
    })),
    ...[...missing.values()].map((sum) => ({
      ...base,
      unit_id: sum.unit_id,
      role: 'unit_manager' as const,
      kind: MISSING_ITEM,
      subject_kind: 'missing_fact',
      subject_id: `${sum.code}:${sum.unit_id}`,
      clause: sum.clause,
      facts: { missing: sum.code, people_count: mostPeople(sum), unit_count: sum.units.size, open_days: sum.open_days },
    })),
    ...(await lessThanBefore(tx, evaluation, now)),
  ]
  await settleClosed(tx, operation.operation_id, items)
  for (let first = 0; first < items.length; first += 500) await raise(tx, ...items.slice(first, first + 500))
}

function pointOf(programs: readonly CompiledProgram[], code: string): DecisionPoint {
  for (const { stack } of programs) {
    const point = stack.decision_points.get(code)
    if (point) return point
  }
  throw new Error(`an evaluation waits for the unknown decision point ${code}`)
}

/** Less than was stated before is never taken back by itself: somebody decides, per county and entitlement. */
async function lessThanBefore(tx: Tx, evaluation: FinishedEvaluation, now: Date): Promise<WorklistItem[]> {
  const { operation, previous_id, evaluation_id } = evaluation
  if (previous_id === undefined) return []
  const rows = await sumLess(tx, previous_id, evaluation_id)
  return rows.map(({ county_unit_id, entitlement, clause, people_count, difference_fen, difference_quantity }) => {
    const unit_id = county_unit_id ?? operation.area_unit_id
    return {
      operation_id: operation.operation_id,
      unit_id,
      role: 'finance_clerk',
      kind: LESS_ITEM,
      subject_kind: 'difference',
      subject_id: `${entitlement}:${unit_id}:${evaluation_id}`,
      clause,
      facts: { entitlement, people_count, difference_fen, difference_quantity, evaluation_id, against: previous_id },
      raised_at: now,
      due_at: null,
    }
  })
}

/** Items of earlier evaluations that this one no longer leaves open. Sums that fell stay until somebody decides. */
async function settleClosed(tx: Tx, operationId: number, items: readonly WorklistItem[]): Promise<void> {
  const open = new Set(items.map(({ kind, subject_id }) => `${kind} ${subject_id}`))
  const { rows } = await sql<{ kind: string; subject_kind: string; subject_id: string }>`
    select kind, subject_kind, subject_id
    from worklist_items
    where operation_id = ${operationId}
      and kind in (${DECISION_ITEM}, ${MISSING_ITEM})
      and settled_at is null`.execute(tx)
  for (const row of rows) {
    if (open.has(`${row.kind} ${row.subject_id}`)) continue
    await settle(tx, { ...row, operation_id: operationId, outcome: { no_longer_open: true } })
  }
}
