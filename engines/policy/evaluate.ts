import type { DatedNumber } from './compile-entitlements.ts'
import { dayAmount } from './day-amount.ts'
import type { FactBatch } from './facts.ts'
import type { EvaluationColumns } from './results.ts'
import { cutSpans, type Running, Segments, situationAt } from './segments.ts'
import { CELL_NOT_COVERED, CELL_UNSETTLED, type Settling } from './settle-days.ts'
import { settlePlainly } from './settle-plainly.ts'
import { COVERED, NOT_COVERED, UNDECIDED } from './situations.ts'
import { type DayTrace, stateOf, Tally } from './tally.ts'

const LIMIT_OF = { days: 0, amount: 1, minutes: 2 } as const

/** Cuts `wanted` down to what the caps leave. NaN when a cap's own figure is missing (then the situation says why). */
function limited(
  settling: Settling,
  tally: Tally,
  of: keyof typeof LIMIT_OF,
  wanted: number,
  day: number,
  situation: number,
): number {
  let allowed = wanted
  for (const { limit, at_most, at_most_on } of settling.limits) {
    if (limit.of !== of) continue
    const cap = numberOn(settling, at_most, at_most_on, day, situation)
    if (Number.isNaN(cap)) return cap
    allowed = tally.left(limit.per, LIMIT_OF[of], cap, allowed)
  }
  return allowed
}

/** A threshold or cap; where the window holds none, the rule is run so that the situation says why. */
function numberOn(settling: Settling, dated: DatedNumber, on: Float64Array, day: number, situation: number): number {
  const number = on[day] ?? Number.NaN
  return Number.isNaN(number) ? dated.numberFor(settling.situationOn(situation, day)) : number
}

/** Runs one entitlement over a person's segments into `tally`. The inner loop runs for every stretch of duty: it reads one cell. */
export function settlePerson(running: Running, settling: Settling, segments: Segments, tally: Tally): void {
  settling.cells.reserve(running.table.size)
  const days = settling.by_start ? segments.start_day : segments.day
  const { minutes, length } = segments
  const { number } = settling.cells
  const width = running.days
  let position = 0
  while (position < length) {
    const day = days[position] ?? -1
    const first = position
    let total = 0
    let rate = -1
    let chosen = -1
    let open = false
    let several = false
    do {
      const cell = situationAt(segments, position, width) * width + day
      let value = day < 0 ? CELL_NOT_COVERED : (number[cell] ?? 0)
      if (value === CELL_UNSETTLED) value = settling.settleCell(cell)
      if (value >= 0) {
        total += minutes[position] ?? 0
        if (value !== rate) {
          if (chosen >= 0) several = true
          if (value > rate) {
            rate = value
            chosen = position
          }
        }
      } else if (value < CELL_NOT_COVERED) open = true
      position += 1
    } while (position < length && days[position] === day)
    if (day < 0) continue
    if (open) leaveDayOpen(running, settling, segments, tally, first, position, day, chosen)
    else if (chosen >= 0) {
      if (several && settling.longest) {
        chosen = longestSegment(running, settling, segments, first, position, day)
        rate = number[situationAt(segments, chosen, width) * width + day] ?? rate
      }
      tally.covered = true
      settleDay(running, settling, tally, day, first, position, total, rate, situationAt(segments, chosen, width))
    } else if (tally.trace !== null) {
      tally.trace.push(openDay(day, first, position, NOT_COVERED, -1, situationAt(segments, first, width)))
    }
  }
}

/** The weightiest reason of the day counts: a missing fact before a decision; the first in time of equals. */
function leaveDayOpen(
  running: Running,
  settling: Settling,
  segments: Segments,
  tally: Tally,
  first: number,
  end: number,
  day: number,
  chosen: number,
): void {
  const { status, detail } = settling.cells
  let worst = NOT_COVERED
  let reason = -1
  for (let segment = first; segment < end; segment++) {
    const cell = situationAt(segments, segment, running.days) * running.days + day
    const answer = status[cell] ?? 0
    if (answer <= worst) continue
    worst = answer
    reason = detail[cell] ?? -1
  }
  tally.open(worst, reason)
  if (chosen >= 0) tally.covered = true
  tally.trace?.push(
    openDay(day, first, end, worst, reason, chosen < 0 ? -1 : situationAt(segments, chosen, running.days)),
  )
}

function settleDay(
  running: Running,
  settling: Settling,
  tally: Tally,
  day: number,
  first: number,
  end: number,
  minutes: number,
  rate: number,
  situation: number,
): void {
  if (settling.limits.length > 0) tally.enterMonth(running.month_on[day] ?? 0)
  if (settling.gives === 'money_per_day') settleMoney(settling, tally, day, first, end, minutes, rate, situation)
  else if (settling.gives === 'minutes') settleMinutes(settling, tally, day, first, end, minutes, rate, situation)
  else settleOnce(settling, tally, day, first, end, rate, situation)
}

function openDay(day: number, first: number, end: number, status: number, detail: number, situation: number): DayTrace {
  const nothing = {
    minutes: 0,
    day_hundredths: 0,
    counted_hundredths: 0,
    rate_scaled: 0,
    rounded_fen: 0,
    amount_fen: 0,
  }
  return { day, first, end, status, detail, situation, ...nothing, earned_minutes: 0 }
}

