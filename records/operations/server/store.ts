import type { Tx } from '#platform/db/database.ts'

export function listOperations(tx: Tx, operationId?: number) {
  const query = tx
    .selectFrom('operations')
    .innerJoin('units', 'units.unit_id', 'operations.area_unit_id')
    .select([
      'operations.operation_id',
      'operations.name',
      'operations.kind',
      'operations.area_unit_id',
      'units.name as area_name',
      'operations.time_zone',
      'operations.started_on',
      'operations.ended_on',
      'operations.made_up',
    ])
    .orderBy('operations.started_on', 'desc')
    .limit(100)
  return (operationId === undefined ? query : query.where('operations.operation_id', '=', operationId)).execute()
}

/** What holds of each area and day is the row recorded last. */
export function listLevels(tx: Tx, operationIds: readonly number[]) {
  return tx
    .selectFrom('operation_levels')
    .innerJoin('units', 'units.unit_id', 'operation_levels.area_unit_id')
    .distinctOn(['operation_levels.operation_id', 'operation_levels.from_on', 'operation_levels.area_unit_id'])
    .select([
      'operation_levels.operation_id',
      'operation_levels.area_unit_id',
      'units.name as area_name',
      'operation_levels.from_on',
      'operation_levels.level',
      'operation_levels.source',
    ])
    .where('operation_levels.operation_id', 'in', [...operationIds])
    .orderBy('operation_levels.operation_id')
    .orderBy('operation_levels.from_on', 'desc')
    .orderBy('operation_levels.area_unit_id')
    .orderBy('operation_levels.recorded_at', 'desc')
    .execute()
}
