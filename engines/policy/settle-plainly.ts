import type { Segments } from './segments.ts'
import { CELL_NOT_COVERED, CELL_UNSETTLED, type Settling } from './settle-days.ts'
import { MISSING, UNDECIDED } from './situations.ts'
import type { Tally } from './tally.ts'
import { ANY_MINUTE } from './too-short.ts'

/**
 * The short way for most entitlements: no caps, minutes on the civil day, highest rate, every threshold known. It gives what
 * `settlePerson` gives (a law in the tests holds the two together) with sums kept in local variables, because this runs for
 * every person × entitlement × day. Each inner `do` gathers the segments of one day.
 */
export function settlePlainly(settling: Settling, segments: Segments, tally: Tally): void {
  if (settling.gives === 'money_per_day') settleMoneyPlainly(settling, segments, tally)
  else if (settling.gives === 'minutes') settleMinutesPlainly(settling, segments, tally)
  else settleRightPlainly(settling, segments, tally)
}

/** The outcome of a cell, settled first where nobody has asked for it yet. */
function settledOutcome(settling: Settling, cell: number): number {
  settling.settleCell(cell)
  return settling.cells.outcome[cell] ?? CELL_NOT_COVERED
}

function settleMoneyPlainly(settling: Settling, segments: Segments, tally: Tally): void {
  const { day: days, cell: cells, minutes, length } = segments
  const { thresholds, shares, rates, amounts, nothing_up_to } = settling
  const { by_day } = tally
  const outcomes = settling.cells.outcome
  const steps = shares.length
  let amount = 0
  let quantity = 0
  let settled = 0
  let position = 0
  while (position < length) {
    const day = days[position] ?? 0
    const first = position
    let total = 0
    let waiting = 0
    let best = -1
    let open = false
    do {
      const cell = cells[position] ?? 0
      let outcome = outcomes[cell] ?? 0
      if (outcome === CELL_UNSETTLED) outcome = settledOutcome(settling, cell)
      if (outcome >= 0) {
        total += minutes[position] ?? 0
        if (best < 0 || (outcome !== best && (rates[outcome] ?? 0) > (rates[best] ?? 0))) best = outcome
      } else if (outcome < CELL_NOT_COVERED) {
        open = true
        waiting += minutes[position] ?? 0
      }
      position += 1
    } while (position < length && days[position] === day)
    if (best >= 0) tally.covered = true
    if (open) {
      if (total + waiting > (nothing_up_to[day] ?? ANY_MINUTE)) leaveOpen(settling, segments, tally, first, position)
      else {
        tally.covered = true
        settled += 1
      }
    } else if (best >= 0) {
      settled += 1
      for (let step = 0; step < steps; step++) {
        if (total <= (thresholds[day * steps + step] ?? 0)) continue
        quantity += shares[step] ?? 0
        const earned = amounts[best * steps + step] ?? 0
        amount += earned
        if (by_day !== null) by_day[day] = (by_day[day] ?? 0) + earned
        break
      }
    }
  }
  tally.amount_fen = amount
  tally.quantity = quantity
  tally.settled_days = settled
}

function settleMinutesPlainly(settling: Settling, segments: Segments, tally: Tally): void {
  const { day: days, cell: cells, minutes, length } = segments
  const { rates, nothing_up_to } = settling
  const { by_day } = tally
  const outcomes = settling.cells.outcome
  let quantity = 0
  let settled = 0
  let position = 0
  while (position < length) {
    const day = days[position] ?? 0
    const first = position
    let total = 0
    let waiting = 0
    let covering = -1
    let open = false
    do {
      const cell = cells[position] ?? 0
      let outcome = outcomes[cell] ?? 0
      if (outcome === CELL_UNSETTLED) outcome = settledOutcome(settling, cell)
      if (outcome >= 0) {
        total += minutes[position] ?? 0
        if (covering < 0 || (rates[outcome] ?? 0) > (rates[covering] ?? 0)) covering = outcome
      } else if (outcome < CELL_NOT_COVERED) {
        open = true
        waiting += minutes[position] ?? 0
      }
      position += 1
    } while (position < length && days[position] === day)
    if (covering >= 0) tally.covered = true
    if (open) {
      if (total + waiting > (nothing_up_to[day] ?? ANY_MINUTE)) leaveOpen(settling, segments, tally, first, position)
      else {
        tally.covered = true
        settled += 1
      }
    } else if (covering >= 0) {
      settled += 1
      const over = rates[covering] ?? 0
      if (total > over) {
        quantity += total - over
        if (by_day !== null) by_day[day] = (by_day[day] ?? 0) + total - over
      }
    }
  }
  tally.quantity = quantity
  tally.settled_days = settled
}

function settleRightPlainly(settling: Settling, segments: Segments, tally: Tally): void {
  const { day: days, cell: cells, length } = segments
  const { rates } = settling
  const outcomes = settling.cells.outcome
  let settled = 0
  let position = 0
  while (position < length) {
    const day = days[position] ?? 0
    const first = position
    let best = -1
    let open = false
    do {
      const cell = cells[position] ?? 0
      let outcome = outcomes[cell] ?? 0
      if (outcome === CELL_UNSETTLED) outcome = settledOutcome(settling, cell)
      if (outcome >= 0 && (best < 0 || (rates[outcome] ?? 0) > (rates[best] ?? 0))) best = outcome
      if (outcome < CELL_NOT_COVERED) open = true
      position += 1
    } while (position < length && days[position] === day)
    if (best >= 0) tally.covered = true
    if (open) leaveOpen(settling, segments, tally, first, position)
    else if (best >= 0) {
      if (settled === 0) tally.amount_fen = rates[best] ?? 0
      settled += 1
    }
  }
  tally.quantity = settled > 0 ? 1 : 0
  tally.settled_days = settled
}

/** Once the first fact and the first decision that are wanting have been named, only the days are counted. */
function leaveOpen(settling: Settling, segments: Segments, tally: Tally, first: number, end: number): void {
  if (tally.missing >= 0 && tally.undecided >= 0) {
    tally.open_days += 1
    return
  }
  const { status, detail } = settling.cells
  let worst = 0
  let reason = -1
  for (let segment = first; segment < end; segment++) {
    const cell = segments.cell[segment] ?? 0
    const answer = status[cell] ?? 0
    if (answer < UNDECIDED || answer > MISSING || answer <= worst) continue
    worst = answer
    reason = detail[cell] ?? -1
  }
  tally.open(worst, reason)
}
