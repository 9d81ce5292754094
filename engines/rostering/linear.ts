/** What the roster engine asks of a linear and integer solver; `platform/compute/highs.ts` gives it HiGHS. */
export interface LinearSolver {
  create(program: ProgramStart): LinearProgram
}

/** Rows to begin with; columns are added afterwards. */
export interface ProgramStart {
  readonly lower: Float64Array
  readonly upper: Float64Array
}

/** Columns with lower bound 0: entries of column c are `starts[c] … starts[c + 1] - 1`. */
export interface ColumnBatch {
  readonly cost: readonly number[]
  readonly upper: readonly number[]
  readonly starts: readonly number[]
  readonly rows: readonly number[]
  readonly values: readonly number[]
}

export interface LinearAnswer {
  readonly objective: number
  readonly values: Float64Array
  readonly duals: Float64Array
}

export interface IntegerLimits {
  readonly seconds?: number
  readonly nodes?: number
  /** Simplex iterations in all, about: a limit that does not depend on the machine's speed. */
  readonly iterations?: number
  /** A full assignment to start from. */
  readonly start?: Float64Array
}

export interface IntegerAnswer {
  readonly objective: number
  readonly values: Float64Array
  readonly bound: number
}

export interface LinearProgram {
  addColumns(batch: ColumnBatch): void
  setBounds(columns: Int32Array, lower: Float64Array, upper: Float64Array): void
  /**
   * Minimises, going on from the last basis; undefined when it could not be solved.
   * @param simplex primal suits a basis after new columns, dual one after changed bounds
   */
  solve(seconds: number, simplex: 'primal' | 'dual'): LinearAnswer | undefined
  /** Minimises with the first `integers.length` columns whole where marked 1; the best found in the limits, if any. */
  solveInteger(integers: Uint8Array, limits: IntegerLimits): IntegerAnswer | undefined
  dispose(): void
}
