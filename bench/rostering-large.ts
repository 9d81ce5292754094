import { parseArgs } from 'node:util'
import { readCurtoisQu } from '#engines/rostering/curtois-qu.ts'
import type { RosterProblem } from '#engines/rostering/problem.ts'
import { Random } from '#engines/rostering/random.ts'
import { scoreRoster } from '#engines/rostering/score.ts'
import { prepare } from '#engines/rostering/solve.ts'
import { solveRoster } from '#platform/compute/roster-threads.ts'
import { type Bar, printBars } from './print.ts'

/** Days × people × shifts of the public instances 13 to 24, and many people for a fortnight. */
const SIZES =
  '28x120x18,42x32x4,42x45x6,56x20x3,56x32x4,84x22x3,84x40x5,182x50x6,182x100x8,364x50x10,364x100x16,364x150x32,14x6000x10'
const PREPARE_SECONDS_MAX = 10
const OPTIONS = {
  sizes: { type: 'string', default: SIZES },
  seconds: { type: 'string', default: '60' },
  seed: { type: 'string', default: '1' },
} as const

/** `npm run bench -- rostering-large [--sizes 28x120x18,…] [--seconds N] [--seed N]`: CPU seconds of each of two threads. */
export const bench = {
  about: 'rosters of made-up problems of the sizes of the large public instances',
  async run(args: readonly string[]): Promise<boolean> {
    const { values } = parseArgs({ args: [...args], options: OPTIONS })
    const bars: Bar[] = []
    for (const size of values.sizes.split(',')) {
      bars.push(...(await runSize(size, Number(values.seconds), Number(values.seed))))
    }
    return printBars(bars)
  },
}

async function runSize(size: string, seconds: number, seed: number): Promise<Bar[]> {
  const [days = 28, people = 10, shifts = 3] = size.split('x').map(Number)
  const problem = makeLarge(people, days, shifts)
  const before = process.cpuUsage()
  const prepared = prepare(problem)
  const used = process.cpuUsage(before)
  if (!prepared.ok) throw new Error(`${size} was refused: ${prepared.mistakes[0]?.code}`)
  const preparing = (used.user + used.system) / 1e6
  let rss = 0
  const limit = { kind: 'cpu_seconds', seconds } as const
  const onProgress = () => {
    rss = Math.max(rss, process.memoryUsage.rss())
  }
  const outcome = await solveRoster(problem, { seed, threads: 2, limit, onProgress })
  if (!outcome.ok) throw new Error(`${size} was refused`)
  const { score } = scoreRoster(problem, outcome.roster)
  const bound = outcome.bound === undefined ? undefined : Math.ceil(outcome.bound - 1e-6)
  const ratio = bound === undefined || bound <= 0 ? 'unknown' : (score.total / bound).toFixed(3)
  console.log(
    `       ${size}: score ${score.total}, bound ${bound ?? 'unknown'}, ratio ${ratio}, prepare ${preparing.toFixed(1)} CPU s, solve ${outcome.cpu_seconds.toFixed(0)} CPU s (${outcome.seconds.toFixed(0)} s), ${Math.round(rss / 1e6)} MB`,
  )
  return [
    { name: `${size}: hard violations`, reached: score.hard, limit: 0, unit: '', kind: 'most' },
    { name: `${size}: prepare`, reached: preparing, limit: PREPARE_SECONDS_MAX, unit: 'CPU s', kind: 'most' },
  ]
}

const FULL_MINUTES_A_DAY = 8640 / 28
/** Of the people so many work part time, by the part. */
const PART_TIMES: readonly (readonly [number, number])[] = [
  [0.8, 1],
  [1, 0.6],
]
/** How much of the day's need falls on the kinds of shift: early, day, late, night. */
const KIND_NEEDS = [0.3, 0.3, 0.27, 0.13]
const UNSKILLED = 0.33
const NIGHTS_CAPPED = 0.14

/** Where the public instances are that long, their best penalties leave no room for weekends short of people. */
const LONG_DAYS = 120
const LONG_WEEKENDS = 0.65

interface MadeShift {
  readonly id: string
  readonly kind: number
  readonly minutes: number
}

interface MadePerson {
  readonly id: string
  readonly line: string
  readonly minutes: number
  readonly skills: readonly boolean[]
}

/**
 * A made-up problem of any size with the proportions of the public instances: kinds of shift that may not follow a later kind
 * on the next day, skills by shift, capped nights, four in five people full time, and as much demand as all of them may work
 * at most, spread evenly over the days of the week (so that weekends are short, except over half a year and more).
 */
export function makeLarge(people: number, days: number, shifts: number, seed = 1): RosterProblem {
  return readCurtoisQu(writeLarge(people, days, shifts, seed))
}

