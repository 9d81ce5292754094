import pg from 'pg'
import { type ConstructorOptions, PgBoss } from 'pg-boss'
import { APP_ROLE } from '#platform/db/embedded/roles.ts'

/** pg-boss keeps who runs what, retries and heartbeats; what people see of a job stands in job_runs. */
const SCHEMA = 'pgboss'
export const QUEUE = 'jobs'
/** Where pg-boss puts a job whose workers died once too often. */
export const LOST_QUEUE = 'jobs_lost'

/** What the app's role needs of pg-boss's tables, and no more. Its functions change the schema; they are the owner's. */
const GRANTS = `
  grant usage on schema ${SCHEMA} to ${APP_ROLE};
  grant select on ${SCHEMA}.version, ${SCHEMA}.schedule, ${SCHEMA}.subscription to ${APP_ROLE};
  grant select, update on ${SCHEMA}.queue to ${APP_ROLE};
  grant select, insert, update, delete on ${SCHEMA}.job, ${SCHEMA}.job_common, ${SCHEMA}.job_dependency to ${APP_ROLE};
  grant select, insert, update, delete on ${SCHEMA}.warning to ${APP_ROLE};
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
      if (await boss.getQueue(queue)) await boss.updateQueue(queue, options)
      else await boss.createQueue(queue, options)
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
