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
/** Parts begin with so many days; a pass with columns that gains less than this part of the cost is followed by one with a week more. */
const SHORT_DAYS = 14
const LENGTH_GAIN = 0.005
/** People of one part in the passes that only search. */
const SEARCH_PEOPLE_MAX = 200
/** Free cells of a part whose columns are generated, by people × days; and its cover items. */
const COLUMN_CELLS_MAX = 1500
const COLUMN_ITEMS_MAX = 300
/** Rounds over everybody's whole row at the beginning, and the part of the cost that each must gain; and between two passes over parts. */
const SWEEPS_FIRST = 4
const SWEEP_GAIN = 0.005
const SWEEPS_SEARCH = 2
const SWEEPS = 12
/** Passes only search as long as each gains so large a part of the cost; then columns come in. */
const SEARCH_GAIN = 0.05
/** A round of the bound prices everybody's whole row: so many cells of the roster are allowed for each step on parts. */
const RELAXATION_CELLS = 20

/**
 * Large rosters by parts: weeks of some people at a time are cut out as a problem of their own and bettered. The first passes
 * search near by only; when that gains little, those on further cuts also generate columns. Between passes whole rows are refitted, so
 * that what people may work at most in all goes to the weeks that need it.
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
  #sweeps = SWEEPS_FIRST
  #hasColumns = false
  #partSteps = 0
  #length = SHORT_DAYS
  #costAtPass = Number.POSITIVE_INFINITY
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

  /** A short piece of work on whole rows or on the present part. */
  step(): void {
    this.iterations += 10
    if (this.#sweeps > 0) {
      this.#sweep()
      return
    }
    this.#partSteps++
    if (this.#relaxation !== undefined && this.#pass > 1 && this.#partSteps * RELAXATION_CELLS >= this.best.length) {
      this.#partSteps = 0
      this.#relaxation.step(this.bestCost)
      this.bound = Math.max(this.bound, this.#relaxation.bound)
    }
    if (this.#solver === undefined) {
      if (this.#queue.length === 0) this.#plan()
      const choice = this.#queue.pop()
      if (choice === undefined) return
      const columns = this.#hasColumns && this.#isForColumns(choice) ? this.#linear : undefined
      const part = cutPart(this.#state, choice)
      this.#solver = new PartSolver(part, this.#random, columns, this.#seconds, this.#pass === 1)
    }
    this.#solver.step()
    if (this.#solver.stage !== 'over') return
    this.#takeBack(this.#solver)
    this.#solver = undefined
    if (this.#queue.length === 0) {
      this.#sweeps = this.#hasColumns ? SWEEPS : SWEEPS_SEARCH
      this.#wholeRows.begin(this.#model.people)
    }
    if (this.#offered !== undefined) this.#merge(this.#offered.rows, this.#offered.cost)
  }

  /** Some whole rows. At the beginning another round follows only where one has gained enough. */
  #sweep(): void {
    const before = this.#state.total
    const isStart = this.#pass === 0
    const goesOn = this.#wholeRows.step(this.#state, isStart && this.#sweeps % 2 === 0 ? 1 : 2)
    this.#note()
    if (goesOn) return
    const isEnough = isStart && this.#wholeRows.gain < SWEEP_GAIN * before
    this.#sweeps = isEnough ? 0 : this.#sweeps - 1
    if (this.#sweeps > 0) this.#wholeRows.begin(this.#model.people)
  }

  #isForColumns({ people, from, to }: PartChoice): boolean {
    const items = (this.#model.items.count * (to - from)) / this.#model.days
    return people.length * (to - from) <= COLUMN_CELLS_MAX && items <= COLUMN_ITEMS_MAX
  }

  /** The longest windows of which columns are generated. */
  get #longest(): number {
    const { items, days } = this.#model
    return WINDOW_DAYS * items.count <= COLUMN_ITEMS_MAX * days ? WINDOW_DAYS : SHORT_DAYS
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
    const { days } = this.#model
    const isFirst = this.#pass === 0
    this.#pass++
    const { total } = this.#state
    const gain = (this.#costAtPass - total) / Math.max(1, Math.abs(total))
    const isFlat = this.#hasColumns && gain < LENGTH_GAIN
    if (isFlat) this.#length = this.#length >= this.#longest ? SHORT_DAYS : this.#length + 7
    this.#hasColumns ||= gain < SEARCH_GAIN
    this.#costAtPass = total
    const length = days <= WINDOW_DAYS + 7 ? days : isFirst ? WINDOW_DAYS : this.#length
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
