import type { z } from 'zod'
import { leaveIn, type ValidityRuling, validityOf } from '#engines/policy/leave-validity.ts'
import { dayOf, formatDay } from '#engines/values/time.ts'
import { civilDate } from '#platform/calendar/zone.ts'
import type { Tx } from '#platform/db/database.ts'
import type { OperationFacts } from '#records/operations/server/reads.ts'
import type { LeaveTerm } from '../leave-contract.ts'
import type { LastDayOf } from '../leave-plan.ts'
import { programAt } from './roster-inputs.ts'

/** How long leave stays valid at a unit, by the packs in force there and what was decided for the place. */
export interface LeaveTerms {
  readonly lastDayOf: LastDayOf
  /** For each entitlement to leave that speaks of it: how it stands for what is earned today, and why. */
  readonly stated: readonly z.input<typeof LeaveTerm>[]
}

export const NO_TERMS: LeaveTerms = { lastDayOf: () => null, stated: [] }

export async function leaveTerms(tx: Tx, operation: OperationFacts, unitId: number, now: Date): Promise<LeaveTerms> {
  const from_on = civilDate(operation.time_zone, now)
  const program = await programAt(tx, { operation, unit_id: unitId, from_on, days: 1, now })
  if (!program) return NO_TERMS
  const { stack } = program
  const today = dayOf(from_on)
  const known = program.known
  const found = new Map<string, ValidityRuling>()
  const ruling = (code: string, earned: number): ValidityRuling => {
    const key = `${code} ${earned}`
    const made = found.get(key) ?? validityOf(stack, code, { earned, day: earned, known })
    found.set(key, made)
    return made
  }
  const leave = leaveIn(stack)
  return {
    lastDayOf(day, entitlement) {
      const asked = leave.filter(({ code }) => entitlement === null || code === entitlement)
      const last = asked.map(({ code }) => ruling(code, day).last_day)
      // Of which entitlement old entries are nobody knows: the longest holds, and none where one of them does not end.
      return last.length === 0 || last.includes(null) ? null : Math.max(...last.flatMap((one) => one ?? []))
    },
    stated: leave
      .filter(({ valid }) => valid !== null)
      .map(({ code, title }) => ({ code, title, ruling: ruling(code, today) }))
      .filter((one) => one.ruling.state !== 'not_in_force')
      .map(({ code, title, ruling: { state, last_day, afterwards, hour_fen, unverified, lines } }) => ({
        entitlement: code,
        title,
        is_settled: state === 'settled',
        last_on: last_day === null ? null : formatDay(last_day),
        afterwards,
        hour_fen,
        unverified,
        why: lines.map(({ zh, en }) => ({ zh, en })),
      })),
  }
}
