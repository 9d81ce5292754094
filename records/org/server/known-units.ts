import { jobContext } from '#platform/db/context.ts'
import type { Database } from '#platform/db/database.ts'
import { unitExists } from './reads.ts'

/**
 * Whether there is a unit of a number, for requests of those whose role reaches everywhere. Units are never taken away, so what was found
 * once is not asked again.
 */
export function knownUnits(database: Database): (unitId: number) => Promise<boolean> {
  const known = new Set<number>()
  return async (unitId) => {
    if (known.has(unitId)) return true
    const exists = await database.read(jobContext('known-units'), (tx) => unitExists(tx, unitId))
    if (exists) known.add(unitId)
    return exists
  }
}
