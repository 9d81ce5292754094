import { type Coupling, FORBIDDEN, type Model } from './model.ts'
import { rowCost } from './row-cost.ts'

/** A roster under work: rows, how many stand at each cover item, and what it all costs. */
export class RosterState {
  readonly model: Model
  /** [person * days + day] → option. */
  readonly rows: Int32Array
  /** Per item. */
  readonly counts: Int32Array
  readonly rowCosts: Float64Array
  /** 1 for people who are taken out. */
  readonly #absent: Uint8Array
  coverCost = 0
  couplingCost = 0
  readonly #couplingsOf: Coupling[][]

  constructor(model: Model, rows?: Int32Array) {
    this.model = model
    this.rows = new Int32Array(model.people * model.days)
    this.counts = new Int32Array(model.items.count)
    this.rowCosts = new Float64Array(model.people)
    this.#absent = new Uint8Array(model.people)
    this.#couplingsOf = Array.from({ length: model.people }, () => [])
    for (const coupling of model.couplings)
      for (const person of coupling.people) this.#couplingsOf[person]?.push(coupling)
    this.load(rows ?? this.rows)
  }

  get total(): number {
    let sum = this.coverCost + this.couplingCost
    for (const cost of this.rowCosts) sum += cost
    return sum
  }

  /** Takes over whole rosters. */
  load(rows: Int32Array): void {
    this.rows.set(rows)
    this.counts.fill(0)
    this.#absent.fill(0)
    for (let person = 0; person < this.model.people; person++) {
      this.rowCosts[person] = rowCost(this.model, person, this.rows)
      this.#count(person, 1)
    }
    this.coverCost = this.#allCover()
    this.couplingCost = this.#allCouplings()
  }

  #allCover(): number {
    const { items } = this.model
    let sum = 0
    for (let item = 0; item < items.count; item++) sum += this.itemCost(item, this.counts[item] as number)
    return sum
  }

  #allCouplings(): number {
    let sum = 0
    for (const coupling of this.model.couplings) {
      for (let day = 0; day < this.model.days; day++)
        sum += couplingCost(coupling, this.rows, day, this.model.days, this.#absent)
    }
    return sum
  }

  itemCost(item: number, count: number): number {
    const { items } = this.model
    const missing = (items.required[item] as number) - count
    return missing > 0 ? missing * (items.under[item] as number) : -missing * (items.over[item] as number)
  }

  counted(item: number, person: number): boolean {
    const { group, members } = this.model.items
    const skill = group[item] as number
    return skill < 0 || members[skill * this.model.people + person] === 1
  }

  #count(person: number, sign: 1 | -1): void {
    const { days, options, items } = this.model
    for (let day = 0; day < days; day++) {
      const cell = day * options + (this.rows[person * days + day] as number)
      for (let at = items.startOfCell[cell] as number; at < (items.startOfCell[cell + 1] as number); at++) {
        const item = items.ofCell[at] as number
        if (!this.counted(item, person)) continue
        const count = this.counts[item] as number
        this.coverCost += this.itemCost(item, count + sign) - this.itemCost(item, count)
        this.counts[item] = count + sign
      }
    }
  }

  /** Takes the person out of cover (their row stays as it was until `place`). */
  remove(person: number): void {
    this.couplingCost -= this.#couplingsAt(person)
    this.#absent[person] = 1
    this.#count(person, -1)
  }

  /** Puts a row in; `cost` is what the row costs by itself. */
  place(person: number, row: ArrayLike<number>, cost: number, from = 0): void {
    const { days } = this.model
    for (let day = 0; day < days; day++) this.rows[person * days + day] = row[from + day] as number
    this.rowCosts[person] = cost
    this.#count(person, 1)
    this.#absent[person] = 0
    this.couplingCost += this.#couplingsAt(person)
  }

  /** Puts a row in, whatever it costs by itself. */
  put(person: number, row: Int32Array): void {
    this.rows.set(row, person * this.model.days)
    this.place(person, row, rowCost(this.model, person, this.rows))
  }

  /** What the couplings cost with the person, less what they cost without. */
  #couplingsAt(person: number): number {
    const couplings = this.#couplingsOf[person] as Coupling[]
    let sum = 0
    for (const coupling of couplings) {
      for (let day = 0; day < this.model.days; day++) sum += this.#couplingAt(coupling, person, day)
    }
    return sum
  }

  #couplingAt(coupling: Coupling, person: number, day: number): number {
    const { days } = this.model
    const kept = this.#absent[person] as number
    this.#absent[person] = 0
    const present = couplingCost(coupling, this.rows, day, days, this.#absent)
    this.#absent[person] = 1
    const without = couplingCost(coupling, this.rows, day, days, this.#absent)
    this.#absent[person] = kept
    return present - without
  }

  /** What each cell would add to the total if the person, now taken out, worked it: `prices[day * options + option]`. */
  price(person: number, prices: Float64Array): void {
    const { days, options, items, cells } = this.model
    const base = person * days * options
    const hasSkills = items.members.length > 0
    for (let cell = 0; cell < days * options; cell++) {
      const own = cells[base + cell] as number
      if (own >= FORBIDDEN) {
        prices[cell] = FORBIDDEN
        continue
      }
      let sum = own
      for (let at = items.startOfCell[cell] as number; at < (items.startOfCell[cell + 1] as number); at++) {
        const item = items.ofCell[at] as number
        if (hasSkills && !this.counted(item, person)) continue
        const isMissing = (this.counts[item] as number) < (items.required[item] as number)
        sum += isMissing ? -(items.under[item] as number) : (items.over[item] as number)
      }
      prices[cell] = sum
    }
    for (const coupling of this.#couplingsOf[person] as Coupling[]) this.#priceCoupling(coupling, person, prices)
  }

  #priceCoupling(coupling: Coupling, person: number, prices: Float64Array): void {
    const { days, options } = this.model
    const kept = this.rows.slice(person * days, (person + 1) * days)
    for (let day = 0; day < days; day++) {
      for (let option = 0; option < options; option++) {
        this.rows[person * days + day] = option
        prices[day * options + option]! += this.#couplingAt(coupling, person, day)
      }
    }
    this.rows.set(kept, person * days)
  }
}

/** What a coupling costs on a day among those who are there. */
export function couplingCost(
  coupling: Coupling,
  rows: Int32Array,
  day: number,
  days: number,
  absent: Uint8Array,
): number {
  if (coupling.kind === 'apart') {
    let there = 0
    for (const person of coupling.people) {
      if (absent[person] === 0 && coupling.counts[rows[person * days + day] as number] === 1) there++
    }
    return there > 1 ? (there - 1) * coupling.price : 0
  }
  const held = new Map<number, number>()
  let people = 0
  let most = 0
  for (const person of coupling.people) {
    if (absent[person] === 1) continue
    people++
    const option = rows[person * days + day] as number
    const count = (held.get(option) ?? 0) + 1
    held.set(option, count)
    if (count > most) most = count
  }
  return (people - most) * coupling.price
}
