import { fatigueOf } from '#engines/fatigue/fatigue.ts'
import { explainRest, type RestExplanation } from '#engines/policy/rest-explain.ts'
import type { Database } from '#platform/db/database.ts'
import { type Refusal, refuse } from '#platform/http/problem.ts'
import { walkRest } from '#records/policies/server/reads.ts'
import { restProblems } from '../contract.ts'

/** Why a rule stands as it does for one person, from the duty as it is now. The reader must be known to reach the person. */
export async function explainFor(
  database: Database,
  which: {
    readonly operation_id: number
    readonly person_id: number
    readonly rule: string
    readonly on_date: string
    readonly known_at: Date
    readonly language: 'zh' | 'en'
  },
): Promise<RestExplanation | Refusal> {
  const { person_id, rule, language } = which
  let explanation: RestExplanation | undefined
  await walkRest(database, { ...which, people: { first: person_id, last: person_id } }, async ({ program, batch }) => {
    if (!program.rules.some((one) => one.rule.code === rule)) return
    explanation = explainRest(program, batch, 0, rule, fatigueOf, { language, closed_facts: 'hidden' })
  })
  return explanation ?? refuse(restProblems.unknown_rule, { rule })
}
