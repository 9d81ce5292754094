import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { mistakeText } from './mistake-text.ts'
import type { PatternRule, RosterProblem } from './problem.ts'
import { checkProblem, readProblem } from './read-problem.ts'
import { problemSchema } from './schema/problem-shape.ts'
import { smallWard } from './test-problems.ts'

const ward = smallWard(4, 7)
const plain: RosterProblem = { ...ward, rules: [], cover: [] }

function told(problem: unknown): string[] {
  const read = checkProblem(problem)
  return read.ok ? [] : read.mistakes.map(({ code, where }) => `${code} ${where}`)
}

const pattern = (id: string, ...days: string[]): PatternRule => ({
  kind: 'pattern',
  id,
  days: days.map((shift) => (shift === 'off' ? 'off' : { ids: [shift] })),
  wanted: true,
  price: 'hard',
})

describe('the problem language', () => {
  it('reads what the tests of the engine are made of, and back from its own text', () => {
    expect(told(smallWard())).toEqual([])
    const read = readProblem(JSON.stringify(ward))
    expect(read.ok && read.problem).toEqual(ward)
  })

  it('is published as the schema that stands beside it', () => {
    const published = JSON.parse(readFileSync(new URL('problem.schema.json', import.meta.url), 'utf8'))
    expect(published).toEqual(JSON.parse(JSON.stringify(problemSchema())))
  })
})

describe('bad input is named with its place', () => {
  it.each([
    ['nobody', { ...plain, people: [] }, 'people.none people'],
    ['no shifts', { ...plain, shifts: [], people: [{ id: 'a' }] }, 'shifts.none shifts'],
    ['no days', { ...plain, days: 0 }, 'shape.kind days'],
    ['a date that is none', { ...plain, first_day: '2020-02-30' }, 'first_day.invalid first_day'],
    [
      'a shift longer than a day',
      { ...plain, shifts: [...ward.shifts, { id: 'X', start_minute: 0, minutes: 1441 }] },
      'shift.too_long shifts[3].minutes',
    ],
    [
      'a shift twice',
      { ...plain, shifts: [...ward.shifts, { id: 'D', start_minute: 0, minutes: 60 }] },
      'id.duplicate shifts[3].id',
    ],
    [
      'limits the wrong way round',
      { ...plain, rules: [{ kind: 'run', id: 'r', shifts: 'work', min: 5, max: 3, price: 'hard' }] },
      'limits.contradictory rules[0]',
    ],
    [
      'patterns that oblige one another for ever',
      { ...plain, rules: [pattern('a', 'L', 'N'), pattern('b', 'N', 'L')] },
      'successions.cyclic rules',
    ],
    [
      'an unknown kind of rule',
      { ...plain, rules: [{ kind: 'magic', id: 'm', price: 1 }] },
      'shape.kind rules[0].kind',
    ],
    ['a word that is not in the language', { ...plain, coverage: [] }, 'key.unknown coverage'],
    ['a key left out', { ...plain, people: [{}] }, 'key.missing people[0].id'],
    [
      'a shift nobody defined in a choice',
      { ...plain, rules: [{ ...pattern('p', 'D', 'Z') }] },
      'id.unknown rules[0].days[1]',
    ],
    [
      'a wish outside the period',
      { ...plain, people: [{ id: 'a', days_off: [7] }] },
      'day.outside people[0].days_off[0]',
    ],
  ])('%s', (_, problem, expected) => {
    expect(told(problem)).toContain(expected)
  })

  it('patterns with a day off may follow one another', () => {
    expect(told({ ...plain, rules: [pattern('a', 'L', 'N', 'off'), pattern('b', 'off', 'L')] })).toEqual([])
  })

  it('a million wishes are too many, told once', () => {
    const wish = { day: 0, shifts: 'off' as const, wanted: true, price: 1 }
    const people = [{ id: 'a', wishes: new Array(1_000_000).fill(wish) }]
    expect(told({ ...plain, people })).toEqual(['too_large people[].wishes'])
  })

  it('a file that was cut short anywhere is said to be so, and never read in part', () => {
    const text = JSON.stringify(ward)
    for (let length = 0; length < text.length; length += 97) {
      const read = readProblem(text.slice(0, length))
      expect(read.ok ? 'read' : read.mistakes[0]?.code).toBe('text.cut_short')
    }
    const other = readProblem('{a}')
    expect(other.ok ? 'read' : other.mistakes[0]?.code).toBe('text.no_json')
  })

  it('is said in both languages with what to do', () => {
    const read = checkProblem({ ...plain, people: [] })
    if (read.ok) throw new Error('nobody can be rostered')
    expect(read.mistakes.map(mistakeText)[0]).toEqual({
      zh: 'people：没有人可排，请至少写一个人',
      en: 'people: there is nobody to roster: give at least one person',
    })
  })
})
