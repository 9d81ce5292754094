import type { FactBatch } from '#engines/policy/facts.ts'
import type { UnitFacts as EngineUnit } from '#engines/policy/units.ts'
import type { CountFact } from '#engines/policy/vocabulary.ts'
import { MINUTES_PER_DAY } from '#engines/values/time.ts'
import type { PersonInputs, UnitFacts } from './evaluation-facts.ts'
import { recordedOf, type UnitRecords } from './recorded-facts.ts'

/** What duty says of a unit with everything below it; nobody is asked for it. */
export type UnitSum = Readonly<Record<Extract<CountFact, 'front_line_people' | 'duty_days' | 'people_on_duty'>, number>>

const NONE: UnitSum = { front_line_people: 0, duty_days: 0, people_on_duty: 0 }

/** Counts duty by the unit of the person while people pass, and adds it up the tree when they have passed. */
export class UnitSums {
  private readonly own = new Map<number, { front_line_people: number; duty_days: number; people_on_duty: number }>()
  private readonly first: number
  private readonly last: number
  /** By day of the window: the row that was last counted on it. */
  private readonly counted: Int32Array

  /** Days from the first to the last that are evaluated. */
  constructor(first: number, last: number) {
    this.first = first
    this.last = last
    this.counted = new Int32Array(Math.max(1, last - first + 1))
  }

  /** A duty day is a civil day on which a span of the person begins; on duty on the last day is whoever has duty in it. */
  add(people: readonly PersonInputs[], batch: FactBatch): void {
    this.counted.fill(-1)
    const { span_offset, span_start_minute, span_end_minute } = batch
    const lastMinute = this.last * MINUTES_PER_DAY
    for (const [row, { home_unit_id }] of people.entries()) {
      let days = 0
      let isOnDuty = false
      const end = span_offset[row + 1] ?? 0
      for (let span = span_offset[row] ?? 0; span < end; span++) {
        const day = Math.floor((span_start_minute[span] ?? 0) / MINUTES_PER_DAY) - this.first
        if ((span_end_minute[span] ?? 0) > lastMinute) isOnDuty = true
        if (day < 0 || day >= this.counted.length || this.counted[day] === row) continue
        this.counted[day] = row
        days += 1
      }
      const sum = this.own.get(home_unit_id) ?? { ...NONE }
      sum.front_line_people += 1
      sum.duty_days += days
      sum.people_on_duty += isOnDuty ? 1 : 0
      this.own.set(home_unit_id, sum)
    }
  }

  /** Of each unit together with everything below it. */
  byUnit(units: ReadonlyMap<number, UnitFacts>): (unitId: number) => UnitSum {
    const sums = new Map<number, { front_line_people: number; duty_days: number; people_on_duty: number }>()
    for (const [unitId, own] of this.own) {
      for (let unit = units.get(unitId); unit; unit = unit.parent_id === null ? undefined : units.get(unit.parent_id)) {
        const sum = sums.get(unit.unit_id) ?? { ...NONE }
        sum.front_line_people += own.front_line_people
        sum.duty_days += own.duty_days
        sum.people_on_duty += own.people_on_duty
        sums.set(unit.unit_id, sum)
      }
    }
    return (unitId) => sums.get(unitId) ?? NONE
  }
}

/**
 * Units that stand for themselves at or below a place, as the engine takes them: a department or a task force belongs to its unit and
 * is no beneficiary of its own.
 */
export function unitsToEvaluate(
  units: ReadonlyMap<number, UnitFacts>,
  isCounted: (unitId: number) => boolean,
  records: UnitRecords,
  sums: UnitSums,
): readonly (EngineUnit & { readonly county_unit_id: number | null })[] {
  const sumOf = sums.byUnit(units)
  return [...units.values()]
    .filter(({ unit_id, is_part }) => !is_part && isCounted(unit_id))
    .sort((left, right) => left.unit_id - right.unit_id)
    .map(({ unit_id, kind, division_code, county_unit_id }) => {
      const { counts, findings, money, events, uses, refs } = recordedOf(
        records.facts.get(unit_id) ?? [],
        records.keptFor(unit_id),
      )
      return {
        ...{ unit: unit_id, kind, area: division_code, county_unit_id, findings },
        counts: { ...counts, ...sumOf(unit_id) },
        ...(money ? { money } : {}),
        ...(events ? { events } : {}),
        ...(uses ? { uses } : {}),
        ...(refs ? { refs } : {}),
      }
    })
}

/** Whether a unit lies at or below another. */
export function isAtOrBelow(units: ReadonlyMap<number, UnitFacts>, unitId: number, placeId: number): boolean {
  for (let unit = units.get(unitId); unit; unit = unit.parent_id === null ? undefined : units.get(unit.parent_id)) {
    if (unit.unit_id === placeId) return true
  }
  return false
}
