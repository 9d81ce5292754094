import { formatYuan } from '#engines/values/money.ts'
import { formatDay } from '#engines/values/time.ts'
import { NO, YES } from './areas.ts'
import { deepPartsOf } from './check-stack.ts'
import { citeValue, isUnverified, type Language, say, sourceText, valueText } from './citations.ts'
import type { CompiledProgram } from './compile.ts'
import { compileCategory, compileCondition } from './compile-conditions.ts'
import {
  type CompiledEntitlement,
  type CompiledException,
  findExceptions,
  GIVES_WAY,
  inDays,
  shareOf,
} from './compile-entitlements.ts'
import { resolvedParameter } from './compile-more.ts'
import { factLines, recordedNumber } from './explain-facts.ts'
import type { PersonFacts } from './facts.ts'
import { formatAmount } from './format-amount.ts'
import { type Condition, clauseKey, type Expression, type ParameterValue } from './pack.ts'
import { holdsOn, type ResolvedParameter } from './parameters.ts'
import { standing } from './resolve-exceptions.ts'
import type { ExplanationLine, ParameterCitation } from './results.ts'
import type { Situation } from './situations.ts'
import { COVERED, MISSING, NOT_COVERED, UNDECIDED } from './situations.ts'
import { COUNT_FACTS, EMPLOYMENTS, FAMILY_FACTS, isWord, type Label, MONEY_FACTS, UNIT_KINDS } from './vocabulary.ts'

/** What the lines of an explanation are made from. */
export interface Explaining {
  readonly program: CompiledProgram
  readonly compiled: CompiledEntitlement
  readonly person: PersonFacts
  readonly language: Language
}

/** A number with the lines that give it. */
export interface ExplainedNumber {
  readonly number: number
  readonly lines: readonly ExplanationLine[]
}

/** Which case of "who" a situation falls under, and on what it rests. */
export function whoLine(explaining: Explaining, situation: Situation): ExplanationLine {
  const { compiled, language, program, person } = explaining
  for (const { test, written, decision } of compiled.who) {
    const answer = test(situation)
    if (answer === NO) continue
    if (answer !== YES) return missingLine(explaining, situation)
    const source = written.basis === null ? undefined : program.stack.sources.get(written.basis)
    const basis = sourceText(source, written.article, language)
    const footing: Label = person.is_unit
      ? unitWord(person)
      : person.employment === null
        ? { zh: '人员身份不明', en: 'footing unknown' }
        : EMPLOYMENTS[person.employment]
    const ground = basis === '' ? '' : say(language, `依据 ${basis}`, `by ${basis}`)
    if (written.outcome === 'entitled') {
      const lines = conditionLines(explaining, written.when, situation)
      return {
        kind: 'who',
        text: say(language, `${footing.zh}：应得。${ground}`, `${footing.en}: entitled, ${ground}`),
        ...(lines.length > 0 ? { lines } : {}),
      }
    }
    if (written.outcome === 'not_covered') {
      const reason = written.reason?.[language] ?? ''
      return { kind: 'who', text: say(language, `不适用：${reason}`, `not covered: ${reason}`) }
    }
    const lead = say(language, `${footing.zh}：由人决定。${ground}`, `${footing.en}: left to a decision, ${ground}`)
    return { kind: 'who', text: lead, lines: [decisionLine(explaining, decision, situation)] }
  }
  return missingLine(explaining, situation)
}

function unitWord({ home_unit_kind }: PersonFacts): Label {
  return home_unit_kind ? UNIT_KINDS[home_unit_kind] : { zh: '单位', en: 'unit' }
}

