/**
 * The text of a PostgreSQL array of values that need no quotes: numbers, uuids, civil dates, hexadecimal. Of all that `pg` can send, the
 * quickest to make and to read.
 *
 * @example plainArray([1, 2]) // '{1,2}'
 */
export function plainArray(values: readonly (number | string)[]): string {
  return `{${values.join(',')}}`
}
