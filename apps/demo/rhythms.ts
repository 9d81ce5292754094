import { weekdayOf } from '#engines/values/time.ts'
import type { Rhythm } from './city-plan.ts'

/** A shift on a day: minutes from that day's midnight; an end past 1440 lies on the next day. */
export interface ShiftTimes {
  readonly start_minute: number
  readonly end_minute: number
}

const at = (start: number, end: number): ShiftTimes => ({ start_minute: start * 60, end_minute: end * 60 })

/** Repeating series of days; each entry lists the shifts of that day. People enter the series at different places. */
const SERIES: Readonly<Record<Exclude<Rhythm, 'office'>, readonly (readonly ShiftTimes[])[]>> = {
  three_shifts: [[at(8, 16)], [at(8, 16)], [at(16, 24)], [at(16, 24)], [at(0, 8)], [at(0, 8)], [], []],
  twelve_hours: [[at(8, 20)], [at(8, 20)], [], [at(8, 20)], [at(8, 20)], [], []],
  day_and_night: [[at(8, 20)], [at(20, 32)], [], []],
  whole_day: [[at(8, 32)], [], []],
  office_daily: [[at(8, 18)], [at(8, 18)], [at(8, 18)], [at(8, 18)], [at(8, 18)], [at(8, 12)], []],
  split_day: [[at(7, 11.5), at(13, 17.5)], [at(7, 11.5), at(13, 17.5)], [at(7, 11.5), at(13, 17.5)], [at(7, 11.5)], []],
  ward_six_hours: [[at(8, 14)], [at(14, 20)], [at(20, 26)], [at(2, 8)], [], []],
}

const OFFICE_HOURS = [at(8.5, 17.5)]
/** Working nearly without a break, long days: those whom the notice wants to see resting. */
const OVERLOAD = [at(7.5, 19)]

export function shiftsOn(rhythm: Rhythm, day: number, offset: number, overloaded: boolean): readonly ShiftTimes[] {
  if (overloaded) return OVERLOAD
  if (rhythm === 'office') return weekdayOf(day) < 5 || (day + offset) % 4 === 0 ? OFFICE_HOURS : []
  const series = SERIES[rhythm]
  return series[(day + offset) % series.length]
}
