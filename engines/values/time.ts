/**
 * Civil dates and minutes, as plain numbers where engines count and as ISO text at the edges.
 *
 * A `Day` is the number of days since 1970-01-01 in the operation's own calendar; a `Minute` is the number of minutes
 * since 1970-01-01 00:00 on that same local clock. Whoever calls an engine converts from stored instants first, so
 * that engines know no time zones.
 */
export type Day = number
export type Minute = number

/** ISO civil date, `2020-02-03`. */
export type CivilDate = string

export const MINUTES_PER_DAY = 1440

const ISO_DATE = /^(\d{4})-(\d{2})-(\d{2})$/

/**
 * Reads `2020-02-03`; answers `undefined` for anything that is no day of the calendar, such as `2020-02-30`.
 *
 * @example parseDay('1970-01-02') // 1
 */
export function parseDay(text: string): Day | undefined {
  const match = ISO_DATE.exec(text)
  if (!match) return undefined
  const year = Number(match[1])
  const month = Number(match[2])
  const dayOfMonth = Number(match[3])
  const instant = new Date(Date.UTC(year, month - 1, dayOfMonth))
  if (instant.getUTCFullYear() !== year || instant.getUTCMonth() !== month - 1) return undefined
  return Math.floor(instant.getTime() / 86_400_000)
}

/** Like `parseDay`, for text that was checked before; throws `RangeError` otherwise. */
export function dayOf(text: CivilDate): Day {
  const day = parseDay(text)
  if (day === undefined) throw new RangeError(`not a calendar day: ${text}`)
  return day
}

/** @example formatDay(1) // '1970-01-02' */
export function formatDay(day: Day): CivilDate {
  // By arithmetic: explanations write thousands of days, and a `Date` for each costs more than all the rest of them.
  if (!(day >= FIRST_WRITTEN_DAY && day <= LAST_WRITTEN_DAY))
    return new Date(day * 86_400_000).toISOString().slice(0, 10)
  // Days since 0000-03-01, so that a leap day is the last of its year; 400 years are 146,097 days.
  const shifted = Math.floor(day) + 719_468
  const era = Math.floor(shifted / 146_097)
  const inEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (inEra - Math.floor(inEra / 1_460) + Math.floor(inEra / 36_524) - Math.floor(inEra / 146_096)) / 365,
  )
  const inYear = inEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const fromMarch = Math.floor((5 * inYear + 2) / 153)
  const dayOfMonth = inYear - Math.floor((153 * fromMarch + 2) / 5) + 1
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return `${year}-${month < 10 ? '0' : ''}${month}-${dayOfMonth < 10 ? '0' : ''}${dayOfMonth}`
}

/** 1000-01-01 and 9999-12-31: between them a year has four digits. */
const FIRST_WRITTEN_DAY = -354_285
const LAST_WRITTEN_DAY = 2_932_896

/** 0 = Monday … 6 = Sunday. */
export function weekdayOf(day: Day): number {
  return (((day + 3) % 7) + 7) % 7
}

/** The day on which a local minute falls. */
export function dayOfMinute(minute: Minute): Day {
  return Math.floor(minute / MINUTES_PER_DAY)
}

/** @example formatMinute(1440 + 61) // '1970-01-02 01:01' */
export function formatMinute(minute: Minute): string {
  const inDay = minute - dayOfMinute(minute) * MINUTES_PER_DAY
  const hours = String(Math.floor(inDay / 60)).padStart(2, '0')
  const minutes = String(inDay % 60).padStart(2, '0')
  return `${formatDay(dayOfMinute(minute))} ${hours}:${minutes}`
}
