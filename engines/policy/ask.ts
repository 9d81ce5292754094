import { type Day, dayOfMinute } from '#engines/values/time.ts'
import { type Answer, areaNumber, liesIn, NO, UNKNOWN, YES } from './areas.ts'
import type { SpanFacts } from './facts.ts'
import type { Condition, Stack } from './pack.ts'
import type { ServedCondition } from './pack-time.ts'
import { holdsOn, valueOn } from './parameters.ts'
import {
  EMPLOYMENTS,
  type Employment,
  ESTABLISHMENTS,
  type Establishment,
  EXPOSURES,
  type Exposure,
  type Label,
  PARTY_STATUSES,
  type PartyStatus,
  POST_KINDS,
  type PostKind,
  UNIT_KINDS,
  type UnitKind,
} from './vocabulary.ts'

/** Whom a rule is asked about, as far as is known. What is absent is not known; it is never taken for "no". */
export interface SubjectFacts {
  readonly employment?: Employment
  readonly established?: Establishment
  readonly party?: PartyStatus
  readonly post_kind?: PostKind
  readonly exposure?: Exposure
  readonly unit_kind?: UnitKind
  /** Division codes. */
  readonly belongs_to?: string
  readonly works_in?: string
  readonly findings?: Readonly<Record<string, boolean>>
  /** The duty done, for days of service. */
  readonly duty?: readonly Pick<SpanFacts, 'start_minute' | 'end_minute' | 'post_kind' | 'exposure'>[]
}

export interface UsedFact {
  /** Such as `employment` or `finding:work-injury`. */
  readonly name: string
  readonly text: Label
}

export interface Asked {
  readonly answer: Answer
  /** With an unknown answer: the first fact that would settle it. */
  readonly missing: string | null
  readonly facts: readonly UsedFact[]
}

/** What may be asked of a single subject. */
export const SUBJECT_CONDITIONS: readonly string[] = [
  'all',
  'any',
  'not',
  'employment',
  'established',
  'party',
  'post_kind',
  'exposure',
  'unit_kind',
  'area',
  'finding',
  'category',
  'served',
]

interface Asking {
  readonly stack: Stack
  readonly facts: SubjectFacts
  readonly day: Day
  readonly known: Day
  /** Categories answered before: one may be asked for many times over, by way of others. */
  readonly categories: Map<string, CategoryValue>
}

type CategoryValue =
  | { readonly value: string; readonly facts: readonly UsedFact[] }
  | { readonly missing: string | null }

const WORD_LABELS: Readonly<
  Record<string, { readonly title: Label; readonly labels: Readonly<Record<string, Label>> }>
> = {
  employment: { title: { zh: '用工性质', en: 'employment' }, labels: EMPLOYMENTS },
  established: { title: { zh: '编制', en: 'establishment' }, labels: ESTABLISHMENTS },
  party: { title: { zh: '政治面貌', en: 'party status' }, labels: PARTY_STATUSES },
  post_kind: { title: { zh: '岗位', en: 'post' }, labels: POST_KINDS },
  exposure: { title: { zh: '接触情况', en: 'exposure' }, labels: EXPOSURES },
  unit_kind: { title: { zh: '单位种类', en: 'kind of unit' }, labels: UNIT_KINDS },
}

/**
 * Answers a condition for one subject on a day, as known on another: yes, no, or unknown with the fact that is missing.
 *
 * @example ask(stack, { kind: 'employment', words: ['medical'] }, {}, day, day) // { answer: UNKNOWN, missing: 'employment', facts: [] }
 */
export function ask(stack: Stack, condition: Condition, facts: SubjectFacts, day: Day, known: Day): Asked {
  return answer({ stack, facts, day, known, categories: new Map() }, condition)
}

function answer(asking: Asking, condition: Condition): Asked {
  switch (condition.kind) {
    case 'all':
      return several(asking, condition.of, NO)
    case 'any':
      return several(asking, condition.of, YES)
    case 'not': {
      const inner = answer(asking, condition.of)
      return inner.answer === UNKNOWN ? inner : { ...inner, answer: inner.answer === YES ? NO : YES }
    }
    case 'employment':
    case 'established':
    case 'party':
    case 'post_kind':
    case 'exposure':
    case 'unit_kind':
      return wordAnswer(condition.kind, asking.facts[condition.kind], condition.words)
    case 'area': {
      const area = asking.facts[condition.of]
      if (area === undefined) return unknown(condition.of)
      const answers = condition.prefixes.map((prefix) => liesIn(areaNumber(area), prefix))
      const text = { zh: `区划：${area}`, en: `division: ${area}` }
      if (answers.includes(YES)) return { answer: YES, missing: null, facts: [{ name: condition.of, text }] }
      if (answers.includes(UNKNOWN)) return unknown(condition.of)
      return { answer: NO, missing: null, facts: [{ name: condition.of, text }] }
    }
    case 'finding': {
      const found = asking.facts.findings?.[condition.finding]
      const name = `finding:${condition.finding}`
      if (found === undefined) return unknown(name)
      const title = asking.stack.findings.get(condition.finding)?.title ?? {
        zh: condition.finding,
        en: condition.finding,
      }
      const text = { zh: `${title.zh}：${found ? '是' : '否'}`, en: `${title.en}: ${found ? 'yes' : 'no'}` }
      return { answer: found === condition.is ? YES : NO, missing: null, facts: [{ name, text }] }
    }
    case 'category':
      return categoryAnswer(asking, condition.category, condition.values)
    case 'served':
      return servedAnswer(asking, condition)
    default:
      return unknown(condition.kind)
  }
}

