import { sql } from 'kysely'
import type { z } from 'zod'
import { misfitOf } from '#engines/policy/decisions.ts'
import { formatAmount } from '#engines/policy/format-amount.ts'
import type { DecisionPoint, Stack } from '#engines/policy/pack.ts'
import type { Label } from '#engines/policy/vocabulary.ts'
import { dayOf } from '#engines/values/time.ts'
import { type Actor, reaches, scopeOf } from '#platform/access/actor.ts'
import { recordAudit } from '#platform/audit/record.ts'
import type { Tx } from '#platform/db/database.ts'
import { httpProblems, Refusal, refuse } from '#platform/http/problem.ts'
import { settle } from '#platform/worklist/items.ts'
import { findOperation, type OperationFacts } from '#records/operations/server/reads.ts'
import { listUnitNames } from '#records/org/server/reads.ts'
import { type DecisionValue, type listOpenDecisions, policyProblems, type recordDecision } from '../contract.ts'
import { listStoredDecisions, type StoredDecision } from './decisions-store.ts'
import { findCurrentEvaluation } from './evaluations.ts'
import { stacksFor } from './packs.ts'
import { presentDecisionPoint } from './present-pack.ts'
import { DECISION_ITEM, decisionSubject } from './worklist.ts'

const SCOPE_WORDS = {
  person: { zh: '个人', en: 'person' },
  unit: { zh: '单位', en: 'unit' },
  area: { zh: '地区', en: 'area' },
  operation: { zh: '整个响应', en: 'whole response' },
} as const satisfies Record<DecisionPoint['scope'], Label>

/** A decision point of the packs in force, with a stack that has it. */
async function findPoint(
  tx: Tx,
  operation: OperationFacts,
  code: string,
): Promise<{ point: DecisionPoint; stack: Stack } | undefined> {
  for (const { stack } of (await stacksFor(tx, operation)).values()) {
    const point = stack.decision_points.get(code)
    if (point) return { point, stack }
  }
  return undefined
}

type Body = z.output<typeof recordDecision.input.body>

/**
 * Records a decision. The point's own scope says about whom one may be taken, its range what may be decided; nobody decides
 * about themselves. The worklist items that it answers are settled in the same transaction.
 */
export async function decide(
  tx: Tx,
  actor: Actor,
  operationId: number,
  body: Body,
  at: Date,
): Promise<{ decision_id: number; settled_item_count: number } | Refusal> {
  const operation = await findOperation(tx, operationId)
  if (!operation) return refuse(httpProblems.not_found)
  const found = await findPoint(tx, operation, body.point)
  if (!found) return refuse(policyProblems.unknown_point, { point: body.point })
  const unitId = await placeOf(tx, actor, operation, found.point, body)
  if (unitId instanceof Refusal) return unitId
  const misfit = misfitOf(found.stack, {
    point: body.point,
    about: { kind: 'operation' },
    decided: body.value,
    from: dayOf(body.from_on),
    to: body.to_on === null ? null : dayOf(body.to_on),
    decided_on: dayOf(body.from_on),
    ref: '',
  })
  if (misfit) return refuse(policyProblems.outside_range, { allowed: misfit.message.zh, allowed_en: misfit.message.en })
  const { decision_id } = await tx
    .insertInto('decisions')
    .values({
      operation_id: operationId,
      unit_id: unitId,
      point: body.point,
      subject_kind: body.subject.kind,
      subject_id: body.subject.id,
      value: JSON.stringify(body.value),
      from_on: body.from_on,
      to_on: body.to_on,
      reason: body.reason,
      decided_by_user_id: actor.user_id,
      decided_at: at,
    })
    .returning('decision_id')
    .executeTakeFirstOrThrow()
  const settled = await settleItems(tx, operation, body, decision_id)
  await recordAudit(tx, {
    action: 'policies.decide',
    subject_kind: 'decision',
    subject_id: decision_id,
    unit_id: unitId,
    operation_id: operationId,
    facts: { point: body.point, subject: body.subject, value: body.value, from_on: body.from_on, to_on: body.to_on },
  })
  return { decision_id, settled_item_count: settled }
}

