import type { RosterProblem } from '#engines/rostering/problem.ts'
import type { Role, SolverMemory } from '#engines/rostering/solve.ts'

/** What a solving thread is started with. */
export interface ThreadOrder {
  readonly problem: RosterProblem
  /** People whose own hard rules leave them no row at all; left out for the thread that finds them (`ready`). */
  readonly impossible?: readonly string[]
  readonly seed: number
  readonly role: Role
  readonly limit: ThreadLimit
  readonly memory?: SolverMemory
  /** A roster to be better than from the beginning. */
  readonly start?: Int32Array
  /** Nobody else works on the problem. */
  readonly isAlone?: boolean
  /** Ends as soon as the roster is good enough. */
  readonly isEnough?: boolean
  /** Waits for the next order afterwards. */
  readonly stays?: boolean
}

/** Until when: wall seconds, the thread's own CPU seconds, or iterations with an exchange every `epoch` of them. */
export type ThreadLimit =
  | { readonly kind: 'seconds'; readonly seconds: number }
  | { readonly kind: 'cpu_seconds'; readonly seconds: number }
  | { readonly kind: 'iterations'; readonly iterations: number; readonly epoch: number }

export interface Standing {
  readonly cost: number
  readonly rows: Int32Array
  readonly bound: number
  readonly iterations: number
}

export type FromThread =
  /** People whose own hard rules leave them no row at all. */
  | { readonly kind: 'ready'; readonly impossible: readonly string[] }
  | { readonly kind: 'better'; readonly standing: Standing }
  | { readonly kind: 'epoch'; readonly standing: Standing }
  | { readonly kind: 'done'; readonly standing: Standing; readonly memory: SolverMemory; readonly cpu_seconds: number }

export type ToThread =
  | { readonly kind: 'offer'; readonly rows: Int32Array; readonly cost: number; readonly bound: number }
  | { readonly kind: 'stop' }
  | { readonly kind: 'order'; readonly order: ThreadOrder }
