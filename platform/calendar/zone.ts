import type { CivilDate, Minute } from '#engines/values/time.ts'

const HOUR_MS = 3_600_000
const formats = new Map<string, Intl.DateTimeFormat>()
const offsets = new Map<string, number>()

/**
 * Minutes by which the clocks of `timeZone` are ahead of UTC at an instant.
 *
 * @example offsetMinutes('Asia/Shanghai', Date.UTC(2020, 1, 3)) // 480
 */
export function offsetMinutes(timeZone: string, instant_ms: number): number {
  const hour = Math.floor(instant_ms / HOUR_MS)
  const key = `${timeZone} ${hour}`
  const known = offsets.get(key)
  if (known !== undefined) return known
  let format = formats.get(timeZone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
    formats.set(timeZone, format)
  }
  const name = format.formatToParts(hour * HOUR_MS).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT'
  const match = /GMT(?:([+-])(\d{2}):(\d{2}))?/.exec(name)
  const size = match?.[1] ? Number(match[2]) * 60 + Number(match[3]) : 0
  const offset = match?.[1] === '-' ? -size : size
  if (offsets.size > 50_000) offsets.clear()
  offsets.set(key, offset)
  return offset
}

/** The minute on the local clock, as engines count it. */
export function localMinute(timeZone: string, instant: Date): Minute {
  const instant_ms = instant.getTime()
  return Math.floor(instant_ms / 60_000) + offsetMinutes(timeZone, instant_ms)
}

/** The civil date on which an instant falls. */
export function civilDate(timeZone: string, instant: Date): CivilDate {
  const local_ms = instant.getTime() + offsetMinutes(timeZone, instant.getTime()) * 60_000
  return new Date(local_ms).toISOString().slice(0, 10)
}

/** The instant at which the local clock shows `minute`; in the gap of a clock change, the first instant after it. */
export function instantOf(timeZone: string, minute: Minute): Date {
  const guess_ms = minute * 60_000
  const first = guess_ms - offsetMinutes(timeZone, guess_ms) * 60_000
  return new Date(guess_ms - offsetMinutes(timeZone, first) * 60_000)
}

/** `2020-02-03T08:00:00+08:00`, the form in which instants leave the house. */
export function zonedText(timeZone: string, instant: Date): string {
  const offset = offsetMinutes(timeZone, instant.getTime())
  const local = new Date(instant.getTime() + offset * 60_000).toISOString().slice(0, 19)
  const size = Math.abs(offset)
  const hours = String(Math.floor(size / 60)).padStart(2, '0')
  return `${local}${offset < 0 ? '-' : '+'}${hours}:${String(size % 60).padStart(2, '0')}`
}
