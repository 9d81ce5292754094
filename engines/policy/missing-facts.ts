import { areaNumber } from './areas.ts'
import { type CompiledProgram, resultAt } from './compile.ts'
import { settleRow } from './evaluate.ts'
import { batchOf, type PersonFacts } from './facts.ts'
import { situationAt } from './segments.ts'
import { MISSING } from './situations.ts'
import { Sources } from './sources.ts'
import { Tally } from './tally.ts'

/**
 * Every fact that is missing for an entitlement of a person, so that they can be asked for at once and not one after the other: those that
 * stop it on any day, and those that would stop it next. The one that the result names comes first.
 *
 * @example missingFacts(program, volunteer, 'family-subsidy') // ['established', 'family:spouse_on_front_line']
 */
export function missingFacts(program: CompiledProgram, person: PersonFacts, code: string): readonly string[] {
  const batch = batchOf([person])
  const position = program.entitlements.findIndex((one) => one.code === code)
  const first = resultAt(program, program.evaluate(batch), batch, 0, position).missing
  if (first === null) return []
  const facts = new Set([first])
  const { within, stack } = program
  const depth = within.bounded ? within.depthOf(areaNumber(person.area)) : stack.layers.length
  const isUnits = program.running === program.unit_running
  const holding = depth < 0 ? program : within.at(depth)
  const running = holding && isUnits ? holding.unit_running : holding?.running
  const settling = running?.settlings.find(({ compiled }) => compiled.entitlement.code === code)
  if (!running || !settling) return [...facts]
  const sources = new Sources(running, batch)
  sources.enter(0)
  if (sources.faultFor(settling) !== null) return [...facts]
  const tally = new Tally()
  tally.trace = []
  tally.months = []
  const segments = settleRow(running, settling, sources, tally)
  const cells = new Set<number>()
  for (const { day, first: from, end, status } of tally.trace) {
    if (!segments || status !== MISSING) continue
    for (let segment = from; segment < end; segment++) {
      const cell = situationAt(segments, segment, running.days) * running.days + day
      if (settling.cells.status[cell] === MISSING) cells.add(cell)
    }
  }
  for (const cell of cells) for (const fact of settling.missingAt(cell)) facts.add(fact)
  return [...facts]
}
