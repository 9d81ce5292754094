import { formatHundredths, formatMinutes } from '#engines/policy/format-amount.ts'
import type { Entitlement, Stack } from '#engines/policy/pack.ts'
import type { Explanation, ExplanationLine, ParameterCitation, State } from '#engines/policy/results.ts'
import { EMPLOYMENTS, type Employment } from '#engines/policy/vocabulary.ts'
import { formatYuan } from '#engines/values/money.ts'
import { formatDay } from '#engines/values/time.ts'
import type { SheetColumn, SheetLayout, SheetRow, SheetValue, WorkbookLayout } from '#platform/files/sheet-layout.ts'

/** A column group of the statement. */
export interface StatementHead {
  readonly entitlement: string
  readonly title: string
  readonly gives: Entitlement['gives']
}

export interface StatementResult {
  readonly entitlement: string
  readonly state: State
  readonly quantity: number | null
  readonly amount_fen: number | null
  readonly open_days: number
  /** What it waits for, in words. */
  readonly waits_for: string | null
  readonly explanation: Explanation
}

export interface StatementPerson {
  readonly name: string
  readonly employment: Employment | null
  readonly unit_name: string
  readonly results: readonly StatementResult[]
}

/** What is a unit's own and no person's. */
export interface StatementUnit {
  readonly name: string
  readonly county_name: string
  readonly results: readonly StatementResult[]
}

/** A line of the third sheet: what nobody has said or decided yet. */
export interface OpenPoint {
  readonly kind: string
  readonly about: string
  readonly text: string
}

/** Everything that a statement on paper holds, wherever it was worked out. */
export interface StatementDocument {
  readonly unit_name: string
  readonly operation_name: string
  readonly from_on: string
  readonly to_on: string
  readonly heads: readonly StatementHead[]
  /** The documents that promise what stands here. */
  readonly basis: readonly string[]
  /** What the figures are called that explanations cite by code. */
  readonly figures: ReadonlyMap<string, string>
  /** In the order in which they shall stand; people of one unit side by side. */
  readonly people: readonly StatementPerson[]
  readonly unit_heads: readonly StatementHead[]
  /** Units with an amount of their own, settled or open; those of one county side by side. */
  readonly units: readonly StatementUnit[]
  readonly open: readonly OpenPoint[]
  /** Who took it out, when and under which number: stands on the sheet and in the audit. */
  readonly issue: string
}

/** Documents and names of figures of the stacks that a statement rests on. */
export function namesOf(stacks: Iterable<Stack>): Pick<StatementDocument, 'basis' | 'figures'> {
  const basis = new Set<string>()
  const figures = new Map<string, string>()
  for (const stack of stacks) {
    const carriers = [...stack.clauses.values()].filter(({ carries }) => carries.length > 0)
    for (const { source: code } of [...carriers, ...stack.entitlements.values()]) {
      const source = stack.sources.get(code)
      if (source) basis.add(source.number === null ? `《${source.title}》` : `《${source.title}》(${source.number})`)
    }
    for (const { code, title } of stack.parameters.values()) figures.set(code, title.zh)
  }
  return { basis: [...basis], figures }
}

export const UNVERIFIED_MARK = '未核实'
export const EXAMPLE_MARK = '示例'

/**
 * Lays a statement out as an office files it: people with days, rates and amounts, subtotals by unit, a line for signatures, and below
 * it everything that is still open; the arithmetic of every figure on the second sheet; amounts of units on the third; then every open item. Figures that rest on unverified or example
 * parameters carry their mark. Nothing that is open appears as 0: its cell is empty and its days stand beside it.
 */
export function statementWorkbook(document: StatementDocument): WorkbookLayout {
  const sheets = [statementSheet(document), explanationSheet(document)]
  if (document.units.length > 0) sheets.push(unitSheet(document))
  if (document.open.length > 0) sheets.push(openSheet(document))
  return { sheets, footer: `${document.unit_name}  ${document.issue}` }
}

// First sheet ------------------------------------------------------------------------------------------------------------

function columnsOf(heads: readonly StatementHead[]): SheetColumn[] {
  const columns: SheetColumn[] = [
    { header: '序号', key: 'number', format: 'count', width: 6 },
    { header: '姓名', key: 'name' },
    { header: '人员身份', key: 'employment' },
  ]
  for (const { entitlement, title, gives } of heads) {
    const key = (part: string) => `${entitlement} ${part}`
    if (gives === 'money_per_day') {
      columns.push(
        { header: '天数', key: key('days'), format: 'number', group: title },
        { header: '标准与天数', key: key('rates'), group: title },
        { header: '金额（元）', key: key('amount'), format: 'yuan', group: title },
      )
    } else if (gives === 'minutes') columns.push({ header: `${title}（小时）`, key: key('minutes'), format: 'hours' })
    else if (gives === 'in_kind') columns.push({ header: `${title}（数量）`, key: key('items'), format: 'count' })
    else if (gives.startsWith('money')) columns.push({ header: `${title}（元）`, key: key('amount'), format: 'yuan' })
    else columns.push({ header: title, key: key('right'), align: 'center' })
  }
  columns.push(
    { header: '应发合计（元）', key: 'total', format: 'yuan' },
    { header: '待定天数', key: 'open', format: 'count' },
    { header: '签领', key: 'signed', width: 10 },
    { header: '备注', key: 'remark', width: 26 },
  )
  return columns
}

