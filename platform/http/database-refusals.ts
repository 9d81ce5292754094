import { databaseError } from '#platform/db/database.ts'
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
const PLACES_MAX = 50

function isStorable(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed()
}

/** Where in an input something stands, such as `body.lines[2].unit_id`. */
function placesOf(input: unknown, isMeant: (key: string, value: unknown) => boolean): string[] {
  const places: string[] = []
  const walk = (value: unknown, key: string, place: string): void => {
    if (places.length >= PLACES_MAX) return
    if (isMeant(key, value)) places.push(place)
    if (Array.isArray(value)) for (const [index, item] of value.entries()) walk(item, key, `${place}[${index}]`)
    else if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array))
      for (const [name, item] of Object.entries(value)) walk(item, name, place === '' ? name : `${place}.${name}`)
  }
  walk(input, '', '')
  return places
}
