import { checkCategorySize } from './check-category-size.ts'
import { checkDecisionSets, checkExceptionRate, checkMore } from './check-more.ts'
import { circleIn } from './check-procedures.ts'
import { checkProvisions, PROVISION_NAMES, provisionCodes } from './check-provisions.ts'
import { type Mistakes, type Reference, suggestion } from './mistakes.ts'
import {
  type Category,
  type Condition,
  clauseKey,
  type Entitlement,
  type Exception,
  type Expression,
  type Pack,
  type Place,
  type Stack,
} from './pack.ts'
import { standing } from './resolve-exceptions.ts'

/** What can be checked only when a layer stands under the layers above it. Adds a mistake for whatever does not fit. */
export function checkStack(stack: Stack, pack: Pack, mistakes: Mistakes): void {
  const defined = new Map<string, ReadonlySet<string>>()
  for (const reference of mistakes.references) {
    if (mistakes.isFull) break
    checkReference(stack, codesFor(stack, pack, reference, defined), reference, mistakes)
  }
  checkProvisions(stack, pack, mistakes)
  checkCategoryCircle(stack, pack, mistakes)
  for (const entitlement of pack.entitlements.values()) {
    checkWithoutEstablishment(stack, entitlement, mistakes)
    if ('rate' in entitlement) checkTableOfRates(stack, entitlement.rate, mistakes)
    if (entitlement.gives === 'minutes') checkEarning(entitlement, mistakes)
    if ('amount' in entitlement) checkTableOfRates(stack, entitlement.amount, mistakes)
    checkMore(stack, entitlement, mistakes)
  }
  for (const parameter of pack.parameters.values()) checkDecisionSets(stack, parameter, mistakes)
  for (const exception of pack.exceptions.values()) {
    if (exception.effect.kind === 'rate') checkTableOfRates(stack, exception.effect.rate, mistakes)
    checkExceptionFits(stack, exception, mistakes)
    checkExceptionRate(stack, exception, mistakes)
  }
  checkExceptionsAgainstEachOther(stack, pack, mistakes)
}

const KIND_NAMES = {
  source: { zh: '文件', en: 'source' },
  clause: { zh: '条款', en: 'clause' },
  finding: { zh: '事实', en: 'finding' },
  event: { zh: '事件', en: 'event' },
  parameter: { zh: '参数', en: 'parameter' },
  category: { zh: '类别', en: 'category' },
  category_value: { zh: '类别值', en: 'value of the category' },
  entitlement: { zh: '待遇', en: 'entitlement' },
  exception: { zh: '例外', en: 'exception' },
  decision_point: { zh: '决定事项', en: 'decision point' },
  ...PROVISION_NAMES,
} as const

function definedCodes(stack: Stack, pack: Pack, { kind, category }: Reference): readonly string[] {
  switch (kind) {
    case 'source':
      return [...stack.sources.keys()]
    case 'clause':
      return [...pack.clauses.keys()]
    case 'finding':
      return [...stack.findings.keys()]
    case 'event':
      return [...stack.events.keys()]
    case 'parameter':
      return [...stack.parameters.keys()]
    case 'category':
      return [...stack.categories.keys()]
    case 'category_value':
      return [...(stack.categories.get(category ?? '')?.values.keys() ?? [])]
    case 'entitlement':
      return [...stack.entitlements.keys()]
    case 'exception':
      return stack.exceptions.map(({ code }) => code)
    case 'decision_point':
      return [...stack.decision_points.keys()]
    default:
      return provisionCodes(stack, kind)
  }
}

/** The codes of a kind, gathered once: a pack may hold thousands of references. */
function codesFor(
  stack: Stack,
  pack: Pack,
  reference: Reference,
  defined: Map<string, ReadonlySet<string>>,
): ReadonlySet<string> {
  const key = `${reference.kind} ${reference.category ?? ''}`
  const found = defined.get(key) ?? new Set(definedCodes(stack, pack, reference))
  defined.set(key, found)
  return found
}

