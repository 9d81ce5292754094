import { readCurtoisQu } from '#engines/rostering/curtois-qu.ts'
import type { RosterProblem } from '#engines/rostering/problem.ts'
import { Random } from '#engines/rostering/random.ts'

const LENGTHS = [360, 480, 600, 720]

/** A made-up problem of any size in the public format: shifts spread over the day, everybody with about two days off in seven. */
export function makeLarge(people: number, days: number, shifts: number, seed = 1): RosterProblem {
  const random = new Random(seed)
  const names = Array.from({ length: shifts }, (_, at) => `s${at}`)
  const starts = names.map((_, at) => Math.floor((at * 1440) / shifts))
  const lengths = names.map((_, at) => LENGTHS[at % LENGTHS.length] ?? 480)
  const tooSoon = (at: number) =>
    names.filter((_, then) => 1440 + (starts[then] ?? 0) - (starts[at] ?? 0) - (lengths[at] ?? 0) < 600)
  const staff = Array.from({ length: people }, (_, at) => `p${at}`)
  const minutes = Math.round((days * 5 * 480) / 7)
  const text = [
    'SECTION_HORIZON',
    `${days}`,
    'SECTION_SHIFTS',
    ...names.map((name, at) => `${name},${lengths[at]},${tooSoon(at).join('|')}`),
    'SECTION_STAFF',
    ...staff.map((name) => {
      const most = names.map((shift) => `${shift}=${random.below(4) === 0 ? 0 : days}`).join('|')
      return `${name},${most},${minutes},${Math.round(minutes * 0.9)},5,2,2,${Math.ceil(days / 14)}`
    }),
    'SECTION_DAYS_OFF',
    ...staff.map((name) => `${name},${random.below(days)}`),
    'SECTION_SHIFT_ON_REQUESTS',
    ...staff.map((name) => `${name},${random.below(days)},${names[random.below(shifts)]},${1 + random.below(3)}`),
    'SECTION_SHIFT_OFF_REQUESTS',
    ...staff.map((name) => `${name},${random.below(days)},${names[random.below(shifts)]},${1 + random.below(3)}`),
    'SECTION_COVER',
    ...Array.from({ length: days }, (_, day) =>
      names.map((name) => `${day},${name},${Math.round((people * 0.6) / shifts + random.unit())},100,1`),
    ).flat(),
  ]
  return readCurtoisQu(`${text.join('\n')}\n`)
}
