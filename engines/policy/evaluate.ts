import type { FactBatch } from './facts.ts'
import type { EvaluationColumns } from './results.ts'
import { type Running, type Segments, situationAt } from './segments.ts'
import { CELL_NOT_COVERED, CELL_UNSETTLED, type Settling } from './settle-days.ts'
import { settleDay } from './settle-kinds.ts'
import { openDay } from './settle-limits.ts'
import { enterMonth, finishMonths } from './settle-months.ts'
import { settlePlainly } from './settle-plainly.ts'
import { isTogether, Together } from './settle-together.ts'
import { COVERED, NOT_COVERED } from './situations.ts'
import { Sources } from './sources.ts'
import { stateOf, Tally, TOO_SHORT } from './tally.ts'
import { ANY_MINUTE } from './too-short.ts'

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
    let waiting = 0
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
      } else if (value < CELL_NOT_COVERED) {
        open = true
        waiting += minutes[position] ?? 0
      }
      position += 1
    } while (position < length && days[position] === day)
    if (day < 0) continue
    if (settling.monthly) enterMonth(running, settling, tally, day)
    if (open && total + waiting <= (settling.nothing_up_to[day] ?? ANY_MINUTE)) {
      tally.covered = true
      tally.settled_days += 1
      const short = openDay(day, first, position, TOO_SHORT, -1, situationAt(segments, first, width))
      tally.trace?.push({ ...short, minutes: total + waiting })
    } else if (open) leaveDayOpen(running, settling, segments, tally, first, position, day, chosen)
    else if (several && settling.each) settleEach(running, settling, segments, tally, first, position, day)
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
  if (settling.monthly) finishMonths(running, settling, tally)
}

/** Each rate of a day for its own minutes, in the order in which the rates come. */
function settleEach(
  running: Running,
  settling: Settling,
  segments: Segments,
  tally: Tally,
  first: number,
  end: number,
  day: number,
): void {
  const { number } = settling.cells
  const rateAt = (segment: number) => number[situationAt(segments, segment, running.days) * running.days + day] ?? 0
  const parts = new Map<number, { first: number; minutes: number }>()
  for (let segment = first; segment < end; segment++) {
    const rate = rateAt(segment)
    if (rate < 0) continue
    const part = parts.get(rate) ?? { first: segment, minutes: 0 }
    part.minutes += segments.minutes[segment] ?? 0
    parts.set(rate, part)
  }
  tally.covered = true
  for (const [rate, part] of parts) {
    const situation = situationAt(segments, part.first, running.days)
    settleDay(running, settling, tally, day, part.first, end, part.minutes, rate, situation)
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
  if (settling.monthly) tally.gathered_open += 1
  if (chosen >= 0) tally.covered = true
  tally.trace?.push(
    openDay(day, first, end, worst, reason, chosen < 0 ? -1 : situationAt(segments, chosen, running.days)),
  )
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

/** Settles one entitlement of the row that the sources have entered into a tally that was just reset. */
export type SettleCell = (position: number, settling: Settling, sources: Sources, tally: Tally) => void

/** Evaluates a batch: every person × every entitlement; `settle` stands in for settling only the sums of a cell. */
export function evaluateBatch(running: Running, batch: FactBatch, settle?: SettleCell): EvaluationColumns {
  const { settlings } = running
  const columns = emptyColumns(running, batch.people)
  const together = settle ? [] : settlings.flatMap((one, position) => (isTogether(one) ? [position] : []))
  const apart = settlings.flatMap((_, position) => (together.includes(position) ? [] : [position]))
  if (together.length > 0) evaluateTogether(running, batch, together, columns)
  if (apart.length === 0) return columns
  const sources = new Sources(running, batch)
  const tally = new Tally()
  for (let row = 0; row < batch.people; row++) {
    sources.enter(row)
    for (const position of apart) {
      const settling = settlings[position]
      if (!settling) continue
      tally.reset()
      if (settle) settle(position, settling, sources, tally)
      else settleRow(running, settling, sources, tally)
      writeCell(columns, row * settlings.length + position, tally, settling)
    }
  }
  return columns
}

function emptyColumns({ settlings }: Running, people: number): EvaluationColumns {
  const cells = people * settlings.length
  return {
    people,
    entitlements: settlings.map(({ compiled }) => compiled.entitlement.code),
    state: new Uint8Array(cells),
    amount_fen: new Float64Array(cells),
    quantity: new Int32Array(cells),
    open_days: new Int32Array(cells),
    decision_point: new Int16Array(cells),
    missing: new Int16Array(cells),
  }
}

/** `positions` are those of the entitlements that are settled together. */
function evaluateTogether(
  running: Running,
  batch: FactBatch,
  positions: readonly number[],
  columns: EvaluationColumns,
): void {
  running.together ??= new Together(running)
  const { together } = running
  const width = running.settlings.length
  for (let row = 0; row < batch.people; row++) {
    const fault = together.settle(batch, row)
    if (fault !== null) together.missing.fill(running.names.position(fault))
    for (let one = 0; one < positions.length; one++) {
      const settling = together.settlings[one]
      if (!settling) continue
      const cell = row * width + (positions[one] ?? 0)
      const isSettled = (together.settled_days[one] ?? 0) > 0
      const missing = together.missing[one] ?? -1
      const undecided = together.undecided[one] ?? -1
      columns.state[cell] = stateOf({ covered: together.covered[one] === 1, missing, undecided })
      columns.amount_fen[cell] = settling.money && isSettled ? (together.amount_fen[one] ?? 0) : Number.NaN
      columns.quantity[cell] = isSettled ? (together.quantity[one] ?? 0) : -1
      columns.open_days[cell] = together.open_days[one] ?? 0
      columns.decision_point[cell] = undecided
      columns.missing[cell] = missing
    }
  }
}

/** One entitlement of the row that the sources have entered; gives the segments it was settled from. */
export function settleRow(running: Running, settling: Settling, sources: Sources, tally: Tally): Segments | null {
  settling.cells.reserve(running.table.size)
  const fault = sources.faultFor(settling)
  if (fault !== null) {
    tally.missing = running.names.position(fault)
    return null
  }
  const segments = sources.segmentsFor(settling)
  settling.cells.reserve(running.table.size)
  if (tally.trace === null && settling.plain && !running.by_start) settlePlainly(settling, segments, tally)
  else settlePerson(running, settling, segments, tally)
  if (settling.uses !== null && tally.quantity > 0) takeUses(running, settling.uses, sources, tally)
  return segments
}

/** What has been used is not there any more; used up, the right reaches the person no longer. */
function takeUses(running: Running, uses: number, sources: Sources, tally: Tally): void {
  const used = sources.usedBy(running.known)
  tally.quantity = 0
  if (used === null) {
    tally.missing = running.names.position('uses')
    tally.settled_days = 0
    return
  }
  const mine = used.filter(({ entitlement }) => entitlement === sources.entitlement).length
  tally.quantity = Math.max(0, uses - mine)
  if (tally.quantity > 0) return
  tally.covered = false
  tally.settled_days = 0
}

/** Nothing settled is NaN in the money column, never a 0 that could be paid. */
function writeCell(columns: EvaluationColumns, cell: number, tally: Tally, settling: Settling): void {
  columns.state[cell] = stateOf(tally)
  columns.amount_fen[cell] = settling.money && tally.settled_days > 0 ? tally.amount_fen : Number.NaN
  columns.quantity[cell] = tally.settled_days > 0 ? tally.quantity : -1
  columns.open_days[cell] = tally.open_days
  columns.decision_point[cell] = tally.undecided
  columns.missing[cell] = tally.missing
}
