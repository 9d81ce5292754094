import { describe, expect, it } from 'vitest'
import type { Person, Roster, RosterProblem } from './problem.ts'
import { replan } from './replan.ts'

const cells = (letters: string): (string | null)[] => [...letters].map((letter) => (letter === '.' ? null : letter))
const icu = ['icu']
const people: Person[] = [
  { id: 'a', skills: icu },
  { id: 'b', skills: icu },
  { id: 'c' },
  { id: 'd', skills: icu, days_off: [2] },
]
const problem: RosterProblem = {
  format: 'tongpao-roster/1',
  first_day: '2020-02-24',
  days: 5,
  shifts: [
    { id: 'D', start_minute: 480, minutes: 480 },
    { id: 'F', start_minute: 480, minutes: 360, skills: icu },
  ],
  people,
  cover: [
    { id: 'day', shifts: ['D'], required: 1, minimum: 1, under_price: 50 },
    { id: 'fever', shifts: ['F'], required: 1, minimum: 1, under_price: 100 },
  ],
  rules: [{ kind: 'run', id: 'run', shifts: 'work', max: 5, price: 'hard' }],
}
const roster: Roster = { a: cells('FFFFF'), b: cells('DD.DD'), c: cells('..D..'), d: cells('.....') }
const away = (id: string, day: number): RosterProblem => ({
  ...problem,
  people: people.map((person) =>
    person.id === id ? { ...person, days_off: [...(person.days_off ?? []), day] } : person,
  ),
})

describe('re-planning', () => {
  it('leaves a roster that still holds alone', () => {
    expect(replan(problem, roster)).toMatchObject({ changes: [], unfilled: [], score: { hard: 0 } })
  })

  it('replaces a drop-out by one who is free: two cells change and no more', () => {
    const { changes, changes_least, unfilled } = replan(away('a', 0), roster)
    expect(changes).toEqual([
      { person: 'a', day: 0, from: 'F', to: null, why: 'cannot' },
      { person: 'd', day: 0, from: null, to: 'F', why: 'fills' },
    ])
    expect([changes.length, unfilled]).toEqual([changes_least, []])
  })

  it('finds two moves when nobody is free: one changes over, another takes what they leave', () => {
    const onDay: Roster = { ...roster, b: cells('DDDDD'), c: cells('.....') }
    const { changes, unfilled, score } = replan(away('a', 2), onDay)
    expect(changes).toEqual([
      { person: 'a', day: 2, from: 'F', to: null, why: 'cannot' },
      { person: 'b', day: 2, from: 'D', to: 'F', why: 'fills' },
      { person: 'c', day: 2, from: null, to: 'D', why: 'fills' },
    ])
    expect([unfilled, score.hard]).toEqual([[], 0])
  })

  it('fills a new need, keeps days that are over, and tells what stays open', () => {
    const more = problem.cover.map((line) => (line.id === 'day' ? { ...line, required: 2, minimum: 2 } : line))
    const later = { ...problem, cover: more, published: { cells: {}, price_per_change: 1, frozen_before_day: 3 } }
    const { changes, unfilled } = replan(later, roster)
    expect(changes.map(({ day, to }) => [day, to])).toEqual([
      [3, 'D'],
      [4, 'D'],
    ])
    expect(unfilled).toEqual([])
    const hopeless = replan({ ...problem, people: people.map((one) => ({ ...one, days_off: [1] })) }, roster)
    expect(hopeless.unfilled).toEqual([
      { line: 'day', day: 1, missing: 1, hard: true },
      { line: 'fever', day: 1, missing: 1, hard: true },
    ])
  })
})
