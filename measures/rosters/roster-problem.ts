import { choosePerson } from '#engines/rostering/choices.ts'
import type { CoverLine, Person, Roster, RosterProblem, Rule, ShiftType } from '#engines/rostering/problem.ts'
import { rowViolations } from '#engines/rostering/score-rows.ts'
import { dayOf, MINUTES_PER_DAY } from '#engines/values/time.ts'
import type { CellNote, RosterNeeds, ShiftNeed } from './roster-contract.ts'

/** Builds the rostering problem of a period from what the records say. Pure: minutes are local, days count from day 0. */

/** A stretch of local minutes (as `Minute` of the values), the end not included. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

export interface Busy extends Stretch {
  readonly kind: CellNote['kind']
}

export interface Standing extends Stretch {
  readonly post_id: number
}

/** What the records know of one person around the period. */
export interface PersonInputs {
  readonly person_id: number
  readonly skills: readonly string[]
  readonly busy: readonly Busy[]
  /** Shifts in the plan at this unit, in the period. */
  readonly planned: readonly Standing[]
  /** Duty or plan at this unit before the period. */
  readonly before: readonly Standing[]
}

export interface PostInputs {
  readonly post_id: number
  readonly exposure: string
  readonly opened_on: string
  readonly closed_on: string | null
}

export interface ProblemInputs {
  readonly from_on: string
  readonly days: number
  readonly needs: RosterNeeds
  readonly posts: readonly PostInputs[]
  readonly people: readonly PersonInputs[]
  /** Pairs of people of the roster who are married. */
  readonly couples: readonly (readonly [number, number])[]
  /** Days of the period that are no working days. */
  readonly rest_days: readonly number[]
  /** Rules that the packs in force give. */
  readonly pack_rules: readonly Rule[]
  readonly frozen_before_day: number
  /** Cells that somebody wants to stay: person id → days. */
  readonly pinned: Readonly<Record<string, readonly number[]>>
  /** The latest roster; pinned cells are taken from it. */
  readonly cells: Roster
}

export const HISTORY_DAYS = 28
const UNDER_PRICE = 200
const OVER_PRICE = 10
const SKILL_PRICE = 100
const CHANGE_PRICE = 4
const WISH_PRICE = 15
const NIGHT_FROM = 22 * 60
const NIGHT_TO = 30 * 60
const NIGHT_MINUTES = 180

/** Whether at least three hours lie between 22:00 and 06:00. */
export function isNight({ start_minute, minutes }: Pick<ShiftNeed, 'start_minute' | 'minutes'>): boolean {
  const inside = (from: number, to: number) =>
    Math.max(0, Math.min(start_minute + minutes, to) - Math.max(start_minute, from))
  return (
    inside(NIGHT_FROM - MINUTES_PER_DAY, NIGHT_TO - MINUTES_PER_DAY) + inside(NIGHT_FROM, NIGHT_TO) >= NIGHT_MINUTES
  )
}

function shiftTypes({ needs, posts }: ProblemInputs): ShiftType[] {
  return needs.shifts.map((need) => {
    const exposure = posts.find(({ post_id }) => post_id === need.post_id)?.exposure
    const isFront = exposure === 'direct'
    return {
      id: need.code,
      post: String(need.post_id),
      start_minute: need.start_minute,
      minutes: need.minutes,
      tags: [...(isNight(need) ? ['night'] : []), ...(isFront ? ['front_line'] : [])],
      exposure_tier: isFront ? 2 : exposure === 'indirect' ? 1 : 0,
    }
  })
}

