import { fatigueOf } from '#engines/fatigue/fatigue.ts'
import { explainRest, type RestExplanation } from '#engines/policy/rest-explain.ts'
import type { Database } from '#platform/db/database.ts'
import { type Refusal, refuse } from '#platform/http/problem.ts'
import { walkRest } from '#records/policies/server/reads.ts'
import { restProblems } from '../rest-problems.ts'
import { plannedFor } from './standings.ts'

/** Why a rule stands as it does for one person, from the duty as it is now. The reader must be known to reach the person. */
export async function explainFor(
  database: Database,
  which: {
    readonly operation_id: number
    readonly person_id: number
    readonly rule: string
    readonly on_date: string
    readonly known_at: Date
    readonly now: Date
    readonly language: 'zh' | 'en'
  },
): Promise<RestExplanation | Refusal> {
  const { person_id, rule, language } = which
  let explanation: RestExplanation | undefined
  await walkRest(database, { ...which, people: { first: person_id, last: person_id } }, async (part) => {
    const { program, batch } = part
    if (!program.rules.some((one) => one.rule.code === rule)) return
    const how = { language, closed_facts: 'hidden' } as const
    const planned = plannedFor(part, 0, rule)
    if (!planned) explanation = explainRest(program, batch, 0, rule, fatigueOf, how)
    else {
      const then = explainRest(planned.program, planned.batch, 0, rule, fatigueOf, how)
      explanation = { ...then, lines: [plannedLine(planned.soon_days, language), ...then.lines] }
    }
  })
  return explanation ?? refuse(restProblems.unknown_rule, { rule })
}

function plannedLine(days: number, language: 'zh' | 'en'): RestExplanation['lines'][number] {
  const zh = `照已排的班，${days} 天后达到；下面是到那天的数`
  const en = `by the shifts planned it comes to it in ${days} day(s); the figures below are those of that day`
  return { kind: 'soon', text: language === 'zh' ? zh : en }
}
