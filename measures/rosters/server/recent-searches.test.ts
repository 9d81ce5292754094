import { expect, it } from 'vitest'
import type { RosterProblem } from '#engines/rostering/problem.ts'
import { RecentSearches } from './recent-searches.ts'

const problem: RosterProblem = {
  format: 'tongpao-roster/1',
  first_day: '2020-02-24',
  days: 3,
  shifts: [{ id: 'A', start_minute: 480, minutes: 480 }],
  people: [{ id: '1' }, { id: '2' }],
  cover: [{ id: 'day', shifts: ['A'], required: 1, under_price: 100 }],
  rules: [],
}
const draft = (draft_id: number, problem_version: string) => ({ unit_id: 3, draft_id, problem, problem_version })

it('compiles a roster once, again when its problem has changed, and keeps only those asked for lately', () => {
  const searches = new RecentSearches(2)
  const first = searches.of(draft(1, '700'))
  expect(searches.of(draft(1, '700'))).toBe(first)
  const changed = searches.of(draft(1, '701'))
  expect(changed).not.toBe(first)
  searches.of(draft(2, '700'))
  expect(searches.of(draft(1, '701'))).toBe(changed)
  searches.of(draft(3, '700'))
  expect(searches.of(draft(1, '701'))).toBe(changed)
  const second = searches.of(draft(2, '700'))
  expect(searches.of(draft(2, '700'))).toBe(second)
  expect(searches.of(draft(1, '701'))).toBe(changed)
  expect(searches.of(draft(3, '700'))).not.toBe(second)
})
