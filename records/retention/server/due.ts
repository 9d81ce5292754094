import { type RawBuilder, sql } from 'kysely'
import { civilDate } from '#platform/calendar/zone.ts'
import type { Tx } from '#platform/db/database.ts'
import type { OperationFacts } from '#records/operations/server/reads.ts'
import type { RetentionClass } from '../contract.ts'
import type { Term } from './terms.ts'

/** Somebody whose facts have outlived their term. */
export interface DuePerson {
  readonly person_id: number
  readonly name: string
  readonly unit_id: number
  readonly unit_name: string
  readonly due_on: string
  readonly term_days: number
  readonly pack_hash: string
  readonly proposal_id: string | null
  readonly proposal_reason: string | null
  readonly proposed_by_user_id: number | null
  readonly proposer_name: string | null
  readonly proposed_at: Date | null
}

/** Which facts of a class the operation has left behind. What was decided about them, either way, is not asked again. */
const HELD: Readonly<Record<RetentionClass, (operation: OperationFacts) => RawBuilder<unknown>>> = {
  health_flags: ({ operation_id, ended_on }) => sql`exists (
    select from health_flags
    where health_flags.person_id = people.person_id
      and health_flags.from_on <= ${ended_on}::date
      and not exists (
        select from erasures
        where erasures.person_id = people.person_id
          and erasures.class = 'health_flags'
          and (erasures.operation_id = ${operation_id} or erasures.outcome = 'erased')
          and erasures.decided_at >= health_flags.confirmed_at
      )
  )`,
  volunteer_identifiers: ({ operation_id }) => sql`(
    people.employment = 'volunteer'
    and (people.id_number is not null or people.phone is not null)
    and exists (
      select from duty_entries
      where duty_entries.person_id = people.person_id and duty_entries.operation_id = ${operation_id}
    )
    and not exists (
      select from erasures
      where erasures.person_id = people.person_id
        and erasures.class = 'volunteer_identifiers'
        and erasures.operation_id = ${operation_id}
    )
  )`,
}

/**
 * People in the transaction's scope whose facts of a class are due today, those who wait longest first. Nobody's are due while another
 * response runs where they belong: the facts are still needed there.
 */
export async function listDue(
  tx: Tx,
  operation: OperationFacts,
  name: RetentionClass,
  terms: readonly Term[],
  options: { readonly now: Date; readonly limit: number; readonly person_ids?: readonly number[] },
): Promise<readonly DuePerson[]> {
  const today = civilDate(operation.time_zone, options.now)
  const set = terms.filter(({ due_on }) => due_on !== null)
  if (set.length === 0) return []
  const only =
    options.person_ids === undefined ? sql`true` : sql`people.person_id = any (${[...options.person_ids]}::int[])`
  const { rows } = await sql<DuePerson>`
    select people.person_id, people.name, people.home_unit_id as unit_id, units.name as unit_name,
      term.due_on::text as due_on, term.term_days, term.pack_hash,
      open.proposal_id::text as proposal_id, open.reason as proposal_reason, open.proposed_by_user_id,
      user_names.display_name as proposer_name, open.proposed_at
    from people
    join units on units.unit_id = people.home_unit_id
    join lateral (
      select term.due_on, term.term_days, term.pack_hash
      from jsonb_to_recordset(${JSON.stringify(set)}::jsonb) as term (area_unit_id int, term_days int, due_on date, pack_hash text)
      join unit_ancestors on unit_ancestors.unit_id = people.home_unit_id and unit_ancestors.ancestor_id = term.area_unit_id
      order by unit_ancestors.distance
      limit 1
    ) term on true
    left join lateral (
      select proposal_id, reason, proposed_by_user_id, proposed_at
      from erasure_proposals
      where erasure_proposals.person_id = people.person_id
        and erasure_proposals.class = ${name}
        and erasure_proposals.operation_id = ${operation.operation_id}
        and not exists (
          select from erasures
          where erasures.person_id = erasure_proposals.person_id and erasures.proposal_id = erasure_proposals.proposal_id
        )
      limit 1
    ) open on true
    left join user_names on user_names.user_id = open.proposed_by_user_id
    where ${only}
      and term.due_on <= ${today}::date
      and ${HELD[name](operation)}
      and not exists (
        select from operations running
        join unit_ancestors on unit_ancestors.ancestor_id = running.area_unit_id
        where unit_ancestors.unit_id = people.home_unit_id
          and running.started_on <= ${today}::date
          and (running.ended_on is null or running.ended_on >= ${today}::date)
      )
    order by term.due_on, people.person_id
    limit ${options.limit}`.execute(tx)
  return rows
}
