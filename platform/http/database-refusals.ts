import { databaseError } from '#platform/db/database.ts'
import { placesOf } from './places.ts'
import { type FieldError, httpProblems, type Refusal, refuse } from './problem.ts'

/**
 * What only the database finds wrong with an input: a record that is named and does not exist, and characters that no text in
 * PostgreSQL can hold. Commands check what they know better; this is the net below all of them.
 */
export function refusalOfDatabase(error: unknown, input: unknown): Refusal | undefined {
  const { code, table, constraint } = databaseError(error) ?? {}
  if (code === '23503') {
    const name = constraint?.replace(`${table}_`, '').replace(/_fkey\d*$/, '')
    const errors = placesOf(input, (key) => key === name).map((field) => ({ field, ...UNKNOWN }))
    return errors.length > 0 ? refuse(httpProblems.invalid, { count: errors.length }, errors) : undefined
  }
  if (code === '22021' || code === '22P05') {
    const errors: FieldError[] = placesOf(input, (_, value) => typeof value === 'string' && !isStorable(value)).map(
      (field) => ({ field, ...UNSTORABLE }),
    )
    return errors.length > 0 ? refuse(httpProblems.invalid, { count: errors.length }, errors) : undefined
  }
  return undefined
}

const UNKNOWN = { zh: '没有找到这条记录', en: 'no such record' }
const UNSTORABLE = { zh: '含有不可见的控制字符', en: 'contains control characters' }
function isStorable(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed()
}
