import { type Day, formatDay } from '#engines/values/time.ts'
import { YES } from './areas.ts'
import { type Asked, ask, type SubjectFacts, type UsedFact } from './ask.ts'

import { citeValue, isUnverified, sourceText, valueText } from './citations.ts'
import type { Decision } from './facts.ts'
import { type Condition, clauseKey, type Place, type Quantity, type Stack, type WhoCase } from './pack.ts'
import type { Provision } from './pack-provisions.ts'
import { holdsOn, resolveParameter, valueOn } from './parameters.ts'
import type { ParameterCitation } from './results.ts'
import type { Grade, Label } from './vocabulary.ts'

/** What every rule that is no sum of money is asked with. */
export interface Question {
  /** The day it is about. */
  readonly day: Day
  /** Documents and decisions later than this are not used. */
  readonly known: Day
  /** Recorded decisions that concern this subject; of several the most specific holds, then the latest. */
  readonly decisions?: readonly Decision[]
  readonly facts?: SubjectFacts
}

/** What every answer of such a rule names: the clause, the document, figures and facts used, and the way to the answer. */
export interface Ruling {
  readonly rule: string
  readonly title: Label
  /** As `pack#number`. */
  readonly clause: string
  readonly source: string
  readonly source_title: string
  readonly source_number: string | null
  readonly article: string | null
  readonly grade: Grade
  /** Grades C and U, of the document or of any figure used: shown as 未核实. */
  readonly unverified: boolean
  readonly pack: string
  readonly place: Place
  readonly figures: readonly ParameterCitation[]
  readonly facts: readonly UsedFact[]
  readonly decision_point: string | null
  readonly missing: string | null
  /** The explanation, line by line, in both languages. */
  readonly lines: readonly Label[]
}

/** Gathers what an answer rests on while it is worked out. */
export class RulingDraft {
  readonly stack: Stack
  readonly rule: Provision
  readonly question: Question
  private readonly figures: ParameterCitation[] = []
  private readonly facts: UsedFact[] = []
  private readonly lines: Label[] = []
  private readonly cited = new Set<string>()
  private waitsFor: string | null = null
  private lacks: string | null = null

  constructor(stack: Stack, rule: Provision, question: Question) {
    this.stack = stack
    this.rule = rule
    this.question = question
    const clause = stack.clauses.get(clauseKey(rule.pack, rule.clause))
    const cited = (language: 'zh' | 'en') =>
      sourceText(stack.sources.get(rule.source), rule.article, language, rule.grade)
    this.say(
      `${rule.title.zh}：依据第 ${rule.clause} 条“${clause?.title.zh ?? ''}”，${cited('zh')}`,
      `${rule.title.en}: by clause ${rule.clause} "${clause?.title.en ?? ''}", ${cited('en')}`,
    )
  }

  say(zh: string, en: string): void {
    this.lines.push({ zh, en })
  }

  use(name: string, zh: string, en: string): void {
    this.facts.push({ name, text: { zh, en } })
  }

  /** Whether the rule holds on the day, as far as is known; says why where it does not. */
  isInForce(day: Day = this.question.day): boolean {
    const { rule, question } = this
    if (holdsOn(rule, day, question.known)) return true
    const until =
      rule.to === null ? { zh: '', en: '' } : { zh: `至 ${formatDay(rule.to)}`, en: ` to ${formatDay(rule.to)}` }
    this.say(
      `${formatDay(day)} 不适用：自 ${formatDay(rule.from)} 起${until.zh}有效，${formatDay(rule.known)} 起才可知`,
      `not in force on ${formatDay(day)}: it holds from ${formatDay(rule.from)}${until.en} and is known from ${formatDay(rule.known)}`,
    )
    return false
  }

  /** A quantity of the rule on the day: written in the pack, from a dated parameter, or decided. `undefined`: nothing is set. */
  number(quantity: Quantity, day: Day = this.question.day): number | undefined {
    if ('literal' in quantity) return quantity.literal
    const parameter = this.stack.parameters.get(quantity.parameter)
    if (!parameter) return this.miss(`parameter:${quantity.parameter}`)
    const value = valueOn(parameter, day, this.question.known)
    if (value && value.value !== null) {
      if (this.cited.has(parameter.code)) return value.value
      this.cited.add(parameter.code)
      const resolved = resolveParameter(parameter, { from: day, to: day, known: this.question.known })
      this.figures.push(citeValue(this.stack, resolved, value))
      this.say(valueText(this.stack, resolved, value, 'zh'), valueText(this.stack, resolved, value, 'en'))
      return value.value
    }
    const point = parameter.open?.decision ?? null
    if (point === null) return this.miss(`parameter:${parameter.code}`)
    const decided = this.decided(point)
    if (decided?.decided.kind === 'amount') return decided.decided.amount
    return undefined
  }