function unknown(missing: string): Asked {
  return { answer: UNKNOWN, missing, facts: [] }
}

function wordAnswer(kind: string, found: string | undefined, words: readonly string[]): Asked {
  const speaksOfUnknown = words.includes('unknown')
  if (found === undefined || (found === 'unknown' && !speaksOfUnknown)) return unknown(kind)
  const known = WORD_LABELS[kind]
  const label = known?.labels[found] ?? { zh: found, en: found }
  const text = { zh: `${known?.title.zh ?? kind}：${label.zh}`, en: `${known?.title.en ?? kind}: ${label.en}` }
  return { answer: words.includes(found) ? YES : NO, missing: null, facts: [{ name: kind, text }] }
}

/** Days on fitting posts; a post or contact that nobody recorded may fit, and is missing where that decides. */
function servedAnswer({ stack, facts, day, known }: Asking, condition: ServedCondition): Asked {
  if (facts.duty === undefined) return unknown('duty')
  const { posts, exposures, at_least_days, counted } = condition
  const parameter = 'literal' in at_least_days ? null : stack.parameters.get(at_least_days.parameter)
  const value = parameter && valueOn(parameter, day, known)?.value
  const wanted = 'literal' in at_least_days ? at_least_days.literal : typeof value === 'number' ? value / 100 : null
  if (wanted === null) return unknown(`parameter:${parameter?.code ?? ''}`)
  const until = counted === 'in_all' ? known : day
  const sure = new Set<Day>()
  const maybe = new Set<Day>()
  let open = 'post_kind'
  for (const { start_minute, end_minute, post_kind, exposure } of facts.duty) {
    const isPost = posts.length === 0 || (post_kind !== null && posts.includes(post_kind))
    const isContact = exposures.length === 0 || exposures.includes(exposure)
    const isPostOpen = !isPost && post_kind === null
    const isContactOpen = !isContact && exposure === 'unknown'
    if (!(isPost || isPostOpen) || !(isContact || isContactOpen)) continue
    if (!isPostOpen && isContactOpen) open = 'exposure'
    const days = isPost && isContact ? sure : maybe
    for (let one = dayOfMinute(start_minute); one <= Math.min(until, dayOfMinute(end_minute - 1)); one++) days.add(one)
  }
  if (sure.size < wanted && new Set([...sure, ...maybe]).size >= wanted) return unknown(open)
  const where = listed([...posts.map((one) => POST_KINDS[one]), ...exposures.map((one) => EXPOSURES[one])])
  const text = {
    zh: `${where.zh && `在${where.zh}`}值守 ${sure.size} 天`,
    en: `${sure.size} days of duty${where.en && ` (${where.en})`}`,
  }
  return { answer: sure.size >= wanted ? YES : NO, missing: null, facts: [{ name: 'duty', text }] }
}

function listed(labels: readonly Label[]): Label {
  return { zh: labels.map(({ zh }) => zh).join('、'), en: labels.map(({ en }) => en).join(', ') }
}

/** The first part that settles it, settles it; else one unknown part makes the whole unknown. */
function several(asking: Asking, parts: readonly Condition[], settles: Answer): Asked {
  const facts: UsedFact[] = []
  let open: Asked | undefined
  for (const part of parts) {
    const asked = answer(asking, part)
    if (asked.answer === settles) return asked
    if (asked.answer === UNKNOWN) open ??= asked
    else facts.push(...asked.facts)
  }
  return open ?? { answer: settles === YES ? NO : YES, missing: null, facts }
}

function categoryAnswer(asking: Asking, code: string, values: readonly string[]): Asked {
  const found = asking.categories.get(code) ?? categoryValue(asking, code)
  asking.categories.set(code, found)
  if ('missing' in found) return { answer: UNKNOWN, missing: found.missing, facts: [] }
  return { answer: values.includes(found.value) ? YES : NO, missing: null, facts: found.facts }
}

/** First match of the version that is in force; a fact that is missing on the way makes the category unknown. */
function categoryValue(asking: Asking, code: string): CategoryValue {
  const category = asking.stack.categories.get(code)
  const version = category?.versions
    .filter((candidate) => holdsOn(candidate, asking.day, asking.known))
    .sort((left, right) => (right.known ?? 0) - (left.known ?? 0))[0]
  if (!category || !version) return { missing: `category:${code}` }
  const facts: UsedFact[] = []
  for (const one of version.cases) {
    const asked: Asked = one.when === null ? { answer: YES, missing: null, facts: [] } : answer(asking, one.when)
    if (asked.answer === UNKNOWN) return { missing: asked.missing }
    facts.push(...asked.facts)
    if (asked.answer === NO) continue
    const label = category.values.get(one.value) ?? { zh: one.value, en: one.value }
    const text = { zh: `${category.title.zh}：${label.zh}`, en: `${category.title.en}: ${label.en}` }
    // Each fact once: categories that ask for one another would otherwise double the list at every step.
    const used = new Map([...facts, { name: `category:${code}`, text }].map((fact) => [fact.name, fact]))
    return { value: one.value, facts: [...used.values()] }
  }
  return { missing: `category:${code}` }
}
