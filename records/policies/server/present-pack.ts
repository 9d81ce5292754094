import type { z } from 'zod'
import { formatAmount } from '#engines/policy/format-amount.ts'
import type {
  Clause,
  DecisionPoint,
  Entitlement,
  Expression,
  Pack,
  Parameter,
  ParameterValue,
  Quantity,
  Source,
  Stack,
} from '#engines/policy/pack.ts'
import { formatDay } from '#engines/values/time.ts'
import type {
  ClauseOut,
  DecisionPointOut,
  DecisionRange,
  EntitlementOut,
  FigureOut,
  PackRow,
  ParameterOut,
  SourceOut,
} from '../pack-shapes.ts'
import { conditionWords } from './condition-words.ts'

/** Packs as pages show them: everything with the place in the file that it comes from. */

export function presentPackRow(pack: Pack, recordedAt: Date): z.input<typeof PackRow> {
  return {
    pack_hash: pack.hash,
    code: pack.id,
    version: pack.version,
    layer: pack.level,
    title: pack.title,
    area: pack.area,
    extends: pack.extends,
    published: formatDay(pack.published),
    recorded_at: recordedAt,
  }
}

export function presentClause({ place, ...clause }: Clause): ClauseOut {
  return { ...clause, offices: [...clause.offices], carries: [...clause.carries], ...place }
}

export function presentSource({ place, pack, ...source }: Source): z.output<typeof SourceOut> {
  return { ...source, issuers: [...source.issuers], published: formatDay(source.published) }
}

function presentFigure(parameter: Parameter, value: ParameterValue, stack: Stack): FigureOut {
  const source = stack.sources.get(value.source)
  return {
    from: formatDay(value.from),
    to: value.to === null ? null : formatDay(value.to),
    known: formatDay(value.known),
    value: value.value,
    text: value.value === null ? { zh: '未规定', en: 'none' } : formatAmount(parameter.unit, value.value),
    source: value.source,
    source_title: source?.title ?? value.source,
    source_number: source?.number ?? null,
    article: value.article,
    grade: value.grade,
    unverified: value.grade === 'C' || value.grade === 'U',
    example: value.example,
    pack: value.pack,
    layer: value.level,
    ...value.place,
  }
}

export function presentParameter(parameter: Parameter, stack: Stack): ParameterOut {
  const { code, title, unit, clause, pack, open, values, place } = parameter
  return {
    code,
    title,
    unit,
    clause,
    pack,
    open_to: open ? [...open.to] : null,
    at_least: open?.at_least ?? null,
    at_most: open?.at_most ?? null,
    values: values.map((value) => presentFigure(parameter, value, stack)),
    ...place,
  }
}

export function presentEntitlement(entitlement: Entitlement, stack: Stack): EntitlementOut {
  const { code, title, clause, pack, gives, source, paid_by, place } = entitlement
  const titleOf = (sourceCode: string) => stack.sources.get(sourceCode)?.title ?? sourceCode
  return {
    code,
    title,
    clause,
    pack,
    gives,
    from: formatDay(entitlement.from),
    to: entitlement.to === null ? null : formatDay(entitlement.to),
    known: formatDay(entitlement.known),
    source,
    source_title: titleOf(source),
    paid_by,
    who: entitlement.who.map((one) => ({
      outcome: one.outcome,
      when: conditionWords(one.when, stack),
      decision: one.decision,
      basis: one.basis === null ? null : titleOf(one.basis),
      article: one.article,
      reason: one.reason,
    })),
    parameters: [...parametersOf(entitlement, stack)],
    exceptions: exceptionsOf(entitlement, stack).map((exception) => ({
      code: exception.code,
      title: exception.title,
      from: formatDay(exception.from),
      known: formatDay(exception.known),
      source_title: titleOf(exception.source),
    })),
    ...place,
  }
}

function exceptionsOf({ code }: Entitlement, stack: Stack) {
  return stack.exceptions.filter(({ to_entitlement }) => to_entitlement === code)
}

/** Thresholds of the part that counts, and of whole and incomplete months. */
function timesOf(entitlement: Entitlement): readonly Quantity[] {
  const only = 'only' in entitlement && entitlement.only ? Object.values(entitlement.only.earning) : []
  const beyond = only.flatMap((one) => (one.kind === 'over' ? [one.minutes] : []))
  if (entitlement.gives !== 'money_per_month') return beyond
  const { full, incomplete } = entitlement.month
  const divided = incomplete.kind === 'by_day' && incomplete.of !== 'calendar' ? [incomplete.of] : []
  return full === 'calendar' ? divided : [full, ...divided]
}

/** Every parameter that a rule and what goes over it read. */
export function parametersOf(entitlement: Entitlement, stack: Stack): ReadonlySet<string> {
  const found = new Set<string>()
  const expression = (written: Expression): void => {
    if (written.kind === 'parameter') found.add(written.code)
    else if (written.kind === 'if') [written.take, written.otherwise].forEach(expression)
    else if (written.kind === 'by') for (const one of written.values.values()) one && expression(one)
    else if ('of' in written) {
      if (written.kind === 'share') found.add(written.percent)
      written.of.forEach(expression)
    }
  }
  const quantity = (written: Quantity) => {
    if ('parameter' in written) found.add(written.parameter)
  }
  if ('rate' in entitlement) expression(entitlement.rate)
  if ('amount' in entitlement) expression(entitlement.amount)
  if ('quantity' in entitlement) quantity(entitlement.quantity)
  for (const written of timesOf(entitlement)) quantity(written)
  if (entitlement.gives === 'money_per_day') {
    for (const step of entitlement.count.steps) quantity(step.over_minutes)
  }
  if (entitlement.gives === 'minutes') {
    for (const { earning } of entitlement.earn) {
      for (const one of Object.values(earning)) if (one.kind === 'over') quantity(one.minutes)
    }
  }
  if ('limits' in entitlement) {
    for (const limit of entitlement.limits) quantity(limit.at_most)
  }
  for (const { effect } of exceptionsOf(entitlement, stack)) {
    if (effect.kind === 'multiply') found.add(effect.by)
    if (effect.kind === 'rate') expression(effect.rate)
  }
  return found
}

export function presentRange({ range }: DecisionPoint): DecisionRange {
  if (range.kind !== 'choices') return range
  return { kind: 'choices', choices: [...range.choices].map(([choice, written]) => ({ choice, ...written })) }
}

export function presentDecisionPoint(point: DecisionPoint, stack: Stack): DecisionPointOut {
  const { code, clause, question, word, decided_by, scope, basis, pack, place } = point
  return {
    point: code,
    clause,
    question,
    word,
    decided_by: [...decided_by],
    scope,
    basis,
    basis_title: stack.sources.get(basis)?.title ?? basis,
    range: presentRange(point),
    pack,
    ...place,
  }
}
