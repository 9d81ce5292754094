import { sql } from 'kysely'
import type { z } from 'zod'
import { STATES, type State } from '#engines/policy/results.ts'
import { EMPLOYMENTS, type Employment, isWord, type Label } from '#engines/policy/vocabulary.ts'
import type { Tx } from '#platform/db/database.ts'
import { Refusal, refuse } from '#platform/http/problem.ts'
import { findCounty } from '#records/org/server/reads.ts'
import { policyProblems } from '#records/policies/contract.ts'
import {
  chooseEvaluation,
  decisionQuestions,
  type EntitlementHead,
  type EvaluationRow,
  entitlementHeads,
  missingWords,
} from '#records/policies/server/reads.ts'
import {
  benefitProblems,
  type listUnitPeople,
  type PersonStatement,
  type Result,
  type readUnitStatement,
  type Total,
} from '../contract.ts'
import { readResults, readUnitSums, unitTotalsOf } from './unit-amounts.ts'

/** The evaluation that a statement shows, or why there is none. */
export async function evaluationFor(
  tx: Tx,
  operationId: number,
  evaluationId: number | undefined,
): Promise<EvaluationRow | Refusal> {
  const found = await chooseEvaluation(tx, operationId, evaluationId)
  if (found) return found
  return refuse(evaluationId === undefined ? policyProblems.no_evaluation : policyProblems.unknown_evaluation)
}

// Sums -------------------------------------------------------------------------------------------------------------------

interface SumRow {
  readonly unit_id: number
  readonly entitlement: string
  readonly state: string
  readonly people_count: number
  readonly quantity: number
  readonly amount_fen: number | null
  readonly open_days: number
}

/** Sums of each of some units with everything below it. */
async function readSums(tx: Tx, evaluationId: number, unitIds: readonly number[]): Promise<readonly SumRow[]> {
  if (unitIds.length === 0) return []
  // Row-level security hides from the planner how many totals there are; left alone it looks up the units above each of them.
  const { rows } = await sql<SumRow>`
    with below as materialized (
      select ancestor_id, unit_id from unit_ancestors where ancestor_id = any (${[...unitIds]}::int[])
    )
    select below.ancestor_id as unit_id, entitlement, state, sum(people_count)::int as people_count,
      sum(quantity)::bigint as quantity, sum(amount_fen)::bigint as amount_fen, sum(open_days)::bigint as open_days
    from below
    join entitlement_totals on entitlement_totals.home_unit_id = below.unit_id
    where evaluation_id = ${evaluationId}
    group by below.ancestor_id, entitlement, state`.execute(tx)
  return rows
}

function totalsOf(rows: readonly SumRow[], heads: readonly EntitlementHead[]): z.output<typeof Total>[] {
  return heads.map(({ entitlement, gives }) => {
    const own = rows.filter((row) => row.entitlement === entitlement)
    const people = (state: State) => own.find((row) => row.state === state)?.people_count ?? 0
    const money = gives.startsWith('money')
    return {
      entitlement,
      people_settled: people('settled'),
      people_waiting_decision: people('needs_decision'),
      people_missing_fact: people('missing_fact'),
      people_not_covered: people('not_covered'),
      quantity: own.reduce((sum, row) => sum + row.quantity, 0),
      amount_fen: money ? own.reduce((sum, row) => sum + (row.amount_fen ?? 0), 0) : null,
      open_days: own.reduce((sum, row) => sum + row.open_days, 0),
    }
  })
}

/** Every person has one result per entitlement of their county, so the fullest entitlement counts the people. */
function peopleIn(rows: readonly SumRow[]): number {
  const counts = new Map<string, number>()
  for (const { entitlement, people_count } of rows)
    counts.set(entitlement, (counts.get(entitlement) ?? 0) + people_count)
  return Math.max(0, ...counts.values())
}