/** Names of missing facts as a person reads them. */
const MISSING_TEXT: Readonly<Record<string, Label>> = {
  employment: { zh: '用工性质', en: 'employment kind' },
  established: { zh: '是否在编', en: 'whether established' },
  party: { zh: '政治面貌', en: 'party status' },
  post_kind: { zh: '岗位种类', en: 'kind of post' },
  exposure: { zh: '是否接触患者', en: 'exposure to patients' },
  unit_kind: { zh: '单位种类', en: 'kind of unit' },
  works_in: { zh: '值守地点', en: 'place of duty' },
  belongs_to: { zh: '所属区划', en: 'division the person belongs to' },
  response_level: { zh: '当地当日的响应级别', en: 'the response level of the place on the day' },
  operation: { zh: '行动的起止', en: 'start and end of the operation' },
  home_unit_kind: { zh: '所在单位的种类', en: 'kind of the own unit' },
  children: { zh: '子女出生日期', en: 'birthdays of the children' },
  events: { zh: '事件记录', en: 'records of events' },
  uses: { zh: '是否已经用过', en: 'whether it has been used' },
  month_end: { zh: '本月还没有结束', en: 'the month is not over yet' },
  month_open_days: { zh: '本月还有待定的日子', en: 'days of the month are still open' },
  spans_overlap: { zh: '值守记录互相重叠，须先更正', en: 'duty records overlap and must be corrected first' },
  span_times: {
    zh: '值守记录的起止时间不对，须先更正',
    en: 'a duty record ends before it begins and must be corrected first',
  },
}

/** The facts that a condition looked at, and the versions of the parameters it compared them with. */
function conditionLines(
  explaining: Explaining,
  when: Condition | null,
  situation: Situation,
): readonly ExplanationLine[] {
  const { program, language } = explaining
  const codes = when === null ? [] : [...deepPartsOf(program.stack, when)].flatMap(thresholdCodes)
  return [
    ...factLines(program.scope, when, situation, language, explaining.person.refs),
    ...[...new Set(codes)].flatMap((code) => parameterLine(explaining, code, situation).lines),
  ]
}

function thresholdCodes(part: Condition): readonly string[] {
  const quantities =
    part.kind === 'count'
      ? [part.at_least, part.at_most]
      : part.kind === 'children'
        ? [part.at_least]
        : part.kind === 'served'
          ? [part.at_least_days]
          : []
  return quantities.flatMap((quantity) => (quantity && 'parameter' in quantity ? [quantity.parameter] : []))
}

/** A missing fact's name for a reader: `exposure` → 是否接触患者. */
export function missingText(program: Pick<CompiledProgram, 'stack'>, name: string, language: Language): string {
  const known = Object.hasOwn(MISSING_TEXT, name) ? MISSING_TEXT[name] : undefined
  if (known) return known[language]
  const [kind = '', code = ''] = name.split(':')
  if (kind === 'family' && isWord(FAMILY_FACTS, code)) return FAMILY_FACTS[code][language]
  if (kind === 'number' && isWord(COUNT_FACTS, code)) return COUNT_FACTS[code][language]
  if (kind === 'number' && isWord(MONEY_FACTS, code)) return MONEY_FACTS[code][language]
  const finding = kind === 'finding' ? program.stack.findings.get(code)?.title : undefined
  const parameter = kind === 'parameter' ? program.stack.parameters.get(code)?.title : undefined
  return (finding ?? parameter)?.[language] ?? name
}

export function missingLine(explaining: Explaining, situation: Situation): ExplanationLine {
  return missingNamed(explaining, explaining.program.missing_facts[situation.missing] ?? '')
}

export function missingNamed({ program, language }: Explaining, name: string): ExplanationLine {
  const text = missingText(program, name, language)
  return { kind: 'missing', text: say(language, `缺少事实：${text}`, `missing fact: ${text}`) }
}

export function aboutOf({ is_unit, person, home_unit }: PersonFacts) {
  return is_unit ? { person: Number.NaN, unit: person } : { person, unit: home_unit ?? Number.NaN }
}

/** A decision point with the decision that was recorded for it, or that it still waits. */
export function decisionLine(explaining: Explaining, position: number, situation: Situation): ExplanationLine {
  const { program, language, person } = explaining
  const point = program.decision_points[position]
  if (!point) return { kind: 'decision', text: '' }
  const clause = clauseKey(point.pack, point.clause)
  const day = program.from + situation.day
  const decision = program.scope.book.decisionFor(position, aboutOf(person), situation.belongs_to, day)
  const who = point.decided_by.join('、')
  if (!decision) {
    const text = say(
      language,
      `待决定：${point.question.zh}（文件用语“${point.word}”，由${who}决定）`,
      `waits for a decision: ${point.question.en} (the text says “${point.word}”; decided by ${who})`,
    )
    return { kind: 'decision', text, clause }
  }
  const { decided } = decision
  const choice =
    point.range.kind === 'choices' && decided.kind === 'choice' ? point.range.choices.get(decided.choice) : undefined
  const unit = point.range.kind === 'amount' ? point.range.unit : 'count'
  const answer =
    decided.kind === 'amount'
      ? formatAmount(unit, decided.amount)[language]
      : decided.kind === 'words'
        ? decided.words
        : (choice?.title[language] ?? decided.choice)
  const on = formatDay(decision.decided_on)
  const text = say(
    language,
    `${point.question.zh}：${on} 已决定“${answer}”（记录 ${decision.ref}）`,
    `${point.question.en}: decided on ${on}: ${answer} (record ${decision.ref})`,
  )
  return { kind: 'decision', text, clause, refs: [decision.ref] }
}

