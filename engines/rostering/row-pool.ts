import type { Model } from './model.ts'

/** Legal rows met so far, each once, with what it costs by itself. */
export class RowPool {
  readonly owner: number[] = []
  readonly cost: number[] = []
  /** The rows of each person. */
  readonly of: readonly number[][]
  readonly #model: Model
  readonly #known: Map<string, number>[]
  #cells: Int16Array

  constructor(model: Model) {
    this.#model = model
    this.#known = Array.from({ length: model.people }, () => new Map())
    this.of = Array.from({ length: model.people }, () => [])
    this.#cells = new Int16Array(model.days * 256)
  }

  get size(): number {
    return this.owner.length
  }

  /** Takes in a row; answers its number, the old one when it was known. */
  add(person: number, rows: ArrayLike<number>, from: number, cost: number): number {
    const { days } = this.#model
    let key = ''
    for (let day = 0; day < days; day++) key += String.fromCharCode(rows[from + day] as number)
    const known = this.#known[person] as Map<string, number>
    const old = known.get(key)
    if (old !== undefined) return old
    const number = this.owner.length
    known.set(key, number)
    this.owner.push(person)
    this.of[person]?.push(number)
    this.cost.push(cost)
    if ((number + 1) * days > this.#cells.length) {
      const wide = new Int16Array(this.#cells.length * 2)
      wide.set(this.#cells)
      this.#cells = wide
    }
    for (let day = 0; day < days; day++) this.#cells[number * days + day] = rows[from + day] as number
    return number
  }

  option(row: number, day: number): number {
    return this.#cells[row * this.#model.days + day] as number
  }

  copy(row: number, to: Int32Array, at: number): void {
    for (let day = 0; day < this.#model.days; day++) to[at + day] = this.option(row, day)
  }

  /** Calls `visit` with each cover item that the row counts for on days `from` … `to - 1`. */
  items(row: number, visit: (item: number) => void, from = 0, to = this.#model.days): void {
    const { options, items, people } = this.#model
    const person = this.owner[row] as number
    for (let day = from; day < to; day++) {
      const cell = day * options + this.option(row, day)
      for (let at = items.startOfCell[cell] as number; at < (items.startOfCell[cell + 1] as number); at++) {
        const item = items.ofCell[at] as number
        const skill = items.group[item] as number
        if (skill < 0 || items.members[skill * people + person] === 1) visit(item)
      }
    }
  }
}
