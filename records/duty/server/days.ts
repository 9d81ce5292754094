import type { z } from 'zod'
import type { Actor } from '#platform/access/actor.ts'
import type { Tx } from '#platform/db/database.ts'
import { httpProblems, type Refusal, refuse } from '#platform/http/problem.ts'
import { findUnitName } from '#records/org/server/reads.ts'
import type { DayLine, readDutyDay, Span } from '../contract.ts'
import {
  listAbsencesOfDay,
  listConfirmationsOfDay,
  listObjectionsOfDay,
  listPlannedOfDay,
  listSpansOfDay,
  type ObjectionRow,
  type SpanRow,
} from './store.ts'

/** A person whose row lies outside the reader's scope: their duty here is known, their name is not. */
const UNNAMED = '—'

export function presentSpan(row: SpanRow): z.input<typeof Span> {
  const { span_id, person_id, post_id, post_name, unit_id, unit_name, starts_at, ends_at, starts_on } = row
  return {
    span_id,
    person_id,
    person_name: row.person_name ?? UNNAMED,
    post_id,
    post_name,
    unit_id,
    unit_name,
    starts_at,
    ends_at,
    starts_on,
    minutes: Math.round((ends_at.getTime() - starts_at.getTime()) / 60_000),
  }
}

type Line = z.input<typeof DayLine>

function presentObjection(objection: ObjectionRow | undefined): Line['objection'] {
  if (!objection) return null
  const { objection_id, words, raised_at, answered_at } = objection
  return { objection_id, words, raised_at, answered: answered_at !== null }
}

function presentConfirmed(span: SpanRow): Line['confirmed'] {
  const act = span.act === 'imported' || span.act === 'corrected' ? span.act : 'confirmed'
  return {
    ...presentSpan(span),
    entry_id: span.entry_id,
    act,
    confirmed_by: span.confirmed_by ?? UNNAMED,
    reason: span.reason,
  }
}

/** Puts what was planned beside what stands: by the shift's own id first, otherwise the same person at overlapping times. */
function pairLines(
  planned: Awaited<ReturnType<typeof listPlannedOfDay>>,
  spans: readonly SpanRow[],
): { plan: (typeof planned)[number] | undefined; span: SpanRow | undefined }[] {
  const free = new Set(spans)
  const take = (span: SpanRow | undefined) => {
    if (span) free.delete(span)
    return span
  }
  const byId = new Map(spans.map((span) => [span.span_id, span]))
  const lines = planned.map((plan) => ({ plan, span: take(byId.get(plan.shift_id)) }))
  const paired = lines.map(({ plan, span }) => ({
    plan,
    span:
      span ??
      take(
        [...free].find(
          (other) =>
            other.person_id === plan.person_id && other.starts_at < plan.ends_at && plan.starts_at < other.ends_at,
        ),
      ),
  }))
  return [...paired, ...[...free].map((span) => ({ plan: undefined, span }))]
}

export async function readDay(
  tx: Tx,
  actor: Actor,
  place: { operation_id: number; unit_id: number; duty_date: string },
): Promise<z.input<typeof readDutyDay.output> | Refusal> {
  const { operation_id, unit_id, duty_date } = place
  const unitName = await findUnitName(tx, unit_id)
  if (unitName === undefined) return refuse(httpProblems.not_found)
  const planned = await listPlannedOfDay(tx, unit_id, operation_id, duty_date)
  const spans = await listSpansOfDay(tx, unit_id, operation_id, duty_date)
  const objections = await listObjectionsOfDay(tx, unit_id, operation_id, duty_date)
  const absences = await listAbsencesOfDay(tx, unit_id, duty_date)
  const confirmations = await listConfirmationsOfDay(tx, unit_id, operation_id, duty_date)

  const bySpan = new Map(objections.map((objection) => [objection.span_id, objection]))
  const lines = pairLines(planned, spans).map(({ plan, span }): Line => {
    const person = span ?? plan
    return {
      person_id: person?.person_id ?? 0,
      person_name: person?.person_name ?? UNNAMED,
      own: person?.person_id === actor.person_id,
      planned: plan
        ? {
            shift_id: plan.shift_id,
            post_id: plan.post_id,
            post_name: plan.post_name,
            starts_at: plan.starts_at,
            ends_at: plan.ends_at,
          }
        : null,
      confirmed: span ? presentConfirmed(span) : null,
      absent: span === undefined && plan !== undefined && absences.has(plan.shift_id),
      objection: presentObjection(span && bySpan.get(span.span_id)),
    }
  })
  return {
    unit_id,
    unit_name: unitName,
    duty_date,
    lines,
    confirmations: confirmations.map(({ display_name, ...rest }) => ({
      confirmed_by: display_name ?? UNNAMED,
      ...rest,
    })),
  }
}
