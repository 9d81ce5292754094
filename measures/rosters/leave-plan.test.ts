import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { leaveEnds, leaveLots, overdueLeave, planLeave } from './leave-plan.ts'

const days = ['2020-03-02', '2020-03-03', '2020-03-04'].map((on_date) => ({ on_date, is_working_day: true }))
const shift = (person_id: number, on_date: string, minimum: number | null) => ({
  person_id,
  on_date,
  key: 'gate 480',
  shift_name: '白班',
  minimum,
})
const give = (shifts: ReturnType<typeof shift>[]) => ({ days, shifts, taken: new Set<string>(), day_minutes: 480 })

describe('leave is paid back while cover holds', () => {
  it('a day without a shift is given first, then a shift that holds more than its minimum', () => {
    const everyDay = (person: number) => days.map(({ on_date }) => shift(person, on_date, 1))
    const { proposed, left } = planLeave(
      [{ person_id: 1, open_minutes: 1200 }],
      give([...everyDay(1).slice(0, 2), ...everyDay(2)]),
    )
    expect(proposed).toMatchObject([
      { on_date: '2020-03-04', why: 'off_shift', minutes: 480 },
      { on_date: '2020-03-02', why: 'spare', planned_count: 2, minimum: 1, minutes: 480 },
      { on_date: '2020-03-03', why: 'spare', minutes: 240 },
    ])
    expect(left).toEqual([])
  })

  it('no shift is given up at its minimum, or where no roster says what it needs', () => {
    for (const minimum of [1, null]) {
      const shifts = days.map(({ on_date }) => shift(1, on_date, minimum))
      const plan = planLeave([{ person_id: 1, open_minutes: 480 }], give(shifts))
      expect(plan).toEqual({ proposed: [], left: [{ person_id: 1, minutes: 480 }] })
    }
  })

  it('never goes below a minimum and never gives more than is owed', () => {
    const some = fc.array(fc.record({ person: fc.integer({ min: 1, max: 4 }), day: fc.integer({ min: 0, max: 2 }) }), {
      maxLength: 12,
    })
    const owed = fc.array(fc.integer({ min: 0, max: 2000 }), { minLength: 4, maxLength: 4 })
    fc.assert(
      fc.property(some, owed, fc.integer({ min: 0, max: 3 }), (planned, minutes, minimum) => {
        const once = new Map(planned.map(({ person, day }) => [`${person} ${day}`, { person, day }]))
        const shifts = [...once.values()].map(({ person, day }) => shift(person, days[day]?.on_date ?? '', minimum))
        const accounts = minutes.map((open_minutes, index) => ({ person_id: index + 1, open_minutes }))
        const { proposed, left } = planLeave(accounts, give(shifts))
        for (const { on_date } of days) {
          const held = shifts.filter((one) => one.on_date === on_date).length
          const given = proposed.filter((one) => one.on_date === on_date && one.why === 'spare').length
          if (given > 0) expect(held - given).toBeGreaterThanOrEqual(minimum)
        }
        for (const { person_id, open_minutes } of accounts) {
          const granted = proposed.filter((one) => one.person_id === person_id)
          const sum = granted.reduce((total, one) => total + one.minutes, 0)
          expect(sum + (left.find((one) => one.person_id === person_id)?.minutes ?? 0)).toBe(open_minutes)
          expect(new Set(granted.map(({ on_date }) => on_date)).size).toBe(granted.length)
        }
      }),
    )
  })
})

describe('the term of leave', () => {
  const entries = [
    { kind: 'earned', minutes: 480, day: 0, entitlement: null },
    { kind: 'earned', minutes: 240, day: 20, entitlement: null },
    { kind: 'taken', minutes: 300, day: 25, entitlement: null },
  ]
  it('runs from the day on which it was earned, the oldest used first', () => {
    expect(overdueLeave(entries, { today: 30, lastDayOf: (day) => day + 30 })).toBe(0)
    expect(overdueLeave(entries, { today: 31, lastDayOf: (day) => day + 30 })).toBe(180)
    expect(overdueLeave(entries, { today: 51, lastDayOf: (day) => day + 30 })).toBe(420)
  })
  it('does not run where no document and no decision sets one', () => {
    expect(overdueLeave(entries, { today: 5000, lastDayOf: () => null })).toBe(0)
  })
  it('begins anew for what is carried over', () => {
    const carried = [...entries, { kind: 'carried', minutes: 180, day: 31, entitlement: null }]
    expect(overdueLeave(carried, { today: 40, lastDayOf: (day) => day + 30 })).toBe(0)
    expect(overdueLeave(carried, { today: 62, lastDayOf: (day) => day + 30 })).toBe(420)
  })
  it('follows a correction of the day that it corrects, also where a whole account was credited on one day before', () => {
    const moved = [
      { kind: 'earned', minutes: 720, day: 40, entitlement: 'leave' },
      { kind: 'earned', minutes: 480, day: 3, entitlement: 'leave' },
      { kind: 'earned', minutes: 240, day: 9, entitlement: 'leave' },
      { kind: 'earned', minutes: -720, day: 40, entitlement: 'leave' },
      { kind: 'earned', minutes: -60, day: 9, entitlement: 'leave' },
      { kind: 'taken', minutes: 100, day: 41, entitlement: null },
    ]
    expect(leaveLots(moved)).toEqual([
      { minutes: 380, day: 3, entitlement: 'leave' },
      { minutes: 180, day: 9, entitlement: 'leave' },
    ])
    expect(leaveEnds(moved, (day) => day + 30)).toEqual([
      { last_day: 33, minutes: 380 },
      { last_day: 39, minutes: 180 },
    ])
    expect(leaveEnds(moved, () => null)).toEqual([])
  })
})
