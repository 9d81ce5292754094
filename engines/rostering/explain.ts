import { CellJudge, type RuleChange } from './cell-judge.ts'
import { choose, chooseDays } from './choices.ts'
import type { CoverLine, Person, Roster, RosterProblem, Score, Violation, Wish } from './problem.ts'
import { scoreRoster } from './score.ts'
import { type Obstacle, SubstituteSearch } from './substitute.ts'

/** Something that would cover a missing place, with what the penalty grows by besides the need that it meets. */
export type WayOut =
  /** Lawful as it is; the solver found it not worth its cost, or had no time. */
  | { readonly kind: 'take'; readonly person: string; readonly shift: string; readonly cost: number }
  /** Somebody leaves another shift of that day, where they can be spared or are needed less. */
  | {
      readonly kind: 'move'
      readonly person: string
      readonly shift: string
      readonly from: string
      readonly cost: number
    }
  /** One hard rule would have to give way for one person. */
  | {
      readonly kind: 'relax'
      readonly person: string
      readonly shift: string
      readonly rule: string
      readonly units: number
    }
  /** Somebody would have to be asked to come all the same. */
  | {
      readonly kind: 'ask'
      readonly person: string
      readonly shift: string
      readonly despite: 'day_off' | 'unavailable' | 'pinned'
    }

export interface UnmetDemand {
  readonly line: string
  readonly hard: boolean
  readonly day: number
  readonly shifts: readonly string[]
  readonly skill: string | undefined
  readonly needed: number
  readonly actual: number
  /** How many people each kind of obstacle keeps away; a hard rule is named by its id. */
  readonly in_the_way: readonly { readonly what: string; readonly people: number }[]
  /** Cheapest first. */
  readonly ways_out: readonly WayOut[]
}

export interface UnmetWish {
  readonly person: string
  readonly day: number
  readonly wanted: boolean
  readonly cost: number
  /** Shifts that would be short of people if it were granted. */
  readonly short: readonly string[]
  /** Hard rules that granting it would break. */
  readonly broken: readonly string[]
  /** What the penalty would change by otherwise: positive means that others lose more than this person wins. */
  readonly change: number
  /** Who could take the shift instead, best first. */
  readonly substitutes: readonly string[]
}

export interface Explanation {
  readonly score: Score
  /** Broken hard rules, other than needs. */
  readonly broken: readonly Violation[]
  readonly unmet: readonly UnmetDemand[]
  readonly wishes: readonly UnmetWish[]
}

const WAYS_MAX = 5
const WISHES_MAX = 50
const UNMET_MAX = 200

/**
 * Why a roster is as it is: its score by rule, what is broken, and for each need and wish that is not met what stands in everybody's
 * way and the cheapest ways out. Judged cell by cell from the rules themselves, whoever made the roster.
 *
 * @example explainRoster(problem, roster).unmet[0]?.ways_out[0] // { kind: 'take', person: 'w4', shift: 'N', cost: 12 }
 */
export function explainRoster(problem: RosterProblem, roster: Roster): Explanation {
  const { score, violations } = scoreRoster(problem, roster)
  const explainer = new Explainer(problem, roster)
  const lines = new Set(problem.cover.map(({ id }) => id ?? 'cover'))
  return {
    score,
    broken: violations.filter(({ hard, rule }) => hard && !lines.has(rule)),
    unmet: explainer.unmetDemands().slice(0, UNMET_MAX),
    wishes: explainer.unmetWishes(),
  }
}

class Explainer {
  readonly #problem: RosterProblem
  readonly #roster: Roster
  readonly #judge: CellJudge
  readonly #search: SubstituteSearch
  /** Per line and day: how many are there, or -1 when the line does not speak of the day. */
  readonly #actual: readonly Int32Array[]

  constructor(problem: RosterProblem, roster: Roster) {
    this.#problem = problem
    this.#roster = roster
    this.#judge = new CellJudge(problem)
    this.#search = new SubstituteSearch(problem, this.#judge)
    this.#actual = problem.cover.map((line) => this.#count(line))
  }

