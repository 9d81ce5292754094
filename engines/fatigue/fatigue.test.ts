import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MINUTES_PER_DAY } from '#engines/values/time.ts'
import { fatigueByDay, fatigueOf } from './fatigue.ts'
import type { DutyColumns, FatigueMeasure } from './measures.ts'

interface Span {
  readonly start: number
  readonly end: number
  readonly post: number
}

const DAYS = 14
const SLOT_MIN = 30
const AS_OF = DAYS * MINUTES_PER_DAY
const NIGHT = { from_min: 22 * 60, to_min: 6 * 60, at_least_min: 180 }
const FRONT = { post_kinds: [1], exposures: null }

const MEASURES: readonly FatigueMeasure[] = [
  { kind: 'run_days', ended_by_min: MINUTES_PER_DAY, on: null },
  { kind: 'run_mean', ended_by_min: MINUTES_PER_DAY, on: null },
  { kind: 'minutes', window_min: MINUTES_PER_DAY, on: null },
  { kind: 'minutes', window_min: 7 * MINUTES_PER_DAY, on: FRONT },
  { kind: 'shifts', window_min: 7 * MINUTES_PER_DAY, on: null },
  { kind: 'nights', window_min: 7 * MINUTES_PER_DAY, night: NIGHT, on: null },
  { kind: 'duty_days', days: 7, on: null },
  { kind: 'days_off', days: 10, on: null },
  { kind: 'since_rest', of_min: 24 * 60, on: null },
  { kind: 'shortest_rest', window_min: 7 * MINUTES_PER_DAY, on: null },
  { kind: 'run_days', ended_by_min: 3 * MINUTES_PER_DAY, on: FRONT },
]

function columnsOf(people: readonly (readonly Span[])[]): DutyColumns {
  const spans = people.flat()
  const span_offset = new Int32Array(people.length + 1)
  people.forEach((own, row) => {
    span_offset[row + 1] = (span_offset[row] ?? 0) + own.length
  })
  return {
    people: people.length,
    span_offset,
    span_start_minute: Int32Array.from(spans, ({ start }) => start),
    span_end_minute: Int32Array.from(spans, ({ end }) => end),
    span_post_kind: Uint8Array.from(spans, ({ post }) => post),
    span_exposure: new Uint8Array(spans.length),
  }
}

const figures = (spans: readonly Span[]) => [...fatigueOf(columnsOf([spans]), MEASURES, { as_of: AS_OF })]

const span = fc
  .record({
    slot: fc.integer({ min: 0, max: (DAYS * MINUTES_PER_DAY) / SLOT_MIN - 1 }),
    slots: fc.integer({ min: 1, max: 40 }),
    post: fc.integer({ min: 0, max: 2 }),
  })
  .map(({ slot, slots, post }) => ({ start: slot * SLOT_MIN, end: (slot + slots) * SLOT_MIN, post }))
const duty = fc.array(span, { maxLength: 24 })

/** The same figures from a table with one cell for every half hour: slow and plain. */
class SlotTable {
  readonly cells: boolean[]
  constructor(spans: readonly Span[]) {
    const slots = AS_OF / SLOT_MIN
    this.cells = Array.from({ length: slots }, (_, slot) =>
      spans.some(({ start, end }) => start <= slot * SLOT_MIN && slot * SLOT_MIN < end),
    )
  }
  minutes(from: number, to = AS_OF): number {
    const counted = this.cells.slice(Math.max(0, from / SLOT_MIN), to / SLOT_MIN)
    return counted.filter((on) => on).length * SLOT_MIN
  }
  dutyDays(days: number): number {
    const all = Array.from({ length: days }, (_, back) => AS_OF - (back + 1) * MINUTES_PER_DAY)
    return all.filter((from) => from >= 0 && this.minutes(from, from + MINUTES_PER_DAY) > 0).length
  }
  nights(from: number): number {
    let nights = 0
    for (let day = -1; day < DAYS; day++) {
      const begins = Math.max(from, day * MINUTES_PER_DAY + NIGHT.from_min)
      const ends = Math.min(AS_OF, (day + 1) * MINUTES_PER_DAY + NIGHT.to_min)
      if (ends > begins && this.minutes(begins, ends) >= NIGHT.at_least_min) nights += 1
    }
    return nights
  }
  /** First minute after the last free stretch of that length, or undefined while one goes on or nothing was done. */
  runBegin(rest_min: number): number | undefined {
    let free = 0
    let first: number | undefined
    for (let slot = this.cells.length - 1; slot >= 0; slot--) {
      if (this.cells[slot]) {
        first = slot * SLOT_MIN
        free = 0
      } else free += SLOT_MIN
      if (free >= rest_min) return first
    }
    return first
  }
}

