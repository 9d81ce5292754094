import { dayOf, formatDay, weekdayOf } from '#engines/values/time.ts'

/** The Monday after today: most periods begin there. */
export function nextMonday(today: string): string {
  const day = dayOf(today)
  return formatDay(day + 7 - weekdayOf(day))
}
