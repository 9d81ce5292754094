import { liesIn, NO, UNKNOWN, YES } from './areas.ts'
import { layerPrefix } from './cut-stack.ts'
import type { FactBatch } from './facts.ts'
import { sliceOf } from './facts-slice.ts'
import type { Pack } from './pack.ts'
import { blankRest, STATE } from './rest-columns.ts'
import { numberIn, REASON_BITS, type RestProgram } from './rest-compile.ts'
import { NOT_DUE_BEFORE, type RestColumns } from './rest-results.ts'

/** Evaluates a part of a batch by a program that holds for all of it. */
type EvaluateRestPart = (program: RestProgram, batch: FactBatch) => RestColumns

const UNKNOWN_DEPTH = -1

/**
 * A rest rule, and a bound that a layer sets, hold for whoever belongs to the area of that layer; for others the layers above decide.
 * Where a person belongs is asked only where layers would say something else.
 */
export function evaluateRestWithin(program: RestProgram, batch: FactBatch, evaluate: EvaluateRestPart): RestColumns {
  const whole = program.stack.layers.length
  const depths = new Map<number, number>()
  const depthAt = (row: number): number => {
    const area = batch.area[row] ?? 0
    const known = depths.get(area)
    if (known !== undefined) return known
    const depth = depthOf(program, area)
    depths.set(area, depth)
    return depth
  }
  let row = 0
  while (row < batch.people && depthAt(row) === whole) row += 1
  if (row === batch.people) return evaluate(program, batch)
  const columns = blankRest(program, batch.people)
  for (let first = 0; first < batch.people; ) {
    const depth = depthAt(first)
    let end = first + 1
    while (end < batch.people && depthAt(end) === depth) end += 1
    const part = sliceOf(batch, first, end)
    if (depth !== UNKNOWN_DEPTH) copyInto(columns, first, program, depth, evaluate(program.cut(depth), part))
    else placeUnknown(columns, first, program, part, evaluate)
    first = end
  }
  return columns
}

/** How many layers hold for an area; −1 where that is not known. */
function depthOf({ stack: { layers } }: RestProgram, area: number): number {
  const answers = layers.map((layer) => (layer.area === '0' ? YES : liesIn(area, layerPrefix(layer))))
  const outside = answers.findIndex((answer) => answer !== YES)
  if (outside < 0) return layers.length
  return answers[outside] === UNKNOWN ? UNKNOWN_DEPTH : outside
}

/** The program that holds for an area (the whole one where the place is not known), and the highest layer that does not. */
export function restProgramFor(
  program: RestProgram,
  area: number,
): { readonly program: RestProgram; readonly outside: Pack | null } {
  const depth = depthOf(program, area)
  const outside = program.stack.layers.find((layer) => layer.area !== '0' && liesIn(area, layerPrefix(layer)) === NO)
  return { program: depth < 0 ? program : program.cut(depth), outside: outside ?? null }
}

/** Rules that the cut program does not have do not speak of these people; numbers of reasons are each program's own. */
function copyInto(to: RestColumns, first: number, program: RestProgram, depth: number, from: RestColumns): void {
  const by = program.cut(depth)
  const width = program.rules.length
  program.rules.forEach((tested, position) => {
    const own = by.rules.findIndex(({ rule }) => rule.code === tested.rule.code)
    const numbers = (by.rules[own]?.reasons ?? []).map((one) => {
      const reason = by.reasons[one]
      return reason ? numberIn(program.reasons, tested.reasons, reason) : -1
    })
    for (let row = 0; row < from.people; row++) {
      const into = (first + row) * width + position
      if (own < 0) {
        to.state[into] = STATE.not_covered
        continue
      }
      const cell = row * by.rules.length + own
      to.state[into] = from.state[cell] ?? 0
      to.soon_days[into] = from.soon_days[cell] ?? 0
      to.due_since[into] = from.due_since[cell] ?? NOT_DUE_BEFORE
      const number = by.rules[own]?.reasons.indexOf(from.reason[cell] ?? -1) ?? -1
      to.reason[into] = tested.reasons[numbers[number] ?? -1] ?? -1
      to.reasons[into] = bitsIn(from.reasons[cell] ?? 0, numbers)
    }
  })
}

/** The same reasons as bits over another list. */
function bitsIn(bits: number, numbers: readonly number[]): number {
  return numbers.reduce((sum, number, own) => {
    const isIn = (bits & (1 << Math.min(own, REASON_BITS - 1))) !== 0
    return isIn && number >= 0 ? sum | (1 << Math.min(number, REASON_BITS - 1)) : sum
  }, 0)
}

/** A rule that stands otherwise for people of another place waits for the place. */
function placeUnknown(
  columns: RestColumns,
  first: number,
  program: RestProgram,
  part: FactBatch,
  evaluate: EvaluateRestPart,
): void {
  const here = evaluate(program, part)
  copyInto(columns, first, program, program.stack.layers.length, here)
  const width = program.rules.length
  const depths = program.stack.layers.flatMap(({ area }, kept) => (area === '0' ? [] : [kept]))
  for (const depth of depths) {
    const there = blankRest(program, part.people)
    copyInto(there, 0, program, depth, evaluate(program.cut(depth), part))
    for (let cell = 0; cell < here.state.length; cell++) {
      if (isSame(here, there, cell)) continue
      const into = first * width + cell
      columns.state[into] = STATE.missing_fact
      columns.soon_days[into] = 0
      columns.due_since[into] = NOT_DUE_BEFORE
      columns.reason[into] = program.place_reason
      columns.reasons[into] = 0
    }
  }
}

/** Out of reach and clear are the same to whoever asks whether somebody must rest. */
function isSame(left: RestColumns, right: RestColumns, cell: number): boolean {
  const quiet = (state: number | undefined) => state === STATE.clear || state === STATE.not_covered
  if (quiet(left.state[cell]) && quiet(right.state[cell])) return true
  return (
    left.state[cell] === right.state[cell] &&
    left.soon_days[cell] === right.soon_days[cell] &&
    left.reason[cell] === right.reason[cell] &&
    left.reasons[cell] === right.reasons[cell]
  )
}
