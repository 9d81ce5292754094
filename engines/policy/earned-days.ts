import type { CompiledProgram } from './compile.ts'
import { settleRow } from './evaluate.ts'
import type { FactBatch } from './facts.ts'
import type { Settling } from './settle-days.ts'
import { COVERED } from './situations.ts'
import { Sources } from './sources.ts'
import { Tally } from './tally.ts'

/** Minutes of leave that one person earned by one entitlement, on which days; what was earned on a day stays valid from that day on. */
export interface EarnedDays {
  readonly row: number
  readonly entitlement: string
  /** Days counted from the first one evaluated, ascending. */
  readonly days: readonly number[]
  readonly minutes: readonly number[]
}

/**
 * On which days the people of a batch earned their leave. The minutes of each add up to the quantity that evaluating gives.
 *
 * @example earnedDays(program, batchOf([guard])) // [{ row: 0, entitlement: 'compensatory-leave', days: [3, 5], minutes: [240, 720] }]
 */
export function earnedDays(program: CompiledProgram, batch: FactBatch): readonly EarnedDays[] {
  const { within, stack } = program
  const whole = stack.layers.length
  const walkers = new Map<CompiledProgram, { readonly settlings: readonly Settling[]; readonly sources: Sources }>()
  const walkerOf = (by: CompiledProgram) => {
    const made = walkers.get(by) ?? {
      settlings: by.running.settlings.filter(({ gives }) => gives === 'minutes'),
      sources: new Sources(by.running, batch),
    }
    walkers.set(by, made)
    return made
  }
  const found: EarnedDays[] = []
  const tally = new Tally()
  for (let row = 0; row < batch.people; row++) {
    const depth = within.bounded ? within.depthOf(batch.area[row] ?? 0) : whole
    // Where somebody belongs is not known: what does not depend on it is settled by the whole.
    const by = depth < 0 ? program : within.at(depth)
    if (!by) continue
    const { settlings, sources } = walkerOf(by)
    if (settlings.length === 0) continue
    sources.enter(row)
    for (const settling of settlings) {
      tally.reset()
      const trace: NonNullable<Tally['trace']> = []
      tally.trace = trace
      settleRow(by.running, settling, sources, tally)
      const earned = trace.filter(({ status, quantity }) => status === COVERED && quantity > 0)
      if (earned.length === 0) continue
      const { code } = settling.compiled.entitlement
      found.push({
        row,
        entitlement: code,
        days: earned.map(({ day }) => day),
        minutes: earned.map(({ quantity }) => quantity),
      })
    }
  }
  return found
}
