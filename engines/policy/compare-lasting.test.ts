import { expect, it } from 'vitest'
import { lastingOf } from './compare-lasting.ts'

const FROM = 18_000

it('a sum runs out on the first day that it does not cover, or at the pace of the last seven days, or not within a year', () => {
  expect(lastingOf([100, 100, 100], FROM, 250)).toEqual({ left_fen: -50, exhausted_on: FROM + 2, projected_on: null })
  expect(lastingOf([100, 100, 100], FROM, 300)).toEqual({ left_fen: 0, exhausted_on: null, projected_on: FROM + 3 })
  expect(lastingOf([100, 100, 100], FROM, 520)).toEqual({ left_fen: 220, exhausted_on: null, projected_on: FROM + 5 })
  expect(lastingOf([1_000, ...Array<number>(7).fill(10)], FROM, 1_090).projected_on).toBe(FROM + 7 + 3)
  expect(lastingOf([1], FROM, 1_000_000)).toEqual({ left_fen: 999_999, exhausted_on: null, projected_on: null })
  expect(lastingOf([0, 0], FROM, 1)).toEqual({ left_fen: 1, exhausted_on: null, projected_on: null })
  expect(lastingOf([5], FROM, null)).toEqual({ left_fen: null, exhausted_on: null, projected_on: null })
})
