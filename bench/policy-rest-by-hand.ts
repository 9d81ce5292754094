import type { FactBatch } from '#engines/policy/facts.ts'
import { MINUTES_PER_DAY } from '#engines/values/time.ts'

/**
 * The rest rules of the example county and the one above it as one would write them without an engine: each person's stretches in two arrays, the
 * figures as loops over them, and the words of `policies/shaoxing-keqiao-example-2020/rest.yaml` as plain conditions.
 */

/** People for whom each rule is due now, comes due within its warning, or waits for a fact. */
export interface RestTotals {
  due: number
  soon: number
  missing: number
}

const DAY = MINUTES_PER_DAY
/** As `FINDING` of the engine: 0 not known, 1 yes, 2 no. */
const YES = 1
const UNKNOWN = 0

/** Unbroken stretches of duty, by time. */
interface Stretches {
  readonly starts: Float64Array
  readonly ends: Float64Array
  count: number
}

function room(): Stretches {
  return { starts: new Float64Array(1_000), ends: new Float64Array(1_000), count: 0 }
}

function add(stretches: Stretches, start: number, end: number): void {
  const { starts, ends, count } = stretches
  if (count > 0 && start <= (ends[count - 1] ?? 0)) {
    if (end > (ends[count - 1] ?? 0)) ends[count - 1] = end
    return
  }
  starts[count] = start
  ends[count] = end
  stretches.count = count + 1
}

/** How many stretches began before a moment. */
function before({ starts, count }: Stretches, as_of: number): number {
  let upTo = count
  while (upTo > 0 && (starts[upTo - 1] ?? 0) >= as_of) upTo -= 1
  return upTo
}

/** Days in a row and minutes in them; a rest of `ended_by` ends the row. */
function rowOf(stretches: Stretches, as_of: number, ended_by: number, into: { days: number; minutes: number }): void {
  const { starts, ends } = stretches
  const count = before(stretches, as_of)
  into.days = 0
  into.minutes = 0
  const lastEnd = Math.min(as_of, ends[count - 1] ?? 0)
  if (count === 0 || as_of - lastEnd >= ended_by) return
  let first = count - 1
  let minutes = lastEnd - (starts[first] ?? 0)
  const lastDay = Math.floor((starts[first] ?? 0) / DAY) + Math.max(0, Math.ceil(minutes / DAY) - 1)
  while (first > 0 && (starts[first] ?? 0) - (ends[first - 1] ?? 0) < ended_by) {
    first -= 1
    minutes += (ends[first] ?? 0) - (starts[first] ?? 0)
  }
  into.days = lastDay - Math.floor((starts[first] ?? 0) / DAY) + 1
  into.minutes = minutes
}

function shortestRest(stretches: Stretches, as_of: number, since: number): number {
  const { starts, ends } = stretches
  let shortest = Number.POSITIVE_INFINITY
  for (let one = before(stretches, as_of) - 1; one > 0 && (starts[one] ?? 0) >= since; one--) {
    const rest = (starts[one] ?? 0) - (ends[one - 1] ?? 0)
    if (rest >= 60 && rest < shortest) shortest = rest
  }
  return shortest
}

function dutyDays(stretches: Stretches, as_of: number, days: number): number {
  const { starts, ends } = stretches
  const earliest = as_of / DAY - days
  let held = 0
  let reached = Number.POSITIVE_INFINITY
  for (let one = before(stretches, as_of) - 1; one >= 0; one--) {
    const last = Math.min(Math.floor((Math.min(as_of, ends[one] ?? 0) - 1) / DAY), reached - 1)
    if (last < earliest) break
    const first = Math.max(earliest, Math.floor((starts[one] ?? 0) / DAY))
    if (first > last) continue
    held += last - first + 1
    reached = first
  }
  return held
}

/** Goes on for two days as on the last duty day, unless that is longer ago than yesterday. */
function goOn(stretches: Stretches, as_of: number): void {
  const { starts, ends } = stretches
  const last = stretches.count - 1
  if (last < 0) return
  const lastDay = Math.floor((starts[last] ?? 0) / DAY)
  if (lastDay < as_of / DAY - 2) return
  let first = last
  while (first > 0 && Math.floor((starts[first - 1] ?? 0) / DAY) === lastDay) first -= 1
  for (let day = as_of / DAY; day < as_of / DAY + 2; day++) {
    for (let one = first; one <= last; one++) {
      const shift = (day - lastDay) * DAY
      add(stretches, (starts[one] ?? 0) + shift, (ends[one] ?? 0) + shift)
    }
  }
}

export function restByHand(
  direct: number,
  enterprise: number,
): (batch: FactBatch, as_of: number, totals: RestTotals) => void {
  const all = room()
  const close = room()
  const row = { days: 0, minutes: 0 }
  const overloaded = (at: number) => {
    rowOf(all, at, DAY, row)
    return row.days >= 15 && row.minutes >= 600 * row.days
  }
  const hurried = (at: number) => shortestRest(all, at, at - 7 * DAY) < 660
  const crowded = (at: number) => dutyDays(all, at, 10) > 8
  const weekless = (at: number) => dutyDays(all, at, 7) > 6
  const worn = (at: number) => {
    rowOf(close, at, 3 * DAY, row)
    return row.days >= 14
  }
  return (batch, as_of, totals) => {
    const ill = batch.findings.get('ill')
    const pregnant = batch.findings.get('pregnant')
    const settle = (rule: (at: number) => boolean, warn_days: number, isMissing: boolean) => {
      if (rule(as_of)) totals.due += 1
      else if (rule(as_of + DAY) || (warn_days > 1 && rule(as_of + 2 * DAY))) totals.soon += 1
      else if (isMissing) totals.missing += 1
    }
    for (let person = 0; person < batch.people; person++) {
      all.count = 0
      close.count = 0
      for (let span = batch.span_offset[person] ?? 0; span < (batch.span_offset[person + 1] ?? 0); span++) {
        const start = batch.span_start_minute[span] ?? 0
        if (start >= as_of) break
        const end = Math.min(as_of, batch.span_end_minute[span] ?? 0)
        add(all, start, end)
        if (batch.span_exposure[span] === direct) add(close, start, end)
      }
      goOn(all, as_of)
      goOn(close, as_of)
      const isIll = ill?.[person] ?? UNKNOWN
      const isPregnant = pregnant?.[person] ?? UNKNOWN
      if (isIll === YES || isPregnant === YES) totals.due += 1
      else settle(overloaded, 2, isIll === UNKNOWN || isPregnant === UNKNOWN)
      settle(hurried, 1, false)
      settle(crowded, 2, false)
      settle(worn, 2, false)
      if (batch.employment[person] === enterprise) settle(weekless, 1, false)
    }
  }
}