/** The case of a category that a situation falls under. */
export function categoryLine(explaining: Explaining, code: string, situation: Situation): ExplanationLine {
  const { program, language } = explaining
  const compiled = compileCategory(program.scope, code)
  const value = compiled.valueOf(situation)
  if (value < 0) return missingLine(explaining, situation)
  const { category } = compiled
  const version = compiled.versions[compiled.version_on[situation.day] ?? -1]?.version
  const label = category.values.get(compiled.values[value] ?? '')
  const source = sourceText(version && program.stack.sources.get(version.source), null, language, version?.grade)
  const mark = version && isUnverified(version.grade) ? say(language, '【未核实】', ' [unverified]') : ''
  return {
    kind: 'category',
    text: say(
      language,
      `${category.title.zh}：${label?.zh ?? ''}${mark}（${source}）`,
      `${category.title.en}: ${label?.en ?? ''}${mark} (${source})`,
    ),
    ...(category.clause === null ? {} : { clause: clauseKey(category.pack, category.clause) }),
  }
}

/** Other values that hold on the day too and gave way, with the rule by which they did. */
function beatenValues(
  { program, language }: Explaining,
  resolved: ResolvedParameter,
  value: ParameterValue,
  day: number,
): readonly ExplanationLine[] {
  const on = program.from + day
  const others = resolved.parameter.values.filter((other) => other !== value && holdsOn(other, on, program.known))
  return others.flatMap((other): readonly ExplanationLine[] => {
    if (other.value === null) return []
    const rule =
      RULE_TEXT[other.level === value.level ? 'later_wins' : (resolved.parameter.open?.conflict ?? 'lower_wins')]
    const text = valueText(program.stack, resolved, other, language)
    return [
      { kind: 'exception', text: say(language, `让位：${text}（${rule.zh}）`, `gives way: ${text} (${rule.en})`) },
    ]
  })
}

/** A parameter's value on the day, or the decision that sets it, or what is missing. */
export function parameterLine(explaining: Explaining, code: string, situation: Situation): ExplainedNumber {
  const { program, language } = explaining
  const resolved = resolvedParameter(program.scope, code)
  const value = resolved.values[situation.day]
  if (value && value.value !== null) {
    const text = valueText(program.stack, resolved, value, language)
    const parameters: readonly ParameterCitation[] = [citeValue(program.stack, resolved, value)]
    const lines = beatenValues(explaining, resolved, value, situation.day)
    const line: ExplanationLine = { kind: 'rate', text, parameters, ...(lines.length > 0 ? { lines } : {}) }
    return { number: value.value * inDays(resolved.parameter.unit), lines: [line] }
  }
  if (value) {
    const { title } = resolved.parameter
    const text = say(language, `${title.zh}：当日没有标准`, `${title.en}: none on that day`)
    return { number: Number.NaN, lines: [{ kind: 'rate', text }] }
  }
  const point = program.decision_points.findIndex((one) => one.code === resolved.parameter.open?.decision)
  if (point < 0) return { number: Number.NaN, lines: [missingNamed(explaining, `parameter:${code}`)] }
  const decided = situation.timelines[point]?.[situation.day] ?? Number.NaN
  return { number: decided * inDays(resolved.parameter.unit), lines: [decisionLine(explaining, point, situation)] }
}

