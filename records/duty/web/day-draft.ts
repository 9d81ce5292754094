import { dayOf, formatDay, MINUTES_PER_DAY } from '#engines/values/time.ts'
import { instantOf, zonedText } from '#platform/calendar/zone.ts'
import type { FieldError } from '#platform/http/problem.ts'
import type { ConfirmationBody, DayLine } from '../contract.ts'

/** How a line of the day was, as the one who confirms sees it. */
export type LineState = 'as_planned' | 'absent' | 'changed' | 'added'

/** A line that waits to be confirmed. Times are `20:00` on the operation's clock; an end before the start is on the next day. */
export interface DraftLine {
  readonly span_id: string
  readonly person_id: number
  readonly person_name: string
  readonly state: LineState
  readonly post_id: number
  readonly post_name: string
  /** Empty while what stands in the field is no time of day. */
  readonly from: string
  readonly to: string
}

/** What the reader changed, by the id of the line; everything else is as planned. */
export type Changes = ReadonlyMap<string, Partial<Pick<DraftLine, 'state' | 'post_id' | 'from' | 'to'>>>

export function clockOf(timeZone: string, instant: string): string {
  return zonedText(timeZone, new Date(instant)).slice(11, 16)
}

function minuteOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number)
  return hours * 60 + minutes
}

/** @example timesOf('Asia/Shanghai', '2020-02-03', '20:00', '08:00').ends_at // '2020-02-04T08:00:00+08:00' */
export function timesOf(
  timeZone: string,
  dutyDate: string,
  from: string,
  to: string,
): { starts_at: string; ends_at: string } {
  const midnight = dayOf(dutyDate) * MINUTES_PER_DAY
  const start = midnight + minuteOf(from)
  const end = midnight + minuteOf(to) + (minuteOf(to) <= minuteOf(from) ? MINUTES_PER_DAY : 0)
  const text = (minute: number) => zonedText(timeZone, instantOf(timeZone, minute))
  return { starts_at: text(start), ends_at: text(end) }
}

/** Planned lines of others that are over and not confirmed yet: what one confirmation covers. */
export function pendingLines(lines: readonly DayLine[], now: Date): readonly DayLine[] {
  return lines.filter(
    ({ planned, confirmed, own, absent }) =>
      planned !== null && confirmed === null && !own && !absent && new Date(planned.ends_at) <= now,
  )
}

export function draftOf(
  lines: readonly DayLine[],
  changes: Changes,
  added: readonly DraftLine[],
  timeZone: string,
): readonly DraftLine[] {
  const planned = lines.flatMap((line) => {
    if (!line.planned) return []
    const { shift_id, post_id, post_name, starts_at, ends_at } = line.planned
    const change = changes.get(shift_id)
    return [
      {
        span_id: shift_id,
        person_id: line.person_id,
        person_name: line.person_name,
        state: 'as_planned' as const,
        post_id,
        post_name,
        from: clockOf(timeZone, starts_at),
        to: clockOf(timeZone, ends_at),
        ...change,
      },
    ]
  })
  return [...planned, ...added]
}

/** Whether a line that says its own times still lacks one: what was typed there was no time of day. */
export function lacksTimes(draft: readonly DraftLine[]): boolean {
  return draft.some(({ state, from, to }) => (state === 'changed' || state === 'added') && (from === '' || to === ''))
}

/** The body of the one request that confirms the day. Lines as planned keep the very instants that were planned. */
export function confirmationOf(
  draft: readonly DraftLine[],
  lines: readonly DayLine[],
  { unit_id, duty_date, said_at, time_zone }: { unit_id: number; duty_date: string; said_at: Date; time_zone: string },
): ConfirmationBody {
  const planned = new Map(lines.flatMap((line) => (line.planned ? [[line.planned.shift_id, line.planned]] : [])))
  return {
    unit_id,
    duty_date,
    said_at: said_at.toISOString(),
    lines: draft.map(({ span_id, person_id, post_id, from, to, state }) => {
      const plan = planned.get(span_id)
      const times =
        plan && (state === 'as_planned' || state === 'absent')
          ? { starts_at: plan.starts_at, ends_at: plan.ends_at }
          : timesOf(time_zone, duty_date, from, to)
      return { span_id, person_id, post_id, ...times, present: state !== 'absent' }
    }),
  }
}

/** Faults that the server found, by the position of the line in what was sent. */
export function faultsByLine(errors: readonly FieldError[] | undefined): ReadonlyMap<number, readonly FieldError[]> {
  const faults = new Map<number, FieldError[]>()
  for (const error of errors ?? []) {
    const position = /lines\[(\d+)\]/.exec(error.field)?.[1]
    if (position === undefined) continue
    const index = Number(position)
    faults.set(index, [...(faults.get(index) ?? []), error])
  }
  return faults
}

export function nextDay(date: string, by: number): string {
  return formatDay(dayOf(date) + by)
}
