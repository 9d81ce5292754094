import { ColumnGeneration, type Part, type Stretch, type Workshop } from './column-generation.ts'
import { FORBIDDEN } from './model.ts'
import type { Random } from './random.ts'
import { RowPool } from './row-pool.ts'
import { RosterState } from './state.ts'

/** Rows a person that a small master over the whole period begins with. */
const ROWS_KEPT = 80
const ROUNDS = 40
const QUICK_BEAM = 12
const SMOOTHING = 0.5
const NODES = 60
/** New rows before whole numbers are asked for: how often each person is priced at duals moved by how much. */
const ENRICHINGS = 4
const ENRICH_SPREAD = 4
/** What a linear programme and a branching count for beside labels of row searches, as work that no machine's speed moves. */
const PROGRAM_WORK = 2_000
const WHOLE_WORK = 400_000
/** A try that takes more work than this frees less the next time. */
const TRY_WORK_MAX = 2_000_000
/** How quickly a shape's past success fades, and the least share of tries that each keeps. */
const FADING = 0.9
const LEAST_SHARE = 0.02

/** What is freed together: so many people (0 = everybody) on so many days (0 = all). */
interface Shape {
  people: number
  days: number
  readonly grows: 'people' | 'days'
  /** Labels that a row search may keep a state. Short stretches are searched exactly, so that bounds are tight. */
  readonly beam: number
  successes: number
  work: number
}

/**
 * Betters a roster by exact means on a part of it: everybody for some days, or some people for longer; all else stands. A small
 * column generation for what is free either proves that it cannot do better or finds the rows of which an integer programme
 * picks the best. How much is freed follows from how often that succeeds within its limits, and which shape is tried from
 * what each has brought for its work.
 */
export class Mender {
  readonly state: RosterState
  /** How many tries in a row have found nothing better. */
  idle = 0
  readonly #shop: Workshop
  readonly #root: ColumnGeneration | undefined
  readonly #random: Random
  readonly #shapes: readonly Shape[]
  #programs = 0

