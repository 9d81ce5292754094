import { areaNumber } from '#engines/policy/areas.ts'
import type { Decision } from '#engines/policy/facts.ts'
import { dayOf } from '#engines/values/time.ts'
import { civilDate } from '#platform/calendar/zone.ts'
import type { Tx } from '#platform/db/database.ts'
import { DecisionValue } from '../contract.ts'

export interface StoredDecision {
  readonly decision_id: number
  readonly unit_id: number
  readonly point: string
  readonly subject_kind: 'operation' | 'area' | 'unit' | 'person'
  readonly subject_id: number
  readonly value: DecisionValue
  readonly from_on: string
  readonly to_on: string | null
  readonly reason: string
  readonly decided_by_user_id: number
  readonly decided_at: Date
}

const SUBJECT_KINDS = ['operation', 'area', 'unit', 'person'] as const

function subjectKind(text: string): StoredDecision['subject_kind'] {
  const kind = SUBJECT_KINDS.find((known) => known === text)
  if (!kind) throw new TypeError(`a stored decision has the subject ${text}`)
  return kind
}

/** Decisions of an operation that the context may see, the newest first. */
export async function listStoredDecisions(
  tx: Tx,
  operationId: number,
  filter: { readonly point?: string; readonly before?: number; readonly limit?: number } = {},
): Promise<readonly StoredDecision[]> {
  let query = tx
    .selectFrom('decisions')
    .select(['decision_id', 'unit_id', 'point', 'subject_kind', 'subject_id', 'value', 'from_on', 'to_on', 'reason'])
    .select(['decided_by_user_id', 'decided_at'])
    .where('operation_id', '=', operationId)
    .orderBy('decision_id', 'desc')
  if (filter.point !== undefined) query = query.where('point', '=', filter.point)
  if (filter.before !== undefined) query = query.where('decision_id', '<', filter.before)
  if (filter.limit !== undefined) query = query.limit(filter.limit)
  const rows = await query.execute()
  return rows.map((row) => ({
    ...row,
    subject_kind: subjectKind(row.subject_kind),
    value: DecisionValue.parse(row.value),
  }))
}

/** The name under which an explanation quotes a decision; later ones sort after earlier ones. */
export function decisionRef(decisionId: number): string {
  return `decision-${String(decisionId).padStart(8, '0')}`
}

/** `330600` → `3306`: all of a city. */
function areaPrefix(code: string): string {
  return String(areaNumber(code)).replace(/(?:00)+$/, '')
}

/**
 * Decisions as the engine takes them. Those about a unit hold for the unit and for the people whose home it is.
 */
export function engineDecisions(
  stored: readonly StoredDecision[],
  codes: ReadonlyMap<number, string | null>,
  timeZone: string,
): readonly Decision[] {
  return stored.flatMap((decision) => {
    const about = aboutOf(decision, codes)
    if (!about) return []
    const { point, value, from_on, to_on, decided_at, decision_id } = decision
    return [
      {
        point,
        about,
        decided: value,
        from: dayOf(from_on),
        to: to_on === null ? null : dayOf(to_on),
        decided_on: dayOf(civilDate(timeZone, decided_at)),
        ref: decisionRef(decision_id),
      },
    ]
  })
}

function aboutOf(
  { subject_kind, subject_id }: StoredDecision,
  codes: ReadonlyMap<number, string | null>,
): Decision['about'] | undefined {
  if (subject_kind === 'operation') return { kind: 'operation' }
  if (subject_kind === 'person') return { kind: 'person', person: subject_id }
  if (subject_kind === 'unit') return { kind: 'unit', unit: subject_id }
  const code = subject_kind === 'area' ? codes.get(subject_id) : undefined
  return code ? { kind: 'area', area: areaPrefix(code) } : undefined
}
