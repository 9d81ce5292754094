import { deepPartsOf } from './check-stack.ts'
import type { Mistakes } from './mistakes.ts'
import type { Condition, Entitlement, Exception, Expression, Parameter, Place, Stack, Unit } from './pack.ts'

/** Checks of the parts that say how much and when, once a layer stands under the layers above it. */
export function checkMore(stack: Stack, entitlement: Entitlement, mistakes: Mistakes): void {
  if ('rate' in entitlement) checkRateUnit(stack, entitlement.rate, RATE_UNIT[entitlement.gives], mistakes)
  checkSubject(stack, entitlement, mistakes)
  checkGivingWay(stack, entitlement, mistakes)
  if (entitlement.gives === 'money_per_month') checkMonthDecision(stack, entitlement, mistakes)
}

const RATE_UNIT = {
  money_per_day: ['yuan_per_day', 'yuan_per_half_day'],
  money_per_hour: ['yuan_per_hour'],
  money_per_month: ['yuan_per_month'],
} as const satisfies Record<string, readonly Unit[]>

/** A rate by the hour needs parameters by the hour, in every branch of its expression. */
function checkRateUnit(stack: Stack, expression: Expression, units: readonly Unit[], mistakes: Mistakes): void {
  for (const { code, place } of parametersOf(expression)) {
    const parameter = stack.parameters.get(code)
    if (!parameter || units.includes(parameter.unit)) continue
    mistakes.add(
      'rate.unit',
      place,
      code,
      {
        zh: `单位不合：这个参数是 ${parameter.unit}`,
        en: `the unit does not fit: this parameter is in ${parameter.unit}`,
      },
      { zh: `这里要用 ${units.join(' 或 ')} 的参数`, en: `use a parameter in ${units.join(' or ')}` },
    )
  }
}

/** The same for the rate that an exception puts in place of another. */
export function checkExceptionRate(stack: Stack, exception: Exception, mistakes: Mistakes): void {
  const entitlement = stack.entitlements.get(exception.to_entitlement)
  if (exception.effect.kind !== 'rate' || !entitlement || !('rate' in entitlement)) return
  checkRateUnit(stack, exception.effect.rate, RATE_UNIT[entitlement.gives], mistakes)
}

function* parametersOf(expression: Expression): Generator<{ readonly code: string; readonly place: Place }> {
  if (expression.kind === 'parameter') yield expression
  else if (expression.kind === 'if') {
    yield* parametersOf(expression.take)
    yield* parametersOf(expression.otherwise)
  } else if (expression.kind === 'by') {
    for (const part of expression.values.values()) if (part) yield* parametersOf(part)
  } else if ('of' in expression) for (const part of expression.of) yield* parametersOf(part)
}

/** A decision that sets a parameter gives a number of the parameter's own kind. */
export function checkDecisionSets(stack: Stack, { open, unit, code, place }: Parameter, mistakes: Mistakes): void {
  const point = stack.decision_points.get(open?.decision ?? '')
  if (!point || (point.range.kind === 'amount' && point.range.unit === unit)) return
  const { zh, en } =
    point.range.kind === 'amount'
      ? {
          zh: `这个决定事项的数额是 ${point.range.unit}，参数是 ${unit}`,
          en: `the decision gives ${point.range.unit}, the parameter is in ${unit}`,
        }
      : { zh: '这个决定事项没有数额，定不了参数', en: 'the decision has no amount and cannot set a parameter' }
  mistakes.add(
    'parameter.decision',
    place,
    code,
    { zh, en },
    {
      zh: `在决定事项 ${point.code} 里写 amount: { unit: ${unit} }`,
      en: `give the decision point ${point.code} amount: { unit: ${unit} }`,
    },
  )
}

const POST_FACTS = ['post_kind', 'exposure', 'unit_kind']
const PERSON_FACTS = ['employment', 'established', 'party', 'family', 'children', 'served', 'home_unit_kind']

/** A day without duty has no post; a unit has no employment. A rule that asks all the same would wait for ever. */
function checkSubject(stack: Stack, entitlement: Entitlement, mistakes: Mistakes): void {
  const { subject, days, gives, place } = entitlement
  const wrongUnit = subject === 'unit' && !['money_once', 'right', 'in_kind', 'money_per_month'].includes(gives)
  const wrongDays = days === 'all' && ['money_per_day', 'money_per_hour', 'minutes'].includes(gives)
  if (wrongUnit || wrongDays) refuseGives(gives, wrongUnit, place, mistakes)
  checkIncoming(entitlement, mistakes)
  if (days !== 'all') return
  const asked = entitlement.who.flatMap(({ when, place: at }) =>
    when === null ? [] : [...deepPartsOf(stack, when)].map((part) => ({ part, at })),
  )
  const refused = asked.find(({ part }) => isOutOfPlace(part, subject))
  if (!refused) return
  const { part, at } = refused
  mistakes.add(
    'days.fact',
    at,
    part.kind === 'area' ? part.of : part.kind,
    subject === 'unit'
      ? { zh: '这是人的情况，单位没有', en: 'this is a fact of people; a unit has none' }
      : { zh: '没有值守的日子没有岗位', en: 'a day without duty has no post' },
    subject === 'unit'
      ? {
          zh: '对单位只问 unit_kind、works_in、count、finding、day_kind 和 window',
          en: 'of a unit ask unit_kind, works_in, count, finding, day_kind or window',
        }
      : {
          zh: '用 served 问在哪些岗位值守过，或用 home_unit_kind、belongs_to',
          en: 'ask for the posts served with served, or use home_unit_kind, belongs_to',
        },
  )
}

