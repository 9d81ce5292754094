import type { Sessions } from '#platform/access/sessions.ts'
import type { Vault } from '#platform/access/vault.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Jobs } from '#platform/jobs/jobs.ts'

/** What every room is given. */
export interface Platform {
  readonly database: Database
  /** The same database with the patience that long computations need; for jobs. */
  readonly longDatabase: Database
  readonly clock: Clock
  readonly sessions: Sessions
  readonly vault: Vault
  readonly jobs: Jobs
  readonly demo: boolean
}
