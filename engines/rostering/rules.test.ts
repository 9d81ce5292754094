import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile } from './compile.ts'
import { NeighbourhoodSearch } from './neighbourhood.ts'
import type { Person, RosterProblem, Rule } from './problem.ts'
import { Random } from './random.ts'
import { rowCost } from './row-cost.ts'
import { scoreRoster } from './score.ts'
import { Solver, toRoster } from './solve.ts'
import { RosterState } from './state.ts'

/** Monday 24 Feb 2020, two weeks: day (D), late (L), night (N, front line), and a long day (X). */
function post(rules: readonly Rule[], people: readonly Person[], more: Partial<RosterProblem> = {}): RosterProblem {
  return {
    format: 'tongpao-roster/1',
    first_day: '2020-02-24',
    days: 14,
    holidays: [4],
    shifts: [
      { id: 'D', post: 'gate', start_minute: 480, minutes: 480 },
      { id: 'L', post: 'gate', start_minute: 960, minutes: 480, counted_minutes: 420 },
      { id: 'N', post: 'fever', start_minute: 1200, minutes: 720, tags: ['night', 'front_line'], exposure_tier: 2 },
      { id: 'X', post: 'fever', start_minute: 480, minutes: 900, tags: ['front_line'], exposure_tier: 1 },
    ],
    people,
    cover: [],
    rules,
    ...more,
  }
}

/** `DDN.` → cells. */
const cells = (letters: string): (string | null)[] => [...letters].map((letter) => (letter === '.' ? null : letter))
const night = { tags: ['night'] }
const front = { tags: ['front_line'] }
const a: Person = { id: 'a' }
const b: Person = { id: 'b' }

interface Example {
  readonly name: string
  /** `price` is filled in. */
  readonly rule: Rule
  readonly rows: readonly string[]
  readonly costs: number
  readonly people?: readonly Person[]
}

