import { CellJudge } from './cell-judge.ts'
import { chooseDays, isCapable } from './choices.ts'
import { pinsOf } from './compile.ts'
import type { Conflict, Why } from './conflict.ts'
import type { CoverLine, Person, RosterProblem, Rule } from './problem.ts'

/** Who could take which shift on which day, whatever the rest of the roster looks like. */
export class Availability {
  readonly problem: RosterProblem
  readonly #judge: CellJudge
  readonly #off: Int32Array
  readonly #pins: readonly ReadonlyMap<number, string | null>[]
  readonly #daysOff: readonly ReadonlySet<number>[]

  constructor(problem: RosterProblem) {
    this.problem = problem
    this.#judge = new CellJudge({ ...problem, rules: problem.rules.flatMap(limitsOnly) })
    this.#off = new Int32Array(problem.days)
    this.#pins = problem.people.map((person) => new Map(pinsOf(problem, person).map(({ day, shift }) => [day, shift])))
    this.#daysOff = problem.people.map((person) => new Set(person.days_off))
  }

  /** What keeps a person from a shift on a day; undefined when nothing does. */
  why(index: number, day: number, shiftId: string): Why | undefined {
    const person = this.problem.people[index]
    const option = this.#judge.optionOf.get(shiftId) ?? 0
    const shift = this.problem.shifts[option - 1]
    if (person === undefined || shift === undefined) return 'skill'
    const pin = this.#pins[index]?.get(day)
    // A fixed cell holds whatever else is said: it is lawful to fix what is otherwise closed.
    if (pin !== undefined) return pin === shiftId ? undefined : 'pinned'
    if (!isCapable(person, shift)) return 'skill'
    if (this.#daysOff[index]?.has(day)) return 'day_off'
    if (person.unavailable?.some((one) => one.shift === shiftId && (one.day ?? day) === day)) return 'unavailable'
    return this.#isOutByHistory(index, day, option) ? 'rules' : undefined
  }

  /** What was worked before the period closes its first days: with nothing else in the row, a shift there breaks a limit. */
  #isOutByHistory(index: number, day: number, option: number): boolean {
    if ((this.problem.people[index]?.history?.length ?? 0) === 0) return false
    return this.#judge.changes(index, this.#off, day, option, true).some(({ hard, units }) => hard && units > 0)
  }
}

/** Hard rules that can only get harder when more is worked: what one shift alone breaks, no row with that shift can keep. */
function limitsOnly(rule: Rule): Rule[] {
  if (rule.price !== 'hard') return []
  switch (rule.kind) {
    case 'rest':
    case 'clock_window':
    case 'rest_after_run':
    case 'rotation':
      return [rule]
    case 'succession':
      return rule.first === 'off' || rule.then === 'off' ? [] : [rule]
    case 'run': {
      const { min: _, ...most } = rule
      return rule.shifts === 'off' || rule.max === undefined ? [] : [most]
    }
    case 'window': {
      const { min: _, ...most } = rule
      return rule.max === undefined ? [] : [most]
    }
    default:
      return []
  }
}

const hasSkill = (person: Person, line: CoverLine): boolean =>
  line.skill === undefined || person.skills?.includes(line.skill) === true

/** What must at least be there (`hard`), else what is wanted. */
export function needOf(line: CoverLine, hard: boolean): number {
  return hard ? (line.minimum ?? 0) : line.required
}

/** Days whose needs cannot be met: line by line, then lines that compete for the same people. */
export function dayConflicts(problem: RosterProblem): Conflict[] {
  const availability = new Availability(problem)
  const masks = problem.cover.map((line) => chooseDays(problem, line.days))
  const conflicts: Conflict[] = []
  for (let day = 0; day < problem.days; day++) {
    const lines = problem.cover.filter((_, at) => masks[at]?.[day] === 1)
    const closed = new Map<string, (Why | undefined)[]>()
    for (const shift of new Set(lines.flatMap(({ shifts }) => shifts))) {
      closed.set(
        shift,
        problem.people.map((_, index) => availability.why(index, day, shift)),
      )
    }
    const single = lines.flatMap((line) => lineConflict(problem, line, day, closed) ?? [])
    conflicts.push(...single)
    for (const hard of [true, false]) {
      if (single.some((one) => one.hard || !hard)) continue
      const found = competition(problem, lines, day, closed, hard)
      if (found === undefined) continue
      conflicts.push(found)
      break
    }
  }
  return conflicts
}

type Closed = ReadonlyMap<string, readonly (Why | undefined)[]>

function lineConflict(problem: RosterProblem, line: CoverLine, day: number, closed: Closed): Conflict | undefined {
  const why: Partial<Record<Why, number>> = {}
  let available = 0
  for (const [index, person] of problem.people.entries()) {
    if (!hasSkill(person, line)) {
      why.skill = (why.skill ?? 0) + 1
      continue
    }
    const reasons = line.shifts.map((shift) => closed.get(shift)?.[index])
    if (reasons.includes(undefined)) available++
    else {
      const reason = reasons.find((one) => one !== 'skill') ?? 'skill'
      why[reason] = (why[reason] ?? 0) + 1
    }
  }
  const hard = needOf(line, true) > available
  const needed = needOf(line, hard)
  if (needed <= available) return undefined
  return { kind: 'need', hard, day, shifts: line.shifts, skill: line.skill, needed, available, why }
}

