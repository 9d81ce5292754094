import { type CompiledProgram, compileStack } from '#engines/policy/compile.ts'
import { explain } from '#engines/policy/explain.ts'
import { missingText } from '#engines/policy/explain-rules.ts'
import type { PersonFacts, SpanFacts } from '#engines/policy/facts.ts'
import { missingFacts } from '#engines/policy/missing-facts.ts'
import type { Stack } from '#engines/policy/pack.ts'
import { explainUnit, missingFactsOfUnit, type UnitFacts } from '#engines/policy/units.ts'
import {
  EMPLOYMENTS,
  ESTABLISHMENTS,
  EXPOSURES,
  type Label,
  PARTY_STATUSES,
  UNIT_KINDS,
} from '#engines/policy/vocabulary.ts'
import { type CivilDate, dayOf, formatDay, MINUTES_PER_DAY } from '#engines/values/time.ts'
import type { DutySheetReading, UnderstoodRow } from '#records/duty/sheet/shapes.ts'
import type { EventSheetReading } from '#records/facts/sheet/shapes.ts'
import { type LeftOver, leftOverPoints, SheetAnswers } from './sheet-answers.ts'
import { SheetEvents } from './sheet-events.ts'
import {
  namesOf,
  type OpenPoint,
  type StatementDocument,
  type StatementPerson,
  type StatementResult,
  type StatementUnit,
} from './workbook.ts'

/**
 * A statement from nothing but an office's own duty sheet and a policy pack. What the sheet does not say stays unknown and is
 * listed with the key under which it can be answered; nothing is guessed.
 */
export interface SheetStatementOrder {
  readonly reading: DutySheetReading
  /** What further sheets of the file say of events. */
  readonly events: EventSheetReading
  readonly stack: Stack
  /** Facts that the office adds, by the keys given with what is open: `employment:张三`, `employment:*`, `exposure:发热门诊`. */
  readonly answers: Readonly<Record<string, string>>
  /** The division where the people belong and do their duty; the pack's own when nothing else is said. */
  readonly area: string
  readonly on?: CivilDate
  readonly known: CivilDate
  readonly issue: string
  readonly file_name: string
}

export type SheetStatement =
  | { readonly ok: true; readonly document: StatementDocument; readonly left_over_answers: readonly LeftOver[] }
  | { readonly ok: false; readonly problem: Label }

const NOTHING_TO_COUNT: Label = {
  zh: '文件里没有可以推算的值守记录，没有生成明细表。请先处理以下各项：',
  en: 'The file has no duty that could be counted, and no statement was made. First settle this:',
}

/** The day on which the last duty ends: a night belongs to the morning too. An end at midnight belongs to the day before. */
function lastDayOf(rows: SheetStatementOrder['reading']['rows']): string {
  const last =
    rows
      .map(({ ends_at }) => ends_at)
      .sort()
      .at(-1) ?? ''
  return last.endsWith('T00:00') ? formatDay(dayOf(last.slice(0, 10)) - 1) : last.slice(0, 10)
}

