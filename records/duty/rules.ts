import type { CivilDate } from '#engines/values/time.ts'
import { SPAN_MINUTES_MAX } from './contract.ts'

/** Pure decisions about duty: what can be confirmed, and what a set of entries adds up to. */

export type LineRefusal =
  | {
      readonly reason:
        | 'own_span'
        | 'unknown_person'
        | 'unknown_post'
        | 'backwards'
        | 'other_content'
        | 'withdrawn'
        | 'future'
    }
  | { readonly reason: 'too_long'; readonly hours: number }
  | { readonly reason: 'other_day'; readonly duty_date: CivilDate }
  | { readonly reason: 'twice'; readonly line: number }
  | { readonly reason: 'overlap'; readonly other: { readonly zh: string; readonly en: string } }

export interface StatedSpan {
  readonly span_id: string
  readonly person_id: number
  readonly post_id: number
  readonly starts_at: Date
  readonly ends_at: Date
  readonly starts_on: CivilDate
}

export interface Statement {
  /** The person behind the account that confirms; nobody confirms their own duty. */
  readonly confirmer_person_id: number | undefined
  readonly duty_date: CivilDate
  readonly now: Date
}

/** Devices' clocks run a little apart. */
const CLOCK_TOLERANCE_MS = 10 * 60_000

/** What is wrong with one line by itself, before anything is looked up. */
export function checkLine(line: StatedSpan, statement: Statement): LineRefusal | undefined {
  const minutes = (line.ends_at.getTime() - line.starts_at.getTime()) / 60_000
  if (line.person_id === statement.confirmer_person_id) return { reason: 'own_span' }
  if (minutes <= 0) return { reason: 'backwards' }
  if (minutes > SPAN_MINUTES_MAX) return { reason: 'too_long', hours: Math.round(minutes / 6) / 10 }
  if (line.starts_on !== statement.duty_date) return { reason: 'other_day', duty_date: statement.duty_date }
  if (line.ends_at.getTime() > statement.now.getTime() + CLOCK_TOLERANCE_MS) return { reason: 'future' }
  return undefined
}

export function overlaps(
  a: Pick<StatedSpan, 'starts_at' | 'ends_at'>,
  b: Pick<StatedSpan, 'starts_at' | 'ends_at'>,
): boolean {
  return a.starts_at < b.ends_at && b.starts_at < a.ends_at
}

/** Lines of one submission in which the same person stands twice at the same time: the later of each pair. */
export function findTwice(lines: readonly StatedSpan[]): ReadonlyMap<number, number> {
  const twice = new Map<number, number>()
  const byPerson = Map.groupBy(lines.keys(), (index) => lines[index].person_id)
  for (const indexes of byPerson.values()) {
    if (indexes.length < 2 || !hasOverlap(indexes.map((index) => lines[index]))) continue
    for (const [position, later] of indexes.entries()) {
      const earlier = indexes.slice(0, position).find((index) => overlaps(lines[index], lines[later]))
      if (earlier !== undefined) twice.set(later, earlier + 1)
    }
  }
  return twice
}

/** In the order of their beginnings, whether one begins before all earlier ones have ended: most people’s never do. */
function hasOverlap(spans: readonly StatedSpan[]): boolean {
  const times = spans.map(({ starts_at, ends_at }) => [starts_at.getTime(), ends_at.getTime()] as const)
  times.sort(([a], [b]) => a - b)
  let latest_end_ms = Number.NEGATIVE_INFINITY
  for (const [start_ms, end_ms] of times) {
    if (start_ms < latest_end_ms) return true
    latest_end_ms = Math.max(latest_end_ms, end_ms)
  }
  return false
}

export interface Entry extends StatedSpan {
  readonly entry_id: number
  readonly act: 'confirmed' | 'imported' | 'corrected' | 'withdrawn'
}

/** Whether two statements say the same: a span said again counts once. */
export function saysTheSame(
  a: Omit<StatedSpan, 'span_id' | 'starts_on'>,
  b: Omit<StatedSpan, 'span_id' | 'starts_on'>,
): boolean {
  return (
    a.person_id === b.person_id &&
    a.post_id === b.post_id &&
    a.starts_at.getTime() === b.starts_at.getTime() &&
    a.ends_at.getTime() === b.ends_at.getTime()
  )
}

/**
 * What an earlier statement under the same span id means for a line: the same again (`already`), or something that a confirmation
 * may not change. A late repeat of what was since corrected still counts as said; it does not undo the correction.
 */
export function judgeRepeat(line: StatedSpan, entries: readonly Entry[]): 'new' | 'already' | LineRefusal {
  if (entries.length === 0) return 'new'
  if (entries.some((entry) => entry.act !== 'withdrawn' && saysTheSame(entry, line))) return 'already'
  const latest = entries.reduce((a, b) => (b.entry_id > a.entry_id ? b : a))
  return { reason: latest.act === 'withdrawn' ? 'withdrawn' : 'other_content' }
}

/** Of each span the entry that stands: the latest, unless that one withdraws it. Used to rebuild what is current. */
export function standingEntries<E extends Pick<Entry, 'entry_id' | 'person_id' | 'span_id' | 'act'>>(
  entries: Iterable<E>,
): E[] {
  const latest = new Map<string, E>()
  for (const entry of entries) {
    const key = `${entry.person_id} ${entry.span_id}`
    const known = latest.get(key)
    if (!known || entry.entry_id > known.entry_id) latest.set(key, entry)
  }
  return [...latest.values()].filter(({ act }) => act !== 'withdrawn')
}

interface Stretch {
  readonly starts_at: Date
  readonly ends_at: Date
}

/** Minutes on duty within `[from, to)`. */
export function minutesWithin(spans: readonly Stretch[], from: Date, to: Date): number {
  return spans.reduce((sum, { starts_at, ends_at }) => {
    const start_ms = Math.max(starts_at.getTime(), from.getTime())
    const end_ms = Math.min(ends_at.getTime(), to.getTime())
    return sum + Math.max(0, end_ms - start_ms) / 60_000
  }, 0)
}

const DAY_MS = 86_400_000

/** How many days in a row held duty, up to today or, while today's has not begun, up to yesterday. */
export function daysInARow(dutyDays: ReadonlySet<CivilDate>, today: CivilDate): number {
  const dateAt = (instant_ms: number) => new Date(instant_ms).toISOString().slice(0, 10)
  const today_ms = Date.parse(`${today}T00:00:00Z`)
  let day_ms = dutyDays.has(today) ? today_ms : today_ms - DAY_MS
  let days = 0
  for (; dutyDays.has(dateAt(day_ms)); day_ms -= DAY_MS) days += 1
  return days
}
