import type { z } from 'zod'
import { reaches, type Scope } from '#platform/access/actor.ts'
import { civilDate } from '#platform/calendar/zone.ts'
import type { Tx } from '#platform/db/database.ts'
import type { OperationFacts } from '#records/operations/server/reads.ts'
import type { readOwnDuty, SpanHistory } from '../contract.ts'
import { daysInARow, minutesWithin, standingEntries } from '../rules.ts'
import {
  type EntryRow,
  listEntriesOfPerson,
  listObjectionsOfPerson,
  listPlannedOfPerson,
  type ObjectionRow,
} from './store.ts'

type History = z.input<typeof SpanHistory>

interface Period {
  readonly from: string
  readonly to: string
}

/** What the reader may know of a post: its name inside their scope, elsewhere only when it was and whom to ask. */
export type PostNaming = (entry: Pick<EntryRow, 'unit_id' | 'post_name'>) => string

export function namingWithin(scope: Scope): PostNaming {
  return ({ unit_id, post_name }) => (reaches(scope, unit_id) ? post_name : '')
}

export const FULL_NAMING: PostNaming = ({ post_name }) => post_name

function presentHistory(entries: readonly EntryRow[], standing: ReadonlySet<EntryRow>, naming: PostNaming): History {
  const latest = entries[entries.length - 1]
  const { span_id, person_id, post_id, unit_id, unit_name, starts_at, ends_at, starts_on } = latest
  return {
    span_id,
    person_id,
    person_name: latest.person_name ?? '—',
    post_id,
    post_name: naming(latest),
    unit_id,
    unit_name,
    starts_at,
    ends_at,
    starts_on,
    minutes: Math.round((ends_at.getTime() - starts_at.getTime()) / 60_000),
    stands: standing.has(latest),
    entries: entries.map((entry) => ({
      entry_id: entry.entry_id,
      act: ACTS[entry.act] ?? 'confirmed',
      post_name: naming(entry),
      starts_at: entry.starts_at,
      ends_at: entry.ends_at,
      said_by: entry.said_by ?? '—',
      said_at: entry.said_at,
      reason: entry.reason,
    })),
  }
}

const ACTS: Readonly<Record<string, 'confirmed' | 'imported' | 'corrected' | 'withdrawn'>> = {
  confirmed: 'confirmed',
  imported: 'imported',
  corrected: 'corrected',
  withdrawn: 'withdrawn',
}

/** A person's spans with everything that was said about each, by start. */
export async function listHistories(
  tx: Tx,
  person: { operation_id: number; person_id: number },
  period: Period,
  naming: PostNaming,
): Promise<History[]> {
  const entries = await listEntriesOfPerson(tx, person, period)
  const standing = new Set(
    standingEntries(entries.map((entry) => Object.assign(entry, { act: ACTS[entry.act] ?? 'confirmed' }))),
  )
  const bySpan = Map.groupBy(entries, ({ span_id }) => span_id)
  return [...bySpan.values()]
    .map((own) => presentHistory(own, standing, naming))
    .sort((a, b) => String(a.starts_on).localeCompare(String(b.starts_on)) || a.minutes - b.minutes)
    .slice(0, 400)
}

export function presentAnswer({ outcome, answer_reason, answered_at }: ObjectionRow) {
  if (outcome === null || answered_at === null) return null
  return {
    outcome: outcome === 'upheld' ? ('upheld' as const) : ('declined' as const),
    reason: answer_reason ?? '',
    answered_at,
  }
}

const WEEK_MS = 7 * 86_400_000

function restBefore(spans: readonly History[], shift: { starts_at: Date } | undefined): number | null {
  if (!shift) return null
  const ends = spans.filter(({ stands }) => stands).map(({ ends_at }) => new Date(ends_at).getTime())
  const last = Math.max(...ends.filter((end) => end <= shift.starts_at.getTime()))
  return Number.isFinite(last) ? Math.round((shift.starts_at.getTime() - last) / 60_000) : null
}

/** What a worker's phone shows: what comes next, the rest before it, what is recorded, what was objected to. */
export async function readOwn(
  tx: Tx,
  operation: OperationFacts,
  personId: number,
  period: Period,
  now: Date,
): Promise<z.input<typeof readOwnDuty.output>> {
  const person = { operation_id: operation.operation_id, person_id: personId }
  const planned = await listPlannedOfPerson(tx, person, period)
  const spans = await listHistories(tx, person, period, FULL_NAMING)
  const objections = await listObjectionsOfPerson(tx, operation.operation_id, personId)
  const next = planned.find(({ ends_at }) => ends_at > now)
  const standing = spans
    .filter(({ stands }) => stands)
    .map(({ starts_at, ends_at }) => ({ starts_at: new Date(starts_at), ends_at: new Date(ends_at) }))
  const dutyDays = new Set(standing.map(({ starts_at }) => civilDate(operation.time_zone, starts_at)))
  const today = civilDate(operation.time_zone, now)
  return {
    planned,
    spans,
    objections: objections.map((objection) => ({
      objection_id: objection.objection_id,
      span_id: objection.span_id,
      duty_date: objection.duty_date,
      words: objection.words,
      raised_at: objection.raised_at,
      answer: presentAnswer(objection),
    })),
    next_shift: next
      ? { unit_name: next.unit_name, post_name: next.post_name, starts_at: next.starts_at, ends_at: next.ends_at }
      : null,
    rest_minutes_before_next: restBefore(spans, next),
    minutes_last_7_days: Math.round(minutesWithin(standing, new Date(now.getTime() - WEEK_MS), now)),
    days_in_a_row: daysInARow(dutyDays, today),
  }
}