/** A segment of the rate with most minutes on the day; the higher rate where two have equally many. */
function longestSegment(
  running: Running,
  settling: Settling,
  segments: Segments,
  first: number,
  end: number,
  day: number,
): number {
  const { number, status } = settling.cells
  let best = -1
  let bestMinutes = -1
  let bestRate = -1
  for (let one = first; one < end; one++) {
    const cell = situationAt(segments, one, running.days) * running.days + day
    if (status[cell] !== COVERED) continue
    const rate = number[cell] ?? 0
    let minutes = 0
    for (let other = first; other < end; other++) {
      const same = situationAt(segments, other, running.days) * running.days + day
      if (status[same] === COVERED && number[same] === rate) minutes += segments.minutes[other] ?? 0
    }
    if (minutes > bestMinutes || (minutes === bestMinutes && rate > bestRate)) {
      best = one
      bestMinutes = minutes
      bestRate = rate
    }
  }
  return best
}

/** A threshold or cap whose own figure is missing or undecided leaves the day open. */
function leaveOpen(settling: Settling, tally: Tally, day: number, first: number, end: number, situation: number): void {
  const { status, missing, decision } = settling.situationAfterRefusal()
  const detail = status === UNDECIDED ? decision : missing
  tally.open(status, detail)
  tally.trace?.push(openDay(day, first, end, status, detail, situation))
}

function settleMoney(
  settling: Settling,
  tally: Tally,
  day: number,
  first: number,
  end: number,
  minutes: number,
  rate: number,
  situation: number,
): void {
  let counted = 0
  for (const { over, over_on, counts_hundredths } of settling.steps) {
    const threshold = numberOn(settling, over, over_on, day, situation)
    if (Number.isNaN(threshold)) {
      leaveOpen(settling, tally, day, first, end, situation)
      return
    }
    if (minutes > threshold) {
      counted = counts_hundredths
      break
    }
  }
  const hasLimits = settling.limits.length > 0
  const hundredths = hasLimits ? limited(settling, tally, 'days', counted, day, situation) : counted
  const rounded = dayAmount(rate, hundredths, settling.rounding)
  const amount = hasLimits ? limited(settling, tally, 'amount', rounded, day, situation) : rounded
  if (Number.isNaN(hundredths) || Number.isNaN(amount)) {
    leaveOpen(settling, tally, day, first, end, situation)
    return
  }
  if (hasLimits) {
    tally.use(LIMIT_OF.days, hundredths)
    tally.use(LIMIT_OF.amount, amount)
  }
  tally.quantity += hundredths
  tally.amount_fen += amount
  tally.settled_days += 1
  tally.trace?.push({
    day,
    first,
    end,
    status: COVERED,
    detail: -1,
    minutes,
    day_hundredths: hundredths,
    counted_hundredths: counted,
    rate_scaled: rate,
    situation,
    rounded_fen: rounded,
    amount_fen: amount,
    earned_minutes: 0,
  })
}

function settleMinutes(
  settling: Settling,
  tally: Tally,
  day: number,
  first: number,
  end: number,
  minutes: number,
  over: number,
  situation: number,
): void {
  const raw = Math.max(0, minutes - over)
  const earned = settling.limits.length > 0 ? limited(settling, tally, 'minutes', raw, day, situation) : raw
  if (Number.isNaN(earned)) {
    leaveOpen(settling, tally, day, first, end, situation)
    return
  }
  if (settling.limits.length > 0) tally.use(LIMIT_OF.minutes, earned)
  tally.quantity += earned
  tally.settled_days += 1
  tally.trace?.push({ ...openDay(day, first, end, COVERED, -1, situation), minutes, earned_minutes: earned })
}

/** A right, or a one-off amount, is settled by the first day that gives it. */
function settleOnce(
  settling: Settling,
  tally: Tally,
  day: number,
  first: number,
  end: number,
  amount: number,
  situation: number,
): void {
  tally.settled_days += 1
  if (tally.quantity > 0) return
  tally.quantity = 1
  tally.amount_fen = settling.compiled.entitlement.gives === 'money_once' ? amount : 0
  tally.trace?.push({ ...openDay(day, first, end, COVERED, -1, situation), amount_fen: tally.amount_fen })
}

/** Evaluates a batch: every person × every entitlement. */
export function evaluateBatch(running: Running, batch: FactBatch): EvaluationColumns {
  const { settlings, names } = running
  const cells = batch.people * settlings.length
  const columns: EvaluationColumns = {
    people: batch.people,
    entitlements: settlings.map(({ compiled }) => compiled.entitlement.code),
    state: new Uint8Array(cells),
    amount_fen: new Float64Array(cells),
    quantity: new Int32Array(cells),
    open_days: new Int32Array(cells),
    decision_point: new Int16Array(cells),
    missing: new Int16Array(cells),
  }
  const segments = new Segments()
  const tally = new Tally()
  for (let row = 0; row < batch.people; row++) {
    const fault = cutSpans(running, batch, row, segments)
    for (let position = 0; position < settlings.length; position++) {
      const settling = settlings[position]
      if (!settling) continue
      tally.reset()
      settling.cells.reserve(running.table.size)
      if (fault !== null) tally.missing = names.position(fault)
      else if (settling.plain && !running.by_start) settlePlainly(settling, segments, tally)
      else settlePerson(running, settling, segments, tally)
      writeCell(columns, row * settlings.length + position, tally, settling)
    }
  }
  return columns
}

/** Nothing settled is NaN in the money column, never a 0 that could be paid. */
function writeCell(columns: EvaluationColumns, cell: number, tally: Tally, settling: Settling): void {
  const { gives } = settling.compiled.entitlement
  const money = gives === 'money_per_day' || gives === 'money_once'
  columns.state[cell] = stateOf(tally)
  columns.amount_fen[cell] = money && tally.settled_days > 0 ? tally.amount_fen : Number.NaN
  columns.quantity[cell] = tally.settled_days > 0 ? tally.quantity : -1
  columns.open_days[cell] = tally.open_days
  columns.decision_point[cell] = tally.undecided
  columns.missing[cell] = tally.missing
}
