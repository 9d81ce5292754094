import { MINUTES_PER_DAY } from '#engines/values/time.ts'
import { type FatigueMeasure, type NightTerms, SHIFT_PAUSE_MIN } from './measures.ts'
import { dayOf, type Stints } from './stints.ts'

/** Turns a measure into a closure over one person's stints, so that nothing is looked up while people are counted. */
export function figureOf(measure: FatigueMeasure): (stints: Stints, as_of: number) => number {
  switch (measure.kind) {
    case 'run_days':
      return (stints, as_of) => runDays(stints, as_of, measure.ended_by_min)
    case 'run_mean':
      return (stints, as_of) => runMean(stints, as_of, measure.ended_by_min)
    case 'minutes':
      return windowed(measure, minutesSince, endOf)
    case 'shifts':
      return windowed(measure, shiftsSince, justAfterStart)
    case 'nights':
      return windowed(measure, (stints, from, count) => nightsSince(stints, from, count, measure.night), endOf)
    case 'shortest_rest':
      return (stints, as_of) => shortestRest(stints, as_of - measure.window_min)
    case 'duty_days':
      return (stints, as_of) => dutyDays(stints, as_of, measure.days)
    case 'days_off':
      return (stints, as_of) => measure.days - dutyDays(stints, as_of, measure.days)
    case 'since_rest':
      return (stints, as_of) => sinceRest(stints, as_of, measure.of_min)
  }
}

/** A sum over a window that begins at `from` and ends with the last of the first `count` stints. */
type WindowSum = (stints: Stints, from: number, count: number) => number

const endOf = ({ ends }: Stints, stint: number): number => ends[stint] ?? 0
/** A shift counts where it begins, so that a window which ends just after that holds it. */
const justAfterStart = ({ starts }: Stints, stint: number): number => (starts[stint] ?? 0) + 1

/** The sum of the window that ends now, or of the fullest that ended with a stint in the last `peak_min`. */
function windowed(
  { window_min, peak_min = 0 }: { readonly window_min: number; readonly peak_min?: number },
  sum: WindowSum,
  peakAt: (stints: Stints, stint: number) => number,
): (stints: Stints, as_of: number) => number {
  return (stints, as_of) => {
    let most = sum(stints, as_of - window_min, stints.count)
    for (let stint = stints.count - 1; stint >= 0; stint--) {
      const end = peakAt(stints, stint)
      if (end <= as_of - peak_min) break
      most = Math.max(most, sum(stints, end - window_min, stint + 1))
    }
    return most
  }
}

/** Position of the first stint of the run that still goes on, or −1 when the person has rested long enough to have ended it. */
function runStart({ starts, ends, count }: Stints, as_of: number, ended_by_min: number): number {
  if (count === 0 || as_of - (ends[count - 1] ?? 0) >= ended_by_min) return -1
  let first = count - 1
  while (first > 0 && (starts[first] ?? 0) - (ends[first - 1] ?? 0) < ended_by_min) first -= 1
  return first
}

function runDays(stints: Stints, as_of: number, ended_by_min: number): number {
  const first = runStart(stints, as_of, ended_by_min)
  if (first < 0) return 0
  return lastDayOf(stints) - dayOf(stints.starts[first] ?? 0) + 1
}

/** A stint longer than a day holds each of its days; otherwise a night belongs to the day on which it began. */
function lastDayOf({ starts, ends, count }: Stints): number {
  const start = starts[count - 1] ?? 0
  const end = ends[count - 1] ?? 0
  return dayOf(start) + Math.max(0, Math.ceil((end - start) / MINUTES_PER_DAY) - 1)
}

function runMean(stints: Stints, as_of: number, ended_by_min: number): number {
  const first = runStart(stints, as_of, ended_by_min)
  if (first < 0) return 0
  let minutes = 0
  for (let stint = first; stint < stints.count; stint++) {
    minutes += (stints.ends[stint] ?? 0) - (stints.starts[stint] ?? 0)
  }
  return minutes / (lastDayOf(stints) - dayOf(stints.starts[first] ?? 0) + 1)
}

function minutesSince({ starts, ends }: Stints, from: number, count: number): number {
  let minutes = 0
  for (let stint = count - 1; stint >= 0; stint--) {
    const end = ends[stint] ?? 0
    if (end <= from) break
    minutes += end - Math.max(from, starts[stint] ?? 0)
  }
  return minutes
}

function shiftsSince({ starts, ends }: Stints, from: number, count: number): number {
  let shifts = 0
  for (let stint = count - 1; stint >= 0; stint--) {
    const start = starts[stint] ?? 0
    if (start < from) break
    if (stint === 0 || start - (ends[stint - 1] ?? 0) >= SHIFT_PAUSE_MIN) shifts += 1
  }
  return shifts
}

/** Nights are told apart by the day on which they begin; walking backwards meets each night's stints one after the other. */
function nightsSince({ starts, ends }: Stints, from: number, count: number, night: NightTerms): number {
  const length = (night.to_min - night.from_min + MINUTES_PER_DAY) % MINUTES_PER_DAY
  let nights = 0
  let current = Number.NaN
  let minutes = 0
  for (let stint = count - 1; stint >= 0; stint--) {
    const end = ends[stint] ?? 0
    if (end <= from) break
    const start = Math.max(from, starts[stint] ?? 0)
    for (let day = dayOf(end - 1 - night.from_min); ; day--) {
      const begins = day * MINUTES_PER_DAY + night.from_min
      if (begins + length <= start) break
      const within = Math.min(end, begins + length) - Math.max(start, begins)
      if (within <= 0) continue
      if (day !== current) {
        current = day
        minutes = 0
      }
      if (minutes < night.at_least_min && minutes + within >= night.at_least_min) nights += 1
      minutes += within
    }
  }
  return nights
}

function shortestRest({ starts, ends, count }: Stints, from: number): number {
  let shortest = Number.NaN
  for (let stint = count - 1; stint > 0; stint--) {
    const start = starts[stint] ?? 0
    if (start < from) break
    const rest = start - (ends[stint - 1] ?? 0)
    if (rest >= SHIFT_PAUSE_MIN && !(rest >= shortest)) shortest = rest
  }
  return shortest
}

function dutyDays({ starts, ends, count }: Stints, as_of: number, days: number): number {
  const earliest = dayOf(as_of - 1) - days + 1
  let held = 0
  let reached = Number.POSITIVE_INFINITY
  for (let stint = count - 1; stint >= 0; stint--) {
    const last = Math.min(dayOf((ends[stint] ?? 0) - 1), reached - 1)
    if (last < earliest) break
    const first = Math.max(earliest, dayOf(starts[stint] ?? 0))
    if (first > last) continue
    held += last - first + 1
    reached = first
  }
  return held
}

function sinceRest({ starts, ends, count }: Stints, as_of: number, of_min: number): number {
  if (count === 0 || as_of - (ends[count - 1] ?? 0) >= of_min) return 0
  let first = count - 1
  while (first > 0 && (starts[first] ?? 0) - (ends[first - 1] ?? 0) < of_min) first -= 1
  return as_of - (starts[first] ?? 0)
}
