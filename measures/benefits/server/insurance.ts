import { sql } from 'kysely'
import type { z } from 'zod'
import type { State } from '#engines/policy/results.ts'
import { EMPLOYMENTS, type Employment, isWord } from '#engines/policy/vocabulary.ts'
import type { Tx } from '#platform/db/database.ts'
import { Refusal } from '#platform/http/problem.ts'
import { entitlementHeads } from '#records/policies/server/reads.ts'
import type { INSURANCE_LISTS, listInsurance } from '../contract.ts'
import { evaluationFor } from './statements.ts'

type List = (typeof INSURANCE_LISTS)[number]

/** Which results stand on a list. Whoever holds no high-risk post is on none: nothing was decided about them. */
const STATES_OF = {
  undecided: ['needs_decision', 'missing_fact'],
  not_covered: ['not_covered'],
  covered: ['settled'],
} as const satisfies Record<List, readonly State[]>

export async function presentInsurance(
  tx: Tx,
  operationId: number,
  query: ListQuery,
): Promise<z.input<typeof listInsurance.output> | Refusal> {
  const evaluation = await evaluationFor(tx, operationId, undefined)
  if (evaluation instanceof Refusal) return evaluation
  const { evaluation_id } = evaluation
  const head = (await entitlementHeads(tx, evaluation_id)).find(({ gives }) => gives === 'right')
  if (!head) {
    return {
      evaluation,
      entitlement: null,
      counts: { undecided: 0, not_covered: 0, covered: 0 },
      people: [],
      next: null,
    }
  }
  const { entitlement } = head
  const people = await listOnList(tx, evaluation_id, entitlement, query)
  const page = people.slice(0, query.limit)
  const details = await readDetails(
    tx,
    evaluation_id,
    entitlement,
    page.map(({ person_id }) => person_id),
  )
  return {
    evaluation,
    entitlement: head,
    counts: await countLists(tx, evaluation_id, entitlement, query.unit_id),
    people: page.map((person) => {
      const detail = details.get(person.person_id)
      return {
        ...person,
        decision_point: detail?.decision_point ?? null,
        direct_days: detail?.direct_days ?? 0,
        last_on: detail?.last_on ?? null,
      }
    }),
    next: pageEnd(people, query.limit),
  }
}

interface ListedPerson {
  readonly person_id: number
  readonly name: string
  readonly employment: Employment
  readonly home_unit_id: number
  readonly home_unit_name: string
}

interface ListQuery {
  readonly unit_id: number
  readonly list: List
  readonly after?: string | undefined
  readonly limit: number
}

/**
 * One page of a list, unit by unit. The page is cut from the results alone before names are looked up: under row-level security the
 * planner expects few rows of each table and would otherwise join everybody first (0.26 s for 30,000 people).
 */
async function listOnList(
  tx: Tx,
  evaluationId: number,
  entitlement: string,
  query: ListQuery,
): Promise<ListedPerson[]> {
  const end = query.after === undefined ? null : /^(\d{1,10})\|(\d{1,10})$/.exec(query.after)
  const isDecided = query.list === 'undecided' ? sql`true` : sql`decision_point is not null`
  const { rows } = await sql<Omit<ListedPerson, 'employment'> & { employment: string }>`
    with page as materialized (
      select person_id, home_unit_id
      from entitlement_results
      where evaluation_id = ${evaluationId}
        and entitlement = ${entitlement}
        and state = any (${[...STATES_OF[query.list]]}::text[])
        and ${isDecided}
        and home_unit_id in (select unit_id from unit_ancestors where ancestor_id = ${query.unit_id})
        and ${end ? sql`(home_unit_id, person_id) > (${Number(end[1])}, ${Number(end[2])})` : sql`true`}
      order by home_unit_id, person_id
      limit ${query.limit + 1}
    )
    select page.person_id, people.name, people.employment, page.home_unit_id, units.name as home_unit_name
    from page
    join people on people.person_id = page.person_id
    join units on units.unit_id = page.home_unit_id
    order by page.home_unit_id, page.person_id`.execute(tx)
  return rows.map(({ employment, ...row }) => ({
    ...row,
    employment: isWord(EMPLOYMENTS, employment) ? employment : 'other',
  }))
}

function pageEnd(people: readonly ListedPerson[], limit: number): string | null {
  const last = people[limit - 1]
  return people.length > limit && last ? `${last.home_unit_id}|${last.person_id}` : null
}

async function countLists(tx: Tx, evaluationId: number, entitlement: string, unitId: number) {
  const { rows } = await sql<{ state: string; decided: boolean; people_count: number }>`
    select state, decision_point <> '' as decided, sum(people_count)::int as people_count
    from entitlement_totals
    where evaluation_id = ${evaluationId}
      and entitlement = ${entitlement}
      and home_unit_id in (select unit_id from unit_ancestors where ancestor_id = ${unitId})
    group by 1, 2`.execute(tx)
  const count = (list: List) =>
    rows
      .filter(({ state, decided }) => STATES_OF[list].some((one) => one === state) && (list === 'undecided' || decided))
      .reduce((sum, { people_count }) => sum + people_count, 0)
  return { undecided: count('undecided'), not_covered: count('not_covered'), covered: count('covered') }
}

async function readDetails(tx: Tx, evaluationId: number, entitlement: string, personIds: readonly number[]) {
  const { rows } = await sql<{
    person_id: number
    decision_point: string | null
    direct_days: number
    last_on: string | null
  }>`
    select result.person_id, result.decision_point,
      (count(distinct duty.starts_on) filter (where posts.exposure = 'direct'))::int as direct_days,
      max(duty.starts_on) as last_on
    from entitlement_results result
    join evaluations on evaluations.evaluation_id = result.evaluation_id
    left join duty_current duty
      on duty.person_id = result.person_id
      and duty.operation_id = evaluations.operation_id
      and duty.starts_on <= evaluations.on_date
    left join posts on posts.post_id = duty.post_id
    where result.evaluation_id = ${evaluationId}
      and result.entitlement = ${entitlement}
      and result.person_id = any (${[...personIds]}::int[])
    group by result.person_id, result.decision_point`.execute(tx)
  return new Map(rows.map((row) => [row.person_id, row]))
}