export async function presentUnit(
  tx: Tx,
  wanted: { readonly operation_id: number; readonly unit_id: number; readonly evaluation_id?: number | undefined },
  page: { readonly after?: string | undefined; readonly limit: number },
): Promise<z.input<typeof readUnitStatement.output> | Refusal> {
  const evaluation = await evaluationFor(tx, wanted.operation_id, wanted.evaluation_id)
  if (evaluation instanceof Refusal) return evaluation
  const unit = await tx
    .selectFrom('units')
    .select(['unit_id', 'name', 'kind'])
    .where('unit_id', '=', wanted.unit_id)
    .executeTakeFirstOrThrow()
  const { evaluation_id } = evaluation
  const heads = await entitlementHeads(tx, evaluation_id)
  const children = await listChildren(tx, evaluation_id, unit.unit_id, page)
  const shown = children.slice(0, page.limit)
  const sums = await readSums(tx, evaluation_id, [unit.unit_id, ...shown.map(({ unit_id }) => unit_id)])
  const of = (unitId: number) => sums.filter(({ unit_id }) => unit_id === unitId)
  const unitHeads = await entitlementHeads(tx, evaluation_id, 'units')
  const unitSums = await readUnitSums(tx, evaluation_id, [unit.unit_id, ...shown.map(({ unit_id }) => unit_id)])
  const ofUnits = (unitId: number) =>
    unitTotalsOf(
      unitSums.filter(({ unit_id }) => unit_id === unitId),
      unitHeads,
    )
  const results = await readResults(tx, evaluation_id, [unit.unit_id], await wordingOf(tx, evaluation_id))
  const { own } = await tx
    .selectFrom('evaluation_inputs')
    .select(sql<number>`count(*)::int`.as('own'))
    .where('evaluation_id', '=', evaluation_id)
    .where('home_unit_id', '=', unit.unit_id)
    .executeTakeFirstOrThrow()
  const last = shown.at(-1)
  return {
    unit,
    evaluation,
    people_count: peopleIn(of(unit.unit_id)),
    entitlements: [...heads],
    totals: totalsOf(of(unit.unit_id), heads),
    unit_entitlements: [...unitHeads],
    unit_totals: ofUnits(unit.unit_id),
    own_results: results.get(unit.unit_id) ?? [],
    own_people_count: own,
    children: shown.map((child) => ({
      ...child,
      people_count: peopleIn(of(child.unit_id)),
      totals: totalsOf(of(child.unit_id), heads),
      unit_totals: ofUnits(child.unit_id),
    })),
    next: children.length > page.limit && last ? String(last.unit_id) : null,
  }
}

/** Units directly below that have anybody, or an amount of their own, in the evaluation; in the order of their ids. */
async function listChildren(
  tx: Tx,
  evaluationId: number,
  unitId: number,
  page: { readonly after?: string | undefined; readonly limit: number },
) {
  const { rows } = await sql<{ unit_id: number; name: string; kind: string }>`
    select child.unit_id, child.name, child.kind
    from units child
    where child.parent_id = ${unitId}
      and child.unit_id > ${Number(page.after ?? '0') || 0}
      and exists (
        select from unit_ancestors below
        join entitlement_totals on entitlement_totals.home_unit_id = below.unit_id
        where below.ancestor_id = child.unit_id and evaluation_id = ${evaluationId}
        union all
        select from unit_ancestors below
        join unit_results using (unit_id)
        where below.ancestor_id = child.unit_id and evaluation_id = ${evaluationId} and state <> 'not_covered'
      )
    order by child.unit_id
    limit ${page.limit + 1}`.execute(tx)
  return rows
}

// People -----------------------------------------------------------------------------------------------------------------

export interface StatementPerson {
  readonly person_id: number
  readonly name: string
  readonly name_sort: string
  readonly employment: Employment
  readonly home_unit_id: number
  readonly home_unit_name: string
}

export interface PeopleFilter {
  readonly unit_id: number
  readonly entitlement?: string | undefined
  readonly states?: readonly State[] | undefined
  readonly after?: string | undefined
  readonly limit: number
}

/** In the order of the names as they are read aloud, then of ids; continued after `name|id`. */
export async function listStatementPeople(
  tx: Tx,
  evaluationId: number,
  filter: PeopleFilter,
): Promise<readonly StatementPerson[]> {
  const match = filter.after === undefined ? null : /^(.*)\|(\d{1,10})$/.exec(filter.after)
  const result = filter.entitlement === undefined ? sql`true` : resultExists(evaluationId, filter)
  const { rows } = await sql<Omit<StatementPerson, 'employment'> & { employment: string }>`
    select people.person_id, people.name, people.name_sort, people.employment,
      input.home_unit_id, units.name as home_unit_name
    from evaluation_inputs input
    join people on people.person_id = input.person_id
    join units on units.unit_id = input.home_unit_id
    where input.evaluation_id = ${evaluationId}
      and input.home_unit_id in (select unit_id from unit_ancestors where ancestor_id = ${filter.unit_id})
      and ${match ? sql`(people.name_sort, people.person_id) > (${match[1]}, ${Number(match[2])})` : sql`true`}
      and ${result}
    order by people.name_sort, people.person_id
    limit ${filter.limit + 1}`.execute(tx)
  return rows.map(({ employment, ...row }) => ({
    ...row,
    employment: isWord(EMPLOYMENTS, employment) ? employment : 'other',
  }))
}

function resultExists(evaluationId: number, { entitlement, states }: PeopleFilter) {
  return sql`exists (
    select from entitlement_results result
    where result.evaluation_id = ${evaluationId}
      and result.person_id = input.person_id
      and result.entitlement = ${entitlement}
      and ${states === undefined ? sql`true` : sql`result.state = any (${[...states]}::text[])`}
  )`
}

