import { CellJudge } from '#engines/rostering/cell-judge.ts'
import type { Person, RosterProblem, Rule } from '#engines/rostering/problem.ts'
import { Random } from '#engines/rostering/random.ts'

/**
 * A made-up ward of a fever clinic for four weeks, every kind of rule in use: two skills, three shifts at two posts, teams, couples,
 * history, leave and wishes. Cover is what about six tenths of the people can bear.
 */
export function makeUnit(size: number, seed: number, days = 28): RosterProblem {
  const random = new Random(seed)
  const people = Array.from({ length: size }, (_, at): Person => makePerson(at, days, random))
  const each = (part: number) => Math.max(1, Math.floor(size * part))
  return {
    format: 'tongpao-roster/1',
    first_day: '2020-02-24',
    days,
    holidays: [12],
    shifts: [
      { id: 'D', post: 'ward', start_minute: 480, minutes: 480 },
      { id: 'L', post: 'ward', start_minute: 960, minutes: 480 },
      {
        id: 'F',
        post: 'fever',
        start_minute: 480,
        minutes: 360,
        tags: ['front_line'],
        exposure_tier: 2,
        skills: ['fever'],
      },
      { id: 'N', post: 'ward', start_minute: 1200, minutes: 720, tags: ['night'] },
    ],
    people,
    cover: [
      {
        id: 'day',
        shifts: ['D'],
        required: each(0.22),
        minimum: each(0.1),
        maximum_wanted: each(0.3),
        under_price: 200,
        over_price: 10,
      },
      { id: 'late', shifts: ['L'], required: each(0.15), minimum: each(0.05), under_price: 200, over_price: 10 },
      { id: 'fever', shifts: ['F'], required: each(0.07), minimum: each(0.03), under_price: 300, over_price: 10 },
      { id: 'night', shifts: ['N'], required: each(0.1), minimum: each(0.05), under_price: 300, over_price: 10 },
      { id: 'night_icu', shifts: ['N'], skill: 'icu', required: 1, minimum: 1, maximum_wanted: size, under_price: 100 },
    ],
    rules: everyRule(size),
  }
}

function makePerson(at: number, days: number, random: Random): Person {
  const isOff = random.below(6) === 0
  const from = random.below(days - 3)
  return {
    id: `p${at}`,
    skills: [...(at % 2 === 0 ? ['icu'] : []), ...(at % 3 !== 0 ? ['fever'] : [])],
    tags: [at % 2 === 0 ? 'even' : 'odd'],
    days_off: isOff ? [from, from + 1, from + 2] : [],
    wishes: Array.from({ length: 3 }, () => ({
      day: random.below(days),
      shifts: 'off' as const,
      wanted: true,
      price: 15,
    })),
    history: Array.from({ length: 14 }, (_, day) => ((day + at) % 7 < 4 ? 'D' : null)),
    past_load: {
      fair_minutes: 8000 + 480 * random.below(5),
      fair_nights: random.below(5),
      fair_weekends: random.below(3),
    },
    share: 1,
  }
}

function everyRule(size: number): Rule[] {
  const night = { tags: ['night'] }
  const front = { tags: ['front_line'] }
  const couples = Array.from({ length: Math.floor(size / 20) }, (_, at): Rule => {
    return {
      kind: 'apart',
      id: `couple_${at}`,
      people: { ids: [`p${at * 4}`, `p${at * 4 + 1}`] },
      shifts: front,
      price: 30,
    }
  })
  return [
    { kind: 'rest', id: 'rest', minutes_min: 660, price: 'hard' },
    { kind: 'clock_window', id: 'day_minutes', shifts: 'work', length_minutes: 1440, minutes_max: 960, price: 'hard' },
    { kind: 'run', id: 'run', shifts: 'work', max: 6, price: 'hard' },
    { kind: 'run', id: 'nights', shifts: night, max: 3, price: 'hard' },
    { kind: 'rest_after_run', id: 'after_nights', shifts: night, after: 2, days_off: 2, price: 'hard' },
    { kind: 'window', id: 'week', of: 'minutes', shifts: 'work', length_days: 7, max: 3360, price: 'hard' },
    { kind: 'tally', id: 'nights_max', of: 'shifts', shifts: night, max: 7, price: 'hard' },
    { kind: 'tally', id: 'weekends', of: 'weekends', shifts: 'work', max: 3, price: 20 },
    { kind: 'run', id: 'single_off', shifts: 'off', min: 2, price: 2 },
    { kind: 'run', id: 'single_on', shifts: 'work', min: 2, price: 2 },
    { kind: 'pattern', id: 'night_gap', days: [night, 'off', night], wanted: false, price: 6 },
    { kind: 'whole_weekend', id: 'whole', price: 1 },
    { kind: 'rotation', id: 'rotate', shifts: front, after_days: 14, off_days: 7, price: 40 },
    { kind: 'together', id: 'team', people: { ids: ['p2', 'p3'] }, price: 1 },
    { kind: 'fairness', id: 'fair_minutes', of: 'minutes', shifts: 'work', tolerance: 480, unit: 60, price: 1 },
    { kind: 'fairness', id: 'fair_nights', of: 'shifts', shifts: night, tolerance: 1, price: 8 },
    { kind: 'fairness', id: 'fair_weekends', of: 'weekends', shifts: 'work', tolerance: 1, price: 6 },
    { kind: 'fairness', id: 'fair_exposure', of: 'exposure', shifts: 'work', tolerance: 24, unit: 12, price: 3 },
    ...couples,
  ]
}

/** A lawful roster made quickly, one cell after the other: something to look for substitutes in. */
export function quickRoster(problem: RosterProblem): Record<string, (string | null)[]> {
  const judge = new CellJudge(problem)
  const wanted = problem.cover.filter(({ skill }) => skill === undefined)
  const rows = problem.people.map(() => new Int32Array(problem.days))
  for (let day = 0; day < problem.days; day++) {
    const free = new Set(rows.keys())
    for (const { shifts, required } of wanted) {
      const shift = problem.shifts.find(({ id }) => id === shifts[0])
      const option = judge.optionOf.get(shift?.id ?? null) ?? 0
      let missing = required
      for (let tried = 0; tried < rows.length && missing > 0; tried++) {
        const at = (tried + day * 37) % rows.length
        const person = problem.people[at]
        const row = rows[at]
        if (person === undefined || row === undefined || !free.has(at) || person.days_off?.includes(day)) continue
        if (!(shift?.skills ?? []).every((skill) => person.skills?.includes(skill))) continue
        if (judge.changes(at, row, day, option).some(({ hard, units }) => hard && units > 0)) continue
        row[day] = option
        free.delete(at)
        missing--
      }
    }
  }
  return Object.fromEntries(
    problem.people.map(({ id }, at) => [
      id,
      Array.from(rows[at] ?? [], (option) => (option === 0 ? null : (problem.shifts[option - 1]?.id ?? null))),
    ]),
  )
}
