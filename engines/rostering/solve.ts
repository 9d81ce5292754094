import { compile } from './compile.ts'
import type { LinearSolver } from './linear.ts'
import { findMistakes, type Mistake } from './mistakes.ts'
import type { Model } from './model.ts'
import { NeighbourhoodSearch, type SearchMemory } from './neighbourhood.ts'
import { findImpossible } from './possible.ts'
import type { Roster, RosterProblem } from './problem.ts'
import { Programs } from './programs.ts'
import { Random } from './random.ts'

/** Programmes with more rows than this are left to neighbourhood search. */
const PROGRAM_ROWS_MAX = 1500
/** Work (labels) that goes into the first search, into a search after a dive and into one between mendings without any gain. */
const START_WORK = 1_000_000
const POLISH_WORK = 3_000_000
const SHAKE_WORK = 500_000
/** A roster no dearer than this part of the best may be mended in its place, so that the same ground is not searched again. */
const SHAKEN_MAX = 1.004
/** How many iterations a column round, a dive step or a mending count for in the reproducible mode. */
const PROGRAM_ITERATIONS = 50

/** A problem ready to be solved, or why it is not. */
export type Prepared =
  | {
      readonly ok: true
      readonly problem: RosterProblem
      readonly model: Model
      readonly impossible: readonly string[]
    }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] }

/**
 * Checks and compiles a problem. People whose own hard rules leave no row at all (`impossible`) are not refused: their rules
 * are priced, so that the rest is still solved and what breaks is told.
 */
export function prepare(problem: RosterProblem): Prepared {
  const mistakes = findMistakes(problem)
  if (mistakes.length > 0) return { ok: false, mistakes }
  const model = compile(problem)
  const impossible = findImpossible(model).map((person) => problem.people[person]?.id ?? '')
  if (impossible.length === 0) return { ok: true, problem, model, impossible }
  return { ok: true, problem, model: compile(problem, new Set(impossible)), impossible }
}

/**
 * What one thread does: generate columns for everybody and dive (`columns`), mend a part at a time (`mend`), each in turn with a search
 * near by; or only search.
 */
export type Role = 'search' | 'columns' | 'mend'

export interface SolverOptions {
  readonly seed: number
  readonly role: Role
  readonly linear?: LinearSolver
  /** Wall seconds that one linear programme may take; Infinity in the reproducible mode. */
  readonly seconds?: number
  readonly memory?: SolverMemory
}

/** What is needed to take a stopped solve up again. */
export interface SolverMemory {
  readonly format: 'tongpao-roster-solve/1'
  readonly search: SearchMemory
  readonly random: readonly number[]
}

/**
 * A solve in steps: each `step` is a short piece of work; between steps the best so far may be read, a better roster from
 * elsewhere offered, or the whole thing stopped. Same model, seed and number of iterations → same answer.
 *
 * @example
 * const solver = new Solver(model, { seed: 1, role: 'columns', linear })
 * while (solver.iterations < 10_000 && !solver.isProven) solver.step()
 * solver.best // [person * days + day] → option
 */
export class Solver {
  readonly best: Int32Array
  bestCost: number
  /** Lower bound on the cost of any roster; -Infinity while unknown. */
  bound = Number.NEGATIVE_INFINITY
  iterations = 0
  readonly #search: NeighbourhoodSearch
  readonly #programs: Programs | undefined
  readonly #random: Random
  readonly #seconds: number
  readonly #role: Role
  #isSearching = true
  #isFirst = true
  /** What a dive came to is being bettered by itself: what others find meanwhile is noted, but waits. */
  #isApart = false
  #workLeft = START_WORK

