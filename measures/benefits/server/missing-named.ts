import type { z } from 'zod'
import { jobContext } from '#platform/db/context.ts'
import type { Database } from '#platform/db/database.ts'
import { allMissing, openEvaluation, traceFacts } from '#records/policies/server/reads.ts'
import type { PersonStatement } from '../contract.ts'

type Statement = z.input<typeof PersonStatement>

/**
 * A person's statement with every missing fact named instead of the first only. What the evaluation saw is made again under a job's
 * context: a reader who may not see some record must not be told that it is missing.
 */
export async function withAllMissing(database: Database, statement: Statement): Promise<Statement> {
  const { evaluation, person_id, results } = statement
  if (results.every(({ missing }) => missing === null)) return statement
  return database.read(jobContext('explain'), async (tx) => {
    const pinned = await openEvaluation(tx, evaluation.evaluation_id)
    const traced = pinned && (await traceFacts(tx, pinned, [person_id])).get(person_id)
    if (!traced) return statement
    const named = results.map((result) =>
      result.missing === null
        ? result
        : { ...result, missing_text: allMissing(traced, result.entitlement) ?? result.missing_text },
    )
    return { ...statement, results: named }
  })
}
