import type { Day } from '#engines/values/time.ts'
import { formatDay } from '#engines/values/time.ts'
import { formatAmount } from './format-amount.ts'
import type { Mistakes } from './mistakes.ts'
import type { Pack, Place, Quantity, Stack } from './pack.ts'
import type { Recommendation, TableAnswer, TableInput } from './pack-provisions.ts'
import { valueOn } from './parameters.ts'
import type { Label } from './vocabulary.ts'

/** Combinations times rows that are looked at; a table beyond it is refused rather than left unchecked. */
export const TABLE_WORK_MAX = 2_000_000
/** Days on which a figure of the table changes. */
const MOMENTS_MAX = 64

interface Moment {
  readonly day: Day
  readonly known: Day
}

/**
 * Every combination of answers must stand in exactly one row: numbers are cut into bands by the bounds of all rows. Bounds that are
 * dated figures are checked on every day on which one of them changes. Tables of higher layers are checked again where this layer
 * sets one of their figures.
 */
export function checkRecommendations(stack: Stack, pack: Pack, mistakes: Mistakes): void {
  for (const table of stack.recommendations.values()) {
    const touched = parametersIn(table).some((code) => pack.settings.has(code))
    if (table.pack === pack.id) checkTable(stack, table, table.place, mistakes)
    else if (touched)
      checkTable(stack, table, pack.settings.get(parametersIn(table)[0] ?? '')?.place ?? pack.place, mistakes)
  }
}

function boundsOf(answer: TableAnswer): readonly Quantity[] {
  return answer.kind === 'band' ? [answer.at_least, answer.under].filter((bound) => bound !== null) : []
}

function parametersIn(table: Recommendation): readonly string[] {
  const bounds = table.rows.flatMap(({ answers }) => [...answers.values()].flatMap(boundsOf))
  return [...new Set(bounds.flatMap((bound) => ('parameter' in bound ? [bound.parameter] : [])))]
}

function momentsOf(stack: Stack, table: Recommendation): readonly Moment[] {
  const values = parametersIn(table).flatMap((code) => stack.parameters.get(code)?.values ?? [])
  const days = new Set([table.from, ...values.flatMap(({ from, to }) => [from, ...(to === null ? [] : [to + 1])])])
  const knowns = new Set([table.known, ...values.map(({ known }) => known)])
  return [...days].flatMap((day) =>
    day < table.from || (table.to !== null && day > table.to)
      ? []
      : [...knowns].filter((known) => known >= table.known).map((known) => ({ day, known })),
  )
}

interface Column {
  readonly input: TableInput
  /** Words, or the least number of each band. */
  readonly points: readonly (string | number)[]
}

function checkTable(stack: Stack, table: Recommendation, place: Place, mistakes: Mistakes): void {
  const moments = momentsOf(stack, table)
  if (moments.length > MOMENTS_MAX) {
    refuseSize(table, place, moments.length, MOMENTS_MAX, mistakes)
    return
  }
  for (const moment of moments) {
    const numberOf = (quantity: Quantity): number | undefined => {
      if ('literal' in quantity) return quantity.literal
      const parameter = stack.parameters.get(quantity.parameter)
      return (parameter && valueOn(parameter, moment.day, moment.known)?.value) ?? undefined
    }
    const columns = [...table.inputs.values()].map((input) => columnOf(table, input, numberOf))
    // A figure that is left open here is checked where it is set.
    if (columns.some((column) => column === undefined)) continue
    const whole = columns.filter((column) => column !== undefined)
    const combinations = whole.reduce((product, { points }) => product * points.length, 1)
    const work = combinations * Math.max(1, table.rows.length)
    if (work > TABLE_WORK_MAX) {
      refuseSize(table, place, work, TABLE_WORK_MAX, mistakes)
      return
    }
    if (findMistake(table, whole, combinations, numberOf, moment, place, mistakes)) return
  }
}

type NumberOf = (quantity: Quantity) => number | undefined

