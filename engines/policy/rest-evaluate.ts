import { MINUTES_PER_DAY } from '#engines/values/time.ts'
import { NO, YES } from './areas.ts'
import type { FactBatch } from './facts.ts'
import type { RestProgram, RestSituation } from './rest-compile.ts'
import { type FatigueFunction, REST_STATES, type RestColumns, type RestResult, type RestState } from './rest-results.ts'

const STATE = {
  clear: 0,
  soon: 1,
  applies: 2,
  missing_fact: 3,
  needs_decision: 4,
  not_covered: 5,
} as const satisfies Record<RestState, number>

/**
 * How every rule stands for every person of a batch at the end of the program's day. `fatigue` gives the figures (`fatigueOf`).
 *
 * Whoever no rule reaches now is asked about once more for each day of warning, as if they went on as on their last duty day.
 */
export function evaluateRest(program: RestProgram, batch: FactBatch, fatigue: FatigueFunction): RestColumns {
  const width = program.rules.length
  const columns: RestColumns = {
    people: batch.people,
    rules: program.rules.map(({ rule }) => rule.code),
    state: new Uint8Array(batch.people * width),
    soon_days: new Uint8Array(batch.people * width),
    reason: new Int16Array(batch.people * width).fill(-1),
  }
  const as_of = (program.on + 1) * MINUTES_PER_DAY
  const warned = Math.max(0, ...program.rules.map(({ rule }) => rule.warn_days))
  const ahead_days = Array.from({ length: warned + 1 }, (_, ahead) => ahead)
  const figures = fatigue(batch, program.figures, { as_of, ahead_days })
  const situation: RestSituation = { batch, row: 0, figures, at: 0, block: 0, reason: -1 }
  settleNow(program, situation, columns)
  for (let ahead = 1; ahead <= warned; ahead++) {
    situation.block = ahead * batch.people * program.figures.length
    settleAhead(program, situation, columns, ahead)
  }
  return columns
}

function settleNow(program: RestProgram, situation: RestSituation, columns: RestColumns): void {
  const width = program.rules.length
  for (let row = 0; row < columns.people; row++) {
    for (const [position, { who, when }] of program.rules.entries()) {
      place(program, situation, row)
      const cell = row * width + position
      const covered = who(situation)
      const answer = covered === NO ? NO : when(situation)
      if (covered === NO) columns.state[cell] = STATE.not_covered
      else if (answer === NO) columns.state[cell] = STATE.clear
      else if (covered === YES && answer === YES) columns.state[cell] = STATE.applies
      else {
        columns.reason[cell] = situation.reason
        const { kind } = program.reasons[situation.reason] ?? { kind: 'missing' }
        columns.state[cell] = kind === 'missing' ? STATE.missing_fact : STATE.needs_decision
      }
    }
  }
}

/** Only what is clear or open now can become due; the first day ahead on which it does is kept. */
function settleAhead(program: RestProgram, situation: RestSituation, columns: RestColumns, ahead: number): void {
  const width = program.rules.length
  for (let row = 0; row < columns.people; row++) {
    for (const [position, { rule, who, when }] of program.rules.entries()) {
      const cell = row * width + position
      const state = columns.state[cell]
      const isOpen = state === STATE.clear || state === STATE.missing_fact
      if (!isOpen || rule.warn_days < ahead) continue
      place(program, situation, row)
      if (who(situation) !== YES || when(situation) !== YES) continue
      columns.state[cell] = STATE.soon
      columns.soon_days[cell] = ahead
    }
  }
}

function place(program: RestProgram, situation: RestSituation, row: number): void {
  situation.row = row
  situation.at = situation.block + row * program.figures.length
  situation.reason = -1
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
  const reason =
    state === 'missing_fact' || state === 'needs_decision' ? program.reasons[columns.reason[cell] ?? -1] : null
  const open = reason ?? (due ? compiled.length_reason : null)
  return {
    person: batch.person[row] ?? 0,
    rule: compiled.rule.code,
    state,
    soon_days: state === 'soon' ? (columns.soon_days[cell] ?? 0) : null,
    length_day_hundredths: due ? compiled.length_day_hundredths : null,
    missing: open?.kind === 'missing' ? open.fact : null,
    decision_point: open?.kind === 'decision' ? open.point : null,
  }
}
