import { type Day, MINUTES_PER_DAY } from '#engines/values/time.ts'
import type { FactBatch } from './facts.ts'
import type { Stack } from './pack.ts'
import { STATE } from './rest-columns.ts'
import { compileRest, type RestProgram } from './rest-compile.ts'
import { evaluateRest } from './rest-evaluate.ts'
import type { RestRule } from './rest-pack.ts'
import type { FatigueFunction } from './rest-results.ts'

/** Neighbouring days on which a person was on duty against a rest rule. */
export interface RestBreach {
  readonly row: number
  readonly rule: string
  readonly from: Day
  readonly to: Day
}

export interface BreachWindow {
  readonly from: Day
  readonly on: Day
  readonly known: Day
}

/** The rules as they stand at the end of each day looked at, the day before the first included. */
export function restByDay(stack: Stack, { from, on, known }: BreachWindow): readonly RestProgram[] {
  return Array.from({ length: on - from + 2 }, (_, index) => compileRest(stack, { on: from - 1 + index, known }))
}

/**
 * Where duty went against a rest rule: of a limit the days with duty at whose end it was passed; of a rest or rotation that was due the
 * days with duty after the day on which it came due, while it was due.
 *
 * @example breachesIn(restByDay(stack, { from, on, known }), batch, fatigueOf) // [{ row: 0, rule: 'twelve-in-twenty-four', from: 19894, to: 19894 }]
 */
export function breachesIn(
  days: readonly RestProgram[],
  batch: FactBatch,
  fatigue: FatigueFunction,
): readonly RestBreach[] {
  const breaches = new Map<string, RestBreach[]>()
  let before = new Set<string>()
  for (const [index, program] of days.entries()) {
    const columns = evaluateRest(program, batch, fatigue, { ahead: false })
    const applying = new Set<string>()
    for (let row = 0; row < batch.people; row++) {
      program.rules.forEach(({ rule }, position) => {
        if (columns.state[row * program.rules.length + position] !== STATE.applies) return
        const key = `${row} ${rule.code}`
        applying.add(key)
        if (index === 0 || !(isLimit(rule) || before.has(key)) || !hadDuty(batch, row, program.on)) return
        const mine = breaches.get(key) ?? []
        breaches.set(key, mine)
        const last = mine.at(-1)
        if (last && last.to === program.on - 1) mine[mine.length - 1] = { ...last, to: program.on }
        else mine.push({ row, rule: rule.code, from: program.on, to: program.on })
      })
    }
    before = applying
  }
  return [...breaches.values()].flat()
}

function isLimit({ outcome }: RestRule): boolean {
  return outcome.kind === 'limit'
}

function hadDuty({ span_offset, span_start_minute, span_end_minute }: FactBatch, row: number, day: Day): boolean {
  const [from, to] = [day * MINUTES_PER_DAY, (day + 1) * MINUTES_PER_DAY]
  for (let span = span_offset[row] ?? 0; span < (span_offset[row + 1] ?? 0); span++) {
    if ((span_start_minute[span] ?? 0) < to && (span_end_minute[span] ?? 0) > from) return true
  }
  return false
}
