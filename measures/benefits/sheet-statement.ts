import { compileStack } from '#engines/policy/compile.ts'
import { explain } from '#engines/policy/explain.ts'
import { missingText } from '#engines/policy/explain-rules.ts'
import type { PersonFacts, SpanFacts } from '#engines/policy/facts.ts'
import type { Stack } from '#engines/policy/pack.ts'
import { EMPLOYMENTS, ESTABLISHMENTS, EXPOSURES, isWord, type Label, UNIT_KINDS } from '#engines/policy/vocabulary.ts'
import { type CivilDate, dayOf, formatDay, MINUTES_PER_DAY } from '#engines/values/time.ts'
import type { DutySheetReading, UnderstoodRow } from '#records/duty/sheet/shapes.ts'
import {
  namesOf,
  type OpenPoint,
  type StatementDocument,
  type StatementPerson,
  type StatementResult,
} from './workbook.ts'

/**
 * A statement from nothing but an office's own duty sheet and a policy pack. What the sheet does not say stays unknown and is
 * listed with the key under which it can be answered; nothing is guessed.
 */
export interface SheetStatementOrder {
  readonly reading: DutySheetReading
  readonly stack: Stack
  /** Facts that the office adds, by the keys of the third sheet: `employment:张三`, `employment:*`, `exposure:发热门诊`. */
  readonly answers: Readonly<Record<string, string>>
  /** The division where the people belong and do their duty; the pack's own when nothing else is said. */
  readonly area: string
  readonly on?: CivilDate
  readonly known: CivilDate
  readonly issue: string
  readonly file_name: string
}

export type SheetStatement =
  | { readonly ok: true; readonly document: StatementDocument }
  | { readonly ok: false; readonly problem: Label }

const NOTHING_TO_COUNT: Label = {
  zh: '文件里没有可以推算的值守记录；请先处理“待确认”中的问题。',
  en: 'The file has no duty that could be counted; answer what is open first.',
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
  const gaps = new Gaps(order.answers)
  const people: StatementPerson[] = []
  const open: OpenPoint[] = []
  for (const rows of byPerson(reading.rows).values()) {
    const facts = personFacts(rows, people.length + 1, order, gaps)
    const first = rows[0]
    if (!first) continue
    const results = program.entitlements.map(({ code }): StatementResult => {
      const explanation = explain(program, facts, code, 'zh')
      const { state, quantity, amount_fen, open_days, decision_point, missing } = explanation.result
      const question = program.decision_points.find((point) => point.code === decision_point)?.question.zh
      const waits_for = missing === null ? (question ?? null) : `缺少${missingText(program, missing, 'zh')}`
      return {
        entitlement: code,
        state,
        quantity,
        amount_fen,
        open_days,
        explanation,
        waits_for: open_days > 0 ? waits_for : null,
      }
    })
    people.push({ name: first.person.name, employment: facts.employment, unit_name: first.unit_text, results })
    for (const { waits_for, open_days, explanation } of results) {
      if (waits_for === null) continue
      open.push({
        kind: `待定：${explanation.title}`,
        about: first.person.name,
        text: `${waits_for}（${open_days} 天未计入）`,
      })
    }
  }
  return {
    ok: true,
    document: {
      unit_name: reading.understood.units.length === 1 ? (reading.understood.units[0] ?? '') : order.file_name,
      operation_name: `按“${order.file_name}”推算`,
      from_on: period.first,
      to_on,
      ...namesOf([stack]),
      heads: program.entitlements.map(({ code, title, gives }) => ({ entitlement: code, title: title.zh, gives })),
      people: people.toSorted((left, right) =>
        left.unit_name < right.unit_name ? -1 : left.unit_name > right.unit_name ? 1 : 0,
      ),
      open: [...premises(order), ...gaps.points(), ...sheetPoints(reading), ...open],
      issue: order.issue,
    },
  }
}