function checkReference(stack: Stack, codes: ReadonlySet<string>, reference: Reference, mistakes: Mistakes): void {
  const { kind, code, place, units } = reference
  if (kind === 'category_value' && !stack.categories.has(reference.category ?? '')) return
  const name = KIND_NAMES[kind]
  if (!codes.has(code)) {
    mistakes.add(
      'reference.unknown',
      place,
      code,
      { zh: `没有定义过这个${name.zh}`, en: `no ${name.en} has this code` },
      suggestion(code, [...codes]),
    )
    return
  }
  const unit = kind === 'parameter' ? stack.parameters.get(code)?.unit : undefined
  if (!units || !unit || units.includes(unit)) return
  const wanted = units.join(' / ')
  mistakes.add(
    'reference.unit',
    place,
    code,
    { zh: `单位不合：这个参数是 ${unit}`, en: `the unit does not fit: this parameter is in ${unit}` },
    { zh: `这里要用 ${wanted} 的参数`, en: `use a parameter in ${wanted}` },
  )
}

export function* partsOf(condition: Condition): Generator<Condition> {
  yield condition
  if (condition.kind === 'not') yield* partsOf(condition.of)
  if (condition.kind === 'all' || condition.kind === 'any') for (const part of condition.of) yield* partsOf(part)
}

/** The same, looking into the categories that are asked for too: nobody may be left out by way of one. */
export function* deepPartsOf(stack: Stack, condition: Condition, seen = new Set<string>()): Generator<Condition> {
  for (const part of partsOf(condition)) {
    yield part
    if (part.kind !== 'category' || seen.has(part.category)) continue
    seen.add(part.category)
    const cases = stack.categories.get(part.category)?.versions.flatMap((version) => version.cases) ?? []
    for (const { when } of cases) if (when !== null) yield* deepPartsOf(stack, when, seen)
  }
}

/** A category may ask for another one, but never, by whatever way round, for itself. */
function checkCategoryCircle(stack: Stack, pack: Pack, mistakes: Mistakes): void {
  const circle = circleIn([...stack.categories.values()].map((category) => [category.code, categoriesAsked(category)]))
  const own = circle && [...pack.categories.values()].find(({ code }) => circle.includes(code))
  if (!circle) checkCategorySize(stack, pack, mistakes)
  if (!circle || !own) return
  mistakes.add(
    'category.cycle',
    own.place,
    circle.join(' → '),
    { zh: '类别绕了一圈又问到自己', en: 'the category asks for itself in a circle' },
    { zh: '断开其中一环', en: 'break the circle' },
  )
}

function categoriesAsked(category: Category): readonly string[] {
  const conditions = category.versions.flatMap((version) => version.cases.map(({ when }) => when))
  return conditions.flatMap((when) =>
    when === null ? [] : [...partsOf(when)].flatMap((part) => (part.kind === 'category' ? [part.category] : [])),
  )
}

/** Whoever asks for an established post must say what happens to those who have none. */
function checkWithoutEstablishment(stack: Stack, entitlement: Entitlement, mistakes: Mistakes): void {
  const asked = entitlement.who.flatMap(({ when, place }) =>
    when === null
      ? []
      : [...deepPartsOf(stack, when)].flatMap((part) =>
          part.kind === 'established' ? [{ words: part.words, place }] : [],
        ),
  )
  const [first] = asked
  if (!first || asked.some(({ words }) => words.includes('no'))) return
  mistakes.add(
    'who.without_establishment',
    first.place,
    entitlement.code,
    { zh: '编外人员会被悄悄排除', en: 'people without an established post would be left out in silence' },
    {
      zh: '加一条 when: {established: no}，写明应得、待定（由谁定）或不适用（理由）',
      en: 'add a case "when: {established: no}" that says entitled, undecided (by whom) or not_covered (why)',
    },
  )
}

const SPAN_FACTS = ['post_kind', 'exposure', 'unit_kind', 'category']

