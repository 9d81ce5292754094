import type { ColumnGeneration } from './column-generation.ts'
import type { Model } from './model.ts'
import type { Random } from './random.ts'

/** Of so many open people one is decided a step. */
const AT_ONCE = 16

/** Linear programmes that one dive may take; whoever is open then is left to the neighbourhood search. */
const SOLVES_MAX = 4000

/** How a dive goes: which weights count as decided, and how many rounds of new rows follow each decision. */
export interface DiveStyle {
  readonly sure: number
  readonly rounds: number
  readonly beam: number
  readonly noise: number
}

/**
 * From the master's mixture to one row a person: the clearest people are decided, new rows are priced for the others
 * against what is left, and so on (diving with column generation; Sadykov and others 2019). Resumable: one `step` decides
 * at least one person.
 */
export class Dive {
  /** One row of the pool a person, when finished; -1 for people left open. */
  readonly chosen: Int32Array
  isOver = false
  /** Whether it was given up because it could not beat `cutoff`. */
  isHopeless = false
  #solves = 0
  readonly #columns: ColumnGeneration
  readonly #model: Model
  readonly #random: Random
  readonly #style: DiveStyle

  constructor(model: Model, columns: ColumnGeneration, random: Random, style: DiveStyle) {
    this.#model = model
    this.#columns = columns
    this.#random = random
    this.#style = style
    this.chosen = new Int32Array(model.people).fill(-1)
  }

  step(cutoff: number, seconds: number): void {
    const columns = this.#columns
    const before = columns.objective
    for (const { person, row } of this.#clearest()) {
      columns.decide(person, row)
      this.chosen[person] = row
    }
    let alive = columns.master(seconds)
    const isLeft = this.chosen.some((row) => row < 0)
    for (let round = 0; isLeft && alive && round < this.#style.rounds; round++) {
      // A decision that cost nothing needs no new rows.
      if (columns.objective <= before + 0.3) break
      const known = columns.pool.size
      alive = columns.round(0, this.#style.beam, seconds)
      this.#solves++
      if (columns.pool.size === known) break
    }
    columns.isDone = false
    if (!alive || columns.objective >= cutoff) this.isHopeless = true
    this.#solves++
    if (this.isHopeless || !isLeft || this.#solves > SOLVES_MAX) this.isOver = true
  }

  /** Frees everybody again. */
  surface(): void {
    const columns = this.#columns
    for (let person = 0; person < this.#model.people; person++) {
      if ((columns.fixedTo[person] as number) >= 0) columns.decide(person, -1)
    }
  }

  /** Those whose heaviest row is as good as sure; else the clearest of those left, one in `AT_ONCE`. */
  #clearest(): { person: number; row: number }[] {
    const heaviest = new Float64Array(this.#model.people)
    const rowOf = new Int32Array(this.#model.people).fill(-1)
    const { pool } = this.#columns
    for (let row = 0; row < pool.size; row++) {
      const weight = this.#columns.weight(row)
      const person = pool.owner[row] as number
      if ((this.chosen[person] as number) >= 0 || weight <= (heaviest[person] as number)) continue
      heaviest[person] = weight
      rowOf[person] = row
    }
    const open: { person: number; row: number; score: number }[] = []
    const sure: { person: number; row: number }[] = []
    for (let person = 0; person < this.#model.people; person++) {
      const row = rowOf[person] as number
      if (row < 0) continue
      const weight = heaviest[person] as number
      if (weight >= this.#style.sure) sure.push({ person, row })
      open.push({ person, row, score: weight + this.#random.unit() * this.#style.noise })
    }
    if (sure.length > 0) return sure
    open.sort((a, b) => b.score - a.score || a.person - b.person)
    return open.slice(0, Math.ceil(open.length / AT_ONCE))
  }
}
