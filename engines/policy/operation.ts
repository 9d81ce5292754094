import type { Day } from '#engines/values/time.ts'
import { liesIn, UNKNOWN, YES } from './areas.ts'
import type { ResponseLevel } from './vocabulary.ts'

/** The response level of an area during some days. */
export interface LevelFact {
  /** A division code or its front; the most exact entry for a place holds. */
  readonly area: string
  readonly level: ResponseLevel
  readonly from: Day
  readonly to: Day | null
}

/** What is recorded of the operation itself; everything that rules ask of it is missing where it is left out. */
export interface OperationFacts {
  readonly levels: readonly LevelFact[]
  readonly starts: Day | null
  /** `null` while it goes on. */
  readonly ends: Day | null
}

/**
 * The level at a place on a day: of the most exact area recorded, and of those the one that began last.
 *
 * @example levelAt([{ area: '33', level: 'level_1', from: 0, to: null }], 330603, 10) // 'level_1'
 */
export function levelAt(levels: readonly LevelFact[], area: number, day: Day): ResponseLevel | undefined {
  let chosen: LevelFact | undefined
  for (const fact of levels) {
    if (day < fact.from || (fact.to !== null && day > fact.to)) continue
    if (fact.area !== '0' && liesIn(area, fact.area) !== YES) continue
    if (!chosen || isMoreExact(fact, chosen)) chosen = fact
  }
  return chosen?.level
}

function isMoreExact(fact: LevelFact, other: LevelFact): boolean {
  if (fact.area.length !== other.area.length) return fact.area.length > other.area.length
  if (fact.from !== other.from) return fact.from > other.from
  return fact.level < other.level
}

/** True where a place is too coarse for what is recorded: a county, where levels are set by township. */
export function isTooCoarse(levels: readonly LevelFact[], area: number, day: Day): boolean {
  return levels.some(
    (fact) =>
      day >= fact.from &&
      (fact.to === null || day <= fact.to) &&
      fact.area !== '0' &&
      liesIn(area, fact.area) === UNKNOWN,
  )
}