function columnOf(table: Recommendation, input: TableInput, numberOf: NumberOf): Column | undefined {
  if (input.kind === 'choice') return { input, points: [...input.words.keys()] }
  const cuts = new Set([0])
  for (const { answers } of table.rows) {
    const answer = answers.get(input.code)
    for (const bound of answer ? boundsOf(answer) : []) {
      const number = numberOf(bound)
      if (number === undefined) return undefined
      cuts.add(number)
    }
  }
  return { input, points: [...cuts].sort((left, right) => left - right) }
}

function matches(answer: TableAnswer | undefined, point: string | number, numberOf: NumberOf): boolean {
  if (!answer) return true
  if (answer.kind === 'words') return answer.words.includes(String(point))
  const least = answer.at_least === null ? 0 : (numberOf(answer.at_least) ?? 0)
  const under = answer.under === null ? Number.POSITIVE_INFINITY : (numberOf(answer.under) ?? 0)
  return Number(point) >= least && Number(point) < under
}

function findMistake(
  table: Recommendation,
  columns: readonly Column[],
  combinations: number,
  numberOf: NumberOf,
  moment: Moment,
  place: Place,
  mistakes: Mistakes,
): boolean {
  for (let number = 0; number < combinations; number++) {
    const points = combinationAt(columns, number)
    const rows = table.rows.filter(({ answers }) =>
      columns.every(({ input }, index) => matches(answers.get(input.code), points[index] ?? '', numberOf)),
    )
    if (rows.length === 1) continue
    const value = columns.map((column, index) => pointText(column, points[index] ?? '').en).join(', ')
    const zh = columns.map((column, index) => pointText(column, points[index] ?? '').zh).join('，')
    refuseCombination(
      rows.map((row) => row.place),
      { zh, en: value },
      moment,
      place,
      mistakes,
    )
    return true
  }
  return false
}

function combinationAt(columns: readonly Column[], number: number): readonly (string | number)[] {
  let rest = number
  return columns.map(({ points }) => {
    const point = points[rest % points.length] ?? ''
    rest = Math.floor(rest / points.length)
    return point
  })
}

function pointText({ input, points }: Column, point: string | number): Label {
  if (input.kind === 'choice') {
    return { zh: `${input.title.zh}：${input.words.get(String(point))?.zh ?? point}`, en: `${input.code}: ${point}` }
  }
  const next = points[points.indexOf(point) + 1]
  const least = formatAmount(input.unit, Number(point))
  const under = next === undefined ? undefined : formatAmount(input.unit, Number(next))
  return {
    zh: `${input.title.zh}：${least.zh}起${under ? `、不到 ${under.zh}` : ''}`,
    en: `${input.code}: ${least.en} or more${under ? `, under ${under.en}` : ''}`,
  }
}

function refuseCombination(
  rows: readonly Place[],
  combination: Label,
  { day }: Moment,
  place: Place,
  mistakes: Mistakes,
): void {
  const [, second] = rows
  const when = { zh: `${formatDay(day)} 的数`, en: `with the figures of ${formatDay(day)}` }
  if (second) {
    const lines = rows.map(({ line }) => line).join(', ')
    mistakes.add(
      'table.twice',
      second,
      combination.en,
      {
        zh: `这种组合在几行里（第 ${lines} 行；按 ${when.zh}）：${combination.zh}`,
        en: `this combination stands in several rows (lines ${lines}; ${when.en})`,
      },
      { zh: '改窄其中一行', en: 'narrow one of them' },
    )
    return
  }
  mistakes.add(
    'table.uncovered',
    place,
    combination.en,
    {
      zh: `没有一行管到这种组合（按 ${when.zh}）：${combination.zh}`,
      en: `no row covers this combination (${when.en})`,
    },
    { zh: '加一行，或放宽一行', en: 'add a row or widen one' },
  )
}

function refuseSize(table: Recommendation, place: Place, found: number, most: number, mistakes: Mistakes): void {
  mistakes.add(
    'table.size',
    place,
    `${found}`,
    { zh: `“${table.title.zh}”的组合太多，查不完`, en: `${table.code} has too many combinations to check` },
    { zh: `组合数乘行数不超过 ${most}；少用几列`, en: `combinations times rows at most ${most}: use fewer columns` },
  )
}
