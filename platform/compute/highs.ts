import type { Highs, Model } from 'highs'
import type {
  ColumnBatch,
  IntegerAnswer,
  IntegerLimits,
  LinearAnswer,
  LinearProgram,
  LinearSolver,
  ProgramStart,
} from '#engines/rostering/linear.ts'

/** HiGHS as WebAssembly, for engines that take a linear solver as an argument. */
export async function loadLinearSolver(): Promise<LinearSolver> {
  // The package's types describe its CommonJS face, Node takes the other one: what comes is looked at.
  const { default: load }: { default: unknown } = await import('highs')
  if (!isLoader(load)) throw new TypeError('the package highs does not export its loader')
  const highs = await load()
  return { create: (start) => new HighsProgram(highs, start) }
}

const isLoader = (value: unknown): value is () => Promise<Highs> => typeof value === 'function'

/** The package takes finite limits only. */
const UNLIMITED_SECONDS = 1e9
/** HiGHS's own numbers. */
const SIMPLEX_STRATEGY = { dual: 1, primal: 4 } as const

class HighsProgram implements LinearProgram {
  readonly #highs: Highs
  readonly #model: Model
  readonly #rows: number
  #columns = 0

  constructor(highs: Highs, { lower, upper }: ProgramStart) {
    this.#highs = highs
    this.#model = highs.createModel()
    this.#rows = lower.length
    this.#model.options.set({ output_flag: false })
    this.#model.addRows({
      lower,
      upper,
      matrix: {
        format: 'csr',
        numRows: lower.length,
        numCols: 0,
        starts: new Int32Array(lower.length + 1),
        indices: new Int32Array(0),
        values: new Float64Array(0),
      },
    })
  }

  addColumns(batch: ColumnBatch): void {
    const count = batch.cost.length
    if (count === 0) return
    this.#model.addCols({
      cost: Float64Array.from(batch.cost),
      lower: new Float64Array(count),
      upper: Float64Array.from(batch.upper),
      matrix: {
        format: 'csc',
        numRows: this.#rows,
        numCols: count,
        starts: Int32Array.from(batch.starts),
        indices: Int32Array.from(batch.rows),
        values: Float64Array.from(batch.values),
      },
    })
    this.#columns += count
  }

  setBounds(columns: Int32Array, lower: Float64Array, upper: Float64Array): void {
    if (columns.length > 0) this.#model.changeColsBounds({ kind: 'set', indices: columns }, lower, upper)
  }

  solve(seconds: number, simplex: 'primal' | 'dual'): LinearAnswer | undefined {
    const model = this.#model
    model.zeroAllClocks()
    model.options.set({
      time_limit: Math.min(seconds, UNLIMITED_SECONDS),
      presolve: 'off',
      solver: 'simplex',
      simplex_strategy: SIMPLEX_STRATEGY[simplex],
    })
    model.run()
    if (model.getModelStatus() !== this.#highs.constants.modelStatus.optimal) return undefined
    const { colValue, rowDual } = model.getSolution()
    return { objective: model.getObjectiveValue(), values: colValue, duals: rowDual }
  }

  solveInteger(integers: Uint8Array, limits: IntegerLimits): IntegerAnswer | undefined {
    const model = this.#model
    const { variableType, modelStatus } = this.#highs.constants
    const types = new Int32Array(this.#columns)
    for (let column = 0; column < integers.length; column++) {
      if (integers[column] === 1) types[column] = variableType.integer
    }
    model.zeroAllClocks()
    model.changeColsIntegrality({ kind: 'range', from: 0, to: this.#columns - 1 }, types)
    model.options.set({
      presolve: 'on',
      solver: 'choose',
      simplex_strategy: SIMPLEX_STRATEGY.dual,
      time_limit: Math.min(limits.seconds ?? UNLIMITED_SECONDS, UNLIMITED_SECONDS),
      mip_max_nodes: limits.nodes ?? 2147483647,
      mip_rel_gap: 0,
      mip_abs_gap: 0.99,
    })
    if (limits.start !== undefined) model.setSolution({ colValue: limits.start })
    model.run({
      [this.#highs.constants.callbackType.mipInterrupt]: (event) => {
        const { mip_total_lp_iterations: done = 0n } = event.data
        if (done > (limits.iterations ?? Number.POSITIVE_INFINITY)) event.interrupt()
        return undefined
      },
    })
    const status = model.getModelStatus()
    const hasSolution = Number(model.info.get('primal_solution_status')) === 2
    const values = hasSolution ? model.getSolution().colValue : undefined
    const bound = Number(model.info.get('mip_dual_bound'))
    const objective = model.getObjectiveValue()
    model.clearIntegrality()
    if (values === undefined || status === modelStatus.infeasible) return undefined
    return { objective, values, bound }
  }

  dispose(): void {
    this.#model.dispose()
  }
}
