/** Shifts as a calendar file (RFC 5545), for the calendar of a phone. */

export interface CalendarShift {
  readonly shift_id: string
  readonly starts_at: Date
  readonly ends_at: Date
  readonly unit_name: string
  readonly post_name: string
}

const LINE_OCTETS_MAX = 75
const encoder = new TextEncoder()

/** `20200224T000000Z` */
function stamp(at: Date): string {
  return at.toISOString().replace(/[-:]|\.\d{3}/g, '')
}

function escapeText(text: string): string {
  return text.replace(/[\\;,]/g, (mark) => `\\${mark}`).replace(/\r?\n/g, '\\n')
}

/** Lines longer than 75 octets go on in the next one, after a space; a character is never cut. */
function fold(line: string): string {
  const parts: string[] = []
  let part = ''
  let octets = 0
  for (const character of line) {
    const size = encoder.encode(character).length
    if (octets + size > LINE_OCTETS_MAX) {
      parts.push(part)
      part = ' '
      octets = 1
    }
    part += character
    octets += size
  }
  return [...parts, part].join('\r\n')
}

/**
 * One event a shift, named by the shift, so that a file taken in again changes what is there.
 *
 * @example writeCalendar([shift], new Date()) // 'BEGIN:VCALENDAR\r\nVERSION:2.0…'
 */
export function writeCalendar(shifts: readonly CalendarShift[], now: Date): string {
  const events = shifts.flatMap((shift) => [
    'BEGIN:VEVENT',
    `UID:${shift.shift_id}@tongpao`,
    `DTSTAMP:${stamp(now)}`,
    `DTSTART:${stamp(shift.starts_at)}`,
    `DTEND:${stamp(shift.ends_at)}`,
    `SUMMARY:${escapeText(`${shift.post_name}值守`)}`,
    `LOCATION:${escapeText(shift.unit_name)}`,
    'END:VEVENT',
  ])
  const lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Tongpao//Roster//ZH', ...events, 'END:VCALENDAR']
  return `${lines.map(fold).join('\r\n')}\r\n`
}
