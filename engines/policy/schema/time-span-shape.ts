import type { Quantity, Unit } from '../pack.ts'
import { code } from './measures.ts'
import { describe, object, optional, type Shape } from './shape.ts'

/** So many working days, days, hours or months, where the key names the unit. */

const WHOLE_MAX = 3_660

/** A bare whole number where the key names the unit (`working_days: 5`), or the code of a parameter. */
export function wholeNumber(units: readonly Unit[]): Shape<Quantity> {
  return {
    read(value, mistakes) {
      if (value.kind === 'text' && /^[a-z][a-z0-9_-]*$/.test(value.text)) {
        mistakes.refer({ kind: 'parameter', code: value.text, place: value.place, units })
        return { parameter: value.text, place: value.place }
      }
      const number = value.kind === 'text' && /^[1-9]\d{0,3}$/.test(value.text) ? Number(value.text) : Number.NaN
      if (number <= WHOLE_MAX) return { literal: number }
      return mistakes.add(
        'span.number',
        value.place,
        describe(value),
        { zh: '不是 1 到 3660 的整数', en: 'no whole number from 1 to 3660' },
        { zh: '单位已在前面，只写整数，如 working_days: 5', en: 'the key names the unit: write "working_days: 5"' },
      )
    },
    schema: () => ({ anyOf: [{ type: 'integer', minimum: 1, maximum: WHOLE_MAX }, code.schema()] }),
  }
}

export const spanShape = object({
  working_days: optional(wholeNumber(['days', 'count']), null, 'working days by the official calendar'),
  days: optional(wholeNumber(['days', 'count']), null, 'calendar days'),
  hours: optional(wholeNumber(['minutes', 'count']), null, 'hours'),
  months: optional(wholeNumber(['count']), null, 'months; a year is 12'),
})

export type WrittenSpan = NonNullable<ReturnType<typeof spanShape.read>>
