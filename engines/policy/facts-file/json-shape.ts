import { nearestWord } from '../mistakes.ts'
import type { JsonSchema } from '../schema/shape.ts'
import type { Label } from '../vocabulary.ts'

/** One thing that is wrong in a facts file: where (RFC 6901 pointer), the value, what is wrong and what would be right. */
export interface FactMistake {
  readonly pointer: string
  /** The line of the file; `null` where the facts came as values and not as text. */
  readonly line: number | null
  readonly value: string
  readonly wrong: Label
  readonly right: Label
}

const MISTAKES_MAX = 200

/** Where the reader stands, and what it has found wrong so far. One object is used for a whole file. */
export class FactReading {
  readonly path: (string | number)[] = []
  readonly mistakes: FactMistake[] = []
  /** How many there are in all; only the first two hundred are kept. */
  count = 0

  get pointer(): string {
    return this.path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
  }

  refuse(value: unknown, wrong: Label, right: Label): undefined {
    this.refuseAt(this.pointer, value, wrong, right)
    return undefined
  }

  refuseAt(pointer: string, value: unknown, wrong: Label, right: Label): void {
    this.count += 1
    if (this.mistakes.length < MISTAKES_MAX)
      this.mistakes.push({ pointer, line: null, value: shown(value), wrong, right })
  }
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return text.length <= 80 ? text : `${text.slice(0, 77)}…`
}

/**
 * Reads one part of a facts file and describes it as JSON Schema. `undefined` means that a mistake has been added. Beside
 * `schema/shape.ts`, which reads YAML with its places, since a facts file may hold millions of values and is read as plain JSON.
 */
export interface JsonShape<Value> {
  read(value: unknown, reading: FactReading): Value | undefined
  schema(): JsonSchema
}

interface JsonField<Value> {
  readonly shape: JsonShape<Value>
  readonly required: boolean
  readonly fallback: Value | undefined
  readonly about: string
}

export function needed<Value>(shape: JsonShape<Value>, about: string): JsonField<Value> {
  return { shape, required: true, fallback: undefined, about }
}

/** A fact that may be left out or `null`: then it is not known, which is what `fallback` says. */
export function maybe<Value, const Fallback>(
  shape: JsonShape<Value>,
  fallback: Fallback,
  about: string,
): JsonField<Value | Fallback> {
  return { shape, required: false, fallback, about }
}

/** Any text that is not empty. */
export function words(lengthMax: number): JsonShape<string> {
  return {
    read(value, reading) {
      if (typeof value === 'string' && value !== '' && value.length <= lengthMax) return value
      return reading.refuse(
        value,
        { zh: '这里应是一段文字', en: 'a text belongs here' },
        { zh: `写 1 至 ${lengthMax} 个字`, en: `write 1 to ${lengthMax} characters, in quotes` },
      )
    },
    schema: () => ({ type: 'string', minLength: 1, maxLength: lengthMax }),
  }
}

/** A name that other parts of the file refer to: any text; a whole number is taken as its digits. */
export const identity: JsonShape<string> = {
  read(value, reading) {
    if (typeof value === 'string' && value !== '' && value.length <= 200) return value
    if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
    return reading.refuse(
      value,
      { zh: '不能作为编号', en: 'this is no id' },
      { zh: '编号写成文字，1 至 200 个字', en: 'an id is a text of 1 to 200 characters' },
    )
  },
  schema: () => ({ type: ['string', 'integer'], minLength: 1, maxLength: 200 }),
}

/** One word of a closed list. */
export function oneOf<const Word extends string>(list: readonly Word[]): JsonShape<Word> {
  const known = new Map<unknown, Word>(list.map((one) => [one, one]))
  return {
    read(value, reading) {
      const found = known.get(value)
      if (found !== undefined) return found
      return reading.refuse(value, { zh: '不认识这个词', en: 'this word is not known here' }, choices(value, list))
    },
    schema: () => ({ enum: list }),
  }
}

function choices(value: unknown, list: readonly string[]): Label {
  const near = typeof value === 'string' ? nearestWord(value, list) : undefined
  if (near !== undefined) return { zh: `是否想写“${near}”？`, en: `did you mean "${near}"?` }
  const all = list.join(', ')
  return { zh: `可写：${all}`, en: `write one of: ${all}` }
}

/** `true` and `false`; `yes` and `no` as people write them in YAML. */
export const truth: JsonShape<boolean> = {
  read(value, reading) {
    if (value === true || value === 'yes') return true
    if (value === false || value === 'no') return false
    return reading.refuse(
      value,
      { zh: '只能回答是或否', en: 'this is neither yes nor no' },
      { zh: '写 true 或 false；不知道的不要写这一项', en: 'write true or false; leave it out if it is not known' },
    )
  },
  schema: () => ({ enum: [true, false, 'yes', 'no'] }),
}

/** A whole number between two bounds. */
export function wholeNumber(least: number, most: number): JsonShape<number> {
  return {
    read(value, reading) {
      if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
      return reading.refuse(
        value,
        { zh: '这里应是整数', en: 'a whole number belongs here' },
        { zh: `写 ${least} 至 ${most} 的整数`, en: `write a whole number from ${least} to ${most}` },
      )
    },
    schema: () => ({ type: 'integer', minimum: least, maximum: most }),
  }
}

export function listOf<Value>(item: JsonShape<Value>, itemsMax: number): JsonShape<readonly Value[]> {
  return {
    read(value, reading) {
      if (!Array.isArray(value)) return refuseList(value, reading)
      if (value.length > itemsMax) return refuseLength(value.length, itemsMax, reading)
      const kept: Value[] = []
      for (let index = 0; index < value.length; index++) {
        reading.path.push(index)
        const read = item.read(value[index], reading)
        reading.path.pop()
        if (read !== undefined) kept.push(read)
      }
      return kept.length === value.length ? kept : undefined
    },
    schema: () => ({ type: 'array', items: item.schema(), maxItems: itemsMax }),
  }
}