/** Leave is earned by the whole day, so that its rule may ask about the person and the day, not about one post of the day. */
function checkEarning(entitlement: Entitlement & { gives: 'minutes' }, mistakes: Mistakes): void {
  for (const { when, place } of entitlement.earn) {
    const asked = when === null ? [] : [...partsOf(when)]
    const found = asked.find(
      (part) => SPAN_FACTS.includes(part.kind) || (part.kind === 'area' && part.of === 'works_in'),
    )
    if (!found) continue
    mistakes.add(
      'earn.span_fact',
      place,
      found.kind === 'area' ? found.of : found.kind,
      { zh: '补休按整天计算，不能按某一班的情况来分', en: 'leave is earned by the whole day, not by one post of it' },
      {
        zh: '这里只问人员和日子：employment、established、party、finding、belongs_to、day_kind',
        en: 'ask about the person or the day here; put posts under who',
      },
    )
  }
}

function checkTableOfRates(stack: Stack, expression: Expression, mistakes: Mistakes): void {
  if (expression.kind === 'if') {
    checkTableOfRates(stack, expression.take, mistakes)
    checkTableOfRates(stack, expression.otherwise, mistakes)
  } else if (expression.kind === 'by') {
    const values = stack.categories.get(expression.category)?.values.keys() ?? []
    for (const value of values) if (!expression.values.has(value)) refuseUncovered(value, expression.place, mistakes)
    for (const part of expression.values.values()) if (part) checkTableOfRates(stack, part, mistakes)
  } else if ('of' in expression) {
    for (const part of expression.of) checkTableOfRates(stack, part, mistakes)
  }
}

function refuseUncovered(value: string, place: Place, mistakes: Mistakes): void {
  mistakes.add(
    'rate.uncovered',
    place,
    value,
    { zh: '这个类别值没有对应的标准', en: 'this value of the category has no rate' },
    { zh: `补一行“${value}: 参数名”，没有的写 none`, en: `add "${value}: parameter", or none where there is none` },
  )
}

/** What has a rate that an exception can multiply or replace. */
const RATED: readonly Entitlement['gives'][] = ['money_per_day', 'money_per_hour', 'money_per_month']

function checkExceptionFits(stack: Stack, exception: Exception, mistakes: Mistakes): void {
  const gives = stack.entitlements.get(exception.to_entitlement)?.gives
  const needsMoney = exception.effect.kind === 'multiply' || exception.effect.kind === 'rate'
  if (!gives || !needsMoney || RATED.includes(gives)) return
  mistakes.add(
    'exception.kind',
    exception.place,
    exception.to_entitlement,
    { zh: `该待遇是 ${gives}，没有日标准可改`, en: `it gives ${gives}: there is no daily rate to change` },
    { zh: '用 not_covered 或 undecided', en: 'use not_covered or undecided' },
  )
}

function overlap(left: Exception, right: Exception): boolean {
  return (left.to === null || left.to >= right.from) && (right.to === null || right.to >= left.from)
}

/** Two rules that both replace the same thing must say which one goes over the other. */
function checkExceptionsAgainstEachOther(stack: Stack, pack: Pack, mistakes: Mistakes): void {
  const all = stack.exceptions
  for (const [index, own] of all.entries()) {
    if (own.pack !== pack.id) continue
    if (mistakes.isFull) return
    const earlier = all
      .slice(0, index)
      .filter((other) => other.to_entitlement === own.to_entitlement && overlap(other, own))
    for (const other of earlier) {
      const entitlement = stack.entitlements.get(own.to_entitlement)
      if (!entitlement || standing(stack, entitlement, own, other).kind !== 'conflict') continue
      refuseConflict(own, other, mistakes)
    }
  }
}

function refuseConflict(own: Exception, other: Exception, mistakes: Mistakes): void {
  const where = `${other.place.file}:${other.place.line}`
  mistakes.add(
    'exception.conflict',
    own.place,
    `${own.code}, ${other.code}`,
    {
      zh: `两条例外可能同时适用（另一条在 ${where}）`,
      en: `both exceptions may apply at once (the other is at ${where})`,
    },
    {
      zh: `在其中一条写 over: ${other.code} 说明谁优先；都是倍数的，也可写 multiplies_with（连乘）或 highest_with（只取最高）`,
      en: `say which goes first: over: ${other.code} in one of them; for two factors also multiplies_with or highest_with`,
    },
  )
}

/** The clause that an entitlement, exception or decision point of some pack names. */
export function clauseOf(stack: Stack, { pack, clause }: { pack: string; clause: string }) {
  return stack.clauses.get(clauseKey(pack, clause))
}
