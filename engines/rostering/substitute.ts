import { CellJudge, type FairLoad, type RuleChange } from './cell-judge.ts'
import { choose, chooseDays, countedMinutes, isCapable } from './choices.ts'
import { pinsOf } from './compile.ts'
import { coupledRules, coupledUnits } from './coupled.ts'
import type { CoverLine, Person, Roster, RosterProblem, ShiftType } from './problem.ts'

/** A shift that somebody must take. */
export interface Gap {
  readonly day: number
  readonly shift: string
  /** Who dropped out: their own cell of that day counts as free, and they are not asked. */
  readonly absent?: string
}

/** Why somebody cannot take a shift. */
export type Obstacle =
  | { readonly kind: 'skill'; readonly skill: string }
  | { readonly kind: 'day_off' }
  | { readonly kind: 'unavailable' }
  | { readonly kind: 'pinned'; readonly shift: string | null }
  /** Already on duty that day; taking the shift would leave that one. */
  | { readonly kind: 'on_shift'; readonly shift: string }
  /** A hard rule would be broken by so many units more. */
  | { readonly kind: 'rule'; readonly rule: string; readonly units: number }

/** Somebody who can take the shift, and what it would mean for them. */
export interface Substitute {
  readonly person: string
  /** What the roster's penalty grows by, need itself left out; negative when it falls. */
  readonly cost: number
  /** Rules, wishes (`wishes`) and told shifts (`published`) that change. */
  readonly changes: readonly RuleChange[]
  /** Free minutes before and after the shift; null when there is no neighbouring shift in sight. */
  readonly rest_before_min: number | null
  readonly rest_after_min: number | null
  /** Days in a row on duty with this one. */
  readonly run_days: number
  /** Counted minutes in the period, the shift included, and in the fullest seven days around it. */
  readonly minutes: number
  readonly week_minutes: number
  /** Load by fairness rule with the shift, beside what would be fair. */
  readonly fairness: readonly FairLoad[]
}

export interface Refused {
  readonly person: string
  readonly obstacles: readonly Obstacle[]
}

export interface Substitutes {
  /** Best first. */
  readonly possible: readonly Substitute[]
  readonly possible_count: number
  /** Nearest first: fewest obstacles, and rules before missing skills. */
  readonly refused: readonly Refused[]
  readonly refused_count: number
}

const SHOWN = 20

/**
 * Who can take a shift: everybody who is free, skilled and available and would break no hard rule, ranked by what it does to the
 * roster's penalty (rest, hours, fairness, wishes, told plans), then by the longer rest beside the shift and the fewer hours. Prepared once
 * for a problem; a search among 3,000 people takes some tens of thousandths of a second (`npm run bench -- rostering-daily`).
 *
 * @throws RangeError for a shift, day or person that the problem does not know
 * @example new SubstituteSearch(problem).find(roster, { day: 9, shift: 'N', absent: 'w3' }).possible[0]?.person // 'w4'
 */
export class SubstituteSearch {
  readonly #judge: CellJudge

  constructor(problem: RosterProblem, judge = new CellJudge(problem)) {
    this.#judge = judge
  }

