import { formatDay, formatMinute, MINUTES_PER_DAY } from '#engines/values/time.ts'
import type { SubjectFacts } from './ask.ts'
import { deadlineOf } from './deadlines.ts'
import { dutyTimes } from './duties.ts'
import type { Decision, SpanFacts } from './facts.ts'
import { formatAmount } from './format-amount.ts'
import { checkPosting, matchingFor } from './fund-use.ts'
import { leaveIn, validityOf } from './leave-validity.ts'
import { plain, stateText } from './miss-texts.ts'
import type { Stack } from './pack.ts'
import { privilegeFor } from './privileges.ts'
import { quotaOn } from './quotas.ts'
import { recommend } from './recommendations.ts'
import type { Question, Ruling } from './rulings.ts'
import type { WrittenCase } from './schema/case-shape.ts'
import type { WrittenCheck } from './schema/check-shape.ts'
import type { Miss } from './test-pack.ts'
import type { Happening } from './time-spans.ts'
import type { Label } from './vocabulary.ts'

/** What an example asked for, as text beside each key of `expect`. */
interface Outcome {
  readonly ruling: Ruling & { readonly state: string }
  readonly shown: Readonly<Record<string, string | null>>
}

/** Runs one example of a rule that is no sum of money. */
export function runCheck(stack: Stack, written: WrittenCheck): readonly Miss[] {
  const { name, place } = written
  const miss = (entitlement: string, wanted: Label, got: Label): Miss => ({ place, name, entitlement, wanted, got })
  const unknown = unknownRule(stack, written)
  if (unknown) return [miss(...unknown)]
  let outcome: Outcome | undefined
  try {
    outcome = outcomeOf(stack, written)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return [miss('', { zh: '有答案', en: 'an answer' }, { zh: `问不出：${error.message}`, en: error.message })]
  }
  if (!outcome) {
    const wanted = {
      zh: '写 quota、deadline、duty、privilege、table、fund、leave 之一',
      en: 'one of quota, deadline, duty, privilege, table, fund, leave',
    }
    return [miss('', wanted, { zh: '一个都没有写', en: 'none of them' })]
  }
  const { ruling, shown } = outcome
  const { state, decision_point, missing } = ruling
  const got = new Map(Object.entries({ ...shown, state, decision_point, missing }))
  return Object.entries(wantedOf(written.expect)).flatMap(([key, wanted]) => {
    const found = got.get(key) ?? null
    return wanted === null || wanted === found
      ? []
      : [miss(ruling.rule, answerText(key, wanted), answerText(key, found))]
  })
}

/** The rule asked about, where the pack has none of that name: its name, what could be asked, and what is wrong. */
function unknownRule(stack: Stack, written: WrittenCheck): [string, Label, Label] | undefined {
  const asked: readonly (readonly [string | null, readonly string[]])[] = [
    [written.quota, [...stack.quotas.keys()]],
    [written.deadline, [...stack.deadlines.keys()]],
    [written.duty, [...stack.duties.keys()]],
    [written.privilege, [...stack.waivers.keys(), ...stack.priorities.keys()]],
    [written.table, [...stack.recommendations.keys()]],
    [written.fund, [...stack.funds.keys()]],
    [written.leave, leaveIn(stack).map(({ code }) => code)],
  ]
  for (const [code, known] of asked) {
    if (code === null || known.includes(code)) continue
    const names = known.join(', ')
    return [
      code,
      { zh: `包里有的名称（${names || '一个都没有'}）`, en: `a name in the pack (${names || 'there is none'})` },
      { zh: `没有定义过“${code}”`, en: `"${code}" is not defined` },
    ]
  }
  return undefined
}

const KEY_WORDS: Readonly<Record<string, Label>> = {
  state: { zh: '状态', en: 'state' },
  recommends: { zh: '建议', en: 'recommends' },
  effect: { zh: '效果', en: 'effect' },
  gives_way_to: { zh: '让于', en: 'gives way to' },
  decision_point: { zh: '决定事项', en: 'decision point' },
  missing: { zh: '缺少的事实', en: 'missing' },
  due: { zh: '到期', en: 'due' },
  last_day: { zh: '有效至', en: 'valid until' },
  afterwards: { zh: '到期以后', en: 'afterwards' },
  places: { zh: '名额', en: 'places' },
  amount: { zh: '数额', en: 'amount' },
  short: { zh: '还差', en: 'short' },
  times: { zh: '各次', en: 'times' },
}

/** Of a waiver or priority; a rest rule "applies" when its bound is reached. */
const APPLIES: Label = { zh: '适用', en: 'applies' }

/** One answer in words; dates, numbers and codes are the same in both languages. */
function answerText(key: string, found: string | null): Label {
  const name = KEY_WORDS[key] ?? plain(key)
  const parts = found?.split(', ').map((part) => (part === 'applies' ? APPLIES : stateText(part)))
  const zh = parts?.map((part) => part.zh.replace(' yuan', ' 元')).join('、') ?? '没有'
  return { zh: `${name.zh} ${zh}`, en: `${name.en}: ${parts?.map((part) => part.en).join(', ') ?? 'nothing'}` }
}