export function pageEnd(people: readonly StatementPerson[], limit: number): string | null {
  const last = people[limit - 1]
  return people.length > limit && last ? `${last.name_sort}|${last.person_id}` : null
}

/** Words that results need: questions of decision points, names of missing facts. */
export interface Wording {
  readonly questions: ReadonlyMap<string, Label>
  readonly missing: (name: string) => Label
}

export async function wordingOf(tx: Tx, evaluationId: number): Promise<Wording> {
  return { questions: await decisionQuestions(tx, evaluationId), missing: await missingWords(tx, evaluationId) }
}

export async function listResults(
  tx: Tx,
  evaluationId: number,
  personIds: readonly number[],
  wording: Wording,
): Promise<ReadonlyMap<number, z.output<typeof Result>[]>> {
  const rows = await tx
    .selectFrom('entitlement_results')
    .select(['person_id', 'entitlement', 'state', 'quantity', 'amount_fen', 'open_days', 'decision_point', 'missing'])
    .where('evaluation_id', '=', evaluationId)
    .where('person_id', 'in', [0, ...personIds])
    .orderBy('entitlement')
    .execute()
  const results = new Map<number, z.output<typeof Result>[]>()
  for (const { person_id, state, ...row } of rows) {
    const known = STATES.find((one) => one === state)
    if (!known) throw new Error(`a stored result has the state ${state}`)
    const list = results.get(person_id) ?? []
    list.push({
      ...row,
      state: known,
      decision_question: row.decision_point === null ? null : (wording.questions.get(row.decision_point) ?? null),
      missing_text: row.missing === null ? null : wording.missing(row.missing),
    })
    results.set(person_id, list)
  }
  return results
}

export async function presentPeople(
  tx: Tx,
  wanted: { readonly operation_id: number; readonly evaluation_id?: number | undefined },
  filter: PeopleFilter,
): Promise<z.input<typeof listUnitPeople.output> | Refusal> {
  const evaluation = await evaluationFor(tx, wanted.operation_id, wanted.evaluation_id)
  if (evaluation instanceof Refusal) return evaluation
  const { evaluation_id } = evaluation
  const people = await listStatementPeople(tx, evaluation_id, filter)
  const page = people.slice(0, filter.limit)
  const wording = await wordingOf(tx, evaluation_id)
  const results = await listResults(
    tx,
    evaluation_id,
    page.map(({ person_id }) => person_id),
    wording,
  )
  const unit = await tx
    .selectFrom('units')
    .select(['unit_id', 'name', 'kind'])
    .where('unit_id', '=', filter.unit_id)
    .executeTakeFirstOrThrow()
  return {
    unit,
    evaluation,
    entitlements: [...(await entitlementHeads(tx, evaluation_id))],
    people: page.map(({ name_sort, home_unit_id, ...person }) => ({
      ...person,
      results: results.get(person.person_id) ?? [],
    })),
    next: pageEnd(people, filter.limit),
  }
}

/** One person's statement, as far as the transaction's context may see it. */
export async function presentPerson(
  tx: Tx,
  wanted: { readonly operation_id: number; readonly person_id: number; readonly evaluation_id?: number | undefined },
): Promise<z.input<typeof PersonStatement> | Refusal> {
  const evaluation = await evaluationFor(tx, wanted.operation_id, wanted.evaluation_id)
  if (evaluation instanceof Refusal) return evaluation
  const { evaluation_id, on_date } = evaluation
  const person = await tx
    .selectFrom('evaluation_inputs as input')
    .innerJoin('people', 'people.person_id', 'input.person_id')
    .innerJoin('units', 'units.unit_id', 'input.home_unit_id')
    .innerJoin('evaluations', 'evaluations.evaluation_id', 'input.evaluation_id')
    .select([
      'people.person_id',
      'people.name',
      'people.employment',
      'input.home_unit_id',
      'units.name as home_unit_name',
    ])
    .select('evaluations.from_on')
    .where('input.evaluation_id', '=', evaluation_id)
    .where('input.person_id', '=', wanted.person_id)
    .executeTakeFirst()
  if (!person) return refuse(benefitProblems.unknown_person)
  const { from_on, employment, ...row } = person
  const results = await listResults(tx, evaluation_id, [person.person_id], await wordingOf(tx, evaluation_id))
  return {
    ...row,
    employment: isWord(EMPLOYMENTS, employment) ? employment : 'other',
    county_name: (await findCounty(tx, person.home_unit_id))?.name ?? null,
    evaluation,
    period: { from: from_on, to: on_date },
    entitlements: [...(await entitlementHeads(tx, evaluation_id))],
    results: results.get(person.person_id) ?? [],
  }
}
