import { sql } from 'kysely'
import { civilDate } from '#platform/calendar/zone.ts'
import type { Clock } from '#platform/clock/clock.ts'
import { jobContext } from '#platform/db/context.ts'
import type { Database } from '#platform/db/database.ts'
import { type Repeating, repeat } from '#platform/jobs/repeat.ts'
import { findOperation } from '#records/operations/server/reads.ts'
import { lookAtRest } from './look.ts'

const EVERY_MS = 60_000
/** Confirmations come by the hundred at a shift change: one look for all of them. */
const PAUSE_MS = 10 * 60_000
const CONTEXT = jobContext('rest')

/**
 * Looks at everybody's rest once a day soon after midnight, and again after duty was confirmed, at most every ten minutes. Two nodes that look
 * at once write the same.
 */
export function startRestLooks(
  database: Database,
  clock: Clock,
  options: { readonly onError: (error: unknown) => void },
): Repeating {
  return repeat({
    every_ms: EVERY_MS,
    onError: options.onError,
    run: async () => {
      const now = clock.now()
      for (const operationId of await operationsToLookAt(database, now)) {
        const operation = await database.read(CONTEXT, (tx) => findOperation(tx, operationId))
        if (operation) await lookAtRest(database, operation, now)
      }
      return 'rest'
    },
  })
}

async function operationsToLookAt(database: Database, now: Date): Promise<readonly number[]> {
  return database.read(CONTEXT, async (tx) => {
    const { rows } = await sql<{
      operation_id: number
      time_zone: string
      looked_at: Date | null
      waits: boolean
    }>`
      select operations.operation_id, operations.time_zone, look.looked_at,
        exists (select from duty_confirmations where duty_confirmations.operation_id = operations.operation_id
          and duty_confirmations.recorded_at > look.recorded_at) as waits
      from operations
      left join lateral (
        select looked_at, recorded_at from rest_looks
        where rest_looks.operation_id = operations.operation_id
        order by look_id desc
        limit 1
      ) look on true
      where operations.started_on <= ${now}::timestamptz::date
        and (operations.ended_on is null or operations.ended_on >= ${now}::timestamptz::date - 1)
        and exists (select from packs_in_force where packs_in_force.operation_id = operations.operation_id)`.execute(tx)
    return rows
      .filter(({ time_zone, looked_at, waits }) => {
        if (looked_at === null) return true
        const sameDay = civilDate(time_zone, looked_at) === civilDate(time_zone, now)
        return !sameDay || (waits && now.getTime() - looked_at.getTime() >= PAUSE_MS)
      })
      .map(({ operation_id }) => operation_id)
  })
}