/** How an expression comes to its number, part by part. */
export function expressionLines(explaining: Explaining, expression: Expression, situation: Situation): ExplainedNumber {
  const { language } = explaining
  switch (expression.kind) {
    case 'parameter':
      return parameterLine(explaining, expression.code, situation)
    case 'if': {
      const test = compileCondition(explaining.program.scope, expression.when)
      const answer = test(situation)
      if (answer !== YES && answer !== NO) return { number: Number.NaN, lines: [missingLine(explaining, situation)] }
      return expressionLines(explaining, answer === YES ? expression.take : expression.otherwise, situation)
    }
    case 'by': {
      const category = compileCategory(explaining.program.scope, expression.category)
      const line = categoryLine(explaining, expression.category, situation)
      const chosen = expression.values.get(category.values[category.valueOf(situation)] ?? '')
      if (!chosen) return { number: Number.NaN, lines: [line] }
      const rest = expressionLines(explaining, chosen, situation)
      return { number: rest.number, lines: [line, ...rest.lines] }
    }
    case 'fact':
      return recordedNumber(explaining.program.scope, expression.fact, situation, language, explaining.person.refs)
    case 'per':
    case 'share':
      return partOfAmount(explaining, expression, situation)
    default: {
      const parts = expression.of.map((part) => expressionLines(explaining, part, situation))
      const numbers = parts.map(({ number }) => number)
      const number =
        expression.kind === 'sum' ? numbers.reduce((sum, one) => sum + one, 0) : Math[expression.kind](...numbers)
      const lines = parts.flatMap((part) => part.lines)
      if (Number.isNaN(number)) return { number, lines }
      const name = {
        min: { zh: '取低', en: 'the lower' },
        max: { zh: '取高', en: 'the higher' },
        sum: { zh: '合计', en: 'together' },
      }[expression.kind]
      const text = `${name[language]} ${formatYuan(number)} ${say(language, '元', 'yuan')}`
      return { number, lines: [...lines, { kind: 'rate', text }] }
    }
  }
}

/** So many times an amount, or a share of it. */
function partOfAmount(
  explaining: Explaining,
  expression: Expression & { kind: 'per' | 'share' },
  situation: Situation,
): ExplainedNumber {
  const { language, program } = explaining
  const [of] = expression.of
  if (!of) throw new RangeError('per and share need an amount')
  const inner = expressionLines(explaining, of, situation)
  const other =
    expression.kind === 'per'
      ? recordedNumber(program.scope, expression.fact, situation, language, explaining.person.refs)
      : parameterLine(explaining, expression.percent, situation)
  const lines = [...inner.lines, ...other.lines]
  const number = expression.kind === 'per' ? inner.number * other.number : shareOf(other.number, inner.number)
  if (Number.isNaN(number)) return { number, lines }
  const times = expression.kind === 'per' ? `${other.number}` : `${formatAmount('percent', other.number).zh}`
  const text = `${formatYuan(inner.number)} × ${times} = ${formatYuan(number)} ${say(language, '元', 'yuan')}`
  return { number, lines: [...lines, { kind: 'rate', text }] }
}

/** The exceptions that apply to a situation, in order, with those that give way. */
export function applyingExceptions(explaining: Explaining, situation: Situation) {
  const { exceptions } = explaining.compiled
  const applying = new Uint8Array(exceptions.length)
  situation.status = COVERED
  const known = findExceptions(exceptions, applying, situation)
  const chosen = exceptions.filter((_, position) => applying[position] === YES)
  const giving_way = exceptions.filter((_, position) => applying[position] === GIVES_WAY)
  return { known, chosen, giving_way }
}

export function exceptionLine(explaining: Explaining, { exception }: CompiledException): ExplanationLine {
  const { program, language } = explaining
  const source = sourceText(program.stack.sources.get(exception.source), exception.article, language)
  const known = formatDay(exception.known)
  return {
    kind: 'exception',
    text: say(
      language,
      `${exception.title.zh}（${source}；${known} 起可知）`,
      `${exception.title.en} (${source}; known ${known})`,
    ),
    clause: clauseKey(exception.pack, exception.clause),
  }
}

/** Every exception that applies, with its factor; those that give way say to which other, and by what rule. */
export function exceptionLines(explaining: Explaining, situation: Situation): readonly ExplanationLine[] {
  const { chosen, giving_way } = applyingExceptions(explaining, situation)
  const factorOf = ({ exception }: CompiledException) =>
    exception.effect.kind === 'multiply' ? parameterLine(explaining, exception.effect.by, situation).lines : []
  return [
    ...chosen.flatMap((one) => [
      exceptionLine(explaining, one),
      ...conditionLines(explaining, one.exception.when, situation),
      ...factorOf(one),
    ]),
    ...giving_way.map((one) => givingWayLine(explaining, one, [...chosen, ...giving_way])),
  ]
}