function refuseList(value: unknown, reading: FactReading): undefined {
  return reading.refuse(
    value,
    { zh: '这里应是一个列表', en: 'a list belongs here' },
    { zh: '写成 [ … ]', en: 'write [ … ]' },
  )
}

function refuseLength(length: number, most: number, reading: FactReading): undefined {
  return reading.refuse(
    length,
    { zh: '条目太多', en: 'too many entries' },
    { zh: `最多 ${most} 条，请拆成几个文件`, en: `at most ${most}: split the file` },
  )
}

/** A map whose keys the writer chooses. */
export function mapOf<Value>(item: JsonShape<Value>, keys: RegExp): JsonShape<Readonly<Record<string, Value>>> {
  return {
    read(value, reading) {
      if (!isRecord(value)) return refuseMap(value, reading)
      const before = reading.count
      const entries: [string, Value][] = []
      for (const [key, one] of Object.entries(value)) {
        reading.path.push(key)
        if (!keys.test(key)) refuseKey(key, reading)
        const read = item.read(one, reading)
        if (read !== undefined) entries.push([key, read])
        reading.path.pop()
      }
      return reading.count === before ? Object.fromEntries(entries) : undefined
    },
    schema: () => ({
      type: 'object',
      propertyNames: { pattern: keys.source },
      additionalProperties: item.schema(),
    }),
  }
}

/** A map with keys of a closed list, any of which may be left out. */
export function keyedBy<const Word extends string, Value>(
  list: readonly Word[],
  item: JsonShape<Value>,
): JsonShape<Readonly<Partial<Record<Word, Value>>>> {
  return {
    read(value, reading) {
      if (!isRecord(value)) return refuseMap(value, reading)
      const before = reading.count
      for (const key of Object.keys(value)) if (!list.some((one) => one === key)) refuseUnknown(key, list, reading)
      const result: Partial<Record<Word, Value>> = {}
      for (const word of list) {
        if (value[word] === undefined || value[word] === null) continue
        reading.path.push(word)
        const read = item.read(value[word], reading)
        reading.path.pop()
        if (read !== undefined) result[word] = read
      }
      return reading.count === before ? result : undefined
    },
    schema: () => ({
      type: 'object',
      additionalProperties: false,
      properties: Object.fromEntries(list.map((word) => [word, item.schema()])),
    }),
  }
}

function refuseKey(key: string, reading: FactReading): void {
  reading.refuse(
    key,
    { zh: '名称的写法不对', en: 'this is no proper code' },
    { zh: '用小写字母、数字和连字符', en: 'use lower-case letters, digits and hyphens' },
  )
}

function refuseMap(value: unknown, reading: FactReading): undefined {
  return reading.refuse(
    value,
    { zh: '这里应是一组“名称: 内容”', en: 'a map belongs here' },
    { zh: '写成 { "名称": 内容 }', en: 'write { "name": content }' },
  )
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

type JsonFields = Readonly<Record<string, JsonField<unknown>>>
export type RecordOf<Of extends JsonFields> = {
  readonly [Key in keyof Of]: Of[Key] extends JsonField<infer Value> ? Value : never
}

/** A map with fixed keys. A key that is not known is refused: a misspelt fact must not get lost in silence. */
export function record<Of extends JsonFields>(fields: Of): JsonShape<RecordOf<Of>> {
  const names = Object.keys(fields)
  const list = Object.entries(fields)
  return {
    read(value, reading) {
      if (!isRecord(value)) return refuseMap(value, reading)
      const before = reading.count
      for (const key in value) if (!Object.hasOwn(fields, key)) refuseUnknown(key, names, reading)
      const result: Record<string, unknown> = {}
      for (const [name, field] of list) {
        const one = value[name]
        if (one === undefined || one === null) {
          if (field.required) refuseAbsent(name, reading)
          result[name] = field.fallback
          continue
        }
        reading.path.push(name)
        result[name] = field.shape.read(one, reading)
        reading.path.pop()
      }
      // The loop has put a value of each field's own type under each name; TypeScript cannot follow a loop over keys.
      return reading.count === before ? (result as RecordOf<Of>) : undefined
    },
    schema: () => ({
      type: 'object',
      additionalProperties: false,
      required: names.filter((name) => fields[name]?.required),
      properties: Object.fromEntries(
        list.map(([name, { shape, required, about }]) => {
          const schema = shape.schema()
          return [name, required ? { description: about, ...schema } : { description: about, anyOf: [schema, NULL] }]
        }),
      ),
    }),
  }
}

const NULL = { type: 'null' }

function refuseUnknown(key: string, names: readonly string[], reading: FactReading): void {
  reading.path.push(key)
  reading.refuse(key, { zh: '这里没有这一项', en: 'there is no such key here' }, choices(key, names))
  reading.path.pop()
}

function refuseAbsent(name: string, reading: FactReading): void {
  reading.refuse(
    name,
    { zh: `缺少“${name}”`, en: `"${name}" is missing` },
    { zh: `补上“${name}”一项`, en: `add "${name}"` },
  )
}

/** Turns what a shape read into something else; `turn` adds its own mistake and answers `undefined` then. */
export function turnedTo<Read, Value>(
  shape: JsonShape<Read>,
  schema: JsonSchema,
  turn: (read: Read, reading: FactReading) => Value | undefined,
): JsonShape<Value> {
  return {
    read(value, reading) {
      const read = shape.read(value, reading)
      return read === undefined ? undefined : turn(read, reading)
    },
    schema: () => schema,
  }
}