const head = { id: 'rule', price: 10 }
const EXAMPLES: readonly Example[] = [
  {
    name: 'contract minutes, at most',
    rule: { ...head, kind: 'tally', of: 'minutes', shifts: 'work', max: 900 },
    rows: ['DL............', 'DD............'],
    costs: 600,
  },
  {
    name: 'contract minutes, at least, within a period',
    rule: { ...head, kind: 'tally', of: 'minutes', shifts: 'work', days: { from: 7 }, min: 960 },
    rows: ['DDD....DD.....', '.......D......'],
    costs: 4800,
  },
  {
    name: 'nights in a period',
    rule: { ...head, kind: 'tally', of: 'shifts', shifts: night, max: 2 },
    rows: ['N.N.N.N.......'],
    costs: 20,
  },
  {
    name: 'weekends',
    rule: { ...head, kind: 'tally', of: 'weekends', shifts: 'work', max: 1 },
    rows: ['.....DD.....D.', '.....DD.......'],
    costs: 10,
  },
  {
    name: 'high exposure, tier × hours',
    rule: { ...head, kind: 'tally', of: 'exposure', shifts: 'work', max: 24 },
    rows: ['N..X..........'],
    costs: 150,
  },
  {
    name: 'on holidays only',
    rule: { ...head, kind: 'tally', of: 'shifts', shifts: 'work', days: { holiday: true }, max: 0 },
    rows: ['..D.D.........'],
    costs: 10,
  },
  {
    name: 'shifts in any 7 days, history included',
    rule: { ...head, kind: 'window', of: 'shifts', shifts: 'work', length_days: 7, max: 5 },
    rows: ['DD............'],
    costs: 10,
    people: [{ id: 'a', history: cells('DDDD.') }],
  },
  {
    name: 'minutes in any 14 days',
    rule: { ...head, kind: 'window', of: 'minutes', shifts: 'work', length_days: 14, max: 4000 },
    rows: ['DDDD.DDDD.D...'],
    costs: 12800,
  },
  {
    name: 'nights in any 28 days',
    rule: { ...head, kind: 'window', of: 'shifts', shifts: night, length_days: 28, max: 1 },
    rows: ['.............N'],
    costs: 10,
    people: [{ id: 'a', history: cells('N..........') }],
  },
  {
    name: 'at least so many shifts in any 7 days',
    rule: { ...head, kind: 'window', of: 'shifts', shifts: 'work', length_days: 7, min: 2 },
    rows: ['.D.D.D.DD.D.D.', 'DD......DD.D.D'],
    costs: 20,
  },
  {
    name: '12 h in any 24 h on the clock',
    rule: { ...head, kind: 'clock_window', shifts: 'work', length_minutes: 1440, minutes_max: 720 },
    rows: ['.LD...........'],
    costs: 2400,
  },
  {
    name: '40 h in any 48 h holds over three short nights',
    rule: { ...head, kind: 'clock_window', shifts: 'work', length_minutes: 2880, minutes_max: 1440 },
    rows: ['.NNN..........'],
    costs: 0,
  },
  {
    name: 'days in a row, history included',
    rule: { ...head, kind: 'run', shifts: 'work', max: 4 },
    rows: ['DDD...........'],
    costs: 10,
    people: [{ id: 'a', history: cells('.DD') }],
  },
  {
    name: 'nights in a row',
    rule: { ...head, kind: 'run', shifts: night, max: 2 },
    rows: ['NNNN.NN.......'],
    costs: 20,
  },
  {
    name: 'longest stay on a post',
    rule: { ...head, kind: 'run', shifts: { posts: ['fever'] }, max: 3 },
    rows: ['NXXN..........'],
    costs: 10,
  },
  {
    name: 'a run of work is at least 3 days',
    rule: { ...head, kind: 'run', shifts: 'work', min: 3 },
    rows: ['..D..DDD......'],
    costs: 20,
  },
  {
    name: 'days off come at least in twos',
    rule: { ...head, kind: 'run', shifts: 'off', min: 2 },
    rows: ['DD.DD..DDDDDDD'],
    costs: 10,
  },
  {
    name: '2 days off after 3 nights',
    rule: { ...head, kind: 'rest_after_run', shifts: night, after: 3, days_off: 2 },
    rows: ['NNN.D...NN.D..'],
    costs: 10,
  },
  {
    name: '11 h between any two shifts',
    rule: { ...head, kind: 'rest', minutes_min: 660 },
    rows: ['LD..DD........'],
    costs: 10,
  },
  {
    name: 'rest by pair',
    rule: { ...head, kind: 'rest', minutes_min: 1441, after: { ids: ['L'] }, before: { ids: ['L'] } },
    rows: ['LL.LD.........'],
    costs: 10,
  },
  {
    name: 'no late before a day',
    // biome-ignore lint/suspicious/noThenProperty: a word of the problem language.
    rule: { ...head, kind: 'succession', first: { ids: ['L'] }, then: { ids: ['D'] } },
    rows: ['LDL.D.........'],
    costs: 10,
  },
  {
    name: 'no night straight after a day off',
    // biome-ignore lint/suspicious/noThenProperty: a word of the problem language.
    rule: { ...head, kind: 'succession', first: 'off', then: night },
    rows: ['.NDN.D........'],
    costs: 10,
  },
  {
    name: 'unwanted pattern',
    rule: { ...head, kind: 'pattern', days: [night, 'off', night], wanted: false },
    rows: ['N.N.N.........'],
    costs: 20,
  },
  {
    name: 'wanted pattern, finished once begun',
    rule: { ...head, kind: 'pattern', days: [{ ids: ['D'] }, { ids: ['L'] }, night, 'off'], wanted: true },
    rows: ['DLN..D.L......'],
    costs: 20,
  },
  {
    name: 'unwanted on one weekday only',
    rule: { ...head, kind: 'pattern', days: ['work', 'work'], starts_on_weekday: 4, wanted: false },
    rows: ['DD..DD........'],
    costs: 10,
  },
  { name: 'weekends whole', rule: { ...head, kind: 'whole_weekend' }, rows: ['.....D......DD'], costs: 10 },
  {
    name: 'off the front line for 5 days after 4',
    rule: { ...head, kind: 'rotation', shifts: front, after_days: 4, off_days: 5 },
    rows: ['NX.XDX........'],
    costs: 10,
  },
  {
    name: 'one front-line spouse at a time',
    rule: { ...head, kind: 'apart', shifts: front },
    rows: ['NX.D..........', 'X.NX..........'],
    costs: 10,
    people: [a, b],
  },
  {
    name: 'a team works the same',
    rule: { ...head, kind: 'together' },
    rows: ['DDL...........', 'DLL...........', 'DDL...........'],
    costs: 10,
    people: [a, b, { id: 'c' }],
  },
]

const peopleOf = ({ people, rows }: Example): readonly Person[] =>
  rows.length === 1 ? (people ?? [a]) : (people ?? rows.map((_, at) => ({ id: 'abc'[at] ?? '' })))

