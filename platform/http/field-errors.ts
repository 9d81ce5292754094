import { z } from 'zod'
import type { FieldError } from './problem.ts'

const chinese = z.locales.zhCN().localeError
const english = z.locales.en().localeError

/** Our own checks carry both texts in `params`; everything else takes the wording of the schema library. */
function ownText(issue: { readonly params?: Record<string, unknown> }, language: 'zh' | 'en'): string | undefined {
  const text = issue.params?.[language]
  return typeof text === 'string' ? text : undefined
}

function fieldName(part: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (name, step) => (typeof step === 'number' ? `${name}[${step}]` : `${name}.${String(step)}`),
    part,
  )
}

function issuesIn(schema: z.ZodType, value: unknown, language: 'zh' | 'en'): readonly z.core.$ZodIssue[] {
  const localeError = language === 'zh' ? chinese : english
  const result = schema.safeParse(value, {
    error: (issue) => ownText(issue as { params?: Record<string, unknown> }, language) ?? localeError(issue),
  })
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