/** Cover of each kind of shift on working days and on rest days, on the days on which its post is open. */
function coverLines({ needs, posts, from_on, days, rest_days }: ProblemInputs): CoverLine[] {
  const first = dayOf(from_on)
  const isRest = new Set(rest_days)
  return needs.shifts.flatMap((need): CoverLine[] => {
    const post = posts.find(({ post_id }) => post_id === need.post_id)
    const every = Array.from({ length: days }, (_, day) => day)
    const open = every.filter(
      (day) =>
        post !== undefined &&
        dayOf(post.opened_on) <= first + day &&
        (post.closed_on === null || dayOf(post.closed_on) >= first + day),
    )
    const kinds = [
      { name: 'work', on: open.filter((day) => !isRest.has(day)), required: need.on_working_days },
      { name: 'rest', on: open.filter((day) => isRest.has(day)), required: need.on_rest_days },
      { name: 'closed', on: every.filter((day) => !open.includes(day)), required: 0 },
    ]
    return kinds
      .filter(({ on }) => on.length > 0)
      .flatMap(({ name, on, required }): CoverLine[] => {
        const isClosed = name === 'closed'
        const minimum = Math.min(need.minimum, required)
        const line: CoverLine = {
          id: `${need.code}_${name}`,
          days: { days: on },
          shifts: [need.code],
          required,
          ...(minimum > 0 ? { minimum } : {}),
          under_price: UNDER_PRICE,
          over_price: isClosed ? UNDER_PRICE : OVER_PRICE,
        }
        const skilled = Math.min(need.skilled, required)
        if (need.skill === null || skilled === 0) return [line]
        const skill = { ...line, id: `${line.id}_skill`, skill: need.skill, required: skilled, maximum_wanted: 10_000 }
        return [line, { ...skill, minimum: Math.min(skilled, minimum), under_price: SKILL_PRICE, over_price: 0 }]
      })
  })
}

/** The shift kind that a stretch of duty stands for: same post, same clock times. */
export function codeOf(shifts: readonly ShiftNeed[], standing: Standing): string | undefined {
  const start = ((standing.from % MINUTES_PER_DAY) + MINUTES_PER_DAY) % MINUTES_PER_DAY
  return shifts.find(
    ({ post_id, start_minute, minutes }) =>
      post_id === standing.post_id && start_minute === start && minutes === standing.to - standing.from,
  )?.code
}

/** The kind that past duty comes nearest to: for what it means for rest and runs, the clock counts and not the post. */
function nearestCode(shifts: readonly ShiftNeed[], standing: Standing): string | null {
  const start = ((standing.from % MINUTES_PER_DAY) + MINUTES_PER_DAY) % MINUTES_PER_DAY
  const length = standing.to - standing.from
  const byDistance = [...shifts].sort((left, right) => distance(left) - distance(right))
  function distance({ start_minute, minutes }: ShiftNeed): number {
    return Math.abs(start_minute - start) + Math.abs(start_minute + minutes - start - length)
  }
  return byDistance[0]?.code ?? null
}

/** The roster that stands in the plan, as cells; what fits no kind of shift is left out (its time is busy instead). */
export function cellsOfPlan(
  inputs: Pick<ProblemInputs, 'from_on' | 'days' | 'needs' | 'people'>,
): Record<string, (string | null)[]> {
  const first = dayOf(inputs.from_on)
  return Object.fromEntries(
    inputs.people.map(({ person_id, planned }) => {
      const row: (string | null)[] = Array.from({ length: inputs.days }, () => null)
      for (const standing of planned) {
        const day = Math.floor(standing.from / MINUTES_PER_DAY) - first
        const code = codeOf(inputs.needs.shifts, standing)
        if (code !== undefined && day >= 0 && day < inputs.days && row[day] === null) row[day] = code
      }
      return [String(person_id), row]
    }),
  )
}

