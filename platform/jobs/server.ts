import type { Selectable } from 'kysely'
import { sql } from 'kysely'
import { type Actor, scopeOf } from '#platform/access/actor.ts'
import { recordAudit } from '#platform/audit/record.ts'
import type { Context } from '#platform/db/context.ts'
import type { Tx } from '#platform/db/database.ts'
import type { JobRuns } from '#platform/db/tables.ts'
import { refuse } from '#platform/http/problem.ts'
import type { Routes } from '#platform/http/routes.ts'
import type { Platform } from '#platform/platform.ts'
import { cancelJob, JobView, jobProblems, listJobs, readJob } from './contract.ts'
import { cancelRuns } from './runs.ts'

const Problem = JobView.shape.problem
const State = JobView.shape.state

/**
 * Own jobs need no permission. Those of others are shown where the reader may run such work; row-level security holds
 * both, so that a job outside answers like one that does not exist.
 */
function reach(actor: Actor, context: Context): Context {
  return { ...context, scope: scopeOf(actor, 'evaluations.run') }
}

function present(row: Selectable<JobRuns>, actor: Actor): JobView {
  const mine = row.asked_by_user_id === actor.user_id
  return {
    job_id: row.job_id,
    kind: row.kind,
    unit_id: row.unit_id,
    operation_id: row.operation_id,
    state: State.parse(row.state),
    done: row.done,
    total: row.total,
    stage: row.stage,
    cancel_asked: row.cancel_asked_at !== null,
    mine,
    asked_at: row.asked_at.toISOString(),
    started_at: row.started_at?.toISOString() ?? null,
    finished_at: row.finished_at?.toISOString() ?? null,
    result: mine ? row.result : null,
    problem: Problem.parse(row.problem),
  }
}

function findJob(tx: Tx, jobId: string) {
  return tx.selectFrom('job_runs').selectAll().where('job_id', '=', jobId).executeTakeFirst()
}

export function mountJobs(routes: Routes, { database }: Platform): void {
  routes.bind(readJob, async ({ input, actor, context }) => {
    const row = await database.read(reach(actor, context), (tx) => findJob(tx, input.params.job_id))
    return row ? present(row, actor) : refuse(jobProblems.not_found)
  })

  routes.bind(listJobs, async ({ input, actor, context }) => {
    const { whose, state, kind, after, limit } = input.query
    const rows = await database.read(reach(actor, context), (tx) => {
      let query = tx.selectFrom('job_runs').selectAll().orderBy('asked_at', 'desc').orderBy('job_id', 'desc')
      if (whose === 'mine') query = query.where('asked_by_user_id', '=', actor.user_id)
      if (state) query = query.where('state', '=', state)
      if (kind) query = query.where('kind', '=', kind)
      if (after) {
        query = query.where(
          sql<boolean>`(asked_at, job_id) < (select last.asked_at, last.job_id from job_runs as last where last.job_id = ${after})`,
        )
      }
      return query.limit(limit + 1).execute()
    })
    const items = rows.slice(0, limit).map((row) => present(row, actor))
    return { items, next: rows.length > limit ? (items.at(-1)?.job_id ?? null) : null }
  })

  routes.bind(cancelJob, async ({ input, actor, context }) =>
    database.transact(reach(actor, context), async (tx) => {
      const [row] = await cancelRuns(tx, [input.params.job_id])
      if (!row) {
        const ended = await findJob(tx, input.params.job_id)
        return refuse(ended ? jobProblems.ended : jobProblems.not_found)
      }
      await recordAudit(tx, {
        action: 'jobs.cancel',
        subject_kind: 'job',
        subject_id: row.job_id,
        unit_id: row.unit_id,
        facts: { kind: row.kind, was_waiting: row.state === 'cancelled' },
      })
      return present(row, actor)
    }),
  )
}
