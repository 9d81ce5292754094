import type { RestProgram } from './rest-compile.ts'
import { NOT_DUE_BEFORE, type RestColumns, type RestState } from './rest-results.ts'

/** Positions in `REST_STATES`. */
export const STATE = {
  clear: 0,
  soon: 1,
  applies: 2,
  missing_fact: 3,
  needs_decision: 4,
  not_covered: 5,
} as const satisfies Record<RestState, number>

/** Columns in which nothing has been said yet: every rule is clear. */
export function blankRest(program: RestProgram, people: number): RestColumns {
  const cells = people * program.rules.length
  return {
    people,
    rules: program.rules.map(({ rule }) => rule.code),
    state: new Uint8Array(cells),
    soon_days: new Uint8Array(cells),
    reason: new Int16Array(cells).fill(-1),
    reasons: new Int32Array(cells),
    due_since: new Int32Array(cells).fill(NOT_DUE_BEFORE),
  }
}
