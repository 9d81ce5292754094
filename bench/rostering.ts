import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { compile } from '#engines/rostering/compile.ts'
import { readCurtoisQu } from '#engines/rostering/curtois-qu.ts'
import { MoveScorer } from '#engines/rostering/moves.ts'
import { NeighbourhoodSearch } from '#engines/rostering/neighbourhood.ts'
import type { RosterProblem } from '#engines/rostering/problem.ts'
import { Random } from '#engines/rostering/random.ts'
import { scoreRoster } from '#engines/rostering/score.ts'
import { solveRoster } from '#platform/compute/roster-threads.ts'
import { type Bar, percentile, printBars, printFigure } from './print.ts'
import { solveByProgram } from './rostering-peer.ts'

/** Instance → seconds, the bar that the median must hold, the best known penalty. */
const INSTANCES: Readonly<Record<string, { seconds: number; bar: number; known: number }>> = {
  1: { seconds: 10, bar: 607, known: 607 },
  2: { seconds: 10, bar: 828, known: 828 },
  3: { seconds: 10, bar: 1001, known: 1001 },
  4: { seconds: 60, bar: 1716, known: 1716 },
  5: { seconds: 60, bar: 1148, known: 1143 },
  6: { seconds: 60, bar: 1959, known: 1950 },
  7: { seconds: 60, bar: 1061, known: 1056 },
  8: { seconds: 60, bar: 1365, known: 1300 },
  9: { seconds: 60, bar: 441, known: 439 },
  10: { seconds: 60, bar: 4638, known: 4631 },
  11: { seconds: 60, bar: 3443, known: 3443 },
  12: { seconds: 60, bar: 4113, known: 4040 },
}
const WORST_RATIO_MAX = 1.03
const MOVES_PER_SECOND_MIN = 1_000_000
const THREADS = 2

const OPTIONS = {
  data: { type: 'string', default: '../shared/bench-data/curtois-qu' },
  instances: { type: 'string', default: Object.keys(INSTANCES).join(',') },
  seeds: { type: 'string', default: '1,2,3,4,5' },
  seconds: { type: 'string' },
  cpu: { type: 'boolean', default: false },
  peer: { type: 'boolean', default: false },
} as const

/**
 * `npm run bench -- rostering [--instances 1,2] [--seeds 1,2,3] [--seconds N] [--cpu] [--peer]`: `--cpu` counts each thread's
 * own CPU seconds instead of the wall clock; `--peer` also runs a plain HiGHS model with the CPU seconds that both threads had.
 */
export const bench = {
  about: 'rosters of public instances, against bars, best known and bounds',
  async run(args: readonly string[]): Promise<boolean> {
    const { values } = parseArgs({ args: [...args], options: OPTIONS })
    const bars: Bar[] = []
    for (const name of values.instances.split(',')) {
      const instance = INSTANCES[name]
      if (instance === undefined) throw new Error(`no instance ${name}`)
      const seconds = values.seconds === undefined ? instance.seconds : Number(values.seconds)
      const problem = readInstance(values.data, name)
      const seeds = values.seeds.split(',').map(Number)
      bars.push(...(await runInstance(name, problem, seeds, seconds, values.cpu)))
      if (values.peer) await runPeer(problem, seconds)
    }
    bars.push(benchMoves(readInstance(values.data, '10')))
    return printBars(bars)
  },
}

function readInstance(folder: string, name: string): RosterProblem {
  return readCurtoisQu(readFileSync(path.join(folder, `Instance${name}.txt`), 'utf8'))
}

async function runInstance(
  name: string,
  problem: RosterProblem,
  seeds: readonly number[],
  seconds: number,
  cpu: boolean,
): Promise<Bar[]> {
  const penalties: number[] = []
  let bound = Number.NEGATIVE_INFINITY
  let hard = 0
  for (const seed of seeds) {
    const limit = cpu ? ({ kind: 'cpu_seconds', seconds } as const) : ({ kind: 'seconds', seconds } as const)
    const outcome = await solveRoster(problem, { seed, threads: THREADS, limit })
    if (!outcome.ok) throw new Error(`instance ${name} was refused`)
    const { score } = scoreRoster(problem, outcome.roster)
    hard += score.hard
    penalties.push(score.total)
    bound = Math.max(bound, Math.ceil((outcome.bound ?? Number.NEGATIVE_INFINITY) - 1e-6))
  }
  const { bar, known } = INSTANCES[name] ?? { bar: 0, known: 0 }
  const median = percentile(penalties, 0.5)
  const worst = Math.max(...penalties)
  console.log(
    `       ${name}: median ${median}, worst ${worst}, bar ${bar}, best known ${known} (ratio ${(median / known).toFixed(4)}), bound ${bound}, all ${penalties.join(' ')}`,
  )
  return [
    { name: `${name}: median`, reached: median, limit: bar, unit: 'penalty', kind: 'most' },
    { name: `${name}: worst`, reached: worst, limit: bar * WORST_RATIO_MAX, unit: 'penalty', kind: 'most' },
    { name: `${name}: hard violations`, reached: hard, limit: 0, unit: '', kind: 'most' },
  ]
}

async function runPeer(problem: RosterProblem, seconds: number): Promise<void> {
  const penalty = await solveByProgram(problem, seconds * THREADS)
  console.log(`         peer, one HiGHS model in ${seconds * THREADS} s on one thread: ${penalty ?? 'no roster'}`)
}

/** Scored single moves a second on one thread, and a loop over the same moves that only reads them. */
function benchMoves(problem: RosterProblem): Bar {
  const search = new NeighbourhoodSearch(compile(problem), 1)
  const moves = new MoveScorer(search.state)
  const random = new Random(5)
  const { people, days, options } = search.state.model
  const count = 1 << 20
  const tried = Int32Array.from({ length: count * 3 }, (_, at) => random.below([people, days, options][at % 3] ?? 1))
  const timed = (work: (at: number) => number): number => {
    const before = process.threadCpuUsage().user
    let sum = 0
    for (let at = 0; at < tried.length; at += 3) sum += work(at)
    if (Number.isNaN(sum)) throw new Error('a move scored no number')
    return (process.threadCpuUsage().user - before) / 1e6
  }
  const score = (at: number) => {
    const delta = moves.score(tried[at] as number, tried[at + 1] as number, tried[at + 2] as number)
    return delta === Number.POSITIVE_INFINITY ? 1 : delta
  }
  timed(score)
  const scoring = timed(score)
  const idle = timed((at) => (tried[at] as number) + (tried[at + 1] as number) + (tried[at + 2] as number))
  printFigure('scored moves: ratio to a loop that does nothing', scoring / Math.max(idle, 1e-6), 'times')
  return {
    name: 'scored single moves',
    reached: count / scoring,
    limit: MOVES_PER_SECOND_MIN,
    unit: '/CPU s',
    kind: 'least',
  }
}
