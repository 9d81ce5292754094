import { z } from 'zod'
import { recordAudit } from '#platform/audit/record.ts'
import type { Tx } from '#platform/db/database.ts'
import { httpProblems, type Refusal, refuse } from '#platform/http/problem.ts'
import { type changeLevel, type declareOperation, OperationView, operationProblems } from '../contract.ts'
import { findOperation } from './reads.ts'
import { listLevels, listOperations } from './store.ts'

export async function presentOperations(tx: Tx, operationId?: number): Promise<OperationView[]> {
  const operations = await listOperations(tx, operationId)
  if (operations.length === 0) return []
  const levels = await listLevels(
    tx,
    operations.map(({ operation_id }) => operation_id),
  )
  const views = operations.map((operation) => ({
    ...operation,
    levels: levels.filter(({ operation_id }) => operation_id === operation.operation_id),
  }))
  return z.array(OperationView).parse(views)
}

export async function presentOperation(tx: Tx, operationId: number): Promise<OperationView | Refusal> {
  const [view] = await presentOperations(tx, operationId)
  return view ?? refuse(httpProblems.not_found)
}

export async function declare(
  tx: Tx,
  body: z.output<typeof declareOperation.input.body>,
): Promise<OperationView | Refusal> {
  const { level, source, ...operation } = body
  const { operation_id } = await tx
    .insertInto('operations')
    .values(operation)
    .returning('operation_id')
    .executeTakeFirstOrThrow()
  await tx
    .insertInto('operation_levels')
    .values({ operation_id, area_unit_id: body.area_unit_id, from_on: body.started_on, level, source })
    .execute()
  await recordAudit(tx, {
    action: 'operations.declare',
    subject_kind: 'operation',
    subject_id: operation_id,
    operation_id,
    unit_id: body.area_unit_id,
    facts: { level, started_on: body.started_on },
  })
  return presentOperation(tx, operation_id)
}

/** An operation that runs, and a day that lies in it. */
async function refuseOutside(tx: Tx, operationId: number, date: string): Promise<Refusal | undefined> {
  const operation = await findOperation(tx, operationId)
  if (!operation) return refuse(httpProblems.not_found)
  const { name, started_on, ended_on } = operation
  if (ended_on !== null) return refuse(operationProblems.ended, { name, ended_on })
  if (date < started_on) return refuse(operationProblems.before_start, { started_on })
  return undefined
}

export async function setLevel(
  tx: Tx,
  operationId: number,
  body: z.output<typeof changeLevel.input.body>,
): Promise<OperationView | Refusal> {
  const refused = await refuseOutside(tx, operationId, body.from_on)
  if (refused) return refused
  await tx
    .insertInto('operation_levels')
    .values({ operation_id: operationId, ...body })
    .execute()
  await recordAudit(tx, {
    action: 'operations.level',
    subject_kind: 'operation',
    subject_id: operationId,
    operation_id: operationId,
    unit_id: body.area_unit_id,
    facts: { level: body.level, from_on: body.from_on },
  })
  return presentOperation(tx, operationId)
}

export async function end(tx: Tx, operationId: number, endedOn: string): Promise<OperationView | Refusal> {
  const refused = await refuseOutside(tx, operationId, endedOn)
  if (refused) return refused
  await tx.updateTable('operations').set({ ended_on: endedOn }).where('operation_id', '=', operationId).execute()
  await recordAudit(tx, {
    action: 'operations.end',
    subject_kind: 'operation',
    subject_id: operationId,
    operation_id: operationId,
    facts: { ended_on: endedOn },
  })
  return presentOperation(tx, operationId)
}