  /** The recorded decision that holds on the day; where there is none, the answer waits for it. */
  decided(point: string): Decision | undefined {
    const { day, known, decisions = [] } = this.question
    const holding = decisions
      .filter(
        (one) =>
          one.point === point && one.decided_on <= known && one.from <= day && (one.to === null || day <= one.to),
      )
      .sort((left, right) => specificity(right) - specificity(left) || right.decided_on - left.decided_on)[0]
    const asked = this.stack.decision_points.get(point)
    if (holding) {
      this.use(`decision:${point}`, `决定记录 ${holding.ref}`, `decision ${holding.ref}`)
      this.say(
        `已决定：${asked?.question.zh ?? point}（${formatDay(holding.decided_on)}，记录 ${holding.ref}）`,
        `decided: ${asked?.question.en ?? point} (${formatDay(holding.decided_on)}, record ${holding.ref})`,
      )
      return holding
    }
    this.waitsFor ??= point
    const offices = asked?.decided_by.join('、') ?? ''
    this.say(
      `待定：${asked?.question.zh ?? point}。文件写“${asked?.word ?? ''}”，由${offices}决定`,
      `open: ${asked?.question.en ?? point}; the text says "${asked?.word ?? ''}", to be decided by ${offices}`,
    )
    return undefined
  }

  /** Whether a decision came out in favour: entitled or not; `undefined` while it is open. */
  favoured(point: string): boolean | undefined {
    const holding = this.decided(point)
    if (!holding) return undefined
    const { decided } = holding
    if ('outcome' in decided) return decided.outcome === 'entitled'
    if (decided.kind === 'amount') return true
    const range = this.stack.decision_points.get(point)?.range
    return range?.kind === 'choices' && range.choices.get(decided.choice)?.outcome === 'entitled'
  }

  miss(name: string): undefined {
    this.lacks ??= name
    this.say(
      `缺少事实：${name}。没有它不能算，也不当作 0`,
      `missing fact: ${name}; without it there is no answer, and it is not taken for 0`,
    )
    return undefined
  }

  /** Answers a condition; facts that were used are kept, an unknown answer names what is missing. */
  ask(condition: Condition | null): Asked['answer'] {
    if (condition === null) return YES
    const { facts = {}, day, known } = this.question
    const asked = ask(this.stack, condition, facts, day, known)
    this.facts.push(...asked.facts)
    if (asked.missing !== null) this.miss(asked.missing)
    return asked.answer
  }

  /** First match of a list of cases: entitled, not covered, waiting for a decision, or missing a fact. */
  whoIs(cases: readonly WhoCase[]): 'entitled' | 'not_covered' | 'needs_decision' | 'missing_fact' {
    for (const one of cases) {
      const answer = this.ask(one.when)
      if (answer !== YES && this.lacks !== null) return 'missing_fact'
      if (answer !== YES) continue
      if (one.outcome === 'not_covered') {
        this.say(`不适用：${one.reason?.zh ?? ''}`, `not covered: ${one.reason?.en ?? ''}`)
        return 'not_covered'
      }
      if (one.outcome === 'entitled') {
        const basis = one.basis === null ? undefined : this.stack.sources.get(one.basis)
        this.say(
          `适用，依据 ${sourceText(basis, one.article, 'zh')}`,
          `applies, by ${sourceText(basis, one.article, 'en')}`,
        )
        return 'entitled'
      }
      const favoured = one.decision === null ? undefined : this.favoured(one.decision)
      if (favoured === undefined) return 'needs_decision'
      return favoured ? 'entitled' : 'not_covered'
    }
    return 'not_covered'
  }

  get missing(): string | null {
    return this.lacks
  }

  finish(): Ruling {
    const { stack, rule } = this
    const source = stack.sources.get(rule.source)
    return {
      rule: rule.code,
      title: rule.title,
      clause: clauseKey(rule.pack, rule.clause),
      source: rule.source,
      source_title: source?.title ?? rule.source,
      source_number: source?.number ?? null,
      article: rule.article,
      grade: rule.grade,
      unverified: isUnverified(rule.grade) || this.figures.some(({ unverified }) => unverified),
      pack: rule.pack,
      place: rule.place,
      figures: this.figures,
      facts: uniqueFacts(this.facts),
      decision_point: this.waitsFor,
      missing: this.lacks,
      lines: this.lines,
    }
  }
}

function uniqueFacts(facts: readonly UsedFact[]): readonly UsedFact[] {
  return [...new Map(facts.map((fact) => [fact.name, fact])).values()]
}

function specificity({ about }: Decision): number {
  if (about.kind === 'person') return 300
  if (about.kind === 'area') return 100 + about.area.length
  return 'unit' in about ? 200 : 0
}

/** The rule of that code; asking for one that the stack does not have is a mistake of the caller. */
export function ruleOf<Rule>(rules: ReadonlyMap<string, Rule>, code: string): Rule {
  const rule = rules.get(code)
  if (!rule) throw new RangeError(`the stack has no rule ${code}`)
  return rule
}
