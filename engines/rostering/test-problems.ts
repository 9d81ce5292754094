import type { RosterProblem, Rule } from './problem.ts'

/** A small ward, made up: by day, late and night, every kind of rule. For tests. */
export function smallWard(people = 8, days = 14): RosterProblem {
  return {
    format: 'tongpao-roster/1',
    first_day: '2020-02-24',
    days,
    holidays: [3],
    shifts: [
      { id: 'D', post: 'ward', start_minute: 480, minutes: 480 },
      { id: 'L', post: 'ward', start_minute: 960, minutes: 480 },
      { id: 'N', post: 'fever', start_minute: 1200, minutes: 720, tags: ['night'], exposure_tier: 2, skills: ['icu'] },
    ],
    people: Array.from({ length: people }, (_, index) => ({
      id: `p${index}`,
      skills: index % 2 === 0 ? ['icu'] : [],
      tags: index < people / 2 ? ['A'] : ['B'],
      days_off: [index % days],
      wishes: [
        { day: (index * 3) % days, shifts: 'off' as const, wanted: true, price: 5 },
        { day: (index * 5) % days, shifts: { ids: ['L'] }, wanted: false, price: 3 },
      ],
      history: index % 3 === 0 ? ['D', 'D', null] : ['D', 'L', 'L'],
    })),
    cover: [
      { shifts: ['D'], required: Math.ceil(people / 4), under_price: 100, over_price: 1 },
      { shifts: ['L'], required: 1, under_price: 100, over_price: 1 },
      { shifts: ['N'], required: 1, minimum: 1, under_price: 50, over_price: 10 },
      { shifts: ['D', 'L'], skill: 'icu', required: 1, under_price: 20 },
    ],
    rules: everyRule(),
  }
}

export function everyRule(): Rule[] {
  const night = { tags: ['night'] }
  return [
    { kind: 'rest', id: 'rest', minutes_min: 660, price: 'hard' },
    { kind: 'run', id: 'run', shifts: 'work', max: 6, min: 2, price: 'hard' },
    { kind: 'run', id: 'off', shifts: 'off', min: 2, price: 4 },
    { kind: 'run', id: 'nights', shifts: night, max: 3, price: 'hard' },
    { kind: 'rest_after_run', id: 'after_nights', shifts: night, after: 2, days_off: 2, price: 'hard' },
    { kind: 'tally', id: 'minutes', of: 'minutes', shifts: 'work', min: 1440, max: 5280, price: 'hard' },
    { kind: 'tally', id: 'weekends', of: 'weekends', shifts: 'work', max: 1, price: 7 },
    { kind: 'window', id: 'week', of: 'minutes', shifts: 'work', length_days: 7, max: 2880, price: 1 },
    { kind: 'pattern', id: 'gap', days: [night, 'off', night], wanted: false, price: 6 },
    { kind: 'whole_weekend', id: 'whole', price: 2 },
    { kind: 'rotation', id: 'rotate', shifts: night, after_days: 5, off_days: 4, price: 9 },
    { kind: 'apart', id: 'couple', people: { ids: ['p0', 'p2'] }, shifts: night, price: 11 },
    { kind: 'together', id: 'team', people: { ids: ['p1', 'p3'] }, price: 1 },
    { kind: 'fairness', id: 'fair_nights', of: 'shifts', shifts: night, tolerance: 1, price: 8 },
  ]
}