const RIGHT_WORDS: Readonly<Record<State, string>> = {
  settled: '是',
  needs_decision: '待决定',
  missing_fact: '待补事实',
  not_covered: '否',
}

function statementSheet(document: StatementDocument): SheetLayout {
  const { heads, people } = document
  const rows: SheetRow[] = []
  const units = new Set(people.map(({ unit_name }) => unit_name))
  let unitRows: SheetRow[] = []
  for (const [index, person] of people.entries()) {
    const row = personRow(person, index + 1, heads)
    rows.push(row)
    unitRows.push(row)
    const isLast = people[index + 1]?.unit_name !== person.unit_name
    if (isLast && units.size > 1) {
      rows.push({ ...sumRows(unitRows, heads), name: `${person.unit_name} 小计`, subtotal: 1 })
      unitRows = []
    }
  }
  const counted = rows.filter(({ subtotal }) => subtotal === undefined)
  return {
    name: '待遇明细',
    title: `${document.unit_name}一线人员待遇明细表`,
    subtitle: [
      `依据：${document.basis.join('、')}`,
      `事由：${document.operation_name}  期间：${document.from_on} 至 ${document.to_on}  金额单位：元`,
    ],
    columns: columnsOf(heads),
    rows,
    isSubtotal: ({ subtotal }) => subtotal === 1,
    totals: { ...sumRows(counted, heads), name: `合计 ${people.length} 人` },
    notes: [
      ...marksOf(document),
      ...openNotes(document.open),
      '',
      '制表：             审核：             单位负责人：             日期：    年   月   日',
    ],
    frozenColumns: 2,
  }
}

function personRow(person: StatementPerson, number: number, heads: readonly StatementHead[]): SheetRow {
  const row: Record<string, SheetValue> = {
    number,
    name: person.name,
    employment: person.employment === null ? '未填' : EMPLOYMENTS[person.employment].zh,
  }
  let total: number | null = null
  let open = 0
  const remarks: string[] = []
  for (const { entitlement, gives, title } of heads) {
    const result = person.results.find((one) => one.entitlement === entitlement)
    if (!result) continue
    const key = (part: string) => `${entitlement} ${part}`
    const marks = [...marksIn(result.explanation)]
    if (gives === 'money_per_day') {
      row[key('days')] = result.quantity === null ? null : result.quantity / 100
      row[key('rates')] = ratesText(result.explanation)
    }
    if (gives === 'minutes') row[key('minutes')] = result.quantity
    else if (gives === 'in_kind') row[key('items')] = result.quantity
    else if (gives === 'right') row[key('right')] = RIGHT_WORDS[result.state]
    else row[key('amount')] = result.amount_fen
    if (result.amount_fen !== null) total = (total ?? 0) + result.amount_fen
    open += result.open_days
    if (result.waits_for !== null) remarks.push(`${title}待定：${result.waits_for}`)
    if (marks.length > 0 && (result.amount_fen ?? 0) !== 0) remarks.push(`${title}用到${marks.join('、')}数字`)
  }
  return { ...row, total, open: open === 0 ? null : open, signed: '', remark: remarks.join('；') }
}

/** `300元×12天、200元×3.5天`: how many days at which rate, as they stand in the explanation. */
function ratesText({ lines }: Explanation): string {
  const days = new Map<number, number>()
  for (const { kind, rate_hundredth_fen, day_hundredths } of lines) {
    if (kind !== 'day' || rate_hundredth_fen === undefined || !day_hundredths) continue
    days.set(rate_hundredth_fen, (days.get(rate_hundredth_fen) ?? 0) + day_hundredths)
  }
  return [...days]
    .sort(([left], [right]) => right - left)
    .map(([rate, hundredths]) => `${yuanText(rate)}元×${formatHundredths(hundredths)}天`)
    .join('、')
}

function yuanText(rate_hundredth_fen: number): string {
  const yuan = formatYuan(Math.round(rate_hundredth_fen / 100))
  return yuan.replace(/\.00$/, '')
}

