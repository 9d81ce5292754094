import { MINUTES_PER_DAY } from '#engines/values/time.ts'
import { figureOf } from './figures.ts'
import type { DutyColumns, DutyFilter, FatigueMeasure, FatigueQuestion } from './measures.ts'
import { CompiledFilter, longestRow, orderSpans, Stints } from './stints.ts'

interface Track {
  readonly filter: CompiledFilter | null
  readonly figures: { readonly column: number; readonly of: (stints: Stints, as_of: number) => number }[]
}

/** Measures that look at the same duty share one pass over it. */
function tracksOf(measures: readonly FatigueMeasure[]): readonly Track[] {
  const tracks = new Map<string, Track>()
  for (const [column, measure] of measures.entries()) {
    const key = keyOf(measure.on)
    let track = tracks.get(key)
    if (!track) {
      track = { filter: measure.on && new CompiledFilter(measure.on), figures: [] }
      tracks.set(key, track)
    }
    track.figures.push({ column, of: figureOf(measure) })
  }
  return [...tracks.values()]
}

function keyOf(filter: DutyFilter | null): string {
  return filter ? `${filter.post_kinds?.join() ?? '*'}|${filter.exposures?.join() ?? '*'}` : ''
}

/**
 * The figures of many people as of one moment: row `p`, measure `m` stands at `p * measures.length + m`. Minutes and days are
 * whole numbers, `run_mean` is not rounded, `shortest_rest` is NaN where there is none.
 *
 * One pass over each person's spans; measures that look at the same duty (`on`) share it. With `ahead_days` the answer is that of
 * so many days later, had the person gone on as on their last duty day: whoever last worked before yesterday is left alone. With a
 * list of them the figures of its entry `h` begin at `h * people * measures.length`.
 *
 * @example
 * // Three days of 08:00–18:00, asked at the end of the third: 3 days in a row, 600 minutes a day.
 * fatigueOf(columns, [{ kind: 'run_days', ended_by_min: 1440, on: null }, { kind: 'run_mean', ended_by_min: 1440, on: null }], { as_of })
 */
export function fatigueOf(
  columns: DutyColumns,
  measures: readonly FatigueMeasure[],
  { as_of, ahead_days = 0 }: FatigueQuestion,
): Float64Array {
  const horizons = typeof ahead_days === 'number' ? [ahead_days] : ahead_days
  const block = columns.people * measures.length
  const figures = new Float64Array(block * horizons.length)
  const tracks = tracksOf(measures)
  const stints = new Stints()
  const room = new Int32Array(longestRow(columns))
  for (let row = 0; row < columns.people; row++) {
    const order = orderSpans(columns, row, room)
    for (const track of tracks) {
      stints.fill(columns, row, order, track.filter, as_of)
      for (let horizon = 0; horizon < horizons.length; horizon++) {
        const days = horizons[horizon] ?? 0
        stints.continueFor(days, as_of)
        const at = horizon * block + row * measures.length
        const asked = as_of + days * MINUTES_PER_DAY
        for (const { column, of } of track.figures) figures[at + column] = of(stints, asked)
      }
    }
  }
  return figures
}

/**
 * The figures of one person at the end of each of some days, for a chart or a printed month: day `d`, measure `m` stands at
 * `d * measures.length + m`.
 *
 * @example fatigueByDay(columns, 0, measures, { from_day: dayOf('2020-02-01'), days: 29 })
 */
export function fatigueByDay(
  columns: DutyColumns,
  row: number,
  measures: readonly FatigueMeasure[],
  { from_day, days }: { readonly from_day: number; readonly days: number },
): Float64Array {
  const figures = new Float64Array(days * measures.length)
  const tracks = tracksOf(measures)
  const stints = new Stints()
  const order = orderSpans(columns, row, new Int32Array(longestRow(columns)))
  for (const track of tracks) {
    for (let day = 0; day < days; day++) {
      const as_of = (from_day + day + 1) * MINUTES_PER_DAY
      stints.fill(columns, row, order, track.filter, as_of)
      for (const { column, of } of track.figures) figures[day * measures.length + column] = of(stints, as_of)
    }
  }
  return figures
}
