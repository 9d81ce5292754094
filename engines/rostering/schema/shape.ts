/**
 * Small readers of JSON that check a value and describe it as JSON Schema, so that the published schema, the checks and the
 * TypeScript types of the problem language cannot drift apart.
 */
export type JsonSchema = { readonly [keyword: string]: unknown }

export type ShapeFault = 'shape.kind' | 'key.missing' | 'key.unknown'

/** Told of each fault: what is wrong, where (`people[3].wishes[0].day`), and what stands there or belongs there. */
export type TellFault = (code: ShapeFault, where: string, value: string) => void

export interface Shape<Value> {
  check(value: unknown, where: string, tell: TellFault): value is Value
  schema(): JsonSchema
}

/** A key that may be left out. */
export interface Optional<Value> extends Shape<Value> {
  readonly isOptional: true
}

type FieldsOf<Value> = {
  readonly [Key in keyof Value]-?: undefined extends Value[Key]
    ? Optional<Exclude<Value[Key], undefined>>
    : Shape<Value[Key]>
}

const SHOWN_MAX = 60

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined'
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text
}

function plain<Value>(isIt: (value: unknown) => value is Value, schema: JsonSchema, name: string): Shape<Value> {
  return {
    check(value, where, tell): value is Value {
      if (isIt(value)) return true
      tell('shape.kind', where, `${shown(value)} (${name})`)
      return false
    },
    schema: () => schema,
  }
}

export const text = (about: string): Shape<string> =>
  plain((value) => typeof value === 'string', { type: 'string', minLength: 1, description: about }, 'text')

export const flag = (about: string): Shape<boolean> =>
  plain((value) => typeof value === 'boolean', { type: 'boolean', description: about }, 'true / false')

export const whole = (about: string, least = 0): Shape<number> =>
  plain(
    (value): value is number => typeof value === 'number' && Number.isInteger(value) && value >= least,
    { type: 'integer', minimum: least, description: about },
    `integer ≥ ${least}`,
  )

export const share = (about: string): Shape<number> =>
  plain(
    (value): value is number => typeof value === 'number' && value >= 0 && value <= 1,
    { type: 'number', minimum: 0, maximum: 1, description: about },
    '0…1',
  )

export function word<const Word extends string>(words: readonly Word[], about: string): Shape<Word> {
  const known: ReadonlySet<unknown> = new Set(words)
  const isWord = (value: unknown): value is Word => known.has(value)
  return plain(isWord, { enum: words, description: about }, words.join(' | '))
}

export function orNull<Value>(shape: Shape<Value>): Shape<Value | null> {
  return {
    check: (value, where, tell): value is Value | null => value === null || shape.check(value, where, tell),
    schema: () => ({ anyOf: [shape.schema(), { type: 'null' }] }),
  }
}

/** Either of two, told apart by JavaScript's own kind of value. */
export function either<One, Other>(one: Shape<One>, isOne: (value: unknown) => boolean, other: Shape<Other>) {
  const shape: Shape<One | Other> = {
    check: (value, where, tell): value is One | Other =>
      isOne(value) ? one.check(value, where, tell) : other.check(value, where, tell),
    schema: () => ({ anyOf: [one.schema(), other.schema()] }),
  }
  return shape
}

export function list<Value>(of: Shape<Value>, about: string): Shape<readonly Value[]> {
  return {
    check(value, where, tell): value is readonly Value[] {
      if (!Array.isArray(value)) {
        tell('shape.kind', where, `${shown(value)} ([…])`)
        return false
      }
      let isRight = true
      for (const [at, each] of value.entries()) isRight = of.check(each, `${where}[${at}]`, tell) && isRight
      return isRight
    },
    schema: () => ({ type: 'array', items: of.schema(), description: about }),
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Free keys, one kind of value. */
export function record<Value>(of: Shape<Value>, about: string): Shape<Readonly<Record<string, Value>>> {
  return {
    check(value, where, tell): value is Readonly<Record<string, Value>> {
      if (!isRecord(value)) {
        tell('shape.kind', where, `${shown(value)} ({…})`)
        return false
      }
      let isRight = true
      for (const [key, each] of Object.entries(value)) isRight = of.check(each, `${where}.${key}`, tell) && isRight
      return isRight
    },
    schema: () => ({ type: 'object', additionalProperties: of.schema(), description: about }),
  }
}

export function optional<Value>(shape: Shape<Value>): Optional<Value> {
  return { ...shape, isOptional: true }
}

const isLeftOut = (shape: Shape<unknown>): boolean => 'isOptional' in shape

/** Exactly these keys (and `$schema`, which editors like to write). */
export function object<Value extends object>(about: string, fields: FieldsOf<Value>): Shape<Value> {
  const known = new Map<string, Shape<unknown>>(Object.entries(fields))
  return {
    check(value, where, tell): value is Value {
      if (!isRecord(value)) {
        tell('shape.kind', where, `${shown(value)} ({…})`)
        return false
      }
      const inside = (key: string) => (where === '' ? key : `${where}.${key}`)
      let isRight = true
      for (const key of Object.keys(value)) {
        if (known.has(key) || key === '$schema') continue
        tell('key.unknown', inside(key), [...known.keys()].join(', '))
        isRight = false
      }
      for (const [key, shape] of known) {
        const each = value[key]
        if (each !== undefined) isRight = shape.check(each, inside(key), tell) && isRight
        else if (!isLeftOut(shape)) {
          tell('key.missing', inside(key), key)
          isRight = false
        }
      }
      return isRight
    },
    schema: () => ({
      type: 'object',
      description: about,
      properties: Object.fromEntries([...known].map(([key, shape]) => [key, shape.schema()])),
      required: [...known].flatMap(([key, shape]) => (isLeftOut(shape) ? [] : key)),
      additionalProperties: false,
    }),
  }
}

/** One of several objects, told apart by their `kind`. */
export function byKind<Value extends { kind: string }>(
  shapes: {
    readonly [Kind in Value['kind']]: Shape<Extract<Value, { kind: Kind }>>
  },
): Shape<Value> {
  const known = new Map<unknown, Shape<unknown>>(Object.entries<Shape<unknown>>(shapes))
  return {
    check(value, where, tell): value is Value {
      const shape = isRecord(value) ? known.get(value.kind) : undefined
      if (shape !== undefined) return shape.check(value, where, tell)
      tell(
        'shape.kind',
        `${where}.kind`,
        `${shown(isRecord(value) ? value.kind : value)} (${[...known.keys()].join(' | ')})`,
      )
      return false
    },
    schema: () => ({ oneOf: [...known.values()].map((shape) => shape.schema()) }),
  }
}
