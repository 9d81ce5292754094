import { CellJudge } from './cell-judge.ts'
import { chooseDays, isCapable } from './choices.ts'
import type { CoverLine, Person, Roster, RosterProblem, Score } from './problem.ts'
import { scoreRoster } from './score.ts'
import { type Gap, SubstituteSearch } from './substitute.ts'

/** One cell that is not what was published. */
export interface Change {
  readonly person: string
  readonly day: number
  readonly from: string | null
  readonly to: string | null
  /** The person cannot keep it; it fills a need; it makes room for somebody who fills one. */
  readonly why: 'cannot' | 'fills' | 'makes_room'
}

export interface Replanned {
  readonly roster: Roster
  readonly changes: readonly Change[]
  /** What had to go, and one cell for each place filled: a repair that fills as much takes at least so many. */
  readonly changes_least: number
  /** Missing people that nobody could replace within two moves. */
  readonly unfilled: readonly {
    readonly line: string
    readonly day: number
    readonly missing: number
    readonly hard: boolean
  }[]
  readonly score: Score
}

/**
 * Repairs a published roster after something has changed (somebody drops out, a post opens, a level falls) with as few changed cells as
 * can be: cells that can no longer be kept are emptied; each missing place is taken by whoever suits best (`SubstituteSearch`), or, if nobody
 * is free, by two moves: somebody changes over and another takes the shift that they leave. Nothing else is touched. What is left open
 * is told; the solver may look further (`published.price_per_change`).
 *
 * @param problem as it is now; days before `published.frozen_before_day` stay
 * @param roster what was published
 * @example replan({ ...problem, people: withDayOff('w3', 9) }, roster).changes // [{ person: 'w3', day: 9, … }, { person: 'w4', day: 9, … }]
 */
export function replan(problem: RosterProblem, roster: Roster): Replanned {
  const repair = new Repair(problem, roster)
  repair.dropWhatCannotBe()
  repair.fill()
  return repair.answer()
}

class Repair {
  readonly #problem: RosterProblem
  readonly #judge: CellJudge
  readonly #search: SubstituteSearch
  readonly #rows: Record<string, (string | null)[]>
  readonly #before: Roster
  readonly #why = new Map<string, Change['why']>()
  readonly #masks: readonly Uint8Array[]
  readonly #from: number