export function sheetStatement(order: SheetStatementOrder): SheetStatement {
  const { reading, stack } = order
  const period = reading.understood.period
  if (period === null || reading.rows.length === 0) return { ok: false, problem: withQuestions(reading) }
  const to_on = order.on ?? lastDayOf(reading.rows)
  const compiled = compileStack(stack, {
    from: dayOf(period.first),
    on: dayOf(to_on),
    known: dayOf(order.known),
  })
  if (!compiled.ok) return { ok: false, problem: compiled.problems[0]?.message ?? NOTHING_TO_COUNT }
  const { program } = compiled
  const answers = new SheetAnswers(order.answers)
  const people: StatementPerson[] = []
  const open: OpenPoint[] = []
  const rowsByPerson = byPerson(reading.rows)
  const events = new SheetEvents(order.events, rowsByPerson, stack, answers)
  for (const [key, rows] of rowsByPerson) {
    const facts = { ...personFacts(rows, people.length + 1, order, answers), ...events.of(key) }
    const first = rows[0]
    if (!first) continue
    const results = program.entitlements.map(({ code }) =>
      resultOf(program, explain(program, facts, code, 'zh'), () => missingFacts(program, facts, code)),
    )
    people.push({ name: first.person.name, employment: facts.employment, unit_name: first.unit_text, results })
    open.push(...openOf(first.person.name, results))
    for (const { entitlement, explanation } of results) {
      if (explanation.result.missing === null) continue
      for (const fact of missingFacts(program, facts, entitlement)) askWhatIsMissing(fact, first, answers)
    }
  }
  const units = program.unit_entitlements.length === 0 ? [] : sheetUnits(order, program, to_on, answers)
  for (const { name, results } of units) open.push(...openOf(name, results))
  const left_over_answers = answers.leftOver(reading.left_over_answers)
  const headOf = ({ code, title, gives }: CompiledProgram['entitlements'][number]) => ({
    entitlement: code,
    title: title.zh,
    gives,
  })
  return {
    ok: true,
    left_over_answers,
    document: {
      unit_name: reading.understood.units.length === 1 ? (reading.understood.units[0] ?? '') : order.file_name,
      operation_name: `按“${order.file_name}”推算`,
      from_on: period.first,
      to_on,
      ...namesOf([stack]),
      heads: program.entitlements.map(headOf),
      people: people.toSorted((left, right) =>
        left.unit_name < right.unit_name ? -1 : left.unit_name > right.unit_name ? 1 : 0,
      ),
      unit_heads: program.unit_entitlements.map(headOf),
      units,
      open: [
        ...leftOverPoints(left_over_answers),
        ...premises(order),
        ...answers.open(),
        ...sheetPoints(reading),
        ...events.open(),
        ...open,
      ],
      issue: order.issue,
    },
  }
}

/** A result with what keeps it open, whether days wait or a right as a whole. */
function resultOf(
  program: CompiledProgram,
  explanation: StatementResult['explanation'],
  allMissing: () => readonly string[],
): StatementResult {
  const { entitlement, state, quantity, amount_fen, open_days, decision_point, missing } = explanation.result
  const question = program.decision_points.find((point) => point.code === decision_point)?.question.zh
  const waits = open_days > 0 || state === 'needs_decision' || state === 'missing_fact'
  const facts = missing === null ? [] : allMissing().map((fact) => missingText(program, fact, 'zh'))
  const waits_for = missing === null ? (question ?? '待决定') : `缺少${facts.join('、')}`
  return { entitlement, state, quantity, amount_fen, open_days, explanation, waits_for: waits ? waits_for : null }
}

function openOf(about: string, results: readonly StatementResult[]): readonly OpenPoint[] {
  return results.flatMap(({ waits_for, open_days, explanation }) => {
    if (waits_for === null) return []
    const days = open_days > 0 ? `（${open_days} 天未计入）` : ''
    return [{ kind: `待定：${explanation.title}`, about, text: `${waits_for}${days}` }]
  })
}

/** What a rule asked for and the sheet cannot say is asked for under a key; what is asked anyway is asked once. */
function askWhatIsMissing(missing: string, row: UnderstoodRow, answers: SheetAnswers): void {
  if (missing === 'established' || missing === 'party') answers.note(missing, row.person.name)
  if (missing === 'events') answers.note('register', 'events')
  if (missing === 'unit_kind' || missing === 'home_unit_kind') answers.note('unit_kind', row.unit_text)
}

// Units ------------------------------------------------------------------------------------------------------------------

/** Amounts of the units of the sheet: people and days are counted from it, staff and pay are answered. */
function sheetUnits(
  order: SheetStatementOrder,
  program: CompiledProgram,
  to_on: string,
  answers: SheetAnswers,
): readonly StatementUnit[] {
  return order.reading.understood.units.map((name, index) => {
    const facts = unitFacts(order, name, index + 1, to_on, answers)
    const results = program.unit_entitlements
      .map(({ code }) =>
        resultOf(program, explainUnit(program, facts, code, 'zh'), () => missingFactsOfUnit(program, facts, code)),
      )
      .filter(({ state }) => state !== 'not_covered')
    return { name, county_name: '', results }
  })
}

