import { type CivilDate, dayOf, formatDay, MINUTES_PER_DAY } from '#engines/values/time.ts'
import { SPAN_MINUTES_MAX } from '#records/duty/contract.ts'
import type { DemoCity, DemoPerson, DemoUnit } from './city.ts'
import type { Chance } from './random.ts'
import { shiftsOn } from './rhythms.ts'

/** What was planned and what happened in the made-up city, as rows. Times are local minutes since 1970-01-01. */

export const OPERATION = {
  started_on: '2020-01-20',
  planned_until: '2020-03-20',
  /** The demo opens on this morning; what lies before has been confirmed, what lies after is planned. */
  now: '2020-02-24T08:00:00+08:00',
  last_confirmed_on: '2020-02-23',
} as const

/** The team left for Wuhan on this day and stays. */
const AID_TEAM_LEFT_ON = dayOf('2020-02-01')
const QUARANTINE = { from: dayOf('2020-02-08'), to: dayOf('2020-02-21') }
/** Front-line days began when the province raised its level; before, half of the posts were manned. */
const FULL_FROM = dayOf('2020-01-23')

export interface PlannedRow {
  readonly person_id: number
  readonly shift_id: string
  readonly unit_id: number
  readonly post_id: number
  readonly start_minute: number
  readonly end_minute: number
  readonly starts_on: CivilDate
}

export type EntryAct = 'confirmed' | 'corrected' | 'withdrawn'

export interface EntryRow extends PlannedRow {
  readonly act: EntryAct
  readonly home_unit_id: number
  /** Which of the unit's two heads said it: 0 or 1. */
  readonly said_by_rank: 0 | 1
  readonly said_minute: number
  readonly confirmation_id: string | null
  readonly reason: string | null
}

export interface ConfirmationRow {
  readonly confirmation_id: string
  readonly unit_id: number
  readonly duty_date: CivilDate
  readonly said_by_rank: 0 | 1
  readonly said_minute: number
  readonly span_count: number
  readonly absent_count: number
}

export interface AbsenceRow {
  readonly person_id: number
  readonly span_id: string
  readonly confirmation_id: string
  readonly unit_id: number
  readonly duty_date: CivilDate
  readonly said_by_rank: 0 | 1
}

export interface ObjectionRow {
  readonly person_id: number
  readonly objection_id: string
  readonly span_id: string | null
  readonly unit_id: number
  readonly duty_date: CivilDate
  readonly words: string
  readonly raised_minute: number
  readonly answer: { readonly outcome: 'upheld' | 'declined'; readonly reason: string } | null
}

export interface DemoHistory {
  readonly planned: readonly PlannedRow[]
  readonly entries: readonly EntryRow[]
  readonly confirmations: readonly ConfirmationRow[]
  readonly absences: readonly AbsenceRow[]
  readonly objections: readonly ObjectionRow[]
}

const CORRECTIONS = [
  '交接班延后，实际多值守一小时',
  '登记时写错时间，按交接本更正',
  '临时增援，提前到岗',
  '因物资交接提前离岗',
] as const
const WITHDRAWALS = ['当日调休，误按计划确认', '临时借调到其他点位，由接收单位登记'] as const
const OBJECTIONS = ['那天我提前一小时到岗接班', '夜班交接到上午九点，没有算进去', '这一天我在值守，但没有记录'] as const

function isAway(person: DemoPerson, unit: DemoUnit, day: number): boolean {
  if (unit.kind === 'task_force') return day < AID_TEAM_LEFT_ON
  // One ward went into quarantine after an exposure.
  const quarantined = person.post?.plan.kind === 'isolation_ward' && unit.name.includes('柯桥区人民医院')
  if (quarantined && day >= QUARANTINE.from && day <= QUARANTINE.to) return true
  return day < FULL_FROM && person.person_id % 2 === 0
}

export function planShifts(chance: Chance, city: DemoCity): PlannedRow[] {
  const first = dayOf(OPERATION.started_on)
  const last = dayOf(OPERATION.planned_until)
  const rows: PlannedRow[] = []
  for (const { unit, people } of city.fronts) {
    for (const person of people) {
      const { post } = person
      if (!post) continue
      for (let day = first; day <= last; day += 1) {
        if (isAway(person, unit, day)) continue
        for (const { start_minute, end_minute } of shiftsOn(
          post.plan.rhythm,
          day,
          person.person_id,
          person.overloaded,
        )) {
          rows.push({
            person_id: person.person_id,
            shift_id: chance.uuid(),
            unit_id: unit.unit_id,
            post_id: post.post_id,
            start_minute: day * MINUTES_PER_DAY + start_minute,
            end_minute: day * MINUTES_PER_DAY + end_minute,
            starts_on: formatDay(day),
          })
        }
      }
    }
  }
  return rows
}

interface UnitDay {
  readonly unit_id: number
  readonly duty_date: CivilDate
  readonly shifts: PlannedRow[]
}

function groupByUnitDay(planned: readonly PlannedRow[]): UnitDay[] {
  const groups = Map.groupBy(planned, ({ unit_id, starts_on }) => `${unit_id} ${starts_on}`)
  return [...groups.values()].map((shifts) => ({ unit_id: shifts[0].unit_id, duty_date: shifts[0].starts_on, shifts }))
}