/** Days and shifts that a person's other engagements close, and why. Before and after them the rest between shifts is kept too. */
function closures(inputs: ProblemInputs, person: PersonInputs) {
  const first = dayOf(inputs.from_on)
  const cannot: { day: number; shift: string }[] = []
  const days_off: number[] = []
  const rather_not: number[] = []
  const notes: CellNote[] = []
  const irregular = person.planned
    .filter((standing) => codeOf(inputs.needs.shifts, standing) === undefined)
    .map(({ from, to }): Busy => ({ from, to, kind: 'other_shift' }))
  const busy = [...person.busy, ...irregular]
  for (let day = 0; day < inputs.days; day++) {
    const midnight = (first + day) * MINUTES_PER_DAY
    const closed = inputs.needs.shifts.filter(({ start_minute, minutes }) => {
      const from = midnight + start_minute
      return busy.some((one) => {
        if (one.kind === 'rather_not') return false
        const isDuty = one.kind === 'elsewhere' || one.kind === 'other_shift'
        const rest = isDuty ? inputs.needs.limits.rest_minutes : 0
        return from < one.to + rest && from + minutes > one.from - rest
      })
    })
    if (closed.length === inputs.needs.shifts.length) days_off.push(day)
    else cannot.push(...closed.map(({ code }) => ({ day, shift: code })))
    for (const { kind, from, to } of busy) {
      if (from >= midnight + MINUTES_PER_DAY || to <= midnight) continue
      if (kind === 'rather_not') rather_not.push(day)
      if (!notes.some((note) => note.day === day && note.kind === kind)) {
        notes.push({ person_id: person.person_id, day, kind })
      }
    }
  }
  return { cannot, days_off, rather_not, notes }
}

/**
 * What has already gone too far before the period can no longer be mended: it is forgotten, oldest days first, until a period of days off
 * breaks no hard rule any more. The person begins with as much rest as the rules ask for, and a roster can be published without a reason.
 */
function withMendableHistory(problem: RosterProblem, person: Person): Person {
  const hard = problem.rules.filter((rule) => rule.price === 'hard' && choosePerson(person, rule.people))
  const off = Array.from({ length: problem.days }, () => null)
  let history = [...(person.history ?? [])]
  for (let day = 0; day < history.length; day++) {
    const one = { ...person, history }
    if (!hard.some((rule) => rowViolations(problem, rule, one, off).length > 0)) return one
    history = history.map((cell, at) => (at <= day ? null : cell))
  }
  return { ...person, history }
}

function historyOf(inputs: ProblemInputs, { before }: PersonInputs): (string | null)[] {
  const first = dayOf(inputs.from_on)
  const row: (string | null)[] = Array.from({ length: HISTORY_DAYS }, () => null)
  for (const standing of before) {
    const day = Math.floor(standing.from / MINUTES_PER_DAY) - first + HISTORY_DAYS
    if (day < 0 || day >= HISTORY_DAYS) continue
    row[day] ??= codeOf(inputs.needs.shifts, standing) ?? nearestCode(inputs.needs.shifts, standing)
  }
  return row
}

/** Load of the last four weeks by fairness rule, from real times. */
function pastLoad({ from_on }: ProblemInputs, { before }: PersonInputs): Record<string, number> {
  const first = dayOf(from_on)
  const weekends = new Set<number>()
  let nights = 0
  let minutes = 0
  for (const { from, to } of before) {
    const day = Math.floor(from / MINUTES_PER_DAY)
    if (day < first - HISTORY_DAYS || day >= first) continue
    minutes += to - from
    if (isNight({ start_minute: from - day * MINUTES_PER_DAY, minutes: to - from })) nights++
    // 1970-01-01 was a Thursday: Saturday and Sunday of one weekend share a number.
    if ((day + 3) % 7 >= 5) weekends.add(Math.floor((day + 3) / 7))
  }
  return { fair_minutes: minutes, fair_nights: nights, fair_weekends: weekends.size }
}

const NIGHT = { tags: ['night'] }
const FRONT = { tags: ['front_line'] }