  #cell(person: string, day: number): string | null {
    return this.#roster[person]?.[day] ?? null
  }

  #count(line: CoverLine): Int32Array {
    const mask = chooseDays(this.#problem, line.days)
    const able = this.#problem.people.filter((person) => counts(line, person))
    return Int32Array.from(mask, (speaks, day) =>
      speaks === 1 ? able.filter(({ id }) => line.shifts.includes(this.#cell(id, day) ?? '')).length : -1,
    )
  }

  unmetDemands(): UnmetDemand[] {
    return this.#problem.cover.flatMap((line, at) =>
      Array.from(this.#actual[at] ?? []).flatMap((actual, day): UnmetDemand[] => {
        if (actual < 0 || actual >= line.required) return []
        const hard = actual < (line.minimum ?? 0)
        const { in_the_way, ways_out } = this.#obstacles(line, day)
        const head = { line: line.id ?? 'cover', hard, day, shifts: line.shifts, skill: line.skill }
        return [{ ...head, needed: hard ? (line.minimum ?? 0) : line.required, actual, in_the_way, ways_out }]
      }),
    )
  }

  #obstacles(line: CoverLine, day: number): Pick<UnmetDemand, 'in_the_way' | 'ways_out'> {
    const kept = new Map<string, Set<string>>()
    const ways: { way: WayOut; weight: number }[] = []
    for (const shift of line.shifts) {
      const { possible, refused } = this.#search.find(this.#roster, { day, shift }, this.#problem.people.length)
      for (const { person, cost } of possible) {
        if (this.#helps(line, person)) ways.push({ way: { kind: 'take', person, shift, cost }, weight: cost })
      }
      for (const { person, obstacles } of refused) {
        for (const obstacle of this.#helps(line, person) ? obstacles : [{ kind: 'skill' as const }]) {
          const what = 'rule' in obstacle ? obstacle.rule : obstacle.kind
          kept.set(what, (kept.get(what) ?? new Set()).add(person))
        }
        const [only, ...more] = obstacles
        if (only === undefined || more.length > 0 || !this.#helps(line, person)) continue
        const way = this.#wayRound(line, day, shift, person, only)
        if (way !== undefined) ways.push(way)
      }
    }
    ways.sort((a, b) => a.weight - b.weight)
    const in_the_way = [...kept].map(([what, people]) => ({ what, people: people.size }))
    return {
      in_the_way: in_the_way.sort((a, b) => b.people - a.people),
      ways_out: ways.slice(0, WAYS_MAX).map(({ way }) => way),
    }
  }

  #helps(line: CoverLine, id: string): boolean {
    return line.skill === undefined || this.#person(id)?.skills?.includes(line.skill) === true
  }

  #person(id: string): Person | undefined {
    return this.#problem.people.find((person) => person.id === id)
  }

  /** What could be done about somebody whom one thing alone keeps away. The weights put what breaks a rule after what costs. */
  #wayRound(line: CoverLine, day: number, shift: string, person: string, only: Obstacle) {
    switch (only.kind) {
      case 'rule': {
        const way: WayOut = { kind: 'relax', person, shift, rule: only.rule, units: only.units }
        return { way, weight: 1e6 + only.units }
      }
      case 'day_off':
      case 'unavailable':
      case 'pinned':
        return { way: { kind: 'ask', person, shift, despite: only.kind } satisfies WayOut, weight: 2e6 }
      case 'on_shift': {
        const cost = line.shifts.includes(only.shift) ? undefined : this.#moveCost(person, day, only.shift, shift)
        if (cost === undefined || cost >= line.under_price) return undefined
        return { way: { kind: 'move', person, shift, from: only.shift, cost } satisfies WayOut, weight: cost }
      }
      default:
        return undefined
    }
  }

  /** What leaving one shift for another costs; undefined when that breaks a hard rule or need. */
  #moveCost(id: string, day: number, from: string, to: string): number | undefined {
    const change = this.#change(id, day, to)
    const left = this.#leave(id, day, from)
    if (change.broken.length > 0 || left.isHard) return undefined
    return change.cost + left.cost
  }

  #change(id: string, day: number, to: string | null): { cost: number; broken: string[] } {
    const index = this.#problem.people.findIndex((person) => person.id === id)
    const option = this.#judge.optionOf.get(to) ?? 0
    const changes: RuleChange[] = this.#judge.changes(index, this.#judge.rowOf(this.#roster[id]), day, option)
    const broken = changes.filter(({ hard, units }) => hard && units > 0).map(({ rule }) => rule)
    return { cost: changes.reduce((sum, { cost }) => sum + cost, 0), broken }
  }

  /** What it costs the needs of a day when somebody leaves a shift. */
  #leave(id: string, day: number, shift: string): { cost: number; isHard: boolean; short: string[] } {
    let cost = 0
    let isHard = false
    const short: string[] = []
    const person = this.#person(id)
    for (const [at, line] of this.#problem.cover.entries()) {
      const actual = this.#actual[at]?.[day] ?? -1
      if (actual < 0 || !line.shifts.includes(shift) || person === undefined || !counts(line, person)) continue
      if (actual <= (line.minimum ?? 0)) isHard = true
      if (actual <= line.required) {
        cost += line.under_price
        short.push(line.id ?? shift)
      } else if (actual > (line.maximum_wanted ?? line.required)) cost -= line.over_price ?? 0
    }
    return { cost, isHard, short }
  }

  unmetWishes(): UnmetWish[] {
    const unmet: { person: Person; wish: Wish }[] = []
    for (const person of this.#problem.people) {
      for (const wish of person.wishes ?? []) {
        const isIn = choose(this.#problem, wish.shifts)
        const got = isIn[this.#judge.optionOf.get(this.#cell(person.id, wish.day)) ?? 0] === true
        if (got !== wish.wanted && wish.price > 0) unmet.push({ person, wish })
      }
    }
    unmet.sort((a, b) => b.wish.price - a.wish.price)
    return unmet.slice(0, WISHES_MAX).map(({ person, wish }) => this.#unmetWish(person, wish))
  }

  #unmetWish(person: Person, wish: Wish): UnmetWish {
    const { day } = wish
    const isIn = choose(this.#problem, wish.shifts)
    const cell = this.#cell(person.id, day)
    const left = cell === null ? { cost: 0, short: [] } : this.#leave(person.id, day, cell)
    const granted = isIn.flatMap((is, option) => (is === wish.wanted ? option : []))
    const tried = granted.map((option) => {
      const shift = option === 0 ? null : (this.#problem.shifts[option - 1]?.id ?? null)
      const change = this.#change(person.id, day, shift)
      const closed = shift === null ? [] : this.#closed(person, day, shift)
      return { broken: [...closed, ...change.broken], change: change.cost + left.cost - wish.price }
    })
    tried.sort((a, b) => a.broken.length - b.broken.length || a.change - b.change)
    const [best] = tried
    const instead =
      cell === null ? [] : this.#search.find(this.#roster, { day, shift: cell, absent: person.id }, 3).possible
    return {
      person: person.id,
      day,
      wanted: wish.wanted,
      cost: wish.price,
      short: left.short,
      broken: best?.broken ?? [],
      change: best?.change ?? 0,
      substitutes: instead.map((one) => one.person),
    }
  }

  #closed(person: Person, day: number, shift: string): string[] {
    const { obstacles } = this.#search.obstacles(this.#roster, { day, shift, absent: person.id }, person.id)
    return obstacles.flatMap((obstacle) =>
      obstacle.kind === 'rule' || obstacle.kind === 'on_shift' ? [] : obstacle.kind,
    )
  }
}

const counts = (line: CoverLine, person: Person): boolean =>
  line.skill === undefined || person.skills?.includes(line.skill) === true
