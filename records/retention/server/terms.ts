import { valueOn } from '#engines/policy/parameters.ts'
import { dayOf, formatDay } from '#engines/values/time.ts'
import { civilDate } from '#platform/calendar/zone.ts'
import type { Tx } from '#platform/db/database.ts'
import type { OperationFacts } from '#records/operations/server/reads.ts'
import { stacksFor } from '#records/policies/server/reads.ts'
import { RETENTION_CLASSES, type RetentionClass } from '../contract.ts'

/** How long facts of a class are kept in an area, by the packs in force there. */
export interface Term {
  readonly area_unit_id: number
  readonly term_days: number | null
  /** The first day on which the facts are due: the day after the last day of the term. */
  readonly due_on: string | null
  readonly pack_hash: string
  readonly source: string | null
  readonly grade: 'A' | 'B' | 'C' | 'U' | null
}

/**
 * The terms of a class, counted from the last day of the response; without an end nothing is due.
 *
 * @example termOf 30 days after 2020-03-20 → due on 2020-04-20
 */
export async function termsOf(
  tx: Tx,
  operation: OperationFacts,
  name: RetentionClass,
  now: Date,
): Promise<readonly Term[]> {
  const today = dayOf(civilDate(operation.time_zone, now))
  const { parameter: code } = RETENTION_CLASSES[name]
  const ended = operation.ended_on === null ? null : dayOf(operation.ended_on)
  const stacks = await stacksFor(tx, operation, now)
  return [...stacks].map(([area_unit_id, { stack }]) => {
    const parameter = stack.parameters.get(code)
    const value = parameter && valueOn(parameter, ended ?? today, today)
    // Days are held in hundredths; whole days round up, so that nothing is due early.
    const term_days = value?.value == null ? null : Math.ceil(value.value / 100)
    const source = value && stack.sources.get(value.source)
    return {
      area_unit_id,
      term_days,
      due_on: term_days === null || ended === null ? null : formatDay(ended + term_days + 1),
      pack_hash: stack.hash,
      source: source?.title ?? null,
      grade: value?.grade ?? null,
    }
  })
}