/** The unit in whose scope the decision stands, or why this actor cannot take it about this subject. */
async function placeOf(
  tx: Tx,
  actor: Actor,
  operation: OperationFacts,
  point: DecisionPoint,
  { subject }: Body,
): Promise<number | Refusal> {
  if (subject.kind !== point.scope) {
    const scope = SCOPE_WORDS[point.scope]
    return refuse(policyProblems.wrong_subject, { scope: scope.zh, scope_en: scope.en })
  }
  const reach = scopeOf(actor, 'worklist.decide')
  const within = (unitId: number) => (reaches(reach, unitId) ? unitId : refuse(httpProblems.not_found))
  if (subject.kind === 'operation') {
    return subject.id === operation.operation_id ? within(operation.area_unit_id) : refuse(httpProblems.not_found)
  }
  if (subject.kind !== 'person') {
    const unit = await tx
      .selectFrom('units')
      .select(['unit_id', 'division_code'])
      .where('unit_id', '=', subject.id)
      .executeTakeFirst()
    if (!unit || (subject.kind === 'area' && unit.division_code === null)) return refuse(httpProblems.not_found)
    return within(unit.unit_id)
  }
  if (subject.id === actor.person_id) return refuse(policyProblems.own_decision)
  const person = await tx
    .selectFrom('people')
    .select('home_unit_id')
    .where('person_id', '=', subject.id)
    .executeTakeFirst()
  return person ? within(person.home_unit_id) : refuse(httpProblems.not_found)
}

/** Items that wait for nobody any more: an area's decision answers for every county at or below it, a unit's for itself. */
async function settleItems(tx: Tx, operation: OperationFacts, body: Body, decisionId: number): Promise<number> {
  // Others of the county may still wait: the next evaluation settles what is open no longer.
  if (body.subject.kind === 'person') return 0
  const rows =
    body.subject.kind === 'unit' ? await itemsOfUnit(tx, operation, body) : await itemsBelow(tx, operation, body)
  for (const { subject_id } of rows) {
    await settle(tx, {
      operation_id: operation.operation_id,
      kind: DECISION_ITEM,
      subject_kind: 'decision_point',
      subject_id,
      outcome: { decision_id: decisionId },
    })
  }
  return rows.length
}

async function itemsBelow(tx: Tx, operation: OperationFacts, body: Body): Promise<readonly { subject_id: string }[]> {
  const root = body.subject.kind === 'operation' ? operation.area_unit_id : body.subject.id
  const { rows } = await sql<{ subject_id: string }>`
    select subject_id
    from worklist_items
    where operation_id = ${operation.operation_id}
      and kind = ${DECISION_ITEM}
      and settled_at is null
      and facts ->> 'point' = ${body.point}
      and unit_id in (select unit_id from unit_ancestors where ancestor_id = ${root})`.execute(tx)
  return rows
}

/** Items for which units wait and no people, and of whose units none is left without a decision; this one is stored already. */
async function itemsOfUnit(tx: Tx, operation: OperationFacts, body: Body): Promise<readonly { subject_id: string }[]> {
  const { rows } = await sql<{ subject_id: string }>`
    select item.subject_id
    from worklist_items item
    where item.operation_id = ${operation.operation_id}
      and item.kind = ${DECISION_ITEM}
      and item.settled_at is null
      and item.facts ->> 'point' = ${body.point}
      and item.facts -> 'unit_ids' @> to_jsonb(${body.subject.id}::int)
      and not exists (
        select from jsonb_array_elements_text(item.facts -> 'unit_ids') as waiting (unit_id)
        where not exists (
          select from decisions
          where decisions.operation_id = item.operation_id
            and decisions.point = ${body.point}
            and decisions.subject_kind = 'unit'
            and decisions.subject_id = waiting.unit_id::int
        )
      )`.execute(tx)
  return rows
}

/** What a decision says, for reading. */
export function valueWords(value: DecisionValue, point: DecisionPoint | undefined): Label {
  if (value.kind === 'amount') {
    const unit = point?.range.kind === 'amount' ? point.range.unit : 'count'
    return formatAmount(unit, value.amount)
  }
  if (value.kind === 'words') return { zh: value.words, en: value.words }
  const choice = point?.range.kind === 'choices' ? point.range.choices.get(value.choice) : undefined
  return choice?.title ?? { zh: value.choice, en: value.choice }
}

