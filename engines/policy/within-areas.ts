import { AreaClasses, liesIn, NO, UNKNOWN, YES } from './areas.ts'
import type { CompiledProgram } from './compile.ts'
import { layerPrefix, reachesIncoming } from './cut-stack.ts'
import type { FactBatch } from './facts.ts'
import { sliceOf } from './facts-slice.ts'
import type { Pack } from './pack.ts'
import { type EvaluationColumns, STATES } from './results.ts'

function answerFor(layer: Pack, area: number) {
  return layer.area === '0' ? YES : liesIn(area, layerPrefix(layer))
}

/**
 * A layer holds for whoever belongs to its area. For people of another place the layers above decide, and what the layer gives to
 * people who come to help; where a person belongs is asked only where layers would give something else. Programs of the layers
 * above are compiled when somebody needs one.
 */
export class LayersWithin {
  private readonly program: CompiledProgram
  private readonly compileCut: (kept: number) => CompiledProgram
  private readonly cuts = new Map<number, CompiledProgram>()
  private readonly classes: AreaClasses
  private readonly depths: number[] = []
  readonly bounded: boolean

  constructor(program: CompiledProgram, compileCut: (kept: number) => CompiledProgram) {
    this.program = program
    this.compileCut = compileCut
    const prefixes = program.stack.layers.filter(({ area }) => area !== '0').map(layerPrefix)
    this.bounded = prefixes.length > 0
    this.classes = new AreaClasses(prefixes)
  }

  /** How many layers hold for an area; −1 where that is not known. */
  depthOf(area: number): number {
    const position = this.classes.find(area)
    const known = this.depths[position]
    if (known !== undefined) return known
    const { layers } = this.program.stack
    const outside = layers.findIndex((layer) => answerFor(layer, area) !== YES)
    const layer = layers[outside]
    const depth = !layer ? layers.length : answerFor(layer, area) === UNKNOWN ? -1 : outside
    this.depths[position] = depth
    return depth
  }

  /** The programs that may hold for somebody whose place is not known, beside the whole one. */
  others(): readonly CompiledProgram[] {
    const { layers } = this.program.stack
    return layers.flatMap(({ area }, kept) => (area === '0' ? [] : (this.at(kept) ?? [])))
  }

  /** The program of the first layers; `null` where nothing is left. */
  at(kept: number): CompiledProgram | null {
    const { stack } = this.program
    if (kept === stack.layers.length) return this.program
    if (kept === 0 && !reachesIncoming(stack)) return null
    const known = this.cuts.get(kept)
    if (known) return known
    const cut = this.compileCut(kept)
    this.cuts.set(kept, cut)
    return cut
  }

  /** The highest layer that does not hold for an area; `null` where all hold or where the area is not known. */
  firstOutside(area: number): Pack | null {
    return this.program.stack.layers.find((layer) => answerFor(layer, area) === NO) ?? null
  }
}

/** Evaluates a part of a batch by one of the programs; what `open` entitlements (positions) give is not to be gathered. */
export type EvaluatePart = (program: CompiledProgram, batch: FactBatch, open?: ReadonlySet<number>) => EvaluationColumns

/** Evaluates everybody by the layers that hold where they belong. `plain` looks without gathering anything. */
export function evaluateWithin(
  program: CompiledProgram,
  within: LayersWithin,
  batch: FactBatch,
  plain: EvaluatePart,
  evaluate: EvaluatePart = plain,
): EvaluationColumns {
  const whole = program.stack.layers.length
  const depthAt = (row: number) => (within.bounded ? within.depthOf(batch.area[row] ?? 0) : whole)
  let row = 0
  while (row < batch.people && depthAt(row) === whole) row += 1
  if (row === batch.people) return evaluate(program, batch)
  const columns = blank(batch.people, plain(program, sliceOf(batch, 0, 0)).entitlements)
  for (let first = 0; first < batch.people; ) {
    const depth = depthAt(first)
    let end = first + 1
    while (end < batch.people && depthAt(end) === depth) end += 1
    const part = sliceOf(batch, first, end)
    const by = depth < 0 ? null : within.at(depth)
    if (by) copyInto(columns, first, program, by, evaluate(by, part))
    for (let one = first; depth < 0 && one < end; one++) {
      placeUnknown(columns, one, program, within, sliceOf(batch, one, one + 1), plain, evaluate)
    }
    first = end
  }
  return columns
}

function blank(people: number, entitlements: readonly string[]): EvaluationColumns {
  const cells = people * entitlements.length
  return {
    people,
    entitlements,
    state: new Uint8Array(cells).fill(STATES.indexOf('not_covered')),
    amount_fen: new Float64Array(cells).fill(Number.NaN),
    quantity: new Int32Array(cells).fill(-1),
    open_days: new Int32Array(cells),
    decision_point: new Int16Array(cells).fill(-1),
    missing: new Int16Array(cells).fill(-1),
  }
}

/** Numbers of decision points and missing facts are each program's own. */
function copyInto(
  to: EvaluationColumns,
  first: number,
  program: CompiledProgram,
  by: CompiledProgram,
  from: EvaluationColumns,
): void {
  const width = to.entitlements.length
  const own = from.entitlements.length
  from.entitlements.forEach((code, position) => {
    const target = to.entitlements.indexOf(code)
    for (let row = 0; row < from.people; row++) {
      const cell = row * own + position
      const into = (first + row) * width + target
      to.state[into] = from.state[cell] ?? 0
      to.amount_fen[into] = from.amount_fen[cell] ?? Number.NaN
      to.quantity[into] = from.quantity[cell] ?? -1
      to.open_days[into] = from.open_days[cell] ?? 0
      const point = by.decision_points[from.decision_point[cell] ?? -1]
      to.decision_point[into] = point ? program.decision_points.findIndex(({ code: one }) => one === point.code) : -1
      const missing = by.missing_facts[from.missing[cell] ?? -1]
      to.missing[into] = missing === undefined ? -1 : program.scope.names.position(missing)
    }
  })
}

/** The place is missing where the layers would give something else without it. */
function placeUnknown(
  columns: EvaluationColumns,
  row: number,
  program: CompiledProgram,
  within: LayersWithin,
  person: FactBatch,
  plain: EvaluatePart,
  evaluate: EvaluatePart,
): void {
  const width = columns.entitlements.length
  const here = blank(1, columns.entitlements)
  copyInto(here, 0, program, program, plain(program, person))
  const differing = new Set<number>()
  for (const other of within.others()) {
    const there = blank(1, columns.entitlements)
    copyInto(there, 0, program, other, plain(other, person))
    for (let cell = 0; cell < width; cell++) if (!isSame(here, there, cell)) differing.add(cell)
  }
  copyInto(columns, row, program, program, evaluate(program, person, differing))
  for (const cell of differing) {
    const into = row * width + cell
    columns.state[into] = STATES.indexOf('missing_fact')
    columns.amount_fen[into] = Number.NaN
    columns.quantity[into] = -1
    columns.decision_point[into] = -1
    columns.missing[into] = program.scope.names.position('belongs_to')
  }
}

function isSame(left: EvaluationColumns, right: EvaluationColumns, cell: number): boolean {
  return (
    left.state[cell] === right.state[cell] &&
    Object.is(left.amount_fen[cell], right.amount_fen[cell]) &&
    left.quantity[cell] === right.quantity[cell] &&
    left.open_days[cell] === right.open_days[cell] &&
    left.decision_point[cell] === right.decision_point[cell] &&
    left.missing[cell] === right.missing[cell]
  )
}
