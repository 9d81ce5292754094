import { type Day, MINUTES_PER_DAY } from '#engines/values/time.ts'
import { NO, YES } from './areas.ts'
import type { FactBatch } from './facts.ts'
import { blankRest, STATE } from './rest-columns.ts'
import { REASON_BITS, type RestProgram, type RestSituation, type TestedRestRule } from './rest-compile.ts'
import { type FatigueFunction, NOT_DUE_BEFORE, REST_STATES, type RestColumns, type RestResult } from './rest-results.ts'
import { evaluateRestWithin } from './rest-within.ts'

/**
 * How every rule stands for every person of a batch at the end of the program's day. `fatigue` gives the figures (`fatigueOf`).
 *
 * Rules of a layer hold for whoever belongs to its area. Whoever no rule reaches now is asked about once more for each day of warning, as
 * if they went on as on their last duty day. A rest that holds until it is taken is looked for on the days before.
 *
 * @param ahead `false` leaves the warnings out
 */
export function evaluateRest(
  program: RestProgram,
  batch: FactBatch,
  fatigue: FatigueFunction,
  { ahead }: { readonly ahead: boolean } = { ahead: true },
): RestColumns {
  return evaluateRestWithin(program, batch, (by, part) => evaluatePart(by, part, fatigue, ahead))
}

function evaluatePart(program: RestProgram, batch: FactBatch, fatigue: FatigueFunction, ahead: boolean): RestColumns {
  const columns = blankRest(program, batch.people)
  const warned = ahead ? Math.max(0, ...program.rules.map(({ rule }) => rule.warn_days)) : 0
  const ahead_days = Array.from({ length: warned + 1 }, (_, days) => days)
  const figures = fatigue(batch, program.figures, { as_of: endOf(program.on), ahead_days })
  const situation: RestSituation = { batch, row: 0, figures, at: 0, block: 0, reason: -1, reasons: 0 }
  settleNow(program, situation, columns)
  for (let days = 1; days <= warned; days++) {
    situation.block = days * batch.people * program.figures.length
    settleAhead(program, situation, columns, days)
  }
  if (program.rules.some(({ rest_figure }) => rest_figure >= 0)) holdUntaken(program, batch, fatigue, figures, columns)
  return columns
}

function endOf(day: Day): number {
  return (day + 1) * MINUTES_PER_DAY
}

function settleNow(program: RestProgram, situation: RestSituation, columns: RestColumns): void {
  const width = program.rules.length
  for (let row = 0; row < columns.people; row++) {
    for (let position = 0; position < width; position++) {
      const tested = program.rules[position]
      if (!tested) continue
      place(program, situation, row)
      const cell = row * width + position
      const covered = tested.who(situation)
      const answer = covered === NO ? NO : tested.when(situation)
      if (covered === NO) columns.state[cell] = STATE.not_covered
      else if (answer === NO) columns.state[cell] = STATE.clear
      else if (covered === YES && answer === YES) columns.state[cell] = STATE.applies
      else leaveOpen(program, tested, situation, columns, cell)
    }
  }
}

function leaveOpen(
  program: RestProgram,
  { reasons }: TestedRestRule,
  situation: RestSituation,
  columns: RestColumns,
  cell: number,
): void {
  const reason = reasons[situation.reason] ?? -1
  columns.reason[cell] = reason
  columns.reasons[cell] = situation.reasons
  const { kind } = program.reasons[reason] ?? { kind: 'missing' }
  columns.state[cell] = kind === 'missing' ? STATE.missing_fact : STATE.needs_decision
}

/** Only what is clear or open now can become due; the first day ahead on which it does is kept. */
function settleAhead(program: RestProgram, situation: RestSituation, columns: RestColumns, days: number): void {
  const width = program.rules.length
  for (let row = 0; row < columns.people; row++) {
    for (let position = 0; position < width; position++) {
      const tested = program.rules[position]
      const cell = row * width + position
      const state = columns.state[cell]
      const isOpen = state === STATE.clear || state === STATE.missing_fact
      if (!tested || !isOpen || tested.rule.warn_days < days) continue
      place(program, situation, row)
      if (tested.who(situation) !== YES || tested.when(situation) !== YES) continue
      columns.state[cell] = STATE.soon
      columns.soon_days[cell] = days
    }
  }
}

/** A person for whom a rest that came due on an earlier day may not have been taken. */
interface Untaken {
  readonly row: number
  readonly position: number
  /** The end of the last rest of the rule's length: what came due before it was taken. */
  readonly rested_until: number
}

/**
 * Rules that hold until the rest is taken: asked again at the end of each day since the person's last rest of that length, as the rule
 * stood on that day.
 */