/** What the unit sets for itself, and the levelling of load. */
function unitRules({ needs, couples }: ProblemInputs): Rule[] {
  const { limits, shifts } = needs
  const rules: Rule[] = [
    { kind: 'rest', id: 'unit_rest', minutes_min: limits.rest_minutes, price: 'hard' },
    { kind: 'run', id: 'unit_run', shifts: 'work', max: limits.run_days_max, price: 'hard' },
    { kind: 'run', id: 'single_days_off', shifts: 'off', min: 2, price: 2 },
    { kind: 'run', id: 'single_days_on', shifts: 'work', min: 2, price: 2 },
    { kind: 'fairness', id: 'fair_minutes', of: 'minutes', shifts: 'work', tolerance: 480, unit: 60, price: 1 },
    { kind: 'fairness', id: 'fair_weekends', of: 'weekends', shifts: 'work', tolerance: 1, price: 6 },
  ]
  if (shifts.some(isNight)) {
    rules.push({ kind: 'run', id: 'unit_nights', shifts: NIGHT, max: limits.night_run_max, price: 'hard' })
    rules.push({ kind: 'fairness', id: 'fair_nights', of: 'shifts', shifts: NIGHT, tolerance: 1, price: 8 })
    if (limits.days_off_after_nights > 0) {
      const off = { after: limits.night_run_max, days_off: limits.days_off_after_nights }
      rules.push({ kind: 'rest_after_run', id: 'unit_after_nights', shifts: NIGHT, ...off, price: 'hard' })
    }
    if (limits.nights_max !== null) {
      rules.push({
        kind: 'tally',
        id: 'unit_nights_max',
        of: 'shifts',
        shifts: NIGHT,
        max: limits.nights_max,
        price: 'hard',
      })
    }
  }
  if (limits.week_minutes_max !== null) {
    const week = { of: 'minutes', length_days: 7, max: limits.week_minutes_max } as const
    rules.push({ kind: 'window', id: 'unit_week', shifts: 'work', ...week, price: 'hard' })
  }
  if (limits.couples_apart) {
    for (const [left, right] of couples) {
      const people = { ids: [String(left), String(right)] }
      rules.push({ kind: 'apart', id: `couple_${left}_${right}`, people, shifts: FRONT, price: 30 })
    }
  }
  return rules
}

function personOf(inputs: ProblemInputs, person: PersonInputs, closed: ReturnType<typeof closures>): Person {
  const id = String(person.person_id)
  const row = inputs.cells[id]
  return {
    id,
    skills: person.skills,
    days_off: closed.days_off,
    unavailable: closed.cannot,
    wishes: closed.rather_not.map((day) => ({ day, shifts: 'off', wanted: true, price: WISH_PRICE })),
    pinned: (inputs.pinned[id] ?? []).flatMap((day) => (row === undefined ? [] : { day, shift: row[day] ?? null })),
    history: historyOf(inputs, person),
    past_load: pastLoad(inputs, person),
  }
}

export interface BuiltProblem {
  readonly problem: RosterProblem
  readonly notes: readonly CellNote[]
}

/**
 * The problem of a period. What is planned already is "published": changing it costs a little, days that are over cannot change.
 *
 * @example buildProblem({ from_on: '2020-03-02', days: 28, … }).problem // ready for `prepare` and `scoreRoster`
 */
export function buildProblem(inputs: ProblemInputs): BuiltProblem {
  const closed = inputs.people.map((person) => closures(inputs, person))
  const isPlanned = inputs.people.some(({ planned }) => planned.length > 0)
  const published = {
    cells: cellsOfPlan(inputs),
    price_per_change: CHANGE_PRICE,
    frozen_before_day: inputs.frozen_before_day,
  }
  const problem: RosterProblem = {
    format: 'tongpao-roster/1',
    first_day: inputs.from_on,
    days: inputs.days,
    holidays: inputs.rest_days,
    shifts: shiftTypes(inputs),
    people: inputs.people.map((person, at) => personOf(inputs, person, closed[at] ?? closures(inputs, person))),
    cover: coverLines(inputs),
    rules: [...unitRules(inputs), ...inputs.pack_rules],
    ...(isPlanned ? { published } : {}),
  }
  const people = problem.people.map((person) => withMendableHistory(problem, person))
  return { problem: { ...problem, people }, notes: closed.flatMap(({ notes }) => notes) }
}

/** The problem with the cells that somebody has pinned as they stand. */
export function withPins(
  problem: RosterProblem,
  cells: Roster,
  pinned: Readonly<Record<string, readonly number[]>>,
): RosterProblem {
  return {
    ...problem,
    people: problem.people.map((person) => ({
      ...person,
      pinned: (pinned[person.id] ?? [])
        .filter((day) => day < problem.days)
        .map((day) => ({ day, shift: cells[person.id]?.[day] ?? null })),
    })),
  }
}
