import { decisionsIn, type FactsFile, openFacts } from '#apps/cli/facts-on-disk.ts'
import { loadPackFolder } from '#apps/cli/packs-on-disk.ts'
import { compileFor, DAY_OPTIONS, daysData, daysOf } from '#apps/cli/policy-days.ts'
import { fatigueOf } from '#engines/fatigue/fatigue.ts'
import { answerOf, explainedAnswer } from '#engines/policy/answer.ts'
import { restAnswer } from '#engines/policy/answer-rest.ts'
import { type CompiledProgram, resultAt } from '#engines/policy/compile.ts'
import { batchOf, type FactBatch, PeopleColumns, type PersonFacts } from '#engines/policy/facts.ts'
import { type NamedPerson, peopleOf, unitsOf } from '#engines/policy/facts-file/read-facts.ts'
import type { Entitlement, Stack } from '#engines/policy/pack.ts'
import { breachesIn, restByDay } from '#engines/policy/rest-breaches.ts'
import { compileRest, type RestProgram } from '#engines/policy/rest-compile.ts'
import { evaluateRest, restResultAt } from '#engines/policy/rest-evaluate.ts'
import { explainRest } from '#engines/policy/rest-explain.ts'
import type { EntitlementResult } from '#engines/policy/results.ts'
import { evaluateUnits, unitProgram, unitRow } from '#engines/policy/units.ts'
import { formatYuan } from '#engines/values/money.ts'
import { formatDay } from '#engines/values/time.ts'
import { type Language, OperatorError } from '#platform/db/operator-error.ts'
import type { Call, Command } from '../command.ts'
import { packData } from './policy-check.ts'

const CHUNK_PEOPLE = 250

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
    const program = compileFor(stack, days, decisionsIn(facts, stack), facts)
    const { language } = call
    const names = namesIn(facts, call.option('person'))
    const head = {
      format: 'tongpao.policy.run/1',
      pack: packData(stack),
      facts: { hash: facts.hash, people: facts.head.people, example: facts.head.example },
      ...daysData(days),
      unknown_events: unknownEvents(call, facts, stack),
      unknown_findings: unknownFindings(call, names, stack),
    }
    const running: Running = {
      program,
      rest: compileRest(stack, { on: days.on, known: days.known }),
      rest_days: stack.rest_rules.size === 0 ? [] : restByDay(stack, days),
      facts,
      totals: new Totals(program.entitlements, language),
      unit_totals: new Totals(program.unit_entitlements, language),
      language,
      brief: call.isOn('brief'),
      only: call.option('person'),
    }
    process.stdout.write(`${JSON.stringify(head, undefined, 2).slice(0, -2)},\n`)
    await writeList('results', personTexts(running))
    await writeList('unit_results', running.only === undefined ? unitTexts(running) : [])
    const totals = { totals: running.totals.data(), unit_totals: running.unit_totals.data() }
    process.stdout.write(`${JSON.stringify(totals, undefined, 2).slice(2)}\n`)
    return 0
  },
}

async function writeList(name: string, items: Iterable<string>): Promise<void> {
  let first = true
  await writeOut(`  "${name}": [`)
  for (const text of items) {
    await writeOut(`${first ? '\n' : ',\n'}${text}`)
    first = false
  }
  await writeOut(first ? '],\n' : '\n  ],\n')
}

/** Waits when the reader is slower, so that the answer of 100,000 people is never held in memory. */
function writeOut(text: string): Promise<void> | void {
  if (process.stdout.write(text)) return
  return new Promise((resolve) => process.stdout.once('drain', resolve))
}

/** A misspelt event would otherwise count as one that did not happen. */
function unknownEvents(call: Call, { head }: FactsFile, stack: Stack): readonly string[] {
  const unknown = [...head.event_kinds].filter((kind) => !stack.events.has(kind))
  if (unknown.length > 0) {
    const list = unknown.join(', ')
    call.say({
      zh: `注意：政策包里没有这些事件，没有用到：${list}`,
      en: `Note: the pack knows no such events, they were not used: ${list}`,
    })
  }
  return unknown
}

