import { describe, expect, it } from 'vitest'
import { compile } from './compile.ts'
import { conflictText } from './conflict-text.ts'
import { findConflicts } from './conflicts.ts'
import type { Person, RosterProblem } from './problem.ts'
import { scoreRoster } from './score.ts'
import { prepare, Solver, toRoster } from './solve.ts'
import { smallWard } from './test-problems.ts'

const icu = ['icu']
function clinic(more: Partial<RosterProblem>): RosterProblem {
  return {
    format: 'tongpao-roster/1',
    first_day: '2020-02-03',
    days: 7,
    shifts: [
      { id: 'D', start_minute: 480, minutes: 480 },
      { id: 'N', start_minute: 1200, minutes: 720, tags: ['night'] },
    ],
    people: ['a', 'b', 'c', 'd', 'e'].map((id, at): Person => ({ id, skills: at < 4 ? icu : [] })),
    cover: [],
    rules: [],
    ...more,
  }
}

function said(problem: RosterProblem): string[] {
  const prepared = prepare(problem)
  if (!prepared.ok) throw new Error('the clinic is well formed')
  return findConflicts(problem, prepared.impossible).map((one) => conflictText(problem, one).zh)
}

const skilledNight = { shifts: ['N'], skill: 'icu', required: 4, minimum: 4, under_price: 10 }

describe('what no roster can satisfy is named beforehand', () => {
  it('a night that needs four with a skill when three exist', () => {
    const problem = clinic({ cover: [{ ...skilledNight, days: { days: [2] } }] })
    const [away, ...others] = problem.people
    if (away === undefined) throw new Error('the clinic has people')
    const short = { ...problem, people: [{ ...away, days_off: [2] }, ...others] }
    expect(said(problem)).toEqual([])
    expect(said(short)).toEqual(['2月5日 N 至少需要 4 人（技能 icu），只有 3 人可排：1 人当天不排班'])
    const [conflict] = findConflicts(short, [])
    expect(conflict).toMatchObject({ kind: 'need', hard: true, day: 2, needed: 4, available: 3 })
    expect(conflict && conflictText(short, conflict).en).toBe(
      '2020-02-05: N needs at least 4 people with skill icu; 3 could come (1 have the day off)',
    )
  })

  it('a skill that nobody has', () => {
    const problem = clinic({ cover: [{ ...skilledNight, skill: 'diver', required: 1, minimum: 1, days: { to: 0 } }] })
    expect(said(problem)).toContain('2月3日 N 至少需要 1 人（技能 diver），只有 0 人可排')
  })

  it('shifts that each could be filled but compete for the same people', () => {
    const cover = [
      { shifts: ['D'], required: 3, minimum: 3, under_price: 10, days: { days: [1] } },
      { ...skilledNight, required: 3, minimum: 3, days: { days: [1] } },
    ]
    expect(said(clinic({ cover }))).toEqual(['2月4日 D、N 合计至少需要 6 人，能上其中任何一班的只有 5 人'])
  })

  it('first days on which people still rest from before', () => {
    const rules = [{ kind: 'rest' as const, id: 'rest', minutes_min: 660, price: 'hard' as const }]
    const problem = clinic({
      rules,
      cover: [{ shifts: ['D'], required: 3, minimum: 3, under_price: 10, days: { to: 0 } }],
    })
    const people = problem.people.map((person, at) => (at < 3 ? { ...person, history: ['N'] } : person))
    expect(said({ ...problem, people })).toEqual(['2月3日 D 至少需要 3 人，只有 2 人可排：3 人因之前的班还须休息'])
  })

  it('more nights in the period than rules on nights leave', () => {
    const rules = [
      {
        kind: 'tally' as const,
        id: 'nights',
        of: 'shifts' as const,
        shifts: { tags: ['night'] },
        max: 2,
        price: 'hard' as const,
      },
    ]
    const problem = clinic({ rules, cover: [{ shifts: ['N'], required: 2, minimum: 2, under_price: 10 }] })
    expect(said(problem)).toEqual(['整个排班期 N 共至少需要 14 人次，按每人的工时和休息要求最多只有 10 人次'])
  })

  it('rules of one person that contradict one another, with what would help', () => {
    const problem = clinic({
      people: [{ id: 'a', days_off: [0, 1, 2, 3, 4, 5] }, { id: 'b' }],
      rules: [
        { kind: 'tally', id: 'least', of: 'shifts', shifts: 'work', min: 3, price: 'hard' },
        { kind: 'run', id: 'most', shifts: 'work', max: 5, price: 'hard' },
      ],
    })
    expect(said(problem)).toEqual(['a的硬性要求互相矛盾，放宽其中一条即可：本期合计至少 3（least）；不排班的日子'])
  })

  it('fixed cells against days off and skills, and somebody who can take nothing', () => {
    const shifts = [{ id: 'D', start_minute: 480, minutes: 480, skills: icu }]
    const people: Person[] = [
      { id: 'a', skills: icu, days_off: [1], pinned: [{ day: 1, shift: 'D' }] },
      { id: 'b', pinned: [{ day: 0, shift: 'D' }] },
    ]
    expect(said(clinic({ shifts, people }))).toEqual([
      'a 2月4日固定了班，但当天不排班',
      'b 2月3日固定了班，但缺少该班的技能',
      'b没有任何能上的班',
    ])
  })

  it('and nothing is named that a solved roster satisfies', () => {
    const problem = smallWard(10, 14)
    const solver = new Solver(compile(problem), { seed: 1, role: 'search' })
    while (solver.iterations < 300) solver.step()
    const { violations } = scoreRoster(problem, toRoster(problem, solver.best))
    expect(violations.filter(({ hard }) => hard)).toEqual([])
    expect(findConflicts(problem, []).filter(({ hard }) => hard)).toEqual([])
  })
})
