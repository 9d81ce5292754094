import type { LinearSolver } from './linear.ts'
import { mergeRows } from './merge.ts'
import { FORBIDDEN, type Model } from './model.ts'
import { cutPart, type PartChoice } from './part-model.ts'
import { PartSolver } from './part-solver.ts'
import { Random } from './random.ts'
import { Relaxation } from './relaxation.ts'
import type { SolverMemory, SolverOptions } from './solve.ts'
import { constructRows } from './start-rows.ts'
import { RosterState } from './state.ts'
import { WholeRows } from './whole-rows.ts'

const WINDOW_DAYS = 28
const SHORT_WINDOW_DAYS = 14
/** People of one part in the passes that only search. */
const SEARCH_PEOPLE_MAX = 200
/** Free cells of a part whose columns are generated, by people × days; and its cover items. */
const COLUMN_CELLS_MAX = 1500
const COLUMN_ITEMS_MAX = 300
/** Whole rows are refitted for at most so many rounds over everybody at a time, and while a round gains so large a part of the cost. */
const SWEEPS_MAX = 4
const SWEEP_GAIN = 0.005
/** Iterations between two rounds of the bound. */
const RELAXATION_EVERY = 300

/**
 * Large rosters by parts: weeks of some people at a time are cut out as a problem of their own and bettered. The first pass
 * searches near by only; later ones, on other cuts, also generate columns.
 */
export class PartSearch {
  readonly best: Int32Array
  bestCost: number
  /** Lower bound on the cost of any roster; -Infinity while unknown. */
  bound = Number.NEGATIVE_INFINITY
  iterations = 0
  readonly #model: Model
  readonly #random: Random
  readonly #linear: LinearSolver | undefined
  readonly #seconds: number
  readonly #state: RosterState
  /** The roster that this search and the others last had in common. */
  readonly #common: Int32Array
  /** People who may not be parted, by couplings. */
  readonly #bands: readonly (readonly number[])[]
  readonly #isBackward: boolean
  /** One thread of two looks for a bound as well. */
  readonly #relaxation: Relaxation | undefined
  readonly #wholeRows: WholeRows
  /** Rounds over everybody's whole row until parts are taken up again, the present one included; 0 = parts are under work. */
  #sweeps = SWEEPS_MAX
  #queue: PartChoice[] = []
  #pass = 0
  #solver: PartSolver | undefined
  #offered: { readonly rows: Int32Array; readonly cost: number } | undefined

