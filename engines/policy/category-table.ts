import type { Mistakes } from './mistakes.ts'
import type { CategoryCase, Condition, Place } from './pack.ts'
import {
  DAY_KINDS,
  EMPLOYMENTS,
  ESTABLISHMENTS,
  EXPOSURES,
  PARTY_STATUSES,
  POST_KINDS,
  UNIT_KINDS,
  wordsOf,
} from './vocabulary.ts'

const COLUMNS = {
  post_kind: wordsOf(POST_KINDS),
  exposure: wordsOf(EXPOSURES),
  unit_kind: wordsOf(UNIT_KINDS),
  employment: wordsOf(EMPLOYMENTS),
  established: wordsOf(ESTABLISHMENTS),
  party: wordsOf(PARTY_STATUSES),
  day_kind: wordsOf(DAY_KINDS),
} as const satisfies Record<string, readonly string[]>

type Column = keyof typeof COLUMNS
type Row = ReadonlyMap<Column, ReadonlySet<string>>

/** Combinations times rows that are looked at. */
const TABLE_WORK_MAX = 2_000_000

function isColumn(kind: string): kind is Column {
  return Object.hasOwn(COLUMNS, kind)
}

function rowOf(when: Condition | null): Row | undefined {
  const parts = when === null ? [] : when.kind === 'all' ? when.of : [when]
  const row = new Map<Column, ReadonlySet<string>>()
  for (const part of parts) {
    if (!('words' in part) || !isColumn(part.kind) || row.has(part.kind)) return undefined
    row.set(part.kind, new Set<string>(part.words))
  }
  return row
}

/** Refuses a table with a combination that stands in no row, or in two. The first such combination is named. */
export function checkTable(cases: readonly CategoryCase[], place: Place, mistakes: Mistakes): void {
  const rows: Row[] = []
  for (const one of cases) {
    const row = rowOf(one.when)
    if (!row) {
      refuseRow(one.place, mistakes)
      return
    }
    rows.push(row)
  }
  const columns = columnsOf(rows)
  const combinations = columns.reduce((product, { words }) => product * words.length, 1)
  if (combinations * Math.max(1, rows.length) > TABLE_WORK_MAX) {
    mistakes.add(
      'table.size',
      place,
      `${combinations}`,
      { zh: '表格的组合太多', en: 'the table has too many combinations' },
      { zh: '少用几列，或改用 cases', en: 'use fewer columns, or cases' },
    )
    return
  }
  for (let number = 0; number < combinations; number++) {
    const combination = combinationAt(columns, number)
    const matching = rows.flatMap((row, index) => (matches(row, combination) ? [index] : []))
    if (matching.length === 1) continue
    refuseCombination(combination, matching, cases, place, mistakes)
    return
  }
}

interface TableColumn {
  readonly column: Column
  readonly words: readonly string[]
}

/** `unknown` needs a row only where the table speaks of it; elsewhere an unknown fact stays a missing fact. */
function columnsOf(rows: readonly Row[]): readonly TableColumn[] {
  const columns = [...new Set(rows.flatMap((row) => [...row.keys()]))]
  return columns.map((column) => {
    const spoken = rows.some((row) => row.get(column)?.has('unknown'))
    const words: readonly string[] = COLUMNS[column]
    return { column, words: spoken ? words : words.filter((word) => word !== 'unknown') }
  })
}

function combinationAt(columns: readonly TableColumn[], number: number): ReadonlyMap<Column, string> {
  let rest = number
  const combination = new Map<Column, string>()
  for (const { column, words } of columns) {
    combination.set(column, words[rest % words.length] ?? '')
    rest = Math.floor(rest / words.length)
  }
  return combination
}

function matches(row: Row, combination: ReadonlyMap<Column, string>): boolean {
  for (const [column, words] of row) if (!words.has(combination.get(column) ?? '')) return false
  return true
}

function refuseRow(place: Place, mistakes: Mistakes): void {
  mistakes.add(
    'table.row',
    place,
    'when',
    { zh: '表格的行只能直接写词', en: 'a table row holds plain words only' },
    {
      zh: `每列一个词或几个词，列可为：${Object.keys(COLUMNS).join(', ')}；更复杂的用 cases`,
      en: `one or more words per column, columns: ${Object.keys(COLUMNS).join(', ')}; use cases for anything else`,
    },
  )
}

function refuseCombination(
  combination: ReadonlyMap<Column, string>,
  matching: readonly number[],
  cases: readonly CategoryCase[],
  place: Place,
  mistakes: Mistakes,
): void {
  const named = [...combination].map(([column, word]) => `${column}: ${word}`).join(', ')
  const lines = matching.map((index) => cases[index]?.place.line).join(', ')
  const twice = matching.length > 1
  mistakes.add(
    twice ? 'table.twice' : 'table.uncovered',
    cases[matching[1] ?? -1]?.place ?? place,
    named,
    twice
      ? { zh: `这种组合写了不止一行（第 ${lines} 行）`, en: `this combination stands in several rows (lines ${lines})` }
      : { zh: '没有哪一行写到这种组合', en: 'no row covers this combination' },
    twice
      ? { zh: '从其中一行去掉它', en: 'take it out of one of them' }
      : { zh: '加一行，或把它并入已有的一行', en: 'add a row, or put it into one that is there' },
  )
}
