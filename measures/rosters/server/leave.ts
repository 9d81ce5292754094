import { sql } from 'kysely'
import type { z } from 'zod'
import { dayOf, formatDay } from '#engines/values/time.ts'
import type { Actor } from '#platform/access/actor.ts'
import { recordAudit } from '#platform/audit/record.ts'
import type { Tx } from '#platform/db/database.ts'
import { Refusal, refuse } from '#platform/http/problem.ts'
import type { OperationFacts } from '#records/operations/server/reads.ts'
import { type addLeave, EXPIRING_DAYS, type LeaveAccount, type LeaveEntry } from '../leave-contract.ts'
import { type LastDayOf, leaveEnds, overdueLeave } from '../leave-plan.ts'
import { restProblems } from '../rest-problems.ts'
import { leaveSums, USED_UP } from '../rules.ts'
import { followLeave } from './leave-shifts.ts'
import type { LeaveTerms } from './leave-terms.ts'
import { findPerson } from './people.ts'

/**
 * Brings accounts up to the current evaluation: what it gives in minutes for a day, less what was credited for that day before, becomes one
 * more entry of that day, of either sign. Leave stays valid from the day on which it was earned, whenever the account was looked at.
 */
export async function earnLeave(tx: Tx, operationId: number, now: Date): Promise<void> {
  await sql`
    with given as (
      select result.person_id, result.entitlement, result.home_unit_id, evaluation.evaluation_id, evaluation.from_on,
        -- Results of earlier versions do not say on which days: they were credited with the last one evaluated.
        coalesce(result.earned_days::int[], array[evaluation.on_date - evaluation.from_on]) as days,
        coalesce(result.earned_minutes::int[], array[result.quantity]) as minutes,
        -- Entries of earlier versions do not say by which entitlement; they belong to the first that the person has.
        row_number() over (partition by result.person_id order by result.entitlement collate "C") = 1 as is_first
      from entitlement_results result
      join evaluations evaluation using (evaluation_id)
      where evaluation.operation_id = ${operationId}
        and evaluation.is_current
        and result.quantity_unit = 'minutes'
        and result.quantity is not null
    ), moves as (
      select given.person_id, given.entitlement, given.home_unit_id, given.evaluation_id,
        given.from_on + day.number as on_date, day.minutes
      from given
      cross join lateral unnest(given.days, given.minutes) as day (number, minutes)
      union all
      select given.person_id, given.entitlement, given.home_unit_id, given.evaluation_id, credited.on_date, -credited.minutes
      from given
      join leave_entries credited on credited.person_id = given.person_id
        and credited.operation_id = ${operationId}
        and credited.kind = 'earned'
        and (credited.entitlement = given.entitlement or (credited.entitlement is null and given.is_first))
    )
    insert into leave_entries
      (person_id, operation_id, unit_id, kind, entitlement, minutes, on_date, evaluation_id, reason, happened_at)
    select person_id, ${operationId}, max(home_unit_id), 'earned', entitlement, sum(minutes)::int, on_date, max(evaluation_id), '', ${now}
    from moves
    group by person_id, entitlement, on_date
    having sum(minutes) <> 0
    order by person_id, on_date`.execute(tx)
}

type Account = z.input<typeof LeaveAccount>

interface AccountRow {
  readonly person_id: number
  readonly name: string
  readonly unit_id: number
  readonly unit_name: string
  /** Of all accounts asked for, shown or not. */
  readonly owed_minutes: number
  readonly people_count: number
  readonly sums: Record<string, number>
}