/** The first head confirms everyone but themselves; the second one confirms the first. */
function confirmDay(chance: Chance, { unit_id, duty_date, shifts }: UnitDay, people: ReadonlyMap<number, DemoPerson>) {
  const entries: EntryRow[] = []
  const confirmations: ConfirmationRow[] = []
  const absences: AbsenceRow[] = []
  const lastEnd = Math.max(...shifts.map(({ end_minute }) => end_minute))
  for (const said_by_rank of [0, 1] as const) {
    const own = shifts.filter((shift) => (people.get(shift.person_id)?.rank === 0) === (said_by_rank === 1))
    if (own.length === 0) continue
    const confirmation_id = chance.uuid()
    const said_minute = lastEnd + 10 + chance.below(90)
    const missing = new Set(own.filter(() => chance.hits(0.012)))
    const present = own.filter((shift) => !missing.has(shift))
    for (const { person_id, shift_id } of missing) {
      absences.push({ person_id, span_id: shift_id, confirmation_id, unit_id, duty_date, said_by_rank })
    }
    confirmations.push({
      confirmation_id,
      unit_id,
      duty_date,
      said_by_rank,
      said_minute,
      span_count: present.length,
      absent_count: own.length - present.length,
    })
    for (const shift of present) {
      entries.push({
        ...shift,
        act: 'confirmed',
        home_unit_id: unit_id,
        said_by_rank,
        said_minute,
        confirmation_id,
        reason: null,
      })
    }
  }
  return { entries, confirmations, absences }
}

function correct(chance: Chance, entry: EntryRow): EntryRow {
  const later = chance.hits(0.5)
  const said_by_rank = entry.said_by_rank
  return {
    ...entry,
    act: 'corrected',
    start_minute: later ? entry.start_minute : entry.start_minute - 30,
    end_minute: later ? entry.end_minute + 60 : entry.end_minute,
    starts_on: later ? entry.starts_on : formatDay(Math.floor((entry.start_minute - 30) / MINUTES_PER_DAY)),
    said_by_rank,
    said_minute: entry.said_minute + 24 * 60 + chance.below(600),
    confirmation_id: null,
    reason: chance.pick(CORRECTIONS),
  }
}

/** Ends of spans by person, so that no correction runs into a neighbouring span. */
function neighboursOf(entries: readonly EntryRow[]): ReadonlyMap<number, readonly EntryRow[]> {
  return Map.groupBy(entries, ({ person_id }) => person_id)
}

function isFree(entry: EntryRow, others: readonly EntryRow[]): boolean {
  if (entry.end_minute - entry.start_minute > SPAN_MINUTES_MAX) return false
  return others.every(
    (other) =>
      other.shift_id === entry.shift_id ||
      other.end_minute <= entry.start_minute ||
      entry.end_minute <= other.start_minute,
  )
}

function raiseObjections(chance: Chance, entries: readonly EntryRow[]): ObjectionRow[] {
  const recent = entries.filter(({ act, starts_on }) => act === 'confirmed' && starts_on >= '2020-02-10')
  return Array.from({ length: 36 }, (_, index) => {
    const entry = recent[chance.below(recent.length)]
    const missing = index % 5 === 0
    return {
      person_id: entry.person_id,
      objection_id: chance.uuid(),
      span_id: missing ? null : entry.shift_id,
      unit_id: entry.unit_id,
      duty_date: entry.starts_on,
      words: missing ? OBJECTIONS[2] : chance.pick(OBJECTIONS.slice(0, 2)),
      raised_minute: entry.said_minute + 60 + chance.below(1200),
      answer:
        index % 3 === 0
          ? null
          : chance.hits(0.7)
            ? { outcome: 'upheld', reason: '核对交接本属实，已更正' }
            : { outcome: 'declined', reason: '核对交接本，记录无误' },
    }
  })
}

/** Everything that happened until the demo opens. A few unit-days of the last evening still wait to be confirmed. */
export function happen(chance: Chance, city: DemoCity, planned: readonly PlannedRow[]): DemoHistory {
  const people = new Map(city.people.map((person) => [person.person_id, person]))
  const entries: EntryRow[] = []
  const confirmations: ConfirmationRow[] = []
  const absences: AbsenceRow[] = []
  for (const unitDay of groupByUnitDay(planned.filter(({ starts_on }) => starts_on <= OPERATION.last_confirmed_on))) {
    const isLate = unitDay.duty_date >= OPERATION.last_confirmed_on && chance.hits(0.12)
    if (isLate) continue
    const day = confirmDay(chance, unitDay, people)
    entries.push(...day.entries)
    confirmations.push(...day.confirmations)
    absences.push(...day.absences)
  }
  const neighbours = neighboursOf(entries)
  const later: EntryRow[] = []
  for (const entry of entries) {
    if (entry.starts_on > '2020-02-20' || people.get(entry.person_id)?.rank === entry.said_by_rank) continue
    const corrected = chance.hits(0.009) ? correct(chance, entry) : undefined
    if (corrected && isFree(corrected, neighbours.get(entry.person_id) ?? [])) later.push(corrected)
    else if (chance.hits(0.002)) {
      const { person_id, shift_id: span_id, unit_id, starts_on: duty_date, said_by_rank } = entry
      absences.push({ person_id, span_id, confirmation_id: chance.uuid(), unit_id, duty_date, said_by_rank })
      later.push({
        ...entry,
        act: 'withdrawn',
        said_minute: entry.said_minute + 1500,
        confirmation_id: null,
        reason: chance.pick(WITHDRAWALS),
      })
    }
  }
  return {
    planned,
    entries: [...entries, ...later],
    confirmations,
    absences,
    objections: raiseObjections(chance, entries),
  }
}
