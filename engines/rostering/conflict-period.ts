import { chooseDays } from './choices.ts'
import { compile } from './compile.ts'
import type { Conflict } from './conflict.ts'
import { needOf } from './conflict-days.ts'
import { hardOnly } from './conflict-people.ts'
import { FORBIDDEN } from './model.ts'
import type { CoverLine, RosterProblem } from './problem.ts'
import { RowSearch } from './row-search.ts'

const EFFORT = { beam: 20, rounds: 10 }

interface Demand {
  readonly shifts: readonly string[]
  readonly skill: string | undefined
  readonly hard: number
  readonly wanted: number
}

/**
 * Person-days that are asked over the whole period against the most that each person's own rules (hours, rest, runs, nights) let them
 * give: line by line, and all plain lines together. The most of each person comes from the cheapest row with every such day worth one,
 * or its lower bound, so that nothing is called impossible that is not.
 */
export function periodConflicts(problem: RosterProblem): Conflict[] {
  const demands = demandsOf(problem)
  if (demands.length === 0) return []
  const model = compile(hardOnly(problem))
  const search = new RowSearch(model)
  const fixed = new Int32Array(problem.days).fill(-1)
  const prices = new Float64Array(model.days * model.options)
  const mostOf = ({ shifts, skill }: Demand): number => {
    const options = new Set(shifts.map((id) => problem.shifts.findIndex((shift) => shift.id === id) + 1))
    let most = 0
    for (const [index, person] of problem.people.entries()) {
      if (skill !== undefined && !person.skills?.includes(skill)) continue
      const base = index * prices.length
      for (let cell = 0; cell < prices.length; cell++) {
        const own = model.cells[base + cell] as number
        prices[cell] = own >= FORBIDDEN ? FORBIDDEN : options.has(cell % model.options) ? -1 : 0
      }
      const cost = search.find(index, prices, fixed, 0.5, EFFORT)
      const bound = search.found && search.isExact ? cost : search.bound
      most += Number.isFinite(bound) ? Math.max(0, Math.floor(-bound + 1e-6)) : 0
    }
    return most
  }
  return demands.flatMap((demand): Conflict[] => {
    const available = mostOf(demand)
    const hard = demand.hard > available
    const needed = hard ? demand.hard : demand.wanted
    if (needed <= available) return []
    return [{ kind: 'period', hard, shifts: demand.shifts, skill: demand.skill, needed, available }]
  })
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
