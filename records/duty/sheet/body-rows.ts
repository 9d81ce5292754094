import { type Cell, cellAt, type Row } from '#platform/files/grid.ts'
import { matchHeader } from './columns.ts'
import { isShiftWord, readLegend } from './marks.ts'
import type { FoundTable } from './tables.ts'
import type { SkipCode } from './texts.ts'
import { unitInHeading } from './units.ts'
import { tight } from './written-text.ts'

const TOTAL = /^(本页|本月|全月|本周)?(小计|合计|总计|共计|累计|总数|平均|人数|总人数)/
const SIGNATURE =
  /(制表|填表|填报|审核|复核|负责人|分管领导|领导签字|签字|签名|盖章|经办|报送|联系人|打印|日期[:：]|审批)/
const NOTE = /^(注|备注|说明|备考|附)[:：\d.、]?/

export type BodyRow =
  | { readonly kind: 'data'; readonly row: Row; readonly section: string | null }
  | { readonly kind: 'skip'; readonly row: Row; readonly code: SkipCode; readonly value: string }

/** Sorts the rows below a header into duties and everything that offices put between and below them. */
export function bodyRows(table: FoundTable): BodyRow[] {
  let section: string | null = null
  const sorted: BodyRow[] = []
  for (const row of table.body) {
    const own = ownCells(table, row)
    if (own.length === 0 || isOnlyNumbered(table, own)) continue
    const value = own
      .map(({ cell }) => tight(cell.text))
      .join(' ')
      .slice(0, 60)
    const code = codeOf(table, row, own)
    if (code === 'section') section = unitInHeading(own[0]?.cell.text ?? '') ?? section
    if (code) sorted.push({ kind: 'skip', row, code, value })
    else sorted.push({ kind: 'data', row, section })
  }
  return sorted
}

/** Cells of the table's own columns, merged ones once. */
function ownCells(table: FoundTable, row: Row): Array<{ column: number; cell: Cell }> {
  const own: Array<{ column: number; cell: Cell }> = []
  for (const { index } of table.columns) {
    const cell = cellAt(row, index)
    if (cell.kind === 'empty') continue
    const anchor = cell.mergedFrom?.row === row.number ? cell.mergedFrom.column : undefined
    if (anchor !== undefined && own.some(({ column }) => column === anchor)) continue
    own.push({ column: index, cell })
  }
  return own
}

/** Rows that were numbered in advance and never filled in. */
function isOnlyNumbered(table: FoundTable, own: ReadonlyArray<{ column: number; cell: Cell }>): boolean {
  const [only, another] = own
  if (!only || another || !/^\d+$/.test(tight(only.cell.text))) return false
  return table.columns.find(({ index }) => index === only.column)?.match?.field === 'sequence'
}

function codeOf(table: FoundTable, row: Row, own: ReadonlyArray<{ column: number; cell: Cell }>): SkipCode | undefined {
  const first = tight(own[0]?.cell.text ?? '')
  const name = table.columns.find(({ match }) => match?.field === 'name')
  const nameText = name ? tight(cellAt(row, name.index).text) : ''
  if (own.length === 1 && /^-?第?\d+页|^第\d+页共\d+页/.test(first)) return 'title'
  if (TOTAL.test(first) || TOTAL.test(nameText)) return 'total'
  if (own.length <= 3 && own.length > 1 && own.every(({ cell }) => isLegendHeader(cell.text))) return 'legend'
  if (own.length <= 3 && isShiftWord(first) && readLegend([own.map(({ cell }) => cell.text).join(' ')]).size > 0)
    return 'legend'
  if (own.length > 1 && own.every(({ cell }) => /^(星期|周)?[一二三四五六日天]$/.test(tight(cell.text))))
    return 'weekday'
  if (own.length <= 2 && own.some(({ cell }) => readLegend([cell.text]).size > 0) && NOTE.test(first)) return 'legend'
  if (NOTE.test(first) && own.length <= 2)
    return readLegend([own.map(({ cell }) => cell.text).join(' ')]).size > 0 ? 'legend' : 'title'
  if (
    own.length <= 4 &&
    own.some(({ cell }) => SIGNATURE.test(tight(cell.text)) && cell.kind === 'text') &&
    !looksLikeData(table, row)
  )
    return 'signature'
  const only = own[0]
  if (own.length > 1 || !only) return undefined
  if (unitInHeading(only.cell.text) !== undefined && only.column !== name?.index) return 'section'
  const wide = cellAt(row, table.columns.at(-1)?.index ?? 0).mergedFrom?.row === row.number
  if (unitInHeading(only.cell.text) !== undefined && wide) return 'section'
  return wide || only.column !== name?.index || first.length > 8 ? 'title' : undefined
}

/** `班次 | 时间` above a small table that explains the marks. */
function isLegendHeader(text: string): boolean {
  const field = matchHeader(text)?.field
  return field === 'shift' || field === 'time' || field === 'remark' || /^(含义|标记|符号|代号)$/.test(tight(text))
}

/** A row with a name and a date or time is a duty, even when a remark mentions a signature. */
function looksLikeData(table: FoundTable, row: Row): boolean {
  const filled = table.columns.filter(
    ({ index, match }) => match && match.field !== 'sequence' && cellAt(row, index).kind !== 'empty',
  )
  const name = filled.find(({ match }) => match?.field === 'name')
  if (!name) return false
  const text = tight(cellAt(row, name.index).text)
  return filled.length >= 2 && !SIGNATURE.test(text) && !/[:：]/.test(text) && matchHeader(text) === undefined
}
