import type { z } from 'zod'
import { patternWords, type Words } from './fields.ts'
import type { FieldError } from './problem.ts'

type RawIssue = z.core.$ZodRawIssue
type Language = keyof Words

/** Our own checks carry both texts in `params`. */
function ownWords(issue: RawIssue): Words | undefined {
  const params: unknown = 'params' in issue ? issue.params : undefined
  if (typeof params !== 'object' || params === null) return undefined
  const { zh, en } = params as { zh?: unknown; en?: unknown }
  return typeof zh === 'string' && typeof en === 'string' ? { zh, en } : undefined
}

const TYPES: Readonly<Record<string, Words>> = {
  string: { zh: '应为文字', en: 'should be text' },
  number: { zh: '应为数字', en: 'should be a number' },
  int: { zh: '应为整数', en: 'should be a whole number' },
  boolean: { zh: '应为“是”或“否”（true、false）', en: 'should be true or false' },
  array: { zh: '应为一个列表', en: 'should be a list' },
  object: { zh: '应为一组字段', en: 'should be an object with fields' },
}

const FORMATS: Readonly<Record<string, Words>> = {
  datetime: {
    zh: '不是日历上的时间，应写成 2020-02-03T08:00:00+08:00',
    en: 'not a time of the calendar; write it as 2020-02-03T08:00:00+08:00',
  },
  uuid: { zh: '不是有效的编号（UUID）', en: 'not a valid UUID' },
}

const MISSING: Words = { zh: '缺少这一项', en: 'this is missing' }
const NOT_WRITTEN_SO: Words = { zh: '写法不对，请检查', en: 'not written as it should be' }

function tooSmall({ origin, minimum, inclusive }: Extract<RawIssue, { code: 'too_small' }>): Words {
  if (inclusive === false) return { zh: `太小，应大于 ${minimum}`, en: `too small; more than ${minimum}` }
  if (minimum === 1 && origin !== 'number') return { zh: '不能为空', en: 'must not be empty' }
  if (origin === 'string') return { zh: `至少 ${minimum} 个字`, en: `at least ${minimum} characters` }
  if (origin === 'array') return { zh: `至少 ${minimum} 项`, en: `at least ${minimum} of them` }
  return { zh: `太小，最小是 ${minimum}`, en: `too small; at least ${minimum}` }
}

function tooBig({ origin, maximum }: Extract<RawIssue, { code: 'too_big' }>): Words {
  if (origin === 'string') return { zh: `太长，最多 ${maximum} 个字`, en: `too long; at most ${maximum} characters` }
  if (origin === 'array') return { zh: `太多，最多 ${maximum} 项`, en: `too many; at most ${maximum}` }
  return { zh: `太大，最大是 ${maximum}`, en: `too big; at most ${maximum}` }
}

function wordsFor(issue: RawIssue): Words {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return MISSING
      return TYPES[issue.expected] ?? { zh: '内容的种类不对', en: 'this is of the wrong kind' }
    case 'too_small':
      return tooSmall(issue)
    case 'too_big':
      return tooBig(issue)
    case 'invalid_format':
      return patternWords(issue.pattern) ?? FORMATS[issue.format] ?? NOT_WRITTEN_SO
    case 'invalid_value': {
      const choices = issue.values.map(String)
      if (issue.input === undefined)
        return { zh: `缺少这一项，可填：${choices.join('、')}`, en: `this is missing; one of: ${choices.join(', ')}` }
      return { zh: `只能是：${choices.join('、')}`, en: `one of: ${choices.join(', ')}` }
    }
    case 'invalid_union':
      if (issue.input === undefined) return MISSING
      return { zh: '不是可以填的内容', en: 'not one of the forms that may be given' }
    case 'unrecognized_keys':
      return { zh: `没有这样的字段：${issue.keys.join('、')}`, en: `no such field: ${issue.keys.join(', ')}` }
    default:
      return NOT_WRITTEN_SO
  }
}

function fieldName(part: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (name, step) => (typeof step === 'number' ? `${name}[${step}]` : `${name}.${String(step)}`),
    part,
  )
}

function issuesIn(schema: z.ZodType, value: unknown, language: Language): readonly z.core.$ZodIssue[] {
  const result = schema.safeParse(value, { error: (issue) => (ownWords(issue) ?? wordsFor(issue))[language] })
  return result.success ? [] : result.error.issues
}

/** What is wrong with a value, field by field, in both languages. At most 50 are listed. */
export function fieldErrors(schema: z.ZodType, value: unknown, part: string): FieldError[] {
  const inEnglish = issuesIn(schema, value, 'en')
  return issuesIn(schema, value, 'zh')
    .slice(0, 50)
    .map((issue, index) => ({
      field: fieldName(part, issue.path),
      zh: issue.message,
      en: inEnglish[index]?.message ?? issue.message,
    }))
}
