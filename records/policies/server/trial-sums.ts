import { FundCosts, type FundCourse, joinCourses } from '#engines/policy/compare-funds.ts'
import { joinComparisons } from '#engines/policy/compare-join.ts'
import { Comparing, type Comparison } from '#engines/policy/compare-stacks.ts'
import type { CompiledProgram } from '#engines/policy/compile.ts'
import type { FactBatch } from '#engines/policy/facts.ts'
import type { Entitlement } from '#engines/policy/pack.ts'
import { sameRules } from '#engines/policy/same-rules.ts'
import { unitProgram } from '#engines/policy/units.ts'
import type { Label } from '#engines/policy/vocabulary.ts'
import type { WhatIfResult } from '../contract-what-if.ts'
import { quantityUnitOf } from './write-results.ts'

export interface MostChanged {
  readonly person_id: number
  readonly before_fen: number
  readonly after_fen: number
}

/** The programs of one area, in force and changed; people and units of the area are compared by them. */
export interface AreaPrograms {
  readonly before: CompiledProgram
  readonly after: CompiledProgram
}

/** People or units of one area: what becomes of each, and what the funds pay on every day. */
class Side {
  readonly comparing: Comparing
  private readonly costs_before: FundCosts
  private readonly costs_after: FundCosts

  /** `same` entitlements are settled and followed once, for both. */
  constructor(before: CompiledProgram, after: CompiledProgram, same: ReadonlySet<string>) {
    const costs = new FundCosts(before)
    this.costs_before = costs
    this.costs_after = before === after ? costs : new FundCosts(after, { entitlements: same, costs })
    const standing = costs.followed()
    this.comparing = new Comparing(standing, before === after ? standing : this.costs_after.followed(), same)
  }

  add(batch: FactBatch, tellSum?: (person: number, before_fen: number, after_fen: number) => void): void {
    this.comparing.add(batch, undefined, tellSum)
  }

  courses(): { readonly before: readonly FundCourse[]; readonly after: readonly FundCourse[] } {
    return { before: this.costs_before.result(), after: this.costs_after.result() }
  }
}

interface AreaTrial {
  readonly people: Side
  readonly units: Side
}

const NOT_SAID: Label = { zh: '未写明由谁列支', en: 'payer not stated' }
/** Fen; people are sorted into what lies between two of them. */
const STEPS = [-100_000, -50_000, -10_000, 0, 1, 10_000, 50_000, 100_000] as const
const MOST = 20

/** Compares people and units area by area while they pass by; keeps nobody but those whom the change touches most. */
export class TrialSums {
  private readonly areas = new Map<number, AreaTrial>()
  /** What each entitlement gives, of people and units. */
  private readonly gives = new Map<string, Entitlement['gives']>()
  private readonly steps = new Int32Array(STEPS.length + 1)
  private most: MostChanged[] = []

  addPeople(area: number, programs: AreaPrograms, batch: FactBatch): void {
    this.areaOf(area, programs).people.add(batch, (person_id, before_fen, after_fen) => {
      const difference = after_fen - before_fen
      const step = STEPS.findIndex((limit) => difference < limit)
      const at = step < 0 ? STEPS.length : step
      this.steps[at] = (this.steps[at] ?? 0) + 1
      if (difference === 0) return
      this.most.push({ person_id, before_fen, after_fen })
      if (this.most.length >= 4 * MOST) this.most = sortedMost(this.most)
    })
  }

  addUnits(area: number, programs: AreaPrograms, batch: FactBatch): void {
    this.areaOf(area, programs).units.add(batch)
  }

  private areaOf(area: number, { before, after }: AreaPrograms): AreaTrial {
    const known = this.areas.get(area)
    if (known) return known
    for (const { entitlements, unit_entitlements } of [before, after])
      for (const { code, gives } of [...entitlements, ...unit_entitlements]) this.gives.set(code, gives)
    const [standing, changed] = [unitProgram(before), before === after ? undefined : unitProgram(after)]
    const same = sameRules(before, after)
    const made = { people: new Side(before, after, same), units: new Side(standing, changed ?? standing, same) }
    this.areas.set(area, made)
    return made
  }

