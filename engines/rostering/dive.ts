import { ColumnGeneration, type Workshop } from './column-generation.ts'
import type { Random } from './random.ts'

/** Of so many open people one is decided a step. */
const AT_ONCE = 16
/** So few open people are settled by whole numbers at once. */
const REST = 10
/** A master for the open people alone is made when so large a part of its people is decided. */
const SHRINK = 0.75
/** Rows a person that such a master begins with. */
const ROWS_KEPT = 60
const NODES = 200

/** How a dive goes: which weights count as decided, and how many rounds of new rows follow each decision. */
export interface DiveStyle {
  readonly sure: number
  readonly rounds: number
  readonly beam: number
  readonly noise: number
}

/**
 * From the master's mixture to one row a person: the clearest people are decided, new rows are priced for the others
 * against what is left, and so on (diving with column generation; Sadykov and others 2019); the last few are settled by
 * an integer programme over their rows. Resumable: one `step` decides at least one person.
 */
export class Dive {
  /** One row of the pool a person, when finished; -1 for people left open. */
  readonly chosen: Int32Array
  isOver = false
  /** Whether it was given up because it could not beat `cutoff`. */
  isHopeless = false
  readonly #shop: Workshop
  readonly #root: ColumnGeneration
  readonly #random: Random
  readonly #style: DiveStyle
  readonly #counts: Int32Array
  /** What the decided rows cost by themselves. */
  #decidedCost = 0
  #master: ColumnGeneration

  /** @param root a master that was solved; it stays as it is */
  constructor(shop: Workshop, root: ColumnGeneration, random: Random, style: DiveStyle) {
    this.#shop = shop
    this.#root = root
    this.#master = root
    this.#random = random
    this.#style = style
    this.#counts = new Int32Array(shop.model.items.count)
    this.chosen = new Int32Array(shop.model.people).fill(-1)
  }

  step(cutoff: number, seconds: number): void {
    const before = this.#master.objective + (this.#master === this.#root ? 0 : this.#offset)
    this.#decide()
    const open = this.#master.people.filter((person) => (this.chosen[person] as number) < 0)
    if (open.length <= SHRINK * this.#master.people.length || this.#master === this.#root) this.#shrink(open)
    const isLast = open.length <= REST
    const alive = open.length === 0 || this.#price(before, seconds)
    if (!alive || this.#offset + this.#master.objective >= cutoff) this.isHopeless = true
    else if (isLast && open.length > 0) this.#settle(seconds)
    if (this.isHopeless || isLast) {
      this.isOver = true
      this.dispose()
    }
  }

  /** The part of the cost that the present master does not see. */
  #offset = 0

  #decide(): void {
    const isRoot = this.#master === this.#root
    for (const { person, row } of this.#clearest()) {
      this.chosen[person] = row
      this.#decidedCost += this.#shop.pool.cost[row] as number
      this.#shop.pool.items(row, (item) => {
        this.#counts[item]! += 1
      })
      if (!isRoot) this.#master.decide(person, row)
    }
  }

  #shrink(open: readonly number[]): void {
    const small = new ColumnGeneration(this.#shop, { people: open, counts: this.#counts.slice() })
    for (const person of open) for (const row of this.#master.promising(person, ROWS_KEPT)) small.include(row)
    this.dispose()
    this.#master = small
    this.#offset = this.#decidedCost
    if (open.length === 0) small.master(Number.POSITIVE_INFINITY)
  }

  /** Prices new rows for the open people until the last decisions have cost nothing, or the rounds are up. */
  #price(before: number, seconds: number): boolean {
    const master = this.#master
    if (!master.master(seconds)) return false
    for (let round = 0; round < this.#style.rounds && !master.isDone; round++) {
      if (this.#offset + master.objective <= before + 0.3) break
      if (!master.round(0, this.#style.beam, seconds)) return false
    }
    master.isDone = false
    return true
  }

  #settle(seconds: number): void {
    const answer = this.#master.whole(NODES, seconds)
    if (answer === undefined) return
    for (const [place, person] of this.#master.people.entries()) {
      if ((this.chosen[person] as number) < 0) this.chosen[person] = answer.rows[place] as number
    }
  }

  dispose(): void {
    if (this.#master !== this.#root) this.#master.dispose()
    this.#master = this.#root
  }

  /** Those whose heaviest row is as good as sure; else the clearest of those left, one in `AT_ONCE`. */
  #clearest(): { person: number; row: number }[] {
    const heaviest = new Map<number, { person: number; row: number; weight: number }>()
    this.#master.weights((row, weight) => {
      const person = this.#shop.pool.owner[row] as number
      if ((this.chosen[person] as number) >= 0 || weight <= (heaviest.get(person)?.weight ?? 0)) return
      heaviest.set(person, { person, row, weight })
    })
    const open = [...heaviest.values()]
    const sure = open.filter(({ weight }) => weight >= this.#style.sure)
    if (sure.length > 0) return sure
    const ranked = open.map((each) => ({ ...each, score: each.weight + this.#random.unit() * this.#style.noise }))
    ranked.sort((a, b) => b.score - a.score || a.person - b.person)
    return ranked.slice(0, Math.ceil(ranked.length / AT_ONCE))
  }
}
