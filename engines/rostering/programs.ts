import { ColumnGeneration, type Workshop } from './column-generation.ts'
import { Dive } from './dive.ts'
import type { LinearSolver } from './linear.ts'
import { Mender } from './mend.ts'
import { FORBIDDEN, type Model } from './model.ts'
import type { Random } from './random.ts'
import { RowPool } from './row-pool.ts'
import { RowSearch } from './row-search.ts'
import { RosterState } from './state.ts'

/**
 * Rounds without gain after which the master counts as solved. As long as it has gained nothing at all, it may take longer: the better the
 * roster that it begins with, the more new rows it takes before any mixture of them is cheaper.
 */
const FLAT_ROUNDS = 8
const FIRST_ROUNDS = 50
const FLAT_GAIN = 0.05
/**
 * A dive is given up when it comes out so far above the best: mending would not make it good. Searched and mended, one on instance 12 that came out
 * 3 % above what another thread had mended by then became 4 % better than that; on 9 such dives lead nowhere and take the time of mending. So the
 * slack is halved by each dive after which there is nothing better.
 */
const DIVE_SLACK = 0.1
const DIVE_SLACK_MIN = 0.01
/** Tries in a row without gain after which another dive or search takes over. */
const IDLE_MENDS = 12

export type ProgramPhase = 'rounds' | 'dive' | 'mend' | 'idle'

/**
 * The linear half of a solve: generate columns for everybody, dive to a roster, mend it by parts; or only the mending, which
 * needs no master of everybody. Each `step` is a short piece of that.
 */
export class Programs {
  phase: ProgramPhase
  bound = Number.NEGATIVE_INFINITY
  readonly #shop: Workshop
  readonly #root: ColumnGeneration | undefined
  readonly #mender: Mender
  readonly #random: Random
  readonly #state: RosterState
  #dive: Dive | undefined
  #dives = 0
  #slack = DIVE_SLACK
  #bestBeforeDive = Number.POSITIVE_INFINITY
  #flat = 0
  #flatMost = FIRST_ROUNDS

  constructor(model: Model, solver: LinearSolver, random: Random, hasMaster: boolean) {
    this.#shop = { model, solver, pool: new RowPool(model), rows: new RowSearch(model) }
    const people = Array.from({ length: model.people }, (_, person) => person)
    const counts = new Int32Array(model.items.count)
    this.#root = hasMaster ? new ColumnGeneration(this.#shop, { people, counts }) : undefined
    this.phase = hasMaster ? 'rounds' : 'idle'
    this.#random = random
    this.#mender = new Mender(this.#shop, this.#root, random)
    this.#state = new RosterState(model)
  }

  /** Lets the master know the rows of a roster. */
  share(rows: Int32Array): void {
    if (this.#root === undefined) return
    const { people, days } = this.#shop.model
    this.#state.load(rows)
    for (let person = 0; person < people; person++) {
      const cost = this.#state.rowCosts[person] as number
      if (cost < FORBIDDEN) this.#root.include(this.#shop.pool.add(person, rows, person * days, cost))
    }
  }

  /** Takes a roster to mend, after a search or from another thread; when that brings no more, the next dive follows. */
  mend(rows: Int32Array): void {
    this.#mender.load(rows)
    if (this.phase === 'idle') this.phase = 'mend'
  }

  /**
   * @param best the best roster so far, [person * days + day]
   * @param visit is given each roster that comes out: of a dive be it worse than the best, of mending only what is better than before
   */
  step(best: Int32Array, bestCost: number, seconds: number, visit: (rows: Int32Array, cost: number) => void): void {
    const root = this.#root
    if (this.phase === 'mend') this.#mendOn(seconds, visit)
    else if (root === undefined) this.phase = 'idle'
    else if (this.phase === 'rounds') this.#round(root, seconds)
    else if (this.phase === 'dive') this.#diveOn(root, best, bestCost, seconds, visit)
  }

  #round(root: ColumnGeneration, seconds: number): void {
    const before = root.objective
    const isAlive = root.round(0.5, 30, seconds)
    this.bound = Math.max(this.bound, root.bound)
    const hasGained = root.objective <= before - FLAT_GAIN
    // The first round only takes over what is known.
    if (hasGained && Number.isFinite(before)) this.#flatMost = FLAT_ROUNDS
    this.#flat = hasGained ? 0 : this.#flat + 1
    if (!isAlive) this.phase = 'idle'
    else if (root.isDone || this.#flat >= this.#flatMost) this.phase = 'dive'
  }

  #diveOn(
    root: ColumnGeneration,
    best: Int32Array,
    bestCost: number,
    seconds: number,
    visit: (rows: Int32Array, cost: number) => void,
  ): void {
    if (this.#dive === undefined) {
      const noise = this.#dives === 0 ? 0 : 0.3
      if (this.#mender.state.total >= this.#bestBeforeDive - 1e-6) this.#trustLess()
      this.#bestBeforeDive = bestCost
      this.#dive = new Dive(this.#shop, root, this.#random, { sure: 0.8, rounds: 10, beam: 20, noise })
      this.#dives++
    }
    const dive = this.#dive
    dive.step(bestCost + this.#slack * Math.abs(bestCost), seconds)
    if (!dive.isOver) return
    this.#dive = undefined
    if (dive.result === undefined) {
      this.#trustLess()
      this.phase = 'idle'
      return
    }
    const { days } = this.#shop.model
    const rows = best.slice()
    for (const [person, row] of dive.result.entries()) this.#shop.pool.copy(row, rows, person * days)
    this.#mender.load(rows)
    visit(rows, this.#mender.state.total)
    this.phase = 'idle'
  }

  #trustLess(): void {
    this.#slack = Math.max(DIVE_SLACK_MIN, this.#slack / 2)
    this.#bestBeforeDive = Number.POSITIVE_INFINITY
  }

  #mendOn(seconds: number, visit: (rows: Int32Array, cost: number) => void): void {
    const mender = this.#mender
    const next = this.#root === undefined ? 'idle' : 'dive'
    if (!mender.isLegal) this.phase = next
    else if (mender.step(seconds)) visit(mender.state.rows, mender.state.total)
    else if (mender.idle >= IDLE_MENDS) this.phase = next
  }
}