const RULE_TEXT = {
  named: { zh: '文件写明', en: 'as the pack says' },
  lower_wins: { zh: '下级规定优先', en: 'the lower layer goes first' },
  higher_wins: { zh: '上级规定优先', en: 'the higher layer goes first' },
  later_wins: { zh: '后公布的优先', en: 'the later document goes first' },
  highest: { zh: '几个倍数只取最高', en: 'of several factors only the highest holds' },
} as const

function givingWayLine(
  explaining: Explaining,
  own: CompiledException,
  others: readonly CompiledException[],
): ExplanationLine {
  const { language, program, compiled } = explaining
  const line = exceptionLine(explaining, own)
  for (const other of others) {
    if (other === own) continue
    const how = standing(program.stack, compiled.entitlement, own.exception, other.exception)
    const rule = how.kind === 'under' ? RULE_TEXT[how.by] : how.kind === 'highest' ? RULE_TEXT.highest : undefined
    if (!rule) continue
    const title = other.exception.title
    const text = say(language, `让位于“${title.zh}”：${rule.zh}`, `gives way to “${title.en}”: ${rule.en}`)
    return { ...line, text: `${line.text}${say(language, '，', '; ')}${text}` }
  }
  return line
}

/** Why a day gives nothing: too early, not for this person, an exception, or a decision against it. */
export function notCoveredLines(explaining: Explaining, situation: Situation): readonly ExplanationLine[] {
  const { compiled, language, program } = explaining
  const { entitlement } = compiled
  if (compiled.active[situation.day] !== 1) {
    const from = formatDay(entitlement.from)
    const text = say(language, `该项自 ${from} 起施行，当日不在其内`, `it holds from ${from}; the day lies outside`)
    return [{ kind: 'who', text }]
  }
  const who = whoLine(explaining, situation)
  const { chosen } = applyingExceptions(explaining, situation)
  const against = chosen.find(({ exception }) => exception.effect.kind === 'not_covered')
  const beside = entitlement.gives_way_to.find((code) => reaches(program, code, situation))
  const other = beside === undefined ? undefined : program.stack.entitlements.get(beside)
  if (other) {
    const text = say(
      language,
      `与“${other.title.zh}”不重复享受，当日按该项`,
      `not given beside “${other.title.en}”, which reaches the day`,
    )
    return [who, { kind: 'who', text, clause: clauseKey(other.pack, other.clause) }]
  }
  if (against?.exception.effect.kind === 'not_covered') {
    const { reason } = against.exception.effect
    return [
      exceptionLine(explaining, against),
      { kind: 'who', text: say(language, `不适用：${reason.zh}`, `not covered: ${reason.en}`) },
    ]
  }
  const undecided = chosen.filter(({ exception }) => exception.effect.kind === 'undecided')
  const decisions = undecided.flatMap((one) => [
    exceptionLine(explaining, one),
    decisionLine(explaining, one.decision, situation),
  ])
  const rate = 'rate' in entitlement ? expressionLines(explaining, entitlement.rate, situation).lines : []
  return decisions.length > 0 ? [who, ...decisions] : [who, ...rate]
}

/** Whether another entitlement reaches the same situation; the situation is put back as it was. */
function reaches(program: CompiledProgram, code: string, situation: Situation): boolean {
  const { status, missing, decision } = situation
  const all = [...program.running.settlings, ...program.unit_running.settlings]
  const other = all.find(({ compiled }) => compiled.entitlement.code === code)
  other?.compiled.settle(situation)
  const covered = situation.status === COVERED
  Object.assign(situation, { status, missing, decision })
  return covered
}

/** What an open day waits for. */
export function openLines(
  explaining: Explaining,
  situation: Situation,
  status: number,
  detail: number,
): readonly ExplanationLine[] {
  if (status === UNDECIDED) {
    const { chosen } = applyingExceptions(explaining, situation)
    const because = chosen.filter(({ decision }) => decision === detail).map((one) => exceptionLine(explaining, one))
    return [...because, decisionLine(explaining, detail, situation)]
  }
  if (status === MISSING) return [missingNamed(explaining, explaining.program.missing_facts[detail] ?? '')]
  return status === NOT_COVERED ? notCoveredLines(explaining, situation) : []
}
