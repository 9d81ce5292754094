import { fatigueOf } from '#engines/fatigue/fatigue.ts'
import type { DutyColumns, FatigueMeasure } from '#engines/fatigue/measures.ts'
import { MINUTES_PER_DAY } from '#engines/values/time.ts'
import { printBars, printFigure } from './print.ts'

/**
 * Fatigue: 100,000 people × 60 days of spans, eleven figures each, on one core, and its ratio to a peer written as one would
 * without an engine (objects, one filter and sum per figure); both must agree on what both compute.
 */
const PEOPLE = 100_000
const DAYS = 60
const LIMIT_MS = 1_000
const AS_OF = DAYS * MINUTES_PER_DAY
const NIGHT = { from_min: 1_320, to_min: 360, at_least_min: 180 }
const FRONT = { post_kinds: null, exposures: [0] }

const days = (count: number) => count * MINUTES_PER_DAY
const MEASURES: readonly FatigueMeasure[] = [
  { kind: 'run_days', ended_by_min: 1_440, on: null },
  { kind: 'run_mean', ended_by_min: 1_440, on: null },
  { kind: 'minutes', window_min: days(1), on: null },
  { kind: 'minutes', window_min: days(7), on: null },
  { kind: 'minutes', window_min: days(28), on: null },
  { kind: 'nights', window_min: days(14), night: NIGHT, on: null },
  { kind: 'shifts', window_min: days(28), on: null },
  { kind: 'days_off', days: 10, on: null },
  { kind: 'since_rest', of_min: 1_440, on: null },
  { kind: 'shortest_rest', window_min: days(7), on: null },
  { kind: 'run_days', ended_by_min: 1_440, on: FRONT },
]

/** About six shifts a week of 4 to 12 hours, some by night; the same every run. */
function madeUpDuty(): DutyColumns {
  let seed = 20_200_203
  const below = (limit: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((seed / 2 ** 32) * limit)
  }
  const room = PEOPLE * DAYS
  const span_offset = new Int32Array(PEOPLE + 1)
  const span_start_minute = new Int32Array(room)
  const span_end_minute = new Int32Array(room)
  const span_exposure = new Uint8Array(room)
  let count = 0
  for (let row = 0; row < PEOPLE; row++) {
    for (let day = 0; day < DAYS; day++) {
      if (below(7) === 0) continue
      const start = day * MINUTES_PER_DAY + 420 + below(14) * 60
      span_start_minute[count] = start
      span_end_minute[count] = Math.min(start + 240 + below(9) * 60, (day + 1) * MINUTES_PER_DAY + 400)
      span_exposure[count] = below(3)
      count += 1
    }
    span_offset[row + 1] = count
  }
  return {
    people: PEOPLE,
    span_offset,
    span_start_minute: span_start_minute.subarray(0, count),
    span_end_minute: span_end_minute.subarray(0, count),
    span_post_kind: new Uint8Array(count),
    span_exposure: span_exposure.subarray(0, count),
  }
}

interface PlainSpan {
  readonly start: number
  readonly end: number
}

/** Four of the eleven figures as a plain program computes them. */
function plainly(spans: readonly PlainSpan[]): readonly number[] {
  const within = (window_min: number) =>
    spans.reduce((sum, { start, end }) => sum + Math.max(0, end - Math.max(start, AS_OF - window_min)), 0)
  const held = new Set(
    spans.flatMap(({ start, end }) => [Math.floor(start / MINUTES_PER_DAY), Math.floor((end - 1) / MINUTES_PER_DAY)]),
  )
  const off = Array.from({ length: 10 }, (_, back) => DAYS - 1 - back).filter((day) => !held.has(day)).length
  return [within(days(1)), within(days(7)), within(days(28)), off]
}

function plainSpans(columns: DutyColumns): readonly (readonly PlainSpan[])[] {
  return Array.from({ length: columns.people }, (_, row) => {
    const first = columns.span_offset[row] ?? 0
    return Array.from({ length: (columns.span_offset[row + 1] ?? first) - first }, (_, index) => ({
      start: columns.span_start_minute[first + index] ?? 0,
      end: Math.min(AS_OF, columns.span_end_minute[first + index] ?? 0),
    }))
  })
}

/** Thread CPU time, not the clock on the wall: the figure must not depend on what else the machine does. */
function cpuOf<Result>(run: () => Result): { readonly ms: number; readonly result: Result } {
  const before = process.threadCpuUsage()
  const result = run()
  const { user, system } = process.threadCpuUsage(before)
  return { ms: (user + system) / 1000, result }
}

export const bench = {
  about: `fatigue of ${PEOPLE.toLocaleString('en')} people × ${DAYS} days, ${MEASURES.length} figures each, one core`,
  run(): boolean {
    const columns = madeUpDuty()
    const first = cpuOf(() => fatigueOf(columns, MEASURES, { as_of: AS_OF }))
    const rounds = Array.from({ length: 3 }, () => cpuOf(() => fatigueOf(columns, MEASURES, { as_of: AS_OF })).ms)
    const plain = plainSpans(columns)
    const peer = cpuOf(() => plain.map(plainly))
    const differing = peer.result.filter((figures, row) => {
      const at = (measure: number) => first.result[row * MEASURES.length + measure]
      return figures.join() !== [at(2), at(3), at(4), at(7)].join()
    }).length
    const perFigure = Math.min(...rounds) / MEASURES.length
    printFigure('spans', columns.span_start_minute.length, 'spans')
    printFigure('best of three more runs', Math.min(...rounds), 'ms')
    printFigure('plain program, four of the figures', peer.ms, 'ms')
    printFigure('plain program ÷ engine, for each figure', peer.ms / 4 / perFigure, '×')
    printFigure('people on whom the two differ', differing, 'people')
    const held = printBars([{ name: 'first run', reached: first.ms, limit: LIMIT_MS, unit: 'ms CPU', kind: 'most' }])
    return held && differing === 0
  },
}
