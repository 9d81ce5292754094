import { buildAutomaton, type Machine } from './automaton.ts'
import { choose, chooseDays, choosePerson, daysBetween, optionsOf, weekends, weightOf } from './choices.ts'
import { addGaps, isGap, machinesOfRule, type Setting, settingOf } from './compile.ts'
import { fairLoads } from './fairness.ts'
import { gaps } from './machines.ts'
import type { Automaton } from './model.ts'
import type { Measure, Price, RosterProblem, Rule, ShiftChoice } from './problem.ts'

/** One rule over sequences of days as a table of its own, its costs in units. */
interface Track {
  readonly kind: 'track'
  readonly rule: string
  readonly price: Price
  readonly automaton: Automaton
  readonly start: number
  /** A rule tied to weekdays looks at the period only. */
  readonly seesHistory: boolean
}

/** A sum between limits over the period, or over every stretch of `length` days. */
interface Sum {
  readonly kind: 'sum'
  readonly rule: string
  readonly price: Price
  readonly of: Measure
  readonly weights: Int32Array
  readonly mask: Uint8Array
  readonly min: number
  readonly max: number
  /** Undefined: the period. */
  readonly length: number | undefined
}

/** Levels a load: limits differ by person. */
interface Fair {
  readonly kind: 'fair'
  readonly sum: Sum
  readonly loads: ReadonlyMap<number, number>
  readonly tolerance: number
  readonly unit: number
}

type Part = Track | Sum | Fair

/** What changing one cell changes of one rule, in units; what it costs (0 when hard). */
export interface RuleChange {
  readonly rule: string
  readonly hard: boolean
  readonly units: number
  readonly cost: number
}

/** A person's load by a fairness rule, and what would be fair. */
export interface FairLoad {
  readonly rule: string
  readonly load: number
  readonly fair: number
}

/**
 * Judges what a change of one cell means, rule by rule, without solving: small tables for each rule, so that thousands of people
 * are looked through in a few thousandths of a second. Rows are options (0 = off), as in the model.
 */
export class CellJudge {
  readonly problem: RosterProblem
  readonly optionOf: ReadonlyMap<string | null, number>
  readonly #setting: Setting
  readonly #weekends: Int32Array
  readonly #after: Int32Array
  readonly #parts = new Map<Rule, readonly Part[]>()
  readonly #stated: readonly Track[]
  readonly #common: readonly Rule[]
  readonly #named = new Map<string, Rule[]>()
  readonly #histories: (Int32Array | undefined)[] = []
  readonly #profiles = new Map<string, readonly Part[]>()
  readonly #profileOf: (readonly Part[] | undefined)[] = []

  constructor(problem: RosterProblem) {
    this.problem = problem
    this.optionOf = optionsOf(problem)
    this.#setting = settingOf(problem)
    this.#weekends = weekends(problem)
    this.#after = new Int32Array(problem.days)
    this.#stated = this.#statedTracks()
    const own = problem.rules.filter(({ kind }) => kind !== 'apart' && kind !== 'together')
    this.#common = own.filter(({ people }) => !isByIds(people))
    for (const rule of own) {
      if (typeof rule.people !== 'object' || !isByIds(rule.people)) continue
      for (const id of rule.people.ids ?? []) this.#named.set(id, [...(this.#named.get(id) ?? []), rule])
    }
  }

  /** A roster's row as options. */
  rowOf(cells: readonly (string | null)[] | undefined): Int32Array {
    const row = new Int32Array(this.problem.days)
    for (let day = 0; day < row.length; day++) {
      const cell = cells?.[day] ?? null
      if (cell !== null) row[day] = this.optionOf.get(cell) ?? 0
    }
    return row
  }

  /**
   * What changes of the person's own rules when the cell of `day` becomes `option`; rules that do not change are left out. With
   * `untilBroken`, a hard rule that gets worse is enough: softer ones are not looked at.
   */
  changes(person: number, row: Int32Array, day: number, option: number, untilBroken = false): RuleChange[] {
    const changes: RuleChange[] = []
    const kept = row[day] as number
    this.#after.set(row)
    this.#after[day] = option
    let isBroken = false
    for (const part of this.#partsOf(person)) {
      const { rule, price } = part.kind === 'fair' ? part.sum : part
      const isHard = price === 'hard'
      if (untilBroken && isBroken && !isHard) break
      if (part.kind === 'track' && part.automaton.classOf[kept] === part.automaton.classOf[option]) continue
      const units = this.#unitsOf(part, person, row, this.#after, day)
      if (Math.abs(units) < 1e-9) continue
      isBroken ||= isHard && units > 0
      changes.push({ rule, hard: isHard, units, cost: isHard ? 0 : units * price })
    }
    return changes
  }

