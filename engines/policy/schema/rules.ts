import type { Condition, Expression, Place, Unit } from '../pack.ts'
import type { Located } from '../source.ts'
import {
  COUNT_FACTS,
  DAY_KINDS,
  EMPLOYMENTS,
  ESTABLISHMENTS,
  EXPOSURES,
  MONEY_FACTS,
  PARTY_STATUSES,
  POST_KINDS,
  UNIT_KINDS,
  wordsOf,
} from '../vocabulary.ts'
import { MORE_READERS, moreConditionSchemas } from './conditions-more.ts'
import { areaPrefix, code, refersTo, yesNo } from './measures.ts'
import { byCode, describe, type JsonSchema, oneOrMore, type Shape, suggestionFor, word } from './shape.ts'

type Reader = (value: Located, mistakes: Parameters<Shape<unknown>['read']>[1]) => Condition | undefined

const employment = oneOrMore(word(wordsOf(EMPLOYMENTS)))
const established = oneOrMore(word(wordsOf(ESTABLISHMENTS)))
const party = oneOrMore(word(wordsOf(PARTY_STATUSES)))
const postKind = oneOrMore(word(wordsOf(POST_KINDS)))
const exposure = oneOrMore(word(wordsOf(EXPOSURES)))
const unitKind = oneOrMore(word(wordsOf(UNIT_KINDS)))
const dayKind = oneOrMore(word(wordsOf(DAY_KINDS)))
const areas = oneOrMore(areaPrefix)
const findings = byCode(yesNo)
const categories = byCode(oneOrMore(locatedCode()))

/** A code with its place, for values that can be checked only against their category. */
function locatedCode(): Shape<{ readonly code: string; readonly place: Place }> {
  return {
    read(value, mistakes) {
      const read = code.read(value, mistakes)
      return read === undefined ? undefined : { code: read, place: value.place }
    },
    schema: () => code.schema(),
  }
}

function together(conditions: readonly Condition[]): Condition | undefined {
  const [only, ...others] = conditions
  return others.length === 0 ? only : { kind: 'all', of: conditions }
}

/** What a condition may ask about; each key reads its own answer. */
const READERS: Readonly<Record<string, Reader>> = {
  all: (value, mistakes) => many('all', value, mistakes),
  any: (value, mistakes) => many('any', value, mistakes),
  not(value, mistakes) {
    const of = condition.read(value, mistakes)
    return of && { kind: 'not', of }
  },
  employment(value, mistakes) {
    const words = employment.read(value, mistakes)
    return words && { kind: 'employment', words }
  },
  established(value, mistakes) {
    const words = established.read(value, mistakes)
    return words && { kind: 'established', words }
  },
  party(value, mistakes) {
    const words = party.read(value, mistakes)
    return words && { kind: 'party', words }
  },
  post_kind(value, mistakes) {
    const words = postKind.read(value, mistakes)
    return words && { kind: 'post_kind', words }
  },
  exposure(value, mistakes) {
    const words = exposure.read(value, mistakes)
    return words && { kind: 'exposure', words }
  },
  unit_kind(value, mistakes) {
    const words = unitKind.read(value, mistakes)
    return words && { kind: 'unit_kind', words }
  },
  day_kind(value, mistakes) {
    const words = dayKind.read(value, mistakes)
    return words && { kind: 'day_kind', words }
  },
  ...MORE_READERS,
  works_in: (value, mistakes) => area('works_in', value, mistakes),
  belongs_to: (value, mistakes) => area('belongs_to', value, mistakes),
  finding(value, mistakes) {
    const named = findings.read(value, mistakes)
    for (const one of named ?? []) mistakes.refer({ kind: 'finding', code: one.code, place: one.place })
    return named && together(named.map(({ code, place, value: is }) => ({ kind: 'finding', finding: code, is, place })))
  },
  category(value, mistakes) {
    const named = categories.read(value, mistakes)
    for (const { code: category, place, value: values } of named ?? []) {
      mistakes.refer({ kind: 'category', code: category, place })
      for (const one of values) mistakes.refer({ kind: 'category_value', code: one.code, category, place: one.place })
    }
    return (
      named &&
      together(
        named.map(({ code: category, place, value }) => {
          const values = value.map((one) => one.code)
          return { kind: 'category', category, values, place }
        }),
      )
    )
  },
}

function many(kind: 'all' | 'any', value: Located, mistakes: Parameters<Reader>[1]): Condition | undefined {
  const of = oneOrMore(condition).read(value, mistakes)
  return of && { kind, of }
}