function sumRows(rows: readonly SheetRow[], heads: readonly StatementHead[]): SheetRow {
  const sum: Record<string, SheetValue> = {}
  const keys = [
    'total',
    'open',
    ...heads.flatMap(({ entitlement }) => [`${entitlement} amount`, `${entitlement} minutes`]),
  ]
  for (const key of keys) {
    const numbers = rows.map((row) => row[key]).filter((value) => typeof value === 'number')
    if (numbers.length > 0) sum[key] = numbers.reduce((total, value) => total + value, 0)
  }
  for (const { entitlement } of heads) {
    const key = `${entitlement} days`
    const days = rows.map((row) => row[key]).filter((value) => typeof value === 'number')
    // In hundredths, so that halves add up without a fraction of a fraction.
    if (days.length > 0) sum[key] = days.reduce((total, value) => total + Math.round(value * 100), 0) / 100
  }
  return sum
}

function* citationsIn(lines: readonly ExplanationLine[]): Generator<ParameterCitation> {
  for (const line of lines) {
    yield* line.parameters ?? []
    yield* citationsIn(line.lines ?? [])
  }
}

/** The figures that make up an amount, apart from how days are counted. */
function marksIn(explanation: Explanation): ReadonlySet<string> {
  const marks = new Set<string>()
  for (const { unverified, example } of citationsIn(explanation.lines)) {
    if (example) marks.add(EXAMPLE_MARK)
    else if (unverified) marks.add(UNVERIFIED_MARK)
  }
  return marks
}

function marksOf({ people, units, heads, figures }: StatementDocument): readonly string[] {
  const marked = new Map<string, { title: string; figures: Set<string> }>()
  for (const { results } of [...people, ...units]) {
    for (const { explanation } of results) {
      for (const { unverified, example, parameter, source_title } of citationsIn(explanation.lines)) {
        if (!unverified && !example) continue
        const mark = example ? EXAMPLE_MARK : UNVERIFIED_MARK
        const entry = marked.get(mark) ?? { title: mark, figures: new Set<string>() }
        entry.figures.add(`${figures.get(parameter) ?? parameter}（${source_title}）`)
        marked.set(mark, entry)
      }
    }
  }
  const words: Readonly<Record<string, string>> = {
    [EXAMPLE_MARK]: '【示例】以下数字只作演示，不是文件规定，不能据以发放',
    [UNVERIFIED_MARK]: '【未核实】以下数字尚未核对原文，发放前请核对',
  }
  const notes = [...marked].map(([mark, { figures }]) => `${words[mark] ?? mark}：${[...figures].join('、')}`)
  if (heads.length > 0)
    notes.push('空白的金额表示尚未确定，不是 0；待定的天数没有计入金额。每个数字的推算见“推算说明”。')
  return notes
}

const NAMES_MAX = 8

/** Whoever reads the first sheet only sees everything that is open, of every kind; alike items are one line with those concerned. */
export function openNotes(open: readonly OpenPoint[]): readonly string[] {
  if (open.length === 0) return []
  const lines = new Map<string, { readonly kind: string; readonly text: string; readonly about: string[] }>()
  for (const { kind, text, about } of open) {
    const key = `${kind}\n${text}`
    const line = lines.get(key) ?? { kind, text, about: [] }
    if (about !== '') line.about.push(about)
    lines.set(key, line)
  }
  return [
    '',
    `待确认 ${open.length} 项（逐项见“待确认”表）：`,
    ...[...lines.values()].map(({ kind, text, about }) => {
      const more = about.length > NAMES_MAX ? `等 ${about.length} 处` : ''
      const whom = about.length === 0 ? '' : `${about.slice(0, NAMES_MAX).join('、')}${more}：`
      return `【${kind}】${whom}${text}`
    }),
  ]
}

// Units ------------------------------------------------------------------------------------------------------------------

/** Amounts of units, with a sum per county. */
function unitSheet({ unit_name, units, unit_heads, from_on, to_on, issue }: StatementDocument): SheetLayout {
  const columns: SheetColumn[] = [
    { header: '区、县（市）', key: 'county' },
    { header: '单位', key: 'name', width: 30 },
    ...unit_heads.map(
      ({ entitlement, title, gives }): SheetColumn =>
        gives.startsWith('money')
          ? { header: `${title}（元）`, key: `${entitlement} amount`, format: 'yuan' }
          : { header: title, key: `${entitlement} right`, align: 'center' },
    ),
    { header: '合计（元）', key: 'total', format: 'yuan' },
    { header: '备注', key: 'remark', width: 40 },
  ]
  const rows: SheetRow[] = []
  let countyRows: SheetRow[] = []
  for (const [index, unit] of units.entries()) {
    const row = unitRow(unit, unit_heads)
    rows.push(row)
    countyRows.push(row)
    if (units[index + 1]?.county_name === unit.county_name) continue
    rows.push({ ...sumRows(countyRows, unit_heads), name: `${unit.county_name || unit_name} 小计`, subtotal: 1 })
    countyRows = []
  }
  return {
    name: '给单位的',
    title: `${unit_name}给单位的待遇`,
    subtitle: [`期间：${from_on} 至 ${to_on}  金额单位：元  ${issue}`],
    columns,
    rows,
    isSubtotal: ({ subtotal }) => subtotal === 1,
    totals: {
      ...sumRows(
        rows.filter(({ subtotal }) => subtotal === undefined),
        unit_heads,
      ),
      name: `合计 ${units.length} 个单位`,
    },
    notes: ['这些金额的受益对象是单位，不是个人。空白的金额表示尚未确定，不是 0。'],
    frozenColumns: 2,
  }
}

