import { formatDay } from '#engines/values/time.ts'
import type { Language } from './citations.ts'
import { missingText } from './explain-rules.ts'
import type { Stack } from './pack.ts'
import type { RestRule } from './rest-pack.ts'
import type { RestResult } from './rest-results.ts'

/** How a rest rule stands for one person, as plain JSON: what `tongpao policy run` and `explain` print. */
export function restAnswer(
  rule: RestRule,
  result: RestResult,
  { stack, language }: { readonly stack: Stack; readonly language: Language },
) {
  return {
    rest_rule: rule.code,
    title: rule.title[language],
    outcome: rule.outcome.kind,
    state: result.state,
    soon_days: result.soon_days,
    length_day_hundredths: result.length_day_hundredths,
    due_since: result.due_since === null ? null : formatDay(result.due_since),
    missing: result.missing,
    missing_facts: result.missing_facts.map((fact) => ({ fact, text: missingText({ stack }, fact, language) })),
    decision_point: result.decision_point,
    source: rule.source,
    article: rule.article,
    example: rule.example,
  }
}