function unitFacts(
  { reading, area }: SheetStatementOrder,
  name: string,
  unit: number,
  to_on: string,
  answers: SheetAnswers,
): UnitFacts {
  const rows = reading.rows.filter(({ unit_text }) => unit_text === name)
  const people = (some: readonly UnderstoodRow[]) => new Set(some.map(({ person_key }) => person_key)).size
  const headcount = numberAnswer(`headcount:${name}`, answers, 1)
  const pay = numberAnswer(`performance_pay_total:${name}`, answers, 100)
  return {
    unit,
    kind: answers.ask('unit_kind', [name], UNIT_KINDS),
    area,
    findings: {},
    counts: {
      front_line_people: people(rows),
      duty_days: new Set(rows.map(({ person_key, starts_at }) => `${person_key} ${starts_at.slice(0, 10)}`)).size,
      people_on_duty: people(
        rows.filter(({ starts_at, ends_at }) => starts_at.slice(0, 10) <= to_on && ends_at > `${to_on}T00:00`),
      ),
      ...(headcount === undefined ? {} : { headcount }),
    },
    ...(pay === undefined ? {} : { money: { performance_pay_total: pay } }),
  }
}

/** A number as people write it, in whole fen or people; anything else is refused by name. */
function numberAnswer(key: string, answers: SheetAnswers, factor: number): number | undefined {
  const written = answers.text(key)?.replace(/[,，\s]|元$|人$/g, '')
  if (written === undefined) return undefined
  if (/^\d{1,12}(\.\d{1,2})?$/.test(written)) return Math.round(Number(written) * factor)
  answers.refuse(key, '一个数，如 120 或 1000000.00')
  return undefined
}

function withQuestions({ questions, refused }: DutySheetReading): Label {
  const asked = questions.slice(0, 5).map(({ key, text }) => ({ key, text }))
  const zh = asked.map(({ key, text }) => `${text.zh}（答案的键：${key}）`)
  const en = asked.map(({ key, text }) => `${text.en} (answer under: ${key})`)
  for (const { sheet, row, value, reason, right } of refused.slice(0, 5)) {
    zh.push(`${sheet} 第 ${row} 行，${value}：${reason.zh}，${right.zh}`)
    en.push(`${sheet} row ${row}, ${value}: ${reason.en}; ${right.en}`)
  }
  if (refused.length > 5) {
    zh.push(`另有 ${refused.length - 5} 行不能采用。`)
    en.push(`${refused.length - 5} more row(s) cannot be used.`)
  }
  const [{ key } = { key: undefined }] = asked
  if (key !== undefined) {
    const example = JSON.stringify({ [key]: '…' })
    zh.push(`答案写进一个文件，如 answers.json 中写 ${example}，再加上 --answers answers.json。`)
    en.push(`Write the answers into a file, such as ${example} in answers.json, and add --answers answers.json.`)
  }
  return {
    zh: [NOTHING_TO_COUNT.zh, ...zh].join('\n'),
    en: [NOTHING_TO_COUNT.en, ...en].join('\n'),
  }
}

function byPerson(rows: readonly UnderstoodRow[]): ReadonlyMap<string, readonly UnderstoodRow[]> {
  const people = new Map<string, UnderstoodRow[]>()
  for (const row of rows) people.set(row.person_key, [...(people.get(row.person_key) ?? []), row])
  return people
}

function personFacts(
  rows: readonly UnderstoodRow[],
  person: number,
  order: SheetStatementOrder,
  answers: SheetAnswers,
): PersonFacts {
  const name = rows[0]?.person.name ?? ''
  const unitKind = answers.look('unit_kind', [rows[0]?.unit_text ?? ''], UNIT_KINDS)
  return {
    person,
    employment: answers.ask('employment', [name], EMPLOYMENTS),
    // Both hardly ever decide anything: they are used when given, and asked for where a rule misses them.
    established: answers.look('established', [name], ESTABLISHMENTS) ?? 'unknown',
    party: answers.look('party', [name], PARTY_STATUSES) ?? 'unknown',
    area: order.area,
    findings: {},
    ...(unitKind === null ? {} : { home_unit_kind: unitKind }),
    spans: rows.map((row) => spanFacts(row, order, answers)),
  }
}

