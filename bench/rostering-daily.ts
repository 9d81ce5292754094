import { findConflicts } from '#engines/rostering/conflicts.ts'
import { explainRoster } from '#engines/rostering/explain.ts'
import type { RosterProblem } from '#engines/rostering/problem.ts'
import { replan } from '#engines/rostering/replan.ts'
import { scoreRoster } from '#engines/rostering/score.ts'
import { SubstituteSearch } from '#engines/rostering/substitute.ts'
import { solveRoster } from '#platform/compute/roster-threads.ts'
import { type Bar, percentile, printBars, printFigure } from './print.ts'
import { benchCounty } from './rostering-county.ts'
import { makeUnit, quickRoster } from './rostering-units.ts'

const UNIT_SECONDS = 5
/** Of them, what the solver gets; the rest is for compiling and starting threads. */
const UNIT_SOLVE_SECONDS = 1.5
const SUBSTITUTE_MS = 50
const REPLAN_MS = 1000

/**
 * `npm run bench -- rostering-daily [--county] [--cpu]`: what a ward meets every day, on made-up units with every kind of rule: a roster for
 * 60 people × 28 days, who can take a shift among 3,000, a drop-out; with `--county` also 6,000 people in 150 units on two cores, through the product's own jobs.
 * `--cpu` counts CPU seconds (of the main thread and one solving thread; of the county everything, its database too) instead of the wall clock, for a machine that others share.
 */
export const bench = {
  about: 'rosters of units and a county, substitutes, re-planning',
  async run(args: readonly string[]): Promise<boolean> {
    const clock = args.includes('--cpu') ? cpuMs : () => performance.now()
    const bars: Bar[] = [...benchSubstitutes(clock), ...(await benchUnit(clock))]
    if (args.includes('--county')) bars.push(...(await benchCounty(clock === cpuMs)))
    return printBars(bars)
  },
}

type Clock = () => number

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

function timed<Value>(clock: Clock, work: () => Value): { value: Value; ms: number } {
  const before = clock()
  const value = work()
  return { value, ms: clock() - before }
}

function benchSubstitutes(clock: Clock): Bar[] {
  const problem = makeUnit(3000, 1)
  const roster = quickRoster(problem)
  const first: number[] = []
  const again: number[] = []
  for (let day = 3; day < 24; day++) {
    const absent = problem.people.find(({ id }) => roster[id]?.[day] === 'N')?.id
    const gap = { day, shift: 'N', ...(absent === undefined ? {} : { absent }) }
    const search = new SubstituteSearch(problem)
    first.push(timed(clock, () => search.find(roster, gap)).ms)
    again.push(timed(clock, () => search.find(roster, gap)).ms)
  }
  printFigure('who can take a shift among 3,000, problem new: median', percentile(first, 0.5), 'ms')
  return [
    {
      name: 'who can take a shift among 3,000: median',
      reached: percentile(again, 0.5),
      limit: SUBSTITUTE_MS,
      unit: 'ms',
      kind: 'most',
    },
  ]
}

async function benchUnit(clock: Clock): Promise<Bar[]> {
  const problem = makeUnit(60, 1)
  const before = clock()
  const kind = clock === cpuMs ? 'cpu_seconds' : 'seconds'
  const outcome = await solveRoster(problem, { seed: 1, threads: 2, limit: { kind, seconds: UNIT_SOLVE_SECONDS } })
  const threads = outcome.ok && kind === 'cpu_seconds' ? outcome.cpu_seconds / 2 : 0
  const seconds = (clock() - before) / 1000 + threads
  if (!outcome.ok) throw new Error('the unit was refused')
  const { score } = scoreRoster(problem, outcome.roster)
  printFigure('unit of 60 × 28: penalty', score.total, '')
  printFigure('unit of 60 × 28: conflicts looked for in', timed(clock, () => findConflicts(problem, [])).ms, 'ms')
  printFigure('unit of 60 × 28: explained in', timed(clock, () => explainRoster(problem, outcome.roster)).ms, 'ms')
  const { problem: without, cells } = dropOut(problem, outcome.roster)
  const repaired = timed(clock, () => replan(without, outcome.roster))
  printFigure('drop-out for a week: cells that had to go', cells, '')
  printFigure('drop-out for a week: cells changed (at least)', repaired.value.changes_least, '')
  printFigure('drop-out for a week: cells changed', repaired.value.changes.length, '')
  printFigure('drop-out for a week: places left open', repaired.value.unfilled.length, '')
  return [
    { name: 'unit of 60 × 28: publishable after', reached: seconds, limit: UNIT_SECONDS, unit: 's', kind: 'most' },
    { name: 'unit of 60 × 28: hard violations', reached: score.hard, limit: 0, unit: '', kind: 'most' },
    { name: 'drop-out for a week: re-planned in', reached: repaired.ms, limit: REPLAN_MS, unit: 'ms', kind: 'most' },
    {
      name: 'drop-out for a week: hard violations',
      reached: repaired.value.score.hard,
      limit: 0,
      unit: '',
      kind: 'most',
    },
  ]
}

/** The person with most shifts in the second week is away for it. */
function dropOut(problem: RosterProblem, roster: Readonly<Record<string, readonly (string | null)[]>>) {
  const week = [7, 8, 9, 10, 11, 12, 13]
  const shiftsOf = (id: string) => week.filter((day) => (roster[id]?.[day] ?? null) !== null).length
  const [away] = problem.people.toSorted((a, b) => shiftsOf(b.id) - shiftsOf(a.id))
  const people = problem.people.map((person) =>
    person.id === away?.id ? { ...person, days_off: [...new Set([...(person.days_off ?? []), ...week])] } : person,
  )
  return { problem: { ...problem, people }, cells: shiftsOf(away?.id ?? '') }
}
