import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { type ConstructorOptions, fromKysely, PgBoss } from 'pg-boss'
import type { Database, Tx } from '#platform/db/database.ts'
import { APP_ROLE } from '#platform/db/embedded/roles.ts'
import type { Asker, JobKind, JobRequest, JobRun, Jobs } from './jobs.ts'
import { cancelRuns } from './runs.ts'

/** pg-boss keeps who runs what, retries and heartbeats; what people see of a job stands in job_runs. */
const SCHEMA = 'pgboss'
export const QUEUE = 'jobs'
/** Where pg-boss puts a job whose workers died once too often. */
export const LOST_QUEUE = 'jobs_lost'

/** What the app's role needs of pg-boss's tables, and no more. Its functions change the schema; they are the owner's. */
const GRANTS = `
  grant usage on schema ${SCHEMA} to ${APP_ROLE};
  grant select on ${SCHEMA}.schedule, ${SCHEMA}.subscription to ${APP_ROLE};
  grant select, update on ${SCHEMA}.version, ${SCHEMA}.queue to ${APP_ROLE};
  grant select, insert, update, delete on ${SCHEMA}.job, ${SCHEMA}.job_common, ${SCHEMA}.job_dependency to ${APP_ROLE};
  grant select, insert, update, delete on ${SCHEMA}.warning, ${SCHEMA}.instance to ${APP_ROLE};
  revoke execute on all functions in schema ${SCHEMA} from public;
  grant execute on function ${SCHEMA}.job_now() to ${APP_ROLE};`

/** Background tasks of pg-boss that we do without: they need the owner's rights or write what nobody reads. */
const QUIET = {
  schema: SCHEMA,
  schedule: false,
  registerInstance: false,
  persistWarnings: false,
  persistQueueStats: false,
  monitorVacuum: false,
  reindex: false,
} satisfies ConstructorOptions

/**
 * Creates or upgrades the job queues, as the owner. Part of migrating; may be repeated.
 *
 * @example await migrate(ownerConfig); await prepareJobs(ownerConfig)
 */
export async function prepareJobs(ownerConfig: pg.PoolConfig): Promise<void> {
  const pool = new pg.Pool({ ...ownerConfig, max: 2 })
  pool.on('error', () => undefined)
  const boss = new PgBoss({ ...QUIET, db: sqlOn(pool), migrate: true, createSchema: true, supervise: false })
  const errors: unknown[] = []
  boss.on('error', (error) => errors.push(error))
  try {
    await boss.start()
    for (const queue of [LOST_QUEUE, QUEUE]) {
      const options = queue === QUEUE ? { deadLetter: LOST_QUEUE } : {}
      const standing = await boss.getQueue(queue)
      if (!standing) await boss.createQueue(queue, options)
      // pg-boss refuses an update that changes nothing.
      else if (Object.keys(options).length > 0) await boss.updateQueue(queue, options)
    }
    await pool.query(GRANTS)
  } finally {
    await boss.stop({ graceful: false })
    await pool.end()
  }
  if (errors.length > 0) throw errors[0]
}

function sqlOn(pool: pg.Pool) {
  return { executeSql: (text: string, values?: unknown[]) => pool.query(text, values) }
}

export interface QueueOptions {
  readonly pool: pg.Pool
  /** Whether this node also looks after jobs whose worker fell silent. */
  readonly supervise: boolean
  readonly onError: (error: unknown) => void
}

/** pg-boss on the app's own connections and with the app's rights. */
export async function openQueue({ pool, supervise, onError }: QueueOptions): Promise<PgBoss> {
  const boss = new PgBoss({
    ...QUIET,
    db: sqlOn(pool),
    migrate: false,
    createSchema: false,
    supervise,
    superviseIntervalSeconds: 5,
    monitorIntervalSeconds: 5,
  })
  boss.on('error', onError)
  await boss.start()
  return boss
}

/** A worker that is silent for this long is taken for dead. pg-boss allows no less than 10. */
const HEARTBEAT_SECONDS = 15
const HOURS_MAX = 6
const ATTEMPTS_MAX = 3
/** Below everything else that waits. */
const GIVES_WAY = -1

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

  async function askAll(tx: Tx, actor: Asker | undefined, requests: readonly JobRequest[]): Promise<readonly string[]> {
    if (requests.length === 0) return []
    const asked = requests.map((request) => ({ job_id: randomUUID(), request, known: kindOf(request.kind) }))
    await tx
      .insertInto('job_runs')
      .values(
        asked.map(({ job_id, request }) => ({
          job_id,
          kind: request.kind,
          unit_id: request.unit_id,
          operation_id: request.operation_id ?? null,
          asked_by_user_id: actor?.user_id ?? null,
          input: JSON.stringify(request.input ?? null),
        })),
      )
      .execute()
    const boss = await sender()
    const queued = asked.map(({ job_id, request, known }) => ({
      id: job_id,
      data: { job_id },
      priority: request.gives_way === true ? GIVES_WAY : 0,
      retryLimit: known.attempts_max - 1,
      retryDelay: 2,
      retryBackoff: true,
      heartbeatSeconds: options.heartbeat_seconds ?? HEARTBEAT_SECONDS,
      expireInSeconds: HOURS_MAX * 3600,
      deadLetter: LOST_QUEUE,
    }))
    await boss.insert(QUEUE, queued, { db: fromKysely(tx) })
    return asked.map(({ job_id }) => job_id)
  }

  function kindOf(kind: string): RegisteredKind {
    const known = kinds.get(kind)
    if (!known) throw new Error(`no job of kind ${kind} is registered; maybe its room's jobs are not mounted`)
    return known
  }

  return {
    askAll,
    async ask(tx, actor, request) {
      const [job_id] = await askAll(tx, actor, [request])
      if (job_id === undefined) throw new Error('a job that was asked for has no id')
      return job_id
    },
    cancelAll: cancelRuns,
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
