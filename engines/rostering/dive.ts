import { ColumnGeneration, type Workshop } from './column-generation.ts'
import type { Random } from './random.ts'

/** Of so many open people one is decided a step. */
const AT_ONCE = 16
/** So few open people are tried to be settled by whole numbers; then again when half of them are left. */
const REST = 10
/** A master for the open people alone is made when so large a part of its people is decided. */
const SHRINK = 0.75
/** Rows a person that such a master begins with. */
const ROWS_KEPT = 60
const NODES = 100
const SMOOTHING = 0.5
/** New rows for the last few people: how often each is priced at duals moved by how much. */
const ENRICHINGS = 6
const ENRICH_SPREAD = 4
/** A decision that costs no more than this needs no new rows. */
const CHEAP = 0.3

/** How a dive goes: which weights count as decided, and how many rounds of new rows follow each decision. */
export interface DiveStyle {
  readonly sure: number
  readonly rounds: number
  readonly beam: number
  readonly noise: number
  /** So few open people are tried to be settled by whole numbers; 0: never. Standard `REST`. */
  readonly rest?: number
}

/**
 * From the master's mixture to one row a person: the clearest people are decided, new rows are priced for the others
 * against what is left, and so on (diving with column generation; Sadykov and others 2019). An integer programme over the
 * rows of the last few people gives a choice earlier. Resumable: one `step` decides at least one person.
 */
export class Dive {
  /** One row of the pool a person, once there is a whole roster. */
  result: readonly number[] | undefined
  isOver = false
  readonly #shop: Workshop
  readonly #root: ColumnGeneration
  readonly #random: Random
  readonly #style: DiveStyle
  readonly #chosen: Int32Array
  readonly #counts: Int32Array
  /** What the decided rows cost by themselves, and as much of it as the present master does not see. */
  #decidedCost = 0
  #offset = 0
  #master: ColumnGeneration
  #resultCost = Number.POSITIVE_INFINITY
  #rest: number

  /** @param root a master that was solved; it stays as it is */
  constructor(shop: Workshop, root: ColumnGeneration, random: Random, style: DiveStyle) {
    this.#shop = shop
    this.#root = root
    this.#master = root
    this.#random = random
    this.#style = style
    this.#rest = style.rest ?? REST
    this.#counts = new Int32Array(shop.model.items.count)
    this.#chosen = new Int32Array(shop.model.people).fill(-1)
  }

  step(cutoff: number, seconds: number): void {
    const before = this.#offset + this.#master.objective
    const isRoot = this.#master === this.#root
    for (const row of this.#clearest()) this.#decide(row)
    const open = this.#master.people.filter((person) => (this.#chosen[person] as number) < 0)
    if (isRoot || open.length <= SHRINK * this.#master.people.length) this.#shrink(open)
    const isAlive = this.#price(before, seconds)
    const cost = this.#offset + this.#master.objective
    if (!isAlive || cost >= Math.min(cutoff, this.#resultCost - 0.5)) this.#end()
    else if (open.length === 0) {
      this.result = Array.from(this.#chosen)
      this.#end()
    } else if (open.length <= this.#rest) {
      this.#rest = Math.floor(open.length / 2)
      this.#settle(seconds)
    }
  }

  #end(): void {
    this.isOver = true
    this.dispose()
  }

  #decide(row: number): void {
    const { pool } = this.#shop
    const person = pool.owner[row] as number
    this.#chosen[person] = row
    this.#decidedCost += pool.cost[row] as number
    pool.items(row, (item) => {
      this.#counts[item]! += 1
    })
    if (this.#master !== this.#root) this.#master.decide(person, row)
  }

  /** A master of the open people alone: its programmes are small. */
  #shrink(open: readonly number[]): void {
    const large = this.#master
    const small = new ColumnGeneration(this.#shop, { people: open, counts: this.#counts.slice() })
    for (const person of open) for (const row of large.promising(person, ROWS_KEPT)) small.include(row)
    this.dispose()
    this.#master = small
    this.#offset = this.#decidedCost
  }

  /** Prices new rows for the open people until the last decisions have cost nothing, or the rounds are up. */
  #price(before: number, seconds: number): boolean {
    const master = this.#master
    if (!master.master(seconds)) return false
    for (let round = 0; round < this.#style.rounds && !master.isDone; round++) {
      if (this.#offset + master.objective <= before + CHEAP) break
      if (!master.round(SMOOTHING, this.#style.beam, seconds)) return false
    }
    master.isDone = false
    return true
  }

  #settle(seconds: number): void {
    const master = this.#master
    master.enrich(this.#random, ENRICHINGS, ENRICH_SPREAD, this.#style.beam)
    const answer = master.whole(NODES, seconds)
    if (answer === undefined || !master.master(seconds)) return
    this.#resultCost = this.#offset + answer.objective
    const rows = Array.from(this.#chosen)
    for (const [place, person] of master.people.entries()) rows[person] = answer.rows[place] as number
    this.result = rows
  }

  dispose(): void {
    if (this.#master !== this.#root) this.#master.dispose()
    this.#master = this.#root
  }

  /** The heaviest rows of those whose row is as good as sure; else of the clearest, one in `AT_ONCE`. */
  #clearest(): number[] {
    const heaviest = new Map<number, { person: number; row: number; weight: number }>()
    this.#master.weights((row, weight) => {
      const person = this.#shop.pool.owner[row] as number
      if ((this.#chosen[person] as number) >= 0 || weight <= (heaviest.get(person)?.weight ?? 0)) return
      heaviest.set(person, { person, row, weight })
    })
    const open = [...heaviest.values()]
    const sure = open.filter(({ weight }) => weight >= this.#style.sure)
    if (sure.length > 0) return sure.map(({ row }) => row)
    const ranked = open.map((each) => ({ ...each, score: each.weight + this.#random.unit() * this.#style.noise }))
    ranked.sort((a, b) => b.score - a.score || a.person - b.person)
    return ranked.slice(0, Math.ceil(ranked.length / AT_ONCE)).map(({ row }) => row)
  }
}
