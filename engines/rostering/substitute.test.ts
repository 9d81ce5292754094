import { describe, expect, it } from 'vitest'
import type { Person, Roster, RosterProblem } from './problem.ts'
import { scoreRoster } from './score.ts'
import { SubstituteSearch } from './substitute.ts'

const cells = (letters: string): (string | null)[] => [...letters].map((letter) => (letter === '.' ? null : letter))

/** A fever clinic, made up: one night a day, by somebody with the skill. */
function clinic(people: readonly Person[], more: Partial<RosterProblem> = {}): RosterProblem {
  return {
    format: 'tongpao-roster/1',
    first_day: '2020-02-24',
    days: 7,
    shifts: [
      { id: 'D', start_minute: 480, minutes: 480 },
      { id: 'N', start_minute: 1200, minutes: 720, tags: ['night'], skills: ['icu'] },
    ],
    people,
    cover: [
      { shifts: ['N'], required: 1, minimum: 1, under_price: 100 },
      { shifts: ['D'], required: 1, under_price: 100 },
    ],
    rules: [
      { kind: 'rest', id: 'rest', minutes_min: 660, price: 'hard' },
      { kind: 'run', id: 'run', shifts: 'work', max: 4, price: 'hard' },
      { kind: 'tally', id: 'nights', of: 'shifts', shifts: { tags: ['night'] }, max: 2, price: 10 },
      { kind: 'apart', id: 'couple', people: { ids: ['wife', 'husband'] }, shifts: { tags: ['night'] }, price: 'hard' },
    ],
    ...more,
  }
}

const icu = ['icu']
const people: Person[] = [
  { id: 'ill', skills: icu },
  { id: 'unskilled' },
  { id: 'away', skills: icu, days_off: [3] },
  { id: 'on_day', skills: icu },
  { id: 'tired', skills: icu },
  { id: 'early', skills: icu },
  { id: 'many_nights', skills: icu },
  { id: 'fresh', skills: icu },
  { id: 'wisher', skills: icu, wishes: [{ day: 3, shifts: 'off', wanted: true, price: 25 }] },
]
const roster: Roster = {
  ill: cells('...N...'),
  on_day: cells('...D...'),
  tired: cells('.DD.DD.'),
  early: cells('....D..'),
  many_nights: cells('N....N.'),
  fresh: cells('D......'),
}
const gap = { day: 3, shift: 'N', absent: 'ill' }

describe('who can take a shift', () => {
  const found = new SubstituteSearch(clinic(people)).find(roster, gap)

  it('is ranked by what it does to rest, hours and wishes', () => {
    expect(found.possible.map(({ person, cost }) => [person, cost])).toEqual([
      ['fresh', 0],
      ['many_nights', 10],
      ['wisher', 25],
    ])
    expect(found.possible[0]).toMatchObject({ rest_before_min: 4560, rest_after_min: null, run_days: 1, minutes: 1200 })
  })

  it('says what stands in everybody else’s way, nearest first', () => {
    expect(found.refused.map(({ person, obstacles }) => [person, ...obstacles.map(({ kind }) => kind)])).toEqual([
      ['early', 'rule'],
      ['tired', 'rule', 'rule'],
      ['on_day', 'on_shift'],
      ['away', 'day_off'],
      ['unskilled', 'skill'],
    ])
  })

  it('costs what the judge of whole rosters says', () => {
    const problem = clinic(people)
    const without = { ...roster, ill: cells('.......') }
    const before = scoreRoster(problem, without).score
    for (const { person, cost } of found.possible) {
      const row = [...(roster[person] ?? cells('.......'))]
      row[3] = 'N'
      const after = scoreRoster(problem, { ...without, [person]: row }).score
      // The night that was uncovered is covered now.
      expect([person, after.total - before.total, after.hard - before.hard]).toEqual([person, cost - 100, -1])
    }
  })

  it('never sends one spouse where the other is', () => {
    const couple: Person[] = [
      { id: 'wife', skills: icu },
      { id: 'husband', skills: icu },
      { id: 'ill', skills: icu },
    ]
    const more = clinic(couple, { cover: [{ shifts: ['N'], required: 2, under_price: 10 }] })
    const answer = new SubstituteSearch(more).find({ wife: cells('...N...'), ill: cells('...N...') }, gap)
    expect(answer.possible).toEqual([])
    expect(answer.refused[0]).toEqual({ person: 'husband', obstacles: [{ kind: 'rule', rule: 'couple', units: 1 }] })
  })

  it('refuses a shift or day that there is not', () => {
    const search = new SubstituteSearch(clinic(people))
    expect(() => search.find(roster, { day: 7, shift: 'N' })).toThrow(RangeError)
    expect(() => search.find(roster, { day: 1, shift: 'Z' })).toThrow(RangeError)
  })
})
