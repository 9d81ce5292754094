import { formatAmount } from './format-amount.ts'
import type { Stack } from './pack.ts'
import type { Recommendation, TableAnswer, TableInput, TableRow } from './pack-provisions.ts'
import { type Question, type Ruling, RulingDraft, ruleOf } from './rulings.ts'

export interface TableQuestion extends Question {
  /** By input: a word, or a whole number in the input's unit (days: hundredths, minutes, count). */
  readonly answers: Readonly<Record<string, string | number>>
}

export interface RecommendationRuling extends Ruling {
  /** `recommended` is advice: `decision` names who decides, and nothing follows before they do. */
  readonly state: 'recommended' | 'missing_fact' | 'needs_decision' | 'not_in_force'
  readonly recommends: string | null
  /** The decision point that the advice is for. */
  readonly decision: string
  /** Where the row stands that was used. */
  readonly row: TableRow['place'] | null
}

/**
 * What a table recommends. Its rows were checked at load: every combination stands in exactly one.
 *
 * @example recommend(stack, 'award-level', { day, known: day, answers: { 'front-line-days': 4500, post: 'direct' } }).recommends
 */
export function recommend(stack: Stack, code: string, question: TableQuestion): RecommendationRuling {
  const table = ruleOf(stack.recommendations, code)
  const draft = new RulingDraft(stack, table, question)
  const end = (state: RecommendationRuling['state'], row: TableRow | null = null): RecommendationRuling => {
    const { decision } = table
    return { ...draft.finish(), state, recommends: row?.recommends ?? null, decision, row: row?.place ?? null }
  }
  if (!draft.isInForce()) return end('not_in_force')
  for (const input of table.inputs.values()) {
    const given = question.answers[input.code]
    if (given === undefined || !fits(input, given)) {
      draft.miss(`input:${input.code}`)
      return end('missing_fact')
    }
    sayInput(draft, input, given)
  }
  for (const row of table.rows) {
    const matches = rowMatches(draft, table, row, question)
    if (matches === undefined) return end(draft.missing === null ? 'needs_decision' : 'missing_fact')
    if (!matches) continue
    const title = table.outcomes.get(row.recommends) ?? { zh: row.recommends, en: row.recommends }
    const point = stack.decision_points.get(table.decision)
    draft.say(
      `建议：${title.zh}（第 ${row.place.line} 行）。只是建议，由${point?.decided_by.join('、') ?? ''}决定`,
      `recommended: ${title.en} (line ${row.place.line}); only advice: ${point?.decided_by.join(', ') ?? ''} decides`,
    )
    return end('recommended', row)
  }
  draft.say('表中没有一行适用，由人决定', 'no row of the table applies: people decide')
  return end('needs_decision')
}

function fits(input: TableInput, given: string | number): boolean {
  if (input.kind === 'choice') return typeof given === 'string' && input.words.has(given)
  return typeof given === 'number' && Number.isSafeInteger(given) && given >= 0
}

function sayInput(draft: RulingDraft, input: TableInput, given: string | number): void {
  const words = input.kind === 'choice' ? input.words.get(String(given)) : formatAmount(input.unit, Number(given))
  const shown = words ?? { zh: String(given), en: String(given) }
  draft.use(`input:${input.code}`, `${input.title.zh}：${shown.zh}`, `${input.title.en}: ${shown.en}`)
}

function rowMatches(
  draft: RulingDraft,
  table: Recommendation,
  row: TableRow,
  { answers }: TableQuestion,
): boolean | undefined {
  for (const [code, answer] of row.answers) {
    const given = table.inputs.has(code) ? answers[code] : undefined
    const matches = given === undefined ? false : answerMatches(draft, answer, given)
    if (matches !== true) return matches
  }
  return true
}

function answerMatches(draft: RulingDraft, answer: TableAnswer, given: string | number): boolean | undefined {
  if (answer.kind === 'words') return answer.words.includes(String(given))
  const least = answer.at_least === null ? 0 : draft.number(answer.at_least)
  const under = answer.under === null ? Number.POSITIVE_INFINITY : draft.number(answer.under)
  if (least === undefined || under === undefined) return undefined
  return Number(given) >= least && Number(given) < under
}
