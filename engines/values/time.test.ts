import fc from 'fast-check'
import { expect, it } from 'vitest'
import { dayOf, formatDay } from './time.ts'

it('writes every day as the calendar does, from years long past to years far ahead', () => {
  fc.assert(
    fc.property(fc.integer({ min: -400_000, max: 3_000_000 }), (day) => {
      expect(formatDay(day)).toBe(new Date(day * 86_400_000).toISOString().slice(0, 10))
    }),
    { numRuns: 5_000 },
  )
})

it('reads back the days that it writes, leap days included', () => {
  for (const text of [
    '2020-02-29',
    '2000-02-29',
    '1900-02-28',
    '1900-03-01',
    '1999-12-31',
    '2100-03-01',
    '1970-01-01',
  ]) {
    expect(formatDay(dayOf(text))).toBe(text)
  }
})