function rosterOf(example: Example) {
  return Object.fromEntries(peopleOf(example).map(({ id }, at) => [id, cells(example.rows[at] ?? '')]))
}

describe('every rule', () => {
  it.each(EXAMPLES.map((example) => [example.name, example] as const))('%s', (_, example) => {
    const problem = post([example.rule], peopleOf(example))
    const { score, violations } = scoreRoster(problem, rosterOf(example))
    expect([score.total, score.hard]).toEqual([example.costs, 0])
    expect(violations.every(({ rule }) => rule === 'rule')).toBe(true)
  })

  it.each(EXAMPLES.map((example) => [example.name, example] as const))(
    'is priced alike by solver and judge: %s',
    (_, example) => {
      const history = peopleOf(example).map((person, at) => ({
        ...person,
        history: person.history ?? cells(['.DN', 'NN', ''][at] ?? ''),
      }))
      const problem = post([example.rule], history)
      const state = new RosterState(compile({ ...problem, shifts: problem.shifts.map(withoutOverlap) }))
      const judged = { ...problem, shifts: problem.shifts.map(withoutOverlap) }
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
          const rows = randomRows(judged, seed)
          state.load(rows)
          expect(state.total).toBeCloseTo(scoreRoster(judged, toRoster(judged, rows)).score.total, 5)
        }),
        { numRuns: 120 },
      )
    },
  )

  it.each(
    EXAMPLES.filter(({ rule }) => !['apart', 'together'].includes(rule.kind)).map(
      (example) => [example.name, example] as const,
    ),
  )('forbids exactly what the judge calls broken when it is hard: %s', (_, example) => {
    const rule = { ...example.rule, price: 'hard' }
    if (!isRule(rule)) throw new Error('a rule stays one')
    const problem = { ...post([rule], [example.people?.[0] ?? a]), shifts: post([], []).shifts.map(withoutOverlap) }
    const model = compile(problem)
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const rows = randomRows(problem, seed)
        const { score } = scoreRoster(problem, toRoster(problem, rows))
        expect(Number.isFinite(rowCost(model, 0, rows))).toBe(score.hard === 0)
      }),
      { numRuns: 120 },
    )
  })

  it.each(EXAMPLES.map((example) => [example.name, example] as const))(
    'is kept by the solver when it can be: %s',
    (_, example) => {
      const cover = [
        { shifts: ['D', 'L'], required: 1, under_price: 1 },
        { shifts: ['N'], required: 1, under_price: 1 },
      ]
      const problem = post(
        [{ ...example.rule, ...(example.rule.kind === 'fairness' ? {} : { price: 50 }) }],
        peopleOf(example),
        { cover },
      )
      const solver = new Solver(compile(problem), { seed: 1, role: 'search' })
      while (solver.iterations < 200) solver.step()
      expect(
        scoreRoster(problem, toRoster(problem, solver.best)).violations.filter(({ rule }) => rule === 'rule'),
      ).toEqual([])
    },
  )
})

/** Shifts of a day and a half minute apart never overlap, so that only the rule in question speaks. */
function withoutOverlap<Shift extends { minutes: number; start_minute: number }>(shift: Shift): Shift {
  return shift.start_minute + shift.minutes > 1440 + 480
    ? { ...shift, minutes: 1440 + 480 - shift.start_minute }
    : shift
}

function isRule(rule: { kind: string; price: unknown }): rule is Rule {
  return rule.price === 'hard' && rule.kind !== 'fairness'
}

function randomRows(problem: RosterProblem, seed: number): Int32Array {
  const random = new Random(seed)
  const rows = new Int32Array(problem.people.length * problem.days)
  // Rows that often keep rules as well: days off are frequent in some, stretches repeat in others.
  const free = random.below(4)
  for (let cell = 0; cell < rows.length; cell++) {
    if (random.below(4) < free) continue
    const repeats = cell % problem.days > 0 && random.below(2) === 0
    rows[cell] = repeats ? (rows[cell - 1] ?? 0) : random.below(problem.shifts.length + 1)
  }
  return rows
}