  /** How the person stands in each fairness rule. */
  fairness(person: number, row: Int32Array): FairLoad[] {
    return this.#partsOf(person).flatMap((part) => {
      const fair = part.kind === 'fair' ? part.loads.get(person) : undefined
      if (part.kind !== 'fair' || fair === undefined) return []
      return { rule: part.sum.rule, load: this.#load(part.sum, row), fair }
    })
  }

  /** The rules about rows that bind the person. */
  rulesOf(person: number): readonly Rule[] {
    const one = this.problem.people[person]
    if (one === undefined) throw new RangeError(`no person ${person}`)
    return [...this.#common.filter((rule) => choosePerson(one, rule.people)), ...(this.#named.get(one.id) ?? [])]
  }

  #partsOf(person: number): readonly Part[] {
    const known = this.#profileOf[person]
    if (known !== undefined) return known
    const rules = this.rulesOf(person)
    const key = rules.map(({ id }) => id).join('\n')
    const parts = this.#profiles.get(key) ?? this.#inOrder(rules)
    this.#profiles.set(key, parts)
    this.#profileOf[person] = parts
    return parts
  }

  /** Hard ones first. */
  #inOrder(rules: readonly Rule[]): readonly Part[] {
    const parts = [...this.#stated, ...rules.flatMap((rule) => this.#partsOfRule(rule))]
    const isHard = (part: Part) => part.kind !== 'fair' && part.price === 'hard'
    return [...parts.filter(isHard), ...parts.filter((part) => !isHard(part))]
  }

  #partsOfRule(rule: Rule): readonly Part[] {
    const known = this.#parts.get(rule)
    if (known !== undefined) return known
    const parts = this.#build(rule)
    this.#parts.set(rule, parts)
    return parts
  }

  #build(rule: Rule): readonly Part[] {
    if (rule.kind === 'tally' || rule.kind === 'window') return [this.#sum(rule)]
    if (rule.kind === 'fairness') {
      const { tolerance, unit = 1 } = rule
      return [{ kind: 'fair', sum: this.#sum(rule), loads: fairLoads(this.problem, rule), tolerance, unit }]
    }
    if (isGap(rule)) {
      const { options } = this.#setting
      const table = new Int32Array(options * options)
      addGaps(this.#setting, rule, table)
      return [this.#track(rule.id, rule.price, gaps(table, options, 1), true)]
    }
    const seesHistory =
      rule.kind !== 'whole_weekend' && !(rule.kind === 'pattern' && rule.starts_on_weekday !== undefined)
    return machinesOfRule(this.#setting, rule, 1).map((machine) =>
      this.#track(rule.id, rule.price, machine, seesHistory),
    )
  }

  #sum(rule: Extract<Rule, { kind: 'tally' | 'window' | 'fairness' }>): Sum {
    const { problem } = this
    return {
      kind: 'sum',
      rule: rule.id,
      price: rule.price,
      of: rule.of,
      weights: this.#weights(rule.shifts, rule.of),
      mask: rule.kind === 'window' ? new Uint8Array(problem.days).fill(1) : chooseDays(problem, rule.days),
      min: rule.kind === 'fairness' ? 0 : (rule.min ?? Number.NEGATIVE_INFINITY),
      max: rule.kind === 'fairness' ? 0 : (rule.max ?? Number.POSITIVE_INFINITY),
      length: rule.kind === 'window' ? rule.length_days : undefined,
    }
  }

  #weights(choice: ShiftChoice, of: Measure): Int32Array {
    const isIn = choose(this.problem, choice)
    return Int32Array.from(isIn, (counts, option) => {
      const shift = this.problem.shifts[option - 1]
      return counts && shift !== undefined ? weightOf(shift, of) : 0
    })
  }

  #track(rule: string, price: Price, machine: Machine, seesHistory: boolean): Track {
    const { options, kindOf } = this.#setting
    const { automaton, starts } = buildAutomaton([machine], options, kindOf, [[]])
    return { kind: 'track', rule, price, automaton, start: starts[0] ?? 0, seesHistory }
  }

  /** What shifts themselves say: they may not overlap, nor follow where `not_next_day` says so. */
  #statedTracks(): readonly Track[] {
    const { options } = this.#setting
    const { shifts } = this.problem
    const overlap = new Int32Array(options * options)
    const next = new Int32Array(options * options)
    for (const [at, first] of shifts.entries()) {
      for (const [to, then] of shifts.entries()) {
        const cell = (at + 1) * options + to + 1
        overlap[cell] = daysBetween(first, then, 0)
        next[cell] = first.not_next_day?.includes(then.id) ? 1 : 0
      }
    }
    return [
      ...(overlap.some((gap) => gap > 0) ? [this.#track('overlap', 'hard', gaps(overlap, options, 1), true)] : []),
      ...(next.some((gap) => gap > 0) ? [this.#track('not_next_day', 'hard', gaps(next, options, 1), true)] : []),
    ]
  }

  #unitsOf(part: Part, person: number, before: Int32Array, after: Int32Array, day: number): number {
    if (part.kind === 'track') return this.#walk(part, person, before, after, day)
    if (part.kind === 'fair') {
      const fair = part.loads.get(person)
      if (fair === undefined) return 0
      const off = (load: number) =>
        Math.max(load - Math.ceil(fair + part.tolerance), Math.floor(fair - part.tolerance) - load, 0)
      return (off(this.#load(part.sum, after)) - off(this.#load(part.sum, before))) / part.unit
    }
    if (part.length !== undefined) return this.#windows(part, part.length, person, before, after, day)
    if (part.mask[day] === 0 && part.of !== 'weekends') return 0
    return beyond(part, this.#load(part, after)) - beyond(part, this.#load(part, before))
  }

  #historyOf(person: number): Int32Array {
    const known = this.#histories[person]
    if (known !== undefined) return known
    const cells = this.problem.people[person]?.history ?? []
    const history = Int32Array.from(cells, (cell) => this.optionOf.get(cell) ?? 0)
    this.#histories[person] = history
    return history
  }

  /** Both rows side by side from the changed day on, until they are in the same state again. */
  #walk({ automaton, start, seesHistory }: Track, person: number, before: Int32Array, after: Int32Array, day: number) {
    const { states, classes, kindOf, classOf, next, cost } = automaton
    let state = start
    const history = this.#historyOf(person)
    for (let at = 0; seesHistory && at < history.length; at++) {
      state = next[state * classes + (classOf[history[at] as number] as number)] as number
    }
    for (let at = 0; at < day; at++) {
      const step = ((kindOf[at] as number) * states + state) * classes + (classOf[before[at] as number] as number)
      state = next[step] as number
    }
    let was = state
    let is = state
    let units = 0
    for (let at = day; at < before.length && (at === day || was !== is); at++) {
      const kind = kindOf[at] as number
      const old = (kind * states + was) * classes + (classOf[before[at] as number] as number)
      const now = (kind * states + is) * classes + (classOf[after[at] as number] as number)
      units += (cost[now] as number) - (cost[old] as number)
      was = next[old] as number
      is = next[now] as number
    }
    return units
  }

  #load({ of, weights, mask }: Sum, row: Int32Array): number {
    let sum = 0
    if (of !== 'weekends') {
      for (let day = 0; day < row.length; day++) if (mask[day] === 1) sum += weights[row[day] as number] as number
      return sum
    }
    // A weekend counts once, by the first day of it that is worked.
    let counted = -1
    for (let day = 0; day < row.length; day++) {
      const weekend = this.#weekends[day] as number
      if (weekend < 0 || weekend === counted || weights[row[day] as number] === 0) continue
      counted = weekend
      sum += mask[day] as number
    }
    return sum
  }

  #windows(sum: Sum, length: number, person: number, before: Int32Array, after: Int32Array, day: number): number {
    const history = this.#historyOf(person)
    const at = (row: Int32Array, each: number) =>
      (sum.weights[(each >= 0 ? row[each] : history[history.length + each]) ?? 0] ?? 0) as number
    let load = 0
    for (let each = day - length + 1; each <= day; each++) load += at(before, each)
    const change = at(after, day) - at(before, day)
    let units = 0
    for (let end = day; end < Math.min(before.length, day + length); end++) {
      if (end > day) load += at(before, end) - at(before, end - length)
      const limited = end - length + 1 >= -history.length ? sum : { ...sum, min: Number.NEGATIVE_INFINITY }
      units += beyond(limited, load + change) - beyond(limited, load)
    }
    return units
  }
}

function beyond({ min, max }: { readonly min: number; readonly max: number }, load: number): number {
  return load > max ? load - max : load < min ? min - load : 0
}

function isByIds(people: Rule['people']): boolean {
  return typeof people === 'object' && people.tags === undefined
}
