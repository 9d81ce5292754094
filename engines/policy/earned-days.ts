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
      const earned = settling.plain && !by.running.by_start ? plainly : byTrace
      const one = { row, entitlement: settling.compiled.entitlement.code, ...earned(by, settling, sources, tally) }
      if (one.days.length > 0) found.push(one)
    }
  }
  return found
}

interface Days {
  readonly days: number[]
  readonly minutes: number[]
}

/** Without a trace of every day: most packs count leave without caps. */
function plainly({ running }: CompiledProgram, settling: Settling, sources: Sources, tally: Tally): Days {
  tally.reset()
  tally.trace = null
  const by_day = new Float64Array(running.days)
  tally.by_day = by_day
  settleRow(running, settling, sources, tally)
  tally.by_day = null
  const found: Days = { days: [], minutes: [] }
  if (tally.quantity === 0) return found
  for (let day = 0; day < by_day.length; day++) {
    const minutes = by_day[day] ?? 0
    if (minutes === 0) continue
    found.days.push(day)
    found.minutes.push(minutes)
  }
  return found
}

function byTrace({ running }: CompiledProgram, settling: Settling, sources: Sources, tally: Tally): Days {
  tally.reset()
  const trace: NonNullable<Tally['trace']> = []
  tally.trace = trace
  settleRow(running, settling, sources, tally)
  const earned = trace.filter(({ status, quantity }) => status === COVERED && quantity > 0)
  return { days: earned.map(({ day }) => day), minutes: earned.map(({ quantity }) => quantity) }
}