/** The sums of the accounts of a unit and the units below it, whoever is owed most first. */
export async function readAccounts(
  tx: Tx,
  operationId: number,
  unitId: number,
  limit: number,
  term: { readonly today: string; readonly lastDayOf: LastDayOf },
): Promise<{ owed_minutes: number; people_count: number; accounts: Account[] }> {
  const { rows } = await sql<AccountRow>`
    with account as (
      select person_id, coalesce(sum(minutes) filter (where kind = 'earned'), 0)
        - coalesce(sum(minutes) filter (where kind = any (${[...USED_UP]}::text[])), 0) as owed
      from leave_entries
      where operation_id = ${operationId}
        and person_id in (
          select person_id from people
          where home_unit_id in (select unit_id from unit_ancestors where ancestor_id = ${unitId})
        )
      group by person_id
    ), shown as (
      select person_id, owed, (sum(owed) over ())::int as owed_minutes, (count(*) over ())::int as people_count
      from account
      order by owed desc, person_id
      limit ${limit}
    )
    select shown.person_id, people.name, people.home_unit_id as unit_id, units.name as unit_name,
      shown.owed_minutes, shown.people_count, by_kind.sums
    from shown
    join people on people.person_id = shown.person_id
    join units on units.unit_id = people.home_unit_id
    cross join lateral (
      select jsonb_object_agg(kind, minutes) as sums
      from (
        select kind, sum(minutes)::int as minutes
        from leave_entries
        where operation_id = ${operationId} and leave_entries.person_id = shown.person_id
        group by kind
      ) kinds
    ) by_kind
    order by shown.owed desc, shown.person_id`.execute(tx)
  const accounts = rows.map(({ sums, owed_minutes: _all, people_count: _everybody, ...person }) => ({
    ...person,
    ...sumsOf(sums),
    overdue_minutes: 0,
    expiring_minutes: 0,
  }))
  return {
    owed_minutes: rows[0]?.owed_minutes ?? 0,
    people_count: rows[0]?.people_count ?? 0,
    accounts: await withOverdue(tx, operationId, accounts, term),
  }
}

/** What has run past its term is shown; leave never lapses by itself: a person carries it over, pays it out or lets it expire. */
async function withOverdue(
  tx: Tx,
  operationId: number,
  accounts: Account[],
  { today, lastDayOf }: { readonly today: string; readonly lastDayOf: LastDayOf },
): Promise<Account[]> {
  if (accounts.length === 0) return accounts
  const entries = await tx
    .selectFrom('leave_entries')
    .select(['person_id', 'kind', 'minutes', 'on_date', 'entitlement'])
    .where('operation_id', '=', operationId)
    .where(
      'person_id',
      'in',
      accounts.map(({ person_id }) => person_id),
    )
    .orderBy('entry_id')
    .execute()
  const byPerson = Map.groupBy(
    entries.map((entry) => ({ ...entry, day: dayOf(entry.on_date) })),
    ({ person_id }) => person_id,
  )
  return accounts.map((account) => {
    const own = byPerson.get(account.person_id) ?? []
    const overdue_minutes = overdueLeave(own, { today: dayOf(today), lastDayOf })
    const soon = overdueLeave(own, { today: dayOf(today) + EXPIRING_DAYS, lastDayOf })
    return { ...account, overdue_minutes, expiring_minutes: soon - overdue_minutes }
  })
}

function sumsOf(sums: Readonly<Record<string, number>>) {
  return leaveSums(Object.entries(sums).map(([kind, minutes]) => ({ kind, minutes })))
}

const ENTRIES_MAX = 200

/** What stands in one account, newest first. */
export async function listLeaveEntries(tx: Tx, operationId: number, personId: number, lastDayOf: LastDayOf) {
  const { rows } = await sql<Omit<z.input<typeof LeaveEntry>, 'last_on'> & { entitlement: string | null }>`
    select entry_id::text as entry_id, kind, entitlement, minutes, on_date, reason, user_names.display_name as by, happened_at
    from leave_entries
    left join user_names on user_names.user_id = leave_entries.by_user_id
    where operation_id = ${operationId} and leave_entries.person_id = ${personId}
    order by leave_entries.entry_id desc
    limit ${ENTRIES_MAX}`.execute(tx)
  return {
    entries: rows.map(({ entitlement, ...entry }) => {
      const begins = entry.minutes > 0 && (entry.kind === 'earned' || entry.kind === 'carried')
      const last = begins ? lastDayOf(dayOf(entry.on_date), entitlement) : null
      return { ...entry, last_on: last === null ? null : formatDay(last) }
    }),
  }
}