  find(roster: Roster, gap: Gap, shown = SHOWN): Substitutes {
    const look = new Look(this.#judge, roster, gap)
    const free: {
      index: number
      row: Int32Array
      changes: RuleChange[]
      cost: number
      beside: number
      load: number
    }[] = []
    const refused: { person: string; obstacles: readonly Obstacle[]; weight: number }[] = []
    for (const [index, person] of this.#judge.problem.people.entries()) {
      if (person.id === gap.absent) continue
      const row = this.#judge.rowOf(roster[person.id])
      const { obstacles, changes } = look.at(index, row)
      if (obstacles.length > 0) refused.push({ person: person.id, obstacles, weight: weightOf(obstacles) })
      else {
        const cost = changes.reduce((sum, change) => sum + change.cost, 0)
        const { before, after } = look.rest(index, row)
        const load = look.minutes(row, 0, row.length) / (person.share ?? 1)
        free.push({ index, row, changes, cost, beside: Math.min(before, after), load })
      }
    }
    free.sort((a, b) => a.cost - b.cost || b.beside - a.beside || a.load - b.load || a.index - b.index)
    refused.sort((a, b) => a.weight - b.weight)
    return {
      possible: free.slice(0, shown).map(({ index, row, changes, cost }) => look.tell(index, row, changes, cost)),
      possible_count: free.length,
      refused: refused.slice(0, shown).map(({ person, obstacles }) => ({ person, obstacles })),
      refused_count: refused.length,
    }
  }

  /** What stands in one person's way, or nothing, and what it would change; for explanations. */
  obstacles(roster: Roster, gap: Gap, person: string): { obstacles: Obstacle[]; changes: RuleChange[] } {
    const index = this.#judge.problem.people.findIndex(({ id }) => id === person)
    return new Look(this.#judge, roster, gap).at(index, this.#judge.rowOf(roster[person]))
  }
}

/** A missing skill cannot be helped, a day off hardly, a rule perhaps. */
function weightOf(obstacles: readonly Obstacle[]): number {
  const weights = { skill: 1000, day_off: 100, unavailable: 50, pinned: 30, on_shift: 20, rule: 1 } as const
  return obstacles.reduce((sum, obstacle) => sum + weights[obstacle.kind], 0)
}

type Coupled = ReturnType<typeof coupledRules>[number]

/** One search: the gap, and what of the roster it needs to know about the day. */
class Look {
  readonly #judge: CellJudge
  readonly #gap: Gap
  readonly #option: number
  readonly #shift: ShiftType
  readonly #roster: Roster
  readonly #lines: readonly { line: CoverLine; actual: number }[]
  readonly #couplings: ReadonlyMap<string, readonly Coupled[]>

  constructor(judge: CellJudge, roster: Roster, gap: Gap) {
    const { problem } = judge
    const shift = problem.shifts.find(({ id }) => id === gap.shift)
    if (shift === undefined) throw new RangeError(`no shift ${gap.shift}`)
    if (!Number.isInteger(gap.day) || gap.day < 0 || gap.day >= problem.days) throw new RangeError(`no day ${gap.day}`)
    if (gap.absent !== undefined && !problem.people.some(({ id }) => id === gap.absent))
      throw new RangeError(`no person ${gap.absent}`)
    this.#judge = judge
    this.#gap = gap
    this.#shift = shift
    this.#option = judge.optionOf.get(gap.shift) ?? 0
    this.#roster = roster
    this.#lines = this.#coverOfDay()
    this.#couplings = this.#couplingsByPerson()
  }

  #cell(person: string): string | null {
    return person === this.#gap.absent ? null : (this.#roster[person]?.[this.#gap.day] ?? null)
  }

  #coverOfDay(): { line: CoverLine; actual: number }[] {
    const { problem } = this.#judge
    return problem.cover.flatMap((line) => {
      if (chooseDays(problem, line.days)[this.#gap.day] !== 1) return []
      const actual = problem.people.filter(
        (person) => isSkilled(person, line) && line.shifts.includes(this.#cell(person.id) ?? ''),
      ).length
      return { line, actual }
    })
  }

  #couplingsByPerson(): ReadonlyMap<string, readonly Coupled[]> {
    const byPerson = new Map<string, Coupled[]>()
    for (const coupled of coupledRules(this.#judge.problem)) {
      for (const { id } of coupled.people) byPerson.set(id, [...(byPerson.get(id) ?? []), coupled])
    }
    return byPerson
  }

  at(index: number, row: Int32Array): { obstacles: Obstacle[]; changes: RuleChange[] } {
    const { problem } = this.#judge
    const person = problem.people[index]
    if (person === undefined) throw new RangeError(`no person ${index}`)
    const obstacles = this.#standing(person)
    // Whoever lacks the skill or the day is not looked at further: that is what the answer says.
    if (obstacles.length > 0) return { obstacles, changes: [] }
    const changes = this.#judge.changes(index, row, this.#gap.day, this.#option, true)
    changes.push(...this.#coupled(person), ...this.#wished(person), ...this.#told(person))
    for (const { rule, hard, units } of changes) if (hard && units > 0) obstacles.push({ kind: 'rule', rule, units })
    return { obstacles, changes }
  }

  #standing(person: Person): Obstacle[] {
    const { day } = this.#gap
    const obstacles: Obstacle[] = []
    if (!isCapable(person, this.#shift)) {
      for (const skill of this.#shift.skills ?? [])
        if (!person.skills?.includes(skill)) obstacles.push({ kind: 'skill', skill })
    }
    for (const skill of this.#missingSkills(person)) obstacles.push({ kind: 'skill', skill })
    if (person.days_off?.includes(day)) obstacles.push({ kind: 'day_off' })
    if (person.unavailable?.some((one) => one.shift === this.#gap.shift && (one.day ?? day) === day))
      obstacles.push({ kind: 'unavailable' })
    const cell = this.#cell(person.id)
    if (cell !== null) obstacles.push({ kind: 'on_shift', shift: cell })
    const pin = person.pinned?.length ? pinsOf(this.#judge.problem, person).find((one) => one.day === day) : undefined
    if (pin !== undefined && pin.shift !== this.#gap.shift) obstacles.push({ kind: 'pinned', shift: pin.shift })
    return obstacles
  }

  /** When the gap is only in people with a skill, somebody without it does not help. */
  #missingSkills(person: Person): string[] {
    const short = this.#lines.filter(
      ({ line, actual }) => line.shifts.includes(this.#gap.shift) && actual < line.required,
    )
    const helps = short.length === 0 || short.some(({ line }) => isSkilled(person, line))
    return helps ? [] : [...new Set(short.flatMap(({ line }) => line.skill ?? []))]
  }

  #coupled(person: Person): RuleChange[] {
    const { problem } = this.#judge
    return (this.#couplings.get(person.id) ?? []).flatMap(({ rule, people }) => {
      const before = people.map(({ id }) => this.#cell(id))
      const after = people.map(({ id }) => (id === person.id ? this.#gap.shift : this.#cell(id)))
      const units = coupledUnits(problem, rule, after) - coupledUnits(problem, rule, before)
      if (units === 0) return []
      return { rule: rule.id, hard: rule.price === 'hard', units, cost: rule.price === 'hard' ? 0 : units * rule.price }
    })
  }

  #wished(person: Person): RuleChange[] {
    let cost = 0
    for (const wish of person.wishes ?? []) {
      if (wish.day !== this.#gap.day) continue
      const isIn = choose(this.#judge.problem, wish.shifts)
      const lost = (option: number) => (isIn[option] === wish.wanted ? 0 : wish.price)
      cost += lost(this.#option) - lost(0)
    }
    return cost === 0 ? [] : [{ rule: 'wishes', hard: false, units: Math.sign(cost), cost }]
  }

  #told(person: Person): RuleChange[] {
    const published = this.#judge.problem.published
    const cells = published?.cells[person.id]
    if (published === undefined || cells === undefined || published.price_per_change === 0) return []
    const was = cells[this.#gap.day] ?? null
    const units = (was === this.#gap.shift ? 0 : 1) - (was === this.#cell(person.id) ? 0 : 1)
    return units === 0 ? [] : [{ rule: 'published', hard: false, units, cost: units * published.price_per_change }]
  }

  /** Free minutes on either side of the shift; Infinity when nothing is near. */
  rest(index: number, row: Int32Array): { before: number; after: number } {
    const { problem } = this.#judge
    const history = problem.people[index]?.history ?? []
    const starts = this.#gap.day * 1440 + this.#shift.start_minute
    const ends = starts + this.#shift.minutes
    let before = Number.POSITIVE_INFINITY
    let after = Number.POSITIVE_INFINITY
    for (let day = this.#gap.day - 1; day >= -history.length; day--) {
      const option = day >= 0 ? (row[day] ?? 0) : (this.#judge.optionOf.get(history[history.length + day] ?? null) ?? 0)
      const shift = problem.shifts[option - 1]
      if (shift === undefined) continue
      before = starts - (day * 1440 + shift.start_minute + shift.minutes)
      break
    }
    for (let day = this.#gap.day + 1; day < row.length; day++) {
      const shift = problem.shifts[(row[day] ?? 0) - 1]
      if (shift === undefined) continue
      after = day * 1440 + shift.start_minute - ends
      break
    }
    return { before, after }
  }

  /** Counted minutes of the days from `from` (included) to `to` (not included), the gap's shift taken. */
  minutes(row: Int32Array, from: number, to: number): number {
    const { shifts } = this.#judge.problem
    let sum = 0
    for (let day = Math.max(0, from); day < Math.min(row.length, to); day++) {
      const shift = shifts[(day === this.#gap.day ? this.#option : (row[day] ?? 0)) - 1]
      if (shift !== undefined) sum += countedMinutes(shift)
    }
    return sum
  }

  tell(index: number, row: Int32Array, changes: readonly RuleChange[], cost: number): Substitute {
    const { day } = this.#gap
    const taken = row.slice()
    taken[day] = this.#option
    const history = this.#judge.problem.people[index]?.history ?? []
    const isOn = (at: number) => (at >= 0 ? (taken[at] ?? 0) > 0 : (history[history.length + at] ?? null) !== null)
    let first = day
    while (isOn(first - 1)) first--
    let last = day
    while (isOn(last + 1)) last++
    const { before, after } = this.rest(index, row)
    const weeks = Array.from({ length: 7 }, (_, back) => this.minutes(row, day - back, day - back + 7))
    return {
      person: this.#judge.problem.people[index]?.id ?? '',
      cost,
      changes,
      rest_before_min: Number.isFinite(before) ? before : null,
      rest_after_min: Number.isFinite(after) ? after : null,
      run_days: last - first + 1,
      minutes: this.minutes(row, 0, row.length),
      week_minutes: Math.max(...weeks),
      fairness: this.#judge.fairness(index, taken),
    }
  }
}

const isSkilled = (person: Person, line: CoverLine): boolean =>
  line.skill === undefined || person.skills?.includes(line.skill) === true
