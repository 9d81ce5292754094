import type { Actor } from '#platform/access/actor.ts'
import type { Tx } from '#platform/db/database.ts'

/** What a job is given while it runs. Long work reports how far it is and stops when it is asked to. */
export interface JobRun<Input> {
  readonly job_id: string
  readonly input: Input
  readonly unit_id: number
  readonly operation_id: number | undefined
  readonly asked_by_user_id: number | undefined
  /** Stores how far the work is; resolves to false when somebody asked to cancel. */
  progress(done: number, total: number, stage: string): Promise<boolean>
}

export interface JobKind<Input, Result> {
  readonly kind: string
  run(job: JobRun<Input>): Promise<Result>
}

export interface JobRequest {
  readonly kind: string
  readonly unit_id: number
  readonly operation_id?: number
  readonly input: unknown
}

export interface Jobs {
  register<Input, Result>(kind: JobKind<Input, Result>): void
  /** Adds a job in the command's own transaction; it starts after the commit, on any node that works. */
  ask(tx: Tx, actor: Actor | undefined, request: JobRequest): Promise<string>
}