/** People of other places are tied to this one by duty or by an event recorded here; all else would reach everybody. */
function checkIncoming({ for_incoming, subject, days, gives, place }: Entitlement, mistakes: Mistakes): void {
  if (!for_incoming || (subject === 'person' && (days === 'duty' || gives === 'money_per_event'))) return
  mistakes.add(
    'also_for.tie',
    place,
    'incoming',
    { zh: '外来支援的人只看在本地的值守，或记在这里的事件', en: 'incoming people are known by duty here or an event' },
    {
      zh: '只用在按值守计的待遇，或 gives: money_per_event；不写 days: all、for: unit',
      en: 'use it where duty is counted or with gives: money_per_event, without days: all or for: unit',
    },
  )
}

function isOutOfPlace(part: Condition, subject: 'person' | 'unit'): boolean {
  if (subject === 'unit') {
    const dutyWindow = part.kind === 'window' && part.starts.endsWith('duty_day')
    return PERSON_FACTS.includes(part.kind) || part.kind === 'post_kind' || part.kind === 'exposure' || dutyWindow
  }
  const place = (part.kind === 'area' || part.kind === 'response_level') && part.of === 'works_in'
  return POST_FACTS.includes(part.kind) || place
}

function refuseGives(gives: string, forUnit: boolean, place: Place, mistakes: Mistakes): void {
  mistakes.add(
    'days.gives',
    place,
    gives,
    forUnit
      ? { zh: '单位没有值守时间', en: 'a unit has no duty of its own' }
      : { zh: '这一种按值守计，没有值守就没有', en: 'this is counted from duty: without duty there is none' },
    forUnit
      ? {
          zh: '对单位写 money_once、money_per_month、in_kind 或 right',
          en: 'for a unit write money_once, money_per_month, in_kind or right',
        }
      : { zh: '去掉 days: all', en: 'leave out days: all' },
  )
}

/** An incomplete month is decided by a choice, by a share, or by an amount. */
function checkMonthDecision(
  stack: Stack,
  entitlement: Entitlement & { gives: 'money_per_month' },
  mistakes: Mistakes,
): void {
  const { incomplete, place } = entitlement.month
  const point = incomplete.kind === 'undecided' ? stack.decision_points.get(incomplete.decision) : undefined
  if (point?.range.kind !== 'amount') return
  if (point.range.unit === 'percent' || point.range.unit === 'yuan_per_month') return
  mistakes.add(
    'month.decision',
    place,
    point.code,
    {
      zh: `这个决定事项的数额是 ${point.range.unit}，用不到一个月上`,
      en: `this decision gives ${point.range.unit}, which fits no month`,
    },
    {
      zh: '写 choices，或 amount 的 unit 写 percent、yuan_per_month',
      en: 'write choices, or an amount in percent or yuan_per_month',
    },
  )
}

function overlap(left: Entitlement, right: Entitlement): boolean {
  return (left.to === null || left.to >= right.from) && (right.to === null || right.to >= left.from)
}

/** Two entitlements that exclude one another must say which gives way, and never each to the other. */
function checkGivingWay(stack: Stack, entitlement: Entitlement, mistakes: Mistakes): void {
  for (const code of entitlement.not_with) {
    const other = stack.entitlements.get(code)
    if (!other || !overlap(entitlement, other)) continue
    if (entitlement.gives_way_to.includes(code) || other.gives_way_to.includes(entitlement.code)) continue
    mistakes.add(
      'entitlement.conflict',
      entitlement.place,
      `${entitlement.code}, ${code}`,
      {
        zh: `两项不能同时享受，又可能同时适用（另一项在 ${other.place.file}:${other.place.line}）`,
        en: `both may apply at once and cannot (the other is at ${other.place.file}:${other.place.line})`,
      },
      { zh: `在其中一项写 gives_way_to，说明谁让谁`, en: 'say which gives way: gives_way_to in one of them' },
    )
  }
  if (entitlement.gives_way_to.some((code) => leadsTo(stack, code, entitlement.code, new Set()))) {
    mistakes.add(
      'entitlement.cycle',
      entitlement.place,
      [entitlement.code, ...entitlement.gives_way_to].join(', '),
      { zh: '几项互相让，谁也不发', en: 'they give way to one another in a circle' },
      { zh: '去掉其中一个 gives_way_to', en: 'take out one of the gives_way_to' },
    )
  }
  const unlike = entitlement.gives_way_to.find((code) => {
    const other = stack.entitlements.get(code)
    return other && (other.days !== entitlement.days || other.subject !== entitlement.subject)
  })
  if (unlike === undefined) return
  mistakes.add(
    'entitlement.unlike',
    entitlement.place,
    unlike,
    {
      zh: '两项看的日子不同（一项看值守日，一项看全部日子），不能逐日相让',
      en: 'one looks at days with duty, the other at all days',
    },
    { zh: '两项的 days、for 写成一样', en: 'give both the same days and for' },
  )
}

function leadsTo(stack: Stack, from: string, to: string, seen: Set<string>): boolean {
  if (from === to) return true
  if (seen.has(from)) return false
  seen.add(from)
  return (stack.entitlements.get(from)?.gives_way_to ?? []).some((next) => leadsTo(stack, next, to, seen))
}
