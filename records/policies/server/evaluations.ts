import type { z } from 'zod'
import type { Tx } from '#platform/db/database.ts'
import type { EvaluationView } from '../contract.ts'

const VIEW_COLUMNS = [
  'evaluation_id',
  'operation_id',
  'on_date',
  'known_at',
  'people_count',
  'span_count',
  'is_current',
  'started_at',
  'finished_at',
] as const

export type EvaluationRow = z.input<typeof EvaluationView>

export async function findCurrentEvaluation(tx: Tx, operationId: number): Promise<EvaluationRow | undefined> {
  return tx
    .selectFrom('evaluations')
    .select(VIEW_COLUMNS)
    .where('operation_id', '=', operationId)
    .where('is_current', '=', true)
    .executeTakeFirst()
}

/** One that came to its end; a run under way is nobody's business yet. */
export async function findEvaluation(
  tx: Tx,
  operationId: number,
  evaluationId: number,
): Promise<EvaluationRow | undefined> {
  return tx
    .selectFrom('evaluations')
    .select(VIEW_COLUMNS)
    .where('operation_id', '=', operationId)
    .where('evaluation_id', '=', evaluationId)
    .where('finished_at', 'is not', null)
    .executeTakeFirst()
}

export async function listEvaluationRows(
  tx: Tx,
  operationId: number,
  page: { readonly after?: string; readonly limit: number },
): Promise<readonly EvaluationRow[]> {
  let query = tx
    .selectFrom('evaluations')
    .select(VIEW_COLUMNS)
    .where('operation_id', '=', operationId)
    .where('finished_at', 'is not', null)
    .orderBy('evaluation_id', 'desc')
    .limit(page.limit + 1)
  if (page.after !== undefined) query = query.where('evaluation_id', '<', Number(page.after) || 0)
  return query.execute()
}
