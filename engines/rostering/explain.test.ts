import { describe, expect, it } from 'vitest'
import { explainRoster } from './explain.ts'
import { explanationText } from './explain-text.ts'
import type { Person, RosterProblem } from './problem.ts'
import { scoreRoster } from './score.ts'

const cells = (letters: string): (string | null)[] => [...letters].map((letter) => (letter === '.' ? null : letter))
const icu = ['icu']

const people: Person[] = [
  { id: 'night_before', skills: icu },
  { id: 'spare', skills: icu },
  { id: 'away', skills: icu, days_off: [1] },
  { id: 'free', skills: icu, wishes: [{ day: 1, shifts: 'off', wanted: true, price: 30 }] },
  { id: 'unskilled', wishes: [{ day: 2, shifts: 'off', wanted: true, price: 5 }] },
]
const problem: RosterProblem = {
  format: 'tongpao-roster/1',
  first_day: '2020-02-24',
  days: 4,
  shifts: [
    { id: 'D', start_minute: 480, minutes: 480 },
    { id: 'F', start_minute: 480, minutes: 360, skills: icu },
    { id: 'N', start_minute: 1200, minutes: 720, skills: icu },
  ],
  people,
  cover: [
    { id: 'fever', shifts: ['F'], required: 1, minimum: 1, under_price: 100, days: { days: [1] } },
    { id: 'day', shifts: ['D'], required: 1, under_price: 50, over_price: 2 },
  ],
  rules: [{ kind: 'rest', id: 'rest', minutes_min: 660, price: 'hard' }],
}
const roster = {
  night_before: cells('N...'),
  spare: cells('.D..'),
  unskilled: cells('DDDD'),
}

describe('an explanation', () => {
  const explanation = explainRoster(problem, roster)

  it('says for a need that is not met who is kept away by what, and the cheapest ways out', () => {
    expect(explanation.unmet).toHaveLength(1)
    const [fever] = explanation.unmet
    expect(fever).toMatchObject({ line: 'fever', hard: true, day: 1, needed: 1, actual: 0 })
    expect(fever?.in_the_way).toEqual(
      expect.arrayContaining([
        { what: 'rest', people: 1 },
        { what: 'on_shift', people: 2 },
        { what: 'day_off', people: 1 },
        { what: 'skill', people: 1 },
      ]),
    )
    expect(fever?.ways_out).toEqual([
      { kind: 'move', person: 'spare', shift: 'F', from: 'D', cost: -2 },
      { kind: 'take', person: 'free', shift: 'F', cost: 30 },
      { kind: 'relax', person: 'night_before', shift: 'F', rule: 'rest', units: 1 },
      { kind: 'ask', person: 'away', shift: 'F', despite: 'day_off' },
    ])
  })

  it('says what a way out costs as the judge of whole rosters does', () => {
    const before = scoreRoster(problem, roster).score
    const moved = scoreRoster(problem, { ...roster, spare: cells('.F..') }).score
    const taken = scoreRoster(problem, { ...roster, free: cells('.F..') }).score
    expect([moved.total - before.total, taken.total - before.total]).toEqual([-102, -70])
  })

  it('says why a wish is not granted and who could stand in', () => {
    expect(explanation.wishes).toEqual([
      {
        person: 'unskilled',
        day: 2,
        wanted: true,
        cost: 5,
        short: ['day'],
        broken: [],
        change: 45,
        substitutes: ['away', 'free', 'night_before'],
      },
    ])
  })

  it('reads as a manager would say it', () => {
    const lines = explanationText(problem, explanation).map(({ zh }) => zh)
    expect(lines).toContain('缺人：2月25日 F 至少需要 1 人，现有 0 人')
    expect(lines).toContain('  可行：spare从 D 改上 F，扣分变化 -2')
    expect(lines).toContain('  若为night_before放宽“两班之间至少休息 11 小时”，可上 F')
    expect(lines).toContain('意愿未满足：unskilled 2月26日，会缺人（day）；可替班：away、free、night_before')
  })
})
