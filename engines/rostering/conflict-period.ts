import { chooseDays } from './choices.ts'
import { compile } from './compile.ts'
import type { Conflict } from './conflict.ts'
import { needOf } from './conflict-days.ts'
import { hardOnly } from './conflict-people.ts'
import { FORBIDDEN } from './model.ts'
import type { CoverLine, RosterProblem } from './problem.ts'
import { type RowEffort, RowSearch } from './row-search.ts'

const BOUND_ONLY: RowEffort = { beam: 0, rounds: 10 }
const EXACT: RowEffort = { beam: 20, rounds: 10 }
/** Rows of longer periods are bounded, but not searched: that would take longer than solving. */
const EXACT_DAYS_MAX = 35

interface Demand {
  readonly shifts: readonly string[]
  readonly skill: string | undefined
  readonly hard: number
  readonly wanted: number
}

/**
 * Person-days that are asked over the whole period against the most that each person's own rules (hours, rest, runs, nights) let them
 * give: line by line, and all plain lines together. The most of each person comes from the cheapest row with every such day worth one,
 * or its lower bound, so that nothing is called impossible that is not. As soon as the rows met on the way give what is asked, the rest is
 * not looked at.
 */
export function periodConflicts(problem: RosterProblem): Conflict[] {
  const demands = demandsOf(problem)
  if (demands.length === 0) return []
  const giving = new Giving(problem)
  return demands.flatMap((demand): Conflict[] => {
    const available = mostOf(problem, giving, demand)
    const hard = demand.hard > available
    const needed = hard ? demand.hard : demand.wanted
    if (needed <= available) return []
    return [{ kind: 'period', hard, shifts: demand.shifts, skill: demand.skill, needed, available }]
  })
}

/** How many of a demand's person-days there can be at most, or enough for it. */
function mostOf(problem: RosterProblem, giving: Giving, demand: Demand): number {
  const { skill } = demand
  const asked = problem.people.flatMap(({ skills }, index) =>
    skill === undefined || skills?.includes(skill) ? [index] : [],
  )
  const enough = Math.max(demand.hard, demand.wanted)
  const open: { person: number; most: number }[] = []
  let least = 0
  let most = 0
  for (const person of asked) {
    const days = giving.days(person, demand, BOUND_ONLY)
    least += days.least
    most += days.most
    if (least >= enough) return most
    if (days.least < days.most) open.push({ person, most: days.most })
  }
  if (problem.days > EXACT_DAYS_MAX) return most
  for (const { person, most: loose } of open) {
    most += giving.days(person, demand, EXACT).most - loose
  }
  return most
}

/** How many days of some shifts one person can give: at least, by a row that was met, and at most, by a bound. */
class Giving {
  readonly #optionOf: ReadonlyMap<string, number>
  readonly #search: RowSearch
  readonly #cells: Int32Array
  readonly #options: number
  readonly #fixed: Int32Array
  readonly #prices: Float64Array

  constructor(problem: RosterProblem) {
    const model = compile(hardOnly(problem))
    this.#optionOf = new Map(problem.shifts.map(({ id }, at) => [id, at + 1]))
    this.#search = new RowSearch(model)
    this.#cells = model.cells
    this.#options = model.options
    this.#fixed = new Int32Array(problem.days).fill(-1)
    this.#prices = new Float64Array(model.days * model.options)
  }

  days(person: number, { shifts }: Demand, effort: RowEffort): { least: number; most: number } {
    const prices = this.#prices
    const options = new Set(shifts.map((id) => this.#optionOf.get(id)))
    const base = person * prices.length
    for (let cell = 0; cell < prices.length; cell++) {
      const isClosed = (this.#cells[base + cell] as number) >= FORBIDDEN
      prices[cell] = isClosed ? FORBIDDEN : options.has(cell % this.#options) ? -1 : 0
    }
    const search = this.#search
    const cost = search.find(person, prices, this.#fixed, 0.5, effort)
    const bound = search.found && search.isExact && effort.beam > 0 ? cost : search.bound
    const least = search.found ? Math.max(0, -cost) : 0
    return { least, most: Number.isFinite(bound) ? Math.max(0, Math.floor(-bound + 1e-6)) : 0 }
  }
}

function demandsOf(problem: RosterProblem): Demand[] {
  const byKey = new Map<string, Demand>()
  const add = (line: CoverLine, shifts: readonly string[]) => {
    const days = chooseDays(problem, line.days).reduce((sum, counts) => sum + counts, 0)
    const key = `${shifts.join(',')}|${line.skill ?? ''}`
    const known = byKey.get(key)
    byKey.set(key, {
      shifts,
      skill: line.skill,
      hard: (known?.hard ?? 0) + days * needOf(line, true),
      wanted: (known?.wanted ?? 0) + days * needOf(line, false),
    })
  }
  const plain = disjoint(problem.cover.filter(({ skill }) => skill === undefined))
  const all = [...new Set(plain.flatMap(({ shifts }) => shifts))]
  for (const line of problem.cover) add(line, line.shifts)
  if (new Set(plain.map(({ shifts }) => shifts.join(','))).size > 1) for (const line of plain) add(line, all)
  return [...byKey.values()]
}

/** Lines whose shifts are the same or have nothing in common: only they add up. */
function disjoint(lines: readonly CoverLine[]): CoverLine[] {
  const ownerOf = new Map<string, string>()
  return lines.filter(({ shifts }) => {
    const key = shifts.join(',')
    const isFree = shifts.every((shift) => (ownerOf.get(shift) ?? key) === key)
    if (isFree) for (const shift of shifts) ownerOf.set(shift, key)
    return isFree
  })
}
