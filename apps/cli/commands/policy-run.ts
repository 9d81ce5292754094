import { decisionsIn, type FactsFile, openFacts } from '#apps/cli/facts-on-disk.ts'
import { loadPackFolder } from '#apps/cli/packs-on-disk.ts'
import { compileFor, DAY_OPTIONS, daysData, daysOf } from '#apps/cli/policy-days.ts'
import { answerOf, explainedAnswer } from '#engines/policy/answer.ts'
import { type CompiledProgram, resultAt } from '#engines/policy/compile.ts'
import { batchOf } from '#engines/policy/facts.ts'
import { type NamedPerson, peopleOf } from '#engines/policy/facts-file/read-facts.ts'
import type { EntitlementResult } from '#engines/policy/results.ts'
import { formatYuan } from '#engines/values/money.ts'
import type { Language } from '#platform/db/operator-error.ts'
import type { Command } from '../command.ts'
import { packData } from './policy-check.ts'

const CHUNK_PEOPLE = 1_000

export const command: Command = {
  usage: '--pack DIR --facts FACTS.json [--from DATE] [--on DATE] [--known DATE]',
  text: {
    zh: [
      '按政策包计算事实文件里每个人的每一项，输出 JSON：数额或决定、期间、条款、参数版本（数值、来源、等级、何时可知）、',
      '用到的事实、能逐项加回总数的算式、还要人来定的事、政策包与事实的指纹。格式见 docs/policy-command-line.md。',
      '--brief 不写算式（人多时快得多）。退出状态 0 算完（可能仍有待定的），1 包或事实有错，2 用法不对。',
    ].join('\n'),
    en: [
      'Evaluates every person of a facts file and prints JSON: amount or decision, period, clause, versions of parameters (value,',
      'source, grade, known since), facts used, arithmetic that adds up again, what a person must still settle, and the hashes of',
      'pack and facts. The format is in docs/policy-command-line.md. --brief leaves the arithmetic out (much faster for many people).',
      'Exit status 0: evaluated, though points may be open; 1: pack or facts are wrong; 2: wrong use.',
    ].join('\n'),
  },
  options: {
    pack: { value: 'DIR', text: { zh: '政策包目录', en: 'folder of the pack' } },
    facts: { value: 'FILE', text: { zh: '事实文件（.json 或 .yaml）', en: 'the facts (.json or .yaml)' } },
    ...DAY_OPTIONS,
    person: { value: 'ID', text: { zh: '只算这一个人', en: 'only this person' } },
    brief: { text: { zh: '只写结果，不写算式', en: 'results only, without the arithmetic' } },
  },
  settings: [],
  printsData: true,
  async run(call) {
    const facts = openFacts(call.required('facts'))
    const stack = loadPackFolder(call.required('pack'))
    const days = daysOf(call, facts)
    const program = compileFor(stack, days, decisionsIn(facts, stack))
    const language = call.language
    const head = {
      format: 'tongpao.policy.run/1',
      pack: packData(stack),
      facts: { hash: facts.hash, people: facts.head.people, example: facts.head.example },
      ...daysData(days),
    }
    const totals = new Totals(program, language)
    process.stdout.write(`${JSON.stringify(head, undefined, 2).slice(0, -2)},\n  "results": [`)
    let first = true
    for (const text of resultTexts(program, facts, totals, {
      language,
      brief: call.isOn('brief'),
      only: call.option('person'),
    })) {
      await writeOut(`${first ? '\n' : ',\n'}${text}`)
      first = false
    }
    process.stdout.write(`${first ? '' : '\n  '}],\n  "totals": ${indent(totals.data())}\n}\n`)
    return 0
  },
}

/** Waits when the reader is slower, so that the answer of 100,000 people is never held in memory. */
function writeOut(text: string): Promise<void> | void {
  if (process.stdout.write(text)) return
  return new Promise((resolve) => process.stdout.once('drain', resolve))
}

function indent(data: unknown): string {
  return JSON.stringify(data, undefined, 2).replaceAll('\n', '\n  ')
}

interface Wanted {
  readonly language: Language
  readonly brief: boolean
  readonly only: string | undefined
}

function* resultTexts(program: CompiledProgram, facts: FactsFile, totals: Totals, wanted: Wanted): Generator<string> {
  for (const chunk of chunksOf(peopleOf(facts.text, facts.head), wanted.only)) {
    const batch = batchOf(chunk.map((person) => person.facts))
    const columns = program.evaluate(batch)
    for (const [row, { id, name, unit, facts: person }] of chunk.entries()) {
      const lines: string[] = []
      for (const [position, { code }] of program.entitlements.entries()) {
        const result = resultAt(program, columns, batch, row, position)
        totals.add(result)
        const answer = wanted.brief
          ? answerOf(program, result, wanted.language)
          : explainedAnswer(program, person, code, wanted.language)
        lines.push(`    ${JSON.stringify({ person: id, name, unit, ...answer })}`)
      }
      yield lines.join(',\n')
    }
  }
}

export function* chunksOf(people: Iterable<NamedPerson>, only?: string): Generator<readonly NamedPerson[]> {
  let chunk: NamedPerson[] = []
  for (const person of people) {
    if (only !== undefined && person.id !== only) continue
    chunk.push(person)
    if (chunk.length < CHUNK_PEOPLE) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}

/** What all results come to, by entitlement. */
class Totals {
  private readonly rows: {
    entitlement: string
    title: string
    paid_by: string | null
    people: Record<EntitlementResult['state'], number>
    amount_fen: number | null
    quantity: number
    quantity_unit: EntitlementResult['quantity_unit'] | null
    open_days: number
  }[]
  private readonly positions: ReadonlyMap<string, number>

  constructor(program: CompiledProgram, language: Language) {
    this.rows = program.entitlements.map(({ code, title, paid_by }) => ({
      entitlement: code,
      title: title[language],
      paid_by: paid_by?.[language] ?? null,
      people: { settled: 0, needs_decision: 0, missing_fact: 0, not_covered: 0 },
      amount_fen: null,
      quantity: 0,
      quantity_unit: null,
      open_days: 0,
    }))
    this.positions = new Map(this.rows.map(({ entitlement }, position) => [entitlement, position]))
  }

  add(result: EntitlementResult): void {
    const row = this.rows[this.positions.get(result.entitlement) ?? -1]
    if (!row) return
    row.people[result.state] += 1
    if (result.amount_fen !== null) row.amount_fen = (row.amount_fen ?? 0) + result.amount_fen
    row.quantity += result.quantity ?? 0
    row.quantity_unit = result.quantity_unit
    row.open_days += result.open_days
  }

  data() {
    return this.rows.map((row) => ({
      ...row,
      amount_yuan: row.amount_fen === null ? null : formatYuan(row.amount_fen),
    }))
  }
}