  constructor(model: Model, options: SolverOptions) {
    this.#seconds = options.seconds ?? Number.POSITIVE_INFINITY
    this.#search = new NeighbourhoodSearch(model, options.seed, options.memory?.search)
    this.#random = new Random(options.seed + 77)
    if (options.memory !== undefined) this.#random.restore(options.memory.random)
    this.best = this.#search.best.slice()
    this.bestCost = this.#search.bestCost
    const { linear, role } = options
    this.#role = role
    const isSmall = model.people + model.items.count <= PROGRAM_ROWS_MAX
    if (linear !== undefined && role !== 'search' && (isSmall || role === 'mend')) {
      this.#programs = new Programs(model, linear, this.#random, role === 'columns')
      this.#programs.share(this.best)
    }
  }

  /** What the solver is at, for whoever watches. */
  get phase(): string {
    return this.#isSearching ? 'search' : (this.#programs?.phase ?? 'search')
  }

  /** No roster is cheaper (prices being whole numbers). */
  get isProven(): boolean {
    return this.bestCost <= Math.ceil(this.bound - 1e-6) + 1e-6
  }

  step(): void {
    const programs = this.#programs
    if (programs === undefined) this.#searchFor(20)
    else if (this.#isSearching) this.#searchAWhile(programs)
    else this.#program(programs)
    this.#note(this.#search.best, this.#search.bestCost)
  }

  #searchFor(steps: number): void {
    for (let at = 0; at < steps; at++) this.#search.step()
    this.iterations += steps
  }

  #searchAWhile(programs: Programs): void {
    const before = this.#search.rows.work
    const cost = this.#search.bestCost
    this.#searchFor(10)
    this.#workLeft -= this.#search.rows.work - before + 2000
    // A search that still gains goes on; only the first is short, since rows for the master matter more.
    if (!this.#isFirst && this.#search.bestCost < cost) this.#workLeft = Math.max(this.#workLeft, POLISH_WORK)
    if (this.#workLeft > 0) return
    programs.share(this.#search.best)
    this.#isSearching = false
    if (this.#role === 'mend' || !this.#isFirst) programs.mend(this.#toMend())
    this.#isFirst = false
  }

  /** The roster that the search stands at, if it is about as good as the best; else the best. */
  #toMend(): Int32Array {
    const { state, best, bestCost } = this.#search
    return this.#role === 'mend' && state.total <= bestCost * SHAKEN_MAX + 1 ? state.rows : best
  }

  #program(programs: Programs): void {
    const wasMending = programs.phase === 'mend'
    programs.step(this.best, this.bestCost, this.#seconds, (rows, cost) => {
      if (wasMending) this.#search.adopt(rows, cost)
      else this.#search.restart(rows, cost)
      this.#isApart = !wasMending || this.#isApart
      this.#note(rows, cost)
    })
    this.iterations += PROGRAM_ITERATIONS
    this.bound = Math.max(this.bound, programs.bound)
    if (wasMending && programs.phase !== 'mend') this.#rejoin()
    if (programs.phase !== 'idle') return
    this.#isSearching = true
    this.#workLeft = this.#role === 'mend' ? SHAKE_WORK : POLISH_WORK
  }

  #rejoin(): void {
    this.#isApart = false
    this.#search.adopt(this.best, this.bestCost)
  }

  #note(rows: Int32Array, cost: number): void {
    if (cost >= this.bestCost) return
    this.bestCost = cost
    this.best.set(rows)
  }

  /** A roster found elsewhere; taken over if it is better. */
  offer(rows: Int32Array, cost: number): void {
    if (cost >= this.bestCost) return
    this.#note(rows, cost)
    if (this.#isApart) return
    this.#search.adopt(rows, cost)
    this.#programs?.mend(rows)
  }

  save(): SolverMemory {
    const search = { ...this.#search.save(), best_rows: Array.from(this.best) }
    return { format: 'tongpao-roster-solve/1', search, random: this.#random.save() }
  }
}

/** Options as cells by person id. */
export function toRoster(problem: RosterProblem, rows: Int32Array): Roster {
  return Object.fromEntries(
    problem.people.map((person, index) => [
      person.id,
      Array.from({ length: problem.days }, (_, day) => {
        const option = rows[index * problem.days + day] ?? 0
        return option === 0 ? null : (problem.shifts[option - 1]?.id ?? null)
      }),
    ]),
  )
}
