import type { Model } from './model.ts'
import { PartSearch } from './part-search.ts'
import { Solver, type SolverMemory, type SolverOptions } from './solve.ts'

/** Programmes of more rows (people and cover items) are taken by parts. */
const WHOLE_ROWS_MAX = 900
/** Up to a month everybody is looked at together; longer rosters come out better by parts, however few people they have. */
const WHOLE_DAYS = 35

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
  const { people, days, items } = model
  const isWhole = people + items.count <= WHOLE_ROWS_MAX && days <= WHOLE_DAYS
  return isWhole ? new Solver(model, options) : new PartSearch(model, options)
}
