import { describe, expect, it } from 'vitest'
import { movedShifts, type Pattern, patternDays, shiftsOf, sortOut, weekOf } from './shift-plan.ts'

const ZONE = 'Asia/Shanghai'
const shape = {
  people: [11, 12],
  post_id: 1,
  from: '20:00',
  to: '08:00',
  first: '2020-02-24',
  last: '2020-03-01',
}

describe('planning shifts', () => {
  it('begins a week on Monday', () => {
    expect(weekOf('2020-03-01')).toBe('2020-02-24')
    expect(weekOf('2020-02-24')).toBe('2020-02-24')
  })

  it('lets people take turns: one day on, two off, each a day after the one before', () => {
    const pattern: Pattern = { kind: 'cycle', on_days: 1, off_days: 2, stagger: true }
    const days = (place: number) => patternDays(pattern, '2020-02-24', '2020-02-29', place).map((day) => day.slice(8))
    expect(days(0)).toEqual(['24', '27'])
    expect(days(1)).toEqual(['25', '28'])
    expect(days(3)).toEqual(['24', '27'])
  })

  it('plans certain weekdays, over midnight', () => {
    const shifts = shiftsOf({ ...shape, pattern: { kind: 'weekdays', weekdays: [0, 6] } }, ZONE)
    expect(shifts.map(({ person_id, starts_on }) => [person_id, starts_on])).toEqual([
      [11, '2020-02-24'],
      [11, '2020-03-01'],
      [12, '2020-02-24'],
      [12, '2020-03-01'],
    ])
    expect(shifts[0]).toMatchObject({ starts_at: '2020-02-24T20:00:00+08:00', ends_at: '2020-02-25T08:00:00+08:00' })
  })

  it('copies a week at the same hours, leaving out posts that are closed by then', () => {
    const shifts = shiftsOf({ ...shape, pattern: { kind: 'once' } }, ZONE)
    const copied = movedShifts(shifts, 7, ZONE, () => true)
    expect(copied[0]).toMatchObject({ starts_on: '2020-03-02', ends_at: '2020-03-03T08:00:00+08:00' })
    expect(movedShifts(shifts, 7, ZONE, () => false)).toEqual([])
  })

  it('leaves out what overlaps: what stands here or elsewhere, and what was just added', () => {
    const shifts = shiftsOf({ ...shape, people: [11, 11, 12], pattern: { kind: 'once' } }, ZONE)
    const elsewhere = { person_id: 12, starts_at: '2020-02-25T07:00:00+08:00', ends_at: '2020-02-25T12:00:00+08:00' }
    const { fits, clashes } = sortOut(shifts, [elsewhere])
    expect(fits.map(({ person_id }) => person_id)).toEqual([11])
    expect(clashes.map(({ person_id }) => person_id)).toEqual([11, 12])
  })
})
