import { ColumnGeneration } from './column-generation.ts'
import { compile } from './compile.ts'
import { Dive } from './dive.ts'
import type { LinearSolver } from './linear.ts'
import { findMistakes, type Mistake } from './mistakes.ts'
import { FORBIDDEN, type Model } from './model.ts'
import { NeighbourhoodSearch, type SearchMemory } from './neighbourhood.ts'
import type { Roster, RosterProblem } from './problem.ts'
import { Random } from './random.ts'
import { RowSearch } from './row-search.ts'
import { RosterState } from './state.ts'

/** Programmes with more rows than this are left to neighbourhood search. */
const PROGRAM_ROWS_MAX = 1500
/** Work (labels) that goes into the first search, into each polish after a dive. */
const START_WORK = 1_000_000
const POLISH_WORK = 1_500_000
/** How many iterations a column round and a dive step count for in the reproducible mode. */
const ROUND_ITERATIONS = 50

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
  const search = new RowSearch(model)
  const fixed = new Int32Array(problem.days).fill(-1)
  const impossible = problem.people.flatMap((person, index) => {
    const from = index * model.days * model.options
    const prices = Float64Array.from(model.cells.subarray(from, from + model.days * model.options))
    search.find(index, prices, fixed, FORBIDDEN, { beam: 60, rounds: 20 })
    return search.found ? [] : person.id
  })
  if (impossible.length === 0) return { ok: true, problem, model, impossible }
  return { ok: true, problem, model: compile(problem, new Set(impossible)), impossible }
}

/** What one thread does: look for rosters near by only, or generate columns and dive in turn with that. */
export type Role = 'search' | 'columns'

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

type Phase = 'start' | 'rounds' | 'dive' | 'polish'

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
  readonly #model: Model
  readonly #search: NeighbourhoodSearch
  readonly #columns: ColumnGeneration | undefined
  readonly #random: Random
  readonly #seconds: number
  readonly #state: RosterState
  #phase: Phase = 'start'
  #dive: Dive | undefined
  #dives = 0
  #workLeft = START_WORK
  #flat = 0

  constructor(model: Model, options: SolverOptions) {
    this.#model = model
    this.#seconds = options.seconds ?? Number.POSITIVE_INFINITY
    this.#search = new NeighbourhoodSearch(model, options.seed, options.memory?.search)
    this.#random = new Random(options.seed + 77)
    if (options.memory !== undefined) this.#random.restore(options.memory.random)
    this.#state = new RosterState(model)
    this.best = this.#search.best.slice()
    this.bestCost = this.#search.bestCost
    const { linear, role } = options
    const isSmall = model.people + model.items.count <= PROGRAM_ROWS_MAX
    if (linear !== undefined && role !== 'search' && isSmall) {
      const columns = new ColumnGeneration(model, linear)
      this.#columns = columns
      this.#search.onRow = (person, rows, from, cost) => columns.pool.add(person, rows, from, cost)
      this.#share(this.best)
    }
  }

  /** No roster is cheaper (prices being whole numbers). */
  get isProven(): boolean {
    return this.bestCost <= Math.ceil(this.bound - 1e-6) + 1e-6
  }

  step(): void {
    const columns = this.#columns
    if (columns === undefined) this.#searchFor(20)
    else if (this.#phase === 'start' || this.#phase === 'polish') this.#prelude(columns)
    else if (this.#phase === 'rounds') this.#round(columns)
    else this.#diveOn(columns)
    this.#note()
  }

  #searchFor(steps: number): void {
    for (let at = 0; at < steps; at++) this.#search.step()
    this.iterations += steps
  }

  #prelude(columns: ColumnGeneration): void {
    const before = this.#search.rows.work
    this.#searchFor(10)
    this.#workLeft -= this.#search.rows.work - before + 2000
    if (this.#workLeft > 0) return
    this.#share(this.#search.best)
    this.#phase = columns.isDone ? 'dive' : 'rounds'
    this.#flat = 0
    if (this.#phase === 'dive' && !columns.master(this.#seconds)) this.#polish()
  }

  #round(columns: ColumnGeneration): void {
    const before = columns.objective
    const isAlive = columns.round(0.5, 30, this.#seconds)
    this.iterations += ROUND_ITERATIONS
    this.bound = Math.max(this.bound, columns.bound)
    this.#flat = columns.objective > before - 0.05 ? this.#flat + 1 : 0
    if (!isAlive) this.#polish()
    else if (columns.isDone || this.#flat >= 8) this.#phase = 'dive'
  }

  #diveOn(columns: ColumnGeneration): void {
    if (this.#dive === undefined) {
      const noise = this.#dives === 0 ? 0 : 0.3
      this.#dive = new Dive(this.#model, columns, this.#random, { sure: 0.8, rounds: 10, beam: 20, noise })
      this.#dives++
    }
    const dive = this.#dive
    dive.step(this.bestCost - 0.5, this.#seconds)
    this.iterations += ROUND_ITERATIONS
    if (!dive.isOver) return
    if (!dive.isHopeless) this.#takeDive(dive, columns)
    dive.surface()
    columns.master(this.#seconds)
    columns.isDone = true
    this.#dive = undefined
    this.#polish()
  }

  #takeDive(dive: Dive, columns: ColumnGeneration): void {
    const rows = this.best.slice()
    const open: number[] = []
    for (const [person, row] of dive.chosen.entries()) {
      if (row < 0) open.push(person)
      else columns.pool.copy(row, rows, person * this.#model.days)
    }
    this.#search.restart(rows, open)
  }

  #polish(): void {
    this.#phase = 'polish'
    this.#workLeft = POLISH_WORK
  }

  /** Lets the master know the rows of a roster. */
  #share(rows: Int32Array): void {
    const { people, days } = this.#model
    this.#state.load(rows)
    for (let person = 0; person < people; person++) {
      const cost = this.#state.rowCosts[person] as number
      if (cost < FORBIDDEN) this.#columns?.pool.add(person, rows, person * days, cost)
    }
  }

  #note(): void {
    if (this.#search.bestCost < this.bestCost) {
      this.bestCost = this.#search.bestCost
      this.best.set(this.#search.best)
    }
  }

  /** A roster found elsewhere; taken over if it is better. */
  offer(rows: Int32Array, cost: number): void {
    if (cost >= this.bestCost) return
    this.#search.adopt(rows, cost)
    if (this.#columns !== undefined) this.#share(rows)
    this.#note()
  }

  save(): SolverMemory {
    return { format: 'tongpao-roster-solve/1', search: this.#search.save(), random: this.#random.save() }
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
