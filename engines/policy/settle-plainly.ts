import type { Segments } from './segments.ts'
import { CELL_NOT_COVERED, CELL_UNSETTLED, type Settling } from './settle-days.ts'
import { MISSING, UNDECIDED } from './situations.ts'
import type { Tally } from './tally.ts'

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

function settleMoneyPlainly(settling: Settling, segments: Segments, tally: Tally): void {
  const { day: days, cell: cells, minutes, length } = segments
  const { number, amount: amounts } = settling.cells
  const { thresholds, shares } = settling
  const steps = shares.length
  let amount = 0
  let quantity = 0
  let settled = 0
  let position = 0
  while (position < length) {
    const day = days[position] ?? 0
    const first = position
    if (position + 1 === length || days[position + 1] !== day) {
      // One stretch on the day, as on most days: nothing to compare.
      const cell = cells[position] ?? 0
      let value = number[cell] ?? 0
      if (value === CELL_UNSETTLED) value = settling.settleCell(cell)
      position += 1
      if (value >= 0) {
        settled += 1
        const alone = minutes[first] ?? 0
        for (let step = 0; step < steps; step++) {
          if (alone <= (thresholds[day * steps + step] ?? 0)) continue
          quantity += shares[step] ?? 0
          amount += amounts[cell * steps + step] ?? 0
          break
        }
      } else if (value < CELL_NOT_COVERED) leaveOpen(settling, segments, tally, first, position)
      continue
    }
    let total = 0
    let best = -1
    let bestCell = 0
    let open = false
    do {
      const cell = cells[position] ?? 0
      let value = number[cell] ?? 0
      if (value === CELL_UNSETTLED) value = settling.settleCell(cell)
      if (value >= 0) {
        total += minutes[position] ?? 0
        if (value > best) {
          best = value
          bestCell = cell
        }
      } else if (value < CELL_NOT_COVERED) open = true
      position += 1
    } while (position < length && days[position] === day)
    if (open) leaveOpen(settling, segments, tally, first, position)
    else if (best >= 0) {
      settled += 1
      for (let step = 0; step < steps; step++) {
        if (total <= (thresholds[day * steps + step] ?? 0)) continue
        quantity += shares[step] ?? 0
        amount += amounts[bestCell * steps + step] ?? 0
        break
      }
    }
    if (best >= 0) tally.covered = true
  }
  if (settled > 0) tally.covered = true
  tally.amount_fen = amount
  tally.quantity = quantity
  tally.settled_days = settled
}

function settleMinutesPlainly(settling: Settling, segments: Segments, tally: Tally): void {
  const { day: days, cell: cells, minutes, length } = segments
  const { number } = settling.cells
  let quantity = 0
  let settled = 0
  let position = 0
  while (position < length) {
    const day = days[position] ?? 0
    const first = position
    let total = 0
    let over = -1
    let open = false
    do {
      const cell = cells[position] ?? 0
      let value = number[cell] ?? 0
      if (value === CELL_UNSETTLED) value = settling.settleCell(cell)
      if (value >= 0) {
        total += minutes[position] ?? 0
        if (value > over) over = value
      } else if (value < CELL_NOT_COVERED) open = true
      position += 1
    } while (position < length && days[position] === day)
    if (open) leaveOpen(settling, segments, tally, first, position)
    else if (over >= 0) {
      settled += 1
      if (total > over) quantity += total - over
    }
    if (over >= 0) tally.covered = true
  }
  tally.quantity = quantity
  tally.settled_days = settled
}

function settleRightPlainly(settling: Settling, segments: Segments, tally: Tally): void {
  const { day: days, cell: cells, length } = segments
  const { number } = settling.cells
  let settled = 0
  let position = 0
  while (position < length) {
    const day = days[position] ?? 0
    const first = position
    let best = -1
    let open = false
    do {
      const cell = cells[position] ?? 0
      let value = number[cell] ?? 0
      if (value === CELL_UNSETTLED) value = settling.settleCell(cell)
      if (value > best) best = value
      if (value < CELL_NOT_COVERED) open = true
      position += 1
    } while (position < length && days[position] === day)
    if (open) leaveOpen(settling, segments, tally, first, position)
    else if (best >= 0) {
      if (settled === 0) tally.amount_fen = best
      settled += 1
    }
    if (best >= 0) tally.covered = true
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