function holdUntaken(
  program: RestProgram,
  batch: FactBatch,
  fatigue: FatigueFunction,
  figures: Float64Array,
  columns: RestColumns,
): void {
  let left = untakenIn(program, batch, figures, columns)
  for (let day = program.on; left.length > 0; day--) {
    if (day < program.on) askOn(program.earlier(day), program, batch, fatigue, left, columns)
    else for (const one of left) noteDue(program, columns, one, day)
    left = left.filter(({ position, rested_until }) => {
      const from = program.rules[position]?.rule.from ?? day
      return endOf(day - 1) > rested_until && day - 1 >= from
    })
  }
}

function untakenIn(
  program: RestProgram,
  batch: FactBatch,
  figures: Float64Array,
  columns: RestColumns,
): readonly Untaken[] {
  const width = program.rules.length
  const waiting = [...program.rules.entries()].filter(([, { rest_figure }]) => rest_figure >= 0)
  const untaken: Untaken[] = []
  for (let row = 0; row < batch.people; row++) {
    for (const [position, { rest_figure }] of waiting) {
      const since = figures[row * program.figures.length + rest_figure] ?? 0
      const isCovered = columns.state[row * width + position] !== STATE.not_covered
      if (since > 0 && isCovered) untaken.push({ row, position, rested_until: endOf(program.on) - since })
    }
  }
  return untaken
}

/** On the program's own day the answer is already there. */
function noteDue(program: RestProgram, columns: RestColumns, { row, position }: Untaken, day: Day): void {
  const cell = row * program.rules.length + position
  if (columns.state[cell] === STATE.applies) columns.due_since[cell] = day
}

function askOn(
  earlier: RestProgram,
  program: RestProgram,
  batch: FactBatch,
  fatigue: FatigueFunction,
  left: readonly Untaken[],
  columns: RestColumns,
): void {
  if (earlier.rules.length === 0) return
  const figures = fatigue(batch, earlier.figures, { as_of: endOf(earlier.on) })
  const situation: RestSituation = { batch, row: 0, figures, at: 0, block: 0, reason: -1, reasons: 0 }
  const byCode = new Map(earlier.rules.map((tested) => [tested.rule.code, tested]))
  for (const { row, position } of left) {
    const tested = byCode.get(program.rules[position]?.rule.code ?? '')
    if (!tested) continue
    place(earlier, situation, row)
    if (tested.who(situation) !== YES || tested.when(situation) !== YES) continue
    const cell = row * program.rules.length + position
    columns.state[cell] = STATE.applies
    columns.soon_days[cell] = 0
    columns.reason[cell] = -1
    columns.reasons[cell] = 0
    columns.due_since[cell] = earlier.on
  }
}

function place(program: RestProgram, situation: RestSituation, row: number): void {
  situation.row = row
  situation.at = situation.block + row * program.figures.length
  situation.reason = -1
  situation.reasons = 0
}

/** One cell as an object. */
export function restResultAt(
  program: RestProgram,
  columns: RestColumns,
  batch: FactBatch,
  row: number,
  rule: number,
): RestResult {
  const cell = row * columns.rules.length + rule
  const compiled = program.rules[rule]
  const state = REST_STATES[columns.state[cell] ?? 0]
  if (!compiled || !state) throw new RangeError(`no rest rule ${rule}`)
  const due = state === 'applies' || state === 'soon'
  const isOpen = state === 'missing_fact' || state === 'needs_decision'
  const reason = isOpen ? program.reasons[columns.reason[cell] ?? -1] : null
  const open = reason ?? (due ? compiled.length_reason : null)
  const all = isOpen ? reasonsIn(program, compiled, columns.reasons[cell] ?? 0) : []
  const missing = open?.kind === 'missing' ? open.fact : null
  const others = all.flatMap((one) => (one.kind === 'missing' && one.fact !== missing ? [one.fact] : []))
  const since = columns.due_since[cell] ?? NOT_DUE_BEFORE
  return {
    person: batch.person[row] ?? 0,
    rule: compiled.rule.code,
    state,
    soon_days: state === 'soon' ? (columns.soon_days[cell] ?? 0) : null,
    length_day_hundredths: due ? compiled.length_day_hundredths : null,
    missing,
    missing_facts: missing === null ? others : [missing, ...others],
    decision_point: open?.kind === 'decision' ? open.point : null,
    due_since: state === 'applies' && since !== NOT_DUE_BEFORE ? since : null,
  }
}

function reasonsIn(program: RestProgram, { reasons }: TestedRestRule, bits: number) {
  return reasons.flatMap((position, number) => {
    const reason = program.reasons[position]
    const isIn = (bits & (1 << Math.min(number, REASON_BITS - 1))) !== 0
    return isIn && reason ? [reason] : []
  })
}
