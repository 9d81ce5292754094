import { availableParallelism } from 'node:os'
import type { Database } from '#platform/db/database.ts'
import { databaseError } from '#platform/db/database.ts'
import { codeOf } from '#platform/db/operator-error.ts'
import { problemDocument, Refusal, refuse } from '#platform/http/problem.ts'
import { jobProblems } from './contract.ts'
import type { JobRegistry, RegisteredKind } from './queue.ts'
import { LOST_QUEUE, openQueue, QUEUE } from './queue.ts'
import { type Attempt, beginAttempt, endAttempt, failLost, giveBack, reportProgress } from './runs.ts'

const CONCURRENCY = Math.max(2, availableParallelism())

export interface WorkOptions {
  /** How many jobs this node runs at the same time; as many as it has cores when left out, two at least. */
  readonly concurrency?: number
  readonly poll_seconds?: number
  readonly onError?: (error: unknown, job: { job_id: string; kind: string } | undefined) => void
}

export interface Working {
  /** Waits for running jobs at most this long; what is cut off is taken up again by another worker. */
  stop(options?: { wait_ms?: number }): Promise<void>
}

/**
 * Takes jobs up and runs them until it is stopped. Any number of nodes may work on one database.
 *
 * @example const working = await startWorking(database, jobs, { concurrency: 2 })
 */
export async function startWorking(database: Database, jobs: JobRegistry, options: WorkOptions = {}): Promise<Working> {
  const onError = options.onError ?? (() => undefined)
  const boss = await openQueue({ pool: database.pool, supervise: true, onError: (error) => onError(error, undefined) })
  const polling = { pollingIntervalSeconds: options.poll_seconds ?? 1, includeMetadata: true } as const
  for (let lane = 0; lane < (options.concurrency ?? CONCURRENCY); lane++) {
    let lane_id: string | undefined
    lane_id = await boss.work<{ job_id: string }, void, typeof polling>(QUEUE, polling, async ([job]) => {
      if (job) await runOne(database, jobs, job.data.job_id, job.retryCount >= job.retryLimit, onError)
      // Where one job was, more may wait: a county's rosters take less than a second each, the pause would be longer than the work.
      if (lane_id !== undefined) boss.notifyWorker(lane_id)
    })
  }
  await boss.work<{ job_id: string }, void, typeof polling>(LOST_QUEUE, polling, async ([job]) => {
    if (job) await failLost(database, job.data.job_id, problemDocument(refuse(jobProblems.lost)))
  })
  return {
    stop: ({ wait_ms } = {}) => boss.stop({ graceful: true, timeout: wait_ms ?? 20_000 }),
  }
}

async function runOne(
  database: Database,
  jobs: JobRegistry,
  jobId: string,
  isLastAttempt: boolean,
  onError: NonNullable<WorkOptions['onError']>,
): Promise<void> {
  const attempt = await beginAttempt(database, jobId)
  // Cancelled before it began, or done by a worker that was taken for dead.
  if (!attempt) return
  const kind = jobs.findKind(attempt.kind)
  if (!kind) {
    await endAttempt(database, attempt, 'failed', {
      problem: problemDocument(refuse(jobProblems.unknown_kind, { kind: attempt.kind })),
    })
    return
  }
  try {
    await runKind(database, attempt, kind)
  } catch (error) {
    onError(error, { job_id: jobId, kind: attempt.kind })
    if (isTransient(error) && !isLastAttempt) {
      await giveBack(database, attempt)
      throw error
    }
    await endAttempt(database, attempt, 'failed', {
      problem: problemDocument(refuse(jobProblems.failed, { job_id: jobId })),
    })
  }
}

async function runKind(database: Database, attempt: Attempt, kind: RegisteredKind): Promise<void> {
  const reporter = reportProgress(database, attempt)
  const result = await kind.run({ ...attempt, progress: reporter.progress })
  if (result instanceof Refusal) await endAttempt(database, attempt, 'failed', { problem: problemDocument(result) })
  else if (reporter.stopped) await endAttempt(database, attempt, 'cancelled', {})
  else await endAttempt(database, attempt, 'done', { result, ...reporter.last })
}

/** Failures of the moment, after which the same work may succeed: the database restarts, deadlocks, the network. */
function isTransient(error: unknown): boolean {
  const code = databaseError(error)?.code ?? codeOf(error) ?? ''
  if (/^(08|40|53|57|55P03|25P0)/.test(code) || /^(ECONN|EPIPE|ENOENT|ETIMEDOUT|EHOSTUNREACH)/.test(code)) return true
  return (
    error instanceof Error &&
    /Connection terminated|Query read timeout|timeout exceeded when trying to connect/.test(error.message)
  )
}