/** A place that must be filled by so many people: a line's skilled part, or the rest of it. */
interface Place {
  readonly shifts: readonly string[]
  readonly skill: string | undefined
  readonly needed: number
}

/**
 * Lines over other shifts, each split into the part that needs a skill and the rest: everybody fills one place at most. A greatest flow
 * from people to places falls short exactly when some places together ask for more than all who could fill any of them (Hall).
 */
function competition(
  problem: RosterProblem,
  lines: readonly CoverLine[],
  day: number,
  closed: Closed,
  hard: boolean,
): Conflict | undefined {
  const places = placesOf(lines, hard)
  const groups = new Map<string, number>()
  for (const [index, person] of problem.people.entries()) {
    const fits = places.map(({ shifts, skill }) =>
      (skill === undefined || person.skills?.includes(skill) === true) &&
      shifts.some((shift) => closed.get(shift)?.[index] === undefined)
        ? '1'
        : '0',
    )
    const key = fits.join('')
    groups.set(key, (groups.get(key) ?? 0) + 1)
  }
  const short = shortPlaces(
    places,
    [...groups].map(([fits, people]) => ({ fits, people })),
  )
  if (short.length < 2) return undefined
  const chosen = places.filter((_, at) => short.includes(at))
  const needed = chosen.reduce((sum, place) => sum + place.needed, 0)
  const available = [...groups].reduce(
    (sum, [fits, people]) => sum + (short.some((at) => fits[at] === '1') ? people : 0),
    0,
  )
  const skills = new Set(chosen.map(({ skill }) => skill))
  return {
    kind: 'together',
    hard,
    day,
    shifts: [...new Set(chosen.flatMap(({ shifts }) => shifts))],
    skill: skills.size === 1 ? [...skills][0] : undefined,
    needed,
    available,
  }
}

function placesOf(lines: readonly CoverLine[], hard: boolean): Place[] {
  const places: Place[] = []
  const taken = new Set<string>()
  const plain = lines.filter(({ skill }) => skill === undefined)
  const skilled = lines.filter(({ skill }) => skill !== undefined)
  for (const line of [...plain, ...skilled]) {
    // Lines over shifts that another one counts already would count people twice.
    if (line.shifts.some((shift) => taken.has(shift))) continue
    for (const shift of line.shifts) taken.add(shift)
    const needed = needOf(line, hard)
    const part = skilled
      .filter(
        (one) => one !== line && line.skill === undefined && one.shifts.every((shift) => line.shifts.includes(shift)),
      )
      .sort((one, other) => needOf(other, hard) - needOf(one, hard))[0]
    const partNeeded = part === undefined ? 0 : needOf(part, hard)
    if (part !== undefined && partNeeded > 0)
      places.push({ shifts: part.shifts, skill: part.skill, needed: partNeeded })
    if (needed > partNeeded) places.push({ shifts: line.shifts, skill: line.skill, needed: needed - partNeeded })
  }
  return places
}

/** The places of the tightest set that cannot be filled, by augmenting paths over groups of people alike; empty when all can. */
function shortPlaces(places: readonly Place[], groups: readonly { fits: string; people: number }[]): number[] {
  const filled = places.map(() => 0)
  const left = groups.map(({ people }) => people)
  const held = groups.map(() => places.map(() => 0))
  for (const [wanted, place] of places.entries()) {
    while ((filled[wanted] ?? 0) < place.needed) {
      const reached = augment(wanted, groups, left, held)
      if (reached !== undefined) return reached
      filled[wanted] = (filled[wanted] ?? 0) + 1
    }
  }
  return []
}

/** Finds one more person for a place, moving others on where needed; answers the places reached when there is none. */
function augment(
  wanted: number,
  groups: readonly { fits: string }[],
  left: number[],
  held: number[][],
): number[] | undefined {
  const from = new Map<number, { place: number; group: number } | undefined>([[wanted, undefined]])
  const queue = [wanted]
  for (let at = 0; at < queue.length; at++) {
    const place = queue[at] ?? 0
    for (const [group, { fits }] of groups.entries()) {
      if (fits[place] !== '1') continue
      if ((left[group] ?? 0) > 0) {
        left[group]! -= 1
        settle(place, group, from, held)
        return undefined
      }
      for (const [other, people] of (held[group] ?? []).entries()) {
        if (people === 0 || from.has(other)) continue
        from.set(other, { place, group })
        queue.push(other)
      }
    }
  }
  return queue
}

function settle(
  place: number,
  group: number,
  from: ReadonlyMap<number, { place: number; group: number } | undefined>,
  held: number[][],
): void {
  let gaining: number | undefined = place
  let by = group
  while (gaining !== undefined) {
    const row = held[by]
    if (row !== undefined) row[gaining] = (row[gaining] ?? 0) + 1
    const next = from.get(gaining)
    if (next === undefined) return
    const giving = held[next.group]
    if (giving !== undefined) giving[gaining] = (giving[gaining] ?? 0) - 1
    gaining = next.place
    by = next.group
  }
}
