import type { EventFacts } from '#engines/policy/facts-more.ts'
import type { Stack } from '#engines/policy/pack.ts'
import { FAMILY_FACTS, type FamilyFact, isWord, type Label } from '#engines/policy/vocabulary.ts'
import { dayOf } from '#engines/values/time.ts'
import type { UnderstoodRow } from '#records/duty/sheet/shapes.ts'
import type { EventRow, EventSheetReading } from '#records/facts/sheet/shapes.ts'
import { bareName } from '#records/people/rules.ts'
import { type SheetAnswers, YES_NO } from './sheet-answers.ts'
import type { OpenPoint } from './workbook.ts'

/**
 * Events, findings and family facts of people of a duty sheet from further sheets of the same file. Whoever has none listed has none for certain only when somebody
 * answers that the list is complete; what nobody can be told from, or no event of the pack is called, is listed as open.
 */
export class SheetEvents {
  private readonly byPerson = new Map<string, EventFacts[]>()
  /** Findings and family facts by person: `finding:CODE` and `family:CODE`. */
  private readonly answered = new Map<string, Map<string, boolean>>()
  private readonly points: OpenPoint[] = []
  private readonly answers: SheetAnswers
  private readonly stack: Stack
  private readonly asked = new Set<string>()

  constructor(
    reading: EventSheetReading,
    people: ReadonlyMap<string, readonly UnderstoodRow[]>,
    stack: Stack,
    answers: SheetAnswers,
  ) {
    this.answers = answers
    this.stack = stack
    // Said of columns, and of use there.
    for (const { sheet, column } of reading.columns) answers.text(`column:${sheet}!${column}`)
    for (const { source, value, reason, right } of reading.refused)
      this.leaveOut(source, `${value}：${reason.zh}，${right.zh}`)
    for (const row of reading.rows) this.take(row, people)
  }

  /** Of one person of the duty sheet; what nobody can say is left out. */
  of(personKey: string): SheetFacts {
    const events = this.byPerson.get(personKey)
    const isComplete = () => this.answers.look('register', ['events'], YES_NO) === 'yes'
    const said = [...(this.answered.get(personKey) ?? [])]
    const findings = said.flatMap(([name, answer]) => {
      const code = codeIn(name, 'finding:')
      return code === undefined ? [] : [[code, answer] as const]
    })
    const family: Partial<Record<FamilyFact, boolean>> = {}
    for (const [name, answer] of said) {
      const code = codeIn(name, 'family:')
      if (isWord(FAMILY_FACTS, code)) family[code] = answer
    }
    return {
      findings: Object.fromEntries(findings),
      ...(Object.keys(family).length > 0 ? { family } : {}),
      ...(events ? { events } : isComplete() ? { events: [] } : {}),
    }
  }

  open(): readonly OpenPoint[] {
    return this.points
  }

  private take(row: EventRow, people: ReadonlyMap<string, readonly UnderstoodRow[]>): void {
    const fact = this.factOf(row.event)
    if (fact !== undefined && row.answer === null) {
      this.leaveOut(row.source, `${row.person.name}：“${row.event}”要写明是或否，请加一列“是否”`)
      return
    }
    const kind = fact ?? this.kindOf(row)
    if (kind === undefined) return
    const key = this.personOf(row, people)
    if (key === undefined) return
    if (fact !== undefined) this.takeAnswer(row, key, fact)
    else if (row.answer === false) this.leaveOut(row.source, `${row.person.name}：“是否”写的是否，没有发生的不计`)
    else if (row.on === '') this.leaveOut(row.source, `${row.person.name}：没有日期，请填写日期`)
    else {
      const ref = `${row.source.sheet}第${row.source.row}行`
      const event = { kind, day: dayOf(row.on), count: row.count, ref }
      this.byPerson.set(key, [...(this.byPerson.get(key) ?? []), event])
    }
  }

  private takeAnswer(row: EventRow, key: string, fact: string): void {
    const answers = this.answered.get(key) ?? new Map<string, boolean>()
    const answer = row.answer === true
    if ((answers.get(fact) ?? answer) !== answer)
      this.leaveOut(row.source, `${row.person.name}：“${row.event}”前面写的与这一行不同，请核对`)
    else answers.set(fact, answer)
    this.answered.set(key, answers)
  }

  private personOf(row: EventRow, people: ReadonlyMap<string, readonly UnderstoodRow[]>): string | undefined {
    const keys = [...people].flatMap(([key, [first]]) => (first && isThis(row, first) ? [key] : []))
    const [key, ...others] = keys
    if (key === undefined) this.leaveOut(row.source, `${row.person.name}：值班表里没有此人，请核对姓名`)
    else if (others.length > 0)
      this.leaveOut(row.source, `${row.person.name}：值班表里有 ${keys.length} 位，请填写身份证号或单位`)
    else return key
    return undefined
  }

  /** The finding of the pack or the family fact that is named. */
  private factOf(text: string): string | undefined {
    const written = bareName(text)
    const isNamed = ({ zh, en }: Label) => bareName(zh) === written || bareName(en) === written
    const finding = [...this.stack.findings.values()].find(({ title }) => isNamed(title))
    if (finding) return `finding:${finding.code}`
    const family = Object.entries(FAMILY_FACTS).find(([, label]) => isNamed(label))
    return family ? `family:${family[0]}` : undefined
  }

  /** The event of the pack that is named, else the one that was answered. */
  private kindOf(row: EventRow): string | undefined {
    const key = `event:${bareName(row.event)}`
    const found = this.named(row.event) ?? this.named(this.answers.text(key) ?? '')
    if (found !== undefined) return found
    const names = [...this.stack.events.values()].map(({ title }) => title.zh).join('、')
    if (this.answers.text(key) !== undefined) this.answers.refuse(key, names)
    const what = row.event === '' ? '没有写事项' : `“${row.event}”不是政策里的事项`
    this.leaveOut(row.source, `${row.person.name}：${what}`)
    if (this.asked.has(key)) return undefined
    this.asked.add(key)
    const text = `${what}，是哪一项？（${names === '' ? '政策里没有事项' : `可填：${names}`}；答案的键：${key}）`
    this.points.push({ kind: '表格需要确认', about: `${row.source.sheet} 第 ${row.source.row} 行`, text })
    return undefined
  }

  private named(text: string): string | undefined {
    const written = bareName(text)
    if (written === '') return undefined
    return [...this.stack.events.values()].find(
      ({ code, title }) => code === written || bareName(title.zh) === written || bareName(title.en) === written,
    )?.code
  }

  private leaveOut({ sheet, row }: EventRow['source'], text: string): void {
    this.points.push({ kind: '没有采用的行', about: `${sheet} 第 ${row} 行`, text })
  }
}

/** What further sheets say of a person. */
export interface SheetFacts {
  readonly findings: Readonly<Record<string, boolean>>
  readonly family?: Readonly<Partial<Record<FamilyFact, boolean>>>
  readonly events?: readonly EventFacts[]
}

function codeIn(name: string, kind: string): string | undefined {
  return name.startsWith(kind) ? name.slice(kind.length) : undefined
}

/** The same name, and nothing that both state differs. */
function isThis({ person, unit }: EventRow, duty: UnderstoodRow): boolean {
  if (bareName(person.name) !== bareName(duty.person.name)) return false
  const differ = (left: string | null, right: string | null) => left !== null && right !== null && left !== right
  if (differ(person.id_number, duty.person.id_number) || differ(person.staff_number, duty.person.staff_number))
    return false
  return unit === '' || bareName(unit) === bareName(duty.unit_text)
}
