/** When leave that is owed could be taken while cover holds, and what of it has run past its term. Pure. */

export interface OwedLeave {
  readonly person_id: number
  /** Owed and not planned yet. */
  readonly open_minutes: number
}

export interface PlannedShift {
  readonly person_id: number
  readonly on_date: string
  /** Names the post and the time of day; shifts of one key on one day stand in for one another. */
  readonly key: string
  readonly shift_name: string
  /** Fewest people who may hold it; `null` where no roster says so. */
  readonly minimum: number | null
}

export interface LeaveDay {
  readonly on_date: string
  readonly is_working_day: boolean
}

/** `off_shift`: a working day without a shift. `spare`: the shift holds more people than its minimum. */
export interface ProposedLeave {
  readonly person_id: number
  readonly on_date: string
  readonly minutes: number
  readonly why: 'off_shift' | 'spare'
  readonly shift_name: string | null
  /** With `spare`: who is planned for it before, and how many it needs. */
  readonly planned_count: number | null
  readonly minimum: number | null
}

export interface LeavePlan {
  readonly proposed: readonly ProposedLeave[]
  /** What finds no day in the period, by person. */
  readonly left: readonly { readonly person_id: number; readonly minutes: number }[]
}

/**
 * Gives days off in rounds, one a person and round, whoever is owed most first, so that nobody gets the whole of it while others wait. A day
 * without a shift costs no cover and is given first; a shift is given up only where a roster's minimum is held without it. Nobody is proposed
 * a day on which they rest by order or have leave already.
 *
 * @param day_minutes what a whole day of leave takes from the account
 * @example planLeave([{ person_id: 1, open_minutes: 480 }], { days, shifts: [], taken: new Set(), day_minutes: 480 }).proposed.length // 1
 */
export function planLeave(
  owed: readonly OwedLeave[],
  given: {
    readonly days: readonly LeaveDay[]
    readonly shifts: readonly PlannedShift[]
    /** `person date` of days that are not free to give. */
    readonly taken: ReadonlySet<string>
    readonly day_minutes: number
  },
): LeavePlan {
  const open = new Map(owed.map(({ person_id, open_minutes }) => [person_id, open_minutes]))
  const taken = new Set(given.taken)
  const held = countBy(given.shifts, ({ on_date, key }) => `${on_date} ${key}`)
  const shiftsOf = Map.groupBy(given.shifts, ({ person_id, on_date }) => `${person_id} ${on_date}`)
  const proposed: ProposedLeave[] = []
  for (;;) {
    const waiting = [...open]
      .filter(([, minutes]) => minutes > 0)
      .sort(([one, left], [other, right]) => right - left || one - other)
    const before = proposed.length
    for (const [person_id, minutes] of waiting) {
      const found = dayFor(person_id, given.days, taken, shiftsOf, held)
      if (!found) continue
      const granted = Math.min(given.day_minutes, minutes)
      const { shift, on_date } = found
      const place = shift && `${on_date} ${shift.key}`
      const planned_count = place === undefined ? null : (held.get(place) ?? 0)
      proposed.push({
        person_id,
        on_date,
        minutes: granted,
        why: shift ? 'spare' : 'off_shift',
        shift_name: shift?.shift_name ?? null,
        planned_count,
        minimum: shift?.minimum ?? null,
      })
      taken.add(`${person_id} ${on_date}`)
      if (place !== undefined) held.set(place, (held.get(place) ?? 0) - 1)
      open.set(person_id, minutes - granted)
    }
    if (proposed.length === before) break
  }
  const left = [...open].filter(([, minutes]) => minutes > 0).map(([person_id, minutes]) => ({ person_id, minutes }))
  return { proposed, left }
}

function dayFor(
  personId: number,
  days: readonly LeaveDay[],
  taken: ReadonlySet<string>,
  shiftsOf: ReadonlyMap<string, readonly PlannedShift[]>,
  held: ReadonlyMap<string, number>,
): { readonly on_date: string; readonly shift: PlannedShift | undefined } | undefined {
  const free = days.filter(({ on_date }) => !taken.has(`${personId} ${on_date}`))
  const idle = free.find(({ on_date, is_working_day }) => is_working_day && !shiftsOf.has(`${personId} ${on_date}`))
  if (idle) return { on_date: idle.on_date, shift: undefined }
  for (const { on_date } of free) {
    const [shift, second] = shiftsOf.get(`${personId} ${on_date}`) ?? []
    if (!shift || second || shift.minimum === null) continue
    if ((held.get(`${on_date} ${shift.key}`) ?? 0) > shift.minimum) return { on_date, shift }
  }
  return undefined
}

function countBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1)
  return counts
}

export interface DatedEntry {
  readonly kind: string
  readonly minutes: number
  /** By which entitlement it was earned; `null` where nobody knows. */
  readonly entitlement: string | null
  /** Civil day as a number. */
  readonly day: number
}

/** The last day on which leave earned on a day can be taken; `null`: it does not end. */
export type LastDayOf = (day: number, entitlement: string | null) => number | null

/** What is still owed of what was earned, or carried over, on one day. */
export interface LeaveLot {
  readonly minutes: number
  readonly day: number
  readonly entitlement: string | null
}

/**
 * What is owed, by the day from which its term runs, the oldest first. A correction of a day corrects what was earned on it. What was taken,
 * paid out or has expired uses up the oldest; carrying over begins the term of as many of the oldest anew.
 *
 * @example leaveLots([{ kind: 'earned', minutes: 480, day: 0, entitlement: null }, { kind: 'taken', minutes: 60, day: 9, entitlement: null }])[0]?.minutes // 420
 */
export function leaveLots(entries: readonly DatedEntry[]): readonly LeaveLot[] {
  const earned = Map.groupBy(
    entries.filter(({ kind }) => kind === 'earned'),
    ({ day, entitlement }) => `${day} ${entitlement}`,
  )
  const lots: { minutes: number; day: number; entitlement: string | null }[] = []
  let overdrawn = 0
  for (const [first, ...others] of earned.values()) {
    if (!first) continue
    const minutes = others.reduce((sum, entry) => sum + entry.minutes, first.minutes)
    if (minutes > 0) lots.push({ ...first, minutes })
    else overdrawn -= minutes
  }
  const byDay = (left: { readonly day: number }, right: { readonly day: number }) => left.day - right.day
  lots.sort(byDay)
  const use = (minutes: number): number => {
    let wanted = minutes
    for (const lot of lots) {
      const used = Math.min(wanted, lot.minutes)
      lot.minutes -= used
      wanted -= used
    }
    return minutes - wanted
  }
  use(overdrawn)
  for (const { kind, minutes, day } of [...entries].sort(byDay)) {
    if (kind === 'taken' || kind === 'expired' || kind === 'paid_out') use(minutes)
    if (kind !== 'carried') continue
    const entitlement = lots.find((lot) => lot.minutes > 0)?.entitlement ?? null
    lots.push({ minutes: use(minutes), day, entitlement })
    lots.sort(byDay)
  }
  return lots.flatMap(({ minutes, day, entitlement }) => (minutes > 0 ? [{ minutes, day, entitlement }] : []))
}

/**
 * Minutes that are owed and whose last day is over, counted from the day on which they were earned.
 *
 * @example overdueLeave([{ kind: 'earned', minutes: 480, day: 0, entitlement: null }], { today: 31, lastDayOf: (day) => day + 30 }) // 480
 */
export function overdueLeave(
  entries: readonly DatedEntry[],
  { today, lastDayOf }: { readonly today: number; readonly lastDayOf: LastDayOf },
): number {
  return leaveLots(entries).reduce((total, { minutes, day, entitlement }) => {
    return total + (today > (lastDayOf(day, entitlement) ?? today) ? minutes : 0)
  }, 0)
}

/** What is owed, by the last day on which it can be taken, the nearest first; what does not end is left out. */
export function leaveEnds(
  entries: readonly DatedEntry[],
  lastDayOf: LastDayOf,
): readonly { readonly last_day: number; readonly minutes: number }[] {
  const ends = new Map<number, number>()
  for (const { minutes, day, entitlement } of leaveLots(entries)) {
    const last = lastDayOf(day, entitlement)
    if (last !== null) ends.set(last, (ends.get(last) ?? 0) + minutes)
  }
  return [...ends].sort(([left], [right]) => left - right).map(([last_day, minutes]) => ({ last_day, minutes }))
}
