import { type Day, formatDay } from '#engines/values/time.ts'
import type { Mistakes } from './mistakes.ts'
import type { Level, Opening, Parameter, ParameterSetting, ParameterValue, Place, Source, Unit } from './pack.ts'
import type { Fund } from './pack-provisions.ts'
import { amountIn, type Measure } from './schema/measures.ts'
import type { WrittenParameter, WrittenSetting, WrittenValue } from './schema/pack-shape.ts'
import type { Named } from './schema/shape.ts'

/** What every builder needs to know about the pack it builds and the layers above it. */
export interface Building {
  readonly pack: string
  readonly level: Level
  readonly mistakes: Mistakes
  /** Sources of this pack and of the layers above. */
  readonly sources: ReadonlyMap<string, Source>
  /** Funds of this pack and of the layers above. */
  readonly funds: ReadonlyMap<string, Fund>
  /** Parameters of the layers above. */
  readonly parameters_above: ReadonlyMap<string, Parameter>
}

export function buildParameter(
  building: Building,
  { code, place, value: written }: Named<WrittenParameter>,
): Parameter {
  const values = written.values.flatMap((one) => buildValue(building, written.unit, one) ?? [])
  checkDates(values, building.mistakes)
  if (written.values.length === 0 && !written.open) {
    building.mistakes.add(
      'parameter.no_value',
      place,
      code,
      { zh: '没有取值，也没有留给下级', en: 'it has no value and is not left open' },
      {
        zh: '写 values:,或写 open: {to: county, decision: …}',
        en: 'write values:, or open: {to: county, decision: …}',
      },
    )
  }
  const open = written.open && buildOpening(building, written.unit, written.open)
  const { title, unit, clause } = written
  return { code, title, unit, clause, open, values, pack: building.pack, level: building.level, place }
}

function bound(building: Building, unit: Unit, written: Measure | null): number | null {
  return written === null ? null : (amountIn(unit, written, building.mistakes) ?? null)
}

function buildOpening(building: Building, unit: Unit, written: NonNullable<WrittenParameter['open']>): Opening {
  const at_least = bound(building, unit, written.at_least)
  const at_most = bound(building, unit, written.at_most)
  checkBounds(building, written.place, at_least, at_most)
  return { to: written.to, at_least, at_most, decision: written.decision, conflict: written.conflict }
}

export function checkBounds(building: Building, place: Place, least: number | null, most: number | null): void {
  if (least === null || most === null || least <= most) return
  building.mistakes.add(
    'parameter.bounds',
    place,
    'at_least > at_most',
    { zh: '下限高于上限', en: 'the floor lies above the cap' },
    { zh: '对调两个数，或改正其中一个', en: 'swap them or mend one of them' },
  )
}

/** What this layer sets on a parameter of a layer above; the unit is that parameter's. */
export function buildSetting(building: Building, named: Named<WrittenSetting>): ParameterSetting | undefined {
  const above = building.parameters_above.get(named.code)
  if (!above) return undefined
  const { unit } = above
  const values = named.value.values.flatMap((one) => buildValue(building, unit, one) ?? [])
  checkDates(values, building.mistakes)
  const at_least = bound(building, unit, named.value.at_least)
  const at_most = bound(building, unit, named.value.at_most)
  checkBounds(building, named.place, at_least, at_most)
  return { code: named.code, values, at_least, at_most, place: named.place }
}

function buildValue(building: Building, unit: Unit, written: WrittenValue): ParameterValue | undefined {
  const source = building.sources.get(written.source)
  if (!source) return undefined
  const amount = written.value.none ? null : amountIn(unit, written.value.written, building.mistakes)
  if (amount === undefined) return undefined
  return {
    from: written.from,
    to: written.to,
    known: written.known ?? source.published,
    value: amount,
    source: source.code,
    article: written.article,
    grade: written.grade ?? source.grade,
    example: written.example,
    pack: building.pack,
    level: building.level,
    place: written.place,
  }
}

interface Dated {
  readonly from: Day
  readonly to: Day | null
  readonly known: Day
  readonly place: Place
}

/** A first day after the last one is refused. */
export function checkOrder(from: Day | null, to: Day | null, place: Place, mistakes: Mistakes): void {
  if (from === null || to === null || from <= to) return
  mistakes.add(
    'dates.order',
    place,
    `${formatDay(from)} … ${formatDay(to)}`,
    { zh: '起始日晚于截止日', en: 'the first day lies after the last one' },
    { zh: '核对 from 和 to', en: 'check from and to' },
  )
}

/**
 * Among values known since the same day none may overlap; and between the first and the last day of the whole series
 * there may be no day without a value. A later document may go over an earlier one: it is known later.
 */
function checkDates(values: readonly Dated[], mistakes: Mistakes): void {
  const ordered = [...values].sort((left, right) => left.from - right.from || left.known - right.known)
  for (const value of ordered) checkOrder(value.from, value.to, value.place, mistakes)
  let reached: Day | null = null
  let open = false
  for (const [index, value] of ordered.entries()) {
    const clash = ordered
      .slice(0, index)
      .find((other) => other.known === value.known && (other.to === null || other.to >= value.from))
    if (clash) refuseOverlap(value, clash, mistakes)
    if (reached !== null && !open && value.from > reached + 1) refuseGap(value, reached + 1, mistakes)
    if (value.to === null) open = true
    else reached = Math.max(reached ?? value.to, value.to)
  }
}

function refuseOverlap(value: Dated, other: Dated, mistakes: Mistakes): void {
  mistakes.add(
    'dates.overlap',
    value.place,
    formatDay(value.from),
    {
      zh: `与第 ${other.place.line} 行的取值日期重叠，且都自 ${formatDay(value.known)} 起可知`,
      en: `its days overlap the value on line ${other.place.line}, and both are known since ${formatDay(value.known)}`,
    },
    {
      zh: `给前一个取值写 to: ${formatDay(value.from - 1)}；后来的文件改动以前的日子，则写 known:`,
      en: `end the other with to: ${formatDay(value.from - 1)}; if a later document changes earlier days, give it known:`,
    },
  )
}

function refuseGap(value: Dated, missing: Day, mistakes: Mistakes): void {
  mistakes.add(
    'dates.gap',
    value.place,
    formatDay(value.from),
    { zh: `${formatDay(missing)} 起有日子没有取值`, en: `the days from ${formatDay(missing)} have no value` },
    {
      zh: `补上这段日子；确实没有的，写 value: none`,
      en: 'fill these days, or write value: none where there is deliberately none',
    },
  )
}