function withQuestions({ questions, refused }: DutySheetReading): Label {
  const asked = questions.slice(0, 5).map(({ key, text }) => ({ key, text }))
  const first = refused[0]
  const zh = asked.map(({ key, text }) => `${text.zh}（答案的键：${key}）`)
  const en = asked.map(({ key, text }) => `${text.en} (answer under: ${key})`)
  if (first) {
    zh.push(`${first.sheet} 第 ${first.row} 行：${first.reason.zh}`)
    en.push(`${first.sheet} row ${first.row}: ${first.reason.en}`)
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

/** What the sheet leaves open: asked once per key, with how many records wait for it. */
class Gaps {
  private readonly found = new Map<string, { readonly text: string; readonly about: string; count: number }>()
  private readonly answers: Readonly<Record<string, string>>

  constructor(answers: Readonly<Record<string, string>>) {
    this.answers = answers
  }

  /** The answer about one thing, or about all (`*`), as a word of the list; otherwise the gap is noted. */
  ask<Word extends string>(
    fact: string,
    about: string,
    words: Readonly<Record<Word, Label>>,
    question: string,
  ): Word | null {
    for (const key of [`${fact}:${about}`, `${fact}:*`]) {
      const written = this.answers[key]
      if (written === undefined) continue
      const word = Object.keys(words).find((one) => one === written || labelOf(words, one) === written)
      if (word !== undefined && isWord(words, word)) return word
    }
    const key = `${fact}:${about}`
    const gap = this.found.get(key) ?? {
      text: `${question}（可填：${choices(words)}；答案的键：${key}）`,
      about,
      count: 0,
    }
    gap.count += 1
    this.found.set(key, gap)
    return null
  }

  points(): readonly OpenPoint[] {
    return [...this.found.values()].map(({ text, about, count }) => ({
      kind: '文件没有写明',
      about,
      text: count > 1 ? `${text}，涉及 ${count} 条记录` : text,
    }))
  }
}

function labelOf(words: Readonly<Record<string, Label>>, word: string): string | undefined {
  return words[word]?.zh
}

function choices(words: Readonly<Record<string, Label>>): string {
  return Object.values(words)
    .map(({ zh }) => zh)
    .join('、')
}

function personFacts(
  rows: readonly UnderstoodRow[],
  person: number,
  order: SheetStatementOrder,
  gaps: Gaps,
): PersonFacts {
  const name = rows[0]?.person.name ?? ''
  return {
    person,
    employment: gaps.ask('employment', name, EMPLOYMENTS, '人员身份'),
    established: establishedBy(order.answers, name),
    party: 'unknown',
    area: order.area,
    findings: {},
    spans: rows.map((row) => spanFacts(row, order, gaps)),
  }
}

/** Whether somebody is established hardly ever decides anything; it is used when given and not asked for. */
function establishedBy(answers: Readonly<Record<string, string>>, name: string): 'yes' | 'no' | 'unknown' {
  const written = answers[`established:${name}`] ?? answers['established:*']
  if (written === 'yes' || written === ESTABLISHMENTS.yes.zh) return 'yes'
  return written === 'no' || written === ESTABLISHMENTS.no.zh ? 'no' : 'unknown'
}

function spanFacts(row: UnderstoodRow, order: SheetStatementOrder, gaps: Gaps): SpanFacts {
  const post = row.post_text === '' ? row.unit_text : row.post_text
  const unitKind = order.answers[`unit_kind:${row.unit_text}`]
  return {
    start_minute: minuteOf(row.starts_at),
    end_minute: minuteOf(row.ends_at),
    // The reading of the sheet itself asks for kinds that it could not tell.
    post_kind: row.post_kind,
    exposure: gaps.ask('exposure', post, EXPOSURES, `“${post}”是否接触疑似或确诊患者`) ?? 'unknown',
    unit_kind: isWord(UNIT_KINDS, unitKind) ? unitKind : null,
    area: order.answers[`works_in:${row.unit_text}`] ?? order.area,
    ref: `${row.source.sheet}第${row.source.row}行${row.source.column ?? ''}`,
  }
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
