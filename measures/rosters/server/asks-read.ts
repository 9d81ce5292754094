import { sql } from 'kysely'
import { z } from 'zod'
import type { Tx } from '#platform/db/database.ts'
import { LocalText } from '#platform/http/fields.ts'
import { type AskPart, type AskView, type PART_CHOICES, Unmet } from '../ask-contract.ts'
import type { OfPlace } from './asks.ts'

/** How far wide asks are, and what each of their rosters came to. */

const SHOWN_MAX = 20

/**
 * A part whose job ended without a word (its workers died once too often, or it was cancelled before it began) stands as it was left:
 * what the job says counts then.
 */
const STATE = sql<z.output<typeof AskPart>['state']>`coalesce(part.outcome, case job.state
  when 'waiting' then 'waiting' when 'running' then 'running' when 'cancelled' then 'cancelled' else 'crashed' end)`

type OfAsk = OfPlace & { readonly ask_id: number }

export async function findAsk(tx: Tx, { ask_id, ...place }: OfAsk): Promise<z.input<typeof AskView> | undefined> {
  return (await readAsks(tx, place, ask_id))[0]
}

export function listAsksOf(tx: Tx, place: OfPlace): Promise<z.input<typeof AskView>[]> {
  return readAsks(tx, place, null)
}

async function readAsks(tx: Tx, { operation_id, unit_id }: OfPlace, ask_id: number | null) {
  const { rows } = await sql<z.input<typeof AskView>>`
    select ask.ask_id, ask.unit_id, units.name as unit_name, ask.from_on, ask.days,
      coalesce(user_names.display_name, '—') as asked_by, ask.asked_at, ask.cancelled_at,
      case when parts.done_count = parts.parts_count then coalesce(parts.last_at, ask.cancelled_at, ask.asked_at) end as ended_at,
      parts.parts_count, parts.done_count, parts.drafts_count, parts.unmet_count, parts.failed_count
    from roster_asks ask
    join units using (unit_id)
    left join user_names on user_names.user_id = ask.by_user_id
    cross join lateral (
      select count(*)::int as parts_count,
        (count(*) filter (where state not in ('waiting', 'running')))::int as done_count,
        (count(*) filter (where has_version))::int as drafts_count,
        (count(*) filter (where unmet_count > 0))::int as unmet_count,
        (count(*) filter (where state in ('no_needs', 'refused', 'crashed')))::int as failed_count,
        max(ended_at) as last_at
      from (
        select ${STATE} as state, part.ended_at, part.hard is not null as has_version, part.unmet_count
        from roster_ask_parts part
        left join job_runs job using (job_id)
        where part.ask_unit_id = ask.unit_id and part.ask_id = ask.ask_id
      ) part
    ) parts
    where ask.unit_id = ${unit_id} and ask.operation_id = ${operation_id} and (${ask_id}::int is null or ask.ask_id = ${ask_id}::int)
    order by ask.ask_id desc
    limit ${SHOWN_MAX}`.execute(tx)
  return rows
}

interface PartRow extends Omit<z.input<typeof AskPart>, 'unmet' | 'refusal'> {
  readonly unmet: unknown
  readonly refusal: unknown
}

export async function listParts(
  tx: Tx,
  { ask_id, unit_id }: OfAsk,
  { which, after, limit }: { which: (typeof PART_CHOICES)[number]; after?: number; limit: number },
): Promise<{ parts: z.input<typeof AskPart>[]; next: string | null }> {
  const { rows } = await sql<PartRow>`
    select * from (
      select part.part_id::int as part_id, part.unit_id, units.name as unit_name, rosters.name as roster_name, part.draft_id,
        ${STATE} as state, part.refusal, part.hard, part.penalty, part.unmet, part.unmet_count
      from roster_ask_parts part
      join units using (unit_id)
      left join rosters using (unit_id, roster_id)
      left join job_runs job using (job_id)
      where part.ask_unit_id = ${unit_id} and part.ask_id = ${ask_id} and part.part_id > ${after ?? 0}
    ) part
    where ${which}::text = 'all'
      or (${which}::text = 'unmet' and unmet_count > 0)
      or (${which}::text = 'failed' and state in ('no_needs', 'refused', 'crashed'))
    order by part_id
    limit ${limit + 1}`.execute(tx)
  const parts = rows.slice(0, limit).map((row) => ({
    ...row,
    unmet: z.array(Unmet).parse(row.unmet),
    refusal: LocalText.nullable().parse(row.refusal),
  }))
  return { parts, next: rows.length > limit ? String(parts.at(-1)?.part_id) : null }
}

/** The jobs of an ask that are not over. */
export async function openJobsOf(tx: Tx, { unit_id, ask_id }: OfAsk): Promise<readonly string[]> {
  const rows = await tx
    .selectFrom('roster_ask_parts')
    .select('job_id')
    .where('ask_unit_id', '=', unit_id)
    .where('ask_id', '=', ask_id)
    .where('outcome', 'is', null)
    .execute()
  return rows.map(({ job_id }) => job_id)
}
