import { dayOf, formatDay } from '#engines/values/time.ts'
import { civilDate } from '#platform/calendar/zone.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import { httpProblems, Refusal, refuse } from '#platform/http/problem.ts'
import type { JobKind } from '#platform/jobs/jobs.ts'
import { findOperation, type OperationFacts } from '#records/operations/server/reads.ts'
import { policyProblems } from '../contract.ts'
import { type EvaluationHooks, type EvaluationOutcome, evaluate } from './evaluate.ts'
import { listLayersInForce } from './packs-store.ts'
import { NotEvaluable } from './programs.ts'
import { raiseOpenItems } from './worklist.ts'

export const EVALUATION_JOB = 'policies.evaluate'

export interface EvaluationInput {
  readonly operation_id: number
  readonly on_date: string
  readonly known_at: string
  readonly becomes_current: boolean
  /** Asked for by a publication: comes after the one that is running instead of being refused. */
  readonly waits?: boolean
}

/** The last day that can be counted now: today, or the operation's last day. */
export function lastDay(operation: OperationFacts, now: Date): string {
  const today = civilDate(operation.time_zone, now)
  return operation.ended_on !== null && operation.ended_on < today ? operation.ended_on : today
}

/** What is evaluated when nothing else is said: everything up to yesterday's midnight is confirmed, today as far as it is. */
export async function evaluationInput(
  tx: Tx,
  operationId: number,
  asked: { readonly on_date: string | null; readonly known_at: string | null },
  now: Date,
): Promise<EvaluationInput | Refusal> {
  const operation = await findOperation(tx, operationId)
  if (!operation) return refuse(httpProblems.not_found)
  if ((await listLayersInForce(tx, operationId, undefined)).length === 0) return refuse(policyProblems.no_packs)
  const last = lastDay(operation, now)
  return {
    operation_id: operationId,
    on_date: asked.on_date ?? last,
    known_at: asked.known_at ?? now.toISOString(),
    // A look at an earlier day or an earlier state of knowledge leaves the statements as they are.
    becomes_current: asked.known_at === null && (asked.on_date === null || dayOf(asked.on_date) >= dayOf(last)),
  }
}

/** Evaluates and raises what it leaves open; expected failures are refusals. */
export async function evaluateAndRaise(
  database: Database,
  input: EvaluationInput,
  hooks: EvaluationHooks,
): Promise<EvaluationOutcome | 'cancelled' | Refusal> {
  const order = { ...input, known_at: new Date(input.known_at), on_date: formatDay(dayOf(input.on_date)) }
  try {
    return await evaluate(database, order, {
      ...hooks,
      finish: async (tx, evaluation) => {
        if (input.becomes_current) await raiseOpenItems(tx, evaluation, hooks.now)
        await hooks.finish?.(tx, evaluation)
      },
    })
  } catch (error) {
    if (!(error instanceof NotEvaluable)) throw error
    const [first] = error.problems
    return refuse(policyProblems.not_evaluable, {
      reason: first?.message.zh ?? '',
      reason_en: first?.message.en ?? '',
      count: error.problems.length,
    })
  }
}

const WAIT_MS = 2_000

export function evaluationJob(database: Database, clock: Clock): JobKind<EvaluationInput, unknown> {
  return {
    kind: EVALUATION_JOB,
    async run(job) {
      for (;;) {
        const outcome = await evaluateAndRaise(database, job.input, {
          now: clock.now(),
          progress: (done, total, stage) => job.progress(done, total, stage),
        })
        const isBusy = outcome instanceof Refusal && outcome.problem.code === policyProblems.running.code
        if (!isBusy || !job.input.waits) return outcome
        await new Promise((resolve) => setTimeout(resolve, WAIT_MS))
        if (!(await job.progress(0, 1, 'evaluating'))) return 'cancelled'
      }
    },
  }
}
