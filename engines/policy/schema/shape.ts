import { type Mistakes, suggestion } from '../mistakes.ts'
import type { Place } from '../pack.ts'
import type { Located } from '../source.ts'
import type { Label } from '../vocabulary.ts'

/**
 * Small readers that say at once what a part of a pack looks like, read it with its place, and describe it as JSON Schema,
 * so that the published schema and the checks cannot drift apart.
 */
export interface Shape<Value> {
  /** `undefined` means that the mistake has been added. */
  read(value: Located, mistakes: Mistakes): Value | undefined
  schema(): JsonSchema
}

export type JsonSchema = { readonly [keyword: string]: unknown }

export interface Field<Value> {
  readonly shape: Shape<Value>
  readonly required: boolean
  readonly fallback: Value | undefined
  readonly about: string
}

const LIST_MAX = 2_000

/** A key that must be there. `about` becomes the description in the published schema. */
export function required<Value>(shape: Shape<Value>, about: string): Field<Value> {
  return { shape, required: true, fallback: undefined, about }
}

/** A key that may be left out; then its value is `fallback`. */
export function optional<Value, const Fallback>(
  shape: Shape<Value>,
  fallback: Fallback,
  about: string,
): Field<Value | Fallback> {
  return { shape, required: false, fallback, about }
}

export function describe(value: Located): string {
  if (value.kind === 'text') return value.text
  if (value.kind === 'empty') return ''
  return value.kind === 'list' ? '[…]' : '{…}'
}

function refuseKind(value: Located, mistakes: Mistakes, zh: string, en: string): undefined {
  return mistakes.add(
    'shape.kind',
    value.place,
    describe(value),
    { zh: '这里的写法不对', en: 'this is not what belongs here' },
    { zh: `应写${zh}`, en: `write ${en}` },
  )
}

/** Any non-empty text. */
export function text(lengthMax = 2_000): Shape<string> {
  return {
    read(value, mistakes) {
      if (value.kind !== 'text' || value.text.trim() === '') return refuseKind(value, mistakes, '一段文字', 'a text')
      if (value.text.length > lengthMax) {
        return refuseKind(value, mistakes, `不超过 ${lengthMax} 字的文字`, `a text of at most ${lengthMax} characters`)
      }
      return value.text.trim()
    },
    schema: () => ({ type: 'string', minLength: 1, maxLength: lengthMax }),
  }
}

/** Text that follows a pattern; `zh` and `en` say what would be right. */
export function pattern(expression: RegExp, zh: string, en: string): Shape<string> {
  return {
    read(value, mistakes) {
      if (value.kind !== 'text' || !expression.test(value.text)) return refuseKind(value, mistakes, zh, en)
      return value.text
    },
    schema: () => ({ type: ['string', 'integer'], pattern: expression.source }),
  }
}

/** One word of a closed list. */
export function word<const Word extends string>(words: readonly Word[]): Shape<Word> {
  return {
    read(value, mistakes) {
      if (value.kind !== 'text')
        return refuseKind(value, mistakes, `其中一个词：${words.join(', ')}`, `one of: ${words.join(', ')}`)
      const found = words.find((candidate) => candidate === value.text)
      if (found !== undefined) return found
      return mistakes.add(
        'shape.unknown_word',
        value.place,
        value.text,
        { zh: '不认识这个词', en: 'this word is not known here' },
        suggestion(value.text, words),
      )
    },
    schema: () => ({ enum: words }),
  }
}

export function list<Value>(item: Shape<Value>): Shape<readonly Value[]> {
  return {
    read(value, mistakes) {
      if (value.kind !== 'list')
        return refuseKind(value, mistakes, '一个列表（每项以“- ”开头）', 'a list (each item begins with "- ")')
      if (value.items.length > LIST_MAX) return refuseLength(value, mistakes, value.items.length)
      const read = value.items.map((one) => item.read(one, mistakes))
      const kept = read.filter((one) => one !== undefined)
      return kept.length === read.length ? kept : undefined
    },
    schema: () => ({ type: 'array', items: item.schema(), maxItems: LIST_MAX }),
  }
}

function refuseLength(value: Located, mistakes: Mistakes, length: number): undefined {
  return mistakes.add(
    'shape.too_many',
    value.place,
    `${length}`,
    { zh: '条目太多', en: 'too many entries' },
    { zh: `最多 ${LIST_MAX} 条；请用类别或表格合并`, en: `at most ${LIST_MAX}: merge them with a category or a table` },
  )
}

/** One item or a list of items. */
export function oneOrMore<Value>(item: Shape<Value>): Shape<readonly Value[]> {
  const many = list(item)
  return {
    read(value, mistakes) {
      if (value.kind === 'list') {
        if (value.items.length === 0) return refuseKind(value, mistakes, '至少一项', 'at least one item')
        return many.read(value, mistakes)
      }
      const one = item.read(value, mistakes)
      return one === undefined ? undefined : [one]
    },
    schema: () => ({ anyOf: [item.schema(), many.schema()] }),
  }
}

/** An entry of a map of codes, with the place of its key. */
export interface Named<Value> {
  readonly code: string
  readonly place: Place
  readonly value: Value
}

const CODE = /^[a-z0-9][a-z0-9_-]{0,63}$/