  /** `names` are those of areas, by unit and by division code. */
  result(
    dates: { readonly from: string; readonly on_date: string; readonly from_day: number },
    names: { readonly by_unit: ReadonlyMap<number, string>; readonly by_code: ReadonlyMap<string, string> },
  ): WhatIfResult {
    const sides = [...this.areas.values()]
    const people = joinComparisons(sides.map((side) => side.people.comparing.result()))
    const units = joinComparisons(sides.map((side) => side.units.comparing.result()))
    const { from, on_date, from_day } = dates
    return {
      from,
      on_date,
      people_count: people.people,
      people_changed: people.people_changed,
      total: people.total,
      entitlements: people.by_entitlement.map((row) => this.entitlement(row)),
      units_count: units.people,
      units_changed: units.people_changed,
      unit_entitlements: units.by_entitlement.map((row) => this.entitlement(row)),
      counties: people.by_area.map((row) => ({ ...row, name: names.by_code.get(row.area ?? '') ?? row.area ?? '' })),
      funds: this.funds(from_day, names.by_unit),
      steps: Array.from(this.steps, (people_count, index) => ({
        from_fen: STEPS[index - 1] ?? null,
        to_fen: STEPS[index] ?? null,
        people_count,
      })),
    }
  }

  private entitlement({ states, ...row }: Comparison['by_entitlement'][number]): WhatIfResult['entitlements'][number] {
    const gives = this.gives.get(row.entitlement)
    if (!gives) throw new RangeError(`no program has the entitlement ${row.entitlement}`)
    return { ...row, states: [...states], quantity_unit: quantityUnitOf(gives) }
  }

  /** One purse for all areas, unless a county says the total itself: then each county has its own. */
  private funds(from: number, names: ReadonlyMap<number, string>): WhatIfResult['funds'] {
    const purses = new Map<string, { own: number | null; before: FundCourse[]; after: FundCourse[] }>()
    for (const [area, { people, units }] of this.areas) {
      const sides = [people.courses(), units.courses()]
      const before = sides.flatMap((side) => side.before)
      const after = sides.flatMap((side) => side.after)
      for (const fund of new Set([...before, ...after].map((course) => course.fund))) {
        const mine = (course: FundCourse) => course.fund === fund
        const isOwn = [...before, ...after].some((course) => mine(course) && course.total_level === 'county')
        const key = isOwn ? `${area} ${fund ?? ''}` : (fund ?? '')
        const purse = purses.get(key) ?? { own: isOwn ? area : null, before: [], after: [] }
        purses.set(key, purse)
        purse.before.push(...before.filter(mine))
        purse.after.push(...after.filter(mine))
      }
    }
    return [...purses].flatMap(([key, { own, before, after }]) => {
      const [standing, changed] = [joinCourses(before, from), joinCourses(after, from)]
      const either = changed ?? standing
      if (!either || ((standing?.cost_fen ?? 0) === 0 && (changed?.cost_fen ?? 0) === 0 && either.total_fen === null))
        return []
      return [
        {
          key,
          fund: either.title ?? NOT_SAID,
          area_name: own === null ? null : (names.get(own) ?? null),
          before: sideOf(standing, either),
          after: sideOf(changed, either),
        },
      ]
    })
  }

  mostChanged(): readonly MostChanged[] {
    return sortedMost(this.most)
  }
}

/** Where only one side has the fund, the other pays nothing out of it. */
function sideOf(course: FundCourse | undefined, either: FundCourse): WhatIfResult['funds'][number]['before'] {
  if (!course) return { cost_fen: 0, total_fen: null, days_fen: either.by_day_fen.map(() => 0), undated_fen: 0 }
  const { cost_fen, total_fen, by_day_fen, undated_fen } = course
  return { cost_fen, total_fen, days_fen: [...by_day_fen], undated_fen }
}

/** The largest gains and the largest losses. */
function sortedMost(all: readonly MostChanged[]): MostChanged[] {
  const difference = ({ before_fen, after_fen }: MostChanged) => after_fen - before_fen
  const ordered = [...all].sort(
    (left, right) => difference(right) - difference(left) || left.person_id - right.person_id,
  )
  if (ordered.length <= 2 * MOST) return ordered
  return [...ordered.slice(0, MOST), ...ordered.slice(-MOST)]
}