function area(of: 'works_in' | 'belongs_to', value: Located, mistakes: Parameters<Reader>[1]): Condition | undefined {
  const prefixes = areas.read(value, mistakes)
  return prefixes && { kind: 'area', of, prefixes }
}

const CONDITION_KEYS = Object.keys(READERS)

/** A question about facts: a map whose entries must all hold. */
export const condition: Shape<Condition> = {
  read(value, mistakes) {
    if (value.kind !== 'map' || value.entries.size === 0) {
      return mistakes.add(
        'condition.form',
        value.place,
        describe(value),
        { zh: '不是条件', en: 'this is no condition' },
        {
          zh: `条件写成“词: 值”，可用：${CONDITION_KEYS.join(', ')}`,
          en: `write "key: value" with: ${CONDITION_KEYS.join(', ')}`,
        },
      )
    }
    const read: Condition[] = []
    for (const [key, entry] of value.entries) {
      const reader = Object.hasOwn(READERS, key) ? READERS[key] : undefined
      if (!reader) suggestionFor(key, entry.key_place, CONDITION_KEYS, mistakes)
      const one = reader?.(entry.value, mistakes)
      if (one) read.push(one)
    }
    return read.length === value.entries.size ? together(read) : undefined
  },
  schema: () => ({ $ref: '#/$defs/condition' }),
}

/** `rate-name`, or a map with one of min, max, sum, if, by. */
export function expressionIn(...units: readonly Unit[]): Shape<Expression> {
  const expression: Shape<Expression> = {
    read: (value, mistakes) => readExpression(units, expression, value, mistakes),
    schema: () => ({ $ref: '#/$defs/expression' }),
  }
  return expression
}

function readExpression(
  units: readonly Unit[],
  expression: Shape<Expression>,
  value: Located,
  mistakes: Parameters<Reader>[1],
): Expression | undefined {
  if (value.kind === 'text') {
    const parameter = refersTo('parameter', units).read(value, mistakes)
    return parameter === undefined ? undefined : { kind: 'parameter', code: parameter, place: value.place }
  }
  if (value.kind === 'map') {
    for (const kind of ['min', 'max', 'sum'] as const) {
      const entry = value.entries.get(kind)
      if (!entry || value.entries.size !== 1) continue
      const of = oneOrMore(expression).read(entry.value, mistakes)
      return of && { kind, of, place: value.place }
    }
    if (value.entries.has('if')) return readIf(expression, value, mistakes)
    if (value.entries.has('per')) return readPer(expression, value, mistakes)
    if (value.entries.has('share')) return readShare(expression, value, mistakes)
    if (value.entries.has('fact')) return readFact(value, mistakes)
    if (value.entries.has('by')) return readBy(expression, value, mistakes)
  }
  return mistakes.add(
    'expression.form',
    value.place,
    describe(value),
    { zh: '不是可计算的内容', en: 'this is nothing that can be computed' },
    {
      zh: '写参数名，或 min / max / sum / if / by / per / share / fact 之一',
      en: 'write the code of a parameter, or one of min, max, sum, if, by, per, share, fact',
    },
  )
}

type MapValue = Located & { kind: 'map' }

function only(value: MapValue, keys: readonly string[], mistakes: Parameters<Reader>[1]): boolean {
  let fits = true
  for (const [key, entry] of value.entries) {
    if (keys.includes(key)) continue
    suggestionFor(key, entry.key_place, keys, mistakes)
    fits = false
  }
  for (const key of keys) {
    if (value.entries.has(key)) continue
    mistakes.add(
      'shape.absent',
      value.place,
      key,
      { zh: `缺少“${key}”`, en: `"${key}" is missing` },
      { zh: `补上“${key}:”一项`, en: `add a "${key}:" entry` },
    )
    fits = false
  }
  return fits
}

function readIf(
  expression: Shape<Expression>,
  value: MapValue,
  mistakes: Parameters<Reader>[1],
): Expression | undefined {
  if (!only(value, ['if', 'take', 'else'], mistakes)) return undefined
  const when = value.entries.get('if')
  const yes = value.entries.get('take')
  const no = value.entries.get('else')
  if (!when || !yes || !no) return undefined
  const question = condition.read(when.value, mistakes)
  const take = expression.read(yes.value, mistakes)
  const otherwise = expression.read(no.value, mistakes)
  return question && take && otherwise && { kind: 'if', when: question, take, otherwise, place: value.place }
}

const countFact = word(wordsOf(COUNT_FACTS))
const moneyFact = word(wordsOf(MONEY_FACTS))