function unitRow({ name, county_name, results }: StatementUnit, heads: readonly StatementHead[]): SheetRow {
  const row: Record<string, SheetValue> = { county: county_name, name }
  let total: number | null = null
  const remarks: string[] = []
  for (const { entitlement, title, gives } of heads) {
    const result = results.find((one) => one.entitlement === entitlement)
    if (!result) continue
    if (gives.startsWith('money')) row[`${entitlement} amount`] = result.amount_fen
    else row[`${entitlement} right`] = RIGHT_WORDS[result.state]
    if (result.amount_fen !== null) total = (total ?? 0) + result.amount_fen
    if (result.waits_for !== null) remarks.push(`${title}待定：${result.waits_for}`)
  }
  return { ...row, total, remark: remarks.join('；') }
}

/** For large units: of each explanation the lines of days and sums, with the figures that the left-out lines cited. */
export function briefDocument(document: StatementDocument): StatementDocument {
  const brief = (line: ExplanationLine): ExplanationLine => {
    const { lines, ...rest } = line
    const parameters = [...new Set(citationsIn([line]))]
    return parameters.length > 0 ? { ...rest, parameters } : rest
  }
  return {
    ...document,
    people: document.people.map((person) => ({
      ...person,
      results: person.results.map((result) => ({
        ...result,
        explanation: { ...result.explanation, lines: result.explanation.lines.map(brief) },
      })),
    })),
  }
}

// Second sheet -----------------------------------------------------------------------------------------------------------

function explanationSheet(document: StatementDocument): SheetLayout {
  return {
    name: '推算说明',
    title: '推算说明',
    subtitle: [`${document.unit_name}  ${document.from_on} 至 ${document.to_on}  ${document.issue}`],
    columns: [
      { header: '姓名、单位', key: 'name' },
      { header: '待遇', key: 'title' },
      { header: '日期', key: 'day', format: 'date' },
      { header: '说明', key: 'text', width: 90 },
      { header: '时长', key: 'minutes' },
      { header: '天', key: 'days', format: 'number' },
      { header: '金额（元）', key: 'amount', format: 'yuan' },
    ],
    rows: explanationRows(document),
    isSubtotal: ({ kind }) => kind === 'sum',
    frozenColumns: 2,
  }
}

function* explanationRows({ people, units }: StatementDocument): Generator<SheetRow> {
  for (const { name, results } of [...people, ...units]) {
    for (const { explanation } of results) yield* lineRows(explanation.lines, name, explanation.title, 0)
  }
}

/** Amounts stand on the lines of days and sums only, so that a column can be added up by filtering. */
function* lineRows(lines: readonly ExplanationLine[], name: string, title: string, depth: number): Generator<SheetRow> {
  for (const line of lines) {
    yield {
      name,
      title,
      day: line.day === undefined ? null : formatDay(line.day),
      text: `${'    '.repeat(depth)}${line.text}`,
      minutes: line.minutes === undefined ? '' : formatMinutes(line.minutes).zh,
      days: depth === 0 && line.day_hundredths !== undefined ? line.day_hundredths / 100 : null,
      amount: depth === 0 ? (line.amount_fen ?? null) : null,
      kind: line.kind,
    }
    yield* lineRows(line.lines ?? [], name, title, depth + 1)
  }
}

// Third sheet ------------------------------------------------------------------------------------------------------------

function openSheet(document: StatementDocument): SheetLayout {
  return {
    name: '待确认',
    title: '待确认事项',
    subtitle: ['下列内容没有人说明或决定过，系统不作推测；确认后重新生成即可。'],
    columns: [
      { header: '类别', key: 'kind' },
      { header: '涉及', key: 'about', width: 30 },
      { header: '需要确认的内容', key: 'text', width: 90 },
    ],
    rows: document.open.map(({ kind, about, text }) => ({ kind, about, text })),
  }
}
