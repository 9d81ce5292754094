import { expect, it } from 'vitest'
import { daysInARow } from './rules.ts'

it('days in a row reach up to today or yesterday; whoever has rested a whole day begins anew', () => {
  const days = new Set(['2020-02-20', '2020-02-21', '2020-02-22'])
  expect(daysInARow(days, '2020-02-22')).toBe(3)
  expect(daysInARow(days, '2020-02-23')).toBe(3)
  expect(daysInARow(days, '2020-02-24')).toBe(0)
})
