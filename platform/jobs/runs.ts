import { type Selectable, sql } from 'kysely'
import { jobContext } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import type { JobRuns } from '#platform/db/tables.ts'
import type { ProblemDocument } from '#platform/http/problem.ts'

const RUNS = jobContext('jobs')
const WRITE_EVERY_MS = 500

/** One start of a job. `started_at` tells it from an earlier start whose worker was taken for dead and may still run. */
export interface Attempt {
  readonly job_id: string
  readonly kind: string
  readonly input: unknown
  readonly unit_id: number
  readonly operation_id: number | undefined
  readonly asked_by_user_id: number | undefined
  readonly started_at: Date
}

/** Undefined when there is nothing left to do. */
export function beginAttempt(database: Database, jobId: string): Promise<Attempt | undefined> {
  const started_at = new Date()
  return database.transact(RUNS, async (tx) => {
    const row = await tx
      .updateTable('job_runs')
      .set({ state: 'running', started_at })
      .where('job_id', '=', jobId)
      .where('state', 'in', ['waiting', 'running'])
      .where('cancel_asked_at', 'is', null)
      .returningAll()
      .executeTakeFirst()
    if (!row) {
      await tx
        .updateTable('job_runs')
        .set({ state: 'cancelled', finished_at: started_at })
        .where('job_id', '=', jobId)
        .where('state', 'in', ['waiting', 'running'])
        .execute()
      return undefined
    }
    return {
      job_id: row.job_id,
      kind: row.kind,
      input: row.input,
      unit_id: row.unit_id,
      operation_id: row.operation_id ?? undefined,
      asked_by_user_id: row.asked_by_user_id ?? undefined,
      started_at,
    }
  })
}

export interface Reporter {
  progress(done: number, total: number, stage: string): Promise<boolean>
  /** The run was told to stop. */
  readonly stopped: boolean
  readonly last: { done?: number; total?: number; stage?: string }
}

export function reportProgress(database: Database, attempt: Attempt): Reporter {
  let writtenAt = 0
  let stopped = false
  let last: Reporter['last'] = {}
  return {
    get stopped() {
      return stopped
    },
    get last() {
      return last
    },
    async progress(done, total, stage) {
      const changedStage = stage !== last.stage
      last = { done: Math.floor(done), total: Math.ceil(total), stage }
      if (stopped || (!changedStage && performance.now() - writtenAt < WRITE_EVERY_MS)) return !stopped
      writtenAt = performance.now()
      const row = await database.transact(RUNS, (tx) =>
        tx
          .updateTable('job_runs')
          .set(last)
          .where('job_id', '=', attempt.job_id)
          .where('state', '=', 'running')
          .where('started_at', '=', attempt.started_at)
          .returning('cancel_asked_at')
          .executeTakeFirst(),
      )
      stopped = !row || row.cancel_asked_at !== null
      return !stopped
    },
  }
}

export interface Ending {
  readonly result?: unknown
  readonly problem?: ProblemDocument
  readonly done?: number
  readonly total?: number
  readonly stage?: string
}

/** Ends this attempt; an attempt that was overtaken by another one changes nothing. */
export async function endAttempt(
  database: Database,
  attempt: Attempt,
  state: 'done' | 'failed' | 'cancelled',
  { result, problem, ...progress }: Ending,
): Promise<void> {
  await database.transact(RUNS, (tx) =>
    tx
      .updateTable('job_runs')
      .set({
        ...progress,
        state,
        result: result === undefined ? null : JSON.stringify(result),
        problem: problem ? JSON.stringify(problem) : null,
        finished_at: new Date(),
      })
      .where('job_id', '=', attempt.job_id)
      .where('state', '=', 'running')
      .where('started_at', '=', attempt.started_at)
      .execute(),
  )
}

/** For another try. */
export async function giveBack(database: Database, attempt: Attempt): Promise<void> {
  await database.transact(RUNS, (tx) =>
    tx
      .updateTable('job_runs')
      .set({ state: 'waiting' })
      .where('job_id', '=', attempt.job_id)
      .where('state', '=', 'running')
      .where('started_at', '=', attempt.started_at)
      .execute(),
  )
}

/** Nobody is left to end this job: its workers died. */
export async function failLost(database: Database, jobId: string, problem: ProblemDocument): Promise<void> {
  await database.transact(RUNS, (tx) =>
    tx
      .updateTable('job_runs')
      .set({ state: 'failed', problem: JSON.stringify(problem), finished_at: new Date() })
      .where('job_id', '=', jobId)
      .where('state', 'in', ['waiting', 'running'])
      .execute(),
  )
}

/** Waiting runs are cancelled at once, running ones are asked to stop; answers those that had not ended. */
export async function cancelRuns(tx: Tx, jobIds: readonly string[]): Promise<readonly Selectable<JobRuns>[]> {
  if (jobIds.length === 0) return []
  const now = new Date()
  return tx
    .updateTable('job_runs')
    .set((job) => ({
      cancel_asked_at: now,
      state: sql<string>`case state when 'waiting' then 'cancelled' else state end`,
      finished_at: sql<Date | null>`case state when 'waiting' then ${now}::timestamptz else ${job.ref('finished_at')} end`,
    }))
    .where('job_id', 'in', [...jobIds])
    .where('state', 'in', ['waiting', 'running'])
    .returningAll()
    .execute()
}