  constructor(problem: RosterProblem, roster: Roster) {
    this.#problem = problem
    this.#judge = new CellJudge(problem)
    this.#search = new SubstituteSearch(problem, this.#judge)
    this.#before = roster
    this.#rows = Object.fromEntries(
      problem.people.map(({ id }) => [id, Array.from({ length: problem.days }, (_, day) => roster[id]?.[day] ?? null)]),
    )
    this.#masks = problem.cover.map((line) => chooseDays(problem, line.days))
    this.#from = problem.published?.frozen_before_day ?? 0
  }

  #set(person: string, day: number, to: string | null, why: Change['why']): void {
    const row = this.#rows[person]
    if (row !== undefined) row[day] = to
    this.#why.set(`${person}\n${day}`, why)
  }

  /** Cells against days off, skills and fixed cells; then cells that break a hard rule of the row, latest first. */
  dropWhatCannotBe(): void {
    for (const [index, person] of this.#problem.people.entries()) {
      const row = this.#rows[person.id] ?? []
      for (const pin of person.pinned ?? []) {
        if (pin.day >= this.#from && row[pin.day] !== pin.shift) this.#set(person.id, pin.day, pin.shift, 'cannot')
      }
      for (let day = row.length - 1; day >= this.#from; day--) {
        const shift = row[day] ?? null
        if (shift === null || person.pinned?.some((pin) => pin.day === day)) continue
        if (this.#isClosed(person, day, shift) || this.#wouldMend(index, row, day))
          this.#set(person.id, day, null, 'cannot')
      }
    }
  }

  #isClosed(person: Person, day: number, shift: string): boolean {
    const type = this.#problem.shifts.find(({ id }) => id === shift)
    if (type === undefined || !isCapable(person, type) || person.days_off?.includes(day)) return true
    return person.unavailable?.some((one) => one.shift === shift && (one.day ?? day) === day) === true
  }

  /** Whether leaving the cell out mends a hard rule and breaks none. */
  #wouldMend(index: number, cells: readonly (string | null)[], day: number): boolean {
    const changes = this.#judge.changes(index, this.#judge.rowOf(cells), day, 0).filter(({ hard }) => hard)
    return changes.some(({ units }) => units < 0) && changes.every(({ units }) => units <= 0)
  }

  #missing(line: CoverLine, day: number): { missing: number; hard: boolean } {
    const actual = this.#problem.people.filter(
      ({ id, skills }) =>
        (line.skill === undefined || skills?.includes(line.skill) === true) &&
        line.shifts.includes(this.#rows[id]?.[day] ?? ''),
    ).length
    const hard = actual < (line.minimum ?? 0)
    return { missing: Math.max(0, line.required - actual), hard }
  }

  fill(): void {
    const open = this.#open().sort((a, b) => Number(b.hard) - Number(a.hard) || b.line.under_price - a.line.under_price)
    for (const { line, day } of open) {
      for (let { missing, hard } = this.#missing(line, day); missing > 0; ) {
        const worth = hard ? Number.POSITIVE_INFINITY : line.under_price
        if (!this.#take(line, day, worth) && !this.#shove(line, day, worth)) break
        ;({ missing, hard } = this.#missing(line, day))
      }
    }
  }

  #open(): { line: CoverLine; day: number; hard: boolean; missing: number }[] {
    return this.#problem.cover.flatMap((line, at) =>
      Array.from(this.#masks[at] ?? []).flatMap((speaks, day) => {
        if (speaks === 0 || day < this.#from) return []
        const { missing, hard } = this.#missing(line, day)
        return missing > 0 ? [{ line, day, hard, missing }] : []
      }),
    )
  }

  #helps(line: CoverLine, id: string): boolean {
    if (line.skill === undefined) return true
    return this.#problem.people.find((person) => person.id === id)?.skills?.includes(line.skill) === true
  }

  #best(gap: Gap, line: CoverLine): { person: string; cost: number } | undefined {
    return this.#search
      .find(this.#rows, gap, this.#problem.people.length)
      .possible.find(({ person }) => this.#helps(line, person))
  }

  /** One move: somebody who is free. */
  #take(line: CoverLine, day: number, worth: number): boolean {
    const ways = line.shifts.flatMap((shift) => {
      const best = this.#best({ day, shift }, line)
      return best !== undefined && best.cost < worth ? [{ ...best, shift }] : []
    })
    const [way] = ways.sort((a, b) => a.cost - b.cost)
    if (way === undefined) return false
    this.#set(way.person, day, way.shift, 'fills')
    return true
  }

  /** Two moves: somebody gives up a shift of that day or near it that another can take, and takes this one. */
  #shove(line: CoverLine, day: number, worth: number): boolean {
    let best: { cost: number; person: string; shift: string; gap: Gap; by: string } | undefined
    for (const shift of line.shifts) {
      for (const { id: person } of this.#problem.people) {
        if (!this.#helps(line, person)) continue
        for (let near = Math.max(this.#from, day - 2); near <= Math.min(this.#problem.days - 1, day + 2); near++) {
          const found = this.#shoved(person, { day, shift }, near)
          if (found !== undefined && found.cost < worth && found.cost < (best?.cost ?? Number.POSITIVE_INFINITY)) {
            best = { ...found, person, shift }
          }
        }
      }
    }
    if (best === undefined) return false
    this.#set(best.gap.absent ?? best.person, best.gap.day, best.gap.day === day ? best.shift : null, 'makes_room')
    this.#set(best.by, best.gap.day, best.gap.shift, 'fills')
    this.#set(best.person, day, best.shift, 'fills')
    return true
  }

  #shoved(person: string, gap: Gap, near: number): { cost: number; gap: Gap; by: string } | undefined {
    const row = this.#rows[person]
    const left = row?.[near] ?? null
    if (row === undefined || left === null || (near === gap.day && left === gap.shift)) return undefined
    row[near] = null
    const { obstacles, changes } = this.#search.obstacles(this.#rows, gap, person)
    if (obstacles.length > 0) {
      row[near] = left
      return undefined
    }
    const kept = row[gap.day] ?? null
    row[gap.day] = gap.shift
    const line = { shifts: [left], required: 1, under_price: 0 }
    const by = this.#best({ day: near, shift: left, absent: person }, line)
    row[gap.day] = kept
    row[near] = left
    if (by === undefined) return undefined
    const cost = changes.reduce((sum, change) => sum + change.cost, by.cost)
    return { cost, gap: { day: near, shift: left, absent: person }, by: by.person }
  }

  answer(): Replanned {
    const changes = Object.entries(this.#rows).flatMap(([person, row]) =>
      row.flatMap((to, day): Change[] => {
        const from = this.#before[person]?.[day] ?? null
        return from === to ? [] : [{ person, day, from, to, why: this.#why.get(`${person}\n${day}`) ?? 'fills' }]
      }),
    )
    changes.sort((a, b) => a.day - b.day)
    const filled = changes.filter(({ why, from }) => why === 'fills' && from === null).length
    const moved = changes.filter(({ why }) => why === 'makes_room').length
    return {
      roster: this.#rows,
      changes,
      changes_least: changes.filter(({ why }) => why === 'cannot').length + Math.max(0, filled - moved),
      unfilled: this.#open().map(({ line, day, missing, hard }) => ({ line: line.id ?? 'cover', day, missing, hard })),
      score: scoreRoster(this.#problem, this.#rows).score,
    }
  }
}
