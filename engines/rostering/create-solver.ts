import type { Model } from './model.ts'
import { PartSearch } from './part-search.ts'
import { Solver, type SolverMemory, type SolverOptions } from './solve.ts'

/** Programmes of more rows (people and cover items), and rows of more days, are taken by parts. */
const WHOLE_ROWS_MAX = 900
const WHOLE_DAYS_MAX = 35

/** What `Solver` does for a problem as a whole and `PartSearch` by parts. */
export interface Solving {
  readonly best: Int32Array
  readonly bestCost: number
  bound: number
  readonly iterations: number
  readonly isProven: boolean
  step(): void
  offer(rows: Int32Array, cost: number): void
  save(): SolverMemory
}

/** The way of solving that suits a problem's size. */
export function createSolver(model: Model, options: SolverOptions): Solving {
  const isWhole = model.people + model.items.count <= WHOLE_ROWS_MAX && model.days <= WHOLE_DAYS_MAX
  return isWhole ? new Solver(model, options) : new PartSearch(model, options)
}