export function writeLarge(people: number, days: number, shifts: number, seed = 1): string {
  const random = new Random(seed)
  const made = makeShifts(shifts)
  const staff = Array.from({ length: people }, (_, at) => makePerson(random, made, at / people, at, days))
  const lines = [
    'SECTION_HORIZON',
    `${days}`,
    'SECTION_SHIFTS',
    ...made.map(({ id, minutes, kind }) => {
      const not = made.filter((other) => other.kind < kind).map((other) => other.id)
      return `${id},${minutes},${not.join('|')}`
    }),
    'SECTION_STAFF',
    ...staff.map(({ line }) => line),
    'SECTION_DAYS_OFF',
    ...staff.map(({ id }) => `${id},${makeDaysOff(random, days).join(',')}`),
    'SECTION_SHIFT_ON_REQUESTS',
    ...makeRequests(random, made, staff, days, 5),
    'SECTION_SHIFT_OFF_REQUESTS',
    ...makeRequests(random, made, staff, days, 2.2),
    'SECTION_COVER',
    ...makeCover(random, made, staff, days),
  ]
  return `${lines.join('\n')}\n`
}

function makeShifts(count: number): MadeShift[] {
  const kinds = Math.min(4, count)
  return Array.from({ length: count }, (_, at) => {
    // A night is one shift in ten, the other kinds share the rest.
    const kind = kinds < 4 ? at : Math.min(3, Math.floor((at * 3.3) / count))
    const last = kinds === 4 && at === count - 1
    return { id: `s${at}`, kind: last ? 3 : kind, minutes: kind === 3 && count > 4 ? 600 : 480 }
  })
}

function makePerson(random: Random, shifts: readonly MadeShift[], rank: number, at: number, days: number): MadePerson {
  const part = PART_TIMES.find(([until]) => rank < until)?.[1] ?? 1
  const skills = shifts.map(() => random.unit() >= UNSKILLED)
  skills[random.below(shifts.length)] = true
  const caps = shifts.map(({ kind, id }, shift) => {
    const isCapped = kind === 3 && random.below(4) !== 0
    return `${id}=${!skills[shift] ? 0 : isCapped ? Math.floor(days * NIGHTS_CAPPED) : days}`
  })
  const minutes = Math.round((FULL_MINUTES_A_DAY * part * days) / 60) * 60
  const [run, least] = part < 1 ? ['5,1,2', 0.84] : random.below(5) === 0 ? ['6,2,3', 0.88] : ['5,2,2', 0.88]
  const share = part < 1 ? 0.75 : days > LONG_DAYS ? LONG_WEEKENDS : 0.5
  const weekends = Math.max(1, Math.round((days / 7) * share))
  const numbers = [minutes, Math.floor((minutes * least) / 60) * 60, run, weekends]
  return { id: `p${at}`, line: `p${at},${caps.join('|')},${numbers.join(',')}`, minutes, skills }
}

function makeDaysOff(random: Random, days: number): number[] {
  const off = new Set<number>()
  while (off.size < days / 14) off.add(random.below(days))
  return [...off].sort((a, b) => a - b)
}

/** Wishes come in runs of one to five days for the same shift at the same weight. */
function makeRequests(
  random: Random,
  shifts: readonly MadeShift[],
  staff: readonly MadePerson[],
  days: number,
  perMonth: number,
): string[] {
  return staff.flatMap(({ id, skills }) => {
    const able = shifts.filter((_, at) => skills[at])
    const wished = new Map<number, string>()
    while (wished.size < Math.floor((days * perMonth) / 28)) {
      const wish = `${able[random.below(able.length)]?.id},${1 + random.below(3)}`
      const from = random.below(days)
      const to = Math.min(days, from + 1 + random.below(5))
      for (let day = from; day < to; day++) wished.set(day, wish)
    }
    return [...wished].map(([day, wish]) => `${id},${day},${wish}`)
  })
}

/**
 * As many minutes as everybody may work at most, shared by kinds and by who is skilled; from day to day the need of a shift moves by about
 * one person, as it does in the public instances.
 */
function makeCover(random: Random, shifts: readonly MadeShift[], staff: readonly MadePerson[], days: number): string[] {
  const weights = shifts.map(({ kind }, at) => {
    const skilled = staff.filter(({ skills }) => skills[at]).length / staff.length
    const among = shifts.filter((other) => other.kind === kind).length
    return ((KIND_NEEDS[kind] ?? 0) * skilled * (0.7 + random.unit() * 0.6)) / among
  })
  const weight = shifts.reduce((sum, { minutes }, at) => sum + minutes * (weights[at] ?? 0), 0)
  const supply = staff.reduce((sum, { minutes }) => sum + minutes, 0) / days
  return Array.from({ length: days }, (_, day) =>
    shifts.map(({ id }, at) => {
      const wanted = ((weights[at] ?? 0) * supply) / weight
      const moved = 2 * (random.unit() + random.unit() + random.unit() - 1.5)
      return `${day},${id},${Math.max(0, Math.floor(wanted + moved + random.unit()))},100,1`
    }),
  ).flat()
}