  constructor(model: Model, options: SolverOptions) {
    const { memory } = options
    this.#model = model
    this.#random = new Random(options.seed)
    this.#isBackward = options.seed % 2 === 1
    this.#relaxation = this.#isBackward ? undefined : new Relaxation(model)
    this.#linear = options.role === 'search' ? undefined : options.linear
    this.#seconds = options.seconds ?? Number.POSITIVE_INFINITY
    this.#state =
      memory === undefined
        ? constructRows(model, this.#random)
        : new RosterState(model, Int32Array.from(memory.search.best_rows))
    if (memory !== undefined) {
      this.#random.restore(memory.random)
      this.#pass = memory.search.iterations
    }
    this.best = this.#state.rows.slice()
    this.bestCost = this.#state.total
    this.#common = this.best.slice()
    this.#bands = bandsOf(model)
    this.#wholeRows = new WholeRows(model, this.#random)
    this.#wholeRows.begin(model.people)
  }

  /** No roster is cheaper (prices being whole numbers). */
  get isProven(): boolean {
    return this.bestCost <= Math.ceil(this.bound - 1e-6) + 1e-6
  }

  /** A short piece of work on the present part. */
  step(): void {
    this.iterations += 10
    if (this.#relaxation !== undefined && this.#pass > 1 && this.iterations % RELAXATION_EVERY === 0) {
      this.#relaxation.step(this.bestCost)
      this.bound = Math.max(this.bound, this.#relaxation.bound)
    }
    if (this.#sweeps > 0) {
      this.#sweep()
      return
    }
    if (this.#solver === undefined) {
      if (this.#queue.length === 0) this.#plan()
      const choice = this.#queue.pop()
      if (choice === undefined) return
      const columns = this.#pass > 1 && this.#isForColumns(choice) ? this.#linear : undefined
      const part = cutPart(this.#state, choice)
      this.#solver = new PartSolver(part, this.#random, columns, this.#seconds, this.#pass === 1)
    }
    this.#solver.step()
    if (this.#solver.stage !== 'over') return
    this.#takeBack(this.#solver)
    this.#solver = undefined
    if (this.#queue.length === 0) {
      this.#sweeps = SWEEPS_MAX
      this.#wholeRows.begin(this.#model.people)
    }
    if (this.#offered !== undefined) this.#merge(this.#offered.rows, this.#offered.cost)
  }

  /** Some whole rows; another round follows where one has gained enough. */
  #sweep(): void {
    const before = this.#state.total
    const goesOn = this.#wholeRows.step(this.#state, 1 + (this.#sweeps % 2))
    this.#note()
    if (goesOn) return
    const hasGained = this.#wholeRows.gain > SWEEP_GAIN * before
    this.#sweeps = hasGained ? this.#sweeps - 1 : 0
    if (process.env.LOG) console.log('sweep', this.#wholeRows.gain, this.#state.total, process.threadCpuUsage().user/1e6)
    this.#wholeRows.begin(this.#model.people)
  }

  #isForColumns({ people, from, to }: PartChoice): boolean {
    const items = (this.#model.items.count * (to - from)) / this.#model.days
    return people.length * (to - from) <= COLUMN_CELLS_MAX && items <= COLUMN_ITEMS_MAX
  }

  #takeBack({ part, best, bestCost, costBefore }: PartSolver): void {
    if (bestCost > costBefore - 1e-6) return
    const state = this.#state
    const { days } = this.#model
    for (const [place, person] of part.people.entries()) {
      const row = state.rows.slice(person * days, (person + 1) * days)
      row.set(best.subarray(place * part.model.days, (place + 1) * part.model.days), part.from)
      state.remove(person)
      state.put(person, row)
    }
    this.#note()
  }

  #note(): void {
    if (this.#state.total > this.bestCost - 1e-6) return
    this.best.set(this.#state.rows)
    this.bestCost = this.#state.total
  }

  /** The parts of the next pass: other windows and other groups of people each time. */
  #plan(): void {
    const { days, items } = this.#model
    const isFirst = this.#pass === 0
    this.#pass++
    const itemsADay = items.count / days
    const isShort = !isFirst && (WINDOW_DAYS * itemsADay > COLUMN_ITEMS_MAX || this.#pass % 2 === 0)
    const length = days <= WINDOW_DAYS + 7 ? days : isShort ? SHORT_WINDOW_DAYS : WINDOW_DAYS
    const most = isFirst ? SEARCH_PEOPLE_MAX : Math.max(8, Math.floor(COLUMN_CELLS_MAX / length))
    const shift = isFirst || length === days ? 0 : this.#random.below(length)
    const windows: { from: number; to: number }[] = []
    for (let at = -shift; at < days; at += length) {
      const from = Math.max(0, at)
      const to = Math.min(days, at + length)
      if (to - from >= Math.min(days, 3)) windows.push({ from, to })
    }
    const choices = windows.flatMap((window) => this.#groups(most).map((people) => ({ ...window, people })))
    // Two threads begin their first pass at different ends, so that what they find adds up.
    if (isFirst) this.#queue = this.#isBackward ? choices : choices.reverse()
    else this.#queue = Array.from(this.#random.shuffled(choices.length), (at) => choices[at] as PartChoice)
  }

  /** Everybody with a legal row, in random groups of about the same size. */
  #groups(most: number): number[][] {
    const order = Array.from(this.#random.shuffled(this.#bands.length), (at) => this.#bands[at] ?? [])
    const count = Math.ceil(this.#model.people / most)
    const groups: number[][] = Array.from({ length: count }, () => [])
    let at = 0
    for (const band of order) {
      if (band.some((person) => (this.#state.rowCosts[person] as number) >= FORBIDDEN)) continue
      groups[at % count]?.push(...band)
      at++
    }
    return groups.filter((group) => group.length > 0).map((group) => group.sort((a, b) => a - b))
  }

  /** A roster found elsewhere; it is looked at when the part under work is done. */
  offer(rows: Int32Array, cost: number): void {
    this.#offered = { rows, cost }
    if (this.#solver === undefined) this.#merge(rows, cost)
  }

  /** What the other roster and this search have found since they last were the same is brought together. */
  #merge(rows: Int32Array, cost: number): void {
    this.#offered = undefined
    const state = this.#state
    state.load(mergeRows(this.#model, this.#common, this.best, rows))
    if (state.total > Math.min(cost, this.bestCost) + 1e-6) state.load(cost < this.bestCost ? rows : this.best)
    this.#common.set(rows)
    this.#note()
  }

  save(): SolverMemory {
    const rows = Array.from(this.best)
    const random = this.#random.save()
    const search = { random, rows, best_rows: rows, iterations: this.#pass, temperature: 0 }
    return { format: 'tongpao-roster-solve/1', search, random }
  }
}

/** People whom couplings hold together, directly or by others; whoever is in none stands alone. */
function bandsOf(model: Model): number[][] {
  const leader = Int32Array.from({ length: model.people }, (_, person) => person)
  const find = (person: number): number => {
    let at = person
    while (leader[at] !== at) at = leader[at] as number
    return at
  }
  for (const { people } of model.couplings) {
    for (const person of people) leader[find(person)] = find(people[0] as number)
  }
  const bands = new Map<number, number[]>()
  for (let person = 0; person < model.people; person++) {
    const head = find(person)
    const band = bands.get(head)
    if (band === undefined) bands.set(head, [person])
    else band.push(person)
  }
  return [...bands.values()]
}
