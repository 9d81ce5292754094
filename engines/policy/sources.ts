import { MINUTES_PER_DAY } from '#engines/values/time.ts'
import { type FactBatch, NOT_RECORDED } from './facts.ts'
import type { UseFacts } from './facts-more.ts'
import type { OnlyPart } from './pack-time.ts'
import { packWords } from './packed-words.ts'
import { cutSpans, type Running, Segments, type SpanFault } from './segments.ts'
import type { Settling } from './settle-days.ts'

/** What a row is settled from: its duty, all days of the window, or its events; each is made when it is first asked for. */
export class Sources {
  private readonly running: Running
  private readonly batch: FactBatch
  private readonly duty = new Segments()
  private readonly part = new Segments()
  private readonly days = new Segments()
  private readonly events = new Segments()
  private fault: SpanFault = null
  private hasDays = false
  private row = -1
  /** The entitlement last settled, for its uses. */
  entitlement = ''

  constructor(running: Running, batch: FactBatch) {
    this.running = running
    this.batch = batch
  }

  enter(row: number): void {
    this.row = row
    this.hasDays = false
    this.fault = cutSpans(this.running, this.batch, row, this.duty)
  }

  /** A missing fact that stands against the row as a whole. */
  faultFor(settling: Settling): string | null {
    this.entitlement = settling.compiled.entitlement.code
    if (settling.source === 'duty') return this.fault
    return settling.source === 'events' && !this.batch.events?.[this.row] ? 'events' : null
  }

  segmentsFor(settling: Settling): Segments {
    if (settling.source === 'events') return this.eventSegments(settling)
    if (settling.source === 'days') return this.daySegments()
    if (settling.only === null) return this.duty
    if (settling.by_night) takeNights(this.running, this.duty, this.part, settling)
    else takePart(this.duty, this.part, settling)
    return this.part
  }

  /** Uses known by a day, `null` where uses are not recorded. */
  usedBy(known: number): readonly UseFacts[] | null {
    return this.batch.uses?.[this.row]?.filter(({ day }) => day <= known) ?? null
  }

  /** The situation of a day without a post; a unit stands where it lies and is what it is. */
  private situation(): number {
    const { table } = this.running
    const { batch, row } = this
    const unit = batch.rows_are_units === true
    const kind = unit ? (batch.home_unit_kind?.[row] ?? NOT_RECORDED) : NOT_RECORDED
    const side = table.spanSide(packWords(NOT_RECORDED, NOT_RECORDED, kind), unit ? (batch.area[row] ?? 0) : 0)
    return table.pair(table.personSide(batch, row), side)
  }

  private daySegments(): Segments {
    const { days: segments, running } = this
    if (this.hasDays) return segments
    this.hasDays = true
    segments.reserve(running.days)
    const cell = this.situation() * running.days
    for (let day = 0; day < running.days; day++) segments.put(day, day, 0, cell + day)
    segments.length = running.days
    return segments
  }

  /** One segment for each event of a fitting kind, in order of days; `minutes` holds how often. */
  private eventSegments(settling: Settling): Segments {
    const { events: segments, running } = this
    const wanted = (this.batch.events?.[this.row] ?? []).flatMap((event, position) => {
      const day = event.day - running.from
      const fits = settling.events.includes(event.kind) && event.count > 0 && day >= 0 && day < running.days
      return fits ? [{ day, count: event.count, position }] : []
    })
    wanted.sort((left, right) => left.day - right.day || left.position - right.position)
    segments.reserve(wanted.length)
    const cell = this.situation() * running.days
    wanted.forEach(({ day, count, position }, index) => {
      segments.put(index, day, count, cell + day, position)
    })
    segments.length = wanted.length
    return segments
  }
}

/** The part of the duty that an entitlement counts: kinds of day, and minutes between two times of day. */
function takePart(duty: Segments, part: Segments, settling: Settling): void {
  const { only } = settling
  part.reserve(duty.length)
  let length = 0
  for (let segment = 0; segment < duty.length; segment++) {
    const day = (settling.by_start ? duty.start_day : duty.day)[segment] ?? -1
    const minutes = minutesInside(only?.written.between ?? null, duty.start[segment] ?? 0, duty.minutes[segment] ?? 0)
    if (minutes === 0 || (day >= 0 && only?.counts_on[day] === 0)) continue
    part.put(length, duty.day[segment] ?? -1, minutes, duty.cell[segment] ?? 0, duty.span[segment] ?? 0)
    part.start_day[length] = duty.start_day[segment] ?? -1
    part.start[length] = duty.start[segment] ?? 0
    length += 1
  }
  part.length = length
}

/**
 * The part of the duty that lies in the night, given to the day on which the night began: of a stretch of one day the morning belongs to the
 * night before, the evening to that day's.
 */
function takeNights({ from, days }: Running, duty: Segments, part: Segments, { only }: Settling): void {
  const between = only?.written.between
  if (!between) return
  const { from_minute } = between
  const length = (between.to_minute - from_minute + MINUTES_PER_DAY) % MINUTES_PER_DAY
  part.reserve(2 * duty.length)
  let taken = 0
  for (let segment = 0; segment < duty.length; segment++) {
    const start = duty.start[segment] ?? 0
    const end = start + (duty.minutes[segment] ?? 0)
    const day = Math.floor(start / MINUTES_PER_DAY)
    for (const night of [day - 1, day]) {
      const begins = night * MINUTES_PER_DAY + from_minute
      const minutes = Math.min(end, begins + length) - Math.max(start, begins)
      const position = night - from
      if (minutes <= 0 || position < 0 || position >= days || only.counts_on[position] === 0) continue
      part.put(taken, duty.day[segment] ?? -1, minutes, duty.cell[segment] ?? 0, duty.span[segment] ?? 0)
      part.start_day[taken] = position
      part.start[taken] = Math.max(start, begins)
      taken += 1
    }
  }
  part.length = taken
}

/**
 * How many of the minutes from `start` on lie between two times of day.
 *
 * @example minutesInside({ from_minute: 1320, to_minute: 360 }, 0, 480) // 360: from midnight to 08:00, night ends at 06:00
 */
export function minutesInside(between: OnlyPart['between'], start: number, minutes: number): number {
  if (between === null) return minutes
  const { from_minute } = between
  const length = (between.to_minute - from_minute + MINUTES_PER_DAY) % MINUTES_PER_DAY
  const until = (minute: number) => {
    const since = minute - from_minute
    const days = Math.floor(since / MINUTES_PER_DAY)
    return days * length + Math.min(length, since - days * MINUTES_PER_DAY)
  }
  return until(start + minutes) - until(start)
}
