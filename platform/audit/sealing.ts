import type { Database } from '#platform/db/database.ts'
import { type Repeating, repeat } from '#platform/jobs/repeat.ts'
import { sealAll, sealOnce } from './seal.ts'

/** Twice a second, so that a row waits well under a second. An idle look costs two short queries. */
const EVERY_MS = 500

/**
 * Seals new audit rows while the node runs, and once more when it stops. Every node may do so: one seals, the others skip.
 *
 * @example const sealing = startSealing(database, { onError: (error) => log.error(error) })
 */
export function startSealing(database: Database, options: { onError?: (error: unknown) => void } = {}): Repeating {
  const onError = options.onError ?? (() => undefined)
  const repeating = repeat({
    every_ms: EVERY_MS,
    onError,
    run: async () => {
      const outcome = await sealOnce(database)
      return outcome.kind === 'sealed' && outcome.more ? 'again' : 'rest'
    },
  })
  return {
    async stop() {
      await repeating.stop()
      await sealAll(database).catch(onError)
    },
  }
}
