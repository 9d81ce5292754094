import { zonedText } from '#platform/calendar/zone.ts'
import type { Tx } from '#platform/db/database.ts'

export interface OperationFacts {
  readonly operation_id: number
  readonly name: string
  readonly area_unit_id: number
  readonly time_zone: string
  readonly started_on: string
  readonly ended_on: string | null
}

/** The frame in which duty and everything that follows from it stands. */
export async function findOperation(tx: Tx, operationId: number): Promise<OperationFacts | undefined> {
  return tx
    .selectFrom('operations')
    .select(['operation_id', 'name', 'area_unit_id', 'time_zone', 'started_on', 'ended_on'])
    .where('operation_id', '=', operationId)
    .executeTakeFirst()
}

/** Whether the response has begun and not ended, on its own calendar. */
export async function isOperationRunning(tx: Tx, operationId: number, now: Date): Promise<boolean> {
  const operation = await findOperation(tx, operationId)
  if (!operation) return false
  const today = zonedText(operation.time_zone, now).slice(0, 10)
  return operation.started_on <= today && (operation.ended_on === null || today <= operation.ended_on)
}
