import { randomUUID } from 'node:crypto'
import { fromKysely, type PgBoss } from 'pg-boss'
import type { Actor } from '#platform/access/actor.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import { LOST_QUEUE, openQueue, QUEUE } from './boss.ts'
import type { JobKind, JobRequest, JobRun, Jobs } from './jobs.ts'

/** A worker that is silent for this long is taken for dead. pg-boss allows no less than 10. */
const HEARTBEAT_SECONDS = 15
const HOURS_MAX = 6
const ATTEMPTS_MAX = 3

export interface RegisteredKind {
  readonly attempts_max: number
  /** `input` is what was asked with; it was stored as JSON by the kind's own room. */
  run(job: JobRun<unknown>): Promise<unknown>
}

/** The jobs of one node: its kinds and its way to the queue. */
export interface JobRegistry extends Jobs {
  findKind(kind: string): RegisteredKind | undefined
  close(): Promise<void>
}

export interface RegistryOptions {
  readonly heartbeat_seconds?: number
  readonly onError?: (error: unknown) => void
}

export function createJobs(database: Database, options: RegistryOptions = {}): JobRegistry {
  const kinds = new Map<string, RegisteredKind>()
  let queue: Promise<PgBoss> | undefined

  /** Opened at the first job: most commands of the command line never ask for one. */
  function sender(): Promise<PgBoss> {
    queue ??= openQueue({ pool: database.pool, supervise: false, onError: options.onError ?? ignore }).catch(
      (error) => {
        queue = undefined
        throw error
      },
    )
    return queue
  }

  async function ask(tx: Tx, actor: Actor | undefined, request: JobRequest): Promise<string> {
    const known = kinds.get(request.kind)
    if (!known) throw new Error(`no job of kind ${request.kind} is registered; maybe its room's jobs are not mounted`)
    const job_id = randomUUID()
    await tx
      .insertInto('job_runs')
      .values({
        job_id,
        kind: request.kind,
        unit_id: request.unit_id,
        operation_id: request.operation_id ?? null,
        asked_by_user_id: actor?.user_id ?? null,
        input: JSON.stringify(request.input ?? null),
      })
      .execute()
    const boss = await sender()
    await boss.send(
      QUEUE,
      { job_id },
      {
        id: job_id,
        db: fromKysely(tx),
        retryLimit: known.attempts_max - 1,
        retryDelay: 1,
        heartbeatSeconds: options.heartbeat_seconds ?? HEARTBEAT_SECONDS,
        expireInSeconds: HOURS_MAX * 3600,
        deadLetter: LOST_QUEUE,
      },
    )
    return job_id
  }

  return {
    ask,
    register<Input, Result>({ kind, attempts_max, run }: JobKind<Input, Result>) {
      if (kinds.has(kind)) throw new Error(`two kinds of job are called ${kind}`)
      kinds.set(kind, {
        attempts_max: attempts_max ?? ATTEMPTS_MAX,
        // The room that registers a kind is the only one that asks for it, so its input has the room's type.
        run: (job) => run(job as JobRun<Input>),
      })
    },
    findKind: (kind) => kinds.get(kind),
    async close() {
      const boss = await queue?.catch(() => undefined)
      queue = undefined
      await boss?.stop({ graceful: false })
    },
  }
}

function ignore(): void {
  // Sending reports its own failure to whoever asks; pg-boss's background caches retry by themselves.
}