  /** @param root a master of everybody that was solved: its duals rank the rows to begin with */
  constructor(shop: Workshop, root: ColumnGeneration | undefined, random: Random) {
    this.#shop = shop
    this.#root = root
    this.#random = random
    this.state = new RosterState(shop.model)
    const { people, days } = shop.model
    const fresh = { beam: 300, successes: 1, work: TRY_WORK_MAX }
    this.#shapes = [
      { ...fresh, people: 0, days: Math.min(days, 7), grows: 'days' },
      { ...fresh, people: Math.ceil(people / 2), days: Math.min(days, 10), grows: 'days' },
      { ...fresh, people: Math.ceil(people / 4), days: Math.min(days, 14), grows: 'days' },
      { ...fresh, people: Math.min(people, 6), days: 0, grows: 'people', beam: 20 },
    ]
  }

  load(rows: Int32Array): void {
    this.state.load(rows)
    this.idle = 0
  }

  /** One try; answers whether the roster has become better. */
  step(seconds: number): boolean {
    const shape = this.#pick()
    const part = this.#choose(shape)
    const shop = part.stretch === undefined ? this.#shop : { ...this.#shop, pool: new RowPool(this.state.model) }
    const start = part.people.map((person) => this.#rowOf(shop, person))
    const before = this.state.total
    const worked = shop.rows.work
    this.#programs = 0
    const master = new ColumnGeneration(shop, part)
    const rows = this.#improve(master, shape, start, this.#costOf(part), seconds)
    master.dispose()
    this.#put(shop, part.people, rows)
    const isBetter = this.state.total < before - 1e-6
    if (!isBetter) this.#put(shop, part.people, start)
    this.#learn(shape, isBetter, shop.rows.work - worked + this.#programs)
    this.idle = isBetter ? 0 : this.idle + 1
    return isBetter
  }

  /** A shape by its success a unit of work. */
  #pick(): Shape {
    const rates = this.#shapes.map(({ successes, work }) => (successes + 0.2) / work)
    const sum = rates.reduce((total, rate) => total + rate, 0)
    const shares = rates.map((rate) => Math.max(LEAST_SHARE, rate / sum))
    let left = this.#random.unit() * shares.reduce((total, share) => total + share, 0)
    const at = shares.findIndex((share) => {
      left -= share
      return left < 0
    })
    return (this.#shapes[at] ?? this.#shapes[0]) as Shape
  }

  #learn(shape: Shape, isBetter: boolean, work: number): void {
    shape.successes = shape.successes * FADING + (isBetter ? 1 : 0)
    shape.work = shape.work * FADING + work
    if (work > TRY_WORK_MAX) this.#resize(shape, -1)
  }

  #improve(
    master: ColumnGeneration,
    shape: Shape,
    start: readonly number[],
    cost: number,
    seconds: number,
  ): readonly number[] {
    if (this.#root !== undefined && shape.days === 0) {
      for (const person of master.people) for (const row of this.#root.promising(person, ROWS_KEPT)) master.include(row)
    }
    for (const row of start) master.include(row)
    const target = cost - 1 + 1e-6
    let beam = QUICK_BEAM
    for (let round = 0; round < ROUNDS && !master.isDone; round++) {
      this.#programs += PROGRAM_WORK * master.people.length
      if (!master.round(SMOOTHING, beam, seconds)) return start
      if (master.isDone && beam < shape.beam) {
        // Only an exact search may say that there is nothing more.
        beam = shape.beam
        master.isDone = false
      }
      if (master.bound > target) {
        this.#resize(shape, 0.25)
        return start
      }
    }
    if (master.objective > target) {
      this.#resize(shape, master.isDone ? 0.25 : -0.25)
      return start
    }
    const integral = master.integral()
    if (integral !== undefined) return integral
    this.#programs += WHOLE_WORK
    master.enrich(this.#random, ENRICHINGS, ENRICH_SPREAD, shape.beam)
    const answer = master.whole(NODES, seconds, start)
    this.#resize(shape, answer?.isProven === true ? 0.25 : -0.5)
    return answer?.rows ?? start
  }

  #resize(shape: Shape, by: number): void {
    const { people, days } = this.state.model
    if (shape.grows === 'people') shape.people = Math.max(Math.min(4, people), Math.min(30, people, shape.people + by))
    else shape.days = Math.max(Math.min(3, days), Math.min(days, 35, shape.days + by))
  }

  /** What the part costs now: its people's rows and the cover that they can change. */
  #costOf({ people, stretch }: Part): number {
    const { state } = this
    const { days, options, items } = state.model
    const { from, to } = stretch ?? { from: 0, to: days }
    let cost = 0
    for (const person of people) cost += state.rowCosts[person] as number
    const cells = items.ofCell.subarray(items.startOfCell[from * options], items.startOfCell[to * options])
    for (const item of new Set(cells)) cost += state.itemCost(item, state.counts[item] as number)
    return cost
  }

  /** The number in the pool of the row that a person has. */
  #rowOf({ pool }: Workshop, person: number): number {
    return pool.add(person, this.state.rows, person * this.state.model.days, this.state.rowCosts[person] as number)
  }

  #put({ pool }: Workshop, people: readonly number[], rows: readonly number[]): void {
    const cells = new Int32Array(this.state.model.days)
    for (const person of people) this.state.remove(person)
    for (const [place, person] of people.entries()) {
      const row = rows[place] as number
      pool.copy(row, cells, 0)
      this.state.place(person, cells, pool.cost[row] as number)
    }
  }

  #choose(shape: Shape): Part {
    const { model, counts, rows } = this.state
    const people = shape.people === 0 ? Array.from({ length: model.people }, (_, at) => at) : this.#somePeople(shape)
    const length = shape.days === 0 ? model.days : Math.floor(shape.days)
    const from = this.#random.below(model.days - length + 1)
    const stretch: Stretch = { from, to: from + length, rows }
    const beside = counts.slice()
    for (const person of people) this.#uncount(person, stretch, beside)
    return length < model.days ? { people, counts: beside, stretch } : { people, counts: beside }
  }

  #uncount(person: number, { from, to }: Stretch, counts: Int32Array): void {
    const { days, options, items } = this.state.model
    for (let day = from; day < to; day++) {
      const cell = day * options + (this.state.rows[person * days + day] as number)
      for (let at = items.startOfCell[cell] as number; at < (items.startOfCell[cell + 1] as number); at++) {
        const item = items.ofCell[at] as number
        if (this.state.counted(item, person)) counts[item]! -= 1
      }
    }
  }

  #somePeople(shape: Shape): number[] {
    const { people } = this.state.model
    const chosen = new Set<number>()
    while (chosen.size < Math.min(people, Math.floor(shape.people))) chosen.add(this.#random.below(people))
    return [...chosen].sort((a, b) => a - b)
  }

  /** Whether every row is legal, so that it may stand in a master. */
  get isLegal(): boolean {
    return this.state.rowCosts.every((cost) => cost < FORBIDDEN)
  }
}