describe('fairness', () => {
  const fair: Rule = { kind: 'fairness', id: 'fair', of: 'minutes', shifts: 'work', tolerance: 60, unit: 60, price: 1 }
  const cover = [
    { shifts: ['D'], required: 2, under_price: 100, over_price: 1 },
    { shifts: ['N'], required: 1, under_price: 100, over_price: 1 },
  ]
  const four = ['a', 'b', 'c', 'd', 'e', 'f'].map((id): Person => ({ id }))

  it('keeps totals right although an hour is the unit and minutes are counted', () => {
    const problem = post([fair, { ...fair, id: 'exposure', of: 'exposure', unit: 7 }], four, { cover })
    const search = new NeighbourhoodSearch(compile(problem), 3)
    for (let step = 0; step < 100; step++) search.step()
    expect(search.state.total).toBeCloseTo(new RosterState(search.state.model, search.state.rows).total, 2)
    expect(search.bestCost).toBeCloseTo(scoreRoster(problem, toRoster(problem, search.best)).score.total, 2)
  })

  it('gives fewer nights to whoever had more of them in past periods', () => {
    const nights: Rule = { kind: 'fairness', id: 'nights', of: 'shifts', shifts: night, tolerance: 0, price: 50 }
    const people = four.slice(0, 4).map((person, at) => ({ ...person, past_load: { nights: at === 0 ? 6 : 0 } }))
    const problem = post([nights], people, { cover })
    const solver = new Solver(compile(problem), { seed: 1, role: 'search' })
    while (solver.iterations < 400) solver.step()
    const roster = toRoster(problem, solver.best)
    const count = (id: string) => roster[id]?.filter((cell) => cell === 'N').length ?? 0
    expect(count('a')).toBe(0)
    for (const id of ['b', 'c', 'd']) expect(Math.abs(count(id) - 14 / 3)).toBeLessThan(1)
  })
})

describe('needs, people and what is published', () => {
  const solved = (problem: RosterProblem) => {
    const solver = new Solver(compile(problem), { seed: 1, role: 'search' })
    while (solver.iterations < 300) solver.step()
    return toRoster(problem, solver.best)
  }

  it('count only people with the skill, charge too few and too many, and a minimum as hard', () => {
    const line = {
      id: 'icu',
      shifts: ['D'],
      skill: 'icu',
      required: 2,
      minimum: 1,
      maximum_wanted: 2,
      under_price: 7,
      over_price: 3,
    }
    const people: Person[] = ['a', 'b', 'c', 'd'].map((id) => ({ id, skills: id === 'd' ? [] : ['icu'] }))
    const problem = post([], people, { cover: [{ ...line, days: { to: 2 } }] })
    const { score } = scoreRoster(problem, { a: cells('D.D'), b: cells('..D'), c: cells('..D'), d: cells('DD.') })
    expect([score.hard, score.total]).toEqual([1, 7 + 14 + 3])
  })

  it('fixed, unavailable and unwanted shifts, days off and wishes', () => {
    const cover = [{ shifts: ['D', 'N'], required: 2, under_price: 20 }]
    const people: Person[] = [
      {
        id: 'a',
        days_off: [0],
        unavailable: [{ shift: 'N' }, { day: 1, shift: 'D' }],
        pinned: [{ day: 2, shift: 'L' }],
      },
      {
        id: 'b',
        wishes: [
          { day: 3, shifts: night, wanted: true, price: 5 },
          { day: 4, shifts: 'work', wanted: false, price: 50 },
        ],
      },
    ]
    const problem = post([], people, { cover })
    const roster = solved(problem)
    expect(roster.a?.[0]).toBeNull()
    expect(roster.a).not.toContain('N')
    expect(roster.a?.[1]).not.toBe('D')
    expect(roster.a?.[2]).toBe('L')
    expect([roster.b?.[3], roster.b?.[4]]).toEqual(['N', null])
    expect(
      scoreRoster(problem, { a: cells('DD.N'), b: cells('...DD') }).violations.map(
        ({ rule, hard }) => `${rule} ${hard}`,
      ),
    ).toEqual(expect.arrayContaining(['days_off true', 'unavailable true', 'pinned true', 'wishes false']))
  })

  it('a published cell changes only when that is worth its price', () => {
    const published = { cells: { a: cells('DD............'), b: cells('..DD..........') }, price_per_change: 30 }
    const cheap = solved(post([], [a, b], { cover: [{ shifts: ['D'], required: 1, under_price: 20 }], published }))
    expect(cheap.a).toEqual(published.cells.a)
    const dear = solved(post([], [a, b], { cover: [{ shifts: ['D'], required: 1, under_price: 40 }], published }))
    const days = Array.from(
      { length: 14 },
      (_, day) => [dear.a?.[day], dear.b?.[day]].filter((cell) => cell === 'D').length,
    )
    expect(days).toEqual(new Array(14).fill(1))
    expect(dear.a?.slice(0, 2)).toEqual(['D', 'D'])
  })
})