/** One person's sums. */
export async function readAccount(tx: Tx, operationId: number, personId: number) {
  const entries = await tx
    .selectFrom('leave_entries')
    .select(['kind', 'minutes'])
    .where('operation_id', '=', operationId)
    .where('person_id', '=', personId)
    .execute()
  return leaveSums(entries)
}

const ENDS_SHOWN = 3

/** Until when one person can take what is owed, the nearest days first. */
export async function readLeaveEnds(
  tx: Tx,
  operationId: number,
  personId: number,
  { lastDayOf, stated }: LeaveTerms,
): Promise<{ ends: { last_on: string; minutes: number }[]; end_is_open: boolean }> {
  const entries = await tx
    .selectFrom('leave_entries')
    .select(['kind', 'minutes', 'on_date', 'entitlement'])
    .where('operation_id', '=', operationId)
    .where('person_id', '=', personId)
    .orderBy('entry_id')
    .execute()
  const ends = leaveEnds(
    entries.map((entry) => ({ ...entry, day: dayOf(entry.on_date) })),
    lastDayOf,
  )
  return {
    ends: ends.slice(0, ENDS_SHOWN).map(({ last_day, minutes }) => ({ last_on: formatDay(last_day), minutes })),
    end_is_open: stated.some(({ is_settled }) => !is_settled),
  }
}

type Adding = z.output<typeof addLeave.input.body>

/** What takes from the account may not take more than is owed; a plan not more than is owed and not planned yet. */
export async function addLeaveEntry(
  tx: Tx,
  actor: Actor,
  operation: OperationFacts,
  body: Adding,
  now: Date,
): Promise<z.input<typeof addLeave.output> | Refusal> {
  const operationId = operation.operation_id
  if (body.person_id === actor.person_id) return refuse(restProblems.own)
  const person = await findPerson(tx, body.person_id)
  if (!person || person.home_unit_id !== body.unit_id) return refuse(restProblems.unknown_person)
  // One entry at a time for a person: two plans at once could both fit and together not.
  await sql`select pg_advisory_xact_lock(${LEAVE_LOCK}, ${body.person_id})`.execute(tx)
  const before = await readAccount(tx, operationId, body.person_id)
  const room = {
    planned: before.owed_minutes - before.planned_minutes,
    unplanned: before.planned_minutes,
    taken: before.owed_minutes,
    carried: before.owed_minutes,
    expired: before.owed_minutes,
    paid_out: before.owed_minutes,
  }[body.kind]
  if (body.minutes > room) return refuse(restProblems.not_enough_leave, { minutes: Math.max(0, room) })
  const { unit_id, person_id, kind, minutes, on_date, reason } = body
  await tx
    .insertInto('leave_entries')
    .values({
      person_id,
      operation_id: operationId,
      unit_id,
      kind,
      minutes,
      on_date,
      reason,
      by_user_id: actor.user_id,
      happened_at: now,
    })
    .execute()
  await recordAudit(tx, {
    action: `rosters.leave_${kind}`,
    subject_kind: 'person',
    subject_id: person_id,
    unit_id,
    operation_id: operationId,
    facts: { minutes, on_date },
  })
  const isPlan = kind === 'planned' || kind === 'unplanned'
  const followed = isPlan
    ? await followLeave(tx, { actor, operation, person_id, on_date, now })
    : { withdrawn_count: 0, restored_count: 0 }
  if (followed instanceof Refusal) return followed
  const { owed_minutes, planned_minutes } = await readAccount(tx, operationId, person_id)
  return { owed_minutes, planned_minutes, ...followed }
}

const LEAVE_LOCK = 0x6c76
