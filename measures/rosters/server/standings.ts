import { fatigueOf } from '#engines/fatigue/fatigue.ts'
import type { FatigueMeasure } from '#engines/fatigue/measures.ts'
import { FINDING } from '#engines/policy/facts.ts'
import { compileRest, findingsAsked, type RestProgram } from '#engines/policy/rest-compile.ts'
import { evaluateRest, restResultAt } from '#engines/policy/rest-evaluate.ts'
import type { RestColumns, RestResult } from '#engines/policy/rest-results.ts'
import { MINUTES_PER_DAY } from '#engines/values/time.ts'
import type { RestPart } from '#records/policies/server/reads.ts'
import { PROTECTED } from '../rules.ts'

/** How rules stand for the people of a part: from what they did, and for the days ahead from what they are planned for. */

const WEEK_MIN = 7 * MINUTES_PER_DAY

/** What is written beside every standing, whatever rule it is for. */
const SHOWN: readonly FatigueMeasure[] = [
  { kind: 'run_days', ended_by_min: MINUTES_PER_DAY, on: null },
  { kind: 'run_mean', ended_by_min: MINUTES_PER_DAY, on: null },
  { kind: 'minutes', window_min: WEEK_MIN, on: null },
]

export interface StandingRow {
  readonly person_id: number
  readonly rule: string
  readonly home_unit_id: number
  readonly outcome: string
  readonly state: 'applies' | 'soon'
  readonly soon_days: number | null
  readonly length_minutes: number | null
  readonly title: { readonly zh: string; readonly en: string }
  readonly example: boolean
  readonly run_days: number
  readonly mean_minutes: number
  readonly week_minutes: number
  readonly pack_hash: string
}

interface DayAhead {
  readonly program: RestProgram
  readonly columns: RestColumns
}

type Looked = Pick<RestPart, 'program' | 'batch' | 'planned' | 'isProtected'>

/** The rules as they would stand at the end of each of the days of warning, had everybody done what is planned. */
function daysAhead({ program, planned }: Looked): readonly DayAhead[] {
  if (planned.until_day.every((day) => day <= program.on)) return []
  const warned = Math.max(0, ...program.rules.map(({ rule }) => rule.warn_days))
  return Array.from({ length: warned }, (_, index) => {
    const later = compileRest(program.stack, { on: program.on + index + 1, known: program.known })
    return { program: later, columns: evaluateRest(later, planned.batch, fatigueOf) }
  })
}

/**
 * What a rule says of a person: now from what was done; for the days for which a plan is known, from the plan; beyond it, going on as on the
 * last duty day.
 */
function resultFor(
  looked: Looked,
  columns: RestColumns,
  ahead: readonly DayAhead[],
  row: number,
  position: number,
): RestResult & { readonly by_plan: boolean } {
  const { program, batch, planned } = looked
  const now = restResultAt(program, columns, batch, row, position)
  const known_days = (planned.until_day[row] ?? -1) - program.on
  if (known_days <= 0 || now.state === 'applies' || now.state === 'not_covered') return { ...now, by_plan: false }
  const compiled = program.rules[position]
  const warned = Math.min(compiled?.rule.warn_days ?? 0, known_days)
  for (let days = 1; days <= warned; days++) {
    const later = ahead[days - 1]
    const at = later?.program.rules.findIndex(({ rule }) => rule.code === compiled?.rule.code) ?? -1
    if (!later || at < 0) continue
    const then = restResultAt(later.program, later.columns, planned.batch, row, at)
    if (then.state === 'applies') return { ...then, state: 'soon', soon_days: days, by_plan: true }
  }
  const isOver = now.state === 'soon' && (now.soon_days ?? 0) <= known_days
  return isOver ? { ...now, state: 'clear', soon_days: null, by_plan: true } : { ...now, by_plan: false }
}

/** Rules as they would stand if nobody had a protected condition: what applies only by one is shown by no other name. */
function withoutClosed({ program, batch, isProtected }: Looked): RestColumns | undefined {
  if (isProtected.size === 0 || !program.rules.some(({ rule }) => findingsAsked(rule).length > 0)) return undefined
  const none = new Map([...batch.findings].map(([name, column]) => [name, column.map(() => FINDING.no)]))
  return evaluateRest(program, { ...batch, findings: none }, fatigueOf)
}

/** The rules that reach somebody of a part now or soon. */
export function standingsIn(part: RestPart): readonly StandingRow[] {
  const { program, people, batch } = part
  const columns = evaluateRest(program, batch, fatigueOf)
  const ahead = daysAhead(part)
  const open = withoutClosed(part)
  const shown = fatigueOf(batch, SHOWN, { as_of: (program.on + 1) * MINUTES_PER_DAY })
  return people.flatMap((person, row) =>
    program.rules.flatMap(({ rule }, position): StandingRow[] => {
      const result = resultFor(part, columns, ahead, row, position)
      if (result.state !== 'applies' && result.state !== 'soon') return []
      const isClosed =
        open !== undefined &&
        result.state === 'applies' &&
        restResultAt(program, open, batch, row, position).state !== 'applies'
      const at = row * SHOWN.length
      const length = result.length_day_hundredths
      return [
        {
          person_id: person.person_id,
          rule: rule.code,
          home_unit_id: person.home_unit_id,
          outcome: rule.outcome.kind,
          state: result.state,
          soon_days: result.soon_days,
          length_minutes: length === null ? null : Math.round((length * MINUTES_PER_DAY) / 100),
          title: isClosed ? PROTECTED : rule.title,
          example: rule.example,
          run_days: shown[at] ?? 0,
          mean_minutes: Math.floor(shown[at + 1] ?? 0),
          week_minutes: shown[at + 2] ?? 0,
          pack_hash: program.hash,
        },
      ]
    }),
  )
}

/** When a rule comes by the plan: the day ahead, and the rules and duty as they would stand then. */
export function plannedFor(part: RestPart, row: number, rule: string) {
  const position = part.program.rules.findIndex((one) => one.rule.code === rule)
  if (position < 0) return undefined
  const ahead = daysAhead(part)
  const columns = evaluateRest(part.program, part.batch, fatigueOf)
  const result = resultFor(part, columns, ahead, row, position)
  const later = result.by_plan && result.state === 'soon' ? ahead[(result.soon_days ?? 0) - 1] : undefined
  return later && { soon_days: result.soon_days ?? 0, program: later.program, batch: part.planned.batch }
}