/** The findings that the file speaks of; refuses a person whom it does not hold. */
function namesIn(facts: FactsFile, person: string | undefined): ReadonlySet<string> {
  const findings = new Set<string>()
  let isThere = person === undefined
  for (const { id, facts: one } of peopleOf(facts.text, facts.head)) {
    if (id === person) isThere = true
    for (const code of Object.keys(one.findings)) findings.add(code)
  }
  for (const { facts: unit } of unitsOf(facts.head)) for (const code of Object.keys(unit.findings)) findings.add(code)
  if (isThere) return findings
  throw new OperatorError(`事实文件里没有“${person}”这个人。`, `The facts hold no person "${person}".`, {
    exitStatus: 2,
  })
}

/** A misspelt finding would otherwise look as if nobody had recorded it. */
function unknownFindings(call: Call, findings: ReadonlySet<string>, stack: Stack): readonly string[] {
  const unknown = [...findings].filter((code) => !stack.findings.has(code))
  if (unknown.length > 0) {
    const list = unknown.join(', ')
    call.say({
      zh: `注意：政策包里没有写明这些事实（findings），没有用到：${list}`,
      en: `Note: the pack knows no such findings, they were not used: ${list}`,
    })
  }
  return unknown
}

interface Running {
  readonly program: CompiledProgram
  readonly rest: RestProgram
  /** The same for each day, for breaches. */
  readonly rest_days: readonly RestProgram[]
  readonly facts: FactsFile
  readonly totals: Totals
  readonly unit_totals: Totals
  readonly language: Language
  readonly brief: boolean
  readonly only: string | undefined
}

function* personTexts(running: Running): Generator<string> {
  const { program, rest, facts, totals, language } = running
  const people = new PeopleColumns()
  for (const chunk of chunksOf(peopleOf(facts.text, facts.head), running.only)) {
    const batch = people.batch(chunk.map((person) => person.facts))
    const columns = program.evaluate(batch)
    const restColumns = evaluateRest(rest, batch, fatigueOf)
    const breaches = breachesOf(running, batch)
    for (const [row, { id, name, unit, facts: person }] of chunk.entries()) {
      const lines: string[] = []
      for (const [position, { code }] of program.entitlements.entries()) {
        const result = resultAt(program, columns, batch, row, position)
        totals.add(result)
        const answer = running.brief
          ? answerOf(program, person, result, language)
          : explainedAnswer(program, person, code, language)
        lines.push(`    ${JSON.stringify({ person: id, name, unit, ...answer })}`)
      }
      for (const [position, { rule }] of rest.rules.entries()) {
        const result = restResultAt(rest, restColumns, batch, row, position)
        const answer = {
          ...restAnswer(rule, result, { stack: rest.stack, language }),
          breaches: breaches.get(breachKey(row, rule.code)) ?? [],
        }
        const steps = running.brief ? {} : { steps: restSteps(running, person, rule.code) }
        lines.push(`    ${JSON.stringify({ person: id, name, unit, ...answer, ...steps })}`)
      }
      yield lines.join(',\n')
    }
  }
}

const breachKey = (row: number, rule: string) => `${row} ${rule}`

/** Days on which duty went against a rule, by person and rule. */
function breachesOf({ rest_days }: Running, batch: FactBatch) {
  const found = new Map<string, { readonly from: string; readonly to: string }[]>()
  if (rest_days.length === 0) return found
  for (const { row, rule, from, to } of breachesIn(rest_days, batch, fatigueOf)) {
    const key = breachKey(row, rule)
    const mine = found.get(key) ?? []
    mine.push({ from: formatDay(from), to: formatDay(to) })
    found.set(key, mine)
  }
  return found
}

function restSteps({ rest, language }: Running, person: PersonFacts, rule: string) {
  const how = { language, closed_facts: 'named' } as const
  return explainRest(rest, batchOf([person]), 0, rule, fatigueOf, how).lines
}

function* unitTexts({ program, facts, unit_totals, language, brief }: Running): Generator<string> {
  const view = unitProgram(program)
  for (const { id, name, facts: unit } of unitsOf(facts.head)) {
    for (const result of evaluateUnits(program, [unit])) {
      unit_totals.add(result)
      const answer = brief
        ? answerOf(view, unitRow(unit), result, language)
        : explainedAnswer(view, unitRow(unit), result.entitlement, language)
      yield `    ${JSON.stringify({ unit: id, name, ...answer })}`
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

  constructor(entitlements: readonly Entitlement[], language: Language) {
    this.rows = entitlements.map(({ code, title, paid_by }) => ({
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
