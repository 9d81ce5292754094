import { expect, it } from 'vitest'
import { lastsUntil } from './fund-lasts.ts'

it('a sum lasts until the last day that it covers, then at the pace of the last seven days, or beyond a year', () => {
  expect(lastsUntil([100, 100, 100], '2020-02-01', 250)).toEqual({ kind: 'until', day: '2020-02-02' })
  expect(lastsUntil([100, 100, 100], '2020-02-01', 300)).toEqual({ kind: 'projected', day: '2020-02-03' })
  expect(lastsUntil([100, 100, 100], '2020-02-01', 520)).toEqual({ kind: 'projected', day: '2020-02-05' })
  expect(lastsUntil([1_000, ...Array<number>(7).fill(10)], '2020-02-01', 1_090)).toEqual({
    kind: 'projected',
    day: '2020-02-10',
  })
  expect(lastsUntil([1], '2020-02-01', 1_000_000)).toEqual({ kind: 'beyond' })
  expect(lastsUntil([0, 0], '2020-02-01', 1)).toEqual({ kind: 'beyond' })
})