describe('the burden of duty', () => {
  it('counts three ten-hour days in a row', () => {
    const days = [11, 12, 13].map((day) => ({
      start: day * MINUTES_PER_DAY + 480,
      end: day * MINUTES_PER_DAY + 1080,
      post: 1,
    }))
    expect(figures(days)).toEqual([3, 600, 600, 1800, 3, 0, 3, 7, 3 * 1440 - 480, 840, 3])
  })

  it('counts five nights in a row as five days, five shifts and five nights', () => {
    const nights = [8, 9, 10, 11, 12].map((day) => ({
      start: day * MINUTES_PER_DAY + 1200,
      end: (day + 1) * MINUTES_PER_DAY + 480,
      post: 1,
    }))
    const [run, mean, , , shifts, counted] = figures(nights)
    expect([run, mean, shifts, counted]).toEqual([5, 720, 5, 5])
  })

  it('begins anew once a whole day was rested', () => {
    const rested = [9, 10].map((day) => ({ start: day * MINUTES_PER_DAY, end: day * MINUTES_PER_DAY + 600, post: 1 }))
    expect(figures(rested)[0]).toBe(0)
  })

  it('gives the figures of a table of half hours', () => {
    fc.assert(
      fc.property(duty, (spans) => {
        const table = new SlotTable(spans)
        const [run, , day, , , nights, dutyDays, daysOff, sinceRest] = figures(
          spans.map((one) => ({ ...one, end: Math.min(one.end, AS_OF) })),
        )
        const begin = table.runBegin(MINUTES_PER_DAY)
        expect(day).toBe(table.minutes(AS_OF - MINUTES_PER_DAY))
        expect(nights).toBe(table.nights(AS_OF - 7 * MINUTES_PER_DAY))
        expect(dutyDays).toBe(table.dutyDays(7))
        expect(daysOff).toBe(10 - table.dutyDays(10))
        expect(sinceRest).toBe(begin === undefined ? 0 : AS_OF - begin)
        expect(run === 0).toBe(begin === undefined)
      }),
      { numRuns: 300 },
    )
  })

  it('finds the fullest window that ended now or with duty in the last day', () => {
    const peaks: readonly FatigueMeasure[] = [
      { kind: 'minutes', window_min: MINUTES_PER_DAY, peak_min: MINUTES_PER_DAY, on: null },
      { kind: 'shifts', window_min: MINUTES_PER_DAY, peak_min: MINUTES_PER_DAY, on: null },
      { kind: 'nights', window_min: 3 * MINUTES_PER_DAY, peak_min: MINUTES_PER_DAY, night: NIGHT, on: null },
    ]
    const shifts = (table: SlotTable, from: number, to: number) =>
      table.cells.filter((on, slot) => {
        const paused = !table.cells[slot - 1] && !table.cells[slot - 2]
        return on && paused && slot * SLOT_MIN >= from && slot * SLOT_MIN < to
      }).length
    fc.assert(
      fc.property(duty, (spans) => {
        const table = new SlotTable(spans)
        const cut = spans.map((one) => ({ ...one, end: Math.min(one.end, AS_OF) }))
        const [minutes, counted, nights] = fatigueOf(columnsOf([cut]), peaks, { as_of: AS_OF })
        const lastDay = Array.from({ length: 48 }, (_, back) => AS_OF - back * SLOT_MIN)
        const on = (slot: number) => table.cells[slot] === true
        const ends = lastDay.filter((end) => end === AS_OF || (on(end / SLOT_MIN - 1) && !on(end / SLOT_MIN)))
        const begun = lastDay.filter((end) => end === AS_OF || (on(end / SLOT_MIN - 1) && !on(end / SLOT_MIN - 2)))
        expect(minutes).toBe(Math.max(...ends.map((end) => table.minutes(end - MINUTES_PER_DAY, end))))
        const most = Math.max(...begun.map((end) => shifts(table, end - MINUTES_PER_DAY, end)))
        expect(counted).toBe(most)
        expect(nights).toBeGreaterThanOrEqual(table.nights(AS_OF - 3 * MINUTES_PER_DAY))
      }),
      { numRuns: 200 },
    )
  })

  it('sixteen hours across midnight are sixteen hours in twenty-four, though no calendar day holds them', () => {
    const late = [{ start: 12 * MINUTES_PER_DAY + 840, end: 13 * MINUTES_PER_DAY + 360, post: 1 }]
    const of = (peak_min: number) =>
      fatigueOf(columnsOf([late]), [{ kind: 'minutes', window_min: MINUTES_PER_DAY, peak_min, on: null }], {
        as_of: AS_OF,
      })[0]
    expect([of(0), of(MINUTES_PER_DAY)]).toEqual([360, 960])
  })

  it('does not depend on how spans are cut, ordered or repeated', () => {
    fc.assert(
      fc.property(duty, fc.integer({ min: 1, max: 600 }), fc.nat(), (spans, cut, turn) => {
        const pieces = spans.flatMap((one) => {
          const middle = Math.min(one.end, one.start + cut)
          return middle === one.end
            ? [one, one]
            : [
                { ...one, start: middle },
                { ...one, end: middle },
              ]
        })
        const turned = pieces
          .map((_, index) => pieces[(index + turn) % pieces.length])
          .filter((one) => one !== undefined)
        expect(figures(turned)).toEqual(figures(spans))
      }),
    )
  })

  it('is the same for a person alone and among others, and for a day in a series and alone', () => {
    fc.assert(
      fc.property(duty, duty, (left, right) => {
        const both = fatigueOf(columnsOf([left, right]), MEASURES, { as_of: AS_OF })
        expect([...both]).toEqual([...figures(left), ...figures(right)])
        const series = fatigueByDay(columnsOf([left, right]), 1, MEASURES, { from_day: 0, days: DAYS })
        expect([...series.slice(-MEASURES.length)]).toEqual(figures(right))
      }),
    )
  })

  it('continued as on the last day, a run of ten-hour days grows by the days asked ahead', () => {
    const days = Array.from({ length: 4 }, (_, back) => ({
      start: AS_OF - (back + 1) * MINUTES_PER_DAY + 480,
      end: AS_OF - (back + 1) * MINUTES_PER_DAY + 1080,
      post: 1,
    }))
    const ahead = fatigueOf(columnsOf([days]), MEASURES, { as_of: AS_OF, ahead_days: 3 })
    expect([...ahead.slice(0, 3)]).toEqual([7, 600, 600])
    const rested = days.slice(2)
    expect(fatigueOf(columnsOf([rested]), MEASURES, { as_of: AS_OF, ahead_days: 3 })[0]).toBe(0)
  })
})