/** A map whose keys are codes that the pack chooses. */
export function byCode<Value>(
  item: Shape<Value>,
  codes: RegExp = CODE,
  form: Label = { zh: '名称: 内容', en: 'code: content' },
): Shape<readonly Named<Value>[]> {
  return {
    read(value, mistakes) {
      if (value.kind !== 'map')
        return refuseKind(value, mistakes, `“${form.zh}”的形式`, `entries of the form "${form.en}"`)
      if (value.entries.size > LIST_MAX) return refuseLength(value, mistakes, value.entries.size)
      const kept: Named<Value>[] = []
      let failed = false
      for (const [code, entry] of value.entries) {
        const read = item.read(entry.value, mistakes)
        if (!codes.test(code)) {
          mistakes.add(
            'shape.code',
            entry.key_place,
            code,
            { zh: '名称的写法不对', en: 'this is no proper code' },
            {
              zh: '用小写字母、数字和连字符，如 work-subsidy',
              en: 'use lower-case letters, digits and hyphens, as in work-subsidy',
            },
          )
          failed = true
        } else if (read === undefined) failed = true
        else kept.push({ code, place: entry.key_place, value: read })
      }
      return failed ? undefined : kept
    },
    schema: () => ({
      type: 'object',
      propertyNames: { pattern: codes.source },
      additionalProperties: item.schema(),
      maxProperties: LIST_MAX,
    }),
  }
}

type Fields = Readonly<Record<string, Field<unknown>>>
type ObjectOf<Of extends Fields> = {
  readonly [Key in keyof Of]: Of[Key] extends Field<infer Value> ? Value : never
} & {
  readonly place: Place
}

/** A map with fixed keys. Unknown keys are refused with the nearest known one. */
export function object<Of extends Fields>(fields: Of): Shape<ObjectOf<Of>> {
  const names = Object.keys(fields)
  return {
    read(value, mistakes) {
      if (value.kind !== 'map')
        return refuseKind(value, mistakes, `这些项：${names.join(', ')}`, `the keys: ${names.join(', ')}`)
      let failed = refuseUnknownKeys(value, names, mistakes)
      const result: Record<string, unknown> = { place: value.place }
      for (const [name, field] of Object.entries(fields)) {
        const entry = value.entries.get(name)
        if (entry) {
          const read = field.shape.read(entry.value, mistakes)
          if (read === undefined) failed = true
          result[name] = read
        } else if (field.required) failed = refuseAbsent(value, name, mistakes)
        else result[name] = field.fallback
      }
      // The loop above has put a value of each field's own type under each name; TypeScript cannot follow a loop over keys.
      return failed ? undefined : (result as ObjectOf<Of>)
    },
    schema: () => ({
      type: 'object',
      additionalProperties: false,
      required: names.filter((name) => fields[name]?.required),
      properties: Object.fromEntries(
        Object.entries(fields).map(([name, field]) => [name, { description: field.about, ...field.shape.schema() }]),
      ),
    }),
  }
}

function refuseUnknownKeys(value: Located & { kind: 'map' }, names: readonly string[], mistakes: Mistakes): boolean {
  let refused = false
  for (const [key, entry] of value.entries) {
    if (names.includes(key)) continue
    refused = true
    const isText = names.includes('zh') && names.includes('en')
    if (entry.value.kind === 'empty' && (isText || /\s|[^\x20-\x7e]/.test(key)))
      refuseCutText(key, entry.key_place, mistakes)
    else if (key === 'until' && names.includes('to')) refuseUntil(entry.key_place, mistakes)
    else suggestionFor(key, entry.key_place, names, mistakes)
  }
  return refused
}

/** The last day has one name wherever there is one. */
function refuseUntil(place: Place, mistakes: Mistakes): void {
  mistakes.add(
    'shape.until',
    place,
    'until',
    { zh: '最后一天到处都写 to', en: 'the last day is called "to" everywhere' },
    { zh: '改成“to: 日期”', en: 'write "to: date"' },
  )
}

/** `{ en: tier 1, work }`: the comma ended the text, and its rest looks like a key. */
function refuseCutText(key: string, place: Place, mistakes: Mistakes): void {
  mistakes.add(
    'shape.cut_text',
    place,
    key,
    { zh: '花括号里的文字被英文逗号截断了', en: 'a comma cut the text inside the braces' },
    { zh: '给整段文字加引号', en: 'put the whole text in quotes' },
  )
}

/** Adds the mistake of a key that is not known, with the nearest key that is. */
export function suggestionFor(key: string, place: Place, names: readonly string[], mistakes: Mistakes): void {
  mistakes.add(
    'shape.unknown_key',
    place,
    key,
    { zh: '这里没有这一项', en: 'there is no such key here' },
    suggestion(key, names),
  )
}

function refuseAbsent(value: Located, name: string, mistakes: Mistakes): true {
  mistakes.add(
    'shape.absent',
    value.place,
    name,
    { zh: `缺少“${name}”`, en: `"${name}" is missing` },
    { zh: `补上“${name}:”一项`, en: `add a "${name}:" entry` },
  )
  return true
}

/** Turns what a shape read into something else; `turn` adds its own mistakes and answers `undefined` then. */
export function turned<Read, Value>(
  shape: Shape<Read>,
  turn: (read: Read, place: Place, mistakes: Mistakes) => Value | undefined,
): Shape<Value> {
  return {
    read(value, mistakes) {
      const read = shape.read(value, mistakes)
      return read === undefined ? undefined : turn(read, value.place, mistakes)
    },
    schema: () => shape.schema(),
  }
}

/** A Chinese and an English text. */
export const label: Shape<Label> = turned(
  object({ zh: required(text(), 'Chinese / 中文'), en: required(text(), 'English / 英文') }),
  ({ zh, en }) => ({ zh, en }),
)