/**
 * Where exposure is asked: on the post, in the department, on both where the sheet names both; of a sheet that names neither each person
 * is asked, because one answer for a whole hospital would be a guess.
 */
function placesOf({ post_text, department_text, person }: UnderstoodRow): readonly [string, ...string[]] {
  if (post_text !== '' && department_text !== '') return [`${department_text}·${post_text}`, post_text, department_text]
  if (post_text !== '') return [post_text]
  return department_text === '' ? [person.name] : [department_text]
}

function spanFacts(row: UnderstoodRow, order: SheetStatementOrder, answers: SheetAnswers): SpanFacts {
  return {
    start_minute: minuteOf(row.starts_at),
    end_minute: minuteOf(row.ends_at),
    // The reading of the sheet itself asks for kinds that it could not tell.
    post_kind: row.post_kind,
    exposure: answers.ask('exposure', placesOf(row), EXPOSURES) ?? 'unknown',
    unit_kind: answers.look('unit_kind', [row.unit_text], UNIT_KINDS),
    area: areaAnswer(row.unit_text, answers) ?? order.area,
    ref: `${row.source.sheet}第${row.source.row}行${row.source.column ?? ''}`,
  }
}

function areaAnswer(unit: string, answers: SheetAnswers): string | undefined {
  const key = `works_in:${unit}`
  const written = answers.text(key)
  if (written === undefined || /^\d{6}(\d{3})?$/.test(written)) return written
  answers.refuse(key, '6 位或 9 位区划代码，如 420100')
  return undefined
}

/** @example minuteOf('1970-01-01T01:00') // 60 */
function minuteOf(text: string): number {
  const [date = '', clock = ''] = text.split('T')
  const [hours = 0, minutes = 0] = clock.split(':').map(Number)
  return dayOf(date) * MINUTES_PER_DAY + hours * 60 + minutes
}

/** What was understood from the choice of the pack and not from the sheet: to be looked at by whoever signs. */
function premises({ area, known, stack }: SheetStatementOrder): readonly OpenPoint[] {
  const pack = stack.layers.at(-1)
  return [
    {
      kind: '推算前提',
      about: '区划',
      text: `人员所属地和值守地都按 ${area} 推算；有外派（如援鄂）的，请用键 works_in:单位名 写明区划代码。`,
    },
    {
      kind: '推算前提',
      about: '政策',
      text: `按“${pack?.title.zh ?? stack.id}”及其上级政策包，截至 ${known} 已公布的文件推算（版本 ${stack.hash.slice(0, 12)}）。`,
    },
  ]
}

function sheetPoints({ questions, refused, waiting, notices }: DutySheetReading): readonly OpenPoint[] {
  const where = (place: { sheet: string; row: number; column?: string }) =>
    `${place.sheet} 第 ${place.row} 行${place.column === undefined ? '' : ` ${place.column} 列`}`
  return [
    ...questions.map(({ text, key, first, proposed, count }) => ({
      kind: '表格需要确认',
      about: where(first),
      text: `${text.zh}${proposed === null ? '' : `（建议：${proposed}）`}，涉及 ${count} 处，答案的键：${key}`,
    })),
    ...refused.map((row) => ({
      kind: '没有采用的行',
      about: where(row),
      text: `${row.value}：${row.reason.zh}，${row.right.zh}`,
    })),
    ...waiting.map((row) => ({
      kind: '等待确认的行',
      about: where(row),
      text: `${row.value}（待答：${row.questions.join('、')}）`,
    })),
    ...notices.map((row) => ({ kind: '提示', about: where(row), text: row.text.zh })),
  ]
}
