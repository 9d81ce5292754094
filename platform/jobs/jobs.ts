import type { Actor } from '#platform/access/actor.ts'
import type { Tx } from '#platform/db/database.ts'
import type { Refusal } from '#platform/http/problem.ts'

/** What a job is given while it runs. Long work reports how far it is and stops when it is asked to. */
export interface JobRun<Input> {
  readonly job_id: string
  readonly input: Input
  readonly unit_id: number
  readonly operation_id: number | undefined
  readonly asked_by_user_id: number | undefined
  /**
   * Stores how far the work is, at most twice a second. Resolves to false when the work shall stop: somebody asked to
   * cancel, or another worker has taken the job up. Return soon after that; what the run then answers is not kept.
   * `stage` is a code such as `reading`, which the pages translate.
   */
  progress(done: number, total: number, stage: string): Promise<boolean>
}

/**
 * A kind of job. Its worker may be killed at any moment and another one then starts it from the beginning, so the last
 * transaction must be one that may be repeated.
 */
export interface JobKind<Input, Result> {
  readonly kind: string
  /** How often it is started at most, when workers die or the database is away. 3 when left out. */
  readonly attempts_max?: number
  /** Answers what the job is for, or a refusal, which is stored as the job's problem. */
  run(job: JobRun<Input>): Promise<Result | Refusal>
}

/** In whose name a job runs. */
export type Asker = Pick<Actor, 'user_id'>

export interface JobRequest {
  readonly kind: string
  readonly unit_id: number
  readonly operation_id?: number
  readonly input: unknown
  /** Waits until nothing else waits: many jobs of one ask keep nobody from theirs. */
  readonly gives_way?: boolean
}

export interface Jobs {
  register<Input, Result>(kind: JobKind<Input, Result>): void
  /** Adds a job in the command's own transaction; it starts after the commit, on any node that works. */
  ask(tx: Tx, actor: Asker | undefined, request: JobRequest): Promise<string>
  /** Many at once, in two statements; answers their ids in the order of the requests. */
  askAll(tx: Tx, actor: Asker | undefined, requests: readonly JobRequest[]): Promise<readonly string[]>
  /** Asks jobs to stop; those that have not begun are cancelled at once. Whoever calls has judged that they may. */
  cancelAll(tx: Tx, jobIds: readonly string[]): Promise<readonly { readonly job_id: string }[]>
}
