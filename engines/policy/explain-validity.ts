import { formatDay } from '#engines/values/time.ts'
import { say } from './citations.ts'
import { aboutOf, type Explaining } from './explain-rules.ts'
import { validityOf } from './leave-validity.ts'
import type { ExplanationLine } from './results.ts'
import type { Situation } from './situations.ts'
import type { DayTrace } from './tally.ts'

/** Until when the leave of a day can be taken, and what becomes of the rest; nothing where no document speaks of it. */
export function validityLines(
  { program, compiled, person, language }: Explaining,
  trace: DayTrace,
  situation: Situation,
): readonly ExplanationLine[] {
  const { entitlement } = compiled
  if (entitlement.gives !== 'minutes' || entitlement.valid === null || trace.earned_minutes === 0) return []
  const earned = program.from + trace.day
  const decisions = program.decision_points.flatMap(
    (_, position) => program.scope.book.decisionFor(position, aboutOf(person), situation.belongs_to, earned) ?? [],
  )
  const { known } = program
  const ruling = validityOf(program.stack, entitlement.code, { day: earned, earned, known, decisions })
  const { last_day, figures, lines } = ruling
  const what =
    last_day === null
      ? say(language, '有效期还没有定', 'how long it is valid is not settled yet')
      : say(language, `可休至 ${formatDay(last_day)}`, `to be taken by ${formatDay(last_day)}`)
  // The first line of a ruling names the clause, which stands at the head of the explanation.
  const why = lines.slice(1).map((line) => line[language])
  return [{ kind: 'limit', parameters: figures, text: [what, ...why].join(say(language, '；', '; ')) }]
}