/** `{ per: headcount, take: rate }`: the amount for each of them. */
function readPer(
  expression: Shape<Expression>,
  value: MapValue,
  mistakes: Parameters<Reader>[1],
): Expression | undefined {
  if (!only(value, ['per', 'take'], mistakes)) return undefined
  const per = value.entries.get('per')
  const take = value.entries.get('take')
  if (!per || !take) return undefined
  const fact = countFact.read(per.value, mistakes)
  const inner = expression.read(take.value, mistakes)
  return fact && inner && { kind: 'per', fact, of: [inner], place: value.place }
}

/** `{ share: percent-parameter, of: amount }`. */
function readShare(
  expression: Shape<Expression>,
  value: MapValue,
  mistakes: Parameters<Reader>[1],
): Expression | undefined {
  if (!only(value, ['share', 'of'], mistakes)) return undefined
  const share = value.entries.get('share')
  const of = value.entries.get('of')
  if (!share || !of) return undefined
  const percent = refersTo('parameter', ['percent']).read(share.value, mistakes)
  const inner = expression.read(of.value, mistakes)
  return percent === undefined || !inner ? undefined : { kind: 'share', percent, of: [inner], place: value.place }
}

/** `{ fact: performance_pay_total }`: a recorded sum. */
function readFact(value: MapValue, mistakes: Parameters<Reader>[1]): Expression | undefined {
  if (!only(value, ['fact'], mistakes)) return undefined
  const entry = value.entries.get('fact')
  const fact = entry && moneyFact.read(entry.value, mistakes)
  return fact && { kind: 'fact', fact, place: value.place }
}

const noneOrExpressionSchema = { anyOf: [{ const: 'none' }, { $ref: '#/$defs/expression' }] }

function orNone(expression: Shape<Expression>): Shape<Expression | { readonly kind: 'none' }> {
  return {
    read(value, mistakes) {
      if (value.kind === 'text' && value.text === 'none') return { kind: 'none' }
      return expression.read(value, mistakes)
    },
    schema: () => noneOrExpressionSchema,
  }
}

function readBy(
  expression: Shape<Expression>,
  value: MapValue,
  mistakes: Parameters<Reader>[1],
): Expression | undefined {
  if (!only(value, ['by', 'values'], mistakes)) return undefined
  const by = value.entries.get('by')
  const table = value.entries.get('values')
  if (!by || !table) return undefined
  const category = refersTo('category').read(by.value, mistakes)
  const named = byCode(orNone(expression)).read(table.value, mistakes)
  if (category === undefined || !named) return undefined
  for (const one of named) mistakes.refer({ kind: 'category_value', code: one.code, category, place: one.place })
  const values = new Map(named.map((one) => [one.code, one.value.kind === 'none' ? null : one.value]))
  return { kind: 'by', category, values, place: value.place }
}

/** The two recursive parts of the published schema. */
export function ruleSchemas(): Readonly<Record<string, JsonSchema>> {
  const self = { $ref: '#/$defs/condition' }
  const amount = { $ref: '#/$defs/expression' }
  return {
    condition: {
      type: 'object',
      minProperties: 1,
      additionalProperties: false,
      properties: {
        all: { type: 'array', items: self },
        any: { type: 'array', items: self },
        not: self,
        employment: employment.schema(),
        established: established.schema(),
        party: party.schema(),
        post_kind: postKind.schema(),
        exposure: exposure.schema(),
        unit_kind: unitKind.schema(),
        day_kind: dayKind.schema(),
        ...moreConditionSchemas(),
        works_in: areas.schema(),
        belongs_to: areas.schema(),
        finding: findings.schema(),
        category: categories.schema(),
      },
    },
    expression: {
      anyOf: [
        code.schema(),
        ...['min', 'max', 'sum'].map((kind) => ({
          type: 'object',
          additionalProperties: false,
          required: [kind],
          properties: { [kind]: { type: 'array', items: amount, minItems: 1 } },
        })),
        {
          type: 'object',
          additionalProperties: false,
          required: ['per', 'take'],
          properties: { per: countFact.schema(), take: amount },
        },
        {
          type: 'object',
          additionalProperties: false,
          required: ['share', 'of'],
          properties: { share: code.schema(), of: amount },
        },
        {
          type: 'object',
          additionalProperties: false,
          required: ['fact'],
          properties: { fact: moneyFact.schema() },
        },
        {
          type: 'object',
          additionalProperties: false,
          required: ['if', 'take', 'else'],
          properties: { if: self, take: amount, else: amount },
        },
        {
          type: 'object',
          additionalProperties: false,
          required: ['by', 'values'],
          properties: { by: code.schema(), values: { type: 'object', additionalProperties: noneOrExpressionSchema } },
        },
      ],
    },
  }
}