export async function presentDecisions(
  tx: Tx,
  operation: OperationFacts,
  filter: { readonly point?: string; readonly after?: string; readonly limit: number },
) {
  const stored = await listStoredDecisions(tx, operation.operation_id, {
    ...(filter.point === undefined ? {} : { point: filter.point }),
    ...(filter.after === undefined ? {} : { before: Number(filter.after) || 0 }),
    limit: filter.limit + 1,
  })
  const page = stored.slice(0, filter.limit)
  const points = new Map<string, DecisionPoint>()
  for (const { stack } of (await stacksFor(tx, operation)).values()) {
    for (const [code, point] of stack.decision_points) points.set(code, point)
  }
  const names = await subjectNames(tx, operation, page)
  const latest = await latestDecisions(tx, operation.operation_id)
  const last = page.at(-1)
  return {
    decisions: page.map((decision) => {
      const point = points.get(decision.point)
      const key = subjectKey(decision)
      return {
        decision_id: decision.decision_id,
        point: decision.point,
        question: point?.question ?? { zh: decision.point, en: decision.point },
        clause: point?.clause ?? '',
        subject: { kind: decision.subject_kind, id: decision.subject_id, name: names.subjects.get(key) ?? '' },
        value: decision.value,
        value_text: valueWords(decision.value, point),
        from_on: decision.from_on,
        to_on: decision.to_on,
        reason: decision.reason,
        decided_by: names.users.get(decision.decided_by_user_id) ?? '',
        decided_at: decision.decided_at,
        holds: latest.get(`${decision.point} ${key}`) === decision.decision_id,
      }
    }),
    next: stored.length > filter.limit && last ? String(last.decision_id) : null,
  }
}

function subjectKey(decision: Pick<StoredDecision, 'subject_kind' | 'subject_id'>): string {
  return `${decision.subject_kind} ${decision.subject_id}`
}

async function latestDecisions(tx: Tx, operationId: number): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ point: string; subject_kind: string; subject_id: number; decision_id: number }>`
    select point, subject_kind, subject_id, max(decision_id) as decision_id
    from decisions
    where operation_id = ${operationId}
    group by point, subject_kind, subject_id`.execute(tx)
  return new Map(rows.map((row) => [`${row.point} ${row.subject_kind} ${row.subject_id}`, row.decision_id]))
}

/** Names of those decided about; a person outside the reader's scope stays without one. */
async function subjectNames(tx: Tx, operation: OperationFacts, decisions: readonly StoredDecision[]) {
  const ids = (kinds: readonly StoredDecision['subject_kind'][]) => [
    0,
    ...decisions.filter(({ subject_kind }) => kinds.includes(subject_kind)).map(({ subject_id }) => subject_id),
  ]
  const units = await tx
    .selectFrom('units')
    .select(['unit_id', 'name'])
    .where('unit_id', 'in', ids(['area', 'unit']))
    .execute()
  const people = await tx
    .selectFrom('people')
    .select(['person_id', 'name'])
    .where('person_id', 'in', ids(['person']))
    .execute()
  const subjects = new Map<string, string>([[`operation ${operation.operation_id}`, operation.name]])
  for (const { unit_id, name } of units) {
    subjects.set(`area ${unit_id}`, name)
    subjects.set(`unit ${unit_id}`, name)
  }
  for (const { person_id, name } of people) subjects.set(`person ${person_id}`, name)
  const users = await tx
    .selectFrom('user_names')
    .select(['user_id', 'display_name'])
    .where('user_id', 'in', [0, ...decisions.map(({ decided_by_user_id }) => decided_by_user_id)])
    .execute()
  return { subjects, users: new Map(users.map(({ user_id, display_name }) => [user_id, display_name])) }
}

interface WaitingRow {
  readonly decision_point: string
  readonly area_unit_id: number
  readonly unit_id: number
  readonly entitlement: string
  readonly people_count: number
  readonly unit_count: number
  readonly open_days: number
}

/** What waits for decisions: people by their unit, and units themselves. */
async function readWaiting(tx: Tx, evaluationId: number, operation: OperationFacts): Promise<readonly WaitingRow[]> {
  const { rows } = await sql<WaitingRow>`
    select decision_point, coalesce(county_unit_id, ${operation.area_unit_id}) as area_unit_id, home_unit_id as unit_id, entitlement,
      sum(people_count)::int as people_count, 0 as unit_count, sum(open_days)::int as open_days
    from entitlement_totals
    where evaluation_id = ${evaluationId}
      and decision_point <> ''
      and state in ('needs_decision', 'missing_fact')
    group by 1, 2, 3, 4
    union all
    select decision_point, coalesce(county_unit_id, ${operation.area_unit_id}), unit_id, entitlement, 0, 1, 0
    from unit_results
    where evaluation_id = ${evaluationId}
      and decision_point is not null
      and state in ('needs_decision', 'missing_fact')`.execute(tx)
  return rows
}