function wantedOf(expect: WrittenCheck['expect']): Readonly<Record<string, string | null>> {
  const {
    state,
    recommends,
    effect,
    gives_way_to,
    decision_point,
    missing,
    due,
    places,
    amount,
    short,
    times,
    last_day,
    afterwards,
  } = expect
  return {
    ...{ state, recommends, effect, gives_way_to, decision_point, missing },
    due: due && (due.minute === null ? formatDay(due.day) : formatMinute(due.minute)),
    places: places && String(places.amount),
    amount: amount && formatAmount('yuan', amount.amount).en,
    short: short && formatAmount('yuan', short.amount).en,
    times: times === null ? null : times.join(', '),
    last_day: last_day === null ? null : formatDay(last_day),
    afterwards,
  }
}

function happening(written: { day: number; minute: number | null } | null, ref: string): Happening | null {
  return written && { ...written, ref }
}

function questionOf(written: WrittenCheck): Question {
  const decisions = written.decisions.map(
    ({ point, choice, amount, from, to, decided_on }, index): Decision => ({
      point,
      about: { kind: 'operation' },
      decided: choice === null ? { kind: 'amount', amount: amount?.amount ?? 0 } : { kind: 'choice', choice },
      from,
      to,
      decided_on,
      ref: `decision-${index + 1}`,
    }),
  )
  return { day: written.on, known: written.known ?? written.on, decisions, facts: factsOf(written.about) }
}

/** The duty of an example, day by day. */
export function spansOf(written: WrittenCase['spans']): readonly SpanFacts[] {
  return written.flatMap(({ from, to, days, post_kind, exposure, unit_kind, area }, index) =>
    Array.from({ length: days }, (_, day) => ({
      start_minute: from + day * MINUTES_PER_DAY,
      end_minute: to + day * MINUTES_PER_DAY,
      post_kind,
      exposure,
      unit_kind,
      area,
      ref: day === 0 ? `span-${index + 1}` : `span-${index + 1}-${day + 1}`,
    })),
  )
}

function factsOf(about: WrittenCheck['about']): SubjectFacts {
  if (about === null) return {}
  const { place: _, findings, duty, ...words } = about
  const given = Object.fromEntries(Object.entries(words).filter(([, value]) => value !== null))
  return {
    ...given,
    ...(duty ? { duty: spansOf(duty) } : {}),
    findings: Object.fromEntries(findings.map((one) => [one.code, one.value])),
  }
}

function outcomeOf(stack: Stack, written: WrittenCheck): Outcome | undefined {
  const question = questionOf(written)
  if (written.quota !== null) {
    const headcounts = Object.fromEntries(written.headcounts.map((one) => [one.code, one.value.amount]))
    const ruling = quotaOn(stack, written.quota, { ...question, headcounts })
    return { ruling, shown: { places: ruling.places === null ? null : String(ruling.places) } }
  }
  if (written.deadline !== null) {
    const event = happening(written.event, 'event')
    const ruling = deadlineOf(stack, written.deadline, { ...question, event, done: happening(written.done, 'done') })
    const { due_day, due_minute } = ruling
    const due = due_minute === null ? (due_day === null ? null : formatDay(due_day)) : formatMinute(due_minute)
    return { ruling, shown: { due } }
  }
  if (written.duty !== null) {
    const acts = written.acts.map((act, index) => ({ ...act, ref: `act-${index + 1}` }))
    const events = written.events.map((event, index) => ({ ...event, ref: `event-${index + 1}` }))
    const from = written.since ?? written.on
    const ruling = dutyTimes(stack, written.duty, { ...question, from, done: acts, events })
    return { ruling, shown: { times: ruling.times.map(({ state }) => state).join(', ') } }
  }
  if (written.privilege !== null) {
    const awards = written.awards.map((one) => ({ award: one.code, day: one.value, ref: one.code }))
    const used = written.used.map((privilege, index) => ({ privilege, ref: `use-${index + 1}` }))
    const ruling = privilegeFor(stack, written.privilege, { ...question, awards, used })
    return { ruling, shown: { effect: ruling.effect.kind, gives_way_to: ruling.gives_way_to } }
  }
  if (written.leave !== null) {
    const ruling = validityOf(stack, written.leave, { ...question, earned: written.earned ?? written.on })
    const { last_day, afterwards } = ruling
    return { ruling, shown: { last_day: last_day === null ? null : formatDay(last_day), afterwards } }
  }
  if (written.table !== null) return tableOutcome(stack, written.table, written, question)
  if (written.fund === null) return undefined
  if (written.allotted !== null) {
    const matched_fen = written.matched?.amount ?? null
    const ruling = matchingFor(stack, written.fund, written.allotted.amount, { ...question, matched_fen })
    const yuan = (fen: number | null) => (fen === null ? null : formatAmount('yuan', fen).en)
    return { ruling, shown: { amount: yuan(ruling.amount_fen), short: yuan(ruling.short_fen) } }
  }
  const { fund, use, recipient } = written
  return { ruling: checkPosting(stack, { ...question, fund, use, recipient }), shown: {} }
}

function tableOutcome(stack: Stack, table: string, written: WrittenCheck, question: Question): Outcome {
  const inputs = stack.recommendations.get(table)?.inputs
  // A number is written as a whole number of days, minutes or items.
  const answers = Object.fromEntries(
    written.answers.map(({ code, value }) => {
      const input = inputs?.get(code)
      if (input?.kind !== 'number') return [code, value]
      return [code, Number(value) * (input.unit === 'days' ? 100 : 1)]
    }),
  )
  const ruling = recommend(stack, table, { ...question, answers })
  return { ruling, shown: { recommends: ruling.recommends } }
}
