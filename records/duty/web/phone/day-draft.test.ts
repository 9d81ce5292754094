import { expect, test } from 'vitest'
import type { DayLine } from '#records/duty/contract.ts'
import { draftOf, type Exceptions, exceptionsIn, isToConfirm, mayChange, standingOf } from './day-draft.ts'

const SHIFT = '11111111-1111-4111-8111-111111111111'
const OTHER_SHIFT = '22222222-2222-4222-8222-222222222222'

function line(over: Partial<DayLine> = {}, shift_id = SHIFT): DayLine {
  const times = { starts_at: '2020-02-23T00:00:00Z', ends_at: '2020-02-23T12:00:00Z' }
  const planned = { shift_id, post_id: 5, post_name: '发热门诊', ...times }
  const unsaid = { confirmed: null, absent: false, objection: null }
  return { person_id: 1, person_name: '李娜', own: false, planned, ...unsaid, ...over }
}

const nothing = { saved: new Set<string>(), now: new Date('2020-02-23T13:00:00Z') }

test('a planned shift that has ended can be confirmed; one that runs, or one’s own, cannot', () => {
  expect(standingOf(line(), nothing)).toBe('open')
  expect(standingOf(line(), { ...nothing, now: new Date('2020-02-23T11:59:00Z') })).toBe('running')
  expect(standingOf(line({ own: true }), nothing)).toBe('own')
  expect(standingOf(line(), { ...nothing, saved: new Set([SHIFT]) })).toBe('saved')
})

test('who was said to be absent is not swept up by one tap, and can be said to have come after all', () => {
  const absent = line({ absent: true })
  expect(standingOf(absent, nothing)).toBe('absent')
  expect(isToConfirm('absent', undefined)).toBe(false)
  expect(isToConfirm('absent', { kind: 'absent' })).toBe(false)
  expect(isToConfirm('absent', { kind: 'as_planned' })).toBe(true)
  expect(isToConfirm('open', undefined)).toBe(true)
  expect(mayChange(absent, 'absent')).toBe(true)
  expect(standingOf(line({ absent: true }), { ...nothing, saved: new Set([SHIFT]) })).toBe('saved')
})

test('one’s own absence shows as what it is, and another person changes it', () => {
  const own = line({ own: true, absent: true })
  expect(standingOf(own, nothing)).toBe('absent')
  expect(mayChange(own, 'absent')).toBe(false)
})

test('a confirmation says what was seen: as planned, absent, or at another time, named by the planned shift', () => {
  const exceptions: Exceptions = {
    [SHIFT]: { kind: 'absent' },
    [OTHER_SHIFT]: { kind: 'other_time', starts_at: '2020-02-23T02:00:00Z', ends_at: '2020-02-23T12:00:00Z' },
  }
  const lines = [line(), line({ person_id: 2 }, OTHER_SHIFT)]
  const draft = draftOf({ unit_id: 3, duty_date: '2020-02-23', said_at: 'now', lines, exceptions })
  expect(draft).toMatchObject({ present_count: 1, absent_count: 1, other_time_count: 1 })
  expect(draft.body.lines).toEqual([
    expect.objectContaining({ span_id: SHIFT, present: false }),
    expect.objectContaining({ span_id: OTHER_SHIFT, present: true, starts_at: '2020-02-23T02:00:00Z' }),
  ])
  expect(exceptionsIn(draft.body, lines)).toEqual(exceptions)
})