interface WaitingSum {
  readonly point: DecisionPoint
  readonly area_unit_id: number
  readonly subject_id: number
  /** By entitlement: one person may wait with several. */
  readonly people: Map<string, number>
  readonly units: Set<number>
  open_days: number
}

/** Of a point about a unit every unit that waits, of any other its counties. */
function sumWaiting(
  rows: readonly WaitingRow[],
  pointOf: (code: string, areaUnitId: number) => DecisionPoint | undefined,
): readonly WaitingSum[] {
  const sums = new Map<string, WaitingSum>()
  for (const row of rows) {
    const point = pointOf(row.decision_point, row.area_unit_id)
    if (!point) continue
    const subject_id = point.scope === 'unit' ? row.unit_id : row.area_unit_id
    const key = `${point.code}:${subject_id}`
    const { area_unit_id } = row
    const sum = sums.get(key) ?? { point, area_unit_id, subject_id, people: new Map(), units: new Set(), open_days: 0 }
    sum.people.set(row.entitlement, (sum.people.get(row.entitlement) ?? 0) + row.people_count)
    if (row.unit_count > 0) sum.units.add(row.unit_id)
    sum.open_days += row.open_days
    sums.set(key, sum)
  }
  return [...sums.values()]
}

/**
 * The decision points that keep people or units waiting in the current evaluation, most first: per county, or per unit where the
 * decision is about a unit. What is decided person by person stands there with the county too: the people are found in its statement.
 */
export async function listOpen(
  tx: Tx,
  operation: OperationFacts,
  query: z.output<typeof listOpenDecisions.input.query>,
  now: Date,
): Promise<z.input<typeof listOpenDecisions.output>> {
  const evaluation = await findCurrentEvaluation(tx, operation.operation_id)
  if (!evaluation) return { open: [], next: null }
  const offset = Number(query.after ?? '0') || 0
  const stacks = await stacksFor(tx, operation)
  const stackFor = (areaUnitId: number) => (stacks.get(areaUnitId) ?? stacks.get(operation.area_unit_id))?.stack
  const rows = await readWaiting(tx, evaluation.evaluation_id, operation)
  const most = ({ people, units }: WaitingSum) => Math.max(units.size, ...people.values())
  const all = sumWaiting(rows, (code, areaUnitId) => stackFor(areaUnitId)?.decision_points.get(code)).toSorted(
    (left, right) =>
      most(right) - most(left) ||
      left.subject_id - right.subject_id ||
      left.point.code.localeCompare(right.point.code, 'en'),
  )
  const sums = all.slice(offset, offset + query.limit)
  const items = await openItems(tx, operation.operation_id)
  const names = await listUnitNames(
    tx,
    sums.map(({ subject_id }) => subject_id),
  )
  const open = sums.flatMap(({ point, area_unit_id, subject_id, people, units, open_days }) => {
    const stack = stackFor(area_unit_id)
    if (!stack) return []
    const item = items.get(decisionSubject(point.code, area_unit_id))
    const waiting_ms = item ? now.getTime() - item.raised_at.getTime() : 0
    return [
      {
        ...presentDecisionPoint(point, stack),
        subject:
          point.scope === 'operation'
            ? { kind: 'operation' as const, id: operation.operation_id, name: operation.name }
            : {
                kind: point.scope === 'unit' ? ('unit' as const) : ('area' as const),
                id: subject_id,
                name: names.get(subject_id) ?? '',
              },
        people_count: Math.max(0, ...people.values()),
        unit_count: units.size,
        open_days,
        waiting_since: item?.raised_at ?? null,
        waiting_days: Math.max(0, Math.floor(waiting_ms / 86_400_000)),
        due_at: item?.due_at ?? null,
        item_id: item?.item_id ?? null,
      },
    ]
  })
  return { open, next: offset + query.limit < all.length ? String(offset + query.limit) : null }
}

async function openItems(tx: Tx, operationId: number) {
  const rows = await tx
    .selectFrom('worklist_items')
    .select(['item_id', 'subject_id', 'raised_at', 'due_at'])
    .where('operation_id', '=', operationId)
    .where('kind', '=', DECISION_ITEM)
    .where('settled_at', 'is', null)
    .execute()
  return new Map(rows.map((row) => [row.subject_id, row]))
}
